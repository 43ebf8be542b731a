package value

import (
	"math"
	"math/big"
	"strings"
)

// Add returns a + b.
func Add(m *Meter, a, b Value) (Value, error) {
	if a.Kind() == KindInt && b.Kind() == KindInt {
		s := a.AsInt() + b.AsInt()
		if (s > a.AsInt()) == (b.AsInt() > 0) {
			return Int(s), nil
		}
	}
	return addSlow(m, a, b)
}

func addSlow(m *Meter, a, b Value) (Value, error) {
	a, b = plain(a), plain(b)
	switch {
	case a.Kind() <= KindUndefined:
		return Value{}, a.undefinedError()
	case b.Kind() <= KindUndefined && (a.Kind() != KindMarkup || !IsHTML(b)): // a chainable one is empty Markup
		return Value{}, b.undefinedError()
	case a.isNumber() && b.isNumber():
		return numeric(m, '+', a, b)
	case a.Kind() == KindMarkup, a.IsString() && IsHTML(b), b.Kind() == KindMarkup && IsHTML(a):
		return addMarkup(m, a, b)
	case a.Kind() == KindStr && b.Kind() == KindStr:
		return concat(m, KindStr, a.AsString(), b.AsString())
	case a.Kind() == KindBytes && b.Kind() == KindBytes:
		return concat(m, KindBytes, a.AsString(), b.AsString())
	case isList(a) && isList(b):
		items, err := joinItems(m, a, b)
		return NewList(items), err
	case a.Kind() == KindTuple && b.Kind() == KindTuple:
		items, err := joinItems(m, a, b)
		return Tuple(items), err
	case a.Kind() == KindTuple: // also a named one: the message is tuple's own
		return Value{}, typeErrorf(`can only concatenate tuple (not "%s") to tuple`, TypeName(b))
	case a.Kind() == KindStr || isList(a):
		return Value{}, typeErrorf(`can only concatenate %s (not "%s") to %[1]s`, TypeName(a), TypeName(b))
	case a.Kind() == KindBytes:
		return Value{}, typeErrorf("can't concat %s to bytes", TypeName(b))
	}
	return Value{}, unsupported("+", a, b)
}

func isList(v Value) bool { return v.Kind() == KindList || v.Kind() == KindGoSlice }

func unsupported(op string, a, b Value) error {
	return typeErrorf("unsupported operand type(s) for %s: '%s' and '%s'", op, TypeName(a), TypeName(b))
}

func joinItems(m *Meter, a, b Value) ([]Value, error) {
	x, err := Items(m, a)
	if err != nil {
		return nil, err
	}
	y, err := Items(m, b)
	if err != nil {
		return nil, err
	}
	return append(x, y...), nil
}

// Sub returns a - b.
func Sub(m *Meter, a, b Value) (Value, error) {
	if a.Kind() == KindInt && b.Kind() == KindInt {
		s := a.AsInt() - b.AsInt()
		if (s < a.AsInt()) == (b.AsInt() > 0) {
			return Int(s), nil
		}
	}
	a, b = plain(a), plain(b)
	if a.Kind() == KindSet && b.Kind() == KindSet || isSetView(a) || isSetView(b) {
		return subtractSets(m, a, b)
	}
	return numericOp(m, '-', "-", a, b)
}

// Mul returns a * b; a string, list or tuple is repeated.
func Mul(m *Meter, a, b Value) (Value, error) {
	a, b = plain(a), plain(b)
	switch {
	case a.isNumber() && b.isNumber():
		return numeric(m, '*', a, b)
	case a.Kind() <= KindUndefined:
		return Value{}, a.undefinedError()
	case b.Kind() <= KindUndefined:
		return Value{}, b.undefinedError()
	case isSequence(a) && b.isInt():
		return repeat(m, a, b)
	case isSequence(b) && a.isInt():
		return repeat(m, b, a)
	case a.Kind() == KindMarkup:
		return Value{}, typeErrorf("'%s' object cannot be interpreted as an integer", TypeName(b))
	case b.Kind() == KindMarkup:
		return Value{}, typeErrorf("'%s' object cannot be interpreted as an integer", TypeName(a))
	case isSequence(a):
		return Value{}, typeErrorf("can't multiply sequence by non-int of type '%s'", TypeName(b))
	case isSequence(b):
		return Value{}, typeErrorf("can't multiply sequence by non-int of type '%s'", TypeName(a))
	}
	return Value{}, unsupported("*", a, b)
}

// Div returns a / b, a float.
func Div(m *Meter, a, b Value) (Value, error) { return numericOp(m, '/', "/", plain(a), plain(b)) }

// FloorDiv returns a // b.
func FloorDiv(m *Meter, a, b Value) (Value, error) {
	return numericOp(m, 'f', "//", plain(a), plain(b))
}

// Mod returns a % b: the remainder, or a formatted string.
func Mod(m *Meter, a, b Value) (Value, error) {
	if a.IsString() {
		return formatPercent(m, a, b)
	}
	if a.Kind() == KindBytes && strings.IndexByte(a.AsString(), '%') < 0 {
		return a, bytesPercent(b)
	}
	return numericOp(m, '%', "%", plain(a), plain(b))
}

// bytesPercent is bytes % args for bytes without a field; others are not
// supported.
func bytesPercent(args Value) error {
	if args.Kind() == KindTuple && args.n == 0 || isMapping(args) {
		return nil
	}
	return typeErrorf("not all arguments converted during bytes formatting")
}

// Pow returns a ** b.
func Pow(m *Meter, a, b Value) (Value, error) {
	return numericOp(m, 'p', "** or pow()", plain(a), plain(b))
}

func numericOp(m *Meter, op byte, name string, a, b Value) (Value, error) {
	switch {
	case a.isNumber() && b.isNumber():
		return numeric(m, op, a, b)
	case a.Kind() <= KindUndefined:
		return Value{}, a.undefinedError()
	case b.Kind() <= KindUndefined:
		return Value{}, b.undefinedError()
	}
	return Value{}, unsupported(name, a, b)
}

// numeric computes a op b for two numbers.
func numeric(m *Meter, op byte, a, b Value) (Value, error) {
	if a.Kind() == KindFloat || b.Kind() == KindFloat {
		x, err := a.float()
		if err != nil {
			return Value{}, err
		}
		y, err := b.float()
		if err != nil {
			return Value{}, err
		}
		return floatOp(op, x, y)
	}
	if a.Kind() != KindBigInt && b.Kind() != KindBigInt {
		if v, ok, err := intOp(op, a.AsInt(), b.AsInt()); ok || err != nil {
			return v, err
		}
	}
	return bigOp(m, op, a, b)
}

func floatOp(op byte, x, y float64) (Value, error) {
	switch op {
	case '+':
		return Float(x + y), nil
	case '-':
		return Float(x - y), nil
	case '*':
		return Float(x * y), nil
	case 'p':
		return powFloats(x, y)
	}
	if y == 0 {
		msg := map[byte]string{'/': "float division by zero", 'f': "float floor division by zero", '%': "float modulo"}[op]
		return Value{}, Errorf("ZeroDivisionError", "%s", msg)
	}
	if op == '/' {
		return Float(x / y), nil
	}
	q, r := floorDivFloat(x, y)
	if op == '%' {
		return Float(r), nil
	}
	return Float(q), nil
}

// intOp computes small ints; it is not ok when the result may not fit.
func intOp(op byte, x, y int64) (v Value, ok bool, err error) {
	switch op {
	case '+':
		s := x + y
		return Int(s), (s > x) == (y > 0), nil
	case '-':
		s := x - y
		return Int(s), (s < x) == (y > 0), nil
	case '*':
		p := x * y
		if x == 0 || y == 0 {
			return Int(0), true, nil
		}
		fits := p/y == x && !(x == -1 && y == math.MinInt64) && !(y == -1 && x == math.MinInt64)
		return Int(p), fits, nil
	case 'p':
		return Value{}, false, nil
	}
	if y == 0 {
		return Value{}, false, zeroDivision(op)
	}
	switch {
	case op == '/' || x == math.MinInt64 && y == -1:
		return Value{}, false, nil
	case op == '%':
		return Int(floorMod64(x, y)), true, nil
	}
	return Int(floorDiv64(x, y)), true, nil
}

func zeroDivision(op byte) error {
	msg := map[byte]string{'/': "division by zero", 'f': "integer division or modulo by zero", '%': "integer modulo by zero"}[op]
	return Errorf("ZeroDivisionError", "%s", msg)
}

// bigOp computes ints that do not fit, and all quotients and powers of ints.
func bigOp(m *Meter, op byte, a, b Value) (Value, error) {
	x, y := a.big(), b.big()
	switch op {
	case '+', '-':
		if err := buildBig(m, max(x.BitLen(), y.BitLen())+1, 0); err != nil {
			return Value{}, err
		}
		if op == '+' {
			return BigInt(new(big.Int).Add(x, y)), nil
		}
		return BigInt(new(big.Int).Sub(x, y)), nil
	case '*':
		return mulInts(m, a, b)
	case 'p':
		if y.Sign() >= 0 {
			return powInts(m, a, b)
		}
		f, err := a.float()
		if err != nil {
			return Value{}, err
		}
		g, err := b.float()
		if err != nil {
			return Value{}, err
		}
		return powFloats(f, g)
	}
	if y.Sign() == 0 {
		return Value{}, zeroDivision(op)
	}
	if err := buildBig(m, x.BitLen(), (x.BitLen()/64)*(y.BitLen()/64)>>6); err != nil {
		return Value{}, err
	}
	if op == '/' {
		f, err := trueDiv(a, b)
		return Float(f), err
	}
	q, r := floorDivBig(x, y)
	if op == '%' {
		return BigInt(r), nil
	}
	return BigInt(q), nil
}

// Neg returns -v.
func Neg(m *Meter, v Value) (Value, error) {
	v = plain(v)
	switch v.Kind() {
	case KindInt, KindBool:
		if v.AsInt() == math.MinInt64 {
			return BigInt(new(big.Int).Neg(v.big())), nil
		}
		return Int(-v.AsInt()), nil
	case KindFloat:
		return Float(-v.AsFloat()), nil
	case KindBigInt:
		return BigInt(new(big.Int).Neg(v.AsBigInt())), nil
	case KindUndefined, KindMissing:
		return Value{}, v.undefinedError()
	}
	return Value{}, typeErrorf("bad operand type for unary -: '%s'", TypeName(v))
}

// Pos returns +v.
func Pos(m *Meter, v Value) (Value, error) {
	v = plain(v)
	switch {
	case v.Kind() == KindBool:
		return Int(v.AsInt()), nil
	case v.isNumber():
		return v, nil
	case v.Kind() <= KindUndefined:
		return Value{}, v.undefinedError()
	}
	return Value{}, typeErrorf("bad operand type for unary +: '%s'", TypeName(v))
}

// Abs returns abs(v).
func Abs(m *Meter, v Value) (Value, error) {
	v = plain(v)
	switch v.Kind() {
	case KindFloat:
		return Float(math.Abs(v.AsFloat())), nil
	case KindInt, KindBool, KindBigInt:
		if v.big().Sign() < 0 {
			return Neg(m, v)
		}
		return Pos(m, v)
	}
	return Value{}, typeErrorf("bad operand type for abs(): '%s'", TypeName(v))
}
