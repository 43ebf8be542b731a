package document

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A pageLayout makes lines and words of glyphs at places. It keeps the order in
// which they are drawn, which is the order of reading in what people write
// with; sorting by place would mix columns that stand side by side.
type pageLayout struct {
	lines []pageLine
	b     []byte   // the line that is being drawn
	at    pageLine // where it stands
	x, y  float64  // where the last glyph ended
	size  float64  // of it
	drawn bool     // there was one
	blank bool     // it was a blank
	// ligature says that the last one that was no blank was several letters.
	ligature bool
}

// A pageLine is a line of a page and where it stands.
type pageLine struct {
	text       string
	starts     []float64 // its own, and those of what stands behind its gaps: of the cells of a row
	end, y     float64
	size       float64
	placed     bool // it is drawn from left to right
	blankAtEnd bool
}

// Gaps in units of the font's size. A blank is about a quarter wide, and
// kerning seldom a tenth.
const (
	wordGap  = 0.15
	noGap    = 0.05 // a blank behind a ligature that takes no place is part of it
	backStep = 0.6  // so far back the pen goes only for something else
	lineStep = 0.5
	small    = 0.8 // so much smaller than the words are the numbers of footnotes
)

// raised reports whether a glyph is the number of a footnote at the word before
// or behind it, and no part of it: smaller, and higher or lower.
func raised(size, before, across float64) bool {
	large := max(size, before)
	return min(size, before) < small*large && math.Abs(across) > 0.15*large
}

// maxCells is how many places a line remembers.
const maxCells = 256

// glyph adds the text of a glyph: place maps the unit square to where it is
// drawn, and the pen is at x, y afterwards.
func (p *pageLayout) glyph(text string, place matrix, x, y float64) {
	size := math.Hypot(place.c, place.d)
	along, across := p.from(place)
	unit := max(size, p.size)
	switch {
	case !p.drawn || unit == 0:
	case math.Abs(across) > lineStep*unit || along < -backStep*unit:
		p.end()
	case p.blank:
		if p.ligature && p.at.placed && math.Abs(place.e-p.at.end) < noGap*unit && strings.TrimSpace(text) != "" {
			p.b, p.blank = p.b[:len(p.b)-1], false
		}
	case along > wordGap*unit:
		p.b = append(p.b, ' ')
		p.blank = true
		if len(p.at.starts) < maxCells {
			p.at.starts = append(p.at.starts, place.e)
		}
	case raised(size, p.size, across):
		p.b = append(p.b, ' ')
		p.blank = true
	}
	if !p.drawn {
		p.at.starts = []float64{place.e}
		p.at.placed = place.a > 0 && math.Abs(place.b) < place.a/100
	}
	p.x, p.y, p.size = x, y, size
	for _, r := range text {
		p.write(r)
	}
	if p.blank {
		return
	}
	p.at.end = x
	p.ligature = len(text) > 1 && (utf8.RuneCountInString(text) > 1 || ligatures[[]rune(text)[0]] != "")
	if size > small*p.at.size { // not the number of a footnote
		p.at.y, p.at.size = place.f, size
	}
}

// from returns how far a glyph stands from where the last one ended, in the
// direction of its line and across.
func (p *pageLayout) from(place matrix) (along, across float64) {
	length := math.Hypot(place.a, place.b)
	if length == 0 {
		return 0, 0
	}
	dx, dy := place.e-p.x, place.f-p.y
	ux, uy := place.a/length, place.b/length
	return dx*ux + dy*uy, dy*ux - dx*uy
}

func (p *pageLayout) write(r rune) {
	switch {
	case r == 0x00a0 || unicode.IsSpace(r):
		if p.drawn && !p.blank {
			p.b = append(p.b, ' ')
		}
		p.drawn, p.blank = true, true
		return
	case r == 0x00ad:
		r = '-' // a hyphen that is drawn is no soft one
	case r < ' ' || r == 0xfffd:
		return
	}
	if s, ok := ligatures[r]; ok {
		p.b = append(p.b, s...)
	} else {
		p.b = utf8.AppendRune(p.b, r)
	}
	p.drawn, p.blank = true, false
}

// ligatures are letters that are drawn as one: "conﬁg" would be no file name.
var ligatures = map[rune]string{0xfb00: "ff", 0xfb01: "fi", 0xfb02: "fl", 0xfb03: "ffi", 0xfb04: "ffl", 0xfb05: "st", 0xfb06: "st"}

// end ends the line.
func (p *pageLayout) end() {
	if p.drawn {
		p.at.text, p.at.blankAtEnd = string(p.b), p.blank
		p.lines = append(p.lines, p.at)
	}
	p.b = p.b[:0]
	p.at = pageLine{}
	p.drawn, p.blank, p.ligature = false, false, false
}

// line adds a line of its own, or several.
func (p *pageLayout) line(text string) {
	if text = strings.TrimSpace(text); text != "" {
		p.end()
		p.lines = append(p.lines, pageLine{text: strings.ToValidUTF8(text, "\ufffd")})
	}
}

// String returns the lines, with what was wrapped in the middle of a word put
// together again.
func (p *pageLayout) String() string {
	var b strings.Builder
	wrapped := wraps(p.lines)
	for i := range p.lines {
		b.WriteString(p.lines[i].text)
		if !wrapped[i] {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
