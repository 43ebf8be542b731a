package main

import (
	"strings"
	"testing"

	"github.com/retort-go/retort/retorttest"
)

// login logs a user of the tests' data in.
func login(t *testing.T, client *retorttest.Client, name string) {
	t.Helper()
	r := client.Get("/auth/login").Form("/auth/login").Set("username", name).Set("password", "correct horse").Submit()
	if r.Status != 303 {
		t.Fatalf("logging in as %s: got status %d\n%s", name, r.Status, r.Body)
	}
}

func TestRegister(t *testing.T) {
	client, db := newClient(t)
	r := client.Get("/auth/register").Form("/auth/register").Set("username", "eve").Set("password", "battery staple").Submit()
	want(t, r.Follow(), 200, "Welcome, eve.", "Log in")
	if _, err := db.UserByName(t.Context(), "Eve"); err != nil {
		t.Error(err)
	}
}

func TestRegisterRefuses(t *testing.T) {
	client, _ := newClient(t)
	for _, tt := range []struct{ username, password, want string }{
		{"", "battery staple", "This has to be filled in."},
		{"eve", "", "This has to be filled in."},
		{"eve", "short", "at least 8"},
		{"Ann", "battery staple", "Ann is registered already."},
		{"<b>", "short", "&lt;b&gt;"},
	} {
		r := client.Get("/auth/register").Form("/auth/register").Set("username", tt.username).Set("password", tt.password).Submit()
		want(t, r, 422, tt.want)
	}
}

func TestLogin(t *testing.T) {
	client, _ := newClient(t)
	login(t, client, "ann")
	want(t, client.Get("/"), 200, "ann", "Log out", "New post")
}

func TestLoginRefuses(t *testing.T) {
	client, _ := newClient(t)
	for _, name := range []string{"ann", "nobody"} {
		r := client.Get("/auth/login").Form("/auth/login").Set("username", name).Set("password", "wrong").Submit()
		want(t, r, 422, "The username or the password is wrong.", `value="`+name+`"`)
		if strings.Contains(r.Body, `value="wrong"`) {
			t.Error("the page shows the password")
		}
	}
}

func TestLoginLeadsBack(t *testing.T) {
	client, _ := newClient(t)
	page := client.Get("/create").Follow()
	r := page.Form("/auth/login").Set("username", "ann").Set("password", "correct horse").Submit()
	if got := r.Header.Get("Location"); got != "/create" {
		t.Errorf("got a redirect to %q, want /create", got)
	}
}

func TestLogout(t *testing.T) {
	client, _ := newClient(t)
	login(t, client, "ann")
	stolen := client.Cookies()
	want(t, client.Get("/").Form("/auth/logout").Submit().Follow(), 200, "Log in")
	for _, cookie := range stolen {
		client.SetCookie(cookie)
	}
	if r := client.Get("/create"); r.Status != 303 {
		t.Errorf("a copy of the cookie from before the logout: got status %d", r.Status)
	}
}
