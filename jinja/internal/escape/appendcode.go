package escape

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// AppendJSON appends a value's JSON where code is expected (see [Escaper.JSON]).
func (e Escaper) AppendJSON(dst []byte, json string) []byte {
	start := len(dst)
	if e.first || e.sign != 0 && json != "" && json[0] == e.sign {
		dst = append(dst, ' ') // two signs would be one operator
	}
	for i, r := range json {
		switch {
		case r == '<' || r == '>' || r == '&' || r == '\'' || r == '\u2028' || r == '\u2029', r == '%' && e.percent:
			dst = appendUnicode(dst, r) // these stand in strings alone
		case r == utf8.RuneError:
			_, n := utf8.DecodeRuneInString(json[i:])
			dst = append(dst, json[i:i+n]...)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return e.wrap(dst, start)
}

// appendJS appends to a string, template or regular expression. What could end it, or begin something in it, is written as
// an escape that JavaScript and JSON share.
func (e Escaper) appendJS(dst []byte, s string) []byte {
	if e.slash {
		dst = append(dst, '\\') // the backslash before is now a character
	}
	if s == "" && e.kind == asJSRegexp {
		return append(dst, "(?:)"...) // without it, two slashes would begin a comment
	}
	for i, r := range s {
		switch {
		case i == 0 && e.first && r < utf8.RuneSelf, e.isJSSpecial(r):
			dst = appendUnicode(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// isJSSpecial reports whether a rune may not stand for itself.
func (e Escaper) isJSSpecial(r rune) bool {
	switch r {
	case '"', '\'', '`', '\\', '<', '>', '&', '\u2028', '\u2029', 0x7f:
		return true
	case '$', '{', '}':
		return e.kind == asJSTemplate || e.kind == asJSRegexp
	case '-':
		return e.dashes || e.kind == asJSRegexp
	case '%':
		return e.percent
	case ' ', '_':
		return false
	}
	return r < ' ' || e.kind == asJSRegexp && r < utf8.RuneSelf && !isLetter(byte(r)) && !isDigit(byte(r))
}

// appendUnicode appends a rune of the basic plane as \uXXXX.
func appendUnicode(dst []byte, r rune) []byte {
	return fmt.Appendf(dst, `\u%04x`, r)
}

// appendCodeComment appends to a comment of JavaScript or CSS, where only what might end it is not kept.
func (e Escaper) appendCodeComment(dst []byte, s string) []byte {
	if e.first {
		dst = append(dst, '_')
	}
	for _, r := range s {
		switch {
		case r < ' ', r == '*', r == '/', r == '<', r == '>', r == '&', r == '\\', r == '\u2028', r == '\u2029', r == '-' && e.dashes,
			r == '%' && e.percent:
			r = ' '
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// appendWord appends letters, digits, underscores and dots between digits, and an underscore for anything else.
func (e Escaper) appendWord(dst []byte, s string) []byte {
	if e.first || s != "" && !isName(s, "_") && !isNumber(s) {
		return append(dst, '_')
	}
	return append(dst, s...)
}

// isNumber reports whether s is a decimal number without a sign.
func isNumber(s string) bool {
	whole, fraction, dotted := strings.Cut(s, ".")
	return isDigits(whole) && (!dotted || isDigits(fraction))
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// blockedCSS is written for CSS that could do more than set a property. It is the value of none.
const blockedCSS = "blocked"

// safeCSS returns s if it is part of one property's value: words, numbers, colors, and calls of functions that load
// nothing.
func (e Escaper) safeCSS(s string) string {
	if s == "" && e.sign == '/' {
		return " " // without it, a "*" behind would begin a comment
	}
	if e.first || e.slash || !isCSSValue(s) {
		return blockedCSS
	}
	return s
}

// safeDeclarations returns s if it is a list of declarations with safe values, or part of the name of a property.
func (e Escaper) safeDeclarations(s string) string {
	if s == "" {
		return e.safeCSS(s)
	}
	if e.first || e.slash {
		return blockedCSS
	}
	for declaration := range strings.SplitSeq(s, ";") {
		name, value, _ := strings.Cut(declaration, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "behavior", "-moz-binding": // load code in old browsers
			return blockedCSS
		}
		if !isName(strings.TrimSpace(name), "-_") || !isCSSValue(value) {
			return blockedCSS
		}
	}
	return s
}

func isCSSValue(s string) bool {
	depth := 0
	word := 0
	for i := range len(s) {
		b := s[i]
		switch {
		case isLetter(b) || isDigit(b) || b == '-' || b == '_' || b >= 0x80:
			continue
		case b == '(':
			depth++
			if !isCSSFunction(strings.ToLower(s[word:i])) {
				return false
			}
		case b == ')':
			if depth--; depth < 0 {
				return false
			}
		case b == '*' || b == '/':
			if depth == 0 && b == '*' || i+1 < len(s) && (s[i+1] == '*' || s[i+1] == '/') || i+1 == len(s) || i == 0 {
				return false // it could be part of a comment
			}
		case b == ' ' || b == '#' || b == '%' || b == ',' || b == '.' || b == '+' || b == '!':
		default:
			return false
		}
		word = i + 1
	}
	return depth == 0
}

func isCSSFunction(name string) bool {
	switch name {
	case "", "rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "color-mix", "calc", "min", "max",
		"clamp", "var", "env", "linear-gradient", "radial-gradient", "conic-gradient", "repeating-linear-gradient",
		"repeating-radial-gradient", "translate", "translatex", "translatey", "translate3d", "scale", "scalex", "scaley",
		"rotate", "skew", "skewx", "skewy", "matrix", "perspective", "blur", "brightness", "contrast", "drop-shadow",
		"grayscale", "hue-rotate", "invert", "opacity", "saturate", "sepia", "cubic-bezier", "steps", "repeat", "minmax",
		"fit-content", "counter", "circle", "ellipse", "inset", "polygon":
		return true
	}
	return false
}

// appendCSSString appends to a quoted string in CSS.
func (e Escaper) appendCSSString(dst []byte, s string) []byte {
	if e.slash {
		dst = append(dst, '\\')
	}
	for i, r := range s {
		if i == 0 && e.first && r < utf8.RuneSelf || r < ' ' || r == 0x7f || strings.ContainsRune("\"'\\<>&(){};*/", r) {
			dst = fmt.Appendf(dst, `\%x `, max(r, 1))
			continue
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// appendCSSURL appends to a URL in CSS, quoted or not: what could end either is percent-encoded.
func (e Escaper) appendCSSURL(dst []byte, s string) []byte {
	if e.slash {
		dst = append(dst, '\\')
	}
	for i := range len(s) {
		b := s[i]
		if i == 0 && e.first || b <= ' ' || b == 0x7f || strings.IndexByte("\"'()\\<>", b) >= 0 {
			dst = append(dst, percent(b)...)
			continue
		}
		dst = append(dst, b)
	}
	return dst
}
