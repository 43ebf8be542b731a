package value

import "unsafe"

// Member returns what a program's data says about a name: the entry of a dict or Go map, the field or method of a Go struct,
// the attribute of an [Attrer]. Unlike [GetAttr] it does not see the methods that dicts have in Python, so that a template's
// variable may be called items.
func Member(v Value, a *Attr) (Value, bool) {
	switch v.Kind() {
	case KindGoStruct:
		if at := a.at.Load(); at != nil && at.id == v.typeID() {
			return at.t.load(unsafe.Add(v.p, at.off)), true
		}
		if c := a.cache.Load(); uint32(c>>32) == v.typeID() {
			return v.typ().shape.Load().fields[uint32(c)-1].load(v.p), true
		}
		if a.none.Load() == v.typeID() {
			return Value{}, false
		}
		x, ok := goAttribute(v, a)
		if !ok && v.typ().flags&(isAttrer|isPtrAttrer) == 0 && !v.typ().shapeOf().has(a.Name) {
			a.none.Store(v.typeID())
		}
		return x, ok
	case KindDict:
		return v.AsDict().GetStr(a.Name)
	case KindGoMap:
		if at := a.at.Load(); at != nil && at.id == v.typeID() && v.p != nil {
			p := v.p
			x, ok := (*(*map[string]any)(unsafe.Pointer(&p)))[a.Name]
			return From(x), ok
		}
		a.rememberMap(v)
		return mapGetStr(v, a.Name)
	case KindObject:
		if o, ok := v.Object().(Attrer); ok {
			return o.Attr(a.Name)
		}
	}
	return Value{}, false
}
