package jinja

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/retort-go/retort/jinja/internal/escape"
	"github.com/retort-go/retort/jinja/internal/syntax"
	"github.com/retort-go/retort/jinja/internal/value"
)

// compiler turns the tree of one template into functions.
type compiler struct {
	env  *Environment
	tmpl *Template
	*builder

	at         syntax.Pos     // where the next instruction comes from
	statement  int32          // see begin
	autoescape bool           // as far as it is known
	volatile   bool           // it is not
	examines   bool           // the places of values are looked at
	spot       escape.Context // where the next output goes, if they are
	startAt    escape.Context // where the next function begins

	blocks   map[string]*syntax.Block
	order    []string
	extends  int             // extends statements seen so far
	extended *syntax.Extends // the first of them
	isChild  bool            // one of them is not conditional
	stopped  bool            // the rest of this body is never run
	folded   map[syntax.Expr]folding
	err      *Error // the first failure
	foldings *State
	again    int         // loops compiled a second time that enclose the current one
	lint     *linter     // nil unless the template is only looked at
	printed  syntax.Expr // what is being printed
	macros   []string    // names of macros, and of what holds some
}

// builder is a function being written.
type builder struct {
	*function
	above    *builder
	resolved map[string]*slot // names that are only read, filled from the context on entry
	reads    []*slot          // of resolved, in order

	temps, maxTemps int32
	loopDepth       int
	inLoop          bool
	pending         string // text that the next printing instruction prints first
	pendingAt       syntax.Pos
	captures        []int32        // marks of the captures open here
	assigned        []*slot        // slots that surely have a value here
	unset           map[*slot]bool // macro parameters not yet given their default
	labels          []int32
	placed          int // the code length at the last label
	loopsBySlot     map[*slot]*loopInfo
	loop            *loopInfo // the innermost
	superSlot       *slot
	selfSlot        *slot
	constIndex      map[any]int32
	attrIndex       map[string]int32
	identIndex      map[string]int32
	undefIndex      map[string]int32
}

// scope is a lexical scope while it is compiled.
type scope struct {
	*symbols
	toplevel    bool // assignments are context variables
	rootlevel   bool // not inside an if either
	soft        bool // unknown filters are found when they are used
	outputCheck bool // whether to print depends on an extends
}

// inner returns a scope inside s.
func (s *scope) inner() *scope {
	return &scope{symbols: newSymbols(s.symbols, s.fn, 0), outputCheck: s.outputCheck}
}

// branch returns the scope of an if's bodies.
func (s *scope) branch() *scope {
	b := *s
	b.rootlevel, b.soft = false, true
	return &b
}

// tempBase is where the numbers of temporary registers begin until it is known how many slots there are.
const tempBase = 1 << 20

// compile makes a template of a source. The error is an [*Error].
func (env *Environment) compile(name string, source Source) (*Template, error) {
	t := &Template{env: env, name: name, source: source, fresh: source.Fresh, autoescape: env.cfg.Autoescape(name)}
	tree, err := syntax.Parse(name, source.Text, &env.syntax)
	if err != nil {
		return nil, syntaxError(t, err)
	}
	if err := env.compileTree(t, tree); err != nil {
		return nil, err
	}
	return t, nil
}

func (env *Environment) newCompiler(t *Template) *compiler {
	return &compiler{
		env: env, tmpl: t, autoescape: t.autoescape, statement: 1,
		blocks: map[string]*syntax.Block{}, folded: map[syntax.Expr]folding{},
	}
}

func (env *Environment) compileTree(t *Template, tree *syntax.Template) error {
	c := env.newCompiler(t)
	c.examine(tree)
	c.template(tree)
	if c.err != nil {
		return c.err
	}
	t.table = &blockTable{stacks: make(map[string][]*function, len(t.blocks))}
	for name, fn := range t.blocks {
		t.table.stacks[name] = []*function{fn}
	}
	t.isStatic = c.isStatic(tree)
	return nil
}

// syntaxError is the parser's error with its place and the lines around it.
func syntaxError(t *Template, err error) *Error {
	var se *syntax.Error
	if !errors.As(err, &se) {
		return &Error{Kind: KindSyntax, Message: err.Error(), cause: err}
	}
	e := t.errorAt(KindSyntax, se.Msg, se.Line, se.Col)
	if se.Assertion {
		e.Kind = KindAssertion
	}
	return e
}

func (t *Template) errorAt(kind, msg string, line, col int) *Error {
	return &Error{
		Kind: kind, Message: msg, Excerpt: excerpt(t.source.Text, line, col),
		Stack: []Frame{{Template: t.display(), Line: line, Col: col}},
	}
}

// fail notes an error; only the first counts.
func (c *compiler) fail(pos syntax.Pos, format string, args ...any) *Error {
	return c.failKind(KindAssertion, pos, format, args...)
}

func (c *compiler) failKind(kind string, pos syntax.Pos, format string, args ...any) *Error {
	e := c.tmpl.errorAt(kind, fmt.Sprintf(format, args...), int(pos.Line), int(pos.Col))
	if c.lint != nil {
		c.lint.add(c.tmpl, "T021", pos, "%s: %s", kind, e.Message)
	}
	if c.err == nil {
		c.err = e
	}
	return e
}

// template compiles the top level and then the blocks, wherever they are written.
func (c *compiler) template(tree *syntax.Template) {
	hasExtends := false
	syntax.Walk(tree, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Extends:
			hasExtends = true
		case *syntax.Block:
			if c.blocks[n.Name] != nil {
				c.fail(n.Pos, "block %s defined twice", pyRepr(n.Name))
			}
			c.blocks[n.Name] = n
			c.order = append(c.order, n.Name)
		case *syntax.Macro, *syntax.Import, *syntax.FromImport:
			c.macros = append(c.macros, namesSet(n)...)
		}
		return true
	})
	c.tmpl.root = c.function("", "", nil, func() {
		s := &scope{symbols: newSymbols(nil, c.fn(), 0), toplevel: true, rootlevel: true, outputCheck: hasExtends}
		if readsUndeclared(tree.Body, "self")["self"] {
			c.selfSlot = s.parameter("self")
		}
		s.visitStmts(tree.Body)
		c.enter(s)
		c.body(tree.Body, s)
	})
	c.tmpl.blocks = make(map[string]*function, len(c.blocks))
	for _, name := range c.order {
		c.tmpl.blocks[name] = c.block(c.blocks[name])
	}
}

// block compiles the body of a block. It knows nothing of the scopes around it.
func (c *compiler) block(n *syntax.Block) *function {
	if c.lint != nil {
		c.startAt = c.lint.blocks[n.Name]
	}
	c.statement = n.Line
	return c.function("block", n.Name, nil, func() {
		s := &scope{symbols: newSymbols(nil, c.fn(), 0)}
		undeclared := readsUndeclared(n.Body, "self", "super")
		if undeclared["self"] {
			c.selfSlot = s.parameter("self")
		}
		if undeclared["super"] {
			c.superSlot = s.parameter("super")
		}
		s.visitStmts(n.Body)
		c.enter(s)
		c.body(n.Body, s)
	})
}

// fn is the function being written.
func (c *compiler) fn() *function { return c.builder.function }

// function compiles one function; write is called with it as the current one.
func (c *compiler) function(kind, name string, outer *function, write func()) *function {
	fn := &function{body: body{tmpl: c.tmpl, kind: kind, name: name, outer: outer, slots: map[slotKey]*slot{}}}
	fn.texts = []value.Text{value.NewText("")}
	spot := c.spot
	fn.start, c.spot, c.startAt = placePointer(c.startAt), c.startAt, escape.Context{}
	if c.contextual() {
		fn.places = []place{newPlace(*textPlace, escape.Escaper{}, *textPlace)}
	}
	b := &builder{
		function: fn, above: c.builder, resolved: map[string]*slot{}, unset: map[*slot]bool{},
		loopsBySlot: map[*slot]*loopInfo{}, constIndex: map[any]int32{}, attrIndex: map[string]int32{},
		identIndex: map[string]int32{}, undefIndex: map[string]int32{},
	}
	c.builder = b
	write()
	c.flush()
	if kind == "" && c.extends > 0 {
		c.begin(c.extended)
		c.printHere(opParent, 0, 0, 0, 0)
	}
	c.emit(opReturn, 0, 0, 0)
	fn.end = placePointer(c.spot)
	if c.lint != nil {
		c.lint.end(c, fn)
	}
	c.finish()
	c.builder, c.spot = b.above, spot
	c.stopped = false
	return fn
}

// slot returns the variable of that name at that depth, making it on first use.
func (fn *function) slot(level int, name string) *slot {
	key := slotKey{level, name}
	sl := fn.slots[key]
	if sl == nil {
		sl = &slot{name: name, fn: fn, reg: len(fn.slots)}
		fn.slots[key] = sl
	}
	return sl
}

// resolvedLevel is the depth of slots that are filled from the context once, when the function is entered.
const resolvedLevel = -1

// settle gives the names that a scope only reads from the context their slots. They do not change while the function runs, so
// that one slot for the whole function, filled when it is entered, serves all its scopes.
func (c *compiler) settle(s *scope) {
	for _, sl := range s.order {
		if l := s.loads[sl]; l.kind == loadResolve && !s.stores[l.name] {
			s.refs[l.name] = c.resolve(l.name)
		}
	}
}

// enter writes what fills the slots of a scope.
func (c *compiler) enter(s *scope) {
	c.settle(s)
	for _, sl := range s.order {
		l := s.loads[sl]
		switch l.kind {
		case loadResolve:
			if s.stores[l.name] {
				c.emit(opResolve, int32(sl.reg), c.ident(l.name), 0)
			}
		case loadAlias:
			c.copySlot(int32(sl.reg), l.from)
		case loadUndefined:
			if c.inLoop || s.level > 0 {
				c.emit(opMissing, int32(sl.reg), 0, 0)
			}
		}
	}
}

// resolve returns the slot of a name that the function only reads from the context.
func (c *compiler) resolve(name string) *slot {
	sl := c.resolved[name]
	if sl == nil {
		sl = c.fn().slot(resolvedLevel, name)
		c.resolved[name] = sl
		c.reads = append(c.reads, sl)
	}
	return sl
}

// leave clears the variables of a scope that functions defined in it can still read, as Jinja does.
func (c *compiler) leave(s *scope) {
	for _, sl := range s.order {
		if sl.captured && sl.fn == c.fn() && s.refs[sl.name] == sl {
			c.emit(opMissing, int32(sl.reg), 0, 0)
		}
	}
}

// copySlot writes what copies a variable, missing or not.
func (c *compiler) copySlot(dst int32, from *slot) {
	if from.fn == c.fn() {
		c.emit(opMove, dst, int32(from.reg), 0)
		return
	}
	c.emitX(opUpval, c.hops(from), dst, -1, int32(from.reg))
}

// hops counts the functions between the current one and the one that has the slot, and notes that it is read from inside.
func (c *compiler) hops(sl *slot) uint8 {
	n := uint8(0)
	for fn := c.fn(); fn != sl.fn; fn = fn.outer {
		fn.readsOuter = true
		n++
	}
	sl.captured, sl.fn.keep = true, true
	return n
}

// Registers for intermediate results are taken and given back like a stack.

func (c *compiler) temp() int32 { return c.tempRun(1) }

func (c *compiler) tempRun(n int) int32 {
	t := c.temps
	c.temps += int32(n)
	c.maxTemps = max(c.maxTemps, c.temps)
	return tempBase + t
}

// emit appends an instruction and returns its index.
func (c *compiler) emit(o op, a, b, cc int32) { c.emitX(o, 0, a, b, cc) }

func (c *compiler) emitX(o op, x uint8, a, b, cc int32) {
	c.code = append(c.code, instr{op: o, x: x, a: a, b: b, c: cc})
	c.from = append(c.from, origin{c.at.Line, c.at.Col, c.statement})
	c.builder.at = append(c.builder.at, 0)
}

// print appends a printing instruction, which takes the pending text along.
func (c *compiler) print(o op, x uint8, a, b, cc int32) {
	if c.env.cfg.Native || len(c.texts) > math.MaxUint16 {
		c.flush()
	}
	text := c.takeText()
	c.emitX(o, x, a, b, cc)
	c.code[len(c.code)-1].d = uint16(text)
}

// printAt is print for an instruction that prints by what it calls.
func (c *compiler) printAt(o op, x uint8, a, b, cc int32) {
	_, at := c.outputPlace(escOff)
	c.print(o, x, a, b, cc)
	c.builder.at[len(c.builder.at)-1] = at
}

// printHere is print for an instruction whose place matters, but which prints nothing itself.
func (c *compiler) printHere(o op, x uint8, a, b, cc int32) {
	c.print(o, x, a, b, cc)
	if c.contextual() {
		e, after := c.spot.Output()
		c.builder.at[len(c.builder.at)-1] = c.placeIndex(newPlace(c.spot, e, after))
	}
}

// printOut is print for an instruction that prints a value. The mode is made that of the place.
func (c *compiler) printOut(o op, mode uint8, a, b, cc int32) {
	mode, at := c.outputPlace(mode)
	c.print(o, mode, a, b, cc)
	c.builder.at[len(c.builder.at)-1] = at
}

// text notes text to be printed.
func (c *compiler) text(s string) {
	c.follow(s)
	if c.pending == "" {
		c.pendingAt = c.at
	}
	c.pending += s
}

func (c *compiler) takeText() int32 {
	if c.pending == "" {
		return 0
	}
	c.texts = append(c.texts, value.NewText(c.pending))
	c.pending = ""
	return int32(len(c.texts) - 1)
}

// flush writes the pending text; it is called before control flow divides or joins.
func (c *compiler) flush() {
	if c.pending == "" {
		return
	}
	at := c.at
	c.at = c.pendingAt
	o := opText
	if c.env.cfg.Native {
		o = opNativeText
	}
	c.emit(o, 0, 0, c.takeText())
	c.at = at
}

// label makes a jump target; setLabel puts it here.
func (c *compiler) label() int32 {
	c.labels = append(c.labels, -1)
	return int32(len(c.labels) - 1)
}

func (c *compiler) setLabel(label int32) {
	c.labels[label] = int32(len(c.code))
	c.placed = len(c.code)
}

// constant returns the operand of a constant.
func (c *compiler) constant(v Value) int32 {
	var key any
	switch v.Kind() {
	case value.KindNone, value.KindBool:
		key = [2]int64{int64(v.Kind()), v.AsInt()}
	case value.KindInt:
		key = v.AsInt()
	case value.KindStr:
		key = v.AsString()
	}
	if i, ok := c.constIndex[key]; ok && key != nil {
		return ^i
	}
	c.consts = append(c.consts, v)
	i := int32(len(c.consts) - 1)
	if key != nil {
		c.constIndex[key] = i
	}
	return ^i
}

func (c *compiler) attr(name string) int32 {
	i, ok := c.attrIndex[name]
	if !ok {
		i = int32(len(c.attrs))
		c.attrs = append(c.attrs, value.NewAttr(name))
		c.attrIndex[name] = i
	}
	return i
}

func (c *compiler) ident(name string) int32 {
	i, ok := c.identIndex[name]
	if !ok {
		i = int32(len(c.idents))
		c.idents = append(c.idents, *c.env.ident(name))
		c.identIndex[name] = i
	}
	return i
}

// ident prepares a name for lookups in contexts.
func (env *Environment) ident(name string) *ident {
	return &ident{attr: value.NewAttr(name), undef: value.NewUndef(name), global: env.globals[name]}
}

func (c *compiler) undef(name string) int32 {
	i, ok := c.undefIndex[name]
	if !ok {
		i = int32(len(c.undefs))
		c.undefs = append(c.undefs, value.NewUndef(name))
		c.undefIndex[name] = i
	}
	return i
}

func (c *compiler) nameIndex(s string) int32 {
	i := slices.Index(c.names, s)
	if i < 0 {
		c.names = append(c.names, s)
		i = len(c.names) - 1
	}
	return int32(i)
}

func (c *compiler) site(s *site) int32 {
	c.sites = append(c.sites, s)
	return int32(len(c.sites) - 1)
}

// localsOf lists the variables that code called from s with context gets to see.
func (c *compiler) localsOf(s *scope) int32 {
	var list []local
	for _, sl := range s.visible() {
		l := local{name: sl.name, reg: int32(sl.reg)}
		if sl.fn != c.fn() {
			l.up = int32(c.hops(sl))
		}
		list = append(list, l)
	}
	c.locals = append(c.locals, list)
	return int32(len(c.locals) - 1)
}

// What the operands of an operation are; see finish.
const (
	regA = 1 << iota
	regB
	regC
	jumpC
)

var operands = [256]uint8{
	opOut: regA, opOutAttr: regA, opOutRaw: regA, opNativeOut: regA,
	opMove: regA | regB, opLoad: regA | regB, opMissing: regA, opUpval: regA, opResolve: regA, opResolveIf: regA,
	opFresh: regA | regB, opSelf: regA, opSuper: regA, opSuperCall: regA,
	opAttr: regA | regB, opItem: regA | regB | regC, opItemNamed: regA | regB,
	opSliced: regA | regB | regC, opBinary: regA | regB | regC, opUnary: regA | regB, opCompare: regA | regB | regC,
	opConcat: regA | regB, opList: regA | regB, opTuple: regA | regB, opDict: regA | regB, opSlice: regA | regB,
	opMarkup: regA | regB, opCall: regA | regB, opMethod: regA | regB, opFilter: regA, opTest: regA,
	opReceiver: regA, opDefined: regA | regB,
	opJump: jumpC, opJumpTrue: regA | jumpC, opJumpFalse: regA | jumpC, opJumpCompare: regA | regB | jumpC,
	opJumpAttr: regA | jumpC, opJumpDefined: regA | jumpC, opJumpChild: jumpC,
	opForInit: regA, opForEnter: regA | jumpC, opForNext: regA | jumpC, opYield: regA | regB, opUnpack: regA,
	opLoopAttr: regA, opLoopCycle: regA | regB, opLoopChanged: regA | regB, opLoopObject: regA, opLoopSource: regA,
	opRecurse: regA | regB,
	opCapture: regA, opCaptured: regA | regB, opTruncate: regA, opNamespace: regA, opSetAttr: regA | regC,
	opExport: regA, opMacro: regA, opExtends: regA, opInclude: regA, opImport: regA | regB, opImportName: regA | regB,
	opAutoescape: regA | regB, opRestore: regA, opDebug: regA,
	opFinalize: regA | regB,
}

// finish gives temporaries their numbers, puts what fills the slots read from the context in front, and sets the jumps.
func (c *compiler) finish() {
	fn := c.fn()
	var head []instr
	for _, sl := range c.reads {
		head = append(head, instr{op: opResolve, a: int32(sl.reg), b: c.ident(sl.name)})
	}
	if sl := c.selfSlot; sl != nil && sl.captured {
		head = append(head, instr{op: opSelf, a: int32(sl.reg)})
	}
	if sl := c.superSlot; sl != nil && sl.captured {
		head = append(head, instr{op: opSuper, a: int32(sl.reg)})
	}
	slots, shift := int32(len(fn.slots)), int32(len(head))
	number := func(p *int32) {
		if *p >= tempBase {
			*p += slots - tempBase
		}
	}
	for i := range fn.code {
		in := &fn.code[i]
		what := operands[in.op]
		if what&regA != 0 {
			number(&in.a)
		}
		if what&regB != 0 {
			number(&in.b)
		}
		if what&regC != 0 {
			number(&in.c)
		}
		if what&jumpC != 0 {
			in.c = c.labels[in.c] + shift
		}
	}
	for _, list := range fn.lists {
		for i := range list {
			number(&list[i])
		}
	}
	for _, s := range fn.sites {
		for i := range s.operands {
			number(&s.operands[i])
		}
	}
	fn.code = append(head, fn.code...)
	fn.from = append(make([]origin, len(head)), fn.from...)
	fn.at = append(make([]uint16, len(head)), fn.at...)
	fn.regs, fn.temps = len(fn.slots)+int(c.maxTemps), slots
	fn.cost = len(fn.code)/4 + 1
	fn.slots = nil
	fn.fuse()
}

// isStatic reports whether the template only defines macros and constants, so that importing it without context gives the
// same module every time.
func (c *compiler) isStatic(tree *syntax.Template) bool {
	for _, n := range tree.Body {
		switch n := n.(type) {
		case *syntax.Macro:
		case *syntax.Output:
			for _, e := range n.Nodes {
				if _, text := e.(*syntax.TemplateData); !text {
					return false
				}
			}
		case *syntax.Assign:
			v, ok := c.fold(n.Node)
			if _, name := n.Target.(*syntax.Name); !name || !ok || !isScalar(v) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func isScalar(v Value) bool {
	switch v.Kind() {
	case value.KindNone, value.KindBool, value.KindInt, value.KindBigInt, value.KindFloat, value.KindStr, value.KindMarkup:
		return true
	}
	return false
}

// filterNames and testNames are for suggestions.
func suggest[V any](name string, table map[string]V) string {
	return didYouMean(name, slices.Collect(maps.Keys(table)))
}
