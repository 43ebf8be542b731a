package main

import (
	"context"
	"embed"
	"errors"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/password"
)

//go:embed templates static
var embedded embed.FS

// Settings are Retort's own and those of this app.
type Settings struct {
	retort.Config
	Database string // the SQLite file
}

// New returns the application: what Flask calls create_app.
func New(ctx context.Context, s Settings) (*retort.App, error) {
	s.Files, s.ErrorTemplate = embedded, "error.html"
	db, err := OpenDB(s.Database)
	if err != nil {
		return nil, err
	}
	if err := db.Ready(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	app := retort.New(s.Config)
	app.OnClose(db.Close)

	passwords, err := password.New(password.Config{})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	app.Mount(newAuth(db, passwords))
	app.Mount(newBlog(db))
	return app, nil
}
