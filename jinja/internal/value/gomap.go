package value

import (
	"reflect"
	"slices"
	"unsafe"
)

// mapGet looks key up in a Go map. The maps that programs pass most are read
// without reflection.
func mapGet(v Value, key Value) (Value, bool) {
	if v.p == nil {
		return Value{}, false
	}
	if key.IsString() {
		return mapGetStr(v, key.AsString())
	}
	rv := v.reflect()
	if rv.Type().Key().Kind() == reflect.Interface && key.isInt() {
		return mapGetInt(rv, key)
	}
	k := reflect.New(rv.Type().Key()).Elem()
	if err := assign(k, key); err != nil {
		return Value{}, false
	}
	if !k.Comparable() {
		return Value{}, false
	}
	return fromReflect(rv.MapIndex(k))
}

// mapGetInt looks an int up in a map whose keys are of any type: as the types
// that programs use for numbers.
func mapGetInt(m reflect.Value, key Value) (Value, bool) {
	if key.Kind() == KindBool {
		return fromReflect(m.MapIndex(reflect.ValueOf(key.AsBool())))
	}
	for _, t := range numberTypes {
		k := reflect.New(t).Elem()
		if !t.AssignableTo(m.Type().Key()) || assign(k, key) != nil {
			continue
		}
		if x, ok := fromReflect(m.MapIndex(k)); ok {
			return x, true
		}
	}
	return Value{}, false
}

var numberTypes = []reflect.Type{
	reflect.TypeFor[int](), reflect.TypeFor[int64](), reflect.TypeFor[float64](), reflect.TypeFor[uint64](),
	reflect.TypeFor[int32](), reflect.TypeFor[uint](), reflect.TypeFor[uint32](), reflect.TypeFor[uint8](),
}

func mapGetStr(v Value, key string) (Value, bool) {
	p := v.p
	if p == nil {
		return Value{}, false
	}
	t := v.typ()
	if t.rt.Key().Kind() != reflect.String {
		if t.rt.Key().Kind() == reflect.Interface && t.rt.Key().NumMethod() == 0 {
			return fromReflect(v.reflect().MapIndex(reflect.ValueOf(key)))
		}
		return Value{}, false
	}
	// A map of string keys is read as one of plain strings: the layout and
	// the hash depend on the kind alone.
	switch t.elem.op {
	case opAny:
		x, ok := (*(*map[string]any)(unsafe.Pointer(&p)))[key]
		return From(x), ok
	case opString, opHTML:
		x, ok := (*(*map[string]string)(unsafe.Pointer(&p)))[key]
		if t.elem.op == opHTML {
			return Markup(x), ok
		}
		return Str(x), ok
	case opInt, opInt64, opUint64, opUint:
		x, ok := (*(*map[string]uint64)(unsafe.Pointer(&p)))[key]
		if t.elem.op == opInt || t.elem.op == opInt64 {
			return Int(int64(x)), ok
		}
		return Uint(x), ok
	case opBool:
		x, ok := (*(*map[string]bool)(unsafe.Pointer(&p)))[key]
		return Bool(x), ok
	case opFloat64:
		x, ok := (*(*map[string]float64)(unsafe.Pointer(&p)))[key]
		return Float(x), ok
	case opPtrStruct, opMap, opPtr, opObject, opDictPtr, opBig, opFunc:
		x, ok := (*(*map[string]unsafe.Pointer)(unsafe.Pointer(&p)))[key]
		if !ok {
			return Value{}, false
		}
		return t.elem.fromPointer(x), true
	case opSlice:
		x, ok := (*(*map[string][]byte)(unsafe.Pointer(&p)))[key]
		return Value{p: unsafe.Pointer(unsafe.SliceData(x)), n: uint64(len(x)), t: tag(KindGoSlice) | tag(t.elem.id)<<idShift}, ok
	case opValue:
		x, ok := (*(*map[string]Value)(unsafe.Pointer(&p)))[key]
		return x, ok
	}
	k := reflect.New(t.rt.Key()).Elem()
	k.SetString(key)
	return fromReflect(v.reflect().MapIndex(k))
}

// fromReflect returns the value of rv, which may be the zero reflect.Value.
func fromReflect(rv reflect.Value) (Value, bool) {
	if !rv.IsValid() {
		return Value{}, false
	}
	return From(rv.Interface()), true
}

func mapLen(v Value) int {
	if v.p == nil {
		return 0
	}
	p := v.p
	// The length of a map is at the same place whatever its types are.
	return len(*(*map[string]struct{})(unsafe.Pointer(&p)))
}

// mapKeys returns the keys of a Go map in order, so that a page looks the same
// each time: strings and numbers by size, others by their text.
func mapKeys(m *Meter, v Value) ([]Value, error) {
	n := mapLen(v)
	if err := m.BuildItems(n); err != nil {
		return nil, err
	}
	keys := MakeItems(m, n)[:0]
	if n == 0 {
		return keys, nil
	}
	if v.typ().rt == reflect.TypeFor[map[string]any]() {
		p := v.p
		for k := range *(*map[string]any)(unsafe.Pointer(&p)) {
			keys = append(keys, Str(k))
		}
	} else {
		for it := v.reflect().MapRange(); it.Next(); {
			keys = append(keys, From(it.Key().Interface()))
		}
	}
	slices.SortFunc(keys, func(a, b Value) int {
		if c, err := order(a, b, &walk{m: m}); err == nil {
			return c
		}
		ka, _ := AppendStr(m, nil, a)
		kb, _ := AppendStr(m, nil, b)
		return slices.Compare(ka, kb)
	})
	return keys, nil
}

// mapDict copies a Go map into a dict with its keys in order.
func mapDict(m *Meter, v Value) (*Dict, error) {
	keys, err := mapKeys(m, v)
	if err != nil {
		return nil, err
	}
	d := NewDict(len(keys))
	for _, k := range keys {
		x, _ := mapGet(v, k)
		if err := d.Set(k, x); err != nil {
			return nil, err
		}
	}
	return d, nil
}
