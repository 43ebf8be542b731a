package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// parseInt reads an int as Python's int(s, base): spaces around, a sign,
// single underscores between digits, a prefix when the base allows it. It does
// not read more than 4300 digits.
func parseInt(s string, base int) (Value, bool) {
	s = strings.TrimFunc(s, isSpace)
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg, s = s[0] == '-', s[1:]
	}
	prefixed := false
	if len(s) > 1 && s[0] == '0' {
		want := map[byte]int{'x': 16, 'X': 16, 'o': 8, 'O': 8, 'b': 2, 'B': 2}[s[1]]
		if want != 0 && (base == 0 || base == want) {
			base, s, prefixed = want, s[2:], true
		}
	}
	if prefixed && s != "" && s[0] == '_' {
		s = s[1:]
	}
	digits, ok := asciiDigits(s)
	if !ok {
		return Value{}, false
	}
	if base == 0 {
		if digits[0] == '0' && strings.Trim(digits, "0") != "" {
			return Value{}, false
		}
		base = 10
	}
	if i, err := strconv.ParseInt(digits, base, 64); err == nil {
		if neg {
			i = -i
		}
		return Int(i), true
	}
	if len(digits) > maxIntDigits && base&(base-1) != 0 {
		return Value{}, false
	}
	b, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return Value{}, false
	}
	if neg {
		b.Neg(b)
	}
	return BigInt(b), true
}

// asciiDigits removes single underscores between digits and replaces decimal
// digits of other scripts by ASCII ones.
func asciiDigits(s string) (string, bool) {
	if s == "" || s[0] == '_' || s[len(s)-1] == '_' || strings.Contains(s, "__") {
		return "", false
	}
	if strings.ContainsAny(s, "+-") {
		return "", false
	}
	s = strings.ReplaceAll(s, "_", "")
	return foldDigits(s), true
}

// foldDigits replaces decimal digits of other scripts by ASCII ones.
func foldDigits(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if d := decimalDigit(r); d >= 0 {
			return '0' + rune(d)
		}
		return r
	}, s)
}

// parseFloat reads a float as Python's float(s).
func parseFloat(s string) (float64, bool) {
	s = strings.TrimFunc(s, isSpace)
	body := strings.TrimLeft(s, "+-")
	if len(s)-len(body) > 1 || body == "" {
		return 0, false
	}
	switch strings.ToLower(body) {
	case "inf", "infinity", "nan":
		f, err := strconv.ParseFloat(s, 64)
		return f, err == nil
	}
	for i := 0; i < len(s); i++ {
		if s[i] == '_' && (i == 0 || i+1 == len(s) || !isDigit(s[i-1]) || !isDigit(s[i+1])) {
			return 0, false
		}
	}
	s = foldDigits(strings.ReplaceAll(s, "_", ""))
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isDigit(c) && c != '.' && c != 'e' && c != 'E' && c != '+' && c != '-' {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// maxIntDigits is the longest int Python turns into text.
const maxIntDigits = 4300

// appendBig appends a big int in decimal; like Python it refuses what has more
// than 4300 digits, because that takes time squared.
func appendBig(dst []byte, b *big.Int) ([]byte, error) {
	if b.BitLen() > maxIntDigits*4 {
		return dst, errIntDigits()
	}
	start := len(dst)
	dst = b.Append(dst, 10)
	n := len(dst) - start
	if b.Sign() < 0 {
		n--
	}
	if n > maxIntDigits {
		return dst[:start], errIntDigits()
	}
	return dst, nil
}

func errIntDigits() error {
	return valueErrorf("Exceeds the limit (%d digits) for integer string conversion; "+
		"use sys.set_int_max_str_digits() to increase the limit", maxIntDigits)
}
