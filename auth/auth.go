// Package auth knows who is asking: logging in and out, the current user, who
// may do what, and being remembered by a browser. It is Flask-Login for Retort,
// with the parts that applications forget made the default: the session gets a
// new id at login, logging out ends it on the server, a changed password ends
// all sessions, and guessing passwords is slowed down.
//
// It is a package of its own because an app without users needs none of it, and
// it keeps nothing itself: users and remembered logins live in the app's own
// database, behind two small functions and one interface.
package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/limit"
	"github.com/retort-go/retort/sign"
)

// ErrNoUser is what [Config.Load] returns for a user who is no more.
var ErrNoUser = errors.New("there is no such user")

// Config says where users come from. Load is required.
type Config[U any] struct {
	// Load returns the user with an id, or an error that wraps ErrNoUser, also for
	// one who may no longer log in: the session is then nobody's.
	Load func(ctx context.Context, id string) (U, error)

	// Stamp changes when all of a user's sessions should end, as with his password:
	// a few bytes of the password's hash do. Nil means never.
	Stamp func(U) string

	// Permissions lists what a user may do; see [Manager.Permitted].
	Permissions func(U) []string

	// LoginEndpoint is where a browser is sent whose user has to log in, with the page
	// he wanted as next; empty means a plain 401, which programs always get.
	LoginEndpoint string

	// FreshFor is how long after a login things may be done that need a fresh one;
	// 0 means 30 minutes.
	FreshFor time.Duration

	// Remembered keeps logins beyond the session; nil means none are kept.
	Remembered Remembered

	// RememberFor is how long a browser is remembered; 0 means 30 days.
	RememberFor time.Duration

	// Failures limits how often one account and one address may fail to log in; nil
	// means 10 times in 15 minutes, counted in memory.
	Failures *limit.Limiter

	now func() time.Time
}

// A Manager knows the users of an app, of type U.
type Manager[U any] struct {
	cfg      Config[U]
	user     *retort.Key[current[U]]
	verifier *sign.Signer // of what follows on a remembered login's verifier

	LoggedIn     retort.Signal[Event]
	LoggedOut    retort.Signal[Event]
	LoginFailed  retort.Signal[Event]
	Unauthorized retort.Signal[*retort.Ctx]
}

// An Event is a login or logout. The manager logs each by itself.
type Event struct {
	Ctx     *retort.Ctx
	Account string // the user's id, or the name that was tried
	Reason  string // why a login failed, for the log
}

// Reasons why a login failed.
const (
	tooMany   = "too many failures"
	wrong     = "wrong name or password"
	usedTwice = "a remembered login was used twice"
)

// current is what a request knows of its user, looked up once.
type current[U any] struct {
	user    U
	id      string
	known   bool
	failure error // why he could not be looked up
}

// Names of values in the session, as Flask-Login has them where it has them.
const (
	userKey  = "_user_id"
	freshKey = "_fresh"
	stampKey = "_stamp"
)

// New returns a manager, and makes current_user known in the templates of app.
func New[U any](app *retort.App, cfg Config[U]) *Manager[U] {
	if cfg.Load == nil {
		panic("auth: New: Config.Load is not set; it finds a user by the id that Login was given")
	}
	if cfg.FreshFor == 0 {
		cfg.FreshFor = 30 * time.Minute
	}
	if cfg.RememberFor == 0 {
		cfg.RememberFor = 30 * 24 * time.Hour
	}
	if cfg.now == nil {
		cfg.now = time.Now
	}
	if cfg.Failures == nil {
		cfg.Failures = defaultFailures(cfg.now)
	}
	m := &Manager[U]{cfg: cfg, user: retort.NewKey[current[U]]("user"), verifier: verifierSigner(app)}
	m.audit()
	app.ContextProcessor(func(c *retort.Ctx, vars retort.Map) error {
		if u, ok := m.User(c); ok {
			vars["current_user"] = u
		} else {
			vars["current_user"] = nil
		}
		return nil
	})
	return m
}

// Login makes the user with the given id the session's. The session gets a new
// id, so that one planted beforehand is worth nothing.
func (m *Manager[U]) Login(c *retort.Ctx, id string) error {
	u, err := m.cfg.Load(c.Context(), id)
	if err != nil {
		return fmt.Errorf("log in %q: %w", id, err)
	}
	s := c.Session()
	s.Renew()
	if err := m.store(s, u, id, m.cfg.now()); err != nil {
		return fmt.Errorf("log in %q: %w", id, err)
	}
	m.user.Set(c, current[U]{user: u, id: id, known: true})
	m.LoggedIn.Send(Event{Ctx: c, Account: id})
	return nil
}

// LoginSession makes the user with the given id the session's, without a request:
// for a test that begins with somebody logged in.
//
//	client.SessionTransaction(func(s *retort.Session) { err = users.LoginSession(t.Context(), s, "1") })
func (m *Manager[U]) LoginSession(ctx context.Context, s *retort.Session, id string) error {
	u, err := m.cfg.Load(ctx, id)
	if err == nil {
		err = m.store(s, u, id, m.cfg.now())
	}
	if err != nil {
		return fmt.Errorf("log in %q: %w", id, err)
	}
	return nil
}

// store writes the login into the session; a zero fresh time is a login that a
// browser was remembered by.
func (m *Manager[U]) store(s *retort.Session, u U, id string, fresh time.Time) error {
	var at int64
	if !fresh.IsZero() {
		at = fresh.Unix()
	}
	stamp := ""
	if m.cfg.Stamp != nil {
		stamp = m.cfg.Stamp(u)
	}
	return errors.Join(s.Set(userKey, id), s.Set(freshKey, at), s.Set(stampKey, stamp))
}

// Logout ends the session and forgets the browser: all that was known of this
// visitor is gone, also from copies of his cookies.
func (m *Manager[U]) Logout(c *retort.Ctx) error {
	id := m.ID(c)
	if err := m.forget(c); err != nil {
		return err
	}
	c.Session().Clear()
	m.user.Set(c, current[U]{})
	m.LoggedOut.Send(Event{Ctx: c, Account: id})
	return nil
}

// User returns the user who is asking. Whoever cannot be looked up is nobody: an
// outage opens no doors. What [Manager.Require] guards fails then.
func (m *Manager[U]) User(c *retort.Ctx) (U, bool) {
	who := m.current(c)
	return who.user, who.known
}

func (m *Manager[U]) current(c *retort.Ctx) current[U] {
	who, ok := m.user.Lookup(c)
	if !ok {
		if who = m.find(c); who.failure != nil {
			c.App.Config.Logger.Error("cannot look up the user", "request", c.ID(), "error", who.failure)
		}
		m.user.Set(c, who)
	}
	return who
}

// ID returns the id of the user who is asking, empty if nobody is logged in.
func (m *Manager[U]) ID(c *retort.Ctx) string { return m.current(c).id }

// find looks in the session, then for a browser that is remembered.
func (m *Manager[U]) find(c *retort.Ctx) (who current[U]) {
	s := c.Session()
	if id := s.String(userKey); id != "" {
		u, err := m.cfg.Load(c.Context(), id)
		switch {
		case errors.Is(err, ErrNoUser):
			s.Clear()
			return who
		case err != nil:
			return current[U]{failure: err}
		case m.cfg.Stamp != nil && m.cfg.Stamp(u) != s.String(stampKey):
			s.Clear() // his password was changed elsewhere
			return who
		}
		return current[U]{user: u, id: id, known: true}
	}
	return m.recall(c)
}

// Required lets a handler answer logged-in users only. Use it with
// [retort.Route.With], which keeps the endpoint's name; [Manager.Require] guards
// a whole blueprint.
//
//	app.Get("/account", account).With(users.Required)
func (m *Manager[U]) Required(h retort.Handler) retort.Handler {
	return func(c *retort.Ctx) error {
		if err := m.Require(c); err != nil || c.Response != nil {
			return err
		}
		return h(c)
	}
}

// Require is a Before hook that lets logged-in users through:
//
//	admin.Before(users.Require)
func (m *Manager[U]) Require(c *retort.Ctx) error {
	switch who := m.current(c); {
	case who.failure != nil: // to log in again would not help
		return fmt.Errorf("look up the user: %w", who.failure)
	case who.known:
		return nil
	}
	return m.askToLogin(c)
}

// Fresh lets a handler answer those only who logged in a short while ago: for
// changing a password, for what cannot be undone.
func (m *Manager[U]) Fresh(h retort.Handler) retort.Handler {
	return m.Required(func(c *retort.Ctx) error {
		var at int64
		if _, err := c.Session().Decode(freshKey, &at); err != nil || m.cfg.now().Sub(time.Unix(at, 0)) > m.cfg.FreshFor {
			return m.askToLogin(c)
		}
		return h(c)
	})
}

// Permitted lets a handler answer those only who have a permission, others get
// 403.
func (m *Manager[U]) Permitted(permission string) func(retort.Handler) retort.Handler {
	return func(h retort.Handler) retort.Handler {
		return m.Required(func(c *retort.Ctx) error {
			if !m.May(c, permission) {
				return retort.Errorf(http.StatusForbidden, "").Because(fmt.Errorf("user %s lacks the permission %q", m.ID(c), permission))
			}
			return h(c)
		})
	}
}

// May reports whether the user who is asking has a permission.
func (m *Manager[U]) May(c *retort.Ctx, permission string) bool {
	u, ok := m.User(c)
	return ok && m.cfg.Permissions != nil && slices.Contains(m.cfg.Permissions(u), permission)
}

// askToLogin sends a browser to the login page, and tells a program 401.
func (m *Manager[U]) askToLogin(c *retort.Ctx) error {
	m.Unauthorized.Send(c)
	if m.cfg.LoginEndpoint == "" || c.WantsJSON() {
		return retort.Errorf(http.StatusUnauthorized, "")
	}
	login, err := c.URL(m.cfg.LoginEndpoint)
	if err != nil {
		return err
	}
	if r := c.Request; r.Method == http.MethodGet {
		login += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	return c.RedirectTo(login)
}
