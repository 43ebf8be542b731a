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

// viewItem is what a view shows of an entry; a pair lies in the memory of the render, if there is one.
func (v Value) viewItem(m *Meter, e *entry) Value {
	switch v.flags() {
	case viewKeys:
		return e.key
	case viewValues:
		return e.val
	}
	pair := MakeItems(m, 2)
	pair[0], pair[1] = e.key, e.val
	return Tuple(pair)
}
