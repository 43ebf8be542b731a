package flask

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Python's json module reads and writes more than JSON: NaN and Infinity, whole
// numbers of any size apart from fractions. What is kept here is what it has to
// say, in the order it said it.

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	dict
)

// A node is a JSON value.
type node struct {
	kind  kind
	text  string // of a string its content, of a number and a boolean its spelling
	items []node // of a list, and the values of a dict
	keys  []string
}

const (
	// maxDepth is how deep values may be nested; Python's own limit is about 1000.
	maxDepth = 100

	// maxPayload is the size in bytes of the largest text that is parsed, and that
	// compressed text may unpack to.
	maxPayload = 1 << 20

	// maxDigits is how long a whole number may be, as in Python.
	maxDigits = 4300
)

// style is a way in which Python's json.dumps is called.
type style struct {
	sorted bool // sort_keys=True
	ascii  bool // ensure_ascii=True
	spaced bool // the default separators
}

var (
	sessionStyle = style{sorted: true, ascii: true} // flask.json
	tokenStyle   = style{}                          // itsdangerous' compact JSON
	plainStyle   = style{ascii: true, spaced: true} // json.dumps
)

// append spells n as Python would.
func (n *node) append(dst []byte, s style) []byte {
	switch n.kind {
	case null:
		return append(dst, "null"...)
	case boolean, number:
		return append(dst, n.text...)
	case text:
		return appendString(dst, n.text, s.ascii)
	case list:
		dst = append(dst, '[')
		for i := range n.items {
			dst = appendComma(dst, i, s)
			dst = n.items[i].append(dst, s)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i, at := range n.order(s.sorted) {
		dst = appendComma(dst, i, s)
		dst = append(appendString(dst, n.keys[at], s.ascii), ':')
		if s.spaced {
			dst = append(dst, ' ')
		}
		dst = n.items[at].append(dst, s)
	}
	return append(dst, '}')
}

func appendComma(dst []byte, i int, s style) []byte {
	if i == 0 {
		return dst
	}
	if s.spaced {
		return append(dst, ", "...)
	}
	return append(dst, ',')
}

// order lists the members of a dict. Python sorts keys by code point, which for
// UTF-8 is the order of the bytes.
func (n *node) order(sorted bool) []int {
	at := make([]int, len(n.keys))
	for i := range at {
		at[i] = i
	}
	if sorted {
		slices.SortStableFunc(at, func(a, b int) int { return strings.Compare(n.keys[a], n.keys[b]) })
	}
	return at
}

func appendString(dst []byte, s string, ascii bool) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\f':
			dst = append(dst, `\f`...)
		case r == '\b':
			dst = append(dst, `\b`...)
		case r < ' ' || ascii && 0x7f <= r && r <= 0xffff:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		case ascii && r > 0xffff:
			high, low := utf16.EncodeRune(r)
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// formatFloat is Python's repr of a float, or what json.dumps writes for one that
// is no number.
func formatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// numberValue is the Go value of a number: an int64, a *big.Int or a float64.
func numberValue(spelling string) any {
	switch spelling {
	case "NaN":
		return math.NaN()
	case "Infinity":
		return math.Inf(1)
	case "-Infinity":
		return math.Inf(-1)
	}
	if strings.ContainsAny(spelling, ".eE") {
		f, _ := strconv.ParseFloat(spelling, 64) // out of range is infinite, as in Python
		return f
	}
	if i, err := strconv.ParseInt(spelling, 10, 64); err == nil {
		return i
	}
	if b, ok := new(big.Int).SetString(spelling, 10); ok {
		return b
	}
	return json.Number(spelling)
}

// parseJSON reads what json.loads reads, from at most maxPayload bytes.
func parseJSON(data string) (node, error) {
	if len(data) > maxPayload {
		return node{}, fmt.Errorf("%w: it is longer than %d bytes", ErrPayload, maxPayload)
	}
	if !utf8.ValidString(data) {
		return node{}, fmt.Errorf("%w: it is not UTF-8", ErrPayload)
	}
	p := jsonParser{data: data}
	n, ok := p.value(0)
	p.space()
	if !ok || p.at != len(data) {
		return node{}, fmt.Errorf("%w: it is not JSON at byte %d", ErrPayload, p.at)
	}
	return n, nil
}

type jsonParser struct {
	data string
	at   int
}

func (p *jsonParser) space() {
	for p.at < len(p.data) && strings.IndexByte(" \t\r\n", p.data[p.at]) >= 0 {
		p.at++
	}
}

func (p *jsonParser) take(word string) bool {
	if strings.HasPrefix(p.data[p.at:], word) {
		p.at += len(word)
		return true
	}
	return false
}

func (p *jsonParser) value(depth int) (n node, ok bool) {
	p.space()
	switch {
	case depth > maxDepth || p.at == len(p.data):
		return n, false
	case p.data[p.at] == '"':
		s, ok := p.string()
		return node{kind: text, text: s}, ok
	case p.take("["):
		return p.list(depth)
	case p.take("{"):
		return p.dict(depth)
	case p.take("null"):
		return node{}, true
	case p.take("true"):
		return node{kind: boolean, text: "true"}, true
	case p.take("false"):
		return node{kind: boolean, text: "false"}, true
	}
	return p.number()
}

func (p *jsonParser) list(depth int) (n node, ok bool) {
	n.kind = list
	if p.space(); p.take("]") {
		return n, true
	}
	for {
		item, ok := p.value(depth + 1)
		if !ok {
			return n, false
		}
		n.items = append(n.items, item)
		if p.space(); p.take("]") {
			return n, true
		}
		if !p.take(",") {
			return n, false
		}
	}
}

// dict reads an object; of two members with one key the last one counts.
func (p *jsonParser) dict(depth int) (n node, ok bool) {
	n.kind = dict
	if p.space(); p.take("}") {
		return n, true
	}
	seen := map[string]int{}
	for {
		p.space()
		key, ok := p.string()
		if p.space(); !ok || !p.take(":") {
			return n, false
		}
		item, ok := p.value(depth + 1)
		if !ok {
			return n, false
		}
		if i, again := seen[key]; again {
			n.items[i] = item
		} else {
			seen[key] = len(n.keys)
			n.keys, n.items = append(n.keys, key), append(n.items, item)
		}
		if p.space(); p.take("}") {
			return n, true
		}
		if !p.take(",") {
			return n, false
		}
	}
}

func (p *jsonParser) digits() bool {
	start := p.at
	for p.at < len(p.data) && '0' <= p.data[p.at] && p.data[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}

func (p *jsonParser) number() (n node, ok bool) {
	n.kind = number
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if p.take(word) {
			n.text = word
			return n, true
		}
	}
	start := p.at
	p.take("-")
	if !p.take("0") && !p.digits() {
		return n, false
	}
	whole := true
	if p.take(".") {
		if whole = false; !p.digits() {
			return n, false
		}
	}
	if p.take("e") || p.take("E") {
		if whole = false; !p.take("+") {
			p.take("-")
		}
		if !p.digits() {
			return n, false
		}
	}
	n.text = p.data[start:p.at]
	if whole && len(n.text) > maxDigits {
		return n, false
	}
	if f, fraction := numberValue(n.text).(float64); fraction && !whole {
		n.text = formatFloat(f)
	} else if n.text == "-0" {
		n.text = "0" // a whole number has no negative zero
	}
	return n, true
}

func (p *jsonParser) string() (string, bool) {
	if !p.take(`"`) {
		return "", false
	}
	start := p.at
	for ; p.at < len(p.data); p.at++ {
		switch c := p.data[p.at]; {
		case c == '"':
			p.at++
			return p.data[start : p.at-1], true
		case c == '\\':
			return p.escaped([]byte(p.data[start:p.at]))
		case c < ' ':
			return "", false
		}
	}
	return "", false
}

// escaped goes on with a string that holds escapes.
func (p *jsonParser) escaped(s []byte) (string, bool) {
	for p.at < len(p.data) {
		c := p.data[p.at]
		p.at++
		switch {
		case c == '"':
			return string(s), true
		case c < ' ':
			return "", false
		case c != '\\':
			s = append(s, c)
			continue
		}
		if p.at == len(p.data) {
			return "", false
		}
		c = p.data[p.at]
		p.at++
		if c == 'u' {
			r, ok := p.unicode()
			if !ok {
				return "", false
			}
			s = utf8.AppendRune(s, r)
			continue
		}
		i := strings.IndexByte(`"\/bfnrt`, c)
		if i < 0 {
			return "", false
		}
		s = append(s, "\"\\/\b\f\n\r\t"[i])
	}
	return "", false
}

// unicode reads the digits behind \u, and the other half of a pair. Half a pair
// alone, which Python keeps, cannot be in a Go string and becomes U+FFFD.
func (p *jsonParser) unicode() (rune, bool) {
	r, ok := p.hex4()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	after := p.at
	if p.take(`\u`) {
		low, ok := p.hex4()
		if !ok {
			return 0, false
		}
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, true
		}
	}
	p.at = after
	return utf8.RuneError, true
}

func (p *jsonParser) hex4() (rune, bool) {
	if len(p.data)-p.at < 4 {
		return 0, false
	}
	digits := p.data[p.at : p.at+4]
	n, err := strconv.ParseUint(digits, 16, 16)
	if err != nil {
		return 0, false
	}
	p.at += 4
	return rune(n), true
}
