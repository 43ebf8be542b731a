package jinja_test

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/retort-go/retort/jinja"
)

// What docs/explanation/templates.md shows of Go.

type localeKey struct{}

// docs: filter

// Any function will do: the first parameter is the value on the left.
func money(cents int, currency string) string {
	return fmt.Sprintf("%d.%02d %s", cents/100, cents%100, currency)
}

// This one takes the call itself: named arguments, the render, its limits.
func repeat(s *jinja.State, c *jinja.Call) (jinja.Value, error) {
	if len(c.Args) != 2 {
		return jinja.Value{}, errors.New("repeat takes a text and a number")
	}
	var text string
	var times int
	if err := errors.Join(jinja.To(c.Args[0], &text), jinja.To(c.Args[1], &times)); err != nil {
		return jinja.Value{}, err
	}
	if times < 0 || times > 1000 {
		return jinja.Value{}, errors.New("repeat does so up to 1000 times")
	}
	if err := s.Meter().Build(len(text) * times); err != nil { // pays for what it makes
		return jinja.Value{}, err
	}
	return jinja.Str(strings.Repeat(text, times)), nil
}

// docs: end

// docs: context

// locale is a function that knows what the page is rendered for.
func locale(s *jinja.State, _ *jinja.Call) (jinja.Value, error) {
	if v, ok := s.Lookup("user_locale"); ok { // a name of the template's
		return v, nil
	}
	name, ok := s.Context().Value(localeKey{}).(string) // what the program gave with the data
	if !ok {
		name = "en"
	}
	return jinja.Str(name), nil
}

// docs: end

// docs: tag

// section is {% section "Title" %} … {% endsection %}.
func section(_ *jinja.State, c *jinja.Call, body func() (jinja.Value, error)) (jinja.Value, error) {
	var title, text string
	if len(c.Args) != 1 {
		return jinja.Value{}, errors.New("section takes a title")
	}
	if err := jinja.To(c.Args[0], &title); err != nil {
		return jinja.Value{}, err
	}
	v, err := body()
	if err != nil {
		return v, err
	}
	if err := jinja.To(v, &text); err != nil {
		return v, err
	}
	return jinja.Markup("<section><h2>" + html.EscapeString(title) + "</h2>" + text + "</section>"), nil
}

// docs: end

// docs: environment

func newEnvironment(files *os.Root) (*jinja.Environment, error) {
	mails, err := fs.Sub(mailFiles, "testdata/mail")
	if err != nil {
		return nil, err
	}
	return jinja.New(jinja.Config{
		Loader: jinja.ChoiceLoader( // the first that has a name
			jinja.FSLoader(files.FS()),
			jinja.PrefixLoader(map[string]jinja.Loader{"mail": jinja.FSLoader(mails)}), // mail/welcome.txt
			jinja.MapLoader(map[string]string{"hello.html": "Hello {{ name }}!"}),
			jinja.FuncLoader(func(name string) (jinja.Source, error) { // a database, for one
				return jinja.Source{}, jinja.ErrNotFound
			}),
		),
		Filters: map[string]any{"money": money, "repeat": repeat},
		Tests:   map[string]any{"cheap": func(cents int) bool { return cents < 1000 }},
		Globals: map[string]any{"site": "Shop", "locale": locale, "now": time.Now},
		Tags:    map[string]jinja.Tag{"section": {Body: true, Run: section}},
	})
}

// docs: end

// docs: embed

//go:embed all:testdata/mail
var mailFiles embed.FS

// docs: end

// docs: untrusted

func untrusted() jinja.Config {
	return jinja.Config{
		Sandbox: jinja.SandboxImmutable,
		Limits: jinja.Limits{
			Steps: 1_000_000, Output: 1 << 20, Depth: 50, Value: 1 << 20, Memory: 16 << 20, Time: time.Second,
		},
	}
}

// docs: end

func TestExtensionPoints(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := root.WriteFile("page.html", []byte("from a folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	env, err := newEnvironment(root)
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		"{{ 1250|money('EUR') }}":                           "12.50 EUR",
		"{{ 'ab'|repeat(3) }}":                              "ababab",
		"{{ 999 is cheap }} {{ 1000 is cheap }}":            "True False",
		"{{ site }} {{ locale() }} {{ now() is defined }}":  "Shop de True",
		"{% set user_locale = 'fr' %}{{ locale() }}":        "fr",
		"{% section '<T>' %}<b>{{ x }}</b>{% endsection %}": "<section><h2>&lt;T&gt;</h2><b>&lt;x&gt;</b></section>",
		"{% include 'page.html' %}":                         "from a folder",
		"{% include 'hello.html' %}":                        "Hello Ada!",
		"{% include 'mail/welcome.txt' %}":                  "Dear Ada!\nYours",
		"{% include ['nowhere.html', 'page.html'] %}":       "from a folder",
	} {
		tmpl, err := env.FromString(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		ctx := context.WithValue(t.Context(), localeKey{}, "de")
		out, err := tmpl.Append(nil, jinja.Input{Ctx: ctx, Data: map[string]any{"x": "<x>", "name": "Ada"}})
		if string(out) != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", source, out, err, want)
		}
	}
}

// Templates of strangers end in an error, whatever they try.
func TestUntrusted(t *testing.T) {
	cfg := untrusted()
	cfg.Loader = jinja.FSLoader(fstest.MapFS{"self.html": {Data: []byte("{% include 'self.html' %}")}})
	env, err := jinja.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{
		"{% for i in range(10**9) %}{% endfor %}", "{{ 'A' * 10**12 }}", "{% for i in range(10**6) %}{{ 'A' * 100 }}{% endfor %}", "{% include 'self.html' %}",
		"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ '%1000000000d'|format(1) }}", "{{ list.append(1) }}", "{{ thing.Delete() }}",
		"{{ ('a' * 1000000)|list|length }}{{ ('a' * 1000000)|list|length }}",
	} {
		got, err := render(env, source, map[string]any{"list": []int{1}, "thing": &thing{}})
		var e *jinja.Error
		if !errors.As(err, &e) || len(got) > 1<<20 {
			t.Errorf("%s: got %.40q, %v, want an error", source, got, err)
		}
	}
}

type thing struct{ deleted bool }

// Delete is nothing for templates of strangers.
func (t *thing) Delete() { t.deleted = true }
