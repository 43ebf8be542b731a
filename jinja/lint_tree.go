package jinja

import (
	"slices"

	"github.com/retort-go/retort/jinja/internal/syntax"
)

// learn notes the names that a template sets, and makes its unknown filters and tests known to the compiler, which would
// stop at the first.
func (l *linter) learn(u *unit) {
	if u.tree == nil {
		return
	}
	unknown := func(*State, *Call) (Value, error) { return Value{}, nil }
	syntax.Walk(u.tree, func(n syntax.Node) bool {
		for _, name := range namesSet(n) {
			l.stored[name] = true
		}
		switch n := n.(type) {
		case *syntax.Filter:
			if l.env.filters[n.Name] == nil {
				l.env.filters[n.Name] = &callee{name: n.Name, fn: unknown}
			}
		case *syntax.Test:
			if l.env.tests[n.Name] == nil {
				l.env.tests[n.Name] = &callee{name: n.Name, fn: unknown}
			}
		}
		return true
	})
}

// namesSet returns the names that one node gives a value.
func namesSet(n syntax.Node) []string {
	switch n := n.(type) {
	case *syntax.Name:
		if n.Ctx != syntax.Load {
			return []string{n.Name}
		}
	case *syntax.Macro:
		return []string{n.Name}
	case *syntax.Import:
		return []string{n.Target}
	case *syntax.FromImport:
		names := make([]string, 0, len(n.Names))
		for _, name := range n.Names {
			names = append(names, name.Alias)
		}
		return names
	}
	return nil
}

// read looks through a template's tree for what does not depend on places.
func (l *linter) read(u *unit) {
	if u.tree == nil {
		return
	}
	t := u.tmpl
	syntax.Walk(u.tree, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Filter:
			l.filter(t, n)
		case *syntax.Test:
			if l.given.tests[n.Name] == nil {
				l.add(t, "T019", n.Pos, "there is no test %s%s", n.Name, hinted(suggest(n.Name, l.given.tests)))
			}
		case *syntax.Call:
			l.call(t, n)
		case *syntax.ScopedEvalContextModifier:
			l.autoescape(t, n)
		case *syntax.Extends:
			l.template(t, n.Template, false, "the template to extend")
		case *syntax.Include:
			l.template(t, n.Template, n.IgnoreMissing, "the template to include")
		case *syntax.Import:
			l.template(t, n.Template, false, "the template to import")
		case *syntax.FromImport:
			l.template(t, n.Template, false, "the template to import from")
		}
		return true
	})
	newAssignments(l, t).region(u.tree.Body)
}

// hinted puts a suggestion behind a message.
func hinted(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	return "; " + suggestion
}

func (l *linter) filter(t *Template, n *syntax.Filter) {
	if l.given.filters[n.Name] == nil {
		l.add(t, "T018", n.Pos, "there is no filter %s%s", n.Name, hinted(suggest(n.Name, l.given.filters)))
	}
	if _, constant := n.Node.(*syntax.Const); n.Name == "safe" && !constant && !isJSON(n) && t.autoescape {
		l.add(t, "T013", n.Pos, "the filter safe turns escaping off for a value: whoever can change the value can write any HTML")
	}
}

// contextNames are known in some places of every template.
var contextNames = []string{"caller", "super", "self", "loop", "varargs", "kwargs"}

func (l *linter) call(t *Template, n *syntax.Call) {
	name, ok := n.Node.(*syntax.Name)
	if !ok || l.stored[name.Name] || slices.Contains(contextNames, name.Name) {
		return
	}
	if _, known := l.given.globals[name.Name]; known {
		return
	}
	known := append(sortedNames(l.given.globals), contextNames...)
	for stored := range l.stored {
		known = append(known, stored)
	}
	l.add(t, "T020", name.Pos, "no template sets the function %s, and it is no global%s", name.Name, hinted(didYouMean(name.Name, known)))
}

func (l *linter) autoescape(t *Template, n *syntax.ScopedEvalContextModifier) {
	for _, k := range n.Options {
		if k.Key != "autoescape" {
			continue
		}
		c, constant := k.Value.(*syntax.Const)
		switch {
		case !constant:
			l.add(t, "T014", n.Pos, "whether values are escaped in here depends on the data")
		case c.Value == false || c.Value == nil:
			l.add(t, "T014", n.Pos, "nothing is escaped in here")
		}
	}
}

// template looks at the name of a template, or a list of names of which one has to exist.
func (l *linter) template(t *Template, n syntax.Expr, mayMiss bool, what string) {
	candidates := []syntax.Expr{n}
	switch n := n.(type) {
	case *syntax.List:
		candidates = n.Items
	case *syntax.Tuple:
		candidates = n.Items
	case *syntax.CondExpr:
		l.template(t, n.Then, mayMiss, what)
		if n.Else != nil {
			l.template(t, n.Else, mayMiss, what)
		}
		return
	}
	missing := ""
	for _, x := range candidates {
		name, constant := constantName(x)
		if !constant {
			l.add(t, "T016", beginning(x), "%s is known only when this one runs, so it cannot be looked at from here", what)
			return
		}
		if _, err := l.env.cfg.Loader.Load(name); err == nil {
			return
		}
		missing = name
	}
	if !mayMiss && missing != "" {
		l.add(t, "T017", n.Position(), "%s, %s, does not exist%s", what, missing, hinted(didYouMean(missing, l.names)))
	}
}
