// Api is a JSON API from typed functions: checked inputs, tokens, and an OpenAPI
// document with a page, made from the same types.
//
//	api serve --demo
package main

import (
	"context"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cli"
)

func main() {
	cli.Program{
		Name:  "api",
		Usage: "a JSON API with checked inputs, tokens and OpenAPI",
		Flags: []cli.Flag{
			&urfave.BoolFlag{Name: "demo", Usage: "make a key, and the user alice with the password \"correct horse battery staple\""},
		},
		App: func(ctx context.Context, cmd *cli.Command) (*retort.App, error) {
			var cfg retort.Config
			if err := retort.Load(&cfg, retort.Env("API")); err != nil {
				return nil, err
			}
			return New(ctx, cfg, cmd.Bool("demo"))
		},
	}.Main()
}
