package value

// isSetLike: sets and the views of keys and items compare as sets.
func isSetLike(v Value) bool {
	return v.Kind() == KindSet || v.Kind() == KindView && v.flags() != viewValues
}

func equalSets(a, b Value) (bool, error) {
	if a.AsDict().Len() != b.AsDict().Len() {
		return false, nil
	}
	return contains(a, b)
}

// contains reports whether all members of b are in a.
func contains(a, b Value) (bool, error) {
	d := b.AsDict()
	for i := range d.entries {
		if d.entries[i].dead {
			continue
		}
		x := d.entries[i].key
		if b.Kind() == KindView {
			x = b.viewItem(nil, &d.entries[i])
		}
		if ok, err := inDict(x, a); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func compareSets(op Op, a, b Value) (bool, error) {
	if op == OpGt || op == OpGe {
		a, b = b, a
	}
	if (op == OpLt || op == OpGt) && a.AsDict().Len() >= b.AsDict().Len() {
		return false, nil
	}
	return contains(b, a)
}

func isSetView(v Value) bool { return v.Kind() == KindView && v.flags() != viewValues }

// subtractSets returns the members of a that are not in b. With a view on
// either side the other may be anything iterable.
func subtractSets(m *Meter, a, b Value) (Value, error) {
	x, err := Items(m, a)
	if err != nil {
		return Value{}, err
	}
	y, err := Items(m, b)
	if err != nil {
		return Value{}, err
	}
	out := NewDict(len(x))
	for _, v := range x {
		if err := out.Set(v, None()); err != nil {
			return Value{}, err
		}
	}
	for _, v := range y {
		if _, _, err := out.Delete(v); err != nil {
			return Value{}, err
		}
	}
	return FromSet(out), nil
}
