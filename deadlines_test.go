package retort

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

var seed = flag.Uint64("seed", 1, "what the random use of deadlines comes from")

// pipe is one end of a connection whose deadlines follow the time of the test's
// bubble.
type pipe struct {
	net.Conn
	moved  atomic.Int64   // deadlines that were set
	writes atomic.Int64   // of the answers
	closed chan time.Time // when
}

func (p *pipe) Write(b []byte) (int, error) {
	p.writes.Add(1)
	return p.Conn.Write(b)
}

func (p *pipe) Close() error {
	select {
	case p.closed <- time.Now():
	default: // closed before
	}
	return p.Conn.Close()
}

func (p *pipe) SetReadDeadline(t time.Time) error {
	p.moved.Add(1)
	return p.Conn.SetReadDeadline(t)
}

func (p *pipe) SetWriteDeadline(t time.Time) error {
	p.moved.Add(1)
	return p.Conn.SetWriteDeadline(t)
}

func (p *pipe) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{p.Conn}, r) }
func (p *pipe) SyscallConn() (syscall.RawConn, error) {
	return nil, errors.ErrUnsupported
}
func (p *pipe) CloseWrite() error { return p.Close() }

// pipes is a listener.
type pipes chan net.Conn

func (l pipes) Accept() (net.Conn, error) {
	conn, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (l pipes) Close() error   { close(l); return nil }
func (l pipes) Addr() net.Addr { return &net.TCPAddr{} }

// connect serves an app to one client. It returns the client's end and the other
// one.
func connect(t *testing.T) (client net.Conn, below *pipe) {
	t.Helper()
	app := New(Config{SecretKey: strongKey, Logger: slog.New(slog.DiscardHandler)})
	app.Get("/", func(c *Ctx) error { return c.Text(strings.Repeat("a", 10_000)) }).Named("index")
	app.Post("/", func(c *Ctx) error {
		if _, err := c.Body(); err != nil {
			return err
		}
		return c.NoContent()
	}).Named("post").InsecureNoCSRF()
	app.Get("/long", func(c *Ctx) error {
		return c.Stream("text/plain", func(w io.Writer) error {
			select {
			case <-time.After(time.Hour):
			case <-c.Context().Done():
			}
			_, err := fmt.Fprint(w, c.Context().Err())
			return err
		})
	}).Named("long").Streams()
	return connectTo(t, app)
}

// connectTo serves an app as Serve does.
func connectTo(t *testing.T, app *App) (client net.Conn, below *pipe) {
	t.Helper()
	if err := app.Compile(); err != nil {
		t.Fatal(err)
	}
	client, end := net.Pipe()
	below = &pipe{Conn: end, closed: make(chan time.Time, 1)}
	server, listener := app.server(), make(pipes, 1)
	listener <- newLazyConn(below, app.Config.WriteTimeout/writeSlack)
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		<-served
		_ = client.Close()
	})
	return client, below
}

const (
	getRequest  = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
	postRequest = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
)

// send writes a request, which the server may refuse to read to its end.
func send(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

// A drop comes or goes so often: no timeout is a multiple of it.
const drop = 700 * time.Millisecond

// sip reads a byte in a while until the server hangs up.
func sip(conn net.Conn) {
	for b := make([]byte, 1); ; time.Sleep(drop) {
		if _, err := conn.Read(b); err != nil {
			return
		}
	}
}

// drip writes a byte in a while until the server hangs up.
func drip(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	var dripping sync.WaitGroup
	dripping.Go(func() {
		for i := range text {
			if _, err := conn.Write([]byte{text[i]}); err != nil {
				return
			}
			time.Sleep(drop)
		}
	})
	t.Cleanup(dripping.Wait)
}

// answer reads one whole answer.
func answer(t *testing.T, conn net.Conn) string {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// A client that makes the server wait is cut off on time, to the nanosecond or, if
// it does not read, to the slack, on a fresh connection and on one whose deadlines
// were later before.
func TestSlowClientsAreCutOff(t *testing.T) {
	for _, tt := range []struct {
		name string
		talk func(t *testing.T, conn net.Conn)
		want time.Duration
	}{
		{"silence", func(*testing.T, net.Conn) {}, 5 * time.Second},
		{"half a header", func(_ *testing.T, conn net.Conn) { send(conn, "GET / HT") }, 5 * time.Second},
		{"a header in drops", func(t *testing.T, conn net.Conn) { drip(t, conn, getRequest) }, 5 * time.Second},
		{"half a header, later", func(t *testing.T, conn net.Conn) {
			send(conn, getRequest)
			answer(t, conn)
			time.Sleep(50 * time.Second)
			send(conn, "GET / HT")
		}, 55 * time.Second},
		{"no body", func(t *testing.T, conn net.Conn) {
			send(conn, postRequest)
			answer(t, conn) // 408 or the like
		}, 15 * time.Second},
		{"a body in drops", func(t *testing.T, conn net.Conn) {
			send(conn, postRequest)
			drip(t, conn, strings.Repeat("a", 1000))
			answer(t, conn)
		}, 15 * time.Second},
		{"a body in drops, later", func(t *testing.T, conn net.Conn) {
			send(conn, getRequest)
			answer(t, conn)
			time.Sleep(30 * time.Second)
			send(conn, postRequest)
			drip(t, conn, strings.Repeat("a", 1000))
			answer(t, conn)
		}, 45 * time.Second},
		{"an answer that nobody reads", func(_ *testing.T, conn net.Conn) {
			send(conn, getRequest)
			send(conn, "more than the server reads ahead")
		}, 30 * time.Second},
		{"an answer read in drops", func(_ *testing.T, conn net.Conn) {
			send(conn, getRequest)
			sip(conn)
		}, 30 * time.Second},
		{"an answer read in drops, later", func(t *testing.T, conn net.Conn) {
			send(conn, getRequest)
			answer(t, conn)
			time.Sleep(20 * time.Second)
			send(conn, getRequest)
			sip(conn)
		}, 50 * time.Second},
		{"no second request", func(t *testing.T, conn net.Conn) {
			send(conn, getRequest)
			answer(t, conn)
		}, 75 * time.Second},
		{"no third request", func(t *testing.T, conn net.Conn) {
			for range 2 {
				send(conn, getRequest)
				answer(t, conn)
				time.Sleep(10 * time.Second)
			}
		}, 85 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn, below := connect(t)
				began := time.Now()
				tt.talk(t, conn)
				if _, err := io.Copy(io.Discard, conn); err != nil {
					t.Fatal(err)
				}
				got, late := (<-below.closed).Sub(began), time.Duration(0)
				if strings.HasPrefix(tt.name, "an answer") {
					late = 30 * time.Second / writeSlack
				}
				if got < tt.want || got > tt.want+late {
					t.Errorf("cut off after %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// Who keeps the times is served for ever, whatever deadlines came before.
func TestPatientClientsAreServed(t *testing.T) {
	for _, tt := range []struct {
		name string
		talk func(t *testing.T, conn net.Conn)
	}{
		{"a request in 75 s", func(t *testing.T, conn net.Conn) {
			for range 100 {
				send(conn, getRequest)
				answer(t, conn)
				time.Sleep(75*time.Second - time.Nanosecond)
			}
		}},
		{"slow throughout", func(t *testing.T, conn net.Conn) {
			for range 100 {
				send(conn, "GET / HTTP/1.1\r\n")
				time.Sleep(5*time.Second - time.Nanosecond)
				send(conn, "Host: localhost\r\n\r\n")
				time.Sleep(30*time.Second - time.Nanosecond)
				answer(t, conn)
				send(conn, postRequest)
				time.Sleep(15*time.Second - time.Nanosecond)
				send(conn, strings.Repeat("a", 1000))
				answer(t, conn)
				time.Sleep(75*time.Second - time.Nanosecond)
			}
		}},
		{"an hour of work", func(t *testing.T, conn net.Conn) {
			for range 3 {
				send(conn, "GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n")
				if got := answer(t, conn); got != "<nil>" {
					t.Errorf("the request ended early: %s", got)
				}
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn, _ := connect(t)
				tt.talk(t, conn)
			})
		})
	}
}

// In a busy connection no deadline has to move but those of the read ahead, which
// net/http ends by one.
func TestDeadlinesAreMovedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, below := connect(t)
		const requests = 1000
		for range requests {
			send(conn, getRequest)
			answer(t, conn)
		}
		synctest.Wait()
		if moved := below.moved.Load(); moved > 2*requests+10 {
			t.Errorf("%d requests moved %d deadlines", requests, moved)
		}
	})
}

// A lazy connection fails at the same moments and with the same bytes as the
// connection below alone does, however its deadlines are moved meanwhile.
func TestLazyConnIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(*seed, 0))
	for range 300 {
		s := randomScript(random)
		var plain, lazy []string
		synctest.Test(t, func(*testing.T) { plain = s.play(func(p *pipe) net.Conn { return p }) })
		synctest.Test(t, func(*testing.T) { lazy = s.play(func(p *pipe) net.Conn { return newLazyConn(p, 0) }) })
		if !slices.Equal(lazy, plain) {
			t.Fatalf("-seed %d: %+v\ngot  %q\nwant %q", *seed, s, lazy, plain)
		}
	}
}

// A write that has failed at its deadline is not tried again: the kernel may take
// some more of it although nothing was read, and the next answer would begin.
func TestWritesAreTriedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, end := net.Pipe()
		defer client.Close()
		below := &pipe{Conn: end}
		conn := newLazyConn(below, time.Second)
		defer conn.Close()
		write := func() (time.Duration, error) {
			_ = conn.SetWriteDeadline(time.Now().Add(30 * time.Second))
			began := time.Now()
			_, err := conn.Write([]byte("a"))
			return time.Since(began), err
		}
		go func() { _, _ = client.Read(make([]byte, 1)) }()
		if _, err := write(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		took, err := write()
		if !errors.Is(err, os.ErrDeadlineExceeded) || took < 30*time.Second || took > 31*time.Second || below.writes.Load() != 2 {
			t.Errorf("got %v after %v and %d writes in all", err, took, below.writes.Load())
		}
	})
}

// A script is what happens to a connection. No two things happen at one moment:
// their last digits differ.
type script struct {
	deadlines []deadlineMove
	operation string          // read, write or copy
	pauses    []time.Duration // before each operation
	peer      []time.Duration // before the other end takes or gives three bytes
}

type deadlineMove struct {
	pause time.Duration // before it
	to    time.Duration // from then; 0 for none
}

func randomScript(r *rand.Rand) (s script) {
	s.operation = []string{"read", "write", "copy"}[r.IntN(3)]
	tens := func(n int) time.Duration { return time.Duration(r.IntN(n)) * 10 }
	for range r.IntN(8) {
		m := deadlineMove{pause: 10 + tens(4)}
		switch r.IntN(6) {
		case 0:
		case 1:
			m.to = -time.Hour
		default:
			m.to = tens(20) + 3 - 50
		}
		s.deadlines = append(s.deadlines, m)
	}
	for range 1 + r.IntN(8) {
		s.pauses = append(s.pauses, 10+tens(10))
		s.peer = append(s.peer, 10+tens(10))
	}
	return s
}

// play returns what each operation came to, and when.
func (s script) play(wrap func(*pipe) net.Conn) (log []string) {
	other, end := net.Pipe()
	conn := wrap(&pipe{Conn: end})
	began := time.Now()
	pause := func(d, digit time.Duration) { // to a moment that ends in digit
		d += time.Since(began)
		time.Sleep(d - d%10 + digit - time.Since(began))
	}
	go func() {
		for _, m := range s.deadlines {
			pause(m.pause, 0)
			var t time.Time
			if m.to != 0 {
				t = time.Now().Add(m.to)
			}
			if s.operation == "read" {
				_ = conn.SetReadDeadline(t)
			} else {
				_ = conn.SetWriteDeadline(t)
			}
		}
	}()
	go func() {
		for _, d := range s.peer {
			pause(d, 5)
			if s.operation == "read" {
				_, _ = other.Write([]byte("abc"))
			} else {
				_, _ = other.Read(make([]byte, 3))
			}
		}
		time.Sleep(1000)
		_ = other.Close()
	}()
	for _, d := range s.pauses {
		pause(d, 7)
		var n int64
		var err error
		switch s.operation {
		case "read":
			n, err = count(conn.Read(make([]byte, 2)))
		case "write":
			n, err = count(conn.Write([]byte("12345")))
		case "copy":
			n, err = conn.(io.ReaderFrom).ReadFrom(strings.NewReader("12345"))
		}
		log = append(log, fmt.Sprint(time.Since(began), n, errors.Is(err, os.ErrDeadlineExceeded), err == nil))
	}
	_ = conn.Close()
	time.Sleep(2000)
	return log
}

func count(n int, err error) (int64, error) { return int64(n), err }

// What net/http and those who take a connection over look for is there.
func TestLazyConnIsTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := lazyListener{l, time.Second}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(uintptr) {}); err != nil {
		t.Error(err)
	}
	if _, err := conn.(io.ReaderFrom).ReadFrom(strings.NewReader("whole")); err != nil {
		t.Error(err)
	}
	if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Error(err)
	}
	if got, err := io.ReadAll(client); string(got) != "whole" || err != nil {
		t.Errorf("the client got %q, %v", got, err)
	}
	if err := conn.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Error(err)
	}
	var timeout net.Error
	if _, err := conn.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("reading past the deadline: %v", err)
	}
}

// net/http knows a connection of TLS by its type.
func TestOtherConnsAreLeftAlone(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	l := make(pipes, 1)
	l <- a
	if got, err := (lazyListener{l, time.Second}).Accept(); got != a || err != nil {
		t.Errorf("got %T, %v", got, err)
	}
}
