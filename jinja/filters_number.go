package jinja

import (
	"math"
	"math/big"
	"strconv"
	"unsafe"

	"github.com/retort-go/retort/jinja/internal/value"
)

func filterAbs(s *State, c *Call) (Value, error) {
	v, err := builtinArg("abs", c)
	if err != nil {
		return Value{}, err
	}
	return value.Abs(s.meter, v)
}

// builtinArg returns the one argument of a filter that is a builtin function of Python.
func builtinArg(fn string, c *Call) (Value, error) {
	if len(c.Kwargs) > 0 {
		return Value{}, typeError("%s() takes no keyword arguments", fn)
	}
	if len(c.Args) != 1 {
		return Value{}, typeError("%s() takes exactly one argument (%d given)", fn, len(c.Args))
	}
	return c.Args[0], nil
}

var intSig = signature{fn: "do_int", params: []string{"value", "default", "base"}, required: 1}

func filterInt(_ *State, c *Call) (Value, error) {
	if len(c.Args) == 1 && len(c.Kwargs) == 0 && c.Args[0].Kind() == value.KindInt {
		return c.Args[0], nil
	}
	var a [3]Value
	if err := intSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	v, def := a[0], a[1]
	if def.IsMissing() {
		def = value.Int(0)
	}
	base, err := intOr(a[2], 10)
	if err == nil {
		var i Value
		if v.IsString() {
			i, err = value.ParseInt(v.AsString(), base)
		} else {
			i, err = value.ToInt(v)
		}
		if err == nil {
			return i, nil
		}
	}
	if !value.IsClass(err, "TypeError", "ValueError") {
		return Value{}, err
	}
	f, err := value.ToFloat(v) // so that "42.23"|int gives 42
	if err == nil {
		var i Value
		if i, err = value.FloatToInt(f.AsFloat()); err == nil {
			return i, nil
		}
	}
	if !value.IsClass(err, "TypeError", "ValueError", "OverflowError") {
		return Value{}, err
	}
	return def, nil
}

var floatSig = signature{fn: "do_float", params: []string{"value", "default"}, required: 1}

func filterFloat(_ *State, c *Call) (Value, error) {
	var a [2]Value
	if err := floatSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	f, err := value.ToFloat(a[0])
	if value.IsClass(err, "TypeError", "ValueError") {
		if a[1].IsMissing() {
			return value.Float(0), nil
		}
		return a[1], nil
	}
	return f, err
}

var roundSig = signature{fn: "do_round", params: []string{"value", "precision", "method"}, required: 1}

func filterRound(s *State, c *Call) (Value, error) {
	var a [3]Value
	if err := roundSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	v, precision, method := a[0], a[1], "common"
	if precision.IsMissing() {
		precision = value.Int(0)
	}
	if !a[2].IsMissing() {
		method = ""
		if a[2].IsString() {
			method = a[2].AsString()
		}
		if err := hashable(a[2]); err != nil {
			return Value{}, err
		}
	}
	switch method {
	case "common":
		return round(v, precision)
	case "ceil", "floor":
		return roundTo(s.meter, v, precision, method == "ceil")
	}
	return Value{}, argumentError("method must be common, ceil or floor")
}

// roundTo is ceil or floor of v · 10**precision, divided again.
func roundTo(m *Meter, v, precision Value, up bool) (Value, error) {
	scale, err := value.Pow(m, value.Int(10), precision)
	if err != nil {
		return Value{}, err
	}
	x, err := value.Mul(m, v, scale)
	if err != nil {
		return Value{}, err
	}
	if x.Kind() == value.KindFloat {
		f := math.Floor(x.AsFloat())
		if up {
			f = math.Ceil(x.AsFloat())
		}
		x, err = value.FloatToInt(f)
	} else if x.IsString() || x.Kind() > value.KindFloat {
		return Value{}, typeError("must be real number, not %s", value.TypeName(x))
	}
	if err != nil {
		return Value{}, err
	}
	return value.Div(m, x, scale)
}

// round is Python's round(v, precision): to the nearest, ties to even, exact in binary.
func round(v, precision Value) (Value, error) {
	n, isInt := value.Index(precision)
	switch v.Kind() {
	case value.KindFloat:
		if precision.IsNone() {
			return value.FloatToInt(math.RoundToEven(v.AsFloat()))
		}
		if isInt {
			return roundFloat(v.AsFloat(), n)
		}
	case value.KindInt, value.KindBool, value.KindBigInt:
		if precision.IsNone() || isInt && n >= 0 {
			return value.ToInt(v)
		}
		if isInt {
			return roundInt(v, n), nil
		}
	default:
		return Value{}, typeError("type %s doesn't define __round__ method", value.TypeName(v))
	}
	return Value{}, typeError("'%s' object cannot be interpreted as an integer", value.TypeName(precision))
}

func roundFloat(f float64, n int64) (Value, error) {
	switch {
	case math.IsInf(f, 0) || f != f || n > 323:
		return value.Float(f), nil
	case n < -308:
		return value.Float(math.Copysign(0, f)), nil
	case n >= 0:
		// Formatting rounds the exact binary value, ties to even.
		var buf [32]byte
		b := strconv.AppendFloat(buf[:0], f, 'f', int(n), 64)
		r, _ := strconv.ParseFloat(unsafe.String(unsafe.SliceData(b), len(b)), 64)
		return value.Float(r), nil
	}
	x, _ := new(big.Float).SetFloat64(math.Abs(f)).Rat(nil)
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(-n), nil)
	r, _ := new(big.Float).SetInt(nearest(x.Quo(x, new(big.Rat).SetInt(unit)), unit)).Float64()
	if math.IsInf(r, 0) {
		return Value{}, value.Errorf("OverflowError", "rounded value too large to represent")
	}
	return value.Float(math.Copysign(r, f)), nil
}

// nearest returns the multiple of unit nearest to x units, the even one of two.
func nearest(x *big.Rat, unit *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	r.Lsh(r, 1)
	if c := r.Cmp(x.Denom()); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return q.Mul(q, unit)
}

func roundInt(v Value, n int64) Value {
	i := new(big.Int)
	if value.To(v, &i) != nil || -n > int64(i.BitLen()) {
		return value.Int(0)
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(-n), nil)
	r := nearest(new(big.Rat).SetFrac(new(big.Int).Abs(i), unit), unit)
	if i.Sign() < 0 {
		r.Neg(r)
	}
	return value.BigInt(r)
}

var sizeSig = signature{fn: "do_filesizeformat", params: []string{"value", "binary"}, required: 1}

func filterFilesizeformat(s *State, c *Call) (Value, error) {
	var a [2]Value
	if err := sizeSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	v, err := value.ToFloat(a[0])
	if err != nil {
		return Value{}, err
	}
	binary, err := isTrue(a[1])
	if err != nil {
		return Value{}, err
	}
	base, suffix := 1000.0, "B"
	units := [...]string{"k", "M", "G", "T", "P", "E", "Z", "Y"}
	if binary {
		base, suffix = 1024, "iB"
		units[0] = "K"
	}
	f := v.AsFloat()
	switch {
	case f == 1:
		return value.Str("1 Byte"), nil
	case f < base:
		i, err := value.FloatToInt(f)
		if err != nil {
			return Value{}, err
		}
		b, err := value.AppendStr(s.meter, value.Buffer(s.meter), i)
		if err != nil {
			return Value{}, err
		}
		return value.Made(s.meter, append(b, " Bytes"...))
	}
	// The units are exact: as a float 1e24 is a little less than 1000**8.
	power, unit, i := value.Int(int64(base)), 0.0, 0
	for exact := power; ; i++ {
		if exact, err = value.Mul(s.meter, exact, power); err != nil {
			return Value{}, err
		}
		large, err := value.ToFloat(exact)
		if err != nil {
			return Value{}, err
		}
		unit = large.AsFloat()
		less, err := value.Compare(s.meter, value.OpLt, v, exact)
		if err != nil {
			return Value{}, err
		}
		if less || i == len(units)-1 {
			break
		}
	}
	b, size := value.Buffer(s.meter), base*f/unit
	switch {
	case size != size:
		b = append(b, "nan"...)
	case math.IsInf(size, 1):
		b = append(b, "inf"...)
	default:
		b = strconv.AppendFloat(b, size, 'f', 1, 64)
	}
	return value.Made(s.meter, append(append(append(b, ' '), units[i]...), suffix...))
}
