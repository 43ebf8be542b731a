package retort

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// sizedApp answers /N with N bytes.
func sizedApp(cfg Config) *App {
	cfg.SecretKey, cfg.Logger = strongKey, slog.New(slog.DiscardHandler)
	app := New(cfg)
	app.Get("/<int:n>", func(c *Ctx) error { return c.Text(sized(c.Int("n"))) }).Named("sized")
	return app
}

// sized is a text of n bytes in which each place is another.
func sized(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(strconv.Itoa(b.Len()) + " ")
	}
	return b.String()[:n]
}

var sizes = []int{0, 1, 1000, minHeld - 1, minHeld, 3000, 4096, 5000, 8192, 10_000, maxHeld, maxHeld + 1, 200_000}

// An ordinary page goes out in one piece, whatever fits net/http's memory.
func TestOneWrite(t *testing.T) {
	for _, n := range sizes {
		synctest.Test(t, func(t *testing.T) {
			conn, below := connectTo(t, sizedApp(Config{}))
			for range 3 {
				before := below.writes.Load()
				send(conn, fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n", n))
				if got := answer(t, conn); got != sized(n) {
					t.Errorf("%d bytes came as %d", n, len(got))
				}
				synctest.Wait()
				if writes := below.writes.Load() - before; n <= maxHeld && writes != 1 {
					t.Errorf("%d bytes took %d writes", n, writes)
				}
			}
		})
	}
}

// Answers are whole over each protocol and one after the other.
func TestAnswersAreWhole(t *testing.T) {
	certFile, keyFile := tlsFiles(t)
	writeCertificate(t, 1, certFile, keyFile)
	for _, tt := range []struct {
		name, scheme string
		cfg          Config
		http2        bool
	}{
		{"plain", "http", Config{}, false},
		{"TLS", "https", Config{TLSCert: certFile, TLSKey: keyFile}, false},
		{"HTTP/2", "https", Config{TLSCert: certFile, TLSKey: keyFile}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			served := make(chan error, 1)
			go func() { served <- sizedApp(tt.cfg).Serve(ctx, l) }()
			client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: tt.http2, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					for _, n := range sizes {
						getWhole(t, client, fmt.Sprintf("%s://%s/%d", tt.scheme, l.Addr(), n), n)
					}
				})
			}
			all.Wait()
			client.CloseIdleConnections()
			stop()
			if err := <-served; err != nil {
				t.Error(err)
			}
		})
	}
}

// getWhole expects n bytes, and to be told of as many.
func getWhole(t *testing.T, client *http.Client, address string, n int) {
	for method, want := range map[string]string{http.MethodGet: sized(n), http.MethodHead: ""} {
		r, err := http.NewRequest(method, address, nil)
		if err != nil {
			t.Error(err)
			return
		}
		res, err := client.Do(r)
		if err != nil {
			t.Error(err)
			return
		}
		body, err := io.ReadAll(res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil || string(body) != want || res.ContentLength != int64(n) {
			t.Errorf("%s %s: got %d bytes of %d, %v", method, address, len(body), res.ContentLength, err)
		}
	}
}

// Requests sent at once are answered in their order.
func TestPipelinedAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, _ := connectTo(t, sizedApp(Config{}))
		var requests strings.Builder
		for _, n := range sizes {
			fmt.Fprintf(&requests, "GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n", n)
		}
		go send(conn, requests.String())
		r := bufio.NewReader(conn)
		for _, n := range sizes {
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(res.Body); err != nil || string(body) != sized(n) {
				t.Errorf("%d bytes came as %d, %v", n, len(body), err)
			}
			_ = res.Body.Close()
		}
	})
}

// Whoever looks after a request hears that its client has left, and the
// connection is closed.
func TestClientLeavesDuringAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := sizedApp(Config{})
		failed := make(chan error, 1)
		app.Teardown(func(_ *Ctx, err error) { failed <- err })
		conn, below := connectTo(t, app)
		send(conn, "GET /10000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if _, err := io.ReadFull(conn, make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		if err := <-failed; !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("the request ended with %v", err)
		}
		<-below.closed
	})
}

// What wraps the writer gets no flush that it was not asked for.
func TestOneWriteStaysBelowMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := sizedApp(Config{})
		app.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(unflushed{w, t}, r) })
		})
		conn, _ := connectTo(t, app)
		send(conn, "GET /10000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if got := answer(t, conn); got != sized(10_000) {
			t.Errorf("got %d bytes", len(got))
		}

		inner, outer := sizedApp(Config{}), New(Config{SecretKey: strongKey, Logger: slog.New(slog.DiscardHandler)})
		outer.Get("/<path:rest>", func(c *Ctx) error {
			return c.ServeHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inner.ServeHTTP(unflushed{w, t}, r) }))
		}).Named("inner")
		conn, _ = connectTo(t, outer)
		send(conn, "GET /10000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if got := answer(t, conn); got != sized(10_000) {
			t.Errorf("mounted: got %d bytes", len(got))
		}
	})
}

type unflushed struct {
	http.ResponseWriter
	t *testing.T
}

func (w unflushed) Flush() { w.t.Error("it was flushed") }

// A request knows its connection through all that is around it.
func TestConnContext(t *testing.T) {
	client, end := net.Pipe()
	defer client.Close()
	lazy := newLazyConn(&pipe{Conn: end}, 0)
	defer lazy.Close()
	counted := &countedConn{Conn: lazy}
	for _, conn := range []net.Conn{lazy, counted} {
		if got := connContext(t.Context(), conn).Value(connKey{}); got != lazy {
			t.Errorf("%T: got %v", conn, got)
		}
	}
	if got := connContext(t.Context(), end).Value(connKey{}); got != nil {
		t.Errorf("a connection of somebody else's: got %v", got)
	}
}

// Over a connection of its own the app sends the same header as through any other
// ResponseWriter, whatever the answer is.
func TestSameHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := New(Config{SecretKey: strongKey, Logger: slog.New(slog.DiscardHandler)})
		app.Get("/text", func(c *Ctx) error { return c.Text("text") }).Named("text")
		app.Get("/json", func(c *Ctx) error { return c.JSON(map[string]int{"n": 1}) }).Named("json")
		app.Get("/page", func(c *Ctx) error { return c.HTML("<p>page") }).Named("page")
		app.Get("/large", func(c *Ctx) error { return c.HTML(sized(20_000)) }).Named("large")
		app.Get("/nothing", func(c *Ctx) error { return c.NoContent() }).Named("nothing")
		app.Get("/away", func(c *Ctx) error { return c.Redirect("/page") }).Named("away")
		app.Get("/broken", func(*Ctx) error { return errors.New("broken") }).Named("broken")
		app.Get("/cached", func(c *Ctx) error {
			c.SetHeader("ETag", `"1"`)
			return c.HTML("<p>cached")
		}).Named("cached")
		app.Get("/own", func(c *Ctx) error {
			c.SetHeader("Content-Security-Policy", "default-src 'none'")
			c.SetHeader("X-Frame-Options", "SAMEORIGIN")
			return c.HTML("<p>own")
		}).Named("own")
		app.Get("/session", func(c *Ctx) error {
			return errors.Join(c.Session().Set("n", 1), c.HTML("<p>session"))
		}).Named("session")
		app.Get("/stream", func(c *Ctx) error {
			return c.Stream("text/html", func(w io.Writer) error { _, err := io.WriteString(w, "stream"); return err })
		}).Named("stream")
		conn, _ := connectTo(t, app)
		reader := bufio.NewReader(conn)
		for _, path := range []string{"/text", "/json", "/page", "/large", "/nothing", "/away", "/broken", "/cached", "/own", "/session", "/stream", "/none"} {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost} {
				for _, more := range []string{"", "If-None-Match: \"1\"\r\n", "Accept: application/json\r\n"} {
					text := method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n"
					send(conn, text)
					r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
					if err != nil {
						t.Fatal(err)
					}
					want := httptest.NewRecorder()
					app.ServeHTTP(want, r)
					got, err := http.ReadResponse(reader, r)
					if err != nil {
						t.Fatalf("%s: %v", text, err)
					}
					if _, err := io.Copy(io.Discard, got.Body); err != nil {
						t.Fatal(err)
					}
					if got.StatusCode != want.Code || !reflect.DeepEqual(steady(got.Header), steady(want.Result().Header)) {
						t.Errorf("%s got %d %v\nwant %d %v", text, got.StatusCode, steady(got.Header), want.Code, steady(want.Result().Header))
					}
				}
			}
		}
	})
}

// steady is a header without what is new in each answer, and what net/http
// adds.
func steady(h http.Header) map[string]string {
	fields := map[string]string{}
	for key, values := range h {
		switch key {
		case "Date", "Content-Length", "Transfer-Encoding":
		case "X-Request-Id", "Set-Cookie":
			fields[key] = "…"
		default:
			if len(values) > 0 {
				fields[key] = nonces.ReplaceAllString(strings.Join(values, "\n"), "'nonce'")
			}
		}
	}
	return fields
}

var nonces = regexp.MustCompile(`'nonce-[^']+'`)

// Middleware sees the whole header.
func TestMiddlewareSeesTheHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := sizedApp(Config{})
		var seen http.Header
		app.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r)
				seen = w.Header().Clone()
			})
		})
		conn, _ := connectTo(t, app)
		send(conn, "GET /10 HTTP/1.1\r\nHost: localhost\r\n\r\n")
		answer(t, conn)
		if seen.Get("Content-Security-Policy") == "" || seen.Get("X-Content-Type-Options") == "" {
			t.Errorf("%v", seen)
		}
	})
}

// If net/http ever writes something else than an answer when one is due, nothing
// goes out.
func TestNothingUnprotected(t *testing.T) {
	for first, ok := range map[string]bool{
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n": true,
		"HTTP/1.0 404 Not Found\r\n\r\n":               true,
		"HTTP/1.1 100 Continue\r\n\r\n":                false,
		"HTTP/1.1 200 OK":                              false,
		"Content-Length: 0\r\n\r\n":                    false,
		"HTTP/2 200\r\n":                               false,
		"\r\n":                                         false,
		"":                                             false,
	} {
		client, end := net.Pipe()
		c := newLazyConn(&pipe{Conn: end, closed: make(chan time.Time, 1)}, 0)
		fields := []byte("X: y\r\n")
		c.fields = &fields
		sent := make(chan string, 1)
		go func() {
			b, _ := io.ReadAll(client)
			sent <- string(b)
		}()
		n, err := io.WriteString(c, first)
		_ = c.Close()
		want := ""
		if ok {
			want = strings.Replace(first, "\r\n", "\r\nX: y\r\n", 1)
		}
		if got := <-sent; got != want || (err == nil) != ok || ok && n != len(first) {
			t.Errorf("%q: sent %q, %d, %v", first, got, n, err)
		}
	}
}

// BenchmarkAnswer is what an answer costs in net/http and above, without a kernel:
// the same request over one connection again and again, whose answers go nowhere.
func BenchmarkAnswer(b *testing.B) {
	app := New(Config{SecretKey: strongKey, Logger: slog.New(slog.DiscardHandler)})
	page := "<!doctype html><title>Page</title>" + strings.Repeat("<p>A paragraph.</p>\n", 50)
	app.Get("/plain", func(c *Ctx) error { return c.Text("Hello, World!") }).Named("plain")
	app.Get("/page", func(c *Ctx) error {
		c.SetHeader("Vary", "Cookie")
		return c.HTML(page)
	}).Named("page")
	if err := app.Compile(); err != nil {
		b.Fatal(err)
	}
	bare := http.NewServeMux()
	bare.HandleFunc("GET /plain", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "Hello, World!")
	})
	for _, tt := range []struct {
		name, path string
		handler    http.Handler
	}{
		{"bare", "/plain", bare},
		{"plain", "/plain", app},
		{"page", "/page", app},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			server := &http.Server{Handler: tt.handler, ConnContext: connContext, ReadHeaderTimeout: time.Second}
			conn := &endless{request: "GET " + tt.path + " HTTP/1.1\r\nHost: localhost\r\n\r\n", left: b.N + 1, done: make(chan struct{}), ended: make(chan struct{}, 1), opened: time.Now()}
			l := make(pipes, 1)
			l <- newLazyConn(conn, time.Second)
			served := make(chan error)
			b.ResetTimer()
			go func() { served <- server.Serve(l) }()
			<-conn.done
			b.StopTimer()
			_ = server.Close()
			<-served
		})
	}
}

// endless is a connection on which a request comes so many times.
type endless struct {
	request string
	left    int
	done    chan struct{}
	ended   chan struct{}
	opened  time.Time
}

func (c *endless) Read(p []byte) (int, error) {
	if len(p) == 1 { // net/http looks whether the client is still there, until it ends that
		<-c.ended
		return 0, os.ErrDeadlineExceeded
	}
	if c.left--; c.left == 0 {
		close(c.done)
		return 0, io.EOF
	}
	return copy(p, c.request), nil
}

func (c *endless) Write(p []byte) (int, error)           { return len(p), nil }
func (c *endless) ReadFrom(r io.Reader) (int64, error)   { return io.Copy(io.Discard, r) }
func (c *endless) SyscallConn() (syscall.RawConn, error) { return nil, syscall.EINVAL }
func (c *endless) Close() error                          { return nil }
func (c *endless) CloseWrite() error                     { return nil }
func (c *endless) LocalAddr() net.Addr                   { return &net.TCPAddr{} }
func (c *endless) RemoteAddr() net.Addr                  { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (c *endless) SetDeadline(time.Time) error           { return nil }
func (c *endless) SetReadDeadline(t time.Time) error {
	if !t.IsZero() && t.Before(c.opened) {
		c.ended <- struct{}{}
	}
	return nil
}
func (c *endless) SetWriteDeadline(time.Time) error { return nil }
