package value

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

func formatFloat(m *Meter, dst []byte, v Value, f formatSpec, typeName string) ([]byte, error) {
	switch f.typ {
	case 'e', 'E', 'f', 'F', 'g', 'G', 'n', '%', 0:
	default:
		return dst, f.unknown(typeName)
	}
	x := v.AsFloat()
	text, err := floatText(m, x, f.typ, f.prec, f.alt)
	if err != nil {
		return dst, err
	}
	negative := strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(text, "-")
	if f.noNeg0 && negative && strings.Trim(text, "0.e+-%") == "" {
		negative = false
	}
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	if n == 0 { // inf and nan have no groups
		f.group = 0
	}
	return f.number(m, dst, f.signOf(negative), text[:n], text[n:], 3)
}

// floatText returns a float as the type letters e f g n % write it (E F G in
// capitals); 0 is repr, or with a precision g with a digit after the point.
func floatText(m *Meter, x float64, typ rune, prec int, alt bool) (string, error) {
	if prec > math.MaxInt32 {
		return "", valueErrorf("precision too big")
	}
	if err := m.Build(prec + 400); err != nil {
		return "", err
	}
	suffix, lower := "", unicode.ToLower(typ)
	if typ == '%' {
		x, lower, suffix = x*100, 'f', "%"
	}
	var s string
	switch {
	case math.IsInf(x, 0) || x != x:
		s = strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(x, 'f', -1, 64)), "+")
	case lower == 0 && prec < 0:
		s = reprAlt(x, alt)
	case lower == 'e' || lower == 'f':
		if prec < 0 {
			prec = 6
		}
		s = fixedOrExp(x, byte(lower), prec, alt)
	default:
		if prec < 0 {
			prec = 6
		}
		s = general(x, max(prec, 1), alt, lower == 0)
	}
	if typ != lower && typ != '%' {
		s = strings.ToUpper(s)
	}
	return s + suffix, nil
}

func reprAlt(x float64, alt bool) string {
	s := string(appendFloat(nil, x))
	if mant, exp, ok := strings.Cut(s, "e"); ok && alt && !strings.Contains(mant, ".") {
		return mant + ".e" + exp
	}
	return s
}

// fixedOrExp is types e and f; the alternate form has a point always.
func fixedOrExp(x float64, typ byte, prec int, alt bool) string {
	s := strconv.FormatFloat(x, typ, prec, 64)
	if alt && prec == 0 {
		mant, exp, ok := strings.Cut(s, "e")
		if s = mant + "."; ok {
			s += "e" + exp
		}
	}
	return s
}

// general is type g: so many significant digits, as fixed-point or with an
// exponent, whichever suits; without trailing zeros unless alt. With dot0 it
// keeps a digit after the point and turns to exponents one digit earlier.
func general(x float64, prec int, alt, dot0 bool) string {
	s := strconv.FormatFloat(x, 'e', prec-1, 64)
	mant, e, _ := strings.Cut(s, "e")
	exp, _ := strconv.Atoi(e)
	sign := ""
	if mant[0] == '-' {
		sign, mant = "-", mant[1:]
	}
	digits := strings.Replace(mant, ".", "", 1)
	if !alt {
		digits = strings.TrimRight(digits, "0")
		if digits == "" {
			digits = "0"
		}
	}
	limit := prec
	if dot0 {
		limit--
	}
	if exp < -4 || exp+1 > limit {
		out := sign + digits[:1]
		if len(digits) > 1 || alt {
			out += "." + digits[1:]
		}
		return out + "e" + e
	}
	switch {
	case exp < 0:
		return sign + "0." + strings.Repeat("0", -exp-1) + digits
	case len(digits) > exp+1:
		return sign + digits[:exp+1] + "." + digits[exp+1:]
	}
	out := sign + digits + strings.Repeat("0", exp+1-len(digits))
	if dot0 {
		return out + ".0"
	}
	if alt {
		return out + "."
	}
	return out
}
