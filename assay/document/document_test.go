package document_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/retort-go/retort/assay/document"
	dt "github.com/retort-go/retort/assay/document/documenttest"
)

func read(t testing.TB, name, data string, l document.Limits) (*document.Document, error) {
	t.Helper()
	return document.Read(context.Background(), strings.NewReader(data), document.Options{Name: name, Limits: l})
}

// outline is a document as its parts' names and texts.
func outline(d *document.Document) string {
	var b strings.Builder
	for _, p := range d.Parts {
		fmt.Fprintf(&b, "[%s]", p.Name())
		if p.Page > 0 {
			fmt.Fprintf(&b, " %d", p.Page)
		}
		b.WriteString("\n" + strings.TrimRight(p.Text, "\n") + "\n")
	}
	for _, name := range d.Skipped {
		b.WriteString("skipped " + name + "\n")
	}
	return b.String()
}

const lyingHeaders = `Received: from mx.example.net by mail.example.org; Mon, 2 Mar 2026 10:00:00 +0000
From: "Billing" <billing@evil.example>
To: victim@example.org
Subject: x
Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <1@evil.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer`

func TestRead(t *testing.T) {
	stix := `{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","pattern":"[url:value = 'http:\/\/evil.example\/x']","n":1,"ok":true}]}`
	inner := dt.Mail("inner", "inner text", "")
	for _, tt := range []struct{ name, data, want string }{
		{"a.txt", "plain évil[.]example\r\n", "[a.txt]\nplain évil[.]example\r\n"},
		{"a.csv", "ioc,type\nevil.example,domain\n", "[a.csv]\nioc,type\nevil.example,domain\n"},
		{"a.md", "# Title\n<b>evil.example</b>", "[a.md]\n# Title\n<b>evil.example</b>\n"},
		{"wrong.pdf", "text all the same", "[wrong.pdf]\ntext all the same\n"},
		{"", "text", "[document]\ntext\n"},
		{"utf16.txt", "\xff\xfe" + dt.UTF16("wide évil.example"), "[utf16.txt]\nwide évil.example\n"},
		{"page.html", `<!doctype html><title>T</title><p>Go  to <a href="http://evil.example/x">our
 site</a>, <a href="http://same.example">http://same.example</a><br>or<img src="//cdn.example/p.png" alt="">evil<b>[.]</b>example<script>var u = "http://js.example";</script><table><tr><td>1<td>2</table><pre>a
b</pre>`, `[page.html]
T
Go to our site <http://evil.example/x> , http://same.example
or <//cdn.example/p.png> evil[.]example
1	2
a
b
[scripts of page.html]
var u = "http://js.example";
`},
		{"open.html", `<!doctype html><a href="http://evil.example/1">one<p><a href="http://evil.example/2"><img src="http://evil.example/3">
<div data-url="https://evil.example/4" xmlns:v="http://none.example/" style="background:url(//evil.example/5)"><style>p{} b{background:url('http://evil.example/6')}</style><style>p{}</style>`,
			`[open.html]
one
<http://evil.example/1> <http://evil.example/3>
<https://evil.example/4>
<http://evil.example/2>
[scripts of open.html]
background:url(//evil.example/5)
p{} b{background:url('http://evil.example/6')}
`},
		{"address.html", `<html>To: Jo <jo@evil.example><input value=me@victim.example><input value=OK><style>hidden http://evil.example/a</style>`,
			"[address.html]\nTo: Jo <jo@evil.example> <me@victim.example>\n[scripts of address.html]\nhidden http://evil.example/a\n"},
		{"latin.html", "<html><meta charset=iso-8859-1>caf\xe9</html>", "[latin.html]\ncafé\n"},
		{"a.log.gz", dt.GZIP("", "packed log"), "[a.log.gz > a.log]\npacked log\n"},
		{"b.gz", dt.GZIP("own.txt", "packed"), "[b.gz > own.txt]\npacked\n"},
		{"a.zip", dt.ZIP(file("dir/a.txt", "one"), file("b.html", "<html>two"), file("c.png", "\x89PNG\r\n\x1a\n\x00"), file("d.zip", dt.ZIP(file("e.txt", "three")))),
			"[a.zip > a.txt]\none\n[a.zip > b.html]\ntwo\n[a.zip > d.zip > e.txt]\nthree\nskipped a.zip > c.png\n"},
		{"a.docx", dt.DOCX([]string{"First & foremost", "203.0.113[.]7"}, []string{"http://link.example/?a=1&b=2"}),
			"[body of a.docx]\nFirst & foremost\n203.0.113[.]7\n[links of a.docx]\nhttp://link.example/?a=1&b=2\n"},
		{"table.docx", dt.DOCXBody(`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t><w:tab/><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:instrText>HYPERLINK "http://field.example"</w:instrText></w:r><w:r><w:t>shown</w:t></w:r></w:p>`),
			"[body of table.docx]\na\tb\tc\nHYPERLINK \"http://field.example\" shown\n"},
		{"a.xlsx", dt.XLSX("IOCs", []string{"ip", "203.0.113.7"}, []string{"url", "http://evil.example"}),
			"[sheet IOCs of a.xlsx]\nip\t203.0.113.7\nurl\thttp://evil.example\n"},
		{"cells.xlsx", dt.XLSXParts("S", `<row><c t="inlineStr"><is><t>in</t></is></c><c><v>3</v></c><c t="str"><f>HYPERLINK("http://f.example","x")</f><v>x</v></c><c t="s"><v>9</v></c></row>`, ""),
			"[sheet S of cells.xlsx]\nin\t3\tx =HYPERLINK(\"http://f.example\",\"x\")\n"},
		{"shapes.xlsx", dt.ZIP(file("[Content_Types].xml", "<Types/>"), file("xl/workbook.xml", "<workbook/>"), file("xl/drawings/drawing1.xml", "<a:p><a:t>Enable</a:t></a:p>"),
			file("xl/diagrams/data2.xml", "<a:p><a:t>Content</a:t></a:p>")), "[diagram 2 of shapes.xlsx]\nContent\n[drawing 1 of shapes.xlsx]\nEnable\n"},
		{"footer.docx", dt.DOCXBody(`<w:p><w:r><w:t>left</w:t><w:ptab/><w:t>right</w:t></w:r></w:p>`), "[body of footer.docx]\nleft\tright\n"},
		{"a.pptx", dt.PPTX("first slide", "second slide"), "[slide 1 of a.pptx] 1\nfirst slide\n[slide 2 of a.pptx] 2\nsecond slide\n"},
		{"a.pdf", dt.PDF("page one\nhxxp://evil[.]example (x)", "page two"), "[page 1 of a.pdf] 1\npage one\nhxxp://evil[.]example (x)\n[page 2 of a.pdf] 2\npage two\n"},
		{"a.eml", dt.Mail("=?utf-8?q?caf=C3=A9?=", "text body", "<p>page body <a href='http://l.example'>x</a>",
			file("report.zip", dt.ZIP(file("a.pdf", dt.PDF("one", "two")))), file("i.png", "\x89PNG\r\n\x1a\n"), file("inner.eml", inner)),
			`[headers of a.eml]
Received: from mx.example.net by mail.example.org; Mon, 2 Mar 2026 10:00:00 +0000
From: "Billing" <billing@evil.example>
To: victim@example.org
Subject: café
Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <1@evil.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer
[body of a.eml]
text body
[HTML body of a.eml]
page body x <http://l.example>
[a.eml > report.zip > page 1 of a.pdf] 1
one
[a.eml > report.zip > page 2 of a.pdf] 2
two
[a.eml > headers of inner.eml]
Received: from mx.example.net by mail.example.org; Mon, 2 Mar 2026 10:00:00 +0000
From: "Billing" <billing@evil.example>
To: victim@example.org
Subject: inner
Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <1@evil.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer
[a.eml > body of inner.eml]
inner text
skipped a.eml > i.png
`},
		{"m.mbox", "From a@b.example Mon Mar  2 10:00:00 2026\nReceived: x\nFrom: a@b.example\nSubject: one\n\nfirst\n\nFrom a@b.example Mon Mar  2 11:00:00 2026\nSubject: two\n\nsecond\n",
			"[m.mbox > headers of message 1.eml]\nReceived: x\nFrom: a@b.example\nSubject: one\n[m.mbox > body of message 1.eml]\nfirst\n[m.mbox > headers of message 2.eml]\nSubject: two\n[m.mbox > body of message 2.eml]\nsecond\n"},
		{"a.msg", dt.MSG(dt.Message{Subject: "Überweisung", From: "x@evil.example", Body: "text", HTML: "<p>page</p>", Headers: "X-Way: =?utf-8?q?=C3=A9?=\r\n",
			Attached: []dt.File{file("a.zip", dt.ZIP(file("x.txt", "attached "+strings.Repeat("x", 5000))))}, Messages: []dt.Message{{Subject: "inner", Body: "forwarded"}}}),
			"[headers of a.msg]\nSubject: Überweisung\nFrom: x@evil.example\nX-Way: é\n[body of a.msg]\ntext\n[HTML body of a.msg]\npage\n[a.msg > a.zip > x.txt]\nattached " +
				strings.Repeat("x", 5000) + "\n[a.msg > headers of inner.msg]\nSubject: inner\n[a.msg > body of inner.msg]\nforwarded\n"},
		{"cp.msg", dt.MSG(dt.Message{CodePage: 1251, Body: "\xef\xf0\xe8\xec\xe5\xf0.\xf0\xf4", HTML: "<p>\xef"}), "[body of cp.msg]\nпример.рф\n[HTML body of cp.msg]\nп\n"},
		{"rtf.msg", dt.MSG(dt.Message{RTF: "\x20\x00\x00\x00\x20\x00\x00\x00MELA\x00\x00\x00\x00{\\rtf1{\\fonttbl{\\f0 Arial;}}see {\\field{\\*\\fldinst HYPERLINK \"http://l.example\"}} \\u1087?\\'e9\\par end}"}),
			"[RTF body of rtf.msg]\nsee  HYPERLINK \"http://l.example\" пé\nend\n"},
		{"uc.rtf", "{\\rtf1\\ansi{\\uc0\\u8211evil.example}{\\uc2\\u8211?\\'3fevil.example}\\u8211?evil.example}", "[uc.rtf]\n–evil.example–evil.example–evil.example\n"},
		{"a.rtf", "{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f0 Arial;}}\\'ef\\'f0 {\\b evil[.]}example\\par hxxp://a[.]example\\cell x\\row}",
			"[a.rtf]\nпр evil[.]example\nhxxp://a[.]example\tx\n"},
		{"fonts.rtf", "{\\rtf1\\ansi\\ansicpg1252\\deff1{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fnil\\fcharset204 Arial Cyr;}{\\f2\\fcharset128 MS Mincho;}{\\f3\\cpg936 SimSun;}{\\f4 Own;}}" +
			"\\'ef\\'f0\\u233? {\\f0 \\'e9}\\'ef \\f2 \\'83\\'65\\'83e\\'b1 {\\f3\\'b2\\'e2}\\f4 \\'e9\\plain\\'ef \\f2\\'83\\b a}",
			"[fonts.rtf]\nпрé éп テテｱ 测éп a\n"},
		{"mac.rtf", "{\\rtf1\\mac\\'8e}", "[mac.rtf]\né\n"},
		{"jp.rtf", "{\\rtf1\\ansi\\ansicpg932 \\'83\\'65 evil.example}", "[jp.rtf]\nテ evil.example\n"},
		// What a mail says of an attachment counts less than what it is.
		{"lying.eml", strings.NewReplacer("application/octet-stream", "text/html").Replace(dt.Mail("x", "text", "", file("a.html", dt.PDF("a page")))),
			strings.Join([]string{"[headers of lying.eml]", lyingHeaders, "[body of lying.eml]", "text", "[lying.eml > page 1 of a.html] 1", "a page", ""}, "\n")},
		{"bundle.json", stix, "[type of bundle.json]\nbundle\n[id of bundle.json]\nbundle--1\n[objects[0].type of bundle.json]\nindicator\n[objects[0].pattern of bundle.json]\n[url:value = 'http://evil.example/x']\n"},
		{"event.json", `{"Event": {"info": "x", "Attribute": [{"type": "domain", "value": "évil.example"}]}}`,
			"[Event.info of event.json]\nx\n[Event.Attribute[0].type of event.json]\ndomain\n[Event.Attribute[0].value of event.json]\névil.example\n"},
		{"other.json", `{"a": ["evil.example"]}`, "[other.json]\n{\"a\": [\"evil.example\"]}\n"},
		{"broken.json", `{"type":"bundle","objects":[`, "[broken.json]\n{\"type\":\"bundle\",\"objects\":[\n"},
		{"j.zip", dt.ZIP(file("b.json", stix)), "[j.zip > type of b.json]\nbundle\n[j.zip > id of b.json]\nbundle--1\n[j.zip > objects[0].type of b.json]\nindicator\n[j.zip > objects[0].pattern of b.json]\n[url:value = 'http://evil.example/x']\n"},
		{"odd.zip", dt.ZIP(file("../../etc/pass\x1b[2Jwd\u202etxt", "x")), "[odd.zip > pass_[2Jwd_txt]\nx\n"},
		{"empty", "", ""},
		{"empty.zip", dt.ZIP(), ""},
	} {
		d, err := read(t, tt.name, tt.data, document.Limits{})
		if got := outline(d); err != nil || got != strings.ReplaceAll(tt.want, "\r\n\n", "\r\n") && strings.ReplaceAll(got, "\r\n", "\n") != strings.ReplaceAll(tt.want, "\r\n", "\n") {
			t.Errorf("%s: got %v\n%swant\n%s", tt.name, err, got, tt.want)
		}
	}
}

// Where a value of JSON stands is a place in the file, whatever its escapes.
func TestPlace(t *testing.T) {
	data := "\ufeff" + `{"type":"bundle","objects":[{"p":"\u00e9 http:\/\/evil.example\/\ud83d\ude00 end"}]}`
	d, err := read(t, "b.json", data, document.Limits{})
	if err != nil || len(d.Parts) != 2 {
		t.Fatalf("got %v %q", err, outline(d))
	}
	p := d.Parts[1]
	for _, tt := range []struct{ text, raw string }{
		{"http://evil.example/😀", `http:\/\/evil.example\/\ud83d\ude00`},
		{"é", `\u00e9`},
		{"end", "end"},
		{p.Text, `\u00e9 http:\/\/evil.example\/\ud83d\ude00 end`},
	} {
		start := strings.Index(p.Text, tt.text)
		raw, from, to := p.Place(start, start+len(tt.text))
		if raw != tt.raw || data[from:to] != raw {
			t.Errorf("%q: got %q at %d:%d, want %q", tt.text, raw, from, to, tt.raw)
		}
	}
	wide := "\xff\xfe" + dt.UTF16("😀é evil.example\n")
	if d, err = read(t, "wide.txt", wide, document.Limits{}); err != nil {
		t.Fatal(err)
	}
	start := strings.Index(d.Parts[0].Text, "evil")
	if raw, from, to := d.Parts[0].Place(start, start+4); raw != "evil" || wide[from:to] != dt.UTF16("evil") {
		t.Errorf("got %q, %q at %d:%d, want the bytes of the file", raw, wide[from:to], from, to)
	}
	q := document.Part{Text: "plain"}
	if raw, from, to := q.Place(1, 3); raw != "la" || from != 1 || to != 3 {
		t.Errorf("got %q %d %d, want the text's own place", raw, from, to)
	}
}

// The way to a value is repeated for each of them, so it must not be long: a
// few megabytes of text would become gigabytes.
func TestPlacesAreShort(t *testing.T) {
	key := `{"` + strings.Repeat("k", 5000) + `":`
	data := `{"type":"bundle","objects":` + strings.Repeat(key, 50) + "[" + strings.Repeat(`"a",`, 100_000) + `"b"]` + strings.Repeat("}", 51)
	d, err := read(t, "b.json", data, document.Limits{})
	if err != nil || len(d.Parts) != 100_002 {
		t.Fatalf("got %v, %d parts", err, len(d.Parts))
	}
	size := 0
	for _, p := range d.Parts {
		size += len(p.Section)
	}
	if size > 200*len(d.Parts) {
		t.Errorf("got %d bytes of places for %d values", size, len(d.Parts))
	}
	// Beyond a number of values it is a text like others.
	d, err = read(t, "b.json", `{"type":"bundle","objects":[`+strings.Repeat(`"a",`, 300_000)+`"b"]}`, document.Limits{})
	if err != nil || len(d.Parts) != 1 {
		t.Errorf("got %v, %d parts, want one", err, len(d.Parts))
	}
}

// A file that cannot be read, or not wholly, says why, and hides nothing beside
// it.
func TestProblems(t *testing.T) {
	damaged := dt.ZIP(file("a.txt", "damaged"), file("b.txt", "whole"))
	sum := strings.Index(damaged, "PK\x01\x02") + 16
	damaged = damaged[:sum] + "\xff\xff" + damaged[sum+2:]
	packed := dt.GZIP("", "packed")
	packed = packed[:len(packed)-8] + "\xff\xff" + packed[len(packed)-6:]
	locked := []byte(dt.ZIP(file("a.txt", "secret")))
	for i := range len(locked) - 4 {
		switch string(locked[i : i+4]) {
		case "PK\x03\x04":
			locked[i+6] |= 1
		case "PK\x01\x02":
			locked[i+8] |= 1
		}
	}
	for _, tt := range []struct{ name, data, want, problem string }{
		{"a.png", "\x89PNG\r\n\x1a\n", "", "a.png: this is not text but binary data (image/png)"},
		{"a.bin", "a\x00b", "", "a.bin: this is not text but binary data"},
		{"a.pdf", "%PDF-1.7 CVE-2021-44228", "", "a.pdf: it has no catalog of its pages"},
		{"a.zip", damaged, "[a.zip > a.txt]\n" + "damaged\n[a.zip > b.txt]\nwhole\n", "a.zip > a.txt: zip: checksum error"},
		{"b.zip", string(locked), "", "b.zip > a.txt: it is encrypted"},
		{"c.zip", dt.ZIP(file("x.pdf", "%PDF-1.7"), file("b.txt", "whole")), "[c.zip > b.txt]\nwhole\n", "c.zip > x.pdf: "},
		{"d.zip", "PK\x03\x04 and nothing more", "", "d.zip: zip: not a valid zip file"},
		{"e.gz", packed, "[e.gz > e]\npacked\n", "e.gz: gzip: invalid checksum"},
		{"f.doc", dt.CFB(dt.Entry{Name: "WordDocument", Data: "x"}), "", "f.doc: this is not text but binary data (application/x-ole-storage)"},
		{"g.docx", dt.DOCXBody("<w:p><w:t>before</w:t></w:p><"), "[body of g.docx]\nbefore\n", "g.docx > word/document.xml: "},
	} {
		d, err := read(t, tt.name, tt.data, document.Limits{})
		if got := outline(d); got != tt.want || err == nil || !strings.HasPrefix(err.Error(), tt.problem) {
			t.Errorf("%s: got %v\n%swant %s\n%s", tt.name, err, got, tt.problem, tt.want)
		}
	}
}

func TestReaderErrors(t *testing.T) {
	broken := errors.New("the disk is gone")
	if _, err := document.Read(t.Context(), iotest.ErrReader(broken), document.Options{Name: "a.txt"}); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d, err := document.Read(ctx, strings.NewReader(dt.ZIP(file("a.txt", "x"))), document.Options{})
	if !errors.Is(err, context.Canceled) || d == nil {
		t.Errorf("got %v, %v, want it to be cancelled", d, err)
	}
}

func TestSniff(t *testing.T) {
	for _, tt := range []struct {
		head, mediaType, charset string
		text, structured         bool
	}{
		{"", "text/plain", "", true, false},
		{"plain", "text/plain", "", true, false},
		{"caf\xe9, \xff\xff", "text/plain", "windows-1252", true, false},
		{"\xef\xbb\xbftext after a BOM", "text/plain", "", true, false},
		{"\x1b[31mred\x1b[0m in a log", "text/plain", "", true, false},
		{"a \x01 stray control character", "text/plain", "", true, false},
		{"<p align=center>readme</p>", "text/plain", "", true, false},
		{"<!-- note --># Title", "text/plain", "", true, false},
		{"<?xml version='1.0'?><rss/>", "text/plain", "", true, false},
		{"\n<!-- x -->\n<!DOCTYPE HTML PUBLIC>", "text/html", "", false, false},
		{"<?xml version='1.0'?><html xmlns='x'>", "text/html", "", false, false},
		{"<htmlx>", "text/plain", "", true, false},
		{"A text of a few words that says HELP at its 34th byte", "text/plain", "", true, false},
		{"BMW and ID3 begin like pictures and songs", "text/plain", "", true, false},
		{"ID3 tags, évil", "text/plain", "", true, false},
		{`{"json": true}`, "text/plain", "", true, false},
		{`{"objects": [], "type": "bundle"}`, "application/stix+json", "", true, true},
		{`[{"Event": {"uuid": 1}}]`, "application/vnd.misp+json", "", true, true},
		{`{"msg": "\"Event\": {\"info\""}`, "text/plain", "", true, false},
		{"%PDF-1.7", "application/pdf", "", false, false},
		{"\r\n%PDF-1.7", "application/pdf", "", false, false},
		{"the header is %PDF-1.7", "text/plain", "", true, false},
		{"PK\x03\x04", "application/zip", "", false, false},
		{"\x1f\x8b\x08", "application/gzip", "", false, false},
		{"\xff\xfea\x00", "text/plain", "utf-16le", true, false},
		{"\xfe\xff\x00a", "text/plain", "utf-16be", true, false},
		{dt.UTF16("without a mark"), "text/plain", "utf-16le", true, false},
		{dt.UTF16("без метки, evil.example\r\n"), "text/plain", "utf-16le", true, false},
		{"\x04\x31\x04\x35\x04\x37\x00\x20" + strings.Repeat("\x04\x3c", 12), "text/plain", "utf-16be", true, false},
		{"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0! \xdd\xf2\xee \xf2\xe5\xea\xf1\xf2 \xed\xe0 \xf0\xf3\xf1\xf1\xea\xee\xec \xff\xe7\xfb\xea\xe5.", "text/plain", "windows-1251", true, false},
		{"valid \u043f\u0440\u0438\u0432\u0435\u0442 and one \xff", "text/plain", "", true, false},
		{"Received: x\nFrom: a\nTo: b\n\nbody", "message/rfc822", "", false, false},
		{"From: billing[@]evil.example\nSubject: pay\n\nPlease pay", "text/plain", "", true, false},
		{"Received: x\nFrom: a\nTo: b\n", "text/plain", "", true, false}, // headers alone
		{"HTTP/1.1 200 OK\nDate: x\nContent-Type: y\n\n", "text/plain", "", true, false},
		{"a: b\nc: d\n\n", "text/plain", "", true, false},
	} {
		k := document.Sniff([]byte(tt.head))
		if k.MediaType != tt.mediaType || k.Charset != tt.charset || k.Text != tt.text || k.Structured != tt.structured || k.Binary {
			t.Errorf("%.30q: got %+v, want %+v", tt.head, k, tt)
		}
	}
	for head, mediaType := range map[string]string{"a NUL \x00": "", "\x01\x04binary\x10\x00\x02\x00\x07\x00": "", "\x89PNG\r\n\x1a\n": "image/png", "\x7fELF\x00": ""} {
		if k := document.Sniff([]byte(head)); !k.Binary || k.MediaType != mediaType {
			t.Errorf("%q: got %+v, want binary data %q", head, k, mediaType)
		}
	}
}

// A text in another charset is read as UTF-8, and each character's place in the
// file is known.
func TestTextReader(t *testing.T) {
	long := strings.Repeat("\xef\xf0\xe8\xec\xe5\xf0 evil.example\n", 5000)
	for _, tt := range []struct{ charset, data, find, want string }{
		{"", "caf\xe9 evil.example", "evil", "evil"},
		{"windows-1252", "caf\xe9 evil.example", "evil", "evil"},
		{"windows-1251", long + "\xea\xee\xed\xe5\xf6", "конец", "\xea\xee\xed\xe5\xf6"},
		{"utf-16le", "\xff\xfe" + dt.UTF16("😀é evil.example"), "evil", dt.UTF16("evil")},
		{"utf-16le", dt.UTF16(strings.Repeat("😀 line\n", 9000) + "evil"), "evil", dt.UTF16("evil")},
		{"utf-16be", "\xfe\xff\x00a\x00b\x00c", "bc", "\x00b\x00c"},
		{"shift_jis", "\x83\x65\x83\x58\x83\x67 evil", "evil", "evil"},
		{"gbk", strings.Repeat("\xb2\xe2\xca\xd4\n", 20_000) + "evil", "evil", "evil"},
	} {
		r := document.NewTextReader(iotest.HalfReader(strings.NewReader(tt.data)), tt.charset)
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(string(text), tt.find)
		if at < 0 {
			t.Errorf("%s: %q is not in %.100q", tt.charset, tt.find, text)
			continue
		}
		from, to := r.Offset(int64(at), 0), r.Offset(int64(at+len(tt.find)), 0)
		if got := tt.data[from:to]; got != tt.want {
			t.Errorf("%s: got %q at %d, want %q", tt.charset, got, from, tt.want)
		}
	}
}

func TestUnknownError(t *testing.T) {
	_, err := read(t, "a.png", "\x89PNG\r\n\x1a\n", document.Limits{})
	unknown, ok := errors.AsType[*document.UnknownError](err)
	if !ok || unknown.MediaType != "image/png" {
		t.Errorf("got %v, want an UnknownError of image/png", err)
	}
	var all document.Errors
	if !errors.As(err, &all) || len(all) != 1 || !slices.Equal(all[0].Path, []string{"a.png"}) {
		t.Errorf("got %v, want one Error about a.png", err)
	}
}

func ExampleRead() {
	mail := dt.Mail("Invoice", "Please see the report.", "", dt.File{Name: "report.zip", Data: dt.ZIP(dt.File{Name: "a.pdf", Data: dt.PDF("Cover", "Beacon: hxxp://evil[.]example")})})
	d, err := document.Read(context.Background(), strings.NewReader(mail), document.Options{Name: "mail.eml"})
	if err != nil {
		fmt.Println(err)
	}
	p := d.Parts[len(d.Parts)-1]
	fmt.Print(p.Name(), ": ", p.Text)
	// Output:
	// mail.eml > report.zip > page 2 of a.pdf: Beacon: hxxp://evil[.]example
}

func file(name, data string) dt.File { return dt.File{Name: name, Data: data} }
