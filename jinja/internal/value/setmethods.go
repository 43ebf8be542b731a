package value

func setMethods() []method {
	one := arity{1, 1, exact, nil}
	return []method{
		{name: "add", args: one, fn: setAdd, mutates: true},
		{name: "discard", args: one, fn: setDiscard, mutates: true},
		{name: "remove", args: one, fn: setRemove, mutates: true},
		{name: "clear", args: arity{0, 0, exact, nil}, fn: dictClear, mutates: true},
		{name: "copy", args: arity{0, 0, exact, nil}, fn: setCopy},
		{name: "union", args: arity{style: free}, fn: setUnion},
		{name: "issubset", args: one, fn: setRelation(OpLe)},
		{name: "issuperset", args: one, fn: setRelation(OpGe)},
	}
}

func setAdd(c *Call, self Value) (Value, error) {
	return None(), setItem(c.Meter, self.AsDict(), c.Args[0], None())
}

func setDiscard(c *Call, self Value) (Value, error) {
	_, _, err := self.AsDict().Delete(c.Args[0])
	return None(), err
}

func setRemove(c *Call, self Value) (Value, error) {
	_, ok, err := self.AsDict().Delete(c.Args[0])
	if err == nil && !ok {
		err = Errorf("KeyError", "%s", Repr(c.Args[0]))
	}
	return None(), err
}

func setCopy(c *Call, self Value) (Value, error) {
	v, err := dictCopy(c, self)
	v.setKind(KindSet)
	return v, err
}

func setUnion(c *Call, self Value) (Value, error) {
	out := self.AsDict().Copy()
	for _, arg := range c.Args {
		items, err := Items(c.Meter, arg)
		if err != nil {
			return Value{}, err
		}
		for _, x := range items {
			if err := setItem(c.Meter, out, x, None()); err != nil {
				return Value{}, err
			}
		}
	}
	return FromSet(out), nil
}

func setRelation(op Op) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		items, err := Items(c.Meter, c.Args[0])
		if err != nil {
			return Value{}, err
		}
		other := NewDict(len(items))
		for _, x := range items {
			if err := other.Set(x, None()); err != nil {
				return Value{}, err
			}
		}
		ok, err := compareSets(op, self, FromSet(other))
		return Bool(ok), err
	}
}
