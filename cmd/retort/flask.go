package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"strings"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/flask"
)

//go:embed python
var scripts embed.FS

func flaskCommand() *cli.Command {
	python := func() cli.Flag {
		return &urfave.StringFlag{Name: "python", Value: "python3", Usage: "the `PYTHON` of the old application"}
	}
	return &cli.Command{
		Name:  "flask",
		Usage: "move a Flask application to Retort",
		Commands: []*cli.Command{
			{
				Name: "export-routes", Usage: "print the routes of a Flask application as JSON, for flask.LoadRoutes",
				Description: "Example, in the folder of the old application:\n  retort flask export-routes --app blog:create_app > old-routes.json\nIt loads the application, as `flask routes` does.",
				Flags:       []cli.Flag{python(), &urfave.StringFlag{Name: "app", Usage: "the application, as FLASK_APP names it; found if empty"}},
				Action:      exportRoutes,
			},
			{
				Name: "import", Usage: "make a Retort project of a Flask project, its handlers to be filled in", ArgsUsage: "DIR",
				Description: "Example:\n  retort flask import ../blog --out blog-go\n" +
					"It reads the project and runs nothing of it. Without Python it copies templates and static files only.",
				Flags: []cli.Flag{
					python(),
					&urfave.StringFlag{Name: "out", Required: true, Usage: "the `FOLDER` to make"},
					&urfave.StringFlag{Name: "module", Usage: "the `PATH` of the Go module; the folder's name if empty"},
					&urfave.StringFlag{Name: "replace", Usage: "use the framework in `DIR` instead of a published one"},
				},
				Action: flaskImport,
			},
		},
	}
}

// runPython runs one of the scripts and returns what it prints.
func runPython(ctx context.Context, cmd *cli.Command, script string, args ...string) ([]byte, error) {
	source, err := scripts.ReadFile("python/" + script)
	if err != nil {
		return nil, err
	}
	python := exec.CommandContext(ctx, cmd.String("python"), append([]string{"-c", string(source)}, args...)...) //nolint:gosec // the user names the Python
	var out, errOut bytes.Buffer
	python.Stdout, python.Stderr = &out, &errOut
	python.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	if err := python.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(errOut.String()), "\n")
		return nil, fmt.Errorf("%s: %w: %s", cmd.String("python"), err, lines[len(lines)-1])
	}
	if errOut.Len() > 0 {
		_, _ = cmd.Root().ErrWriter.Write(errOut.Bytes())
	}
	return out.Bytes(), nil
}

func exportRoutes(ctx context.Context, cmd *cli.Command) error {
	if cmd.NArg() != 0 {
		return fmt.Errorf("%w: export-routes takes no argument; name the application with --app", cli.ErrUsage)
	}
	routes, err := runPython(ctx, cmd, "routes.py", cmd.String("app"))
	if err != nil {
		return err
	}
	if _, err := flask.LoadRoutes(bytes.NewReader(routes)); err != nil {
		return err
	}
	_, err = cmd.Root().Writer.Write(routes)
	return err
}
