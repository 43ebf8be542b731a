package main

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

func newApp(t *testing.T) *retort.App {
	t.Helper()
	app, err := New(t.Context(), retort.Config{Logger: slog.New(slog.DiscardHandler)}, true)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// login returns a client that sends a token, as a program would.
func login(t *testing.T, app *retort.App) *retorttest.Client {
	t.Helper()
	client := retorttest.New(t, app)
	var token Token
	r := client.SendJSON("POST", "/tokens", Credentials{Username: "alice", Password: "correct horse battery staple"})
	if r.Status != 201 {
		t.Fatalf("no token: %d %s", r.Status, r.Body)
	}
	r.JSON(&token)
	client.Header.Set("Authorization", "Bearer "+token.Token)
	return client
}

func TestTasks(t *testing.T) {
	client := login(t, newApp(t))
	var made, changed Task
	client.SendJSON("POST", "/tasks/", NewTask{Title: "write"}).JSON(&made)
	if want := (Task{ID: 1, Title: "write"}); made != want {
		t.Errorf("made %+v, want %+v", made, want)
	}
	client.SendJSON("PATCH", "/tasks/1", map[string]any{"done": true}).JSON(&changed)
	if want := (Task{ID: 1, Title: "write", Done: true}); changed != want {
		t.Errorf("changed to %+v, want %+v", changed, want)
	}
	for path, want := range map[string]string{
		"/tasks/":            `[{"id":1,"title":"write","done":true}]`,
		"/tasks/?state=open": "[]",
		"/tasks/1":           `{"id":1,"title":"write","done":true}`,
	} {
		if got := strings.TrimSpace(client.Get(path).Body); got != want {
			t.Errorf("GET %s: got %s, want %s", path, got, want)
		}
	}
	if r := client.SendJSON("DELETE", "/tasks/1", nil); r.Status != 204 {
		t.Errorf("DELETE: got %d, want 204", r.Status)
	}
	if r := client.Get("/tasks/1"); r.Status != 404 {
		t.Errorf("a task that was removed: got %d, want 404", r.Status)
	}
}

func TestRefusals(t *testing.T) {
	app := newApp(t)
	client := login(t, app)
	for _, tt := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/tasks/", `{}`, 422, `"field":"title","message":"is missing"`},
		{"POST", "/tasks/", `{"title":""}`, 422, "at least 1"},
		{"POST", "/tasks/", `{"title":"x","owner":"bob"}`, 422, "owner"},
		{"PATCH", "/tasks/9", `{"title":"x"}`, 404, "no task 9"},
		{"PATCH", "/tasks/9", `{"title":""}`, 422, "1 to 200"},
		{"POST", "/tokens", `{"username":"alice","password":"guess"}`, 401, "is wrong"},
		{"POST", "/tokens", `{"username":"nobody","password":"guess"}`, 401, "is wrong"},
	} {
		r := client.Request(tt.method, tt.path, strings.NewReader(tt.body))
		r.Header.Set("Content-Type", "application/json")
		got := client.Do(r)
		if got.Status != tt.status || !strings.Contains(got.Body, tt.want) || got.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s %s: got %d %s, want %d with %q", tt.method, tt.path, tt.body, got.Status, got.Body, tt.status, tt.want)
		}
	}
	if r := client.Get("/tasks/?state=later"); r.Status != 422 {
		t.Errorf("an unknown state: got %d, want 422", r.Status)
	}
}

func TestTokens(t *testing.T) {
	app := newApp(t)
	client := retorttest.New(t, app)
	good := strings.TrimPrefix(login(t, app).Header.Get("Authorization"), "Bearer ")
	for _, tt := range []struct {
		what, header string
		status       int
	}{
		{"none", "", 401},
		{"a good one", "Bearer " + good, 200},
		{"a changed one", "Bearer " + good[:len(good)-2] + "AA", 401},
		{"another app's", "Bearer " + strings.TrimPrefix(login(t, newApp(t)).Header.Get("Authorization"), "Bearer "), 401},
		{"a password", "Basic YWxpY2U6eA==", 401},
	} {
		r := client.Request("GET", "/tasks/", nil)
		if tt.header != "" {
			r.Header.Set("Authorization", tt.header)
		}
		got := client.Do(r)
		if got.Status != tt.status {
			t.Errorf("%s: got %d, want %d", tt.what, got.Status, tt.status)
		}
		if got.Status == 401 && got.Header.Get("WWW-Authenticate") != `Bearer realm="tasks"` {
			t.Errorf("%s: WWW-Authenticate is %q", tt.what, got.Header.Get("WWW-Authenticate"))
		}
	}
}

// Inside a synctest bubble time is the test's own: an hour goes by at once.
func TestTokenExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := login(t, newApp(t))
		time.Sleep(tokenLife)
		if r := client.Get("/tasks/"); r.Status != 200 {
			t.Errorf("after %v: got %d, want 200", tokenLife, r.Status)
		}
		time.Sleep(2 * time.Second)
		if r := client.Get("/tasks/"); r.Status != 401 {
			t.Errorf("later: got %d, want 401", r.Status)
		}
	})
}

func TestDocument(t *testing.T) {
	client := retorttest.New(t, newApp(t))
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ Security []any }
	}
	client.Get("/openapi.json").JSON(&doc)
	if doc.OpenAPI != "3.1.0" || len(doc.Paths) != 3 || len(doc.Paths["/tasks/{id}"]["patch"].Security) != 1 {
		t.Errorf("got %+v", doc)
	}
	if r := client.Get("/docs"); r.Status != 200 || !strings.Contains(r.Body, "Gives a token for an hour.") {
		t.Errorf("the page: %d %s", r.Status, r.Body)
	}
}

func TestReadyToDeploy(t *testing.T) {
	if err := newApp(t).Compile(); err != nil {
		t.Error(err)
	}
}
