package jinja_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/jinja"
)

// newEnv returns an environment over the templates.
func newEnv(t testing.TB, cfg jinja.Config, templates map[string]string) *jinja.Environment {
	t.Helper()
	if templates != nil {
		cfg.Loader = jinja.MapLoader(templates)
	}
	env, err := jinja.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// render renders a template made from a string.
func render(env *jinja.Environment, source string, data any) (string, error) {
	tmpl, err := env.FromString(source)
	if err != nil {
		return "", err
	}
	out, err := tmpl.Append(nil, jinja.Input{Data: data})
	return string(out), err
}

// templateError asserts that err is a *jinja.Error and returns it.
func templateError(t *testing.T, err error) *jinja.Error {
	t.Helper()
	var e *jinja.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want a *jinja.Error", err)
	}
	return e
}

func TestErrorStack(t *testing.T) {
	env := newEnv(t, jinja.Config{}, map[string]string{
		"base.html":   "<title>{% block title %}{% endblock %}</title>\n{% block body %}{% endblock %}",
		"page.html":   "{% extends 'base.html' %}\n{% import 'lib.html' as lib %}\n{% block body %}\n  {{ lib.button(usr) }}\n{% endblock %}",
		"lib.html":    "{% macro button(u) %}\n<b>{% include 'label.html' %}</b>\n{{ u.name }}{% endmacro %}",
		"label.html":  "label",
		"syntax.html": "a\n{% include 'broken.html' %}",
		"broken.html": "b\n{% if x %}\n{% endfor %}",
		"loop.html":   "{% for x in [[1, [0]]] recursive %}{{ 1 // x[0] }}{{ loop([x[1]]) }}{% endfor %}",
		"lines.html":  "{% set a = 1 %}\n{{ [\n  q.x] }}",
		"call.html":   "{% macro m() %}{{ caller() }}{% endmacro %}\n{% call m() %}{{ 1 // 0 }}{% endcall %}",
	})
	for _, tt := range []struct {
		name, kind, message, hint string
		stack                     []string
	}{
		{"page.html", jinja.KindUndefined, "'usr' is undefined", "did you mean 'user'?",
			[]string{`lib.html:3:6 in macro "button"`, `page.html:4:16 in block "body"`, "base.html:2:4", "page.html:1:4"}},
		{"syntax.html", jinja.KindSyntax, "Encountered unknown tag 'endfor'. Jinja was looking for the following tags: 'elif' or " +
			"'else' or 'endif'. The innermost block that needs to be closed is 'if'.", "",
			[]string{"broken.html:3:4", "syntax.html:2:4"}},
		{"loop.html", "ZeroDivisionError", "integer division or modulo by zero", "",
			[]string{"loop.html:1:41 in loop", "loop.html:1:58 in loop", "loop.html:1:4"}},
		{"call.html", "ZeroDivisionError", "integer division or modulo by zero", "",
			[]string{"call.html:2:20 in caller", `call.html:1:25 in macro "m"`, "call.html:2:10"}},
		{"lines.html", jinja.KindUndefined, "'q' is undefined", "", []string{"lines.html:2"}},
		{"pge.html", jinja.KindNotFound, "pge.html", "did you mean 'page.html'?", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tmpl, err := env.Template(tt.name)
			if err == nil {
				_, err = tmpl.Append(nil, jinja.Input{Data: map[string]any{"user": nil}})
			}
			e := templateError(t, err)
			var stack []string
			for _, f := range e.Stack {
				stack = append(stack, f.String())
			}
			if e.Kind != tt.kind || e.Message != tt.message || e.Hint != tt.hint {
				t.Errorf("got %s: %s (%s)", e.Kind, e.Message, e.Hint)
			}
			if fmt.Sprint(stack) != fmt.Sprint(tt.stack) {
				t.Errorf("got stack %q, want %q", stack, tt.stack)
			}
		})
	}
}

func TestErrorNotFound(t *testing.T) {
	env := newEnv(t, jinja.Config{}, map[string]string{"page.html": "{% include 'bot.html' %}"})
	tmpl, err := env.Template("page.html")
	if err == nil {
		err = tmpl.Render(&strings.Builder{}, nil)
	}
	if want := "page.html:1:4: there is no template bot.html"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = env.Template("pag.html")
	if want := "there is no template pag.html (did you mean 'page.html'?)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestErrorOfField(t *testing.T) {
	type post struct{ Title, CreatedAt string }
	env := newEnv(t, jinja.Config{Undefined: jinja.UndefinedStrict}, nil)
	for source, want := range map[string]string{
		"{{ p.titel.x }}":    "'jinja_test.post object' has no attribute 'titel' (did you mean 'title'?)",
		"{{ p.create_at }}":  "has no attribute 'create_at' (did you mean 'created_at'?)",
		"{{ p.author }}":     "has no attribute 'author'",
		"{{ p.title.lower}}": "",
	} {
		_, err := render(env, source, map[string]any{"p": &post{}})
		if got := fmt.Sprint(err); err == nil && want != "" || !strings.HasSuffix(got, want) {
			t.Errorf("%s: got %v, want %s", source, err, want)
		}
	}
}

func TestErrorFormat(t *testing.T) {
	env := newEnv(t, jinja.Config{}, map[string]string{"page.html": "{% macro m() %}\n\t<p>{{ post.title }}</p>\n{% endmacro %}\n{{ m() }}"})
	tmpl, err := env.Template("page.html")
	if err != nil {
		t.Fatal(err)
	}
	err = tmpl.Render(&strings.Builder{}, map[string]any{"posts": []int{}})
	const line = `page.html:2:13 in macro "m": 'post' is undefined (did you mean 'posts'?)`
	if err.Error() != line {
		t.Errorf("got %s\nwant %s", err, line)
	}
	const detail = "UndefinedError: 'post' is undefined (did you mean 'posts'?)\n" +
		"  at page.html:2:13 in macro \"m\"\n\n" +
		"  1 | {% macro m() %}\n" +
		"  2 | \t<p>{{ post.title }}</p>\n" +
		"    | \t           ^\n" +
		"  3 | {% endmacro %}\n" +
		"  4 | {{ m() }}\n" +
		"  from page.html:4:5"
	if got := fmt.Sprintf("%+v", err); got != detail {
		t.Errorf("got\n%s\nwant\n%s", got, detail)
	}
}

// A line of a megabyte, as minified pages have them, is shown around the failing column.
func TestExcerptOfLongLines(t *testing.T) {
	env := newEnv(t, jinja.Config{}, nil)
	_, err := render(env, strings.Repeat("é", 1<<19)+"{{ x.y }}"+strings.Repeat("z", 1<<20), nil)
	e := templateError(t, err)
	if len(e.Excerpt) > 1000 || !strings.Contains(e.Excerpt, "{{ x.y }}") {
		t.Errorf("got an excerpt of %d bytes: %.300s", len(e.Excerpt), e.Excerpt)
	}
}

func TestErrorOfGoFunction(t *testing.T) {
	cause := errors.New("database is gone")
	env := newEnv(t, jinja.Config{Globals: map[string]any{
		"posts": func() ([]string, error) { return nil, cause },
		"crash": func() string { panic("oh") },
	}}, nil)
	_, err := render(env, "{{ posts() }}", nil)
	if e := templateError(t, err); !errors.Is(err, cause) || e.Kind != jinja.KindGo || e.Message != cause.Error() || e.Line() != 1 {
		t.Errorf("got %+v", err)
	}
	_, err = render(env, "a\n{{ crash() }}", nil)
	if e := templateError(t, err); e.Message != "panic: oh" || e.Line() != 2 {
		t.Errorf("got %+v", err)
	}
}

func TestNothingIsWrittenAfterAnError(t *testing.T) {
	env := newEnv(t, jinja.Config{}, nil)
	tmpl, err := env.FromString("page {{ 1 // 0 }}")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := tmpl.Render(&b, nil); err == nil || b.Len() > 0 {
		t.Errorf("got error %v and %q, want an error and nothing", err, b.String())
	}
}

func TestLimits(t *testing.T) {
	forever := "{% for a in range(1000000) %}{% for b in range(1000000) %}{% endfor %}{% endfor %}"
	for _, tt := range []struct {
		name, source string
		limits       jinja.Limits
		message      string
	}{
		{"steps", forever, jinja.Limits{Steps: 10_000}, "render took more than 10000 steps"},
		{"steps in a filter", "{{ range(10000000)|sum }}", jinja.Limits{Steps: 10_000}, "render took more than 10000 steps"},
		{"time", forever, jinja.Limits{Time: time.Millisecond}, "render took longer than 1ms"},
		{"output", "{% for a in range(100000) %}{{ a }} and on{% endfor %}", jinja.Limits{Output: 1000}, "page is longer than the limit of 1000 bytes"},
		{"output of one value", "{{ 'x' * 5000 }}", jinja.Limits{Output: 1000}, "page is longer than the limit of 1000 bytes"},
		{"value", "{{ 'A' * 10 ** 13 }}", jinja.Limits{}, "larger than the limit"},
		{"memory", "{% for a in range(100000) %}{% set x = 'A' * (1000 + a) %}{% endfor %}", jinja.Limits{Memory: 1 << 20}, "more than 1048576 bytes of values"},
		{"depth of macros", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", jinja.Limits{}, "maximum recursion depth exceeded"},
		{"depth by a filter", "{% macro m(x) %}{{ [1]|map('call')|list }}{{ [self]|join }}{{ m(x) }}{% endmacro %}{{ m(1) if false else '' }}" +
			"{% macro n(a) %}{{ n(a|list) }}{% endmacro %}{{ n([1]) }}", jinja.Limits{}, ""},
		{"depth of includes", "{% include 'self.html' %}", jinja.Limits{Depth: 10}, "maximum recursion depth exceeded"},
		{"depth of extends", "{% extends 'parent.html' %}", jinja.Limits{Depth: 10}, "maximum recursion depth exceeded"},
		{"depth of loops", "{% set l = [] %}{% set _ = l.append(l) %}{% for x in l recursive %}{{ loop(x) }}{% endfor %}", jinja.Limits{}, "maximum recursion depth exceeded"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := newEnv(t, jinja.Config{Limits: tt.limits}, map[string]string{
				"self.html":   "{% include 'self.html' %}",
				"parent.html": "{% extends 'parent.html' %}",
			})
			_, err := render(env, tt.source, nil)
			if err == nil || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("got %v, want %q", err, tt.message)
			}
		})
	}
}
