package flask_test

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/flask"
	"github.com/retort-go/retort/flask/flasktest"
	"github.com/retort-go/retort/retorttest"
)

func TestMemorySessionStore(t *testing.T) {
	flasktest.Run(t, func(*testing.T) flasktest.Clock {
		now := then
		return flasktest.Clock{Store: &flasktest.Memory{Now: func() time.Time { return now }}, Advance: func(d time.Duration) { now = now.Add(d) }}
	})
}

func storedSessions(t testing.TB, store flask.SessionStore, change func(*flask.StoredConfig)) *flask.StoredSessions {
	t.Helper()
	cfg := flask.StoredConfig{SessionConfig: flask.SessionConfig{SecretKey: []byte(sharedKey)}, Store: store}
	if change != nil {
		change(&cfg)
	}
	s, err := flask.NewStoredSessions(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// storedApp has a page for each thing one can do with a session.
func storedApp(s *flask.StoredSessions, log *logBuffer) *retort.App {
	app := retort.New(retort.Config{SecretKey: []byte(sharedKey), InsecureSHA1Sessions: s, Logger: slog.New(slog.NewTextHandler(log, nil))})
	app.Get("/plain", func(c *retort.Ctx) error { return c.Text("-") }).Named("plain")
	app.Get("/read", func(c *retort.Ctx) error { return c.Text(users.UserID(c) + "!" + c.Session().ID()) }).Named("read")
	app.Get("/set/<value>", func(c *retort.Ctx) error {
		return errors.Join(c.Session().Set("v", c.Param("value")), c.Text("-"))
	}).Named("set")
	app.Get("/pop", func(c *retort.Ctx) error { c.Session().Delete("v"); return c.Text("-") }).Named("pop")
	app.Post("/login", func(c *retort.Ctx) error {
		return errors.Join(users.LogIn(c, c.Form("name")), c.Flash("Hello"), c.Text("-"))
	}).Named("login")
	app.Get("/token", func(c *retort.Ctx) error {
		token, err := c.CSRFToken()
		return errors.Join(err, c.Text(token))
	}).Named("token")
	app.Post("/logout", func(c *retort.Ctx) error { users.LogOut(c); return c.Text("-") }).Named("logout")
	return app
}

// sendForm sends a form with the token of a page.
func sendForm(c *retorttest.Client, path, name string) *retorttest.Response {
	return c.Post(path, url.Values{"csrf_token": {c.Get("/token").Body}, "name": {name}})
}

// cookieOf is the session cookie's value that the client holds.
func cookieOf(c *retorttest.Client) string {
	for _, cookie := range c.Cookies() {
		if cookie.Name == "session" {
			return cookie.Value
		}
	}
	return ""
}

func TestStoredSessions(t *testing.T) {
	now := time.Now() // a cookie's Expires is held against the browser's clock
	store := &flasktest.Memory{Now: func() time.Time { return now }}
	stored := func(cookie string) values {
		id, _, _ := strings.Cut(cookie, ".")
		data, _, err := store.LoadSession(t.Context(), "session:"+id, 1<<20)
		if err != nil || data == nil {
			return nil
		}
		v, err := flask.UnmarshalStored(data)
		if err != nil {
			t.Error(err)
		}
		return v
	}
	for _, signed := range []bool{false, true} {
		app := storedApp(storedSessions(t, store, func(c *flask.StoredConfig) { c.UseSigner = signed }), &logBuffer{})
		c := retorttest.New(t, app)

		// Nothing is stored for a visitor who leaves nothing.
		if c.Get("/read"); cookieOf(c) != "" {
			t.Errorf("looking sets the cookie %q", cookieOf(c))
		}
		c.Get("/set/x")
		first := cookieOf(c)
		if got, want := stored(first), (values{"v": "x", "_permanent": true}); !reflect.DeepEqual(got, want) || strings.Contains(first, ".") != signed {
			t.Fatalf("under %q is stored %v, want %v", first, got, want)
		}
		if got := c.Get("/set/x").Header.Get("Set-Cookie"); got != "" {
			t.Errorf("what has not changed sets %q", got)
		}

		// A login has a new id, and the one from before is worth nothing.
		if r := sendForm(c, "/login", "ada"); r.Status != 200 {
			t.Fatalf("login: %d", r.Status)
		}
		second := cookieOf(c)
		if second == first || stored(first) != nil || stored(second)["_user_id"] != "ada" || stored(second)["v"] != "x" {
			t.Errorf("after the login: cookie %q, before %q: %v, now %v", second, first, stored(first), stored(second))
		}
		if got := c.Get("/read").Body; got != "ada!" {
			t.Errorf("read %q, want ada and no id: that is the key to the session", got)
		}

		// A logout ends it on the server: a copy of the cookie is worth nothing.
		sendForm(c, "/logout", "")
		if got := cookieOf(c); got != "" || stored(second) != nil {
			t.Errorf("after the logout: cookie %q, stored %v", got, stored(second))
		}
		c.SetCookie(&http.Cookie{Name: "session", Value: second})
		if got := c.Get("/read").Body; got != "!" {
			t.Errorf("a copy of the cookie still works: %q", got)
		}

		// An id that nobody gave out is not taken over.
		for _, planted := range []string{strings.Repeat("p", 43), first, second + "x", "a b", ""} {
			c.SetCookie(&http.Cookie{Name: "session", Value: planted})
			c.Get("/set/y")
			if got := cookieOf(c); got == planted || stored(planted) != nil || stored(got)["v"] != "y" {
				t.Errorf("the planted id %q was taken over: %q", planted, got)
			}
		}

		// The last value gone, so is the session.
		last := cookieOf(c)
		c.Get("/pop")
		if got := cookieOf(c); got != "" || stored(last) != nil {
			t.Errorf("emptied: cookie %q, stored %v", got, stored(last))
		}
	}
}

// A session in use does not end; one that is not, does.
func TestStoredSessionAge(t *testing.T) {
	now := time.Now()
	store := &flasktest.Memory{Now: func() time.Time { return now }}
	c := retorttest.New(t, storedApp(storedSessions(t, store, func(c *flask.StoredConfig) { c.Lifetime = 80 * time.Hour }), &logBuffer{}))
	c.Get("/set/x")
	cookie := cookieOf(c)
	for _, tt := range []struct {
		after   time.Duration
		touched bool
	}{{9 * time.Hour, false}, {2 * time.Hour, true}, {9 * time.Hour, false}, {2 * time.Hour, true}, {79 * time.Hour, true}, {81 * time.Hour, false}} {
		now = now.Add(tt.after)
		r := c.Get("/read")
		if got := r.Header.Get("Set-Cookie"); strings.HasPrefix(got, "session="+cookie+"; Expires=") != tt.touched {
			t.Errorf("after %v: Set-Cookie is %q, want the same again: %t", tt.after, got, tt.touched)
		}
	}
	if data, _, _ := store.LoadSession(t.Context(), "session:"+cookie, 1<<20); data != nil {
		t.Errorf("after 81 idle hours of 80 there is %q", data)
	}
}

// brokenStore works until it is told not to.
type brokenStore struct {
	flasktest.Memory
	down bool
}

var errDown = errors.New("dial tcp 192.0.2.7:6379: connection refused")

func (b *brokenStore) LoadSession(ctx context.Context, key string, limit int) ([]byte, time.Duration, error) {
	if b.down {
		return nil, 0, errDown
	}
	return b.Memory.LoadSession(ctx, key, limit)
}

func (b *brokenStore) CreateSession(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if b.down {
		return errDown
	}
	return b.Memory.CreateSession(ctx, key, value, ttl)
}

// A store that is gone: pages that need the session are a 503 without details, all
// others go on, nobody is logged out by it, and it ends by itself.
func TestStoredSessionsFailClosed(t *testing.T) {
	store := &brokenStore{Memory: flasktest.Memory{Now: time.Now}}
	var log logBuffer
	c := retorttest.New(t, storedApp(storedSessions(t, store, nil), &log))
	c.Get("/read")
	sendForm(c, "/login", "ada")
	cookie := cookieOf(c)
	token := c.Get("/token").Body
	store.down = true
	for _, path := range []string{"/read", "/set/x", "/pop", "/login", "/logout"} {
		r := c.Get(path)
		if path == "/login" || path == "/logout" {
			r = c.Post(path, url.Values{"csrf_token": {token}, "name": {"eve"}})
		}
		if r.Status != 503 || r.Header.Get("Retry-After") == "" || r.Header.Get("Set-Cookie") != "" || strings.Contains(r.Body, "192.0.2.7") {
			t.Errorf("%s: got %d %v %s", path, r.Status, r.Header, r.Body)
		}
	}
	if r := c.Get("/plain"); r.Status != 200 {
		t.Errorf("a page without a session: got %d", r.Status)
	}
	stranger := retorttest.New(t, c.App)
	if r := stranger.Get("/read"); r.Status != 200 || r.Body != "!" {
		t.Errorf("a visitor without a cookie: got %d %q", r.Status, r.Body)
	}
	if r := stranger.Get("/set/x"); r.Status != 503 || cookieOf(stranger) != "" {
		t.Errorf("a new session: got %d, cookie %q, want a 503 and none", r.Status, cookieOf(stranger))
	}
	if !strings.Contains(log.String(), "192.0.2.7") {
		t.Errorf("the log does not say what is down:\n%s", &log)
	}
	store.down = false
	if r := c.Get("/read"); r.Body != "ada!" || cookieOf(c) != cookie {
		t.Errorf("afterwards: got %q with the cookie %q, want ada with %q", r.Body, cookieOf(c), cookie)
	}
}

// What is stored and cannot be read is nobody's session, and the log says why.
func TestStoredSessionsUnreadable(t *testing.T) {
	for data, want := range map[string]string{
		"\x80\x04\x95>\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\n_permanent\x94\x88u.": "SESSION_SERIALIZATION_FORMAT",
		"\x01":              "neither in msgpack nor in JSON",
		"\x81\xa1a":         "neither in msgpack nor in JSON",
		"\x81\xa1a\x01\x01": "neither in msgpack nor in JSON",
		"\xde\xff\xff":      "neither in msgpack nor in JSON",
		"\x81\xc0\x01":      "neither in msgpack nor in JSON",
		`{"a":`:             "payload cannot be read",
		"\x81\xa1a" + strings.Repeat("\x91", 500): "neither in msgpack nor in JSON",
		strings.Repeat("\xc0", 2<<20):             "longer than",
	} {
		store := &flasktest.Memory{Now: time.Now}
		id := strings.Repeat("s", 43)
		if err := store.CreateSession(t.Context(), "session:"+id, []byte(data), time.Hour); err != nil {
			t.Fatal(err)
		}
		var log logBuffer
		c := retorttest.New(t, storedApp(storedSessions(t, store, nil), &log))
		c.SetCookie(&http.Cookie{Name: "session", Value: id})
		if r := c.Get("/read"); r.Status != 200 || r.Body != "!" || !strings.Contains(log.String(), want) {
			t.Errorf("%.20q: got %d %q, the log has\n%s\nwant %q", data, r.Status, r.Body, &log, want)
		}
	}
}

// A page that takes long and ends after its visitor has logged out in another window
// neither brings the session back nor takes a newer cookie away.
func TestStoredSessionEndedMeanwhile(t *testing.T) {
	store := &flasktest.Memory{Now: time.Now}
	app := storedApp(storedSessions(t, store, nil), &logBuffer{})
	var other *retorttest.Client
	app.Get("/slow", func(c *retort.Ctx) error {
		err := c.Session().Set("v", "slow")
		sendForm(other, "/logout", "")
		return errors.Join(err, c.Text("-"))
	}).Named("slow")
	c := retorttest.New(t, app)
	other = retorttest.New(t, app)
	sendForm(c, "/login", "ada")
	other.SetCookie(&http.Cookie{Name: "session", Value: cookieOf(c)})
	if r := c.Get("/slow"); r.Status != 200 || r.Header.Get("Set-Cookie") != "" {
		t.Errorf("got %d and the cookie %q, want 200 and none", r.Status, r.Header.Get("Set-Cookie"))
	}
	if got := c.Get("/read").Body; got != "!" {
		t.Errorf("the session came back: %q", got)
	}
}

// What an app does not touch goes back byte for byte.
func TestStoredSessionsKeep(t *testing.T) {
	for _, tt := range []struct {
		data   string // hexadecimal, unless it is JSON
		format flask.StoredFormat
	}{
		{"83aa5f7065726d616e656e74c3a7757365725f696401a85f666c61736865739192a76d657373616765a26869", flask.Msgpack},
		{"87a16ec0a166cb3ff8000000000000a169ffa3626967cf0000010000000000a162c40100a16c9201a2c3a9a16d81a16ba176", flask.Msgpack},
		{"81a164d7ff000003e865937d25", flask.Msgpack}, // a time with microseconds
		{"81a16d8201a16102a162", flask.Msgpack},       // numbers as keys
		{"81a175cfffffffffffffffff", flask.Msgpack},   // a number beyond int64
		{"81a166ca3fc00000", flask.Msgpack},           // a float of 32 bits
		{`{"_permanent":true,"b":1e400,"n":{"x":[1.0,NaN]},"s":"é\u00e9"}`, flask.JSON},
	} {
		data := []byte(tt.data)
		if data[0] != '{' {
			var err error
			if data, err = hex.DecodeString(tt.data); err != nil {
				t.Fatal(err)
			}
		}
		store := &flasktest.Memory{Now: time.Now}
		s := storedSessions(t, store, func(c *flask.StoredConfig) { c.SerializationFormat = tt.format })
		id := flask.NewStoredID()
		if err := store.CreateSession(t.Context(), "session:"+id, data, time.Hour); err != nil {
			t.Fatal(err)
		}
		held, err := s.OpenSession(t.Context(), id, then)
		if err != nil {
			t.Errorf("%s: %v", tt.data, err)
			continue
		}
		held.Renew = false
		if cookie, _, err := s.SealSession(t.Context(), held, then); err != nil || cookie != id {
			t.Errorf("%s: SealSession = %q, %v", tt.data, cookie, err)
		}
		got, _, _ := store.LoadSession(t.Context(), "session:"+id, 1<<20)
		if string(got) != string(data) {
			t.Errorf("%s came back as %x %q", tt.data, got, got)
		}
	}
}

// Values of every type, through the store and back, in both formats; and each format
// is read where the other is written.
func TestStoredSessionValues(t *testing.T) {
	for _, tt := range []struct {
		in  any
		out any // a pointer to what it is read into
	}{
		{"é \x01", new(string)},
		{42, new(int)},
		{true, new(bool)},
		{nil, new(any)},
		{1.5, new(float64)},
		{[]byte("\x00\xff"), new([]byte)},
		{day.Add(123456789), new(time.Time)},
		{[]string{"a", "b"}, new([]string)},
		{[]any{int64(1), "x"}, new([]any)},
		{map[string]int{"a": 1}, new(map[string]int)},
		{[]retort.Flash{{Category: "message", Message: "Hello"}}, new([]retort.Flash)},
		{struct{ At time.Time }{day}, new(struct{ At time.Time })},
		{uuid, new(flask.UUID)},
		{strings.Repeat("x", 300), new(string)},
	} {
		for _, written := range []flask.StoredFormat{flask.Msgpack, flask.JSON} {
			for _, read := range []flask.StoredFormat{flask.Msgpack, flask.JSON} {
				store := &flasktest.Memory{Now: time.Now}
				use := func(f flask.StoredFormat) *flask.StoredSessions {
					return storedSessions(t, store, func(c *flask.StoredConfig) { c.SerializationFormat = f })
				}
				raw, err := use(written).MarshalValue(tt.in)
				if err != nil {
					t.Fatal(err)
				}
				data := retort.SessionData{Values: []retort.SessionValue{{Key: "v", JSON: string(raw)}}}
				id, _, err := use(written).SealSession(t.Context(), data, then)
				if err != nil {
					t.Fatal(err)
				}
				for range 2 { // the second time in the other's format
					held, err := use(read).OpenSession(t.Context(), id, then)
					if err != nil {
						t.Fatal(err)
					}
					out := reflect.New(reflect.TypeOf(tt.out).Elem())
					if err := use(read).UnmarshalValue([]byte(held.Values[0].JSON), out.Interface()); err != nil {
						t.Errorf("%T, written as %d, read as %d: %v", tt.in, written, read, err)
					} else if got := out.Elem().Interface(); !reflect.DeepEqual(got, tt.in) {
						t.Errorf("written as %d, read as %d: got %#v, want %#v", written, read, got, tt.in)
					}
					held.Renew = false
					if _, _, err := use(read).SealSession(t.Context(), held, then); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// What Flask-Session could not read would be a 500 to its owner at every page.
func TestStoredSessionsReadable(t *testing.T) {
	for _, format := range []flask.StoredFormat{flask.Msgpack, flask.JSON} {
		store := &flasktest.Memory{Now: time.Now}
		s := storedSessions(t, store, func(c *flask.StoredConfig) { c.SerializationFormat = format })
		var d retort.SessionData
		inf := 1e308
		for key, v := range map[string]any{"text": "a\xffb", "inf": inf * 10, "flash": []retort.Flash{{Category: "\xff"}}, "k\xff": []any{"\xfe"}} {
			raw, err := s.MarshalValue(v)
			if err != nil {
				t.Fatal(err)
			}
			d.Values = append(d.Values, retort.SessionValue{Key: key, JSON: string(raw)})
		}
		id, _, err := s.SealSession(t.Context(), d, then)
		if err != nil {
			t.Fatal(err)
		}
		data, _, _ := store.LoadSession(t.Context(), "session:"+id, 1<<20)
		got, err := flask.UnmarshalStored(data)
		if err != nil || got["text"] != "a\ufffdb" || format == flask.JSON && (got["inf"] != nil || strings.Contains(string(data), "Inf")) {
			t.Errorf("stored %q: %v, %v", data, got, err)
		}
		raw, err := s.MarshalValue(strings.Repeat("x", 2<<20))
		if err != nil {
			t.Fatal(err)
		}
		d.Values = append(d.Values, retort.SessionValue{Key: "big", JSON: string(raw)})
		if _, _, err := s.SealSession(t.Context(), d, then); err == nil || !strings.Contains(err.Error(), "1048576") {
			t.Errorf("a session of two megabytes: %v", err)
		}
	}
}

func TestNewStoredSessionsRefuses(t *testing.T) {
	good := flask.SessionConfig{SecretKey: []byte(sharedKey)}
	for want, cfg := range map[string]flask.StoredConfig{
		"Store is not set": {SessionConfig: good},
		"SECRET_KEY":       {SessionConfig: flask.SessionConfig{SecretKey: []byte("dev")}, Store: &flasktest.Memory{}},
	} {
		if _, err := flask.NewStoredSessions(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
