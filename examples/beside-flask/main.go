// Beside-flask is half of a Flask application, ported: the notes are served here,
// and all else by the old application behind this one, on the same cookie, with
// the same templates and the same database.
//
//	./run.sh    # starts both; then open http://127.0.0.1:8000 and log in as ada, lovelace
package main

import (
	"context"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cli"
)

func main() {
	cli.Program{
		Name:  "beside-flask",
		Usage: "a Flask application, half of it ported",
		App: func(context.Context, *cli.Command) (*retort.App, error) {
			var s Settings
			if err := retort.Load(&s, retort.Env("NOTES")); err != nil {
				return nil, err
			}
			return New(s)
		},
	}.Main()
}
