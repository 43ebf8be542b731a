package value

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// typ is what the package knows about one Go type: how to read a value of it
// from memory without reflection. It is made once per type and never changes.
type typ struct {
	id     uint32
	op     loadOp
	direct bool // an interface holds it as a pointer, not a pointer to it
	flags  typFlags
	size   uintptr
	rt     reflect.Type
	word   unsafe.Pointer // type word of an interface holding it
	elem   *typ           // of slices, arrays, pointers and maps
	pyName string         // Python class of engine objects and named tuples
	own    bool           // an object of the engine's, not of a program's
	tuple  []string       // field names of a named tuple
	shape  atomic.Pointer[shape]
	mapAt  atomic.Pointer[fieldAt] // of a map[string]any
}

type typFlags uint8

const (
	isStringer    typFlags = 1 << iota // the value has String or Error
	isPtrStringer                      // only a pointer to it has
	isHTMLer
	isPtrHTMLer
	isAttrer
	isPtrAttrer
)

// loadOp is how values of a type are read.
type loadOp uint8

const (
	opOther loadOp = iota
	opString
	opBool
	opInt
	opInt8
	opInt16
	opInt32
	opInt64
	opUint
	opUint8
	opUint16
	opUint32
	opUint64
	opUintptr
	opFloat32
	opFloat64
	opStruct
	opPtrStruct
	opPtr
	opSlice
	opArray
	opBytes
	opMap
	opAny
	opIface
	opValue
	opBig
	opNumber
	opHTML
	opFunc
	opObject
	opDictPtr
)

// Access flags of Go values.
const (
	goAddressable = 1 // the memory is the program's own: pointer methods may run
	goPointer     = 2 // the program passed a pointer to it
)

var registry struct {
	sync.Mutex
	byType sync.Map                 // reflect.Type → *typ
	table  atomic.Pointer[[]*typ]   // by id
	cache  [256]atomic.Pointer[typ] // by type word
}

var (
	valueType    = reflect.TypeFor[Value]()
	dictPtrType  = reflect.TypeFor[*Dict]()
	bigPtrType   = reflect.TypeFor[*big.Int]()
	numberType   = reflect.TypeFor[json.Number]()
	timeType     = reflect.TypeFor[time.Time]()
	objectType   = reflect.TypeFor[Object]()
	stringerType = reflect.TypeFor[fmt.Stringer]()
	errorType    = reflect.TypeFor[error]()
	htmlerType   = reflect.TypeFor[HTMLer]()
	attrerType   = reflect.TypeFor[Attrer]()
)

// typ returns the Go type of v.
func (v Value) typ() *typ { return (*registry.table.Load())[v.typeID()] }

// typeOf returns the typ of the interface x, whose type word is word.
func typeOf(word unsafe.Pointer, x any) *typ {
	slot := &registry.cache[uint8(uintptr(word)>>5)^uint8(uintptr(word)>>13)]
	if t := slot.Load(); t != nil && t.word == word {
		return t
	}
	t := typeFor(reflect.TypeOf(x))
	slot.Store(t)
	return t
}

// typeFor returns the typ of rt, making it on first sight.
func typeFor(rt reflect.Type) *typ {
	if t, ok := registry.byType.Load(rt); ok {
		return t.(*typ)
	}
	registry.Lock()
	defer registry.Unlock()
	fresh := map[reflect.Type]*typ{}
	t := makeType(rt, fresh)
	var table []*typ
	if old := registry.table.Load(); old != nil {
		table = *old
	} else {
		table = []*typ{{}} // id 0 is no type
	}
	for _, f := range fresh {
		f.id = uint32(len(table))
		table = append(table, f)
	}
	registry.table.Store(&table)
	for rt, f := range fresh {
		registry.byType.Store(rt, f)
	}
	return t
}

// makeType describes rt and the types it is made of, except those of struct
// fields, which wait until they are asked for.
func makeType(rt reflect.Type, fresh map[reflect.Type]*typ) *typ {
	if t, ok := registry.byType.Load(rt); ok {
		return t.(*typ)
	}
	if t, ok := fresh[rt]; ok {
		return t
	}
	t := &typ{rt: rt, size: rt.Size(), direct: isDirect(rt)}
	fresh[rt] = t
	if rt.Kind() != reflect.Interface {
		x := reflect.Zero(rt).Interface()
		t.word = (*eface)(unsafe.Pointer(&x)).word
	}
	t.flags = flagsOf(rt)
	t.op = opFor(rt, t.flags)
	switch t.op {
	case opPtrStruct, opPtr, opSlice, opArray, opMap:
		t.elem = makeType(rt.Elem(), fresh)
	case opObject:
		t.pyName = reflect.Zero(rt).Interface().(Object).PythonType()
		t.own = rt.Elem().PkgPath() == strings.TrimSuffix(valueType.PkgPath(), "/internal/value")
	}
	return t
}

// isDirect reports whether an interface stores values of rt in its data word.
// Structs and arrays that might be are answered true, and copied.
func isDirect(rt reflect.Type) bool {
	switch rt.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	}
	return false
}

// maybeDirect reports whether only the runtime knows how an interface stores
// values of rt.
func maybeDirect(rt reflect.Type) bool {
	k := rt.Kind()
	return (k == reflect.Struct || k == reflect.Array) && rt.Size() <= unsafe.Sizeof(uintptr(0))
}

func flagsOf(rt reflect.Type) typFlags {
	var f typFlags
	if rt.Implements(stringerType) || rt.Implements(errorType) {
		f |= isStringer
	}
	if rt.Implements(htmlerType) {
		f |= isHTMLer
	}
	if rt.Implements(attrerType) {
		f |= isAttrer
	}
	if rt.Kind() == reflect.Interface || rt.Kind() == reflect.Pointer {
		return f
	}
	pt := reflect.PointerTo(rt)
	if pt.Implements(stringerType) || pt.Implements(errorType) {
		f |= isPtrStringer
	}
	if pt.Implements(htmlerType) {
		f |= isPtrHTMLer
	}
	if pt.Implements(attrerType) {
		f |= isPtrAttrer
	}
	return f
}

var scalarOps = map[reflect.Kind]loadOp{
	reflect.String: opString, reflect.Bool: opBool,
	reflect.Int: opInt, reflect.Int8: opInt8, reflect.Int16: opInt16,
	reflect.Int32: opInt32, reflect.Int64: opInt64,
	reflect.Uint: opUint, reflect.Uint8: opUint8, reflect.Uint16: opUint16,
	reflect.Uint32: opUint32, reflect.Uint64: opUint64, reflect.Uintptr: opUintptr,
	reflect.Float32: opFloat32, reflect.Float64: opFloat64,
}

func opFor(rt reflect.Type, flags typFlags) loadOp {
	switch rt {
	case valueType:
		return opValue
	case dictPtrType:
		return opDictPtr
	case bigPtrType:
		return opBig
	case numberType:
		return opNumber
	}
	if rt.PkgPath() == "html/template" && rt.Name() == "HTML" {
		return opHTML
	}
	kind := rt.Kind()
	if kind == reflect.Pointer && rt.Implements(objectType) {
		return opObject
	}
	if op, ok := scalarOps[kind]; ok {
		if flags != 0 { // a type with a face of its own, time.Duration for one
			return opOther
		}
		return op
	}
	switch kind {
	case reflect.Struct:
		return opStruct
	case reflect.Pointer:
		if rt.Elem().Kind() == reflect.Struct {
			return opPtrStruct
		}
		return opPtr
	case reflect.Slice:
		if rt.Elem().Kind() == reflect.Uint8 && flags == 0 {
			return opBytes
		}
		return opSlice
	case reflect.Array:
		return opArray
	case reflect.Map:
		return opMap
	case reflect.Func:
		return opFunc
	case reflect.Interface:
		if rt.NumMethod() == 0 {
			return opAny
		}
		return opIface
	}
	return opOther
}
