package jinja

import (
	"fmt"
	"math"
	"sync"

	"github.com/retort-go/retort/jinja/internal/value"
)

// vm runs one render. It is taken from a pool; what may outlive a render (macros, contexts they refer to, strings) is not kept
// in it but left to the garbage collector.
type vm struct {
	env   *Environment
	in    Input
	data  Value
	meter Meter
	state State

	out     []byte
	pieces  []Value // of a native result
	scratch []byte
	track   track   // of tracked frames
	tracks  []track // where captures began

	frames []*frame // the active ones; those beyond are kept for later
	depth  int      // how many are active
	used   int      // how many have been
	loops  []*loopState
	nloops int // how many are in use
	stack  stack
	calls  []*callBuffer // for calls of Go functions, by nesting
	ncalls int

	macros         pool[macro]
	envs           pool[env]
	imported       pool[module]
	namespaces     pool[namespace]
	loopObjects    pool[loopState]
	generators     generators
	paths          map[string][]getterPart // see State.path; kept from render to render
	contexts       []*renderContext        // free ones
	held           []*renderContext        // those that objects refer to
	modules        []*module               // imported without context in this render
	moduleContexts []*renderContext        // of static modules
	static         bool                    // a static module is being made

	yielded       bool  // result of a loop filter
	yieldedItem   Value // what the loop gets then
	returnedValue Value // result of a macro or block called by Go code
	maxOut        int
	maxRow        int // maxOut, or the largest int where there is no limit
}

// frame is one activation of a function.
type frame struct {
	fn    *function
	pc    int
	regs  []Value
	outer *env // of the function it is written in
	env   *env // of itself, once a function defined in it has asked
	ctx   *renderContext
	chunk int // where its registers begin in the stack
	top   int
	loops int // its first loop

	parent *Template // set by extends, run when the top level ends
	child  bool      // an extends has run, so that nothing is printed outside of blocks
	source Value     // what a recursive loop or a loop filter was called with
	level  int       // how deep a recursive loop is

	then   then
	markup bool  // the result is Markup
	ret    int32 // register of the caller for the result
	mark   int   // where its output begins
	owns   bool  // ctx is given back at the end

	tracked bool  // the places of its output are found by following it
	saved   track // of the frames below, if its output is taken away
}

// then says what becomes of a frame's output when it returns.
type then uint8

const (
	thenPrint  then = iota // it stays where it is
	thenReturn             // it becomes a string in the caller's register ret
	thenModule             // it becomes a module in the caller's register ret
	thenYield              // there is none
)

// callBuffer is what a call of a Go function needs; calls nest, so there are several.
type callBuffer struct {
	call   Call
	values []Value
	kwargs []Kwarg
}

// stack hands out registers in last-in-first-out order, in chunks that never move.
type stack struct {
	chunks [][]Value
	chunk  int
	top    int
}

const chunkSize = 512

func (s *stack) alloc(n int) []Value {
	if s.chunk < len(s.chunks) && s.top+n <= len(s.chunks[s.chunk]) {
		regs := s.chunks[s.chunk][s.top : s.top+n : s.top+n]
		s.top += n
		return regs
	}
	return s.grow(n)
}

func (s *stack) grow(n int) []Value {
	if s.chunk < len(s.chunks) {
		s.chunk++
	}
	if s.chunk < len(s.chunks) && len(s.chunks[s.chunk]) < n {
		s.chunks = s.chunks[:s.chunk]
	}
	if s.chunk == len(s.chunks) {
		s.chunks = append(s.chunks, make([]Value, max(n, chunkSize)))
	}
	s.top = n
	return s.chunks[s.chunk][:n:n]
}

// free gives back what was handed out since the mark.
func (s *stack) free(chunk, top int) { s.chunk, s.top = chunk, top }

var vms = sync.Pool{New: func() any { return new(vm) }}

// start readies a vm for a render of t.
func start(t *Template, dst []byte, in Input) *vm {
	vm := vms.Get().(*vm)
	vm.env, vm.in, vm.out = t.env, in, dst
	l := &t.env.cfg.Limits
	vm.meter.Reset(in.Ctx, value.Limits{Steps: l.Steps, Value: l.Value, Memory: l.Memory, Time: l.Time})
	vm.meter.Undefined, vm.meter.Sandbox = t.env.cfg.Undefined, t.env.cfg.Sandbox
	value.Borrow(&vm.meter)
	vm.state = State{env: t.env, meter: &vm.meter, vm: vm}
	vm.data, vm.maxOut, vm.maxRow = value.From(in.Data), l.Output, math.MaxInt
	if l.Output > 0 {
		vm.maxRow = l.Output
	}
	return vm
}

// finish gives the vm back. After an error frames may be left; they are cleared too, so that nothing of one render is
// reachable from the next.
func (vm *vm) finish() {
	vm.unwind(0)
	for _, f := range vm.frames[:vm.used] {
		*f = frame{}
	}
	vm.used = 0
	for _, ls := range vm.loops {
		if ls != nil && len(ls.changed) > 0 {
			clear(ls.changed)
			ls.changed = ls.changed[:0]
		}
	}
	vm.ncalls = 0
	for _, b := range vm.calls {
		clear(b.values)
		clear(b.kwargs[:cap(b.kwargs)])
	}
	for _, ctx := range vm.moduleContexts {
		vm.freeContext(ctx)
	}
	vm.moduleContexts, vm.static, vm.returnedValue = vm.moduleContexts[:0], false, Value{}
	clear(vm.modules)
	clear(vm.pieces)
	vm.modules, vm.pieces = vm.modules[:0], vm.pieces[:0]
	vm.state, vm.tracks = State{}, vm.tracks[:0]
	vm.in, vm.data, vm.out, vm.env = Input{}, Value{}, nil, nil
	vm.releaseObjects(value.Leaked(&vm.meter))
	value.Return(&vm.meter)
	vm.meter.Reset(nil, value.Limits{})
	vms.Put(vm)
}

// releaseObjects takes back what lived as long as the render.
func (vm *vm) releaseObjects(leaked bool) {
	vm.macros.release(leaked)
	vm.envs.release(leaked)
	vm.imported.release(leaked)
	vm.namespaces.release(leaked)
	vm.loopObjects.release(leaked)
	vm.generators.release(leaked)
	for _, ctx := range vm.held {
		if !leaked {
			ctx.held = false
			vm.freeContext(ctx)
		}
	}
	clear(vm.held)
	vm.held = vm.held[:0]
}

// newContext returns an empty context.
func (vm *vm) newContext() *renderContext {
	if n := len(vm.contexts); n > 0 {
		ctx := vm.contexts[n-1]
		vm.contexts = vm.contexts[:n-1]
		return ctx
	}
	return new(renderContext)
}

// freeContext takes a context back, unless something still refers to it.
func (vm *vm) freeContext(ctx *renderContext) {
	if ctx.held {
		vm.held = append(vm.held, ctx)
		return
	}
	clear(ctx.vars)
	clear(ctx.handed)
	*ctx = renderContext{vars: ctx.vars[:0], handed: ctx.handed[:0]}
	vm.contexts = append(vm.contexts, ctx)
}

// push enters a function. The frame prints; callers change that.
func (vm *vm) push(fn *function, ctx *renderContext, outer *env) (*frame, error) {
	if vm.depth >= vm.env.cfg.Limits.Depth {
		return nil, value.Errorf("RecursionError", "maximum recursion depth exceeded")
	}
	if err := vm.meter.Spend(fn.cost); err != nil {
		return nil, err
	}
	if vm.depth == len(vm.frames) {
		vm.frames = append(vm.frames, new(frame))
	}
	f := vm.frames[vm.depth]
	vm.depth++
	f.fn, f.pc, f.ctx, f.outer, f.loops, f.mark = fn, 0, ctx, outer, vm.nloops, vm.mark()
	f.then, f.owns, f.tracked, f.child, f.env, f.parent, f.level = thenPrint, false, false, false, nil, nil, 0
	vm.used = max(vm.used, vm.depth)
	if fn.keep {
		f.regs, f.chunk = value.MakeItems(&vm.meter, fn.regs), -1
	} else {
		f.chunk, f.top = vm.stack.chunk, vm.stack.top
		f.regs = vm.stack.alloc(fn.regs)
	}
	for vm.nloops+fn.loops > len(vm.loops) {
		vm.loops = append(vm.loops, nil)
	}
	vm.nloops += fn.loops
	return f, nil
}

// pop leaves the innermost function.
func (vm *vm) pop() {
	vm.depth--
	f := vm.frames[vm.depth]
	if f.chunk >= 0 {
		clear(f.regs)
		vm.stack.free(f.chunk, f.top)
	}
	vm.nloops = f.loops
	if f.owns {
		vm.freeContext(f.ctx)
	}
}

// unwind leaves functions until depth of them are active, after an error.
func (vm *vm) unwind(depth int) {
	for vm.depth > depth {
		f := vm.frames[vm.depth-1]
		for i := f.loops; i < min(f.loops+f.fn.loops, len(vm.loops)); i++ {
			vm.endLoop(i)
		}
		vm.pop()
	}
}

// environment returns the frame as functions defined in it see it.
func (vm *vm) environment(f *frame) *env {
	if f.env == nil {
		f.env = vm.envs.get()
		*f.env = env{regs: f.regs, outer: f.outer}
	}
	return f.env
}

// beginCall prepares the call of a Go function; endCall takes it back. What a call was given stays in its buffer until that is
// used again or the render ends.
func (vm *vm) beginCall(f *frame) *callBuffer {
	if vm.ncalls == len(vm.calls) {
		b := new(callBuffer)
		b.call.Meter, b.call.State = &vm.meter, &vm.state
		vm.calls = append(vm.calls, b)
	}
	b := vm.calls[vm.ncalls]
	vm.ncalls++
	if vm.state.context != f.ctx {
		vm.state.context = f.ctx
	}
	vm.state.autoescape = f.ctx.eval.autoescape
	return b
}

func (vm *vm) endCall() { vm.ncalls-- }

// nested runs until the frame just pushed has returned, for Go code that calls a macro or block.
func (vm *vm) nested() error {
	depth, mark, tracks := vm.depth-1, len(vm.out), len(vm.tracks)
	state := vm.state
	err := vm.run(depth)
	vm.state = state
	if err != nil {
		vm.unwind(depth)
		vm.out, vm.tracks = vm.out[:mark], vm.tracks[:tracks]
	}
	return err
}

// text takes what was printed since mark out of the output, as a string.
func (vm *vm) text(mark int) (string, error) {
	if mark == len(vm.out) {
		return "", nil
	}
	if err := vm.meter.Build(len(vm.out) - mark); err != nil {
		return "", err
	}
	s := value.Keep(&vm.meter, vm.out[mark:])
	vm.out = vm.out[:mark]
	return s, nil
}

func str(s string, markup bool) Value {
	if markup {
		return value.Markup(s)
	}
	return value.Str(s)
}

// tooLong is the error for a page that grows over its limit.
func (vm *vm) tooLong() error {
	return &value.LimitError{Msg: fmt.Sprintf("page is longer than the limit of %d bytes", vm.maxOut), Err: ErrOutput}
}

// macro makes a macro of a function defined in f.
func (vm *vm) macro(f *frame, fn *function) Value {
	m := vm.macros.get()
	m.fn, m.ctx, m.autoescape = fn, f.ctx, f.ctx.eval.autoescape
	if fn.readsOuter {
		m.outer = vm.environment(f)
	}
	f.ctx.held = true
	if vm.static {
		m.ctx = nil
	}
	return value.FromObject(m)
}

// build makes a list, tuple or dict of registers.
func (vm *vm) build(in *instr, regs []Value) (Value, error) {
	n := in.c
	if in.op == opDict {
		n *= 2
	}
	if err := vm.meter.BuildItems(int(n)); err != nil {
		return Value{}, err
	}
	items := regs[in.b : in.b+n]
	if in.op != opDict {
		kept := value.MakeItems(&vm.meter, len(items))
		copy(kept, items)
		if in.op == opTuple {
			return value.Tuple(kept), nil
		}
		return value.MakeList(&vm.meter, kept), nil
	}
	d := value.MakeDict(&vm.meter, int(in.c))
	for i := 0; i < len(items); i += 2 {
		if err := d.Set(items[i], items[i+1]); err != nil {
			return Value{}, err
		}
	}
	return value.FromDict(d), nil
}

// slice is v[a:b:c], which unlike other items fails where there is none.
func (vm *vm) slice(v Value, parts []Value) (Value, error) {
	if v.IsUndefined() {
		return value.GetItem(&vm.meter, v, value.None())
	}
	x, ok, err := value.Slice(&vm.meter, v, &value.SliceOf{Start: parts[0], Stop: parts[1], Step: parts[2]})
	if ok || err != nil {
		return x, err
	}
	switch v.Kind() {
	case value.KindStr, value.KindMarkup, value.KindBytes, value.KindList, value.KindTuple, value.KindRange, value.KindGoSlice:
		return x, value.Errorf("TypeError", "slice indices must be integers or None or have an __index__ method")
	case value.KindDict, value.KindGoMap:
		return x, value.Errorf("TypeError", "unhashable type: 'slice'")
	}
	return x, value.Errorf("TypeError", "'%s' object is not subscriptable", value.TypeName(v))
}

// asMarkup returns v as Markup where values are escaped, else as it is.
func (vm *vm) asMarkup(f *frame, v Value, mode uint8) (Value, error) {
	if !f.escapes(mode) || v.Kind() == value.KindMarkup {
		return v, nil
	}
	if html, ok := value.HTML(v); ok {
		return value.Markup(html), nil
	}
	s, err := value.ToStr(&vm.meter, v)
	return value.Markup(s), err
}

// unpack assigns the items of v to registers.
func (vm *vm) unpack(regs []Value, list []int32, v Value) error {
	if v.Kind() == value.KindTuple && len(v.AsTuple()) == len(list) {
		for i, x := range v.AsTuple() {
			regs[list[i]] = x
		}
		return nil
	}
	var it value.Iter
	if err := it.Over(&vm.meter, v); err != nil {
		if v.IsUndefined() {
			return err
		}
		return value.Errorf("TypeError", "cannot unpack non-iterable %s object", value.TypeName(v))
	}
	for i, r := range list {
		x, ok := it.Next()
		if !ok {
			if err := it.Err(); err != nil {
				return err
			}
			return value.Errorf("ValueError", "not enough values to unpack (expected %d, got %d)", len(list), i)
		}
		regs[r] = x
	}
	if _, more := it.Next(); more {
		return value.Errorf("ValueError", "too many values to unpack (expected %d)", len(list))
	}
	return it.Err()
}

func isNamespace(v Value) bool {
	if v.Kind() != value.KindObject {
		return false
	}
	_, ok := v.Object().(*namespace)
	return ok
}

// selfObject is the name "self" in a context.
func (ctx *renderContext) selfObject() Value {
	if ctx.self.IsMissing() {
		ctx.held = true
		ctx.self = value.FromObject(&selfRef{ctx})
	}
	return ctx.self
}
