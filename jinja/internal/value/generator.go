package value

import "unsafe"

// Iterator yields values one by one, once. Next returns false at the end.
type Iterator interface {
	Next() (v Value, ok bool, err error)
}

// IteratorFunc is an Iterator made of its Next.
type IteratorFunc func() (Value, bool, error)

// Next calls f.
func (f IteratorFunc) Next() (Value, bool, error) { return f() }

// Generator is the storage of a one-shot iterator value.
type Generator struct {
	src  Iterator
	name string // Python's class name: generator, list_reverseiterator …
	fn   string // of a generator, the function it came from
	done bool
}

// NewIter returns an iterator value over src; name is the Python class it
// shows ("generator" in most cases).
func NewIter(name string, src Iterator) Value {
	return Value{p: unsafe.Pointer(&Generator{src: src, name: name}), t: tag(KindIter)}
}

// FromIter returns the iterator value stored in g.
func FromIter(g *Generator) Value { return Value{p: unsafe.Pointer(g), t: tag(KindIter)} }

// Reversed returns Python's reversed(v), in its words when v cannot be walked
// backwards.
func Reversed(m *Meter, v Value) (*Generator, error) {
	name := ""
	switch v.Kind() {
	case KindList, KindGoSlice:
		name = "list_reverseiterator"
	case KindTuple, KindStr, KindMarkup, KindBytes:
		name = "reversed"
	case KindRange:
		name = "range_iterator"
	case KindDict, KindGoMap, KindView:
		items, err := Items(m, v)
		if err != nil {
			return nil, err
		}
		name = "dict_reversekeyiterator"
		if v.Kind() == KindView && v.flags() != viewKeys {
			name = map[uint8]string{viewValues: "dict_reversevalueiterator", viewItems: "dict_reverseitemiterator"}[v.flags()]
		}
		v = Tuple(items)
	case KindUndefined, KindMissing:
		if err := strictError(v); err != nil {
			return nil, err
		}
		v, name = Tuple(nil), "reversed"
	default:
		return nil, typeErrorf("'%s' object is not reversible", TypeName(v))
	}
	n, err := Len(v)
	if err != nil {
		return nil, err
	}
	return makeIter(m, name, "", makeReversal(m, v, n)), nil
}

// reversal walks over the first n items of v, backwards.
type reversal struct {
	m *Meter
	v Value
	n int
}

func (r *reversal) Next() (Value, bool, error) {
	if r.n--; r.n < 0 {
		return Value{}, false, nil
	}
	x, ok := itemAt(r.v, int64(r.n))
	return x, ok, r.m.Spend(1)
}

// Next returns the next item; after the end or an error there are no more.
func (g *Generator) Next() (Value, bool, error) {
	if g.done {
		return Value{}, false, nil
	}
	v, ok, err := g.src.Next()
	if !ok || err != nil {
		g.done = true
	}
	return v, ok && err == nil, err
}
