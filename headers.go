package retort

import (
	"net/http"
	"strings"
	"time"

	"github.com/retort-go/retort/secure"
)

// noDeadline lifts a connection's deadline.
var noDeadline time.Time

// Nonce returns the response's nonce for the Content-Security-Policy: only
// scripts and styles that carry it run, so that an injected one does not. In
// templates it is csp_nonce().
func (c *Ctx) Nonce() string {
	if c.nonce == "" {
		c.nonce = secure.NewNonce()
	}
	return c.nonce
}

// NonceUsed reports whether what was made so far holds the nonce: then it is good
// for this answer only.
func (c *Ctx) NonceUsed() bool { return c.nonce != "" }

// prepareHeaders adds the headers that depend on how the app and the request are.
func (a *App) prepareHeaders(c *Ctx) {
	h := c.Response.Header
	if isPage(h) {
		c.Nonce()
	}
	if c.Response.Status == http.StatusNotModified {
		// A policy would replace that of the copy (RFC 9111, 4.3.4), whose nonce is
		// another; a field without a value is not sent.
		h["Content-Security-Policy"], h["Content-Security-Policy-Report-Only"] = nil, nil
	}
	if secure.MustClose(c.Request) || a.stopping.Load() || a.scarce.Load() {
		h["Connection"] = closeConnection
	}
	if c.id != "" || a.Config.AccessLog || c.Response.Status >= http.StatusBadRequest {
		h["X-Request-Id"] = []string{c.ID()}
	}
}

var closeConnection = []string{"close"}

func isPage(h http.Header) bool {
	v := h["Content-Type"]
	return len(v) > 0 && strings.HasPrefix(v[0], "text/html")
}

// containsToken reports whether a comma-separated header value lists a token.
func containsToken(list, token string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(item), token) {
			return true
		}
	}
	return false
}

// isLoopbackHost reports whether a canonical host is this machine itself.
func isLoopbackHost(host string) bool {
	name := host
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		name = host[:i]
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || name == "[::1]" || strings.HasPrefix(name, "127.")
}
