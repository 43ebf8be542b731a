package syntax

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// lexer cuts a source into tokens, one at a time, so that of two errors the first in the text is reported.
type lexer struct {
	*delimiters
	name string
	src  string // with "\n" for every line end

	crlf []int // where src has a "\n" for a "\r\n"
	seen int   // how many of crlf lie before the last place

	pos       int
	line      int32
	lineStart int

	state       state
	open        []byte // the closing brackets that are due
	lineStarted bool   // the match before this place ended with a newline
	next        Token  // a begin token that follows the text just returned
	hasNext     bool
}

func newLexer(name, source string, cfg *Config, start state) *lexer {
	lx := &lexer{delimiters: cfg.delimiters(), name: name, line: 1, state: start, lineStarted: true}
	lx.src = lx.normalize(source)
	if !cfg.KeepTrailingNewline {
		lx.src = strings.TrimSuffix(lx.src, "\n")
	}
	return lx
}

// normalize replaces the line ends of the source and notes where that made it shorter.
func (lx *lexer) normalize(source string) string {
	if strings.IndexByte(source, '\r') < 0 {
		return source
	}
	var b strings.Builder
	b.Grow(len(source))
	for {
		i := strings.IndexByte(source, '\r')
		if i < 0 {
			b.WriteString(source)
			return b.String()
		}
		b.WriteString(source[:i])
		source = source[i+1:]
		if strings.HasPrefix(source, "\n") {
			lx.crlf = append(lx.crlf, b.Len())
			source = source[1:]
		}
		b.WriteByte('\n')
	}
}

// moveTo goes on to the offset end.
func (lx *lexer) moveTo(end int) {
	passed := lx.src[lx.pos:end]
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		lx.line += int32(strings.Count(passed, "\n"))
		lx.lineStart = lx.pos + i + 1
	}
	lx.pos = end
}

// here returns the current place.
func (lx *lexer) here() Pos {
	for lx.seen < len(lx.crlf) && lx.crlf[lx.seen] < lx.pos {
		lx.seen++
	}
	return Pos{Line: lx.line, Col: int32(lx.pos-lx.lineStart) + 1, Offset: int32(lx.pos + lx.seen)}
}

// fail ends the parse with an error at the current place.
func (lx *lexer) fail(format string, args ...any) {
	panic(failure{newError(lx.name, lx.here(), fmt.Sprintf(format, args...))})
}

// token takes the text up to end as a token.
func (lx *lexer) token(kind Kind, end int) Token {
	t := Token{Kind: kind, Pos: lx.here()}
	lx.moveTo(end)
	return t
}

// leave ends a tag, comment or raw section, whose last byte is the one before end.
func (lx *lexer) leave(end int) {
	lx.lineStarted = end > lx.pos && lx.src[end-1] == '\n'
	lx.moveTo(end)
	lx.state = inRoot
}

// scan returns the next token that the parser wants to see. At the end it returns tEOF without a place.
func (lx *lexer) scan() Token {
	if lx.hasNext {
		lx.hasNext = false
		return lx.next
	}
	for lx.pos < len(lx.src) || lx.state == inLineStatement {
		var t Token
		switch lx.state {
		case inRoot:
			t = lx.scanText()
		case inRaw:
			t = lx.scanRaw()
		case inComment:
			lx.skipComment()
			continue
		case inLineComment:
			lx.skipLineComment()
			continue
		default:
			t = lx.scanTag()
		}
		if t.Kind != tEOF {
			return t
		}
	}
	return Token{}
}

// opening is a start string found in text, with the sign behind it.
type opening struct {
	state      state
	start, end int
	sign       byte // '-', '+' or 0
}

// scanText returns the text before the next tag and enters that tag. It returns tEOF if there is no text and the tag is a
// comment or a raw section.
func (lx *lexer) scanText() Token {
	o, ok := lx.findOpening()
	if !ok {
		data := lx.src[lx.pos:]
		t := lx.token(tData, len(lx.src))
		t.Value = lx.newlines(data)
		return t
	}
	text := lx.strip(lx.src[lx.pos:o.start], o.sign, o.state != inVariable)
	t := lx.token(tData, o.start)
	begin := Token{Pos: lx.here()}
	switch o.state {
	case inBlock, inLineStatement:
		begin.Kind = tBlockBegin
	case inVariable:
		begin.Kind = tVariableBegin
	}
	lx.leave(o.end)
	lx.state = o.state
	if text == "" {
		return begin
	}
	t.Value = lx.newlines(text)
	lx.next, lx.hasNext = begin, begin.Kind != tEOF
	return t
}

// strip applies a tag's sign, or lstrip_blocks where that may apply, to the text before it.
func (lx *lexer) strip(text string, sign byte, mayLstrip bool) string {
	if sign == '-' {
		return strings.TrimRightFunc(text, isSpace)
	}
	if sign == '+' || !mayLstrip || !lx.lstripBlocks {
		return text
	}
	line := strings.LastIndexByte(text, '\n') + 1
	if (line > 0 || lx.lineStarted) && skipSpace(text, line) == len(text) {
		return text[:line]
	}
	return text
}

// newlines gives text the configured line ends.
func (lx *lexer) newlines(text string) string {
	if lx.newline == "\n" {
		return text
	}
	return strings.ReplaceAll(text, "\n", lx.newline)
}

// findOpening finds the first place from here on where a tag begins.
func (lx *lexer) findOpening() (opening, bool) {
	for p := lx.pos; p < len(lx.src); p++ {
		if !lx.lines {
			if lx.only != 0 {
				i := strings.IndexByte(lx.src[p:], lx.only)
				if i < 0 {
					break
				}
				p += i
			} else if !lx.first[lx.src[p]] {
				continue
			}
		}
		if o, ok := lx.openingAt(p); ok {
			return o, true
		}
	}
	return opening{}, false
}

// openingAt tries the rules at offset p. A raw section comes before all others.
func (lx *lexer) openingAt(p int) (opening, bool) {
	if end, sign := lx.rawBegin(p); end >= 0 {
		return opening{inRaw, p, end, sign}, true
	}
	for _, r := range lx.rules {
		end := -1
		switch r.state {
		case inLineStatement:
			end = lx.lineStatementBegin(p, r.start)
		case inLineComment:
			end = lx.lineCommentBegin(p, r.start)
		default:
			if strings.HasPrefix(lx.src[p:], r.start) {
				end = p + len(r.start)
			}
		}
		if end >= 0 {
			sign := lx.signAt(end)
			if sign != 0 {
				end++
			}
			return opening{r.state, p, end, sign}, true
		}
	}
	return opening{}, false
}

// signAt returns the whitespace sign at offset i, or 0.
func (lx *lexer) signAt(i int) byte {
	if i < len(lx.src) && (lx.src[i] == '-' || lx.src[i] == '+') {
		return lx.src[i]
	}
	return 0
}

// rawBegin matches {% raw %} at p and returns its end, or -1. Neither trim_blocks nor a plus sign reaches its end string.
func (lx *lexer) rawBegin(p int) (end int, sign byte) {
	if !strings.HasPrefix(lx.src[p:], lx.blockStart) {
		return -1, 0
	}
	p += len(lx.blockStart)
	if sign = lx.signAt(p); sign != 0 {
		p++
	}
	if p = afterSpace(lx.src, p, "raw"); p < 0 {
		return -1, 0
	}
	if end = afterSpace(lx.src, p, "-"+lx.blockEnd); end >= 0 {
		return skipSpace(lx.src, end), sign
	}
	return afterSpace(lx.src, p, lx.blockEnd), sign
}

// lineStatementBegin matches the prefix behind the blanks that start a line at p, and returns its end or -1.
func (lx *lexer) lineStatementBegin(p int, prefix string) int {
	if p > 0 && lx.src[p-1] != '\n' {
		return -1
	}
	run := p
	for run < len(lx.src) && (lx.src[run] == ' ' || lx.src[run] == '\t' || lx.src[run] == '\v') {
		run++
	}
	return lx.prefixAt(p, run, prefix)
}

// lineCommentBegin matches the prefix behind the blanks that start at p, which must be the start of a line or follow
// something that is not blank, and returns its end or -1.
func (lx *lexer) lineCommentBegin(p int, prefix string) int {
	if p > 0 && lx.src[p-1] != '\n' {
		if r, _ := utf8.DecodeLastRuneInString(lx.src[:p]); isSpace(r) {
			return -1
		}
	}
	run := p
	for run < len(lx.src) {
		r, n := utf8.DecodeRuneInString(lx.src[run:])
		if r == '\n' || !isSpace(r) {
			break
		}
		run += n
	}
	return lx.prefixAt(p, run, prefix)
}

// prefixAt matches prefix where the blanks from p to run end, or earlier by as much as it starts with blanks itself.
func (lx *lexer) prefixAt(p, run int, prefix string) int {
	at := run - skipSpace(prefix, 0)
	if at < p || !strings.HasPrefix(lx.src[at:], prefix) {
		return -1
	}
	return at + len(prefix)
}

// endAt matches the end string of a block or comment at p, with its sign and what that or trim_blocks drops behind it.
// It returns the end, or -1.
func (lx *lexer) endAt(p int, endString string) int {
	sign := lx.signAt(p)
	if sign != 0 && strings.HasPrefix(lx.src[p+1:], endString) {
		p += 1 + len(endString)
		if sign == '-' {
			p = skipSpace(lx.src, p)
		}
		return p
	}
	if !strings.HasPrefix(lx.src[p:], endString) {
		return -1
	}
	p += len(endString)
	if lx.trimBlocks && p < len(lx.src) && lx.src[p] == '\n' {
		p++
	}
	return p
}

// scanRaw returns the text of a raw section, which ends at {% endraw %}.
func (lx *lexer) scanRaw() Token {
	for p := lx.pos; ; p++ {
		i := strings.Index(lx.src[p:], lx.blockStart)
		if i < 0 {
			lx.fail("Missing end of raw directive")
		}
		p += i
		end, sign := lx.rawEnd(p + len(lx.blockStart))
		if end < 0 {
			continue
		}
		text := lx.strip(lx.src[lx.pos:p], sign, true)
		t := lx.token(tData, p)
		lx.leave(end)
		if text == "" {
			return Token{}
		}
		t.Value = lx.newlines(text)
		return t
	}
}

// rawEnd matches the rest of {% endraw %} behind its start string, and returns its end or -1.
func (lx *lexer) rawEnd(p int) (end int, sign byte) {
	if sign = lx.signAt(p); sign != 0 {
		p++
	}
	if p = afterSpace(lx.src, p, "endraw"); p < 0 {
		return -1, 0
	}
	return lx.endAt(skipSpace(lx.src, p), lx.blockEnd), sign
}

// skipComment goes behind the end of a comment.
func (lx *lexer) skipComment() {
	i := strings.Index(lx.src[lx.pos:], lx.commentEnd)
	if i < 0 {
		lx.fail("Missing end of comment tag")
	}
	end := lx.pos + i
	if i > 0 && lx.signAt(end-1) != 0 {
		end--
	}
	lx.leave(lx.endAt(end, lx.commentEnd))
}

// skipLineComment goes to the end of the line.
func (lx *lexer) skipLineComment() {
	end := strings.IndexByte(lx.src[lx.pos:], '\n')
	if end < 0 {
		end = len(lx.src) - lx.pos
	}
	lx.leave(lx.pos + end)
}

// unexpected fails for a character no token starts with. Jinja counts the place in characters and from 0.
func (lx *lexer) unexpected() {
	_, n := utf8.DecodeRuneInString(lx.src[lx.pos:])
	lx.fail("unexpected char %s at %d", quote(lx.src[lx.pos:lx.pos+n]), utf8.RuneCountInString(lx.src[:lx.pos]))
}

// bracket keeps account of an opening or closing bracket: inside brackets the end strings of tags are not seen.
func (lx *lexer) bracket(c byte) {
	if i := strings.IndexByte("([{", c); i >= 0 {
		lx.open = append(lx.open, ")]}"[i])
		return
	}
	if !bytes.ContainsRune([]byte(")]}"), rune(c)) {
		return
	}
	if len(lx.open) == 0 {
		lx.fail("unexpected '%c'", c)
	}
	due := lx.open[len(lx.open)-1]
	lx.open = lx.open[:len(lx.open)-1]
	if due != c {
		lx.fail("unexpected '%c', expected '%c'", c, due)
	}
}
