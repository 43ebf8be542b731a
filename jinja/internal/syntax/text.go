package syntax

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isSpace reports whether Python's str.isspace and \s hold for r; unicode.IsSpace lacks the separators 0x1c to 0x1f.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

// skipSpace returns the end of the white space in s that starts at i.
func skipSpace(s string, i int) int {
	for i < len(s) {
		c := s[i]
		if c == ' ' || c == '\n' || c == '\t' {
			i++
			continue
		}
		if c > ' ' && c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isSpace(r) {
			break
		}
		i += n
	}
	return i
}

// isWordRune reports whether Jinja's lexer takes r into a name. That is wider than what a name may hold in the end.
func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || isNameRune(r)
}

// isIdentifier is Python's str.isidentifier, for a word of at least one rune.
func isIdentifier(word string) bool {
	for i, r := range word {
		if !isNameRune(r) || i == 0 && !isNameStart(r) {
			return false
		}
	}
	return true
}

// isNameStart reports whether r has the property XID_Start or is an underscore.
func isNameStart(r rune) bool {
	if r < utf8.RuneSelf {
		return isNameRune(r) && !decimal(byte(r))
	}
	return unicode.In(r, unicode.L, unicode.Nl, unicode.Other_ID_Start) && isNameRune(r) && !unicode.Is(onlyContinue, r)
}

// isNameRune reports whether r has the property XID_Continue.
func isNameRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z'
	}
	return unicode.In(r, unicode.L, unicode.Nl, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc,
		unicode.Other_ID_Start, unicode.Other_ID_Continue) && !unicode.In(r, unicode.Pattern_Syntax, notInNames)
}

// Unicode keeps some letters out of identifiers, or from starting one, because their compatibility forms may not do so
// (UAX 31, section 5.1.1).
var (
	notInNames = &unicode.RangeTable{R16: []unicode.Range16{
		{Lo: 0x37a, Hi: 0x37a, Stride: 1},
		{Lo: 0x309b, Hi: 0x309c, Stride: 1},
		{Lo: 0xfc5e, Hi: 0xfc63, Stride: 1},
		{Lo: 0xfdfa, Hi: 0xfdfb, Stride: 1},
		{Lo: 0xfe70, Hi: 0xfe7e, Stride: 2},
	}}
	onlyContinue = &unicode.RangeTable{R16: []unicode.Range16{
		{Lo: 0xe33, Hi: 0xe33, Stride: 1},
		{Lo: 0xeb3, Hi: 0xeb3, Stride: 1},
		{Lo: 0xff9e, Hi: 0xff9f, Stride: 1},
	}}
)

// quote is Python's repr of a string.
func quote(s string) string {
	q := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = '"'
	}
	b := append(make([]byte, 0, len(s)+2), q)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b = fmt.Appendf(b, `\udc%02x`, s[i])
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\\' || r == rune(q):
			b = append(b, '\\', byte(r))
		case unicode.IsPrint(r):
			b = append(b, s[i:i+n]...)
		default:
			b = append(b, '\\')
			b = append(b, codePoint(r)...)
		}
		i += n
	}
	return string(append(b, q))
}

// codePoint returns how Python's escapes write r, without the backslash.
func codePoint(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf("x%02x", r)
	case r < 0x10000:
		return fmt.Sprintf("u%04x", r)
	}
	return fmt.Sprintf("U%08x", r)
}

// unescape resolves the escapes of a string literal's inside as Jinja does, by way of Python's unicode-escape codec. The
// second value is what that codec complains of, or empty.
func unescape(s string) (value, problem string) {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			b.WriteString(s)
			return b.String(), ""
		}
		b.WriteString(s[:i])
		escaped := s[i+1:]
		c := escaped[0]
		s = escaped[1:]
		switch c {
		case '\n':
		case '\\', '\'', '"':
			b.WriteByte(c)
		case 'a', 'b', 'f', 'n', 'r', 't', 'v':
			b.WriteByte(controls[c])
		case '0', '1', '2', '3', '4', '5', '6', '7':
			r := rune(c - '0')
			for n := 1; n < 3 && s != "" && '0' <= s[0] && s[0] <= '7'; n++ {
				r = r<<3 | rune(s[0]-'0')
				s = s[1:]
			}
			b.WriteRune(r)
		case 'x', 'u', 'U':
			digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
			r, ok := hex(s, digits)
			if !ok {
				return "", `truncated \` + string(c) + strings.Repeat("X", digits) + " escape"
			}
			if r > unicode.MaxRune {
				return "", "illegal Unicode character"
			}
			b.WriteRune(rune(r))
			s = s[digits:]
		case 'N':
			end := strings.IndexByte(s, '}')
			if s == "" || s[0] != '{' || end < 2 {
				return "", `malformed \N character escape`
			}
			r, ok := runeNamed(s[1:end])
			if !ok {
				return "", "unknown Unicode character name"
			}
			b.WriteRune(r)
			s = s[end+1:]
		default:
			// The codec reads bytes, so Jinja writes a rune beyond ASCII as an escape first; the backslash
			// before it then escapes that escape.
			b.WriteByte('\\')
			if c < utf8.RuneSelf {
				b.WriteByte(c)
				continue
			}
			r, n := utf8.DecodeRuneInString(escaped)
			if r == utf8.RuneError && n == 1 {
				b.WriteByte(c)
				continue
			}
			b.WriteString(codePoint(r))
			s = escaped[n:]
		}
	}
}

var controls = [...]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// hex reads n hexadecimal digits at the start of s.
func hex(s string, n int) (v uint64, ok bool) {
	if len(s) < n {
		return 0, false
	}
	for _, c := range []byte(s[:n]) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		v = v<<4 | uint64(c)
	}
	return v, true
}
