package value

import (
	"reflect"
	"strings"
	"sync/atomic"
	"unsafe"
)

// Attr is an attribute name made ready for many lookups: one per place in a
// template. It is safe for concurrent use.
type Attr struct {
	Name  string
	undef Undef
	meth  *methods
	inner bool // starts with two underscores: every value may have it
	// cache is a Go struct type's id and the field's number + 1: where the
	// last lookup found the name. One word, so that no reader sees halves.
	cache atomic.Uint64
	at    atomic.Pointer[fieldAt]
	// none is the id of a Go struct type that has nothing of the name, as a context's data lacks the names of globals.
	none atomic.Uint32
}

// NewAttr prepares an attribute name.
func NewAttr(name string) *Attr {
	return &Attr{Name: name, undef: Undef{Name: Str(name)}, meth: methodsNamed(name), inner: strings.HasPrefix(name, "__")}
}

// GetAttr returns v.name as Jinja's environment.getattr: the attribute, else
// the item of that name, else undefined. Using an undefined v fails.
func GetAttr(m *Meter, v Value, a *Attr) (Value, error) {
	switch v.Kind() {
	case KindGoStruct:
		if at := a.at.Load(); at != nil && at.id == v.typeID() {
			return at.t.load(unsafe.Add(v.p, at.off)), nil
		}
		t := v.typ()
		if c := a.cache.Load(); uint32(c>>32) == v.typeID() {
			return t.shape.Load().fields[uint32(c)-1].load(v.p), nil
		}
	case KindDict:
		if a.meth == nil && !a.inner {
			if x, ok := v.AsDict().GetStr(a.Name); ok {
				return x, nil
			}
			return undefinedIn(v, &a.undef, m.Undefined), nil
		}
	case KindGoMap:
		if at := a.at.Load(); at != nil && at.id == v.typeID() && v.p != nil {
			p := v.p
			if x, ok := (*(*map[string]any)(unsafe.Pointer(&p)))[a.Name]; ok {
				return From(x), nil
			}
			return undefinedIn(v, &a.undef, m.Undefined), nil
		}
		a.rememberMap(v)
		if a.meth == nil && !a.inner {
			if x, ok := mapGetStr(v, a.Name); ok {
				return x, nil
			}
		}
	case KindUndefined, KindMissing:
		return undefinedAttr(m, v, a.Name)
	}
	if x, ok := attribute(m, v, a); ok {
		return x, nil
	}
	if x, ok := itemByName(v, a.Name); ok {
		return x, nil
	}
	return undefinedIn(v, &a.undef, m.Undefined), nil
}

// undefinedLookup is any attribute or item of an undefined value.
func undefinedLookup(v Value) (Value, error) {
	if v.Kind() == KindUndefined && v.Flavour() == FlavourChainable {
		return v, nil
	}
	return Value{}, v.undefinedError()
}

// undefinedAttr is an attribute of an undefined value. What Jinja's class has
// of its own is there unless the sandbox hides it.
func undefinedAttr(m *Meter, v Value, name string) (Value, error) {
	if v.Kind() == KindUndefined && v.AsUndef().Type == "" && strings.HasPrefix(name, "_") {
		if m.Sandbox != SandboxOff && isDunder(name) {
			return unsafeAttr(m, v, name), nil
		}
		if m.Sandbox == SandboxOff {
			switch name {
			case "__class__":
				return classOf(v), nil
			case "_undefined_name":
				return v.AsUndef().Name, nil
			case "_undefined_message":
				return Str(v.UndefinedMessage()), nil
			}
		}
	}
	return undefinedLookup(v)
}

func isDunder(name string) bool {
	return len(name) > 4 && strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__")
}

// GetItem returns v[key] as Jinja's environment.getitem: the item, else the
// attribute of that name, else undefined. Using an undefined v fails.
func GetItem(m *Meter, v, key Value) (Value, error) {
	if v.Kind() <= KindUndefined {
		return undefinedLookup(v)
	}
	if key.Kind() == KindSlice {
		return getSlice(m, v, key)
	}
	if x, ok, err := item(m, v, key); ok || err != nil {
		return x, err
	}
	if key.IsString() {
		if x, ok := attribute(m, v, NewAttr(ExposeString(m, key.AsString()))); ok {
			return x, nil
		}
	}
	return undefinedIn(v, m.undefinedKey(key), m.Undefined), nil
}

// GetItemNamed is [GetItem] with a constant string for a key.
func GetItemNamed(m *Meter, v Value, a *Attr) (Value, error) {
	if v.Kind() <= KindUndefined {
		return undefinedLookup(v)
	}
	if x, ok := itemByName(v, a.Name); ok {
		return x, nil
	}
	if x, ok := attribute(m, v, a); ok {
		return x, nil
	}
	return undefinedIn(v, &a.undef, m.Undefined), nil
}

// AttrOnly returns the attribute alone, without falling back to an item, as
// the filter attr does.
func AttrOnly(m *Meter, v Value, a *Attr) (Value, error) {
	if v.Kind() <= KindUndefined {
		if strings.HasPrefix(a.Name, "__") && a.Name != "__class__" {
			return undefinedIn(v, &a.undef, m.Undefined), nil
		}
		return undefinedAttr(m, v, a.Name)
	}
	if x, ok := attribute(m, v, a); ok {
		return x, nil
	}
	return undefinedIn(v, &a.undef, m.Undefined), nil
}

// attribute finds a real attribute: a field, a method, a property. It is the
// one way inside; the sandbox is kept here.
func attribute(m *Meter, v Value, a *Attr) (Value, bool) {
	if m.Sandbox != SandboxOff && strings.HasPrefix(a.Name, "_") {
		if _, ok := rawAttribute(v, a); ok || isDunder(a.Name) {
			return unsafeAttr(m, v, a.Name), true
		}
		return Value{}, false
	}
	if meth := a.meth.of(v.Kind()); meth != nil {
		if meth.mutates && m.Sandbox == SandboxImmutable {
			return unsafeAttr(m, v, a.Name), true
		}
		return meth.bind(v), true
	}
	x, ok := rawAttribute(v, a)
	if ok && x.Kind() == KindFunc && x.AsFunc().Unsafe && m.Sandbox != SandboxOff {
		return unsafeAttr(m, v, a.Name), true
	}
	return x, ok
}

func unsafeAttr(m *Meter, v Value, name string) Value {
	return Undefined(&Undef{
		Hint: "access to attribute " + Repr(Str(name)) + " of '" + TypeName(v) + "' object is unsafe.",
		Name: Str(name), Type: "SecurityError",
	}, m.Undefined)
}

func rawAttribute(v Value, a *Attr) (Value, bool) {
	if a.Name == "__class__" {
		return classOf(v), true
	}
	switch v.Kind() {
	case KindGoStruct, KindGoOther:
		return goAttribute(v, a)
	case KindObject:
		if o, ok := v.Object().(Attrer); ok {
			return o.Attr(a.Name)
		}
	case KindTuple:
		if v.typeID() != 0 {
			for i, name := range v.typ().tuple {
				if name == a.Name {
					return v.AsTuple()[i], true
				}
			}
		}
	case KindInt, KindBool, KindBigInt, KindFloat:
		return numberProperty(v, a.Name)
	case KindRange:
		return rangeProperty(v, a.Name)
	case KindFunc:
		if a.Name == "__name__" {
			return Str(v.AsFunc().Name), true
		}
	case KindGoSlice, KindGoMap:
		return goAttribute(v, a)
	}
	return Value{}, false
}

// goAttribute finds a field or method of a Go value.
func goAttribute(v Value, a *Attr) (Value, bool) {
	t := v.typ()
	if t.flags&isAttrer != 0 || t.flags&isPtrAttrer != 0 && v.flags()&goAddressable != 0 {
		return v.iface(t.flags&isAttrer == 0).(Attrer).Attr(a.Name)
	}
	if t.rt == timeType {
		if x, ok := timeAttribute(v, a.Name); ok {
			return x, true
		}
	}
	s := t.shapeOf()
	if i, ok := s.names[a.Name]; ok && v.Kind() == KindGoStruct {
		if !strings.HasPrefix(a.Name, "_") { // the sandbox must be asked each time
			a.cache.Store(uint64(v.typeID())<<32 | uint64(i+1))
			a.remember(t, &s.fields[i])
		}
		return s.fields[i].load(v.p), true
	}
	if i, ok := s.methods[a.Name]; ok {
		if fn, ok := goMethod(v, i); ok {
			return fn, true
		}
	}
	return Value{}, false
}

// goMethod binds method i of the pointer's method set. A method that needs the
// pointer is not there when the value came as a copy.
func goMethod(v Value, i int) (Value, bool) {
	rv := v.reflect()
	name := ""
	if rv.Kind() != reflect.Pointer && rv.Kind() != reflect.Interface {
		name = reflect.PointerTo(rv.Type()).Method(i).Name
	} else {
		name = rv.Type().Method(i).Name
	}
	if v.flags()&goAddressable != 0 && v.Kind() != KindGoMap && v.typ().op != opSlice && rv.CanAddr() {
		rv = rv.Addr()
	}
	fn := rv.MethodByName(name)
	if !fn.IsValid() {
		return Value{}, false
	}
	f := fromGoFunc(name, fn)
	f.AsFunc().Unsafe = true
	return f, true
}

// itemByName is v[name] for a string that is a key.
func itemByName(v Value, name string) (Value, bool) {
	switch v.Kind() {
	case KindDict:
		return v.AsDict().GetStr(name)
	case KindGoMap:
		return mapGetStr(v, name)
	case KindObject:
		if o, ok := v.Object().(Indexer); ok {
			return o.Item(Str(name))
		}
	}
	return Value{}, false
}

// TupleType is the type of tuples whose items have names besides, as
// collections.namedtuple makes them.
type TupleType struct{ id uint32 }

// NewTupleType makes a named tuple's type; call it once, at start.
func NewTupleType(class string, names ...string) TupleType {
	registry.Lock()
	defer registry.Unlock()
	table := []*typ{{}}
	if old := registry.table.Load(); old != nil {
		table = *old
	}
	t := &typ{id: uint32(len(table)), pyName: class, tuple: names}
	table = append(table, t)
	registry.table.Store(&table)
	return TupleType{t.id}
}

// Of returns a tuple of the type; it takes over items.
func (t TupleType) Of(items ...Value) Value {
	v := Tuple(items)
	v.t |= tag(t.id) << idShift
	return v
}
