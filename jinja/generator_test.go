package jinja

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A templateGenerator makes random templates that are well-formed, mostly make sense and are odd all the same. What it can
// say is testdata/generator/grammar.txt.
type templateGenerator struct {
	*rand.Rand
	grammar map[byte]sentences
	room    int // how much may still be said
	loops   int // around what is said
	numbers int // of macros and the like said so far, so that each has a name of its own
	blocks  int // the number of the last block
	parents int // how many blocks the parents have
}

// sentences are those of one kind.
type sentences struct{ ends, all []string }

// Delimiters stand for those of the environment until the template is complete.
const (
	variableStart = "\ue000"
	variableEnd   = "\ue001"
	blockStart    = "\ue002"
	blockEnd      = "\ue003"
	commentStart  = "\ue004"
	commentEnd    = "\ue005"
)

var grammarText = sync.OnceValues(func() (map[byte]sentences, error) {
	text, err := os.ReadFile("testdata/generator/grammar.txt")
	if err != nil {
		return nil, err
	}
	plain := strings.NewReplacer("⏎", "\n", "⇥", "\t", "␣", " ", "∅", "",
		"{{ ", variableStart+" ", "{{-", variableStart+"-", " }}", " "+variableEnd, "-}}", "-"+variableEnd,
		"{% ", blockStart+" ", "{%-", blockStart+"-", "{%+", blockStart+"+", " %}", " "+blockEnd, "-%}", "-"+blockEnd,
		"+%}", "+"+blockEnd, "{#", commentStart, "#}", commentEnd)
	grammar := map[byte]sentences{}
	var kind byte
	ends := false
	for line := range strings.SplitSeq(string(text), "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
			continue
		case strings.HasPrefix(line, "== "):
			kind, ends = line[3], true
			continue
		case line == "--":
			ends = false
			continue
		}
		s := grammar[kind]
		s.all = append(s.all, plain.Replace(line))
		if ends {
			s.ends = s.all
		}
		grammar[kind] = s
	}
	return grammar, nil
})

func newTemplateGenerator(t *testing.T, seed, stream uint64) *templateGenerator {
	t.Helper()
	grammar, err := grammarText()
	if err != nil {
		t.Fatal(err)
	}
	return &templateGenerator{Rand: rand.New(rand.NewPCG(seed, stream)), grammar: grammar}
}

// say makes a sentence of a kind.
func (g *templateGenerator) say(kind byte) string {
	s := g.grammar[kind]
	if len(s.ends) == 0 {
		panic(fmt.Sprintf("the grammar has no ends of kind %c", kind))
	}
	isStatement := strings.IndexByte("TUK", kind) >= 0
	if g.room <= 0 || !isStatement && g.IntN(3) == 0 {
		return g.fill(g.end(s.ends))
	}
	g.room--
	more := s.all[len(s.ends):]
	if len(more) == 0 {
		more = s.ends
	}
	return g.fill(g.pick(more...))
}

// end picks what makes sense where it is said, but for now and then.
func (g *templateGenerator) end(list []string) string {
	for {
		s := g.pick(list...)
		switch {
		case strings.Contains(s, "loop") && g.loops == 0 && g.IntN(50) > 0:
		case (slices.Contains([]string{"caller()", "super()", "self.b1()", "varargs", "kwargs"}, s)) && g.IntN(10) > 0:
		case g.room <= 0 && strings.Contains(s, "$T"):
		default:
			return s
		}
	}
}

// fill replaces what stands for something.
func (g *templateGenerator) fill(s string) string {
	var b strings.Builder
	name := map[byte]string{}
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch kind := s[i]; kind {
		case 'V', 'O', 'Q':
			if name[kind] == "" {
				name[kind] = g.name(kind)
			}
			b.WriteString(name[kind])
		case 'P':
			if g.blocks <= g.parents {
				super := g.pick("super()", "super()", "super()|upper", "super()|length", "super.super()", "")
				if super != "" && (super != "super.super()" || g.IntN(4) == 0) {
					b.WriteString(variableStart + " " + super + " " + variableEnd)
				}
			}
		case 'U':
			g.loops++
			b.WriteString(g.say(kind))
			g.loops--
		case 'I', 'N', 'W', 'S', 'B', 'X', 'Y', 'L', 'D', 'A':
			if g.IntN(100) == 0 {
				kind = 'A'
			}
			b.WriteString(g.operand(kind, s[i+1:]))
		default:
			b.WriteString(g.say(kind))
		}
	}
	return b.String()
}

func (g *templateGenerator) name(kind byte) string {
	switch kind {
	case 'O':
		g.numbers++
		return fmt.Sprint(g.numbers)
	case 'Q':
		g.blocks++
		return fmt.Sprint(g.blocks)
	}
	return g.say(kind)
}

// operand makes an expression. It is in parentheses if what follows could belong to a part of it, but for now and then.
func (g *templateGenerator) operand(kind byte, follows string) string {
	x := g.say(kind)
	if strings.ContainsAny(x, " |-") && g.IntN(15) > 0 && strings.Trim(follows, ")]},") != "" {
		return "(" + x + ")"
	}
	return x
}

func (g *templateGenerator) pick(options ...string) string { return options[g.IntN(len(options))] }

// text makes the text of a template.
func (g *templateGenerator) text(room int) string {
	g.room = room
	var b strings.Builder
	for range 1 + g.IntN(3) {
		b.WriteString(g.say('T'))
	}
	return b.String()
}

// newText is text for a template of its own.
func (g *templateGenerator) newText(room int) string {
	g.blocks = 0
	return g.text(room)
}

// generatorData is what the templates are rendered with.
const generatorData = `n=3, pi=3.14159, neg=-7, zero=0, big=123456789012345678901234567890, s='Hello <World> & "you"', t='a,b;c d', uni='Größe 日本 😀', empty=''
html=Markup('<b>bold</b> &amp; more'), lines='first line\n\n second <line>', yes=True, no=False, none=None, xs=[3, 1, 2], words=['banana', 'Apple', '<cherry>']
mixed=[1, 'a', None, 2.5, True, [2], {'k': 1}, Markup('<i>')], tup=(1, 'x'), pairs=[(1, 'a'), (2, 'b')], d={'b': 2, 'a': 1, 'C': '<c>'}, nested={'x': {'y': [10, {'z': 'deep'}]}, 'list': [[1, 2], [3]]}
users=[{'name': 'Ann & Co', 'age': 31, 'on': True, 'tags': ['x', '<y>']}, {'name': 'bob', 'age': 25, 'on': False, 'tags': []}, {'name': 'Cid', 'age': 31, 'on': True, 'tags': ['z']}]
o=Obj(name='Obj <1>', tags=['t', 'u'], f=show), h=Html('<u>h</u>'), f=show, attrs={'class': 'a b', 'data-x': '<"', 'no': None}, tree=[{'t': 'r', 'c': [{'t': '<l>', 'c': []}]}, {'t': 'q', 'c': []}], numbers=numbers(3), ordered={'z': 1, 'y': [2], 'x': {'w': '3'}}, parent='base'`

// prelude defines what the grammar refers to.
var prelude = strings.NewReplacer("{{", variableStart, "}}", variableEnd, "{%", blockStart, "%}", blockEnd).Replace(
	"{% set ns = namespace(count=0, last='') %}{% macro m1(a, b='B<') %}[{{ a }}|{{ b }}]{% endmacro %}" +
		"{% macro m2(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}" +
		"{% macro m3(xs) %}{% for x in xs %}({{ caller(x) if caller else x }}){% endfor %}{% endmacro %}" +
		"{% macro m4(a, b=a ~ '!', c=b) %}({{ a }}{{ b }}{{ c }}){% endmacro %}" +
		"{% macro m5(k) %}{% if k is number and 0 < k < 9 %}{{ k }}.{{ m5(k - 1) }}{% endif %}{% endmacro %}" +
		"{% macro m6() %}<p>{{ caller() }}</p>{% endmacro %}" +
		"{% macro m7(a, b) %}{% for q in [a, b] %}{{ loop.index }}{{ caller(q, b) }}{% endfor %}{% endmacro %}")

// testCase makes a case: a page, and the templates that it extends, includes and imports.
func (g *templateGenerator) testCase() *conformanceCase {
	room := 4 + g.IntN(16)
	c := &conformanceCase{Templates: map[string]string{}}
	c.Options, c.Data = g.options()
	g.parents, g.numbers = 0, 0
	c.Templates["lib"] = g.without("'lib'", func() string { return g.library(room / 4) })
	c.Templates["leaf"] = variableStart + " x " + variableEnd + variableStart + " item.name " + variableEnd + "(" +
		variableStart + " loop.index " + variableEnd + ")"
	// Without context Jinja renders it once, so that it should not do anything.
	c.Templates["alone"] = "(" + variableStart + " n " + variableEnd + variableStart + " html " + variableEnd + variableStart + " loop is defined " + variableEnd + ")"
	c.Templates["part"] = g.without("'part'", func() string { return g.newText(room / 3) })
	if strings.Contains(c.Templates["lib"], "'part'") {
		c.Templates["part"] = "part"
	}
	start := prelude + blockStart + " import 'lib' as lib " + blockEnd
	if g.IntN(3) > 0 {
		c.Source = start + g.newText(room)
	} else {
		c.Templates["base"] = "<base>" + start + g.newText(room/2) + g.say('K') + g.say('K')
		extends := g.pick("'base'", "'base'", "parent", "'base' if yes else 'nope'", "'ba' ~ 'se'")
		if g.IntN(3) == 0 {
			g.parents = g.blocks
			c.Templates["mid"] = g.child("'base'", "", room/2)
			extends = "'mid'"
		}
		c.Source = g.child(extends, g.pick("", start), room/2)
	}
	g.finish(c)
	return c
}

// without makes a text until it does not contain what would lead back to it.
func (g *templateGenerator) without(what string, text func() string) string {
	for {
		if s := text(); !strings.Contains(s, what) && !strings.Contains(s, "pa' ~ 'rt") {
			return s
		}
	}
}

// child makes a template that extends another.
func (g *templateGenerator) child(parent, start string, room int) string {
	g.parents = max(g.parents, g.blocks)
	g.blocks = g.IntN(1 + g.parents/2)
	s := blockStart + " extends " + parent + " " + blockEnd + start
	if g.IntN(4) == 0 {
		g.room = room / 2
		s += g.say('T')
	}
	for range 1 + g.IntN(3) {
		g.room = room
		s += g.say('K')
	}
	return s
}

// library makes what the others import.
func (g *templateGenerator) library(room int) string {
	lib := prelude + "{% set const = " + g.say('A') + " %}{% macro l1(a) %}" + g.newText(room) +
		"{{ a }}{% endmacro %}{% macro l2(a, b=" + g.say('A') + ") %}{{ a }}{{ b }}{{ caller() if caller }}{% endmacro %}" +
		"{% macro l3(xs) %}{% for v in xs %}{{ caller(v) if caller else v }};{% endfor %}{% endmacro %}" +
		"{% macro l4() %}{{ x }}{{ y }}{{ loop is defined }}{% endmacro %}"
	return strings.NewReplacer("{{ ", variableStart+" ", " }}", " "+variableEnd, "{%", blockStart, "%}", blockEnd).Replace(lib)
}

// finish puts in signs for white space, line statements and the delimiters.
func (g *templateGenerator) finish(c *conformanceCase) {
	standard := []string{"{{", "}}", "{%", "%}", "{#", "#}"}
	delimiters := standard
	if g.IntN(8) == 0 {
		delimiters = [][]string{
			{"<%=", "%>", "<%", "%>", "<%#", "%>"}, {"${", "}", "{%", "%}", "{#", "#}"}, {"<?=", "?>", "<?", "?>", "<!--", "-->"},
			{"[[", "]]", "[%", "%]", "[#", "#]"}, {"{{", "}}", "{%", "%}", "/*", "*/"}, {"[=", "=]", "{@", "@}", "<!--", "-->"},
		}[g.IntN(6)]
		for i, option := range []string{"variable_start", "variable_end", "block_start", "block_end", "comment_start", "comment_end"} {
			c.Options += fmt.Sprintf("\n%s_string=%q", option, delimiters[i])
		}
	}
	prefix := ""
	if g.IntN(10) == 0 {
		prefix = g.pick("#", "%", "%%", "--")
		c.Options += fmt.Sprintf("\nline_statement_prefix=%q", prefix)
		if g.IntN(2) == 0 {
			c.Options += fmt.Sprintf("\nline_comment_prefix=%q", g.pick("##", "//", ";"))
		}
	}
	signs := g.IntN(2) == 0
	newline := g.pick("\n", "\n", "\n", "\n", "\r\n", "\r")
	apply := func(s string) string {
		if signs {
			s = g.signs(s)
		}
		if prefix != "" {
			s = g.lineStatements(s, prefix)
		}
		return strings.NewReplacer(variableStart, delimiters[0], variableEnd, delimiters[1], blockStart, delimiters[2],
			blockEnd, delimiters[3], commentStart, delimiters[4], commentEnd, delimiters[5], "\n", newline).Replace(s)
	}
	for _, name := range []string{"alone", "base", "leaf", "lib", "mid", "part"} {
		if s, ok := c.Templates[name]; ok {
			c.Templates[name] = apply(s)
		}
	}
	c.Source = apply(c.Source)
}

// signs puts in signs for white space.
func (g *templateGenerator) signs(s string) string {
	var b strings.Builder
	for i, r := range s {
		sign := g.pick("", "", "", "", "-", "-", "+")
		if d := string(r); d == variableStart || d == variableEnd {
			sign = strings.TrimPrefix(sign, "+")
		} else if d != blockStart && d != blockEnd {
			sign = ""
		}
		isEnd := string(r) == variableEnd || string(r) == blockEnd
		if isEnd && !strings.HasSuffix(s[:i], "-") && !strings.HasSuffix(s[:i], "+") {
			b.WriteString(sign)
		}
		b.WriteRune(r)
		if rest := s[i+len(string(r)):]; !isEnd && !strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "+") {
			b.WriteString(sign)
		}
	}
	return b.String()
}

// lineStatements turns some statements into lines of their own.
func (g *templateGenerator) lineStatements(s, prefix string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, blockStart+" ")
		statement, after, closed := strings.Cut(rest, " "+blockEnd)
		b.WriteString(before)
		if !found || !closed {
			b.WriteString(s[len(before):])
			return b.String()
		}
		if strings.ContainsAny(statement, "\n"+blockStart+blockEnd+variableStart+commentStart) || strings.Contains(statement, "raw") || g.IntN(2) == 0 {
			b.WriteString(blockStart + " ")
			s = rest
			continue
		}
		word, _, _ := strings.Cut(statement, " ")
		colon := ""
		if slices.Contains([]string{"for", "if", "elif", "else", "macro", "with", "filter", "block"}, word) {
			colon = g.pick("", "", ":")
		}
		b.WriteString("\n" + g.pick("", "  ") + prefix + g.pick("", " ") + " " + statement + colon + g.pick("", " ") + "\n")
		s = after
	}
}

// options returns the options and the data, which is mostly known in all templates.
func (g *templateGenerator) options() (options, data string) {
	options, data = "ext='do,loopcontrols,i18n'", generatorData
	if g.IntN(6) > 0 {
		options += "\nglobals=dict(" + strings.ReplaceAll(data, "\n", ", ") + ")"
		data = "x='data'"
	}
	often := func(n int, option string) {
		if g.IntN(n) == 0 {
			options += "\n" + option
		}
	}
	switch g.IntN(16) {
	case 0:
		options += "\nundefined='strict'"
	case 1, 2:
		options += "\nundefined='chainable'"
	case 3:
		options += "\nundefined='debug'"
	}
	often(4, "trim_blocks=True")
	often(4, "lstrip_blocks=True")
	often(6, "keep_trailing_newline=True")
	often(12, `newline_sequence='\r\n'`)
	often(20, "newstyle=False")
	often(2, `catalog={'hello': 'hallo', 'ctx|hello': 'servus', '%(n)s thing': ['%(n)s Ding', '%(n)s Dinge'], '<b>%(x)s</b> 100%%': '%(x)s <i>100%%</i>'}`)
	often(30, "policies={'ext.i18n.trimmed': True, 'urlize.rel': None, 'truncate.leeway': 0, 'json.dumps_kwargs': {'sort_keys': False}}")
	switch g.IntN(24) {
	case 0:
		return options + "\nsandbox=True", data
	case 1:
		return options + "\nsandbox='immutable'", data
	case 2:
		return options + "\nfinalize=True", data
	case 3:
		return strings.Replace(options, "'do,", "'", 1) + "\nnative=True", data // what is changed may already stand in the result
	}
	if g.IntN(3) > 0 {
		options += "\nautoescape=True"
	}
	return options, data
}
