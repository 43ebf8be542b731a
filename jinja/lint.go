package jinja

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/retort-go/retort/jinja/internal/escape"
	"github.com/retort-go/retort/jinja/internal/syntax"
)

// Levels of findings.
const (
	LevelError   = "error"   // the template fails, always or in the mode Strict
	LevelWarning = "warning" // it is unsafe in Jinja, or does not do what it looks like
)

// Finding is something in a template that should be looked at by whoever moves it here from Jinja. Its JSON is what
// `retort lint-templates --format json` prints.
type Finding struct {
	// ID says what kind of finding it is; it never changes its meaning, so that it can be searched for. See LintRules.
	ID string `json:"id"`
	// Level is LevelError or LevelWarning.
	Level string `json:"level"`
	// Template is the template's name.
	Template string `json:"file"`
	// Line and Col are where it stands, 1-based; Col counts bytes.
	Line int `json:"line"`
	Col  int `json:"col"`
	// Message is what was found, in a sentence.
	Message string `json:"message"`
	// Excerpt is the line with its neighbours and a caret below the column.
	Excerpt string `json:"excerpt"`
	// Contextual is what escaping in the mode Contextual does there; empty if it makes no difference.
	Contextual string `json:"contextual,omitempty"`
	// Cure is what to do.
	Cure string `json:"cure"`
}

// String is the finding as people read it, on several lines.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s %s: %s\n", f.Template, f.Line, f.Col, f.Level, f.ID, f.Message)
	if f.Excerpt != "" {
		b.WriteString(f.Excerpt + "\n")
	}
	if f.Contextual != "" {
		b.WriteString("  contextual: " + f.Contextual + "\n")
	}
	return b.String() + "  cure: " + f.Cure + "\n"
}

// LintRule is what all findings of one ID have in common.
type LintRule struct {
	ID, Level, Contextual, Cure string
}

// LintRules returns what [Environment.Lint] looks for, in the order of the IDs.
func LintRules() []LintRule { return slices.Clone(lintRules) }

const (
	tracksBytes = "follows the bytes that are really written, and escapes for the place they lead to: safe, but slower"
	quoteCure   = "put the value in a data- attribute, in quotes, and read that in the script; or write {{ … | tojson }} in a single-quoted attribute where code expects a value"
)

// lintRules are in the order of their ids; a new one goes to the end.
var lintRules = []LintRule{
	{"T001", LevelWarning, "writes blanks, quotes, = and ` as character references, so that it stays one value", "put quotes around the attribute's value"},
	{"T002", LevelWarning, "writes #blocked for a scheme that may run code, such as javascript:, and any other URL as it is",
		"build the URL with url_for, or begin the attribute with a scheme or path of your own, as in href=\"/{{ … }}\""},
	{"T003", LevelWarning, "writes the value as JavaScript: as tojson does, or inside a string with JavaScript's escapes", quoteCure},
	{"T004", LevelWarning, "writes the value as JavaScript: as tojson does, or inside a string with JavaScript's escapes", "write {{ … | tojson }} where code expects a value, without quotes around it"},
	{"T005", LevelWarning, "lets words, numbers, colors and functions that load nothing through, and writes \"blocked\" for anything else", "choose among classes, or among constants with {% if %}"},
	{"T006", LevelWarning, "writes quotes, backslashes, $, { and } as JavaScript's escapes", "take the value out of the literal: const x = {{ … | tojson }}"},
	{"T007", LevelError, "lets plain words through that mean no code, and writes \"blocked\" for anything else", "write the names out with {% if %}, or use the filter xmlattr"},
	{"T008", LevelWarning, "keeps the value from ending the comment", "use a comment of the template, {# … #}, or leave the value out"},
	{"T009", LevelError, "lets letters and digits through, and writes _ for anything else", "take the value out of there: const x = {{ … | tojson }} before that code, or a data- attribute"},
	{"T010", LevelError, tracksBytes, "have every branch begin and end in the same place: write whole tags and whole attributes in each"},
	{"T011", LevelError, tracksBytes, "have the body of the loop end where it begins: write whole tags and whole attributes in it"},
	{"T012", LevelError, tracksBytes, "separate the value from the text that it can be read together with, by quotes, a blank or a delimiter"},
	{"T013", LevelWarning, "writes the value as it is too: safe is the template's own word for it", "leave safe out, and have the program mark what it knows to be safe: jinja.Markup behind a sanitizer"},
	{"T014", LevelWarning, "escapes nothing in there either", "leave it out, and have the program mark what is HTML: jinja.Markup"},
	{"T015", LevelWarning, "", "use a namespace: {% set ns = namespace(x=…) %} before the loop, {% set ns.x = … %} in it, ns.x behind it"},
	{"T016", LevelWarning, "finds the place where the other template ends while it runs, and is safe", "write the name as a constant, with {% if %} around it; what an outsider can choose must not be a name"},
	{"T017", LevelError, "", "mend the name, or say ignore missing if it may be absent"},
	{"T018", LevelError, "", "mend the name, or add the filter: app.Filter, or jinja.Config.Filters"},
	{"T019", LevelError, "", "mend the name, or add the test: app.Test, or jinja.Config.Tests"},
	{"T020", LevelWarning, "", "mend the name, pass the function to the template, or add it: app.Global, or jinja.Config.Globals"},
	{"T021", LevelError, "", "Jinja refuses this as well: mend it"},
	{"T022", LevelWarning, "escapes what the text before the value could make of it, more than Jinja does", "put a blank, a quote or a delimiter between them, or use a data- attribute"},
	{"T023", LevelWarning, tracksBytes, "open and close tags and quotes in the same template, block or macro"},
}

func ruleOf(id string) LintRule {
	i := slices.IndexFunc(lintRules, func(r LintRule) bool { return r.ID == id })
	return lintRules[i]
}

// linter looks at all templates of an environment together, since what is wrong in one can show only in another.
type linter struct {
	env      *Environment // knows all filters and tests, so that those unknown are reported once
	given    *Environment // the environment that is asked about
	listed   map[string]bool
	names    []string // of all templates, for suggestions
	units    map[string]*unit
	stored   map[string]bool // names that some template sets
	includes []included
	findings []Finding
	seen     map[Finding]bool // by ID and place

	blocks map[string]escape.Context // where the blocks of the template being compiled stand
}

// unit is one template.
type unit struct {
	tmpl     *Template
	tree     *syntax.Template // nil if it cannot be read
	blocks   map[string]escape.Context
	compiled bool
}

// included is a template included at a place that is not text.
type included struct {
	name string
	at   escape.Context
}

// Lint looks through templates, all that the loader lists if no names are given, for what a project that comes from Jinja
// should know: places where Jinja's escaping is not enough, or that depend on the way through the template, and mistakes
// that show only when a template runs. What is found does not depend on [Config].Mode. Errors are the loader's; a template
// that does not compile is a finding.
func (env *Environment) Lint(names ...string) ([]Finding, error) {
	l := &linter{
		env:   &Environment{cfg: env.cfg, syntax: env.syntax, filters: maps.Clone(env.filters), tests: maps.Clone(env.tests), globals: env.globals},
		given: env, listed: map[string]bool{}, units: map[string]*unit{}, stored: map[string]bool{}, seen: map[Finding]bool{},
	}
	l.env.cfg.Mode = Contextual
	all, err := list(env.cfg.Loader)
	if err != nil && len(names) == 0 {
		return nil, err
	}
	if l.names = all; len(names) == 0 {
		names = all
	}
	for _, name := range names {
		l.listed[name] = true
	}
	for _, name := range names {
		if err := l.load(name); err != nil {
			return nil, err
		}
	}
	for _, u := range l.units {
		l.learn(u)
	}
	for _, name := range names {
		l.compile(name)
		l.read(l.units[name])
	}
	for i := 0; i < len(l.includes); i++ { // grows
		l.compileAt(l.includes[i])
	}
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Template, b.Template), a.Line-b.Line, a.Col-b.Col, strings.Compare(a.ID, b.ID))
	})
	return l.findings, nil
}

// load loads and parses a template, and those it extends by name.
func (l *linter) load(name string) error {
	if l.units[name] != nil {
		return nil
	}
	source, err := l.env.cfg.Loader.Load(name)
	if err != nil {
		return fmt.Errorf("load template %s: %w", name, err)
	}
	t := &Template{env: l.env, name: name, source: source, autoescape: l.env.cfg.Autoescape(name)}
	u := &unit{tmpl: t}
	l.units[name] = u
	tree, err := syntax.Parse(name, source.Text, &l.env.syntax)
	if err != nil {
		e := syntaxError(t, err)
		at := syntax.Pos{Line: int32(e.Line())}
		if len(e.Stack) > 0 {
			at.Col = int32(e.Stack[0].Col)
		}
		l.add(t, "T021", at, "%s", e.Message)
		return nil
	}
	u.tree = tree
	if parent := parentOf(tree); parent != "" {
		if err := l.load(parent); !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// parentOf returns the name of the template that a tree extends, if it is a constant.
func parentOf(tree *syntax.Template) (name string) {
	for _, n := range tree.Body {
		if x, ok := n.(*syntax.Extends); ok {
			name, _ = constantName(x.Template)
		}
	}
	return name
}

func constantName(n syntax.Expr) (string, bool) {
	if c, ok := n.(*syntax.Const); ok {
		s, ok := c.Value.(string)
		return s, ok
	}
	return "", false
}

// compile compiles a template for the places of its values, after the one it extends, which says where its blocks stand.
func (l *linter) compile(name string) map[string]escape.Context {
	u := l.units[name]
	if u == nil || u.tree == nil {
		return nil
	}
	if u.compiled {
		return u.blocks
	}
	u.compiled = true
	u.blocks = map[string]escape.Context{}
	if parent := parentOf(u.tree); parent != "" {
		maps.Copy(u.blocks, l.compile(parent))
	}
	l.blocks = u.blocks
	l.run(u, escape.Context{})
	return u.blocks
}

func (l *linter) run(u *unit, start escape.Context) {
	c := l.env.newCompiler(u.tmpl)
	c.lint, c.startAt = l, start
	c.examine(u.tree)
	c.template(u.tree)
}

// compileAt compiles a template once more for a place where it is included.
func (l *linter) compileAt(i included) {
	if u := l.units[i.name]; u != nil && u.tree != nil {
		l.blocks = maps.Clone(u.blocks)
		l.run(u, i.at)
	}
}

// include notes where a template is included.
func (l *linter) include(n *syntax.Include, at escape.Context) {
	name, ok := constantName(n.Template)
	i := included{name, at}
	if ok && at != (escape.Context{}) && !slices.Contains(l.includes, i) {
		l.includes = append(l.includes, i)
	}
}

// add notes a finding; the first at its place counts.
func (l *linter) add(t *Template, id string, at syntax.Pos, format string, args ...any) {
	key := Finding{ID: id, Template: t.name, Line: int(at.Line), Col: int(at.Col)}
	if !l.listed[t.name] || l.seen[key] {
		return
	}
	l.seen[key] = true
	rule := ruleOf(id)
	l.findings = append(l.findings, Finding{
		ID: id, Level: rule.Level, Template: t.name, Line: key.Line, Col: key.Col, Message: fmt.Sprintf(format, args...),
		Excerpt: excerpt(t.source.Text, key.Line, key.Col), Contextual: rule.Contextual, Cure: rule.Cure,
	})
}

// output looks at a value that is escaped and printed at a place.
func (l *linter) output(c *compiler, here escape.Context, e escape.Escaper) {
	n := c.printed
	if here.Failed() || e.Plain() || e.Doubtful() || isFilter(n, "safe") && !isJSON(n) || e.RawJSON() && isJSON(n) {
		return
	}
	if _, constant := c.fold(n); constant {
		return
	}
	at, where := beginning(n), escape.Describe(here)
	if here.Unquoted() {
		l.add(c.tmpl, "T001", at, "the value stands %s: a blank in it begins another attribute", where)
	}
	switch here.Sort() {
	case escape.SortURL:
		if !isOwnURL(n) {
			l.add(c.tmpl, "T002", at, "the value stands %s: it can be a javascript: URL, which escaping leaves as it is", where)
		}
	case escape.SortHandler:
		why := "a browser undoes the escaping before it runs the code"
		if e.JSON() && isJSON(n) {
			why = "the quotes of JSON can end it"
		}
		l.add(c.tmpl, "T003", at, "the value stands %s: %s", where, why)
	case escape.SortScript:
		l.add(c.tmpl, "T004", at, "the value stands %s: escaping for HTML is wrong there, it spoils the value and leaves backslashes in", where)
	case escape.SortTemplate:
		l.add(c.tmpl, "T006", at, "the value stands %s: ${ in it begins code", where)
	case escape.SortStyle:
		l.add(c.tmpl, "T005", at, "the value stands %s: it can hide, move or load things", where)
	case escape.SortComment:
		l.add(c.tmpl, "T008", at, "the value stands %s, and can end it", where)
	case escape.SortDocument:
		l.add(c.tmpl, "T022", at, "the value stands %s: it is unescaped once and then read as a document", where)
	default:
		if !here.Unquoted() {
			l.add(c.tmpl, "T022", at, "the value stands %s, right behind text that it could be read together with", where)
		}
	}
}

// doubtful is the id of findings where only plain words are let through.
func doubtful(here escape.Context) string {
	if here.Sort() == escape.SortName {
		return "T007"
	}
	return "T009"
}

// end looks at where a function ends.
func (l *linter) end(c *compiler, fn *function) {
	at := syntax.Pos{Line: 1, Col: 1}
	what := "the template"
	switch fn.kind {
	case "block", "macro":
		what = fn.kind + " " + fn.name
	case "":
		if c.extends > 0 {
			return
		}
	default:
		return
	}
	if len(fn.from) > 0 && fn.kind != "" {
		at = syntax.Pos{Line: fn.from[0].line, Col: fn.from[0].col}
	}
	if c.examines && !fn.end.Failed() && !fn.end.Beside(*fn.start) {
		l.add(c.tmpl, "T023", at, "%s begins %s and ends %s", what, escape.Describe(*fn.start), escape.Describe(*fn.end))
	}
}

// isJSON reports whether an expression is the result of tojson, declared safe once more or not.
func isJSON(n syntax.Expr) bool {
	if f, ok := n.(*syntax.Filter); ok && f.Name == "safe" {
		n = f.Node
	}
	return isFilter(n, "tojson")
}

// isOwnURL reports whether an expression is a URL of the app's own, which has no scheme that runs code: what url_for builds, and
// what the request says of itself.
func isOwnURL(n syntax.Expr) bool {
	switch n := n.(type) {
	case *syntax.Call:
		name, ok := n.Node.(*syntax.Name)
		return ok && name.Name == "url_for"
	case *syntax.Getattr:
		name, ok := n.Node.(*syntax.Name)
		return ok && name.Name == "request" && slices.Contains([]string{"path", "full_path", "url", "base_url", "host_url", "url_root", "root_url", "script_root", "root_path"}, n.Attr)
	}
	return false
}

// beginning is where an expression begins, which is before the operator that it is named by.
func beginning(n syntax.Expr) syntax.Pos {
	switch n := n.(type) {
	case *syntax.Filter:
		if n.Node != nil {
			return beginning(n.Node)
		}
	case *syntax.Test:
		return beginning(n.Node)
	case *syntax.Getattr:
		return beginning(n.Node)
	case *syntax.Getitem:
		return beginning(n.Node)
	case *syntax.Call:
		return beginning(n.Node)
	case *syntax.BinExpr:
		return beginning(n.Left)
	case *syntax.Compare:
		return beginning(n.Expr)
	case *syntax.CondExpr:
		return beginning(n.Then)
	case *syntax.Concat:
		return beginning(n.Nodes[0])
	}
	return n.Position()
}
