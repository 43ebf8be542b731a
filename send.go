package retort

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
)

// net/http is told of an answer through a map of its header, which it copies and
// sorts, and writes it through 4 KB of memory: what is larger goes out in two
// writes. Both cost an ordinary page a fifth. So where nothing stands in between,
// the connection adds the security headers, ready as bytes, itself, and holds a
// larger page back until it is whole.
const (
	minHeld = 2 << 10  // smaller bodies fit with their header
	maxHeld = 64 << 10 // to copy more costs what a write does
)

// send writes an answer that is in memory, with its security headers.
func (c *Ctx) send() error {
	res, conn := c.Response, c.conn()
	if conn == nil {
		c.App.headers.Apply(res.Header, c.https, c.nonce)
		return c.writeBody()
	}
	conn.fields = buffers.Get().(*[]byte)
	*conn.fields = c.App.headers.AppendFields((*conn.fields)[:0], res.Header, c.https, c.nonce)
	if len(res.body) < minHeld || len(res.body) > maxHeld {
		return c.writeBody()
	}
	conn.hold()
	err := c.writeBody()
	if err == nil {
		err = http.NewResponseController(c.w).Flush()
	}
	return errors.Join(err, conn.release())
}

func (c *Ctx) writeBody() error {
	c.w.WriteHeader(c.Response.Status)
	if c.Request.Method == http.MethodHead {
		return nil
	}
	_, err := c.w.Write(c.Response.body)
	return err
}

// conn is the connection of the request if it is one of App.Serve's and nothing
// stands in between; nil if not. TLS writes of itself, to answer the client's
// messages, and HTTP/2 shares a connection among answers. The header and a flush
// mean something of their own to what wraps the writer: middleware, or an app
// that this one is mounted in.
func (c *Ctx) conn() *lazyConn {
	r := c.Request
	if r.TLS != nil || r.ProtoMajor != 1 || len(c.App.middleware) > 0 || FromContext(r.Context()) != nil {
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

var errNoAnswer = errors.New("the security headers found no answer to stand in; nothing was sent")

// addFields writes p, the beginning of an answer, with the fields that wait for it.
// If p is anything else it does not go out, nor does what comes after it: nothing
// is answered without its protection.
func (c *lazyConn) addFields(p []byte) (int, error) {
	whole := c.fields
	c.fields = nil
	defer buffers.Put(whole)
	line := bytes.IndexByte(p, '\n') + 1
	if !isFinalStatus(p[:line]) {
		return 0, errors.Join(errNoAnswer, c.Close())
	}
	*whole = append(slices.Insert(*whole, 0, p[:line]...), p[line:]...)
	if _, err := c.Write(*whole); err != nil {
		return 0, err
	}
	return len(p), nil
}

// isFinalStatus reports whether a line is the status of an answer, not of one that
// precedes it, such as 100 (RFC 9110, 15.2).
func isFinalStatus(line []byte) bool {
	const version = "HTTP/1.x "
	return len(line) > len(version) && bytes.HasPrefix(line, []byte("HTTP/1.")) && line[len(version)] >= '2'
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
