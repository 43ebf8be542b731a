package jinja

import "github.com/retort-go/retort/jinja/internal/syntax"

// This file walks the tree to tell a scope which names it reads and assigns. A walk stops where an inner scope begins: of a
// loop only the iterated expression belongs to the scope around it, of a macro only its name.

// visitStmts notes the names that statements use in the scope s.
func (s *symbols) visitStmts(body []syntax.Stmt) {
	for _, n := range body {
		s.visitStmt(n)
	}
}

func (s *symbols) visitStmt(n syntax.Stmt) {
	switch n := n.(type) {
	case *syntax.Output:
		s.visitExprs(n.Nodes...)
	case *syntax.Extends:
		s.visitExprs(n.Template)
	case *syntax.For:
		s.visitExprs(n.Iter)
	case *syntax.If:
		s.visitIf(n)
	case *syntax.Macro:
		s.store(n.Name)
	case *syntax.CallBlock:
		s.visitExprs(n.Call)
	case *syntax.FilterBlock:
		s.visitExprs(n.Filter)
	case *syntax.With:
		s.visitExprs(n.Values...)
	case *syntax.Include:
		s.visitExprs(n.Template)
	case *syntax.Import:
		s.visitExprs(n.Template)
		s.store(n.Target)
	case *syntax.FromImport:
		s.visitExprs(n.Template)
		for _, name := range n.Names {
			s.store(name.Alias)
		}
	case *syntax.ExprStmt:
		s.visitExprs(n.Node)
	case *syntax.Assign:
		s.visitExprs(n.Node, n.Target)
	case *syntax.AssignBlock:
		s.visitExprs(n.Target)
		if n.Filter != nil {
			s.visitExprs(n.Filter)
		}
	case *syntax.ScopedEvalContextModifier:
		s.visitKeywords(n.Options)
		s.visitStmts(n.Body)
	case *syntax.Trans:
		s.visitExprs(n.Expr)
	}
}

func (s *symbols) visitKeywords(kws []*syntax.Keyword) {
	for _, k := range kws {
		s.visitExprs(k.Value)
	}
}

// visitIf follows each branch on a copy and merges what they did.
func (s *symbols) visitIf(n *syntax.If) {
	s.visitExprs(n.Test)
	body, elifs, otherwise := s.fork(), s.fork(), s.fork()
	body.visitStmts(n.Body)
	for _, e := range n.Elif {
		elifs.visitIf(e)
	}
	otherwise.visitStmts(n.Else)
	s.join(body, elifs, otherwise)
}

func (s *symbols) visitExprs(nodes ...syntax.Expr) {
	for _, n := range nodes {
		if n != nil {
			syntax.Walk(n, s.visitExpr)
		}
	}
}

func (s *symbols) visitExpr(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Name:
		s.visitName(n)
	case *syntax.NSRef:
		s.load(n.Name)
	}
	return true
}

func (s *symbols) visitName(n *syntax.Name) {
	switch n.Ctx {
	case syntax.Param:
		s.parameter(n.Name)
	case syntax.Store:
		s.store(n.Name)
	default:
		s.load(n.Name)
	}
}

// parameters declares every name of an assignment target as a parameter: the targets of a loop.
func (s *symbols) parameters(target syntax.Expr) {
	switch n := target.(type) {
	case *syntax.Name:
		s.parameter(n.Name)
	case *syntax.NSRef:
		s.load(n.Name)
	case *syntax.Tuple:
		for _, item := range n.Items {
			s.parameters(item)
		}
	}
}

// readsUndeclared reports which of the names body reads before it binds them, in source order; unlike symbols it looks into
// inner scopes, but not into blocks. It decides whether a macro takes kwargs, varargs or a caller and whether a loop needs its
// loop object, and is as rough as Jinja's own test.
func readsUndeclared(body []syntax.Stmt, wanted ...string) map[string]bool {
	left := map[string]bool{}
	for _, name := range wanted {
		left[name] = true
	}
	found := map[string]bool{}
	visit := func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Block:
			return false
		case *syntax.Name:
			if n.Ctx == syntax.Load && left[n.Name] {
				found[n.Name] = true
			} else {
				delete(left, n.Name)
			}
		}
		return true
	}
	for _, n := range body {
		syntax.Walk(n, visit)
	}
	return found
}
