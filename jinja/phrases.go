package jinja

import "github.com/retort-go/retort/jinja/internal/value"

// Most of a page is a few shapes over and over: text and the attribute of a variable behind it, through a filter perhaps; the
// address that a function makes of one; a part left out where a field is not set. A phrase does at once what the two to five
// instructions of such a shape do. It takes values from where they lie, without a register between, and phrases in a row run in
// a loop of their own, which is short enough for the processor to like it.
//
// A phrase knows the usual kinds of values only. The instructions it stands for stay behind it in the code: for all else, and
// for errors with their exact places, it does nothing and leaves the work to them. In front of each phrase's instructions is an
// [opPhrases] that goes on with that phrase, so that those after it are not lost to the one that gave up. Tracked frames, and
// versions of a function whose values are escaped in other ways, use the instructions as well.

// phrase is one of them.
type phrase struct {
	op     phraseOp
	x      uint8 // of the last of its instructions; what it means depends on op
	how    how
	reg    int32      // the register it writes, or the loop it begins
	pc     int32      // the first of the instructions it stands for
	next   int32      // the instruction behind them
	to     int32      // where it jumps: the number of a phrase, or ^pc of an instruction
	text   value.Text // printed first
	from   operand
	args   []operand // of a call; the right side of a comparison
	place  *place
	site   *site
	filter quick
}

type phraseOp uint8

// What phrases do.
const (
	phraseLeave       phraseOp = iota // go on with the instruction pc
	phraseText                        // nothing besides printing text
	phraseOut                         // print from
	phraseFilter                      // print from, filtered
	phraseCall                        // print what from returns when it is called with args
	phraseSet                         // reg ← from
	phraseResolve                     // reg ← the name of idents[from.i]
	phraseJump                        // jump
	phraseJumpTruth                   // jump if the truth of from is x
	phraseJumpCompare                 // jump unless from, comparison x, args[0]
	phraseJumpDefined                 // jump unless reg is missing
	phraseLoop                        // begin loop reg over from; flags x
	phraseEnter                       // reg ← first item of loop from.i
	phraseNext                        // reg ← next item of loop from.i and jump, or leave the loop
	phraseReturn
)

// how says how a phrase prints.
type how uint8

const (
	howStr   how = iota // as str
	howHTML             // escaped, unless Markup
	howPlain            // the same at a place where Markup is not simply trusted
	howPlace            // as the place says
)

// operand is where a phrase finds a value.
type operand struct {
	in          where
	i           int32       // the register, constant or loop
	attr, inner *value.Attr // of the register's value, and of that again
	cycle       *[]Value    // what the loop cycles through
}

type where uint8

const (
	inRegister where = iota
	inConstant
	inAttr
	inInner
	inIndex // loop.index
	inFirst // loop.first
	inLast  // loop.last
	inCycle // loop.cycle(…) of constants
)

// operand reads a value; false if that is not simple.
func (vm *vm) operand(f *frame, o *operand) (Value, bool) {
	switch o.in {
	case inRegister:
		v := f.regs[o.i]
		return v, !v.IsMissing()
	case inConstant:
		return f.fn.consts[o.i], true
	case inAttr:
		return o.attr.Of(&f.regs[o.i])
	case inInner:
		v, ok := o.attr.Of(&f.regs[o.i])
		if !ok {
			return v, false
		}
		return o.inner.Of(&v)
	}
	ls := vm.loops[f.loops+int(o.i)]
	switch o.in {
	case inIndex:
		return value.Int(int64(ls.index0 + 1)), true
	case inFirst:
		return value.Bool(ls.index0 == 0), true
	case inCycle:
		return (*o.cycle)[ls.index0%len(*o.cycle)], true
	}
	return value.Bool(ls.plain && ls.last()), ls.plain
}

// otherFrame is what phrases returns when a frame has been pushed or has returned.
const otherFrame = -1

// phrases does phrases from i on. It returns the instruction to go on with.
func (vm *vm) phrases(f *frame, out []byte, list []phrase, i int) ([]byte, int, error) {
	for {
		p := &list[i]
		i++
		start := len(out)
		out = p.text.Append(out)
		switch p.op {
		case phraseText:
			continue

		case phraseOut:
			v, ok := vm.operand(f, &p.from)
			if !ok {
				break
			}
			switch v.Kind() {
			case value.KindStr:
				switch s := v.AsString(); p.how {
				case howStr:
					out = append(out, s...)
				case howPlace:
					out = p.place.appendStr(out, s)
				default:
					out = value.EscapeString(out, s)
				}
				continue
			case value.KindInt:
				if p.how != howPlace {
					out = value.AppendInt(out, v.AsInt())
					continue
				}
			case value.KindMarkup:
				if p.how <= howHTML {
					out = append(out, v.AsString()...)
					continue
				}
			}

		case phraseFilter:
			var v Value
			var ok bool
			if p.from.in == inAttr { // as mostly
				v, ok = p.from.attr.Of(&f.regs[p.from.i])
			} else {
				v, ok = vm.operand(f, &p.from)
			}
			if !ok {
				break
			}
			before := len(out)
			if out, ok = p.filter(out, v, p.how != howStr); !ok {
				break
			}
			if err := vm.meter.Spend((len(out)-before)>>4 + 1); err != nil {
				f.pc, vm.out = int(p.next), out
				return out, 0, err
			}
			continue

		case phraseCall:
			callee := f.regs[p.from.i]
			if callee.Kind() == value.KindFunc {
				fn := callee.AsFunc()
				if fn.Unsafe {
					break
				}
				b := vm.beginCall(f)
				if !vm.arguments(f, p, b, fn.Own) {
					vm.endCall()
					break
				}
				vm.out = out
				err := vm.callPhrase(f, p, &b.call, fn)
				if out = vm.out; err != nil {
					return out, 0, err
				}
				continue
			}
			if m := (*macro)(value.ObjectLike(callee, likeMacro)); m != nil && p.site.plain {
				vm.out = out
				if ok, err := vm.macroPhrase(f, p, m); ok || err != nil {
					return vm.out, otherFrame, err
				}
			}

		case phraseSet:
			if v, ok := vm.operand(f, &p.from); ok {
				f.regs[p.reg] = v
				continue
			}

		case phraseResolve:
			if v := vm.resolve(f.ctx, &f.fn.idents[p.from.i]); !v.IsMissing() {
				f.regs[p.reg] = v
				continue
			}

		case phraseJump:
			if p.to < 0 {
				return out, int(^p.to), nil
			}
			i = int(p.to)
			continue

		case phraseJumpTruth:
			truth, ok := vm.truth(f, &p.from)
			if !ok {
				break
			}
			if truth == (p.x != 0) {
				if p.to < 0 {
					return out, int(^p.to), nil
				}
				i = int(p.to)
			}
			continue

		case phraseJumpCompare:
			holds, ok := vm.comparePhrase(f, p)
			if !ok {
				break
			}
			if !holds {
				if p.to < 0 {
					return out, int(^p.to), nil
				}
				i = int(p.to)
			}
			continue

		case phraseJumpDefined:
			if !f.regs[p.reg].IsMissing() {
				if p.to < 0 {
					return out, int(^p.to), nil
				}
				i = int(p.to)
			}
			continue

		case phraseLoop:
			v, ok := vm.operand(f, &p.from)
			if !ok {
				break
			}
			if err := vm.beginLoop(f, f.loops+int(p.reg), v, p.x); err != nil {
				f.pc, vm.out = int(p.next), out
				return out, 0, err
			}
			continue

		case phraseEnter:
			if ls := vm.loops[f.loops+int(p.from.i)]; ls.plain && ls.it.Into(&f.regs[p.reg]) {
				ls.index0 = 0
				continue
			}

		case phraseNext:
			ls := vm.loops[f.loops+int(p.from.i)]
			if !ls.plain {
				break
			}
			if err := vm.round(out, int(p.x)+1); err != nil {
				f.pc, vm.out = int(p.next), out
				return out, 0, err
			}
			if !ls.it.Into(&f.regs[p.reg]) {
				if err := ls.it.Err(); err != nil {
					f.pc, vm.out = int(p.next), out
					return out, 0, err
				}
				ls.it.Drop()
				continue
			}
			ls.index0++
			if p.to < 0 {
				return out, int(^p.to), nil
			}
			i = int(p.to)
			continue

		case phraseReturn:
			f.pc, vm.out = int(p.next), out
			err := vm.leave(f)
			return vm.out, otherFrame, err
		}
		return out[:start], int(p.pc), nil
	}
}

// round pays for a round of a loop.
func (vm *vm) round(out []byte, cost int) error {
	if err := vm.meter.Spend(cost); err != nil {
		return err
	}
	if vm.maxOut > 0 && len(out) > vm.maxOut {
		return vm.tooLong()
	}
	return nil
}

// truth is the truth of an operand, if that is simple.
func (vm *vm) truth(f *frame, o *operand) (truth, ok bool) {
	v, ok := vm.operand(f, o)
	if !ok {
		return false, false
	}
	switch v.Kind() {
	case value.KindBool:
		return v.AsBool(), true
	case value.KindInt:
		return v.AsInt() != 0, true
	case value.KindStr:
		return v.AsString() != "", true
	}
	truth, err := value.Truth(v)
	return truth, err == nil
}

// comparePhrase compares ints, and strings for being equal.
func (vm *vm) comparePhrase(f *frame, p *phrase) (holds, ok bool) {
	a, ok := vm.operand(f, &p.from)
	if !ok {
		return false, false
	}
	b, ok := vm.operand(f, &p.args[0])
	if !ok || a.Kind() != b.Kind() {
		return false, false
	}
	switch {
	case a.Kind() == value.KindInt:
		return compareInts(p.x, a.AsInt(), b.AsInt())
	case a.Kind() == value.KindStr && p.x == cmpEq:
		return a.AsString() == b.AsString(), true
	case a.Kind() == value.KindStr && p.x == cmpNe:
		return a.AsString() != b.AsString(), true
	}
	return false, false
}

// arguments gives a call its arguments, as any function may have them unless own is set; false if one is not simple.
func (vm *vm) arguments(f *frame, p *phrase, b *callBuffer, own bool) bool {
	n, names := p.site.args, p.site.kwargs
	if n > len(b.values) {
		b.values = make([]Value, 2*n)
	}
	if len(names) > cap(b.kwargs) {
		b.kwargs = make([]Kwarg, 2*len(names))
	}
	plain := true
	values, kwargs := b.values[:n], b.kwargs[:len(names)]
	for i := range values {
		v, ok := vm.operand(f, &p.args[i])
		if !ok {
			return false
		}
		plain = plain && vm.meter.Plain(&v)
		values[i] = v
	}
	for i := range kwargs {
		v, ok := vm.operand(f, &p.args[n+i])
		if !ok {
			return false
		}
		plain = plain && vm.meter.Plain(&v)
		kwargs[i].Name, kwargs[i].Value = names[i], v
	}
	b.call.Args, b.call.Kwargs = values, kwargs
	if !plain && !own {
		value.ExposeCall(&b.call)
	}
	return true
}

// callPhrase calls a Go function with the arguments just prepared, and prints what it returns.
func (vm *vm) callPhrase(f *frame, p *phrase, c *Call, fn *value.Func) error {
	f.pc = int(p.next)
	v, err := fn.Call(c)
	vm.endCall()
	switch {
	case err != nil:
		return err
	case v.Kind() != value.KindStr || p.how == howStr:
		return vm.result(f, &f.fn.code[p.next-1], v)
	case p.how == howPlace:
		vm.out = p.place.appendStr(vm.out, v.AsString())
	default:
		vm.out = value.EscapeString(vm.out, v.AsString())
	}
	return nil
}

// macroPhrase enters a macro; false if the call is not simple.
func (vm *vm) macroPhrase(f *frame, p *phrase, m *macro) (bool, error) {
	markup := f.ctx.eval.autoescape
	in := &f.fn.code[p.next-1]
	if !m.fn.macro.plain || len(p.args) > len(m.fn.macro.params) || !streams(in, markup) {
		return false, nil
	}
	ctx := m.ctx
	if ctx == nil {
		ctx = vm.moduleContext(m.fn.tmpl)
	}
	f.pc = int(p.next)
	g, err := vm.push(m.fn, ctx, m.outer)
	if err != nil {
		return false, err
	}
	for i := range p.args {
		v, ok := vm.operand(f, &p.args[i])
		if !ok {
			vm.pop()
			return false, nil
		}
		g.regs[i] = v
	}
	vm.expect(f, g, in, markup)
	return true, nil
}
