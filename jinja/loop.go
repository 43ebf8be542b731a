package jinja

import (
	"fmt"

	"github.com/retort-go/retort/jinja/internal/value"
)

// loopState is one running loop, and the object "loop" if the template uses it as a value. What the template does not ask for is
// not computed: the length, the item before, the item after.
type loopState struct {
	it     value.Iter
	vm     *vm
	src    Value
	index0 int

	before, current, after Value // after is missing unless one was read ahead
	ended                  bool  // reading ahead found the end
	track                  bool  // keep before
	sized                  bool  // the source knows its length at no cost
	plain                  bool  // items come straight from the source
	object                 bool  // a Value refers to it, so that it is not used again
	size                   int   // -1 until asked for
	rest                   []Value
	changed                []Value
	asked                  bool // changed has been called

	filter *function // of {% for … if … %}, when items may be read ahead
	outer  *env      // of filter

	recurse *function // of a recursive loop
	env     *env      // of recurse
	ctx     *renderContext
	depth0  int
	child   bool // see frame
}

// Flags of opForInit.
const (
	loopTracks    = 1 << iota // loop.previtem is used
	loopIsObject              // loop is used as a value
	loopRecursive             // it can call itself
	loopAhead                 // items may be read ahead, if their number is not known
	loopPeeks                 // loop.nextitem is used
	loopUnpacks               // items are taken apart at once, and nobody asks for them as they were
)

// beginLoop starts to loop over v.
func (vm *vm) beginLoop(f *frame, i int, v Value, flags uint8) error {
	ls := vm.loops[i]
	if isObject := flags&loopIsObject != 0; isObject || ls == nil || ls.object {
		if ls = new(loopState); isObject {
			ls = vm.loopObjects.get()
		}
		vm.loops[i] = ls
	}
	ls.index0, ls.size, ls.sized, ls.asked = -1, -1, false, false
	ls.track = flags&(loopTracks|loopIsObject) != 0
	ls.object = flags&loopIsObject != 0
	ls.depth0 = 0
	if ls.object {
		ls.vm, ls.src = vm, v
		f.ctx.held = true
		ls.ctx = f.ctx
	}
	if flags&loopRecursive != 0 {
		ls.recurse, ls.env, ls.ctx, ls.child, ls.depth0 = f.fn.origin(), f.outer, f.ctx, f.child, f.level
	}
	if err := ls.it.Over(&vm.meter, v); err != nil {
		return err
	}
	if flags&loopUnpacks != 0 {
		ls.it.Unpacked(&vm.meter)
	}
	if _, ok := ls.it.Len(); ok {
		ls.sized = !v.IsString()
	}
	ls.plain = flags&(loopTracks|loopIsObject|loopRecursive|loopPeeks) == 0 && (ls.sized || flags&loopAhead == 0)
	return nil
}

// endLoop forgets a loop.
func (vm *vm) endLoop(i int) {
	ls := vm.loops[i]
	switch {
	case ls == nil:
	case ls.object:
		vm.loops[i] = nil
	case ls.plain:
		ls.it.Drop()
	default:
		clear(ls.rest)
		clear(ls.changed)
		*ls = loopState{rest: ls.rest[:0], changed: ls.changed[:0]}
	}
}

// next returns the next item; false at the end or on an error, which it.Err returns.
func (ls *loopState) next() (Value, bool, error) {
	var v Value
	if !ls.after.IsMissing() {
		v, ls.after = ls.after, Value{}
	} else {
		var ok bool
		var err error
		if v, ok, err = ls.pull(); !ok {
			return v, false, err
		}
	}
	ls.index0++
	if ls.track {
		ls.before, ls.current = ls.current, v
	}
	return v, true, nil
}

// pull takes an item from the source, through the filter.
func (ls *loopState) pull() (Value, bool, error) {
	if ls.ended {
		return Value{}, false, nil
	}
	for {
		v, ok := ls.it.Next()
		if !ok {
			return v, false, ls.it.Err()
		}
		if ls.filter == nil {
			return v, true, nil
		}
		if keep, err := ls.vm.filterItem(ls, v); keep || err != nil {
			v, ls.vm.yieldedItem = ls.vm.yieldedItem, Value{}
			return v, err == nil, err
		}
	}
}

// filterItem runs the condition of a filtered loop on an item.
func (vm *vm) filterItem(ls *loopState, v Value) (bool, error) {
	f, err := vm.push(ls.filter, vm.frames[vm.depth-1].ctx, ls.outer)
	if err != nil {
		return false, err
	}
	f.then, f.source = thenYield, v
	f.saved = vm.track
	err = vm.nested()
	return vm.yielded, err
}

// peek reads one item ahead; false if there is none.
func (ls *loopState) peek() (bool, error) {
	if !ls.after.IsMissing() {
		return true, nil
	}
	v, ok, err := ls.pull()
	if ok {
		ls.after = v
	}
	return ok, err
}

// length is the number of items. Where the source does not know it, the rest is read.
func (ls *loopState) length(vm *vm) (int, error) {
	if ls.size >= 0 {
		return ls.size, nil
	}
	if ls.filter == nil {
		if n, ok := ls.it.Len(); ok {
			ls.size = n
			return n, nil
		}
	}
	ls.rest = ls.rest[:0]
	for {
		v, ok, err := ls.pull()
		if err != nil {
			return 0, err
		}
		if !ok {
			break
		}
		if err := vm.meter.BuildItems(1); err != nil {
			return 0, err
		}
		ls.rest = append(ls.rest, v)
	}
	ls.size = len(ls.rest) + ls.index0 + 1
	if !ls.after.IsMissing() {
		ls.size++
	}
	ls.filter, ls.sized = nil, false // the iterator has only the rest
	return ls.size, ls.it.Over(&vm.meter, value.FromList(&value.List{Items: ls.rest}))
}

// The attributes of a loop.
const (
	loopIndex int32 = iota
	loopIndex0
	loopRevindex
	loopRevindex0
	loopFirst
	loopLast
	loopLength
	loopDepth
	loopDepth0
	loopPrevitem
	loopNextitem
)

var loopAttrs = map[string]int32{
	"index": loopIndex, "index0": loopIndex0, "revindex": loopRevindex, "revindex0": loopRevindex0,
	"first": loopFirst, "last": loopLast, "length": loopLength, "depth": loopDepth, "depth0": loopDepth0,
	"previtem": loopPrevitem, "nextitem": loopNextitem,
}

var (
	noPrevious = &value.Undef{Hint: "there is no previous item"}
	noNext     = &value.Undef{Hint: "there is no next item"}
)

func (ls *loopState) attr(vm *vm, which int32) (Value, error) {
	switch which {
	case loopIndex:
		return value.Int(int64(ls.index0 + 1)), nil
	case loopIndex0:
		return value.Int(int64(ls.index0)), nil
	case loopFirst:
		return value.Bool(ls.index0 == 0), nil
	case loopDepth:
		return value.Int(int64(ls.depth0 + 1)), nil
	case loopDepth0:
		return value.Int(int64(ls.depth0)), nil
	case loopPrevitem:
		if ls.index0 == 0 {
			return value.Undefined(noPrevious, vm.meter.Undefined), nil
		}
		return ls.before, nil
	case loopLast:
		if ls.sized && ls.filter == nil && ls.after.IsMissing() {
			return value.Bool(ls.last()), nil
		}
		more, err := ls.peek()
		return value.Bool(!more), err
	case loopNextitem:
		more, err := ls.peek()
		if !more || err != nil {
			return value.Undefined(noNext, vm.meter.Undefined), err
		}
		return ls.after, nil
	}
	n, err := ls.length(vm)
	switch which {
	case loopRevindex:
		n -= ls.index0
	case loopRevindex0:
		n -= ls.index0 + 1
	}
	return value.Int(int64(n)), err
}

// last reports whether the item is the last of a source that knows its length.
func (ls *loopState) last() bool {
	n, _ := ls.it.Len()
	return ls.index0+1 >= n
}

// cycle returns one of the arguments by the loop's index.
func (ls *loopState) cycle(args []Value) (Value, error) {
	if len(args) == 0 {
		return Value{}, value.Errorf("TypeError", "no items for cycling given")
	}
	return args[ls.index0%len(args)], nil
}

// hasChanged reports whether the arguments differ from those of the last call.
func (ls *loopState) hasChanged(vm *vm, args []Value) (Value, error) {
	same := ls.asked && len(args) == len(ls.changed)
	for i := 0; same && i < len(args); i++ {
		var err error
		if same, err = value.Equal(&vm.meter, args[i], ls.changed[i]); err != nil {
			return Value{}, err
		}
	}
	if !same {
		ls.asked = true
		ls.changed = append(ls.changed[:0], args...)
	}
	return value.Bool(!same), nil
}

func (ls *loopState) PythonType() string { return "jinja2.runtime.LoopContext" }

// Attr serves loops that are used as values; compiled code reads the usual attributes directly.
func (ls *loopState) Attr(name string) (Value, bool) {
	switch name {
	case "cycle":
		return value.FromFunc("cycle", func(c *Call) (Value, error) { return ls.cycle(c.Args) }), true
	case "changed":
		return value.FromFunc("changed", func(c *Call) (Value, error) { return ls.hasChanged(ls.vm, c.Args) }), true
	}
	which, ok := loopAttrs[name]
	if !ok {
		return Value{}, false
	}
	v, err := ls.attr(ls.vm, which)
	if err != nil {
		return value.Undefined(&value.Undef{Hint: errorMessage(err)}, value.FlavourStrict), true
	}
	return v, true
}

// Call renders a recursive loop's body over more items.
func (ls *loopState) Call(c *Call) (Value, error) {
	if err := ls.checkCall(c.Args, len(c.Kwargs)); err != nil {
		return Value{}, err
	}
	return ls.vm.callLoop(ls, c.Args[0])
}

func (ls *loopState) checkCall(args []Value, kwargs int) error {
	if ls.recurse == nil {
		return value.Errorf("TypeError", "The loop must have the 'recursive' marker to be called recursively.")
	}
	if len(args)+kwargs == 0 {
		return value.Errorf("TypeError", "LoopContext.__call__() missing 1 required positional argument: 'iterable'")
	}
	if len(args) != 1 || kwargs > 0 {
		return value.Errorf("TypeError", "LoopContext.__call__() takes 2 positional arguments but %d were given", len(args)+kwargs+1)
	}
	return nil
}

func (ls *loopState) Len() int {
	n, err := ls.length(ls.vm)
	if err != nil {
		return 0
	}
	return n
}

func (ls *loopState) AppendStr(_ *Meter, dst []byte) ([]byte, error) {
	out := ls.vm.out
	ls.vm.out = dst // what the loop's condition prints must not go over what has been printed of this value
	n, err := ls.length(ls.vm)
	dst, ls.vm.out = ls.vm.out, out
	return fmt.Appendf(dst, "<LoopContext %d/%d>", ls.index0+1, n), err
}
