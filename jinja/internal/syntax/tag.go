package syntax

import (
	"strings"
	"unicode/utf8"
)

// scanTag returns the next token inside a tag, or tEOF if the source ends before one.
func (lx *lexer) scanTag() Token {
	for {
		if len(lx.open) == 0 {
			if end, kind := lx.tagEnd(); end >= 0 {
				t := Token{Kind: kind, Pos: lx.here()}
				lx.leave(end)
				return t
			}
		}
		i := skipSpace(lx.src, lx.pos)
		if i == lx.pos {
			break
		}
		lx.moveTo(i)
	}
	if lx.pos == len(lx.src) {
		lx.state = inRoot
		return Token{}
	}
	c := lx.src[lx.pos]
	switch {
	case c == '\'' || c == '"':
		return lx.scanString(c)
	case '0' <= c && c <= '9':
		return lx.scanNumber()
	case c >= utf8.RuneSelf || isNameRune(rune(c)):
		return lx.scanName()
	}
	return lx.scanOperator(c)
}

// tagEnd matches the end of the current tag here, and returns -1 if it is not there.
func (lx *lexer) tagEnd() (end int, kind Kind) {
	switch lx.state {
	case inBlock:
		return lx.endAt(lx.pos, lx.blockEnd), tBlockEnd
	case inLineStatement:
		return lx.lineStatementEnd(), tBlockEnd
	}
	if rest := lx.src[lx.pos:]; strings.HasPrefix(rest, "-") && strings.HasPrefix(rest[1:], lx.variableEnd) {
		return skipSpace(lx.src, lx.pos+1+len(lx.variableEnd)), tVariableEnd
	}
	if strings.HasPrefix(lx.src[lx.pos:], lx.variableEnd) {
		return lx.pos + len(lx.variableEnd), tVariableEnd
	}
	return -1, 0
}

// lineStatementEnd matches the white space here if it reaches the end of the line. It takes the empty lines that follow.
func (lx *lexer) lineStatementEnd() int {
	end := skipSpace(lx.src, lx.pos)
	if end == len(lx.src) {
		return end
	}
	if i := strings.LastIndexByte(lx.src[lx.pos:end], '\n'); i >= 0 {
		return lx.pos + i + 1
	}
	return -1
}

func (lx *lexer) scanName() Token {
	end := lx.pos
	ascii := true
	for end < len(lx.src) {
		if c := lx.src[end]; c < utf8.RuneSelf {
			if !isNameRune(rune(c)) {
				break
			}
			end++
			continue
		}
		r, n := utf8.DecodeRuneInString(lx.src[end:])
		if !isWordRune(r) {
			break
		}
		ascii = false
		end += n
	}
	word := lx.src[lx.pos:end]
	if word == "" {
		lx.unexpected()
	}
	if !ascii && !isIdentifier(word) {
		lx.fail("Invalid character in identifier")
	}
	t := lx.token(tName, end)
	t.Value = word
	return t
}

func (lx *lexer) scanString(quote byte) Token {
	start := lx.pos + 1
	end := start
	plain := true
	for ; end < len(lx.src) && lx.src[end] != quote; end++ {
		if lx.src[end] == '\\' {
			plain = false
			end++
		}
	}
	if end >= len(lx.src) {
		lx.unexpected()
	}
	value := lx.newlines(lx.src[start:end])
	if !plain {
		unescaped, problem := unescape(value)
		if problem != "" {
			lx.fail("%s", problem)
		}
		value = unescaped
	}
	t := lx.token(tString, end+1)
	t.Value = value
	return t
}

// maxDigits is Python's limit on the digits of an integer, past which reading one would take too long.
const maxDigits = 4300

func (lx *lexer) scanNumber() Token {
	kind := tFloat
	end := -1
	if lx.pos == 0 || lx.src[lx.pos-1] != '.' { // x.1.2 is an item of an item
		end = floatEnd(lx.src, lx.pos)
	}
	if end < 0 {
		kind, end = tInteger, integerEnd(lx.src, lx.pos)
	}
	number := lx.src[lx.pos:end]
	if digits := len(number) - strings.Count(number, "_"); kind == tInteger && digits > maxDigits {
		lx.fail("Exceeds the limit (%d digits) for integer string conversion: value has %d digits", maxDigits, digits)
	}
	t := lx.token(kind, end)
	t.Value = number
	return t
}

// digitsEnd returns the end of the digits at i, with single underscores between them, or -1.
func digitsEnd(s string, i int, isDigit func(byte) bool) int {
	end := -1
	for i < len(s) {
		if isDigit(s[i]) {
			i++
			end = i
		} else if s[i] == '_' && end == i {
			i++
		} else {
			break
		}
	}
	return end
}

func decimal(c byte) bool { return '0' <= c && c <= '9' }
func zero(c byte) bool    { return c == '0' }
func binary(c byte) bool  { return c == '0' || c == '1' }
func octal(c byte) bool   { return '0' <= c && c <= '7' }
func hexadecimal(c byte) bool {
	return decimal(c) || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// floatEnd returns the end of the float at i, which needs a fraction or an exponent, or -1.
func floatEnd(s string, i int) int {
	end := -1
	i = digitsEnd(s, i, decimal)
	if i+1 < len(s) && s[i] == '.' && decimal(s[i+1]) {
		i = digitsEnd(s, i+1, decimal)
		end = i
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if i < len(s) && decimal(s[i]) {
			end = digitsEnd(s, i, decimal)
		}
	}
	return end
}

// integerEnd returns the end of the integer at i. A leading zero stands alone unless zeros follow.
func integerEnd(s string, i int) int {
	if s[i] != '0' {
		return digitsEnd(s, i, decimal)
	}
	if i+2 < len(s) {
		isDigit := map[byte]func(byte) bool{'b': binary, 'o': octal, 'x': hexadecimal}[s[i+1]|0x20]
		if isDigit != nil {
			first := i + 2
			if s[first] == '_' {
				first++
			}
			if first < len(s) && isDigit(s[first]) {
				return digitsEnd(s, first, isDigit)
			}
		}
	}
	return digitsEnd(s, i, zero)
}

func (lx *lexer) scanOperator(c byte) Token {
	kind, end := operators[c], lx.pos+1
	if end < len(lx.src) {
		if double := doubled(c, lx.src[end]); double != tEOF {
			kind = double
			end++
		}
	}
	if kind == tEOF {
		lx.unexpected()
	}
	lx.bracket(c)
	return lx.token(kind, end)
}

var operators = [256]Kind{
	'+': tAdd, '-': tSub, '/': tDiv, '*': tMul, '%': tMod, '~': tTilde, '[': tLbracket, ']': tRbracket, '(': tLparen,
	')': tRparen, '{': tLbrace, '}': tRbrace, '>': tGt, '<': tLt, '=': tAssign, '.': tDot, ':': tColon, '|': tPipe,
	',': tComma, ';': tSemicolon,
}

// doubled returns the operator of two bytes, or tEOF.
func doubled(c, d byte) Kind {
	switch string([]byte{c, d}) {
	case "//":
		return tFloorDiv
	case "**":
		return tPow
	case "==":
		return tEq
	case "!=":
		return tNe
	case ">=":
		return tGtEq
	case "<=":
		return tLtEq
	}
	return tEOF
}
