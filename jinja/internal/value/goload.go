package value

import (
	"math/big"
	"reflect"
	"unsafe"
)

// load reads the value of type t that lies at p.
func (t *typ) load(p unsafe.Pointer) Value {
	switch t.op {
	case opString:
		return Str(*(*string)(p))
	case opInt:
		return Int(int64(*(*int)(p)))
	case opInt64:
		return Int(*(*int64)(p))
	case opBool:
		return Bool(*(*bool)(p))
	case opFloat64:
		return Float(*(*float64)(p))
	case opStruct:
		return Value{p: p, t: tag(KindGoStruct) | tag(goAddressable)<<flagShift | tag(t.id)<<idShift}
	case opPtrStruct, opPtr, opMap, opObject, opDictPtr, opBig, opFunc:
		return t.fromPointer(*(*unsafe.Pointer)(p))
	case opSlice:
		s := (*sliceHeader)(p)
		return Value{p: s.data, n: uint64(s.len), t: tag(KindGoSlice) | tag(t.id)<<idShift}
	case opAny:
		return From(*(*any)(p))
	}
	return t.loadOther(p)
}

type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

func (t *typ) loadOther(p unsafe.Pointer) Value {
	switch t.op {
	case opInt8:
		return Int(int64(*(*int8)(p)))
	case opInt16:
		return Int(int64(*(*int16)(p)))
	case opInt32:
		return Int(int64(*(*int32)(p)))
	case opUint:
		return Uint(uint64(*(*uint)(p)))
	case opUint8:
		return Int(int64(*(*uint8)(p)))
	case opUint16:
		return Int(int64(*(*uint16)(p)))
	case opUint32:
		return Int(int64(*(*uint32)(p)))
	case opUint64:
		return Uint(*(*uint64)(p))
	case opUintptr:
		return Uint(uint64(*(*uintptr)(p)))
	case opFloat32:
		return Float(float64(*(*float32)(p)))
	case opArray:
		return Value{p: p, n: uint64(t.rt.Len()), t: tag(KindGoSlice) | tag(t.id)<<idShift}
	case opBytes:
		return Bytes(*(*[]byte)(p))
	case opIface:
		return From(reflect.NewAt(t.rt, p).Elem().Interface())
	case opValue:
		return *(*Value)(p)
	case opNumber:
		return parseNumber(*(*string)(p))
	case opHTML:
		return Markup(*(*string)(p))
	}
	return Value{p: p, t: tag(KindGoOther) | tag(goAddressable)<<flagShift | tag(t.id)<<idShift}
}

// fromPointer reads a value of a type that is one pointer.
func (t *typ) fromPointer(q unsafe.Pointer) Value {
	switch t.op {
	case opMap:
		return Value{p: q, t: tag(KindGoMap) | tag(t.id)<<idShift}
	case opObject:
		return Value{p: q, t: tag(KindObject) | tag(t.id)<<idShift}
	}
	if q == nil {
		return None()
	}
	switch t.op {
	case opPtrStruct:
		return Value{p: q, t: tag(KindGoStruct) | tag(goAddressable|goPointer)<<flagShift | tag(t.elem.id)<<idShift}
	case opPtr:
		return t.elem.load(q)
	case opDictPtr:
		return FromDict((*Dict)(q))
	case opBig:
		return BigInt((*big.Int)(q))
	case opFunc:
		box := q
		return fromGoFunc("", reflect.NewAt(t.rt, unsafe.Pointer(&box)).Elem())
	}
	box := q // q itself would be moved to the heap for all of them
	return Value{p: unsafe.Pointer(&box), t: tag(KindGoOther) | tag(t.id)<<idShift}
}

// box makes an interface of a pointer-shaped value of type t.
func (t *typ) box(p unsafe.Pointer) any {
	var x any
	*(*eface)(unsafe.Pointer(&x)) = eface{t.word, p}
	return x
}

// From returns the template's view of a Go value. Nothing is copied: strings,
// slices, maps and structs are read where they are, when they are read, so
// they must not change during the render. Supported are nil, bool, numbers,
// strings, []byte, *big.Int, json.Number, slices, arrays, maps, structs,
// pointers, functions, template.HTML, [Value], [*Dict], [Object], [Attrer];
// anything else is printed as fmt prints it.
func From(x any) Value {
	switch x := x.(type) {
	case nil:
		return None()
	case string:
		return Str(x)
	case int:
		return Int(int64(x))
	case bool:
		return Bool(x)
	case float64:
		return Float(x)
	case Value:
		return x
	}
	e := (*eface)(unsafe.Pointer(&x))
	t := typeOf(e.word, x)
	if t.direct {
		return t.fromPointer(e.data)
	}
	if maybeDirect(t.rt) {
		box := reflect.New(t.rt)
		box.Elem().Set(reflect.ValueOf(x))
		v := t.load(box.UnsafePointer())
		v.t &^= goAddressable << flagShift
		return v
	}
	v := t.load(e.data)
	if v.Kind() == KindGoStruct || v.Kind() == KindGoOther {
		v.t &^= goAddressable << flagShift // an interface's content must not change
	}
	return v
}

// reflect returns the Go value behind v, which is of a Go kind. It is not
// settable.
func (v Value) reflect() reflect.Value {
	t := v.typ()
	switch {
	case v.Kind() == KindGoMap || v.Kind() == KindObject:
		q := v.p
		return reflect.NewAt(t.rt, unsafe.Pointer(&q)).Elem()
	case t.op == opSlice:
		s := sliceHeader{v.p, int(v.n), int(v.n)}
		return reflect.NewAt(t.rt, unsafe.Pointer(&s)).Elem()
	}
	return reflect.NewAt(t.rt, v.p).Elem()
}

// iface returns the Go value behind v as an interface, by pointer when the
// program's own memory is behind it and only the pointer has the methods asked
// for.
func (v Value) iface(byPointer bool) any {
	rv := v.reflect()
	if byPointer && v.flags()&goAddressable != 0 && v.Kind() != KindGoMap && v.typ().op != opSlice {
		return rv.Addr().Interface()
	}
	return rv.Interface()
}

// scalar returns the plain number, string or bool that a Go value with methods
// of its own is made of.
func (v Value) scalar() (Value, bool) {
	if v.Kind() != KindGoOther {
		return v, false
	}
	rv := v.reflect()
	switch {
	case rv.Kind() == reflect.String:
		return Str(rv.String()), true
	case rv.Kind() == reflect.Bool:
		return Bool(rv.Bool()), true
	case rv.CanInt():
		return Int(rv.Int()), true
	case rv.CanUint():
		return Uint(rv.Uint()), true
	case rv.CanFloat():
		return Float(rv.Float()), true
	}
	return v, false
}

// parseNumber reads a JSON number: an int of any size when it is written as
// one, else a float.
func parseNumber(s string) Value {
	if v, ok := parseInt(s, 10); ok {
		return v
	}
	if f, ok := parseFloat(s); ok {
		return Float(f)
	}
	return Str(s)
}
