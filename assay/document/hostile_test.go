package document_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/assay/document"
	dt "github.com/retort-go/retort/assay/document/documenttest"
)

// zeros is a gzip of that many megabytes of zeros, about a thousandth of that.
func zeros(t testing.TB, mb int) string {
	t.Helper()
	return dt.GZIP("zeros.txt", strings.Repeat("0", mb<<20))
}

// nested wraps data n times.
func nested(n int, data string, wrap func(i int, data string) string) string {
	for i := range n {
		data = wrap(i, data)
	}
	return data
}

// overlapping is an archive of n files which all are the same compressed bytes:
// the kind of bomb that no ratio gives away, for each file is small.
func overlapping(t testing.TB, n, mb int) string {
	t.Helper()
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(strings.Repeat("0123456789abcdef", mb<<16))
	for i := range text { // a ratio of about 30, which a log may have
		if i%61 == 0 {
			text[i] = byte(i * i % 26)
		}
	}
	if _, err := w.Write(text); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	header := func(central bool) string {
		var b []byte
		u16 := func(v ...uint16) {
			for _, v := range v {
				b = binary.LittleEndian.AppendUint16(b, v)
			}
		}
		u32 := func(v ...uint32) {
			for _, v := range v {
				b = binary.LittleEndian.AppendUint32(b, v)
			}
		}
		u32(map[bool]uint32{false: 0x04034b50, true: 0x02014b50}[central])
		if central {
			u16(20)
		}
		u16(20, 0, 8, 0, 0)
		u32(0, uint32(deflated.Len()), uint32(len(text)))
		u16(1, 0)
		if central {
			u16(0, 0, 0)
			u32(0, 0)
		}
		return string(b) + "a"
	}
	local := header(false) + deflated.String()
	directory := strings.Repeat(header(true), n)
	var end []byte
	end = binary.LittleEndian.AppendUint32(end, 0x06054b50)
	for _, v := range []uint16{0, 0, uint16(n), uint16(n)} {
		end = binary.LittleEndian.AppendUint16(end, v)
	}
	end = binary.LittleEndian.AppendUint32(end, uint32(len(directory)))
	end = binary.LittleEndian.AppendUint32(end, uint32(len(local)))
	return local + directory + string(append(end, 0, 0))
}

// circle is a compound file whose table of sectors leads the stream back to its
// own start.
func circle() string {
	data := []byte(dt.MSG(dt.Message{Body: strings.Repeat("round and round ", 600)}))
	sectors := (len(data) - 512) / 512
	table := 512 * sectors // the last sector
	for i := range sectors {
		binary.LittleEndian.PutUint32(data[table+4*i:], uint32(max(0, i-1)))
	}
	return string(data)
}

// endless is a message whose body says that it has 2 GB.
func endless() string {
	data := dt.MSG(dt.Message{Body: "short"})
	at := strings.Index(data, dt.UTF16("__substg1.0_1000001F"))
	return data[:at+120] + "\xff\xff\xff\x7f" + data[at+124:]
}

// hostile are documents that are made to hurt their reader. Each is answered
// with its limit, or with an error that says what is wrong; the small limits
// keep the test short.
func hostile(t testing.TB) []hostileSample {
	forms := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>", dt.Stream("", "/F Do")}
	form := "/Type/XObject/Subtype/Form/Resources<</XObject<</F 5 0 R>>>>"
	return []hostileSample{
		{"bomb.gz", zeros(t, 40), "", document.LimitRatio},
		{"bomb.zip", dt.ZIP(file("a.txt", "before"), file("b.txt", strings.Repeat("0", 40<<20)), file("c.txt", "after")), "before after", document.LimitRatio},
		{"overlap.zip", overlapping(t, 400, 1), "", document.LimitExpanded},
		{"many.zip", dt.ZIP(slices.Repeat([]dt.File{file("a.txt", "x")}, 3000)...), "x", document.LimitParts},
		{"deep.zip", nested(20, "innermost", func(i int, data string) string {
			return dt.ZIP(file("beside", fmt.Sprint("level ", i)), file("in.zip", data))
		}), "level 19", document.LimitDepth},
		{"deep.gz", nested(200, "innermost", func(_ int, data string) string { return dt.GZIP("", data) }), "", document.LimitDepth},
		{"deep.eml", nested(20, "innermost", func(_ int, data string) string {
			return dt.Mail("x", "text", "", dt.File{Name: "in.eml", Data: data})
		}), "text", document.LimitDepth},
		{"multipart.eml", "Received: x\nFrom: a\nTo: b\nContent-Type: multipart/mixed; boundary=b0\n\n" + nested(2000, "innermost", func(i int, data string) string {
			return fmt.Sprintf("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n%s\n", 1999-i, 2000-i, data)
		}), "From", document.LimitTime},
		{"text.zip", dt.ZIP(file("a.txt", numbers(400_000)), file("b.txt", numbers(800_000)), file("c.txt", "too late")), "1000", document.LimitText},
		{"entities.docx", dt.ZIP(file("[Content_Types].xml", "<Types/>"), file("word/document.xml",
			`<!DOCTYPE x [<!ENTITY a "`+strings.Repeat("ha", 1000)+`">`+nested(9, "", func(i int, s string) string {
				return s + fmt.Sprintf(`<!ENTITY a%d "%s">`, i, strings.Repeat("&a;", 10))
			})+`]><w:document xmlns:w="w"><w:p><w:t>before &a8; after</w:t></w:p></w:document>`)), "before", ""},
		{"nesting.docx", dt.DOCXBody("<w:p><w:t>before</w:t></w:p>" + strings.Repeat("<w:p>", 100_000)), "before", document.LimitDepth},
		{"shared.xlsx", dt.XLSXParts("S", "<row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 20_000)+"</row>", "<si><t>"+strings.Repeat("text ", 20_000)+"</t></si>"), "text", document.LimitText},
		{"nesting.html", "<html><p>before" + strings.Repeat("<div>", 300_000) + "after", "after", ""},
		{"attribute.html", "<html><p>before<a href='http://" + strings.Repeat("a", 1<<20) + "'>", "before", ""},
		{"pages.pdf", dt.PDFObjects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R 3 0 R]/Count 9>>", "<</Type/Page/Contents 4 0 R>>",
			dt.Stream("", "BT (first) Tj ET")), "first", ""},
		{"branches.pdf", dt.PDFObjects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/A 1/Kids[3 0 R 3 0 R]>>", "<</Type/Pages/A 2/Kids[4 0 R 4 0 R]>>",
			"<</Type/Pages/A 3/Kids["+strings.Repeat("5 0 R ", 90_000)+"]>>", "<</Type/Pages/Kids[]>>"), "", document.LimitDepth},
		{"parents.pdf", dt.PDFObjects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1/Parent 2 0 R>>",
			"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>", dt.Stream("", "BT (text) Tj ET")), "text", ""},
		{"forms.pdf", dt.PDFObjects(append(forms, dt.Stream(form, strings.Repeat("/F Do ", 30)))...), "", document.LimitParts},
		{"length.pdf", dt.PDFObjects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Contents 4 0 R>>",
			"<</Length 9000000000000>>\nstream\nBT (text) Tj ET\nendstream"), "text", ""},
		{"kids.pdf", dt.PDFObjects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 9000000000/Kids"+strings.Repeat("[", 2_000_000)), "", ""},
		{"within.pdf", "%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 3/W[1 1 1]/Root 2 0 R/Length 9>>stream\n\x00\x00\x00\x01\x09\x00\x02\x02\x00\nendstream\nendobj\nstartxref\n9\n%%EOF", "", ""},
		{"size.pdf", "%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 90000000000000/W[1 1 1]/Root 1 0 R/Length 0>>stream\n\nendstream\nendobj\nstartxref\n9\n%%EOF", "", ""},
		{"table.pdf", "%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 9000000000/W[1 1 1]/Root 1 0 R/Length 0>>stream\n\nendstream\nendobj\nstartxref\n9\n%%EOF", "", ""},
		{"previous.pdf", "%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R/Padding(long enough to be looked at)/Prev 9>>\nstartxref\n9\n%%EOF", "", ""},
		{"bomb.pdf", dt.PDFObjects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Contents 4 0 R>>",
			dt.Stream("/Filter/FlateDecode", deflate(t, "BT (before) Tj ET "+strings.Repeat(" ", 40<<20)))), "", document.LimitRatio},
		{"twice.pdf", page(dt.Stream("/Filter[/FlateDecode/FlateDecode]", deflate(t, deflate(t, strings.Repeat(" ", 40<<20))))), "", document.LimitRatio},
		{"filters.pdf", page(dt.Stream("/Filter["+strings.Repeat("/FlateDecode", 100_000)+"]", "")), "", document.LimitDepth},
		{"predictor.pdf", page(dt.Stream("/Filter/ASCII85Decode/DecodeParms<</Predictor 15/Columns 2147483647/Colors 2147483647/BitsPerComponent 64>>", strings.Repeat("z", 1<<20))), "", ""},
		{"trailers.pdf", "%PDF-1.7\n" + strings.Repeat("trailer<</Root 1 0 R/A(", 200_000), "", ""},
		{"ends.pdf", "%PDF-1.7\n" + numbered(50_000, "%d 0 obj<</Type/ObjStm/N 9/First 99/Length 1 0 R>>stream\n endobj "), "", ""},
		{"references.pdf", "%PDF-1.7\n1 0 obj 2 0 R endobj 2 0 obj 1 0 R endobj " + numbered(50_000, "%[1]d 0 obj[%[1]d 0 R]endobj ") + "trailer<</Root 1 0 R>>", "", ""},
		{"tables.pdf", "%PDF-1.7\n" + numbered(100_000, "xref 0 0 trailer<</Prev %08d>>\n") + "startxref 9 %%EOF", "", ""},
		{"map.pdf", page(dt.Stream("", "BT /F 9 Tf <0041> Tj ET"), "<</Type/Font/Subtype/Type0/ToUnicode 6 0 R/DescendantFonts[<</W[0 99999999999 5 "+strings.Repeat("0 65535 6 ", 1000)+"]>>]>>",
			dt.Stream("", strings.Repeat("1 beginbfrange <0000><ffffffff><0041> endbfrange ", 1000))), "", ""},
		{"slides.pptx", dt.PPTX(make([]string, 20_000)...), "", ""},
		{"folded.eml", "Received: x\nFrom: a\nTo: b\nSubject: x\n" + strings.Repeat(" y\n", 100_000) + "\nbody", "body", ""},
		{"fonts.rtf", `{\rtf1{\fonttbl` + numbered(50_000, `{\f%d\fcharset128 x;}`) + "}" + strings.Repeat(`\'81`, 100_000) + "}", "", ""},
		{"circle.msg", circle(), "", ""},
		{"endless.msg", endless(), "", ""},
		{"storage.msg", dt.CFB(nested2(4000)), "", ""},
	}
}

// numbers is a text that compresses like a log.
func numbers(size int) string {
	var b strings.Builder
	for i := 1000; b.Len() < size; i++ {
		fmt.Fprintf(&b, "%d ", i*i%7919)
	}
	return "1000 " + b.String()[:size]
}

// numbered repeats a format with the numbers from 1 on.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i+1)
	}
	return b.String()
}

type hostileSample struct {
	name, data string
	text       string         // what is read all the same
	limit      document.Limit // that is hit; empty if none needs to be
}

// nested2 is a folder in folders.
func nested2(n int) dt.Entry {
	e := dt.Entry{Name: "in", Data: "x"}
	for range n {
		e = dt.Entry{Name: "in", Folder: true, Entries: []dt.Entry{e}}
	}
	return e
}

func deflate(t testing.TB, data string) string {
	t.Helper()
	gz := dt.GZIP("", data)
	// The same deflated data with the other header; nobody asks for its sum.
	return "\x78\x9c" + gz[10:len(gz)-8] + "\x00\x00\x00\x00"
}

var hostileLimits = document.Limits{Text: 1 << 20, Expanded: 64 << 20, Parts: 1000, Memory: 256 << 20}

func TestHostile(t *testing.T) {
	for _, tt := range hostile(t) {
		t.Run(tt.name, func(t *testing.T) {
			limits := hostileLimits
			if tt.limit == document.LimitTime {
				limits.Time = time.Second
			}
			d, err := read(t, tt.name, tt.data, limits)
			t.Logf("%d bytes: %v", len(tt.data), err)
			got := ""
			for _, p := range d.Parts {
				got += p.Text + " "
			}
			for word := range strings.FieldsSeq(tt.text) {
				if !strings.Contains(got, word) {
					t.Errorf("got %.200q, want %q, which can be read", got, word)
				}
			}
			if len(got) > int(hostileLimits.Text)+len(d.Parts) {
				t.Errorf("got %d bytes of text", len(got))
			}
			var all document.Errors
			if tt.limit == "" {
				if errors.As(err, &all) && slices.ContainsFunc(all, func(e *document.Error) bool { return e.Limit == document.LimitTime }) {
					t.Errorf("got %v, want it to be read in time", err)
				}
				return
			}
			// A loop that leaves garbage behind may be ended by either.
			hit := func(l document.Limit) bool {
				return l == tt.limit || tt.limit == document.LimitTime && l == document.LimitMemory
			}
			if !errors.As(err, &all) || !slices.ContainsFunc(all, func(e *document.Error) bool { return hit(e.Limit) && strings.HasSuffix(e.Path[0], tt.name) }) {
				t.Errorf("got %v, want an error about %s that names the limit of %s", err, tt.name, tt.limit)
			}
		})
	}
	checkMemory(t, hostileLimits.Memory)
}

// What was read before the end is told, and how much it was.
func TestReadUntilThen(t *testing.T) {
	many := dt.ZIP(slices.Repeat([]dt.File{file("a.txt", "12345")}, 20)...)
	d, err := read(t, "a.zip", many, document.Limits{Parts: 11})
	if want := "a.zip: the limit of number of parts was hit: more than 11; read until then: 10 parts, 50 bytes"; err == nil || err.Error() != want || len(d.Parts) != 10 {
		t.Errorf("got %v, %d parts, want %s", err, len(d.Parts), want)
	}
	_, err = read(t, "a.txt", "too long", document.Limits{Input: 7})
	if want := "a.txt: the limit of file size was hit: more than 7 bytes"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = document.Read(t.Context(), io.MultiReader(strings.NewReader(dt.PDF("one")), strings.NewReader("\n")), document.Options{Name: "ok.pdf"})
	if err != nil {
		t.Errorf("got %v after the others", err)
	}
}
