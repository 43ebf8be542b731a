package value

// method is a method of a builtin type. Its arguments are checked as CPython
// checks them, in the same words, before fn runs.
type method struct {
	name    string
	args    arity
	fn      func(c *Call, self Value) (Value, error)
	mutates bool
	owner   string // the type's name, for messages
}

// arity says how many arguments a method takes and how CPython words it when
// there are too many or too few.
type arity struct {
	min, max int
	style    arityStyle
	names    []string // of parameters that may be given by keyword, "" for positional ones
}

type arityStyle uint8

const (
	exact  arityStyle = iota // str.join() takes exactly one argument (0 given)
	unpack                   // center expected at least 1 argument, got 0
	parsed                   // find() takes at least 1 argument (0 given)
	named                    // keywords allowed
	free                     // the method looks itself
)

// bind returns the method as a value, its receiver kept.
func (b *method) bind(self Value) Value {
	return FromFuncOf(&Func{Name: b.name, Fn: b.call, Self: self, Own: true})
}

func (b *method) call(c *Call, self Value) (Value, error) {
	if err := c.Meter.Spend(1); err != nil {
		return Value{}, err
	}
	if b.mutates && !c.Meter.arena.made(self) {
		ExposeCall(c) // the list or dict may be the program's
	}
	if b.args.style == named && (len(c.Kwargs) > 0 || len(c.Args) > b.args.max) {
		bound, err := b.bindNames(c)
		if err != nil {
			return Value{}, err
		}
		return b.fn(&bound, self)
	}
	if err := b.check(c); err != nil {
		return Value{}, err
	}
	return b.fn(c, self)
}

func (b *method) check(c *Call) error {
	a, n := b.args, len(c.Args)
	if a.style == free {
		return nil
	}
	if len(c.Kwargs) > 0 {
		return typeErrorf("%s.%s() takes no keyword arguments", b.owner, b.name)
	}
	if n >= a.min && n <= a.max {
		return nil
	}
	switch a.style {
	case exact:
		if a.max == 0 {
			return typeErrorf("%s.%s() takes no arguments (%d given)", b.owner, b.name, n)
		}
		return typeErrorf("%s.%s() takes exactly one argument (%d given)", b.owner, b.name, n)
	case parsed, named:
		return typeErrorf("%s() takes %s%d argument%s (%d given)", b.name, bound(a, n), a.limit(n), plural(a.limit(n)), n)
	}
	return typeErrorf("%s expected %s%d argument%s, got %d", b.name, bound(a, n), a.limit(n), plural(a.limit(n)), n)
}

// limit returns the number of arguments that n misses.
func (a arity) limit(n int) int {
	if n < a.min {
		return a.min
	}
	return a.max
}

func bound(a arity, n int) string {
	switch {
	case a.min == a.max:
		return ""
	case n < a.min:
		return "at least "
	}
	return "at most "
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// bindNames puts keyword arguments in their places.
func (b *method) bindNames(c *Call) (Call, error) {
	if n := len(c.Args) + len(c.Kwargs); n > b.args.max {
		return Call{}, typeErrorf("%s() takes at most %d argument%s (%d given)", b.name, b.args.max, plural(b.args.max), n)
	}
	out := *c
	out.Kwargs = nil
	out.Args = make([]Value, b.args.max)
	copy(out.Args, c.Args)
	for _, kw := range c.Kwargs {
		at := -1
		for i, name := range b.args.names {
			if name == kw.Name && name != "" {
				at = i
			}
		}
		if at < 0 {
			return Call{}, typeErrorf("'%s' is an invalid keyword argument for %s()", kw.Name, b.name)
		}
		if at < len(c.Args) {
			return Call{}, typeErrorf("argument for %s() given by name ('%s') and position (%d)", b.name, kw.Name, at+1)
		}
		out.Args[at] = kw.Value
	}
	return out, nil
}

// arg returns argument i, missing when it was not given.
func (c *Call) arg(i int) Value {
	if i < len(c.Args) {
		return c.Args[i]
	}
	return Value{}
}

// intArg reads an argument that must be an int.
func intArg(v Value) (int, error) {
	i, ok := Index(v)
	if !ok {
		return 0, typeErrorf("'%s' object cannot be interpreted as an integer", TypeName(v))
	}
	return int(i), nil
}

// methods are the methods of one name, by the types that have it.
type methods struct {
	str, bytes, list, tuple, dict, set, rng, integer, float, view *method
	markup                                                        *method // what only Markup has
	goSlice, goMap                                                *method
}

// of returns the method for values of kind k, or nil.
func (ms *methods) of(k Kind) *method {
	if ms == nil {
		return nil
	}
	switch k {
	case KindStr:
		return ms.str
	case KindMarkup:
		if ms.markup != nil {
			return ms.markup
		}
		return ms.str
	case KindBytes:
		return ms.bytes
	case KindList:
		return ms.list
	case KindTuple:
		return ms.tuple
	case KindDict:
		return ms.dict
	case KindSet:
		return ms.set
	case KindRange:
		return ms.rng
	case KindInt, KindBigInt, KindBool:
		return ms.integer
	case KindFloat:
		return ms.float
	case KindGoSlice:
		return ms.goSlice
	case KindGoMap:
		return ms.goMap
	case KindView:
		return ms.view
	}
	return nil
}

// CallMethod calls v.name(…) without making the bound method a value.
func CallMethod(c *Call, v Value, a *Attr) (Value, error) {
	if meth := a.meth.of(v.Kind()); meth != nil && c.Meter.Sandbox == SandboxOff {
		return meth.call(c, v)
	}
	f, err := GetAttr(c.Meter, v, a)
	if err != nil {
		return Value{}, err
	}
	return CallValue(c, f)
}

// methodTable has all methods of builtin types by name.
var methodTable map[string]*methods

// The table is filled here and not where it is declared, because methods look
// up attributes and so need the table themselves.
func init() { methodTable = buildMethods() }

// methodsNamed returns the methods of that name, nil when no type has one.
func methodsNamed(name string) *methods { return methodTable[name] }

func lenMethod(_ *Call, self Value) (Value, error) {
	n, err := Len(self)
	return Int(int64(n)), err
}

func buildMethods() map[string]*methods {
	table := map[string]*methods{}
	add := func(owner string, list []method, place func(*methods) **method) {
		for i := range list {
			b := &list[i]
			b.owner = owner
			ms := table[b.name]
			if ms == nil {
				ms = new(methods)
				table[b.name] = ms
			}
			*place(ms) = b
		}
	}
	add("str", strMethods(), func(ms *methods) **method { return &ms.str })
	add("Markup", markupMethods(), func(ms *methods) **method { return &ms.markup })
	add("bytes", bytesMethods(), func(ms *methods) **method { return &ms.bytes })
	add("list", listMethods(), func(ms *methods) **method { return &ms.list })
	add("tuple", tupleMethods(), func(ms *methods) **method { return &ms.tuple })
	add("dict", dictMethods(), func(ms *methods) **method { return &ms.dict })
	add("set", setMethods(), func(ms *methods) **method { return &ms.set })
	add("range", rangeMethods(), func(ms *methods) **method { return &ms.rng })
	add("int", intMethods(), func(ms *methods) **method { return &ms.integer })
	add("float", floatMethods(), func(ms *methods) **method { return &ms.float })
	for _, t := range []struct {
		owner string
		place func(*methods) **method
	}{
		{"str", func(ms *methods) **method { return &ms.str }}, {"bytes", func(ms *methods) **method { return &ms.bytes }},
		{"list", func(ms *methods) **method { return &ms.list }}, {"tuple", func(ms *methods) **method { return &ms.tuple }},
		{"dict", func(ms *methods) **method { return &ms.dict }}, {"set", func(ms *methods) **method { return &ms.set }},
		{"range", func(ms *methods) **method { return &ms.rng }},
	} {
		add(t.owner, []method{{name: "__len__", args: arity{0, 0, exact, nil}, fn: lenMethod}}, t.place)
	}
	add("list", goSliceMethods(), func(ms *methods) **method { return &ms.goSlice })
	add("dict", goMapMethods(), func(ms *methods) **method { return &ms.goMap })
	return table
}
