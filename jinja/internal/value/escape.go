package value

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unsafe"
)

// The escaper reads eight bytes at a time. Bytes that differ in one bit are
// looked for together: < and > by 0x3c, & and ' by 0x26.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special marks the bytes of x that HTML escapes, by their high bit. Above
// the lowest mark there may be false ones.
func special(x uint64) uint64 {
	a := (x &^ (0x02 * ones)) ^ 0x3c*ones
	b := (x &^ (0x01 * ones)) ^ 0x26*ones
	c := x ^ 0x22*ones
	return ((a-ones)&^a | (b-ones)&^b | (c-ones)&^c) & highs
}

// entity is what each byte is replaced with.
var entity = [256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&#34;", '\'': "&#39;"}

// firstSpecial returns the index of the first byte that is escaped, or -1.
func firstSpecial(s string) int {
	i := 0
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	for ; i+8 <= len(b); i += 8 {
		if mark := special(binary.LittleEndian.Uint64(b[i:])); mark != 0 {
			return i + bits.TrailingZeros64(mark)/8
		}
	}
	if mark := special(loadUpTo7(unsafe.Pointer(unsafe.StringData(s)), i, len(b)-i)); mark != 0 {
		return i + bits.TrailingZeros64(mark)/8
	}
	return -1
}

// NeedsEscaping reports whether HTML escapes something in s.
func NeedsEscaping(s string) bool { return firstSpecial(s) >= 0 }

// EscapeTail escapes dst[start:] in place, so that text can be written first and escaped then without being built apart.
func EscapeTail(dst []byte, start int) []byte {
	first := firstSpecial(unsafe.String(unsafe.SliceData(dst[start:]), len(dst)-start))
	if first < 0 {
		return dst
	}
	start += first
	found, n := 0, len(dst)-start
	for _, c := range dst[start:] {
		if entity[c] != "" {
			found++
		}
	}
	// What is written stays behind what is read: that is moved up by as much as all of it grows.
	shift := 4*found + escapeSlack
	dst = slices.Grow(dst, shift+escapeSlack)
	moved := dst[start+shift : start+shift+n]
	copy(moved, dst[start:])
	return escape(dst[:start], unsafe.Pointer(unsafe.SliceData(moved)), n)
}

// AppendEscaped appends what {{ v }} writes where autoescape is on: Markup and
// what has __html__ as it is, anything else as str, escaped.
func AppendEscaped(m *Meter, dst []byte, v Value) ([]byte, error) {
	switch v.Kind() {
	case KindStr:
		return EscapeString(dst, v.AsString()), nil
	case KindMarkup:
		return append(dst, v.AsString()...), nil
	case KindInt, KindBool, KindFloat, KindBigInt, KindNone:
		return AppendStr(m, dst, v)
	}
	if s, ok := HTML(v); ok {
		return append(dst, s...), nil
	}
	start := len(dst)
	dst, err := AppendStr(m, dst, v)
	if err != nil {
		return dst, err
	}
	return EscapeTail(dst, start), nil
}

// HTML returns v's own HTML (Python's __html__), when it has any: the text of a
// Markup, what an [HTMLer] returns, nothing for a chainable undefined.
func HTML(v Value) (string, bool) {
	switch v.Kind() {
	case KindMarkup:
		return v.AsString(), true
	case KindUndefined:
		return "", v.Flavour() == FlavourChainable
	case KindObject, KindGoStruct, KindGoOther, KindGoSlice, KindGoMap:
		t := v.typ()
		if t.flags&isHTMLer != 0 || t.flags&isPtrHTMLer != 0 && v.flags()&goAddressable != 0 {
			return v.iface(t.flags&isHTMLer == 0).(HTMLer).EscapedHTML(), true
		}
	}
	return "", false
}

// MayBeHTML reports false for scalars, plain strings and Go slices of these: what is computed from them is no Markup.
func MayBeHTML(v Value) bool {
	if v.Kind() <= KindStr {
		return false
	}
	_, plain := Strings(v)
	return !plain
}

// IsHTML reports whether v has HTML of its own (hasattr __html__).
func IsHTML(v Value) bool {
	if v.Kind() == KindStr {
		return false
	}
	_, ok := HTML(v)
	return ok
}

// Escape returns v as Markup: what is HTML already as it is, else str(v)
// escaped.
func Escape(m *Meter, v Value) (Value, error) {
	if v.Kind() == KindMarkup {
		return v, nil
	}
	if v.Kind() == KindStr && firstSpecial(v.AsString()) < 0 {
		v.setKind(KindMarkup)
		return v, nil
	}
	b, err := AppendEscaped(m, Buffer(m), v)
	if err != nil {
		return Value{}, err
	}
	x, err := Made(m, b)
	x.setKind(KindMarkup)
	return x, err
}
