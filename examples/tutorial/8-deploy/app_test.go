package main

import (
	_ "embed"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
	"github.com/retort-go/retort/sign"
)

// data is what the tests find in the database: the users ann and bob, whose
// passwords are "correct horse", and a post of ann's.
//
//go:embed testdata/data.sql
var data string

// newDB returns a database with the tests' data in a folder of its own.
func newDB(t *testing.T) *DB {
	t.Helper()
	db, err := OpenDB(filepath.Join(t.TempDir(), "flaskr.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, db.Close) })
	if err := db.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.write.ExecContext(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	return db
}

// newClient returns a browser of the app with the tests' data, and the database.
func newClient(t *testing.T) (*retorttest.Client, *DB) {
	t.Helper()
	db := newDB(t)
	app, err := New(t.Context(), Settings{Config: retort.Config{SecretKey: []byte(sign.Generate())}, Database: db.File})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, app.Close) })
	return retorttest.New(t, app), db
}

func closed(t *testing.T, closer func() error) {
	t.Helper()
	if err := closer(); err != nil {
		t.Error(err)
	}
}

// want fails the test unless the answer has a status and holds some texts.
func want(t *testing.T, r *retorttest.Response, status int, texts ...string) {
	t.Helper()
	if r.Status != status {
		t.Errorf("got status %d, want %d", r.Status, status)
	}
	for _, text := range texts {
		if !strings.Contains(r.Body, text) {
			t.Errorf("%q is not in\n%s", text, r.Body)
		}
	}
}

func TestNewWithoutTables(t *testing.T) {
	_, err := New(t.Context(), Settings{Database: filepath.Join(t.TempDir(), "empty.sqlite")})
	if err == nil || !strings.Contains(err.Error(), "init-db") {
		t.Errorf("got %v, want the advice to run init-db", err)
	}
}

func TestLoad(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("FLASKR_DATABASE", "elsewhere.sqlite")
	s, err := load(true)
	if err != nil || !s.Debug || s.Database != "elsewhere.sqlite" {
		t.Errorf("got Debug %t, Database %q, %v", s.Debug, s.Database, err)
	}
	t.Setenv("FLASKR_DATABSE", "typo.sqlite")
	if _, err := load(true); err == nil || !strings.Contains(err.Error(), "DATABSE") {
		t.Errorf("a misspelled setting: got %v", err)
	}
}

// What `check --deploy` looks at, with the settings that production has to have.
func TestReadyToDeploy(t *testing.T) {
	config := retort.Config{SecretKey: []byte(sign.Generate()), TrustedHosts: []string{"blog.example.com"}}
	app, err := New(t.Context(), Settings{Config: config, Database: newDB(t).File})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, app.Close) })
	if found, err := app.Check(); err != nil || len(found) > 0 {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestNotFound(t *testing.T) {
	client, _ := newClient(t)
	want(t, client.Get("/nowhere"), 404, "Not Found", "Back to the posts")
}
