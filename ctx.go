package retort

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/retort-go/retort/route"
)

// Ctx is one request on its way through the app: what came in, what goes out,
// and the session. It belongs to the goroutine that serves the request and must
// not be used after it; hand other goroutines the values they need.
type Ctx struct {
	// App is the app that serves the request.
	App *App

	// Request is the request as net/http gave it.
	Request *http.Request

	// Response is the answer so far, nil until something has set it.
	Response *Response

	route *compiledRoute // nil if no route matched
	asked *compiledRoute // that a preflight asks about
	match *route.Match   // on loan while the request lasts
	host  string         // canonical, port included
	peer  netip.Addr
	https bool
	slot  atomic.Uint32 // of admission
	body  *patientBody  // nil for none

	answer  Response // what Response points to
	status  int      // for the answer that is described next
	session *Session
	args    url.Values
	form    *formBody
	sent    any // the form that Submitted read
	nonce   string
	id      string
	flashes []Flash
	popped  bool // flashes were read
	touched bool // the session was looked at: the answer is private
	after   []func(*Ctx, *Response) error
	values  []keyed
	vars    Map // from context processors
	buf     *[]byte
	clen    [1]string

	w http.ResponseWriter
}

// Context is done when the client goes away or is cut off. It has no deadline of
// its own: what may hang needs one, as a database's statement_timeout or
// [context.WithTimeout].
func (c *Ctx) Context() context.Context { return c.Request.Context() }

// Endpoint is the name of the route that matched, as in "blog.show"; empty if
// none did.
func (c *Ctx) Endpoint() string {
	if c.route == nil {
		return ""
	}
	return c.route.endpoint
}

// Blueprint is the name of the blueprint the route belongs to, as in
// "admin.users"; empty for the app's own.
func (c *Ctx) Blueprint() string {
	if c.route == nil {
		return ""
	}
	return c.route.blueprint
}

// Param returns the text of a parameter of the route, as it stands in the path.
func (c *Ctx) Param(name string) string {
	p, _ := c.match.Param(name)
	return p.Text()
}

// Int returns the value of an `int` parameter of the route, 0 if there is none
// or it is beyond an int.
func (c *Ctx) Int(name string) int {
	p, _ := c.match.Param(name)
	n, _ := p.Int()
	return int(n)
}

// ParamValue returns the value of a parameter as its converter made it: an
// int64 or *big.Int, a float64, a string, or a custom converter's own.
func (c *Ctx) ParamValue(name string) any {
	p, ok := c.match.Param(name)
	if !ok {
		return nil
	}
	return p.Value()
}

// Path is the request's path, decoded once by net/http, below
// [Config.ApplicationRoot]. Routing, authorisation and files all see this one.
func (c *Ctx) Path() string {
	path, _ := c.App.path(c.Request)
	return path
}

// Host is the host the request is for, in lower case and with its port, and one
// of [Config.TrustedHosts].
func (c *Ctx) Host() string { return c.host }

// Secure reports whether the client's connection is TLS, to this server or to a
// trusted proxy in front of it.
func (c *Ctx) Secure() bool { return c.https }

// Scheme is "https" or "http".
func (c *Ctx) Scheme() string {
	if c.https {
		return "https"
	}
	return "http"
}

// ClientIP is the address of the client: the connection's other end, or what the
// trusted proxies say of it. It cannot be forged by a header alone.
func (c *Ctx) ClientIP() netip.Addr {
	if !c.peer.IsValid() {
		c.peer = c.App.proxies.Client(c.Request).IP
	}
	return c.peer
}

// Header returns a header of the request.
func (c *Ctx) Header(name string) string { return c.Request.Header.Get(name) }

// Args are the values of the query string, read as Flask does: nothing of it is left
// out, and all of it is UTF-8. [Config.MaxFormFields] bounds their number: a request
// with more was refused before.
func (c *Ctx) Args() url.Values {
	if c.args == nil {
		c.args = parseQuery(c.Request.URL.RawQuery)
	}
	return c.args
}

// Query returns the first value of name in the query string.
func (c *Ctx) Query(name string) string {
	if c.Request.URL.RawQuery == "" {
		return ""
	}
	return c.Args().Get(name)
}

// QueryInt returns the first value of name in the query string as a number, or
// otherwise if there is none or it is no whole number: what args.get(name,
// otherwise, type=int) does in Flask. Where a wrong value should be an error, see
// package api.
func (c *Ctx) QueryInt(name string, otherwise int) int {
	n, err := strconv.Atoi(c.Query(name))
	if err != nil {
		return otherwise
	}
	return n
}

// ID identifies the request in the log and on error pages.
func (c *Ctx) ID() string {
	if c.id == "" {
		c.id = newRequestID()
	}
	return c.id
}

// AfterThis adds a function that sees this request's response before the After
// hooks do.
func (c *Ctx) AfterThis(f func(*Ctx, *Response) error) { c.after = append(c.after, f) }

// keyed is a value that hooks and handlers of one request share.
type keyed struct{ key, value any }

// A Key names a value that belongs to one request, as attributes of g do in
// Flask, but with a type. Declare keys as package variables:
//
//	var user = retort.NewKey[*User]("user")
type Key[T any] struct{ name string }

// NewKey returns a new key, different from all others; name is for people.
func NewKey[T any](name string) *Key[T] { return &Key[T]{name} }

// Set stores v under the key for the rest of the request.
func (k *Key[T]) Set(c *Ctx, v T) {
	for i := range c.values {
		if c.values[i].key == k {
			c.values[i].value = v
			return
		}
	}
	c.values = append(c.values, keyed{k, v})
}

// Get returns the value stored under the key, or T's zero value.
func (k *Key[T]) Get(c *Ctx) T {
	v, _ := k.Lookup(c)
	return v
}

// Lookup returns the value stored under the key and whether there is one.
func (k *Key[T]) Lookup(c *Ctx) (T, bool) {
	for i := range c.values {
		if c.values[i].key == k {
			return c.values[i].value.(T), true
		}
	}
	var zero T
	return zero, false
}

// String is the key's name.
func (k *Key[T]) String() string { return k.name }
