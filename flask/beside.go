package flask

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/retort-go/retort"
)

// An Old is the application that an app stands beside. [Beside] makes one;
// [Old.Mount] puts it behind the app.
type Old struct {
	// Timeout is how long the old application may think before it begins to answer;
	// 0 means a minute. A stream or a websocket may then take as long as it likes.
	Timeout time.Duration

	// Routes are the old application's, as `retort flask export-routes` writes them,
	// so that URLs to its endpoints can be built here; nil means they are not known.
	Routes *Routes

	target *url.URL
	proxy  *httputil.ReverseProxy
	skew   atomic.Int64 // seconds our clock is ahead of the old application's
	warned atomic.Int64 // when that was last logged, in Unix seconds
}

// Beside returns the old application at an address such as
// "http://127.0.0.1:5000". It should be reachable from here only, and believe this
// server's X-Forwarded headers (Werkzeug's ProxyFix with x_for=1, x_proto=1). An
// address that is none panics.
func Beside(target string) *Old {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		panic(fmt.Sprintf("flask: Beside(%q): write the address of the old application as http://127.0.0.1:5000", target))
	}
	u.Path = ""
	return &Old{target: u}
}

// Mount hands every request that app has no route for, be it for the path or for
// the method, to the old application, and lists at PortedPath what is served
// where. Such a request is the old application's alone: its answers go out as it
// made them, without this app's security headers, but with its session cookie as
// well protected as this app's; its forms are checked by it. Hooks of the app run.
func (o *Old) Mount(app *retort.App) {
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	transport := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ResponseHeaderTimeout: o.Timeout,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       time.Second, // gunicorn closes after 2: a form must not meet a connection that just ends
		DisableCompression:    true,        // what the client accepts is between it and the old application
	}
	o.proxy = &httputil.ReverseProxy{
		Transport:      held{transport},
		Rewrite:        o.rewrite,
		ModifyResponse: o.adjust,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) {}, // serve has the error
		ErrorLog:       slog.NewLogLogger(app.Config.Logger.Handler(), slog.LevelWarn),
	}
	app.InsecureFallback(o.serve)
	app.OnClose(func() error { transport.CloseIdleConnections(); return nil })
	o.mountPorted(app)
	if o.Routes != nil {
		app.OnBuildError(o.Routes.Build)
	}
}

// serve asks the old application in the place of a handler, where an error is
// still a page of the app's, and passes its answer on when the app writes.
func (o *Old) serve(c *retort.Ctx) error {
	x := &exchange{c: c}
	r := c.Request.WithContext(context.WithValue(c.Context(), exchangeKey{}, x))
	o.proxy.ServeHTTP(nowhere{http.Header{}}, r)
	if x.err != nil {
		return o.failure(x.err)
	}
	c.Status(x.response.StatusCode)
	return c.ServeHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range ownHeaders {
			delete(w.Header(), name)
		}
		for name := range x.response.Header {
			if name != "Set-Cookie" && name != "Vary" {
				delete(w.Header(), name) // the old application has the last word
			}
		}
		x.writing = true
		o.proxy.ServeHTTP(w, r)
	}))
}

// ownHeaders are those of this app that say what a page may do: the old
// application's pages were not written with them in mind.
var ownHeaders = []string{
	"Content-Security-Policy", "Content-Security-Policy-Report-Only", "X-Content-Type-Options", "Referrer-Policy",
	"X-Frame-Options", "Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "Cache-Control",
}

// An exchange is one request to the old application. The proxy runs twice for it:
// to ask, and to pass the answer on.
type exchange struct {
	c        *retort.Ctx
	response *http.Response
	err      error
	writing  bool
}

type exchangeKey struct{}

// errHeld ends the proxy's first run.
var errHeld = errors.New("the answer is held back")

// held sends a request in the proxy's first run and has the answer ready in the
// second.
type held struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (h held) RoundTrip(r *http.Request) (*http.Response, error) {
	x := r.Context().Value(exchangeKey{}).(*exchange) // serve has set it
	if x.writing {
		return x.response, nil
	}
	x.response, x.err = h.next.RoundTrip(r) // the second run closes it, and the request's end does
	return nil, errHeld
}

// nowhere takes what the proxy's first run writes: informational responses.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n nowhere) WriteHeader(int)             {}

// failure is what the visitor is told about an old application that did not
// answer: 504 if it took too long, 502 if it is down or answered garbage.
func (o *Old) failure(err error) error {
	e := retort.Errorf(http.StatusBadGateway, "The part of this site that has this page is not answering. Please try again in a moment.")
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		e = retort.Errorf(http.StatusGatewayTimeout, "The part of this site that has this page took too long to answer. Please try again in a moment.")
	}
	return e.Because(fmt.Errorf("the old application at %s: %w", o.target, err))
}

// rewrite makes the request to the old application: the same path, byte for byte,
// the host that the client asked for, and who asked in the headers that ProxyFix
// and Flask-Login read. What a client sent of those is dropped.
func (o *Old) rewrite(pr *httputil.ProxyRequest) {
	x := pr.In.Context().Value(exchangeKey{}).(*exchange) // serve has set it
	c := x.c
	pr.Out.URL.Scheme, pr.Out.URL.Host = o.target.Scheme, o.target.Host
	pr.Out.URL.RawQuery = pr.In.URL.RawQuery
	pr.Out.Host = c.Host()
	h := pr.Out.Header
	for name := range h {
		if strings.HasPrefix(name, "X-Forwarded-") || name == "X-Real-Ip" || strings.Contains(name, "_") {
			delete(h, name) // WSGI reads X_Forwarded_For as X-Forwarded-For
		}
	}
	h.Set("X-Forwarded-For", c.ClientIP().String())
	h.Set("X-Forwarded-Proto", c.Scheme())
	h.Set("X-Forwarded-Host", c.Host())
	if _, ok := h["User-Agent"]; !ok {
		h["User-Agent"] = nil // no word of Go's in its place
	}
}

// adjust looks at the old application's answer on its way out.
func (o *Old) adjust(r *http.Response) error {
	x := r.Request.Context().Value(exchangeKey{}).(*exchange) // serve has set it
	if x.c.App.Config.InsecureSHA1Sessions != nil {
		protect(x.c, r.Header["Set-Cookie"])
		o.watchClock(x.c, r.Header.Get("Date"))
	}
	return nil
}

// protect gives the session cookie of a Flask that was not told better the
// attributes that this app gives it: else the cookie would change with whoever
// wrote it last.
func protect(c *retort.Ctx, cookies []string) {
	for i, cookie := range cookies {
		if !strings.HasPrefix(cookie, c.App.Config.SessionCookieName+"=") {
			continue
		}
		lower := strings.ToLower(cookie)
		if c.SecureCookies() && !strings.Contains(lower, "; secure") {
			cookie += "; Secure"
		}
		if !strings.Contains(lower, "; httponly") {
			cookie += "; HttpOnly"
		}
		if !strings.Contains(lower, "; samesite") {
			cookie += "; SameSite=Lax"
		}
		cookies[i] = cookie
	}
}

// watchClock warns of clocks that make one server refuse the other's sessions.
func (o *Old) watchClock(c *retort.Ctx, date string) {
	theirs, err := http.ParseTime(date)
	if err != nil {
		return
	}
	now := time.Now()
	ahead := now.Unix() - theirs.Unix()
	o.skew.Store(ahead)
	if ahead <= int64(signedAgo/time.Second)+1 && ahead >= -int64(Skew/time.Second) {
		return
	}
	if last := o.warned.Load(); now.Unix()-last >= 60 && o.warned.CompareAndSwap(last, now.Unix()) {
		c.App.Config.Logger.Warn("the clocks of this server and the old application differ: what one signs the other takes for a token from the future, and its users for logged out; run NTP on both",
			"ahead", time.Duration(ahead)*time.Second)
	}
}
