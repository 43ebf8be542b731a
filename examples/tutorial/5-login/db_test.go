package main

import (
	"path/filepath"
	"testing"
)

func TestInit(t *testing.T) {
	db, err := OpenDB(filepath.Join(t.TempDir(), "new", "folder", "flaskr.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, db.Close) })
	if err := db.Ready(t.Context()); err == nil {
		t.Error("ready before Init")
	}
	for range 2 { // the second time nothing is left to do
		if err := db.Init(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestInitKeepsPosts(t *testing.T) {
	db := newDB(t)
	if err := db.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	if posts, _, err := db.Posts(t.Context(), 2); err != nil || len(posts) != 1 {
		t.Errorf("got %v, %v", posts, err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	if _, err := newDB(t).read.ExecContext(t.Context(), "DELETE FROM post"); err == nil {
		t.Error("the pool for reading deleted the posts")
	}
}
