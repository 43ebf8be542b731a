package value

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// markupMethods returns what Markup has besides the methods of str.
func markupMethods() []method {
	none, one := arity{0, 0, exact, nil}, arity{1, 1, exact, nil}
	return []method{
		{name: "striptags", args: none, fn: func(c *Call, v Value) (Value, error) { return StripTags(c.Meter, v.AsString()) }},
		{name: "unescape", args: none, fn: func(c *Call, v Value) (Value, error) {
			return Str(unescape(v.AsString())), c.Meter.Build(int(v.n))
		}},
		{name: "escape", args: one, fn: func(c *Call, _ Value) (Value, error) { return Escape(c.Meter, c.Args[0]) }},
		{name: "__html__", args: none, fn: func(_ *Call, v Value) (Value, error) { return v, nil }},
	}
}

// unescape replaces character references by the characters, as html.unescape.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for {
		at := strings.Index(s, "&#")
		if at < 0 {
			b.WriteString(html.UnescapeString(s))
			return b.String()
		}
		b.WriteString(html.UnescapeString(s[:at]))
		s = s[at:]
		digits, base := s[2:], 10
		if digits != "" && digits[0]|0x20 == 'x' {
			digits, base = digits[1:], 16
		}
		n := 0
		for n < len(digits) && isDigitOf(digits[n], base) {
			n++
		}
		if n == 0 {
			b.WriteString(s[:2])
			s = s[2:]
			continue
		}
		b.WriteString(charRef(digits[:n], base))
		s = strings.TrimPrefix(digits[n:], ";")
	}
}

func isDigitOf(c byte, base int) bool {
	return isDigit(c) || base == 16 && c|0x20 >= 'a' && c|0x20 <= 'f'
}

// charRef returns the character of a numeric reference: HTML's replacements
// for the control characters of Windows, nothing for what is no character.
func charRef(digits string, base int) string {
	n, err := strconv.ParseUint(digits, base, 32)
	switch {
	case err != nil || n > 0x10ffff || n == 0 || n >= 0xd800 && n < 0xe000:
		return "\ufffd"
	case n == '\r':
		return "\r"
	case n >= 0x80 && n < 0xa0:
		return html.UnescapeString("&#" + strconv.FormatUint(n, 10) + ";")
	case n < 0x20 && n != '\t' && n != '\n' && n != '\f', n == 0x7f,
		n >= 0xfdd0 && n <= 0xfdef, n&0xfffe == 0xfffe:
		return ""
	}
	return string(rune(n))
}

// StripTags removes comments and tags from HTML text, makes each run of white
// space one space and replaces character references, as Markup.striptags.
func StripTags(m *Meter, s string) (Value, error) {
	if err := m.Build(2 * len(s)); err != nil {
		return Value{}, err
	}
	s = cut(s, "<!--", "-->")
	s = cut(s, "<", ">")
	b := Buffer(m)
	gap := false
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if isSpace(r) {
			gap = len(b) > 0
		} else {
			if gap {
				b, gap = append(b, ' '), false
			}
			b = append(b, s[i:i+n]...)
		}
		i += n
	}
	if bytes.IndexByte(b, '&') < 0 {
		return Made(m, b)
	}
	return Str(unescape(string(b))), nil
}

// cut removes everything from an open to the next shut, time and again until
// there is none, in linear time. What stood before a cut may open the next
// together with what follows, so that removal hides nothing.
func cut(s, open, shut string) string {
	at := strings.Index(s, open)
	if at < 0 {
		return s
	}
	out, pre, rest := []byte(s[:at]), "", s[at:] // pre+rest starts with open
	for {
		end := strings.Index(pre+rest[:min(len(rest), len(shut))], shut)
		if end < 0 {
			if end = strings.Index(rest, shut); end < 0 {
				return string(out) + pre + rest
			}
			end += len(pre)
		}
		rest = rest[end+len(shut)-len(pre):]
		if k := straddles(out, rest, open); k >= 0 {
			pre, out = string(out[k:]), out[:k]
			continue
		}
		pre = ""
		at := strings.Index(rest, open)
		if at < 0 {
			return string(out) + rest
		}
		out = append(out, rest[:at]...)
		rest = rest[at:]
	}
}

// straddles returns where in out an open starts that ends in rest, or -1.
func straddles(out []byte, rest, open string) int {
	for k := max(0, len(out)-len(open)+1); k < len(out); k++ {
		head := len(out) - k
		if string(out[k:]) == open[:head] && strings.HasPrefix(rest, open[head:]) {
			return k
		}
	}
	return -1
}
