package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"

	"github.com/urfave/cli/v3"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/jinja"
)

// FormatFlag chooses how LintTemplates prints.
func FormatFlag() Flag {
	return &cli.StringFlag{Name: "format", Value: "text", Usage: "text, or json: a list of objects"}
}

func (p Program) lintTemplates() *Command {
	c := &Command{Name: "lint-templates", Usage: "list what is unsafe or mistaken in the templates", Flags: []Flag{FormatFlag()}}
	return p.withApp(c, func(_ context.Context, cmd *Command, app *retort.App) error {
		return LintTemplates(cmd.Root().Writer, app, "", cmd.String("format"))
	})
}

// LintTemplates prints what app's templates, which lie in folder, have that is unsafe or mistaken; errors make it fail.
func LintTemplates(w io.Writer, app *retort.App, folder, format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("%w: --format is %q; it can be json, text", ErrUsage, format)
	}
	found, err := app.LintTemplates()
	if err != nil {
		return err
	}
	errs, files := 0, map[string]bool{}
	for i := range found {
		f := &found[i]
		f.Template = path.Join(folder, f.Template)
		files[f.Template] = true
		if f.Level == jinja.LevelError {
			errs++
		}
	}
	if format == "json" {
		err = printFindings(w, found)
	} else {
		for _, f := range found {
			_, _ = fmt.Fprintln(w, f)
		}
		_, err = fmt.Fprintf(w, "%s in %s, %s.\n", counted(len(found), "finding"), counted(len(files), "template"), counted(errs, "error"))
	}
	if err == nil && errs > 0 {
		return fmt.Errorf("%d of %d findings are errors", errs, len(found))
	}
	return err
}

// printFindings prints a list even if it is empty, and letters of HTML as they are.
func printFindings(w io.Writer, found []jinja.Finding) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(append([]jinja.Finding{}, found...))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
