package jinja

import (
	"github.com/retort-go/retort/jinja/internal/value"
)

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
	reg    int32       // written by it, or the loop
	pc     int32       // the first of the instructions it stands for
	next   int32       // the instruction behind them
	to     int32       // where it jumps: the number of a phrase, or ^pc of an instruction
	text   *value.Text // printed first, unless it is nil
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
	phraseResolve                     // reg ← the name of idents[x]
	phraseJump                        // jump
	phraseJumpTruth                   // jump if the truth of from is x
	phraseJumpCompare                 // jump unless from, comparison x, args[0]
	phraseJumpDefined                 // jump unless reg is missing
	phraseEnter                       // reg ← first item of loop x, or jump
	phraseNext                        // reg ← next item of loop x and jump, or leave the loop
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
	i           int32       // the register, or the loop
	attr, inner *value.Attr // of the register's value, and of that again
	values      []Value     // the constant, or those that a loop cycles through
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
		return o.values[0], true
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
		return o.values[ls.index0%len(o.values)], true
	}
	return value.Bool(ls.plain && ls.last()), ls.plain
}

// entered is what phrases returns when a frame has been pushed.
const entered = -1

// phrases does phrases from i on. It returns the instruction to go on with.
func (vm *vm) phrases(f *frame, out []byte, list []phrase, i int) ([]byte, int, error) {
	for {
		p := &list[i]
		i++
		start := len(out)
		if p.text != nil {
			out = p.text.Append(out)
		}
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
			v, ok := vm.operand(f, &p.from)
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
				if fn.Unsafe || !vm.arguments(f, p) {
					break
				}
				vm.out = out
				err := vm.callPhrase(f, p, fn)
				if out = vm.out; err != nil {
					return out, 0, err
				}
				continue
			}
			if m := (*macro)(value.ObjectLike(callee, likeMacro)); m != nil && p.site.plain {
				vm.out = out
				if ok, err := vm.macroPhrase(f, p, m); ok || err != nil {
					return vm.out, entered, err
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
	if o.in == inAttr {
		if truth, ok = o.attr.FieldTruth(&f.regs[o.i]); ok {
			return truth, true
		}
	}
	v, ok := vm.operand(f, o)
	if !ok {
		return false, false
	}
	switch v.Kind() {
	case value.KindBool:
		return v.AsBool(), true
	case value.KindNone:
		return false, true
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

// arguments begins the call of a Go function; false if an argument is not simple.
func (vm *vm) arguments(f *frame, p *phrase) bool {
	b := vm.beginCall(f)
	if len(p.args) > len(b.values) {
		b.values = make([]Value, 2*len(p.args))
	}
	n := p.site.args
	for i := range p.args[:n] {
		v, ok := vm.operand(f, &p.args[i])
		if !ok {
			vm.endCall()
			return false
		}
		b.values[i] = v
	}
	b.call.Args, b.call.Kwargs = b.values[:n], nil
	if len(p.site.kwargs) == 0 {
		return true
	}
	b.kwargs = b.kwargs[:0]
	for i, name := range p.site.kwargs {
		v, ok := vm.operand(f, &p.args[n+i])
		if !ok {
			vm.endCall()
			return false
		}
		b.kwargs = append(b.kwargs, Kwarg{Name: name, Value: v})
	}
	b.call.Kwargs = b.kwargs
	return true
}

// callPhrase calls a Go function with the arguments just prepared, and prints what it returns.
func (vm *vm) callPhrase(f *frame, p *phrase, fn *value.Func) error {
	f.pc = int(p.next)
	c := &vm.calls[vm.ncalls-1].call
	if !fn.Own {
		value.ExposeCall(c)
	}
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

// fuse finds the phrases of a function and puts in front of the instructions of each what does it. Where a loop's body only
// prints attributes of its items there is another instruction in front, for all rounds.
func (fn *function) fuse() {
	targets := make([]bool, len(fn.code)+1)
	for _, in := range fn.code {
		if operands[in.op]&jumpC != 0 {
			targets[in.c] = true
		}
	}
	var code []instr
	moved, lines := make([]int32, len(fn.code)+1), make([]int, 0, len(fn.code))
	put := func(in instr, line int) { code, lines = append(code, in), append(lines, line) }
	run := int32(-1) // that may go on here
	for i := 0; i < len(fn.code); {
		moved[i] = int32(len(code))
		if fn.putRows(i, put) {
			run = -1
		}
		_, n := fn.phrase(i, targets)
		if n == 0 {
			put(fn.code[i], i)
			i, run = i+1, -1
			continue
		}
		if run < 0 {
			if _, more := fn.phrase(i+n, targets); n == 1 && more == 0 {
				put(fn.code[i], i) // alone it is not worth it
				i++
				continue
			}
			run = int32(len(fn.runs))
			fn.runs = append(fn.runs, nil)
		}
		put(instr{op: opPhrases, a: int32(n), b: run}, i)
		for k := range n {
			put(fn.code[i+k], i+k)
		}
		i += n
	}
	moved[len(fn.code)] = int32(len(code))
	for i := range code {
		if operands[code[i].op]&jumpC != 0 {
			code[i].c = moved[code[i].c]
		}
	}
	fn.pos, fn.at = pick(fn.pos, lines), pick(fn.at, lines)
	fn.code = code
	if fn.places == nil {
		fn.at = nil
	}
	fn.makePhrases()
}

// pick returns the items of those numbers.
func pick[T any](list []T, numbers []int) []T {
	out := make([]T, len(numbers))
	for i, n := range numbers {
		out[i] = list[n]
	}
	return out
}

// putRows puts in front of a loop's body at i what does all rounds of it, if it only prints attributes of the loop's item.
func (fn *function) putRows(i int, put func(instr, int)) bool {
	n := fn.runOfAttrs(i)
	if n == 0 {
		return false
	}
	next := fn.code[min(i+n, len(fn.code)-1)]
	if next.op != opForNext || int(next.c) != i || next.a != fn.code[i].a {
		return false
	}
	rows := &value.Rows{Tail: fn.texts[next.d], Escape: fn.code[i].x == escOn, Cost: int(next.x) + 1}
	for _, in := range fn.code[i : i+n] {
		rows.Fields = append(rows.Fields, value.FieldOut{Text: fn.texts[in.d], Attr: fn.attrs[in.b]})
	}
	fn.rows = append(fn.rows, rows)
	put(instr{op: opForRows, a: next.a, b: next.b, c: int32(len(fn.rows) - 1)}, i+n)
	return true
}

// runOfAttrs counts the instructions from i on that print attributes of the same register in the same way.
func (fn *function) runOfAttrs(i int) int {
	first, n := fn.code[i], 0
	if first.op != opOutAttr || first.a < 0 || first.x > escOn {
		return 0
	}
	for i+n < len(fn.code) && n < 1000 {
		if in := fn.code[i+n]; in.op != opOutAttr || in.a != first.a || in.x != first.x {
			break
		}
		n++
	}
	return n
}

// makePhrases makes the phrases of the function's code as it stands.
func (fn *function) makePhrases() {
	fn.runs = make([][]phrase, len(fn.runs))
	for pc := range fn.code {
		in := &fn.code[pc]
		if in.op != opPhrases {
			continue
		}
		p, n := fn.phrase(pc+1, nil)
		if n != int(in.a) {
			p = phrase{op: phraseLeave, pc: int32(pc + 1)}
		}
		in.c = int32(len(fn.runs[in.b]))
		fn.runs[in.b] = append(fn.runs[in.b], p)
	}
	for r, run := range fn.runs {
		for i := range run {
			p := &run[i]
			if to := &fn.code[p.to]; to.op == opPhrases && int(to.b) == r {
				p.to = to.c
			} else {
				p.to = ^p.to
			}
		}
		fn.runs[r] = append(run, phrase{op: phraseLeave, pc: run[len(run)-1].next})
	}
}

// phrase is the phrase that stands for the n instructions from pc on; n is 0 if there is none. Where targets tells of jumps, no
// jump leads to the midst of it.
func (fn *function) phrase(pc int, targets []bool) (p phrase, n int) {
	if pc >= len(fn.code) {
		return phrase{}, 0
	}
	m := matcher{fn: fn}
	for i := pc; i < min(len(fn.code), pc+maxPhrase); i++ {
		if i > pc && targets != nil && targets[i] {
			break
		}
		in := &fn.code[i]
		if p, ok := m.last(in, i); ok {
			p.pc, p.next = int32(pc), int32(i+1)
			if in.d != 0 {
				p.text = &fn.texts[in.d]
			}
			return p, i + 1 - pc
		}
		o, ok := m.load(in)
		if !ok || in.a < fn.temps {
			break
		}
		m.held = append(m.held, held{reg: in.a, operand: o})
	}
	m = matcher{fn: fn}
	if o, ok := m.load(&fn.code[pc]); ok {
		return phrase{op: phraseSet, reg: fn.code[pc].a, from: o, pc: int32(pc), next: int32(pc + 1)}, 1
	}
	return phrase{}, 0
}

// maxPhrase is the most instructions that a phrase stands for.
const maxPhrase = 12

// matcher follows values from the temporary registers where they are held for one use to the instruction that uses them.
type matcher struct {
	fn   *function
	held []held
	lost bool // a value would be used twice
}

type held struct {
	operand
	reg  int32
	used bool
}

// operand is where the operand of an instruction comes from.
func (m *matcher) operand(i int32) operand {
	if i < 0 {
		return operand{in: inConstant, values: m.fn.consts[^i : ^i+1]}
	}
	for k := len(m.held) - 1; k >= 0; k-- {
		if h := &m.held[k]; h.reg == i {
			m.lost = m.lost || h.used
			h.used = true
			return h.operand
		}
	}
	return operand{in: inRegister, i: i}
}

// attrOf is an attribute of what is found at o.
func attrOf(o operand, attr *value.Attr) (operand, bool) {
	switch o.in {
	case inRegister:
		o.in, o.attr = inAttr, attr
	case inAttr:
		o.in, o.inner = inInner, attr
	default:
		return o, false
	}
	return o, true
}

// load is what an instruction writes to its register, if it does nothing else.
func (m *matcher) load(in *instr) (o operand, ok bool) {
	switch in.op {
	case opMove, opLoad:
		return m.operand(in.b), true
	case opAttr:
		return attrOf(m.operand(in.b), m.fn.attrs[in.c])
	case opLoopAttr:
		o.i = in.b
		switch in.c {
		case loopIndex:
			o.in = inIndex
		case loopFirst:
			o.in = inFirst
		case loopLast:
			o.in = inLast
		default:
			return o, false
		}
		return o, true
	case opLoopCycle:
		o.in, o.i = inCycle, int32(in.x)
		for k := range in.c {
			v := m.operand(in.b + k)
			if v.in != inConstant {
				return o, false
			}
			o.values = append(o.values, v.values[0])
		}
		return o, in.c > 0
	}
	return o, false
}

// last is the phrase that ends with an instruction, if that is one which makes use of all that is held.
func (m *matcher) last(in *instr, pc int) (p phrase, ok bool) {
	fn := m.fn
	p.x = in.x
	if fn.prints(in) {
		if p.how, ok = fn.howAt(in, pc); p.how == howPlace {
			p.place = fn.placeAt(pc)
		}
	}
	switch in.op {
	case opText:
		p.op, p.text, ok = phraseText, &fn.texts[in.c], true
	case opOut:
		p.op, p.from = phraseOut, m.operand(in.a)
	case opOutAttr:
		attr := false
		p.op = phraseOut
		p.from, attr = attrOf(m.operand(in.a), fn.attrs[in.b])
		ok = ok && attr
	case opFilter:
		s := fn.sites[in.c]
		if in.a >= 0 || s.quick == nil || p.how == howPlace {
			return p, false
		}
		p.op, p.from, p.filter = phraseFilter, m.operand(s.operands[0]), s.quick
	case opCall:
		s := fn.sites[in.c]
		if in.a >= 0 || s.dynArgs || s.dynKwargs {
			return p, false
		}
		p.op, p.from, p.site = phraseCall, m.operand(in.b), s
		for _, o := range s.operands {
			p.args = append(p.args, m.operand(o))
		}
		ok = ok && p.from.in == inRegister
	case opResolve:
		p.op, p.reg, p.from.i, ok = phraseResolve, in.a, in.b, true
	case opJump:
		p.op, p.to, ok = phraseJump, in.c, true
	case opJumpTrue, opJumpFalse:
		p.op, p.x, p.to, p.from = phraseJumpTruth, uint8(count(in.op == opJumpTrue)), in.c, m.operand(in.a)
		ok = in.x != 0 || len(m.held) == 0
	case opJumpAttr:
		p.op, p.to = phraseJumpTruth, in.c
		p.from, ok = attrOf(m.operand(in.a), fn.attrs[in.b])
	case opJumpCompare:
		p.op, p.to, p.from, ok = phraseJumpCompare, in.c, m.operand(in.a), true
		p.args = []operand{m.operand(in.b)}
	case opJumpDefined:
		p.op, p.to, p.reg, ok = phraseJumpDefined, in.c, in.a, true
	case opForEnter, opForNext:
		p.op, p.to, p.reg, p.from.i, ok = phraseEnter, in.c, in.a, in.b, true
		if in.op == opForNext {
			p.op = phraseNext
		}
	default:
		return p, false
	}
	for _, h := range m.held {
		ok = ok && h.used
	}
	return p, ok && !m.lost
}

// howAt says how a printing instruction escapes; false if that is only known at run time.
func (fn *function) howAt(in *instr, pc int) (how, bool) {
	switch in.x {
	case escOff:
		return howStr, true
	case escOn:
		return howHTML, true
	case escPlace:
		if fn.placeAt(pc).plain {
			return howPlain, true
		}
		return howPlace, true
	}
	return 0, false
}
