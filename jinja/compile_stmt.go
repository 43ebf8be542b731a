package jinja

import (
	"slices"
	"strings"

	"github.com/retort-go/retort/jinja/internal/escape"
	"github.com/retort-go/retort/jinja/internal/syntax"
	"github.com/retort-go/retort/jinja/internal/value"
)

// body compiles statements in order, up to one after which nothing is run.
func (c *compiler) body(stmts []syntax.Stmt, s *scope) {
	for _, n := range stmts {
		c.stmt(n, s)
		if c.stopped {
			break
		}
	}
	c.stopped = false
}

func (c *compiler) stmt(n syntax.Stmt, s *scope) {
	c.at = n.Position()
	switch n := n.(type) {
	case *syntax.Output:
		c.output(n.Nodes, s)
	case *syntax.If:
		c.ifStmt(n, s)
	case *syntax.For:
		c.forStmt(n, s)
	case *syntax.Assign:
		c.assign(n, s)
	case *syntax.AssignBlock:
		c.assignBlock(n, s)
	case *syntax.Macro:
		c.macroStmt(n, s)
	case *syntax.CallBlock:
		c.callBlock(n, s)
	case *syntax.FilterBlock:
		c.filterBlock(n, s)
	case *syntax.With:
		c.with(n, s)
	case *syntax.Scope:
		inner := s.inner()
		inner.visitStmts(n.Body)
		c.enter(inner)
		c.body(n.Body, inner)
		c.leave(inner)
	case *syntax.Block:
		c.blockStmt(n, s)
	case *syntax.Extends:
		c.extendsStmt(n, s)
	case *syntax.Include:
		c.include(n, s)
	case *syntax.Import:
		c.importStmt(n, s)
	case *syntax.FromImport:
		c.fromImport(n, s)
	case *syntax.ExprStmt:
		c.begin(n)
		c.discard(func() { c.expr(n.Node, s) })
	case *syntax.Trans:
		c.output([]syntax.Expr{n.Expr}, s)
	case *syntax.Debug:
		c.begin(n)
		c.discard(func() {
			t := c.temp()
			c.emit(opDebug, t, 0, 0)
			c.printValue(t)
		})
	case *syntax.Break, *syntax.Continue:
		c.leaveLoop(n)
	case *syntax.ScopedEvalContextModifier:
		c.autoescapeStmt(n, s)
	}
}

// begin notes that what follows is compiled from n, and that errors are told with its line. Jinja's generated code knows the
// lines of statements and of what is printed, and those are begun in the order in which it writes them. What has no line
// of its own there, such as with, has that of what was begun before.
func (c *compiler) begin(n syntax.Node) {
	c.at = n.Position()
	c.statement = c.at.Line
}

// discard runs f and gives the temporary registers it took back.
func (c *compiler) discard(f func()) {
	mark := c.temps
	f()
	c.temps = mark
}

// output compiles what is printed: text and the values of expressions. Constants are printed when the template is compiled.
func (c *compiler) output(nodes []syntax.Expr, s *scope) {
	if s.outputCheck {
		if c.isChild {
			return
		}
		if c.extends > 0 {
			c.flush()
			end := c.label()
			c.emit(opJumpChild, 0, 0, end)
			defer func() { c.flush(); c.setLabel(end) }()
		}
	}
	for _, n := range nodes {
		if data, ok := n.(*syntax.TemplateData); ok {
			c.text(data.Data)
			continue
		}
		c.at = n.Position()
		if text, ok := c.constantText(n); ok {
			c.text(text)
			continue
		}
		c.statement = c.at.Line
		c.discard(func() { c.outputExpr(n, s) })
	}
}

// constantText is what a constant expression prints, if that can be said now.
func (c *compiler) constantText(n syntax.Expr) (string, bool) {
	if c.env.cfg.Finalize != nil {
		return "", false
	}
	v, ok := c.fold(n)
	if !ok {
		return "", false
	}
	if e, _ := c.spot.Output(); c.contextual() && e != (escape.Escaper{}) {
		if v.Kind() != value.KindStr {
			return "", false
		}
		text := v.AsString()
		return text, e.JSON() && isCodeWord(text) || e.Names() && isTagText(text)
	}
	if c.env.cfg.Native && (!v.IsString() || v.AsString() == "") {
		return "", false // a value of its own
	}
	var b []byte
	var err error
	if c.autoescape {
		b, err = value.AppendEscaped(c.foldState().meter, nil, v)
	} else {
		b, err = value.AppendStr(c.foldState().meter, nil, v)
	}
	return string(b), err == nil
}

// isCodeWord reports whether s, a constant that is printed where JavaScript expects a value, is a word of the author's code,
// such as the true and false of `{{ 'true' if x else 'false' }}`, and not a string to be quoted.
func isCodeWord(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.-") == ""
}

// isTagText reports whether s, a constant that is printed where names of a tag stand, is text of the author's, such as the
// attribute of `<li{{ ' class=active' if x }}>`.
func isTagText(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-.:=") == ""
}

// escape is the mode of printing here.
func (c *compiler) escape() uint8 {
	switch {
	case c.volatile:
		return escVolatile
	case c.autoescape:
		return escOn
	}
	return escOff
}

// outputExpr prints an expression. Where the shape allows, its value is printed without being kept in a register first.
func (c *compiler) outputExpr(n syntax.Expr, s *scope) {
	c.printed = n
	if c.env.cfg.Native || c.env.cfg.Finalize != nil {
		if v, ok := c.fold(n); ok && v.Kind() == value.KindMarkup && c.env.cfg.Finalize == nil {
			c.printValue(c.constant(value.Str(v.AsString()))) // what is constant is text of the template
			return
		}
		c.printValue(c.expr(n, s))
		return
	}
	switch n := n.(type) {
	case *syntax.Getattr:
		if c.loopOf(n.Node, s) == nil {
			obj := c.expr(n.Node, s)
			c.at = n.Position()
			c.printOut(opOutAttr, c.escape(), obj, c.attr(n.Attr), 0)
			return
		}
	case *syntax.Call:
		c.call(n, s, -1, nil)
		return
	case *syntax.Filter:
		c.filter(n, s, -1, 0)
		return
	case *syntax.CondExpr:
		c.outputCond(n, s)
		return
	}
	c.printValue(c.expr(n, s))
}

// outputCond prints one of two values.
func (c *compiler) outputCond(n *syntax.CondExpr, s *scope) {
	s = s.branch()
	c.flush()
	otherwise, end := c.label(), c.label()
	c.jumpUnless(n.Test, s, otherwise)
	spot := c.spot
	c.outputBranch(n.Then, s)
	c.flush()
	c.emit(opJump, 0, 0, end)
	c.setLabel(otherwise)
	after := c.spot
	c.spot = spot
	if n.Else != nil {
		c.outputBranch(n.Else, s)
	} else if !c.noElseIsEmpty() {
		c.printValue(c.constant(c.noElse(n)))
	}
	c.spot = c.joinPlaces("after the value before `if` we are %s; after the other one %s", after, c.spot)
	c.flush()
	c.setLabel(end)
}

// noElseIsEmpty reports whether a condition without an else prints nothing here when it does not hold.
func (c *compiler) noElseIsEmpty() bool {
	e, _ := c.spot.Output()
	quiet := c.env.cfg.Undefined == UndefinedDefault || c.env.cfg.Undefined == UndefinedChainable
	return quiet && (!c.contextual() || e == (escape.Escaper{}) || e.Names())
}

// outputBranch prints one value of a condition. A constant is text, as it is by itself, if it is the same wherever the
// template may be called from.
func (c *compiler) outputBranch(n syntax.Expr, s *scope) {
	if c.contextual() {
		e, _ := c.spot.Output()
		if text, ok := c.constantText(n); ok && (isCodeWord(text) || e.Names()) {
			c.text(text)
			return
		}
	}
	c.discard(func() { c.outputExpr(n, s) })
}

// printValue prints an operand.
func (c *compiler) printValue(v int32) {
	if c.env.cfg.Finalize != nil {
		t := c.temp()
		c.emit(opFinalize, t, v, 0)
		v = t
	}
	if c.env.cfg.Native {
		c.flush()
		c.emit(opNativeOut, v, 0, 0)
		return
	}
	c.printOut(opOut, c.escape(), v, 0, 0)
}

func (c *compiler) ifStmt(n *syntax.If, s *scope) {
	s = s.branch()
	c.flush()
	end := c.label()
	branches := append([]*syntax.If{n}, n.Elif...)
	spot := c.spot
	ends := make([]escape.Context, 0, len(branches))
	for i, b := range branches {
		next := c.label()
		c.begin(b)
		c.discard(func() { c.jumpUnless(b.Test, s, next) })
		c.inBranch(func() { c.body(b.Body, s) })
		ends, c.spot = append(ends, c.spot), spot
		c.flush()
		if i < len(branches)-1 || len(n.Else) > 0 {
			c.emit(opJump, 0, 0, end)
		}
		c.setLabel(next)
	}
	c.inBranch(func() { c.body(n.Else, s) })
	c.at = n.Pos
	otherwise := "after its `else`"
	if len(n.Else) == 0 {
		otherwise = "without it"
	}
	for i, e := range ends {
		word := "if"
		if i > 0 {
			word = "elif"
		}
		c.spot = c.joinPlaces("after the `"+word+"` on line "+itoa(int(branches[i].Line))+" we are %s; "+otherwise+" %s", e, c.spot)
	}
	c.flush()
	c.setLabel(end)
}

// inBranch compiles code that may not run: what it assigns is not surely assigned afterwards.
func (c *compiler) inBranch(f func()) {
	mark := len(c.assigned)
	f()
	c.assigned = c.assigned[:mark]
}

// store writes an operand to an assignment target.
func (c *compiler) store(target syntax.Expr, v int32, s *scope) {
	switch t := target.(type) {
	case *syntax.Name:
		sl := s.find(t.Name)
		c.move(int32(sl.reg), v)
		c.assigned = append(c.assigned, sl)
	case *syntax.NSRef:
		c.emit(opSetAttr, c.slotOperand(t.Name, s), c.attr(t.Attr), v)
	case *syntax.Tuple:
		base := c.tempRun(len(t.Items))
		list := make([]int32, len(t.Items))
		for i := range list {
			list[i] = base + int32(i)
		}
		c.lists = append(c.lists, list)
		c.emit(opUnpack, v, int32(len(c.lists)-1), 0)
		for i, item := range t.Items {
			c.store(item, base+int32(i), s)
		}
	default:
		c.fail(target.Position(), "can't assign to this expression")
	}
}

// checkNamespaces writes the test that every dotted target is a namespace, before anything is assigned.
func (c *compiler) checkNamespaces(target syntax.Expr, s *scope) {
	seen := map[string]bool{}
	syntax.Walk(target, func(n syntax.Node) bool {
		if ref, ok := n.(*syntax.NSRef); ok && !seen[ref.Name] {
			seen[ref.Name] = true
			c.emit(opNamespace, c.slotOperand(ref.Name, s), 0, 0)
		}
		return true
	})
}

// export makes the names of a target context variables, at top level.
func (c *compiler) export(target syntax.Expr, s *scope) {
	if !s.toplevel {
		return
	}
	syntax.Walk(target, func(n syntax.Node) bool {
		if name, ok := n.(*syntax.Name); ok {
			c.exportName(name.Name, s, exportAdd)
		}
		return true
	})
}

func (c *compiler) exportName(name string, s *scope, how uint8) {
	if name[0] == '_' {
		how = exportKeep
	}
	c.emitX(opExport, how, int32(s.find(name).reg), c.nameIndex(name), 0)
}

func (c *compiler) assign(n *syntax.Assign, s *scope) {
	c.discard(func() {
		c.checkNamespaces(n.Target, s)
		name, ok := n.Target.(*syntax.Name)
		if !ok || name.Name != "_trans" { // which has no line in Jinja
			c.begin(n)
		}
		if ok {
			// The value may read the variable, so it is only written at the end.
			sl := s.find(name.Name)
			c.move(int32(sl.reg), c.expr(n.Node, s))
			c.assigned = append(c.assigned, sl)
		} else {
			c.store(n.Target, c.expr(n.Node, s), s)
		}
		c.export(n.Target, s)
	})
}

func (c *compiler) assignBlock(n *syntax.AssignBlock, s *scope) {
	inner := s.inner()
	inner.outputCheck = false
	inner.visitStmts(n.Body)
	c.discard(func() {
		mode := escOff // what is not filtered becomes Markup below
		if n.Filter != nil {
			mode = c.escape()
		}
		v := c.capture(false, mode, func() {
			c.enter(inner)
			c.body(n.Body, inner)
		})
		c.begin(n)
		if n.Filter != nil {
			t := c.temp()
			c.filter(n.Filter, inner, t, v)
			v = t
		}
		if n.Filter == nil || !c.contextual() || !unescapes(n.Filter) {
			c.emitX(opMarkup, escVolatile, v, v, 0)
		}
		c.checkNamespaces(n.Target, s)
		c.store(n.Target, v, s)
		c.export(n.Target, s)
		c.leave(inner)
	})
}

// capture compiles code whose output is kept back, and returns the register with it. It begins in text unless it will be
// printed where it stands.
func (c *compiler) capture(inPlace bool, mode uint8, f func()) int32 {
	t := c.temp()
	spot := c.spot
	c.printHere(opCapture, uint8(count(inPlace)), t, 0, 0)
	if !inPlace {
		c.spot = escape.Context{}
	}
	c.captures = append(c.captures, t)
	f()
	c.captures = c.captures[:len(c.captures)-1]
	c.print(opCaptured, mode, t, t, 0)
	if _, after := spot.Output(); inPlace && c.examines && !reaches(c.spot, after) {
		c.lose("T012", c.at, "what is filtered begins %s and ends %s", escape.Describe(spot), escape.Describe(c.spot))
	}
	if !inPlace && c.examines && !c.spot.Beside(escape.Context{}) {
		c.lose("T012", c.at, "what is kept here begins in text and ends %s", escape.Describe(c.spot))
	}
	c.spot = spot
	return t
}

// unescapes reports whether a chain of filters over what a block prints turns what was escaped into plain text again. Jinja
// takes the result for safe nevertheless.
func unescapes(n *syntax.Filter) bool {
	for ; n != nil; n, _ = n.Node.(*syntax.Filter) {
		if n.Name == "striptags" {
			return true
		}
	}
	return false
}

// keepsPlace reports whether what is escaped for a place is still so behind a chain of filters. Others may cut an escape in
// two, or make a scheme of what was none.
func (c *compiler) keepsPlace(n *syntax.Filter) bool {
	for ; n != nil; n, _ = n.Node.(*syntax.Filter) {
		if f := c.env.filters[n.Name]; f == nil || !f.builtin {
			return false
		}
		switch n.Name {
		case "upper", "lower", "capitalize", "title", "indent", "center", "string", "safe", "default", "d", "escape", "e", "forceescape":
		case "trim":
			if len(n.Args)+len(n.Kwargs) > 0 || n.DynArgs != nil || n.DynKwargs != nil {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func (c *compiler) filterBlock(n *syntax.FilterBlock, s *scope) {
	inner := s.inner()
	inner.visitStmts(n.Body)
	inPlace := !c.contextual() || c.keepsPlace(n.Filter)
	c.discard(func() {
		c.enter(inner)
		v := c.capture(inPlace, c.escape(), func() { c.body(n.Body, inner) })
		c.begin(n)
		t := c.temp()
		c.filter(n.Filter, inner, t, v)
		switch {
		case c.env.cfg.Native:
			c.emit(opNativeOut, t, 0, 0)
		case inPlace:
			c.printAt(opOutRaw, 0, t, 0, 0)
		default:
			if !unescapes(n.Filter) {
				c.emitX(opMarkup, escVolatile, t, t, 0)
			}
			c.printed = n.Filter
			c.printOut(opOut, c.escape(), t, 0, 0)
		}
		c.leave(inner)
	})
}

func (c *compiler) with(n *syntax.With, s *scope) {
	inner := s.inner()
	inner.visitExprs(n.Targets...)
	inner.visitStmts(n.Body)
	c.enter(inner)
	for i, target := range n.Targets {
		c.discard(func() { c.store(target, c.expr(n.Values[i], s), inner) })
	}
	c.inBranch(func() { c.body(n.Body, inner) })
	c.leave(inner)
}

func (c *compiler) blockStmt(n *syntax.Block, s *scope) {
	end := int32(-1)
	if s.toplevel {
		if c.isChild {
			return
		}
		if c.extends > 0 {
			c.flush()
			end = c.label()
			c.emit(opJumpChild, 0, 0, end)
		}
	}
	if c.lint != nil {
		c.lint.blocks[n.Name] = c.spot
	}
	st := &site{name: n.Name, scoped: n.Scoped, required: n.Required}
	if n.Scoped {
		st.locals = c.localsOf(s)
	}
	c.begin(n)
	c.printAt(opBlock, 0, 0, 0, c.site(st))
	if end >= 0 {
		c.setLabel(end)
	}
}

func (c *compiler) extendsStmt(n *syntax.Extends, s *scope) {
	if !s.toplevel {
		c.fail(n.Pos, "cannot use extend from a non top-level scope")
		return
	}
	c.flush()
	if c.extends > 0 {
		end := c.label()
		raise := instr{op: opRaise, a: int32(len(c.texts))}
		c.texts = append(c.texts, value.NewText("extended multiple times"))
		if c.isChild {
			c.emit(raise.op, raise.a, 0, 0)
			c.stopped = true
			return
		}
		first := c.label()
		c.emit(opJumpChild, 0, 0, first)
		c.emit(opJump, 0, 0, end)
		c.setLabel(first)
		c.emit(raise.op, raise.a, 0, 0)
		c.setLabel(end)
	}
	c.begin(n)
	c.discard(func() { c.emit(opExtends, c.expr(n.Template, s), 0, c.site(&site{})) })
	if c.extends == 0 {
		c.extended = n
	}
	c.isChild = c.isChild || s.rootlevel
	c.extends++
}

func (c *compiler) include(n *syntax.Include, s *scope) {
	if c.lint != nil {
		c.lint.include(n, c.spot)
	}
	st := &site{withContext: n.WithContext, ignore: n.IgnoreMissing}
	if n.WithContext {
		st.locals = c.localsOf(s)
	}
	c.begin(n)
	c.discard(func() {
		name := c.expr(n.Template, s)
		c.at = n.Position()
		c.printAt(opInclude, 0, name, 0, c.site(st))
	})
}

func (c *compiler) importCommon(template syntax.Expr, withContext bool, s *scope, dst int32) {
	st := &site{withContext: withContext}
	if withContext {
		st.locals = c.localsOf(s)
	}
	c.discard(func() {
		at := c.at
		name := c.expr(template, s)
		c.at = at
		c.flush()
		c.emit(opImport, dst, name, c.site(st))
	})
}

func (c *compiler) importStmt(n *syntax.Import, s *scope) {
	c.begin(n)
	sl := s.find(n.Target)
	c.importCommon(n.Template, n.WithContext, s, int32(sl.reg))
	c.assigned = append(c.assigned, sl)
	if s.toplevel {
		c.exportName(n.Target, s, exportDrop)
	}
}

func (c *compiler) fromImport(n *syntax.FromImport, s *scope) {
	c.begin(n)
	c.discard(func() {
		mod := c.temp()
		c.importCommon(n.Template, n.WithContext, s, mod)
		for _, name := range n.Names {
			c.at = name.Pos
			sl := s.find(name.Alias)
			st := &site{name: name.Name, attr: value.NewAttr(name.Name), message: c.position(n.Pos)}
			c.emit(opImportName, int32(sl.reg), mod, c.site(st))
			c.assigned = append(c.assigned, sl)
		}
		for _, name := range n.Names {
			if s.toplevel {
				c.exportName(name.Alias, s, exportDrop)
			}
		}
	})
}

// position words a place as Jinja's messages do.
func (c *compiler) position(pos syntax.Pos) string {
	if c.tmpl.name == "" {
		return "line " + itoa(int(pos.Line))
	}
	return "line " + itoa(int(pos.Line)) + " in " + pyRepr(c.tmpl.name)
}

// autoescapeStmt compiles a body with other autoescaping.
func (c *compiler) autoescapeStmt(n *syntax.ScopedEvalContextModifier, s *scope) {
	autoescape, volatile, flag := c.autoescape, c.volatile, n.Options[0].Value
	c.discard(func() {
		saved := c.temp()
		c.flush()
		c.emit(opAutoescape, saved, c.expr(flag, s), 0)
		if v, ok := c.fold(flag); ok {
			c.autoescape, _ = value.Truth(v)
		} else {
			c.volatile = true
		}
		c.body(n.Body, s)
		c.flush()
		c.emit(opRestore, saved, 0, 0)
	})
	c.autoescape, c.volatile = autoescape, volatile
}

// macroFunction compiles the body of a macro or call block.
func (c *compiler) macroFunction(kind, name string, sig *syntax.Signature, body []syntax.Stmt, s *scope) *function {
	return c.function(kind, name, c.fn(), func() {
		inner := &scope{symbols: newSymbols(s.symbols, c.fn(), 0)}
		analyze := func() {
			for _, arg := range sig.Args {
				inner.visitName(arg)
			}
			inner.visitExprs(sig.Defaults...)
			inner.visitStmts(body)
		}
		analyze()
		m := &macroSignature{name: name, callerReg: -1, kwargsReg: -1, varargsReg: -1}
		undeclared := readsUndeclared(body, "caller", "kwargs", "varargs")
		for i, arg := range sig.Args {
			if slices.Contains(m.params, arg.Name) {
				c.fail(arg.Pos, "duplicate argument %s in function definition", pyRepr(arg.Name))
			}
			m.params = append(m.params, arg.Name)
			switch arg.Name {
			case "caller":
				m.explicitCaller = true
				if undeclared["caller"] && i < len(sig.Args)-len(sig.Defaults) {
					c.fail(c.at, `When defining macros or call blocks the special "caller" argument must be omitted or be given a default.`)
				}
			case "kwargs", "varargs":
				delete(undeclared, arg.Name)
			}
		}
		if m.caller = undeclared["caller"]; m.caller && !m.explicitCaller {
			m.callerReg = int32(inner.parameter("caller").reg)
		}
		if undeclared["kwargs"] {
			m.kwargsReg = int32(inner.parameter("kwargs").reg)
		}
		if undeclared["varargs"] {
			m.varargsReg = int32(inner.parameter("varargs").reg)
		}
		analyze()
		m.plain = !m.caller && m.kwargsReg < 0 && m.varargsReg < 0
		c.fn().macro = m
		c.enter(inner)
		c.defaults(sig, inner)
		c.body(body, inner)
	})
}

// defaults fills in the parameters that were not given, in order: a default may read the parameters before it.
func (c *compiler) defaults(sig *syntax.Signature, s *scope) {
	for _, arg := range sig.Args {
		c.unset[s.find(arg.Name)] = true
	}
	for i, arg := range sig.Args {
		sl := s.find(arg.Name)
		given := c.label()
		c.at = arg.Pos
		c.emit(opJumpDefined, int32(sl.reg), 0, given)
		if d := i - (len(sig.Args) - len(sig.Defaults)); d >= 0 {
			c.discard(func() { c.move(int32(sl.reg), c.expr(sig.Defaults[d], s)) })
		} else {
			c.undefs = append(c.undefs, &value.Undef{
				Hint: "parameter " + pyRepr(arg.Name) + " was not provided", Name: value.Str(arg.Name),
			})
			c.emit(opLoad, int32(sl.reg), int32(sl.reg), int32(len(c.undefs)-1))
		}
		c.setLabel(given)
		delete(c.unset, sl)
	}
}

func (c *compiler) macroStmt(n *syntax.Macro, s *scope) {
	c.begin(n)
	fn := c.macroFunction("macro", n.Name, &n.Signature, n.Body, s)
	c.at = n.Position()
	sl := s.find(n.Name)
	c.functions = append(c.functions, fn)
	c.emit(opMacro, int32(sl.reg), int32(len(c.functions)-1), 0)
	c.assigned = append(c.assigned, sl)
	if s.toplevel {
		c.exportName(n.Name, s, exportAdd)
	}
}

func (c *compiler) callBlock(n *syntax.CallBlock, s *scope) {
	c.begin(n)
	fn := c.macroFunction("caller", "", &n.Signature, n.Body, s)
	c.begin(n)
	c.functions = append(c.functions, fn)
	i := int32(len(c.functions) - 1)
	c.discard(func() {
		dst := int32(-1)
		if n.Custom || c.env.cfg.Native {
			dst = c.temp()
		}
		c.call(n.Call, s, dst, &i)
		switch {
		case n.Custom:
			c.printed = n.Call
			c.printValue(dst)
		case dst >= 0:
			c.flush()
			c.emit(opNativeOut, dst, 0, 0)
		}
	})
}
