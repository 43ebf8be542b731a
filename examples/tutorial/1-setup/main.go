// Flaskr is the blog of Flask's tutorial in Retort, after one of eight
// chapters: it says hello.
//
//	go run . serve --debug     # http://127.0.0.1:8000
package main

import (
	"context"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cli"
)

func main() {
	cli.Program{
		Name:  "flaskr",
		Usage: "a blog",
		Flags: []cli.Flag{
			&urfave.BoolFlag{Name: "debug", Usage: "for development: show errors, make up a key"},
		},
		App: func(_ context.Context, cmd *cli.Command) (*retort.App, error) {
			s := Settings{}
			s.Debug = cmd.Bool("debug")
			return New(s)
		},
	}.Main()
}
