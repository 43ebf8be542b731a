package web

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/retort-go/retort/assay/ioc"
)

// span is a stretch of a line: plain, a mark, or a mark with others inside (a
// URL with its host).
type span struct {
	Text   string
	Ref    int    // the row it leads to; 0 for plain text
	Mark   int    // its own number, by which rows lead to it; 0 if another piece has it
	Within int    // the row of the mark around it
	Family string // its look
	Parts  []span
}

// source cuts a text into lines of spans. Matches come in order of their starts;
// one inside another comes after it.
type source struct {
	text  string
	lines [][]span
	done  int // bytes that are in lines or in outer
	line  int // the number of the line at counted
	count int // bytes whose lines are counted

	marks    int
	unmarked int
	outer    ioc.Match // the last mark, which the next may lie inside of
	pieces   []span    // of outer
	inner    int       // bytes of outer that are in pieces
}

func newSource(text string) *source { return &source{text: text, line: 1, lines: [][]span{nil}} }

// covers reports whether m overlaps the last mark.
func (s *source) covers(m ioc.Match) bool { return m.Start < s.outer.End }

// mark marks a match as belonging to a row and returns its place. There is no
// mark where there is no row to lead to.
func (s *source) mark(m ioc.Match, ref int) place {
	if m.Start > s.count {
		s.line += strings.Count(s.text[s.count:m.Start], "\n")
		s.count = m.Start
	}
	if s.covers(m) && s.joins(m) {
		return place{Line: s.line, Mark: s.pieces[0].Mark}
	}
	if s.marks >= maxMarks || ref == 0 {
		s.unmarked++
		return place{Line: s.line}
	}
	s.marks++
	piece := span{Text: s.text[m.Start:m.End], Ref: ref, Mark: s.marks, Family: look(m)}
	if s.covers(m) {
		whole := s.pieces[0]
		piece.Within = whole.Ref
		s.between(m.Start)
		s.pieces = append(s.pieces, piece)
		s.inner = m.End - s.outer.Start
		return place{Line: s.line, Mark: s.marks}
	}
	s.close()
	s.add(span{Text: s.text[s.done:m.Start]})
	s.outer, s.pieces, s.inner, s.done = m, []span{piece}, 0, m.End
	return place{Line: s.line, Mark: s.marks}
}

// joins reports whether m, which overlaps the last mark, has no mark of its own
// and is found at that one: it ends outside, lies in a mark that is in there
// already, or is the same text or begins with it where a line end divides it.
func (s *source) joins(m ioc.Match) bool {
	if m.Start == s.outer.Start && (m.End == s.outer.End || strings.Contains(s.pieces[0].Text, "\n")) {
		return true
	}
	return m.End > s.outer.End || m.Start < s.outer.Start+s.inner
}

func look(m ioc.Match) string {
	if m.Rejected {
		return "no"
	}
	return familyOf(m.Kind).Name
}

// between adds the part of the outer mark up to a byte of the text.
func (s *source) between(end int) {
	whole := s.pieces[0]
	from := s.outer.Start + s.inner
	if from >= end {
		return
	}
	piece := span{Text: s.text[from:end], Ref: whole.Ref, Family: whole.Family}
	if strings.TrimSpace(piece.Text) == "" {
		piece.Ref = 0 // a link of nothing but a blank has no name
	}
	s.pieces = append(s.pieces, piece)
}

// close puts the last mark into its line.
func (s *source) close() {
	if len(s.pieces) == 0 {
		return
	}
	whole := s.pieces[0]
	if len(s.pieces) > 1 {
		s.between(s.outer.End)
	}
	parts := s.pieces[1:]
	s.pieces = nil
	if len(parts) == 0 {
		s.add(whole)
		return
	}
	if !strings.Contains(whole.Text, "\n") {
		for i := range parts {
			parts[i].Text = visible(parts[i].Text)
		}
		s.append(span{Mark: whole.Mark, Parts: parts})
		return
	}
	// Over a line end there is no element around the parts; the first is the one to find.
	if parts[0].Mark == 0 {
		parts[0].Mark = whole.Mark
	}
	for _, p := range parts {
		s.add(p)
	}
}

// add appends a span, cut at line ends: a mark may reach over one.
func (s *source) add(sp span) {
	for first := true; ; first = false {
		line, rest, more := strings.Cut(sp.Text, "\n")
		if line != "" {
			piece := sp
			piece.Text = visible(strings.TrimSuffix(line, "\r"))
			if !first {
				piece.Mark = 0
			}
			s.append(piece)
		}
		if !more {
			return
		}
		s.lines = append(s.lines, nil)
		sp.Text = rest
	}
}

func (s *source) append(sp span) {
	last := len(s.lines) - 1
	s.lines[last] = append(s.lines[last], sp)
}

// finish returns the lines and how many places are without a mark.
func (s *source) finish() ([][]span, int) {
	s.close()
	s.add(span{Text: s.text[s.done:]})
	if last := len(s.lines) - 1; last > 0 && len(s.lines[last]) == 0 {
		s.lines = s.lines[:last] // a text that ends its last line has no line after it
	}
	return s.lines, s.unmarked
}

// visible shows what would hide or rearrange text on the page: control
// characters as their pictures, and directional and zero-width characters by
// their numbers. With those a name can be made to read as another one.
func visible(s string) string {
	if !strings.ContainsFunc(s, hides) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !hides(r):
			b.WriteRune(r) // invalid bytes come as U+FFFD
		case r < ' ':
			b.WriteRune('\u2400' + r)
		case r == 0x7f:
			b.WriteRune('\u2421')
		default:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		}
	}
	return b.String()
}

func hides(r rune) bool {
	switch {
	case r < ' ':
		return r != '\t' && r != '\n'
	case r < 0x7f:
		return false
	case r <= 0x9f, r == 0xad, r == 0x61c, r == 0x180e, r == 0xfeff:
		return true
	}
	return 0x200b <= r && r <= 0x200f || 0x2028 <= r && r <= 0x202e || 0x2060 <= r && r <= 0x206f
}
