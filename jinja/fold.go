package jinja

import (
	"github.com/retort-go/retort/jinja/internal/syntax"
	"github.com/retort-go/retort/jinja/internal/value"
)

// Expressions of constants are computed when the template is compiled, by Jinja's rules: an expression that fails is left for
// the run, one whose value is no plain data too. The rules show, in that joining strings by ~ at this time forgets that one
// of them is Markup.

// folding is what came of trying to compute an expression.
type folding struct {
	v  Value
	ok bool
}

// Limits for what is computed while compiling: a template that needs more is computed when it runs, under the limits there.
const (
	foldSteps = 10_000
	foldSize  = 64 << 10
)

// foldState is the state that filters see while they are computed for a constant.
func (c *compiler) foldState() *State {
	if c.foldings == nil {
		c.foldings = &State{env: c.env}
	}
	m := value.NewMeter(nil, value.Limits{Steps: foldSteps, Value: foldSize, Memory: foldSize})
	m.Undefined, m.Sandbox = c.env.cfg.Undefined, c.env.cfg.Sandbox
	c.foldings.meter, c.foldings.autoescape = m, c.autoescape
	return c.foldings
}

// fold returns the value of a constant expression, ok if it is one.
func (c *compiler) fold(n syntax.Expr) (Value, bool) {
	switch n := n.(type) {
	case *syntax.Const:
		return constValue(n.Value), true
	case *syntax.Name, *syntax.Call, nil:
		return Value{}, false
	}
	f, done := c.folded[n]
	if !done {
		f.v, f.ok = c.tryFold(n)
		c.folded[n] = f
	}
	return f.v, f.ok
}

func (c *compiler) tryFold(n syntax.Expr) (Value, bool) {
	switch n := n.(type) {
	case *syntax.TemplateData:
		if c.volatile {
			return Value{}, false
		}
		return str(n.Data, c.autoescape), true
	case *syntax.Tuple:
		items, ok := c.foldAll(n.Items)
		return value.Tuple(items), ok
	case *syntax.List:
		items, ok := c.foldAll(n.Items)
		return value.NewList(items), ok
	case *syntax.Dict:
		return c.foldDict(n)
	case *syntax.BinExpr:
		return c.foldBinary(n)
	case *syntax.UnaryExpr:
		v, ok := c.fold(n.Node)
		if !ok {
			return Value{}, false
		}
		return folded(unary(c.foldState().meter, uint8(n.Op), v))
	case *syntax.Compare:
		return c.foldCompare(n)
	case *syntax.CondExpr:
		return c.foldCond(n)
	case *syntax.Concat:
		return c.foldConcat(n)
	case *syntax.Getattr:
		if v, ok := c.fold(n.Node); ok {
			return folded(value.GetAttr(c.foldState().meter, v, value.NewAttr(n.Attr)))
		}
	case *syntax.Getitem:
		return c.foldItem(n)
	case *syntax.Filter:
		if n.Node != nil {
			return c.foldCall(c.env.filters[n.Name], n.Node, &n.Arguments)
		}
	case *syntax.Test:
		return c.foldCall(c.env.tests[n.Name], n.Node, &n.Arguments)
	}
	return Value{}, false
}

func folded(v Value, err error) (Value, bool) { return v, err == nil }

func (c *compiler) foldAll(nodes []syntax.Expr) ([]Value, bool) {
	out := make([]Value, len(nodes))
	for i, n := range nodes {
		v, ok := c.fold(n)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

func (c *compiler) foldDict(n *syntax.Dict) (Value, bool) {
	d := value.NewDict(len(n.Items))
	for _, p := range n.Items {
		key, ok := c.fold(p.Key)
		if !ok {
			return Value{}, false
		}
		v, ok := c.fold(p.Value)
		if !ok {
			return Value{}, false
		}
		if err := d.Set(key, v); err != nil { // Jinja refuses the template, whether it is run or not
			e := asError(err)
			c.failKind(e.Kind, n.Pos, "%s", e.Message)
			return Value{}, false
		}
	}
	return value.FromDict(d), true
}

func (c *compiler) foldBinary(n *syntax.BinExpr) (Value, bool) {
	left, ok := c.fold(n.Left)
	if !ok {
		return Value{}, false
	}
	if n.Op == syntax.And || n.Op == syntax.Or {
		t, err := value.Truth(left)
		if err != nil {
			return Value{}, false
		}
		if t == (n.Op == syntax.Or) {
			return left, true
		}
		return c.fold(n.Right)
	}
	right, ok := c.fold(n.Right)
	if !ok {
		return Value{}, false
	}
	return folded(binary(c.foldState().meter, uint8(n.Op), left, right))
}

func (c *compiler) foldCompare(n *syntax.Compare) (Value, bool) {
	left, ok := c.fold(n.Expr)
	for _, op := range n.Ops {
		if !ok {
			return Value{}, false
		}
		var right Value
		if right, ok = c.fold(op.Expr); !ok {
			return Value{}, false
		}
		holds, err := compare(c.foldState().meter, uint8(op.Op), &left, &right)
		if err != nil {
			return Value{}, false
		}
		if !holds {
			return value.Bool(false), true
		}
		left = right
	}
	return value.Bool(true), ok
}

func (c *compiler) foldCond(n *syntax.CondExpr) (Value, bool) {
	test, ok := c.fold(n.Test)
	if !ok {
		return Value{}, false
	}
	t, err := value.Truth(test)
	switch {
	case err != nil:
		return Value{}, false
	case t:
		return c.fold(n.Then)
	}
	return c.fold(n.Else)
}

func (c *compiler) foldConcat(n *syntax.Concat) (Value, bool) {
	items, ok := c.foldAll(n.Nodes)
	if !ok {
		return Value{}, false
	}
	var b []byte
	m := c.foldState().meter
	for _, v := range items {
		var err error
		if b, err = value.AppendStr(m, b, v); err != nil || m.Build(len(b)) != nil {
			return Value{}, false
		}
	}
	return value.Str(string(b)), true
}

func (c *compiler) foldItem(n *syntax.Getitem) (Value, bool) {
	obj, ok := c.fold(n.Node)
	if !ok {
		return Value{}, false
	}
	if s, slice := n.Arg.(*syntax.Slice); slice {
		var parts [3]Value
		for i, p := range []syntax.Expr{s.Start, s.Stop, s.Step} {
			parts[i] = value.None()
			if p == nil {
				continue
			}
			if parts[i], ok = c.fold(p); !ok {
				return Value{}, false
			}
		}
		// At this time Jinja takes what cannot be sliced for undefined.
		return folded(value.GetItem(c.foldState().meter, obj, value.NewSlice(parts[0], parts[1], parts[2])))
	}
	key, ok := c.fold(n.Arg)
	if !ok {
		return Value{}, false
	}
	return folded(value.GetItem(c.foldState().meter, obj, key))
}

// foldCall applies a filter or test to constants.
func (c *compiler) foldCall(f *callee, node syntax.Expr, a *syntax.Arguments) (Value, bool) {
	if f == nil || !f.fold || c.volatile || a.DynArgs != nil || a.DynKwargs != nil {
		return Value{}, false
	}
	args, ok := c.foldAll(append([]syntax.Expr{node}, a.Args...))
	if !ok {
		return Value{}, false
	}
	s := c.foldState()
	call := &Call{Meter: s.meter, Args: args, State: s}
	for _, k := range a.Kwargs {
		v, ok := c.fold(k.Value)
		if !ok {
			return Value{}, false
		}
		call.Kwargs = append(call.Kwargs, Kwarg{Name: k.Key, Value: v})
	}
	return folded(f.fn(s, call))
}

// reproducible reports whether a computed value can stand in the code: plain data, and nothing that was found in it.
func reproducible(v Value, depth int) bool {
	if depth > 20 {
		return false
	}
	switch v.Kind() {
	case value.KindNone, value.KindBool, value.KindInt, value.KindBigInt, value.KindFloat, value.KindStr, value.KindMarkup,
		value.KindRange:
		return true
	case value.KindList:
		return allReproducible(v.AsList().Items, depth)
	case value.KindTuple:
		return !v.IsNamedTuple() && allReproducible(v.AsTuple(), depth)
	case value.KindDict, value.KindSet:
		for k, x := range v.AsDict().All() {
			if !reproducible(k, depth+1) || !reproducible(x, depth+1) && v.Kind() == value.KindDict {
				return false
			}
		}
		return true
	}
	return false
}

func allReproducible(items []Value, depth int) bool {
	for _, v := range items {
		if !reproducible(v, depth+1) {
			return false
		}
	}
	return true
}

// mutable reports whether a template could change the constant v, or something in it.
func mutable(v Value) bool {
	switch v.Kind() {
	case value.KindList, value.KindDict, value.KindSet:
		return true
	case value.KindTuple:
		for _, x := range v.AsTuple() {
			if mutable(x) {
				return true
			}
		}
	}
	return false
}

// fresh copies a constant, with the lists and dicts in it.
func (vm *vm) fresh(v Value) (Value, error) {
	switch v.Kind() {
	case value.KindList:
		items, err := vm.freshItems(v.AsList().Items)
		return value.MakeList(&vm.meter, items), err
	case value.KindTuple:
		items, err := vm.freshItems(v.AsTuple())
		return value.Tuple(items), err
	case value.KindSet:
		return value.FromSet(v.AsDict().Copy()), vm.meter.BuildItems(v.AsDict().Len())
	case value.KindDict:
		if err := vm.meter.BuildItems(2 * v.AsDict().Len()); err != nil {
			return Value{}, err
		}
		d := value.MakeDict(&vm.meter, v.AsDict().Len())
		for k, x := range v.AsDict().All() {
			x, err := vm.fresh(x)
			if err != nil {
				return Value{}, err
			}
			if err := d.Set(k, x); err != nil {
				return Value{}, err
			}
		}
		return value.FromDict(d), nil
	}
	return v, nil
}

func (vm *vm) freshItems(items []Value) ([]Value, error) {
	if err := vm.meter.BuildItems(len(items)); err != nil {
		return nil, err
	}
	out := value.MakeItems(&vm.meter, len(items))
	for i, x := range items {
		x, err := vm.fresh(x)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}
