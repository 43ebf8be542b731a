package value

import "unsafe"

// maxRowFields is how many attributes per row [Iter.AppendRows] takes.
const maxRowFields = 16

// Rows is a loop body that only prints attributes of the loop's item: what each row prints, and what follows it.
type Rows struct {
	Fields []FieldOut
	Tail   Text
	Escape bool
	Cost   int // steps per row
}

// AppendRows prints the row of cur, the item that [Iter.Into] gave last, and those of the items after it, for loops over Go
// structs and maps whose fields are text and numbers. It stops before a row that is not so, or that would begin beyond
// limit bytes of dst, with that row's item in cur; or at the end, which it reports. It must not be used with an iterator that
// runs over anything but Go data, for which it does nothing.
func (it *Iter) AppendRows(m *Meter, dst []byte, cur *Value, r *Rows, limit int) (out []byte, end bool, err error) {
	if it.mode != walkGo || len(r.Fields) > maxRowFields {
		return dst, false, nil
	}
	if cur.Kind() == KindGoMap {
		return it.appendMaps(m, dst, cur, r, limit)
	}
	if cur.Kind() != KindGoStruct {
		return dst, false, nil
	}
	var plan [maxRowFields]struct {
		off  uintptr
		op   loadOp
		text *Text
	}
	fields := plan[:len(r.Fields)]
	for i := range fields {
		at := r.Fields[i].Attr.at.Load()
		if at == nil || at.id != cur.typeID() || !printable[at.op] {
			return dst, false, nil
		}
		fields[i].off, fields[i].op, fields[i].text = at.off, at.op, &r.Fields[i].Text
	}
	p := cur.p
	for len(dst) <= limit {
		for i := range fields {
			f := &fields[i]
			dst = f.text.Append(dst)
			q := unsafe.Add(p, f.off)
			switch {
			case f.op == opString && r.Escape:
				dst = EscapeString(dst, *(*string)(q))
			case f.op == opInt:
				dst = AppendInt(dst, int64(*(*int)(q)))
			default:
				dst, _ = appendField(dst, q, f.op, r.Escape)
			}
		}
		dst = r.Tail.Append(dst)
		if err := m.Spend(r.Cost); err != nil {
			return dst, false, err
		}
		if it.i >= it.n {
			return dst, true, nil
		}
		q := unsafe.Add(it.v.p, uintptr(it.i)*it.t.size)
		it.i++
		if it.t.op == opPtrStruct {
			if q = *(*unsafe.Pointer)(q); q == nil {
				*cur = None()
				return dst, false, nil
			}
		}
		p = q
	}
	cur.p = p
	return dst, false, nil
}

// appendMaps is AppendRows for maps.
func (it *Iter) appendMaps(m *Meter, dst []byte, cur *Value, r *Rows, limit int) (out []byte, end bool, err error) {
	var names [maxRowFields]string
	for i := range r.Fields {
		at := r.Fields[i].Attr.at.Load()
		if at == nil || at.id != cur.typeID() {
			return dst, false, nil
		}
		names[i] = r.Fields[i].Attr.Name
	}
	for len(dst) <= limit && cur.p != nil {
		start, p := len(dst), cur.p
		row := *(*map[string]any)(unsafe.Pointer(&p))
		for i := range r.Fields {
			dst = r.Fields[i].Text.Append(dst)
			switch x := row[names[i]].(type) {
			case string:
				if r.Escape {
					dst = EscapeString(dst, x)
				} else {
					dst = append(dst, x...)
				}
			case int:
				dst = AppendInt(dst, int64(x))
			default:
				return dst[:start], false, nil
			}
		}
		dst = r.Tail.Append(dst)
		if err := m.Spend(r.Cost); err != nil {
			return dst, false, err
		}
		if it.i >= it.n {
			return dst, true, nil
		}
		q := unsafe.Add(it.v.p, uintptr(it.i)*it.t.size)
		it.i++
		if it.t.op == opMap {
			cur.p = *(*unsafe.Pointer)(q)
			continue
		}
		if *cur = it.t.load(q); cur.Kind() != KindGoMap || cur.typeID() != r.Fields[0].Attr.at.Load().id {
			break
		}
	}
	return dst, false, nil
}
