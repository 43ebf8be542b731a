package flask

import (
	"crypto/hmac"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/retort-go/retort"
)

// The session's keys that Flask-Login uses.
const (
	userIDKey  = "_user_id"
	freshKey   = "_fresh"
	loginIDKey = "_id"
)

// A Login reads and writes what Flask-Login keeps in a shared session, so that who
// logs in on one server is logged in on the other. It knows ids, not users. When
// the last view has moved, package auth takes its place.
type Login struct {
	// RememberKey is Flask's SECRET_KEY if the remember cookie is to be read; nil
	// means it is not. That cookie is good for as long as the key is, for whoever
	// has a copy of it, and Flask-Login knows no fallback keys for it.
	RememberKey []byte

	// InsecureRemember lets Recall log in who brings a remember cookie. Without it
	// only Flask does.
	InsecureRemember bool

	// RememberCookie is REMEMBER_COOKIE_NAME; empty means "remember_token".
	RememberCookie string

	// Version07 says that the old application has Flask-Login 0.7, which makes the
	// session's identifier in another way.
	Version07 bool
}

// UserID returns the id of the user who is logged in, on whichever server, or "".
func (l Login) UserID(c *retort.Ctx) string { return c.Session().String(userIDKey) }

// Fresh reports whether the user typed a password for this session, rather than
// being remembered.
func (l Login) Fresh(c *retort.Ctx) bool {
	var fresh bool
	ok, err := c.Session().Decode(freshKey, &fresh)
	return ok && err == nil && fresh
}

// LogIn makes the user with the given id the session's, as login_user does. The
// session's CSRF secret is made anew; what else is in it stays, as in Flask.
func (l Login) LogIn(c *retort.Ctx, id string) error {
	s := c.Session()
	s.Renew()
	return errors.Join(s.Set(userIDKey, id), s.Set(freshKey, true), s.Set(loginIDKey, l.identifier(c)))
}

// LogOut ends the login on both servers, the remember cookie included. A copy of
// the session's cookie that somebody has made stays good: Flask has no memory of
// sessions. Everything in the session goes, also what Flask's logout_user would
// leave for the next user of the browser to find.
func (l Login) LogOut(c *retort.Ctx) {
	c.Session().Clear()
	if c.Cookie(l.cookieName()) != "" {
		c.SetCookie(http.Cookie{Name: l.cookieName(), MaxAge: -1})
	}
}

// Recall logs in the user whom the remember cookie names, if nobody is logged in,
// and returns the id, or "". As in Flask-Login such a login is not fresh.
func (l Login) Recall(c *retort.Ctx) (string, error) {
	if id := l.UserID(c); id != "" || !l.InsecureRemember || len(l.RememberKey) == 0 {
		return id, nil
	}
	id, err := OpenRemember(l.RememberKey, c.Cookie(l.cookieName()))
	if err != nil {
		return "", nil //nolint:nilerr // a cookie that is none, or forged, is nobody's
	}
	s := c.Session()
	return id, errors.Join(s.Set(userIDKey, id), s.Set(freshKey, false))
}

// Remember gives the browser Flask-Login's remember cookie for a user, good for
// the given time in that browser and for ever elsewhere. It is for the time when
// Flask still serves the pages that read it.
func (l Login) Remember(c *retort.Ctx, id string, lifetime time.Duration) error {
	value, err := SealRemember(l.RememberKey, id)
	if err != nil {
		return err
	}
	c.SetCookie(http.Cookie{Name: l.cookieName(), Value: value, MaxAge: int(lifetime.Seconds())})
	return nil
}

func (l Login) cookieName() string {
	if l.RememberCookie == "" {
		return "remember_token"
	}
	return l.RememberCookie
}

// identifier is the session's: of the address and browser as Flask will see them
// behind [Beside].
func (l Login) identifier(c *retort.Ctx) string {
	addr, agent := c.ClientIP().String(), c.Request.Header["User-Agent"]
	if l.Version07 {
		return LoginID07(addr, strings.Join(agent, ","))
	}
	if agent == nil {
		return LoginID(addr, nil)
	}
	joined := strings.Join(agent, ",")
	return LoginID(addr, &joined)
}

// LoginID is the session identifier of Flask-Login 0.6 and before: for the client's
// address, which is the first of X-Forwarded-For if there is one, and the
// User-Agent header, nil if there is none.
func LoginID(addr string, userAgent *string) string {
	agent := "None"
	if userAgent != nil {
		agent = bytesRepr(fromLatin1(*userAgent))
	}
	sum := sha512.Sum512([]byte(bytesRepr(addr) + "|" + agent))
	return hex.EncodeToString(sum[:])
}

// LoginID07 is the same for Flask-Login 0.7.
func LoginID07(addr, userAgent string) string {
	sum := sha512.Sum512([]byte(addr + "|" + fromLatin1(userAgent)))
	return hex.EncodeToString(sum[:])
}

// fromLatin1 is a header as WSGI decodes it.
func fromLatin1(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// bytesRepr is Python's repr of s as bytes.
func bytesRepr(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b := []byte{'b', quote}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote || c == '\\':
			b = append(b, '\\', c)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c < ' ' || c >= 0x7f:
			b = fmt.Appendf(b, `\x%02x`, c)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, quote))
}

// SealRemember is the value of Flask-Login's remember cookie.
func SealRemember(key []byte, id string) (string, error) {
	mac, err := rememberMAC(key, id)
	return id + "|" + mac, err
}

// OpenRemember returns the user's id that a remember cookie holds, or an error if
// key did not sign it.
func OpenRemember(key []byte, cookie string) (string, error) {
	i := strings.LastIndexByte(cookie, '|')
	if i < 0 {
		return "", ErrMalformed
	}
	id, sent := cookie[:i], cookie[i+1:]
	mac, err := rememberMAC(key, id)
	if err != nil {
		return "", err
	}
	if subtle.ConstantTimeCompare([]byte(mac), []byte(sent)) != 1 {
		return "", ErrSignature
	}
	return id, nil
}

// rememberMAC takes a key that is text as Latin-1, which Flask-Login alone does.
func rememberMAC(key []byte, id string) (string, error) {
	if len(key) == 0 {
		return "", errors.New("flask: the remember cookie needs a secret key")
	}
	if utf8.Valid(key) {
		var latin1 []byte
		for _, r := range string(key) {
			if r > 0xff {
				return "", fmt.Errorf("flask: Flask-Login cannot sign with a key that holds %q", r)
			}
			latin1 = append(latin1, byte(r))
		}
		key = latin1
	}
	mac := hmac.New(sha512.New, key)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil)), nil
}
