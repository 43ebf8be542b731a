package retort

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestConnectionsAreCounted(t *testing.T) {
	proxy := netip.MustParseAddr("203.0.113.9")
	for _, tt := range []struct {
		name, addr string
		limit      int
		want       int // of 2000
	}{
		{"a stranger", "203.0.113.1", 1000, 500},
		{"a stranger, of few connections", "203.0.113.1", 300, 256},
		{"a stranger in a small server", "203.0.113.1", 40, 40},
		{"a household's network", "2001:db8:1:2:%d::1", 1000, 500},
		{"this machine", "127.0.0.1", 1000, 1000},
		{"this machine, IPv6", "::1", 1000, 1000},
		{"a container's gateway", "172.17.0.1", 1000, 1000},
		{"IPv4 in IPv6", "::ffff:203.0.113.1", 1000, 500},
		{"a trusted proxy", "203.0.113.9", 1000, 1000},
		{"many strangers", "203.0.%d.1", 1000, 1000},
	} {
		c := newConns(tt.limit, func(a netip.Addr) bool { return a == proxy }, slog.New(slog.DiscardHandler), new(atomic.Bool))
		var taken []netip.Addr
		for i := range 2000 {
			s := tt.addr
			if strings.Contains(s, "%d") {
				s = fmt.Sprintf(s, i%200)
			}
			addr := c.counted(net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(s), 1000)))
			if c.take(addr) {
				taken = append(taken, addr)
			}
		}
		if len(taken) != tt.want {
			t.Errorf("%s: %d connections, want %d", tt.name, len(taken), tt.want)
		}
		if got := c.scarce.Load(); got != (tt.want > tt.limit*3/4) {
			t.Errorf("%s: scarce is %v", tt.name, got)
		}
		empty := c.closed()
		for _, addr := range taken {
			c.give(addr)
		}
		if _, open := <-empty; open || len(c.by) > 0 || c.scarce.Load() {
			t.Errorf("%s: closed connections are still counted: %d, %v", tt.name, c.total, c.by)
		}
	}
}

// door is a listener that can be knocked at while it is being closed.
type door struct{ knock, closed chan net.Conn }

func (d door) Accept() (net.Conn, error) {
	select {
	case conn := <-d.knock:
		return conn, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

func (d door) Close() error   { close(d.closed); return nil }
func (d door) Addr() net.Addr { return &net.TCPAddr{} }

// serveInBubble serves an app where time is the test's.
func serveInBubble(t *testing.T, cfg Config) (connect func() (net.Conn, *bufio.Reader), stop func() <-chan error) {
	t.Helper()
	cfg.SecretKey, cfg.TrustedHosts = strongKey, []string{"localhost"}
	cfg.Logger = slog.New(slog.DiscardHandler)
	app, listener := New(cfg), door{make(chan net.Conn), make(chan net.Conn)}
	app.Get("/", func(c *Ctx) error { return c.Text("index") }).Named("index")
	app.Get("/slow", func(c *Ctx) error { time.Sleep(5 * time.Second); return c.Text("slow") }).Named("slow")
	app.Get("/healthz", func(c *Ctx) error { return c.Text("well") }).Named("healthz").Health()
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- app.Serve(ctx, listener) }()
	connect = func() (net.Conn, *bufio.Reader) {
		client, end := net.Pipe()
		listener.knock <- end
		t.Cleanup(func() { _ = client.Close() })
		return client, bufio.NewReader(client)
	}
	return connect, func() <-chan error { cancel(); synctest.Wait(); return served }
}

// exchange sends a request and returns the answer's status and whether it is the
// last on its connection; 0 if there was none.
func exchange(t *testing.T, conn net.Conn, r *bufio.Reader, path string) (status int, last bool) {
	t.Helper()
	if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return 0, true
	}
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		return 0, true
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Error(err)
	}
	return res.StatusCode, res.Close
}

// No connection is closed under a request: neither one under way nor the next
// one of a client that keeps its connection in use.
func TestStoppingLosesNoRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connect, stop := serveInBubble(t, Config{})
		busy, busyReader := connect()
		slow, slowReader := connect()
		if status, last := exchange(t, busy, busyReader, "/"); status != 200 || last {
			t.Errorf("before: got %d, last %v", status, last)
		}
		go func() {
			if status, last := exchange(t, slow, slowReader, "/slow"); status != 200 || !last {
				t.Errorf("under way: got %d, last %v", status, last)
			}
		}()
		synctest.Wait()
		served := stop()
		time.Sleep(lastRequest / 2)
		if status, last := exchange(t, busy, busyReader, "/"); status != 200 || !last {
			t.Errorf("while stopping: got %d, last %v", status, last)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// A load balancer is told before the door is closed.
func TestLameDuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connect, stop := serveInBubble(t, Config{LameDuck: 3 * time.Second})
		conn, r := connect()
		if status, _ := exchange(t, conn, r, "/healthz"); status != 200 {
			t.Errorf("before: got %d", status)
		}
		served := stop()
		time.Sleep(2 * time.Second)
		for path, want := range map[string]int{"/healthz": 503, "/": 200} {
			conn, r := connect()
			if status, last := exchange(t, conn, r, path); status != want || !last {
				t.Errorf("%s: got %d, want %d, last %v", path, status, want, last)
			}
		}
		began := time.Now()
		if err := <-served; err != nil || time.Since(began) > 2*time.Second {
			t.Errorf("stopped %v later: %v", time.Since(began), err)
		}
	})
}

func TestTooManyConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connect, stop := serveInBubble(t, Config{MaxConnections: 4})
		first, firstReader := connect()
		if status, last := exchange(t, first, firstReader, "/"); status != 200 || last {
			t.Errorf("with room: got %d, last %v", status, last)
		}
		for range 3 {
			connect()
		}
		conn, r := connect()
		if status, _ := exchange(t, conn, r, "/"); status != 0 {
			t.Errorf("one too many: got %d", status)
		}
		if status, last := exchange(t, first, firstReader, "/"); status != 200 || !last {
			t.Errorf("without room: got %d, last %v; want the connection to make room", status, last)
		}
		synctest.Wait()
		conn, r = connect()
		if status, _ := exchange(t, conn, r, "/"); status != 200 {
			t.Errorf("room again: got %d", status)
		}
		if err := <-stop(); err != nil {
			t.Error(err)
		}
	})
}
