package value

import (
	"math"
	"math/big"
	"strings"
)

// text returns a field's sign and the rest of its text; the sign "?" means
// that there is no such letter.
func (p *percent) text(f percentField, v Value) (sign, body string, err error) {
	spec := formatSpec{typ: f.typ}
	switch {
	case f.plus:
		spec.sign = '+'
	case f.space:
		spec.sign = ' '
	}
	switch f.typ {
	case 's', 'r', 'a':
		body, err = p.stringText(f, v)
		return "", body, err
	case 'c':
		body, err = p.char(v)
		return "", body, err
	case 'd', 'i', 'u', 'o', 'x', 'X':
		i, err := p.int(v, f.typ)
		if err != nil {
			return "", "", err
		}
		return p.intText(f, spec, i)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		x, err := p.float(v)
		if err != nil {
			return "", "", err
		}
		body, err := floatText(p.m, x, f.typ, f.prec, f.alt)
		negative := strings.HasPrefix(body, "-")
		return spec.signOf(negative), strings.TrimPrefix(body, "-"), err
	}
	return "?", "", nil
}

func (p *percent) stringText(f percentField, v Value) (string, error) {
	var b []byte
	var err error
	switch f.typ {
	case 's':
		if p.html {
			b, err = AppendEscaped(p.m, nil, v)
		} else {
			b, err = AppendStr(p.m, nil, v)
		}
	case 'r':
		b, err = AppendRepr(p.m, nil, v)
	case 'a':
		b, err = appendASCII(p.m, nil, v)
	}
	if p.html && f.typ != 's' {
		b = EscapeTail(b, 0)
	}
	if f.prec >= 0 && f.prec < runeCount(string(b)) {
		b = b[:runeOffset(string(b), f.prec)]
	}
	return string(b), err
}

func (p *percent) char(v Value) (string, error) {
	v = plain(v)
	if v.isInt() && !p.html {
		return charOf(v)
	}
	if v.IsString() && v.n > 0 && runeLen(v.AsString()) == int(v.n) && !p.html {
		return v.AsString(), nil
	}
	return "", typeErrorf("%%c requires int or char")
}

func (p *percent) intText(f percentField, spec formatSpec, i Value) (sign, body string, err error) {
	digits, err := intDigits(i, f.typ)
	if err != nil {
		return "", "", err
	}
	sign = spec.signOf(strings.HasPrefix(digits, "-"))
	digits = strings.TrimPrefix(digits, "-")
	if f.prec > len(digits) {
		if err := p.m.Build(f.prec); err != nil {
			return "", "", err
		}
		digits = strings.Repeat("0", f.prec-len(digits)) + digits
	}
	if f.alt {
		sign += map[rune]string{'o': "0o", 'x': "0x", 'X': "0X"}[f.typ]
	}
	return sign, digits, nil
}

// int converts an argument of %d and its like: floats are cut for the decimal
// letters only. In a Markup arguments go through int(), so that strings of
// digits count.
func (p *percent) int(v Value, typ rune) (Value, error) {
	v = plain(v)
	decimal := strings.ContainsRune("diu", typ)
	switch {
	case p.html && !decimal:
		return Value{}, typeErrorf("%%%c format: an integer is required, not _MarkupEscapeHelper", typ)
	case v.isInt():
		return v, nil
	case v.Kind() == KindFloat && decimal:
		return FloatToInt(v.AsFloat())
	case v.Kind() == KindUndefined && decimal:
		return Value{}, v.undefinedError()
	case p.html && v.IsString():
		return ParseInt(v.AsString(), 10)
	case p.html:
		return Value{}, typeErrorf("%%%c format: a real number is required, not _MarkupEscapeHelper", typ)
	case decimal:
		return Value{}, typeErrorf("%%%c format: a real number is required, not %s", typ, TypeName(v))
	}
	return Value{}, typeErrorf("%%%c format: an integer is required, not %s", typ, TypeName(v))
}

func (p *percent) float(v Value) (float64, error) {
	v = plain(v)
	switch {
	case v.isNumber():
		return v.float()
	case v.Kind() == KindUndefined:
		return 0, v.undefinedError()
	case p.html && v.IsString():
		f, err := ToFloat(v)
		return f.AsFloat(), err
	case p.html:
		return 0, typeErrorf("float() argument must be a string or a real number, not '%s'", TypeName(v))
	}
	return 0, typeErrorf("must be real number, not %s", TypeName(v))
}

// FloatToInt returns int(f), exact.
func FloatToInt(f float64) (Value, error) {
	switch {
	case f != f:
		return Value{}, valueErrorf("cannot convert float NaN to integer")
	case math.IsInf(f, 0):
		return Value{}, Errorf("OverflowError", "cannot convert float infinity to integer")
	case math.Abs(f) < 1<<62:
		return Int(int64(f)), nil
	}
	b, _ := big.NewFloat(math.Trunc(f)).Int(nil)
	return BigInt(b), nil
}
