package value

import (
	"encoding/binary"
	"math/bits"
	"reflect"
	"slices"
	"unsafe"
)

// fieldAt is where the last lookup of an attribute found it: in a field of a struct type, or under its name in maps of a type.
// It is made once per field and type, published whole, and does not change.
type fieldAt struct {
	id   uint32 // of the struct's or map's type
	op   loadOp // of the field's type; opMap in a map[string]any
	form form
	of   tag // of the struct's values, without flags
	tag  tag // of the field's values, if the form is not formOther
	off  uintptr
	t    *typ
}

// form is how the usual types of fields lie in memory.
type form uint8

const (
	formOther  form = iota
	formWord        // a word that is a number
	formWords       // a pointer and a length
	formStruct      // a pointer to a struct
)

// words is a string, and what a slice begins with.
type words struct {
	data unsafe.Pointer
	len  int
}

// formOf says how values of the type lie in memory, and what their tag is.
func (t *typ) formOf() (form, tag) {
	switch t.op {
	case opString:
		return formWords, tag(KindStr)
	case opInt, opInt64:
		if t.size == 8 {
			return formWord, tag(KindInt)
		}
	case opFloat64:
		return formWord, tag(KindFloat)
	case opSlice:
		return formWords, tag(KindGoSlice) | tag(t.id)<<idShift
	case opPtrStruct:
		return formStruct, tag(KindGoStruct) | tag(goAddressable|goPointer)<<flagShift | tag(t.elem.id)<<idShift
	}
	return formOther, 0
}

// flagMask is the flags of a tag.
const flagMask = 0xff << flagShift

// remember lets later lookups of a go straight to the field of the struct type t.
func (a *Attr) remember(t *typ, f *field) {
	if len(f.via) > 0 {
		return
	}
	at := f.at.Load()
	if at == nil {
		ft := f.typ()
		at = &fieldAt{id: t.id, op: ft.op, of: tag(KindGoStruct) | tag(t.id)<<idShift, off: f.off, t: ft}
		at.form, at.tag = ft.formOf()
		f.at.Store(at)
	}
	a.at.Store(at)
}

// rememberMap lets later lookups of a look into the map at once, if v is a map[string]any, which has no methods.
func (a *Attr) rememberMap(v Value) {
	t := v.typ()
	if t.rt != stringMapType || a.inner || a.meth.of(KindGoMap) != nil {
		return
	}
	at := t.mapAt.Load()
	if at == nil {
		at = &fieldAt{id: t.id, op: opMap}
		t.mapAt.Store(at)
	}
	a.at.Store(at)
}

var stringMapType = reflect.TypeFor[map[string]any]()

// AppendField appends what {{ v.name }} prints, if v is a Go struct or map[string]any in which the name was met before and
// what it finds is text or a number; else it reports false, and [GetAttr] is to be asked.
func AppendField(dst []byte, v *Value, a *Attr, escape bool) ([]byte, bool) {
	at := a.at.Load()
	if at == nil || at.id != v.typeID() {
		return dst, false
	}
	if v.Kind() == KindGoStruct {
		return appendField(dst, unsafe.Add(v.p, at.off), at.op, escape)
	}
	if v.Kind() != KindGoMap || v.p == nil {
		return dst, false
	}
	p := v.p
	return appendAny(dst, (*(*map[string]any)(unsafe.Pointer(&p)))[a.Name], escape)
}

func appendField(dst []byte, p unsafe.Pointer, op loadOp, escape bool) ([]byte, bool) {
	switch op {
	case opString:
		s := *(*string)(p)
		if escape {
			return EscapeString(dst, s), true
		}
		return append(dst, s...), true
	case opInt:
		return AppendInt(dst, int64(*(*int)(p))), true
	case opInt64:
		return AppendInt(dst, *(*int64)(p)), true
	case opInt32:
		return AppendInt(dst, int64(*(*int32)(p))), true
	case opHTML:
		return append(dst, *(*string)(p)...), true
	}
	return dst, false
}

func appendAny(dst []byte, x any, escape bool) ([]byte, bool) {
	switch x := x.(type) {
	case string:
		if escape {
			return EscapeString(dst, x), true
		}
		return append(dst, x...), true
	case int:
		return AppendInt(dst, int64(x)), true
	}
	return dst, false
}

// Of returns v.name, if v is a Go struct in which the name was met before, or a map[string]any that has it; else it reports
// false, and [GetAttr] is to be asked.
func (a *Attr) Of(v *Value) (Value, bool) {
	at := a.at.Load()
	if at == nil {
		return Value{}, false
	}
	if v.t&^flagMask != at.of {
		return a.inMap(at, v)
	}
	p := unsafe.Add(v.p, at.off)
	switch at.form {
	case formWords:
		s := (*words)(p)
		return Value{p: s.data, n: uint64(s.len), t: at.tag}, true
	case formWord:
		return Value{n: *(*uint64)(p), t: at.tag}, true
	case formStruct:
		if q := *(*unsafe.Pointer)(p); q != nil {
			return Value{p: q, t: at.tag}, true
		}
	}
	return at.t.load(p), true
}

// inMap is Of for a map.
func (a *Attr) inMap(at *fieldAt, v *Value) (Value, bool) {
	p := v.p
	if v.Kind() != KindGoMap || at.id != v.typeID() || p == nil {
		return Value{}, false
	}
	x, ok := (*(*map[string]any)(unsafe.Pointer(&p)))[a.Name]
	if !ok {
		return Value{}, false
	}
	return From(x), true
}

// FieldTruth is the truth of v.name, if v is a struct as for [Attr.Of] and it is a plain field.
func (a *Attr) FieldTruth(v *Value) (truth, ok bool) {
	at := a.at.Load()
	if at == nil || at.id != v.typeID() || v.Kind() != KindGoStruct {
		return false, false
	}
	p := unsafe.Add(v.p, at.off)
	switch at.op {
	case opBool:
		return *(*bool)(p), true
	case opString:
		return *(*string)(p) != "", true
	case opInt:
		return *(*int)(p) != 0, true
	case opSlice:
		return (*sliceHeader)(p).len != 0, true
	}
	return false, false
}

// FieldOut is text and the attribute printed after it.
type FieldOut struct {
	Text Text
	Attr *Attr
}

// printable are the types of fields that appendField writes.
var printable = [256]bool{opString: true, opInt: true, opInt64: true, opInt32: true, opHTML: true}

const digitPairs = "00010203040506070809" + "10111213141516171819" + "20212223242526272829" + "30313233343536373839" +
	"40414243444546474849" + "50515253545556575859" + "60616263646566676869" + "70717273747576777879" +
	"80818283848586878889" + "90919293949596979899"

// AppendInt appends i in decimal.
func AppendInt(dst []byte, i int64) []byte {
	if uint64(i) < 10 {
		return append(dst, byte('0'+i))
	}
	u := uint64(i)
	if i < 0 {
		dst = append(dst, '-')
		u = -u
	}
	n := (bits.Len64(u)*1233)>>12 + 1 // digits, or one too many
	if n > 1 && u < pow10[n-1] {
		n--
	}
	at := len(dst) + n
	if at > cap(dst) {
		dst = append(dst, make([]byte, n)...)
	}
	dst = dst[:at]
	for u >= 100 {
		q := u / 100
		r := (u - q*100) * 2
		u = q
		at -= 2
		dst[at], dst[at+1] = digitPairs[r], digitPairs[r+1]
	}
	if u < 10 {
		dst[at-1] = byte('0' + u)
		return dst
	}
	dst[at-2], dst[at-1] = digitPairs[u*2], digitPairs[u*2+1]
	return dst
}

var pow10 = [20]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

func load64(p unsafe.Pointer, i int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(p, i))[:])
}

func store64(p unsafe.Pointer, i int, x uint64) {
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(p, i))[:], x)
}

func load32(p unsafe.Pointer, i int) uint64 {
	return uint64(binary.LittleEndian.Uint32((*[4]byte)(unsafe.Add(p, i))[:]))
}

func store32(p unsafe.Pointer, i int, x uint32) {
	binary.LittleEndian.PutUint32((*[4]byte)(unsafe.Add(p, i))[:], x)
}

// EscapeString appends s to dst with & < > " ' as &amp; &lt; &gt; &#34; &#39;, the bytes MarkupSafe writes.
//
// It copies while it looks, eight bytes at a time, since most text has nothing to escape; the last step overlaps the one
// before it.
func EscapeString(dst []byte, s string) []byte {
	n, start := len(s), len(dst)
	from := unsafe.Pointer(unsafe.StringData(s))
	if cap(dst)-start < n {
		return escape(dst, from, n)
	}
	to := unsafe.Pointer(unsafe.SliceData(dst[start : start+n]))
	switch {
	case n >= 8:
		i := 0
		for ; i < n-8; i += 8 {
			x := load64(from, i)
			if special(x) != 0 {
				return escape(dst[:start+i], unsafe.Add(from, i), n-i)
			}
			store64(to, i, x)
		}
		x := load64(from, n-8)
		if special(x) != 0 {
			return escape(dst[:start+i], unsafe.Add(from, i), n-i)
		}
		store64(to, n-8, x)
	case n >= 4:
		a, b := load32(from, 0), load32(from, n-4)
		if special(a|b<<32) != 0 {
			return escape(dst, from, n)
		}
		store32(to, 0, uint32(a))
		store32(to, n-4, uint32(b))
	default:
		return escape(dst, from, n)
	}
	return dst[:start+n]
}

// escapeSlack is how much room escape wants behind what it writes.
const escapeSlack = 16

// escape is EscapeString for text in which something is to be escaped: behind that it goes on with the next eight bytes.
func escape(dst []byte, p unsafe.Pointer, n int) []byte {
	if cap(dst)-len(dst) < n+escapeSlack {
		dst = slices.Grow(dst, n+n/2+escapeSlack)
	}
	to, at := unsafe.Pointer(unsafe.SliceData(dst)), len(dst)
	i := 0 // an index, since a pointer must not stand behind the text
	for n-i >= 8 {
		x := load64(p, i)
		store64(to, at, x)
		mark := special(x)
		if mark == 0 {
			i, at = i+8, at+8
			continue
		}
		k := bits.TrailingZeros64(mark) / 8
		e := &entityWords[byte(x>>(8*k))]
		store64(to, at+k, e.word)
		at += k + e.length
		i += k + 1
		if left := n - i; cap(dst)-at < left+escapeSlack {
			dst = slices.Grow(dst[:at], left+left/2+escapeSlack)
			to = unsafe.Pointer(unsafe.SliceData(dst))
		}
	}
	n -= i
	x := loadUpTo7(p, i, n)
	for {
		store64(to, at, x)
		mark := special(x)
		if mark == 0 {
			return dst[:at+n]
		}
		k := bits.TrailingZeros64(mark) / 8
		e := &entityWords[byte(x>>(8*k))]
		store64(to, at+k, e.word)
		at += k + e.length
		n -= k + 1
		x = x >> (8 * k) >> 8
		if cap(dst)-at < escapeSlack {
			dst = slices.Grow(dst[:at], n+escapeSlack)
			to = unsafe.Pointer(unsafe.SliceData(dst))
		}
	}
}

// loadUpTo7 loads n < 8 bytes from p+i; those above are zero.
func loadUpTo7(p unsafe.Pointer, i, n int) uint64 {
	switch {
	case n >= 4:
		return load32(p, i) | load32(p, i+n-4)<<(8*(n-4))
	case n > 0:
		b := unsafe.Slice((*byte)(unsafe.Add(p, i)), n)
		return uint64(b[0]) | uint64(b[n/2])<<(8*(n/2)) | uint64(b[n-1])<<(8*(n-1))
	}
	return 0
}

// entityWords are the entities as words.
var entityWords = func() (words [256]struct {
	word   uint64
	length int
}) {
	for c, e := range entity {
		var b [8]byte
		copy(b[:], e)
		words[c].word, words[c].length = binary.LittleEndian.Uint64(b[:]), len(e)
	}
	return words
}()

// Text is constant text made ready to be appended many times.
type Text struct {
	S string // has room for textRoom bytes behind it
}

// textRoom is the length up to which texts, as most are between two values, are appended by copying just as many bytes.
const textRoom = 32

// NewText prepares s.
func NewText(s string) Text {
	b := make([]byte, max(len(s), textRoom))
	copy(b, s)
	return Text{unsafe.String(unsafe.SliceData(b), len(s))}
}

// Append appends the text.
func (t *Text) Append(dst []byte) []byte {
	if n := len(dst); len(t.S) <= textRoom && cap(dst)-n >= textRoom {
		to := unsafe.Add(unsafe.Pointer(unsafe.SliceData(dst)), n)
		*(*[textRoom]byte)(to) = *(*[textRoom]byte)(unsafe.Pointer(unsafe.StringData(t.S)))
		return dst[:n+len(t.S)]
	}
	return append(dst, t.S...)
}

// Into stores the next item in dst. It returns false at the end and on an error, which [Iter.Err] then returns; dst is
// left as it was.
func (it *Iter) Into(dst *Value) bool {
	if it.mode == walkGo {
		i := it.i
		if i >= it.n {
			return false
		}
		it.i = i + 1
		p := unsafe.Add(it.v.p, uintptr(i)*it.t.size)
		switch it.t.op {
		case opStruct:
			*dst = Value{p: p, t: tag(KindGoStruct) | tag(goAddressable)<<flagShift | tag(it.t.id)<<idShift}
		case opString:
			*dst = Str(*(*string)(p))
		default:
			*dst = it.t.load(p)
		}
		return true
	}
	v, ok := it.Next()
	if ok {
		*dst = v
	}
	return ok
}

// Drop forgets the value walked over.
func (it *Iter) Drop() {
	it.v, it.t, it.src, it.err, it.mode = Value{}, nil, nil, nil, walkNone
}

// Strings returns the items of a Go slice of plain strings; false if v is none.
func Strings(v Value) ([]string, bool) {
	if v.Kind() != KindGoSlice {
		return nil, false
	}
	if t := v.typ(); t.elem == nil || t.elem.op != opString {
		return nil, false
	}
	return unsafe.Slice((*string)(v.p), int(v.n)), true
}

// IsASCII reports whether s has no character beyond ASCII.
func IsASCII(s string) bool { return isASCII(s) }

// ObjectLike returns the pointer of v, if it is an engine object of the same type as like; else nil.
func ObjectLike(v, like Value) unsafe.Pointer {
	if v.t != like.t {
		return nil
	}
	return v.p
}
