package document

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// rtfText returns the words of an RTF document. It knows what separates words
// and lines and what is hidden from readers; the looks of them it drops.
func rtfText(data []byte) string {
	var b strings.Builder
	r := rtfReader{data: data, out: &b, letters: charmap.Windows1252, rtfGroup: rtfGroup{standIns: 1}, fonts: map[int]encoding.Encoding{}}
	for len(r.data) > 0 {
		r.step()
	}
	return b.String()
}

type rtfReader struct {
	data []byte
	out  *strings.Builder
	rtfGroup
	outer []rtfGroup // those around the group that is being read
	// hidden is how many groups are open since one whose text is not the
	// document's; 0 outside of such.
	hidden int
	fresh  bool // a group has just begun
	skip   int  // characters that stand in for one that was given by number
	lead   byte // the first of two bytes that are one letter; 0 if there is none
	// letters are those of bytes in fonts that say nothing of them.
	letters encoding.Encoding
	fonts   map[int]encoding.Encoding // by their numbers
	table   bool                      // the hidden group is that of the fonts
	usual   int                       // the font of text that names none
}

// An rtfGroup is what ends with a group.
type rtfGroup struct {
	standIns uint8 // how many characters stand in for one that is given by number
	font     int
}

func (r *rtfReader) step() {
	c := r.data[0]
	r.data = r.data[1:]
	switch c {
	case '{':
		r.fresh = true
		r.skip, r.lead = 0, 0
		r.outer = append(r.outer, r.rtfGroup)
		if r.hidden > 0 {
			r.hidden++
		}
		return
	case '}':
		r.skip, r.lead = 0, 0
		if last := len(r.outer) - 1; last >= 0 {
			r.rtfGroup, r.outer = r.outer[last], r.outer[:last]
		}
		if r.hidden > 0 {
			r.hidden--
			r.table = r.table && r.hidden > 0
		}
	case '\\':
		r.control()
		return
	case '\r', '\n':
	default:
		r.byte(c)
	}
	r.fresh = false
}

// byte adds a letter, or the first or second half of one.
func (r *rtfReader) byte(c byte) {
	if r.skip > 0 {
		r.skip--
		return
	}
	if c < utf8.RuneSelf && r.lead == 0 || r.hidden > 0 {
		r.char(rune(c))
		return
	}
	letters := r.fonts[r.font]
	if letters == nil {
		letters = r.letters
	}
	if m, ok := letters.(*charmap.Charmap); ok {
		r.char(m.DecodeByte(c))
		return
	}
	code := []byte{c}
	if r.lead > 0 {
		code = []byte{r.lead, c}
	}
	text, _ := letters.NewDecoder().Bytes(code) // decoders replace what is wrong
	if string(text) == "\ufffd" && r.lead == 0 {
		r.lead = c
		return
	}
	r.lead = 0
	for _, letter := range string(text) {
		r.char(letter)
	}
}

func (r *rtfReader) char(c rune) {
	if r.skip > 0 {
		r.skip--
		return
	}
	if r.hidden == 0 {
		r.out.WriteRune(c)
	}
}

// control reads what follows a backslash.
func (r *rtfReader) control() {
	if len(r.data) == 0 {
		return
	}
	fresh := r.fresh
	r.fresh = false
	c := r.data[0]
	n := 0
	for n < len(r.data) && n < 32 && 'a' <= r.data[n]|0x20 && r.data[n]|0x20 <= 'z' {
		n++
	}
	if c != '\'' {
		r.lead = 0
	}
	if n == 0 {
		r.data = r.data[1:]
		switch c {
		case '\'':
			if len(r.data) >= 2 {
				if v, err := strconv.ParseUint(string(r.data[:2]), 16, 8); err == nil {
					r.byte(byte(v))
				}
				r.data = r.data[2:]
			}
		case '*':
			r.hide(fresh)
		case '~':
			r.char(' ')
		case '_':
			r.char('-')
		case '\\', '{', '}':
			r.char(rune(c))
		case '\r', '\n':
			r.char('\n')
		}
		return
	}
	word := string(r.data[:n])
	r.data = r.data[n:]
	n = 0
	for n < len(r.data) && n < 11 && (r.data[n] == '-' && n == 0 || '0' <= r.data[n] && r.data[n] <= '9') {
		n++
	}
	param, _ := strconv.Atoi(string(r.data[:n])) // 0 without one
	r.data = r.data[n:]
	if len(r.data) > 0 && r.data[0] == ' ' {
		r.data = r.data[1:]
	}
	r.word(word, param, fresh)
}

func (r *rtfReader) word(word string, param int, fresh bool) {
	switch word {
	case "par", "line", "row", "sect", "page":
		r.skip = 0
		r.char('\n')
	case "tab", "cell":
		r.char('\t')
	case "u":
		r.skip = 0
		r.char(rune(uint16(param)))
		r.skip = int(r.standIns)
	case "uc":
		r.standIns = uint8(min(max(0, param), 255))
	case "mac":
		r.letters = charmap.Macintosh
	case "pc":
		r.letters = charmap.CodePage437
	case "ansicpg":
		if e := codepage(param); e != nil {
			r.letters = e
		}
	case "deff":
		r.usual, r.font = param, param
	case "f":
		r.font = param
	case "plain":
		r.font = r.usual
	case "fcharset":
		if page := fontCharsets[param]; r.table && page > 0 {
			r.fonts[r.font] = codepage(page)
		}
	case "cpg":
		if r.table {
			r.fonts[r.font] = codepage(param)
		}
	case "bin":
		r.data = r.data[min(len(r.data), max(0, param)):]
	case "fonttbl":
		r.table = fresh && r.hidden == 0
		r.hide(fresh)
	case "colortbl", "stylesheet", "info", "pict", "object", "themedata", "datastore", "latentstyles":
		r.hide(fresh)
	case "fldinst", "htmltag":
		// Hidden from readers, but addresses of links stand in it.
		r.hidden = 0
		r.char(' ')
	}
}

// fontCharsets are the code pages of what fonts say of their letters; what is not
// here says nothing.
var fontCharsets = map[int]int{
	0: 1252, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250,
}

// codepage returns the letters of a code page; nil for UTF-8.
func codepage(n int) encoding.Encoding { return lookupCharset(codepageCharset(uint32(n))) }

// hide leaves out the rest of the group that has just begun.
func (r *rtfReader) hide(fresh bool) {
	if fresh && r.hidden == 0 {
		r.hidden = 1
	}
}
