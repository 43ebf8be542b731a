package jinja

import (
	"math/big"
	"slices"
	"strconv"

	"github.com/retort-go/retort/jinja/internal/syntax"
	"github.com/retort-go/retort/jinja/internal/value"
)

func itoa(i int) string { return strconv.Itoa(i) }

// expr compiles an expression and returns the operand that holds its value: a variable, a constant, or a temporary register
// which the caller gives back.
func (c *compiler) expr(n syntax.Expr, s *scope) int32 {
	switch n := n.(type) {
	case *syntax.Const:
		return c.constant(constValue(n.Value))
	case *syntax.Name:
		if sl := c.direct(n.Name, s); sl != nil {
			return int32(sl.reg)
		}
	}
	t := c.temp()
	c.exprTo(n, s, t)
	return t
}

// move writes an operand to a variable. Where the operand was just made for this, it is made in the variable instead.
func (c *compiler) move(dst, v int32) {
	last := len(c.code) - 1
	if v >= tempBase && last >= 0 && c.placed <= last && c.code[last].a == v && writesA[c.code[last].op] {
		c.code[last].a = dst
		return
	}
	c.emit(opMove, dst, v, 0)
}

// writesA are the operations whose only effect is to write register a.
var writesA = [256]bool{
	opMove: true, opLoad: true, opUpval: true, opResolve: true, opFresh: true, opAttr: true, opItem: true, opItemNamed: true,
	opBinary: true, opUnary: true, opCompare: true, opConcat: true, opList: true, opTuple: true, opDict: true,
	opMarkup: true, opCall: true, opMethod: true, opFilter: true, opTest: true, opDefined: true, opLoopAttr: true,
	opLoopCycle: true, opLoopChanged: true,
}

// exprTo compiles an expression into a register.
func (c *compiler) exprTo(n syntax.Expr, s *scope, dst int32) {
	c.at = n.Position()
	if v, ok := c.fold(n); ok && reproducible(v, 0) {
		c.constantTo(v, dst)
		return
	}
	mark := c.temps
	defer func() { c.temps = mark }()
	switch n := n.(type) {
	case *syntax.Const:
		c.emit(opMove, dst, c.constant(constValue(n.Value)), 0)
	case *syntax.TemplateData:
		v := value.Str(n.Data)
		if c.autoescape {
			v = value.Markup(n.Data)
		}
		c.emit(opMove, dst, c.constant(v), 0)
	case *syntax.Name:
		c.loadName(n, s, dst)
	case *syntax.Getattr:
		c.getattr(n, s, dst)
	case *syntax.Getitem:
		c.getitem(n, s, dst)
	case *syntax.Call:
		c.call(n, s, dst, nil)
	case *syntax.Filter:
		c.filter(n, s, dst, 0)
	case *syntax.Test:
		c.test(n, s, dst)
	case *syntax.BinExpr:
		c.binary(n, s, dst)
	case *syntax.UnaryExpr:
		v := c.expr(n.Node, s)
		c.at = n.Position()
		c.emitX(opUnary, uint8(n.Op), dst, v, 0)
	case *syntax.Compare:
		c.compare(n, s, dst)
	case *syntax.CondExpr:
		c.cond(n, s, dst)
	case *syntax.Concat:
		base := c.window(n.Nodes, s)
		c.at = n.Position()
		mode := c.escape()
		if mode == escVolatile {
			mode = escOff // Jinja asks whether the render is volatile, which it never is
		}
		c.emitX(opConcat, mode, dst, base, int32(len(n.Nodes)))
	case *syntax.List:
		base := c.window(n.Items, s)
		c.emit(opList, dst, base, int32(len(n.Items)))
	case *syntax.Tuple:
		base := c.window(n.Items, s)
		c.emit(opTuple, dst, base, int32(len(n.Items)))
	case *syntax.Dict:
		items := make([]syntax.Expr, 0, 2*len(n.Items))
		for _, p := range n.Items {
			items = append(items, p.Key, p.Value)
		}
		base := c.window(items, s)
		c.emit(opDict, dst, base, int32(len(n.Items)))
	case *syntax.Slice:
		c.emit(opSlice, dst, c.sliceParts(n, s), 0)
	case *syntax.MarkSafeIfAutoescape:
		c.emitX(opMarkup, escVolatile, dst, c.expr(n.Expr, s), 0)
	case *syntax.GoValue:
		v, err := fromGo("", n.Value)
		if err != nil {
			c.fail(n.Pos, "%v", err)
		}
		c.emit(opMove, dst, c.constant(v), 0)
	default:
		c.fail(n.Position(), "unexpected expression")
	}
}

// constValue is a literal as a value.
func constValue(x any) Value {
	switch x := x.(type) {
	case nil:
		return value.None()
	case bool:
		return value.Bool(x)
	case int64:
		return value.Int(x)
	case *big.Int:
		return value.BigInt(x)
	case float64:
		return value.Float(x)
	case string:
		return value.Str(x)
	}
	return value.From(x)
}

// constantTo writes a constant to a register. Lists and dicts can be changed by the template, so that each evaluation gets
// a copy.
func (c *compiler) constantTo(v Value, dst int32) {
	if mutable(v) {
		c.emit(opFresh, dst, c.constant(v), 0)
		return
	}
	c.emit(opMove, dst, c.constant(v), 0)
}

// window evaluates expressions into registers side by side.
func (c *compiler) window(nodes []syntax.Expr, s *scope) int32 {
	base := c.tempRun(len(nodes))
	for i, n := range nodes {
		c.exprTo(n, s, base+int32(i))
	}
	return base
}

// direct returns the slot of a name that can be read as it is: a variable of this function which surely has a value.
func (c *compiler) direct(name string, s *scope) *slot {
	sl := s.find(name)
	if sl.fn != c.fn() || sl == c.selfSlot || sl == c.superSlot || c.unset[sl] {
		return nil
	}
	if c.loopsBySlot[sl] != nil && !c.loopsBySlot[sl].object {
		return nil
	}
	l, owned := s.findLoad(sl)
	if !owned || l.kind == loadResolve || l.kind == loadParam {
		return sl
	}
	for _, a := range c.assigned {
		if a == sl {
			return sl
		}
	}
	return nil
}

// slotOperand is the variable of a name, missing or not.
func (c *compiler) slotOperand(name string, s *scope) int32 {
	sl := s.find(name)
	if sl.fn == c.fn() {
		return int32(sl.reg)
	}
	t := c.temp()
	c.copySlot(t, sl)
	return t
}

func (c *compiler) loadName(n *syntax.Name, s *scope, dst int32) {
	if sl := c.direct(n.Name, s); sl != nil {
		c.emit(opMove, dst, int32(sl.reg), 0)
		return
	}
	sl := s.find(n.Name)
	switch {
	case sl.fn != c.fn():
		c.emitX(opUpval, c.hops(sl), dst, c.undef(n.Name), int32(sl.reg))
	case sl == c.selfSlot:
		c.emit(opSelf, dst, 0, 0)
	case sl == c.superSlot:
		c.emit(opSuper, dst, 0, 0)
	default:
		c.emit(opLoad, dst, int32(sl.reg), c.undef(n.Name))
	}
}

func (c *compiler) getattr(n *syntax.Getattr, s *scope, dst int32) {
	if l := c.loopOf(n.Node, s); l != nil {
		if which, ok := loopAttrs[n.Attr]; ok {
			c.emit(opLoopAttr, dst, l.index, which)
			return
		}
	}
	obj := c.expr(n.Node, s)
	c.at = n.Position()
	c.emit(opAttr, dst, obj, c.attr(n.Attr))
}

func (c *compiler) getitem(n *syntax.Getitem, s *scope, dst int32) {
	obj := c.expr(n.Node, s)
	if key, ok := n.Arg.(*syntax.Const); ok {
		if name, ok := key.Value.(string); ok {
			c.at = n.Position()
			c.emit(opItemNamed, dst, obj, c.attr(name))
			return
		}
	}
	if slice, ok := n.Arg.(*syntax.Slice); ok {
		base := c.sliceParts(slice, s)
		c.at = n.Position()
		c.emit(opSliced, dst, obj, base)
		return
	}
	key := c.expr(n.Arg, s)
	c.at = n.Position()
	c.emit(opItem, dst, obj, key)
}

// sliceParts evaluates the three parts of a slice into registers side by side.
func (c *compiler) sliceParts(n *syntax.Slice, s *scope) int32 {
	base := c.tempRun(3)
	for i, part := range []syntax.Expr{n.Start, n.Stop, n.Step} {
		if part == nil {
			c.emit(opMove, base+int32(i), c.constant(value.None()), 0)
			continue
		}
		c.exprTo(part, s, base+int32(i))
	}
	return base
}

func (c *compiler) binary(n *syntax.BinExpr, s *scope, dst int32) {
	if n.Op == syntax.And || n.Op == syntax.Or {
		c.exprTo(n.Left, s, dst)
		end := c.label()
		jump := opJumpFalse
		if n.Op == syntax.Or {
			jump = opJumpTrue
		}
		c.emit(jump, dst, 0, end)
		c.exprTo(n.Right, s, dst)
		c.setLabel(end)
		return
	}
	if n.Op == syntax.Pow && c.powerOfNegative(n, s, dst) {
		return
	}
	left := c.expr(n.Left, s)
	right := c.expr(n.Right, s)
	c.at = n.OpPos
	c.emitX(opBinary, uint8(n.Op), dst, left, right)
}

// powerOfNegative compiles the power of a negative constant. Jinja writes the constant into Python code, where ** binds tighter
// than its sign: -2 ** n is -(2 ** n), unless n is a constant too.
func (c *compiler) powerOfNegative(n *syntax.BinExpr, s *scope, dst int32) bool {
	v, ok := c.fold(n.Left)
	if _, both := c.fold(n.Right); !ok || both {
		return false
	}
	switch v.Kind() {
	case value.KindInt, value.KindBigInt, value.KindFloat:
	default:
		return false
	}
	if text := value.Repr(v); text[0] != '-' {
		return false
	}
	v, err := value.Neg(c.foldState().meter, v)
	if err != nil {
		return false
	}
	left, right := c.constant(v), c.expr(n.Right, s)
	c.at = n.OpPos
	c.emitX(opBinary, uint8(n.Op), dst, left, right)
	c.emitX(opUnary, unaryNeg, dst, dst, 0)
	return true
}

// compare compiles a chain: each operand is evaluated once, and the rest of the chain only while it holds.
func (c *compiler) compare(n *syntax.Compare, s *scope, dst int32) {
	left := c.expr(n.Expr, s)
	end := c.label()
	for i, op := range n.Ops {
		right := c.compared(op, s)
		c.at = n.Position()
		c.emitX(opCompare, uint8(op.Op), dst, left, right)
		if i < len(n.Ops)-1 {
			c.emit(opJumpFalse, dst, 0, end)
		}
		left = right
	}
	c.setLabel(end)
}

// compared compiles the right side of a comparison. A constant list that is looked into needs no copy.
func (c *compiler) compared(op syntax.Operand, s *scope) int32 {
	if op.Op == syntax.In || op.Op == syntax.NotIn {
		return c.iterable(op.Expr, s)
	}
	return c.expr(op.Expr, s)
}

func (c *compiler) cond(n *syntax.CondExpr, s *scope, dst int32) {
	s = s.branch()
	otherwise, end := c.label(), c.label()
	c.jumpUnless(n.Test, s, otherwise)
	c.exprTo(n.Then, s, dst)
	c.emit(opJump, 0, 0, end)
	c.setLabel(otherwise)
	if n.Else != nil {
		c.exprTo(n.Else, s, dst)
	} else {
		c.emit(opMove, dst, c.constant(c.noElse(n)), 0)
	}
	c.setLabel(end)
}

// noElse is the value of a conditional expression that has none.
func (c *compiler) noElse(n *syntax.CondExpr) Value {
	return value.UndefinedHint("the inline if-expression on "+c.position(n.Pos)+
		" evaluated to false and no else section was defined.", value.FlavourDefault)
}

// jumpUnless compiles a condition and a jump if it does not hold.
func (c *compiler) jumpUnless(n syntax.Expr, s *scope, label int32) {
	if _, ok := c.fold(n); ok {
		c.discard(func() { c.emit(opJumpFalse, c.expr(n, s), 0, label) })
		return
	}
	switch n := n.(type) {
	case *syntax.Compare:
		if len(n.Ops) == 1 {
			c.discard(func() {
				left, right := c.expr(n.Expr, s), c.compared(n.Ops[0], s)
				c.at = n.Position()
				c.emitX(opJumpCompare, uint8(n.Ops[0].Op), left, right, label)
			})
			return
		}
	case *syntax.BinExpr:
		if n.Op == syntax.And {
			c.jumpUnless(n.Left, s, label)
			c.jumpUnless(n.Right, s, label)
			return
		}
		if n.Op == syntax.Or {
			holds := c.label()
			c.jumpIf(n.Left, s, holds)
			c.jumpUnless(n.Right, s, label)
			c.setLabel(holds)
			return
		}
	case *syntax.UnaryExpr:
		if n.Op == syntax.Not {
			c.jumpIf(n.Node, s, label)
			return
		}
	}
	c.jumpOnTruth(n, s, label, false)
}

// jumpIf compiles a condition and a jump if it holds.
func (c *compiler) jumpIf(n syntax.Expr, s *scope, label int32) { c.jumpOnTruth(n, s, label, true) }

func (c *compiler) jumpOnTruth(n syntax.Expr, s *scope, label int32, truth bool) {
	c.discard(func() {
		if g, ok := n.(*syntax.Getattr); ok && c.loopOf(g.Node, s) == nil {
			obj := c.expr(g.Node, s)
			c.at = n.Position()
			c.emitX(opJumpAttr, uint8(count(truth)), obj, c.attr(g.Attr), label)
			return
		}
		o := opJumpFalse
		if truth {
			o = opJumpTrue
		}
		c.emitX(o, 1, c.expr(n, s), 0, label)
	})
}

// arguments evaluates the arguments of a call and describes them. A call block's caller comes as one more keyword argument.
func (c *compiler) arguments(a *syntax.Arguments, s *scope, caller *int32) *site {
	st := &site{args: len(a.Args)}
	add := func(n syntax.Expr) { st.operands = append(st.operands, c.expr(n, s)) }
	for _, n := range a.Args {
		add(n)
	}
	for _, k := range a.Kwargs {
		if slices.Contains(st.kwargs, k.Key) || caller != nil && k.Key == "caller" {
			c.fail(k.Pos, "keyword argument repeated: %s", k.Key)
		}
		st.kwargs = append(st.kwargs, k.Key)
		add(k.Value)
	}
	if caller != nil {
		t := c.temp()
		c.emit(opMacro, t, *caller, 0)
		st.kwargs, st.operands = append(st.kwargs, "caller"), append(st.operands, t)
	}
	if a.DynArgs != nil {
		st.dynArgs = true
		add(a.DynArgs)
	}
	if a.DynKwargs != nil {
		st.dynKwargs = true
		add(a.DynKwargs)
	}
	st.plain = len(st.kwargs) == 0 && !st.dynArgs && !st.dynKwargs
	return st
}

// argumentsOf is arguments for a filter or test, which gets its value as the first of them.
func (c *compiler) argumentsOf(v int32, a *syntax.Arguments, s *scope) *site {
	st := c.arguments(a, s, nil)
	st.operands = append([]int32{v}, st.operands...)
	st.args++
	return st
}

// call compiles a call. With dst < 0 the result is printed; that of a call block as it is.
func (c *compiler) call(n *syntax.Call, s *scope, dst int32, caller *int32) {
	mode := c.escape()
	if caller != nil {
		mode = escOff
	}
	plain := len(n.Kwargs) == 0 && n.DynArgs == nil && n.DynKwargs == nil && caller == nil
	if plain && c.specialCall(n, s, dst) {
		return
	}
	o, attr, callee := opCall, (*value.Attr)(nil), int32(0)
	if g, ok := n.Node.(*syntax.Getattr); ok {
		o, attr = opMethod, c.attrs[c.attr(g.Attr)]
		callee = c.expr(g.Node, s)
		if mayFail(&n.Arguments) {
			c.at = g.Position()
			c.emit(opReceiver, callee, c.attr(g.Attr), 0)
		}
	} else {
		callee = c.expr(n.Node, s)
	}
	st := c.arguments(&n.Arguments, s, caller)
	st.attr = attr
	c.at = n.Position()
	c.emitCall(o, mode, dst, callee, c.site(st))
}

// mayFail reports whether computing arguments can fail. What has a method is looked at before its arguments then, since that
// it is undefined is the first error.
func mayFail(a *syntax.Arguments) bool {
	if a.DynArgs != nil || a.DynKwargs != nil {
		return true
	}
	args := a.Args
	for _, k := range a.Kwargs {
		args = append(args[:len(args):len(args)], k.Value)
	}
	return slices.ContainsFunc(args, func(n syntax.Expr) bool {
		switch n.(type) {
		case *syntax.Const, *syntax.Name:
			return false
		}
		return true
	})
}

// emitCall writes an instruction that prints if dst < 0.
func (c *compiler) emitCall(o op, mode uint8, dst, b, cc int32) {
	switch {
	case dst < 0 && o == opRecurse:
		c.printAt(o, mode, dst, b, cc)
		return
	case dst < 0:
		c.printOut(o, mode, dst, b, cc)
		return
	}
	c.emitX(o, mode, dst, b, cc)
}

// specialCall compiles the calls of super, and of a loop and its methods, that need no object.
func (c *compiler) specialCall(n *syntax.Call, s *scope, dst int32) bool {
	if name, ok := n.Node.(*syntax.Name); ok && len(n.Args) == 0 && c.superSlot != nil && s.find(name.Name) == c.superSlot {
		c.emitCall(opSuperCall, c.escape(), dst, 0, 0)
		return true
	}
	if l := c.loopOf(n.Node, s); l != nil {
		if len(n.Args) != 1 || !l.recursive {
			return false
		}
		v := c.expr(n.Args[0], s)
		c.at = n.Position()
		c.emitCall(opRecurse, c.escape(), dst, v, -1)
		return true
	}
	g, ok := n.Node.(*syntax.Getattr)
	if !ok {
		return false
	}
	l := c.loopOf(g.Node, s)
	if l == nil || g.Attr != "cycle" && g.Attr != "changed" {
		return false
	}
	o := opLoopCycle
	if g.Attr == "changed" {
		o = opLoopChanged
	}
	base := c.window(n.Args, s)
	c.at = n.Position()
	t := dst
	if dst < 0 {
		t = c.temp()
	}
	c.emitX(o, uint8(l.index), t, base, int32(len(n.Args)))
	if dst < 0 {
		c.printValue(t)
	}
	return true
}

// filter compiles a filter, or a chain of them. The innermost of a filter block's chain has no node: it is applied to input.
func (c *compiler) filter(n *syntax.Filter, s *scope, dst, input int32) {
	if c.env.filters[n.Name] == nil && !s.soft {
		c.fail(n.Pos, "No filter named %s.", pyRepr(n.Name)).Hint = suggest(n.Name, c.env.filters)
		return
	}
	v := input
	switch inner, nested := n.Node.(*syntax.Filter); {
	case n.Node == nil:
	case nested && input != 0:
		v = c.temp()
		c.filter(inner, s, v, input)
	default:
		v = c.expr(n.Node, s)
	}
	st := c.argumentsOf(v, &n.Arguments, s)
	c.at = n.Position()
	st.callee = c.env.filters[n.Name]
	if st.callee == nil {
		c.texts = append(c.texts, value.NewText("No filter named "+pyRepr(n.Name)+" found."))
		c.emit(opRaise, int32(len(c.texts)-1), 0, 0)
		return
	}
	st.quick = c.quickFor(st.callee, st)
	c.emitCall(opFilter, c.escape(), dst, 0, c.site(st))
}

func (c *compiler) test(n *syntax.Test, s *scope, dst int32) {
	st := c.env.tests[n.Name]
	if st != nil && len(n.Args)+len(n.Kwargs) == 0 && n.DynArgs == nil && n.DynKwargs == nil &&
		(n.Name == "defined" || n.Name == "undefined") && st.builtin {
		x := uint8(0)
		if n.Name == "undefined" {
			x = 1
		}
		c.emitX(opDefined, x, dst, c.expr(n.Node, s), 0)
		return
	}
	if st == nil && !s.soft {
		c.fail(n.Pos, "No test named %s.", pyRepr(n.Name)).Hint = suggest(n.Name, c.env.tests)
		return
	}
	args := c.argumentsOf(c.expr(n.Node, s), &n.Arguments, s)
	c.at = n.Position()
	if args.callee = st; st == nil {
		c.texts = append(c.texts, value.NewText("No test named "+pyRepr(n.Name)+" found."))
		c.emit(opRaise, int32(len(c.texts)-1), 0, 0)
		return
	}
	c.emit(opTest, dst, 0, c.site(args))
}
