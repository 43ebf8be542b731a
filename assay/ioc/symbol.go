package ioc

import (
	"bytes"
	"unicode/utf8"
)

// A symbol is how a text spells '.', '@' or ':' when it does not want to be
// clicked: "[.]", "(dot)", "{.}", "[.", "\.", " [.] ", "。".

func isOpener(c byte) bool { return c == '[' || c == '(' || c == '{' || c == '<' }
func isCloser(c byte) bool { return c == ']' || c == ')' || c == '}' || c == '>' }

// spaces skips at most two blanks from p on.
func (s *scanner) spaces(p int) int {
	for range 2 {
		if c := s.at(p); c != ' ' && c != '\t' {
			break
		}
		p++
	}
	return p
}

// spacesBack skips at most two blanks before p.
func (s *scanner) spacesBack(p int) int {
	for range 2 {
		if c := s.at(p - 1); c != ' ' && c != '\t' {
			break
		}
		p--
	}
	return p
}

// word reports whether the letters of w stand at p in any case, and returns
// where they end.
func (s *scanner) word(p int, w string) (int, bool) {
	end := p + len(w)
	return end, p >= 0 && end <= len(s.b) && foldEqual(s.b[p:end], w)
}

func (s *scanner) anyWord(p int, words ...string) (int, bool) {
	for _, w := range words {
		if end, ok := s.word(p, w); ok && !is(s.at(end), cAlnum) {
			return end, true
		}
	}
	return p, false
}

func (s *scanner) wideDot(p int) bool {
	c, d := s.at(p+1), s.at(p+2)
	return s.at(p) == 0xe3 && c == 0x80 && d == 0x82 ||
		s.at(p) == 0xef && (c == 0xbc && d == 0x8e || c == 0xbd && d == 0xa1)
}

// symbols says how a dot or at sign was spelt.
type symbols uint8

const (
	symPlain symbols = 1 << iota
	symDefanged
	symBare    // a word between blanks: "example dot com"
	symSpaced  // a dot after a blank: "example .com", in URLs only
	symHalf    // an opened bracket that closes later: "example[.com]"
	symEscaped // "example\.com", which patterns have for files as well
)

// dotAt reads a dot symbol that starts at p and must be followed by a label.
func (s *scanner) dotAt(p int) (end int, how symbols) {
	switch c := s.at(p); c {
	case '.':
		n := s.at(p + 1)
		switch {
		case is(n, cLabel) || n >= 0x80:
			return p + 1, symPlain
		case n == ']' && is(s.at(p+2), cLabel), n == '[' && is(s.at(p+2), cDigit) && is(s.at(p-1), cDigit):
			return p + 2, symDefanged
		case n == '=':
			if q := s.softBreakAt(p + 1); q > 0 {
				return q, symDefanged
			}
		}
	case '[', '(', '{', '<':
		if s.at(p+1) == '.' && isCloser(s.at(p+2)) {
			if s.at(p+3) == '.' && is(s.at(p+4), cLabel) {
				return p + 4, symDefanged // "[.]." of someone in a hurry
			}
			return p + 3, symDefanged
		}
		return s.bracketed(p, dotInside)
	case '\\', '^':
		if isOpener(s.at(p+1)) && c == '\\' {
			return s.bracketed(p+1, dotInside)
		}
		if s.at(p+1) == '.' && is(s.at(p+2), cLabel) {
			return p + 2, symDefanged | symEscaped
		}
		if e, ok := s.word(p, `\u002e`); ok {
			return e, symDefanged
		}
	case ' ', '\t':
		q := s.spaces(p)
		if isOpener(s.at(q)) {
			if e, how := s.bracketed(q, dotInside); how != 0 && how&symHalf == 0 {
				return s.spaces(e), how
			}
			return 0, 0
		}
		if e, ok := s.word(q, "dot"); ok && s.at(e) == ' ' && is(s.at(e+1), cAlnum) {
			return e + 1, symDefanged | symBare
		}
	case '_', '-':
		if e, ok := s.word(p+1, "dot"); ok && s.at(e) == c && is(s.at(e+1), cAlnum) && !s.dotsFollow(e+1) {
			return e + 1, symDefanged | symBare
		}
	case '%':
		if s.at(p+1) == '2' && s.at(p+2)|0x20 == 'e' {
			return p + 3, symDefanged
		}
	case '&':
		for _, entity := range [...]string{"&#46;", "&#x2e;", "&period;"} {
			if e, ok := s.word(p, entity); ok {
				return e, symDefanged
			}
		}
	case 0xe3, 0xef:
		if s.wideDot(p) {
			return p + 3, symDefanged
		}
	}
	return 0, 0
}

// dotsFollow reports whether the label at p ends at a dot: the name is not one
// that is spelt without them, as in "app-dot-project.example.com".
func (s *scanner) dotsFollow(p int) bool {
	q := s.labelEnd(p)
	return s.at(q) == '.' && is(s.at(q+1), cAlnum)
}

// dotInside reads what a bracket holds in a dot symbol.
func dotInside(s *scanner, p int) (end int, mayStayOpen bool) {
	switch c := s.at(p); {
	case c == '.':
		return p + 1, true
	case c == ',':
		return p + 1, false
	case c == 0xe3 || c == 0xef:
		if s.wideDot(p) {
			return p + 3, false
		}
	case c|0x20 == 'd':
		if e, ok := s.anyWord(p, "dot", "d0t"); ok {
			return e, false
		}
	case c|0x20 == 'p':
		if e, ok := s.anyWord(p, "punto", "punkt", "point", "ponto"); ok {
			return e, false
		}
	}
	return 0, false
}

// atInside reads what a bracket holds in an at symbol.
func atInside(s *scanner, p int) (end int, mayStayOpen bool) {
	if s.at(p) == '@' {
		return p + 1, false
	}
	if c := s.at(p) | 0x20; c != 'a' && c != 'e' {
		return 0, false
	}
	if e, ok := s.anyWord(p, "at", "et", "arroba"); ok {
		return e, false
	}
	return 0, false
}

// bracketed reads a symbol in one or two brackets of any shape.
func (s *scanner) bracketed(p int, inside func(*scanner, int) (int, bool)) (end int, how symbols) {
	open := s.at(p)
	depth := 1
	q := p + 1
	if s.at(q) == open {
		depth, q = 2, q+1
	}
	q, mayStayOpen := inside(s, s.spaces(q))
	if q == 0 {
		return 0, 0
	}
	e := s.spaces(q)
	for n := 0; isCloser(s.at(s.unescaped(e))); {
		e = s.unescaped(e) + 1
		if n++; n == depth {
			return e, symDefanged
		}
	}
	if mayStayOpen && open == '[' && is(s.at(q), cLabel) {
		return q, symDefanged | symHalf
	}
	return 0, 0
}

// unescaped passes over the backslash of Markdown before a bracket.
func (s *scanner) unescaped(p int) int {
	if s.at(p) == '\\' && (isOpener(s.at(p+1)) || isCloser(s.at(p+1))) {
		return p + 1
	}
	return p
}

// atSymbol reads an at symbol that starts at p.
func (s *scanner) atSymbol(p int) (end int, how symbols) {
	switch c := s.at(p); c {
	case '@':
		return p + 1, symPlain
	case '[', '(', '{', '<':
		return s.bracketed(p, atInside)
	case '\\':
		if isOpener(s.at(p + 1)) {
			return s.bracketed(p+1, atInside)
		}
	case ' ':
		q := s.spaces(p)
		if isOpener(s.at(q)) {
			if e, how := s.bracketed(q, atInside); how != 0 {
				return s.spaces(e), how
			}
			return 0, 0
		}
		if e, ok := s.word(q, "at"); ok && s.at(e) == ' ' {
			return e + 1, symDefanged | symBare
		}
	case '_', '-':
		if e, ok := s.word(p+1, "at"); ok && s.at(e) == c {
			return e + 1, symDefanged | symBare
		}
	case '&':
		if e, ok := s.word(p, "&#64;"); ok {
			return e, symDefanged
		}
	}
	return 0, 0
}

// symbolStart finds where the bracketed symbol begins whose inside is at p,
// blanks before it included; -1 if there is no bracket.
func (s *scanner) symbolStart(p int) int {
	q := s.spacesBack(p)
	if !isOpener(s.at(q - 1)) {
		return -1
	}
	q--
	if s.at(q-1) == s.at(q) || s.at(q-1) == '\\' {
		q--
	}
	return s.spacesBack(q)
}

// atBefore finds where an at symbol in brackets begins that ends at p and has no
// mark of its own: "[ at ]"; -1 if there is none.
func (s *scanner) atBefore(p int) int {
	q := s.spacesBack(p)
	if c := s.at(q - 2); !isCloser(s.at(q-1)) || c != ' ' && c != '\\' && s.at(q-1) != '>' {
		return -1
	}
	for low := max(s.floor, q-10); q > low; q-- {
		if !isOpener(s.b[q-1]) {
			continue
		}
		if q--; s.at(q-1) == '\\' {
			q--
		}
		q = s.spacesBack(q)
		if e, how := s.atSymbol(q); how == 0 || e != p {
			return -1
		}
		return q
	}
	return -1
}

// dotWord looks at the "ot" of a possible "dot".
func (s *scanner) dotWord(p int) {
	if s.at(p-1)|0x20 != 'd' || is(s.at(p+2), cAlnum) {
		return
	}
	switch c := s.at(p - 2); {
	case c == '_' || c == '-':
		s.afterLabel(p - 2)
	case c == ' ' && s.at(p+2) == ' ' && !isOpener(s.at(p-3)):
		s.afterLabel(p - 2)
	case isCloser(s.at(p+2)) && s.at(p+2) != '>':
		// "t]" is a mark of its own.
	default:
		if q := s.symbolStart(p - 1); q >= 0 {
			s.afterLabel(q)
		}
	}
}

// closing looks at the end of a possible "[at]", "[d0t]" or "[,]".
func (s *scanner) closing(p int) {
	first := p
	if s.b[p] >= 0x80 {
		if q := s.symbolStart(p); q >= 0 {
			s.afterLabel(q)
			return
		}
		s.afterLabel(p)
		return
	}
	for n := 0; n < 5 && is(s.at(first-1), cAlnum); n++ {
		first--
	}
	q := s.symbolStart(first)
	if q < 0 {
		return
	}
	if c := s.at(first) | 0x20; c == 'a' || c == 'e' {
		s.emailAt(q)
		return
	}
	s.afterLabel(q)
}

// afterLabel tries a host whose first label ends at p, where a symbol begins.
func (s *scanner) afterLabel(p int) {
	if p <= s.floor {
		return
	}
	if _, how := s.dotAt(p); how == 0 {
		return
	}
	c := s.at(p - 1)
	switch {
	case is(c, cAlnum) || c == '_':
		start := s.runStart(p - 1)
		for n := 0; n < 8 && start-2 > s.floor && s.escapedHyphen(start-1); n++ {
			start = s.runStart(start - 2)
		}
		if start > s.floor && s.b[start-1] >= utf8.RuneSelf && !s.numbersFollow(start) {
			start = s.wideLabelStart(p)
		}
		s.symbolHost(s.trimLeft(start, p))
	case c >= utf8.RuneSelf:
		if q := s.wideLabelStart(p); q < p {
			s.symbolHost(q)
		}
	}
}

// escapedHyphen reports whether a hyphen of a name stands behind the backslash at
// p, as patterns have it: "evil\-host\.example".
func (s *scanner) escapedHyphen(p int) bool {
	return s.at(p) == '\\' && s.at(p+1) == '-' && is(s.at(p-1), cAlnum) && is(s.at(p+2), cAlnum)
}

// softBreakAt reads the end of a line of quoted-printable mail that breaks within
// a name at p, and returns where the name goes on, or 0.
func (s *scanner) softBreakAt(p int) int {
	if s.at(p) != '=' {
		return 0
	}
	q := p + 1
	if s.at(q) == '\r' {
		q++
	}
	if s.at(q) != '\n' || !is(s.at(q+1), cLabel) || !is(s.at(p-1), cToken) {
		return 0
	}
	start, _ := s.lineBounds(p)
	if n := p - start; n < 70 || n > 76 {
		return 0 // no mailer breaks there
	}
	return q + 1
}

// numbersFollow reports whether an IPv4 address begins at p, however spelt: what
// stands before it is the text around it.
func (s *scanner) numbersFollow(p int) bool {
	if !is(s.b[p], cDigit) {
		return false
	}
	h := s.readHost(p)
	return h.labels == 4 && s.fourNumbers()
}

// afterVerb skips the letter and the dot of a verb that stands for a label: the
// "d." of "%d.example.com".
func (s *scanner) afterVerb(start, end int) int {
	if s.at(start-1) == '%' && end-start > 2 && s.b[start+1] == '.' && bytes.IndexByte([]byte("dsuxX"), s.b[start]) >= 0 {
		return start + 2
	}
	return start
}

// trimLeft drops what cannot begin a host from the token text[start:end].
func (s *scanner) trimLeft(start, end int) int {
	if s.at(start-1) == '\\' && s.escapeBefore(start+1) {
		start++
	}
	start = s.afterVerb(start, end)
	for start < end {
		switch c := s.b[start]; {
		case c == '.' || c == '-' && s.at(start+1) != 'd':
			start++
			continue
		case c == '-' || c == '_':
			if e, how := s.dotAt(start); how != 0 { // "_dot_" with nothing before it
				start = e
				continue
			}
		}
		break
	}
	return min(start, end)
}
