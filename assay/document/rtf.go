package document

import (
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// rtfText returns the words of an RTF document. It knows what separates words
// and lines and what is hidden from readers; the looks of them it drops.
func rtfText(data []byte) string {
	var b strings.Builder
	r := rtfReader{data: data, out: &b, letters: charmap.Windows1252, standIns: 1}
	for len(r.data) > 0 {
		r.step()
	}
	return b.String()
}

type rtfReader struct {
	data []byte
	out  *strings.Builder
	// hidden is how many groups are open since one whose text is not the
	// document's; 0 outside of such.
	hidden int
	fresh  bool // a group has just begun
	skip   int  // characters that stand in for one that was given by number
	// standIns is how many such there are; each group has its own number.
	standIns uint8
	outer    []uint8 // that of the groups around this one
	// letters are those of bytes beyond ASCII.
	letters *charmap.Charmap
}

func (r *rtfReader) step() {
	c := r.data[0]
	r.data = r.data[1:]
	switch c {
	case '{':
		r.fresh = true
		r.skip = 0
		r.outer = append(r.outer, r.standIns)
		if r.hidden > 0 {
			r.hidden++
		}
		return
	case '}':
		r.skip = 0
		if last := len(r.outer) - 1; last >= 0 {
			r.standIns, r.outer = r.outer[last], r.outer[:last]
		}
		if r.hidden > 0 {
			r.hidden--
		}
	case '\\':
		r.control()
		return
	case '\r', '\n':
	default:
		r.char(rune(c))
	}
	r.fresh = false
}

func (r *rtfReader) char(c rune) {
	if r.skip > 0 {
		r.skip--
		return
	}
	if r.hidden > 0 {
		return
	}
	if 0x80 <= c && c <= 0xff {
		c = r.letters.DecodeByte(byte(c))
	}
	r.out.WriteRune(c)
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
	if n == 0 {
		r.data = r.data[1:]
		switch c {
		case '\'':
			if len(r.data) >= 2 {
				if v, err := strconv.ParseUint(string(r.data[:2]), 16, 8); err == nil {
					r.char(rune(v))
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
	case "ansicpg":
		if m, ok := lookupCharset(codepageCharset(uint32(param))).(*charmap.Charmap); ok {
			r.letters = m
		}
	case "bin":
		r.data = r.data[min(len(r.data), max(0, param)):]
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "datastore", "latentstyles":
		r.hide(fresh)
	case "fldinst", "htmltag":
		// Hidden from readers, but addresses of links stand in it.
		r.hidden = 0
		r.char(' ')
	}
}

// hide leaves out the rest of the group that has just begun.
func (r *rtfReader) hide(fresh bool) {
	if fresh && r.hidden == 0 {
		r.hidden = 1
	}
}
