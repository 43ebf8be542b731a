package jinja

import (
	"github.com/retort-go/retort/jinja/internal/escape"
	"github.com/retort-go/retort/jinja/internal/syntax"
	"github.com/retort-go/retort/jinja/internal/value"
)

// loopInfo is a loop that encloses the code being written.
type loopInfo struct {
	index     int32 // among the loops open in the function
	outer     *loopInfo
	next, end int32          // labels: go on, leave
	continues bool           // next is jumped to
	captures  int            // captures open around it
	spot      escape.Context // where its body begins
	object    bool           // "loop" is used as a value
	recursive bool
}

// loopUse is how a loop's body uses the name loop.
type loopUse struct {
	tracks bool // loop.previtem
	ahead  bool // something that needs items, or their number, in advance
	peeks  bool // loop.nextitem
	object bool // loop other than by its attributes
	counts bool // any attribute: the item's number matters
}

// useOfLoop finds out how a loop's body uses the name loop. Inner loops that mention it have one of their own.
func useOfLoop(body []syntax.Stmt, recursive bool) loopUse {
	var use loopUse
	for _, n := range body {
		use.stmt(n, recursive, false)
	}
	return use
}

func (u *loopUse) stmt(n syntax.Node, recursive, inside bool) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Include:
			u.object = u.object || n.WithContext
		case *syntax.Import:
			u.object = u.object || n.WithContext
		case *syntax.FromImport:
			u.object = u.object || n.WithContext
		case *syntax.Block:
			u.object = u.object || n.Scoped
			return false
		case *syntax.Macro, *syntax.CallBlock:
			return u.nested(n, inside)
		case *syntax.For:
			return u.nested(n, inside)
		case *syntax.Name:
			if n.Name == "loop" && n.Ctx == syntax.Load {
				u.object = true
			}
		case *syntax.Getattr:
			if isLoop(n.Node) && !inside {
				return u.attr(n.Attr)
			}
		case *syntax.Call:
			return u.call(n, recursive, inside)
		}
		return true
	})
}

func isLoop(n syntax.Expr) bool {
	name, ok := n.(*syntax.Name)
	return ok && name.Name == "loop" && name.Ctx == syntax.Load
}

// attr notes loop.name; false means that there is nothing more to see below.
func (u *loopUse) attr(name string) bool {
	which, ok := loopAttrs[name]
	if !ok {
		return true
	}
	u.counts = true
	switch which {
	case loopPrevitem:
		u.tracks = true
	case loopLast, loopNextitem, loopLength, loopRevindex, loopRevindex0:
		u.ahead, u.peeks = true, u.peeks || which == loopNextitem
	}
	return false
}

// call notes loop(…), loop.cycle(…) and loop.changed(…), which need no object.
func (u *loopUse) call(n *syntax.Call, recursive, inside bool) bool {
	if inside || len(n.Kwargs) > 0 || n.DynArgs != nil || n.DynKwargs != nil {
		return true
	}
	g, method := n.Node.(*syntax.Getattr)
	switch {
	case isLoop(n.Node) && recursive && len(n.Args) == 1:
	case method && isLoop(g.Node) && (g.Attr == "cycle" || g.Attr == "changed"):
		u.counts = true
	default:
		return true
	}
	for _, arg := range n.Args {
		u.stmt(arg, recursive, inside)
	}
	return false
}

// nested follows statements that are compiled as functions of their own, where loop can only be read as a value, and inner
// loops. Of an inner loop that mentions loop only what is evaluated outside of it counts.
func (u *loopUse) nested(n syntax.Node, inside bool) bool {
	loop, ok := n.(*syntax.For)
	if !ok {
		if !inside {
			switch n := n.(type) {
			case *syntax.Macro:
				u.function(n.Signature, n.Body)
			case *syntax.CallBlock:
				u.stmt(n.Call, false, false)
				u.function(n.Signature, n.Body)
			}
			return false
		}
		return true
	}
	u.stmt(loop.Iter, false, inside)
	if loop.Test != nil {
		u.stmt(loop.Test, false, true) // it may be compiled as a function
	}
	if !loop.Recursive && !readsUndeclared(loop.Body, "loop")["loop"] {
		for _, n := range loop.Body {
			u.stmt(n, false, inside)
		}
	}
	for _, n := range loop.Else {
		u.stmt(n, false, inside || loop.Recursive)
	}
	return false
}

func (u *loopUse) function(sig syntax.Signature, body []syntax.Stmt) {
	for _, d := range sig.Defaults {
		u.stmt(d, false, true)
	}
	for _, n := range body {
		u.stmt(n, false, true)
	}
}

// loopOf returns the loop that an expression names, if it is one of this function.
func (c *compiler) loopOf(n syntax.Expr, s *scope) *loopInfo {
	if !isLoop(n) {
		return nil
	}
	return c.loopsBySlot[s.find("loop")]
}

func (c *compiler) forStmt(n *syntax.For, s *scope) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if name, ok := n.(*syntax.Name); ok && name.Ctx == syntax.Store && name.Name == "loop" {
			c.fail(name.Pos, "Can't assign to special loop variable in for-loop target")
		}
		return true
	})
	c.flush()
	c.begin(n)
	if !n.Recursive {
		c.discard(func() {
			v := c.iterable(n.Iter, s)
			c.at = n.Position()
			c.loopOver(n, s, v)
		})
		return
	}
	c.startAt = c.spot
	fn := c.function("loop", "", c.fn(), func() {
		c.discard(func() {
			v := c.temp()
			c.emit(opLoopSource, v, 0, 0)
			c.loopOver(n, s, v)
		})
	})
	c.functions = append(c.functions, fn)
	c.discard(func() {
		i := int32(len(c.functions) - 1)
		c.begin(n)
		v := c.expr(n.Iter, s)
		c.at = n.Position()
		if c.env.cfg.Native {
			t := c.temp()
			c.emitX(opRecurse, c.escape(), t, v, i)
			c.emit(opNativeOut, t, 0, 0)
			return
		}
		c.printAt(opRecurse, c.escape(), -1, v, i)
	})
}

// iterable compiles what a loop runs over. A constant list needs no copy: the loop only reads it.
func (c *compiler) iterable(n syntax.Expr, s *scope) int32 {
	if v, ok := c.fold(n); ok && reproducible(v, 0) {
		return c.constant(v)
	}
	return c.expr(n, s)
}

// loopScope is a scope inside s, in the function being written, which for a recursive loop is not that of s.
func (c *compiler) loopScope(s *scope) *scope {
	inner := s.inner()
	inner.fn = c.fn()
	return inner
}

// loopOver compiles a loop over the operand v.
func (c *compiler) loopOver(n *syntax.For, s *scope, v int32) {
	scoped := false
	syntax.Walk(n, func(n syntax.Node) bool {
		if b, ok := n.(*syntax.Block); ok && b.Scoped {
			scoped = true
		}
		return true
	})
	extended := n.Recursive || scoped || readsUndeclared(n.Body, "loop")["loop"]
	inner := c.loopScope(s)
	l := &loopInfo{index: int32(c.loopDepth), outer: c.loop, captures: len(c.captures), recursive: n.Recursive}
	l.next, l.end = c.label(), c.label()
	var use loopUse
	if extended {
		use = useOfLoop(n.Body, n.Recursive)
		use.object = use.object || scoped
		sl := inner.parameter("loop")
		l.object = use.object
		c.loopsBySlot[sl] = l
	}
	inner.parameters(n.Target)
	inner.visitStmts(n.Body)
	c.settle(inner)

	c.loopDepth++
	c.loops = max(c.loops, c.loopDepth)
	wasInLoop := c.inLoop
	c.inLoop, c.loop = true, l
	c.writeLoop(n, s, inner, l, use, v)
	c.inLoop, c.loop = wasInLoop, l.outer
	c.loopDepth--
}

// loopFlags are those of opForInit. A filtered loop has its condition in a function of its own.
func loopFlags(n *syntax.For, use loopUse) (flags uint8, filtered bool) {
	if use.tracks {
		flags |= loopTracks
	}
	if use.object {
		flags |= loopIsObject
	}
	if use.ahead {
		flags |= loopAhead
	}
	filtered = n.Test != nil && (use.ahead || use.object || use.tracks)
	if use.peeks || filtered {
		flags |= loopPeeks
	}
	if n.Recursive {
		flags |= loopRecursive
	}
	if _, unpacks := n.Target.(*syntax.Tuple); unpacks && flags == 0 {
		flags = loopUnpacks
	}
	return flags, filtered
}

// writeLoop writes the loop itself. Its else branch runs, as in Jinja's generated code, if no round reached the end of the body.
func (c *compiler) writeLoop(n *syntax.For, s, inner *scope, l *loopInfo, use loopUse, v int32) {
	flags, filtered := loopFlags(n, use)
	c.emitX(opForInit, flags, v, l.index, 0)
	skip := int32(-1)
	if filtered {
		c.functions = append(c.functions, c.loopFilter(n, s))
		c.emit(opForFilter, 0, l.index, int32(len(c.functions)-1))
	}
	indicator, hasElse := int32(-1), len(n.Else) > 0
	if hasElse && (n.Test != nil || leavesEarly(n.Body)) {
		indicator = c.temp()
		c.emit(opMove, indicator, c.constant(value.Bool(true)), 0)
	}
	if use.object {
		c.emit(opLoopObject, int32(inner.find("loop").reg), l.index, 0)
	}
	target, item := c.loopTarget(n, inner)
	empty := l.end
	if hasElse && indicator < 0 {
		empty = c.label()
	}
	c.emit(opForEnter, item, l.index, empty)
	body := c.label()
	c.setLabel(body)
	start := len(c.code)
	l.spot = c.spot
	c.untilStable(l, func() {
		skip = -1
		c.begin(n)
		target()
		if n.Test != nil && !filtered {
			test := c.loopScope(s)
			test.parameters(n.Target)
			test.visitExprs(n.Test)
			c.enter(test)
			l.continues = true
			if skip = l.next; use.counts {
				skip = c.label()
			}
			c.begin(n.Test)
			c.jumpUnless(n.Test, test, skip)
			c.begin(n)
		}
		c.enter(inner)
		c.body(n.Body, inner)
	})
	last := c.statement
	c.begin(n)
	if indicator >= 0 {
		c.emit(opMove, indicator, c.constant(value.Bool(false)), 0)
	}
	if l.continues {
		c.flush()
	}
	c.reach(l, c.spot)
	if skip >= 0 && skip != l.next {
		c.emit(opJump, 0, 0, l.next)
		c.setLabel(skip)
		c.emit(opForSkip, 0, l.index, 0)
	}
	c.setLabel(l.next)
	cost := uint8(min(255, len(c.code)-start))
	c.print(opForNext, cost, item, l.index, body)
	c.statement = last
	c.spot = l.spot
	if !hasElse {
		c.setLabel(l.end)
		c.leave(inner)
		return
	}
	end := c.label()
	if indicator >= 0 {
		c.setLabel(l.end)
		c.leave(inner)
		c.emit(opJumpFalse, indicator, 0, end)
	} else {
		c.leave(inner)
		c.emit(opJump, 0, 0, end)
		c.setLabel(empty)
	}
	c.writeElse(n, s, end)
	c.spot = c.joinPlaces("after the `for` on line "+itoa(int(n.Line))+" we are %s; after its `else` %s", l.spot, c.spot)
}

// leavesEarly reports whether a loop's body may end before its end, by a break or continue of its own.
func leavesEarly(body []syntax.Stmt) bool {
	found := false
	for _, n := range body {
		syntax.Walk(n, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Break, *syntax.Continue:
				found = true
			case *syntax.For:
				found = found || leavesEarly(n.Else) // what stands in its body is its own
				return false
			case *syntax.Macro, *syntax.CallBlock:
				return false
			}
			return !found
		})
	}
	return found
}

// maxAgain bounds how deeply loops nested in each other are compiled twice.
const maxAgain = 3

// untilStable compiles a loop's body. If it ends at another place than it began, and there is a place that stands for both, it
// is compiled once more, to begin there.
func (c *compiler) untilStable(l *loopInfo, body func()) {
	start, place := len(c.code), l.spot
	c.inBranch(body)
	if !c.examines || reaches(c.spot, place) || c.again == maxAgain {
		return
	}
	joined, ok := escape.Join(place, c.spot)
	if !ok {
		return
	}
	c.code, c.from, c.builder.at = c.code[:start], c.from[:start], c.builder.at[:start]
	c.pending, c.placed = "", start
	l.spot, c.spot = joined, joined
	c.again++
	c.inBranch(body)
	c.again--
}

// reach checks that a round of the loop which ends at spot leads to where the next one begins.
func (c *compiler) reach(l *loopInfo, spot escape.Context) {
	if c.examines && !reaches(spot, l.spot) {
		c.lose("T011", c.at, "the body of the loop begins %s and ends %s", escape.Describe(l.spot), escape.Describe(spot))
	}
}

// loopTarget returns the register that items go to, and what writes their unpacking.
func (c *compiler) loopTarget(n *syntax.For, inner *scope) (unpack func(), item int32) {
	if name, ok := n.Target.(*syntax.Name); ok {
		return func() {}, int32(inner.find(name.Name).reg)
	}
	item = c.temp()
	return func() {
		c.discard(func() {
			c.checkNamespaces(n.Target, inner)
			c.store(n.Target, item, inner)
		})
	}, item
}

func (c *compiler) writeElse(n *syntax.For, s *scope, end int32) {
	otherwise := c.loopScope(s)
	otherwise.visitStmts(n.Else)
	c.inBranch(func() {
		c.enter(otherwise)
		// break and continue here belong to the loop around.
		loop := c.loop
		c.loop = loop.outer
		c.body(n.Else, otherwise)
		c.loop = loop
	})
	c.flush()
	c.setLabel(end)
	c.leave(otherwise)
}

// loopFilter compiles the condition of a filtered loop as a function of the item, for loops that look ahead.
func (c *compiler) loopFilter(n *syntax.For, s *scope) *function {
	return c.function("filter", "", c.fn(), func() {
		test := c.loopScope(s)
		test.parameters(n.Target)
		test.visitExprs(n.Test)
		c.discard(func() {
			c.begin(n.Test)
			item := c.temp()
			c.emit(opLoopSource, item, 0, 0)
			c.store(n.Target, item, test)
			c.enter(test)
			passes := c.expr(n.Test, test)
			c.emit(opYield, c.rebuilt(n.Target, test, item), passes, 0)
			c.begin(n)
		})
	})
}

// rebuilt is the item that a filter hands on: of one that was unpacked, a tuple of the variables, as in Jinja's generated code.
func (c *compiler) rebuilt(target syntax.Expr, s *scope, item int32) int32 {
	switch t := target.(type) {
	case *syntax.Name:
		return int32(s.find(t.Name).reg)
	case *syntax.Tuple:
		base := c.tempRun(len(t.Items))
		for i, x := range t.Items {
			c.emit(opMove, base+int32(i), c.rebuilt(x, s, item), 0)
		}
		c.emit(opTuple, base, base, int32(len(t.Items)))
		return base
	}
	return item
}

// leaveLoop compiles break and continue.
func (c *compiler) leaveLoop(n syntax.Stmt) {
	c.begin(n)
	_, isBreak := n.(*syntax.Break)
	l := c.loop
	if l == nil {
		if isBreak {
			c.fail(n.Position(), "'break' outside loop")
		} else {
			c.fail(n.Position(), "'continue' not properly in loop")
		}
		return
	}
	c.flush()
	if len(c.captures) == l.captures {
		c.reach(l, c.spot)
	}
	if len(c.captures) > l.captures {
		c.emit(opTruncate, c.captures[l.captures], 0, 0)
	}
	if isBreak {
		c.emit(opForEnd, 0, l.index, 0)
		c.emit(opJump, 0, 0, l.end)
		return
	}
	l.continues = true
	c.emit(opJump, 0, 0, l.next)
}
