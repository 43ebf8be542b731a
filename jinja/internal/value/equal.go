package value

import "time"

// Equal returns a == b. Only a strict undefined fails.
func Equal(m *Meter, a, b Value) (bool, error) { return Compare(m, OpEq, a, b) }

// sameOrEqual compares items as Python's containers do: identity first.
func sameOrEqual(a, b Value, w *walk) (bool, error) {
	if Same(a, b) && a.Kind() != KindUndefined && a.Kind() != KindView {
		return true, nil
	}
	return equal(a, b, w)
}

func equal(a, b Value, w *walk) (bool, error) {
	if a.Kind() == KindInt && b.Kind() == KindInt {
		return a.n == b.n, nil
	}
	if a.IsString() && b.IsString() {
		if a.n == b.n && a.n > 32 {
			return a.AsString() == b.AsString(), w.spend(int(a.n >> 5))
		}
		return a.AsString() == b.AsString(), nil
	}
	a, b = plain(a), plain(b)
	switch {
	case a.Kind() <= KindUndefined:
		if a.Flavour() == FlavourStrict {
			return false, a.undefinedError()
		}
		return b.Kind() <= KindUndefined && a.flags() == b.flags(), nil
	case b.Kind() <= KindUndefined:
		if b.Flavour() == FlavourStrict {
			return false, b.undefinedError()
		}
		return false, nil
	case a.isNumber() && b.isNumber():
		c, ordered := compareNumbers(a, b)
		return ordered && c == 0, nil
	case a.IsString() && b.IsString(), a.Kind() == KindBytes && b.Kind() == KindBytes:
		return a.AsString() == b.AsString(), nil
	case isList(a) && isList(b), a.Kind() == KindTuple && b.Kind() == KindTuple:
		return equalSequences(a, b, w)
	case isDict(a) && isDict(b):
		return equalDicts(a, b, w)
	case isSetLike(a) && isSetLike(b):
		return equalSets(a, b)
	case a.Kind() == KindView && b.Kind() == KindView:
		return false, nil // each call of values() gives another view
	case a.Kind() == KindRange && b.Kind() == KindRange:
		return *a.AsRange() == *b.AsRange() || equalRanges(a.AsRange(), b.AsRange()), nil
	case a.Kind() == KindGoStruct && b.Kind() == KindGoStruct, a.Kind() == KindGoOther && b.Kind() == KindGoOther:
		return equalGo(a, b), nil
	case a.Kind() == KindSlice && b.Kind() == KindSlice:
		x, y := a.AsSlice(), b.AsSlice()
		return equal(Tuple([]Value{x.Start, x.Stop, x.Step}), Tuple([]Value{y.Start, y.Stop, y.Step}), w)
	case a.Kind() == KindFunc && b.Kind() == KindFunc:
		return equalFuncs(a, b), nil
	}
	return Same(a, b), nil
}

func equalFuncs(a, b Value) bool {
	f, g := a.AsFunc(), b.AsFunc()
	return f == g || f.Name == g.Name && !f.Self.IsMissing() && Same(f.Self, g.Self)
}

func equalRanges(a, b *RangeOf) bool {
	n := a.Len()
	return n == b.Len() && (n == 0 || a.Start == b.Start && (n == 1 || a.Step == b.Step))
}

func equalSequences(a, b Value, w *walk) (bool, error) {
	if err := w.enter("in comparison"); err != nil {
		return false, err
	}
	defer w.leave()
	x, y := sequenceOf(a), sequenceOf(b)
	if x.len() != y.len() {
		return false, nil
	}
	for i := range x.len() {
		if err := w.spend(1); err != nil {
			return false, err
		}
		if eq, err := sameOrEqual(x.at(i), y.at(i), w); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

func isDict(v Value) bool { return v.Kind() == KindDict || v.Kind() == KindGoMap }

// lookup returns v[key] of a dict or Go map.
func lookup(v, key Value) (Value, bool, error) {
	if v.Kind() == KindGoMap {
		x, ok := mapGet(v, key)
		return x, ok, nil
	}
	return v.AsDict().Get(key)
}

func equalDicts(a, b Value, w *walk) (bool, error) {
	if err := w.enter("in comparison"); err != nil {
		return false, err
	}
	defer w.leave()
	if a.Kind() == KindGoMap {
		a, b = b, a
	}
	n, _ := Len(a)
	if k, _ := Len(b); n != k {
		return false, nil
	}
	if a.Kind() == KindGoMap {
		d, err := mapDict(NewMeter(nil, Limits{}), a)
		if err != nil {
			return false, err
		}
		a = FromDict(d)
	}
	for key, x := range a.AsDict().All() {
		if err := w.spend(1); err != nil {
			return false, err
		}
		y, ok, err := lookup(b, key)
		if !ok || err != nil {
			return false, err
		}
		if eq, err := sameOrEqual(x, y, w); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

// equalGo: structs reached through pointers are equal when they are the same,
// others when their content is.
func equalGo(a, b Value) bool {
	if a.typeID() != b.typeID() {
		return false
	}
	if a.p == b.p {
		return true
	}
	if a.Kind() == KindGoStruct && a.flags()&goPointer != 0 && b.flags()&goPointer != 0 {
		return false
	}
	if a.typ().rt == timeType {
		return (*time.Time)(a.p).Equal(*(*time.Time)(b.p))
	}
	x, y := a.reflect(), b.reflect()
	return x.Comparable() && y.Comparable() && x.Equal(y)
}
