package ioc

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// An edit replaces text[start:end] by a byte, or by nothing when with is 0.
// A URL is read once; what has to be refanged in it is written down here.
type edit struct {
	start, end int
	with       byte
}

// appendEdited copies text[start:end] to the arena with the edits made.
func (s *scanner) appendEdited(start, end int) {
	for _, e := range s.edits {
		if e.start >= end {
			break
		}
		s.arena = append(s.arena, s.b[start:e.start]...)
		if e.with != 0 {
			s.arena = append(s.arena, e.with)
		}
		start = min(e.end, end)
	}
	s.arena = append(s.arena, s.b[start:end]...)
}

// urlTail finds where the URL ends, given what surrounds it.
func (s *scanner) urlTail(u *urlHost) int {
	p := u.end
	if u.spaced && s.at(p) == ' ' && s.at(p+1) == '/' {
		s.edits = append(s.edits, edit{p, p + 1, 0})
		p++
	}
	if s.at(p) == '.' && s.at(p+1) == '/' { // the root of DNS
		s.edits = append(s.edits, edit{p, p + 1, 0})
		p++
	}
	if !s.tailAt(p, u) {
		return p
	}
	t := tail{s: s, u: u, limit: min(len(s.b), u.start+maxURL)}
	if c := s.at(u.start - 1); c == '"' || c == '\'' {
		_, t.soft = s.word(u.start-4, "=3d") // href=3D"
	}
	t.opener = s.openerOf(u.start)
	t.enclosed = t.opener == '<' && t.closes(p, '>') || t.opener == '"' && t.closes(p, '"')
	end := t.read(p)
	return t.trim(p, end)
}

// closes reports whether closer is what ends the run of text from p on: a blank,
// a quote or an angle bracket do. Where the next URL has a quote before it, that
// is where this ends, so no text is read twice.
func (t *tail) closes(p int, closer byte) bool {
	for p < t.limit && t.s.b[p] > ' ' && t.s.b[p] != '"' && t.s.b[p] != '<' && t.s.b[p] != '>' {
		p++
	}
	return t.s.at(p) == closer
}

// openerOf is the byte that stands before a URL, or before what is glued to its
// front; a comma counts behind the blank that follows it.
func (s *scanner) openerOf(p int) byte {
	for low := max(0, p-8); p > low && is(s.b[p-1], cAlnum); {
		p--
	}
	for _, blank := range [...]string{" ", "\u00a0", "\u3000"} {
		if q := p - len(blank); q > 0 && s.text[q:p] == blank && s.b[q-1] == ',' {
			return ','
		}
	}
	return s.at(p - 1)
}

// tailAt reports whether path, query or fragment begin at p, however spelt.
func (s *scanner) tailAt(p int, u *urlHost) bool {
	next := s.at(p + 1)
	switch s.at(p) {
	case '/', '?', '#':
		return true
	case '\\':
		if _, with := (&tail{s: s}).bracketedByte(p + 1); next == '[' && with == '/' {
			return true
		}
		return s.escapedSlash(p) > 0 || u.schemeDefanged && s.at(u.authority-1) == '\\' && is(next, cAlnum)
	case '%':
		return next == '2' && s.at(p+2)|0x20 == 'f'
	case '[':
		_, with := (&tail{s: s}).bracketedByte(p)
		return with == '/' || with == '?'
	case '&':
		for _, entity := range [...]string{"&#47;", "&#x2f;", "&sol;"} {
			if _, ok := s.word(p, entity); ok {
				return true
			}
		}
	case '=': // a line of quoted-printable mail that breaks here
		return next == '\r' || next == '\n'
	}
	return false
}

// A bracket is one that was opened in a URL.
type bracket struct {
	closer byte
	at     int
}

// A tail reads path, query and fragment.
type tail struct {
	s        *scanner
	u        *urlHost
	limit    int
	opener   byte // what stands before the URL
	query    bool
	soft     bool       // a quoted-printable line break was seen
	commas   bool       // the line is no row: commas are of the path
	open     [4]bracket // those that wait for their closers
	opened   int
	closed   int  // where the '>' stands that a broken URL runs to
	enclosed bool // in quotes or angle brackets, without blanks
}

// read goes to the first byte that cannot belong to the URL.
func (t *tail) read(p int) int {
	s := t.s
	for p < t.limit {
		c := s.b[p]
		if is(c, cPath) {
			if c == '?' {
				t.query = true
			}
			if c == '=' || c == '%' {
				if q, ok := t.softBreak(p); ok {
					p = q
					continue
				}
			}
			p++
			continue
		}
		q := t.special(p, c)
		if q == 0 {
			return p
		}
		p = q
	}
	return p
}

// edit replaces text[start:end] and goes on behind it.
func (t *tail) edit(start, end int, with byte) int {
	t.s.edits = append(t.s.edits, edit{start, end, with})
	return end
}

// special decides about a byte that may or may not belong to the URL. It
// returns where to go on, or 0 if the URL ends here.
func (t *tail) special(p int, c byte) int {
	s := t.s
	next := s.at(p + 1)
	switch c {
	case '&':
		return t.ampersand(p)
	case ',':
		return t.unless(t.commaEnds(p), p)
	case ';':
		if (t.enclosed || t.opener == ',') && next > ' ' && next != ';' {
			return t.unless(s.urlFollows(p+1), p) // no separator there
		}
		return t.unless(next != '/' && next != '!' && (!t.pairFollows(p+1) || t.opener == '=' && !t.sessionFollows(p+1)), p)
	case '\'':
		return t.unless(t.opener == '\'' || !is(next, cAlnum), p)
	case '(', '{':
		if e, how := s.bracketed(p, dotInside); how != 0 {
			return t.edit(p, e, '.')
		}
		if next|0x20 == 'h' && bytes.Contains(s.b[p:min(len(s.b), p+10)], []byte("://")) {
			return 0
		}
		return t.openBracket(p, c)
	case '[':
		if e, with := t.bracketedByte(p); e > 0 {
			return t.edit(p, e, with)
		}
		if (!t.query || !t.indexFollows(p+1)) && !t.placeholder(p) && !t.enclosed {
			return 0
		}
		return t.openBracket(p, c)
	case ')', '}', ']':
		if n := t.opened; n > 0 && t.open[n-1].closer == c {
			t.opened--
			return p + 1
		}
		if t.enclosed && is(next, cPath) {
			return p + 1
		}
		return 0
	case '\\':
		return t.backslash(p, next)
	case '\r', '\n':
		return t.wrapped(p)
	}
	if c < utf8.RuneSelf {
		return 0
	}
	return t.wide(p)
}

func (t *tail) unless(ends bool, p int) int {
	if ends {
		return 0
	}
	return p + 1
}

func (t *tail) openBracket(p int, c byte) int {
	if t.opened == len(t.open) {
		return 0
	}
	closer := byte(')')
	if c != '(' {
		closer = c + 2
	}
	t.open[t.opened] = bracket{closer, p}
	t.opened++
	return p + 1
}

// bracketedByte reads "[.]", "[dot]", "[/]", "[?]" and their like.
func (t *tail) bracketedByte(p int) (end int, with byte) {
	if e, how := t.s.bracketed(p, dotInside); how != 0 && how&symHalf == 0 {
		return e, '.'
	}
	if c := t.s.at(p + 1); bytes.IndexByte([]byte(":/@?=&-_"), c) >= 0 && t.s.at(t.s.unescaped(p+2)) == ']' {
		return t.s.unescaped(p+2) + 1, c
	}
	return 0, 0
}

// indexFollows reports whether "a[b]=" or "a[]" goes on at p.
func (t *tail) indexFollows(p int) bool {
	q := p
	for q < p+40 && is(t.s.at(q), cLabel) {
		q++
	}
	if t.s.at(q) != ']' {
		return false
	}
	c := t.s.at(q + 1)
	return c == '=' || c == '[' || c == '&' || c == '%'
}

// placeholder reports whether the bracket at p stands for a part of the path
// that changes, "/[A-Z]{4}/x", "?id=[REDACTED]", and does not belong to the text
// around the URL, "https://x[text of a link]".
func (t *tail) placeholder(p int) bool {
	s := t.s
	q := p + 1
	for q < p+40 && (is(s.at(q), cToken) || s.at(q) == '|' || s.at(q) == '+' || s.at(q) == '^') {
		q++
	}
	if q == p+1 || s.at(q) != ']' {
		return false
	}
	if _, how := s.bracketed(p, atInside); how != 0 {
		return false
	}
	if s.b[p-1] == '=' {
		return s.at(q+1) != '('
	}
	c := s.at(q + 1)
	if c == '.' || c == '-' {
		c = s.at(q + 2)
	} else if c == '/' || c == '{' || c == '_' || c == '=' || c == '&' || c == '%' {
		return true
	}
	return is(c, cAlnum) && !s.urlFollows(q+1)
}

// pairFollows reports whether "key=" follows, as in ";jsessionid=1".
func (t *tail) pairFollows(p int) bool {
	q := p
	for q < p+40 && is(t.s.at(q), cLabel) {
		q++
	}
	return q > p && t.s.at(q) == '='
}

// sessionFollows reports whether "jsessionid=" or the like follows, which no
// list of keys and values has.
func (t *tail) sessionFollows(p int) bool {
	for _, key := range [...]string{"jsessionid=", "phpsessid=", "sid=", "v="} {
		if _, ok := t.s.word(p, key); ok {
			return true
		}
	}
	return false
}

// ampersand undoes HTML entities; those of quotes and brackets end the URL.
func (t *tail) ampersand(p int) int {
	s := t.s
	for _, e := range [...]struct {
		entity string
		with   byte
	}{
		{"&amp;", '&'}, {"&#38;", '&'}, {"&#x26;", '&'}, {"&#46;", '.'}, {"&#x2e;", '.'}, {"&#47;", '/'}, {"&#x2f;", '/'}, {"&sol;", '/'},
		{"&#58;", ':'}, {"&#x3a;", ':'}, {"&#61;", '='}, {"&#x3d;", '='}, {"&#64;", '@'},
	} {
		if end, ok := s.word(p, e.entity); ok {
			return t.edit(p, end, e.with)
		}
	}
	if s.at(p+1) == '&' && (!t.query || s.at(p+2) == '%' || s.at(p+2) == ' ') {
		return 0 // the next command of a shell
	}
	for _, entity := range [...]string{"&quot;", "&lt;", "&gt;", "&apos;", "&nbsp;", "&#34;", "&#39;", "&#60;", "&#62;", "&#x22;", "&#x27;", "&ldquo;", "&rdquo;", "&rsquo;"} {
		if _, ok := s.word(p, entity); ok {
			return 0
		}
	}
	return p + 1
}

// backslash undoes the escapes of JSON and Markdown.
func (t *tail) backslash(p int, next byte) int {
	s := t.s
	if e := s.escapedSlash(p); e > 0 {
		return t.edit(p, e, '/')
	}
	if next == '[' {
		if e, with := t.bracketedByte(p + 1); e > 0 {
			return t.edit(p, e, with)
		}
	}
	switch next {
	case '.', '-', '_', '~', '#', '&', '=', '?', '(', ')', '+', '!', ':':
		return t.edit(p, p+2, next)
	case 'u', '\\':
		q := p + 1
		for q < p+8 && s.at(q) == '\\' {
			q++
		}
		if c := s.at(q); c == '_' || c == '-' {
			return t.edit(p, q+1, c) // the "\_" of Markdown in JSON
		} else if c != 'u' {
			break
		}
		for _, e := range [...]struct {
			code string
			with byte
		}{{"0026", '&'}, {"003d", '='}, {"002f", '/'}, {"003f", '?'}, {"002e", '.'}, {"003a", ':'}, {"0025", '%'}} {
			if end, ok := s.word(q+1, e.code); ok {
				return t.edit(p, end, e.with)
			}
		}
	}
	if t.u.schemeDefanged && s.at(t.u.authority-1) == '\\' && is(next, cAlnum) {
		return t.edit(p, p+1, '/') // http:\\host\path
	}
	return 0
}

// commaEnds decides whether the comma at p ends the URL: it does in CSV, in
// lists and in prose, not within a path.
func (t *tail) commaEnds(p int) bool {
	s := t.s
	next := s.at(p + 1)
	if !is(next, cPath) {
		return true
	}
	if s.urlFollows(p + 1) {
		return true
	}
	if t.commas {
		return false
	}
	switch t.opener {
	case '"', '\'', '<', '(':
		return false
	case ',', ';', '\t':
		return true
	}
	if t.u.start == 0 || t.opener == '\n' || t.opener == '\r' {
		t.commas = !t.cellsFollow(p)
		return !t.commas
	}
	return t.pairFollows(p+1) && t.opener == '='
}

// urlFollows reports whether a URL of the web begins at p.
func (s *scanner) urlFollows(p int) bool {
	e, ok := s.word(p, "h")
	return ok && is(s.at(e), cAlpha) && bytes.Contains(s.b[e:min(len(s.b), e+8)], []byte(":/"))
}

// cellsFollow reports whether what follows the comma at p on its line looks
// like cells and not like the rest of a path.
func (t *tail) cellsFollow(p int) bool {
	_, end := t.s.lineBounds(p)
	rest := bytes.TrimRight(t.s.b[p+1:end], "\r")
	if bytes.ContainsAny(rest, " \";") || len(rest) == 0 {
		return true
	}
	if i := bytes.LastIndexByte(rest, ','); i >= 0 {
		switch t.s.layoutAround(p) {
		case layoutURLs:
			return false
		case layoutRows: // or URLs that all end in numbers
			return !t.s.urlFollows(0) || len(bytes.Trim(rest, "0123456789,")) > 0
		}
		return bytes.IndexByte(rest[i:], '/') < 0
	}
	for _, c := range rest {
		if !is(c, cAlpha) && c != '_' && c != '-' {
			// One cell of digits or hexadecimal, or the rest of a path.
			return !bytes.ContainsAny(rest, "./=&%?")
		}
	}
	return true
}

// A layout is how the lines of a text are laid out.
type layout uint8

const (
	layoutUnknown layout = iota
	layoutRows           // cells with commas between them
	layoutURLs           // a URL each
)

// layoutAround says how the lines above and below the one around p are laid out.
func (s *scanner) layoutAround(p int) layout {
	start, end := s.lineBounds(p)
	commas := bytes.Count(s.b[start:end], []byte(","))
	above, below := layoutUnknown, layoutUnknown
	if start > 0 {
		from, to := s.lineBounds(start - 1)
		above = s.layoutOf(from, to, commas)
	}
	if end+1 < len(s.b) {
		to := min(len(s.b), end+1+maxLine)
		if i := bytes.IndexByte(s.b[end+1:to], '\n'); i >= 0 {
			to = end + 1 + i
		}
		below = s.layoutOf(end+1, to, commas)
	}
	return max(above, below)
}

// layoutOf says how text[start:end] is laid out, beside a line with commas.
func (s *scanner) layoutOf(start, end, commas int) layout {
	switch n := bytes.Count(s.b[start:end], []byte(",")); {
	case n == commas:
		return layoutRows
	case n == 0 && s.urlFollows(start):
		return layoutURLs
	}
	return layoutUnknown
}

// softBreak joins what quoted-printable mail has broken.
func (t *tail) softBreak(p int) (int, bool) {
	s := t.s
	if s.b[p] == '%' {
		return p, false
	}
	q := p + 1
	if s.at(q) == '\r' {
		q++
	}
	if s.at(q) == '\n' {
		start, _ := s.lineBounds(p)
		if col := p - start; col >= 50 && col <= 76 && is(s.at(q+1), cPath) && t.escaped(p) && !s.anyURLFollows(q+1) {
			t.becomeSoft(p)
			return t.edit(p, q+1, 0), true
		}
		return p, false
	}
	if t.soft && s.at(p+1) == '3' && s.at(p+2)|0x20 == 'd' {
		return t.edit(p, p+3, '='), true
	}
	return p, false
}

// becomeSoft undoes the escapes before p, too, once a break at p has shown that
// the text is quoted-printable.
func (t *tail) becomeSoft(p int) {
	if t.soft {
		return
	}
	t.soft = true
	s := t.s
	for i := t.u.end; i < p; i++ {
		if _, ok := s.word(i, "=3d"); ok {
			s.edits = append(s.edits, edit{i, i + 3, '='})
		}
	}
	slices.SortStableFunc(s.edits, func(a, b edit) int { return a.start - b.start })
}

// escaped reports whether the URL up to p can be of quoted-printable text, in
// which an '=' is never itself.
func (t *tail) escaped(p int) bool {
	b := t.s.b[t.u.end:p]
	for {
		i := bytes.IndexByte(b, '=')
		if i < 0 {
			return true
		}
		b = b[i+1:]
		if len(b) > 1 && is(b[0], cHex) && is(b[1], cHex) || len(b) > 0 && (b[0] == '\r' || b[0] == '\n') {
			continue
		}
		return false
	}
}

// anyURLFollows is urlFollows for a scheme of at most eight letters in any
// spelling.
func (s *scanner) anyURLFollows(p int) bool {
	q := p
	for q < p+8 && (is(s.at(q), cAlnum) || s.at(q) == '*') {
		q++
	}
	return q > p+2 && (s.at(q) == ':' || s.at(q) == '[' && s.at(q+1) == ':')
}

// wrapped joins a URL that a line break splits inside angle brackets.
func (t *tail) wrapped(p int) int {
	s := t.s
	if t.opener != '<' {
		return 0
	}
	if p < t.closed {
		return t.join(p)
	}
	q := p
	for q < p+8 && (s.at(q) == '\r' || s.at(q) == '\n' || s.at(q) == ' ') {
		q++
	}
	high := min(t.limit, q+512)
	for i := q; i < high; i++ {
		switch c := s.b[i]; {
		case c == '>':
			if i > q {
				t.closed = i
				return t.join(p)
			}
			return 0
		case c == '\n' || c == '\r':
		case !is(c, cPath) && c != '&' && c != ';' && c != ',':
			return 0
		}
	}
	return 0
}

// join drops the line break at p.
func (t *tail) join(p int) int {
	q := p
	for q < p+8 && (t.s.at(q) == '\r' || t.s.at(q) == '\n' || t.s.at(q) == ' ') {
		q++
	}
	return t.edit(p, q, 0)
}

// wide decides about a character beyond ASCII. Letters belong to a path that
// is written in them; text that only stands beside it does not.
func (t *tail) wide(p int) int {
	s := t.s
	r, n := utf8.DecodeRune(s.b[p:])
	if isInvisible(r) {
		return t.edit(p, p+n, 0)
	}
	if s.wideDot(p) && is(s.at(p+3), cAlnum) && t.u.host > 0 {
		return 0
	}
	prev := s.b[p-1]
	if r == '×' && is(prev, cDigit) && is(s.at(p+n), cDigit) { // the size of an image
		return p + n
	}
	if !isWideLabel(r) {
		return 0
	}
	if is(prev, cAlnum) && isUnspaced(r) {
		return 0
	}
	return p + n
}

// trim takes back what belongs to the sentence: a bracket left open and what
// follows it, final punctuation, marks of emphasis that opened before the URL.
func (t *tail) trim(start, end int) int {
	s := t.s
	if t.opened > 0 {
		end = t.open[0].at
		for n := len(s.edits); n > 0 && s.edits[n-1].end > end; n-- {
			s.edits = s.edits[:n-1]
		}
	}
	for end > start {
		if n := len(s.edits); n > 0 && s.edits[n-1].end == end && s.edits[n-1].with == 0 && s.b[end-1] >= utf8.RuneSelf {
			end = s.edits[n-1].start // a mark that takes no room
			s.edits = s.edits[:n-1]
			continue
		}
		switch c := s.b[end-1]; {
		case c == '?' && (t.enclosed || s.alone(s.u.start, end) != byTLD):
			return end // nobody asks in a cell
		case c == '.' && t.query && s.padded(end) && s.alone(s.u.start, end) == byLine:
			return end
		case bytes.IndexByte([]byte(".,;:!?'"), c) >= 0:
		case (c == '*' || c == '_' || c == '~' || c == '+') && c == t.opener:
		case c == '=' && t.opener == '=' && s.at(t.u.start-2) == '=' && (s.b[end-2] == '=' || s.at(end) == '='): // ==marked==
		default:
			return end
		}
		if n := len(s.edits); n > 0 && s.edits[n-1].end == end {
			if s.edits[n-1].with != '.' && s.edits[n-1].with != 0 {
				return end
			}
			end = s.edits[n-1].start
			s.edits = s.edits[:n-1]
			continue
		}
		end--
	}
	return end
}

// padded reports whether the value that ends at p is base64 in which dots fill
// the last group.
func (s *scanner) padded(p int) bool {
	start := p
	for start > 0 && s.b[start-1] == '.' {
		start--
	}
	for start > 0 && is(s.b[start-1], cBase64) && s.b[start-1] != '/' {
		start--
	}
	return p-start >= 24 && (p-start)%4 == 0 && s.at(start-1) == '='
}
