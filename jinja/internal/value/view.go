package value

import "unsafe"

// What a view shows of its dict.
const (
	viewKeys uint8 = iota
	viewValues
	viewItems
)

func viewOf(d *Dict, what uint8) Value {
	return Value{p: unsafe.Pointer(d), t: tag(KindView) | tag(what)<<flagShift}
}

func (v Value) viewItem(e *entry) Value {
	switch v.flags() {
	case viewKeys:
		return e.key
	case viewValues:
		return e.val
	}
	return Tuple([]Value{e.key, e.val})
}
