// Package cors lets pages of other origins read an app's answers: the CORS
// protocol of the Fetch standard, and nothing beyond what was asked for.
//
// Nobody is let in by a pattern. The origins are those of the app's
// Config.TrustedOrigins, compared as a whole, the same that may send what changes
// something: two lists would drift apart. Or it is every origin, for public data:
// then nothing but reading is allowed, and no cookie comes along. An origin that
// is merely repeated from the request, which is how other libraries come to share
// sessions with the whole web, cannot be expressed.
//
// A policy belongs to the routes it is for, not to a list of paths of its own:
//
//	api.After(cors.Policy{Credentials: true}.Apply)   // a blueprint
//	app.Extend(cors.Policy{AnyOrigin: true})          // or the whole app
package cors

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/retort-go/retort"
)

// A Policy says who may read. The zero value lets the pages of trusted origins
// send any method that a route has, without their cookies.
type Policy struct {
	// AnyOrigin lets every page on the web read, with GET and HEAD, and nobody do
	// more.
	AnyOrigin bool

	// Credentials lets the pages of trusted origins send the visitor's cookies. The
	// session cookie is SameSite=Lax, so it comes along from the same site only.
	Credentials bool

	// Headers are those that pages may send beside the harmless ones. Empty means
	// Content-Type, Authorization and X-CSRF-Token; with AnyOrigin there are none.
	Headers []string

	// Expose are headers of answers that pages may read beside the harmless ones,
	// such as Link.
	Expose []string
}

var (
	defaultHeaders = []string{"Content-Type", "Authorization", "X-CSRF-Token"}
	reading        = []string{http.MethodGet, http.MethodHead}
)

// preflightAge is how many seconds a browser may remember what it was told: long
// enough to matter, short enough to take something back.
const preflightAge = "600"

// Extend makes the policy that of all routes of app.
func (p Policy) Extend(app *retort.App) error {
	if err := p.check(app.Config.TrustedOrigins); err != nil {
		return err
	}
	app.After(p.Apply)
	return nil
}

func (p Policy) check(trusted []string) error {
	switch {
	case p.AnyOrigin && (p.Credentials || len(p.Headers) > 0):
		return errors.New("cors: AnyOrigin allows reading and nothing else: leave out Credentials and Headers, or name the origins in Config.TrustedOrigins")
	case !p.AnyOrigin && len(trusted) == 0:
		return errors.New("cors: nobody is let in: name the origins in Config.TrustedOrigins, or set AnyOrigin")
	case slices.Contains(p.Headers, "*") || slices.Contains(p.Expose, "*"):
		return errors.New("cors: name the headers; with credentials * means nothing")
	}
	return nil
}

// Apply is the After hook that sets the headers, for the routes of a blueprint. A
// policy that cannot be meant fails each answer.
func (p Policy) Apply(c *retort.Ctx, r *retort.Response) error {
	if err := p.check(c.App.Config.TrustedOrigins); err != nil {
		return err
	}
	origin := c.Request.Header["Origin"]
	if !p.AnyOrigin {
		vary(r.Header, "Origin") // also without one: a cache must not give the answer to somebody else
	}
	// Origins are compared as browsers write them, which is how Config wants them.
	if len(origin) != 1 || !p.AnyOrigin && !slices.Contains(c.App.Config.TrustedOrigins, origin[0]) {
		return nil
	}
	asked := c.Header("Access-Control-Request-Method")
	if c.Request.Method == http.MethodOptions && asked != "" {
		p.preflight(c, r, origin[0], asked)
		return nil
	}
	if p.AnyOrigin && !slices.Contains(reading, c.Request.Method) {
		return nil
	}
	p.allow(r.Header, origin[0])
	if len(p.Expose) > 0 {
		r.Header.Set("Access-Control-Expose-Headers", strings.Join(p.Expose, ", "))
	}
	return nil
}

// preflight answers what a browser asks before it lets a page send a request.
func (p Policy) preflight(c *retort.Ctx, r *retort.Response, origin, asked string) {
	vary(r.Header, "Access-Control-Request-Method")
	vary(r.Header, "Access-Control-Request-Headers")
	methods := methodsOf(r.Header.Get("Allow"))
	if p.AnyOrigin {
		methods = slices.DeleteFunc(methods, func(m string) bool { return !slices.Contains(reading, m) })
	}
	if !slices.Contains(methods, asked) || !p.takes(c.Request.Header.Values("Access-Control-Request-Headers")) {
		return // without headers the browser refuses by itself
	}
	p.allow(r.Header, origin)
	r.Header.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	if allowed := p.headers(); len(allowed) > 0 {
		r.Header.Set("Access-Control-Allow-Headers", strings.Join(allowed, ", "))
	}
	r.Header.Set("Access-Control-Max-Age", preflightAge)
}

// allow names who may read the answer.
func (p Policy) allow(h http.Header, origin string) {
	if p.AnyOrigin {
		h.Set("Access-Control-Allow-Origin", "*")
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	if p.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
}

func (p Policy) headers() []string {
	if len(p.Headers) > 0 || p.AnyOrigin {
		return p.Headers
	}
	return defaultHeaders
}

func (p Policy) takes(asked []string) bool {
	allowed := p.headers()
	for name := range strings.SplitSeq(strings.Join(asked, ","), ",") {
		name = strings.TrimSpace(name)
		if name != "" && !slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, name) }) {
			return false
		}
	}
	return true
}

func methodsOf(allow string) []string {
	var methods []string
	for m := range strings.SplitSeq(allow, ",") {
		if m = strings.TrimSpace(m); m != "" && m != http.MethodOptions {
			methods = append(methods, m)
		}
	}
	return methods
}

func vary(h http.Header, name string) {
	for _, v := range h.Values("Vary") {
		for item := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(item), name) {
				return
			}
		}
	}
	h.Add("Vary", name)
}
