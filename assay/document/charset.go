package document

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	stdunicode "unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

const (
	utf16LE = "utf-16le"
	utf16BE = "utf-16be"
	utf32LE = "utf-32le"
	utf32BE = "utf-32be"
	// What the Web takes for Latin 1, which it contains.
	fallbackCharset = "windows-1252"
)

// detectCharset returns the charset of a text that begins with head, empty for
// UTF-8, ASCII, and whatever cannot be told from binary data.
func detectCharset(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return ""
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")):
		return utf32LE
	case bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")):
		return utf32BE
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16LE
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16BE
	case bytes.IndexByte(head, 0) >= 0:
		return unmarkedUTF16(head)
	case bytes.HasPrefix(head, []byte("\x1b$")), bytes.Contains(head, []byte("\x1b$B")):
		return "iso-2022-jp"
	}
	if wellFormed, broken := countUTF8(head); broken == 0 || wellFormed >= broken {
		return ""
	}
	if _, binary := isBinary(head); binary {
		return ""
	}
	return guessCharset(head)
}

// unmarkedUTF16 recognises UTF-16 without a mark at its start, as Windows
// programs write it: of text in a Western language every other byte is zero, of
// others those of blanks and signs are, and all the rest are letters.
func unmarkedUTF16(head []byte) string {
	var zero [2]int
	for i, c := range head {
		if c == 0 {
			zero[i&1]++
		}
	}
	pairs := len(head) / 2
	name, zeros := utf16LE, zero[1]
	if zero[1] == 0 {
		name, zeros = utf16BE, zero[0]
	}
	if pairs < 4 || zero[0] > 0 && zero[1] > 0 {
		return ""
	}
	if zeros > pairs*3/4 {
		return name
	}
	const enough, seldom = 16, 20 // for chance to play no part; of a blank
	known := http.DetectContentType(head) != "application/octet-stream"
	if known || pairs < enough || zeros < pairs/seldom || bytes.ContainsFunc(decodeHead(head[:2*pairs], name), isNoText) {
		return ""
	}
	return name
}

// isNoText reports whether texts do not have a character.
func isNoText(r rune) bool {
	return r == utf8.RuneError || !stdunicode.IsPrint(r) && !stdunicode.IsSpace(r) && r != 0xfeff
}

// countUTF8 counts the characters beyond ASCII that are encoded well and the
// bytes that are not. A character that head cuts off is neither.
func countUTF8(head []byte) (wellFormed, broken int) {
	for len(head) > 0 {
		if head[0] < utf8.RuneSelf {
			head = head[1:]
			continue
		}
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 {
			if len(head) < utf8.UTFMax && !utf8.FullRune(head) {
				break
			}
			broken++
		} else {
			wellFormed++
		}
		head = head[n:]
	}
	return wellFormed, broken
}

// guessCharset decides by the frequencies of letters. A few of them say
// nothing, and then the most common charset of all is the best guess.
func guessCharset(head []byte) string {
	const enough = 8
	high := 0
	for _, c := range head {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	if high < enough {
		return fallbackCharset
	}
	// Ignoring ASCII keeps the indicators themselves from deciding.
	best, err := chardet.NewTextDetector().DetectBest(head)
	if err != nil || best.Confidence < 20 {
		return fallbackCharset
	}
	if e, name := charset.Lookup(best.Charset); e != nil && name != "utf-8" && name != "replacement" {
		return name
	}
	return fallbackCharset
}

// lookupCharset returns the encoding of that name, nil for UTF-8 and names
// that nobody knows.
func lookupCharset(name string) encoding.Encoding {
	switch name {
	case "", "utf-8":
		return nil
	case utf16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case utf16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case utf32LE:
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	case utf32BE:
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	if e == encoding.Replacement {
		return charmap.Windows1252 // what refuses to be decoded is no use here
	}
	return e
}

// decodeHead decodes the start of a text, to be looked at.
func decodeHead(head []byte, name string) []byte {
	e := lookupCharset(name)
	if e == nil {
		return head
	}
	text, _, _ := transform.Bytes(e.NewDecoder(), head) // decoders replace what is wrong
	return text
}

// decodeText returns data as UTF-8. A byte that is none becomes the control
// character that stands for that, so that what follows keeps its place.
func decodeText(data []byte, name string) string {
	e := lookupCharset(name)
	if e == nil {
		return validText(data)
	}
	out, _, err := transform.Bytes(e.NewDecoder(), data)
	if err != nil {
		return validText(data)
	}
	return string(bytes.TrimPrefix(out, []byte("\ufeff")))
}

func validText(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	const substitute = 0x1a
	out := slices.Clone(data)
	for i := 0; i < len(out); {
		r, n := utf8.DecodeRune(out[i:])
		if r == utf8.RuneError && n == 1 {
			out[i] = substitute
		}
		i += n
	}
	return string(out)
}

// A TextReader reads a text as UTF-8 and remembers where each character stands
// in the file.
type TextReader struct {
	r      io.Reader
	width  func(rune) int // of a character in the file
	dec    *encoding.Decoder
	src    []byte // of the file, not yet decoded
	out    []byte // decoded, not yet read
	err    error
	blocks []textBlock
	at     int64 // offset in the file of src
	given  int64 // bytes that were read of the text
}

// textBlock is a run of text whose place in the file is known.
type textBlock struct {
	start, file int64 // offsets in the text and in the file
	text        []byte
}

// NewTextReader returns a reader of r in the charset that [Sniff] found.
func NewTextReader(r io.Reader, charset string) *TextReader {
	t := &TextReader{r: r}
	e := lookupCharset(charset)
	if e == nil {
		return t
	}
	t.dec = e.NewDecoder()
	t.width = widthIn(charset, e)
	return t
}

// widthIn returns how many bytes a character takes in a charset.
func widthIn(name string, e encoding.Encoding) func(rune) int {
	switch name {
	case utf16LE, utf16BE:
		return func(r rune) int { return 2 * max(1, utf16.RuneLen(r)) }
	case utf32LE, utf32BE:
		return func(rune) int { return 4 }
	case "iso-2022-jp": // besides its escapes
		return func(r rune) int { return 1 + min(1, int(r)/utf8.RuneSelf) }
	}
	if _, ok := e.(*charmap.Charmap); ok {
		return func(rune) int { return 1 }
	}
	enc := e.NewEncoder()
	return func(r rune) int {
		if r < utf8.RuneSelf {
			return 1
		}
		b, err := enc.String(string(r))
		if err != nil {
			return 1
		}
		return len(b)
	}
}

// Read reads the text as UTF-8. Where the file is UTF-8 already, its bytes come
// as they are, wrong ones too.
func (t *TextReader) Read(p []byte) (int, error) {
	if t.dec == nil {
		return t.r.Read(p)
	}
	for len(t.out) == 0 && t.err == nil {
		t.fill()
	}
	if len(t.out) == 0 {
		return 0, t.err
	}
	n := copy(p, t.out)
	t.out = t.out[n:]
	t.given += int64(n)
	return n, nil
}

// blockLen is how much of the file is decoded at a time: a sum of widths goes
// wrong with the first damaged character, and right again with the next block.
const blockLen = 16 << 10

func (t *TextReader) fill() {
	buf := make([]byte, blockLen)
	copy(buf, t.src)
	n, err := io.ReadFull(t.r, buf[len(t.src):])
	buf = buf[:len(t.src)+n]
	last := err != nil
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	t.err = err
	text := make([]byte, 3*len(buf)+utf8.UTFMax)
	nDst, nSrc, _ := t.dec.Transform(text, buf, last) // stops before a character that buf cuts off
	if last && nSrc < len(buf) {
		nSrc = len(buf)
	}
	if nSrc == 0 && !last { // never: a block is longer than any character
		nSrc = len(buf)
	}
	text = text[:nDst]
	file := t.at
	t.at += int64(nSrc)
	t.src = append(t.src[:0], buf[nSrc:]...)
	if file == 0 {
		if rest, ok := bytes.CutPrefix(text, []byte("\ufeff")); ok {
			file, text = int64(t.width('\ufeff')), rest
		}
	}
	start := t.given
	t.blocks = append(t.blocks, textBlock{start: start, file: file, text: text})
	t.out = text
}

// Offset returns where the text's byte at offset stands in the file. Offsets
// have to be asked for in order: what lies before the last one is forgotten.
// back says how far the next may lie behind it.
func (t *TextReader) Offset(offset int64, back int64) int64 {
	if t.dec == nil {
		return offset
	}
	drop := 0
	for drop+1 < len(t.blocks) && t.blocks[drop+1].start <= offset-back {
		drop++
	}
	t.blocks = t.blocks[drop:]
	i := 0
	for i+1 < len(t.blocks) && t.blocks[i+1].start <= offset {
		i++
	}
	if len(t.blocks) == 0 {
		return offset
	}
	b := &t.blocks[i]
	file := b.file
	text := b.text[:min(int64(len(b.text)), max(0, offset-b.start))]
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		file += int64(t.width(r))
		text = text[n:]
	}
	// Where a charset writes more than its characters, or a character was
	// damaged, the sum is no further off than the block.
	if i+1 < len(t.blocks) {
		return min(file, t.blocks[i+1].file)
	}
	return min(file, t.at)
}
