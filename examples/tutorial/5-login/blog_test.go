package main

import (
	"strings"
	"testing"
)

func TestIndex(t *testing.T) {
	client, _ := newClient(t)
	want(t, client.Get("/"), 200, "First post", "by ann on", "1 January 2026", "one\ntwo", "Register")
}

func TestPages(t *testing.T) {
	client, db := newClient(t)
	want(t, client.Get("/?before=1"), 200, "Nothing is written yet.")
	for range postsPerPage {
		if _, err := db.write.ExecContext(t.Context(), "INSERT INTO post (author_id, title, body) VALUES (1, 'One more', '')"); err != nil {
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
