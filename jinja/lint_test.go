package jinja_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort/jinja"
)

var updateLint = flag.Bool("update-lint", false, "write testdata/lint/findings.txt anew")

// What is found in the templates of testdata/lint is listed there too, one finding on a line.
func TestLint(t *testing.T) {
	for _, mode := range []jinja.Mode{jinja.Contextual, jinja.Compat, jinja.Strict} {
		env := newEnv(t, jinja.Config{
			Loader: jinja.DirLoader("testdata/lint/templates"), Mode: mode,
			Globals: map[string]any{"url_for": func(string) string { return "" }},
		}, nil)
		findings, err := env.Lint()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range findings {
			got = append(got, fmt.Sprintf("%s:%d:%d %s %s: %s\n", f.Template, f.Line, f.Col, f.ID, f.Level, f.Message))
		}
		const file = "testdata/lint/findings.txt"
		if *updateLint {
			if err := os.WriteFile(file, []byte(strings.Join(got, "")), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		wanted := slices.Collect(strings.Lines(string(want)))
		for _, f := range got {
			if !slices.Contains(wanted, f) {
				t.Errorf("mode %d: found %s", mode, f)
			}
		}
		for _, f := range wanted {
			if !slices.Contains(got, f) {
				t.Errorf("mode %d: did not find %s", mode, f)
			}
		}
		checkRules(t, findings)
	}
}

// checkRules sees that the samples show every rule there is.
func checkRules(t *testing.T, findings []jinja.Finding) {
	t.Helper()
	missing := map[string]bool{}
	for i, r := range jinja.LintRules() {
		if want := fmt.Sprintf("T%03d", i+1); r.ID != want || r.Cure == "" {
			t.Errorf("rule %d is %+v, want the id %s and a cure", i, r, want)
		}
		missing[r.ID] = true
	}
	for _, f := range findings {
		delete(missing, f.ID)
		if f.Excerpt == "" || f.Cure == "" {
			t.Errorf("%+v has no excerpt or no cure", f)
		}
	}
	if len(missing) > 0 {
		t.Errorf("no sample for %v", slices.Sorted(maps.Keys(missing)))
	}
}

// A template has findings of the level error exactly if Strict refuses it, or it names a template that is not there.
func TestLintIsStrict(t *testing.T) {
	env := newEnv(t, jinja.Config{
		Loader: jinja.DirLoader("testdata/lint/templates"), Mode: jinja.Strict,
		Globals: map[string]any{"url_for": func(string) string { return "" }},
	}, nil)
	findings, err := env.Lint()
	if err != nil {
		t.Fatal(err)
	}
	refused := map[string]bool{}
	for _, f := range findings {
		refused[f.Template] = refused[f.Template] || f.Level == jinja.LevelError && f.ID != "T017"
	}
	for name, want := range refused {
		if _, err := env.Template(name); (err != nil) != want {
			t.Errorf("%s: got %v, want an error: %t", name, err, want)
		}
	}
}
