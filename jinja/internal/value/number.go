package value

import (
	"math"
	"math/big"
	"math/bits"
)

// isInt reports whether v is an int in Python, bool included.
func (v Value) isInt() bool {
	return v.Kind() == KindInt || v.Kind() == KindBool || v.Kind() == KindBigInt
}

// isNumber reports whether v is an int or a float.
func (v Value) isNumber() bool { return v.Kind() >= KindBool && v.Kind() <= KindFloat }

// big returns an int as a big one.
func (v Value) big() *big.Int {
	if v.Kind() == KindBigInt {
		return v.AsBigInt()
	}
	return big.NewInt(v.AsInt())
}

// float returns a number as a float; an int that is too large fails.
func (v Value) float() (float64, error) {
	switch v.Kind() {
	case KindFloat:
		return v.AsFloat(), nil
	case KindBigInt:
		f, _ := new(big.Float).SetInt(v.AsBigInt()).Float64()
		if math.IsInf(f, 0) {
			return 0, Errorf("OverflowError", "int too large to convert to float")
		}
		return f, nil
	}
	return float64(v.AsInt()), nil
}

// plain replaces a Go value that is a number or string by that; other values
// stay.
func plain(v Value) Value {
	if v.Kind() == KindGoOther {
		v, _ = v.scalar()
	}
	return v
}

// Index returns v as an index (Python's __index__): ints only.
func Index(v Value) (int64, bool) {
	switch v.Kind() {
	case KindInt, KindBool:
		return v.AsInt(), true
	case KindBigInt:
		if v.AsBigInt().Sign() < 0 {
			return math.MinInt64, true
		}
		return math.MaxInt64, true
	case KindGoOther:
		if s, ok := v.scalar(); ok {
			return Index(s)
		}
	}
	return 0, false
}

// buildBig pays for a big result of n bits, and for work of so many steps.
func buildBig(m *Meter, n, work int) error {
	if err := m.Build(n/8 + 1); err != nil {
		return err
	}
	return m.Spend(work)
}

// mulInts multiplies two ints of which one is big or the product may be.
func mulInts(m *Meter, a, b Value) (Value, error) {
	x, y := a.big(), b.big()
	w := (x.BitLen()/64 + 1) * (y.BitLen()/64 + 1)
	if err := buildBig(m, x.BitLen()+y.BitLen(), w>>6); err != nil {
		return Value{}, err
	}
	return BigInt(new(big.Int).Mul(x, y)), nil
}

// floorDiv64 divides as Python: towards minus infinity. b is not 0 and the
// quotient fits.
func floorDiv64(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod64(a, b int64) int64 {
	r := a % b
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

// floorDivBig returns a // b and a % b for b not 0.
func floorDivBig(a, b *big.Int) (q, r *big.Int) {
	q, r = new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Sign() != 0 && (r.Sign() < 0) != (b.Sign() < 0) {
		q.Sub(q, big.NewInt(1))
		r.Add(r, b)
	}
	return q, r
}

// floorDivFloat returns a // b and a % b for b not 0, as CPython computes them.
func floorDivFloat(a, b float64) (q, r float64) {
	r = math.Mod(a, b)
	q = (a - r) / b
	if r != 0 {
		if (b < 0) != (r < 0) {
			r += b
			q--
		}
	} else {
		r = math.Copysign(0, b)
	}
	if q == 0 {
		return math.Copysign(0, a/b), r
	}
	f := math.Floor(q)
	if q-f > 0.5 {
		f++
	}
	return f, r
}

// trueDiv returns a / b for ints, rounded once.
func trueDiv(a, b Value) (float64, error) {
	const exact = 1 << 53
	if a.big().Sign() == 0 && b.big().Sign() < 0 {
		return math.Copysign(0, -1), nil
	}
	if a.Kind() != KindBigInt && b.Kind() != KindBigInt {
		x, y := a.AsInt(), b.AsInt()
		if x >= -exact && x <= exact && y >= -exact && y <= exact {
			return float64(x) / float64(y), nil
		}
	}
	f, _ := new(big.Rat).SetFrac(a.big(), b.big()).Float64()
	if math.IsInf(f, 0) {
		return 0, Errorf("OverflowError", "integer division result too large for a float")
	}
	return f, nil
}

// powInts returns a ** b for b >= 0.
func powInts(m *Meter, a, b Value) (Value, error) {
	base := a.big()
	if base.IsInt64() {
		switch i := base.Int64(); {
		case i == 0 || i == 1:
			if b.Kind() != KindBigInt && b.AsInt() == 0 {
				i = 1
			}
			return Int(i), nil
		case i == -1:
			if b.big().Bit(0) == 0 {
				i = 1
			}
			return Int(i), nil
		}
	}
	if b.Kind() == KindBigInt {
		return Value{}, m.Build(math.MaxInt)
	}
	e := uint64(b.AsInt())
	hi, n := bits.Mul64(e, uint64(base.BitLen()))
	if hi != 0 || n > 1<<40 {
		return Value{}, m.Build(math.MaxInt)
	}
	words := int(n)/64 + 1
	if err := buildBig(m, int(n), words*words>>8); err != nil {
		return Value{}, err
	}
	return BigInt(new(big.Int).Exp(base, new(big.Int).SetUint64(e), nil)), nil
}

// powFloats returns a ** b.
func powFloats(a, b float64) (Value, error) {
	if a == 0 && b < 0 {
		return Value{}, Errorf("ZeroDivisionError", "0.0 cannot be raised to a negative power")
	}
	if a < 0 && b != math.Trunc(b) && !math.IsInf(a, 0) && !math.IsInf(b, 0) && b == b {
		return Value{}, valueErrorf("a negative number to a fractional power is complex, which templates do not have")
	}
	f := pow(a, b)
	if math.IsInf(f, 0) && !math.IsInf(a, 0) && !math.IsInf(b, 0) {
		return Value{}, Errorf("OverflowError", "(34, 'Numerical result out of range')")
	}
	return Float(f), nil
}
