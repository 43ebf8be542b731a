package route

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDigits is how many digits an integer may have. Python 3.11 refuses to
// convert more, since the time for it grows with their square.
const maxDigits = 4300

// digitValue returns the value of a decimal digit of any script. Unicode keeps
// the ten digits of a script together, so the distance to the start of the
// range tells it.
func digitValue(r rune) int {
	if r <= '9' {
		return int(r - '0')
	}
	for _, t := range unicode.Nd.R16 {
		if r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	return 0
}

// isDigits reports whether s is one or more decimal digits of any script.
func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c-'0' > 9 {
			return c >= utf8.RuneSelf && isUnicodeDigits(s[i:])
		}
	}
	return s != ""
}

func isUnicodeDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

// isFloat reports whether s is digits, a point and digits.
func isFloat(s string) bool {
	dot := strings.IndexByte(s, '.')
	return dot > 0 && isDigits(s[:dot]) && isDigits(s[dot+1:])
}

// parseInt reads an optional minus sign and digits of any script. It reports
// false if the number does not fit in 64 bits.
func parseInt(s string) (n int64, fits bool) {
	digits := strings.TrimPrefix(s, "-")
	var u uint64
	for _, r := range digits {
		d := uint64(r - '0')
		if r > '9' {
			d = uint64(digitValue(r))
		}
		if u > (1<<63)/10 {
			return 0, false
		}
		u = u*10 + d
		if u > 1<<63 {
			return 0, false
		}
	}
	if len(digits) < len(s) {
		return -int64(u), true // u may be 1<<63, whose negative fits
	}
	return int64(u), u < 1<<63
}

// parseBig reads what parseInt reads, at any size.
func parseBig(s string) *big.Int {
	plain, _ := plainDigits(s)
	n, ok := new(big.Int).SetString(plain, 10)
	if !ok {
		return nil
	}
	return n
}

// parseFloat reads a number in digits of any script. Beyond the range of
// float64 it is infinite, as in Python.
func parseFloat(s string) (float64, error) {
	plain := s
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		plain, _ = plainDigits(s)
	}
	f, err := strconv.ParseFloat(plain, 64)
	if errors.Is(err, strconv.ErrRange) {
		err = nil
	}
	return f, err
}

// appendFloat appends f as Python prints it: the shortest text that reads back
// as f, with a point or an exponent.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	abs := math.Abs(f)
	if abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
	if bytes.IndexByte(dst[start:], '.') < 0 {
		dst = append(dst, ".0"...)
	}
	return dst
}
