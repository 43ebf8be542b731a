package jinja

import "github.com/retort-go/retort/jinja/internal/value"

// builtinTests are the engine's tests by name.
var builtinTests = map[string]builtin{
	"boolean":     is("test_boolean", func(v Value) bool { return v.Kind() == value.KindBool }),
	"callable":    {fold: true, fn: testCallable},
	"defined":     is("test_defined", func(v Value) bool { return !v.IsUndefined() }),
	"divisibleby": {fn: testDivisibleby, fold: true},
	"escaped":     is("test_escaped", value.IsHTML),
	"even":        {fn: testParity("test_even", 0), fold: true},
	"false":       is("test_false", func(v Value) bool { return v.Kind() == value.KindBool && !v.AsBool() }),
	"filter":      {fn: testName("test_filter", func(env *Environment) map[string]*callee { return env.filters }), fold: true},
	"float":       is("test_float", func(v Value) bool { return v.Kind() == value.KindFloat }),
	"in":          {fn: testIn, fold: true},
	"integer": is("test_integer", func(v Value) bool {
		return v.Kind() == value.KindInt || v.Kind() == value.KindBigInt
	}),
	"iterable":  {fn: testIterable, fold: true},
	"lower":     {fn: testCase("test_lower", value.IsLower), fold: true},
	"mapping":   is("test_mapping", isMapping),
	"none":      is("test_none", Value.IsNone),
	"number":    is("test_number", isNumber),
	"odd":       {fn: testParity("test_odd", 1), fold: true},
	"sameas":    {fn: testSameas, fold: true},
	"sequence":  is("test_sequence", isSequence),
	"string":    is("test_string", Value.IsString),
	"test":      {fn: testName("test_test", func(env *Environment) map[string]*callee { return env.tests }), fold: true},
	"true":      is("test_true", func(v Value) bool { return v.Kind() == value.KindBool && v.AsBool() }),
	"undefined": is("test_undefined", Value.IsUndefined),
	"upper":     {fn: testCase("test_upper", value.IsUpper), fold: true},

	"==": compares("eq", value.OpEq), "eq": compares("eq", value.OpEq), "equalto": compares("eq", value.OpEq),
	"!=": compares("ne", value.OpNe), "ne": compares("ne", value.OpNe),
	">": compares("gt", value.OpGt), "gt": compares("gt", value.OpGt), "greaterthan": compares("gt", value.OpGt),
	">=": compares("ge", value.OpGe), "ge": compares("ge", value.OpGe),
	"<": compares("lt", value.OpLt), "lt": compares("lt", value.OpLt), "lessthan": compares("lt", value.OpLt),
	"<=": compares("le", value.OpLe), "le": compares("le", value.OpLe),
}

// is makes a test of a property of the value alone.
func is(fn string, has func(Value) bool) builtin {
	return builtin{fold: true, fn: func(_ *State, c *Call) (Value, error) {
		v, err := one(fn, 0, c)
		if err != nil {
			return Value{}, err
		}
		return value.Bool(has(v)), nil
	}}
}

func testCallable(_ *State, c *Call) (Value, error) {
	v, err := builtinArg("callable", c)
	return value.Bool(value.IsCallable(v)), err
}

// compares makes a test of a comparison operator.
func compares(name string, op value.Op) builtin {
	return builtin{fold: true, fn: func(s *State, c *Call) (Value, error) {
		if len(c.Kwargs) > 0 {
			return Value{}, typeError("_operator.%s() takes no keyword arguments", name)
		}
		if len(c.Args) != 2 {
			return Value{}, typeError("%s expected 2 arguments, got %d", name, len(c.Args))
		}
		ok, err := value.Compare(s.meter, op, c.Args[0], c.Args[1])
		return value.Bool(ok), err
	}}
}

func testParity(fn string, rest int64) func(*State, *Call) (Value, error) {
	return func(s *State, c *Call) (Value, error) {
		v, err := one(fn, 0, c)
		if err != nil {
			return Value{}, err
		}
		if v.Kind() == value.KindInt {
			return value.Bool(v.AsInt()&1 == rest), nil
		}
		return remainderIs(s, v, value.Int(2), rest)
	}
}

// remainderIs is v % by == rest.
func remainderIs(s *State, v, by Value, rest int64) (Value, error) {
	r, err := value.Mod(s.meter, v, by)
	if err != nil {
		return Value{}, err
	}
	ok, err := value.Equal(s.meter, r, value.Int(rest))
	return value.Bool(ok), err
}

var divisiblebySig = signature{fn: "test_divisibleby", params: []string{"value", "num"}, required: 2}

func testDivisibleby(s *State, c *Call) (Value, error) {
	var a [2]Value
	if err := divisiblebySig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	return remainderIs(s, a[0], a[1], 0)
}

func testCase(fn string, has func(string) bool) func(*State, *Call) (Value, error) {
	return func(s *State, c *Call) (Value, error) {
		v, err := one(fn, 0, c)
		if err != nil {
			return Value{}, err
		}
		text, err := value.ToStr(s.meter, v)
		if err != nil {
			return Value{}, err
		}
		return value.Bool(has(text)), s.meter.Spend(len(text) >> 4)
	}
}

func testName(fn string, table func(*Environment) map[string]*callee) func(*State, *Call) (Value, error) {
	return func(s *State, c *Call) (Value, error) {
		v, err := one(fn, 1, c)
		if err != nil {
			return Value{}, err
		}
		if !v.IsString() { // only fails, when it is not hashable
			_, _, err := value.NewDict(0).Get(v)
			return value.Bool(false), err
		}
		return value.Bool(table(s.env)[v.AsString()] != nil), nil
	}
}

func isNumber(v Value) bool {
	switch v.Kind() {
	case value.KindBool, value.KindInt, value.KindBigInt, value.KindFloat:
		return true
	}
	return false
}

// isSequence: what has a length and items, an undefined value too.
func isSequence(v Value) bool {
	switch v.Kind() {
	case value.KindSet, value.KindView:
		return false
	case value.KindObject:
		if _, ok := v.Object().(value.Indexer); !ok {
			return false
		}
	}
	_, err := value.Len(v)
	return err == nil
}

func testIterable(s *State, c *Call) (Value, error) {
	v, err := one("test_iterable", 0, c)
	if err != nil {
		return Value{}, err
	}
	ok, err := value.IsIterable(s.meter, v)
	return value.Bool(ok), err
}

var sameasSig = signature{fn: "test_sameas", params: []string{"value", "other"}, required: 2}

func testSameas(_ *State, c *Call) (Value, error) {
	var a [2]Value
	if err := sameasSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	// Strings that are equal are taken for one, as CPython's constants are.
	same := value.Same(a[0], a[1]) && !a[0].IsUndefined() ||
		a[0].Kind() == value.KindStr && a[1].Kind() == value.KindStr && a[0].AsString() == a[1].AsString()
	return value.Bool(same), nil
}

var inSig = signature{fn: "test_in", params: []string{"value", "seq"}, required: 2}

func testIn(s *State, c *Call) (Value, error) {
	var a [2]Value
	if err := inSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	in, err := value.In(s.meter, a[0], a[1])
	return value.Bool(in), err
}
