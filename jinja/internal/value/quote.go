package value

import (
	"unicode"
	"unicode/utf8"
)

// appendQuoted appends repr of a string.
func appendQuoted(dst []byte, s string) []byte {
	quote := byte('\'')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			quote = '\''
			break
		}
		if s[i] == '\'' {
			quote = '"'
		}
	}
	dst = append(dst, quote)
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			dst = appendRuneRepr(dst, r, s[i:i+n])
			i += n
			continue
		}
		i++
		switch {
		case c == quote || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < ' ' || c == 0x7f:
			dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, quote)
}

const hexDigits = "0123456789abcdef"

func appendRuneRepr(dst []byte, r rune, s string) []byte {
	switch {
	case r == utf8.RuneError && len(s) == 1:
		// A byte that is not UTF-8 shows as Python's surrogateescape.
		return append(dst, '\\', 'u', 'd', 'c', hexDigits[s[0]>>4], hexDigits[s[0]&15])
	case unicode.IsPrint(r):
		return append(dst, s...)
	}
	return appendRuneEscape(dst, r)
}

func appendBytesRepr(dst []byte, s string) []byte {
	quote := byte('\'')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			quote = '\''
			break
		}
		if s[i] == '\'' {
			quote = '"'
		}
	}
	dst = append(dst, 'b', quote)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < ' ' || c >= 0x7f:
			dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, quote)
}
