// Package value holds the values that templates compute with and gives them
// Python's meaning: str and repr of everything, exact integers, comparison,
// truth, iteration, items, slices, attributes, methods, formatting and Markup.
//
// It is a package of its own because the rest of the engine must not know how a
// value is stored. A [Value] is three words without a box: scalars live in the
// word itself, strings and Go data are pointed at where they already are, so
// that rendering a page from Go structs allocates nothing. Everything that
// loops or builds takes a [*Meter], which refuses work before it is done.
//
// There is one way from a template to the inside of a value, [GetAttr] with
// its sibling [GetItem]; operators, filters and format fields all go through
// it, so that a sandbox has one door to watch.
package value

import (
	"errors"
	"math"
	"math/big"
	"unsafe"
)

// Kind says how a [Value] is stored; several kinds can be one Python type
// (Int and BigInt are both int, GoSlice is a list, GoMap a dict).
type Kind uint8

// The kinds. Missing is the zero Value and means "no value at all" (an unset
// variable, an argument not given); templates never see it.
const (
	KindMissing   Kind = iota
	KindUndefined      // a name or attribute that was not found; see [Undef]
	KindNone           // None
	KindBool           // True, False
	KindInt            // int that fits 64 bits
	KindBigInt         // int that does not
	KindFloat          // float
	KindStr            // str
	KindMarkup         // Markup: a str that is already HTML
	KindBytes          // bytes
	KindList           // list, shared and mutable
	KindTuple          // tuple, perhaps with named fields
	KindDict           // dict, insertion-ordered, shared and mutable
	KindSet            // set
	KindRange          // range
	KindView           // dict.keys(), dict.values(), dict.items()
	KindIter           // generator or other one-shot iterator
	KindFunc           // function or bound method
	KindSlice          // slice object (the argument of x[a:b:c])
	KindObject         // engine object in Go: see [Object]
	KindGoStruct       // Go struct or pointer to one
	KindGoSlice        // Go slice or array: a read-only list
	KindGoMap          // Go map: a read-only dict, keys sorted
	KindGoOther        // any other Go value: printed by fmt, methods callable
)

// Value is one template value. The zero Value is missing. Values are copied
// freely; lists, dicts and sets are shared by their copies, as in Python.
type Value struct {
	p unsafe.Pointer // the data that is not a scalar; always a real pointer or nil
	n uint64         // scalar bits, or a length
	t tag
}

// tag is the kind of a value, a byte of flags that depend on it (Flavour,
// Trust, what a view shows, access), and for Go kinds and named tuples the
// index of the type in the table. It is one word so that a Value is passed in
// three registers; with more than four fields Go would keep it in memory.
type tag uint64

const (
	flagShift = 8
	idShift   = 32
)

func (v Value) flags() uint8 { return uint8(v.t >> flagShift) }

func (v Value) typeID() uint32 { return uint32(v.t >> idShift) }

func (v *Value) setKind(k Kind) { v.t = v.t&^0xff | tag(k) }

// Kind reports how v is stored.
func (v Value) Kind() Kind { return Kind(v.t) }

// IsMissing reports whether v is the zero Value.
func (v Value) IsMissing() bool { return v.Kind() == KindMissing }

// IsUndefined reports whether v is Jinja's Undefined (or missing).
func (v Value) IsUndefined() bool { return v.Kind() <= KindUndefined }

// IsNone reports whether v is None.
func (v Value) IsNone() bool { return v.Kind() == KindNone }

// IsString reports whether v is a str, Markup included.
func (v Value) IsString() bool { return v.Kind() == KindStr || v.Kind() == KindMarkup }

// None returns Python's None.
func None() Value { return Value{t: tag(KindNone)} }

// Bool returns True or False.
func Bool(b bool) Value {
	if b {
		return Value{n: 1, t: tag(KindBool)}
	}
	return Value{t: tag(KindBool)}
}

// Int returns an int.
func Int(i int64) Value { return Value{n: uint64(i), t: tag(KindInt)} }

// Uint returns an int for an unsigned number.
func Uint(u uint64) Value {
	if u <= math.MaxInt64 {
		return Int(int64(u))
	}
	return Value{p: unsafe.Pointer(new(big.Int).SetUint64(u)), t: tag(KindBigInt)}
}

// BigInt returns an int of any size. It keeps b, which must not change.
func BigInt(b *big.Int) Value {
	if b.IsInt64() {
		return Int(b.Int64())
	}
	return Value{p: unsafe.Pointer(b), t: tag(KindBigInt)}
}

// Float returns a float.
func Float(f float64) Value { return Value{n: math.Float64bits(f), t: tag(KindFloat)} }

// Str returns a str. Its bytes should be UTF-8; others are kept as they are
// and count as one character each.
func Str(s string) Value {
	return Value{p: unsafe.Pointer(unsafe.StringData(s)), n: uint64(len(s)), t: tag(KindStr)}
}

// Markup returns HTML text that is not escaped again.
func Markup(s string) Value {
	return Value{p: unsafe.Pointer(unsafe.StringData(s)), n: uint64(len(s)), t: tag(KindMarkup)}
}

// Trust says for which place in a page a Markup was vouched for. Contextual
// escaping asks; Jinja's own rules do not know it.
type Trust uint8

// The kinds of trust. Text made by escaping, and Markup that comes with the
// data, is trusted as HTML text only.
const (
	TrustHTML   Trust = iota // HTML text
	TrustAuthor              // |safe in a template: whatever stands there
	TrustJSON                // |tojson: text, single-quoted attribute, script
	TrustAttr                // attributes of a tag
	TrustURL                 // a URL
	TrustJS                  // JavaScript
	TrustCSS                 // CSS
)

// MarkupFor returns a Markup vouched for one place.
func MarkupFor(s string, t Trust) Value {
	v := Markup(s)
	v.t |= tag(t) << flagShift
	return v
}

// Trust reports what a Markup is vouched for; it means nothing for other kinds.
func (v Value) Trust() Trust { return Trust(v.flags()) }

// Bytes returns a bytes value that shares b, which must not change.
func Bytes(b []byte) Value {
	return Value{p: unsafe.Pointer(unsafe.SliceData(b)), n: uint64(len(b)), t: tag(KindBytes)}
}

// List is the storage of a list value.
type List struct{ Items []Value }

// NewList returns a list that takes over items.
func NewList(items []Value) Value {
	return Value{p: unsafe.Pointer(&List{items}), t: tag(KindList)}
}

// FromList returns the list value stored in l.
func FromList(l *List) Value { return Value{p: unsafe.Pointer(l), t: tag(KindList)} }

// Tuple returns a tuple that takes over items, which must not change.
func Tuple(items []Value) Value {
	return Value{p: unsafe.Pointer(unsafe.SliceData(items)), n: uint64(len(items)), t: tag(KindTuple)}
}

// FromDict returns the dict value stored in d.
func FromDict(d *Dict) Value { return Value{p: unsafe.Pointer(d), t: tag(KindDict)} }

// FromSet returns a set of the keys of d.
func FromSet(d *Dict) Value { return Value{p: unsafe.Pointer(d), t: tag(KindSet)} }

// RangeOf is the storage of a range; Step is never 0.
type RangeOf struct{ Start, Stop, Step int64 }

// FromRange returns a range value. The step must not be 0.
func FromRange(r RangeOf) Value { return Value{p: unsafe.Pointer(&r), t: tag(KindRange)} }

// SliceOf is the storage of a slice object; absent parts are None.
type SliceOf struct{ Start, Stop, Step Value }

// NewSlice returns the slice object start:stop:step.
func NewSlice(start, stop, step Value) Value {
	return Value{p: unsafe.Pointer(&SliceOf{start, stop, step}), t: tag(KindSlice)}
}

// errKind is what the methods below panic with: what a value refers to must not
// be taken for something else.
var errKind = errors.New("jinja: a value was read as what it is not; ask for its Kind before, or use jinja.To")

// AsInt returns the number of a value of KindInt or KindBool.
func (v Value) AsInt() int64 { return int64(v.n) }

// AsBool returns the truth of a value of KindBool.
func (v Value) AsBool() bool { return v.n != 0 }

// AsFloat returns the number of a value of KindFloat.
func (v Value) AsFloat() float64 { return math.Float64frombits(v.n) }

// AsString returns the text of a value of KindStr, KindMarkup or KindBytes.
func (v Value) AsString() string {
	if k := v.Kind(); k < KindStr || k > KindBytes {
		panic(errKind)
	}
	return unsafe.String((*byte)(v.p), int(v.n))
}

// AsBytes returns the content of a value of KindStr, KindMarkup or KindBytes;
// the caller must not write to it.
func (v Value) AsBytes() []byte {
	if k := v.Kind(); k < KindStr || k > KindBytes {
		panic(errKind)
	}
	return unsafe.Slice((*byte)(v.p), int(v.n))
}

// AsBigInt returns the number of a value of KindBigInt.
func (v Value) AsBigInt() *big.Int {
	if v.Kind() != KindBigInt {
		panic(errKind)
	}
	return (*big.Int)(v.p)
}

// AsList returns the storage of a value of KindList.
func (v Value) AsList() *List {
	if v.Kind() != KindList {
		panic(errKind)
	}
	return (*List)(v.p)
}

// AsTuple returns the items of a value of KindTuple.
func (v Value) AsTuple() []Value {
	if v.Kind() != KindTuple {
		panic(errKind)
	}
	return unsafe.Slice((*Value)(v.p), int(v.n))
}

// AsDict returns the storage of a value of KindDict, KindSet or KindView.
func (v Value) AsDict() *Dict {
	if k := v.Kind(); k != KindDict && k != KindSet && k != KindView {
		panic(errKind)
	}
	return (*Dict)(v.p)
}

// IsNamedTuple reports whether v is a tuple of a [TupleType].
func (v Value) IsNamedTuple() bool { return v.Kind() == KindTuple && v.typeID() != 0 }

// AsRange returns the storage of a value of KindRange.
func (v Value) AsRange() *RangeOf {
	if v.Kind() != KindRange {
		panic(errKind)
	}
	return (*RangeOf)(v.p)
}

// AsSlice returns the storage of a value of KindSlice.
func (v Value) AsSlice() *SliceOf {
	if v.Kind() != KindSlice {
		panic(errKind)
	}
	return (*SliceOf)(v.p)
}

// AsIter returns the source of a value of KindIter.
func (v Value) AsIter() *Generator {
	if v.Kind() != KindIter {
		panic(errKind)
	}
	return (*Generator)(v.p)
}

// AsUndef returns the description of a value of KindUndefined.
func (v Value) AsUndef() *Undef {
	if v.Kind() != KindUndefined {
		panic(errKind)
	}
	return (*Undef)(v.p)
}

// Same reports whether a and b are the same object (Python's `is`): equal
// scalars are the same, containers only when they share their storage.
func Same(a, b Value) bool {
	return a.Kind() == b.Kind() && a.p == b.p && a.n == b.n && a.typeID() == b.typeID()
}
