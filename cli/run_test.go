package cli_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/retorttest"
)

func newApp(context.Context, *cli.Command) (*retort.App, error) {
	app := retort.New(retort.Config{Debug: true, Logger: slog.New(slog.DiscardHandler)})
	app.Get("/hello/<name>", func(c *retort.Ctx) error { return c.Text("Hello " + c.Param("name")) }).Named("hello")
	return app, nil
}

// A program's own commands are tested with retorttest.Run.
func TestRun(t *testing.T) {
	p := cli.Program{Name: "blog", App: newApp,
		Commands: []*cli.Command{{Name: "import", Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.Args().First() == "" {
				return errors.New("which file?")
			}
			_, err := fmt.Fprintln(cmd.Root().Writer, "imported", cmd.Args().First())
			return err
		}}}}
	for _, tt := range []struct {
		args        string
		status      int
		out, errOut string
	}{
		{"import notes.csv", 0, "imported notes.csv\n", ""},
		{"import", 1, "", "blog: which file?\n"},
		{"routes", 0, "hello", ""},
		{"completion bash", 0, "blog", ""},
	} {
		got := retorttest.Run(t, p, "", strings.Fields(tt.args)...)
		if got.Status != tt.status || !strings.Contains(got.Stdout, tt.out) || got.Stderr != tt.errOut {
			t.Errorf("%s: got %+v", tt.args, got)
		}
	}
	if got := retorttest.Run(t, p, "GET /hello/Ada\n", "console"); !strings.Contains(got.Stdout, "Hello Ada") {
		t.Errorf("console: got %+v", got)
	}
}
