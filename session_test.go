package retort

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// clock is a time that tests move by hand.
type clock struct{ t time.Time }

func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

// browser is a cookie jar of one cookie, so that a test can keep an old one.
type browser struct {
	app    *App
	cookie string
	last   *httptest.ResponseRecorder
}

func (b *browser) get(path string) string {
	r := httptest.NewRequest("GET", "http://localhost"+path, nil)
	if b.cookie != "" {
		r.Header.Set("Cookie", b.cookie)
	}
	b.last = httptest.NewRecorder()
	b.app.ServeHTTP(b.last, r)
	for _, c := range b.last.Result().Cookies() {
		b.cookie = c.Name + "=" + c.Value
		if c.MaxAge < 0 {
			b.cookie = ""
		}
	}
	return b.last.Body.String()
}

func (b *browser) set() bool { return len(b.last.Header().Values("Set-Cookie")) > 0 }

// sessionApp has a page for each thing one can do with a session.
func sessionApp(clk *clock, change func(*Config)) *App {
	cfg := Config{SecretKey: []byte("bP7x2mQ9tL4wZ8cV1nR6yH3kF5sD0gJa"), now: clk.now,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if change != nil {
		change(&cfg)
	}
	app := New(cfg)
	app.Get("/untouched", func(c *Ctx) error { return c.Text("-") }).Named("untouched")
	app.Get("/read", func(c *Ctx) error { return c.Text(c.Session().String("user")) }).Named("read")
	app.Get("/login/<user>", func(c *Ctx) error {
		c.Session().Renew()
		if err := c.Session().Set("user", c.Param("user")); err != nil {
			return err
		}
		return c.Text(c.Session().ID())
	}).Named("login")
	app.Get("/same", func(c *Ctx) error {
		return errors.Join(c.Session().Set("user", c.Session().String("user")), c.Text("-"))
	}).Named("same")
	app.Get("/logout", func(c *Ctx) error { c.Session().Clear(); return c.Text("-") }).Named("logout")
	app.Get("/big", func(c *Ctx) error {
		return errors.Join(c.Session().Set("big", strings.Repeat("x", 5000)), c.Text("-"))
	}).Named("big")
	return app
}

func start() *clock { return &clock{time.Unix(1_700_000_000, 0)} }

func TestSessionCookieOnlyWhenChanged(t *testing.T) {
	b := &browser{app: sessionApp(start(), nil)}
	for _, tt := range []struct {
		path          string
		cookie, noted bool // Set-Cookie; Vary and Cache-Control
	}{
		{"/untouched", false, false},
		{"/read", false, true},
		{"/login/alice", true, true},
		{"/untouched", false, false},
		{"/read", false, true},
		{"/same", false, true},
		{"/logout", true, true},
	} {
		b.get(tt.path)
		h := b.last.Header()
		if got := b.set(); got != tt.cookie {
			t.Errorf("%s: Set-Cookie %v, want %v", tt.path, got, tt.cookie)
		}
		if got := h.Get("Vary") == "Cookie" && h.Get("Cache-Control") == "no-store"; got != tt.noted {
			t.Errorf("%s: private %v, want %v", tt.path, got, tt.noted)
		}
	}
}

// A hook that runs last may still write the session, and what it adds to Vary
// stands beside what the handler said.
func TestSessionInAfterHook(t *testing.T) {
	app := sessionApp(start(), nil)
	app.After(func(c *Ctx, _ *Response) error { return c.Session().Set("user", "hook") })
	app.Get("/varies", func(c *Ctx) error {
		c.SetHeader("Vary", "Accept-Encoding, Cookie")
		return c.Text("-")
	}).Named("varies")
	b := &browser{app: app}
	if first, second := b.get("/read"), b.get("/read"); first != "" || second != "hook" {
		t.Errorf("got %q, then %q", first, second)
	}
	if b.get("/varies"); strings.Join(b.last.Header().Values("Vary"), " | ") != "Accept-Encoding, Cookie" {
		t.Errorf("Vary: %q", b.last.Header().Values("Vary"))
	}
}

func TestSessionSameSite(t *testing.T) {
	for mode, want := range map[http.SameSite]string{0: "Lax", http.SameSiteLaxMode: "Lax", http.SameSiteStrictMode: "Strict", http.SameSiteNoneMode: "None"} {
		b := &browser{app: sessionApp(start(), func(c *Config) { c.SessionCookieSameSite = mode })}
		if b.get("/login/alice"); !strings.HasSuffix(b.last.Header().Get("Set-Cookie"), "; SameSite="+want) {
			t.Errorf("%d: got %s, want %s", mode, b.last.Header().Get("Set-Cookie"), want)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	clk := start()
	b := &browser{app: sessionApp(clk, nil)}
	b.get("/login/alice")
	stolen := b.cookie
	if got := b.get("/read"); got != "alice" {
		t.Fatalf("logged in: got %q", got)
	}
	b.get("/logout")
	if b.cookie != "" {
		t.Errorf("the cookie was not removed: %q", b.cookie)
	}
	b.cookie = stolen
	if got := b.get("/read"); got != "" {
		t.Errorf("a copy of the cookie still works after logging out: %q", got)
	}
}

func TestSessionFixation(t *testing.T) {
	b := &browser{app: sessionApp(start(), nil)}
	b.get("/login/mallory")
	planted := b.cookie
	first := b.last.Body.String()
	if second := b.get("/login/alice"); second == first {
		t.Error("logging in kept the session's id")
	}
	b.cookie = planted
	if got := b.get("/read"); got != "" {
		t.Errorf("the cookie from before logging in is still good for %q", got)
	}
}

func TestSessionLifetimes(t *testing.T) {
	clk := start()
	b := &browser{app: sessionApp(clk, nil)}
	b.get("/login/alice")
	for range 11 { // used every hour, it lives to its twelfth
		clk.advance(time.Hour)
		if got := b.get("/read"); got != "alice" {
			t.Fatalf("in use: got %q", got)
		}
		if !b.set() {
			t.Fatal("the idle time was not renewed")
		}
	}
	clk.advance(61 * time.Minute)
	if got := b.get("/read"); got != "" {
		t.Errorf("after 12 hours: got %q, want an end", got)
	}
	b.get("/login/alice")
	clk.advance(121 * time.Minute)
	if got := b.get("/read"); got != "" {
		t.Errorf("after 2 idle hours: got %q, want an end", got)
	}
}

func TestSessionForgeries(t *testing.T) {
	b := &browser{app: sessionApp(start(), nil)}
	b.get("/login/alice")
	good := b.cookie
	other := &browser{app: sessionApp(start(), func(c *Config) { c.SecretKey = []byte("aJg0Ds5fK3Hy6Rn1Vc8Zw4Lt9Qm2x7Pb") })}
	other.get("/login/alice")
	for name, cookie := range map[string]string{
		"another key":    other.cookie,
		"one bit":        good[:len(good)-2] + "AA",
		"no signature":   good[:strings.LastIndexByte(good, '.')],
		"payload only":   good[:strings.IndexByte(good, '.')],
		"empty":          "session=",
		"dots":           "session=...",
		"too long":       "session=" + strings.Repeat("A", 5000),
		"flask's":        "session=eyJ1c2VyX2lkIjoxfQ.ZVPxAA.-iTHWki8YqEjY8B2FguGpvAGqyg",
		"wrong name":     "sess" + good[strings.IndexByte(good, '='):],
		"foreign prefix": "__Host-" + good,
	} {
		b.cookie = cookie
		if got := b.get("/read"); got != "" || b.last.Code != http.StatusOK {
			t.Errorf("%s: got %d %q, want an empty session", name, b.last.Code, got)
		}
	}
}

func TestSessionKeyRotation(t *testing.T) {
	clk := start()
	old := &browser{app: sessionApp(clk, nil)}
	old.get("/login/alice")
	newKey := []byte("aJg0Ds5fK3Hy6Rn1Vc8Zw4Lt9Qm2x7Pb")
	rotated := sessionApp(clk, func(c *Config) {
		c.SecretKeyFallbacks = [][]byte{c.SecretKey}
		c.SecretKey = newKey
	})
	b := &browser{app: rotated, cookie: old.cookie}
	if got := b.get("/read"); got != "alice" {
		t.Errorf("the old key's cookie: got %q, want alice", got)
	}
	b.get("/login/bob")
	onlyNew := &browser{app: sessionApp(clk, func(c *Config) { c.SecretKey = newKey }), cookie: b.cookie}
	if got := onlyNew.get("/read"); got != "bob" {
		t.Errorf("the new cookie is not signed with the new key: got %q", got)
	}
}

func TestSessionTooBig(t *testing.T) {
	b := &browser{app: sessionApp(start(), nil)}
	if b.get("/big"); b.last.Code != http.StatusInternalServerError || b.set() {
		t.Errorf("got %d, cookie %v; want 500 without one", b.last.Code, b.set())
	}
}

func TestSessionWithoutKey(t *testing.T) {
	b := &browser{app: sessionApp(start(), func(c *Config) { c.SecretKey = nil })}
	if got := b.get("/read"); got != "" || b.last.Code != 200 {
		t.Errorf("reading: got %d %q", b.last.Code, got)
	}
	if b.get("/login/alice"); b.last.Code != 500 {
		t.Errorf("writing: got %d, want 500", b.last.Code)
	}
}

type brokenRevocations struct{}

func (brokenRevocations) Revoke(context.Context, string, time.Time) error { return errors.New("down") }
func (brokenRevocations) Revoked(context.Context, string) (bool, error) {
	return false, errors.New("down")
}

// A store that is down must neither bring ended sessions back to life nor log
// anybody out, nor let somebody believe that he logged out.
func TestRevocationsFailClosed(t *testing.T) {
	clk := start()
	working := &browser{app: sessionApp(clk, nil)}
	working.get("/login/alice")
	broken := sessionApp(clk, func(c *Config) { c.Revocations = brokenRevocations{} })
	for _, path := range []string{"/read", "/login/bob", "/logout"} {
		b := &browser{app: broken, cookie: working.cookie}
		b.get(path)
		if b.last.Code != http.StatusServiceUnavailable || b.set() || b.last.Header().Get("Retry-After") == "" {
			t.Errorf("%s: got %d %v, want 503 with Retry-After and no cookie", path, b.last.Code, b.last.Header())
		}
		if strings.Contains(b.last.Body.String(), "down") {
			t.Errorf("%s: the page tells what is broken: %s", path, b.last.Body)
		}
	}
	for _, cookie := range []string{"", "session=forged"} {
		b := &browser{app: broken, cookie: cookie}
		if b.get("/read"); b.last.Code != http.StatusOK {
			t.Errorf("without a session: got %d, want 200", b.last.Code)
		}
	}
	b := &browser{app: broken, cookie: working.cookie}
	if b.get("/untouched"); b.last.Code != http.StatusOK {
		t.Errorf("a page that does not look at the session: got %d, want 200", b.last.Code)
	}
}

func TestSessionValues(t *testing.T) {
	type user struct{ Name string }
	s := &Session{}
	for key, v := range map[string]any{
		"text": "a \"quoted\" ü\n", "number": 42, "list": []int{1, 2}, "struct": user{"x"}, "null": nil, "key \"\\": true,
	} {
		if err := s.Set(key, v); err != nil {
			t.Fatal(err)
		}
	}
	read := &Session{}
	if err := read.parsePayload(string(s.appendPayload(nil, time.Unix(5, 0)))); err != nil {
		t.Fatal(err)
	}
	if read.ID() != s.ID() || read.Len() != 6 || !read.created.Equal(time.Unix(5, 0)) {
		t.Errorf("got id %q, %d values, created %v", read.ID(), read.Len(), read.created)
	}
	var u user
	if ok, err := read.Decode("struct", &u); !ok || err != nil || u.Name != "x" {
		t.Errorf("struct: got %+v, %v, %v", u, ok, err)
	}
	if got := read.String("text"); got != "a \"quoted\" ü\n" {
		t.Errorf("text: got %q", got)
	}
	if read.Int("number") != 42 || read.Get("key \"\\") != true || read.Get("null") != nil || !read.Has("null") {
		t.Error("some value did not survive")
	}
	if err := s.Set("bad", func() {}); err == nil {
		t.Error("a function was stored")
	}
}

func FuzzSessionPayload(f *testing.F) {
	s := &Session{}
	_ = s.Set("a", []any{1, "x", map[string]any{"y": nil}})
	f.Add(s.appendPayload(nil, time.Unix(5, 0)))
	f.Add([]byte(`{"a":"\"","_id":"x"}`))
	f.Add([]byte(`{"a":[}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var s Session
		if s.parsePayload(string(data)) == nil {
			for _, e := range s.entries {
				s.Get(e.key)
			}
		}
	})
}
