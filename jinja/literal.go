package jinja

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/retort-go/retort/jinja/internal/value"
)

// parseLiteral reads a Python literal, as ast.literal_eval does: strings, bytes, numbers, tuples, lists, dicts, sets, True,
// False and None. Complex numbers, which no template makes, are not read.
func parseLiteral(s string) (Value, bool) {
	p := literalParser{src: s, ok: true}
	if p.space(true); p.indented() {
		return Value{}, false
	}
	v := p.list(0)
	p.space(true)
	return v, p.ok && p.at == len(s) && !p.indented()
}

// indented reports whether what is read next stands behind blanks at the begin of its line, which Python takes for wrong
// indentation.
func (p *literalParser) indented() bool {
	line := p.src[strings.LastIndexAny(p.src[:p.at], "\n\r\f")+1 : p.at]
	return line != "" && strings.Trim(line, " \t") == "" && len(line) <= p.at && (p.at < len(p.src) || len(line) < p.at)
}

type literalParser struct {
	src string
	at  int
	ok  bool
}

const maxLiteralDepth = 100

func (p *literalParser) fail() Value {
	p.ok = false
	return Value{}
}

// space skips white space, comments and, at the end or inside brackets, newlines.
func (p *literalParser) space(newlines bool) {
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c == ' ' || c == '\t' || c == '\f':
		case newlines && (c == '\n' || c == '\r'):
		case c == '#':
			if n := strings.IndexAny(p.src[p.at:], "\n\r"); n > 0 {
				p.at += n - 1
			} else {
				p.at = len(p.src) - 1
			}
		default:
			return
		}
		p.at++
	}
}

func (p *literalParser) next(c byte) bool {
	if p.at < len(p.src) && p.src[p.at] == c {
		p.at++
		return true
	}
	return false
}

// list reads a value, or several separated by commas as a tuple.
func (p *literalParser) list(depth int) Value {
	first := p.value(depth)
	p.space(depth > 0)
	if !p.ok || p.at == len(p.src) || p.src[p.at] != ',' {
		return first
	}
	items := []Value{first}
	for p.ok && p.next(',') {
		p.space(depth > 0)
		if p.at == len(p.src) || strings.IndexByte(")\n\r", p.src[p.at]) >= 0 {
			break
		}
		items = append(items, p.value(depth))
		p.space(depth > 0)
	}
	return value.Tuple(items)
}

func (p *literalParser) value(depth int) Value {
	p.space(depth > 0)
	if !p.ok || p.at == len(p.src) || depth > maxLiteralDepth {
		return p.fail()
	}
	switch c := p.src[p.at]; {
	case c == '(':
		return p.tuple(depth + 1)
	case c == '[':
		p.at++
		return value.NewList(p.items(']', depth+1))
	case c == '{':
		return p.dict(depth + 1)
	case p.stringHere():
		return p.strings(depth)
	case c == '+' || c == '-':
		p.at++
		p.space(depth > 0)
		v := p.number()
		if c == '+' || !p.ok {
			return v
		}
		v, err := value.Neg(value.NewMeter(nil, value.Limits{}), v)
		p.ok = err == nil
		return v
	case c >= '0' && c <= '9' || c == '.':
		return p.number()
	}
	for word, v := range map[string]Value{"True": value.Bool(true), "False": value.Bool(false), "None": value.None()} {
		if strings.HasPrefix(p.src[p.at:], word) {
			p.at += len(word)
			if p.at < len(p.src) && isWord(p.src[p.at]) {
				return p.fail()
			}
			return v
		}
	}
	return p.fail()
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func (p *literalParser) tuple(depth int) Value {
	p.at++
	p.space(true)
	if p.next(')') {
		return value.Tuple(nil)
	}
	v := p.list(depth)
	p.space(true)
	if !p.next(')') {
		return p.fail()
	}
	return v
}

func (p *literalParser) items(end byte, depth int) []Value {
	var items []Value
	for p.ok {
		p.space(true)
		if p.next(end) {
			return items
		}
		items = append(items, p.value(depth))
		p.space(true)
		if !p.next(',') {
			if !p.next(end) {
				p.fail()
			}
			return items
		}
	}
	return nil
}

// dict reads a dict, or a set.
func (p *literalParser) dict(depth int) Value {
	p.at++
	d, set, first := value.NewDict(0), false, true
	for p.ok {
		p.space(true)
		if p.next('}') {
			break
		}
		key, v := p.value(depth), value.None()
		p.space(true)
		if colon := p.next(':'); colon {
			v = p.value(depth)
			p.space(true)
			p.ok = p.ok && !set
		} else {
			p.ok = p.ok && (first || set)
			set = true
		}
		first = false
		if !p.ok || d.Set(key, v) != nil {
			return p.fail()
		}
		if !p.next(',') {
			if !p.next('}') {
				return p.fail()
			}
			break
		}
	}
	if set {
		return value.FromSet(d)
	}
	return value.FromDict(d)
}

func (p *literalParser) number() Value {
	start := p.at
	for p.at < len(p.src) && (isWord(p.src[p.at]) || p.src[p.at] == '.' ||
		strings.IndexByte("+-", p.src[p.at]) >= 0 && p.at > start && strings.IndexByte("eE", p.src[p.at-1]) >= 0 &&
			!strings.HasPrefix(p.src[start:], "0x")) {
		p.at++
	}
	text := p.src[start:p.at]
	if text == "" || strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_") || strings.Contains(text, "__") {
		return p.fail()
	}
	digits := strings.ReplaceAll(text, "_", "")
	if len(digits) > 1 && digits[0] == '0' && strings.IndexByte("xXoObB", digits[1]) >= 0 || strings.Trim(digits, "0123456789") == "" {
		if len(digits) > 4300 || len(digits) > 1 && digits[0] == '0' && strings.Trim(digits, "0") != "" && digits[1] >= '0' && digits[1] <= '9' {
			return p.fail()
		}
		if b, ok := new(big.Int).SetString(digits, 0); ok {
			return value.BigInt(b)
		}
		return p.fail()
	}
	if strings.Trim(digits, "0123456789.eE+-") != "" {
		return p.fail()
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil && f == 0 {
		return p.fail()
	}
	return value.Float(f)
}

// stringHere reports whether a string literal begins here: a quote, perhaps after a prefix.
func (p *literalParser) stringHere() bool {
	_, quote := p.prefix()
	return quote < len(p.src) && (p.src[quote] == '\'' || p.src[quote] == '"')
}

// prefix returns the letters before a string's quote in lower case, and where the quote is.
func (p *literalParser) prefix() (letters string, quote int) {
	quote = p.at
	for quote < len(p.src) && quote < p.at+2 && strings.IndexByte("bBrRuU", p.src[quote]) >= 0 {
		quote++
	}
	return strings.ToLower(p.src[p.at:quote]), quote
}

// strings reads one or more string literals, which Python joins; all are bytes or none is.
func (p *literalParser) strings(depth int) Value {
	var b strings.Builder
	first, isBytes := true, false
	for p.ok && p.stringHere() {
		letters, quote := p.prefix()
		switch letters {
		case "", "u", "r", "b", "br", "rb":
		default:
			return p.fail()
		}
		here := strings.Contains(letters, "b")
		if !first && here != isBytes {
			return p.fail()
		}
		first, isBytes = false, here
		p.at = quote
		p.string(&b, strings.Contains(letters, "r"), isBytes)
		p.space(depth > 0)
	}
	if isBytes {
		return value.Bytes([]byte(b.String()))
	}
	return value.Str(b.String())
}

func (p *literalParser) string(b *strings.Builder, raw, isBytes bool) {
	quote := p.src[p.at : p.at+1]
	if strings.HasPrefix(p.src[p.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	p.at += len(quote)
	for p.ok {
		switch {
		case p.at >= len(p.src), len(quote) == 1 && (p.src[p.at] == '\n' || p.src[p.at] == '\r'),
			isBytes && p.src[p.at] >= utf8.RuneSelf:
			p.fail()
		case strings.HasPrefix(p.src[p.at:], quote):
			p.at += len(quote)
			return
		case p.src[p.at] == '\\' && raw && p.at+1 < len(p.src):
			b.WriteString(p.src[p.at : p.at+2])
			p.at += 2
		case p.src[p.at] == '\\':
			p.escape(b, isBytes)
		default:
			b.WriteByte(p.src[p.at])
			p.at++
		}
	}
}

var simpleEscapes = map[byte]byte{
	'\\': '\\', '\'': '\'', '"': '"', 'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
}

func (p *literalParser) escape(b *strings.Builder, isBytes bool) {
	if p.at+1 >= len(p.src) {
		p.fail()
		return
	}
	c := p.src[p.at+1]
	p.at += 2
	if r, ok := simpleEscapes[c]; ok {
		b.WriteByte(r)
		return
	}
	width := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	write := func(n uint64) {
		if isBytes {
			b.WriteByte(byte(n))
		} else {
			b.WriteRune(rune(n))
		}
	}
	switch {
	case c == '\n':
	case width > 0 && (!isBytes || c == 'x'):
		if p.at+width > len(p.src) {
			p.fail()
			return
		}
		n, err := strconv.ParseUint(p.src[p.at:p.at+width], 16, 32)
		if err != nil || n > utf8.MaxRune {
			p.fail()
			return
		}
		write(n)
		p.at += width
	case c >= '0' && c <= '7':
		end := p.at
		for end < len(p.src) && end < p.at+2 && p.src[end] >= '0' && p.src[end] <= '7' {
			end++
		}
		n, _ := strconv.ParseUint(p.src[p.at-1:end], 8, 32)
		write(n)
		p.at = end
	case c == 'N' && !isBytes:
		p.fail()
	default: // an escape Python does not know stands for itself
		b.WriteByte('\\')
		b.WriteByte(c)
	}
}
