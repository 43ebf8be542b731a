package ioc

import (
	"bytes"
	"math/bits"
	"strings"
	"unsafe"

	"golang.org/x/net/publicsuffix"
)

// A lineMemo remembers the line looked at last. Candidates come in order, so
// the ends of a line are searched for once, however many stand on it.
type lineMemo struct {
	start, end int // no line feed in text[start:end]; one at end, or it is unknown
	row        cue
	rowAt      span // the line that row is about
	advice     bool // it says which versions are vulnerable
	adviceAt   span
}

// lineBounds returns the line around p, at most maxLine bytes to either side.
func (s *scanner) lineBounds(p int) (start, end int) {
	l := &s.line
	if p < l.start { // a look back; the memo stays where it is
		low := max(0, p-maxLine)
		return low + bytes.LastIndexByte(s.b[low:p], '\n') + 1, min(s.newline(p), p+maxLine)
	}
	for l.end < len(s.b) && (p > l.end || p+maxLine > l.end && s.b[l.end] != '\n') {
		if s.b[l.end] == '\n' {
			l.start = l.end + 1
			l.end = s.newline(l.start)
		} else {
			l.end = s.newline(l.end) // the same line goes on
		}
	}
	return max(l.start, p-maxLine), min(l.end, p+maxLine)
}

// startLines points the memo at the line around p.
func (s *scanner) startLines(p int) {
	low := max(0, p-maxLine)
	s.line = lineMemo{start: low + bytes.LastIndexByte(s.b[low:p], '\n') + 1, end: s.newline(p), rowAt: span{-1, -1}, adviceAt: span{-1, -1}}
}

// newline is where the next line feed stands from p on. It is not searched
// for without end: the answer may be a place up to which there is none.
func (s *scanner) newline(p int) int {
	if i := uint(p - s.base); p >= s.base && p < s.end {
		if feeds := s.words[i/64].line >> (i % 64); feeds != 0 {
			return p + bits.TrailingZeros64(feeds)
		}
	}
	return s.farNewline(p)
}

// farNewline is newline where that is not within the word of masks of p.
func (s *scanner) farNewline(p int) int {
	high := min(len(s.b), p+windowSize)
	if p >= high {
		return len(s.b)
	}
	q := p
	for q >= s.base && q < s.end {
		i := uint(q - s.base)
		if feeds := s.words[i/64].line >> (i % 64); feeds != 0 {
			return min(high, q+bits.TrailingZeros64(feeds))
		}
		q += 64 - int(i%64)
	}
	if q < high {
		if i := bytes.IndexByte(s.b[q:high], '\n'); i >= 0 {
			return q + i
		}
	}
	return high
}

// alone tells whether text[start:end] is all there is on its line (byLine) or
// in its cell (byCell), decoration aside. Otherwise it answers byTLD.
func (s *scanner) alone(start, end int) reason {
	left := s.edgeBefore(start)
	if left == 0 {
		return byTLD
	}
	right := s.edgeAfter(end)
	switch {
	case right == 0:
		return byTLD
	case left == '\n' && right == '\n':
		return byLine
	}
	return byCell
}

// edgeBefore is '\n' if a line begins before p, '|' if a cell does, else 0.
func (s *scanner) edgeBefore(p int) byte {
	if s.at(p-1) == '>' && is(s.at(p-2), cAlnum|cWrap) && s.at(p-2) != '-' {
		return '|' // <td>
	}
	for low := max(0, p-16); p > low; p-- {
		switch c := s.b[p-1]; {
		case c == '\n' || c == '\r':
			return '\n'
		case is(c, cCell):
			return '|'
		case c == 0xa0 && s.at(p-2) == 0xc2: // a blank that does not break
			p--
		case !is(c, cWrap):
			return s.columnEdge(p)
		}
	}
	if p == 0 {
		return '\n'
	}
	return 0
}

// columnEdge is '|' if two blanks begin at p: they part columns.
func (s *scanner) columnEdge(p int) byte {
	if s.at(p) == ' ' && s.at(p+1) == ' ' {
		return '|'
	}
	return 0
}

// edgeAfter is the same for what ends after p.
func (s *scanner) edgeAfter(p int) byte {
	if s.at(p) == '<' && s.at(p+1) == '/' {
		return '|'
	}
	for high := min(len(s.b), p+16); p < high; p++ {
		switch c := s.b[p]; {
		case c == '\n' || c == '\r':
			return '\n'
		case is(c, cCell):
			return '|'
		case c == 0xc2 && s.at(p+1) == 0xa0:
			p++
		case !is(c, cWrap):
			return s.columnEdge(p - 2)
		}
	}
	if p == len(s.b) {
		return '\n'
	}
	return 0
}

// escapeBefore reports whether the letter before p belongs to an escape such as
// "\n" in text of another language, and not to a path such as "C:\new".
func (s *scanner) escapeBefore(p int) bool {
	if c := s.at(p - 1); c != 'n' && c != 'r' && c != 't' || s.at(p-2) != '\\' {
		return false
	}
	at := p - 2
	if s.escape.at != at {
		s.escape = escape{at, s.isEscape(at)}
	}
	return s.escape.is
}

// An escape is a backslash that was looked at, and what it was found to be.
type escape struct {
	at int
	is bool
}

// isEscape decides about the backslash at p: the text before it is a path, or
// it ends what came before. A backslash decided earlier decides this one.
func (s *scanner) isEscape(p int) bool {
	for q := p; q >= max(0, p-62); q-- {
		switch c := s.b[q]; {
		case c == '\\' && s.at(q-1) == ':' && is(s.at(q-2), cAlpha) && !is(s.at(q-3), cAlnum):
			return false
		case q == p:
		case q == s.escape.at:
			return s.escape.is
		case c == '\\' && is(s.b[q+1], cAlpha) && bytes.IndexByte([]byte("nrtbfvuxNRTUX"), s.b[q+1]) < 0:
			return false // \windows\new
		case c == ' ' || c == '"' || c == '\'' || c == '\n':
			return true
		case c == '\\' && (s.at(q-1) == '\\' || s.at(q-1) == '%'):
			return false
		}
	}
	return true
}

// A cue is what the words around a candidate speak of.
type cue uint8

const (
	cueNone cue = iota
	cueHost
	cueFile
)

// cueOf says what a word speaks of.
func cueOf(w []byte) cue { return cue(cueWords.find(w) & 3) }

// wordsBack calls f with the words of text from its end to its start, at most
// limit of them, until f returns false. Letters and digits make words.
func wordsBack(text []byte, limit int, f func(word []byte) bool) {
	for end := len(text); end > 0 && limit > 0; {
		if !is(text[end-1], cAlnum) {
			end--
			continue
		}
		start := end - 1
		for start > 0 && is(text[start-1], cAlnum) {
			start--
		}
		if !f(text[start:end]) {
			return
		}
		end = start
		limit--
	}
}

// A line is what surrounds a candidate, at most maxLine bytes to either side.
type line struct {
	span
	clipped bool // longer than that
}

func (s *scanner) lineOf(p int) line {
	start, end := s.lineBounds(p)
	return line{span{start, end}, start == p-maxLine || end == p+maxLine}
}

// A cueMemo is the cue word read last. Words are read once, in order, however
// many candidates stand behind them.
type cueMemo struct {
	upto  int // words that end before it have been read
	words int // how many
	cue   cue
	at    int // where it stands
	nth   int // which of the words it is
}

// cueBefore finds the nearest cue word before p on its line, at most 64 bytes
// and seven words away.
func (s *scanner) cueBefore(l line, p int) cue {
	low := max(l.start, p-64)
	m := &s.cues
	if m.upto < low || m.upto > p {
		*m = cueMemo{upto: low}
		for is(s.at(m.upto-1), cAlnum) && m.upto < p {
			m.upto++ // within a word
		}
	}
	for q := m.upto; q < p; {
		if !is(s.b[q], cAlnum) {
			q++
			m.upto = q
			continue
		}
		start := q
		for q < p && is(s.b[q], cAlnum) {
			q++
		}
		c := cueNone
		if q-start > 1 && !s.inName(start, q) {
			c = cueOf(s.b[start:q])
		}
		if q == p { // the word may go on
			break
		}
		m.words++
		m.upto = q
		if c != cueNone {
			m.cue, m.at, m.nth = c, start, m.words
		}
	}
	if m.cue == cueNone || m.at < low || m.words-m.nth >= 7 {
		return cueNone
	}
	return m.cue
}

// inName reports whether the word text[start:end] is part of a name or path:
// the "proxy" of "proxy.example.com" speaks of nothing.
func (s *scanner) inName(start, end int) bool {
	prev, next := s.at(start-1), s.at(end)
	return next == '.' && is(s.at(end+1), cAlnum) || prev == '.' && is(s.at(start-2), cAlnum) || prev == '/' && is(next, cPath)
}

// rowCue says what the cells of a line call its indicators: a cell that is
// just "domain" or "filename".
func (s *scanner) rowCue(l line) cue {
	if l.clipped {
		return cueNone // too long for a row of a table
	}
	if s.line.rowAt != l.span {
		s.line.row, s.line.rowAt = cellsCue(s.b[l.start:l.end]), l.span
	}
	return s.line.row
}

// cellsCue reads the cells of a row. One that is the name of a type decides;
// other cue words count if there is none.
func cellsCue(line []byte) cue {
	var types, others uint8
	for start, i := 0, 0; i <= len(line); i++ {
		if i < len(line) && !is(line[i], cCell) {
			continue
		}
		if i == len(line) && start == 0 {
			break // one cell is no row
		}
		cell := trimWrap(line[start:i])
		if colon := bytes.LastIndexByte(cell, ':'); colon > 0 {
			cell = trimWrap(cell[colon+1:]) // "type": "domain"
		}
		if n := len(cell) - len(" name"); n > 0 && (cell[n] == ' ' || cell[n] == '_' || cell[n] == '-') && foldEqual(cell[n+1:], "name") {
			cell = cell[:n] // "domain_name"
		}
		if w := cueWords.find(cell); w&cueType != 0 {
			types |= w & 3
		} else if w != 0 {
			others = w & 3
		}
		start = i + 1
	}
	switch types {
	case uint8(cueHost), uint8(cueFile):
		return cue(types)
	case 0:
		return cue(others)
	}
	return cueNone
}

// trimWrap drops decoration from both ends.
func trimWrap(b []byte) []byte {
	for len(b) > 0 && is(b[0], cWrap) {
		b = b[1:]
	}
	for len(b) > 0 && is(b[len(b)-1], cWrap) {
		b = b[:len(b)-1]
	}
	return b
}

// A section is what stands above a place in the text: the heading that rules it
// and the list it belongs to. Finding it reads every line at most once.
type section struct {
	upto   int // lines before it have been read
	at     int // where the heading stands
	cue    cue
	listAt int // where the last entry stands that leaves no doubt
	list   cue // what it is; cueNone behind prose
}

// heading says what the nearest heading above the line at start speaks of, if
// it is near enough.
func (s *scanner) heading(start int) cue {
	s.readSection(start)
	if start-s.sect.at >= maxSection {
		return cueNone
	}
	return s.sect.cue
}

// readSection reads the lines above the one at start.
func (s *scanner) readSection(start int) {
	if low := start - maxSection; s.sect.upto < low {
		s.sect = section{upto: s.newline(low) + 1}
	}
	for s.sect.upto < start {
		end := min(s.newline(s.sect.upto), start-1)
		line := s.b[s.sect.upto:end]
		if c, ok := headingCue(line); ok {
			s.sect.at, s.sect.cue = s.sect.upto, c
		}
		if s.next.holds(s.sect.upto) {
			// Read before, and not decisive.
		} else if c, ok := entryCue(line); c != cueNone || !ok {
			s.sect.listAt, s.sect.list = s.sect.upto, c
		}
		s.sect.upto = end + 1
	}
}

// A nextEntry is what the lines below have been read for: the first entry of
// the list that leaves no doubt, or the prose that ends it.
type nextEntry struct {
	from, upto int // lines in between have been read
	found      bool
	at         int
	cue        cue
}

// holds reports whether the line at p was read for this, and is an entry that
// leaves doubt.
func (n *nextEntry) holds(p int) bool {
	return p > n.from && p < n.upto && !(n.found && p >= n.at)
}

// maxList is how far away an entry of the same list may stand.
const maxList = maxSection / 2

// listCue says what the entries beside the line l are, above and below, when
// it is an entry of a list itself: hosts, if none of them is a file.
func (s *scanner) listCue(l line) cue {
	s.readSection(l.start)
	above := cueNone
	if l.start-s.sect.listAt < maxList {
		above = s.sect.list
	}
	n := &s.next
	if l.start < n.from || l.end >= n.upto || n.found && n.at <= l.start {
		*n = nextEntry{from: l.start, upto: l.end + 1}
	}
	for !n.found && n.upto < min(len(s.b), l.start+maxList) {
		end := n.upto + maxLine
		if i := s.newline(n.upto); i < min(len(s.b), end) {
			end = i
		}
		if c, ok := entryCue(s.b[n.upto:min(len(s.b), end)]); c != cueNone || !ok {
			n.found, n.at, n.cue = true, n.upto, c
		}
		n.upto = end + 1
	}
	below := cueNone
	if n.found && n.at < l.start+maxList {
		below = n.cue
	}
	return max(above, below) // a file among them speaks against all
}

// headingCue reports whether line is a heading, and what of.
func headingCue(line []byte) (cue, bool) {
	if len(line) > 104 {
		return cueNone, false
	}
	bars := 0
	for i, c := range line {
		switch {
		case c == '.' && i+1 < len(line) && (is(line[i+1], cAlnum) || line[i+1] == ']'):
			return cueNone, false // holds a name itself
		case c == '|':
			bars++
		}
	}
	if n := len(line); n == 0 || line[0] <= ' ' || line[n-1] <= ' ' || line[0] >= 0x80 || line[n-1] >= 0x80 {
		line = bytes.TrimSpace(line)
	}
	if len(line) < 2 || len(line) > 100 {
		return cueNone, false
	}
	marked := false
	switch line[0] {
	case '#', '=', '*', '<', '[', '_':
		marked = true
	}
	if line[len(line)-1] == ':' || bytes.HasSuffix(line, []byte("：")) {
		marked = true
	}
	if bars > 2 {
		return cueNone, false // a row
	}
	words, hosts, files := 0, 0, 0
	foreignIn(line, func(is foreign) {
		words++
		switch is {
		case foreignHost:
			hosts++
		case foreignFile:
			files++
		}
	})
	based := false // "Host-based indicators" are files
	wordsBack(line, 12, func(w []byte) bool {
		words++
		c := cueOf(w)
		if based && foldEqual(w, "host") {
			c = cueFile
		}
		based = foldEqual(w, "based")
		switch c {
		case cueHost:
			hosts++
		case cueFile:
			files++
		}
		return true
	})
	switch {
	case words == 0 || !marked && words > 6:
		return cueNone, false
	case hosts > 0 && files == 0:
		return cueHost, true
	case files > 0:
		return cueFile, true
	}
	return cueNone, marked
}

// entryCue says what a line of a list is if that is beyond doubt: a host or a
// file and nothing else, or a row that begins with one. It reports false when
// the line is no entry but prose.
func entryCue(line []byte) (cue, bool) {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if n := len(line); n == 0 || !is(line[0], cAlnum) || !is(line[n-1], cAlnum) {
		line = trimEntry(line)
	}
	end, dot, dots := 0, -1, 0
	for ; end < len(line) && is(line[end], cToken); end++ {
		if line[end] == '.' {
			dot = end
			dots++
		}
	}
	if rest := line[end:]; len(rest) > 0 {
		switch {
		case rest[0] == ':' && len(rest) > 1 && is(rest[1], cDigit): // a port
		case bytes.HasPrefix(rest, []byte("://")) || bytes.HasPrefix(rest, []byte("[.]")):
			return cueHost, true
		case rest[0] == ' ' && dot <= 0 && len(bytes.Fields(rest)) > 2:
			return cueNone, false
		case rest[0] == ' ' && !bytes.HasPrefix(bytes.TrimLeft(rest, " "), []byte("|")) || !is(rest[0], cCell|cWrap):
			return cueNone, true
		}
	}
	if dot <= 0 || dot == end-1 {
		return cueNone, true
	}
	class := tldOf(line[dot+1 : end])
	head := uint8(0)
	if dots > 1 {
		head = headWords.find(line[:bytes.IndexByte(line, '.')])
	}
	switch {
	case dots > 1 && isReversed(head, line[dot+1:end], class):
	case class == 0:
		if extensions.find(line[dot+1:end]) != 0 {
			return cueFile, true
		}
		if e, _, ok := parseIPv4(line, 0); ok && e == end {
			return cueHost, true
		}
	case class&tldFile != 0:
		if isSecondLevel(line[:end]) {
			return cueHost, true
		}
	case class&tldPlain != 0:
		return cueHost, true
	case class&tldAlt == 0 && dots > 1:
		if class&tldWord == 0 || head&^headHost == 0 {
			return cueHost, true
		}
	}
	return cueNone, true
}

// trimEntry drops the decoration of a list or a table from a line.
func trimEntry(line []byte) []byte {
	line = trimWrap(line)
	if len(line) > 0 && line[0] == '|' {
		line = trimWrap(line[1:])
	}
	return line
}

// isEntry reports whether what begins at p is the first thing on its line.
func (s *scanner) isEntry(l line, p int) bool {
	for p > l.start && (is(s.b[p-1], cWrap) || s.b[p-1] == '|') {
		p--
	}
	return p == l.start
}

// underSuffix reports whether registries, or hosts of other people's pages, sell
// names under what stands behind the first label: "gov.pl", "web.app". Files are
// not called so.
func (s *scanner) underSuffix(name []byte) bool {
	if isSecondLevel(name) {
		return true
	}
	if bytes.IndexByte(name, '.') == bytes.LastIndexByte(name, '.') || len(name) > maxHost {
		return false
	}
	m := &s.suffixes[hashOf(name)>>28]
	if string(m.name) != string(name) {
		m.name = append(m.name[:0], name...)
		if !isLower(name) {
			name = bytes.ToLower(name)
		}
		suffix, _ := publicsuffix.PublicSuffix(unsafe.String(&name[0], len(name))) // which keeps nothing of it
		m.under = len(suffix) < len(name) && strings.IndexByte(suffix, '.') > 0
	}
	return m.under
}

// A suffixMemo is a name whose public suffix was looked up, which takes longer
// than all else that is asked of it.
type suffixMemo struct {
	name  []byte
	under bool
}

// isLower reports whether a name has no capital letter.
func isLower(name []byte) bool {
	for _, c := range name {
		if is(c, cUpper) {
			return false
		}
	}
	return true
}

// isSecondLevel reports whether the label before the last one is what
// registries of countries put there: "gov.pl", "co.rs".
func isSecondLevel(name []byte) bool {
	dot := len(name) - 3
	if dot < 0 || name[dot] != '.' || name[dot+1] == '.' || name[dot+2] == '.' {
		return false
	}
	first := bytes.LastIndexByte(name[:dot], '.')
	if first < 0 {
		return false
	}
	var buf [16]byte
	switch string(lowered(&buf, name[first+1:dot])) {
	case "com", "co", "net", "org", "gov", "edu", "mil", "ac", "gob", "gouv", "info", "biz":
		return true
	}
	return false
}

// tagCue says what the XML element calls its content text[start:end]:
// "<DomainName>scam.one</DomainName>".
func (s *scanner) tagCue(start, end int) cue {
	if s.at(end) != '<' || s.at(end+1) != '/' || s.at(start-1) != '>' {
		return cueNone
	}
	tag := s.b[end+2 : min(len(s.b), end+2+64)]
	i := bytes.IndexByte(tag, '>')
	if i < 0 {
		return cueNone
	}
	tag = bytes.ToLower(tag[:i])
	switch {
	case bytes.Contains(tag, []byte("file")):
		return cueFile
	case bytes.Contains(tag, []byte("domain")), bytes.Contains(tag, []byte("host")), bytes.Contains(tag, []byte("fqdn")),
		bytes.Contains(tag, []byte("url")), bytes.Contains(tag, []byte("dns")):
		return cueHost
	}
	return cueNone
}

// An object remembers the braces around a candidate and the type that stands
// between them.
type object struct {
	upto  int // braces before it have been read
	brace int // the last of them
	open  bool
	typed int // the brace whose type is cue
	cue   cue
}

// maxObject is how far the braces of an object are searched for.
const maxObject = 1024

// objectCue says what the JSON object around the quoted value at p calls it:
// {"type": "domain", …, "value": "scam.one"}.
func (s *scanner) objectCue(p int) cue {
	if s.at(p-1) != '"' {
		return cueNone
	}
	m := &s.object
	if m.upto < p-maxObject || m.upto > p {
		*m = object{upto: max(0, p-maxObject), brace: -1, typed: -1}
	}
	read := s.b[m.upto:p]
	if i := max(bytes.LastIndexByte(read, '{'), bytes.LastIndexByte(read, '}')); i >= 0 {
		m.brace, m.open = m.upto+i, read[i] == '{'
	}
	m.upto = p
	if m.brace < p-maxObject || !m.open {
		return cueNone
	}
	if m.typed != m.brace {
		m.typed, m.cue = m.brace, typeIn(s.b[m.brace+1:min(len(s.b), m.brace+2*maxObject)])
	}
	return m.cue
}

// typeIn reads the type of an object that begins with text.
func typeIn(text []byte) cue {
	if i := bytes.IndexAny(text, "{}"); i >= 0 {
		text = text[:i]
	}
	for _, key := range [...]string{`type"`, `Type"`, `kind"`} {
		i := bytes.Index(text, []byte(key))
		if i < 0 {
			continue
		}
		value := bytes.TrimLeft(text[i+len(key):], " :\t\r\n")
		if len(value) == 0 || value[0] != '"' {
			continue
		}
		end := 1
		for end < len(value) && is(value[end], cAlnum) {
			end++
		}
		if w := cueWords.find(value[1:end]); w&cueType != 0 {
			return cue(w & 3)
		}
	}
	return cueNone
}
