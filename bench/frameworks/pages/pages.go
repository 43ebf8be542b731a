// Package pages is what the compared servers have in common, so that they differ
// in the framework alone: the data, the templates, and where to serve.
package pages

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"runtime/metrics"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
)

// Hello is the text of the plain page and of the JSON one.
const Hello = "Hello, World!"

// Message is the JSON page.
type Message struct {
	Message string `json:"message"`
}

// Params is the page with two parameters in its path.
type Params struct {
	Name string `json:"name"`
	ID   int    `json:"id"`
}

// Fortune is a row of the fortunes page.
type Fortune struct {
	ID      int    `json:"id"`
	Message string `json:"message"`
}

// FortunesPage is what the fortunes template shows.
type FortunesPage struct{ Fortunes []Fortune }

// AccountPage is what the secure template shows. Token is for html/template;
// Jinja's template asks for a token itself.
type AccountPage struct {
	Title, User string
	Visits      int
	Token       string
}

// User is who is shown on the secure page.
const User = `alice & "bob"`

// Key signs sessions and tokens: 32 bytes.
const Key = "kT7-vq2LmX9sYw5RjZ4cPfHd1GuE8aQo"

// Policy is the Content-Security-Policy of servers that have none of their own.
const Policy = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

//go:embed fortunes.json
var fortunesJSON []byte

var stored = func() (fortunes []Fortune) {
	if err := json.Unmarshal(fortunesJSON, &fortunes); err != nil {
		panic(err)
	}
	return fortunes
}()

// Fortunes returns the stored fortunes and one more, sorted by message: the work
// of each request to the fortunes page.
func Fortunes() []Fortune {
	fortunes := make([]Fortune, len(stored), len(stored)+1)
	copy(fortunes, stored)
	fortunes = append(fortunes, Fortune{ID: 0, Message: "Additional fortune added at request time."})
	slices.SortFunc(fortunes, func(a, b Fortune) int { return strings.Compare(a.Message, b.Message) })
	return fortunes
}

//go:embed html
var htmlFiles embed.FS

// Templates are the pages for html/template: fortunes.html and secure.html.
func Templates() *template.Template {
	return template.Must(template.ParseFS(htmlFiles, "html/*.html"))
}

//go:embed jinja
var jinjaFiles embed.FS

// Jinja are the same pages for Jinja2.
func Jinja() fs.FS {
	files, err := fs.Sub(jinjaFiles, "jinja")
	if err != nil {
		panic(err) // the name is a constant, and valid
	}
	return files
}

// Usage is what a server has allocated since its start.
type Usage struct{ Objects, Bytes uint64 }

// Start returns the address to serve at, LISTEN, and answers each connection to
// METER with the program's [Usage] as JSON. With PROFILE it writes a CPU profile
// to that file, until SIGHUP, which then ends the program.
func Start() string {
	if name := os.Getenv("PROFILE"); name != "" {
		profile(name)
	}
	if meter := os.Getenv("METER"); meter != "" {
		l, err := net.Listen("tcp", meter)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go measure(l)
	}
	return os.Getenv("LISTEN")
}

func profile(name string) {
	f, err := os.Create(name)
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	enough := make(chan os.Signal, 1)
	signal.Notify(enough, syscall.SIGHUP) // which no framework takes for itself
	go func() {
		<-enough
		pprof.StopCPUProfile()
		if f.Close() != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}()
}

func measure(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		samples := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/tiny/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
		metrics.Read(samples)
		usage := Usage{samples[0].Value.Uint64() + samples[1].Value.Uint64(), samples[2].Value.Uint64()}
		_ = json.NewEncoder(conn).Encode(usage)
		_ = conn.Close()
	}
}
