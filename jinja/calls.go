package jinja

import (
	"github.com/retort-go/retort/jinja/internal/escape"
	"github.com/retort-go/retort/jinja/internal/value"
)

// arguments are those of one call.
type arguments struct {
	pos   []Value
	names []string
	named []Value // of names
	keys  []Value // names as values, if one of them is Markup
}

// key is the name of keyword argument k as a value.
func (a *arguments) key(k int) Value {
	if a.keys != nil {
		return a.keys[k]
	}
	return value.Str(a.names[k])
}

// gather collects the arguments of a call in a buffer. *args and **kwargs are spread.
func (vm *vm) gather(f *frame, s *site, b *callBuffer) (arguments, error) {
	if len(s.operands) > len(b.values) {
		b.values = make([]Value, 2*len(s.operands))
	}
	values := b.values[:len(s.operands)]
	for i, o := range s.operands {
		values[i] = *arg(f.fn, f.regs, o)
	}
	named := s.args + len(s.kwargs)
	a := arguments{pos: values[:s.args:s.args], names: s.kwargs, named: values[s.args:named:named]}
	if s.dynArgs || s.dynKwargs {
		return vm.spread(a, values[named:], s)
	}
	return a, nil
}

func (vm *vm) spread(a arguments, rest []Value, s *site) (arguments, error) {
	if s.dynArgs {
		more, err := value.Items(&vm.meter, rest[0])
		if err != nil {
			if err := value.UndefinedError(rest[0]); err != nil {
				return a, err
			}
			return a, value.Errorf("TypeError", "Value after * must be an iterable, not %s", value.TypeName(rest[0]))
		}
		a.pos = append(a.pos, more...)
		rest = rest[1:]
	}
	if !s.dynKwargs {
		return a, nil
	}
	a.names = a.names[:len(a.names):len(a.names)]
	if err := value.UndefinedError(rest[0]); err != nil {
		return a, err
	}
	keys, err := value.Items(&vm.meter, rest[0])
	if err != nil || !isMapping(rest[0]) {
		return a, value.Errorf("TypeError", "%s argument after ** must be a mapping, not %s", contextCall, value.TypeName(rest[0]))
	}
	for _, k := range keys {
		if !k.IsString() {
			return a, value.Errorf("TypeError", "keywords must be strings")
		}
		for _, name := range a.names {
			if name == k.AsString() {
				return a, value.Errorf("TypeError", "%s got multiple values for keyword argument %s", contextCall, pyRepr(name))
			}
		}
		v, err := value.GetItem(&vm.meter, rest[0], k)
		if err != nil {
			return a, err
		}
		if k.Kind() == value.KindMarkup && a.keys == nil {
			for _, name := range a.names {
				a.keys = append(a.keys, value.Str(name))
			}
		}
		if k.Kind() == value.KindMarkup || a.keys != nil {
			a.keys = append(a.keys, k)
		}
		a.names, a.named = append(a.names, k.AsString()), append(a.named, v)
	}
	return a, nil
}

// contextCall is the function that Python's messages about arguments name.
const contextCall = "jinja2.runtime.Context.call()"

func isMapping(v Value) bool { return v.Kind() == value.KindDict || v.Kind() == value.KindGoMap }

// call calls a value for opCall or opMethod. It reports whether a frame was entered, whose return completes the instruction;
// else the result has been stored or printed.
func (vm *vm) call(f *frame, in *instr, callee Value) (entered bool, err error) {
	s := f.fn.sites[in.c]
	if callee.Kind() != value.KindObject {
		return false, vm.callGo(f, in, s, callee)
	}
	if m := (*macro)(value.ObjectLike(callee, likeMacro)); m != nil && s.plain && m.fn.macro.plain && s.args <= len(m.fn.macro.params) {
		return vm.enterPlainMacro(f, in, m, s)
	}
	o := callee.Object()
	switch o.(type) {
	case *macro, *blockRef, *loopState:
	default:
		return false, vm.callGo(f, in, s, callee)
	}
	b := vm.beginCall(f)
	a, err := vm.gather(f, s, b)
	if err != nil {
		vm.endCall()
		return false, err
	}
	switch o := o.(type) {
	case *macro:
		entered, err = vm.enterMacro(f, in, o, a)
	case *blockRef:
		entered, err = vm.enterBlock(f, in, o, a)
	case *loopState:
		err = vm.enterLoop(f, in, o, a)
	}
	vm.endCall()
	return entered, err
}

// callGo calls anything but what is made of compiled code.
func (vm *vm) callGo(f *frame, in *instr, s *site, callee Value) error {
	b, err := vm.callOf(f, s)
	if err != nil {
		return err
	}
	v, err := value.CallValue(&b.call, callee)
	vm.endCall()
	if err != nil {
		return err
	}
	return vm.result(f, in, v)
}

// method calls a method for opMethod.
func (vm *vm) method(f *frame, in *instr) (entered bool, err error) {
	s := f.fn.sites[in.c]
	obj := *arg(f.fn, f.regs, in.b)
	if obj.Kind() == value.KindObject || obj.IsUndefined() {
		callee, err := value.GetAttr(&vm.meter, obj, s.attr)
		if err != nil {
			return false, err
		}
		return vm.call(f, in, callee)
	}
	b, err := vm.callOf(f, s)
	if err != nil {
		return false, err
	}
	v, err := value.CallMethod(&b.call, obj, s.attr)
	vm.endCall()
	if err != nil {
		return false, err
	}
	return false, vm.result(f, in, v)
}

// callOf is the call of a Go function with the arguments of a site.
func (vm *vm) callOf(f *frame, s *site) (*callBuffer, error) {
	b := vm.beginCall(f)
	if s.dynArgs || s.dynKwargs {
		return b, vm.spreadCall(f, s, b)
	}
	fn, regs := f.fn, f.regs
	if s.args > len(b.values) {
		b.values = make([]Value, 2*s.args)
	}
	values := b.values[:s.args]
	for i, o := range s.operands[:s.args] {
		values[i] = *arg(fn, regs, o)
	}
	b.call.Args, b.call.Kwargs = values, nil
	if len(s.kwargs) > 0 {
		b.kwargs = b.kwargs[:0]
		for i, o := range s.operands[s.args:] {
			b.kwargs = append(b.kwargs, Kwarg{Name: s.kwargs[i], Value: *arg(fn, regs, o)})
		}
		b.call.Kwargs = b.kwargs
	}
	return b, nil
}

// spreadCall is callOf for a call with *args or **kwargs.
func (vm *vm) spreadCall(f *frame, s *site, b *callBuffer) error {
	a, err := vm.gather(f, s, b)
	if err != nil {
		vm.endCall()
		return err
	}
	b.call.Args, b.kwargs = a.pos, b.kwargs[:0]
	for i, name := range a.names {
		b.kwargs = append(b.kwargs, Kwarg{Name: name, Value: a.named[i]})
	}
	b.call.Kwargs = b.kwargs
	return nil
}

// result stores or prints what an instruction computed.
func (vm *vm) result(f *frame, in *instr, v Value) (err error) {
	if in.a >= 0 {
		f.regs[in.a] = v
		return nil
	}
	switch {
	case in.x == escPlace && v.Kind() == value.KindStr:
		vm.out = f.fn.placeAt(f.pc-1).appendStr(vm.out, v.AsString())
	case in.x > escVolatile:
		err = vm.printPlace(f, f.pc-1, v, in.x)
	default:
		vm.out, err = vm.print(f, vm.out, v, in.x)
	}
	return err
}

// filter applies a filter.
func (vm *vm) filter(f *frame, in *instr) error {
	s := f.fn.sites[in.c]
	b, err := vm.callOf(f, s)
	if err != nil {
		return err
	}
	v, err := s.callee.fn(&vm.state, &b.call)
	vm.endCall()
	if err != nil {
		return err
	}
	return vm.result(f, in, v)
}

// test applies a test.
func (vm *vm) test(f *frame, in *instr) error {
	s := f.fn.sites[in.c]
	b, err := vm.callOf(f, s)
	if err != nil {
		return err
	}
	f.regs[in.a], err = s.callee.fn(&vm.state, &b.call)
	vm.endCall()
	return err
}

// streams reports whether a frame entered by an instruction can print straight into the output: the instruction prints, and
// what it prints would not be escaped.
func streams(in *instr, markup bool) bool {
	switch in.x {
	case escOff, escVolatile, escPlaceVolatile, escTrackedVolatile:
		return true // volatile: what is Markup then and what would be escaped then are the same
	}
	return markup
}

// expect says what becomes of the output of the frame just pushed.
func (vm *vm) expect(caller, f *frame, in *instr, markup bool) {
	f.markup = markup
	if in.a < 0 {
		f.then = thenPrint
		vm.enterPlace(caller, f)
		return
	}
	f.then, f.ret = thenReturn, in.a
	vm.enterText(f)
}

// enterMacro calls a macro from compiled code.
func (vm *vm) enterMacro(f *frame, in *instr, m *macro, a arguments) (bool, error) {
	markup := f.ctx.eval.autoescape
	if in.a < 0 && !streams(in, markup) {
		v, err := vm.callMacroWith(m, a, markup)
		if err != nil {
			return false, err
		}
		return false, vm.result(f, in, v)
	}
	g, err := vm.pushMacro(m, a)
	if err != nil {
		return false, err
	}
	vm.expect(f, g, in, markup)
	return true, nil
}

// likeMacro has the type of macros.
var likeMacro = value.FromObject((*macro)(nil))

// enterPlainMacro is enterMacro for the usual case: some of the parameters by position, nothing else on either side.
func (vm *vm) enterPlainMacro(f *frame, in *instr, m *macro, s *site) (bool, error) {
	markup := f.ctx.eval.autoescape
	ctx := m.ctx
	if ctx == nil {
		ctx = vm.moduleContext(m.fn.tmpl)
	}
	g, err := vm.push(m.fn, ctx, m.outer)
	if err != nil {
		return false, err
	}
	fn, from, to := f.fn, f.regs, g.regs
	for i, o := range s.operands {
		to[i] = *arg(fn, from, o)
	}
	if in.a < 0 && !streams(in, markup) {
		v, err := vm.returned(g, markup)
		if err != nil {
			return false, err
		}
		return false, vm.result(f, in, v)
	}
	vm.expect(f, g, in, markup)
	return true, nil
}

// pushMacro enters a macro's frame and fills in its parameters.
func (vm *vm) pushMacro(m *macro, a arguments) (*frame, error) {
	ctx := m.ctx
	if ctx == nil {
		ctx = vm.moduleContext(m.fn.tmpl)
	}
	f, err := vm.push(m.fn, ctx, m.outer)
	if err != nil {
		return nil, err
	}
	if err := vm.bind(f.regs, m.fn.macro, a); err != nil {
		vm.pop()
		return nil, err
	}
	return f, nil
}

// bind puts arguments into a macro's registers as Python's Macro does: positional ones first, then keywords for the rest, then
// the special parameters.
func (vm *vm) bind(regs []Value, sig *macroSignature, a arguments) error {
	if sig.plain && len(a.names) == 0 && len(a.pos) <= len(sig.params) {
		copy(regs, a.pos)
		return nil
	}
	n := copy(regs[:len(sig.params)], a.pos)
	used := 0
	foundCaller := n == len(sig.params) && sig.explicitCaller
	var taken [16]bool // keyword arguments that found their parameter; more than 16 are looked up again
	for i := n; i < len(sig.params); i++ {
		foundCaller = foundCaller || sig.params[i] == "caller"
		for k, name := range a.names {
			if name == sig.params[i] {
				regs[i] = a.named[k]
				used++
				if k < len(taken) {
					taken[k] = true
				}
			}
		}
	}
	left := func(k int) bool {
		if k < len(taken) {
			return !taken[k]
		}
		for i := n; i < len(sig.params); i++ {
			if sig.params[i] == a.names[k] {
				return false
			}
		}
		return true
	}
	if sig.callerReg >= 0 && !foundCaller {
		regs[sig.callerReg] = value.Undefined(noCaller, vm.meter.Undefined)
		for k, name := range a.names {
			if name == "caller" {
				used++
				if k < len(taken) {
					taken[k] = true
				}
				if !a.named[k].IsNone() {
					regs[sig.callerReg] = a.named[k]
				}
			}
		}
	}
	if sig.kwargsReg >= 0 {
		d := value.MakeDict(&vm.meter, len(a.names)-used)
		for k, name := range a.names {
			if left(k) && (name != "caller" || sig.callerReg < 0 || foundCaller) {
				if err := d.Set(a.key(k), a.named[k]); err != nil {
					return err
				}
			}
		}
		regs[sig.kwargsReg] = value.FromDict(d)
	} else if used < len(a.names) {
		return unexpected(sig, a, left)
	}
	if sig.varargsReg >= 0 {
		rest := value.MakeItems(&vm.meter, len(a.pos)-n)
		copy(rest, a.pos[n:])
		regs[sig.varargsReg] = value.Tuple(rest)
	} else if len(a.pos) > n {
		return value.Errorf("TypeError", "macro %s takes not more than %d argument(s)", reprName(sig.name), len(sig.params))
	}
	return nil
}

var noCaller = &value.Undef{Hint: "No caller defined", Name: value.Str("caller")}

// unexpected is the error for keyword arguments that a macro does not take.
func unexpected(sig *macroSignature, a arguments, left func(int) bool) error {
	first := -1
	for k, name := range a.names {
		if !left(k) {
			continue
		}
		if name == "caller" {
			return value.Errorf("TypeError", "macro %s was invoked with two values for the special caller argument. "+
				"This is most likely a bug.", reprName(sig.name))
		}
		if first < 0 {
			first = k
		}
	}
	return value.Errorf("TypeError", "macro %s takes no keyword argument %s", reprName(sig.name), value.Repr(a.key(first)))
}

// callMacro runs a macro for Go code.
func (vm *vm) callMacro(m *macro, args []Value, kwargs []Kwarg, markup bool) (Value, error) {
	a := arguments{pos: args}
	for _, k := range kwargs {
		a.names, a.named = append(a.names, k.Name), append(a.named, k.Value)
	}
	return vm.callMacroWith(m, a, markup)
}

func (vm *vm) callMacroWith(m *macro, a arguments, markup bool) (Value, error) {
	f, err := vm.pushMacro(m, a)
	if err != nil {
		return Value{}, err
	}
	return vm.returned(f, markup)
}

// returned runs the frame just pushed and gives its output back as a value.
func (vm *vm) returned(f *frame, markup bool) (Value, error) {
	f.then, f.ret, f.markup = thenReturn, -1, markup
	vm.enterText(f)
	if err := vm.nested(); err != nil {
		return Value{}, err
	}
	v := vm.returnedValue
	vm.returnedValue = Value{}
	return v, nil
}

// enterBlock calls super, super.super or self.name from compiled code.
func (vm *vm) enterBlock(f *frame, in *instr, b *blockRef, a arguments) (bool, error) {
	if len(a.pos)+len(a.names) > 0 {
		kwargs := make([]Kwarg, len(a.names))
		for i, name := range a.names {
			kwargs[i].Name = name
		}
		return false, b.check(a.pos, kwargs)
	}
	return vm.enterStack(f, in, b.ctx, b.stack[b.depth])
}

func (vm *vm) enterStack(f *frame, in *instr, ctx *renderContext, fn *function) (bool, error) {
	markup := ctx.eval.autoescape
	g, err := vm.push(fn, ctx, nil)
	if err != nil {
		return false, err
	}
	if in.a < 0 && !streams(in, markup) {
		v, err := vm.returned(g, markup)
		if err != nil {
			return false, err
		}
		return false, vm.result(f, in, v)
	}
	vm.expect(f, g, in, markup)
	return true, nil
}

// callBlock runs a block for Go code.
func (vm *vm) callBlock(b *blockRef) (Value, error) {
	f, err := vm.push(b.stack[b.depth], b.ctx, nil)
	if err != nil {
		return Value{}, err
	}
	return vm.returned(f, b.ctx.eval.autoescape)
}

// super calls super() for opSuperCall.
func (vm *vm) super(f *frame, in *instr) (bool, error) {
	stack := f.ctx.blocks.stacks[f.fn.name]
	i := level(stack, f.fn.origin())
	if i+1 >= len(stack) {
		return false, value.UndefinedError(superOf(f.ctx, f.fn.name, stack, i))
	}
	return vm.enterStack(f, in, f.ctx, stack[i+1])
}

// level returns the place of a block's function in its chain.
func level(stack []*function, fn *function) int {
	for i := range stack {
		if stack[i] == fn {
			return i
		}
	}
	return len(stack)
}

// enterLoop calls loop(…) of a recursive loop that is used as a value.
func (vm *vm) enterLoop(f *frame, in *instr, ls *loopState, a arguments) error {
	if err := ls.checkCall(a.pos, len(a.names)); err != nil {
		return err
	}
	v, err := vm.callLoop(ls, a.pos[0])
	if err != nil {
		return err
	}
	return vm.result(f, in, v)
}

// callLoop runs a recursive loop's body over more items and returns what it printed.
func (vm *vm) callLoop(ls *loopState, items Value) (Value, error) {
	f, err := vm.push(ls.recurse, ls.ctx, ls.env)
	if err != nil {
		return Value{}, err
	}
	f.source, f.level, f.child = items, ls.depth0+1, ls.child
	return vm.returned(f, ls.ctx.eval.autoescape)
}

// recurse starts a recursive loop, or calls it again from its own body.
func (vm *vm) recurse(f *frame, in *instr) error {
	items := *arg(f.fn, f.regs, in.b)
	fn, outer, level := f.fn.origin(), f.outer, f.level+1
	if in.c >= 0 {
		fn, outer, level = f.fn.functions[in.c], nil, 0
		if fn.readsOuter {
			outer = vm.environment(f)
		}
	}
	g, err := vm.push(fn, f.ctx, outer)
	if err != nil {
		return err
	}
	g.source, g.level, g.child = items, level, f.child
	vm.expect(f, g, in, f.escapes(in.x))
	return nil
}

// block runs a block where it stands.
func (vm *vm) block(f *frame, s *site) error {
	stack := f.ctx.blocks.find(s)
	if s.required && len(stack) <= 1 {
		return value.Errorf(KindRuntime, "Required block %s not found", pyRepr(s.name))
	}
	ctx := f.ctx
	if s.scoped {
		ctx = vm.derive(f, f.fn.locals[s.locals])
	}
	g, err := vm.push(stack[0], ctx, nil)
	if err != nil {
		return err
	}
	g.owns = s.scoped
	vm.enterPlace(f, g)
	return nil
}

// leave ends a function: its output stays, or goes where the caller wants it.
func (vm *vm) leave(f *frame) error {
	then, ret, mark, markup := f.then, f.ret, f.mark, f.markup
	var v Value
	var err error
	switch then {
	case thenReturn:
		v, err = vm.take(mark, markup)
	case thenModule:
		v, err = vm.newModule(f)
	}
	if err != nil {
		return err
	}
	vm.pop()
	if then != thenPrint {
		vm.track = f.saved
	}
	switch {
	case then == thenPrint:
		if vm.depth > 0 {
			vm.leavePlace(vm.frames[vm.depth-1], f)
		}
	case then == thenYield:
	case ret < 0:
		vm.returnedValue = v
	default:
		vm.frames[vm.depth-1].regs[ret] = v
	}
	return nil
}

// mark returns the place where the output is now.
func (vm *vm) mark() int {
	if vm.env.cfg.Native {
		return len(vm.pieces)
	}
	return len(vm.out)
}

// take removes what was printed since mark from the output and returns it.
func (vm *vm) take(mark int, markup bool) (Value, error) {
	if vm.env.cfg.Native {
		v, err := nativeConcat(&vm.meter, vm.pieces[mark:])
		vm.drop(mark)
		if !markup || err != nil || v.Kind() == value.KindMarkup {
			return v, err
		}
		s, err := value.ToStr(&vm.meter, v)
		return value.Markup(s), err
	}
	s, err := vm.text(mark)
	return str(s, markup), err
}

// drop removes what was printed since mark.
func (vm *vm) drop(mark int) {
	if vm.env.cfg.Native {
		clear(vm.pieces[mark:])
		vm.pieces = vm.pieces[:mark]
		return
	}
	vm.out = vm.out[:mark]
}

// capture notes where output that is kept back began.
func (vm *vm) capture(f *frame, in *instr) Value {
	here := value.Int(int64(vm.mark())<<trackBits | int64(len(vm.tracks)))
	if f.fn.places == nil {
		return here
	}
	began := track{*f.fn.placeAt(f.pc - 1).context, len(vm.out), f.tracked}
	if f.tracked {
		began.context = vm.here()
	}
	vm.tracks = append(vm.tracks, began)
	if f.tracked && in.x == 0 {
		vm.track.context = escape.Context{}
	}
	return here
}

// trackBits is the room for the number of captures that can be open, one in the other.
const trackBits = 24

// captured goes back to where a capture began, of which here is what capture returned, and returns its mark.
func (vm *vm) captured(f *frame, here Value) (mark int) {
	n := int(here.AsInt() & (1<<trackBits - 1))
	if n < len(vm.tracks) {
		if f.tracked || vm.tracks[n].tracked {
			vm.track = vm.tracks[n]
			f.tracks() // what was kept back may have been in places as assumed, which says nothing of those around it
		}
		vm.tracks = vm.tracks[:n]
	}
	return int(here.AsInt() >> trackBits)
}
