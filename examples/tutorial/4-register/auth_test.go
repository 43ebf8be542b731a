package main

import (
	"strings"
	"testing"
)

func TestRegister(t *testing.T) {
	client, db := newClient(t)
	r := client.Get("/auth/register").Form("/auth/register").Set("username", "eve").Set("password", "battery staple").Submit()
	want(t, r.Follow(), 200, "Welcome, eve.")
	var hash string
	if err := db.read.QueryRowContext(t.Context(), "SELECT password FROM user WHERE username = 'Eve'").Scan(&hash); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$") {
		t.Errorf("got %q for a hash", hash)
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
