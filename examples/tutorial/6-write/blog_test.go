package main

import (
	"strings"
	"testing"

	"github.com/retort-go/retort/retorttest"
)

func TestIndex(t *testing.T) {
	client, _ := newClient(t)
	want(t, client.Get("/"), 200, "First post", "by ann on", "1 January 2026", "one\ntwo", "Register")
}

func TestPages(t *testing.T) {
	client, db := newClient(t)
	want(t, client.Get("/?before=1"), 200, "Nothing is written yet.")
	for range postsPerPage {
		if err := db.AddPost(t.Context(), 1, "One more", ""); err != nil {
			t.Fatal(err)
		}
	}
	r := client.Get("/")
	want(t, r, 200, `href="/?before=2"`)
	if strings.Contains(r.Body, "First post") {
		t.Error("the oldest post is on the first page")
	}
	want(t, client.Get("/?before=2"), 200, "First post")
}

func TestLoginIsRequired(t *testing.T) {
	client, _ := newClient(t)
	for _, r := range []*retorttest.Response{client.Get("/create"), client.Post("/create", nil)} {
		if location := r.Header.Get("Location"); r.Status != 303 || !strings.HasPrefix(location, "/auth/login") {
			t.Errorf("got status %d, Location %q", r.Status, location)
		}
	}
}

func TestCreate(t *testing.T) {
	client, _ := newClient(t)
	login(t, client, "bob")
	r := client.Get("/create").Form("/create").Set("title", "<script>").Set("body", "Hello.").Submit()
	want(t, r.Follow(), 200, "&lt;script&gt;", "by bob", "Hello.")
	want(t, client.Get("/create").Form("/create").Set("body", "kept").Submit(), 422, "This has to be filled in.", "kept")
}
