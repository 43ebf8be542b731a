package jinja_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/retort-go/retort/jinja"
)

// placeTemplates are included, extended and imported by TestPlaces.
var placeTemplates = map[string]string{
	"base":   `<title>{% block title %}Site{% endblock %}</title><body class="{% block cls %}{% endblock %}"><script>{% block js %}{% endblock %}</script><a href="{{ u }}">{% block foot %}{% endblock %}</a>`,
	"child":  `{% extends "base" %}{% block title %}{{ x }} - {{ super() }}{% endblock %}{% block cls %}a {{ x }}{% endblock %}{% block js %}f({{ x }}){% endblock %}{% block foot %}{{ x }}{{ u }}{% endblock %}`,
	"open":   `<a href="`,
	"value":  `{{ u }}`,
	"macros": `{% macro value(v) %}{{ v }}{% endmacro %}{% macro link(u) %}<a href="{{ u }}">{{ caller() }}</a>{% endmacro %}`,
}

func TestPlaces(t *testing.T) {
	const x, u = `"'<&`, "javascript:alert(1)"
	const text, code = "&#34;&#39;&lt;&amp;", `\u0022\u0027\u003c\u0026`
	for _, tt := range []struct{ name, source, want string }{
		{"text", `<p>{{ x }}</p>`, `<p>` + text + `</p>`},
		{"quoted attribute", `<p title="{{ x }}" alt='{{ x }}'>`, `<p title="` + text + `" alt='` + text + `'>`},
		{"unquoted attribute", `<p title={{ 'a b' ~ s }}>`, `<p title=a&#32;bs>`},
		{"URL", `<a href="{{ u }}"><img src='{{ '/a?b=' ~ x }}'>`, `<a href="#blocked"><img src='/a?b=` + text + `'>`},
		{"behind a scheme", `<a href="https://x/{{ u }}">`, `<a href="https://x/javascript:alert(1)">`},
		{"code", `<script>var a = {{ x }}, b = '{{ x }}', c = {{ [1, none, true] }};</script>`,
			`<script>var a = "` + code + `", b = '` + code + `', c = [1, null, true];</script>`},
		{"words of code", `<script>f({{ 'true' if s else 'false' }}, {{ 'null' if not s else x }}, {{ '-1.5' }}, {{ 'a b' if s }}, {{ 'a' ~ s }})</script>`,
			`<script>f(true, "` + code + `", -1.5, "a b", "as")</script>`},
		{"text of a tag", `<li{{ ' class=active' if s }} id={{ x }}><option {{ 'selected' if s }}{{ ' data-x=1' }}><p{{ ' title=' if s else ' onclick=' }}{{ u }}><b{{ s ~ ' c=d' }}>`,
			`<li class=active id=` + text + `><option selected data-x=1><p title=javascript:alert(1)><b-blocked>`},
		{"handler", `<p onclick="f('{{ x }}')">`, `<p onclick="f('` + code + `')">`},
		{"style", `<p style="color: {{ 'red' ~ '' if s else s }}; width: {{ 'expression(1)' if s else s }}">`, `<p style="color: red; width: blocked">`},
		{"inheritance", `{% include "child" %}`, `<title>` + text + ` - Site</title><body class="a ` + text + `"><script>f("` + code +
			`")</script><a href="#blocked">` + text + `javascript:alert(1)</a>`},
		{"include that opens a value", `{% include "open" %}{{ u }}">{{ u }}`, `<a href="#blocked">javascript:alert(1)`},
		{"include in a value", `<a href="{% include "value" %}">{{ u }}`, `<a href="#blocked">javascript:alert(1)`},
		{"macro", `{% from "macros" import value %}<a href="{{ value(u) }}" onclick="{{ value(x) }}">{{ value(u) }}`,
			`<a href="#blocked" onclick="&#34;` + code + `&#34;">javascript:alert(1)`},
		{"call", `{% from "macros" import link %}{% call link(u) %}{{ x }}{% endcall %}`, `<a href="#blocked">` + text + `</a>`},
		{"branches that differ", `<a {% if no %}title="{% else %}href="{% endif %}{{ u }}">{{ u }}`, `<a href="#blocked">javascript:alert(1)`},
		{"optional attribute", `<input{% if s %} checked{% endif %} value="{{ x }}">`, `<input checked value="` + text + `">`},
		{"loop that ends in a tag", `{% for i in [1, 2] %}<a href="{{ u }}"{% endfor %}>`, `<a href="#blocked"<a href="#blocked">`},
		{"set block", `{% set b %}<b>{{ x }}</b>{% endset %}{{ b }}<p title="{{ b }}">`,
			`<b>` + text + `</b><p title="<b>` + text + `</b>">`},
		{"filter block", `<p title="{% filter trim %} {{ x }} {% endfilter %}">`, `<p title="` + text + `">`},
		{"filter that unescapes", `{% filter striptags %}<b>{{ x }}</b>{% endfilter %}{% set s | striptags %}{{ x }}{% endset %}{{ s }}<p title="{% filter striptags|upper %}{{ x }}{% endfilter %}">`,
			text + text + `<p title="` + text + `">`},
		{"filter that cuts", `<script>a = '{% filter truncate(4, true, '') %}{{ u }}{% endfilter %}{{ x }}', b = {% filter indent %}[{{ 1 }},
{{ 2 }}]{% endfilter %}</script><a href="{% filter reverse %}{{ u|reverse }}{% endfilter %}">{% filter wordwrap(3) %}{{ x }}{% endfilter %}`,
			`<script>a = 'java` + code + `', b = [1,` + "\n    2" + `]</script><a href="#blocked">` + "&#3\n4;&\n#39\n;&l\nt;&\namp\n;"},
		{"set that ends in a tag", `{% set a %}<a href="{% endset %}{{ a }}{{ u }}">{{ x }}`, `<a href="#blocked">` + text},
		{"captures that begin together", `{% set a %}{% set b %}<a {% if s %}href="{% endif %}/">{% endset %}{{ b }}<p title="{{ x }}">{% endset %}{{ a }}`,
			`<a href="/"><p title="` + text + `">`},
		{"safe", `<a onclick="{{ 'f(1)'|safe }}">{{ '<b>'|safe }}`, `<a onclick="f(1)"><b>`},
		{"Markup of data", `<a title="{{ html }}" href="{{ html }}">{{ html }}`, `<a title="<b>&#34;" href="<b>&#34;"><b>"`},
		{"tojson", `<script>x = {{ {'a': x}|tojson }}</script><p data-x='{{ {'a': 1}|tojson }}' data-y="{{ {'a': 1}|tojson }}">`,
			`<script>x = {"a": "\"\u0027\u003c\u0026"}</script><p data-x='{"a": 1}' data-y="{&#34;a&#34;: 1}">`},
		{"tojson where its quotes would end the attribute", `<p onclick="f({{ x|tojson }}, {{ x|tojson|safe }})" @click=f({{ x|tojson }}) onkeyup='f({{ x|tojson }})'>`,
			`<p onclick="f(&#34;\&#34;\u0027\u003c\u0026&#34;, &#34;\&#34;\u0027\u003c\u0026&#34;)" @click=f(&#34;\&#34;\u0027\u003c\u0026&#34;) onkeyup='f("\"\u0027\u003c\u0026")'>`},
		{"tojson where percent signs are decoded", `<a href='javascript:f({{ '%22'|tojson }})'>`, `<a href='javascript:f(&#34;\u002522&#34;)'>`},
		{"recursive loop", `<ul title="{% for n in tree recursive %}{{ n.v }}{{ loop(n.c) }}{% endfor %}">{{ x }}`, `<ul title="` + text + `1">` + text},
		{"autoescape off", `{% autoescape false %}<a href="{{ u }}">{% endautoescape %}{{ x }}`, `<a href="` + u + `">` + text},
		{"comment", `<!-- {{ '--><script>' ~ s }} -->`, `<!-- --&gt;&lt;script&gt;s -->`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := newEnv(t, jinja.Config{Autoescape: func(string) bool { return true }}, placeTemplates)
			got, err := render(env, tt.source, map[string]any{
				"x": x, "u": u, "s": "s", "html": jinja.Markup(`<b>"`),
				"tree": []map[string]any{{"v": x, "c": []map[string]any{{"v": 1, "c": []int{}}}}},
			})
			if got != tt.want || err != nil {
				t.Errorf("%s\n got %s, %v\nwant %s", tt.source, got, err, tt.want)
			}
		})
	}
}

func TestStrict(t *testing.T) {
	for source, want := range map[string]string{
		`<p {{ x }}>`: "inside a tag, where an attribute may stand",
		`<a {% if x %}href="{% else %}title="{% endif %}{{ x }}">`:                                                                        "double-quoted URL attribute",
		`{% for i in x %}<a href="{% endfor %}`:                                                                                           "the body of the loop begins in text and ends",
		`<p title="{{ x }}">{{ x }}<script>f({{ x }})</script>`:                                                                           "",
		`{% autoescape true %}{{ x }}<p {{ x }}>{% endautoescape %}`:                                                                      "inside a tag",
		`{% macro m(v) %}title="{{ v }}"{% endmacro %}<p {{ m(x) }} {{ x|xmlattr }}>{% import "m" as l %}<p{{ x|xmlattr }} {{ l.m(x) }}>`: "",
	} {
		env := newEnv(t, jinja.Config{Mode: jinja.Strict}, nil)
		_, err := env.FromString(source)
		var e *jinja.Error
		switch {
		case want == "" && err == nil:
		case !errors.As(err, &e) || e.Kind != jinja.KindEscape || !strings.Contains(e.Message, want) || e.Excerpt == "":
			t.Errorf("%s: got %+v, want %q", source, err, want)
		}
	}
}
