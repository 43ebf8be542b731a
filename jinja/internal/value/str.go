package value

import (
	"math"
	"slices"
	"strconv"
)

func itoa(i int64) string { return strconv.FormatInt(i, 10) }

// AppendStr appends str(v) to dst. It fails for a strict undefined, for an
// int of more digits than Python prints, and when the render's limits are used
// up.
func AppendStr(m *Meter, dst []byte, v Value) ([]byte, error) {
	switch v.Kind() {
	case KindStr, KindMarkup:
		return append(dst, v.AsString()...), nil
	case KindInt:
		return strconv.AppendInt(dst, v.AsInt(), 10), nil
	case KindUndefined:
		switch v.Flavour() {
		case FlavourStrict:
			return dst, v.undefinedError()
		case FlavourDebug:
			return append(append(append(dst, "{{ "...), v.debugText()...), " }}"...), nil
		}
		if v.AsUndef().Type != "" { // an attribute the sandbox hides
			return dst, nil
		}
		return dst, nil
	case KindMissing:
		return dst, nil
	case KindObject:
		if o, ok := v.Object().(Stringer); ok {
			return o.AppendStr(m, dst)
		}
	}
	p := printer{m: m}
	return p.repr(dst, v)
}

// AppendRepr appends repr(v) to dst.
func AppendRepr(m *Meter, dst []byte, v Value) ([]byte, error) {
	switch v.Kind() {
	case KindStr:
		return appendQuoted(dst, v.AsString()), nil
	case KindMarkup:
		return append(appendQuoted(append(dst, "Markup("...), v.AsString()), ')'), nil
	case KindUndefined, KindMissing:
		return append(dst, "Undefined"...), nil
	}
	p := printer{m: m}
	return p.repr(dst, v)
}

// ToStr returns str(v); a string is returned as it is, Markup too.
func ToStr(m *Meter, v Value) (string, error) {
	if v.IsString() {
		return v.AsString(), nil
	}
	b, err := AppendStr(m, Buffer(m), v)
	if err != nil {
		return "", err
	}
	x, err := Made(m, b)
	return x.AsString(), err
}

// Repr returns repr(v) for messages; a value that is too long to show there is
// replaced by its type.
func Repr(v Value) string {
	m := NewMeter(nil, Limits{Steps: 1 << 12})
	b, err := AppendRepr(m, nil, v)
	if err != nil {
		return "<" + TypeName(v) + ">"
	}
	return string(b)
}

// printer writes repr. The meter remembers the containers that are being written, to notice those that hold themselves, be it
// through an object that is asked for its text.
type printer struct{ m *Meter }

func (p *printer) repr(dst []byte, v Value) ([]byte, error) {
	switch v.Kind() {
	case KindNone:
		return append(dst, "None"...), nil
	case KindBool:
		if v.AsBool() {
			return append(dst, "True"...), nil
		}
		return append(dst, "False"...), nil
	case KindInt:
		return strconv.AppendInt(dst, v.AsInt(), 10), nil
	case KindFloat:
		return appendFloat(dst, v.AsFloat()), nil
	case KindBigInt:
		return appendBig(dst, v.AsBigInt())
	case KindStr, KindMarkup, KindUndefined, KindMissing:
		return AppendRepr(p.m, dst, v)
	case KindBytes:
		return appendBytesRepr(dst, v.AsString()), nil
	case KindList, KindTuple, KindDict, KindSet, KindView, KindGoSlice, KindGoMap:
		return p.container(dst, v)
	case KindRange:
		return appendRangeRepr(dst, v.AsRange()), nil
	case KindSlice:
		s := v.AsSlice()
		return p.items(append(dst, "slice("...), ')', s.Start, s.Stop, s.Step)
	case KindFunc:
		return appendFuncRepr(dst, v.AsFunc()), nil
	case KindIter:
		g := v.AsIter()
		dst = append(append(append(dst, '<'), g.name...), " object"...)
		if g.fn != "" {
			dst = append(append(dst, ' '), g.fn...)
		}
		return append(dst, '>'), nil
	case KindObject:
		if o, ok := v.Object().(Reprer); ok {
			return o.AppendRepr(dst), nil
		}
		if o, ok := v.Object().(Stringer); ok {
			return o.AppendStr(p.m, dst)
		}
		return append(append(append(dst, '<'), qualifiedTypeName(v)...), " object>"...), nil
	}
	return appendGo(dst, v), nil
}

func (p *printer) items(dst []byte, end byte, items ...Value) ([]byte, error) {
	var err error
	for i, x := range items {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if dst, err = p.repr(dst, x); err != nil {
			return dst, err
		}
	}
	return append(dst, end), nil
}

// container writes a list, tuple, dict, set or view, or three dots when it is
// already being written.
func (p *printer) container(dst []byte, v Value) ([]byte, error) {
	if v.Kind() == KindGoSlice || v.Kind() == KindGoMap {
		if v.typ().flags&isStringer != 0 {
			return appendGo(dst, v), nil
		}
	}
	open, shut := brackets(v)
	n, err := Len(v)
	if err != nil {
		return dst, err
	}
	if n == 0 && v.Kind() == KindSet {
		return append(dst, "set()"...), nil
	}
	if n > 0 && v.Kind() != KindTuple && v.Kind() != KindGoSlice && slices.Contains(p.m.open, v.p) {
		return append(append(append(dst, open...), "..."...), shut...), nil
	}
	if len(p.m.open) >= maxDepth {
		return dst, errTooDeep("getting the repr of an object")
	}
	p.m.open = append(p.m.open, v.p)
	dst, err = p.content(append(dst, open...), v)
	p.m.open = p.m.open[:len(p.m.open)-1]
	if err != nil {
		return dst, err
	}
	if v.Kind() == KindTuple && n == 1 {
		dst = append(dst, ',')
	}
	return append(dst, shut...), nil
}

func brackets(v Value) (open, shut string) {
	switch v.Kind() {
	case KindTuple:
		return "(", ")"
	case KindDict, KindGoMap, KindSet:
		return "{", "}"
	case KindView:
		return TypeName(v) + "([", "])"
	}
	return "[", "]"
}

func (p *printer) content(dst []byte, v Value) ([]byte, error) {
	var it Iter
	if err := it.Over(p.m, v); err != nil {
		return dst, err
	}
	for i := 0; ; i++ {
		x, ok := it.Next()
		if !ok {
			return dst, it.Err()
		}
		err := p.m.Spend(1)
		if err != nil {
			return dst, err
		}
		if int64(len(dst)) > p.m.max {
			return dst, p.m.Build(len(dst))
		}
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if dst, err = p.repr(dst, x); err != nil {
			return dst, err
		}
		var val Value
		switch v.Kind() {
		case KindDict:
			val = v.AsDict().entries[it.i-1].val
		case KindGoMap:
			val, _ = mapGet(v, x)
		default:
			continue
		}
		if dst, err = p.repr(append(dst, ": "...), val); err != nil {
			return dst, err
		}
	}
}

func appendRangeRepr(dst []byte, r *RangeOf) []byte {
	dst = strconv.AppendInt(append(dst, "range("...), r.Start, 10)
	dst = strconv.AppendInt(append(dst, ", "...), r.Stop, 10)
	if r.Step != 1 {
		dst = strconv.AppendInt(append(dst, ", "...), r.Step, 10)
	}
	return append(dst, ')')
}

func appendFuncRepr(dst []byte, f *Func) []byte {
	if f.Class != "" {
		return append(append(append(dst, "<class '"...), f.Class...), "'>"...)
	}
	if f.Self.IsMissing() {
		return append(append(append(dst, "<function "...), f.Name...), '>')
	}
	dst = append(append(append(dst, "<built-in method "...), f.Name...), " of "...)
	return append(append(dst, TypeName(f.Self)...), " object>"...)
}

// appendFloat appends a float as Python's repr: the shortest digits that read
// back, in scientific notation below 1e-4 and from 1e16.
func appendFloat(dst []byte, f float64) []byte {
	abs := math.Abs(f)
	switch {
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	case f != f:
		return append(dst, "nan"...)
	case abs >= 1e16 || abs < 1e-4 && abs != 0:
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, '.', '0')
}
