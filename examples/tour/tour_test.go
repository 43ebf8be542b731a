package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

func newTour(t *testing.T, dir string) *retort.App {
	t.Helper()
	app, err := New(t.Context(), Options{Data: dir, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	return app
}

func login(t *testing.T, app *retort.App) *retorttest.Client {
	t.Helper()
	client := retorttest.New(t, app)
	r := client.Get("/login?next=%2Fnotes").Form("/login").
		Set("username", "alice").Set("password", "correct horse battery staple").Submit()
	if r.Status != 303 || r.Header.Get("Location") != "/notes" {
		t.Fatalf("logging in: got %d to %q", r.Status, r.Header.Get("Location"))
	}
	return client
}

func TestPrivatePages(t *testing.T) {
	app := newTour(t, t.TempDir())
	stranger := retorttest.New(t, app)
	for _, path := range []string{"/account", "/notes", "/notes/new"} {
		if r := stranger.Get(path); r.Status != 303 || strings.Contains(r.Body, "PRIVATE") {
			t.Errorf("%s for a stranger: got %d", path, r.Status)
		}
	}
	alice := login(t, app)
	r := alice.Get("/account")
	if !strings.Contains(r.Body, "PRIVATE-MARKER") || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("/account for alice: got %d, Cache-Control %q", r.Status, r.Header.Get("Cache-Control"))
	}
	stolen := alice.Cookies()
	alice.Get("/account").Form("/logout").Submit()
	for _, c := range stolen {
		c.Path = "/"
		alice.SetCookie(c)
	}
	if r := alice.Get("/account"); r.Status != 303 {
		t.Errorf("/account with a cookie from before the logout: got %d", r.Status)
	}
}

func TestRevocations(t *testing.T) {
	db, err := openStore(t.Context(), filepath.Join(t.TempDir(), "tour.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	retorttest.Revocations(t, db)
}

// An ended session stays ended when the program starts anew.
func TestLogoutSurvivesRestart(t *testing.T) {
	dir := t.TempDir()
	alice := login(t, newTour(t, dir))
	stolen := alice.Cookies()
	alice.Get("/notes").Form("/logout").Submit()
	again := retorttest.New(t, newTour(t, dir))
	for _, c := range stolen {
		c.Path = "/"
		again.SetCookie(c)
	}
	if r := again.Get("/account"); r.Status != 303 {
		t.Errorf("got %d", r.Status)
	}
}

func TestNotes(t *testing.T) {
	dir := t.TempDir()
	alice := login(t, newTour(t, dir))
	r := alice.Get("/notes/new").Form("/notes").Set("title", "<b>milk</b>").Submit().Follow()
	if !strings.Contains(r.Body, "&lt;b&gt;milk&lt;/b&gt;") || !strings.Contains(r.Body, "Saved.") {
		t.Errorf("got %s", r.Body)
	}
	if r := alice.Post("/notes", map[string][]string{"title": {strings.Repeat("x", 201)}}); r.Status != 422 {
		t.Errorf("a long title: got %d", r.Status)
	}
	if r := login(t, newTour(t, dir)).Get("/notes"); !strings.Contains(r.Body, "milk") {
		t.Error("the note did not survive a restart")
	}
}

func TestOtherPages(t *testing.T) {
	client := retorttest.New(t, newTour(t, t.TempDir()))
	for _, tt := range []struct {
		path   string
		status int
		want   string
	}{
		{"/", 200, "A tour of the defaults"},
		{"/search?q=%3Cscript%3E", 200, "&lt;script&gt;"},
		{"/go?next=%2Fnotes", 303, ""},
		{"/go?next=%2F%2Fevil.example", 400, ""},
		{"/boom", 500, "Something went wrong"},
		{"/links", 200, "http://localhost/account"},
		{"/slow?ms=1", 200, "waited"},
		{"/slow?ms=-1", 400, "milliseconds"},
		{"/static/tour.css", 200, "color-scheme"},
		{"/nowhere", 404, ""},
	} {
		if r := client.Get(tt.path); r.Status != tt.status || !strings.Contains(r.Body, tt.want) {
			t.Errorf("%s: got %d %.200q, want %d with %q", tt.path, r.Status, r.Body, tt.status, tt.want)
		}
	}
	if got := client.Get("/download?name=a%22b%0d%0aX:%20y.txt").Header.Get("Content-Disposition"); strings.ContainsAny(got, "\r\n") || !strings.HasPrefix(got, "attachment") {
		t.Errorf("/download: %q", got)
	}
}

func TestEchoAndUpload(t *testing.T) {
	client := retorttest.New(t, newTour(t, t.TempDir()))
	if r := client.SendJSON("POST", "/api/echo", map[string]any{"a": []int{1}}); r.Body != "{\"a\":[1]}\n" {
		t.Errorf("echo: got %d %q", r.Status, r.Body)
	}
	var answer struct{ Stored string }
	client.Upload("/upload", nil, retorttest.File{Field: "file", Name: "../../evil.sh", Data: []byte("x")}).JSON(&answer)
	if answer.Stored == "" || strings.ContainsAny(answer.Stored, "./\\") {
		t.Errorf("upload: stored as %q", answer.Stored)
	}
	if r := client.Upload("/upload", nil); r.Status != 400 {
		t.Errorf("no file: got %d", r.Status)
	}
}

func TestGuessing(t *testing.T) {
	app := newTour(t, t.TempDir())
	for range 10 {
		retorttest.New(t, app).Post("/login", map[string][]string{"username": {"alice"}, "password": {"guess"}})
	}
	r := retorttest.New(t, app).Post("/login", map[string][]string{"username": {"alice"}, "password": {"correct horse battery staple"}})
	if r.Status != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
		t.Errorf("got %d, Retry-After %q", r.Status, r.Header.Get("Retry-After"))
	}
}
