package retort

import (
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Connections are cheap and not free: each holds a file descriptor, without which
// the app can open no file and no database, and some 20 KB of memory. So there
// are no more than [Config.MaxConnections]. Before it comes to that, each answer
// is the last one on its connection, so that none is idle while others are turned
// away; and one address cannot take what is left from all others.
const (
	maxConnections = 10_000
	maxPerAddress  = 256 // once half of all connections are taken
	filesPart      = 4   // one descriptor in so many stays free for files
)

// conns counts the connections of a server.
type conns struct {
	max     int
	trusted func(netip.Addr) bool // a proxy, whose connections are many people's
	log     *slog.Logger

	mu      sync.Mutex
	total   int
	by      map[netip.Addr]int
	refused int64     // since the last line in the log
	logged  time.Time // when that was
	empty   chan struct{}

	scarce *atomic.Bool // three quarters are taken
}

func newConns(limit int, trusted func(netip.Addr) bool, log *slog.Logger, scarce *atomic.Bool) *conns {
	if limit == 0 {
		limit = maxConnections
		if n, ok := maxDescriptors(); ok {
			limit = min(limit, n-n/filesPart)
		}
	}
	return &conns{max: limit, trusted: trusted, log: log, scarce: scarce, by: map[netip.Addr]int{}}
}

// countedListener hands out connections that are counted, and closes those that
// are too many.
type countedListener struct {
	net.Listener
	conns *conns
	close func() error
}

func (c *conns) listen(l net.Listener) countedListener {
	return countedListener{l, c, sync.OnceValue(l.Close)}
}

func (l countedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr := l.conns.counted(conn.RemoteAddr())
		if l.conns.take(addr) {
			return &countedConn{Conn: conn, conns: l.conns, addr: addr}, nil
		}
		_ = conn.Close() // without a word: it costs least
	}
}

// Close closes the listener; it may be called again.
func (l countedListener) Close() error { return l.close() }

// counted is the address under which a connection is counted, the network of a
// household for IPv6; none for those that stand for many people: this machine,
// private networks, proxies.
func (c *conns) counted(remote net.Addr) (none netip.Addr) {
	tcp, ok := remote.(*net.TCPAddr)
	if !ok {
		return none
	}
	addr := tcp.AddrPort().Addr().Unmap().WithZone("")
	if !addr.IsValid() || addr.IsLoopback() || addr.IsPrivate() || c.trusted(addr) {
		return none
	}
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}

func (c *conns) take(addr netip.Addr) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.total >= c.max || c.total >= c.max/2 && c.by[addr] >= maxPerAddress {
		c.noteRefused()
		return false
	}
	c.total++
	c.scarce.Store(c.total > c.max/4*3)
	if addr.IsValid() {
		c.by[addr]++
	}
	return true
}

func (c *conns) give(addr netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total--
	c.scarce.Store(c.total > c.max/4*3)
	if addr.IsValid() {
		if c.by[addr]--; c.by[addr] == 0 {
			delete(c.by, addr)
		}
	}
	if c.total == 0 && c.empty != nil {
		close(c.empty)
		c.empty = nil
	}
}

// noteRefused logs the first connection that is turned away, and the others
// together, once a second.
func (c *conns) noteRefused() {
	c.refused++
	if now := time.Now(); now.Sub(c.logged) >= time.Second {
		c.log.Warn("overload: connections are refused", "event", "excess_rate_limit_exceeded", "refused", c.refused, "open", c.total)
		c.refused, c.logged = 0, now
	}
}

// closed is closed when no connection is open any more.
func (c *conns) closed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	empty := make(chan struct{})
	if c.total == 0 {
		close(empty)
	} else {
		c.empty = empty
	}
	return empty
}

// countedConn is a connection that is counted until it is closed, also one that
// has become a WebSocket. It has the methods that net/http looks for.
type countedConn struct {
	net.Conn
	conns *conns
	addr  netip.Addr
	gone  atomic.Bool
}

func (c *countedConn) Close() error {
	if c.gone.CompareAndSwap(false, true) {
		c.conns.give(c.addr)
	}
	return c.Conn.Close()
}

// ReadFrom lets the kernel send files where it can.
func (c *countedConn) ReadFrom(r io.Reader) (int64, error) {
	if to, ok := c.Conn.(io.ReaderFrom); ok {
		return to.ReadFrom(r)
	}
	return io.Copy(struct{ io.Writer }{c.Conn}, r)
}

// CloseWrite tells the client that no more will come.
func (c *countedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
