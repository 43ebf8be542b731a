package retort_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/retort-go/retort"
)

type message struct {
	Message string `json:"message"`
}

// benchApp has the pages that frameworks are compared with, every defence on.
func benchApp() *retort.App {
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler)})
	app.Get("/plaintext", func(c *retort.Ctx) error { return c.Text("Hello, World!") }).Named("plaintext")
	app.Get("/json", func(c *retort.Ctx) error { return c.JSON(message{"Hello, World!"}) }).Named("json")
	app.Get("/params/<name>/<int:id>", func(c *retort.Ctx) error {
		return c.Text(c.Param("name") + " " + c.Param("id"))
	}).Named("params")
	app.Get("/secure", func(c *retort.Ctx) error {
		s := c.Session()
		if err := s.Set("visits", s.Int("visits")+1); err != nil {
			return err
		}
		return c.Render("secure.html", securePage{Title: "Account", User: "alice", Visits: s.Int("visits")})
	}).Named("secure")
	app.Templates(fstest.MapFS{
		"base.html": {Data: []byte(`<!doctype html><title>{% block title %}{% endblock %}</title><nav><a href="{{ url_for('plaintext') }}">Home</a></nav>{% block body %}{% endblock %}`)},
		"secure.html": {Data: []byte(`{% extends "base.html" %}{% block title %}{{ title }}{% endblock %}{% block body %}<h1>{{ user }}</h1><p>{{ visits }} visits</p>` +
			`<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}"><input name="q"></form>{% endblock %}`)},
	})
	return app
}

type securePage struct {
	Title, User string
	Visits      int
}

// bare is what an app is compared with: net/http and nothing else.
func bare() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /plaintext", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "Hello, World!")
	})
	mux.HandleFunc("GET /json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(message{"Hello, World!"})
	})
	mux.HandleFunc("GET /params/{name}/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, r.PathValue("name")+" "+r.PathValue("id"))
	})
	return mux
}

// sink is a ResponseWriter that keeps nothing, so that what is measured is the
// app alone.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(int)             {}

func get(path string) *http.Request {
	r, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		panic(err)
	}
	r.Host, r.RemoteAddr, r.RequestURI = "localhost", "127.0.0.1:5000", path
	return r
}

// What an app allocates for one request, beyond what net/http allocates itself.
func TestAllocations(t *testing.T) {
	app := benchApp()
	cookie := sessionOf(app)
	for _, tt := range []struct {
		path  string
		limit float64
	}{
		{"/plaintext", 4},
		{"/json", 4},
		{"/params/x/5", 5},
		{"/secure", 32},
	} {
		r := get(tt.path)
		r.Header.Set("Cookie", cookie)
		w := &sink{header: http.Header{}}
		allocs := testing.AllocsPerRun(200, func() {
			clear(w.header)
			app.ServeHTTP(w, r)
		})
		if allocs > tt.limit {
			t.Errorf("%s: %v allocations, want at most %v", tt.path, allocs, tt.limit)
		}
		t.Logf("%s: %v allocations", tt.path, allocs)
	}
}

// sessionOf is a cookie with a session and a CSRF secret in it.
func sessionOf(app *retort.App) string {
	w := &sink{header: http.Header{}}
	app.ServeHTTP(w, get("/secure"))
	cookie, _, _ := strings.Cut(w.header.Get("Set-Cookie"), ";")
	return cookie
}

func BenchmarkHandler(b *testing.B) {
	app := benchApp()
	cookie := sessionOf(app)
	for _, path := range []string{"/plaintext", "/json", "/params/x/5", "/secure"} {
		b.Run(strings.Trim(path, "/"), func(b *testing.B) {
			r := get(path)
			r.Header.Set("Cookie", cookie)
			w := &sink{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				app.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkServerRatio drives an app under Serve, timeouts and all, and a bare
// net/http server without any in turn over loopback connections, and reports the
// ratio of their request rates: 1 is as fast as net/http without any framework.
// The secure page is compared with the bare plaintext handler.
func BenchmarkServerRatio(b *testing.B) {
	app := benchApp()
	cookie := sessionOf(app)
	ours, stop := serve(b, app)
	theirs := listen(b, bare())
	for _, tt := range []struct{ path, reference string }{
		{"/plaintext", "/plaintext"},
		{"/json", "/json"},
		{"/params/x/5", "/params/x/5"},
		{"/secure", "/plaintext"},
	} {
		b.Run(strings.Trim(tt.path, "/"), func(b *testing.B) {
			mine, reference := dial(b, ours), dial(b, theirs)
			var spent, spentBare time.Duration
			const batch = 500
			for b.Loop() {
				spent += mine.drive(b, tt.path, cookie, batch)
				spentBare += reference.drive(b, tt.reference, cookie, batch)
			}
			b.ReportMetric(float64(spentBare)/float64(spent), "×bare")
			b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N*batch), "ns/request")
			b.ReportMetric(0, "ns/op")
		})
	}
	if err := stop(); err != nil {
		b.Error(err)
	}
}

func listen(b *testing.B, h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: h}
	go func() { _ = server.Serve(l) }()
	b.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

// connection is a client that does as little as it can.
type connection struct {
	conn net.Conn
	r    *bufio.Reader
}

func dial(b *testing.B, addr string) *connection {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return &connection{conn, bufio.NewReaderSize(conn, 1<<16)}
}

func (c *connection) drive(b *testing.B, path, cookie string, n int) time.Duration {
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookie + "\r\n\r\n")
	began := time.Now()
	for range n {
		if _, err := c.conn.Write(request); err != nil {
			b.Fatal(err)
		}
		if err := c.skipResponse(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}

func (c *connection) skipResponse() error {
	length := 0
	for first := true; ; first = false {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !strings.HasPrefix(string(line), "HTTP/1.1 200") {
			return fmt.Errorf("got %q", line)
		}
		if rest, ok := strings.CutPrefix(string(line), "Content-Length: "); ok {
			if _, err := fmt.Sscan(rest, &length); err != nil {
				return err
			}
		}
		if len(line) == 2 {
			break
		}
	}
	_, err := c.r.Discard(length)
	return err
}
