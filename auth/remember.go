package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/sign"
)

// Remembered keeps the logins that outlive a session. A browser holds a selector
// and a verifier; the store finds the row by the selector and holds only a hash
// of the verifier, so that a copy of the table logs nobody in.
type Remembered interface {
	// Save stores a login, in place of one with the same selector.
	Save(ctx context.Context, r Remember) error
	// Find returns the login with a selector, or ErrNoUser.
	Find(ctx context.Context, selector string) (Remember, error)
	// Delete removes the login with a selector, if there is one.
	Delete(ctx context.Context, selector string) error
	// DeleteAll removes all logins of a user.
	DeleteAll(ctx context.Context, userID string) error
}

// Remember is one remembered login.
type Remember struct {
	Selector string
	Hash     [32]byte // SHA-256 of the verifier
	Before   [32]byte // of the verifier before it, which is good for a moment more
	Changed  time.Time
	UserID   string
	Stamp    string // of the user, when it was made
	Expires  time.Time
}

// overlap is how long a verifier is good after it was replaced: a browser that
// opens five tabs at once sends the same one five times.
const overlap = time.Minute

func isNoUser(err error) bool { return errors.Is(err, ErrNoUser) }

// Remember keeps the login of the user who is asking beyond the session: the
// "keep me logged in" of a login form. The cookie is good once: each use brings
// a new one, so that a stolen copy that is used too shows.
func (m *Manager[U]) Remember(c *retort.Ctx) error {
	u, ok := m.User(c)
	if !ok || m.cfg.Remembered == nil {
		return nil
	}
	r := Remember{Selector: rand.Text(), UserID: m.ID(c), Expires: m.cfg.now().Add(m.cfg.RememberFor)}
	if m.cfg.Stamp != nil {
		r.Stamp = m.cfg.Stamp(u)
	}
	return m.issue(c, r)
}

// verifierSigner derives verifiers from the app's key. Without a good one the app
// does not start, but in development, where it makes one up for itself.
func verifierSigner(app *retort.App) *sign.Signer {
	keys, err := sign.NewKeyring(append([][]byte{app.Config.SecretKey}, app.Config.SecretKeyFallbacks...)...)
	if err != nil {
		keys, _ = sign.NewKeyring([]byte(sign.Generate())) // which is always good
	}
	return keys.Signer("remembered login")
}

// issue gives r a new verifier and the browser a cookie with it. What follows on a
// verifier is always the same, so that several tabs that bring the old one at the
// same moment are all given one that stays good. Nobody knows it beforehand who
// lacks the app's key.
func (m *Manager[U]) issue(c *retort.Ctx, r Remember) error {
	verifier := rand.Text()
	if r.Hash != [32]byte{} {
		verifier = base64.RawURLEncoding.EncodeToString(m.verifier.MAC(nil, []byte(r.Selector), r.Hash[:]))
	}
	r.Before, r.Hash, r.Changed = r.Hash, sha256.Sum256([]byte(verifier)), m.cfg.now()
	if err := m.cfg.Remembered.Save(c.Context(), r); err != nil {
		return err
	}
	c.SetCookie(http.Cookie{Name: m.cookie(c), Value: r.Selector + "." + verifier,
		MaxAge: int(r.Expires.Sub(m.cfg.now()).Seconds())})
	return nil
}

// cookie is the name under which a browser keeps its login.
func (m *Manager[U]) cookie(c *retort.Ctx) string {
	if c.SecureCookies() {
		return "__Host-remember_token"
	}
	return "remember_token"
}

// recall finds the user of a browser that is remembered. Such a login is not
// fresh.
func (m *Manager[U]) recall(c *retort.Ctx) (who current[U]) {
	if m.cfg.Remembered == nil {
		return who
	}
	selector, verifier, ok := strings.Cut(c.Cookie(m.cookie(c)), ".")
	if !ok || len(selector) > 64 || len(verifier) > 64 {
		return who
	}
	r, err := m.cfg.Remembered.Find(c.Context(), selector)
	if isNoUser(err) {
		return who
	}
	if err != nil {
		return current[U]{failure: err}
	}
	hash := sha256.Sum256([]byte(verifier))
	latest := subtle.ConstantTimeCompare(hash[:], r.Hash[:]) == 1
	if !latest && (subtle.ConstantTimeCompare(hash[:], r.Before[:]) != 1 || m.cfg.now().Sub(r.Changed) > overlap) {
		// The selector is right and the verifier is one from before: two browsers use
		// the same login, and one of them stole it.
		m.LoginFailed.Send(Event{Ctx: c, Account: r.UserID, Reason: usedTwice})
		m.logged(c, m.cfg.Remembered.DeleteAll(c.Context(), r.UserID))
		return who
	}
	u, err := m.cfg.Load(c.Context(), r.UserID)
	if err != nil && !isNoUser(err) {
		return current[U]{failure: err}
	}
	if err != nil || m.cfg.now().After(r.Expires) || m.cfg.Stamp != nil && m.cfg.Stamp(u) != r.Stamp {
		m.logged(c, m.cfg.Remembered.Delete(c.Context(), selector))
		return who
	}
	s := c.Session()
	s.Renew()
	if err := m.store(s, u, r.UserID, time.Time{}); err != nil {
		return current[U]{failure: err}
	}
	if latest {
		m.logged(c, m.issue(c, r))
	}
	return current[U]{user: u, id: r.UserID, known: true}
}

// forget ends the remembered login of this browser.
func (m *Manager[U]) forget(c *retort.Ctx) error {
	name := m.cookie(c)
	value := c.Cookie(name)
	if m.cfg.Remembered == nil || value == "" {
		return nil
	}
	selector, _, _ := strings.Cut(value, ".")
	c.SetCookie(http.Cookie{Name: name, MaxAge: -1})
	return m.cfg.Remembered.Delete(c.Context(), selector)
}

func (m *Manager[U]) logged(c *retort.Ctx, err error) {
	if err != nil {
		c.App.Config.Logger.Error("remembered login", "request", c.ID(), "error", err)
	}
}
