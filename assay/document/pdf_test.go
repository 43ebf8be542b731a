package document_test

import (
	"os"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/document"
	dt "github.com/retort-go/retort/assay/document/documenttest"
)

// Whatever a file is encrypted with, an empty password opens it. The files are
// made of documenttest.PDF by qpdf: see testdata/encrypted/README.md.
func TestEncryptedPDF(t *testing.T) {
	const want = "[page 1 of a.pdf] 1\npage one\nhxxp://evil[.]example (x)\n[page 2 of a.pdf] 2\npage two 203.0.113[.]7\n"
	files, err := os.ReadDir("testdata/encrypted")
	if err != nil || len(files) < 8 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, f := range files {
		name, isPDF := strings.CutSuffix(f.Name(), ".pdf")
		if !isPDF {
			continue
		}
		data, err := os.ReadFile("testdata/encrypted/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		d, err := read(t, "a.pdf", string(data), document.Limits{})
		if name == "password" {
			if err == nil || err.Error() != "a.pdf: it is encrypted and needs a password" {
				t.Errorf("%s: got %v, want it to ask for a password", name, err)
			}
			continue
		}
		if got := outline(d); err != nil || got != want {
			t.Errorf("%s: got %v\n%s", name, err, got)
		}
		// The places of its objects are found without its table, too.
		damaged := strings.Replace(string(data), "startxref", "startxxxx", 1)
		if d, err = read(t, "a.pdf", damaged, document.Limits{}); err != nil || outline(d) != want {
			t.Errorf("%s without its table: got %v\n%s", name, err, outline(d))
		}
	}
	_, err = read(t, "a.pdf", dt.PDFObjects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]>>")+
		"trailer<</Root 1 0 R/Encrypt<</Filter/Adobe.PubSec/V 4>>>>startxref\n"+"9999\n%%EOF", document.Limits{})
	if want := "a.pdf: it is encrypted in a way that is not read: Adobe.PubSec"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// page is a PDF of one page with that drawing.
func page(drawing string, others ...string) string {
	return dt.PDFObjects(append([]string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Contents 4 0 R>>", drawing,
	}, others...)...)
}

// What viewers show of a file that is damaged is read.
func TestDamagedPDF(t *testing.T) {
	const drawing = "BT (text) Tj ET"
	whole := page(dt.Stream("", drawing))
	for _, tt := range []struct{ name, data string }{
		{"whole", whole},
		{"another version", strings.Replace(whole, "%PDF-1.7", "%PDF-2.0", 1)},
		{"something before it", "\n\n" + whole},
		{"something behind it", whole + strings.Repeat("<html>", 1000)},
		{"no end", strings.TrimSuffix(whole, "%%EOF\n")},
		{"no table", whole[:strings.Index(whole, "xref")]},
		{"a table that counts from 1", strings.Replace(whole, "xref\n0 5\n0000000000 65535 f \n", "xref\n1 4\n", 1)},
		{"a table that is off", strings.Replace(whole, "%PDF-1.7\n", "%PDF-1.7\n%a comment that was added\n", 1)},
		{"a table that comes before itself", strings.Replace(whole, "trailer\n<<", "trailer\n<</Prev 10/XRefStm 9", 1)},
		{"a length that is too short", page("<</Length 3>>stream\n" + drawing + "\nendstream")},
		{"a length that is too long", page("<</Length 9999>>stream\r\n" + drawing + "\r\nendstream")},
		{"a length of itself", page("<</Length 4 0 R>>stream\n" + drawing + "\nendstream")},
		{"no length and no end", strings.TrimSuffix(page("<<>>stream\n"+drawing), "\n")},
		{"objects in a stream without a table", "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n3 0 obj\n" +
			dt.Stream("/Type/ObjStm/N 2/First 9", "2 0 5 36 <</Type/Pages/Kids[5 0 R]/Count 1>> <</Type/Page/Contents 4 0 R>>") +
			"\nendobj\n4 0 obj\n" + dt.Stream("", drawing) + "\nendobj\n"},
	} {
		d, err := read(t, "a.pdf", tt.data, document.Limits{})
		if got := outline(d); err != nil || got != "[page 1 of a.pdf] 1\ntext\n" {
			t.Errorf("%s: got %v\n%s", tt.name, err, got)
		}
	}
}

// What is drawn side by side is one word, unless there is a gap between, or one
// is the number of a footnote.
func TestPDFWords(t *testing.T) {
	for _, tt := range []struct{ name, drawing, want string }{
		{"pieces", "(evil) Tj (.example) Tj", "evil.example"},
		{"kerning", "[(ev) 40 (il) -30 (.example)] TJ", "evil.example"},
		{"a gap", "[(evil) -400 (.example)] TJ", "evil .example"},
		{"a ligature", "/L 10 Tf (o\\001ce.example) Tj", "office.example"},
		{"a ligature with a blank", "/L 10 Tf [(o\\001 ) 500 (ce.example)] TJ", "office.example"},
		{"a blank without room", "[(evil ) 500 (example)] TJ", "evil example"},
		{"a footnote", "(evil.example) Tj /F 6 Tf 4 Ts (12) Tj /F 10 Tf 0 Ts ( next) Tj", "evil.example 12 next"},
		{"a footnote before", "/F 6 Tf 4 Ts (1) Tj /F 10 Tf 0 Ts (a@evil.example) Tj", "1 a@evil.example"},
		{"small capitals", "(E) Tj /F 7 Tf (VIL) Tj", "EVIL"},
	} {
		drawing := dt.Stream("", "BT /F 10 Tf 72 720 Td "+tt.drawing+" ET")
		d, err := read(t, "a.pdf", dt.PDFObjects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			"<</Type/Page/Contents 4 0 R/Resources<</Font<</L<</Encoding<</Differences[1/ffi]>>>>>>>>>>", drawing), document.Limits{})
		if got := outline(d); err != nil || got != "[page 1 of a.pdf] 1\n"+tt.want+"\n" {
			t.Errorf("%s: got %v\n%s", tt.name, err, got)
		}
	}
}
