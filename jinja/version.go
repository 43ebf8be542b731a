package jinja

import (
	"slices"

	"github.com/retort-go/retort/jinja/internal/escape"
)

// A function is compiled for text, where most functions print. One that is called elsewhere, such as a block in a title or a
// macro in an attribute, gets a version for that place: the same instructions with the places that follow from the other start.
// It is made at the first such call, by following the instructions as the compiler follows the source, and kept.

// version is one of a function's versions, and those made before it.
type version struct {
	start escape.Context
	fn    *function // nil if the places cannot be known beforehand
	next  *version
	count int
}

// maxVersions is how many a function may have. What is called from more different places than that is tracked.
const maxVersions = 16

// startingAt returns the version of fn that begins at a place; nil if there is none.
func (fn *function) startingAt(at *escape.Context) *function {
	fn = fn.origin()
	if (at == fn.start || *at == *fn.start) && !fn.ragged {
		return fn
	}
	all := fn.versions.Load()
	for v := all; v != nil; v = v.next {
		if v.start == *at {
			return v.fn
		}
	}
	v := &version{start: *at, next: all, count: 1}
	if all != nil {
		v.count = all.count + 1
	}
	if v.count > maxVersions {
		return nil
	}
	v.fn = fn.versionFor(*at)
	fn.versions.CompareAndSwap(all, v) // else somebody else made one, and this is made again when it is needed
	return v.fn
}

// spots are the places at one instruction: where it prints, and where the captures open there began.
type spots struct {
	known bool
	here  escape.Context
	saved []capturedAt
}

type capturedAt struct {
	mark    int32 // the register that tells the captures apart
	at      escape.Context
	inPlace bool
}

// versionFor makes the version that begins at start; nil if the places in it depend on the way through it.
func (fn *function) versionFor(start escape.Context) *function {
	w := walker{fn: fn, spots: make([]spots, len(fn.code)+1)}
	w.spots[0] = spots{known: true, here: start}
	const rounds = 8 // loops need two or three to settle
	for range rounds {
		w.changed = false
		for pc := range fn.code {
			if w.spots[pc].known && !w.step(pc) {
				return nil
			}
		}
		if !w.changed {
			return w.write()
		}
	}
	return nil
}

// walker follows the instructions of a function.
type walker struct {
	fn      *function
	spots   []spots // before each instruction
	changed bool
}

// step goes over one instruction; false if a place is not known behind it.
func (w *walker) step(pc int) bool {
	in := &w.fn.code[pc]
	s := w.spots[pc]
	s.here = w.behindText(in, s.here)
	switch {
	case w.fn.prints(in):
		_, s.here = w.fn.output(in, s.here)
	case in.op == opCapture:
		s.saved = append(s.saved[:len(s.saved):len(s.saved)], capturedAt{in.a, s.here, in.x != 0})
		if in.x == 0 {
			s.here = escape.Context{}
		}
	case in.op == opCaptured:
		c := s.saved[len(s.saved)-1]
		if _, after := c.at.Output(); c.inPlace && !reaches(s.here, after) {
			return false
		}
		s.here, s.saved = c.at, s.saved[:len(s.saved)-1]
	case in.op == opTruncate:
		i := slices.IndexFunc(s.saved, func(c capturedAt) bool { return c.mark == in.a })
		if i < 0 {
			return false
		}
		s.here, s.saved = s.saved[i].at, s.saved[:i]
	}
	if s.here.Failed() {
		return false
	}
	if operands[in.op]&jumpC != 0 && !w.reach(int(in.c), s) {
		return false
	}
	switch in.op {
	case opJump, opReturn, opRaise:
		return true
	}
	return w.reach(pc+1, s)
}

// behindText is the place behind the text that an instruction prints first.
func (w *walker) behindText(in *instr, here escape.Context) escape.Context {
	if in.op == opText {
		return escape.Advance(here, w.fn.texts[in.c].S)
	}
	return escape.Advance(here, w.fn.texts[in.d].S)
}

// reach notes that an instruction can be reached with these places.
func (w *walker) reach(pc int, s spots) bool {
	old := &w.spots[pc]
	if !old.known {
		*old = s
		w.changed = true
		return true
	}
	if !slices.Equal(old.saved, s.saved) {
		return false
	}
	if old.here == s.here {
		return true
	}
	j, ok := escape.Join(old.here, s.here)
	if ok && j != old.here {
		old.here = j
		w.changed = true
	}
	return ok
}

// write makes the version, once all places are known.
func (w *walker) write() *function {
	v := &function{body: w.fn.body}
	v.of, v.ragged = w.fn, false
	v.code = slices.Clone(w.fn.code)
	v.at = make([]uint16, len(v.code))
	v.places = slices.Clone(w.fn.places[:1])
	v.start, v.end = placePointer(w.spots[0].here), textPlace
	for pc := range v.code {
		in := &v.code[pc]
		if !w.spots[pc].known {
			continue
		}
		here := w.behindText(in, w.spots[pc].here)
		switch {
		case v.prints(in):
			e, after := v.output(in, here)
			at, ok := placeIndex(&v.places, newPlace(here, e, after))
			if !ok {
				return nil
			}
			v.at[pc], in.x = at, v.modeAt(in, e)
		case in.op == opCapture, in.op == opParent:
			e, after := here.Output()
			at, ok := placeIndex(&v.places, newPlace(here, e, after))
			if !ok {
				return nil
			}
			v.at[pc] = at
		case in.op == opReturn:
			v.end = placePointer(here)
		}
	}
	v.unfuse()
	v.makePhrases()
	return v
}

// prints reports whether an instruction prints a value, or what it calls.
func (fn *function) prints(in *instr) bool {
	switch in.op {
	case opOut, opOutAttr, opOutRaw, opBlock, opInclude:
		return true
	case opCall, opMethod, opFilter, opSuperCall, opRecurse:
		return in.a < 0
	}
	return false
}

// output says how a printing instruction escapes at a place, and which place is behind it.
func (fn *function) output(_ *instr, here escape.Context) (escape.Escaper, escape.Context) {
	return here.Output()
}

// modeAt is the escape mode of an instruction at a place with the escaper e.
func (fn *function) modeAt(in *instr, e escape.Escaper) uint8 {
	switch in.op {
	case opOutRaw, opBlock, opInclude, opRecurse:
		return in.x // they escape nothing themselves
	}
	text := e == escape.Escaper{}
	switch in.x {
	case escOn, escPlace:
		if text {
			return escOn
		}
		return escPlace
	case escVolatile, escPlaceVolatile:
		if text {
			return escVolatile
		}
		return escPlaceVolatile
	}
	return in.x
}

// unfuse drops the instructions that do all of a loop where what they stand for does not escape as it did.
func (fn *function) unfuse() {
	for pc := range fn.code {
		in := &fn.code[pc]
		if in.op != opForRows {
			continue
		}
		for i := pc + 1; fn.code[i].op != opForNext; i++ {
			if out := fn.code[i]; out.op == opOutAttr && (out.x > escOn || (out.x == escOn) != fn.rows[in.c].Escape) {
				in.op = opNop
			}
		}
	}
}
