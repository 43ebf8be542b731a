package value

import (
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"
	"unsafe"
)

// JSONStyle is how [AppendJSON] writes.
type JSONStyle struct {
	// Indent is put before each level, on lines of its own; empty writes one
	// line.
	Indent string
	// Pretty asks for lines even when Indent is empty.
	Pretty bool
	// Sorted writes the keys of dicts in order.
	Sorted bool
}

// AppendJSON appends v as Python's json.dumps writes it, with everything but
// ASCII escaped. Go structs are written as encoding/json sees them.
func AppendJSON(m *Meter, dst []byte, v Value, style JSONStyle) ([]byte, error) {
	j := &m.json
	*j = jsonWriter{m: m, style: style, open: j.open[:0]}
	dst, err := j.value(dst, v)
	clear(j.open)
	return dst, err
}

type jsonWriter struct {
	m     *Meter
	style JSONStyle
	open  []unsafe.Pointer
}

func (j *jsonWriter) value(dst []byte, v Value) ([]byte, error) {
	if err := j.m.Spend(1); err != nil {
		return dst, err
	}
	if err := j.m.Check(len(dst)); err != nil {
		return dst, err
	}
	switch v.Kind() {
	case KindStr, KindMarkup:
		return appendJSONString(dst, v.AsString()), j.m.Spend(int(v.n >> 4))
	case KindNone:
		return append(dst, "null"...), nil
	case KindBool:
		if v.AsBool() {
			return append(dst, "true"...), nil
		}
		return append(dst, "false"...), nil
	case KindInt, KindBigInt:
		return AppendStr(j.m, dst, v)
	case KindFloat:
		return appendJSONFloat(dst, v.AsFloat()), nil
	case KindList, KindTuple, KindGoSlice:
		return j.array(dst, v)
	case KindDict, KindGoMap:
		return j.object(dst, v)
	case KindGoStruct, KindGoOther:
		return j.goValue(dst, v)
	}
	return dst, typeErrorf("Object of type %s is not JSON serializable", TypeName(v))
}

// goValue writes what encoding/json makes of a Go value, in Python's layout.
func (j *jsonWriter) goValue(dst []byte, v Value) ([]byte, error) {
	b, err := json.Marshal(v.iface(true))
	if err != nil {
		return dst, typeErrorf("Object of type %s is not JSON serializable: %v", TypeName(v), err)
	}
	if err := j.m.Build(len(b)); err != nil {
		return dst, err
	}
	x, err := FromJSON(b)
	if err != nil {
		return dst, typeErrorf("Object of type %s is not JSON serializable: %v", TypeName(v), err)
	}
	return j.value(dst, x)
}

// enter notes that a container is being written.
func (j *jsonWriter) enter(v Value) error {
	for _, p := range j.open {
		if p == v.p && v.Kind() != KindTuple && v.Kind() != KindGoSlice {
			return valueErrorf("Circular reference detected")
		}
	}
	if len(j.open) >= maxDepth {
		return errTooDeep("encoding a JSON object")
	}
	j.open = append(j.open, v.p)
	return nil
}

func (j *jsonWriter) newline(dst []byte) []byte {
	if !j.style.Pretty && j.style.Indent == "" {
		return dst
	}
	dst = append(dst, '\n')
	for range j.open {
		dst = append(dst, j.style.Indent...)
	}
	return dst
}

// next starts entry i of a container.
func (j *jsonWriter) next(dst []byte, i int) []byte {
	if i > 0 {
		dst = append(dst, ',')
		if !j.style.Pretty && j.style.Indent == "" {
			return append(dst, ' ')
		}
	}
	return j.newline(dst)
}

// leave ends a container that had entries.
func (j *jsonWriter) leave(dst []byte, end byte) []byte {
	j.open = j.open[:len(j.open)-1]
	return append(j.newline(dst), end)
}

func (j *jsonWriter) array(dst []byte, v Value) ([]byte, error) {
	if n, _ := Len(v); n == 0 {
		return append(dst, "[]"...), nil
	}
	if err := j.enter(v); err != nil {
		return dst, err
	}
	dst = append(dst, '[')
	var it Iter
	if err := it.Over(j.m, v); err != nil {
		return dst, err
	}
	for i := 0; ; i++ {
		x, ok := it.Next()
		if !ok {
			return j.leave(dst, ']'), it.Err()
		}
		var err error
		if dst, err = j.value(j.next(dst, i), x); err != nil {
			return dst, err
		}
	}
}

func (j *jsonWriter) object(dst []byte, v Value) ([]byte, error) {
	if n, _ := Len(v); n == 0 {
		return append(dst, "{}"...), nil
	}
	if err := j.enter(v); err != nil {
		return dst, err
	}
	keys, err := Items(j.m, v)
	if err != nil {
		return dst, err
	}
	if j.style.Sorted {
		if keys, err = SortBy(j.m, keys, keys, false); err != nil {
			return dst, err
		}
	}
	dst = append(dst, '{')
	for i, k := range keys {
		name, err := j.key(k)
		if err != nil {
			return dst, err
		}
		x, _, err := lookup(v, k)
		if err != nil {
			return dst, err
		}
		dst = append(appendJSONString(j.next(dst, i), name), ": "...)
		if dst, err = j.value(dst, x); err != nil {
			return dst, err
		}
	}
	return j.leave(dst, '}'), nil
}

func (j *jsonWriter) key(k Value) (string, error) {
	k = plain(k)
	switch k.Kind() {
	case KindStr, KindMarkup:
		return k.AsString(), nil
	case KindNone, KindBool, KindInt, KindBigInt, KindFloat:
		b, err := j.value(nil, k)
		return string(b), err
	}
	return "", typeErrorf("keys must be str, int, float, bool or None, not %s", TypeName(k))
}

func appendJSONFloat(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return appendFloat(dst, f)
}

// appendJSONString appends a string in quotes, in ASCII.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && n == 1: // as surrogateescape
				dst = fmt.Appendf(dst, `\udc%02x`, c)
			case r > 0xffff:
				r -= 0x10000
				dst = fmt.Appendf(dst, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
			default:
				dst = fmt.Appendf(dst, `\u%04x`, r)
			}
			i += n
			continue
		}
		i++
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			if c < ' ' || c == 0x7f {
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			} else {
				dst = append(dst, c)
			}
		}
	}
	return append(dst, '"')
}
