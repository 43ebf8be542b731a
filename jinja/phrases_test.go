package jinja

import (
	"maps"
	"slices"
	"testing"

	"github.com/retort-go/retort/jinja/internal/value"
)

// TestPhrases shows that phrases print what the instructions print that they stand for, whatever kinds of values they meet.
func TestPhrases(t *testing.T) {
	type thing struct {
		A     any
		B     *thing
		S     string
		N     int
		Flag  bool
		Items []string
	}
	values := map[string]any{
		"none": nil, "text": `<a href="x">'&`, "path": "/a?b", "empty": "", "int": -7, "zero": 0, "float": 1.25, "bool": true,
		"markup": value.Markup(`<b title="x">`), "list": []any{1, "<", nil}, "strings": []string{"b", "<a>"},
		"map":    map[string]any{"s": "<m>", "n": 3, "b": map[string]any{"s": "deep"}, "a": 1.5, "items": []string{"x"}, "flag": false},
		"struct": &thing{A: "<any>", S: "s & t", N: 4, Flag: true, Items: []string{"p", "q"}, B: &thing{S: "inner", A: value.Markup("<i>")}},
		"bare":   thing{}, "func": func(c *Call) (Value, error) { return value.Int(int64(len(c.Args) + 10*len(c.Kwargs))), nil },
		"fails": func(*Call) (Value, error) { return Value{}, value.Errorf("ValueError", "no") },
	}
	sources := []string{
		`<p title="{{ x }}">{{ x.s }} {{ x.a }} {{ x.n }}</p><a href="{{ x.s }}">{{ x.b.s }} {{ x.b.a }}</a>`,
		`{{ x|default('-', true) }} {{ x.s|upper }} {{ x.items|join('<') }} {{ x.a|round(1) }} {{ x.b.s|title }}`,
		`{% if x %}a{% endif %}{% if x.flag %}b{% else %}c{% endif %}{% if not x.items %}d{% endif %}{% if x.b.flag and x %}e{% endif %}`,
		`{% if x.n > 3 %}a{% elif x.n == 3 %}b{% endif %}{{ '' if x.s == 's' else '<' }}{% if x in y %}c{% endif %}`,
		`{% for i in x %}<li>{{ loop.index }}{% if loop.first %}f{% endif %}{{ i }}{{ loop.cycle('a', 'b') }}` +
			`{% if not loop.last %}, {% endif %}{% else %}none{% endfor %}`,
		`{% for i in y %}{{ i.s }}{{ i|lower }}{{ loop.first and i }}{{ loop.last or i }};{% endfor %}`,
		`{% macro m(a, b=x.n, c=b) %}<i id="{{ a }}">{{ b }}{{ c }}</i>{% endmacro %}{{ m(x) }}{{ m(x.s, 2) }}{{ m(1, 2, x.b.s) }}{{ m(c=x) }}`,
		`<a href="{{ x(1, y) }}">{{ x('<', k=y.s) }}</a>`, `{{ f(x) }} {{ f(x.s, k=x.b.s) }} {{ f(loop) }}`,
		`{% set z = x.s %}{{ z }}{% set z = x %}{{ z }}{% with w = x.b %}{{ w.s }}{% endwith %}`,
		`{% for i in y if i.s %}{{ i.s }}{% if i.flag %}{% continue %}{% endif %}{{ i.n }}{% endfor %}`,
	}
	for _, undefined := range []value.Flavour{value.FlavourDefault, value.FlavourStrict, value.FlavourChainable} {
		env, err := New(Config{
			Autoescape: func(string) bool { return true }, Undefined: undefined, Extensions: ExtLoopControls,
			Globals: map[string]any{"f": values["func"]},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			with, err := env.FromString(source)
			if err != nil {
				t.Fatal(err)
			}
			without, _ := env.FromString(source)
			if dropPhrases(without.root) == 0 {
				t.Errorf("no phrases in %s", source)
			}
			for _, name := range append(slices.Sorted(maps.Keys(values)), "missing") {
				data := map[string]any{"y": []any{values["struct"], values["map"], "S", nil, values["struct"]}}
				if v, ok := values[name]; ok {
					data["x"] = v
				}
				for range 2 { // the first time no attribute has been met
					got, gotErr := with.Append(nil, Input{Data: data})
					want, wantErr := without.Append(nil, Input{Data: data})
					if string(got) != string(want) || errorText(gotErr) != errorText(wantErr) {
						t.Errorf("%s with %s:\n got %s, %v\nwant %s, %v", source, name, got, errorText(gotErr), want, errorText(wantErr))
					}
				}
			}
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// dropPhrases leaves a function, and those in it, only their instructions, and counts what it drops.
func dropPhrases(fn *function) int {
	n := 0
	for i := range fn.code {
		if fn.code[i].op == opPhrases {
			fn.code[i].op = opNop
			n++
		}
	}
	for _, inner := range fn.functions {
		n += dropPhrases(inner)
	}
	return n
}
