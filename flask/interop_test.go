package flask_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/flask"
)

const sharedKey = "Vb0-nJ3xq2LmT8sYw5RkZ7cPfHd1GuE4aQo9XiN6tWs"

const byGunicorn = "SERVER=gunicorn"

// startOld starts testdata/old.py with settings in its environment and returns its
// address. It ends with the test. With byGunicorn among the settings it has two
// processes of several threads, as in production; else it is Werkzeug's own server.
func startOld(t testing.TB, env ...string) string {
	t.Helper()
	modules := "flask, flask_wtf, flask_login"
	if slices.Contains(env, byGunicorn) {
		modules += ", gunicorn"
	}
	cmd := exec.Command(python(t, modules), "-W", "ignore", "testdata/old.py") // it ends when its standard input does
	cmd.Env = append(append(os.Environ(), "SECRET_KEY="+sharedKey), env...)
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
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the old application did not start: %v", err)
	} else if _, err := fmt.Sscanf(line, "PORT %d", &port); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://127.0.0.1:%d", port)
}

// A logBuffer collects what is logged.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newApp is an app on the old application's cookie, with the given blueprints of
// old.py ported: "notes", "account".
func newApp(t testing.TB, cfg flask.SessionConfig, log io.Writer, blueprints ...string) *retort.App {
	t.Helper()
	if cfg.SecretKey == nil {
		cfg.SecretKey = []byte(sharedKey)
	}
	s, err := flask.NewSessions(cfg)
	if err != nil {
		t.Fatal(err)
	}
	app := retort.New(retort.Config{SecretKey: []byte(sharedKey), InsecureSHA1Sessions: s,
		Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if slices.Contains(blueprints, "notes") {
		app.Post("/notes", addNote).Named("notes")
	}
	if slices.Contains(blueprints, "account") {
		app.Get("/whoami", whoami)
		app.Post("/login", login)
		app.Post("/logout", logout)
	}
	return app
}

var users flask.Login

type answer struct {
	Server  string     `json:"server"`
	User    string     `json:"user"`
	Fresh   bool       `json:"fresh"`
	Notes   []string   `json:"notes"`
	Flashes [][]string `json:"flashes"`
	CSRF    string     `json:"csrf"`
	Keys    []string   `json:"keys"`
}

func whoami(c *retort.Ctx) error {
	a := answer{Server: "retort", User: users.UserID(c), Fresh: users.Fresh(c)}
	if _, err := c.Session().Decode("notes", &a.Notes); err != nil {
		return err
	}
	for _, f := range c.Flashes() {
		a.Flashes = append(a.Flashes, []string{f.Category, f.Message})
	}
	token, err := c.CSRFToken()
	a.CSRF = token
	return errors.Join(err, c.JSON(a))
}

func login(c *retort.Ctx) error {
	name := c.Form("name")
	err := errors.Join(
		users.LogIn(c, name),
		c.Session().Set("_permanent", c.Form("permanent") != ""),
		c.FlashAs("greeting", "Hello "+name))
	return errors.Join(err, c.RedirectTo("/whoami"))
}

func logout(c *retort.Ctx) error {
	users.LogOut(c)
	return errors.Join(c.Flash("Bye"), c.RedirectTo("/whoami"))
}

func addNote(c *retort.Ctx) error {
	if users.UserID(c) == "" {
		return retort.Errorf(http.StatusUnauthorized, "")
	}
	var notes []string
	if _, err := c.Session().Decode("notes", &notes); err != nil {
		return err
	}
	err := errors.Join(
		c.Session().Set("notes", append(notes, c.Form("text"))),
		c.Flash("Noted "+c.Form("text")))
	return errors.Join(err, c.RedirectTo("/whoami"))
}

// A visitor is a browser; its cookies are for the host, whatever the port.
type visitor struct {
	t      testing.TB
	client http.Client
	name   string
}

func visit(t testing.TB, name string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, name: name, client: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

func (v *visitor) do(r *http.Request) (int, string) {
	v.t.Helper()
	r.Header.Set("User-Agent", "Mozilla/5.0 ("+v.name+")")
	response, err := v.client.Do(r)
	if err != nil {
		v.t.Errorf("%s: %s %s: %v", v.name, r.Method, r.URL, err)
		return 0, ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Errorf("%s: %s %s: %v", v.name, r.Method, r.URL, err)
	}
	return response.StatusCode, string(body)
}

func (v *visitor) get(address string) (int, string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(r)
}

func (v *visitor) whoami(server string) (a answer) {
	v.t.Helper()
	status, body := v.get(server + "/whoami")
	if err := json.Unmarshal([]byte(body), &a); err != nil || status != 200 {
		v.t.Errorf("%s: whoami on %s: %d %v %.200s", v.name, server, status, err, body)
	}
	return a
}

// post sends a form with a token from a page, and expects a redirect.
func (v *visitor) post(address, token string, fields ...string) {
	v.t.Helper()
	form := url.Values{"csrf_token": {token}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, body := v.do(r); status != http.StatusFound && status != http.StatusSeeOther {
		v.t.Errorf("%s: POST %s: status %d, want a redirect: %.300s", v.name, address, status, body)
	}
}

// want compares what a page says with the visitor's expectations.
func (v *visitor) want(what string, got answer, user string, notes []string, flashes ...[]string) {
	v.t.Helper()
	if got.User != user || !slices.Equal(got.Notes, notes) {
		v.t.Errorf("%s: %s: on %s the user is %q with %q, want %q with %q", v.name, what, got.Server, got.User, got.Notes, user, notes)
	}
	if len(got.Flashes) != len(flashes) || len(flashes) > 0 && !slices.EqualFunc(got.Flashes, flashes, slices.Equal[[]string]) {
		v.t.Errorf("%s: %s: on %s flashes are %q, want %q", v.name, what, got.Server, got.Flashes, flashes)
	}
	if user != "" && !got.Fresh {
		v.t.Errorf("%s: %s: on %s the login is not fresh", v.name, what, got.Server)
	}
}

// One cookie, two servers: what one does the other knows, in both directions.
func TestOneCookie(t *testing.T) {
	for protection, by := range map[string]string{"basic": byGunicorn, "strong": ""} {
		old := startOld(t, "SESSION_PROTECTION="+protection, by)
		server := httptest.NewServer(newApp(t, flask.SessionConfig{}, t.Output(), "notes", "account"))
		t.Cleanup(server.Close)
		for _, tt := range []struct{ first, second string }{{old, server.URL}, {server.URL, old}} {
			v := visit(t, "Ada")
			page := v.whoami(tt.first)
			v.want("at first", page, "", nil)
			v.post(tt.first+"/login", page.CSRF, "name", "Ada", "permanent", "1")
			page = v.whoami(tt.second)
			v.want("after login on the first", page, "Ada", nil, []string{"greeting", "Hello Ada"})
			v.post(tt.second+"/notes", page.CSRF, "text", "one & ü")
			page = v.whoami(tt.first)
			v.want("after a note on the second", page, "Ada", []string{"one & ü"}, []string{"message", "Noted one & ü"})
			// A form of one server sent to the other.
			v.post(tt.second+"/notes", page.CSRF, "text", "two")
			v.post(tt.first+"/notes", v.whoami(tt.second).CSRF, "text", "three")
			page = v.whoami(tt.second)
			v.want("after two more", page, "Ada", []string{"one & ü", "two", "three"}, []string{"message", "Noted three"})
			v.post(tt.second+"/logout", page.CSRF)
			page = v.whoami(tt.first)
			if v.want("after logout on the second", page, "", page.Notes, []string{"message", "Bye"}); page.User != "" {
				t.Errorf("%q is logged in on the first server after logging out on the second", page.User)
			}
		}
	}
}

// What a session holds that an app knows nothing of, and of types that it has not,
// survives its writing.
func TestForeignValuesSurvive(t *testing.T) {
	old := startOld(t)
	server := httptest.NewServer(newApp(t, flask.SessionConfig{}, t.Output(), "notes"))
	t.Cleanup(server.Close)
	v := visit(t, "Ada")
	v.post(old+"/login", v.whoami(old).CSRF, "name", "Ada")
	v.post(old+"/notes", v.whoami(old).CSRF, "text", "one")
	before := v.whoami(old)
	v.post(server.URL+"/notes", before.CSRF, "text", "two")
	after := v.whoami(old)
	if !slices.Equal(before.Keys, after.Keys) || !slices.Contains(after.Keys, "typed") || !slices.Contains(after.Keys, "_id") {
		t.Errorf("the session has %q, want %q as before", after.Keys, before.Keys)
	}
	for _, c := range v.client.Jar.Cookies(mustParse(old)) {
		s := sessions(t, sharedKey)
		values, err := s.DecodeJSON(c.Value, nowish(), flask.AnyAge)
		if err != nil || !strings.Contains(string(values), `"typed":[1,"AP8=",{"since":null}]`) {
			t.Errorf("the session is %s, %v", values, err)
		}
	}
}

// TestRollingMove moves an application while its users click: all routes on Flask,
// then one blueprint here, then all. Nobody is logged out, no form fails.
func TestRollingMove(t *testing.T) {
	address := startOld(t, byGunicorn)
	stages := make([]http.Handler, 3)
	for i, blueprints := range [][]string{nil, {"notes"}, {"notes", "account"}} {
		app := newApp(t, flask.SessionConfig{}, t.Output(), blueprints...)
		flask.Beside(address).Mount(app)
		stages[i] = app
	}
	var stage atomic.Int32
	var clicks [3]atomic.Int32
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := stage.Load()
		clicks[at].Add(1)
		stages[at].ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)

	const perStage = 6 // notes a user writes before the next stage may begin
	var ready [2]sync.WaitGroup
	var done sync.WaitGroup
	names := []string{"Ada", "Bob", "Cleo", "Dan", "Eve", "Fay"}
	for i := range ready {
		ready[i].Add(len(names))
	}
	for _, name := range names {
		done.Go(func() {
			v := visit(t, name)
			v.post(front.URL+"/login", v.whoami(front.URL).CSRF, "name", name, "permanent", "1")
			page := v.whoami(front.URL)
			v.want("after login", page, name, nil, []string{"greeting", "Hello " + name})
			var notes []string
			for i := range 3 * perStage {
				text := fmt.Sprintf("%s %d", name, i)
				v.post(front.URL+"/notes", page.CSRF, "text", text)
				notes = append(notes, text)
				page = v.whoami(front.URL)
				v.want("after a note", page, name, notes, []string{"message", "Noted " + text})
				if i == perStage || i == 2*perStage {
					ready[i/perStage-1].Done() // and goes on clicking while the stage changes
				}
			}
			v.post(front.URL+"/logout", page.CSRF)
			if page = v.whoami(front.URL); page.User != "" {
				t.Errorf("%s is logged in after logging out", page.User)
			}
		})
	}
	for i := range ready {
		ready[i].Wait()
		stage.Add(1)
	}
	done.Wait()
	for i := range clicks {
		if clicks[i].Load() == 0 {
			t.Errorf("nobody clicked in stage %d", i)
		}
	}
	t.Logf("requests by stage: %d, %d, %d", clicks[0].Load(), clicks[1].Load(), clicks[2].Load())
}

// Hundreds of sessions as people leave them, each read by the other server.
func TestManySessions(t *testing.T) {
	old := startOld(t, byGunicorn)
	server := httptest.NewServer(newApp(t, flask.SessionConfig{}, t.Output(), "notes", "account"))
	t.Cleanup(server.Close)
	s := sessions(t, sharedKey)
	const many = 300
	for i := range many {
		name := fmt.Sprintf("user %d ü☃", i)
		notes := slices.Repeat([]string{strings.Repeat("n", i%7)}, i%20)
		if notes == nil {
			notes = []string{}
		}
		agent := "Mozilla/5.0 (" + name + ")"
		cookie, err := s.Encode(values{"_user_id": name, "_fresh": true, "_id": flask.LoginID("127.0.0.1", &agent), "notes": notes,
			"_flashes": []retort.Flash{{Category: "c", Message: "m"}}}, nowish())
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{old, server.URL} {
			v := visit(t, name)
			v.client.Jar.SetCookies(mustParse(old), []*http.Cookie{{Name: "session", Value: cookie}})
			v.want("made up", v.whoami(address), name, notes, []string{"c", "m"})
			if other := map[string]string{old: server.URL, server.URL: old}[address]; i%10 == 0 {
				v.want("and from there", v.whoami(other), name, notes)
			}
		}
	}
}
