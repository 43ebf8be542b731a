package cli

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort"
)

// run runs a command line of a small app and returns what it printed.
func run(t *testing.T, stdin string, args ...string) (out, errs string, code int) {
	t.Helper()
	p := Program{Name: "blog", App: func(_ context.Context, cmd *Command) (*retort.App, error) {
		app := retort.New(retort.Config{Debug: true, Logger: slog.New(slog.DiscardHandler)})
		app.Get("/", func(c *retort.Ctx) error { return c.Text("hello " + c.Query("q")) }).Named("index")
		app.Post("/", func(c *retort.Ctx) error { return c.Text("posted " + c.Form("a")) }).Named("create")
		app.Get("/form", func(c *retort.Ctx) error {
			token, err := c.CSRFToken()
			if err != nil {
				return err
			}
			return c.HTML(`<input name="csrf_token" value="` + token + `">`)
		}).Named("form")
		return app, nil
	}}
	var stdout, stderr bytes.Buffer
	code = p.RunIO(t.Context(), append([]string{"blog"}, args...), strings.NewReader(stdin), &stdout, &stderr)
	return stdout.String(), stderr.String(), code
}

func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		args  string
		stdin string
		code  int
		want  []string // in what was printed
	}{
		{"routes", "", 0, []string{"index", "GET", "/form"}},
		{"config", "", 0, []string{"MAX_CONTENT_LENGTH=1048576", "DEBUG=true"}},
		{"secret", "", 0, []string{"\n"}},
		{"check", "", 0, nil},
		{"lint-templates", "", 0, []string{"0 errors"}},
		{"check --deploy", "", 1, []string{"R001 error", "R005 error", "not ready to deploy"}},
		{"console", "GET /?q=x\nGET /form\nPOST / a=1\nnonsense\n", 0, []string{"hello x", "posted 1", "neither a command"}},
		{"console GET /?q=y", "", 0, []string{"200 OK", "hello y"}},
		{"console GET", "", 2, []string{"takes a METHOD and a /path"}},
		{"--help", "", 0, []string{"serve", "routes", "check"}},
		{"rotues", "", 2, []string{"rotues", "routes, console"}},
		{"routes --nope", "", 2, []string{"nope", "blog routes --help"}},
		{"serve --listen 256.0.0.1:1", "", 1, []string{"blog: listen on 256.0.0.1:1"}},
	} {
		out, errs, code := run(t, tt.stdin, strings.Fields(tt.args)...)
		if code != tt.code {
			t.Errorf("%s: exit status %d, want %d; %s%s", tt.args, code, tt.code, out, errs)
		}
		for _, want := range tt.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: %q is not in\n%s%s", tt.args, want, out, errs)
			}
		}
		if code != 0 && strings.Count(strings.TrimSpace(errs), "\n") > 0 {
			t.Errorf("%s: the error takes more than a line:\n%s", tt.args, errs)
		}
	}
}

// Where routes are for hosts, the list says which.
func TestRoutesOfHosts(t *testing.T) {
	p := Program{Name: "blog", App: func(context.Context, *Command) (*retort.App, error) {
		app := retort.New(retort.Config{Debug: true, ServerName: "example.com", SubdomainMatching: true, Logger: slog.New(slog.DiscardHandler)})
		app.Get("/", func(c *retort.Ctx) error { return c.NoContent() }).Named("home").Subdomain("<user>")
		app.Get("/about", func(c *retort.Ctx) error { return c.NoContent() }).Named("about")
		return app, nil
	}}
	var out, errs bytes.Buffer
	if code := p.RunIO(t.Context(), []string{"blog", "routes"}, nil, &out, &errs); code != 0 {
		t.Fatal(errs.String())
	}
	want := [][]string{{"ENDPOINT", "METHODS", "PATTERN", "HOST"}, {"home", "GET", "/", "<user>.example.com"}, {"about", "GET", "/about", "example.com"}}
	for i, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		if got := strings.Fields(line); !slices.Equal(got, want[i]) {
			t.Errorf("line %d: got %q, want %q", i, got, want[i])
		}
	}
}

// In development the program's own debug lines are seen, as with Flask's logger.
func TestDebugLines(t *testing.T) {
	defer slog.SetLogLoggerLevel(slog.SetLogLoggerLevel(slog.LevelInfo))
	for _, debug := range []bool{true, false} {
		slog.SetLogLoggerLevel(slog.LevelInfo)
		p := Program{Name: "blog", App: func(context.Context, *Command) (*retort.App, error) {
			return retort.New(retort.Config{Debug: debug, Logger: slog.New(slog.DiscardHandler)}), nil
		}}
		p.RunIO(t.Context(), []string{"blog", "check"}, nil, io.Discard, io.Discard)
		if got := slog.SetLogLoggerLevel(slog.LevelInfo) == slog.LevelDebug; got != debug {
			t.Errorf("with Debug %t: debug lines are logged: %t", debug, got)
		}
	}
}
