package main

import (
	"bytes"
	"database/sql"
	"embed"
	"io/fs"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/flask"
)

//go:embed old/templates
var templates embed.FS

// oldRoutes is what `retort flask export-routes --app old/app.py` prints.
//
//go:embed old-routes.json
var oldRoutes []byte

// Settings are the app's, and what it has to know of the old application.
type Settings struct {
	retort.Config
	OldURL   string // where the old application listens
	Database string // the file that both use
}

// New returns the app, with the old application behind it.
func New(s Settings) (*retort.App, error) {
	// One key for both, so that what one signs the other believes.
	sessions, err := flask.NewSessions(flask.SessionConfig{SecretKey: s.SecretKey})
	if err != nil {
		return nil, err
	}
	s.InsecureSHA1Sessions = sessions
	if s.Config.Templates, err = fs.Sub(templates, "old/templates"); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+s.Database+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, err
	}
	app := retort.New(s.Config)
	app.OnClose(db.Close)
	app.ContextProcessor(currentUser)
	app.Mount(newNotes(db))

	old := flask.Beside(s.OldURL)
	if old.Routes, err = flask.LoadRoutes(bytes.NewReader(oldRoutes)); err != nil {
		return nil, err
	}
	old.Mount(app)
	return app, nil
}
