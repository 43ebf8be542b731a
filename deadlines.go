package retort

import (
	"errors"
	"io"
	"math"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// net/http moves the deadlines of a connection eight times for each request, and
// each move takes locks and timers of the runtime. Nearly all of them come to
// nothing: most are replaced before anybody waits, and most others are a little
// later than the one before. So the connections here keep in mind what was asked
// for, and tell the one below only if it would otherwise fail too late.
//
// A read that fails too early is told the newer deadline and goes on. A write
// cannot: trying again, it finds room that the kernel would not have told it of,
// and a client that reads nothing would have held the connection for as long
// again. So writes have some slack: their deadline is moved a little further than
// asked for, and then not again until more than that was asked for. Nobody is cut
// off before the time that was asked for, and who does not read by the slack
// after it.

// writeSlack is the part of Config.WriteTimeout, one in so many, by which a write
// may end late.
const writeSlack = 32

// lazyListener hands out TCP connections that move their deadlines lazily.
// Others, such as those of TLS, which net/http tells by their type, are handed
// out as they are.
type lazyListener struct {
	net.Listener
	slack time.Duration // of writes
}

func (l lazyListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok && err == nil {
		return newLazyConn(tcp, l.slack), nil
	}
	return conn, err
}

// lazyConn is a connection that moves its deadlines lazily. It has the methods
// of *net.TCPConn that net/http looks for. Setting a deadline of one that is
// closed is no error; what it was set for fails.
type lazyConn struct {
	tcp
	reads, writes deadline
	fields, held  *[]byte // what to add to an answer and what to write in one piece, see send.go; mostly nil
}

// tcp is what a lazyConn needs of the connection below.
type tcp interface {
	net.Conn
	io.ReaderFrom
	syscall.Conn
	CloseWrite() error
}

func newLazyConn(below tcp, slack time.Duration) *lazyConn {
	c, now := &lazyConn{tcp: below}, time.Now()
	c.reads.init(now, below.SetReadDeadline)
	c.reads.again = true
	c.writes.init(now, below.SetWriteDeadline)
	c.writes.slack = int64(slack)
	return c
}

func (c *lazyConn) Read(p []byte) (n int, err error) {
	if err := c.reads.begin(); err != nil {
		return 0, err
	}
	defer c.reads.end()
	for {
		if n, err = c.tcp.Read(p); err == nil || n > 0 || !c.reads.goOn(err) {
			return n, err
		}
	}
}

func (c *lazyConn) Write(p []byte) (int, error) {
	if c.fields != nil {
		return c.addFields(p)
	}
	if c.held != nil {
		*c.held = append(*c.held, p...)
		return len(p), nil
	}
	if err := c.writes.begin(); err != nil {
		return 0, err
	}
	defer c.writes.end()
	return c.tcp.Write(p)
}

// ReadFrom lets the kernel send files.
func (c *lazyConn) ReadFrom(r io.Reader) (int64, error) {
	if err := c.writes.begin(); err != nil {
		return 0, err
	}
	defer c.writes.end()
	return c.tcp.ReadFrom(r)
}

func (c *lazyConn) SetDeadline(t time.Time) error {
	return errors.Join(c.reads.set(t), c.writes.set(t))
}

func (c *lazyConn) SetReadDeadline(t time.Time) error { return c.reads.set(t) }

func (c *lazyConn) SetWriteDeadline(t time.Time) error { return c.writes.set(t) }

// A deadline is one direction's. Its moments are nanoseconds since opened: a
// moment before that is what net/http sets to end a read under way.
//
// An operation counts itself before it looks at what is wanted, and who wants
// something else says so before looking at the count. So one of the two sees the
// other, without a lock as long as nothing has to move.
type deadline struct {
	arm    func(time.Time) error // sets the deadline of the connection below
	opened time.Time
	again  bool  // an operation that has failed too early goes on
	slack  int64 // by how much one may end late

	want    atomic.Int64 // what was asked for
	waiting atomic.Int32 // operations under way
	armed   atomic.Int64 // what the connection below was told last
	mu      sync.Mutex   // held to tell it
}

const never = math.MaxInt64

func (d *deadline) init(opened time.Time, arm func(time.Time) error) {
	d.arm, d.opened = arm, opened
	d.want.Store(never)
	d.armed.Store(never)
}

// set asks for a deadline. Operations under way must not miss it.
func (d *deadline) set(t time.Time) error {
	want := int64(never)
	if !t.IsZero() {
		want = int64(t.Sub(d.opened))
	}
	d.want.Store(want)
	if d.waiting.Load() == 0 {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if want, armed := d.want.Load(), d.armed.Load(); want < armed || want > armed && !d.again {
		return d.rearm(0)
	}
	return nil
}

// begin starts an operation.
func (d *deadline) begin() (err error) {
	d.waiting.Add(1)
	want, armed := d.want.Load(), d.armed.Load()
	switch {
	case want < 0:
		err = os.ErrDeadlineExceeded
	case armed < 0, want < armed-d.slack, want > armed && !d.again:
		d.mu.Lock()
		err = d.rearm(d.slack)
		d.mu.Unlock()
	}
	if err != nil {
		d.end()
	}
	return err
}

func (d *deadline) end() { d.waiting.Add(-1) }

// goOn reports whether an operation that failed with err has time left, and sees
// that it is not too early the next time.
func (d *deadline) goOn(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.want.Load() > int64(time.Since(d.opened)) && d.rearm(0) == nil
}

// rearm tells the connection below what is asked for now, or that much later.
func (d *deadline) rearm(later int64) error {
	want := d.want.Load()
	if want >= never-later {
		d.armed.Store(never)
		return d.arm(time.Time{})
	}
	d.armed.Store(want + later)
	return d.arm(d.opened.Add(time.Duration(want + later)))
}
