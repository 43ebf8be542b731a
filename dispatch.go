package retort

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/retort-go/retort/limit"
	"github.com/retort-go/retort/route"
	"github.com/retort-go/retort/secure"
)

// This file is the life of a request, top to bottom. Every answer, a refusal
// too, goes through finalize and write: there is no way out of the app that
// skips its hooks, its session or its security headers.

// serve answers one request. Its teardown runs even if a panic with
// http.ErrAbortHandler, which nobody here recovers from, cuts the connection.
func (a *App) serve(w http.ResponseWriter, r *http.Request) {
	c := &Ctx{App: a, Request: r, w: w, match: matches.Get().(*route.Match)}
	failure := http.ErrAbortHandler
	defer func() {
		c.returnSlot()
		a.teardown(c, failure)
	}()
	failure = a.answer(c)
	if _, cut := failure.(cutError); cut { //nolint:errorlint // as writeStream returned it
		panic(http.ErrAbortHandler)
	}
}

// answer takes a request from its arrival to the one write.
func (a *App) answer(c *Ctx) (failure error) {
	failure = a.dispatch(c)
	if failure != nil {
		failure = a.fail(c, failure)
	}
	if err := a.finalize(c); err != nil {
		failure = a.failLate(c, err)
	}
	c.returnSlot()
	c.unwrapBody()
	if err := a.write(c); err != nil {
		failure = err
	}
	return failure
}

// dispatch finds the route and lets it describe a response, through every check
// that stands before it.
func (a *App) dispatch(c *Ctx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = recovered(v)
		}
	}()
	a.RequestStarted.Send(c)
	if err := a.admit(c); err != nil {
		return err
	}
	routing := a.route(c)
	if routing != nil {
		routing = a.fallBack(c, routing)
	}
	if err := c.takeSlot(); err != nil {
		return err
	}
	if c.route != nil && c.route != a.fallback {
		if err := c.boundBody(); err != nil {
			return err
		}
		if err := c.checkForgery(); err != nil {
			return err
		}
		if err := c.checkRate(); err != nil {
			return err
		}
	}
	if answered, err := c.runBefore(); answered || err != nil {
		return err
	}
	if routing != nil || c.Response != nil {
		return routing
	}
	if err := c.route.answer(c); err != nil {
		return err
	}
	if c.Response == nil {
		return fmt.Errorf("the handler of %q returned neither a response nor an error; "+
			"end it with a call like c.Render or c.NoContent, or return an error", c.route.endpoint)
	}
	return nil
}

// runBefore runs the Before hooks and reports whether one has answered. What
// routing answered, a redirect, waits until they all have had their say; but not
// for a preflight, which carries no credentials and is only told what it may ask.
func (c *Ctx) runBefore() (answered bool, err error) {
	if c.asked != nil {
		return false, nil
	}
	routed, location := c.Response, c.w.Header()["Location"]
	if routed != nil {
		c.Response = nil
		delete(c.w.Header(), "Location")
	}
	for _, h := range c.chain() {
		for _, before := range h.before {
			if err := before(c); err != nil || c.Response != nil {
				return true, err
			}
		}
	}
	if routed != nil {
		c.Response = routed
		if location != nil {
			c.w.Header()["Location"] = location
		}
	}
	return false, nil
}

// admit refuses what no route should see: requests for other hosts, and those
// that are malformed in ways that net/http lets through.
func (a *App) admit(c *Ctx) error {
	r := c.Request
	name := r.Host
	c.https = r.TLS != nil // what is refused below has the headers of its scheme, too
	if a.proxies != nil {
		client := a.proxies.Client(r)
		name, c.https, c.peer = client.Host, client.Scheme == "https", client.IP
	}
	if strings.IndexFunc(r.Method, unicode.IsLower) >= 0 {
		return Errorf(http.StatusNotImplemented, "Methods are written in capitals.") // RFC 9110, 9.1
	}
	if secure.BadLength(r) {
		return Errorf(http.StatusBadRequest, "The request's length is malformed.")
	}
	if secure.TwoHosts(r) {
		return Errorf(http.StatusBadRequest, "The request names two hosts.")
	}
	host, ok := a.hosts.Match(name)
	if host == (secure.Host{}) {
		return Errorf(http.StatusBadRequest, "The request names no valid host.")
	}
	c.host = host.String()
	if !ok && !a.Config.InsecureAnyHost {
		return (&Error{Status: http.StatusMisdirectedRequest}).Because(
			fmt.Errorf("host %q is not in Config.TrustedHosts", c.host))
	}
	if !utf8.ValidString(r.URL.Path) || strings.IndexByte(r.URL.Path, 0) >= 0 {
		return Errorf(http.StatusBadRequest, "The address is not valid UTF-8.")
	}
	if strings.Count(r.URL.RawQuery, "&") >= a.Config.MaxFormFields {
		return tooManyFields(a.Config.MaxFormFields)
	}
	return nil
}

// route matches the path. A redirect is a response; anything that is not found
// is an error, kept until the app's Before hooks have run, as in Flask.
func (a *App) route(c *Ctx) error {
	r := c.Request
	path, ok := a.path(r)
	if !ok {
		return &Error{Status: http.StatusNotFound}
	}
	asked := route.Request{
		Method: r.Method, Path: path, Host: c.host, Scheme: c.Scheme(), ScriptRoot: a.Config.ApplicationRoot,
		RawQuery: r.URL.RawQuery, WebSocket: isWebSocket(r),
	}
	switch a.routes.Match(asked, c.match) {
	case route.Found:
		c.route = c.match.Rule.Handler.(*compiledRoute)
		return nil
	case route.Redirect:
		c.status = http.StatusPermanentRedirect
		c.redirect(c.match.Location())
		return nil
	case route.WebSocketMismatch:
		return Errorf(http.StatusBadRequest, "This address is for WebSockets only, or for anything but them.")
	case route.MethodNotAllowed:
		methods := append(c.match.Allow(), http.MethodOptions)
		slices.Sort(methods)
		allow := strings.Join(slices.Compact(methods), ", ")
		if r.Method == http.MethodOptions {
			a.routeAsked(c, asked)
			c.respond("")
			c.Response.Header["Allow"] = []string{allow}
			return nil
		}
		return &Error{Status: http.StatusMethodNotAllowed, Header: http.Header{"Allow": {allow}}}
	}
	return &Error{Status: http.StatusNotFound}
}

// routeAsked finds the route that a CORS preflight (Fetch, 4.8) asks about: what
// may be told of it is for the hooks around that route to say.
func (a *App) routeAsked(c *Ctx, asked route.Request) {
	if asked.Method = c.Header("Access-Control-Request-Method"); asked.Method == "" || c.Header("Origin") == "" {
		return
	}
	if a.routes.Match(asked, c.match) == route.Found {
		c.asked = c.match.Rule.Handler.(*compiledRoute)
	}
}

// isWebSocket reports whether r asks to become a WebSocket (RFC 6455, 4.1).
func isWebSocket(r *http.Request) bool {
	v := r.Header["Upgrade"]
	return len(v) == 1 && strings.EqualFold(v[0], "websocket")
}

// boundBody sets the limit on the body before anything can read it.
func (c *Ctx) boundBody() error {
	r := c.Request
	if r.ContentLength == 0 {
		return nil
	}
	limit := c.App.Config.MaxContentLength
	if c.route.maxBody > 0 {
		limit = c.route.maxBody
	}
	if r.ContentLength > limit {
		return &http.MaxBytesError{Limit: limit}
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		// What unpacks to gigabytes passes every limit on the way in.
		return Errorf(http.StatusUnsupportedMediaType, "Send this without Content-Encoding.")
	}
	r.Body = http.MaxBytesReader(c.w, r.Body, limit)
	return nil
}

// checkRate holds the client to the route's limit.
func (c *Ctx) checkRate() error {
	if c.route.limiter == nil {
		return nil
	}
	d, err := c.route.limiter.Take(c.Context(), limit.ByAddr(c.ClientIP()))
	if err != nil {
		return fmt.Errorf("rate limit: %w", err)
	}
	if !d.Allowed {
		return &Error{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {strconv.Itoa(d.RetryAfter())}}}
	}
	return nil
}

// fail turns an error into a response: the most fitting error handler's, or the
// app's own page. It returns the error if nobody took care of it.
func (a *App) fail(c *Ctx, err error) error {
	if e, ok := err.(*Error); ok && (e == errOverloaded || e == errStopping) { //nolint:errorlint // one of two values
		return a.giveUp(c, e, err)
	}
	handler, handed, expected := findHandler(c.chain(), err)
	e := asError(err)
	if !expected {
		a.note(c, e, err)
	}
	clear(c.w.Header())
	maps.Copy(c.w.Header(), e.Header)
	c.Response, c.status = nil, 0
	if handler == nil {
		return a.giveUp(c, e, err)
	}
	if failed := runErrorHandler(c, handler, handed); failed != nil {
		failed = fmt.Errorf("error handler: %w; it was called for: %w", failed, err)
		e = &Error{Status: http.StatusInternalServerError, Err: failed}
		a.note(c, e, failed)
		return a.giveUp(c, e, failed)
	}
	if expected || e.Status < http.StatusInternalServerError {
		return nil
	}
	return err
}

// note logs what should be known of a failure, and signals those of the server.
func (a *App) note(c *Ctx, e *Error, err error) {
	a.logFailure(c, e, err)
	if e.Status == http.StatusInternalServerError {
		if failed := a.GotRequestException.trySend(Exception{c, err}); failed != nil {
			a.logFailure(c, e, failed)
		}
	}
}

func runErrorHandler(c *Ctx, handle ErrorHandler, err error) (failed error) {
	defer func() {
		if v := recover(); v != nil {
			failed = recovered(v)
		}
	}()
	if err := handle(c, err); err != nil {
		return err
	}
	if c.Response == nil {
		return errors.New("it returned neither a response nor an error")
	}
	return nil
}

// giveUp answers with the app's own error page, which nothing can make fail.
func (a *App) giveUp(c *Ctx, e *Error, err error) error {
	clear(c.w.Header())
	c.errorPage(e, err)
	if e.Status < http.StatusInternalServerError {
		return nil
	}
	return err
}

// finalize is the one moment when a response is final: hooks see it, the session
// is saved, the security headers are set.
func (a *App) finalize(c *Ctx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = recovered(v)
		}
	}()
	for _, after := range c.after {
		if err := after(c, c.Response); err != nil {
			return err
		}
	}
	chain := c.chain()
	for i := len(chain) - 1; i >= 0; i-- {
		for j := len(chain[i].after) - 1; j >= 0; j-- {
			if err := chain[i].after[j](c, c.Response); err != nil {
				return err
			}
		}
	}
	return c.saveSession()
}

// failLate answers when a hook or the session failed after the response was
// described. The answer is as private as its session makes it, but no hook sees
// it: it could only fail once more.
func (a *App) failLate(c *Ctx, err error) (failure error) {
	failure = a.fail(c, err)
	defer func() {
		if v := recover(); v != nil {
			a.Config.Logger.Error("the session was not saved", "request", c.ID(), "error", recovered(v))
		}
	}()
	if err := c.saveSession(); err != nil {
		a.Config.Logger.Error("the session was not saved", "request", c.ID(), "error", err)
	}
	return failure
}

// write sends the response, once.
func (a *App) write(c *Ctx) (err error) {
	if failed := a.RequestFinished.trySend(c); failed != nil {
		e := asError(failed)
		a.note(c, e, failed)
		failed = a.giveUp(c, e, failed)
		defer func() {
			if err == nil {
				err = failed
			}
		}()
	}
	a.prepareHeaders(c)
	res := c.Response
	if res.write != nil {
		a.headers.Apply(res.Header, c.https, c.nonce)
		return a.writeStream(c)
	}
	if bodyAllowed(res.Status) {
		c.clen[0] = strconv.Itoa(len(res.body))
		res.Header["Content-Length"] = c.clen[:1:1]
	} else {
		res.body = nil
	}
	if a.Config.AccessLog {
		a.logAccess(c)
	}
	if err := c.send(); err != nil {
		return fmt.Errorf("write the response: %w", err)
	}
	return nil
}

// writeStream writes a file or a stream. If it fails, the headers have gone out,
// so all that is left is to cut the connection: a client must not take half an
// answer for a whole one.
func (a *App) writeStream(c *Ctx) (err error) {
	w, r := c.w, c.Request
	if c.route != nil && c.route.stream {
		rc := http.NewResponseController(w)
		_ = rc.SetWriteDeadline(noDeadline) // a writer without deadlines needs none lifted
	}
	if a.Config.AccessLog {
		a.logAccess(c)
	}
	if r.Method == http.MethodHead {
		w = headWriter{w}
	}
	defer func() {
		if v := recover(); v != nil {
			err = recovered(v)
		}
		if err != nil && c.Context().Err() == nil {
			a.Config.Logger.Error("response cut short", "request", c.ID(), "endpoint", c.Endpoint(), "error", err)
			err = cutError{err}
		}
	}()
	return c.Response.write(w, r)
}

// cutError is the failure of an answer whose beginning has gone out.
type cutError struct{ error }

func (e cutError) Unwrap() error { return e.error }

// headWriter drops the body of an answer to HEAD.
type headWriter struct{ http.ResponseWriter }

func (w headWriter) Write(p []byte) (int, error) { return len(p), nil }

// Unwrap is for http.ResponseController.
func (w headWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// bodyAllowed is RFC 9110, 6.4.1.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// teardown runs after the response was written, whatever happened.
func (a *App) teardown(c *Ctx, failure error) {
	chain := c.chain()
	for i := len(chain) - 1; i >= 0; i-- {
		for j := len(chain[i].teardown) - 1; j >= 0; j-- {
			a.runTeardown(c, chain[i].teardown[j], failure)
		}
	}
	if err := a.RequestTearingDown.trySend(Exception{c, failure}); err != nil {
		a.Config.Logger.Error("teardown failed", "request", c.ID(), "error", err)
	}
	if c.form != nil {
		c.form.discard()
	}
	c.releaseBuffer()
	matches.Put(c.match)
	c.match = noMatch // whoever uses the Ctx from now on finds no parameters, least of all another request's
}

// matches are results of routing, on loan to one request at a time.
var matches = sync.Pool{New: func() any { return new(route.Match) }}

var noMatch = new(route.Match)

// runTeardown keeps one hook's panic from the others.
func (a *App) runTeardown(c *Ctx, f func(*Ctx, error), failure error) {
	defer func() {
		if v := recover(); v != nil {
			a.Config.Logger.Error("teardown failed", "request", c.ID(), "error", recovered(v))
		}
	}()
	f(c, failure)
}

// chain is the hooks around the route, outermost first: the app's, then those of
// its blueprints. Where no route matched it is the app's alone.
func (c *Ctx) chain() []*Hooks {
	switch {
	case c.route != nil:
		return c.route.chain
	case c.asked != nil:
		return c.asked.chain
	}
	return c.App.ownChain[:]
}
