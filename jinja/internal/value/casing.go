package value

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

func inRanges(table [][2]rune, r rune) bool {
	lo, hi := 0, len(table)
	for lo < hi {
		mid := (lo + hi) / 2
		switch {
		case r < table[mid][0]:
			hi = mid
		case r > table[mid][1]:
			lo = mid + 1
		default:
			return true
		}
	}
	return false
}

func isUpperRune(r rune) bool { return unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r) }
func isLowerRune(r rune) bool { return unicode.IsLower(r) || unicode.Is(unicode.Other_Lowercase, r) }
func isCased(r rune) bool     { return isLowerRune(r) || isUpperRune(r) || unicode.IsTitle(r) }
func isNumericRune(r rune) bool {
	return isDigitRune(r) || inRanges(numericRanges, r)
}
func isDigitRune(r rune) bool { return unicode.Is(unicode.Nd, r) || inRanges(digitRanges, r) }
func isAlnumRune(r rune) bool { return unicode.IsLetter(r) || isNumericRune(r) }

// mapper rewrites a string character by character, knowing its place; bytes
// that are not UTF-8 stay.
func mapRunes(s string, f func(dst []byte, r rune, at int) []byte) string {
	dst := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			if r, n = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
				dst = append(dst, s[i])
				i++
				continue
			}
		}
		dst = f(dst, r, i)
		i += n
	}
	return string(dst)
}

func appendUpper(dst []byte, r rune) []byte {
	if r >= utf8.RuneSelf {
		if s, ok := upperFull[r]; ok {
			return append(dst, s...)
		}
	}
	return utf8.AppendRune(dst, unicode.ToUpper(r))
}

func appendTitle(dst []byte, r rune) []byte {
	if r >= utf8.RuneSelf {
		if s, ok := titleFull[r]; ok {
			return append(dst, s...)
		}
	}
	return utf8.AppendRune(dst, unicode.ToTitle(r))
}

// appendLower appends the lower case of the character r at byte `at` of s. A
// capital sigma at the end of a word becomes a final one.
func appendLower(dst []byte, s string, r rune, at int) []byte {
	switch r {
	case 0x130: // capital I with dot
		return append(dst, "i\u0307"...)
	case 0x3a3:
		if isFinalSigma(s, at) {
			return append(dst, "\u03c2"...)
		}
	}
	return utf8.AppendRune(dst, unicode.ToLower(r))
}

// isFinalSigma: a cased letter before and none after, leaving out what is
// case-ignorable.
func isFinalSigma(s string, at int) bool {
	before := strings.TrimRightFunc(s[:at], isCaseIgnorable)
	r, _ := utf8.DecodeLastRuneInString(before)
	if before == "" || !isCased(r) {
		return false
	}
	after := strings.TrimLeftFunc(s[at+2:], isCaseIgnorable)
	r, _ = utf8.DecodeRuneInString(after)
	return after == "" || !isCased(r)
}

func isCaseIgnorable(r rune) bool {
	switch r {
	case '\'', '.', ':', '^', '`', 0xa8, 0xad, 0xaf, 0xb4, 0xb7, 0xb8, 0x2018, 0x2019, 0x2024, 0x2027:
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}

// upper is str.upper.
func upper(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return mapRunes(s, func(dst []byte, r rune, _ int) []byte { return appendUpper(dst, r) })
}

// lower is str.lower.
func lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return mapRunes(s, func(dst []byte, r rune, at int) []byte { return appendLower(dst, s, r, at) })
}

func casefold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return mapRunes(s, func(dst []byte, r rune, _ int) []byte {
		if f, ok := foldFull[r]; ok {
			return append(dst, f...)
		}
		if r == 0x130 {
			return append(dst, "i\u0307"...)
		}
		return utf8.AppendRune(dst, unicode.ToLower(r))
	})
}

func capitalize(s string) string {
	return mapRunes(s, func(dst []byte, r rune, at int) []byte {
		if at == 0 {
			return appendTitle(dst, r)
		}
		return appendLower(dst, s, r, at)
	})
}

func title(s string) string {
	inWord := false
	return mapRunes(s, func(dst []byte, r rune, at int) []byte {
		if inWord {
			dst = appendLower(dst, s, r, at)
		} else {
			dst = appendTitle(dst, r)
		}
		inWord = isCased(r)
		return dst
	})
}

func swapcase(s string) string {
	return mapRunes(s, func(dst []byte, r rune, at int) []byte {
		switch {
		case isUpperRune(r):
			return appendLower(dst, s, r, at)
		case isLowerRune(r):
			return appendUpper(dst, r)
		}
		return utf8.AppendRune(dst, r)
	})
}

// IsUpper is str.isupper, IsLower str.islower.
func IsUpper(s string) bool {
	return hasCase(s, isUpperRune, func(r rune) bool { return isLowerRune(r) || unicode.IsTitle(r) })
}

// IsLower is str.islower.
func IsLower(s string) bool {
	return hasCase(s, isLowerRune, func(r rune) bool { return isUpperRune(r) || unicode.IsTitle(r) })
}

func hasCase(s string, want, not func(rune) bool) bool {
	cased := false
	for _, r := range s {
		if not(r) {
			return false
		}
		cased = cased || want(r)
	}
	return cased
}

func isTitle(s string) bool {
	cased, inWord := false, false
	for _, r := range s {
		switch {
		case isUpperRune(r) || unicode.IsTitle(r):
			if inWord {
				return false
			}
			inWord, cased = true, true
		case isLowerRune(r):
			if !inWord {
				return false
			}
			cased = true
		default:
			inWord = false
		}
	}
	return cased
}

func isIdentifier(s string) bool {
	for i, r := range s {
		start := r == '_' || unicode.IsLetter(r) || unicode.In(r, unicode.Nl, unicode.Other_ID_Start)
		if !start && (i == 0 || !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)) {
			return false
		}
	}
	return s != ""
}

func isPrintable(s string) bool {
	for i, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError && runeLen(s[i:]) == 1 {
			return false
		}
	}
	return true
}

// all is for str.isX: every character has the property, and there is one.
func all(s string, is func(rune) bool) bool {
	for _, r := range s {
		if !is(r) {
			return false
		}
	}
	return s != ""
}

// AppendUpper appends str.upper of s to dst; ASCII is written straight.
func AppendUpper(dst []byte, s string) []byte {
	if out, ok := appendCase(dst, s, 'a'); ok {
		return out
	}
	return append(dst, upper(s)...)
}

// AppendLower appends str.lower of s to dst; ASCII is written straight.
func AppendLower(dst []byte, s string) []byte {
	if out, ok := appendCase(dst, s, 'A'); ok {
		return out
	}
	return append(dst, lower(s)...)
}

// appendCase appends ASCII text, eight bytes at a time, with the letters from first on in the other case; false if there are
// other characters.
func appendCase(dst []byte, s string, first uint64) ([]byte, bool) {
	n, at := len(s), len(dst)
	if cap(dst)-at < n+8 {
		dst = slices.Grow(dst, n+8)
	}
	p, to := unsafe.Pointer(unsafe.StringData(s)), unsafe.Pointer(unsafe.SliceData(dst))
	for {
		var x uint64
		if n >= 8 {
			x = load64(p, 0)
		} else {
			x = loadUpTo7(p, 0, n)
		}
		if x&highs != 0 {
			return dst, false
		}
		// A byte from first to first+25 sets its high bit in one of the sums and not in the other.
		letters := (x + (0x80-first)*ones) ^ (x + (0x80-26-first)*ones)
		store64(to, at, x^letters&highs>>2)
		if n <= 8 {
			return dst[:at+n], true
		}
		p, n, at = unsafe.Add(p, 8), n-8, at+8
	}
}

// Lower returns str.lower of a string, the string itself when nothing changes.
func Lower(m *Meter, v Value) (Value, error) {
	s := v.AsString()
	if isASCII(s) && !hasASCIIUpper(s) {
		return v, nil
	}
	return madeLike(m, v, AppendLower(Buffer(m), s))
}

func hasASCIIUpper(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i]-'A' < 26 {
			return true
		}
	}
	return false
}

// IsSpace is str.isspace of one character.
func IsSpace(r rune) bool { return isSpace(r) }

// IsNumeric is str.isnumeric of one character.
func IsNumeric(r rune) bool { return isNumericRune(r) }

// AppendCapitalized appends str.capitalize of s to dst; ASCII is written
// straight.
func AppendCapitalized(dst []byte, s string) []byte {
	if !isASCII(s) {
		return append(dst, capitalize(s)...)
	}
	start := len(dst)
	dst = AppendLower(dst, s)
	if start < len(dst) && dst[start]-'a' < 26 {
		dst[start] -= 'a' - 'A'
	}
	return dst
}
