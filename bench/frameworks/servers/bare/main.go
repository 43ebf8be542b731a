// Bare is net/http with nothing on it, the floor under every framework that
// stands on net/http. It has no fortunes and no secure page: those are compared
// with its plain one. With TIMEOUTS set it has those of a server that can be
// shown to the world, to see what they cost. With ANSWERS set it gives recorded
// answers of Retort's instead, which is what their bytes cost by themselves.
package main

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"log"
	"maps"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

var (
	hello    = []byte(pages.Hello)
	mimeText = []string{"text/plain; charset=utf-8"}
	mimeJSON = []string{"application/json"}
)

func main() {
	server := http.Server{Addr: pages.Start(), Handler: http.HandlerFunc(serve)} //nolint:gosec // the floor is without timeouts
	if os.Getenv("TIMEOUTS") != "" {                                             // Retort's
		server.ReadHeaderTimeout, server.ReadTimeout = 5*time.Second, 15*time.Second
		server.WriteTimeout, server.IdleTimeout = 30*time.Second, 60*time.Second
	}
	if os.Getenv("ANSWERS") != "" {
		server.Handler = recorded()
	}
	log.Fatal(server.ListenAndServe())
}

func serve(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == "/plaintext":
		w.Header()["Content-Type"] = mimeText
		_, _ = w.Write(hello)
	case path == "/json":
		writeJSON(w, pages.Message{Message: pages.Hello})
	case strings.HasPrefix(path, "/params/"):
		name, number, _ := strings.Cut(path[len("/params/"):], "/")
		id, err := strconv.Atoi(number)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		writeJSON(w, pages.Params{Name: name, ID: id})
	default:
		http.NotFound(w, r)
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header()["Content-Type"] = mimeJSON
	_ = json.NewEncoder(w).Encode(v)
}

//go:embed answers
var answers embed.FS

// recorded gives each page the header and the body of its file, which has the
// name that the page's path begins with.
func recorded() http.HandlerFunc {
	type answer struct {
		header http.Header
		body   []byte
	}
	all := map[string]answer{}
	for _, page := range []string{"plaintext", "json", "params", "fortunes", "secure"} {
		text, err := answers.ReadFile("answers/" + page + ".http")
		if err != nil {
			log.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(text)), nil)
		if err != nil {
			log.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			log.Fatal(err)
		}
		all[page] = answer{response.Header, body}
	}
	return func(w http.ResponseWriter, r *http.Request) {
		page, _, _ := strings.Cut(r.URL.Path[1:], "/")
		maps.Copy(w.Header(), all[page].header)
		_, _ = w.Write(all[page].body)
	}
}
