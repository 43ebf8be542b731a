package document

import (
	"strings"
	"testing"
)

func TestUnfilter(t *testing.T) {
	f := &pdfFile{walker: newWalker(Limits{}.orDefault(), nil)}
	for _, tt := range []struct{ name, params, data, want string }{
		{"", "", "plain", "plain"},
		{"ASCIIHexDecode", "", "7465 78\n74>what follows", "text"},
		{"ASCIIHexDecode", "", "7", "p"},
		{"ASCII85Decode", "", "<~6<#'UFCf]\n=.3MT)+@T6~>", "BT (text) Tj ET"},
		{"ASCII85Decode", "", "6<#'UFCf]=.3MT)+@T6", "BT (text) Tj ET"},
		{"RunLengthDecode", "", "\x03text\xfd!\x80what follows", "text!!!!"},
		{"RunLengthDecode", "", "\x09cut off", "cut off"},
		{"FlateDecode", "", "\x78\x9c\x2b\x49\xad\x28\x01\x00\x00\x00\x00\x00", "text"}, // the sum is wrong
		{"Fl", "", "\x78\x9c\x2b\x49\xad\x28", "tex"},
		// The example of ISO 32000-1, 7.4.4.2.
		{"LZWDecode", "", "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"},
		{"LZWDecode", "<</EarlyChange 0>>", "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"},
		{"LZWDecode", "", "\xff\xff\xff", ""},
		// Rows of three bytes, one for each kind: none, left, above, their mean, Paeth.
		{"RunLengthDecode", "<</Predictor 15/Columns 3>>", "\x13\x00abc\x01a\x01\x01\x02\x01\x00\x00\x03\x32\x01\x01\x04\x00\x00\x01\x80", "abcabcbbcccdcce"},
		{"RunLengthDecode", "<</Predictor 12/Columns 3>>", "\x05\x02abc\x02\x01\x80", "abcb"}, // cut off
		{"RunLengthDecode", "<</Predictor 2/Columns 3>>", "\x05a\x01\x01x\x01\x01\x80", "abcxyz"},
		{"RunLengthDecode", "<</Predictor 2/Columns 2/Colors 2>>", "\x03ab\x01\x01\x80", "abbc"},
		{"RunLengthDecode", "<</Predictor 12/Columns 99999999999/Colors 99999999999/BitsPerComponent 99999999999>>", "\x02\x02ab\x80", "ab"},
	} {
		l := lexer{b: []byte(tt.params)}
		got, err := f.unfilter(tt.name, pdfValue{file: f, data: l.object(0)}, []byte(tt.data))
		if string(got) != tt.want {
			t.Errorf("%s of %q with %s: got %q, %v, want %q", tt.name, tt.data, tt.params, got, err, tt.want)
		}
	}
	if _, err := f.unfilter("DCTDecode", pdfValue{file: f}, nil); err == nil || !strings.Contains(err.Error(), "DCTDecode") {
		t.Errorf("got %v, want what it is", err)
	}
}

// A code of LZW grows early, and the table starts anew when it is full.
func TestLZWIsLong(t *testing.T) {
	for _, early := range []int{0, 1} {
		want := strings.Repeat("a line of a drawing, and one more\n", 3000) + strings.Repeat("x", 9000)
		l := lexer{b: []byte("<</EarlyChange " + string(rune('0'+early)) + ">>")}
		f := &pdfFile{walker: newWalker(Limits{}.orDefault(), nil)}
		got, err := f.unfilter("LZW", pdfValue{file: f, data: l.object(0)}, lzw(want, early))
		if err != nil || string(got) != want {
			t.Errorf("early %d: got %d bytes, %v, want %d", early, len(got), err, len(want))
		}
	}
}

// lzw compresses as simply as it can be done.
func lzw(text string, early int) []byte {
	var out []byte
	bits, have, width := 0, 0, 9
	put := func(code int) {
		bits, have = bits<<width|code, have+width
		for ; have >= 8; have -= 8 {
			out = append(out, byte(bits>>(have-8)))
		}
		bits &= 1<<have - 1
	}
	codes := map[string]int{}
	reset := func() {
		put(256)
		width = 9
		clear(codes)
		for i := range 256 {
			codes[string([]byte{byte(i)})] = i
		}
	}
	next := 258
	reset()
	word := ""
	for i := range len(text) {
		longer := word + text[i:i+1]
		if _, ok := codes[longer]; ok {
			word = longer
			continue
		}
		put(codes[word])
		codes[longer] = next
		next++
		if next-1+early >= 1<<width && width < 12 {
			width++
		}
		if next == 4095 {
			reset()
			next = 258
		}
		word = text[i : i+1]
	}
	put(codes[word])
	put(257)
	return append(out, byte(bits<<(8-have)))
}

func TestGlyphText(t *testing.T) {
	for name, want := range map[string]string{
		"a": "a", "period": ".", "bracketleft": "[", "eacute": "é", "Aring": "Å", "acircumflexacute": "ấ", "gcommaaccent": "ģ", "f_i": "fi",
		"ffl": "ffl", "hyphen.case": "-", "uni0041": "A", "uni00410042": "AB", "u1F600": "😀", "afii10017": "А", "afii10071": "ё", "afii10110": "ў",
		"Omega": "Ω", "alphatonos": "ά", "germandbls": "ß", "g37": "", ".notdef": "", "uniXYZW": "", "u110000": "", "aacuteacute": "",
	} {
		if got := glyphText(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// Objects are read as they are meant, and what is none is no reason to stop.
func TestPDFObject(t *testing.T) {
	f := &pdfFile{}
	show := func(v pdfValue) string { return v.text() + v.name() }
	for _, tt := range []struct {
		in, key, want string
	}{
		{"<</A(x)/B/y>>", "A", "x"},
		{"<</A(x)/B/y>>", "B", "y"},
		{"<</A 1 junk /B/y", "B", "y"},
		{"<</A[1 2/B/z[]<<>>>>/B(y)>>", "B", ""},
		{"<</A<</B(in)>>/B<6f7574>>>", "B", "out"},
		{"<</A 1 0 R/B(y)>>", "B", "y"},
		{"<</B(\xfe\xff\x04\x35)>>", "B", "е"},
		{"<</B(\xef\xbb\xbf\xd0\xb5)>>", "B", "е"},
		{"<</B(\x84\xe9)>>", "B", "—é"},
		{"<</A/B/B>>", "B", ""},
		{"<</A (a\\)b) % B(no)\n/B(yes)>>", "B", "yes"},
		{strings.Repeat("<</B", 100_000), "B", ""},
		{"<</B" + strings.Repeat("[", 100_000), "B", ""},
	} {
		l := lexer{b: []byte(tt.in)}
		if got := show(pdfValue{file: f, data: l.object(0)}.key(tt.key)); got != tt.want {
			t.Errorf("%.40s: got %q, want %q", tt.in, got, tt.want)
		}
	}
}
