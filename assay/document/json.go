package document

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// place says where a value's text stands in the file that it is a value of.
type place struct {
	source  string // the text of the file
	start   int    // of the value in source, without its quotes
	escapes []escaped
}

// escaped is a character that the source writes longer than it is.
type escaped struct {
	end    int // of the character in the text
	source int // offset in the source behind it
}

// Place returns where a stretch of p.Text stands in its file, and what stands
// there. For the values of a JSON document that is the document, where they are
// written with escapes; for a file of text in another charset than UTF-8 it is
// the file's bytes, and what stands there is its text; for all others it is
// p.Text itself.
func (p *Part) Place(start, end int) (raw string, from, to int) {
	switch {
	case p.file != nil:
		all := int64(len(p.Text))
		return p.Text[start:end], int(p.file.Offset(int64(start), all)), int(p.file.Offset(int64(end), all))
	case p.place == nil:
		return p.Text[start:end], start, end
	}
	from, to = p.place.offset(start), p.place.offset(end)
	return p.place.source[from:to], from, to
}

// Source returns the text of the file whose value p is, in which [Part.Place]
// counts; ok is false if p is no value but a text of its own.
func (p *Part) Source() (text string, ok bool) {
	if p.place == nil {
		return "", false
	}
	return p.place.source, true
}

// offset maps an offset in the value's text to the source.
func (p *place) offset(at int) int {
	low, high := 0, len(p.escapes) // the last escape that ends at or before at
	for low < high {
		mid := (low + high) / 2
		if p.escapes[mid].end <= at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == 0 {
		return p.start + at
	}
	e := p.escapes[low-1]
	return e.source + at - e.end
}

// splitJSON makes parts of the values in STIX bundles and MISP events. The
// parent does it, for this reader is part of the program and takes no more than
// its text does.
func (c *collector) splitJSON() {
	var parts []Part
	for _, p := range c.doc.Parts {
		values, ok := []Part(nil), false
		if p.MediaType == typeSTIX || p.MediaType == typeMISP {
			values, ok = jsonValues(p)
		}
		if !ok {
			values = []Part{p} // what only looks like one can be read as a text
		}
		parts = append(parts, values...)
	}
	c.doc.Parts = parts
}

const (
	// Each value takes some hundred bytes more than its text. A document that
	// has more of them than this is read as the text it is.
	maxValues    = 1 << 18
	maxJSONDepth = 100
)

// jsonValues returns the strings of a JSON document, each with the way to it as
// its section: "objects[3].pattern".
func jsonValues(doc Part) ([]Part, bool) {
	r := jsonReader{s: doc.Text, doc: doc}
	if strings.HasPrefix(r.s, "\ufeff") {
		r.at = len("\ufeff")
	}
	ok := r.value(0)
	r.space()
	return r.parts, ok && r.at == len(r.s)
}

// jsonReader reads JSON where it stands. The standard library's reader says
// neither where a string begins nor where its escapes are.
type jsonReader struct {
	s     string
	at    int
	doc   Part
	path  []byte
	parts []Part
}

func (r *jsonReader) space() {
	for r.at < len(r.s) && strings.IndexByte(" \t\r\n", r.s[r.at]) >= 0 {
		r.at++
	}
}

// take skips a byte that has to be there.
func (r *jsonReader) take(c byte) bool {
	if r.at < len(r.s) && r.s[r.at] == c {
		r.at++
		return true
	}
	return false
}

// value reads any value and reports whether it is well formed.
func (r *jsonReader) value(depth int) bool {
	r.space()
	if r.at == len(r.s) || depth > maxJSONDepth {
		return false
	}
	switch r.s[r.at] {
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case '"':
		text, place, ok := r.str()
		if ok && text != "" {
			p := r.doc
			p.Section, p.Text, p.place = cleanName(string(r.path)), text, place // clipped: long keys would be repeated for each value
			r.parts = append(r.parts, p)
		}
		return ok && len(r.parts) < maxValues
	}
	start := r.at
	for r.at < len(r.s) && strings.IndexByte("+-.0123456789abcdefghijklmnopqrstuvwxyzE", r.s[r.at]) >= 0 {
		r.at++
	}
	return r.at > start
}

func (r *jsonReader) object(depth int) bool {
	r.at++
	if r.space(); r.take('}') {
		return true
	}
	outer := len(r.path)
	for {
		r.space()
		key, _, ok := r.str()
		if !ok {
			return false
		}
		if outer > 0 {
			r.path = append(r.path, '.')
		}
		r.path = append(r.path, cleanName(key[:min(len(key), 1024)])...)
		if r.space(); !r.take(':') || !r.value(depth+1) {
			return false
		}
		r.path = r.path[:outer]
		if r.space(); r.take('}') {
			return true
		}
		if !r.take(',') {
			return false
		}
	}
}

func (r *jsonReader) array(depth int) bool {
	r.at++
	if r.space(); r.take(']') {
		return true
	}
	outer := len(r.path)
	for i := 0; ; i++ {
		r.path = append(strconv.AppendInt(append(r.path, '['), int64(i), 10), ']')
		if !r.value(depth + 1) {
			return false
		}
		r.path = r.path[:outer]
		if r.space(); r.take(']') {
			return true
		}
		if !r.take(',') {
			return false
		}
	}
}

// str reads a string. Its place is made only of what it needs: most strings
// have no escapes.
func (r *jsonReader) str() (string, *place, bool) {
	if !r.take('"') {
		return "", nil, false
	}
	p := &place{source: r.doc.Text, start: r.at}
	var b strings.Builder
	from := r.at // of what is not yet in b
	for r.at < len(r.s) {
		switch c := r.s[r.at]; {
		case c == '"':
			text := r.s[from:r.at]
			r.at++
			if b.Len() == 0 {
				return text, p, true
			}
			b.WriteString(text)
			return b.String(), p, true
		case c == '\\':
			b.WriteString(r.s[from:r.at])
			char, ok := r.escape()
			if !ok {
				return "", nil, false
			}
			b.WriteRune(char)
			p.escapes = append(p.escapes, escaped{b.Len(), r.at})
			from = r.at
		case c < ' ':
			return "", nil, false
		default:
			r.at++
		}
	}
	return "", nil, false
}

// escape reads a backslash and what belongs to it.
func (r *jsonReader) escape() (rune, bool) {
	if r.at+2 > len(r.s) {
		return 0, false
	}
	c := r.s[r.at+1]
	r.at += 2
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		return r.unicode()
	}
	return 0, false
}

// unicode reads four digits, and a second escape if they are half of a pair.
func (r *jsonReader) unicode() (rune, bool) {
	first, ok := r.fourDigits()
	if !ok {
		return 0, false
	}
	if utf16.IsSurrogate(first) && strings.HasPrefix(r.s[r.at:], `\u`) {
		back := r.at
		r.at += 2
		if second, ok := r.fourDigits(); ok {
			if pair := utf16.DecodeRune(first, second); pair != utf8.RuneError {
				return pair, true
			}
		}
		r.at = back
	}
	if utf16.IsSurrogate(first) {
		first = utf8.RuneError
	}
	return first, true
}

func (r *jsonReader) fourDigits() (rune, bool) {
	if r.at+4 > len(r.s) {
		return 0, false
	}
	v, err := strconv.ParseUint(r.s[r.at:r.at+4], 16, 16)
	r.at += 4
	return rune(v), err == nil
}
