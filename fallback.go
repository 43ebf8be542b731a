package retort

import (
	"errors"
	"math"
	"net/http"

	"github.com/retort-go/retort/route"
)

// InsecureFallback sets the handler of requests that no route takes, be it for
// their path or their method: what would be 404 or 405. It is for handing them to
// another server, as package flask does, which has rules of its own, so forgery
// is not looked for here and the body is not bounded. The app's hooks run; the
// endpoint is "fallback".
func (a *App) InsecureFallback(h Handler) {
	a.open("InsecureFallback")
	a.fallback = &compiledRoute{
		Route:    &Route{Endpoint: "fallback", handler: h, std: true, stream: true, noCSRF: true, maxBody: math.MaxInt64},
		endpoint: "fallback", answer: h,
	}
}

// fallBack gives a request that was not routed to the fallback, if there is one.
func (a *App) fallBack(c *Ctx, routing error) error {
	e, ok := errors.AsType[*Error](routing)
	if a.fallback == nil || !ok || e.Status != http.StatusNotFound && e.Status != http.StatusMethodNotAllowed {
		return routing
	}
	c.route = a.fallback
	return nil
}

// OnBuildError adds a function that may build the URL of an endpoint that the app
// has not, or not with these values: one of another server. An error from it
// leaves the app's own. It is Flask's url_build_error_handlers.
func (a *App) OnBuildError(f func(endpoint string, values route.Values, opts route.BuildOptions) (string, error)) {
	a.open("OnBuildError")
	a.onBuildError = append(a.onBuildError, f)
}
