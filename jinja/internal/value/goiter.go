package value

import "reflect"

// overGo walks over Go values that say how: [Iterable] and functions of the
// iter.Seq kind.
func (it *Iter) overGo(m *Meter, v Value) error {
	if o, ok := v.iface(true).(Iterable); ok {
		src, err := o.Iterate(m)
		it.mode, it.src = walkSource, src
		return err
	}
	return notIterable(v)
}

// overSeq walks over a Go function of the iter.Seq or iter.Seq2 kind. It is run
// to its end first, so that nothing is left running when the loop is left.
func (it *Iter) overSeq(m *Meter, fn reflect.Value) error {
	var items []Value
	var err error
	add := func(x Value) bool {
		err = m.BuildItems(1)
		items = append(items, x)
		if err == nil && len(items) > int(m.max)/itemSize {
			err = m.BuildItems(len(items))
		}
		return err == nil
	}
	if fn.Type().CanSeq2() {
		fn.Seq2()(func(k, v reflect.Value) bool {
			return add(Tuple([]Value{From(k.Interface()), From(v.Interface())}))
		})
	} else {
		fn.Seq()(func(x reflect.Value) bool { return add(From(x.Interface())) })
	}
	it.v, it.mode, it.n = Tuple(items), walkItems, len(items)
	return err
}
