package value

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strings"
)

func intMethods() []method {
	none := arity{0, 0, exact, nil}
	return []method{
		{name: "bit_length", args: none, fn: func(_ *Call, v Value) (Value, error) {
			return Int(int64(v.big().BitLen())), nil
		}},
		{name: "bit_count", args: none, fn: intBitCount},
		{name: "conjugate", args: none, fn: func(c *Call, v Value) (Value, error) { return Pos(c.Meter, v) }},
		{name: "as_integer_ratio", args: none, fn: func(c *Call, v Value) (Value, error) {
			n, err := Pos(c.Meter, v)
			return Tuple([]Value{n, Int(1)}), err
		}},
		{name: "to_bytes", args: arity{0, 2, named, []string{"length", "byteorder"}}, fn: intToBytes},
	}
}

func intBitCount(_ *Call, v Value) (Value, error) {
	n := 0
	for _, w := range v.big().Bits() {
		n += bits.OnesCount(uint(w))
	}
	return Int(int64(n)), nil
}

func intToBytes(c *Call, v Value) (Value, error) {
	n, order := 1, "big"
	if a := c.arg(0); !a.IsMissing() {
		var err error
		if n, err = intArg(a); err != nil {
			return Value{}, err
		}
	}
	if a := c.arg(1); a.IsString() {
		order = a.AsString()
	}
	switch {
	case order != "big" && order != "little":
		return Value{}, valueErrorf("byteorder must be either 'little' or 'big'")
	case n < 0:
		return Value{}, valueErrorf("length argument must be non-negative")
	case v.big().Sign() < 0:
		return Value{}, Errorf("OverflowError", "can't convert negative int to unsigned")
	case v.big().BitLen() > 8*n:
		return Value{}, Errorf("OverflowError", "int too big to convert")
	}
	if err := c.Meter.Build(n); err != nil {
		return Value{}, err
	}
	b := v.big().FillBytes(make([]byte, n))
	if order == "little" {
		slices.Reverse(b)
	}
	return Bytes(b), nil
}

func floatMethods() []method {
	none := arity{0, 0, exact, nil}
	return []method{
		{name: "is_integer", args: none, fn: func(_ *Call, v Value) (Value, error) {
			f := v.AsFloat()
			return Bool(f == math.Trunc(f) && !math.IsInf(f, 0)), nil
		}},
		{name: "conjugate", args: none, fn: func(_ *Call, v Value) (Value, error) { return v, nil }},
		{name: "as_integer_ratio", args: none, fn: floatRatio},
		{name: "hex", args: none, fn: func(_ *Call, v Value) (Value, error) { return Str(floatHex(v.AsFloat())), nil }},
	}
}

func floatRatio(_ *Call, v Value) (Value, error) {
	f := v.AsFloat()
	switch {
	case math.IsInf(f, 0):
		return Value{}, Errorf("OverflowError", "cannot convert Infinity to integer ratio")
	case f != f:
		return Value{}, valueErrorf("cannot convert NaN to integer ratio")
	}
	r := new(big.Rat)
	r.SetFloat64(f)
	return Tuple([]Value{BigInt(r.Num()), BigInt(r.Denom())}), nil
}

func floatHex(f float64) string {
	switch {
	case f != f:
		return "nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(fmt.Sprintf("%f", f)), "+")
	}
	u := math.Float64bits(f)
	sign, exp, frac := "", int(u>>52&0x7ff), u&(1<<52-1)
	if u>>63 != 0 {
		sign = "-"
	}
	switch {
	case f == 0:
		return sign + "0x0.0p+0"
	case exp == 0:
		return fmt.Sprintf("%s0x0.%013xp-1022", sign, frac)
	}
	return fmt.Sprintf("%s0x1.%013xp%+d", sign, frac, exp-1023)
}

func bytesMethods() []method {
	none := arity{0, 0, exact, nil}
	return []method{
		{name: "decode", args: arity{0, 2, named, []string{"encoding", "errors"}}, fn: bytesDecode},
		{name: "hex", args: none, fn: func(c *Call, v Value) (Value, error) {
			return Str(fmt.Sprintf("%x", v.AsBytes())), c.Meter.Build(2 * int(v.n))
		}},
		{name: "upper", args: none, fn: mapStr(otherCase('a'))},
		{name: "lower", args: none, fn: mapStr(otherCase('A'))},
		{name: "startswith", args: arity{1, 1, parsed, nil}, fn: bytesAffix(strings.HasPrefix)},
		{name: "endswith", args: arity{1, 1, parsed, nil}, fn: bytesAffix(strings.HasSuffix)},
	}
}

// otherCase changes the case of the ASCII letters of bytes, those from the first one on.
func otherCase(first byte) func(string) string {
	return func(s string) string {
		b := []byte(s)
		for i, c := range b {
			if c-first < 26 {
				b[i] ^= 'a' - 'A'
			}
		}
		return string(b)
	}
}

func bytesAffix(has func(s, affix string) bool) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		if c.Args[0].Kind() != KindBytes {
			return Value{}, typeErrorf("a bytes-like object is required, not '%s'", TypeName(c.Args[0]))
		}
		return Bool(has(self.AsString(), c.Args[0].AsString())), nil
	}
}
