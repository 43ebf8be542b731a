package value

import "unsafe"

// strictError is the error of a use that only a strict undefined forbids.
func strictError(v Value) error {
	if v.Kind() == KindUndefined && v.Flavour() == FlavourStrict {
		return v.undefinedError()
	}
	return nil
}

// Iter walks over the items of one value; see [NewIterOver]. It is used on the
// stack, so that looping allocates nothing.
type Iter struct {
	v    Value
	t    *typ // element type of Go data
	i, n int
	src  Iterator
	err  error
	mode uint8
	m    *Meter
	pair *[2]Value // see Unpacked
}

// Ways to walk, chosen once per loop.
const (
	walkNone uint8 = iota
	walkItems
	walkList
	walkGo
	walkRange
	walkString
	walkBytes
	walkDict
	walkSource
)

// Over starts to walk over v as Python's iter does; it fails with its
// TypeError when v is not iterable. A nil error leaves it ready for Next.
func (it *Iter) Over(m *Meter, v Value) error {
	*it = Iter{v: v, m: m}
	switch v.Kind() {
	case KindList:
		it.mode = walkList
	case KindTuple:
		it.mode, it.n = walkItems, int(v.n)
	case KindGoSlice:
		it.mode, it.n, it.t = walkGo, int(v.n), v.typ().elem
	case KindDict, KindSet, KindView:
		it.mode, it.n = walkDict, v.AsDict().Len()
	case KindGoMap:
		keys, err := mapKeys(m, v)
		if err != nil {
			return err
		}
		it.v, it.mode, it.n = Tuple(keys), walkItems, len(keys)
	case KindRange:
		it.mode, it.n = walkRange, v.AsRange().Len()
	case KindStr, KindMarkup:
		it.mode, it.n = walkString, int(v.n)
	case KindBytes:
		it.mode, it.n = walkBytes, int(v.n)
	case KindIter:
		it.mode, it.src = walkSource, v.AsIter()
	case KindUndefined, KindMissing:
		if v.Flavour() == FlavourStrict && v.Kind() == KindUndefined {
			return v.undefinedError()
		}
	case KindObject:
		if o, ok := v.Object().(Iterable); ok {
			src, err := o.Iterate(m)
			it.mode, it.src = walkSource, src
			return err
		}
		return notIterable(v)
	case KindGoStruct, KindGoOther:
		return it.overGo(m, v)
	case KindFunc:
		if fn := v.AsFunc().seq; fn.IsValid() {
			return it.overSeq(m, fn)
		}
		return notIterable(v)
	default:
		return notIterable(v)
	}
	return nil
}

// IsIterable reports whether iter(v) succeeds. A strict undefined fails.
func IsIterable(m *Meter, v Value) (bool, error) {
	switch v.Kind() {
	case KindNone, KindBool, KindInt, KindBigInt, KindFloat, KindSlice:
		return false, nil
	case KindObject, KindGoStruct, KindGoOther, KindFunc:
		var it Iter
		err := it.Over(m, v)
		if IsClass(err, "TypeError") {
			return false, nil
		}
		return err == nil, err
	}
	return true, strictError(v)
}

func notIterable(v Value) error { return typeErrorf("'%s' object is not iterable", TypeName(v)) }

// Next returns the next item. It returns false at the end and on an error,
// which [Iter.Err] then returns.
func (it *Iter) Next() (Value, bool) {
	switch it.mode {
	case walkList:
		if l := it.v.AsList(); it.i < len(l.Items) {
			it.i++
			return l.Items[it.i-1], true
		}
		return Value{}, false
	case walkItems:
		if it.i < it.n {
			it.i++
			return it.v.AsTuple()[it.i-1], true
		}
		return Value{}, false
	case walkGo:
		if it.i < it.n {
			v := it.t.load(unsafe.Add(it.v.p, uintptr(it.i)*it.t.size))
			it.i++
			return v, true
		}
		return Value{}, false
	case walkNone:
		return Value{}, false
	}
	return it.nextOther()
}

func (it *Iter) nextOther() (Value, bool) {
	switch it.mode {
	case walkRange:
		if it.i >= it.n {
			return Value{}, false
		}
		r := it.v.AsRange()
		it.i++
		return Int(r.Start + int64(it.i-1)*r.Step), true
	case walkString:
		if it.i >= it.n {
			return Value{}, false
		}
		s := it.v.AsString()[it.i:]
		n := runeLen(s)
		it.i += n
		return Str(s[:n]), true // of a Markup too: str.__iter__ is not overridden
	case walkBytes:
		if it.i >= it.n {
			return Value{}, false
		}
		it.i++
		return Int(int64(it.v.AsBytes()[it.i-1])), true
	case walkDict:
		return it.nextKey()
	}
	if it.err != nil {
		return Value{}, false
	}
	v, ok, err := it.src.Next()
	it.err = err
	return v, ok && err == nil
}

func (it *Iter) nextKey() (Value, bool) {
	d := it.v.AsDict()
	if d.Len() != it.n {
		if it.err == nil {
			what := "dictionary"
			if it.v.Kind() == KindSet {
				what = "Set"
			}
			it.err = Errorf("RuntimeError", "%s changed size during iteration", what)
		}
		return Value{}, false
	}
	for it.i < len(d.entries) {
		e := &d.entries[it.i]
		it.i++
		if e.dead {
			continue
		}
		if it.v.Kind() != KindView {
			return e.key, true
		}
		if it.pair != nil {
			*it.pair = [2]Value{e.key, e.val}
			return Tuple(it.pair[:]), true
		}
		return it.v.viewItem(it.m, e), true
	}
	return Value{}, false
}

// Unpacked says that each item is taken apart before the next one is asked for, so that the pairs of a dict can be one.
func (it *Iter) Unpacked(m *Meter) {
	if it.mode == walkDict && it.v.Kind() == KindView && it.v.flags() == viewItems {
		it.pair = (*[2]Value)(MakeItems(m, 2))
	}
}

// Err returns the error that ended the walk early, or nil.
func (it *Iter) Err() error { return it.err }

// Len returns how many items the whole walk has, when that is known without
// walking.
func (it *Iter) Len() (int, bool) {
	switch it.mode {
	case walkNone:
		return 0, true
	case walkList:
		return len(it.v.AsList().Items), true
	case walkString:
		return runeCount(it.v.AsString()), true
	case walkSource:
		return 0, false
	}
	return it.n, true
}

// Items returns all items of v in a new slice.
func Items(m *Meter, v Value) ([]Value, error) {
	var it Iter
	if err := it.Over(m, v); err != nil {
		return nil, err
	}
	var out []Value
	if n, ok := it.Len(); ok {
		if err := m.BuildItems(n); err != nil {
			return nil, err
		}
		out = MakeItems(m, n)[:0]
	}
	paid := cap(out)
	for {
		x, ok := it.Next()
		if !ok {
			return out, it.Err()
		}
		if len(out) == paid {
			paid = max(16, 2*paid)
			if err := m.BuildItems(paid); err != nil {
				return nil, err
			}
			out = append(MakeItems(m, paid)[:0], out...)
		}
		out = append(out, x)
	}
}
