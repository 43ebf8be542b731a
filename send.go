package retort

import (
	"context"
	"errors"
	"net"
	"net/http"
)

// net/http writes an answer through 4 KB of memory: what is larger with its header
// goes out in two writes, the second of which costs a fifth of an ordinary page.
// So the connection holds back what is written, and writes it once.
const (
	minHeld = 2 << 10  // smaller bodies fit with their header
	maxHeld = 64 << 10 // to copy more costs what a write does
)

// send writes the body of an answer, in one piece with its header if the
// connection is one of App.Serve's and nothing stands in between.
func (c *Ctx) send(body []byte) error {
	conn := c.conn(len(body))
	if conn == nil {
		_, err := c.w.Write(body)
		return err
	}
	conn.hold()
	_, err := c.w.Write(body)
	if err == nil {
		err = http.NewResponseController(c.w).Flush()
	}
	return errors.Join(err, conn.release())
}

// conn is the connection that a body of this size is sent over in one piece; nil
// for none. TLS writes of itself, to answer the client's messages, and HTTP/2
// shares a connection among answers. A flush means something of its own to what
// wraps the writer: middleware, or an app that this one is mounted in.
func (c *Ctx) conn(size int) *lazyConn {
	r := c.Request
	if size < minHeld || size > maxHeld || r.TLS != nil || r.ProtoMajor != 1 || len(c.App.middleware) > 0 || FromContext(r.Context()) != nil {
		return nil
	}
	conn, _ := r.Context().Value(connKey{}).(*lazyConn)
	return conn
}

type connKey struct{}

// connContext is [http.Server.ConnContext]: it tells requests their connection.
func connContext(ctx context.Context, conn net.Conn) context.Context {
	if counted, ok := conn.(*countedConn); ok {
		conn = counted.Conn
	}
	if _, ok := conn.(*lazyConn); !ok {
		return ctx
	}
	return context.WithValue(ctx, connKey{}, conn)
}

// hold keeps what is written from now on until release.
func (c *lazyConn) hold() {
	c.held = buffers.Get().(*[]byte)
	*c.held = (*c.held)[:0]
}

// release writes what was held. Nobody else hears of an error, so the connection
// ends with it.
func (c *lazyConn) release() error {
	held := c.held
	c.held = nil
	defer buffers.Put(held)
	if len(*held) == 0 {
		return nil
	}
	_, err := c.Write(*held)
	if err != nil {
		err = errors.Join(err, c.Close())
	}
	return err
}
