package cli

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const reloaded = `package main

import (
	"context"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cli"
)

func main() {
	cli.Program{Name: "site", App: func(context.Context, *cli.Command) (*retort.App, error) {
		app := retort.New(retort.Config{Debug: true})
		app.Get("/", func(c *retort.Ctx) error { return c.Text("FIRST") }).Named("index")
		return app, nil
	}}.Main()
}
`

// A program is built and started again when its code changes, and goes on as it
// was when it does not compile.
func TestReload(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program three times")
	}
	framework, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	_, requires, _ := strings.Cut(string(mod), "require (")
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module site\n\ngo 1.26.0\n\nrequire (\n\tgithub.com/retort-go/retort v0.0.0"+requires+
		"\nreplace github.com/retort-go/retort => "+framework+"\n")
	write("go.sum", string(sums))
	write("main.go", reloaded)
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")

	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	r := &reloader{dir: dir, pkg: "site", args: []string{"serve", "--listen", "127.0.0.1:0"}, out: in, every: 10 * time.Millisecond}
	go func() {
		err := r.run(ctx)
		_ = in.Close()
		ended <- err
	}()
	lines := bufio.NewScanner(out)
	next := func(pattern string) string { // reads on until a line has it
		t.Helper()
		re := regexp.MustCompile(pattern)
		var all []string
		for lines.Scan() {
			all = append(all, lines.Text())
			if m := re.FindStringSubmatch(lines.Text()); m != nil {
				return m[len(m)-1]
			}
		}
		t.Fatalf("no line has %s:\n%s", pattern, strings.Join(all, "\n"))
		return ""
	}
	says := func(url, want string) {
		t.Helper()
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if text, _ := io.ReadAll(res.Body); string(text) != want {
			t.Errorf("it says %q, want %q", text, want)
		}
	}
	first := next(`msg=serving.*url=(\S+)|serving url=(\S+)`)
	says(first, "FIRST")
	write("main.go", reloaded+"\nnonsense")
	next("not reloaded")
	says(first, "FIRST")
	write("main.go", strings.Replace(reloaded, "FIRST", "SECOND", 1))
	says(next(`serving.*url=(\S+)`), "SECOND")
	cancel()
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestReloadArguments(t *testing.T) {
	r, err := newReloader(io.Discard, []string{"serve", "--reload", "--listen", "127.0.0.1:1", "--reload=true"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.args, " "); got != "serve --listen 127.0.0.1:1" {
		t.Errorf("the program would be started with %q, and reload itself", got)
	}
}
