package redis_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/ext/redis"
	"github.com/retort-go/retort/flask"
)

// python returns a Python that has Flask-Session 0.8 and what it needs.
func python(t *testing.T) string {
	t.Helper()
	const wanted = "import flask, flask_session, redis, msgpack; assert flask_session.__version__.startswith('0.8.')"
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), name, "-W", "ignore", "-c", wanted).Run() == nil {
			return name
		}
	}
	missing(t, "no python3 has Flask-Session 0.8 with redis and msgpack (Debian: python3-flask python3-redis python3-msgpack, "+
		"and python3-flask-session of a later one); sessions were not traded with it")
	return ""
}

// settings are those that both sides have to agree on.
type settings struct {
	format flask.StoredFormat
	signed bool
}

func (s settings) String() string {
	return fmt.Sprintf("%s signed=%t", []string{"msgpack", "json"}[s.format], s.signed)
}

// startOld starts the Flask application and returns its address. It ends with the
// test.
func startOld(t *testing.T, prefix string, s settings) string {
	t.Helper()
	cmd := exec.Command(python(t), "-W", "ignore", "testdata/old.py") // it ends when its standard input does
	format, _, _ := strings.Cut(s.String(), " ")
	cmd.Env = append(os.Environ(), "SECRET_KEY="+key, "REDIS_URL="+server(t), "SESSION_KEY_PREFIX="+prefix, "SESSION_SERIALIZATION_FORMAT="+format)
	if s.signed {
		cmd.Env = append(cmd.Env, "SESSION_USE_SIGNER=1")
	}
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	var port int
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		_, err = fmt.Sscanf(line, "PORT %d", &port)
	}
	if err != nil {
		t.Fatalf("the Flask application did not start: %q, %v", line, err)
	}
	return fmt.Sprintf("http://127.0.0.1:%d", port)
}

// startNew starts an app beside it.
func startNew(t *testing.T, store *redis.Store, prefix string, s settings, log io.Writer) string {
	t.Helper()
	sessions, err := flask.NewStoredSessions(flask.StoredConfig{SessionConfig: flask.SessionConfig{SecretKey: []byte(key)},
		Store: store, KeyPrefix: prefix, UseSigner: s.signed, SerializationFormat: s.format})
	if err != nil {
		t.Fatal(err)
	}
	app := retort.New(retort.Config{SecretKey: []byte(key), InsecureSHA1Sessions: sessions,
		Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	app.Get("/user", func(c *retort.Ctx) error { return c.Text(c.Session().String("user")) }).Named("user")
	app.Get("/begin", func(c *retort.Ctx) error { return errors.Join(c.Session().Set("begun", "here"), c.Text("-")) }).Named("begin")
	app.Get("/copy/<int:n>", func(c *retort.Ctx) error {
		for i := range c.Int("n") {
			name := fmt.Sprint("v", i)
			if !c.Session().Has(name) {
				break
			}
			if err := c.Session().Set("copy "+name, c.Session().Get(name)); err != nil {
				return err
			}
		}
		return c.Text("-")
	}).Named("copy")
	app.Get("/login/<name>", func(c *retort.Ctx) error {
		c.Session().Renew()
		return errors.Join(c.Session().Set("user", c.Param("name")), c.Text("-"))
	}).Named("login")
	app.Get("/logout", func(c *retort.Ctx) error { c.Session().Clear(); return c.Text("-") }).Named("logout")
	app.Get("/flash", func(c *retort.Ctx) error { return errors.Join(c.FlashAs("note", "from Retort"), c.Text("-")) }).Named("flash")
	app.Get("/flashes", func(c *retort.Ctx) error { return c.Text(fmt.Sprint(c.Flashes())) }).Named("flashes")
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	return server.URL
}

// A visitor is a browser: it sends its cookies to either, for ports do not matter.
type visitor struct {
	t      *testing.T
	client http.Client
}

func visit(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, http.Client{Jar: jar}}
}

// get returns the page, which has to be a 200.
func (v *visitor) get(address string) string {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	response, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		v.t.Errorf("GET %s: %d %.300s %v", address, response.StatusCode, body, err)
	}
	return string(body)
}

func (v *visitor) want(address, want string) {
	v.t.Helper()
	if got := v.get(address); got != want {
		v.t.Errorf("%s: got %.1000q, want %q", address, got, want)
	}
}

// cookie is the session's.
func (v *visitor) cookie(address string) *http.Cookie {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(r.URL) {
		if c.Name == "session" {
			return c
		}
	}
	return &http.Cookie{Name: "session"}
}

// holding is a visitor who has the given cookie.
func holding(t *testing.T, address string, c *http.Cookie) *visitor {
	t.Helper()
	v := visit(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	v.client.Jar.SetCookies(r.URL, []*http.Cookie{c})
	return v
}

// Hundreds of sessions with values of all kinds go from Flask to Retort, which reads
// them and stores a copy beside each, and back to Flask, which compares both with what
// it made, to the last bit. Half of the sessions begin here, half there.
func TestFlaskSessionValues(t *testing.T) {
	const each = 60
	for i, s := range []settings{{flask.Msgpack, false}, {flask.Msgpack, true}, {flask.JSON, false}, {flask.JSON, true}} {
		t.Run(s.String(), func(t *testing.T) {
			store, prefix := open(t)
			old := startOld(t, prefix, s)
			current := startNew(t, store, prefix, s, t.Output())
			for n := range each {
				v := visit(t)
				number := *seed*1_000_000 + uint64(i*each+n)
				if n%2 == 0 {
					v.get(current + "/begin")
				}
				v.get(fmt.Sprintf("%s/fill/%d", old, number))
				v.get(current + "/copy/50")
				if wrong := v.get(fmt.Sprintf("%s/check/%d", old, number)); wrong != "" {
					t.Errorf("session %d: Flask finds\n%.2000s", number, wrong)
				}
			}
			if got := len(keys(t, t.Context(), store, prefix)); got != each {
				t.Errorf("%d sessions are stored, want %d", got, each)
			}
		})
	}
}

// What one side does, the other sees: logins, which have a new id, flashed messages,
// and logouts, after which no copy of the cookie is good on either side.
func TestFlaskSessionLife(t *testing.T) {
	for _, s := range []settings{{flask.Msgpack, false}, {flask.JSON, true}} {
		store, prefix := open(t)
		old := startOld(t, prefix, s)
		var log logBuffer
		current := startNew(t, store, prefix, s, &log)
		for _, side := range [][2]string{{old, current}, {current, old}} {
			from, to := side[0], side[1]
			v := visit(t)
			v.get(from + "/flash")
			planted := v.cookie(from)
			v.get(from + "/login/ada")
			if v.cookie(from).Value == planted.Value {
				t.Errorf("%v: a login kept the session's id", s)
			}
			holding(t, to, planted).want(to+"/user", "")
			v.want(to+"/user", "ada")
			if got := v.get(to + "/flashes"); !strings.Contains(got, "note") || !strings.Contains(got, "from") {
				t.Errorf("%v: flashed messages are %q", s, got)
			}
			before := v.cookie(from)
			v.get(to + "/login/grace")
			v.want(from+"/user", "grace")
			holding(t, from, before).want(from+"/user", "")

			copied := v.cookie(to)
			v.get(to + "/logout")
			if got := v.cookie(to).Value; got != "" {
				t.Errorf("%v: after the logout the cookie is %q", s, got)
			}
			for _, address := range side {
				holding(t, address, copied).want(address+"/user", "")
				v.want(address+"/user", "")
			}
			if left := keys(t, t.Context(), store, prefix); len(left) > 0 {
				t.Errorf("%v: after the logout there is still %q", s, left)
			}
		}

		// The time that is left is Flask's: a month.
		v := visit(t)
		v.get(current + "/begin")
		for _, key := range keys(t, t.Context(), store, prefix) {
			if left := store.Client().PTTL(t.Context(), key).Val(); left <= 30*24*time.Hour || left > 31*24*time.Hour {
				t.Errorf("%v: %s is kept for %v", s, key, left)
			}
		}
		pickled := v.get(old + "/pickle")
		for _, key := range keys(t, t.Context(), store, prefix) {
			if err := store.Client().Set(t.Context(), key, pickled, time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
		}
		v.want(current+"/user", "")
		if !strings.Contains(log.String(), "SESSION_SERIALIZATION_FORMAT") {
			t.Errorf("%v: of a pickle the log says only\n%s", s, &log)
		}
	}
}

// An id that a visitor makes up is nobody's session, whatever lies there.
func TestForeignKeys(t *testing.T) {
	store, prefix := open(t)
	current := startNew(t, store, prefix, settings{}, t.Output())
	if err := store.Client().HSet(t.Context(), prefix+"index", "user", "ada").Err(); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		holding(t, current, &http.Cookie{Name: "session", Value: "index"}).want(current+"/user", "")
	}
	if _, _, err := store.LoadSession(context.WithoutCancel(t.Context()), prefix+"none", 10); err != nil {
		t.Errorf("and then the server is taken for gone: %v", err)
	}
}
