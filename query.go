package retort

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// parseQuery reads a query string, or a form sent in the same way, as Werkzeug does:
// only & separates, and a percent sign that begins no escape stands for itself, so
// that nothing of what somebody typed is lost. Package net/url leaves such values
// out. Bytes that are not UTF-8 stay escaped: every value is text, which a database
// takes.
func parseQuery(s string) url.Values {
	values := url.Values{}
	for pair := range strings.SplitSeq(s, "&") {
		if pair != "" {
			name, value, _ := strings.Cut(pair, "=")
			name = unescapeQuery(name)
			values[name] = append(values[name], unescapeQuery(value))
		}
	}
	return values
}

func unescapeQuery(s string) string {
	if strings.IndexByte(s, '%') >= 0 || strings.IndexByte(s, '+') >= 0 {
		b := make([]byte, 0, len(s))
		for i := 0; i < len(s); i++ {
			switch c := s[i]; {
			case c == '+':
				b = append(b, ' ')
			case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) < 16 && hexDigit(s[i+2]) < 16:
				b = append(b, hexDigit(s[i+1])<<4|hexDigit(s[i+2]))
				i += 2
			default:
				b = append(b, c)
			}
		}
		s = string(b)
	}
	if utf8.ValidString(s) {
		return s
	}
	var text strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			const hex = "0123456789ABCDEF"
			text.Write([]byte{'%', hex[s[0]>>4], hex[s[0]&15]})
		} else {
			text.WriteString(s[:size])
		}
		s = s[size:]
	}
	return text.String()
}

// hexDigit is the value of a hexadecimal digit, 0xff of anything else.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return (c | 0x20) - 'a' + 10
	}
	return 0xff
}
