package value

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// isASCII reports whether s has one byte per character.
func isASCII(s string) bool {
	i := 0
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	for ; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&highs != 0 {
			return false
		}
	}
	for ; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// runeCount returns the number of characters of s.
func runeCount(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return utf8.RuneCountInString(s)
}

// runeLen returns the bytes of the first character of s, which is not empty.
func runeLen(s string) int {
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// runeOffset returns the byte at which character i of s starts; i is not past
// the end.
func runeOffset(s string, i int) int {
	if isASCII(s) {
		return i
	}
	at := 0
	for ; i > 0; i-- {
		at += runeLen(s[at:])
	}
	return at
}

// isSpace is Python's str.isspace for one character.
func isSpace(r rune) bool {
	switch {
	case r >= 0x1c && r <= 0x1f:
		return true
	case r < utf8.RuneSelf:
		return r == ' ' || r >= '\t' && r <= '\r'
	}
	return unicode.IsSpace(r) && r != 0x180e
}

// decimalDigit returns the value of a decimal digit of any script, or -1. The
// ten digits of a script stand in a row.
func decimalDigit(r rune) int {
	if r < utf8.RuneSelf {
		if r >= '0' && r <= '9' {
			return int(r - '0')
		}
		return -1
	}
	if !unicode.Is(unicode.Nd, r) {
		return -1
	}
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return int(r-rune(run.Lo)) % 10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return int(r-rune(run.Lo)) % 10
		}
	}
	return -1
}
