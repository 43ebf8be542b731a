package cache

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/retort-go/retort"
)

// View keeps the answers of a handler for ttl, by the address: scheme, host, path
// and query, whose order does not matter. Use it with [retort.Route.With].
//
// Only what anybody may get is kept: a 200 to GET, which HEAD gets too, that was made
// without the session, cookies, credentials or the page's nonce, that varies with no
// header, and that did not say no-store or private. All else is made each time,
// so a view that turns out to be personal is slow and not a leak. Hooks and
// security headers are as always: they run on a kept answer too.
func (c Cache) View(ttl time.Duration) func(retort.Handler) retort.Handler {
	return func(h retort.Handler) retort.Handler {
		return func(ctx *retort.Ctx) error {
			r := ctx.Request
			if r.Method != http.MethodGet && r.Method != http.MethodHead || len(r.Header["Authorization"]) > 0 {
				return h(ctx)
			}
			key := c.viewKey(ctx)
			if data, ok, err := c.Store.Get(ctx.Context(), key); err == nil && ok {
				var v view
				if json.Unmarshal(data, &v) == nil {
					return v.answer(ctx)
				}
			}
			if err := h(ctx); err != nil || r.Method == http.MethodHead { // whose answer may lack the body
				return err
			}
			return c.keep(ctx, key, ttl)
		}
	}
}

// ForgetView drops the kept answer of the URL of an endpoint, with values as for
// [retort.Ctx.URL], for the host of the request.
func (c Cache) ForgetView(ctx *retort.Ctx, endpoint string, values ...any) error {
	u, err := ctx.URL(endpoint, values...)
	if err != nil {
		return err
	}
	target, err := ctx.Request.URL.Parse(u)
	if err != nil {
		return err
	}
	path := strings.TrimPrefix(target.Path, ctx.App.Config.ApplicationRoot)
	return c.Store.Delete(ctx.Context(), c.key(ctx, path, target.Query().Encode()))
}

func (c Cache) viewKey(ctx *retort.Ctx) string { return c.key(ctx, ctx.Path(), ctx.Args().Encode()) }

func (c Cache) key(ctx *retort.Ctx, path, query string) string {
	return c.Prefix + "view:" + ctx.Scheme() + "://" + ctx.Host() + path + "?" + query
}

// view is an answer as it is kept.
type view struct {
	Header http.Header
	Body   []byte
}

func (c Cache) keep(ctx *retort.Ctx, key string, ttl time.Duration) error {
	r := ctx.Response
	if r == nil || r.Status != http.StatusOK || r.Streamed() || ctx.Private() || ctx.NonceUsed() ||
		varies(r.Header) || forbids(r.Header.Get("Cache-Control")) {
		return nil
	}
	data, err := json.Marshal(view{r.Header, r.Body()})
	if err != nil {
		return err
	}
	_ = c.Store.Set(context.WithoutCancel(ctx.Context()), key, data, ttl) // what cannot be kept is made again
	return nil
}

func (v view) answer(ctx *retort.Ctx) error {
	if err := ctx.Bytes(v.Header.Get("Content-Type"), v.Body); err != nil {
		return err
	}
	maps.Copy(ctx.Response.Header, v.Header)
	return nil
}

// varies reports whether the answer depends on a header. Encoding does not count:
// it happens behind this.
func varies(h http.Header) bool {
	for _, v := range h["Vary"] {
		for name := range strings.SplitSeq(v, ",") {
			if !strings.EqualFold(strings.TrimSpace(name), "Accept-Encoding") {
				return true
			}
		}
	}
	return false
}

func forbids(control string) bool {
	return strings.Contains(control, "no-store") || strings.Contains(control, "private")
}
