package retort

import "time"

// A SessionFormat keeps sessions and form tokens in the way of another framework,
// for the time in which its application and this one share a cookie; package
// flask has Flask's. See [Config.InsecureSHA1Sessions].
type SessionFormat interface {
	// OpenSession returns the values of a cookie, and whether the cookie should be
	// sent anew though nothing changed, for the sake of its age. A value that this
	// app knows nothing of is handed back to SealSession as it is.
	OpenSession(cookie string, now time.Time) (values []SessionValue, renew bool, err error)

	// SealSession returns a cookie and when it expires, the zero time for a cookie
	// that ends with the browser's session.
	SealSession(values []SessionValue, now time.Time) (cookie string, expires time.Time, err error)

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

// A SessionValue is one value of a session, as JSON without blanks between its
// tokens.
type SessionValue struct{ Key, JSON string }

// openForeign reads a cookie in another framework's format.
func (s *Session) openForeign(value string, now time.Time) error {
	values, renew, err := s.format.OpenSession(value, now)
	if err != nil {
		return err
	}
	s.entries = s.few[:0]
	for _, v := range values {
		s.entries = append(s.entries, sessionEntry{v.Key, v.JSON})
	}
	if renew {
		s.state = sessionRefresh
	}
	return nil
}

// sealForeign writes one.
func (s *Session) sealForeign(now time.Time) (cookie string, expires time.Time, err error) {
	values := make([]SessionValue, len(s.entries))
	for i, e := range s.entries {
		values[i] = SessionValue{e.key, e.raw}
	}
	return s.format.SealSession(values, now)
}

// foreignString is text that another framework spells in a way of its own, empty
// if it is none.
func (s *Session) foreignString(raw string) (v string) {
	if s.format != nil && s.format.UnmarshalValue([]byte(raw), &v) != nil {
		return ""
	}
	return v
}
