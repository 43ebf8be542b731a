package value

import (
	"math"
	"strings"
)

// In returns needle in container.
func In(m *Meter, needle, container Value) (bool, error) {
	switch container.Kind() {
	case KindStr, KindMarkup:
		return inString(m, needle, container)
	case KindDict, KindSet, KindView:
		return inDict(needle, container)
	case KindGoMap:
		_, ok := mapGet(container, needle)
		return ok, nil
	case KindRange:
		if i, ok := plainInt(needle); ok {
			r := container.AsRange()
			return r.contains(i), nil
		}
	case KindBytes:
		return inBytes(needle, container)
	case KindObject:
		if o, ok := container.Object().(Indexer); ok {
			_, in := o.Item(needle)
			return in, nil
		}
	}
	var it Iter
	if err := it.Over(m, container); err != nil {
		if IsClass(err, "TypeError") {
			return false, typeErrorf("argument of type '%s' is not iterable", TypeName(container))
		}
		return false, err
	}
	for {
		x, ok := it.Next()
		if !ok {
			return false, it.Err()
		}
		if err := m.Spend(1); err != nil {
			return false, err
		}
		if eq, err := sameOrEqual(x, needle, &walk{m: m}); eq || err != nil {
			return eq, err
		}
	}
}

// plainInt returns the int that v equals, if any fits.
func plainInt(v Value) (int64, bool) {
	v = plain(v)
	switch v.Kind() {
	case KindInt, KindBool:
		return v.AsInt(), true
	case KindFloat:
		f := v.AsFloat()
		return int64(f), f == math.Trunc(f) && math.Abs(f) < 1<<63
	}
	return 0, false
}

func (r *RangeOf) contains(i int64) bool {
	if r.Step > 0 {
		return i >= r.Start && i < r.Stop && (uint64(i)-uint64(r.Start))%uint64(r.Step) == 0
	}
	return i <= r.Start && i > r.Stop && (uint64(r.Start)-uint64(i))%-uint64(r.Step) == 0
}

func inString(m *Meter, needle, s Value) (bool, error) {
	needle = plain(needle)
	if !needle.IsString() {
		if needle.Kind() == KindUndefined && needle.Flavour() == FlavourStrict {
			return false, typeErrorf("'in <string>' requires string as left operand, not StrictUndefined")
		}
		return false, typeErrorf("'in <string>' requires string as left operand, not %s", TypeName(needle))
	}
	if err := m.Spend(int(s.n >> 6)); err != nil {
		return false, err
	}
	return strings.Contains(s.AsString(), needle.AsString()), nil
}

func inBytes(needle, b Value) (bool, error) {
	switch needle.Kind() {
	case KindBytes:
		return strings.Contains(b.AsString(), needle.AsString()), nil
	case KindInt, KindBool, KindBigInt:
		i, _ := Index(needle)
		if i < 0 || i > 255 {
			return false, valueErrorf("byte must be in range(0, 256)")
		}
		return strings.IndexByte(b.AsString(), byte(i)) >= 0, nil
	}
	return false, typeErrorf("a bytes-like object is required, not '%s'", TypeName(needle))
}

func inDict(needle, v Value) (bool, error) {
	d := v.AsDict()
	if v.Kind() == KindView && v.flags() != viewKeys {
		for i := range d.entries {
			if d.entries[i].dead {
				continue
			}
			if eq, err := sameOrEqual(v.viewItem(nil, &d.entries[i]), needle, &walk{}); eq || err != nil {
				return eq, err
			}
		}
		return false, nil
	}
	_, ok, err := d.Get(needle)
	return ok, err
}
