package route

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Rule ties a pattern of paths to an endpoint. [Map.Add] keeps a copy, with
// Methods made upper case, sorted, and completed by HEAD where GET is present.
type Rule struct {
	// Path is the pattern: text and variables written <name>,
	// <converter:name> or <converter(arguments):name>. It starts with a slash.
	Path string

	// Endpoint is the name under which [Map.Build] finds the rule. Several
	// rules may share one.
	Endpoint string

	// Methods are the HTTP methods the rule takes; nil means every method.
	// GET implies HEAD.
	Methods []string

	// Defaults are values that a match reports beside the variables. A rule
	// whose path lacks a variable that others of its endpoint have states its
	// value here.
	Defaults map[string]any

	// RedirectTo, if not empty, answers each match with a redirect. It is a
	// URL, a path, or a path relative to the script root, and may use the
	// variables of Path as <name>. Only its own text can name another host:
	// a variable never does.
	RedirectTo string

	// RedirectFunc, if not nil, answers each match with a redirect to the
	// URL it returns, understood as that of RedirectTo. Another host needs a
	// URL with a scheme: two slashes at the start count as one.
	RedirectFunc func(*Match) string

	// Alias makes the rule redirect to the rule that [Map.Build] prefers for
	// the same endpoint and values.
	Alias bool

	// BuildOnly rules are never matched, only built.
	BuildOnly bool

	// WebSocket rules match only WebSocket requests, other rules only others.
	WebSocket bool

	// Subdomain is the pattern of the subdomain, with variables as in Path.
	Subdomain string

	// Host is the pattern of the whole host and port, in lower case, with
	// variables as in Path. See [Options].HostMatching.
	Host string

	// LooseSlashes and KeepDoubleSlashes set for this rule what [Options]
	// sets for all.
	LooseSlashes, KeepDoubleSlashes bool

	// Handler is the caller's own value, not looked at.
	Handler any

	c *compiled
}

// Variables returns the variables of the host or subdomain and the path, in
// order. It knows them once the rule has been added.
func (r *Rule) Variables() []Variable {
	if r.c == nil {
		return nil
	}
	return slices.Clone(r.c.vars)
}

// Arguments returns the names of the rule's variables and defaults, sorted.
// It knows them once the rule has been added.
func (r *Rule) Arguments() []string {
	if r.c == nil {
		return nil
	}
	return slices.Sorted(slices.Values(r.c.names))
}

// A Variable is a placeholder of a [Rule].
type Variable struct {
	Name      string // as the handler sees it
	Converter string // "default" where the rule names none
	Args      Args   // of the converter

	c *converter
}

// A compiled rule is what the hot paths look at.
type compiled struct {
	rule      Rule
	methods   uint64 // bits, see methods.go
	webSocket bool
	strict    bool // about a missing or surplus slash
	merge     bool // repeated slashes

	parts    []part
	vars     []Variable
	names    []string // of vars, then of defaults that are no variables
	defaults []defaultValue
	allText  bool // no variable needs converting, and there are no defaults

	host, path []op     // for building
	fixed      string   // the URL, if it is the same for all values and hosts; else empty
	required   []string // variables without defaults
	mayRefuse  bool     // a converter's Format can send building to another rule
	redirect   []op     // of RedirectTo
	redirects  bool     // a match may end in a redirect
	trace      string   // host and path without converters

	// providers are rules of the same endpoint and arguments that come first
	// in building and have defaults: a match that spells those defaults out
	// is redirected to them.
	providers []*compiled
}

type defaultValue struct {
	index int // in names
	param Param
}

func (m *Map) compileRule(r Rule) (*compiled, error) {
	c := &compiled{
		rule:      r,
		webSocket: r.WebSocket,
		strict:    !m.opts.LooseSlashes && !r.LooseSlashes,
		merge:     !m.opts.KeepDoubleSlashes && !r.KeepDoubleSlashes,
	}
	c.rule.c = c
	c.rule.Defaults = maps.Clone(r.Defaults)
	if err := m.compileMethods(c); err != nil {
		return nil, err
	}
	if r.RedirectTo != "" && r.RedirectFunc != nil || r.Alias && (r.RedirectTo != "" || r.RedirectFunc != nil) {
		return nil, errors.New("more than one of RedirectTo, RedirectFunc and Alias is set; choose one")
	}
	host, path, err := m.ruleTokens(r, c.merge)
	if err != nil {
		return nil, err
	}
	convs := map[string]*converter{}
	for _, t := range slices.Concat(host, path) {
		if t.kind != tokenVariable {
			continue
		}
		if convs[t.name] != nil {
			return nil, fmt.Errorf("%s: the name %s is used twice; rename one", t.text, t.name)
		}
		conv, err := m.converter(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.text, err)
		}
		convs[t.name] = conv
		c.vars = append(c.vars, Variable{t.name, t.conv, t.args, conv})
		c.names = append(c.names, t.name)
	}
	if err := c.compileParts(host, path, convs); err != nil {
		return nil, err
	}
	c.compileDefaults()
	c.compileTrace(host, path)
	if err := c.compileOps(host, path); err != nil {
		return nil, err
	}
	return c, c.compileRedirect()
}

// ruleTokens checks and splits the rule's host or subdomain and its path.
func (m *Map) ruleTokens(r Rule, merge bool) (host, path []token, err error) {
	domain := r.Subdomain
	switch {
	case !strings.HasPrefix(r.Path, "/"):
		return nil, nil, errors.New("the path does not start with a slash; put one before it")
	case !utf8.ValidString(r.Path + r.Subdomain + r.Host + r.RedirectTo):
		return nil, nil, errors.New("it is not UTF-8; write the characters themselves, not the bytes of another encoding")
	case m.opts.HostMatching && (r.Host == "" || r.Subdomain != ""):
		return nil, nil, errors.New("with host matching each rule needs Host, and none has Subdomain; set Host")
	case !m.opts.HostMatching && r.Host != "":
		return nil, nil, errors.New("Host has no effect without host matching; set Options.HostMatching, or use Subdomain")
	case m.opts.HostMatching:
		domain = r.Host
	}
	if host, err = parseRule(domain); err != nil {
		return nil, nil, fmt.Errorf("host %q: %w", domain, err)
	}
	for _, t := range host {
		if t.kind == tokenSlash {
			return nil, nil, fmt.Errorf("host %q holds a slash; move it to the path", domain)
		}
		if t.kind == tokenText && strings.IndexFunc(t.text, func(c rune) bool { return 'A' <= c && c <= 'Z' || c >= utf8.RuneSelf }) >= 0 {
			return nil, nil, fmt.Errorf("host %q can never match; write it in lower case, and other scripts as xn--", domain)
		}
	}
	text := r.Path
	if merge {
		text = mergeSlashes(text)
	}
	path, err = parseRule(text)
	return host, path, err
}

func (m *Map) converter(t token) (*converter, error) {
	if custom, ok := m.custom[t.conv]; ok {
		return newCustom(custom, t.args)
	}
	conv, err := builtin(t.conv, t.args)
	if conv == nil && err == nil {
		known := slices.Concat([]string{"string", "int", "float", "path", "any", "uuid"}, slices.Sorted(maps.Keys(m.custom)))
		return nil, fmt.Errorf("there is no converter %s; known ones: %s", t.conv, strings.Join(known, ", "))
	}
	return conv, err
}

func (c *compiled) compileParts(host, path []token, convs map[string]*converter) error {
	hostParts, err := compileParts(host, convs)
	if err != nil {
		return err
	}
	for _, p := range hostParts {
		if p.pattern != nil && p.pattern.final {
			return errors.New("the host uses a converter that takes slashes, which a host has not; use string")
		}
	}
	pathParts, err := compileParts(path, convs)
	c.parts = append(hostParts, pathParts...)
	return err
}

func (c *compiled) compileDefaults() {
	for _, name := range slices.Sorted(maps.Keys(c.rule.Defaults)) {
		index := slices.Index(c.names, name)
		if index < 0 {
			index = len(c.names)
			c.names = append(c.names, name)
		}
		c.defaults = append(c.defaults, defaultValue{index, paramOf(c.rule.Defaults[name])})
	}
	c.allText = len(c.defaults) == 0
	for _, v := range c.vars {
		switch v.c.kind {
		case kindString, kindPath, kindAny:
		default:
			c.allText = false
		}
	}
}

// compileTrace notes what makes two rules the same pattern, whatever their
// converters are.
func (c *compiled) compileTrace(host, path []token) {
	var b strings.Builder
	for _, tokens := range [][]token{host, path} {
		for _, t := range tokens {
			fmt.Fprintf(&b, "%d%q", t.kind, cmp.Or(t.name, t.text))
		}
		b.WriteByte('|')
	}
	c.trace = b.String()
}

func (c *compiled) hasDefault(name string) bool {
	_, ok := c.rule.Defaults[name]
	return ok
}

func mergeSlashes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] != '/' || i == 0 || s[i-1] != '/' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
