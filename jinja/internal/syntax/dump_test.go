package syntax_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	. "github.com/retort-go/retort/jinja/internal/syntax"
)

// dump writes a tree as an s-expression: (Class:line field …) with the classes and the order of the fields of Jinja's own
// nodes, lists in brackets, and without the fields at the end of a node that are none, false, empty or load. It is what
// testdata/dump.py makes of Jinja's tree.
func dump(n Node, lines bool) string {
	d := dumper{lines: lines}
	return d.node(n)
}

type dumper struct{ lines bool }

func (d dumper) make(class string, n Node, fields ...string) string {
	for class != "Const" && len(fields) > 0 && slices.Contains([]string{"none", "false", "[]", "load"}, fields[len(fields)-1]) {
		fields = fields[:len(fields)-1]
	}
	if d.lines && n != nil {
		class += ":" + strconv.Itoa(int(n.Position().Line))
	}
	return "(" + strings.Join(append([]string{class}, fields...), " ") + ")"
}

func (d dumper) node(n Node) string {
	switch n := n.(type) {
	case nil:
		return "none"
	case *Template:
		return d.make("Template", n, list(d, n.Body))
	case Stmt:
		return d.stmt(n)
	case Expr:
		return d.expr(n)
	}
	return fmt.Sprintf("unknown:%T", n)
}

func (d dumper) stmt(n Stmt) string {
	switch n := n.(type) {
	case *Output:
		return d.make("Output", n, list(d, n.Nodes))
	case *Extends:
		return d.make("Extends", n, d.expr(n.Template))
	case *For:
		return d.make("For", n, d.expr(n.Target), d.expr(n.Iter), list(d, n.Body), list(d, n.Else), d.expr(n.Test), word(n.Recursive))
	case *If:
		return d.make("If", n, d.expr(n.Test), list(d, n.Body), list(d, n.Elif), list(d, n.Else))
	case *Macro:
		return d.make("Macro", n, text(n.Name), list(d, n.Args), list(d, n.Defaults), list(d, n.Body))
	case *CallBlock:
		return d.make("CallBlock", n, d.expr(n.Call), list(d, n.Args), list(d, n.Defaults), list(d, n.Body))
	case *FilterBlock:
		return d.make("FilterBlock", n, list(d, n.Body), d.expr(n.Filter))
	case *With:
		return d.make("With", n, list(d, n.Targets), list(d, n.Values), list(d, n.Body))
	case *Block:
		return d.make("Block", n, text(n.Name), list(d, n.Body), word(n.Scoped), word(n.Required))
	case *Include:
		return d.make("Include", n, d.expr(n.Template), word(n.WithContext), word(n.IgnoreMissing))
	case *Import:
		return d.make("Import", n, d.expr(n.Template), text(n.Target), word(n.WithContext))
	case *FromImport:
		return d.make("FromImport", n, d.expr(n.Template), importNames(n.Names), word(n.WithContext))
	case *ExprStmt:
		return d.make("ExprStmt", n, d.expr(n.Node))
	case *Assign:
		if name, ok := n.Target.(*Name); ok && name.Name == "_trans" { // Jinja gives this one no line
			return d.make("Assign", nil, d.make("Name", nil, text(name.Name), name.Ctx.String()), d.expr(n.Node))
		}
		return d.make("Assign", n, d.expr(n.Target), d.expr(n.Node))
	case *AssignBlock:
		filter := "none"
		if n.Filter != nil {
			filter = d.expr(n.Filter)
		}
		return d.make("AssignBlock", n, d.expr(n.Target), filter, list(d, n.Body))
	case *Scope:
		return d.make("Scope", nil, list(d, n.Body))
	case *ScopedEvalContextModifier:
		return d.make("ScopedEvalContextModifier", n, d.keywords(n.Options), list(d, n.Body))
	case *Trans:
		return d.make("Output", n, "["+d.expr(n.Expr)+"]")
	}
	return d.make(strings.TrimPrefix(fmt.Sprintf("%T", n), "*syntax."), n)
}

func (d dumper) expr(n Expr) string {
	switch n := n.(type) {
	case nil:
		return "none"
	case *TemplateData:
		return d.make("TemplateData", n, text(n.Data))
	case *Const:
		return d.make("Const", n, constant(n.Value))
	case *Name:
		return d.make("Name", n, text(n.Name), n.Ctx.String())
	case *NSRef:
		return d.make("NSRef", n, text(n.Name), text(n.Attr))
	case *Tuple:
		return d.make("Tuple", n, list(d, n.Items), n.Ctx.String())
	case *List:
		return d.make("List", n, list(d, n.Items))
	case *Dict:
		return d.make("Dict", n, "["+strings.Join(d.pairs(n.Items), " ")+"]")
	case *CondExpr:
		return d.make("CondExpr", n, d.expr(n.Test), d.expr(n.Then), d.expr(n.Else))
	case *Filter:
		return d.call("Filter", n, n.Arguments, d.expr(n.Node), text(n.Name))
	case *Test:
		return d.call("Test", n, n.Arguments, d.expr(n.Node), text(n.Name))
	case *Call:
		if name, ok := n.Node.(*Name); ok && strings.HasSuffix(name.Name, "gettext") { // Jinja's order is that of a set
			slices.SortFunc(n.Kwargs, func(a, b *Keyword) int { return strings.Compare(a.Key, b.Key) })
		}
		return d.call("Call", n, n.Arguments, d.expr(n.Node))
	case *Getitem:
		return d.make("Getitem", n, d.expr(n.Node), d.expr(n.Arg))
	case *Getattr:
		return d.make("Getattr", n, d.expr(n.Node), text(n.Attr))
	case *Slice:
		return d.make("Slice", n, d.expr(n.Start), d.expr(n.Stop), d.expr(n.Step))
	case *Concat:
		return d.make("Concat", n, list(d, n.Nodes))
	case *Compare:
		var ops []string
		for _, op := range n.Ops {
			ops = append(ops, d.make("Operand", nil, text(op.Op.String()), d.expr(op.Expr)))
		}
		return d.make("Compare", n, d.expr(n.Expr), "["+strings.Join(ops, " ")+"]")
	case *BinExpr:
		return d.binary(n)
	case *UnaryExpr:
		return d.make([...]string{"Not", "Neg", "Pos"}[n.Op], n, d.expr(n.Node))
	case *MarkSafeIfAutoescape:
		return d.make("MarkSafeIfAutoescape", n, d.expr(n.Expr))
	}
	return fmt.Sprintf("unknown:%T", n)
}

func (d dumper) binary(n *BinExpr) string {
	right := d.expr(n.Right)
	if _, ok := n.Left.(*MarkSafeIfAutoescape); ok { // the variables of a trans, which Jinja keeps in the order of a set
		pairs := d.pairs(n.Right.(*Dict).Items)
		slices.Sort(pairs)
		right = d.make("Dict", n.Right, "["+strings.Join(pairs, " ")+"]")
	}
	class := [...]string{"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "And", "Or"}[n.Op]
	return d.make(class, n, d.expr(n.Left), right)
}

func (d dumper) call(class string, n Node, a Arguments, fields ...string) string {
	return d.make(class, n, append(fields, list(d, a.Args), d.keywords(a.Kwargs), d.expr(a.DynArgs), d.expr(a.DynKwargs))...)
}

func (d dumper) pairs(items []Pair) []string {
	var pairs []string
	for _, p := range items {
		pairs = append(pairs, "(Pair "+d.expr(p.Key)+" "+d.expr(p.Value)+")")
	}
	return pairs
}

func (d dumper) keywords(ks []*Keyword) string {
	var all []string
	for _, k := range ks {
		all = append(all, "(Keyword "+text(k.Key)+" "+d.expr(k.Value)+")")
	}
	return "[" + strings.Join(all, " ") + "]"
}

func list[N Node](d dumper, ns []N) string {
	all := make([]string, len(ns))
	for i, n := range ns {
		all[i] = d.node(n)
	}
	return "[" + strings.Join(all, " ") + "]"
}

func importNames(names []ImportName) string {
	var all []string
	for _, n := range names {
		if n.Alias == n.Name {
			all = append(all, text(n.Name))
		} else {
			all = append(all, "["+text(n.Name)+" "+text(n.Alias)+"]")
		}
	}
	return "[" + strings.Join(all, " ") + "]"
}

func word(b bool) string { return strconv.FormatBool(b) }

func text(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func constant(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case bool:
		return word(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case *big.Int:
		return v.String()
	case string:
		return text(v)
	case float64:
		if math.IsInf(v, 0) {
			return "inf"
		}
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
		n, _ := strconv.Atoi(exponent)
		return mantissa + "e" + strconv.Itoa(n)
	}
	return fmt.Sprintf("unknown:%T", v)
}

// pretty breaks a compact dump into lines: a node or list that is longer than a line has each of its parts on its own.
func pretty(s string) string {
	var b strings.Builder
	writePretty(&b, s, "")
	return b.String()
}

func writePretty(b *strings.Builder, s, indent string) {
	if len(indent)+len(s) <= 110 || s[0] != '(' && s[0] != '[' {
		b.WriteString(s)
		return
	}
	parts := split(s[1 : len(s)-1])
	b.WriteByte(s[0])
	for i, part := range parts {
		if i > 0 {
			b.WriteString("\n" + indent + "  ")
		}
		writePretty(b, part, indent+"  ")
	}
	b.WriteByte(s[len(s)-1])
}

// split cuts a list of s-expressions at its spaces.
func split(s string) []string {
	var parts []string
	depth, start := 0, 0
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ' ' && depth == 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}
