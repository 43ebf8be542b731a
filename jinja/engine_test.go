package jinja_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/retort-go/retort/jinja"
)

func Example() {
	env, err := jinja.New(jinja.Config{Loader: jinja.MapLoader(map[string]string{
		"base.html": "<title>{% block title %}{% endblock %}</title>",
		"user.html": "{% extends 'base.html' %}{% block title %}{{ user.name|title }} has {{ user.posts|length }} posts{% endblock %}",
	})})
	if err != nil {
		panic(err)
	}
	type user struct {
		Name  string
		Posts []string
	}
	tmpl, err := env.Template("user.html")
	if err != nil {
		panic(err)
	}
	if err := tmpl.Render(os.Stdout, map[string]any{"user": &user{"ada <l>", []string{"a", "b"}}}); err != nil {
		panic(err)
	}
	// Output: <title>Ada &lt;L&gt; has 2 posts</title>
}

func ExampleConfig_filters() {
	env, err := jinja.New(jinja.Config{
		Filters: map[string]any{"shout": func(s string) string { return strings.ToUpper(s) + "!" }},
		Tests:   map[string]any{"short": func(s string, n int) bool { return len(s) <= n }},
		Globals: map[string]any{"site": "Retort"},
	})
	if err != nil {
		panic(err)
	}
	tmpl, err := env.FromString("{{ site|shout }}{{ ' short' if site is short(6) }}")
	if err != nil {
		panic(err)
	}
	fmt.Println(tmpl.Render(os.Stdout, nil))
	// Output: RETORT! short<nil>
}

func ExampleEnvironment_Expression() {
	env, err := jinja.New(jinja.Config{})
	if err != nil {
		panic(err)
	}
	x, err := env.Expression("user.age >= 18 and 'admin' in user.roles")
	if err != nil {
		panic(err)
	}
	v, err := x.Eval(jinja.Input{Data: map[string]any{"user": map[string]any{"age": 20, "roles": []string{"admin"}}}})
	if err != nil {
		panic(err)
	}
	allowed, err := jinja.Plain(v)
	fmt.Println(allowed, err)
	// Output: true <nil>
}

func TestData(t *testing.T) {
	type address struct {
		City string `json:"town"`
	}
	type person struct {
		FirstName string
		address
		hidden string //nolint:unused // that it is not seen is the point
		Home   *address
	}
	ordered, err := jinja.FromJSON([]byte(`{"z": 1, "a": 123456789012345678901234567890}`))
	if err != nil {
		t.Fatal(err)
	}
	p := &person{FirstName: "Ada", address: address{"London"}, Home: &address{"Paris"}}
	for _, tt := range []struct {
		source string
		data   any
		want   string
	}{
		{"{{ first_name }} {{ firstName }} {{ FirstName }} {{ Home.town }} {{ home.City }}", p, "Ada Ada Ada Paris Paris"},
		{"{{ hidden is defined }} {{ address is defined }}", p, "False False"},
		{"{{ first_name }}", *p, "Ada"},
		{"{% for k, v in o.items() %}{{ k }}={{ v }};{% endfor %}", map[string]any{"o": ordered}, "z=1;a=123456789012345678901234567890;"},
		{"{{ z }} {{ a }} {{ items is defined }}", ordered, "1 123456789012345678901234567890 False"},
		{"{{ x is defined }}", nil, "False"},
		{"{% for k in m %}{{ k }}{% endfor %}", map[string]any{"m": map[string]int{"b": 1, "a": 2, "c": 3}}, "abc"},
		{"{{ f(2) }} {{ g('x', 'y') }}", map[string]any{
			"f": func(n int) int { return n * n },
			"g": func(s ...string) string { return strings.Join(s, "+") },
		}, "4 x+y"},
	} {
		env := newEnv(t, jinja.Config{}, nil)
		if got, err := render(env, tt.source, tt.data); got != tt.want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", tt.source, got, err, tt.want)
		}
	}
}

func TestLookupAndContext(t *testing.T) {
	type key struct{}
	env := newEnv(t, jinja.Config{Globals: map[string]any{
		"lang": func(s *jinja.State, _ *jinja.Call) (jinja.Value, error) {
			return jinja.From(s.Context().Value(key{})), nil
		},
		"see": func(s *jinja.State, _ *jinja.Call) (jinja.Value, error) {
			v, ok := s.Lookup("name")
			if !ok {
				v = jinja.From("nothing")
			}
			return v, nil
		},
		"name": "global",
	}}, map[string]string{"lib": "{% macro m() %}{{ url }} {{ name }} {{ see() }}{% endmacro %}"})
	tmpl, err := env.FromString("{{ url }} {{ name }} {{ see() }} {{ lang() }}|{% import 'lib' as lib %}{{ lib.m() }}|{% from 'lib' import m with context %}{{ m() }}")
	if err != nil {
		t.Fatal(err)
	}
	out, err := tmpl.Append([]byte("> "), jinja.Input{
		Ctx:  context.WithValue(t.Context(), key{}, "de"),
		Data: map[string]any{"name": "data"},
		Lookup: func(name string) (jinja.Value, bool) {
			if name == "url" {
				return jinja.From("/x"), true
			}
			return jinja.Value{}, false
		},
	})
	// A template imported without context does not see the data, but what every request has.
	if want := "> /x data data de|/x global global|/x data data"; string(out) != want || err != nil {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
}

func TestContextStopsARender(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	env := newEnv(t, jinja.Config{Globals: map[string]any{"stop": func() string { cancel(); return "" }}}, nil)
	tmpl, err := env.FromString("{{ stop() }}{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tmpl.Append(nil, jinja.Input{Ctx: ctx}); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("got %v, want that the context was canceled", err)
	}
}

// Renders share templates, caches of places in them, and imported modules.
func TestParallelRenders(t *testing.T) {
	env := newEnv(t, jinja.Config{}, map[string]string{
		"lib.html":  "{% set greeting = 'Hello' %}{% macro m(u) %}{{ greeting }} {{ u.name }}{% if u.next %}, {{ m(u.next) }}{% endif %}{% endmacro %}",
		"base.html": "<p>{% block b %}{% endblock %}</p>{% include ['none.html', 'foot.html'] %}",
		"foot.html": "{% autoescape false %}{{ sep }}{% endautoescape %}",
		"page.html": "{% extends 'base.html' %}{% from 'lib.html' import m %}{% block b %}{% for u in users %}{{ m(u) }}{{ loop.index }}{% endfor %}{% endblock %}",
	})
	type user struct {
		Name string
		Next *user
	}
	a := map[string]any{"users": []*user{{"Ada", &user{"<Bob>", nil}}}, "sep": "&"}
	b := map[string]any{"users": []map[string]any{{"name": "Cy", "next": nil}}, "sep": "<"}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			data, want := a, "<p>Hello Ada, Hello &lt;Bob&gt;1</p>&"
			if i%2 == 1 {
				data, want = b, "<p>Hello Cy1</p><"
			}
			for range 200 {
				tmpl, err := env.Template("page.html")
				if err != nil {
					t.Error(err)
					return
				}
				if out, err := tmpl.Append(nil, jinja.Input{Data: data}); string(out) != want || err != nil {
					t.Errorf("got %q, %v; want %q", out, err, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

// A macro that Go code keeps must not reach into another render when it is called later.
func TestMacroKeptBeyondItsRender(t *testing.T) {
	var kept jinja.Value
	env := newEnv(t, jinja.Config{Globals: map[string]any{"keep": func(c *jinja.Call) (jinja.Value, error) {
		kept = c.Args[0]
		return jinja.From(""), nil
	}}}, nil)
	if _, err := render(env, "{% set x = 'secret' %}{% macro m() %}{{ x }}{{ name }}{% endmacro %}{{ keep(m) }}", map[string]any{"name": "first"}); err != nil {
		t.Fatal(err)
	}
	got, err := render(env, "{{ m() }}", map[string]any{"m": kept, "name": "second"})
	if want := "secretsecond"; got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestNative(t *testing.T) {
	env := newEnv(t, jinja.Config{Native: true}, nil)
	for source, want := range map[string]string{
		"{{ [1, 2] }}": "[1 2]", "{{ 1 + 1 }}": "2", "1{{ 2 }}": "12", "{{ a }}x": "1x", "": "<nil>", "[{{ a }}, {'b': b'c'}]": "[1 map[b:[99]]]",
		"{% set x %}4{% endset %}{{ x + 1 }}": "5", "{{ a }} ": "1", " {{ a }}": " 1",
		"{% macro m(x) %}{{ x }}{% endmacro %}{{ m([a]) }}": "[1]", "{% for i in [1, 2] %}{{ i }}{% endfor %}": "12", "007": "007",
	} {
		tmpl, err := env.FromString(source)
		if err != nil {
			t.Fatal(err)
		}
		v, err := tmpl.Native(jinja.Input{Data: map[string]any{"a": 1}})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := jinja.Plain(v); fmt.Sprint(got) != want || err != nil {
			t.Errorf("%q: got %v, %v; want %s", source, got, err, want)
		}
	}
}

func TestSandbox(t *testing.T) {
	for _, source := range []string{
		"{{ ''.__class__ }}", "{{ x|attr('_secret') }}", "{{ x['_secret'] }}", "{{ '{0.__class__}'.format(x) }}", "{{ x.Delete() }}",
		"{{ [x]|map(attribute='Delete')|list }}",
	} {
		env := newEnv(t, jinja.Config{Sandbox: jinja.SandboxOn}, nil)
		x := &dangerous{}
		got, err := render(env, source, map[string]any{"x": x})
		if x.deleted || strings.Contains(got, "class") {
			t.Errorf("%s: got %q, %v", source, got, err)
		}
	}
	env := newEnv(t, jinja.Config{Sandbox: jinja.SandboxImmutable}, nil)
	if _, err := render(env, "{{ l.append(1) }}", map[string]any{"l": jinja.From([]int{})}); err == nil {
		t.Error("a list could be changed in the immutable sandbox")
	}
}

type dangerous struct{ deleted bool }

// Delete is what a template in the sandbox must not reach.
func (d *dangerous) Delete() string { d.deleted = true; return "" }

func TestConfigErrors(t *testing.T) {
	for name, cfg := range map[string]jinja.Config{
		"newline":   {NewlineSequence: "x"},
		"delimiter": {Syntax: jinja.Syntax{BlockStart: "<%", VariableStart: "<%"}},
		"filter":    {Filters: map[string]any{"f": 1}},
		"test":      {Tests: map[string]any{"t": func() (int, int, int) { return 1, 2, 3 }}},
		"global":    {Globals: map[string]any{"g": (func())(nil)}},
	} {
		if _, err := jinja.New(cfg); err == nil || !strings.HasPrefix(err.Error(), "jinja: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
