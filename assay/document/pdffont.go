package document

import (
	"cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"strings"
	"unicode/utf16"
)

// A pdfFont knows which letters its codes draw, and how wide.
type pdfFont struct {
	wide      bool // codes have two bytes
	toUnicode *cmap
	encoding  encoding.Encoding // of the codes of a font of a language; nil if there is none
	letters   [256]string       // of a font whose codes have one byte
	widths    map[int]float64
	usual     float64 // the width of the others
}

// A glyph is a code of n bytes in a string.
type glyph struct {
	n, code  int
	text     string
	width    float64
	unmapped bool // nobody knows what it draws
}

// plainFont stands in for a font that is missing.
var plainFont = pdfFont{usual: 500, letters: latin(charmap.Windows1252)}

// next returns the first glyph of s, which is not empty.
func (f *pdfFont) next(s []byte) glyph {
	g := glyph{n: 1, code: int(s[0])}
	if f.wide {
		g.n = 2
		if f.toUnicode != nil {
			g.n = f.toUnicode.length(s)
		}
		g.n = min(g.n, len(s))
		g.code = codeOf(s[:g.n])
	}
	g.width = f.usual
	if w, ok := f.widths[g.code]; ok {
		g.width = w
	}
	if f.toUnicode != nil {
		if text, ok := f.toUnicode.lookup(g.code, g.n); ok {
			g.text = text
			return g
		}
	}
	switch {
	case f.encoding != nil:
		text, err := f.encoding.NewDecoder().Bytes(s[:g.n])
		g.text, g.unmapped = string(text), err != nil
	case !f.wide:
		g.text = f.letters[g.code]
	default:
		g.unmapped = true
	}
	return g
}

func codeOf(b []byte) int {
	v := 0
	for _, c := range b {
		v = v<<8 | int(c)
	}
	return v
}

// namedFont returns the font that a drawing calls by that name.
func (c *canvas) namedFont(name string, resources pdfValue, known map[string]*pdfFont) *pdfFont {
	if f, ok := known[name]; ok {
		return f
	}
	f := c.loadFont(resources.key("Font").key(name))
	known[name] = f
	return f
}

// loadFont makes a font of its dictionary, once for all pages.
func (r *pdfReader) loadFont(v pdfValue) *pdfFont {
	if !v.isDict() {
		return nil
	}
	if f, ok := r.fonts[v.ref]; ok {
		return f
	}
	f := &pdfFont{usual: 500, widths: map[int]float64{}}
	if v.ref != (pdfRef{}) {
		r.fonts[v.ref] = f // also if it cannot be read: once is enough
	}
	if s := v.key("ToUnicode"); s.isStream() {
		if data, err := r.stream(s); err == nil || len(data) > 0 {
			f.toUnicode = parseCMap(data)
		}
	}
	if v.key("Subtype").name() == "Type0" {
		f.composite(v)
	} else {
		f.simple(v)
	}
	return f
}

// composite reads a font of many letters.
func (f *pdfFont) composite(v pdfValue) {
	f.wide = true
	f.usual = 1000
	name := v.key("Encoding").name()
	for part, label := range map[string]string{
		"UCS2": utf16BE, "UTF16": utf16BE, "GBK": "gbk", "GB-EUC": "gbk", "GBpc": "gbk", "RKSJ": "shift_jis", "B5": "big5", "KSC": "euc-kr",
	} {
		if strings.Contains(name, part) {
			f.encoding = lookupCharset(label)
		}
	}
	descendant := v.key("DescendantFonts").index(0)
	if w := descendant.key("DW"); w.isNumber() {
		f.usual = w.number()
	}
	list := descendant.key("W")
	for i := 0; i+1 < list.len(); {
		first := list.index(i).integer()
		second := list.index(i + 1)
		if second.isArray() {
			for j := range second.len() {
				f.widths[first+j] = second.index(j).number()
			}
			i += 2
			continue
		}
		last, width := second.integer(), list.index(i+2).number()
		for code := first; code <= last && code < 1<<16 && code >= 0; code++ {
			f.widths[code] = width
		}
		i += 3
	}
}

// simple reads a font of 256 letters at most.
func (f *pdfFont) simple(v pdfValue) {
	enc := v.key("Encoding")
	base := enc.name()
	if enc.isDict() {
		base = enc.key("BaseEncoding").name()
	}
	switch {
	case base == "MacRomanEncoding":
		f.letters = latin(charmap.Macintosh)
	case base == "" && v.key("Subtype").name() != "TrueType":
		f.letters = standardLetters()
	default:
		f.letters = latin(charmap.Windows1252)
	}
	differences := enc.key("Differences")
	code := 0
	for i := range differences.len() {
		switch d := differences.index(i); {
		case d.isNumber():
			code = d.integer()
		case 0 <= code && code < 256:
			// Names that many tools make up say nothing; their codes still may.
			f.letters[code] = cmp.Or(glyphText(d.name()), f.letters[code], plainFont.letters[code])
			code++
		}
	}
	first := v.key("FirstChar").integer()
	widths := v.key("Widths")
	for i := range min(widths.len(), 256) {
		f.widths[first+i] = widths.index(i).number()
	}
	if w := v.key("FontDescriptor").key("MissingWidth"); w.number() > 0 {
		f.usual = w.number()
	}
	if strings.Contains(v.key("BaseFont").name(), "Courier") {
		f.usual = 600
	}
}

// latin returns the letters of a charset.
func latin(m *charmap.Charmap) (letters [256]string) {
	for i := range letters {
		letters[i] = string(m.DecodeByte(byte(i)))
	}
	return letters
}

// standardLetters is Adobe's StandardEncoding: ASCII but for two quotes, and
// the marks and ligatures above it that texts use.
func standardLetters() (letters [256]string) {
	for i := ' '; i <= '~'; i++ {
		letters[i] = string(i)
	}
	for i, r := range map[int]rune{
		0x27: '’', 0x60: '‘', 0xa9: '\'', 0xaa: '“', 0xab: '«', 0xac: '‹', 0xad: '›', 0xae: 'ﬁ', 0xaf: 'ﬂ', 0xb1: '–',
		0xb4: '·', 0xb7: '•', 0xb8: '‚', 0xb9: '„', 0xba: '”', 0xbb: '»', 0xbc: '…', 0xd0: '—', 0xf1: 'æ', 0xfb: 'ß',
	} {
		letters[i] = string(r)
	}
	return letters
}

// A cmap maps codes to text, as the stream ToUnicode of a font says.
type cmap struct {
	spaces []codeSpace
	text   map[cmapKey]string
}

type codeSpace struct{ low, high, n int }

type cmapKey struct{ code, n int }

// maxCMap bounds the codes that a font maps: there are as many as two bytes
// can tell apart.
const maxCMap = 1 << 16

// length returns how many bytes the first code of s has.
func (m *cmap) length(s []byte) int {
	for n := 1; n <= 4 && n <= len(s); n++ {
		for _, space := range m.spaces {
			if space.n == n && inSpace(s[:n], space) {
				return n
			}
		}
	}
	return 2
}

// inSpace compares byte by byte, as codes are.
func inSpace(b []byte, space codeSpace) bool {
	for i, c := range b {
		shift := 8 * (len(b) - 1 - i)
		if c < byte(space.low>>shift) || c > byte(space.high>>shift) {
			return false
		}
	}
	return true
}

func (m *cmap) lookup(code, n int) (string, bool) {
	text, ok := m.text[cmapKey{code, n}]
	return text, ok
}

// parseCMap reads a mapping. It is a program too, of which four operators
// matter.
func parseCMap(data []byte) *cmap {
	m := &cmap{text: map[cmapKey]string{}}
	l := &lexer{b: data}
	var args []operand
	for {
		v, op, ok := l.next()
		if !ok {
			return m
		}
		if op == "" {
			if len(args) < 3*maxCMap {
				args = append(args, v)
			}
			continue
		}
		switch op {
		case "endcodespacerange":
			for ; len(args) >= 2 && len(m.spaces) < 256; args = args[2:] {
				if n := len(args[0].str); n >= 1 && n <= 4 && len(args[1].str) == n {
					m.spaces = append(m.spaces, codeSpace{codeOf(args[0].str), codeOf(args[1].str), n})
				}
			}
		case "endbfchar":
			for ; len(args) >= 2; args = args[2:] {
				m.set(codeOf(args[0].str), len(args[0].str), utf16Text(args[1].str))
			}
		case "endbfrange":
			for ; len(args) >= 3; args = args[3:] {
				m.setRange(args[0].str, args[1].str, args[2])
			}
		}
		args = nil
	}
}

func (m *cmap) set(code, n int, text string) {
	if n >= 1 && n <= 4 && len(m.text) < maxCMap {
		m.text[cmapKey{code, n}] = text
	}
}

// setRange maps consecutive codes, to consecutive characters or to a list.
func (m *cmap) setRange(low, high []byte, to operand) {
	first, last, n := codeOf(low), codeOf(high), len(low)
	if n < 1 || n > 4 || len(high) != n {
		return
	}
	if to.kind == '[' {
		for i, v := range to.array {
			if first+i <= last {
				m.set(first+i, n, utf16Text(v.str))
			}
		}
		return
	}
	if len(to.str) < 2 {
		return
	}
	start := []rune(utf16Text(to.str))
	if len(start) == 0 {
		return
	}
	end := len(start) - 1
	for code := first; code <= last && len(m.text) < maxCMap; code++ {
		m.set(code, n, string(start[:end])+string(start[end]+rune(code-first)))
	}
}

// utf16Text decodes big-endian UTF-16.
func utf16Text(b []byte) string {
	if len(b) == 1 {
		return string(rune(b[0])) // wrong, but plain
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units))
}
