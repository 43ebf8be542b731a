package jinja

import (
	"slices"

	"github.com/retort-go/retort/jinja/internal/value"
)

// This file finds the phrases of a function; see phrase.

// fuse finds the phrases of a function and puts in front of the instructions of each what does it. Where a loop's body only
// prints attributes of its items there is another instruction in front, for all rounds.
func (fn *function) fuse() {
	targets := make([]bool, len(fn.code)+1)
	for _, in := range fn.code {
		if operands[in.op]&jumpC != 0 {
			targets[in.c] = true
		}
	}
	code := make([]instr, 0, 2*len(fn.code))
	moved, lines := make([]int32, len(fn.code)+1), make([]int, 0, 2*len(fn.code))
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
			if n == 1 && !fn.leads(i+1, targets) {
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
	fn.from, fn.at = pick(fn.from, lines), pick(fn.at, lines)
	fn.code = slices.Clone(code)
	if fn.places == nil {
		fn.at = nil
	}
	fn.makePhrases()
}

// leads reports whether a phrase begins at i.
func (fn *function) leads(i int, targets []bool) bool {
	_, n := fn.phrase(i, targets)
	return n > 0
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
			p = phrase{op: phraseLeave, text: fn.texts[0], pc: int32(pc + 1)}
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
		fn.runs[r] = slices.Clone(append(run, phrase{op: phraseLeave, text: fn.texts[0], pc: run[len(run)-1].next}))
	}
}

// phrase is the phrase that stands for the n instructions from pc on; n is 0 if there is none. Where targets tells of jumps, no
// jump leads to the midst of it.
func (fn *function) phrase(pc int, targets []bool) (p phrase, n int) {
	if pc >= len(fn.code) {
		return phrase{}, 0
	}
	m := matcher{fn: fn}
	text, first := fn.texts[0], false // of an instruction in front
	for i := pc; i < min(len(fn.code), pc+maxPhrase); i++ {
		if i > pc && targets != nil && targets[i] {
			break
		}
		in := &fn.code[i]
		if in.op == opText && i == pc {
			text, first = fn.texts[in.c], true
			continue
		}
		if p, ok := m.last(in, i); ok && (in.d == 0 || !first) {
			p.pc, p.next, p.text = int32(pc), int32(i+1), text
			if in.d != 0 {
				p.text = fn.texts[in.d]
			}
			return p, i + 1 - pc
		}
		o, ok := m.load(in)
		if !ok || in.a < fn.temps {
			break
		}
		m.held = append(m.held, held{reg: in.a, operand: o})
	}
	if first {
		return phrase{op: phraseText, text: text, pc: int32(pc), next: int32(pc + 1)}, 1
	}
	m = matcher{fn: fn}
	if o, ok := m.load(&fn.code[pc]); ok {
		return phrase{op: phraseSet, text: text, reg: fn.code[pc].a, from: o, pc: int32(pc), next: int32(pc + 1)}, 1
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
		return operand{in: inConstant, i: ^i}
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
		values := make([]Value, in.c)
		for k := range values {
			v := m.operand(in.b + int32(k))
			if v.in != inConstant {
				return o, false
			}
			values[k] = m.fn.consts[v.i]
		}
		o.cycle = &values
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
	case opReturn:
		p.op, ok = phraseReturn, true
	case opForInit:
		p.op, p.from, p.reg, ok = phraseLoop, m.operand(in.a), in.b, true
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
