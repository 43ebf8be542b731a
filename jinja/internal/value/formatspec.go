package value

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// formatSpec is a parsed format specification:
// [[fill]align][sign][z][#][0][width][grouping][.precision][type].
type formatSpec struct {
	fill   string
	align  byte // < > ^ =
	sign   byte // + - space, 0 when not given
	noNeg0 bool // z
	alt    bool // #
	width  int
	group  byte // , or _, else 0
	prec   int  // -1 when not given
	typ    rune // 0 when not given and the default has no letter
}

// parseSpec reads a specification for a value of the Python type named; align
// and typ are that type's defaults.
func parseSpec(s, typeName string, align byte, typ rune) (formatSpec, error) {
	f := formatSpec{fill: " ", align: align, prec: -1, typ: typ}
	rest, filled, aligned := s, false, false
	if rest != "" {
		if n := runeLen(rest); n < len(rest) && isAlign(rest[n]) {
			f.fill, f.align, rest = rest[:n], rest[n], rest[n+1:]
			filled, aligned = true, true
		} else if isAlign(rest[0]) {
			f.align, rest, aligned = rest[0], rest[1:], true
		}
	}
	eat := func(chars string) byte {
		if rest != "" && strings.IndexByte(chars, rest[0]) >= 0 {
			c := rest[0]
			rest = rest[1:]
			return c
		}
		return 0
	}
	f.sign = eat("+- ")
	f.noNeg0 = eat("z") != 0
	f.alt = eat("#") != 0
	if !filled && eat("0") != 0 {
		f.fill = "0"
		if !aligned && align == '>' {
			f.align = '='
		}
	}
	var err error
	if f.width, rest, err = specNumber(rest); err != nil {
		return f, err
	}
	f.width = max(f.width, 0)
	f.group = eat(",")
	if eat("_") != 0 {
		if f.group != 0 {
			return f, valueErrorf("Cannot specify both ',' and '_'.")
		}
		f.group = '_'
	}
	if f.group == '_' && eat(",") != 0 {
		return f, valueErrorf("Cannot specify both ',' and '_'.")
	}
	if eat(".") != 0 {
		if f.prec, rest, err = specNumber(rest); err != nil {
			return f, err
		}
		if f.prec < 0 {
			return f, valueErrorf("Format specifier missing precision")
		}
	}
	if rest != "" {
		n := runeLen(rest)
		if n < len(rest) {
			return f, valueErrorf("Invalid format specifier '%s' for object of type '%s'", s, typeName)
		}
		f.typ, _ = utf8.DecodeRuneInString(rest)
	}
	return f, f.checkGroup()
}

func isAlign(c byte) bool { return c == '<' || c == '>' || c == '=' || c == '^' }

// specNumber reads digits; it returns -1 when there are none.
func specNumber(s string) (n int, rest string, err error) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		if n > (math.MaxInt-9)/10 {
			return 0, s, valueErrorf("Too many decimal digits in format string")
		}
		n = n*10 + int(s[i]-'0')
		i++
	}
	if i == 0 {
		return -1, s, nil
	}
	return n, s[i:], nil
}

func (f *formatSpec) checkGroup() error {
	if f.group == 0 {
		return nil
	}
	switch f.typ {
	case 'd', 'e', 'f', 'g', 'E', 'G', '%', 'F', 0:
		return nil
	case 'b', 'o', 'x', 'X':
		if f.group == '_' {
			return nil
		}
	}
	return valueErrorf("Cannot specify '%c' with '%s'.", f.group, codeName(f.typ))
}

// codeName shows a type letter as CPython does.
func codeName(r rune) string {
	if r > 32 && r < 128 {
		return string(r)
	}
	return `\x` + strconv.FormatInt(int64(r), 16)
}

func (f *formatSpec) unknown(typeName string) error {
	return valueErrorf("Unknown format code '%s' for object of type '%s'", codeName(f.typ), typeName)
}

// Format returns format(v, spec) as text.
func Format(m *Meter, v Value, spec string) (string, error) {
	b, err := appendFormat(m, nil, v, spec)
	if err != nil {
		return "", err
	}
	return string(b), m.Build(len(b))
}

// appendFormat appends format(v, spec).
func appendFormat(m *Meter, dst []byte, v Value, spec string) ([]byte, error) {
	v = plain(v)
	if spec == "" {
		return AppendStr(m, dst, v)
	}
	switch v.Kind() {
	case KindStr, KindMarkup:
		return formatString(m, dst, v, spec)
	case KindInt, KindBool, KindBigInt:
		return formatInt(m, dst, v, spec)
	case KindFloat:
		if len(spec) == 3 && spec[0] == '.' && isDigit(spec[1]) && spec[2] == 'f' {
			if x := v.AsFloat(); x == x && !math.IsInf(x, 0) {
				return strconv.AppendFloat(dst, x, 'f', int(spec[1]-'0'), 64), nil
			}
		}
		f, err := parseSpec(spec, "float", '>', 0)
		if err != nil {
			return dst, err
		}
		return formatFloat(m, dst, v, f, "float")
	case KindGoStruct:
		if t, ok := timeOf(v); ok {
			return append(dst, strftime(t, spec)...), nil
		}
	}
	return dst, typeErrorf("unsupported format string passed to %s.__format__", TypeName(v))
}

func formatString(m *Meter, dst []byte, v Value, spec string) ([]byte, error) {
	f, err := parseSpec(spec, TypeName(v), '<', 's')
	if err != nil {
		return dst, err
	}
	switch {
	case f.typ != 's':
		return dst, f.unknown(TypeName(v))
	case f.sign == ' ':
		return dst, valueErrorf("Space not allowed in string format specifier")
	case f.sign != 0:
		return dst, valueErrorf("Sign not allowed in string format specifier")
	case f.noNeg0:
		return dst, valueErrorf("Negative zero coercion (z) not allowed in string format specifier")
	case f.alt:
		return dst, valueErrorf("Alternate form (#) not allowed in string format specifier")
	case f.align == '=':
		return dst, valueErrorf("'=' alignment not allowed in string format specifier")
	}
	s := v.AsString()
	n := runeCount(s)
	if f.prec >= 0 && f.prec < n {
		s, n = s[:runeOffset(s, f.prec)], f.prec
	}
	return f.pad(m, dst, "", s, n)
}

// pad appends sign and body in the width asked for; n is their characters.
func (f *formatSpec) pad(m *Meter, dst []byte, sign, body string, n int) ([]byte, error) {
	gap := max(0, f.width-n)
	gap = min(gap, hugeText)
	if err := m.Build(len(dst) + len(body) + gap*len(f.fill)); err != nil {
		return dst, err
	}
	left := gap
	switch f.align {
	case '<':
		left = 0
	case '^':
		left = gap / 2
	case '=':
		dst, sign = append(dst, sign...), ""
	}
	for range left {
		dst = append(dst, f.fill...)
	}
	dst = append(append(dst, sign...), body...)
	for range gap - left {
		dst = append(dst, f.fill...)
	}
	return dst, nil
}

func formatInt(m *Meter, dst []byte, v Value, spec string) ([]byte, error) {
	name := TypeName(v)
	f, err := parseSpec(spec, name, '>', 'd')
	if err != nil {
		return dst, err
	}
	switch f.typ {
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		x, err := v.float()
		if err != nil {
			return dst, err
		}
		return formatFloat(m, dst, Float(x), f, name)
	case 'b', 'c', 'd', 'o', 'x', 'X', 'n':
	default:
		return dst, f.unknown(name)
	}
	switch {
	case f.prec >= 0:
		return dst, valueErrorf("Precision not allowed in integer format specifier")
	case f.noNeg0:
		return dst, valueErrorf("Negative zero coercion (z) not allowed in integer format specifier")
	case f.typ == 'c':
		return formatChar(m, dst, v, f)
	}
	digits, err := intDigits(v, f.typ)
	if err != nil {
		return dst, err
	}
	sign := f.signOf(strings.HasPrefix(digits, "-"))
	digits = strings.TrimPrefix(digits, "-")
	if f.alt {
		sign += map[rune]string{'b': "0b", 'o': "0o", 'x': "0x", 'X': "0X"}[f.typ]
	}
	size := 3
	if f.typ == 'b' || f.typ == 'o' || f.typ == 'x' || f.typ == 'X' {
		size = 4
	}
	return f.number(m, dst, sign, digits, "", size)
}

// intDigits returns the digits of an int for a type letter.
func intDigits(v Value, typ rune) (string, error) {
	base := map[rune]int{'b': 2, 'o': 8, 'x': 16, 'X': 16}[typ]
	if base == 0 {
		b, err := AppendStr(nil, nil, BigInt(v.big()))
		return string(b), err
	}
	s := v.big().Text(base)
	if typ == 'X' {
		s = strings.ToUpper(s)
	}
	return s, nil
}

func formatChar(m *Meter, dst []byte, v Value, f formatSpec) ([]byte, error) {
	switch {
	case f.sign != 0:
		return dst, valueErrorf("Sign not allowed with integer format specifier 'c'")
	case f.alt:
		return dst, valueErrorf("Alternate form (#) not allowed with integer format specifier 'c'")
	}
	s, err := charOf(v)
	if err != nil {
		return dst, err
	}
	return f.pad(m, dst, "", s, 1)
}

func charOf(v Value) (string, error) {
	i, _ := Index(v)
	if i < 0 || i > unicode.MaxRune {
		return "", Errorf("OverflowError", "%%c arg not in range(0x110000)")
	}
	return string(rune(i)), nil
}

// signOf returns the sign to write.
func (f *formatSpec) signOf(negative bool) string {
	switch {
	case negative:
		return "-"
	case f.sign == '+' || f.sign == ' ':
		return string(f.sign)
	}
	return ""
}

// number appends sign, digits in groups of size, and what follows them.
func (f *formatSpec) number(m *Meter, dst []byte, sign, digits, tail string, size int) ([]byte, error) {
	if f.group != 0 {
		least := 0 // zeros are grouped with the digits
		if f.fill == "0" && f.align == '=' {
			least = f.width - len(sign) - len(tail)
		}
		if err := m.Build(max(least, len(digits)*2)); err != nil {
			return dst, err
		}
		digits = groupDigits(digits, f.group, size, least)
	}
	body := digits + tail
	return f.pad(m, dst, sign, body, len(sign)+runeCount(body))
}

// groupDigits puts separators between groups, and zeros in front until there
// are at least so many characters.
func groupDigits(digits string, sep byte, size, least int) string {
	var out []byte // from the right
	for i := 0; i < len(digits) || len(out) < least; i++ {
		if i > 0 && i%size == 0 {
			out = append(out, sep)
		}
		c := byte('0')
		if i < len(digits) {
			c = digits[len(digits)-1-i]
		}
		out = append(out, c)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}
