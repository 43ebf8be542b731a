package retort_test

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/retort-go/retort"
)

// After a request with a Transfer-Encoding the connection closes, whatever the
// answer was: a proxy that believed its Content-Length takes what follows for a
// part of it.
func TestNothingIsSmuggled(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler)})
	app.Post("/json", func(c *retort.Ctx) error {
		var v any
		if err := c.DecodeJSON(&v); err != nil {
			return err
		}
		return c.JSON(v)
	}).Named("json")
	app.Post("/boom", func(*retort.Ctx) error { panic("boom") }).Named("boom")
	app.Post("/stream", func(c *retort.Ctx) error {
		return c.Stream("text/plain", func(w io.Writer) error { _, err := io.WriteString(w, "-"); return err })
	}).Named("stream")
	app.Get("/smuggled", func(c *retort.Ctx) error { return c.Text("smuggled") }).Named("smuggled")
	addr, stop := serve(t, app)
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	for _, tt := range []struct{ name, path, host, want string }{
		{"an answer", "/json", "localhost", "200"},
		{"a panic", "/boom", "localhost", "500"},
		{"a stream", "/stream", "localhost", "200"},
		{"no such page", "/nowhere", "localhost", "404"},
		{"another method", "/smuggled", "localhost", "405"},
		{"another host", "/json", "evil.example", "421"},
		{"a malformed host", "/json", "a,b", "400"},
	} {
		for _, te := range []string{"Transfer-Encoding: chunked", "Transfer-Encoding:\r\n chunked", "transfer-encoding: CHUNKED"} {
			got := overTheWire(t, addr, "POST "+tt.path+" HTTP/1.1\r\nHost: "+tt.host+"\r\nContent-Type: application/json\r\n"+
				"Content-Length: 6\r\n"+te+"\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n")
			if !strings.HasPrefix(got, "HTTP/1.1 "+tt.want) || strings.Count(got, "HTTP/1.1 ") > 1 {
				t.Errorf("%s, %q: want one answer, %s:\n%s", tt.name, te, tt.want, got)
			}
		}
	}
}

// In HTTP/1.0 net/http passes over a Transfer-Encoding, and what a proxy takes
// for the body would be the next request.
func TestNothingIsSmuggledInHTTP10(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler)})
	app.Route("/", func(c *retort.Ctx) error { return c.Text("-") }, "GET", "POST").Named("index").InsecureNoCSRF()
	addr, stop := serve(t, app)
	got := overTheWire(t, addr, "POST / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"+
		"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
	if n := strings.Count(got, "HTTP/1.0 "); n != 1 {
		t.Errorf("%d answers:\n%s", n, got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// What net/http would answer by itself has the defences of any other answer.
func TestOptionsOfTheServer(t *testing.T) {
	addr, stop := serve(t, retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler)}))
	for host, want := range map[string]string{"localhost": "404", "evil.example": "421"} {
		got := overTheWire(t, addr, "OPTIONS * HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 "+want) || !strings.Contains(got, "X-Content-Type-Options: nosniff") {
			t.Errorf("%s: want %s with security headers:\n%s", host, want, got)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// Who announces more than is accepted is told so at once: before the first byte
// of it, and without being asked to go on.
func TestTooMuchIsRefusedUnread(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler)})
	app.Post("/", func(c *retort.Ctx) error { return c.Text("-") }).Named("index").InsecureNoCSRF()
	addr, stop := serve(t, app)
	for _, more := range []string{"", "Expect: 100-continue\r\n"} {
		got := overTheWire(t, addr, "POST / HTTP/1.1\r\nHost: localhost\r\n"+more+"Content-Length: 1000000000\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 413") {
			t.Errorf("%q: got %q", more, got)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// overTheWire sends raw and reads what comes until the server closes.
func overTheWire(t *testing.T, addr, raw string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil { // where it does not close
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
	return string(answer)
}
