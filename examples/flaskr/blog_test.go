package main

import (
	"strings"
	"testing"
)

func TestIndex(t *testing.T) {
	client, _ := newClient(t)
	r := client.Get("/")
	want(t, r, 200, "First post", "by ann on", "1 January 2026", "one\ntwo", "Register")
	if strings.Contains(r.Body, "Edit") {
		t.Error("a stranger is offered to edit")
	}
	login(t, client, "ann")
	want(t, client.Get("/"), 200, `href="/1/update"`)
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
	for _, path := range []string{"/create", "/1/update", "/1/delete"} {
		if r := client.Post(path, nil); r.Status != 303 || r.Header.Get("Location") != "/auth/login" {
			t.Errorf("%s: got status %d, Location %q", path, r.Status, r.Header.Get("Location"))
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

func TestUpdate(t *testing.T) {
	client, _ := newClient(t)
	login(t, client, "ann")
	page := client.Get("/1/update")
	want(t, page, 200, `value="First post"`, "one\ntwo")
	want(t, page.Form("/1/update").Set("title", "Changed").Submit().Follow(), 200, "Changed")
	want(t, client.Get("/1/update").Form("/1/update").Set("title", "").Submit(), 422, "This has to be filled in.")
}

func TestDelete(t *testing.T) {
	client, _ := newClient(t)
	login(t, client, "ann")
	r := client.Get("/1/update").Form("/1/delete").Submit().Follow()
	want(t, r, 200, "“First post” is deleted.", "Nothing is written yet.")
}

func TestOthersPosts(t *testing.T) {
	client, _ := newClient(t)
	login(t, client, "bob")
	want(t, client.Get("/1/update"), 403, "Only ann may change this post.")
	want(t, client.Post("/1/update", map[string][]string{"title": {"Mine"}}), 403)
	want(t, client.Post("/1/delete", nil), 403)
	want(t, client.Get("/2/update"), 404, "There is no post 2.")
	want(t, client.Get("/"), 200, "First post")
}
