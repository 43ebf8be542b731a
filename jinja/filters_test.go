package jinja

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var updateFilters = flag.Bool("update-filters", false, "ask Python's Jinja2 anew for the answers in testdata/filters")

// filterCase is a template and how it is rendered.
type filterCase struct {
	Source     string `json:"source"`
	Autoescape bool   `json:"autoescape"`
	Undefined  string `json:"undefined,omitempty"`
	Sandbox    bool   `json:"sandbox,omitempty"`
}

// filterContext reads the data that all cases see.
func filterContext(t testing.TB) (Value, []byte) {
	raw, err := os.ReadFile("testdata/filters/context.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := FromJSON(raw)
	if err != nil {
		t.Fatal(err)
	}
	html, _ := v.AsDict().GetStr("html")
	v.AsDict().SetStr("html", Markup(html.AsString()))
	return v, raw
}

// filterEnvironments are the environments used so far, by their options.
var filterEnvironments = map[filterCase]*Environment{}

func (c filterCase) environment(t testing.TB) *Environment {
	c.Source = ""
	if env := filterEnvironments[c]; env != nil {
		return env
	}
	cfg := Config{
		Mode:       Compat,
		Autoescape: func(string) bool { return c.Autoescape },
		Undefined: map[string]Undefined{"": UndefinedDefault, "Undefined": UndefinedDefault, "StrictUndefined": UndefinedStrict,
			"ChainableUndefined": UndefinedChainable, "DebugUndefined": UndefinedDebug}[c.Undefined],
		Limits: Limits{Steps: 1 << 24},
	}
	if c.Sandbox {
		cfg.Sandbox = SandboxOn
	}
	env, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	filterEnvironments[c] = env
	return env
}

// render says how a case went, as testdata/filters/render.py does.
func (c filterCase) render(t testing.TB) string {
	env := c.environment(t)
	data, _ := filterContext(t)
	tmpl, err := env.FromString(c.Source)
	var out []byte
	if err == nil {
		out, err = tmpl.Append(nil, Input{Data: data})
	}
	var e *Error
	switch {
	case errors.As(err, &e):
		return "!! " + e.Kind + ": " + e.Message
	case err != nil:
		return "!! " + err.Error()
	}
	text, _ := json.Marshal(string(out))
	return "=> " + string(text)
}

// TestFilters holds filters, tests and globals to what Python's Jinja2 printed for the templates in testdata/filters: a
// line with the template, a line with "=> " and the output as a JSON string, or "!! " and the error. A line "# " before
// sets options for those that follow.
func TestFilters(t *testing.T) {
	files, err := filepath.Glob("testdata/filters/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			lines := readLines(t, file)
			if *updateFilters {
				askJinja(t, file, lines)
				return
			}
			var opts filterCase
			for i := 0; i < len(lines); i++ {
				if options, ok := strings.CutPrefix(lines[i], "# "); ok {
					opts = parseOptions(t, options)
					continue
				}
				c := opts
				c.Source = lines[i]
				i++
				if got := c.render(t); !sameOutcome(got, lines[i]) {
					t.Errorf("line %d: %s\n got %s\nwant %s", i, c.Source, got, lines[i])
				}
			}
		})
	}
}

func readLines(t *testing.T, file string) []string {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.SplitSeq(string(data), "\n") {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func parseOptions(t *testing.T, s string) (c filterCase) {
	for _, word := range strings.Fields(s) {
		switch name, val, _ := strings.Cut(word, "="); name {
		case "autoescape":
			c.Autoescape = true
		case "sandbox":
			c.Sandbox = true
		case "undefined":
			c.Undefined = val
		case "plain":
		default:
			t.Fatalf("option %s is not known", word)
		}
	}
	return c
}

// sameOutcome compares two outcomes, with JSON strings by what they mean.
func sameOutcome(got, want string) bool {
	if got == want {
		return true
	}
	g, ok := strings.CutPrefix(got, "=> ")
	w, ok2 := strings.CutPrefix(want, "=> ")
	var a, b string
	return ok && ok2 && json.Unmarshal([]byte(g), &a) == nil && json.Unmarshal([]byte(w), &b) == nil && a == b
}

func askJinja(t *testing.T, file string, lines []string) {
	var cases []filterCase
	var opts filterCase
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line, "# "):
			opts = parseOptions(t, line[2:])
		case strings.HasPrefix(line, "=> "), strings.HasPrefix(line, "!! "):
		default:
			c := opts
			c.Source = line
			cases = append(cases, c)
		}
	}
	said := jinjaSays(t, cases)
	var out strings.Builder
	n := 0
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line, "# "):
			out.WriteString(line + "\n")
		case strings.HasPrefix(line, "=> "), strings.HasPrefix(line, "!! "):
		default:
			out.WriteString(line + "\n" + said[n] + "\n")
			n++
		}
	}
	if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// jinjaSays renders cases with Python's Jinja2, or skips the test.
func jinjaSays(t *testing.T, cases []filterCase) []string {
	t.Helper()
	_, context := filterContext(t)
	var in bytes.Buffer
	if err := json.Compact(&in, context); err != nil {
		t.Fatal(err)
	}
	in.WriteByte('\n')
	for _, c := range cases {
		b, _ := json.Marshal(c)
		in.Write(append(b, '\n'))
	}
	cmd := exec.Command("python3", "testdata/filters/render.py")
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("python3 with Jinja2 3.1.6 is needed: %v\n%s", err, stderr.Bytes())
		}
		t.Skipf("python3 with Jinja2 3.1.6 is not here: %v", err)
	}
	var said []string
	sc := bufio.NewScanner(bytes.NewReader(out))
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var line []string
		if err := json.Unmarshal(sc.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line[0] == "ok" {
			text, _ := json.Marshal(line[1])
			said = append(said, "=> "+string(text))
			continue
		}
		msg, _, _ := strings.Cut(line[2], "\n")
		said = append(said, "!! "+line[1]+": "+msg)
	}
	if len(said) != len(cases) {
		t.Fatalf("python answered %d of %d", len(said), len(cases))
	}
	return said
}

// TestFiltersDifferential compares random chains of filters with Python's Jinja2.
func TestFiltersDifferential(t *testing.T) {
	n := 3000
	if testing.Short() {
		n = 300
	}
	seed := *randomSeed
	g := filterGenerator{rand.New(rand.NewPCG(seed, 2))}
	cases := make([]filterCase, n)
	for i := range cases {
		cases[i] = filterCase{Source: g.template(), Autoescape: g.IntN(2) == 0}
		if g.IntN(6) == 0 {
			cases[i].Undefined = g.pick("StrictUndefined", "ChainableUndefined", "DebugUndefined")
		}
	}
	bad := 0
	for i, want := range jinjaSays(t, cases) {
		got := cases[i].render(t)
		if sameOutcome(got, want) || excusable(got, want) {
			continue
		}
		if bad++; bad <= 15 {
			t.Errorf("seed %d: %s (autoescape %v %s)\n got %s\nwant %s", seed, cases[i].Source, cases[i].Autoescape,
				cases[i].Undefined, got, want)
		}
	}
	if bad > 15 {
		t.Errorf("%d of %d differ", bad, n)
	}
}

// excusable are differences that are no errors: addresses of objects, and classes of limits.
func excusable(got, want string) bool {
	return strings.Contains(want, "at 0x") || strings.Contains(want, "0x7f") || strings.Contains(want, "0X7F") || strings.Contains(got, "larger than the limit") ||
		strings.Contains(want, "MemoryError") || strings.Contains(want, "<built-in") || strings.Contains(want, "&lt;built-in")
}

type filterGenerator struct{ *rand.Rand }

func (g filterGenerator) pick(options ...string) string { return options[g.IntN(len(options))] }

func (g filterGenerator) atom() string {
	return g.pick("html", "evil", "text", "lines", "words", "numbers", "mixed", "users", "map", "nested", "empty", "blank", "zero",
		"pi", "big", "umlaut", "none", "missing", "users[0]", "users[9]", "map.zz", "'a,b;c'", "42", "-7.5", "'12abc'", "'0x1F'",
		"[1, 2, 3, 4, 5, 6, 7]", "('x', 'y')", "{'k': [1]}", "true", "'<i>x</i>'|safe", "['<', html]", "range(7)", "'%s %r'",
		"'foo bar-baz (qux) [it\\'s] x'", "1e3", "0.000012", "words|map('upper')|list", "map.items()", "'user@example.com, (http://a.io/x)'")
}

func (g filterGenerator) arg() string {
	return g.pick("1", "2", "3", "10", "0", "-1", "'x'", "', '", "'<'", "true", "false", "none", "1.5", "html", "'name'", "'age'", "missing",
		"'e'", "[1]", "'address.city'", "'%'", "'k'")
}

// filters are calls that make sense more often than not; ? stands for any argument.
var filterCalls = []string{
	"abs", "attr('name')", "batch(3)", "batch(2, '-')", "capitalize", "center(20)", "center(?)", "count", "default('dflt')", "default(?, true)", "d(?)",
	"dictsort", "dictsort(true)", "dictsort(false, 'value')", "dictsort(reverse=true)", "escape", "e", "filesizeformat", "filesizeformat(true)", "first",
	"float", "float(?)", "forceescape", "format(?)", "format(?, ?)", "groupby('age')", "groupby('address.city', default='?')", "groupby(?)", "indent",
	"indent(2, true)", "indent('> ', blank=true)", "int", "int(?)", "int(0, 16)", "items|list", "join", "join(', ')", "join(?)", "join('<', attribute='name')",
	"last", "length", "list", "lower", "map('upper')", "map(attribute='name')", "map(attribute='address.city', default='?')", "map('int')|sum", "map('join', ?)",
	"map(?)", "max", "max(attribute='age')", "min", "min(case_sensitive=true)", "pprint", "reject", "reject('odd')", "rejectattr('active')",
	"replace('a', '<')", "replace(?, ?)", "replace('o', '0', 1)", "reverse", "round", "round(1)", "round(2, 'ceil')", "round(?, 'floor')", "safe", "select",
	"select('string')", "select('gt', 2)", "select(?)", "selectattr('active')", "selectattr('age', 'gt', 30)", "selectattr('address', 'defined')",
	"slice(3)", "slice(2, 'z')", "sort", "sort(true)", "sort(case_sensitive=true)", "sort(attribute='age,name')", "sort(attribute=?)", "string",
	"striptags", "sum", "sum(attribute='age')", "sum(start=?)", "title", "tojson", "tojson(2)", "tojson(indent=1)", "trim", "trim(?)", "truncate(20)",
	"truncate(10, true)", "truncate(15, false, '…')", "truncate(9, leeway=0)", "truncate(?)", "unique", "unique(true)", "unique(attribute='age')", "upper",
	"urlencode", "urlize", "urlize(15, true)", "urlize(target='_blank', rel='x')", "wordcount", "wordwrap(12)", "wordwrap(10, false)", "wordwrap(7, true, '|')",
	"wordwrap(?)", "xmlattr", "xmlattr(false)",
}

var testCalls = []string{
	"boolean", "callable", "defined", "divisibleby(3)", "divisibleby(?)", "escaped", "even", "false", "filter", "float", "in(?)", "integer", "iterable", "lower",
	"mapping", "none", "number", "odd", "sameas(?)", "sequence", "string", "test", "true", "undefined", "upper", "eq(?)", "ne(?)", "gt(?)", "ge(2)", "lt(?)", "le(?)",
	"== 1", "equalto(?)", "greaterthan(1)", "lessthan(?)",
}

func (g filterGenerator) fill(call string) string {
	for strings.Contains(call, "?") {
		at := strings.Index(call, "?")
		if at > 0 && call[at-1] == '\'' { // default='?'
			return call[:at+1] + g.fill(call[at+1:])
		}
		call = call[:at] + g.arg() + call[at+1:]
	}
	return call
}

func (g filterGenerator) chain() string {
	s := g.atom()
	for range 1 + g.IntN(3) {
		call := g.fill(filterCalls[g.IntN(len(filterCalls))])
		s += "|" + call
		name, _, _ := strings.Cut(call, "(")
		if strings.Contains(" map select selectattr reject rejectattr batch slice unique reverse items ", " "+name+" ") {
			// What is lazy shows an address when it is printed.
			s += g.pick("|list", "|list", "|list", "|join(',')", "|first", "|sort", "|sum", "|unique|list", "|batch(2)|list")
		}
	}
	return s
}

func (g filterGenerator) template() string {
	expr := g.chain()
	switch g.IntN(10) {
	case 0:
		return "{% for x in " + expr + " %}[{{ x }}]{% else %}none{% endfor %}"
	case 1, 2:
		return "{{ " + g.pick(g.atom(), expr) + " is " + g.fill(testCalls[g.IntN(len(testCalls))]) + " }}"
	case 3:
		return "{{ (" + expr + ")|list }}"
	case 4:
		return "{{ " + expr + " ~ " + g.atom() + " }}"
	case 5:
		return "{% set x = " + expr + " %}{{ x }}|{{ x|string|length }}"
	}
	return "{{ " + expr + " }}"
}
