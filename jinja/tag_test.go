package jinja_test

import (
	"strings"
	"testing"

	"github.com/retort-go/retort/jinja"
)

func TestTags(t *testing.T) {
	kept := map[string]jinja.Value{}
	tags := map[string]jinja.Tag{
		"now": {Run: func(_ *jinja.State, c *jinja.Call, body func() (jinja.Value, error)) (jinja.Value, error) {
			if body != nil {
				t.Error("a tag without a body got one")
			}
			text := "now"
			for _, a := range c.Args {
				text += " " + a.AsString()
			}
			for _, k := range c.Kwargs {
				text += " " + k.Name + "=" + k.Value.AsString()
			}
			return jinja.Str(text), nil
		}},
		"cache": {Body: true, Run: func(_ *jinja.State, c *jinja.Call, body func() (jinja.Value, error)) (jinja.Value, error) {
			key := c.Args[0].AsString()
			if v, ok := kept[key]; ok {
				return v, nil
			}
			v, err := body()
			kept[key] = v
			return v, err
		}},
		"twice": {Body: true, Run: func(_ *jinja.State, _ *jinja.Call, body func() (jinja.Value, error)) (jinja.Value, error) {
			a, err := body()
			if err != nil {
				return a, err
			}
			b, err := body()
			return jinja.Markup(a.AsString() + "|" + b.AsString()), err
		}},
		"plain": {Body: true, Run: func(_ *jinja.State, _ *jinja.Call, body func() (jinja.Value, error)) (jinja.Value, error) {
			v, err := body()
			return jinja.Str(strings.ToUpper(v.AsString())), err
		}},
	}
	env := newEnv(t, jinja.Config{Tags: tags}, map[string]string{
		"base.html": "{% cache 'b' %}{% block b %}{% endblock %}{% endcache %}", "child.html": "{% extends 'base.html' %}{% block b %}{{ x }}{% endblock %}",
	})
	for _, tt := range []struct{ source, want string }{
		{"{% now %}", "now"},
		{"{% now x, 'a', b=x %}", "now &lt;x&gt; a b=&lt;x&gt;"},
		{"{% now *['p', 'q'], **{'r': 's'} %}", "now p q r=s"},
		{"{% if true %}{%- now x -%} {% endif %}", "now &lt;x&gt;"},
		{"{% cache 'a' %}<b>{{ x }}</b>{% endcache %}{% cache 'a' %}never{% endcache %}", "<b>&lt;x&gt;</b><b>&lt;x&gt;</b>"},
		{"{% for i in [1, 2] %}{% twice %}{{ i }}{{ loop.index }}{% set y = i %}{% endtwice %}{{ y }}{% endfor %}", "11|1122|22"},
		{"{% twice %}{% twice %}{{ x }}{% endtwice %}{% endtwice %}", "&lt;x&gt;|&lt;x&gt;|&lt;x&gt;|&lt;x&gt;"},
		{"{% plain %}<i>{{ x }}</i>{% endplain %}", "&lt;I&gt;&amp;LT;X&amp;GT;&lt;/I&gt;"},
		{`<a href="{% now 'javascript:x' %}" title="{% plain %}"{% endplain %}">`, `<a href="#blocked" title="&#34;">`},
		{`<script>f({% now x %}, '{% twice %}{{ x }}{% endtwice %}')</script>`, `<script>f("now \u003cx\u003e", '\u0026lt;x\u0026gt;|\u0026lt;x\u0026gt;')</script>`},
		{"{% macro m(a) %}{% twice %}{{ a }}{% endtwice %}{% endmacro %}{{ m(x) }}", "&lt;x&gt;|&lt;x&gt;"},
		{"{% include 'child.html' %}", "&lt;x&gt;"},
	} {
		if got, err := render(env, tt.source, map[string]any{"x": "<x>"}); got != tt.want || err != nil {
			t.Errorf("%s\n got %s, %v\nwant %s", tt.source, got, err, tt.want)
		}
	}
	for source, want := range map[string]string{
		"{% cache 'a' %}":                        "Jinja was looking for the following tags: 'endcache'",
		"{% endcache %}":                         "unknown tag 'endcache'",
		"{% now 1 2 %}":                          "expected token ','",
		"{% now a=1, 2 %}":                       "invalid syntax for function call expression",
		"{% cache 'a' %}{% endtwice %}":          "endtwice",
		"{% cache 'c' %}{{ y.z }}{% endcache %}": "'y' is undefined",
	} {
		if got, err := render(env, source, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, %v, want an error with %q", source, got, err, want)
		}
	}
}

func TestTagErrors(t *testing.T) {
	run := func(*jinja.State, *jinja.Call, func() (jinja.Value, error)) (jinja.Value, error) {
		return jinja.Value{}, nil
	}
	for name, tag := range map[string]jinja.Tag{"for": {Run: run}, "endfor": {Run: run}, "else": {Run: run}, "mine": {}, "trans": {Run: run}, "a b": {Run: run}} {
		if _, err := jinja.New(jinja.Config{Tags: map[string]jinja.Tag{name: tag}}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want an error", name, err)
		}
	}
}
