package retort

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// serveStd lets an http.Handler answer a request: below the prefix it was
// mounted at, with the response's headers already set, so that what it writes
// is protected as everything else is.
func serveStd(h http.Handler) Handler {
	return func(c *Ctx) error {
		c.respond("")
		c.Response.write = func(w http.ResponseWriter, r *http.Request) error {
			inner := r.Clone(context.WithValue(r.Context(), ctxKey{}, c))
			rest := "/" + c.Param(stdParam)
			prefix := strings.TrimSuffix(r.URL.Path, rest)
			inner.URL.Path = rest
			if inner.URL.RawPath != "" {
				inner.URL.RawPath = strings.TrimPrefix(r.URL.RawPath, (&url.URL{Path: prefix}).EscapedPath())
			}
			h.ServeHTTP(w, inner)
			return nil
		}
		return nil
	}
}

// ServeHTTP lets an [http.Handler] answer this request, with its whole path: to
// upgrade to a WebSocket, to proxy, to reuse what exists.
func (c *Ctx) ServeHTTP(h http.Handler) error {
	c.respond("")
	c.Response.write = func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), ctxKey{}, c)))
		return nil
	}
	return nil
}

// stdParam is the parameter that holds the path below a mounted handler.
const stdParam = "rest"

type ctxKey struct{}

// FromContext returns the Ctx of the request that ctx belongs to, inside an
// http.Handler that an app has mounted; nil elsewhere.
func FromContext(ctx context.Context) *Ctx {
	c, _ := ctx.Value(ctxKey{}).(*Ctx)
	return c
}
