package jinja_test

import (
	"strings"
	"testing"

	"github.com/retort-go/retort/jinja"
)

// What is called prints the same as if it stood where it is called.
func TestCalledInPlace(t *testing.T) {
	places := []string{
		`%`, `<title>%</title>`, `<p title="%">`, `<p title=%>`, `<a href="%">`, `<a href="/x/%">`, `<a href='/x?y=%'>`, `<p onclick="f('%')">`,
		`<script>f("%")</script>`, `<script>f(%)</script>`, `<style>a { color: % }</style>`, `<p style="width: %">`, `<!-- % -->`, `<textarea>%</textarea>`,
		`<img srcset="%">`,
	}
	bodies := []string{
		`{{ x }}`, `{{ u }}`, `a {{ x }} b {{ u }}`, `{{ n }}{{ n * -2 }}`, `{{ x|upper }}{{ x|default('y') }}{{ n|round(1) }}`, `{{ html }}`, `{{ x|e }}`,
		`{% for i in rows %}{{ i.a }}{{ i.b }}{% endfor %}`, `{% for i in rows %}{% if i.a %}{{ i.b }}{% else %}-{% endif %}{% endfor %}`,
		`{% for i in rows %}{% if not loop.first %},{% endif %}{{ i.b|lower }}{% else %}{{ x }}{% endfor %}`,
		`{% set v %}{{ x }}<b>{% endset %}{{ v }}`, `{% filter upper %}{{ x }}{% endfilter %}`, `{{ x ~ '/' ~ n }}`, `{{ 'a' if n else x }}`,
		`{% for i in rows %}{% set v %}{{ i.a }}{% if i.a == 2 %}{% break %}{% endif %}{% endset %}{{ v }}{% endfor %}{{ x }}`,
		`{% autoescape false %}{{ n }}{% endautoescape %}{{ x }}`, `{% include "inner" %}{{ x }}`, `{{ [x]|join }}`, `{{ rows|map(attribute='b')|join('-') }}`,
		`{% macro m(v) %}{{ v }}{{ n }}{% endmacro %}{{ m(x) }}{{ m(u) }}`, `{% for i in [[1, [2]]] recursive %}{{ i }}{% endfor %}{{ u }}`, ``,
	}
	data := map[string]any{
		"x": `"a'<&b -`, "u": "javascript:alert(1)", "n": -3, "html": jinja.Markup(`<i>"`),
		"rows": []map[string]any{{"a": 1, "b": `<1>"`}, {"a": 2, "b": "b c"}, {"a": 0, "b": "c:d"}},
	}
	for _, place := range places {
		before, behind, _ := strings.Cut(place, "%")
		for _, body := range bodies {
			env := newEnv(t, jinja.Config{Extensions: jinja.ExtLoopControls, Autoescape: func(string) bool { return true }}, map[string]string{
				"inner": `{{ x }}`, "body": body, "base": before + `{% block b %}{% endblock %}` + behind + `{{ x }}`,
			})
			want, err := render(env, before+body+behind+`{{ x }}`, data)
			if err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			for what, source := range map[string]string{
				"macro":   `{% macro body() %}` + body + `{% endmacro %}` + before + `{{ body() }}` + behind + `{{ x }}`,
				"include": before + `{% include "body" %}` + behind + `{{ x }}`,
				"block":   `{% extends "base" %}{% block b %}` + body + `{% endblock %}`,
			} {
				for range 2 { // the second time with what was found out in the first
					if got, err := render(env, source, data); got != want || err != nil {
						t.Errorf("%s of %s in %s\n got %s, %v\nwant %s", what, body, place, got, err, want)
					}
				}
			}
		}
	}
}
