package route

import (
	"errors"
	"fmt"
	"iter"
	"slices"
)

// Options are the settings of a whole [Map]. The zero value is Werkzeug's
// default.
type Options struct {
	// HostMatching makes each rule match only requests to its Host pattern.
	// Every rule then needs a Host, and none may have a Subdomain.
	HostMatching bool

	// SubdomainMatching makes the part of a request's host that stands before
	// ServerName select among rules by their Subdomain. Without it, or without
	// ServerName, every request counts as having no subdomain.
	SubdomainMatching bool

	// ServerName is the host, with its port if that is not the scheme's own,
	// of the application without any subdomain. When set it is also the host
	// of absolute URLs that [Map.Build] makes. It is ignored when
	// HostMatching is set. When empty, the request's host is used.
	ServerName string

	// KeepDoubleSlashes stops the redirect from a path with repeated slashes
	// to the same path without. It is Werkzeug's merge_slashes=False.
	KeepDoubleSlashes bool

	// LooseSlashes makes a rule with a trailing slash match the path without
	// it, and the other way round, instead of redirecting or not matching. It
	// is Werkzeug's strict_slashes=False.
	LooseSlashes bool

	// NoRedirectDefaults stops two redirects: from a URL that spells out the
	// default values of another rule of its endpoint to that rule's URL, and
	// from an alias to the rule it stands for.
	NoRedirectDefaults bool
}

// A Map is a set of rules. Fill it with [Map.Add], call [Map.Compile] once,
// and from then on share it freely between goroutines.
type Map struct {
	opts    Options
	custom  map[string]Converter
	methods []string // names of the bits, see methods.go

	rules     []*compiled            // in order of registration
	endpoints map[string][]*compiled // each in the order in which building tries them
	order     []string               // endpoints by their first rule

	root  *state // nil until compiled
	plain *state // where paths start, if hosts do not matter
}

// New returns an empty map.
func New(opts Options) *Map {
	return &Map{
		opts:      opts,
		custom:    map[string]Converter{},
		methods:   slices.Clone(knownMethods[:]),
		endpoints: map[string][]*compiled{},
	}
}

// Converter makes c available to rules under name. A built-in converter may be
// replaced, "default" (used where a rule names none) too. It must be called
// before the rules that use it are added.
func (m *Map) Converter(name string, c Converter) { m.custom[name] = c }

// Add registers a rule. The error says what is wrong with the rule, where in
// it, and what to write instead.
func (m *Map) Add(r Rule) error {
	if m.root != nil {
		return fmt.Errorf("route: rule %q comes after Compile; add it before", r.Path)
	}
	c, err := m.compileRule(r)
	if err != nil {
		return fmt.Errorf("route: rule %q: %w", r.Path, err)
	}
	m.rules = append(m.rules, c)
	if m.endpoints[r.Endpoint] == nil {
		m.order = append(m.order, r.Endpoint)
	}
	m.endpoints[r.Endpoint] = append(m.endpoints[r.Endpoint], c)
	return nil
}

// Compile checks the rules against one another and makes the map ready for
// matching and building. Further calls do nothing; a rule added later is
// refused.
func (m *Map) Compile() error {
	if m.root != nil {
		return nil
	}
	for _, rules := range m.endpoints {
		slices.SortStableFunc(rules, (*compiled).compareBuild)
	}
	root := &builder{next: map[string]*builder{}}
	for _, c := range m.rules {
		if c.rule.Alias && !slices.ContainsFunc(m.endpoints[c.rule.Endpoint], c.isCanonical) {
			return fmt.Errorf("route: rule %q is an alias, but endpoint %q has no other rule with its variables; add that rule, or remove Alias", c.rule.Path, c.rule.Endpoint)
		}
		if !m.opts.NoRedirectDefaults {
			c.findProviders(m.endpoints[c.rule.Endpoint])
		}
		c.redirects = len(c.providers) > 0 || len(c.redirect) > 0 || c.rule.RedirectFunc != nil || c.rule.Alias && !m.opts.NoRedirectDefaults
		if !c.rule.BuildOnly {
			root.add(c)
		}
	}
	m.root = root.freeze()
	if !m.opts.HostMatching && !m.opts.SubdomainMatching && m.root.slash != nil && len(m.root.edges) == 0 {
		m.plain = m.root.slash.slash
	}
	return nil
}

// isCanonical reports whether r can stand for the alias c: whether c's
// variables and defaults are enough to build it.
func (c *compiled) isCanonical(r *compiled) bool {
	for _, name := range r.names {
		if !slices.Contains(c.names, name) && !r.hasDefault(name) {
			return false
		}
	}
	return !r.rule.Alias
}

// findProviders fills in c.providers from the rules of its endpoint.
func (c *compiled) findProviders(rules []*compiled) {
	c.providers = nil
	for _, r := range rules {
		if r == c {
			return
		}
		if !r.rule.BuildOnly && len(r.defaults) > 0 && r.trace != c.trace && slices.Equal(r.rule.Arguments(), c.rule.Arguments()) {
			c.providers = append(c.providers, r)
		}
	}
}

// Rules returns the rules in the order in which they were added.
func (m *Map) Rules() iter.Seq[*Rule] {
	return func(yield func(*Rule) bool) {
		for _, c := range m.rules {
			if !yield(&c.rule) {
				return
			}
		}
	}
}

// Expects reports whether a rule of the endpoint has a variable or default
// called name. It serves functions that fill in values such as a language code
// only where they are wanted.
func (m *Map) Expects(endpoint, name string) bool {
	return slices.ContainsFunc(m.endpoints[endpoint], func(c *compiled) bool { return slices.Contains(c.names, name) })
}

var errNotCompiled = errors.New("route: the map is not compiled; call Compile once after the last Add")
