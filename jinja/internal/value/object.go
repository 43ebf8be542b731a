package value

import "unsafe"

// Object is a thing of the engine with a Python face: a macro, a loop, a
// namespace. It is always a pointer. What it can do besides it says by
// implementing [Attrer], [Callable], [Iterable], [Sized], [Indexer], [Stringer]
// or [HTMLer].
type Object interface {
	// PythonType is the name of its class, with the module
	// ("jinja2.runtime.Macro"). It is asked of a nil pointer.
	PythonType() string
}

// Attrer finds attributes. A Go value that a program passes to a template may
// implement it too; then only what it returns is seen, not its fields and
// methods.
type Attrer interface {
	Attr(name string) (Value, bool)
}

// Iterable can be looped over.
type Iterable interface {
	Iterate(m *Meter) (Iterator, error)
}

// Sized has a length.
type Sized interface{ Len() int }

// Indexer has items: x[key].
type Indexer interface {
	Item(key Value) (Value, bool)
}

// Stringer says what str(x) is, and repr(x) too.
type Stringer interface {
	AppendStr(m *Meter, dst []byte) ([]byte, error)
}

// Reprer says what repr(x) is, where that is not str(x).
type Reprer interface {
	AppendRepr(dst []byte) []byte
}

// Truther has a truth of its own.
type Truther interface{ Truth() bool }

// HTMLer is a Go value that is HTML already (Python's __html__). The long name
// is so that nobody has the method by accident: what it returns is not escaped.
type HTMLer interface{ EscapedHTML() string }

// FromObject returns the value of an engine object.
func FromObject(o Object) Value {
	e := (*eface)(unsafe.Pointer(&o))
	var x any = o
	w := (*eface)(unsafe.Pointer(&x)).word
	return Value{p: e.data, t: tag(KindObject) | tag(typeOf(w, x).id)<<idShift}
}

// Object returns the engine object of a value of KindObject.
func (v Value) Object() Object {
	x, _ := v.Interface().(Object)
	return x
}

// Interface returns the Go value that v was made from, for Go kinds and
// objects; for the others see [To].
func (v Value) Interface() any {
	switch v.Kind() {
	case KindObject:
		return v.typ().box(v.p)
	case KindGoStruct, KindGoSlice, KindGoMap, KindGoOther:
		return v.reflect().Interface()
	}
	return nil
}

type eface struct{ word, data unsafe.Pointer }
