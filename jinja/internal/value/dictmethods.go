package value

func dictMethods() []method {
	none := arity{0, 0, exact, nil}
	return []method{
		{name: "keys", args: none, fn: dictView(viewKeys)},
		{name: "values", args: none, fn: dictView(viewValues)},
		{name: "items", args: none, fn: dictView(viewItems)},
		{name: "get", args: arity{1, 2, unpack, nil}, fn: dictGet},
		{name: "copy", args: none, fn: dictCopy},
		{name: "fromkeys", args: arity{1, 2, unpack, nil}, fn: dictFromkeys},
		{name: "pop", args: arity{1, 2, unpack, nil}, fn: dictPop, mutates: true},
		{name: "popitem", args: none, fn: dictPopitem, mutates: true},
		{name: "setdefault", args: arity{1, 2, unpack, nil}, fn: dictSetdefault, mutates: true},
		{name: "update", args: arity{style: free}, fn: dictUpdate, mutates: true},
		{name: "clear", args: none, fn: dictClear, mutates: true},
	}
}

func goMapMethods() []method {
	none := arity{0, 0, exact, nil}
	return append([]method{
		{name: "keys", args: none, fn: dictView(viewKeys)},
		{name: "values", args: none, fn: dictView(viewValues)},
		{name: "items", args: none, fn: dictView(viewItems)},
		{name: "get", args: arity{1, 2, unpack, nil}, fn: dictGet},
		{name: "copy", args: none, fn: dictCopy},
	}, readOnly("dict", "pop", "popitem", "setdefault", "update", "clear")...)
}

func dictView(what uint8) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		if self.Kind() == KindGoMap {
			d, err := mapDict(c.Meter, self)
			if err != nil {
				return Value{}, err
			}
			return viewOf(d, what), nil
		}
		return viewOf(self.AsDict(), what), nil
	}
}

func dictGet(c *Call, self Value) (Value, error) {
	x, ok, err := lookup(self, c.Args[0])
	if ok || err != nil {
		return x, err
	}
	if len(c.Args) > 1 {
		return c.Args[1], nil
	}
	return None(), nil
}

func dictCopy(c *Call, self Value) (Value, error) {
	if self.Kind() == KindGoMap {
		d, err := mapDict(c.Meter, self)
		return FromDict(d), err
	}
	if err := c.Meter.BuildItems(2 * self.AsDict().Len()); err != nil {
		return Value{}, err
	}
	return FromDict(self.AsDict().Copy()), nil
}

func dictFromkeys(c *Call, _ Value) (Value, error) {
	keys, err := Items(c.Meter, c.Args[0])
	if err != nil {
		return Value{}, err
	}
	val := None()
	if len(c.Args) > 1 {
		val = c.Args[1]
	}
	d := NewDict(len(keys))
	for _, k := range keys {
		if err := d.Set(k, val); err != nil {
			return Value{}, err
		}
	}
	return FromDict(d), nil
}

func dictPop(c *Call, self Value) (Value, error) {
	x, ok, err := self.AsDict().Delete(c.Args[0])
	switch {
	case ok || err != nil:
		return x, err
	case len(c.Args) > 1:
		return c.Args[1], nil
	}
	return Value{}, Errorf("KeyError", "%s", Repr(c.Args[0]))
}

func dictPopitem(_ *Call, self Value) (Value, error) {
	d := self.AsDict()
	if d.Len() == 0 {
		return Value{}, Errorf("KeyError", "'popitem(): dictionary is empty'")
	}
	last := len(d.entries) - 1 // deletion leaves no dead entry at the end
	key := d.entries[last].key
	return Tuple([]Value{key, d.deleteAt(last)}), nil
}

func dictSetdefault(c *Call, self Value) (Value, error) {
	d := self.AsDict()
	if x, ok, err := d.Get(c.Args[0]); ok || err != nil {
		return x, err
	}
	val := None()
	if len(c.Args) > 1 {
		val = c.Args[1]
	}
	return val, setItem(c.Meter, d, c.Args[0], val)
}

// setItem is Set, paid for.
func setItem(m *Meter, d *Dict, key, val Value) error {
	if err := m.BuildItems(2); err != nil {
		return err
	}
	if d.Len() >= int(m.max)/(2*itemSize) {
		return m.BuildItems(2 * (d.Len() + 1))
	}
	return d.Set(key, val)
}

func dictClear(_ *Call, self Value) (Value, error) {
	self.AsDict().Clear()
	return None(), nil
}

func dictUpdate(c *Call, self Value) (Value, error) {
	if n := len(c.Args); n > 1 {
		return Value{}, typeErrorf("update expected at most 1 argument, got %d", n)
	}
	return None(), Update(c, self.AsDict())
}

// Update adds to d what the arguments of dict() and dict.update() say: a
// mapping or pairs, and keywords.
func Update(c *Call, d *Dict) error {
	if len(c.Args) > 0 {
		if err := updateFrom(c.Meter, d, c.Args[0]); err != nil {
			return err
		}
	}
	for _, kw := range c.Kwargs {
		if err := setItem(c.Meter, d, Str(kw.Name), kw.Value); err != nil {
			return err
		}
	}
	return nil
}

func updateFrom(m *Meter, d *Dict, v Value) error {
	if err := UndefinedError(v); err != nil {
		return err // Python asks it for its keys
	}
	if v.Kind() == KindGoMap {
		o, err := mapDict(m, v)
		if err != nil {
			return err
		}
		v = FromDict(o)
	}
	if v.Kind() == KindDict {
		if v.AsDict() == d {
			return nil
		}
		for k, x := range v.AsDict().All() {
			if err := setItem(m, d, k, x); err != nil {
				return err
			}
		}
		return nil
	}
	var it Iter
	if err := it.Over(m, v); err != nil {
		return err
	}
	for i := 0; ; i++ {
		x, ok := it.Next()
		if !ok {
			return it.Err()
		}
		pair, err := Items(m, x)
		if IsClass(err, "TypeError") {
			return typeErrorf("cannot convert dictionary update sequence element #%d to a sequence", i)
		} else if err != nil {
			return err
		}
		if len(pair) != 2 {
			return valueErrorf("dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if err := setItem(m, d, pair[0], pair[1]); err != nil {
			return err
		}
	}
}
