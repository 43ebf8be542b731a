package value

import (
	"math"
	"math/big"
	"sync"
)

// pow returns a ** b correctly rounded, or so nearly always, as the C library
// does under Python; math.Pow is off by a bit or two too often for a page that
// is compared byte by byte. a is not negative unless b is whole.
func pow(a, b float64) float64 {
	if f := math.Pow(a, b); f == 0 || f == 1 || math.IsInf(f, 0) || f != f || b == 0.5 {
		if f != 0 && !math.IsInf(f, 0) || a == 0 || math.IsInf(a, 0) || math.IsInf(b, 0) {
			return f
		}
	}
	var x *big.Float
	if b == math.Trunc(b) && math.Abs(b) < 1<<62 {
		x = powWhole(newFloat(a), int64(b))
	} else {
		x = exp(newFloat(0).Mul(newFloat(b), logarithm(math.Abs(a))))
	}
	f, _ := x.Float64()
	return f
}

// precision is enough that the last bit of a float64 is right.
const precision = 200

func newFloat(f float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(f) }

func powWhole(x *big.Float, n int64) *big.Float {
	out := newFloat(1)
	for k := max(n, -n); k > 0 && !x.IsInf(); k >>= 1 {
		if k&1 != 0 {
			out.Mul(out, x)
		}
		x.Mul(x, x)
	}
	if x.IsInf() {
		out = x
	}
	if n < 0 {
		if out.Sign() == 0 {
			return out.SetInf(false)
		}
		if out.IsInf() {
			return newFloat(0)
		}
		out.Quo(newFloat(1), out)
	}
	return out
}

var ln2 = sync.OnceValue(func() *big.Float { return atanhSeries(newFloat(0).Quo(newFloat(1), newFloat(3))) })

// atanhSeries returns 2·atanh(z) for a small z.
func atanhSeries(z *big.Float) *big.Float {
	sum, term, square := newFloat(0), newFloat(0).Set(z), newFloat(0).Mul(z, z)
	for k := 1.0; term.Sign() != 0 && term.MantExp(nil) > -precision; k += 2 {
		sum.Add(sum, newFloat(0).Quo(term, newFloat(k)))
		term.Mul(term, square)
	}
	return sum.Mul(sum, newFloat(2))
}

// logarithm returns ln(a) for a > 0.
func logarithm(a float64) *big.Float {
	m, e := math.Frexp(a)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	z := newFloat(0).Quo(newFloat(0).Sub(newFloat(m), newFloat(1)), newFloat(0).Add(newFloat(m), newFloat(1)))
	return newFloat(0).Add(atanhSeries(z), newFloat(0).Mul(newFloat(float64(e)), ln2()))
}

// exp returns e to the power of t.
func exp(t *big.Float) *big.Float {
	f, _ := t.Float64()
	n := math.Round(f / math.Ln2)
	if math.Abs(n) > 1<<20 {
		if n < 0 {
			return newFloat(0)
		}
		return newFloat(0).SetInf(false)
	}
	const halvings = 16
	r := newFloat(0).Sub(t, newFloat(0).Mul(newFloat(n), ln2()))
	r.SetMantExp(r, -halvings)
	sum, term := newFloat(1), newFloat(1)
	for k := 1.0; term.Sign() != 0 && term.MantExp(nil) > -precision; k++ {
		term.Mul(term, r)
		term.Quo(term, newFloat(k))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum.SetMantExp(sum, int(n))
}
