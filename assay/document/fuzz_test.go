package document

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	dt "github.com/retort-go/retort/assay/document/documenttest"
)

// counter is a sink that holds a walker to what it promises.
type counter struct {
	t     *testing.T
	bytes int64
	parts int
}

func (c *counter) begin(p Part) error {
	c.parts++
	if len(p.Path) == 0 {
		c.t.Error("a part without a path")
	}
	return nil
}

func (c *counter) text(s string) error {
	c.bytes += int64(len(s))
	if !utf8.ValidString(s) {
		c.t.Errorf("text that is not UTF-8: %q", s)
	}
	return nil
}

func (*counter) skip([]string, string) error { return nil }
func (*counter) problem(*Error) error        { return nil }

var fuzzLimits = Limits{Text: 1 << 16, Expanded: 1 << 20, Ratio: 50, Parts: 50, Depth: 3}.orDefault()

// FuzzReaders runs the readers that are written here. Those of libraries can
// end the process, which is what the jail is for.
func FuzzReaders(f *testing.F) {
	for _, seed := range []string{
		"<html><p>x<a href='http://evil.example'>y</a><script>z</script><pre>a\nb", dt.GZIP("", "text"),
		dt.ZIP(dt.File{Name: "a.txt", Data: "x"}), dt.DOCX([]string{"x"}, []string{"http://evil.example"}),
		dt.XLSX("s", []string{"a", "b"}), dt.PPTX("one"), "\xff\xfea\x00", "caf\xe9", `{\rtf1\ansicpg1251 \'ef\par {\*\fldinst x}}`, `{"type":"bundle","objects":[]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		switch kind := Sniff(data); kind.MediaType {
		case typePDF, typeMSG, typeMail:
			return
		}
		walk(t, file{name: "x", data: data})
	})
}

// FuzzMail runs the reader of mail, and with it a library that does not end the
// process.
func FuzzMail(f *testing.F) {
	f.Add([]byte(dt.Mail("=?utf-8?q?x?=", "text", "<p>page", dt.File{Name: "a.zip", Data: dt.ZIP(dt.File{Name: "b", Data: "x"})})))
	f.Add([]byte("From a\nReceived: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nTo: x\n\n--b--\n\nFrom b\n\nx"))
	f.Fuzz(func(t *testing.T, data []byte) { walk(t, file{name: "x.eml", data: data, mediaType: typeMail}) })
}

// FuzzMSG runs the reader of Outlook's messages.
func FuzzMSG(f *testing.F) {
	f.Add([]byte(dt.MSG(dt.Message{Subject: "s", Body: "b", HTML: "<p>x", Attached: []dt.File{{Name: "a.txt", Data: "x"}}, Messages: []dt.Message{{Subject: "in"}}})))
	f.Fuzz(func(t *testing.T, data []byte) {
		if Sniff(data).MediaType == typeMSG {
			walk(t, file{name: "x.msg", data: data})
		}
	})
}

// walk reads a file as the child does.
func walk(t *testing.T, f file) {
	c := &counter{t: t}
	_ = newWalker(fuzzLimits, c).open(f)
	if c.bytes > fuzzLimits.Text || c.parts > fuzzLimits.Parts {
		t.Errorf("got %d bytes in %d parts", c.bytes, c.parts)
	}
}

// FuzzSniff says the same of a file whatever stands behind what it looks at, and
// what it says of a charset can be read.
func FuzzSniff(f *testing.F) {
	f.Add([]byte("\xff\xfea\x00"))
	f.Add([]byte("\x1b$B%F%9%H\x1b(B evil.example"))
	f.Fuzz(func(t *testing.T, data []byte) {
		kind := Sniff(data)
		if !kind.Text {
			return
		}
		r := NewTextReader(strings.NewReader(string(data)), kind.Charset)
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		for at := range string(text) {
			offset := r.Offset(int64(at), 0)
			if offset < last || offset > int64(len(data)) {
				t.Fatalf("%q: byte %d of the text is byte %d of the file, after %d", kind.Charset, at, offset, last)
			}
			last = offset
		}
	})
}

// FuzzDrawing follows any program for pages and fonts.
func FuzzDrawing(f *testing.F) {
	f.Add([]byte("BT /F1 12 Tf 1 0 0 1 72 720 Tm [(a) -200 (b)] TJ T* (c\\051) ' ET"))
	f.Add([]byte("1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <00> <7f> <0041> endbfrange"))
	f.Add([]byte("BI /W 1 ID \x00\x01 EI q 1 0 0 1 0 0 cm Q << /A [<<>>] >> BDC [[[[("))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := parseCMap(data)
		if len(m.text) > maxCMap {
			t.Errorf("got %d codes", len(m.text))
		}
		r := &pdfReader{pdfFile: &pdfFile{walker: newWalker(fuzzLimits, &counter{t: t})}, fonts: map[pdfRef]*pdfFont{}}
		layout := &pageLayout{}
		c := &canvas{pdfReader: r, layout: layout, left: maxForms}
		c.g.font = &pdfFont{toUnicode: m, wide: true}
		c.run(data, pdfValue{file: r.pdfFile}, 0)
		_ = layout.String()
	})
}

// FuzzPDF reads any file. What a reader of its own could not survive, the jail
// still does; but nothing here panics, and no reference leads in a circle.
func FuzzPDF(f *testing.F) {
	f.Add([]byte(dt.PDF("one", "two")))
	f.Add([]byte("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Kids[2 0 R 3 0 R]>>endobj 3 0 obj<</Contents[4 0 R]/Annots[<</A<</URI(x)>>>>]>>endobj 4 0 obj<</Length 4 0 R>>stream\nBT (x) Tj ET endstream"))
	f.Add([]byte("%PDF-1.7\n5 0 obj\n<</Type/ObjStm/N 2/First 9>>stream\n1 0 2 25 <</Type/Catalog/Pages 2 0 R>><</Kids[]>>endstream trailer<</Root 1 0 R/Prev 9>>startxref 9"))
	for _, name := range []string{"rc4-40", "aes-128", "aes-256", "aes-256-r5"} {
		data, err := os.ReadFile("testdata/encrypted/" + name + ".pdf")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &counter{t: t}
		w := newWalker(fuzzLimits, c)
		if Sniff(data).MediaType != typePDF {
			return
		}
		w.path = []string{"x.pdf"}
		_ = w.readPDF(data) // not through the walk, which would hide a panic
	})
}

// FuzzJSON agrees with the standard library on what is JSON and what its
// strings are, and every string stands where it is said to.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":["x\u00e9\ud83d\ude00\n",1,true,null,{"b":"\/"}]}`)
	f.Add(`"\ud800"`)
	f.Fuzz(func(t *testing.T, s string) {
		values, ok := jsonValues(Part{Path: []string{"x"}, Text: s})
		if !ok {
			return
		}
		for _, p := range values {
			raw, from, to := p.Place(0, len(p.Text))
			if s[from:to] != raw {
				t.Errorf("%q: got %q at %d:%d", s, raw, from, to)
			}
			if !utf8.ValidString(s) {
				continue
			}
			var want string
			if err := json.Unmarshal([]byte(`"`+raw+`"`), &want); err != nil || want != p.Text {
				t.Errorf("%q: got %q, want %q, %v", raw, p.Text, want, err)
			}
		}
	})
}

// FuzzRTF unpacks and reads any RTF.
func FuzzRTF(f *testing.F) {
	f.Add([]byte(`{\rtf1{\fonttbl x}\u1087?\'e9\par {\*\fldinst HYPERLINK "x"}\bin3 abc}`))
	f.Add([]byte(`{\rtf1\mac\deff1{\fonttbl{\f1\fcharset128 a;}{\f2\cpg54936 b;}}\'83e\f2\'81\'30\'81\'30\plain\u8211?}`))
	f.Add([]byte("\x20\x00\x00\x00\x20\x00\x00\x00LZFu\x00\x00\x00\x00\x03\x00ab\x00\x12"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 1 << 16
		text, err := unpackRTF(data, most)
		if err == nil && len(text) > max(most+64, len(data)) {
			t.Errorf("got %d bytes", len(text))
		}
		_ = rtfText(data)
		_ = rtfText(text)
	})
}

// BenchmarkRead is what a document costs with the jail, and the same without.
func BenchmarkRead(b *testing.B) {
	for _, bb := range []struct{ name, data string }{
		{"zip", dt.ZIP(dt.File{Name: "a.txt", Data: "text"})},
		{"pdf", dt.PDF(strings.Repeat("a line of a report, 203.0.113[.]7\n", 50), "two", "three")},
	} {
		b.Run(bb.name+"/jail", func(b *testing.B) {
			for b.Loop() {
				if _, err := Read(b.Context(), strings.NewReader(bb.data), Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bb.name+"/bare", func(b *testing.B) {
			for b.Loop() {
				c := &collector{root: "x", limits: Limits{}.orDefault()}
				if err := newWalker(c.limits, c).open(file{name: "x", data: []byte(bb.data)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
