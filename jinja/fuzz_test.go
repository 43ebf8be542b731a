package jinja_test

import (
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/jinja"
)

// FuzzRender holds that no template and no data makes the engine panic, hang or use memory without bound.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"{% for a, b in x.items() if a recursive %}{{ loop.index }}{{ loop(b) }}{{ loop.nextitem }}{% else %}e{% endfor %}",
		"{% macro m(a, b=a, *c) %}{{ varargs }}{{ kwargs }}{{ caller(a) }}{% endmacro %}{% call(q) m(1, k=x) %}{{ q }}{{ super() }}{% endcall %}",
		"{% extends 'base' %}{% block a scoped %}{{ super() }}{{ self.b() }}{% endblock %}{% set ns = namespace(x=1) %}{% set ns.x, y = x %}",
		"{% include ['none', x] ignore missing without context %}{% import 'lib' as l with context %}{% from 'lib' import m as n %}{{ n(l) }}{{ l.m }}",
		"{% filter upper|replace('A', x) %}<a href='{{ x }}' onclick=\"{{ x }}\" {{ x }}>{% endfilter %}<script>{{ x }}</script>{% autoescape x %}{{ x }}{% endautoescape %}",
		"{{ '%s %(a)d'|format(x, a=1) }}{{ '{0.a[b]!r:>10}'.format(x) }}{{ x|tojson|urlize|xmlattr }}{{ (1, 2)[::-1] ~ 2**100 // 7 % x }}",
		"{% trans a=x, n=2 %}{{ a }}{% pluralize n %}{{ n }}{% endtrans %}{% do x.append(1) %}{% break %}{% continue %}{% debug %}",
		"{% with a=x %}{% set b | trim %}{{ a }}{% endset %}{{ b }}{% endwith %}{{ x if y else z if x }}{{ a.b['c'][1:x] is divisibleby 3 }}",
	} {
		f.Add(seed, `{"x": {"a": [1, "<'\"&>", null, 1e30]}, "y": true}`, byte(0))
	}
	f.Fuzz(func(t *testing.T, source, data string, options byte) {
		env, err := jinja.New(jinja.Config{
			Loader: jinja.MapLoader(map[string]string{
				"base": "<{% block a %}{% endblock %} title='{% block b %}{{ x }}{% endblock %}'>", "self": source,
				"lib": "{% macro m(a) %}{{ a }}{{ x }}{% endmacro %}",
			}),
			Mode: jinja.Mode(options & 1), Sandbox: jinja.Sandbox(options >> 1 & 1), Undefined: jinja.Undefined(options >> 2 & 3),
			TrimBlocks: options&16 != 0, LstripBlocks: options&32 != 0, Native: options&64 != 0,
			Extensions: jinja.ExtDo | jinja.ExtI18n | jinja.ExtLoopControls | jinja.ExtDebug,
			Limits:     jinja.Limits{Steps: 200_000, Output: 1 << 20, Value: 1 << 20, Memory: 8 << 20, Time: time.Second},
		})
		if err != nil {
			t.Fatal(err)
		}
		v, err := jinja.FromJSON([]byte(data))
		if err != nil {
			v = jinja.From(data)
		}
		tmpl, err := env.FromString(source)
		if err != nil {
			return
		}
		if options&64 != 0 {
			_, err = tmpl.Native(jinja.Input{Data: v})
		} else {
			_, err = tmpl.Append(nil, jinja.Input{Data: v})
		}
		if err != nil && strings.Contains(err.Error(), "panic:") {
			t.Fatalf("%+v", err)
		}
	})
}
