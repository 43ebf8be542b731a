package document

import (
	"bytes"
	"errors"
	"math"
	"strconv"
)

// The drawing of a page is a program in postfix notation: operands, then an
// operator.

// An operand is a number, a name, a string or an array of these; what else
// there is no text depends on.
type operand struct {
	kind  byte // 'n' number, '/' name, '(' string, '[' array, 0 other
	num   float64
	str   []byte
	array []operand
}

// lexer reads a drawing.
type lexer struct {
	b     []byte
	depth int
}

const (
	maxOperands   = 1024 // before an operator, or in an array's level
	maxArrayDepth = 16
)

// next returns the next operand, or the next operator's name. At the end both
// are empty and ok is false.
func (l *lexer) next() (v operand, op string, ok bool) {
	l.blank()
	if len(l.b) == 0 {
		return operand{}, "", false
	}
	switch c := l.b[0]; {
	case c == '/':
		l.b = l.b[1:]
		return operand{kind: '/', str: l.name()}, "", true
	case c == '(':
		return operand{kind: '(', str: l.literal()}, "", true
	case c == '<' && len(l.b) > 1 && l.b[1] == '<':
		l.b = l.b[2:]
		l.skipDict()
		return operand{}, "", true
	case c == '<':
		return operand{kind: '(', str: l.hex()}, "", true
	case c == '[':
		return l.list(), "", true
	case isDelimiter(c):
		l.b = l.b[1:] // one that closes nothing
		return operand{}, "", true
	case c == '+' || c == '-' || c == '.' || '0' <= c && c <= '9':
		return operand{kind: 'n', num: number(l.word())}, "", true
	}
	n := 0
	for n < len(l.b) && !isDelimiter(l.b[n]) && !isBlank(l.b[n]) {
		n++
	}
	op = string(l.b[:min(n, 32)])
	l.b = l.b[n:]
	return operand{}, op, true
}

func isBlank(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

// blank skips blanks and comments.
func (l *lexer) blank() {
	for len(l.b) > 0 {
		switch {
		case isBlank(l.b[0]):
			l.b = l.b[1:]
		case l.b[0] == '%':
			end := bytes.IndexAny(l.b, "\r\n")
			if end < 0 {
				end = len(l.b)
			}
			l.b = l.b[end:]
		default:
			return
		}
	}
}

// word takes what ends before a blank or delimiter.
func (l *lexer) word() []byte {
	n := 0
	for n < len(l.b) && !isDelimiter(l.b[n]) && !isBlank(l.b[n]) {
		n++
	}
	w := l.b[:n]
	l.b = l.b[n:]
	return w
}

// name reads a name, whose odd bytes may be written #41.
func (l *lexer) name() []byte {
	w := l.word()
	if bytes.IndexByte(w, '#') < 0 {
		return w
	}
	var out []byte
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) {
			if v, err := strconv.ParseUint(string(w[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, w[i])
	}
	return out
}

func number(word []byte) float64 {
	v, err := strconv.ParseFloat(string(word), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0 // "--5" and the like, which viewers take for nothing too
	}
	return v
}

// literal reads a string in parentheses.
func (l *lexer) literal() []byte {
	var out []byte
	depth := 0
	i := 0
	for ; i < len(l.b); i++ {
		switch c := l.b[i]; c {
		case '(':
			if depth++; depth > 1 {
				out = append(out, c)
			}
		case ')':
			if depth--; depth == 0 {
				l.b = l.b[i+1:]
				return out
			}
			out = append(out, c)
		case '\\':
			i++
			if i == len(l.b) {
				break
			}
			var n int
			out, n = escape(out, l.b[i:])
			i += n - 1
		case '\r':
			out = append(out, '\n')
			if i+1 < len(l.b) && l.b[i+1] == '\n' {
				i++
			}
		default:
			out = append(out, c)
		}
	}
	l.b = nil
	return out
}

// escape reads what stands behind a backslash, and returns its length.
func escape(out, b []byte) ([]byte, int) {
	switch c := b[0]; c {
	case 'n':
		return append(out, '\n'), 1
	case 'r':
		return append(out, '\r'), 1
	case 't':
		return append(out, '\t'), 1
	case 'b':
		return append(out, '\b'), 1
	case 'f':
		return append(out, '\f'), 1
	case '\n':
		return out, 1
	case '\r':
		if len(b) > 1 && b[1] == '\n' {
			return out, 2
		}
		return out, 1
	case '0', '1', '2', '3', '4', '5', '6', '7':
		v, n := 0, 0
		for n < 3 && n < len(b) && '0' <= b[n] && b[n] <= '7' {
			v = v<<3 | int(b[n]-'0')
			n++
		}
		return append(out, byte(v)), n
	default:
		return append(out, c), 1
	}
}

func (l *lexer) hex() []byte {
	end := bytes.IndexByte(l.b, '>')
	in := l.b[1:]
	if end >= 0 {
		in = l.b[1:end]
		l.b = l.b[end+1:]
	} else {
		l.b = nil
	}
	var out []byte
	half, have := byte(0), false
	for _, c := range in {
		v := hexDigit(c)
		switch {
		case v > 15:
		case have:
			out = append(out, half<<4|v)
			have = false
		default:
			half, have = v, true
		}
	}
	if have {
		out = append(out, half<<4)
	}
	return out
}

func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

func (l *lexer) list() operand {
	l.b = l.b[1:]
	v := operand{kind: '['}
	if l.depth++; l.depth > maxArrayDepth {
		l.b = nil
		return v
	}
	defer func() { l.depth-- }()
	for {
		l.blank()
		if len(l.b) == 0 {
			return v
		}
		if l.b[0] == ']' {
			l.b = l.b[1:]
			return v
		}
		e, op, ok := l.next()
		if !ok {
			return v
		}
		if op == "" {
			v.array = append(v.array, e)
		}
	}
}

// skipDict skips a dictionary whose start is read.
func (l *lexer) skipDict() {
	for open := 1; open > 0; {
		l.blank()
		switch {
		case len(l.b) == 0:
			return
		case bytes.HasPrefix(l.b, []byte("<<")):
			l.b = l.b[2:]
			open++
		case bytes.HasPrefix(l.b, []byte(">>")):
			l.b = l.b[2:]
			open--
		case l.b[0] == '(':
			l.literal()
		case l.b[0] == '<':
			l.hex()
		case isDelimiter(l.b[0]):
			l.b = l.b[1:]
		default:
			l.word()
		}
	}
}

// skipPicture skips the bytes of a picture, from behind BI to behind EI.
func (l *lexer) skipPicture() {
	start := bytes.Index(l.b, []byte("ID"))
	if start < 0 {
		return
	}
	rest := l.b[start+2:]
	for {
		i := bytes.Index(rest, []byte("EI"))
		if i < 0 {
			l.b = nil
			return
		}
		after := rest[i+2:]
		if i > 0 && isBlank(rest[i-1]) && (len(after) == 0 || isBlank(after[0])) {
			l.b = after
			return
		}
		rest = after
	}
}

// A matrix maps points as PDF does: [x y 1] × the rows (a b), (c d), (e f).
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{a: 1, d: 1}

// mul is first m, then n.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d,
		m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d,
		m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f,
	}
}

// graphics is the state that text is drawn in.
type graphics struct {
	ctm                        matrix
	font                       *pdfFont
	size                       float64
	charSpace, wordSpace, rise float64
	stretch, leading           float64
}

// A canvas follows a drawing and gives the text in it to a layout.
type canvas struct {
	*pdfReader
	layout *pageLayout
	left   int // forms that may still be drawn
	err    error

	g          graphics
	saved      []graphics
	text, line matrix
}

// run follows a drawing. Forms are drawings within it.
func (c *canvas) run(data []byte, resources pdfValue, depth int) {
	if depth == 0 {
		c.g = graphics{ctm: identity, stretch: 1}
		c.text, c.line = identity, identity
	}
	fonts := map[string]*pdfFont{}
	l := &lexer{b: data}
	var args []operand
	for {
		v, op, ok := l.next()
		if !ok {
			return
		}
		if op == "" {
			if len(args) < maxOperands {
				args = append(args, v)
			}
			continue
		}
		switch op {
		case "BI":
			l.skipPicture()
		case "Tf":
			if len(args) >= 2 {
				c.g.size = args[1].num
				c.g.font = c.namedFont(string(args[0].str), resources, fonts)
			}
		case "Do":
			if len(args) >= 1 && depth < maxFormDepth {
				c.form(string(args[0].str), resources, depth)
			}
		default:
			c.operator(op, args)
		}
		args = args[:0]
	}
}

// form draws another drawing at this place.
func (c *canvas) form(name string, resources pdfValue, depth int) {
	x := resources.key("XObject").key(name)
	if !x.isStream() || x.key("Subtype").name() != "Form" {
		return
	}
	if c.left--; c.left < 0 {
		c.err = &Error{Limit: LimitParts, Err: errors.New("it is drawn with too many forms in forms")}
		return
	}
	data, err := c.stream(x)
	if err != nil && c.err == nil {
		c.err = err
	}
	outer, saved, text, line := c.g, c.saved, c.text, c.line
	c.saved = nil
	if m := x.key("Matrix"); m.len() == 6 {
		c.g.ctm = matrix{
			m.index(0).number(), m.index(1).number(), m.index(2).number(),
			m.index(3).number(), m.index(4).number(), m.index(5).number(),
		}.mul(c.g.ctm)
	}
	if own := x.key("Resources"); own.isDict() {
		resources = own
	}
	c.run(data, resources, depth+1)
	c.g, c.saved, c.text, c.line = outer, saved, text, line
}

// operator does what one operator asks for. One with too few operands does
// nothing, as in viewers.
func (c *canvas) operator(op string, args []operand) {
	num := func(i int) float64 {
		if i < len(args) {
			return args[i].num
		}
		return 0
	}
	six := func() matrix { return matrix{num(0), num(1), num(2), num(3), num(4), num(5)} }
	switch op {
	case "q":
		if len(c.saved) < maxOperands {
			c.saved = append(c.saved, c.g)
		}
	case "Q":
		if n := len(c.saved); n > 0 {
			c.g, c.saved = c.saved[n-1], c.saved[:n-1]
		}
	case "cm":
		c.g.ctm = six().mul(c.g.ctm)
	case "BT":
		c.text, c.line = identity, identity
	case "Tc":
		c.g.charSpace = num(0)
	case "Tw":
		c.g.wordSpace = num(0)
	case "Tz":
		c.g.stretch = num(0) / 100
	case "TL":
		c.g.leading = num(0)
	case "Ts":
		c.g.rise = num(0)
	case "Tm":
		c.text = six()
		c.line = c.text
	case "Td":
		c.move(num(0), num(1))
	case "TD":
		c.g.leading = -num(1)
		c.move(num(0), num(1))
	case "T*":
		c.move(0, -c.g.leading)
	case "Tj":
		c.show(args)
	case "TJ":
		if len(args) > 0 {
			c.show(args[0].array)
		}
	case "'":
		c.move(0, -c.g.leading)
		c.show(args)
	case "\"":
		c.g.wordSpace, c.g.charSpace = num(0), num(1)
		c.move(0, -c.g.leading)
		c.show(args[min(2, len(args)):])
	}
}

func (c *canvas) move(x, y float64) {
	c.line = matrix{1, 0, 0, 1, x, y}.mul(c.line)
	c.text = c.line
}

// show draws strings, with numbers between them that move the pen back.
func (c *canvas) show(list []operand) {
	for _, v := range list {
		switch v.kind {
		case 'n':
			c.text = matrix{1, 0, 0, 1, -v.num / 1000 * c.g.size * c.g.stretch, 0}.mul(c.text)
		case '(':
			c.string(v.str)
		}
	}
}

func (c *canvas) string(s []byte) {
	font := c.g.font
	if font == nil {
		font = &plainFont
	}
	for len(s) > 0 {
		g := font.next(s)
		s = s[g.n:]
		c.drawn++
		if g.unmapped {
			c.unmapped++
		}
		advance := g.width/1000*c.g.size + c.g.charSpace
		if g.n == 1 && g.code == ' ' {
			advance += c.g.wordSpace
		}
		advance *= c.g.stretch
		place := matrix{c.g.size * c.g.stretch, 0, 0, c.g.size, 0, c.g.rise}.mul(c.text).mul(c.g.ctm)
		c.text = matrix{1, 0, 0, 1, advance, 0}.mul(c.text)
		end := matrix{1, 0, 0, 1, 0, c.g.rise}.mul(c.text).mul(c.g.ctm)
		c.layout.glyph(g.text, place, end.e, end.f)
	}
}
