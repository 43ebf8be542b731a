package retort

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A SessionFormat keeps sessions and form tokens in the way of another framework,
// for the time in which its application and this one share a cookie; package
// flask has Flask's. See [Config.InsecureSHA1Sessions].
type SessionFormat interface {
	// OpenSession returns the session that a cookie holds or stands for. A value that
	// this app knows nothing of is handed back to SealSession as it is. An error
	// means that there is none, so that the visitor starts anew, unless it wraps
	// ErrSessionStore: then there is no telling, and the answer is a 503.
	OpenSession(ctx context.Context, cookie string, now time.Time) (SessionData, error)

	// SealSession saves a session and returns its cookie, empty if the browser's is
	// to be dropped, and when that expires, the zero time for a cookie that ends
	// with the browser's session.
	SealSession(ctx context.Context, s SessionData, now time.Time) (cookie string, expires time.Time, err error)

	// CookieScope is the domain and path of the cookie; empty means this host and
	// all of it.
	CookieScope() (domain, path string)

	// MarshalValue and UnmarshalValue spell one value, as encoding/json does
	// elsewhere.
	MarshalValue(v any) ([]byte, error)
	UnmarshalValue(data []byte, v any) error

	// FormToken returns a token against request forgery for the session's secret,
	// and the secret: a new one if it was empty.
	FormToken(secret string, now time.Time) (used, token string, err error)

	// CheckFormToken returns an error if token was not made for secret or is too
	// old.
	CheckFormToken(secret, token string, now time.Time) error
}

// SessionData is a session on its way between an app and a [SessionFormat].
type SessionData struct {
	// ID is what a server keeps the session under. It is empty for one that is all
	// in its cookie, and for one that is new, or got new by Session.Renew.
	ID string

	Values []SessionValue

	// Renew says of a session that was opened that it should be sealed though nothing
	// changed, for the sake of its age; and when it is sealed, that this is why.
	Renew bool

	// Ended are the ids that a server should forget: the one from before a login,
	// or a logout.
	Ended []string
}

// A SessionValue is one value of a session, as MarshalValue spells it. A string, a
// whole number, true, false and null are as in JSON.
type SessionValue struct{ Key, JSON string }

// Errors that a [SessionFormat] may wrap.
var (
	// ErrSessionStore means that what keeps sessions cannot be asked.
	ErrSessionStore = errors.New("sessions cannot be read or written")

	// ErrSessionUnreadable means that there is a session, written in a way that is
	// not read. The log warns of it.
	ErrSessionUnreadable = errors.New("the session is there and cannot be read")

	// ErrSessionEnded means that a session that was to be saved has ended since it
	// was opened, as when its owner logged out in another window. It stays ended,
	// and the browser's cookie stays as it is: it may be a newer one.
	ErrSessionEnded = errors.New("the session has ended meanwhile")
)

// openForeign reads a cookie in another framework's format into s.
func (a *App) openForeign(c *Ctx, s *Session, value string, now time.Time) *Session {
	data, err := s.format.OpenSession(c.Context(), value, now)
	switch {
	case errors.Is(err, ErrSessionStore):
		return unreadable(s.format, err)
	case errors.Is(err, ErrSessionUnreadable):
		a.Config.Logger.Warn("session unreadable", "request", c.ID(), "error", err)
		return s
	case err != nil:
		a.Config.Logger.Debug("session cookie refused", "request", c.ID(), "error", err)
		return s
	}
	s.id, s.entries = data.ID, s.few[:0]
	for _, v := range data.Values {
		s.entries = append(s.entries, sessionEntry{v.Key, v.JSON})
	}
	if data.Renew {
		s.state = sessionRefresh
	}
	return s
}

// sealForeign saves a session in another framework's format and returns the cookie
// to set, empty if there is none.
func (c *Ctx) sealForeign(s *Session) (string, error) {
	data := SessionData{ID: s.id, Values: make([]SessionValue, len(s.entries)), Renew: s.state == sessionRefresh, Ended: s.ended}
	for i, e := range s.entries {
		data.Values[i] = SessionValue{e.key, e.raw}
	}
	value, expires, err := s.format.SealSession(c.Context(), data, c.App.Config.now())
	switch {
	case errors.Is(err, ErrSessionEnded):
		c.App.Config.Logger.Debug("session not saved", "request", c.ID(), "error", err)
		return "", nil
	case errors.Is(err, ErrSessionStore):
		return "", storeGone(err)
	case err != nil:
		return "", fmt.Errorf("save the session: %w", err)
	}
	s.ended = nil
	if value == "" || len(data.Values) == 0 {
		return c.sessionCookie(nil, -1, time.Time{}), nil
	}
	return c.boundedCookie([]byte(value), expires)
}

// foreignString is text that another framework spells in a way of its own, empty
// if it is none.
func (s *Session) foreignString(raw string) (v string) {
	if s.format != nil && s.format.UnmarshalValue([]byte(raw), &v) != nil {
		return ""
	}
	return v
}
