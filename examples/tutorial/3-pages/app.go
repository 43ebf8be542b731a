package main

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"

	"github.com/retort-go/retort"
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
	db, err := OpenDB(s.Database)
	if err != nil {
		return nil, err
	}
	if err := db.Ready(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	app := retort.New(s.Config)
	app.OnClose(db.Close)
	app.OnStatus(http.StatusNotFound, refused)
	app.Mount(newBlog(db))
	return app, nil
}

// refused answers in the blog's own look what would be a plain page.
func refused(c *retort.Ctx, err error) error {
	e, ok := errors.AsType[*retort.Error](err)
	if !ok {
		return err
	}
	return c.Status(e.Status).Render("error.html", retort.Map{"name": e.Name(), "text": e.Text()})
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
