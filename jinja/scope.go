package jinja

import "slices"

// How a name's slot gets its value when its scope is entered.
type loadKind uint8

const (
	loadParam     loadKind = iota // assigned by whoever enters the scope: loop targets, macro parameters
	loadResolve                   // looked up in the context
	loadAlias                     // copied from the slot of an enclosing scope
	loadUndefined                 // starts out missing
)

// load says how the slot of one name is filled on entry to the scope that owns it.
type load struct {
	slot *slot
	kind loadKind
	name string // loadResolve: the name to look up
	from *slot  // loadAlias: the slot to copy
}

// slot is one variable of one function (a template's top level, a block, a macro, a recursive loop). Scopes at the
// same depth that use the same name share a slot, as they share a local variable in Jinja's generated code.
type slot struct {
	name     string
	fn       *function
	reg      int
	captured bool // read by a function defined inside fn
}

// slotKey identifies a slot within its function.
type slotKey struct {
	level int
	name  string
}

// symbols holds what one scope knows about names: which slot a name means, how slots are filled when the scope is
// entered, and which names the scope assigns. The rules are Jinja's (documented there as identifier tracking): a name is
// bound to a slot once for the whole scope, before the first line runs; reading a name that no enclosing scope knows makes
// a slot filled from the context; assigning makes the name local to the scope.
type symbols struct {
	parent *symbols
	fn     *function
	level  int
	refs   map[string]*slot
	loads  map[*slot]load
	order  []*slot // of loads, by first appearance
	stores map[string]bool
}

func newSymbols(parent *symbols, fn *function, level int) *symbols {
	if parent != nil {
		level = parent.level + 1
	}
	return &symbols{
		parent: parent, fn: fn, level: level,
		refs: map[string]*slot{}, loads: map[*slot]load{}, stores: map[string]bool{},
	}
}

func (s *symbols) define(name string, kind loadKind, from *slot) *slot {
	sl := s.fn.slot(s.level, name)
	s.refs[name] = sl
	s.setLoad(load{slot: sl, kind: kind, name: name, from: from})
	return sl
}

func (s *symbols) setLoad(l load) {
	if _, known := s.loads[l.slot]; !known {
		s.order = append(s.order, l.slot)
	}
	s.loads[l.slot] = l
}

// find returns the slot that name means here, or nil.
func (s *symbols) find(name string) *slot {
	for ; s != nil; s = s.parent {
		if sl := s.refs[name]; sl != nil {
			return sl
		}
	}
	return nil
}

// findLoad returns how a slot is filled, looking outwards for the scope that owns it.
func (s *symbols) findLoad(sl *slot) (load, bool) {
	for ; s != nil; s = s.parent {
		if l, ok := s.loads[sl]; ok {
			return l, true
		}
	}
	return load{}, false
}

// load notes that name is read.
func (s *symbols) load(name string) {
	if s.find(name) == nil {
		s.define(name, loadResolve, nil)
	}
}

// store notes that name is assigned.
func (s *symbols) store(name string) {
	s.stores[name] = true
	if s.refs[name] != nil {
		return
	}
	if outer := s.parent.find(name); outer != nil {
		s.define(name, loadAlias, outer)
		return
	}
	s.define(name, loadUndefined, nil)
}

// parameter declares a name that is assigned by whoever enters the scope.
func (s *symbols) parameter(name string) *slot {
	s.stores[name] = true
	return s.define(name, loadParam, nil)
}

// fork copies the scope for one branch of an if.
func (s *symbols) fork() *symbols {
	c := newSymbols(nil, s.fn, s.level)
	c.parent = s.parent
	for k, v := range s.refs {
		c.refs[k] = v
	}
	for k, v := range s.loads {
		c.loads[k] = v
	}
	for k := range s.stores {
		c.stores[k] = true
	}
	c.order = slices.Clone(s.order)
	return c
}

// join merges the branches of an if. A name that only some branches assign has, after the if, the value it would
// have had without the assignment: that of an enclosing scope, or of the context.
func (s *symbols) join(branches ...*symbols) {
	fresh := map[string]bool{}
	for _, b := range branches {
		for name := range b.stores {
			if !s.stores[name] {
				fresh[name] = true
			}
		}
	}
	for _, b := range branches {
		for name, sl := range b.refs {
			s.refs[name] = sl
		}
		for _, sl := range b.order {
			s.setLoad(b.loads[sl])
		}
		for name := range b.stores {
			s.stores[name] = true
		}
	}
	for name := range fresh {
		target := s.find(name)
		if outer := s.parent.find(name); outer != nil {
			s.setLoad(load{slot: target, kind: loadAlias, name: name, from: outer})
			continue
		}
		s.setLoad(load{slot: target, kind: loadResolve, name: name})
	}
}

// visible lists the assigned names of this scope and the enclosing ones, innermost binding first, sorted within
// a scope. It is what an include, an import with context or a scoped block gets to see.
func (s *symbols) visible() []*slot {
	var out []*slot
	seen := map[string]bool{}
	inner := s
	for ; s != nil; s = s.parent {
		names := make([]string, 0, len(s.stores))
		for name := range s.stores {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			out = append(out, inner.find(name))
		}
	}
	return out
}
