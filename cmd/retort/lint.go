package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/jinja"
)

func lintCommand() *cli.Command {
	return &cli.Command{
		Name:      "lint-templates",
		Usage:     "list what is unsafe or mistaken in a folder of Jinja templates",
		ArgsUsage: "[DIR]",
		Description: "Looks through DIR, by default templates, as an app would that has nothing but Flask's own names.\n" +
			"Each finding has an id that docs/explanation/templates.md explains. The exit status is 1 if one is an error.\n\n" +
			"Example:\n  retort lint-templates --known money,markdown ../blog/templates",
		Flags: []cli.Flag{
			cli.FormatFlag(),
			&urfave.StringFlag{Name: "known", Usage: "filters, tests and functions that the app brings along, separated by commas"},
		},
		Action: lintTemplates,
	}
}

func lintTemplates(_ context.Context, cmd *cli.Command) error {
	dir := "templates"
	switch cmd.NArg() {
	case 0:
	case 1:
		dir = cmd.Args().First()
	default:
		return fmt.Errorf("%w: lint-templates takes one folder, got %d arguments", cli.ErrUsage, cmd.NArg())
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	app := retort.New(retort.Config{Templates: root.FS()})
	for name := range strings.SplitSeq(cmd.String("known"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		nothing := func(*jinja.Call) (jinja.Value, error) { return jinja.Value{}, nil }
		app.Filter(name, nothing)
		app.Test(name, nothing)
		app.Global(name, nothing)
	}
	return cli.LintTemplates(cmd.Root().Writer, app, dir, cmd.String("format"))
}
