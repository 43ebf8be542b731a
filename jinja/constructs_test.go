package jinja

import (
	"strings"
	"testing"
)

// constructs are what pages are made of, each in the body of a loop over posts.
var constructs = []struct{ name, before, body string }{
	{"nothing", "", ""},
	{"text", "", "hello"},
	{"int", "", "{{ p.id }}{{ n }}"},
	{"string", "", "{{ p.title }}{{ n }}"},
	{"float", "", "{{ p.score }}"},
	{"attribute of attribute", "", "{{ p.author.name }}"},
	{"item", "", "{{ p.tags[0] }}{{ p['title'] }}"},
	{"slice", "", "{{ p.title[:3] }}{{ p.tags[1:]|length }}"},
	{"name", "", "{{ site_name }}"},
	{"in a quoted attribute", "", `<a class="{{ p.title }}">`},
	{"URL", "", `<a href="{{ p.title }}">`},
	{"end of a URL", "", `<a href="/x/{{ p.title }}">`},
	{"in a script", "", `<script>var x = {{ p.id }}, y = "{{ p.author.name }}";</script>`},
	{"loop.index", "", "{{ loop.index }}{{ loop.revindex }}{{ loop.length }}"},
	{"loop.last", "", "{% if not loop.last %}, {% endif %}"},
	{"loop.previtem", "", "{% if loop.previtem and loop.nextitem %}{{ loop.previtem.id }}{{ loop.nextitem.id }}{% endif %}"},
	{"loop.cycle", "", "{{ loop.cycle('odd', 'even') }}"},
	{"loop.changed", "", "{% if loop.changed(p.author.name) %}{{ p.author.name }}{% endif %}"},
	{"if attribute", "", "{% if p.author.admin %}, {% endif %}"},
	{"if comparison", "", "{% if p.comments == 1 and p.id > 0 %}, {% elif p.id in [1, 2] %}-{% endif %}"},
	{"if test", "", "{% if p.comments is even and p.title is defined %}, {% endif %}"},
	{"condition", "", "{{ '' if p.comments == 1 else 's' }}"},
	{"set", "", "{% set x = p.id + 1 %}{{ x * 2 }}"},
	{"with", "", "{% with a = p.id %}{{ a }}{% endwith %}"},
	{"namespace", "{% set ns = namespace(i=0) %}", "{% set ns.i = ns.i + 1 %}{{ ns.i }}"},
	{"upper", "", "{{ p.title|upper }}"},
	{"lower", "", "{{ p.title|lower }}"},
	{"title", "", "{{ p.author.name|title }}"},
	{"default", "", "{{ p.title|default('x', true) }}{{ p.missing|default('y') }}"},
	{"length", "", "{{ p.tags|length }}"},
	{"join", "", "{{ p.tags|join(', ') }}"},
	{"first and last", "", "{{ p.title|first }}{{ p.body|last }}"},
	{"truncate", "", "{{ p.body|truncate(80) }}"},
	{"round", "", "{{ p.score|round(1) }}"},
	{"int filter", "", "{{ p.score|int }}"},
	{"format", "", "{{ '%.1f %s'|format(p.score, p.title) }}"},
	{"percent", "", "{{ '%.2f %d %s' % (p.score, p.id, p.title) }}"},
	{"str.format", "", "{{ '{} {:.2f} {}'.format(p.id, p.score, p.title) }}"},
	{"concatenation", "", "{{ p.title ~ ' ' ~ p.id }}"},
	{"sum of strings", "", "{{ p.title + '!' }}"},
	{"chain", "", "{{ p.title|trim|replace('o', '0')|upper }}"},
	{"method", "", "{{ p.title.upper() }}{{ p.title.startswith('No') }}{{ p.title.replace('o', '0') }}"},
	{"safe", "", "{{ p.title|safe }}"},
	{"escape", "", "{{ p.title|e }}{{ p.title|escape|upper }}"},
	{"striptags", "", "{{ p.title|striptags }}"},
	{"filesizeformat", "", "{{ p.id|filesizeformat }}{{ (p.id * 5000)|filesizeformat }}"},
	{"tojson", "", "{{ p.tags|tojson }}{{ {'a': p.id}|tojson }}"},
	{"urlencode", "", "{{ p.title|urlencode }}"},
	{"wordcount", "", "{{ p.body|wordcount }}"},
	{"center", "", "{{ p.author.name|center(20) }}"},
	{"list and dict", "", "{{ [1, p.id]|length }}{{ {'a': p.id}.a }}{{ (p.id, 2)[1] }}"},
	{"macro", "{% macro m(a, b='x') %}{{ a }}{{ b }}{% endmacro %}", "{{ m(p.title) }}{{ m(p.id, b=2) }}"},
	{"imported macro", "{% from 'macros.html' import show %}", "{{ show(p.title) }}"},
	{"macro of a module", "{% import 'macros.html' as macros %}", "{{ macros.show(p.title) }}"},
	{"macro in an attribute", "{% from 'macros.html' import show %}", `<a class="{{ show(p.title) }}">`},
	{"result of a macro", "{% from 'macros.html' import show %}", "{{ show(p.title)|upper }}"},
	{"call block", "{% from 'macros.html' import box %}", "{% call box() %}{{ p.id }}{% endcall %}"},
	{"set block", "", "{% set x %}{{ p.title }}{% endset %}{{ x }}"},
	{"filter block", "", "{% filter upper %}{{ p.title }}{% endfilter %}"},
	{"include", "", "{% include 'included.html' %}"},
	{"inner loop", "", "{% for t in p.tags %}{{ t }}{% else %}-{% endfor %}"},
	{"inner loop with condition", "", "{% for t in p.tags if t != 'Go' %}{{ loop.index }}{{ t }}{% endfor %}"},
	{"loop over a range", "", "{% for i in range(3) %}{{ i }}{% endfor %}"},
	{"loop over a list", "", "{% for i in ['a', 'b'] %}{{ i }}{% endfor %}"},
	{"recursive loop", "", "{% for t in p.tags recursive %}{{ t }}{% endfor %}"},
	{"autoescape off", "", "{% autoescape false %}{{ p.title }}{% endautoescape %}"},
}

type constructData struct {
	Posts    []post
	SiteName string
	N        int
}

// constructTemplates are the templates of the constructs, and what they are rendered with.
func constructTemplates(t testing.TB, posts int) (map[string]*Template, Input) {
	env, err := New(Config{Autoescape: func(string) bool { return true }, Globals: pageGlobals(), Loader: MapLoader(map[string]string{
		"included.html": "{{ p.id }}",
		"macros.html":   "{% macro show(a) %}{{ a }}{% endmacro %}{% macro box() %}<p>{{ caller() }}</p>{% endmacro %}",
	})})
	if err != nil {
		t.Fatal(err)
	}
	templates := map[string]*Template{}
	for _, c := range constructs {
		// In a block, where most pages have their content.
		tmpl, err := env.FromString("{% block content %}" + c.before + "{% for p in posts %}" + c.body + "{% endfor %}{% endblock %}")
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		templates[c.name] = tmpl
	}
	data := &constructData{SiteName: "field notes", N: 7}
	for i := range posts {
		data.Posts = append(data.Posts, pageData().Posts[i%10])
	}
	return templates, Input{Data: data}
}

// TestConstructAllocations holds that a page made of any of the constructs allocates nothing, once memory has grown.
func TestConstructAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("under the race detector pools forget at random")
	}
	templates, in := constructTemplates(t, 10)
	for _, c := range constructs {
		var buf []byte
		render := func() {
			var err error
			if buf, err = templates[c.name].Append(buf[:0], in); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		for range 10 {
			render()
		}
		if n := testing.AllocsPerRun(100, render); n > 0 {
			t.Errorf("%s: %v allocations per render", c.name, n)
		}
	}
}

// BenchmarkConstruct prints what each construct costs.
func BenchmarkConstruct(b *testing.B) {
	const posts = 1000
	templates, in := constructTemplates(b, posts)
	for _, c := range constructs {
		b.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
			var buf []byte
			best := 1e18
			for b.Loop() {
				best = min(best, measure(func() { buf, _ = templates[c.name].Append(buf[:0], in) }, 1))
			}
			b.ReportMetric(best/posts, "ns/item")
			b.ReportMetric(0, "ns/op")
		})
	}
}
