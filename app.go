package retort

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/retort-go/retort/jinja"
	"github.com/retort-go/retort/route"
	"github.com/retort-go/retort/secure"
	"github.com/retort-go/retort/sign"
)

// An App is a web application: an [http.Handler] made of routes, blueprints and
// hooks. Declare those, then [App.Run] it or hand it to any server.
type App struct {
	Scaffold

	// Config is what [New] was given, with its defaults filled in.
	Config Config

	// Signals, in the order in which a request sends them.
	RequestStarted       Signal[*Ctx]
	BeforeRenderTemplate Signal[Rendering]
	TemplateRendered     Signal[Rendering]
	MessageFlashed       Signal[Flashed]
	GotRequestException  Signal[Exception]
	RequestFinished      Signal[*Ctx]
	RequestTearingDown   Signal[Exception] // also for requests that went well: Err is nil then

	invalid    []error // what New found wrong with Config
	middleware []func(http.Handler) http.Handler
	converters map[string]route.Converter
	globals    map[string]any
	filters    map[string]any
	tests      map[string]any
	tags       map[string]jinja.Tag
	translator jinja.Translator
	closers    []func() error
	background struct {
		mu      sync.Mutex
		ctx     context.Context
		cancel  context.CancelFunc
		closed  bool
		running sync.WaitGroup
	}

	compileOnce sync.Once
	compileErr  error
	ownChain    [1]*Hooks
	handler     http.Handler

	secureCookieName string // Config.SessionCookieName with its prefix
	routes           *route.Map
	fallback         *compiledRoute // nil for none
	onBuildError     []func(string, route.Values, route.BuildOptions) (string, error)
	endpoints        map[string]*compiledRoute
	statics          map[string]*staticFiles
	jinja            *jinja.Environment
	reloadErrors     sync.Map // *jinja.Error of edited templates that are logged
	keys             *sign.Keyring
	sessions         *sign.Signer
	hosts            *secure.Hosts
	proxies          *secure.Proxies
	headers          *secure.Headers
	admission        admission
	stopping         atomic.Bool // Serve was told to stop
	scarce           atomic.Bool // Serve is running out of connections
}

// A Rendering is a template about to be rendered, or just rendered.
type Rendering struct {
	Ctx      *Ctx // nil where there is no request
	Template string
	Data     any
}

// An Exception is an error that no handler took care of and that became a 500.
type Exception struct {
	Ctx *Ctx
	Err error
}

// New returns an app without routes. What is wrong with cfg is reported when the
// app compiles, together with all other mistakes in setup.
func New(cfg Config) *App {
	a := &App{Config: cfg.withDefaults()}
	a.secureCookieName = "__Host-" + a.Config.SessionCookieName
	a.setup = &setup{}
	if err := a.Config.openFiles(); err != nil {
		a.invalid = append(a.invalid, err)
	}
	a.templates, a.static = a.Config.Templates, a.Config.Static
	if err := a.Config.validate(); err != nil {
		a.invalid = append(a.invalid, err)
	}
	if a.Config.Revocations == nil {
		a.Config.Revocations = newMemoryRevocations(a.Config.now)
	}
	return a
}

// Use wraps the whole app in a piece of net/http middleware. The first one added
// is the outermost. What a middleware answers by itself goes out without the
// app's headers and hooks, so prefer [Hooks.Before] for what the app can do.
func (a *App) Use(middleware func(http.Handler) http.Handler) {
	a.open("Use")
	a.middleware = append(a.middleware, middleware)
}

// Converter makes a converter of the app's own known to patterns, as in
// "/<hex:id>", beside string, int, float, path, any and uuid.
func (a *App) Converter(name string, c route.Converter) {
	a.open("Converter")
	if a.converters == nil {
		a.converters = map[string]route.Converter{}
	}
	a.converters[name] = c
}

// ServeHTTP answers one request. The first call compiles the app; a mistake in
// its setup then panics with the message that [App.Compile] returns.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := a.Compile(); err != nil {
		panic(err)
	}
	a.handler.ServeHTTP(w, r)
}

// Compile reads all that was declared, finds the mistakes in it and makes the
// app ready to serve. From then on nothing can be added. Run calls it; call it
// in a test to see that an app is sound.
func (a *App) Compile() error {
	a.compileOnce.Do(func() { a.compileErr = a.compile() })
	return a.compileErr
}

func (a *App) compile() error {
	errs := a.invalid
	for _, step := range []func() error{a.compileKeys, a.compileDefences, a.compileRoutes, a.compileTemplates} {
		if err := step(); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("retort: the app cannot start:\n%w", errors.Join(errs...))
	}
	a.handler = http.HandlerFunc(a.serve)
	for i := len(a.middleware) - 1; i >= 0; i-- {
		a.handler = a.middleware[i](a.handler)
	}
	a.setup.closed = true
	return nil
}

func (a *App) compileKeys() error {
	secret := a.Config.SecretKey
	if secret == nil {
		if !a.Config.Debug {
			return nil // Run refuses; without sessions an app can do without
		}
		secret = []byte(sign.Generate())
		a.Config.Logger.Info("made up a secret key for development: sessions end when the app stops")
	}
	keys, err := sign.NewKeyring(append([][]byte{secret}, a.Config.SecretKeyFallbacks...)...)
	if err != nil {
		return fmt.Errorf("config: SecretKey: %w", err)
	}
	a.keys, a.sessions = keys, keys.Signer("session")
	return nil
}

func (a *App) compileDefences() (err error) {
	hosts := a.Config.TrustedHosts
	if len(hosts) == 0 || a.Config.Debug {
		hosts = append(slices.Clone(hosts), secure.Loopback()...)
	}
	a.admission.init(a.Config.MaxInFlight)
	var hostErr, proxyErr, headerErr error
	a.hosts, hostErr = secure.NewHosts(hosts...)
	if len(a.Config.TrustedProxies) > 0 {
		a.proxies, proxyErr = secure.NewProxies(secure.ProxyConfig{Trusted: a.Config.TrustedProxies, Host: a.Config.ProxySetsHost})
	}
	headers := a.Config.Headers
	headers.InsecureNoHSTS = headers.InsecureNoHSTS || a.Config.Debug
	a.headers, headerErr = secure.NewHeaders(headers)
	return errors.Join(hostErr, proxyErr, headerErr)
}

// compiledRoute is a route as requests meet it.
type compiledRoute struct {
	*Route
	endpoint  string   // full, as in "admin.users.show"
	blueprint string   // full, empty for the app's own
	chain     []*Hooks // outermost first
	answer    Handler  // the handler in its wrappers
}

// compiler collects the routes of an app and its blueprints.
type compiler struct {
	app   *App
	errs  []error
	names map[string]bool
}

func (a *App) compileRoutes() error {
	a.ownChain = [1]*Hooks{&a.Hooks}
	if a.fallback != nil {
		a.fallback.chain = a.ownChain[:]
	}
	opts := route.Options{HostMatching: a.Config.HostMatching, LooseSlashes: a.Config.LooseSlashes}
	if a.Config.SubdomainMatching {
		opts.SubdomainMatching, opts.ServerName = true, a.Config.ServerName
	}
	a.routes = route.New(opts)
	for name, c := range a.converters {
		a.routes.Converter(name, c)
	}
	a.statics, a.endpoints = map[string]*staticFiles{}, map[string]*compiledRoute{}
	k := &compiler{app: a, names: map[string]bool{}}
	k.add(&a.Scaffold, place{}, a.ownChain[:])
	if err := a.routes.Compile(); err != nil {
		k.errs = append(k.errs, err)
	}
	return errors.Join(k.errs...)
}

// A place is where a scaffold is mounted: what the blueprints that lead to it add
// up to.
type place struct{ name, prefix, subdomain string }

// add compiles one scaffold at its place, and then all that is mounted on it.
func (k *compiler) add(s *Scaffold, at place, chain []*Hooks) {
	if s.static != nil {
		k.addStatic(s, at, chain)
	}
	for _, r := range s.routes {
		k.addRoute(r, at, chain)
	}
	for _, m := range s.mounts {
		if m.name == "" || strings.Contains(m.name, ".") {
			k.fail("blueprint name %q: it must not be empty nor hold a dot, which joins names to endpoints", m.name)
			continue
		}
		full := join(at.name, m.name)
		if k.names[full] {
			k.fail("two blueprints are called %q; mount the second one with MountAs under another name", full)
			continue
		}
		k.names[full] = true
		m.bp.Hooks.setup, m.bp.AppHooks.setup = k.app.setup, k.app.setup
		k.app.adopt(&m.bp.AppHooks)
		inner := append(append([]*Hooks(nil), chain...), &m.bp.Hooks)
		k.add(&m.bp.Scaffold, place{full, at.prefix + m.prefix, below(m.bp.Subdomain, at.subdomain)}, inner)
	}
}

// adopt makes a blueprint's app-wide hooks the app's own. A blueprint mounted
// twice brings them once.
func (a *App) adopt(h *Hooks) {
	if h.adopted {
		return
	}
	h.adopted = true
	own := &a.Hooks
	own.before = append(own.before, h.before...)
	own.after = append(own.after, h.after...)
	own.teardown = append(own.teardown, h.teardown...)
	own.processors = append(own.processors, h.processors...)
	own.defaults = append(own.defaults, h.defaults...)
	own.onError = append(own.onError, h.onError...)
	for status, f := range h.onStatus {
		if _, taken := a.onStatus[status]; !taken {
			a.OnStatus(status, f)
		}
	}
}

func (k *compiler) addRoute(r *Route, at place, chain []*Hooks) {
	if r.handler == nil {
		k.fail("%s: the route %q has no handler", r.declared, at.prefix+r.rule.Path)
		return
	}
	if r.Endpoint == "" {
		k.fail("%s: the route %q has a function literal for a handler, so it has no name to build URLs by; add .Named(%q)",
			r.declared, at.prefix+r.rule.Path, "some_name")
		return
	}
	if strings.Contains(r.Endpoint, ".") {
		k.fail("%s: the endpoint %q holds a dot, which joins blueprint names to endpoints", r.declared, r.Endpoint)
		return
	}
	c := &compiledRoute{Route: r, endpoint: join(at.name, r.Endpoint), blueprint: at.name, chain: chain, answer: r.handler}
	for i := len(r.wrappers) - 1; i >= 0; i-- {
		c.answer = r.wrappers[i](c.answer)
	}
	if before, taken := k.app.endpoints[c.endpoint]; taken && !r.sameHandler(before.Route) {
		k.fail("%s: the endpoint %q is taken by another handler, declared at %s; give one of them another name with .Named",
			r.declared, c.endpoint, before.declared)
		return
	}
	k.app.endpoints[c.endpoint] = c
	rule := r.rule
	rule.Path, rule.Endpoint, rule.Handler = at.prefix+rule.Path, c.endpoint, c
	if rule.Subdomain == "" {
		rule.Subdomain = at.subdomain
	}
	if err := k.app.routes.Add(rule); err != nil {
		k.fail("%s: %w", r.declared, err)
	}
}

func (k *compiler) fail(format string, args ...any) {
	k.errs = append(k.errs, fmt.Errorf(format, args...))
}

// join puts a name behind those of the blueprints around it.
func join(blueprint, name string) string {
	if blueprint == "" {
		return name
	}
	return blueprint + "." + name
}

// below puts a subdomain under that of the blueprint around it.
func below(subdomain, outer string) string {
	if subdomain == "" || outer == "" {
		return subdomain + outer
	}
	return subdomain + "." + outer
}

// path is the request's path below ApplicationRoot, and whether it is there.
func (a *App) path(r *http.Request) (string, bool) {
	rest, ok := strings.CutPrefix(r.URL.Path, a.Config.ApplicationRoot)
	return rest, ok && (rest == "" || rest[0] == '/')
}

// Close waits for what [App.Go] started and gives back what the app holds open,
// such as the stores that extensions registered with [App.OnClose]. Run calls it.
func (a *App) Close() error {
	errs := []error{a.drainBackground()}
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// OnClose adds a function that Close calls, last added first.
func (a *App) OnClose(f func() error) { a.closers = append(a.closers, f) }
