package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

type person struct {
	id, password string
	may          []string
}

// people are users in memory.
type people map[string]*person

func (p people) load(_ context.Context, id string) (*person, error) {
	if u, ok := p[id]; ok {
		return u, nil
	}
	return nil, ErrNoUser
}

// logins are remembered logins in memory.
type logins map[string]Remember

func (l logins) Save(_ context.Context, r Remember) error { l[r.Selector] = r; return nil }
func (l logins) Find(_ context.Context, selector string) (Remember, error) {
	if r, ok := l[selector]; ok {
		return r, nil
	}
	return Remember{}, ErrNoUser
}
func (l logins) Delete(_ context.Context, selector string) error { delete(l, selector); return nil }
func (l logins) DeleteAll(_ context.Context, id string) error {
	for s, r := range l {
		if r.UserID == id {
			delete(l, s)
		}
	}
	return nil
}

// site is an app with users, and a clock that the test moves.
type site struct {
	app   *retort.App
	users people
	kept  logins
	m     *Manager[*person]
	t     time.Time
}

func newSite() *site {
	s := &site{users: people{"1": {id: "1", password: "right"}, "2": {id: "2", password: "right", may: []string{"edit"}}},
		kept: logins{}, t: time.Unix(1_700_000_000, 0)}
	s.app = retort.New(retort.Config{SecretKey: []byte("bP7x2mQ9tL4wZ8cV1nR6yH3kF5sD0gJa"), Logger: slog.New(slog.DiscardHandler)})
	s.m = New(s.app, Config[*person]{
		Load: s.users.load, LoginEndpoint: "login", Remembered: s.kept,
		Stamp:       func(u *person) string { return u.password },
		Permissions: func(u *person) []string { return u.may },
		now:         func() time.Time { return s.t },
	})
	say := func(text string) retort.Handler { return func(c *retort.Ctx) error { return c.Text(text) } }
	s.app.Get("/login", say("log in")).Named("login")
	s.app.Post("/login", func(c *retort.Ctx) error {
		name := c.Form("name")
		ok, err := s.m.Attempt(c, name, func() (string, error) {
			u, err := s.users.load(c.Context(), name)
			if err != nil || u.password != c.Form("password") {
				return "", err
			}
			return u.id, nil
		})
		if err != nil {
			return err
		}
		if !ok {
			return retort.Errorf(http.StatusUnauthorized, "Wrong name or password.")
		}
		if c.Form("remember") != "" {
			if err := s.m.Remember(c); err != nil {
				return err
			}
		}
		return c.Text("welcome")
	}).Named("log_in")
	s.app.Post("/logout", func(c *retort.Ctx) error { return errors.Join(s.m.Logout(c), c.Text("bye")) }).Named("logout")
	s.app.Get("/private", func(c *retort.Ctx) error { return c.Text("hello " + s.m.ID(c)) }).Named("private").With(s.m.Required)
	s.app.Get("/fresh", say("fresh")).Named("fresh").With(s.m.Fresh)
	s.app.Get("/edit", say("edit")).Named("edit").With(s.m.Permitted("edit"))
	return s
}

func (s *site) login(t *testing.T, id, password string, more ...string) (*retorttest.Client, *retorttest.Response) {
	t.Helper()
	client := retorttest.New(t, s.app)
	form := map[string][]string{"name": {id}, "password": {password}}
	for _, name := range more {
		form[name] = []string{"1"}
	}
	return client, client.Post("/login", form)
}

func TestLoginAndOut(t *testing.T) {
	s := newSite()
	stranger := retorttest.New(t, s.app)
	if r := stranger.Get("/private?a=1&b=2"); r.Status != 303 || r.Header.Get("Location") != "/login?next=%2Fprivate%3Fa%3D1%26b%3D2" {
		t.Errorf("a stranger: got %d to %q", r.Status, r.Header.Get("Location"))
	}
	client, r := s.login(t, "1", "right")
	if r.Body != "welcome" || client.Get("/private").Body != "hello 1" {
		t.Fatalf("logging in: got %d %q", r.Status, r.Body)
	}
	stolen := client.Cookies()
	client.Post("/logout", nil)
	for _, c := range stolen {
		c.Path = "/"
		client.SetCookie(c)
	}
	if r := client.Get("/private"); r.Status != 303 {
		t.Errorf("after logging out, with a copy of the cookie: got %d %q", r.Status, r.Body)
	}
}

func TestUserIsGoneOrChanged(t *testing.T) {
	for name, change := range map[string]func(*site){
		"deleted":          func(s *site) { delete(s.users, "1") },
		"another password": func(s *site) { s.users["1"].password = "new" },
	} {
		s := newSite()
		client, _ := s.login(t, "1", "right", "remember")
		change(s)
		if r := client.Get("/private"); r.Status != 303 {
			t.Errorf("%s: got %d %q, want to be asked to log in", name, r.Status, r.Body)
		}
	}
}

func TestFailuresAreLimited(t *testing.T) {
	s := newSite()
	for i := range 10 {
		if _, r := s.login(t, "1", "wrong"); r.Status != 401 {
			t.Fatalf("failure %d: got %d", i+1, r.Status)
		}
	}
	_, r := s.login(t, "1", "right")
	if r.Status != 429 || r.Header.Get("Retry-After") != "900" {
		t.Errorf("then the right password: got %d, Retry-After %q; want 429", r.Status, r.Header.Get("Retry-After"))
	}
	client := retorttest.New(t, s.app)
	client.Header.Set("X-Forwarded-For", "6.6.6.6") // does not make another address of it
	if r := client.Post("/login", map[string][]string{"name": {"2"}, "password": {"right"}}); r.Status != 429 {
		t.Errorf("another account from the same address: got %d, want 429", r.Status)
	}
	s.t = s.t.Add(16 * time.Minute)
	if _, r := s.login(t, "1", "right"); r.Status != 200 {
		t.Errorf("a quarter of an hour later: got %d", r.Status)
	}
}

// What could not be checked was no guess: after an outage nobody has to wait.
func TestOutagesAreNoFailures(t *testing.T) {
	s := newSite()
	outage := errors.New("connection refused")
	s.app.Post("/outage", func(c *retort.Ctx) error {
		_, err := s.m.Attempt(c, "1", func() (string, error) { return "", outage })
		return err
	}).Named("outage")
	client := retorttest.New(t, s.app)
	for i := range 20 {
		if r := client.Post("/outage", nil); r.Status != 500 {
			t.Fatalf("attempt %d: got %d, want 500", i+1, r.Status)
		}
	}
	if _, r := s.login(t, "1", "right"); r.Status != 200 {
		t.Errorf("after the outage: got %d, want 200", r.Status)
	}
}

// One address cannot lock others out of more accounts than it may fail at.
func TestFailuresLockFewAccounts(t *testing.T) {
	s := newSite()
	s.app.Config.TrustedProxies = []string{"0.0.0.0/1", "128.0.0.0/1", "::/1"}
	from := func(addr, name, password string) int {
		client := retorttest.New(t, s.app)
		client.Header.Set("X-Forwarded-For", addr)
		return client.Post("/login", map[string][]string{"name": {name}, "password": {password}}).Status
	}
	for i := range 10 {
		if got := from("6.6.6.6", "nobody", "guess"); got != 401 {
			t.Fatalf("failure %d: got %d", i+1, got)
		}
	}
	for range 10 {
		if got := from("6.6.6.6", "1", "guess"); got != 429 {
			t.Fatalf("beyond what the address may: got %d, want 429", got)
		}
	}
	if got := from("7.7.7.7", "1", "right"); got != 200 {
		t.Errorf("the account's owner elsewhere: got %d, want 200", got)
	}
}

// While users cannot be looked up nobody is taken for a stranger: what needs a
// user is a failure of the server, and what a browser is known by stays good.
func TestUsersCannotBeLoaded(t *testing.T) {
	s := newSite()
	client, _ := s.login(t, "1", "right", "remember")
	remembered := withCookie(t, s, cookieOf(client, "remember_token"))
	outage := errors.New("connection refused")
	s.m.cfg.Load = func(context.Context, string) (*person, error) { return nil, fmt.Errorf("load: %w", outage) }
	for name, c := range map[string]*retorttest.Client{"logged in": client, "remembered": remembered} {
		for _, path := range []string{"/private", "/fresh", "/edit"} {
			if r := c.Get(path); r.Status != 500 || r.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s, %s: got %d, Set-Cookie %q; want the failure's status and no cookie", name, path, r.Status, r.Header.Get("Set-Cookie"))
			}
		}
		if r := c.Get("/login"); r.Status != 200 {
			t.Errorf("%s: a page for everybody: got %d", name, r.Status)
		}
	}
	s.m.cfg.Load = s.users.load
	for name, c := range map[string]*retorttest.Client{"logged in": client, "remembered": remembered} {
		if r := c.Get("/private"); r.Body != "hello 1" {
			t.Errorf("%s, afterwards: got %d %q", name, r.Status, r.Body)
		}
	}
}

func TestPermissionsAndFreshness(t *testing.T) {
	s := newSite()
	one, _ := s.login(t, "1", "right")
	two, _ := s.login(t, "2", "right")
	if got := one.Get("/edit").Status; got != 403 {
		t.Errorf("without the permission: got %d, want 403", got)
	}
	if got := two.Get("/edit").Body; got != "edit" {
		t.Errorf("with it: got %q", got)
	}
	if got := one.Get("/fresh").Body; got != "fresh" {
		t.Errorf("just logged in: got %q", got)
	}
	s.t = s.t.Add(31 * time.Minute)
	if got := one.Get("/fresh").Status; got != 303 {
		t.Errorf("half an hour later: got %d, want to be asked again", got)
	}
	if got := one.Get("/private").Status; got != 200 {
		t.Errorf("what needs no fresh login: got %d", got)
	}
}

// A program that asks for JSON can do nothing with the page for logging in.
func TestProgramsGetStatus(t *testing.T) {
	client := retorttest.New(t, newSite().app)
	client.Header.Set("Accept", "application/json")
	if r := client.Get("/private"); r.Status != 401 || r.Header.Get("Location") != "" {
		t.Errorf("got %d to %q", r.Status, r.Header.Get("Location"))
	}
}

// A test need not go through the login form.
func TestLoginSession(t *testing.T) {
	s := newSite()
	client := retorttest.New(t, s.app)
	login := func(id string) (err error) {
		client.SessionTransaction(func(session *retort.Session) { err = s.m.LoginSession(t.Context(), session, id) })
		return err
	}
	if err := login("nobody"); !errors.Is(err, ErrNoUser) || client.Get("/private").Status != 303 {
		t.Errorf("somebody unknown: got %v", err)
	}
	if err := login("1"); err != nil || client.Get("/private").Body != "hello 1" || client.Get("/fresh").Body != "fresh" {
		t.Errorf("got %v, then %q", err, client.Get("/private").Body)
	}
}

func TestRemember(t *testing.T) {
	s := newSite()
	client, _ := s.login(t, "1", "right", "remember")
	token := cookieOf(client, "remember_token")
	if token == "" {
		t.Fatal("no cookie to be remembered by")
	}
	for _, r := range s.kept {
		if strings.Contains(token, string(r.Hash[:])) {
			t.Error("the store holds the verifier itself")
		}
	}
	// Two tabs of a new browser session, with the same cookie at the same moment.
	for range 2 {
		tab := withCookie(t, s, token)
		if got := tab.Get("/private").Body; got != "hello 1" {
			t.Errorf("remembered: got %q", got)
		}
		if got := tab.Get("/fresh").Status; got != 303 {
			t.Errorf("a remembered login counts as fresh: %d", got)
		}
	}
	// Later the old cookie can only be a stolen copy: all of the user's are ended.
	s.t = s.t.Add(2 * overlap)
	if got := withCookie(t, s, token).Get("/private").Status; got != 303 {
		t.Errorf("a cookie that was replaced: got %d", got)
	}
	if len(s.kept) != 0 {
		t.Errorf("after a theft %d logins are still remembered", len(s.kept))
	}
}

// Tabs that are looked up before any of them is given a new cookie all get the same
// one: whichever the browser keeps is good.
func TestRememberInTheSameMoment(t *testing.T) {
	s := newSite()
	client, _ := s.login(t, "1", "right", "remember")
	token := cookieOf(client, "remember_token")
	before := maps.Clone(s.kept)
	first := withCookie(t, s, token)
	first.Get("/private")
	clear(s.kept)
	maps.Copy(s.kept, before) // what the second has read by then
	second := withCookie(t, s, token)
	second.Get("/private")
	next := cookieOf(first, "remember_token")
	if next == token || next != cookieOf(second, "remember_token") {
		t.Fatalf("from %q: got %q and %q, want a new one, the same for both", token, next, cookieOf(second, "remember_token"))
	}
	s.t = s.t.Add(2 * overlap)
	if got := withCookie(t, s, next).Get("/private").Body; got != "hello 1" {
		t.Errorf("later: got %q", got)
	}
}

func TestLogoutForgets(t *testing.T) {
	s := newSite()
	client, _ := s.login(t, "1", "right", "remember")
	token := cookieOf(client, "remember_token")
	client.Post("/logout", nil)
	if cookieOf(client, "remember_token") != "" || len(s.kept) != 0 {
		t.Error("logging out left the browser remembered")
	}
	if got := withCookie(t, s, token).Get("/private").Status; got != 303 {
		t.Errorf("with a copy of the cookie: got %d", got)
	}
}

func cookieOf(client *retorttest.Client, name string) string {
	for _, c := range client.Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func withCookie(t *testing.T, s *site, token string) *retorttest.Client {
	t.Helper()
	client := retorttest.New(t, s.app)
	client.SetCookie(&http.Cookie{Name: "remember_token", Value: token, Path: "/"})
	return client
}
