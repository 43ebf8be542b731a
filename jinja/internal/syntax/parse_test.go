package syntax_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/syntax"
)

func TestParseExpression(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a + b", `(Add (Name "a") (Name "b"))`},
		{"a if b", `(CondExpr (Name "b") (Name "a"))`},
		{"{'a': 1}", `(Dict [(Pair (Const "a") (Const 1))])`},
		{"a\n", `(Name "a")`},
		{"a b", "1:3: chunk after expression"},
		{"a, b", "1:2: chunk after expression"},
		{"a }} b", "1:3: chunk after expression"},
		{"", "1:1: unexpected 'end of template'"},
		{"\n'", `2:1: unexpected char "'" at 1`},
		{"a.\nb.1x", "2:4: chunk after expression"},
	} {
		x, err := ParseExpression(tt.in, &Config{})
		got := ""
		var bad *Error
		if errors.As(err, &bad) {
			got = fmt.Sprintf("%d:%d: %s", bad.Line, bad.Col, bad.Msg)
		} else {
			got = dump(x, false)
		}
		if got != tt.want {
			t.Errorf("ParseExpression(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// TestNesting shows that what is nested deeply is refused, not left to exhaust a stack, and that what is merely long is
// not refused.
func TestNesting(t *testing.T) {
	const n = 100_000
	for _, tt := range []struct {
		name, source string
		ok           bool
	}{
		{"parentheses", "{{ " + strings.Repeat("(", n), false},
		{"lists", "{{ " + strings.Repeat("[", n) + strings.Repeat("]", n) + " }}", false},
		{"subscripts", "{{ " + strings.Repeat("a[", n), false},
		{"calls", "{{ " + strings.Repeat("a(", n), false},
		{"not", "{{ " + strings.Repeat("not ", n) + "a }}", false},
		{"signs", "{{ " + strings.Repeat("-", n) + "a }}", false},
		{"else", "{{ " + strings.Repeat("a if b else ", n) + "c }}", false},
		{"if", strings.Repeat("{% if a %}", n), false},
		{"closed ifs", strings.Repeat("{% if a %}", n) + strings.Repeat("{% endif %}", n), false},
		{"targets", "{% set " + strings.Repeat("(", n), false},
		{"sums", "{{ a" + strings.Repeat("+a", n) + " }}", false},
		{"attributes", "{{ a" + strings.Repeat(".a", n) + " }}", false},
		{"filters", "{{ a" + strings.Repeat("|a", n) + " }}", false},
		{"calls of calls", "{{ a" + strings.Repeat("()", n) + " }}", false},
		{"filter blocks", "{% filter a" + strings.Repeat("|a", n) + " %}{% endfilter %}", false},

		{"nested a little", strings.Repeat("{% if a %}", 50) + strings.Repeat("(", 50) + strings.Repeat("{% endif %}", 50), true},
		{"brackets a little", "{{ " + strings.Repeat("(", 50) + "a" + strings.Repeat(")", 50) + " }}", true},
		{"a chain", "{{ a" + strings.Repeat("+a", 500) + " }}", true},
		{"a long concatenation", "{{ a" + strings.Repeat("~a", n) + " }}", true},
		{"a long list", "{{ [" + strings.Repeat("a,", n) + "] }}", true},
		{"a long comparison", "{{ a" + strings.Repeat("<a", n) + " }}", true},
		{"a long elif", "{% if a %}" + strings.Repeat("{% elif a %}", n) + "{% endif %}", true},
		{"a long template", strings.Repeat("{{ a }} b {% if c %}{% endif %}", n), true},
		{"a long string", "{{ '" + strings.Repeat(`\n`, n) + "' }}", true},
		{"long white space", "{% if" + strings.Repeat("\n", n) + "a %}{% endif %}" + strings.Repeat(" ", n) + "{%- if b %}{% endif %}", true},
		{"raws", "{% raw %}" + strings.Repeat("{% ", n) + "{% endraw %}", true},
	} {
		_, err := Parse("t", tt.source, &Config{})
		if (err == nil) != tt.ok {
			t.Errorf("%s: error %v, want one: %v", tt.name, err, !tt.ok)
		}
		if err != nil && !tt.ok && !strings.Contains(err.Error(), "nested too deeply") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestLongInteger(t *testing.T) {
	if _, err := Parse("t", "{{ "+strings.Repeat("9", 4300)+" }}", &Config{}); err != nil {
		t.Error(err)
	}
	_, err := Parse("t", "{{ "+strings.Repeat("9", 4301)+" }}", &Config{})
	if err == nil || !strings.Contains(err.Error(), "Exceeds the limit (4300 digits)") {
		t.Errorf("4301 digits: %v", err)
	}
}

// TestPlaces finds each name of a template at the place its node gives, whatever the newlines.
func TestPlaces(t *testing.T) {
	const source = "é {{ aaa }}\r\n{% for bbb in ccc %}\r{{ ddd\r\n.eee|fff }}\n\n{%- endfor -%}\r\n\r\n {{ ggg + hhh(iii) }}"
	tree, err := Parse("t", source, &Config{})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source), "\n")
	found := 0
	Walk(tree, func(n Node) bool {
		var word string
		switch n := n.(type) {
		case *Name:
			word = n.Name
		case *Filter:
			word = n.Name
		case *Getattr:
			word = n.Attr
			if n.Position().Col == 1 {
				word = "." + word
			}
		default:
			return true
		}
		found++
		pos := n.Position()
		if !strings.HasPrefix(source[pos.Offset:], word) || !strings.HasPrefix(lines[pos.Line-1][pos.Col-1:], word) {
			t.Errorf("%s is at %+v", word, pos)
		}
		return true
	})
	if found != 9 {
		t.Errorf("found %d names, want 9", found)
	}
}

func TestError(t *testing.T) {
	_, err := Parse("page.html", "a\r\n  {% foo %}", &Config{})
	var bad *Error
	if !errors.As(err, &bad) {
		t.Fatalf("got %v", err)
	}
	want := Error{Msg: "Encountered unknown tag 'foo'.", Name: "page.html", Line: 2, Col: 6, Offset: 8}
	if *bad != want {
		t.Errorf("got %+v, want %+v", *bad, want)
	}
	if got, want := err.Error(), "page.html:2: Encountered unknown tag 'foo'."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{}, ""},
		{Config{BlockStart: "<%", VariableStart: "<%=", CommentStart: "<%#"}, ""},
		{Config{BlockStart: "{{"}, "must be different"},
		{Config{CommentStart: "{%"}, "must be different"},
		{Config{NewlineSequence: "\n\n"}, "newline sequence"},
		{Config{LineCommentPrefix: "#\n"}, "one line"},
		{Config{LineStatementPrefix: " "}, "not blank"},
	} {
		err := tt.cfg.Check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%+v: %v, want %q", tt.cfg, err, tt.want)
		}
	}
}

// A custom tag in the manner of Jinja's documentation: {% cache key, timeout %}body{% endcache %}.
func cacheTag(p *Parser) ([]Stmt, error) {
	tag := p.Next()
	call := &Call{Node: &GoValue{Value: "cached"}, Arguments: p.ParseArguments()}
	call.Pos = tag.Pos
	n := &CallBlock{Call: call, Body: p.ParseBody("endcache")}
	n.Pos = tag.Pos
	p.Next()
	return []Stmt{n}, nil
}

func TestCustomTag(t *testing.T) {
	refuse := errors.New("this tag is closed today")
	cfg := Config{Tags: map[string]TagFunc{
		"cache": cacheTag,
		"shut":  func(*Parser) ([]Stmt, error) { return nil, refuse },
	}}
	for _, tt := range []struct{ source, want string }{
		{"{% cache 'k', 5 %}a{% if b %}c{% endif %}{% endcache %}d", `(Template [(CallBlock (Call unknown:*syntax.GoValue ` +
			`[(Const "k") (Const 5)]) [] [] [(Output [(TemplateData "a")]) (If (Name "b") [(Output [(TemplateData "c")])])]) ` +
			`(Output [(TemplateData "d")])])`},
		{"\n\n{% shut %}", "t:3: this tag is closed today"},
		{"{% cache 'k' %}a", "t:1: Unexpected end of template. Jinja was looking for the following tags: 'endcache'. " +
			"The innermost block that needs to be closed is 'cache'."},
	} {
		tree, err := Parse("t", tt.source, &cfg)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = dump(tree, false)
		}
		if got != tt.want {
			t.Errorf("%s\ngot:  %s\nwant: %s", tt.source, got, tt.want)
		}
	}
}

func TestWalk(t *testing.T) {
	tree, err := Parse("t", "{{ a }}{% for b in c if d %}{{ e[f:g]|h(i, j=k, *l, **m) is n o }}{% else %}{{ p if q else [r, {s: t}] }}"+
		"{% endfor %}{% macro u(v, w=x) %}{% call(y) z() %}{% endcall %}{% endmacro %}{% set aa %}{% endset %}"+
		"{% set ab.ac = -ad ~ (ae < af) %}{% with ag = ah %}{% endwith %}{% include ai %}{% import aj as ak %}{% from al import am %}"+
		"{% block an %}{% extends ao %}{% endblock %}{% autoescape ap %}{% do aq() %}{% endautoescape %}{% filter ar(as) %}{% endfilter %}"+
		"{% if at %}{% elif au %}{% else %}{{ av }}{% endif %}{% trans aw=ax, ay %}{{ az }}{% endtrans %}", &Config{Do: true, I18n: true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	Walk(tree, func(n Node) bool {
		if name, ok := n.(*Name); ok {
			names = append(names, name.Name)
		}
		return true
	})
	const want = "a b c d e f g i k l m o p q r s t v w x y z aa ad ae af ag ah ai aj al ao ap aq as at au av gettext ax ay az"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	count := 0
	Walk(tree, func(n Node) bool { count++; return n == Node(tree) })
	if count != 1+len(tree.Body) {
		t.Errorf("a visit that stops at the first level saw %d nodes, want %d", count, 1+len(tree.Body))
	}
}

func ExampleParse() {
	_, err := Parse("hello.html", "Hello {% if user %}{{ user.name }}", &Config{})
	fmt.Println(err)
	// Output:
	// hello.html:1: Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.
}
