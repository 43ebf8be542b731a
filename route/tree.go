package route

import (
	"slices"
	"strings"
)

// A state is where a walk stands after some parts of a path. States form a
// tree: the first step is the host or subdomain, then comes the empty text
// before the path's first slash, then its segments.
type state struct {
	edges []edge      // patterns, lightest first
	rules []*compiled // that end here, in order of registration
	slash *state      // the step over an empty segment
	texts textTable   // the steps over fixed segments
	loose bool        // one of rules takes a surplus slash
}

// An edge is a step over a pattern.
type edge struct {
	pattern *pattern
	plain   bool // pattern.plain, to save a memory access
	to      *state
}

// builder is a state while rules are being added.
type builder struct {
	state
	next  map[string]*builder // by text
	order []*builderEdge
}

type builderEdge struct {
	pattern *pattern
	to      *builder
}

func (b *builder) add(c *compiled) {
	for _, p := range c.parts {
		if p.pattern == nil {
			next := b.next[p.text]
			if next == nil {
				next = &builder{next: map[string]*builder{}}
				b.next[p.text] = next
			}
			b = next
			continue
		}
		i := slices.IndexFunc(b.order, func(e *builderEdge) bool { return e.pattern.key == p.pattern.key })
		if i < 0 {
			i = len(b.order)
			b.order = append(b.order, &builderEdge{p.pattern, &builder{next: map[string]*builder{}}})
		}
		b = b.order[i].to
	}
	b.rules = append(b.rules, c)
	b.loose = b.loose || !c.strict
}

// freeze makes the state ready for walking.
func (b *builder) freeze() *state {
	s := &b.state
	texts := map[string]*state{}
	for text, next := range b.next {
		if text == "" {
			s.slash = next.freeze()
		} else {
			texts[text] = next.freeze()
		}
	}
	s.texts = newTextTable(texts)
	slices.SortStableFunc(b.order, func(x, y *builderEdge) int { return x.pattern.weight.compare(y.pattern.weight) })
	for _, e := range b.order {
		s.edges = append(s.edges, edge{e.pattern, e.pattern.plain, e.to.freeze()})
	}
	return s
}

// A walk is the search for a rule.
type walk struct {
	path      string
	method    uint64 // one bit
	webSocket bool
	m         *Match

	allow    uint64 // methods of rules that lack this one
	mismatch bool   // a rule of the other kind, as to WebSocket, was met
	slash    bool   // the answer is to append a slash
}

// find walks over the host or subdomain, then over the path from its first
// segment on. The empty path has none, not even an empty one, so it is at its
// end then.
func (w *walk) find(m *Map, domain string) *compiled {
	if m.plain != nil {
		return w.from(m.plain, 1, 0)
	}
	return w.domain(m, domain)
}

func (w *walk) domain(m *Map, domain string) *compiled {
	next := m.root.slash
	if domain != "" {
		next = m.root.texts.find(domain)
	}
	if next != nil {
		if c := w.from(next.slash, 1, 0); c != nil || w.slash {
			return c
		}
	}
	for i := range m.root.edges {
		e := &m.root.edges[i]
		if e.pattern.match(domain, w.m, 0) {
			if c := w.from(e.to.slash, 1, len(e.pattern.vars)); c != nil || w.slash {
				return c
			}
		}
	}
	return nil
}

// from walks the path from offset pos on, with n variables bound. Fixed text
// goes first, then the patterns in order, and each choice is taken back if
// nothing comes of it. Every state is visited at most once, since only one
// division of the path into segments leads there.
func (w *walk) from(s *state, pos, n int) *compiled {
	path := w.path
	for {
		w.m.steps++
		if pos > len(path) {
			return w.end(s)
		}
		segment, end := path[pos:], len(path)
		if i := strings.IndexByte(segment, '/'); i >= 0 {
			segment, end = segment[:i], pos+i
		}
		next := s.slash
		if segment != "" {
			next = s.texts.find(segment)
		}
		if len(s.edges) == 0 && !s.loose {
			if next == nil {
				return nil
			}
			s, pos = next, end+1
			continue
		}
		if next != nil {
			if c := w.from(next, end+1, n); c != nil || w.slash {
				return c
			}
		}
		if len(s.edges) == 1 && s.edges[0].plain && !s.loose {
			if segment == "" {
				return nil
			}
			w.m.bind(n, segment)
			s, pos, n = s.edges[0].to, end+1, n+1
			continue
		}
		return w.patterns(s, pos, end, n)
	}
}

// patterns tries the edges of s on the segment from pos to end.
func (w *walk) patterns(s *state, pos, end, n int) *compiled {
	for i := range s.edges {
		e := &s.edges[i]
		next, ok := end+1, false
		if e.pattern.final {
			var slash bool
			slash, ok = e.pattern.matchRest(w.path[pos:], w.m, n)
			next = len(w.path) + 1
			if slash {
				next = len(w.path)
			}
		} else {
			ok = e.pattern.match(w.path[pos:end], w.m, n)
		}
		if ok {
			if c := w.from(e.to, next, n+len(e.pattern.vars)); c != nil || w.slash {
				return c
			}
		}
	}
	if s.loose && pos == len(w.path) {
		return w.surplus(s)
	}
	return nil
}

// end chooses among the rules of s, at the end of the path, and those that
// differ from it by a slash at its end.
func (w *walk) end(s *state) *compiled {
	for _, c := range s.rules {
		if w.takes(c) {
			return c
		}
	}
	if s.slash == nil {
		return nil
	}
	for _, c := range s.slash.rules {
		if c.webSocket == w.webSocket && c.methods&w.method != 0 {
			if c.strict {
				w.slash = true
				return nil
			}
			return c
		}
	}
	return nil
}

// surplus chooses among the rules of s that do not mind a slash more.
func (w *walk) surplus(s *state) *compiled {
	for _, c := range s.rules {
		if !c.strict && w.takes(c) {
			return c
		}
	}
	return nil
}

func (w *walk) takes(c *compiled) bool {
	if c.methods&w.method == 0 {
		w.allow |= c.methods
		return false
	}
	if c.webSocket != w.webSocket {
		w.mismatch = true
		return false
	}
	return true
}
