package retort

import (
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"unicode"

	"github.com/retort-go/retort/limit"
	"github.com/retort-go/retort/route"
)

// A Handler answers one request: it describes the response on c, or returns the
// error that becomes one. A handler that does neither is an error itself.
type Handler func(c *Ctx) error

// An ErrorHandler answers a request that failed with err. What it returns is
// the answer's own failure, not err once more.
type ErrorHandler func(c *Ctx, err error) error

// Map holds the names a template sees.
type Map = map[string]any

// Hooks are the functions that run around handlers. They are plain data until
// the app compiles them.
type Hooks struct {
	setup   *setup
	adopted bool // by the app, when a blueprint brought them

	before     []Handler
	after      []func(*Ctx, *Response) error
	teardown   []func(*Ctx, error)
	processors []func(*Ctx, Map) error
	defaults   []func(*Ctx, *URLValues)
	onStatus   map[int]ErrorHandler
	onError    []typedHandler
	errorPage  ErrorHandler // the app's, if it has a template for it
}

// setup is shared by an app and all that is mounted on it, and tells whether
// the app has begun to serve.
type setup struct{ closed bool }

// Before adds a handler that runs ahead of the route's own, outermost scaffold
// first. If it sets a response or returns an error, the request goes no
// further.
func (h *Hooks) Before(f Handler) {
	h.open("Before")
	h.before = append(h.before, f)
}

// After adds a function that sees each response before it is written and may
// change it; an error turns the response into an error page. Innermost
// scaffold first, last added first, as in Flask.
func (h *Hooks) After(f func(*Ctx, *Response) error) {
	h.open("After")
	h.after = append(h.after, f)
}

// Teardown adds a function that runs when the response has been written,
// whatever happened; err is the error that no handler took care of, or nil. It
// is the place to give back what the request held.
func (h *Hooks) Teardown(f func(c *Ctx, err error)) {
	h.open("Teardown")
	h.teardown = append(h.teardown, f)
}

// ContextProcessor adds a function that puts names into the variables of every
// template rendered for the scaffold's routes. Names given to Render win.
func (h *Hooks) ContextProcessor(f func(c *Ctx, vars Map) error) {
	h.open("ContextProcessor")
	h.processors = append(h.processors, f)
}

// URLDefaults adds a function that may fill in values of the URLs that lead to the
// scaffold's routes, wherever they are built: a language code or a tenant that
// every link carries on. It is Flask's url_defaults; Flask's
// url_value_preprocessor, which takes such a value out of the URL, is a Before
// hook here.
func (h *Hooks) URLDefaults(f func(c *Ctx, values *URLValues)) {
	h.open("URLDefaults")
	h.defaults = append(h.defaults, f)
}

// OnStatus sets the handler for errors with the given status. It is asked
// before handlers by type; a blueprint's before its app's. The handler for 500
// also gets what no other took care of, as the cause of an [Error]; by then it
// was logged.
func (h *Hooks) OnStatus(status int, f ErrorHandler) {
	h.open("OnStatus")
	if status < 400 || status > 599 {
		panic(fmt.Sprintf("retort: OnStatus: %d is no error status; use one from 400 to 599", status))
	}
	if h.onStatus == nil {
		h.onStatus = make(map[int]ErrorHandler)
	}
	h.onStatus[status] = f
}

// OnError sets the handler for errors of type E: those whose chain holds an E,
// in the sense of [errors.As]. A concrete type is asked before an interface,
// and OnError[error] last of all.
//
//	retort.OnError(&app.Hooks, func(c *retort.Ctx, err *NoSuchPost) error {
//		return c.Status(404).Render("no_post.html", retort.Map{"id": err.ID})
//	})
func OnError[E error](h *Hooks, f func(c *Ctx, err E) error) {
	h.open("OnError")
	h.onError = append(h.onError, typedHandler{
		typ: reflect.TypeFor[E](),
		run: func(c *Ctx, err error) error { return f(c, err.(E)) }, //nolint:errorlint // find hands over an E
	})
}

// open panics once the app serves: a hook or route added then would hold for
// some requests and not for others.
func (h *Hooks) open(method string) {
	if h.setup != nil && h.setup.closed {
		panic("retort: " + method + " was called after the app had begun to serve; " +
			"add routes and hooks before Run, Compile or the first request")
	}
}

// A Scaffold is what an [App] and a [Blueprint] have in common: routes, the
// hooks around them, templates and static files. It is plain data; the app
// reads it once, when it compiles, so the order of declarations in a program
// does not matter.
type Scaffold struct {
	Hooks

	routes    []*Route
	mounts    []mount
	templates fs.FS
	static    fs.FS
}

// A mount is a blueprint under a name and a prefix.
type mount struct {
	bp           *Blueprint
	name, prefix string
}

// Get registers h for GET and HEAD requests to pattern. Patterns are Flask's:
// "/post/<int:id>"; see package route.
func (s *Scaffold) Get(pattern string, h Handler) *Route {
	return s.Route(pattern, h, http.MethodGet)
}

// Post registers h for POST requests to pattern.
func (s *Scaffold) Post(pattern string, h Handler) *Route {
	return s.Route(pattern, h, http.MethodPost)
}

// Put registers h for PUT requests to pattern.
func (s *Scaffold) Put(pattern string, h Handler) *Route {
	return s.Route(pattern, h, http.MethodPut)
}

// Patch registers h for PATCH requests to pattern.
func (s *Scaffold) Patch(pattern string, h Handler) *Route {
	return s.Route(pattern, h, http.MethodPatch)
}

// Delete registers h for DELETE requests to pattern.
func (s *Scaffold) Delete(pattern string, h Handler) *Route {
	return s.Route(pattern, h, http.MethodDelete)
}

// Route registers h for pattern and the given methods, GET if none. The
// endpoint, by which URLs are built, is the name of h's function as Python
// would write it, "new_note" for newNote, so that templates from Flask find it; a
// function literal needs [Route.Named].
func (s *Scaffold) Route(pattern string, h Handler, methods ...string) *Route {
	s.open("Route")
	if len(methods) == 0 {
		methods = []string{http.MethodGet}
	}
	r := &Route{Endpoint: FuncName(h), handler: h,
		rule: route.Rule{Path: pattern, Methods: methods}, declared: caller()}
	s.routes = append(s.routes, r)
	return r
}

// Handle gives every request at or below prefix to h, whatever its method. The
// prefix is cut off the path h sees. Host, body limit and origin are checked
// and the hooks run as for a [Handler]; what h writes goes straight out.
func (s *Scaffold) Handle(prefix string, h http.Handler) {
	s.open("Handle")
	prefix = strings.TrimRight(prefix, "/")
	for _, webSocket := range []bool{false, true} {
		for _, rest := range []string{"/", "/<path:" + stdParam + ">"} {
			s.routes = append(s.routes, &Route{
				Endpoint: "mount" + strings.ReplaceAll(prefix, "/", "_"), handler: serveStd(h), std: true, declared: caller(),
				rule: route.Rule{Path: prefix + rest, WebSocket: webSocket},
			})
		}
	}
}

// Mount makes bp a part of this app or blueprint, under its own name and
// prefix.
func (s *Scaffold) Mount(bp *Blueprint) { s.MountAs(bp, bp.Name, bp.Prefix) }

// MountAs mounts bp under another name and prefix, so that one blueprint can be
// mounted twice. All else is shared, its subdomain too: what is to differ in more,
// is two blueprints that one function makes.
func (s *Scaffold) MountAs(bp *Blueprint, name, prefix string) {
	s.open("Mount")
	if bp.holds(s) {
		panic(fmt.Sprintf("retort: Mount: the blueprint %q would be inside of itself", bp.Name))
	}
	s.mounts = append(s.mounts, mount{bp, name, prefix})
}

// holds reports whether s is the blueprint's own scaffold or one mounted in it.
func (bp *Blueprint) holds(s *Scaffold) bool {
	return s == &bp.Scaffold || slices.ContainsFunc(bp.mounts, func(m mount) bool { return m.bp.holds(s) })
}

// Templates sets the folder of templates. The app's folder is searched first,
// then those of its blueprints in the order they were mounted, as in Flask: an
// app can replace a blueprint's page by one of the same name.
func (s *Scaffold) Templates(files fs.FS) {
	s.open("Templates")
	s.templates = files
}

// Static sets the folder of static files, served under "/static/" below the
// scaffold's prefix with the endpoint "static". Folders are not listed and dot
// files not served.
func (s *Scaffold) Static(files fs.FS) {
	s.open("Static")
	s.static = files
}

// A Route ties a pattern and its methods to a handler under an endpoint.
type Route struct {
	Endpoint string // the name by which URLs to it are built, without the blueprint's

	handler  Handler
	wrappers []func(Handler) Handler
	limiter  *limit.Limiter
	rule     route.Rule
	maxBody  int64
	std      bool // a mounted http.Handler, which reads the body itself
	stream   bool
	noCSRF   bool
	health   bool
	declared string       // where, for error messages
	view     reflect.Type // of [Scaffold.View]; nil for a handler

	description any
}

// Named sets the endpoint.
func (r *Route) Named(endpoint string) *Route {
	r.Endpoint = endpoint
	return r
}

// With wraps the handler, the first wrapper outermost, and keeps the endpoint's
// name, which a wrapped function would not have:
//
//	app.Get("/account", account).With(users.Required)
func (r *Route) With(wrappers ...func(Handler) Handler) *Route {
	r.wrappers = append(r.wrappers, wrappers...)
	return r
}

// Describe attaches anything to the route, for whoever lists the routes.
func (r *Route) Describe(description any) *Route {
	r.description = description
	return r
}

// Defaults sets values for parameters that the pattern does not have; see
// Flask's defaults argument.
func (r *Route) Defaults(values map[string]any) *Route {
	r.rule.Defaults = values
	return r
}

// Alias makes the pattern another address of its endpoint: requests to it are
// sent on to the canonical one.
func (r *Route) Alias() *Route {
	r.rule.Alias = true
	return r
}

// RedirectTo sends requests to another address, in which parameters of the
// pattern stand as in "/new/<id>". The handler is not called.
func (r *Route) RedirectTo(target string) *Route {
	r.rule.RedirectTo = target
	return r
}

// Subdomain limits the route to a subdomain of [Config.ServerName], which may
// hold a parameter: "<user>". See [Config.SubdomainMatching].
func (r *Route) Subdomain(pattern string) *Route {
	r.rule.Subdomain = pattern
	return r
}

// Host limits the route to a host, which may hold parameters:
// "<tenant>.example.com". See [Config.HostMatching].
func (r *Route) Host(pattern string) *Route {
	r.rule.Host = pattern
	return r
}

// WebSocket makes the route one for requests that open a WebSocket, and for no
// others. The handler upgrades the connection with a library of its choice, by
// [Ctx.ServeHTTP].
func (r *Route) WebSocket() *Route {
	r.rule.WebSocket = true
	r.stream = true
	return r
}

// LooseSlashes lets the route answer with and without a slash at the end,
// instead of redirecting from one to the other.
func (r *Route) LooseSlashes() *Route {
	r.rule.LooseSlashes = true
	return r
}

// MaxContentLength sets the largest request body for this route, in bytes,
// instead of [Config.MaxContentLength].
func (r *Route) MaxContentLength(bytes int64) *Route {
	r.maxBody = bytes
	return r
}

// Streams says that the handler reads or writes for longer than the server's
// timeouts allow: an upload of a large file, a stream of events. The body is
// then not read ahead for form fields, so a CSRF token has to come in a header.
func (r *Route) Streams() *Route {
	r.stream = true
	return r
}

// Health says that the handler tells a load balancer or a supervisor how the app
// is. It is answered while others are refused for there being too many of them
// ([Config.MaxInFlight]), and with 503 once the app was told to stop, so that
// further requests go elsewhere.
func (r *Route) Health() *Route {
	r.health = true
	return r
}

// Limit holds each client, by its address, to a rule; beyond it the answer is
// 429 with Retry-After. Several routes may share a limiter, and so a count.
func (r *Route) Limit(l *limit.Limiter) *Route {
	r.limiter = l
	return r
}

// InsecureNoCSRF takes the route out of the protection against cross-site
// request forgery: any page on the web can then make its visitors' browsers
// send this request with their cookies. It is for webhooks and the like, which
// prove themselves by other means.
func (r *Route) InsecureNoCSRF() *Route {
	r.noCSRF = true
	return r
}

// sameHandler reports whether two routes have the same function or type of view,
// which may answer at several patterns under one endpoint.
func (r *Route) sameHandler(other *Route) bool {
	return r.view == other.view && reflect.ValueOf(r.handler).Pointer() == reflect.ValueOf(other.handler).Pointer()
}

// FuncName is the name of a function or method as Python would write it, empty
// for a literal: what [Scaffold.Route] names endpoints by, for packages that
// wrap handlers.
func FuncName(f any) string {
	name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	name = strings.TrimSuffix(name, "-fm")
	name = strings.TrimSuffix(name, "[...]") // a generic function
	name = name[strings.LastIndexByte(name, '.')+1:]
	if strings.Trim(strings.TrimPrefix(name, "func"), "0123456789") == "" {
		return ""
	}
	return snakeCase(name)
}

// snakeCase spells a Go name as Python would: show_post for showPost, json_feed
// for JSONFeed.
func snakeCase(name string) string {
	var b strings.Builder
	rs := []rune(name)
	for i, r := range rs {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// caller is the first place outside this package, as folder/file:line.
func caller() string {
	var pcs [8]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if !more || !strings.HasPrefix(f.Function, "github.com/retort-go/retort.") {
			dir, file := filepath.Split(f.File)
			return fmt.Sprintf("%s/%s:%d", filepath.Base(dir), file, f.Line)
		}
	}
}
