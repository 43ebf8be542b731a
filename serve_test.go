package retort_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retort-go/retort"
)

// serve starts app on a free port of this machine; stop tells it to stop and
// returns what Serve returned.
func serve(t testing.TB, app *retort.App) (addr string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- app.Serve(ctx, l) }()
	return l.Addr().String(), func() error {
		cancel()
		return <-served
	}
}

func TestServeDrains(t *testing.T) {
	app := newApp()
	started, release := make(chan struct{}), make(chan struct{})
	app.Get("/slow", func(c *retort.Ctx) error {
		close(started)
		<-release
		return c.Text("finished")
	}).Named("slow")
	closed := false
	app.OnClose(func() error { closed = true; return nil })
	addr, stop := serve(t, app)

	answer := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + addr + "/slow")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	<-started
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	close(release)
	if got := <-answer; got != "finished" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-stopped; err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("Serve: %v", err)
	}
	if !closed {
		t.Error("the app was not closed")
	}
	if _, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
		t.Error("the app still listens")
	}
}

// lateListener accepts one connection at the very moment when it is closed, as
// happens on a busy machine.
type lateListener struct {
	closed chan struct{}
	late   chan net.Conn
}

func (l lateListener) Accept() (net.Conn, error) {
	<-l.closed
	time.Sleep(time.Second)
	select {
	case conn := <-l.late:
		return conn, nil
	default:
		return nil, net.ErrClosed
	}
}

func (l lateListener) Close() error {
	close(l.closed)
	return nil
}

func (l lateListener) Addr() net.Addr { return &net.UnixAddr{} }

// Whoever was accepted is answered, and the app is not closed under him.
func TestServeAnswersTheLastAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := newApp()
		closed := false
		app.OnClose(func() error { closed = true; return nil })
		app.Get("/", func(c *retort.Ctx) error {
			time.Sleep(time.Second)
			return c.Text(fmt.Sprint("closed: ", closed))
		}).Named("index")
		client, server := net.Pipe()
		l := lateListener{make(chan struct{}), make(chan net.Conn, 1)}
		l.late <- server
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- app.Serve(ctx, l) }()
		synctest.Wait()
		cancel()
		if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(client)
		if err != nil || !strings.Contains(string(answer), "closed: false") {
			t.Errorf("got %q, %v", answer, err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// A drain that takes too long is cut, and says so.
func TestServeCutsWhatTakesTooLong(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, DrainTimeout: time.Millisecond, Logger: slog.New(slog.DiscardHandler)})
	started := make(chan struct{})
	app.Get("/slow", func(c *retort.Ctx) error {
		close(started)
		<-c.Context().Done()
		return c.Text("-")
	}).Named("slow")
	addr, stop := serve(t, app)
	go func() {
		if res, err := http.Get("http://" + addr + "/slow"); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-started
	if err := stop(); err == nil || !strings.Contains(err.Error(), "DrainTimeout") {
		t.Errorf("got %v, want to be told of the cut", err)
	}
}

// Whatever follows a request with Transfer-Encoding on the same connection might
// be smuggled, so the connection ends there.
func TestSmuggledRequestIsNotAnswered(t *testing.T) {
	app := newApp()
	app.Route("/", ok, "GET", "POST").Named("index").InsecureNoCSRF()
	served := 0
	app.Before(func(*retort.Ctx) error { served++; return nil })
	addr, stop := serve(t, app)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const smuggler = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
		"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
	if _, err := fmt.Fprint(conn, smuggler); err != nil {
		t.Fatal(err)
	}
	answers, err := io.ReadAll(bufio.NewReader(conn))
	if err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatal(err)
	}
	if n := strings.Count(string(answers), "HTTP/1.1 "); n > 1 {
		t.Errorf("%d answers on one connection:\n%s", n, answers)
	}
	if err := stop(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	if served > 1 {
		t.Errorf("%d requests were served", served)
	}
}
