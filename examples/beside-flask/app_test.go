package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/sign"
)

// python returns a Python that the old application runs on.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), name, "-W", "ignore", "-c", "import flask, flask_login, flask_wtf").Run() == nil {
			return name
		}
	}
	const advice = "no python3 has Flask, Flask-Login and Flask-WTF (Debian: python3-flask python3-flask-login python3-flaskext.wtf)"
	if os.Getenv("CI") == "true" {
		t.Fatal(advice)
	}
	t.Skip(advice)
	return ""
}

// start runs the old application, and the new one in front of it.
func start(t *testing.T) (front string) {
	t.Helper()
	key, database := sign.Generate(), filepath.Join(t.TempDir(), "notes.db")
	cmd := exec.Command(python(t), "-W", "ignore", "old/app.py")
	cmd.Env = append(os.Environ(), "SECRET_KEY="+key, "DATABASE="+database, "PORT=0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the old application did not start: %v", err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(line), " at ")
	app, err := New(Settings{Config: retort.Config{SecretKey: []byte(key)}, OldURL: address, Database: database})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Compile(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(app)
	t.Cleanup(func() {
		server.Close()
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

var tokenField = regexp.MustCompile(`name="csrf_token" value="([^"]*)"`)

// A browser follows redirects and sends the token of the last page.
type browser struct {
	t      *testing.T
	client http.Client
	front  string
	page   string
}

func (b *browser) read(response *http.Response, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 {
		b.t.Errorf("%s: %d, %v: %s", response.Request.URL, response.StatusCode, err, body)
	}
	b.page = string(body)
}

func (b *browser) get(path string) {
	b.t.Helper()
	b.read(b.client.Get(b.front + path))
}

func (b *browser) post(path string, form url.Values) {
	b.t.Helper()
	if m := tokenField.FindStringSubmatch(b.page); m != nil {
		form.Set("csrf_token", m[1])
	}
	b.read(b.client.PostForm(b.front+path, form))
}

func (b *browser) want(what string, texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if !strings.Contains(b.page, text) {
			b.t.Errorf("%s: the page has no %q:\n%s", what, text, b.page)
		}
	}
}

func TestSideBySide(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, client: http.Client{Jar: jar}, front: start(t)}
	b.get("/") // of the old application
	b.want("the front page", "half of which", `href="/login"`)
	b.get("/notes/") // of the new one, which sends to the old one
	b.want("a stranger's notes", "Please log in", "<h1>Log in")
	b.post("/login", url.Values{"name": {"ada"}, "password": {"wrong"}})
	b.want("a wrong password", "do not go together")
	b.post("/login", url.Values{"name": {"ada"}, "password": {"lovelace"}})
	b.want("after the login", "Welcome, ada.", "None yet.", "Log ada out")
	b.post("/notes/", url.Values{"text": {"<first>"}})
	b.want("after a note", "Noted.", "&lt;first&gt;", "/notes/1/delete")
	b.get("/")
	b.want("the old front page", "Log ada out")
	b.post("/notes/1/delete", url.Values{}) // with a token of the old page
	b.want("after its deletion", "Gone.", "None yet.")
	b.post("/logout", url.Values{}) // with a token of the new page
	b.want("after logging out", "Good bye.", `href="/login"`)
	b.get("/notes/")
	b.want("notes after logging out", "Please log in")
	b.get("/__retort/ported")
	b.want("what is ported", "retort     notes.index", "flask      auth.login")
}

// The routes that are embedded are those that the old application has.
func TestOldRoutes(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "run", "github.com/retort-go/retort/cmd/retort", "flask", "export-routes", "--python", python(t), "--app", "old/app.py")
	cmd.Env = append(os.Environ(), "SECRET_KEY=x", "DATABASE="+filepath.Join(t.TempDir(), "notes.db"))
	cmd.Stderr = os.Stderr
	got, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(oldRoutes) {
		t.Errorf("old-routes.json is not what the old application has; write anew:\n%s", got)
	}
}
