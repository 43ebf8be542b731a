package document

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// The objects of a PDF as Go values: nil, bool, float64, pdfName, pdfString,
// pdfArray, pdfDict, *pdfStream, and pdfRef for what stands elsewhere.
type (
	pdfName   string
	pdfString string
	pdfArray  []any
	pdfDict   map[string]any
	pdfRef    struct{ number, generation int }
	pdfStream struct {
		dict pdfDict
		at   int    // of its bytes in the file
		ref  pdfRef // of the object, whose number is part of its key
	}
)

// maxObjectDepth of arrays and dictionaries in each other.
const maxObjectDepth = 100

// object reads an object. What is none is nil: a file that is damaged has its
// text all the same.
func (l *lexer) object(depth int) any {
	l.blank()
	if len(l.b) == 0 || depth > maxObjectDepth {
		l.b = nil
		return nil
	}
	switch c := l.b[0]; {
	case c == '/':
		l.b = l.b[1:]
		return pdfName(l.name())
	case c == '(':
		return pdfString(l.literal())
	case bytes.HasPrefix(l.b, []byte("<<")):
		l.b = l.b[2:]
		return l.dict(depth)
	case c == '<':
		return pdfString(l.hex())
	case c == '[':
		l.b = l.b[1:]
		return l.array(depth)
	case isDelimiter(c):
		l.b = l.b[1:]
		return nil
	}
	if ref, ok := l.reference(); ok {
		return ref
	}
	switch word := l.word(); {
	case string(word) == "true", string(word) == "false":
		return word[0] == 't'
	case strings.IndexByte("+-.0123456789", word[0]) >= 0:
		return number(word)
	}
	return nil
}

func (l *lexer) array(depth int) any {
	list := pdfArray{}
	for {
		switch l.blank(); {
		case len(l.b) == 0 || l.at("endobj"):
			return list
		case l.b[0] == ']':
			l.b = l.b[1:]
			return list
		}
		list = append(list, l.object(depth+1))
	}
}

func (l *lexer) dict(depth int) any {
	d := pdfDict{}
	for {
		switch l.blank(); {
		case len(l.b) == 0 || l.at("endobj") || l.at("stream"):
			return d
		case l.at(">>"):
			l.b = l.b[2:]
			return d
		case l.b[0] != '/':
			l.object(depth + 1) // a value without a key
			continue
		}
		l.b = l.b[1:]
		key := string(l.name())
		if l.blank(); !l.at(">>") {
			d[key] = l.object(depth + 1)
		}
	}
}

func (l *lexer) at(word string) bool { return bytes.HasPrefix(l.b, []byte(word)) }

// reference reads "12 0 R", or nothing.
func (l *lexer) reference() (pdfRef, bool) {
	ahead := lexer{b: l.b}
	n, ok1 := ahead.natural()
	g, ok2 := ahead.natural()
	if !ok1 || !ok2 || string(ahead.word()) != "R" {
		return pdfRef{}, false
	}
	l.b = ahead.b
	return pdfRef{n, g}, true
}

// natural reads a number of digits alone, and the blanks behind it.
func (l *lexer) natural() (int, bool) {
	n := 0
	for n < len(l.b) && n < 11 && '0' <= l.b[n] && l.b[n] <= '9' {
		n++
	}
	v, err := strconv.Atoi(string(l.b[:n]))
	l.b = l.b[n:]
	l.blank()
	return v, err == nil
}

// A pdfValue is an object, and the file in which its references lead somewhere.
// Whatever is asked of a value of another kind is the zero value.
type pdfValue struct {
	file *pdfFile
	data any
	ref  pdfRef // of the object that it is; zero if it is part of another
}

func (v pdfValue) isDict() bool   { _, ok := v.data.(pdfDict); return ok }
func (v pdfValue) isArray() bool  { _, ok := v.data.(pdfArray); return ok }
func (v pdfValue) isStream() bool { _, ok := v.data.(*pdfStream); return ok }

func (v pdfValue) dict() pdfDict {
	switch d := v.data.(type) {
	case pdfDict:
		return d
	case *pdfStream:
		return d.dict
	}
	return nil
}

// key returns an entry of a dictionary, or of that of a stream.
func (v pdfValue) key(name string) pdfValue { return v.file.value(v.dict()[name]) }

// keys returns the names of the entries, sorted.
func (v pdfValue) keys() []string { return slices.Sorted(maps.Keys(v.dict())) }

func (v pdfValue) len() int {
	a, _ := v.data.(pdfArray)
	return len(a)
}

func (v pdfValue) index(i int) pdfValue {
	if i >= v.len() {
		return pdfValue{file: v.file}
	}
	return v.file.value(v.data.(pdfArray)[i])
}

func (v pdfValue) number() float64 {
	n, _ := v.data.(float64)
	return n
}

func (v pdfValue) isNumber() bool { _, ok := v.data.(float64); return ok }

// integer is number as one; what no file can mean becomes 0.
func (v pdfValue) integer() int {
	const most = 1 << 40
	if n := v.number(); -most < n && n < most {
		return int(n)
	}
	return 0
}

func (v pdfValue) name() string {
	n, _ := v.data.(pdfName)
	return string(n)
}

func (v pdfValue) bytes() string {
	s, _ := v.data.(pdfString)
	return string(s)
}

// text decodes a string that is text.
func (v pdfValue) text() string {
	s := v.bytes()
	switch {
	case strings.HasPrefix(s, "\xfe\xff"):
		return decodeText([]byte(s), utf16BE)
	case strings.HasPrefix(s, "\xff\xfe"):
		return decodeText([]byte(s), utf16LE)
	case strings.HasPrefix(s, "\xef\xbb\xbf"):
		return validText([]byte(s[3:]))
	}
	// PDFDocEncoding: Latin 1 with marks of its own where that has none.
	marks := []rune("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž")
	var b strings.Builder
	for _, c := range []byte(s) {
		switch i := int(c) - 0x80; {
		case 0 <= i && i < len(marks):
			b.WriteRune(marks[i])
		case c == 0xa0:
			b.WriteRune('€')
		default:
			b.WriteRune(charmap.ISO8859_1.DecodeByte(c))
		}
	}
	return b.String()
}
