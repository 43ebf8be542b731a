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
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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
