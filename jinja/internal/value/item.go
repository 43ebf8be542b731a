package value

import "unsafe"

// goElem returns item i of a Go slice or array.
func goElem(v Value, i int) Value {
	t := v.typ().elem
	return t.load(unsafe.Add(v.p, uintptr(i)*t.size))
}

// item returns v[key], not ok when Python would raise a TypeError or
// LookupError, which Jinja turns into undefined.
func item(m *Meter, v, key Value) (Value, bool, error) {
	switch v.Kind() {
	case KindDict:
		x, ok, err := v.AsDict().Get(key)
		if err != nil {
			if key.IsUndefined() {
				return Value{}, false, err
			}
			return Value{}, false, nil // unhashable
		}
		return x, ok, nil
	case KindGoMap:
		x, ok := mapGet(v, key)
		return x, ok, nil
	case KindList, KindTuple, KindGoSlice, KindStr, KindMarkup, KindRange, KindBytes:
		i, ok := Index(key)
		if !ok {
			return Value{}, false, nil
		}
		x, ok := itemAt(v, i)
		return x, ok, nil
	case KindObject:
		if o, ok := v.Object().(Indexer); ok {
			x, ok := o.Item(Expose(m, key))
			return x, ok, nil
		}
	}
	return Value{}, false, nil
}

// itemAt returns item i of a sequence, counted from the end when negative.
func itemAt(v Value, i int64) (Value, bool) {
	if v.IsString() {
		return charAt(v, i)
	}
	n, _ := Len(v)
	if i < 0 {
		i += int64(n)
	}
	if i < 0 || i >= int64(n) {
		return Value{}, false
	}
	switch v.Kind() {
	case KindList:
		return v.AsList().Items[i], true
	case KindTuple:
		return v.AsTuple()[i], true
	case KindGoSlice:
		return goElem(v, int(i)), true
	case KindRange:
		r := v.AsRange()
		return Int(r.Start + i*r.Step), true
	}
	return Int(int64(v.AsBytes()[i])), true
}

func charAt(v Value, i int64) (Value, bool) {
	s := v.AsString()
	n := runeCount(s)
	if i < 0 {
		i += int64(n)
	}
	if i < 0 || i >= int64(n) {
		return Value{}, false
	}
	at := int(i)
	if n != len(s) {
		at = runeOffset(s, at)
	}
	return Substring(v, at, at+runeLen(s[at:])), true
}

// Substring returns v's bytes from a to b as the same kind of string, sharing
// its memory.
func Substring(v Value, a, b int) Value {
	s := v.AsString()[a:b]
	return Value{p: unsafe.Pointer(unsafe.StringData(s)), n: uint64(len(s)), t: tag(v.Kind())}
}

// indices turns a slice's bounds into numbers for a sequence of n items, as
// Python's slice.indices. It is not ok when a bound is no int.
func (s *SliceOf) indices(n int) (start, stop, step int, ok bool, err error) {
	step = 1
	if !s.Step.IsNone() {
		i, isInt := Index(s.Step)
		if !isInt {
			return 0, 0, 0, false, nil
		}
		if i == 0 {
			return 0, 0, 0, false, valueErrorf("slice step cannot be zero")
		}
		step = int(max(i, -1<<62))
	}
	low, high := 0, n
	if step < 0 {
		low, high = -1, n-1
	}
	bound := func(v Value, absent int) (int, bool) {
		if v.IsNone() {
			return absent, true
		}
		i, isInt := Index(v)
		if i < 0 {
			if i += int64(n); i < int64(low) {
				i = int64(low)
			}
		}
		return int(min(i, int64(high))), isInt
	}
	first, last := low, high
	if step < 0 {
		first, last = high, low
	}
	if start, ok = bound(s.Start, first); !ok {
		return 0, 0, 0, false, nil
	}
	stop, ok = bound(s.Stop, last)
	return start, stop, step, ok, nil
}

// getSlice returns v[a:b:c], undefined when v cannot be sliced.
func getSlice(m *Meter, v, key Value) (Value, error) {
	x, ok, err := Slice(m, v, key.AsSlice())
	if ok || err != nil {
		return x, err
	}
	return undefinedIn(v, &Undef{Name: key}, m.Undefined), nil
}

// Slice returns v[start:stop:step]; it is not ok when v is not a sequence or a
// bound no int.
func Slice(m *Meter, v Value, s *SliceOf) (x Value, ok bool, err error) {
	if !isSequence(v) && v.Kind() != KindRange {
		return Value{}, false, nil
	}
	n, err := Len(v)
	if err != nil {
		return Value{}, false, err
	}
	start, stop, step, ok, err := s.indices(n)
	if !ok || err != nil {
		return Value{}, false, err
	}
	r := RangeOf{int64(start), int64(stop), int64(step)}
	switch v.Kind() {
	case KindRange:
		o := v.AsRange()
		return FromRange(RangeOf{o.Start + r.Start*o.Step, o.Start + r.Stop*o.Step, o.Step * r.Step}), true, nil
	case KindStr, KindMarkup:
		x, err = sliceString(m, v, r, n)
	case KindBytes:
		x, err = sliceBytes(m, v, r)
	default:
		x, err = sliceItems(m, v, r)
	}
	return x, err == nil, err
}

func sliceItems(m *Meter, v Value, r RangeOf) (Value, error) {
	if v.Kind() == KindGoSlice && r.Step == 1 && v.typ().op == opSlice {
		if r.Stop <= r.Start {
			return MakeList(m, nil), nil
		}
		v.p, v.n = unsafe.Add(v.p, uintptr(r.Start)*v.typ().elem.size), uint64(r.Stop-r.Start)
		return v, nil
	}
	n := r.Len()
	if err := m.BuildItems(n); err != nil {
		return Value{}, err
	}
	seq := sequenceOf(v)
	out := MakeItems(m, n)[:0]
	for i, at := 0, int(r.Start); i < n; i, at = i+1, at+int(r.Step) {
		out = append(out, seq.at(at))
	}
	if v.Kind() == KindTuple {
		return Tuple(out), nil
	}
	return MakeList(m, out), nil
}

// sliceString shares the string's bytes when the step is 1.
func sliceString(m *Meter, v Value, r RangeOf, n int) (Value, error) {
	s := v.AsString()
	if r.Step == 1 {
		if r.Stop <= r.Start {
			return Substring(v, 0, 0), nil
		}
		if n == len(s) {
			return Substring(v, int(r.Start), int(r.Stop)), nil
		}
		if err := m.Spend(len(s) >> 4); err != nil {
			return Value{}, err
		}
		a := runeOffset(s, int(r.Start))
		return Substring(v, a, a+runeOffset(s[a:], int(r.Stop-r.Start))), nil
	}
	if n == len(s) {
		return sliceBytes(m, v, r)
	}
	if err := m.Build(4 * n); err != nil {
		return Value{}, err
	}
	chars := make([]string, 0, n)
	for rest := s; rest != ""; {
		k := runeLen(rest)
		chars = append(chars, rest[:k])
		rest = rest[k:]
	}
	var b []byte
	for i, at := 0, int(r.Start); i < r.Len(); i, at = i+1, at+int(r.Step) {
		b = append(b, chars[at]...)
	}
	x := Bytes(b)
	x.setKind(v.Kind())
	return x, nil
}

func sliceBytes(m *Meter, v Value, r RangeOf) (Value, error) {
	n := r.Len()
	if err := m.Build(n); err != nil {
		return Value{}, err
	}
	s := v.AsString()
	b := make([]byte, 0, n)
	for i, at := 0, int(r.Start); i < n; i, at = i+1, at+int(r.Step) {
		b = append(b, s[at])
	}
	x := Bytes(b)
	x.setKind(v.Kind())
	return x, nil
}

// Prefix returns the first n characters of a string, sharing its memory; a
// negative n counts from the end.
func Prefix(m *Meter, v Value, n int) (Value, error) {
	s := v.AsString()
	if n < 0 {
		n = max(0, n+runeCount(s))
	}
	if n >= len(s) {
		return v, nil
	}
	if isASCII(s) {
		return Substring(v, 0, n), nil
	}
	at := 0
	for ; n > 0 && at < len(s); n-- {
		at += runeLen(s[at:])
	}
	return Substring(v, 0, at), m.Spend(at >> 4)
}
