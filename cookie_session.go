package retort

import (
	"cmp"
	"fmt"
	"net/http"
	"time"
)

// The session's cookie. What is inside is in session.go; here is how it comes in
// and goes out.

// maxCookie is the size at which browsers drop a cookie without a word
// (RFC 6265, 6.1).
const maxCookie = 4093

// Session returns the session of the request. It is opened at the first call:
// a page that never asks is the same for everybody, and caches may keep it.
func (c *Ctx) Session() *Session {
	c.touched = true
	if c.session == nil {
		c.session = c.App.openSession(c)
	}
	return c.session
}

// openSession reads the cookie. One that is forged, expired, ended or broken is
// no session, not an error: the visitor starts anew. Where that cannot be told,
// nobody is served.
func (a *App) openSession(c *Ctx) *Session {
	format := a.Config.InsecureSHA1Sessions
	s := &Session{format: format}
	if a.sessions == nil && format == nil {
		s.state = sessionBroken
		return s
	}
	value, ok := findCookie(c.Request.Header["Cookie"], c.sessionCookieName())
	if !ok || len(value) > maxCookie {
		return s
	}
	now := a.Config.now()
	if format != nil {
		return a.openForeign(c, s, value, now)
	}
	var buf [1024]byte
	payload, signed, err := a.sessions.Open(buf[:0], value, now, a.Config.SessionIdle)
	if err != nil {
		a.Config.Logger.Debug("session cookie refused", "request", c.ID(), "error", err)
		return s
	}
	if err := s.parsePayload(string(payload)); err != nil {
		a.Config.Logger.Warn("session cookie unreadable", "request", c.ID(), "error", err)
		return &Session{}
	}
	if now.Sub(s.created) > a.Config.SessionLifetime {
		return &Session{}
	}
	revoked, err := a.Config.Revocations.Revoked(c.Context(), s.id)
	if err != nil {
		return unreadable(nil, fmt.Errorf("was this session ended: %w", err))
	}
	if revoked {
		return &Session{}
	}
	if now.Sub(signed) > a.Config.SessionIdle/8 {
		s.state = sessionRefresh
	}
	return s
}

// saveSession writes the cookie if the session changed, and marks the answer as
// private if it was so much as looked at: a shared cache must not hand one
// visitor's page to another (CVE-2023-30861, CVE-2026-27205).
func (c *Ctx) saveSession() error {
	if !c.touched {
		return nil
	}
	h := c.Response.Header
	addVary(h, "Cookie")
	if _, set := h["Cache-Control"]; !set {
		h["Cache-Control"] = noStore
	}
	if c.session != nil && c.session.failure != nil {
		return c.session.failure
	}
	cookie, err := c.sealSession()
	if err != nil || cookie == "" {
		return err
	}
	h["Set-Cookie"] = append(h["Set-Cookie"], cookie)
	return nil
}

// sealSession returns the cookie to set, empty if nothing changed.
func (c *Ctx) sealSession() (cookie string, err error) {
	s := c.session
	if s == nil || s.state != sessionChanged && s.state != sessionRefresh {
		return "", nil
	}
	if s.format != nil {
		return c.sealForeign(s)
	}
	if err := c.revokeEnded(s); err != nil {
		return "", err
	}
	if len(s.entries) == 0 && s.id == "" {
		return c.sessionCookie(nil, -1, time.Time{}), nil
	}
	now := c.App.Config.now()
	var payload, token [1024]byte
	value := c.App.sessions.Append(token[:0], s.appendPayload(payload[:0], now), now)
	return c.boundedCookie(value, time.Time{})
}

// boundedCookie is the cookie, unless browsers would drop it.
func (c *Ctx) boundedCookie(value []byte, expires time.Time) (string, error) {
	if len(value)+len(c.sessionCookieName()) > maxCookie {
		return "", fmt.Errorf("the session needs a cookie of %d bytes, more than the %d that browsers keep; "+
			"store large values elsewhere, under Session.ID", len(value), maxCookie)
	}
	return c.sessionCookie(value, 0, expires), nil
}

// ReadSession returns the session that r carries, outside of a handler: for
// tests, and for middleware that only looks.
func (a *App) ReadSession(r *http.Request) (*Session, error) {
	c, err := a.standIn(r)
	if err != nil {
		return nil, err
	}
	s := a.openSession(c)
	return s, s.failure
}

// SessionCookie returns the Set-Cookie header that stores s for whoever sent r,
// empty if s has not changed: what a handler's answer would do. It is for tests
// that begin in the middle of a story.
func (a *App) SessionCookie(r *http.Request, s *Session) (string, error) {
	c, err := a.standIn(r)
	if err != nil {
		return "", err
	}
	c.session = s
	return c.sealSession()
}

// standIn is a Ctx for a request that is not being served.
func (a *App) standIn(r *http.Request) (*Ctx, error) {
	if err := a.Compile(); err != nil {
		return nil, err
	}
	client := a.proxies.Client(r)
	host, _ := a.hosts.Match(client.Host)
	return &Ctx{App: a, Request: r, match: noMatch, host: host.String(), peer: client.IP, https: client.Scheme == "https"}, nil
}

func (c *Ctx) revokeEnded(s *Session) error {
	for _, id := range s.ended {
		until := c.App.Config.now().Add(c.App.Config.SessionIdle + time.Minute)
		if err := c.App.Config.Revocations.Revoke(c.Context(), id, until); err != nil {
			return storeGone(fmt.Errorf("end a session: %w", err))
		}
	}
	s.ended = nil
	return nil
}

var noStore = []string{"no-store"}

// sessionCookie spells the cookie: for this host only, out of reach of scripts,
// not sent along from other sites, and gone with the browser's own session.
func (c *Ctx) sessionCookie(value []byte, maxAge int, expires time.Time) string {
	var buf [1024]byte
	b := append(buf[:0], c.sessionCookieName()...)
	b = append(b, '=')
	b = append(b, value...)
	domain, path := "", "/"
	if format := c.App.Config.InsecureSHA1Sessions; format != nil {
		domain, path = format.CookieScope()
		path = cmp.Or(path, "/")
	}
	if domain != "" {
		b = append(append(b, "; Domain="...), domain...)
	}
	if !expires.IsZero() {
		b = expires.UTC().AppendFormat(append(b, "; Expires="...), http.TimeFormat)
	}
	if maxAge < 0 {
		b = append(b, "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"...)
	}
	if c.SecureCookies() {
		b = append(b, "; Secure"...)
	}
	b = append(append(b, "; HttpOnly; Path="...), path...)
	switch c.App.Config.SessionCookieSameSite {
	case http.SameSiteStrictMode:
		b = append(b, "; SameSite=Strict"...)
	case http.SameSiteNoneMode:
		b = append(b, "; SameSite=None"...)
	default:
		b = append(b, "; SameSite=Lax"...)
	}
	return string(b)
}

// sessionCookieName has the __Host- prefix wherever the cookie is Secure: a
// browser then takes it only from this very host over TLS.
func (c *Ctx) sessionCookieName() string {
	if c.SecureCookies() && c.App.Config.InsecureSHA1Sessions == nil {
		return c.App.secureCookieName
	}
	return c.App.Config.SessionCookieName
}

// SecureCookies reports whether cookies of this answer are Secure: always, but
// over plain HTTP to this machine itself, which many clients keep no Secure
// cookies for, or where [Config.InsecureHTTP] says so.
func (c *Ctx) SecureCookies() bool {
	return c.https || !c.App.Config.InsecureHTTP && !isLoopbackHost(c.host)
}

// addVary adds a field name to Vary unless it is there.
func addVary(h http.Header, field string) {
	old := h["Vary"]
	if len(old) == 0 {
		if field == "Cookie" {
			h["Vary"] = varyCookie
			return
		}
		h["Vary"] = []string{field}
		return
	}
	for _, v := range old {
		if v == "*" || containsToken(v, field) {
			return
		}
	}
	h["Vary"] = append(old[:len(old):len(old)], field)
}

var varyCookie = []string{"Cookie"}
