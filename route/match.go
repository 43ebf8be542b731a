package route

import (
	"iter"
	"strings"
)

// A Request is what matching looks at.
type Request struct {
	Method string // in any case

	// Path is percent-decoded, once, and starts with a slash. Neither dot
	// segments nor slashes may have been cleaned away.
	Path string

	// Host is the host of the request with its port, in any case. It is read
	// only for host and subdomain matching.
	Host string

	// Scheme is http or https; empty means http. It says which port is the
	// usual one, and begins the location of a redirect to another host.
	Scheme string

	ScriptRoot string // prefix of the application, "" or like "/app"; starts the path of redirects
	RawQuery   string // without the question mark; redirects keep it
	WebSocket  bool   // the request asks to upgrade to WebSocket
}

// An Outcome is the result of matching.
type Outcome uint8

const (
	// NotFound means that no rule matches: 404.
	NotFound Outcome = iota
	// Found means that [Match.Rule] is the rule.
	Found
	// MethodNotAllowed means that rules match the path but none takes the
	// method: 405, with [Match.Allow].
	MethodNotAllowed
	// Redirect means that the answer is 308 with [Match.Location].
	Redirect
	// WebSocketMismatch means that only rules of the other kind match: 400.
	WebSocketMismatch
)

// String returns the name of the constant.
func (o Outcome) String() string {
	names := [...]string{"NotFound", "Found", "MethodNotAllowed", "Redirect", "WebSocketMismatch"}
	if int(o) < len(names) {
		return names[o]
	}
	return "Outcome?"
}

// A Match receives the result of [Map.Match]. It may be used again for another
// request, and holds up to eight parameters without allocating.
type Match struct {
	Rule *Rule // the rule that was found, otherwise nil

	c        *compiled // of Rule
	location string
	allow    uint64
	table    *Map // whose methods allow holds

	buf  [8]Param
	more []Param // from the ninth on

	steps int // work done, for the test that bounds it
}

// Match looks req up and fills in result, whatever that held before. It does
// not allocate when the outcome is Found or NotFound, except for what custom
// converters do, for more than eight parameters, for several variables in one
// long segment, and for paths that hold repeated slashes.
//
// It panics if the map has not been compiled.
func (m *Map) Match(req Request, result *Match) Outcome {
	if m.root == nil {
		panic(errNotCompiled)
	}
	result.Rule, result.c, result.allow, result.location, result.steps = nil, nil, 0, "", 0
	var w walk // filled in by field, since a literal would be built twice
	w.path, w.method, w.webSocket, w.m = req.Path, m.method(req.Method), req.WebSocket, result
	if len(w.path) > 0 && (w.path[0] != '/' || len(w.path) > 1 && w.path[1] == '/') {
		w.path = "/" + strings.TrimLeft(w.path, "/")
	}
	var from origin
	if m.plain == nil {
		if from = m.origin(req.Host, req.Scheme, ""); !from.known {
			return NotFound
		}
	}
	c := w.find(m, from.domain)
	if c == nil {
		return m.mend(&w, &req, &from)
	}
	result.c = c
	if !c.allText && !result.convert(c) {
		return result.miss(m, &w)
	}
	if c.redirects && m.follow(c, &req, &from, result) == Redirect {
		result.c = nil
		return Redirect
	}
	result.Rule = &c.rule
	return Found
}

// mend looks for a path that differs from one without a rule by slashes only.
func (m *Map) mend(w *walk, req *Request, from *origin) Outcome {
	if !w.slash && !m.opts.KeepDoubleSlashes && strings.Contains(w.path, "//") {
		w.path = mergeSlashes(w.path)
		if c := w.find(m, from.domain); c != nil && c.merge {
			return w.m.redirect(m, req, from, from.domain, Quote(w.path), req.WebSocket)
		}
	}
	if w.slash {
		return w.m.redirect(m, req, from, from.domain, Quote(w.path+"/"), req.WebSocket)
	}
	return w.m.miss(m, w)
}

// Allowed returns the methods that some rule takes for the path of req, sorted.
// It is empty if a rule takes all.
func (m *Map) Allowed(req Request) []string {
	var result Match
	req.Method = "--" // no rule has it
	m.Match(req, &result)
	return result.Allow()
}

// Param returns the parameter called name: a variable or default of the rule.
func (m *Match) Param(name string) (Param, bool) {
	if m.c != nil {
		for i, n := range m.c.names {
			if n == name {
				return *m.at(i), true
			}
		}
	}
	return Param{}, false
}

// Params returns the parameters in the order of the rule: variables of the
// host first, then those of the path, then defaults by name.
func (m *Match) Params() iter.Seq2[string, Param] {
	return func(yield func(string, Param) bool) {
		if m.c == nil {
			return
		}
		for i, name := range m.c.names {
			if !yield(name, *m.at(i)) {
				return
			}
		}
	}
}

// Allow returns the methods that would have been allowed, sorted, after
// MethodNotAllowed.
func (m *Match) Allow() []string {
	if m.allow == 0 {
		return nil
	}
	return m.table.methodNames(m.allow)
}

// Location returns where to redirect to, after Redirect. It is fully quoted,
// and starts with a single slash unless the target is on another host or the
// rule's own redirect gives a whole URL.
func (m *Match) Location() string { return m.location }

// at returns parameter i.
func (m *Match) at(i int) *Param {
	if i < len(m.buf) {
		return &m.buf[i]
	}
	return m.spilled(i - len(m.buf))
}

// bind sets parameter i to text that was matched.
func (m *Match) bind(i int, text string) {
	p := m.at(i)
	p.text, p.kind = text, paramText
}

func (m *Match) spilled(i int) *Param {
	for len(m.more) <= i {
		m.more = append(m.more, Param{})
	}
	return &m.more[i]
}

// miss is the outcome when no rule was found or its converters refused.
func (m *Match) miss(table *Map, w *walk) Outcome {
	m.c = nil
	switch {
	case w.allow != 0:
		m.allow, m.table = w.allow, table
		return MethodNotAllowed
	case w.mismatch:
		return WebSocketMismatch
	}
	return NotFound
}

// convert turns the texts that the walk left into the rule's parameters.
func (m *Match) convert(c *compiled) bool {
	for i := range c.vars {
		if !c.vars[i].c.convert(m.at(i)) {
			return false
		}
	}
	for i := range c.defaults {
		*m.at(c.defaults[i].index) = c.defaults[i].param
	}
	return true
}
