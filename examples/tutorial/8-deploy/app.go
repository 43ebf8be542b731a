package main

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/auth"
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
	var err error
	if s.Templates, s.Static, err = folders(s.Debug); err != nil {
		return nil, err
	}
	s.ErrorTemplate = "error.html"
	db, err := OpenDB(s.Database)
	if err != nil {
		return nil, err
	}
	if err := db.Ready(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.Revocations = db // so that a logout outlives a restart
	app := retort.New(s.Config)
	app.OnClose(db.Close)

	passwords, err := password.New(password.Config{})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	users := auth.New(app, auth.Config[User]{Load: db.User, LoginEndpoint: "auth.login"})
	app.Mount(newAuth(db, users, passwords))
	app.Mount(newBlog(db, users))
	return app, nil
}

// folders are read from disk in development, so that a change shows at once,
// and are part of the program otherwise.
func folders(debug bool) (templates, static fs.FS, err error) {
	if debug {
		if templates, err = retort.Dir("templates"); err != nil {
			return nil, nil, err
		}
		static, err = retort.Dir("static")
		return templates, static, err
	}
	if templates, err = fs.Sub(embedded, "templates"); err != nil {
		return nil, nil, err
	}
	static, err = fs.Sub(embedded, "static")
	return templates, static, err
}
