// Tour is one small app with every default of Retort and no security setting:
// login, private pages, forms, uploads, downloads, a JSON endpoint.
//
//	tour serve --data DIR --demo
package main

import (
	"context"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cli"
)

func main() {
	cli.Program{
		Name:  "tour",
		Usage: "a small app that shows what Retort does by default",
		Flags: []cli.Flag{
			&urfave.StringFlag{Name: "data", Value: "tour-data", Usage: "the `DIR`ectory of the database, the key and the uploads"},
			&urfave.StringFlag{Name: "static", Usage: "serve static files from `DIR` instead of those built in"},
			&urfave.BoolFlag{Name: "demo", Usage: "make the user alice with the password \"correct horse battery staple\""},
		},
		App: func(ctx context.Context, cmd *cli.Command) (*retort.App, error) {
			return New(ctx, Options{Data: cmd.String("data"), Static: cmd.String("static"), Demo: cmd.Bool("demo")})
		},
	}.Main()
}
