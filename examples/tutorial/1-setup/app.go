package main

import "github.com/retort-go/retort"

// Settings are Retort's own and, soon, those of this app.
type Settings struct {
	retort.Config
}

// New returns the application: what Flask calls create_app.
func New(s Settings) (*retort.App, error) {
	app := retort.New(s.Config)
	app.Get("/", hello)
	return app, nil
}

func hello(c *retort.Ctx) error { return c.Text("Hello from Flaskr.") }
