// Package documenttest makes small documents of every kind that package document
// reads, so that tests need no files of strangers: each byte in them is known,
// and what a test expects stands beside what it made.
package documenttest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"html"
	"strings"
)

// A File is something in an archive or attached to a mail.
type File struct {
	Name string
	Data string
}

// ZIP returns an archive of files.
func ZIP(files ...File) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		m, err := w.Create(f.Name)
		must(err)
		_, err = m.Write([]byte(f.Data))
		must(err)
	}
	must(w.Close())
	return b.String()
}

// GZIP returns data compressed. The name may be empty.
func GZIP(name, data string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Name = name
	_, err := w.Write([]byte(data))
	must(err)
	must(w.Close())
	return b.String()
}

// must is for writers into memory, which cannot fail.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Mail returns a mail with a text, a page of HTML if that is not empty, and
// attachments.
func Mail(subject, text, page string, attachments ...File) string {
	var b strings.Builder
	b.WriteString("Received: from mx.example.net by mail.example.org; Mon, 2 Mar 2026 10:00:00 +0000\r\n" +
		"From: \"Billing\" <billing@evil.example>\r\nTo: victim@example.org\r\nSubject: " + subject + "\r\n" +
		"Date: Mon, 2 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@evil.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=outer\r\n\r\n")
	b.WriteString("--outer\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text + "\r\n")
	if page != "" {
		b.WriteString("--outer\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encode(page))
	}
	for _, f := range attachments {
		b.WriteString("--outer\r\nContent-Type: application/octet-stream; name=\"" + f.Name + "\"\r\nContent-Disposition: attachment; filename=\"" + f.Name +
			"\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encode(f.Data))
	}
	b.WriteString("--outer--\r\n")
	return b.String()
}

// encode is base64 in lines, as mail has it.
func encode(data string) string {
	var b strings.Builder
	for s := base64.StdEncoding.EncodeToString([]byte(data)); s != ""; {
		n := min(len(s), 76)
		b.WriteString(s[:n] + "\r\n")
		s = s[n:]
	}
	return b.String()
}

const relationships = "http://schemas.openxmlformats.org/package/2006/relationships"

// DOCX returns a Word document of paragraphs, with links to the addresses.
func DOCX(paragraphs, links []string) string {
	var body strings.Builder
	for _, p := range paragraphs {
		body.WriteString("<w:p><w:r><w:t>" + html.EscapeString(p) + "</w:t></w:r></w:p>")
	}
	return DOCXBody(body.String(), links...)
}

// DOCXBody returns a Word document of that XML.
func DOCXBody(body string, links ...string) string {
	var rels strings.Builder
	for i, link := range links {
		fmt.Fprintf(&rels, `<Relationship Id="r%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="%s" TargetMode="External"/>`, i+1, html.EscapeString(link))
	}
	return ZIP(
		File{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		File{"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`},
		File{"word/_rels/document.xml.rels", `<Relationships xmlns="` + relationships + `">` + rels.String() + `</Relationships>`},
	)
}

// XLSX returns a workbook with one sheet of that name.
func XLSX(sheet string, rows ...[]string) string {
	var cells, shared strings.Builder
	n := 0
	for _, row := range rows {
		cells.WriteString("<row>")
		for _, cell := range row {
			fmt.Fprintf(&cells, `<c t="s"><v>%d</v></c>`, n)
			shared.WriteString("<si><t>" + html.EscapeString(cell) + "</t></si>")
			n++
		}
		cells.WriteString("</row>")
	}
	return XLSXParts(sheet, cells.String(), shared.String())
}

// XLSXParts returns a workbook of that XML: the rows of the sheet, and the texts
// that cells refer to.
func XLSXParts(sheet, rows, shared string) string {
	return ZIP(
		File{"[Content_Types].xml", `<Types/>`},
		File{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="` + html.EscapeString(sheet) + `" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		File{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + relationships + `"><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`},
		File{"xl/sharedStrings.xml", `<sst>` + shared + `</sst>`},
		File{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`},
	)
}

// PPTX returns a presentation. Its files are in the order opposite to that of
// its slides, which only the presentation itself tells.
func PPTX(slides ...string) string {
	files := []File{{"[Content_Types].xml", `<Types/>`}}
	var list, rels strings.Builder
	for i, text := range slides {
		file := fmt.Sprintf("slide%d.xml", len(slides)-i)
		fmt.Fprintf(&list, `<p:sldId id="%d" r:id="rId%d"/>`, 256+i, i)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Target="slides/%s"/>`, i, file)
		files = append(files, File{"ppt/slides/" + file, `<p:sld xmlns:a="a" xmlns:p="p"><a:p><a:r><a:t>` + html.EscapeString(text) + `</a:t></a:r></a:p></p:sld>`})
	}
	return ZIP(append(files,
		File{"ppt/presentation.xml", `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>` + list.String() + `</p:sldIdLst></p:presentation>`},
		File{"ppt/_rels/presentation.xml.rels", `<Relationships xmlns="` + relationships + `">` + rels.String() + `</Relationships>`},
	)...)
}

// PDF returns a document with these texts as its pages, a line of text for each
// of theirs.
func PDF(pages ...string) string {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"}
	var kids strings.Builder
	for _, text := range pages {
		var drawing strings.Builder
		drawing.WriteString("BT /F1 12 Tf 14 TL 72 720 Td\n")
		escape := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`)
		for line := range strings.Lines(text) {
			drawing.WriteString("(" + escape.Replace(strings.TrimSuffix(line, "\n")) + ") Tj T*\n")
		}
		drawing.WriteString("ET")
		n := len(objects) + 1
		fmt.Fprintf(&kids, "%d 0 R ", n)
		objects = append(objects,
			fmt.Sprintf("<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>", n+1),
			Stream("", drawing.String()))
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids.String(), len(pages))
	return PDFObjects(objects...)
}

// Stream is a PDF stream with those entries in its dictionary.
func Stream(entries, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", entries, len(data), data)
}

// PDFObjects returns a PDF of objects with the numbers 1, 2, …, of which the
// first is its catalog.
func PDFObjects(objects ...string) string {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n")
	at := make([]int, len(objects))
	for i, object := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.String()
}
