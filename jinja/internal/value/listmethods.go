package value

import "slices"

func listMethods() []method {
	none, one := arity{0, 0, exact, nil}, arity{1, 1, exact, nil}
	return []method{
		{name: "append", args: one, fn: listAppend, mutates: true},
		{name: "extend", args: one, fn: listExtend, mutates: true},
		{name: "insert", args: arity{2, 2, unpack, nil}, fn: listInsert, mutates: true},
		{name: "pop", args: arity{0, 1, unpack, nil}, fn: listPop, mutates: true},
		{name: "remove", args: one, fn: listRemove, mutates: true},
		{name: "clear", args: none, fn: listClear, mutates: true},
		{name: "reverse", args: none, fn: listReverse, mutates: true},
		{name: "sort", args: arity{style: free}, fn: listSort, mutates: true},
		{name: "index", args: arity{1, 3, unpack, nil}, fn: seqIndex},
		{name: "count", args: one, fn: seqCount},
		{name: "copy", args: none, fn: listCopy},
	}
}

func tupleMethods() []method {
	return []method{
		{name: "index", args: arity{1, 3, unpack, nil}, fn: seqIndex},
		{name: "count", args: arity{1, 1, exact, nil}, fn: seqCount},
	}
}

func rangeMethods() []method {
	return []method{
		{name: "index", args: arity{1, 1, exact, nil}, fn: seqIndex},
		{name: "count", args: arity{1, 1, exact, nil}, fn: seqCount},
	}
}

// goSliceMethods returns the methods of Go slices: those of list that do not
// change it, and for the others an error that says what to do.
func goSliceMethods() []method {
	return append([]method{
		{name: "index", args: arity{1, 3, unpack, nil}, fn: seqIndex},
		{name: "count", args: arity{1, 1, exact, nil}, fn: seqCount},
		{name: "copy", args: arity{0, 0, exact, nil}, fn: listCopy},
	}, readOnly("list", "append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort")...)
}

// readOnly returns methods that refuse to change Go data.
func readOnly(copier string, names ...string) []method {
	var out []method
	for _, name := range names {
		out = append(out, method{name: name, args: arity{style: free}, mutates: true,
			fn: func(_ *Call, self Value) (Value, error) {
				return Value{}, typeErrorf("%s() cannot change the program's %s; take a copy with |%s first",
					name, self.typ().rt, copier)
			}})
	}
	return out
}

func listAppend(c *Call, self Value) (Value, error) {
	if err := c.Meter.BuildItems(1); err != nil {
		return Value{}, err
	}
	l := self.AsList()
	if len(l.Items) >= int(c.Meter.max)/itemSize {
		return Value{}, c.Meter.BuildItems(len(l.Items) + 1)
	}
	l.Items = append(l.Items, c.Args[0])
	return None(), nil
}

func listExtend(c *Call, self Value) (Value, error) {
	items, err := Items(c.Meter, c.Args[0])
	if err != nil {
		return Value{}, err
	}
	l := self.AsList()
	if len(l.Items)+len(items) > int(c.Meter.max)/itemSize {
		return Value{}, c.Meter.BuildItems(len(l.Items) + len(items))
	}
	l.Items = append(l.Items, items...)
	return None(), nil
}

func listInsert(c *Call, self Value) (Value, error) {
	i, err := intArg(c.Args[0])
	if err != nil {
		return Value{}, err
	}
	l := self.AsList()
	n := len(l.Items)
	if err := c.Meter.Spend(n >> 3); err != nil {
		return Value{}, err
	}
	if err := c.Meter.BuildItems(1); err != nil {
		return Value{}, err
	}
	if i < 0 {
		i = max(0, i+n)
	}
	l.Items = slices.Insert(l.Items, min(i, n), c.Args[1])
	return None(), nil
}

func listPop(c *Call, self Value) (Value, error) {
	l := self.AsList()
	i := -1
	if v := c.arg(0); !v.IsMissing() {
		n, err := intArg(v)
		if err != nil {
			return Value{}, err
		}
		i = n
	}
	if len(l.Items) == 0 {
		return Value{}, Errorf("IndexError", "pop from empty list")
	}
	if i < 0 {
		i += len(l.Items)
	}
	if i < 0 || i >= len(l.Items) {
		return Value{}, Errorf("IndexError", "pop index out of range")
	}
	x := l.Items[i]
	err := c.Meter.Spend((len(l.Items) - i) >> 3)
	l.Items = slices.Delete(l.Items, i, i+1)
	return x, err
}

func listRemove(c *Call, self Value) (Value, error) {
	l := self.AsList()
	for i := 0; i < len(l.Items); i++ {
		if err := c.Meter.Spend(1); err != nil {
			return Value{}, err
		}
		eq, err := sameOrEqual(l.Items[i], c.Args[0], &walk{m: c.Meter})
		if err != nil {
			return Value{}, err
		}
		if eq {
			l.Items = slices.Delete(l.Items, i, i+1)
			return None(), nil
		}
	}
	return Value{}, valueErrorf("list.remove(x): x not in list")
}

func listClear(_ *Call, self Value) (Value, error) {
	self.AsList().Items = nil
	return None(), nil
}

func listReverse(c *Call, self Value) (Value, error) {
	reverse(self.AsList().Items)
	return None(), c.Meter.Spend(len(self.AsList().Items))
}

func listCopy(c *Call, self Value) (Value, error) {
	items, err := Items(c.Meter, self)
	return NewList(items), err
}

func listSort(c *Call, self Value) (Value, error) {
	if len(c.Args) > 0 {
		return Value{}, typeErrorf("sort() takes no positional arguments")
	}
	key, backward := None(), false
	for _, kw := range c.Kwargs {
		switch kw.Name {
		case "key":
			key = kw.Value
		case "reverse":
			if _, err := intArg(kw.Value); err != nil {
				return Value{}, err
			}
			backward, _ = Truth(kw.Value)
		default:
			return Value{}, typeErrorf("'%s' is an invalid keyword argument for sort()", kw.Name)
		}
	}
	l := self.AsList()
	keys := slices.Clone(l.Items)
	if !key.IsNone() {
		for i := range keys {
			k, err := CallValue(&Call{Meter: c.Meter, Args: keys[i : i+1 : i+1], State: c.State}, key)
			if err != nil {
				return Value{}, err
			}
			keys[i] = k
		}
	}
	items, err := SortBy(c.Meter, l.Items, keys, backward)
	if err == nil {
		l.Items = items
	}
	return None(), err
}

func seqIndex(c *Call, self Value) (Value, error) {
	n, err := Len(self)
	if err != nil {
		return Value{}, err
	}
	start, end := 0, n
	for i, to := range []*int{&start, &end} {
		if v := c.arg(1 + i); !v.IsMissing() {
			k, ok := Index(v)
			if !ok {
				return Value{}, typeErrorf("slice indices must be integers or have an __index__ method")
			}
			if k < 0 {
				k = max(0, k+int64(n))
			}
			*to = int(min(k, int64(n)))
		}
	}
	for i := start; i < end; i++ {
		if err := c.Meter.Spend(1); err != nil {
			return Value{}, err
		}
		x, _ := itemAt(self, int64(i))
		if eq, err := sameOrEqual(x, c.Args[0], &walk{m: c.Meter}); err != nil {
			return Value{}, err
		} else if eq {
			return Int(int64(i)), nil
		}
	}
	if self.Kind() == KindTuple {
		return Value{}, valueErrorf("tuple.index(x): x not in tuple")
	}
	if self.Kind() == KindRange && !c.Args[0].isInt() {
		return Value{}, valueErrorf("sequence.index(x): x not in sequence")
	}
	if self.Kind() == KindRange {
		return Value{}, valueErrorf("%s is not in range", Repr(c.Args[0]))
	}
	return Value{}, valueErrorf("%s is not in list", Repr(c.Args[0]))
}

func seqCount(c *Call, self Value) (Value, error) {
	var it Iter
	if err := it.Over(c.Meter, self); err != nil {
		return Value{}, err
	}
	n := 0
	for {
		x, ok := it.Next()
		if !ok {
			return Int(int64(n)), it.Err()
		}
		if err := c.Meter.Spend(1); err != nil {
			return Value{}, err
		}
		eq, err := sameOrEqual(x, c.Args[0], &walk{m: c.Meter})
		if err != nil {
			return Value{}, err
		}
		if eq {
			n++
		}
	}
}
