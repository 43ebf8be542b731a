// Flaskr is the blog of Flask's tutorial in Retort: register, log in, write,
// edit and delete posts. docs/tutorial builds it step by step.
//
//	go run . init-db
//	go run . serve --debug     # http://127.0.0.1:8000
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cli"
)

func main() {
	cli.Program{
		Name:  "flaskr",
		Usage: "a blog",
		Flags: []cli.Flag{
			&urfave.BoolFlag{Name: "debug", Usage: "for development: show errors, reload templates, make up a key"},
		},
		App: func(ctx context.Context, cmd *cli.Command) (*retort.App, error) {
			s, err := load(cmd.Bool("debug"))
			if err != nil {
				return nil, err
			}
			return New(ctx, s)
		},
		Commands: []*cli.Command{{
			Name:   "init-db",
			Usage:  "make the tables that are missing; what is there stays",
			Action: initDB,
		}},
	}.Main()
}

// load reads the settings: first those of instance/config.json, if there is
// one, then the environment's, such as FLASKR_DATABASE.
func load(debug bool) (Settings, error) {
	const file = "instance/config.json"
	s := Settings{Database: "instance/flaskr.sqlite"}
	s.Debug = debug
	var sources []retort.Source
	if _, err := os.Stat(file); err == nil {
		sources = append(sources, retort.JSONFile(file))
	}
	return s, retort.Load(&s, append(sources, retort.Env("FLASKR"))...)
}

func initDB(ctx context.Context, cmd *cli.Command) error {
	s, err := load(false)
	if err != nil {
		return err
	}
	db, err := OpenDB(s.Database)
	if err != nil {
		return err
	}
	if err := errors.Join(db.Init(ctx), db.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.Root().Writer, "The database", s.Database, "is ready.")
	return err
}
