package jinja

import "github.com/retort-go/retort/jinja/internal/syntax"

// This file finds assignments in loops that their authors expect to outlast a round. Python's loops do that, Jinja's do
// not, and nothing says so: the name just keeps its old value.

// assignments are the names read and written in one region: a template's top level, a block, a macro.
type assignments struct {
	l     *linter
	t     *Template
	scope *nameScope
	uses  []nameUse
	loops []*nameScope
}

// nameScope is a scope of the region. What is set in it is not known outside.
type nameScope struct {
	outer      *nameScope
	loop       *syntax.For // the loop whose body it is, or nil
	start, end int         // among the uses
}

// nameUse is a name read or written.
type nameUse struct {
	name   string
	pos    syntax.Pos
	scope  *nameScope
	writes bool
	set    bool // by {% set %}
}

func newAssignments(l *linter, t *Template) *assignments { return &assignments{l: l, t: t} }

// region looks through statements that begin with no names of their own.
func (a *assignments) region(body []syntax.Stmt) {
	r := &assignments{l: a.l, t: a.t, scope: new(nameScope)}
	r.stmts(body)
	for _, loop := range r.loops {
		r.check(loop)
	}
}

func (a *assignments) stmts(body []syntax.Stmt) {
	for _, n := range body {
		a.node(n)
	}
}

// inside runs f in a scope of its own.
func (a *assignments) inside(loop *syntax.For, f func()) {
	s := &nameScope{outer: a.scope, loop: loop, start: len(a.uses)}
	if loop != nil {
		a.loops = append(a.loops, s)
	}
	a.scope = s
	f()
	s.end = len(a.uses)
	a.scope = s.outer
}

func (a *assignments) node(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.For:
		a.exprs(n.Iter)
		a.inside(n, func() {
			a.exprs(n.Target, n.Test)
			a.stmts(n.Body)
		})
		a.inside(nil, func() { a.stmts(n.Else) })
	case *syntax.If:
		a.exprs(n.Test)
		a.stmts(n.Body)
		for _, elif := range n.Elif {
			a.node(elif)
		}
		a.stmts(n.Else)
	case *syntax.Assign:
		a.exprs(n.Node)
		a.target(n.Target)
	case *syntax.AssignBlock:
		a.inside(nil, func() { a.stmts(n.Body) })
		a.target(n.Target)
	case *syntax.Block:
		a.region(n.Body)
	default:
		a.other(n)
	}
}

// other follows the statements that only open a scope, and expressions.
func (a *assignments) other(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Macro:
		a.use(nameUse{name: n.Name, pos: n.Pos, writes: true})
		a.function(n.Signature, n.Body)
	case *syntax.CallBlock:
		a.exprs(n.Call)
		a.function(n.Signature, n.Body)
	case *syntax.With:
		a.exprs(n.Values...)
		a.inside(nil, func() {
			a.exprs(n.Targets...)
			a.stmts(n.Body)
		})
	case *syntax.FilterBlock:
		a.inside(nil, func() { a.stmts(n.Body) })
	case *syntax.Scope:
		a.inside(nil, func() { a.stmts(n.Body) })
	case *syntax.ScopedEvalContextModifier:
		a.stmts(n.Body)
	default:
		syntax.Walk(n, func(n syntax.Node) bool {
			for _, name := range namesSet(n) {
				a.use(nameUse{name: name, pos: n.Position(), writes: true})
			}
			if name, ok := n.(*syntax.Name); ok && name.Ctx == syntax.Load {
				a.use(nameUse{name: name.Name, pos: name.Pos})
			}
			return true
		})
	}
}

func (a *assignments) function(sig syntax.Signature, body []syntax.Stmt) {
	a.inside(nil, func() {
		for _, arg := range sig.Args {
			a.exprs(arg)
		}
		a.exprs(sig.Defaults...)
		a.stmts(body)
	})
}

func (a *assignments) exprs(nodes ...syntax.Expr) {
	for _, n := range nodes {
		if n != nil {
			a.other(n)
		}
	}
}

// target notes the names that {% set %} assigns.
func (a *assignments) target(n syntax.Expr) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if name, ok := n.(*syntax.Name); ok {
			a.use(nameUse{name: name.Name, pos: name.Pos, writes: true, set: true})
		}
		return true
	})
}

func (a *assignments) use(u nameUse) {
	u.scope = a.scope
	a.uses = append(a.uses, u)
}

// check reports the names that a loop's body sets and that something expects to outlast the round.
func (a *assignments) check(loop *nameScope) {
	checked := map[string]bool{}
	for i := loop.start; i < loop.end; i++ {
		u := a.uses[i]
		if !u.set || u.scope != loop || checked[u.name] {
			continue
		}
		checked[u.name] = true
		switch {
		case a.readBehind(loop, u.name):
			a.l.add(a.t, "T015", u.pos, "%s, set in the loop, is forgotten when its round ends: what is read behind the loop is another value", u.name)
		case a.carried(loop, u.name, i):
			a.l.add(a.t, "T015", u.pos, "%s, set in the loop, is forgotten when its round ends: the next round begins with the value from before the loop", u.name)
		}
	}
}

// readBehind reports whether a name is read behind the loop in such a way that the loop's would be meant.
func (a *assignments) readBehind(loop *nameScope, name string) bool {
	for _, u := range a.uses[loop.end:] {
		if u.name != name {
			continue
		}
		s := u.scope
		for !within(loop, s) && !a.declares(s, name) {
			s = s.outer
		}
		if within(loop, s) {
			return !u.writes
		}
	}
	return false
}

// declares reports whether a scope has a name of its own.
func (a *assignments) declares(s *nameScope, name string) bool {
	for _, u := range a.uses[s.start:s.end] {
		if u.scope == s && u.writes && u.name == name {
			return true
		}
	}
	return false
}

// carried reports whether a name is set before the loop and read in it before use number first, which sets it.
func (a *assignments) carried(loop *nameScope, name string, first int) bool {
	before := false
	for i, u := range a.uses[:first] {
		if u.name != name {
			continue
		}
		switch {
		case i < loop.start:
			before = before || u.writes && within(loop, u.scope)
		case !u.writes && within(u.scope, loop):
			return before
		}
	}
	return false
}

// within reports whether scope s is outer or inside of it.
func within(s, outer *nameScope) bool {
	for ; s != nil; s = s.outer {
		if s == outer {
			return true
		}
	}
	return false
}
