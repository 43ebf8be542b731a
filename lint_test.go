package retort_test

import (
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/jinja"
)

// The linter knows what the app knows: its filters and its blueprints' templates.
func TestLintTemplates(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: goodKey, Templates: fstest.MapFS{
		"page.html": {Data: []byte("{% from 'retort/form.html' import field %}{{ x|shout }}{{ field(form.name) }}{% include 'part.html' %}{{ url_for('index') }}")},
	}})
	app.Filter("shout", func(s string) string { return s + "!" })
	bp := retort.NewBlueprint("shop", "/shop")
	bp.Templates(fstest.MapFS{"part.html": {Data: []byte("<p title={{ x }}>{{ x|whisper }}")}})
	app.Mount(bp)
	found, err := app.LintTemplates()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[0].ID != "T001" || found[1].ID != "T018" || found[1].Template != "part.html" {
		t.Errorf("got %v", found)
	}
}

// The framework's own templates are such as it asks of others.
func TestOwnTemplates(t *testing.T) {
	loader := jinja.DirLoader("templates")
	env, err := jinja.New(jinja.Config{Loader: loader, Mode: jinja.Strict, Globals: map[string]any{"csrf_token": func() string { return "" }}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := env.Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Level == jinja.LevelError {
			t.Error(f)
		}
	}
	names, err := loader.(jinja.Lister).List()
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if _, err := env.Template(name); err != nil {
			t.Error(err)
		}
	}
}
