package retort

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
)

// What is logged never holds a query string, a cookie, a token or a body: a log
// is read by more people than the request was meant for.

// newRequestID returns 80 random bits, enough to find one request among all.
func newRequestID() string { return rand.Text()[:16] }

// logFailure logs what went wrong: errors of the server with their whole chain,
// refusals with their reason, and nothing for a mere 404.
func (a *App) logFailure(c *Ctx, e *Error, err error) {
	level := slog.LevelDebug
	switch {
	case e.Status >= http.StatusInternalServerError:
		level = slog.LevelError
	case e.Status == http.StatusForbidden || e.Status == http.StatusMisdirectedRequest || e.Status == http.StatusTooManyRequests:
		level = slog.LevelWarn
	}
	log := a.Config.Logger
	if !log.Enabled(c.Context(), level) {
		return
	}
	attrs := append(c.logAttrs(), slog.Int("status", e.Status), slog.String("error", err.Error()))
	if detail := detailOf(err); detail != "" {
		attrs = append(attrs, slog.String("detail", detail))
	}
	log.LogAttrs(c.Context(), level, "request failed", attrs...)
}

// detailOf is what an error has to tell beyond its one line: a template's stack
// and excerpt, a panic's stack.
func detailOf(err error) string { return strings.Join(details(nil, err), "\n") }

func details(parts []string, err error) []string {
	switch e := err.(type) { //nolint:errorlint // this is the walk along the chain
	case *PanicError:
		parts = append(parts, string(e.Stack))
	case fmt.Formatter:
		parts = append(parts, fmt.Sprintf("%+v", e))
	}
	switch e := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() error }:
		return details(parts, e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			parts = details(parts, err)
		}
	}
	return parts
}

func (a *App) logAccess(c *Ctx) {
	a.Config.Logger.LogAttrs(c.Context(), slog.LevelInfo, "request",
		append(c.logAttrs(), slog.Int("status", c.Response.Status), slog.Int("bytes", len(c.Response.body)))...)
}

func (c *Ctx) logAttrs() []slog.Attr {
	return []slog.Attr{
		slog.String("request", c.ID()),
		slog.String("method", c.Request.Method),
		slog.String("path", c.Request.URL.Path),
		slog.String("endpoint", c.Endpoint()),
		slog.String("client", c.remoteAddr()),
	}
}
