package jinja_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	nethtml "golang.org/x/net/html"

	"github.com/retort-go/retort/jinja"
)

// No value ever changes the structure of a page: whatever is printed where, by macros, includes, blocks and branches in
// the middle of tags, a browser finds the same elements with the same attributes, and the same code in them.

var structureCount = flag.Int("structures", 1000, "how many random projects TestStructure renders")

// pages writes random templates in which values stand in all kinds of places.
type pages struct {
	r         *rand.Rand
	templates map[string]string
	depth     int
}

// newPages returns the templates of one seed. The page is main.html.
func newPages(seed uint64) map[string]string {
	p := &pages{r: rand.New(rand.NewPCG(seed, 7)), templates: map[string]string{}}
	p.templates["lib.html"] = "{% macro show(v) %}{{ v }}{% endmacro %}{% macro twice(v) %}{{ v }}{{ v|upper }}{% endmacro %}" +
		"{% macro wrap(v) %}{{ caller(v) }}{% endmacro %}{% macro opt(v, w='w') %}{% if v %}{{ v }}{% else %}{{ w }}{% endif %}{% endmacro %}" +
		"{% macro link(u, t) %}<a href=\"{{ u }}\" title='{{ t }}'>{{ caller(t) if caller else t }}</a>{% endmacro %}"
	p.templates["value.html"] = "{{ x }}"
	p.templates["values.html"] = "{% for v in list %}{{ v }}{% endfor %}{% set s %}{{ y }}{% endset %}{{ s }}"
	p.templates["open.html"] = p.pick(`<a href="`, `<a title='`, `<p class=`, `<script>f('`, `<p onclick="f(`, `<p style="color: `, `<textarea>`, `<!-- `)
	base := "{% from 'lib.html' import show, twice, wrap, opt, link %}" + p.text() + "{% block a %}" + p.text() + "{% endblock %}" + p.pick(`<a href="·">`, `<p title='·'>`, `<p class=·>`, `<p onclick="f(·)">`, "<script>f('·')</script>", "<script>f(·)</script>", `<p style="color: ·">`, "<!-- · -->", "·") + p.text()
	p.templates["base.html"] = strings.Replace(base, "·", "{% block v %}{{ x }}{% endblock %}", 1)
	imports := "{% from 'lib.html' import show, twice, wrap, opt, link %}"
	main := imports + p.text()
	switch p.r.IntN(3) {
	case 0:
		main = "{% extends 'base.html' %}" + imports + "{% block a %}" + imports + p.text() + p.pick("{{ super() }}", "") + "{% endblock %}{% block v %}" + imports + p.value() + p.pick("{{ super() }}", "") + "{% endblock %}"
	case 1:
		main = imports + "{% set x2 = x %}{% include 'base.html' %}" + p.text()
	}
	if !strings.HasPrefix(main, "{% extends") { // what a child prints comes first, so that values in the base would be names
		main += p.pick("", "{% include 'open.html' %}"+p.value(), "<b>")
	}
	p.templates["main.html"] = main
	return p.templates
}

func (p *pages) pick(list ...string) string { return list[p.r.IntN(len(list))] }

func (p *pages) deeper(f func() string) string {
	if p.depth > 4 {
		return ""
	}
	p.depth++
	defer func() { p.depth-- }()
	return f()
}

// name is a value that comes from outside.
func (p *pages) name() string { return p.pick("x", "y", "d.k", "list[0]", "list|first", "o.name", "x") }

// expr is an expression whose value depends on one from outside.
func (p *pages) expr() string {
	n := p.name()
	switch p.r.IntN(9) {
	case 0:
		return n + "|" + p.pick("upper", "trim", "default('d')", "e", "string", "replace('a', y)", "tojson", "center(9)", "forceescape", "indent(1)", "title", "truncate(20)", "urlencode", "striptags", "join('-')", "wordwrap(4)", "reverse", "escape|upper", "tojson|safe")
	case 1:
		return n + " ~ " + p.pick("'c'", p.name(), "1", "show(y)", "(y|e)")
	case 2:
		return p.pick("show", "twice", "opt") + "(" + n + ")"
	case 3:
		return n + " if c else " + p.name()
	case 4:
		return p.pick("'%s-%s'|format("+n+", y)", "'a{}b'.format("+n+")", "[x, y]|join("+n+")", "{'k': x}", "[x, 1, none]", "list", "d", "('%s'|e) % "+n, "(x|e) + y", "show(x) + y", "'-'.join(list)")
	}
	return n
}

// value prints something that may stand anywhere.
func (p *pages) value() string {
	return p.deeper(func() string {
		e := p.expr()
		switch p.r.IntN(20) {
		case 0:
			return "{% if c %}{{ " + e + " }}{% else %}{{ y }}{% endif %}"
		case 1:
			return "{% for v in list %}{{ v }}{% endfor %}"
		case 2:
			return "{% include 'value.html' %}"
		case 3:
			return "{% include 'val' ~ 'ues.html' %}"
		case 4:
			return "{% set s" + p.pick("", "|upper", "|striptags", "|trim|e") + " %}{{ " + e + " }}{% endset %}{{ s }}"
		case 5:
			return "{% filter " + p.pick("trim", "upper", "replace('x', 'y')", "lower", "striptags", "striptags|trim", "wordwrap(5)", "truncate(9)", "urlize", "indent") + " %}{{ " + e + " }}{% endfilter %}"
		case 6:
			return "{% call(q) wrap(" + p.name() + ") %}{{ q }}{% endcall %}"
		case 7:
			return "{% with w = " + e + " %}{{ w }}{% endwith %}"
		case 8:
			return "{% for v in list recursive %}{{ v }}{% if loop.first and false %}{{ loop(list) }}{% endif %}{% endfor %}"
		case 9:
			return "{% trans %}t{{ x }}{% endtrans %}"
		case 10:
			return "{% macro m" + fmt.Sprint(p.r.IntN(3)) + "(v) %}{{ v }}{% endmacro %}{{ show(x) }}"
		case 11:
			return "{% autoescape true %}{{ " + e + " }}{% endautoescape %}"
		case 13:
			return "{{ joiner(x)() }}{{ cycler(x, y).next() }}{% for v in list %}{{ loop.cycle(x, y) }}{{ loop.previtem }}{% endfor %}"
		case 14:
			return "{% import 'lib.html' as lib with context %}{{ lib.show(" + e + ") }}{{ lib.link(x, y)|striptags }}"
		case 12:
			return "{% set ns = namespace(v=" + e + ") %}{{ ns.v }}"
		}
		return "{{ " + e + " }}"
	})
}

// place puts a value into a place of each kind.
func (p *pages) place(v string) string {
	switch p.r.IntN(24) {
	case 19:
		return `{% for w in list %}<a href="` + v + `"{% endfor %}>u</a>`
	case 20:
		return `<a {% for w in list %}title="` + v + `" {% if loop.first %}{% continue %}{% endif %}{% endfor %}>w</a>`
	case 21:
		return `{% for w in list %}{% set t %}<i title="` + v + `{% if loop.first %}{% break %}{% endif %}{% endset %}{% endfor %}` + v
	case 22:
		return `<p title="{{ m }}" id={{ m }} onclick="f({{ m }}, '{{ m }}')"><a href="{{ m }}">` + v + `</a><script>f({{ m }}, "{{ m }}")</script>`
	case 0:
		return `<a href="` + p.pick("", "/", "/a/", "http://h/", "?q=", "//", "x") + v + `">l</a>`
	case 1:
		return `<p title='` + p.pick("", "a ", "&amp;") + v + `' class="b">x</p>`
	case 2:
		return `<p class=` + p.pick("", "a") + v + p.pick("", "b") + ` id=i>x</p>`
	case 3:
		return `<button onclick="f(` + v + `, '` + v + `')">b</button>`
	case 4:
		return `<button onclick='f("` + v + `")' ` + p.pick("@click", ":class", "onfocus", "x-data") + `="` + v + `">b</button>`
	case 5:
		return "<script>var a = " + v + ", b = '" + v + "', c = \"" + v + "\"; f(a)</script>"
	case 6:
		return "<script>var t = `a " + v + " b`; // " + v + "\nvar u = 1; /* " + v + " */ g(u)</script>"
	case 7:
		return `<p style="color: ` + v + `; width: 1px">s</p>`
	case 8:
		return `<style>.a { color: ` + v + `; background: url(` + v + `) } /* ` + v + ` */</style>`
	case 9:
		return `<textarea>` + v + `</textarea><title>` + v + `</title>`
	case 10:
		return `<!-- ` + v + ` -->`
	case 11:
		return `<img src=` + v + ` srcset="` + v + ` 2x">`
	case 12:
		return `<script type="application/json">{"a": ` + v + `, "b": "` + v + `"}</script>`
	case 13:
		return `<iframe srcdoc="` + v + `"></iframe>`
	case 14:
		return `<a href='javascript:f(` + v + `, "` + v + `")'>j</a>`
	case 15:
		return `<a {% if c %}href="{% else %}title="{% endif %}` + v + `">b</a>`
	case 16:
		return `<p title={% if c %}"` + v + `"{% else %}'` + v + `'{% endif %}>q</p>`
	case 17:
		return `<input{% if c %} value="` + v + `"{% endif %} {% for v in list %}data-n="` + v + `" {% endfor %}>`
	case 18:
		return `{% if c %}<p class="{% else %}<p onclick="{% endif %}` + v + `">z</p>`
	}
	return "<p>" + v + "</p>"
}

// text is a run of what may stand between elements.
func (p *pages) text() string {
	return p.deeper(func() string {
		var b strings.Builder
		for range 1 + p.r.IntN(3) {
			switch p.r.IntN(9) {
			case 0:
				b.WriteString("{% if " + p.pick("c", "not c") + " %}" + p.text() + "{% else %}" + p.text() + "{% endif %}")
			case 1:
				b.WriteString("{% for v in list %}" + p.place("{{ v }}") + "{% endfor %}")
			case 2:
				b.WriteString("{% call(q) link(" + p.expr() + ", " + p.expr() + ") %}<i>{{ q }}</i>{% endcall %}")
			case 3:
				b.WriteString("{% set s %}" + p.text() + "{% endset %}{{ s }}" + p.place("{{ s|striptags }}"))
			case 4:
				b.WriteString("<ul{{ {'class': x, 'data-y': y}|xmlattr }}>")
			default:
				b.WriteString(p.place(p.value()))
			}
		}
		return b.String()
	})
}

// attacks are what outsiders send.
var attacks = []string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, `'><b>`, `" onmouseover="alert(1)`, "' onmouseover='alert(1)", " onclick=alert(1) ",
	"javascript:alert(1)", "JaVa\tscript:alert(1)", "&#106;avascript:alert(1)", "data:text/html,<script>", "vbscript:x", "');alert(1)//", `");alert(1)//`,
	"`;alert(1)//", "${alert(1)}", "*/alert(1)/*", "\nalert(1)\n", "</script><script>alert(1)", "<!--<script>", "-->", "--!>", "\\", `\"`, "\\'", "\u2028alert(1)",
	"red; background: url(javascript:alert(1))", "expression(alert(1))", "}</style><b>", "</textarea><b>", "</title><b>", "x onfocus=alert(1) autofocus",
	"%22%29;alert(1)//", "%27);alert(1)//", "&quot;);alert(1)//", "&#39;);alert(1)//", "]]>", "{{ x }}", "\x00", "=", "a=b", "/", "//evil", "\\u0022", ",", "-", "&", "",
}

// renderPages renders a project with one value everywhere.
func renderPages(templates map[string]string, v string, c bool) (string, error) {
	env, err := jinja.New(jinja.Config{Loader: jinja.MapLoader(templates), Extensions: jinja.ExtI18n | jinja.ExtLoopControls, Limits: jinja.Limits{Steps: 1_000_000, Output: 1 << 22}})
	if err != nil {
		return "", err
	}
	t, err := env.Template("main.html")
	if err != nil {
		return "", err
	}
	out, err := t.Append(nil, jinja.Input{Data: map[string]any{
		"x": v, "y": v, "c": c, "d": map[string]any{"k": v}, "list": []string{v, v}, "m": jinja.Markup(v), "o": struct{ Name string }{v},
	}})
	return string(out), err
}

// skeleton is what a browser makes of a page, without the text that values can choose.
func skeleton(page string) []string {
	z := nethtml.NewTokenizer(strings.NewReader(page))
	var out []string
	raw := ""
	for {
		kind := z.Next()
		if kind == nethtml.ErrorToken {
			return out
		}
		token := z.Token()
		if kind == nethtml.TextToken {
			if raw == "script" {
				out = append(out, "code "+codeSkeleton(token.Data))
			}
			continue
		}
		raw = ""
		if kind == nethtml.StartTagToken {
			raw = token.Data
		}
		s := token.Type.String()
		if token.Type != nethtml.CommentToken && token.Type != nethtml.DoctypeToken {
			s += " " + token.Data
		}
		for _, a := range token.Attr {
			s += " " + a.Key + attributeSkeleton(a)
		}
		out = append(out, s)
	}
}

// attributeSkeleton is the code in an attribute, and whether its URL runs any.
func attributeSkeleton(a nethtml.Attribute) string {
	switch a.Key {
	case "onclick", "onfocus", "@click", ":class", "x-data":
		return "=" + codeSkeleton(a.Val)
	case "href", "src", "srcset":
		url := strings.Map(func(r rune) rune {
			if r <= ' ' {
				return -1
			}
			return r
		}, strings.ToLower(a.Val))
		for _, scheme := range []string{"javascript:", "vbscript:", "data:"} {
			if strings.HasPrefix(url, scheme) {
				return "=" + scheme
			}
		}
	case "style":
		return fmt.Sprintf("=%d", strings.Count(a.Val, "url(")+strings.Count(a.Val, "expression("))
	}
	return ""
}

// codeSkeleton is JavaScript without what stands in its strings and comments, and with one word for any plain value.
func codeSkeleton(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"' || c == '\'' || c == '`':
			end := i + 1
			for end < len(code) && code[end] != c {
				if code[end] == '\\' {
					end++
				} else if code[end] == '\n' && c != '`' {
					return b.String() + " broken string"
				} else if c == '`' && strings.HasPrefix(code[end:], "${") {
					return b.String() + " code in a template"
				}
				end++
			}
			if end >= len(code) {
				return b.String() + " open string"
			}
			b.WriteString("S")
			i = end
		case c == '/' && strings.HasPrefix(code[i:], "//"):
			end := strings.IndexAny(code[i:], "\n\r\u2028\u2029")
			if end < 0 {
				return b.String()
			}
			i += end
		case c == '/' && strings.HasPrefix(code[i:], "/*"):
			end := strings.Index(code[i+2:], "*/")
			if end < 0 {
				return b.String() + " open comment"
			}
			i += end + 3
		case c != ' ':
			b.WriteByte(c)
		}
	}
	return b.String()
}

// checkPages compares a project's page for a harmless value with that for another.
func checkPages(t *testing.T, seed uint64, value string) (rendered bool) {
	t.Helper()
	templates := newPages(seed)
	for _, c := range []bool{true, false} {
		plain, err := renderPages(templates, "abc", c)
		if err != nil {
			t.Fatalf("seed %d: %+v\n%s", seed, err, templates["main.html"])
		}
		page, err := renderPages(templates, value, c)
		if err != nil {
			return false // a filter that does not like the value
		}
		got, want := skeleton(page), skeleton(plain)
		if !slices.Equal(got, want) {
			i := 0
			for i < len(got) && i < len(want) && got[i] == want[i] {
				i++
			}
			t.Fatalf("seed %d with %q changes token %d\n got %q\nwant %q\nmain.html: %s\nbase.html: %s\nopen.html: %s\npage %s\nfor abc %s", seed, value, i,
				got[min(i, len(got)):min(i+3, len(got))], want[min(i, len(want)):min(i+3, len(want))], templates["main.html"], templates["base.html"], templates["open.html"], page, plain)
		}
	}
	return true
}

func TestStructure(t *testing.T) {
	n := *structureCount
	if testing.Short() {
		n /= 10
	}
	r, rendered := rand.New(rand.NewPCG(1, 2)), 0
	for seed := range uint64(n) {
		if checkPages(t, seed, attacks[r.IntN(len(attacks))]) {
			rendered++
		}
	}
	if rendered < n*9/10 {
		t.Errorf("%d of %d projects rendered, want nearly all", rendered, n)
	}
}

// FuzzStructure looks for a value and a project that TestStructure does not know.
func FuzzStructure(f *testing.F) {
	for i, v := range attacks {
		f.Add(uint64(i)+1_000_000, v)
	}
	f.Fuzz(func(t *testing.T, seed uint64, value string) {
		if len(value) < 1<<12 {
			checkPages(t, seed, value)
		}
	})
}
