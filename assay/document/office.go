package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"
)

// officeKind says which Office document an archive is, by the part that makes
// it one.
func officeKind(archive *zip.Reader) string {
	kind, types := "", false
	for _, f := range archive.File {
		switch clean := strings.ToLower(strings.TrimPrefix(f.Name, "/")); {
		case clean == "[content_types].xml":
			types = true
		case clean == "word/document.xml" || clean == "word/document2.xml":
			kind = typeDOCX
		case clean == "xl/workbook.xml" || clean == "xl/workbook.bin":
			kind = typeXLSX
		case clean == "ppt/presentation.xml":
			kind = typePPTX
		}
	}
	if !types {
		return ""
	}
	return kind
}

// An office reads the XML of one Office document as a stream of tags. What can
// be read is read: a sheet that is damaged does not hide the others.
type office struct {
	*walker
	kind  string
	files map[string]*zip.File
	names []string // of the files, sorted as people count: slide2 before slide10
	size  int64    // of the archive
}

func (w *walker) readOffice(archive *zip.Reader, size int64, kind string) error {
	o := &office{walker: w, kind: kind, files: map[string]*zip.File{}, size: size}
	for _, f := range archive.File {
		name := strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/")
		if _, twice := o.files[name]; !twice && !strings.HasSuffix(name, "/") {
			o.files[name] = f
			o.names = append(o.names, name)
		}
	}
	slices.SortFunc(o.names, naturalOrder)
	var err error
	switch kind {
	case typeDOCX:
		err = o.readWord()
	case typeXLSX:
		err = o.readSheets()
	default:
		err = o.readSlides()
	}
	if err != nil {
		return err
	}
	if err := o.readShapes(); err != nil {
		return err
	}
	if err := o.readLinks(); err != nil {
		return err
	}
	return o.readEmbedded()
}

// naturalOrder compares names with the numbers in them as numbers.
func naturalOrder(a, b string) int {
	for a != "" && b != "" {
		i, j := digits(a), digits(b)
		if i > 0 && j > 0 {
			x, y := strings.TrimLeft(a[:i], "0"), strings.TrimLeft(b[:j], "0")
			if len(x) != len(y) {
				return len(x) - len(y)
			}
			if c := strings.Compare(x, y); c != 0 {
				return c
			}
			a, b = a[i:], b[j:]
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// matching returns the names that a pattern has.
func (o *office) matching(pattern *regexp.Regexp) []string {
	var list []string
	for _, name := range o.names {
		if pattern.MatchString(name) {
			list = append(list, name)
		}
	}
	return list
}

// maxNesting of XML elements: those who write documents come to a few dozen.
const maxNesting = 1000

// tags calls do with each tag and text of a file of the archive. It stops where
// the XML is broken, and reports that.
func (o *office) tags(name string, do func(t xml.Token) error) error {
	f := o.files[name]
	if f == nil {
		return nil
	}
	data, err := o.member(f, o.size)
	if data == nil && err != nil {
		return o.damaged(name, err)
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	d.CharsetReader = charset.NewReaderLabel
	for depth := 0; ; {
		// Raw tokens: nothing is kept of the elements that are open, and no
		// entity is ever looked up in the document's own definitions.
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return o.damaged(name, err)
		}
		switch t.(type) {
		case xml.StartElement:
			if depth++; depth > maxNesting {
				return o.damaged(name, &Error{Limit: LimitDepth, Err: fmt.Errorf("XML elements in more than %d others", maxNesting)})
			}
		case xml.EndElement:
			depth--
		}
		if err := do(t); err != nil {
			return err
		}
	}
}

// damaged reports a file of the archive that cannot be read; the error is only
// that of the walk.
func (o *office) damaged(name string, err error) error {
	if _, ok := errors.AsType[stop](err); ok {
		return err
	}
	return o.memberError(name, err)
}

// attribute returns the value of an attribute by its local name.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// paragraphs reads running text: of Word, of slides, of comments. In all of
// them a text is in t, a paragraph in p, and a row of a table in tr.
func (o *office) paragraphs(name string) (string, error) {
	var b strings.Builder
	text := false
	end := func(sep byte) {
		if s := b.String(); s != "" && s[len(s)-1] != '\n' && (sep == '\n' || s[len(s)-1] != '\t') {
			b.WriteByte(sep)
		}
	}
	err := o.tags(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t", "delText", "instrText", "text":
				text = true
			case "tab", "ptab":
				b.WriteByte('\t')
			case "br", "cr":
				b.WriteByte('\n')
			case "noBreakHyphen":
				b.WriteByte('-')
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t", "delText", "text":
				text = false
			case "instrText":
				text = false
				b.WriteByte(' ')
			case "tr":
				if s := b.String(); strings.HasSuffix(s, "\t") {
					b.Reset()
					b.WriteString(s[:len(s)-1])
				}
				end('\n')
			case "p", "comment", "cm":
				end('\n')
			case "tc":
				// The cell's last paragraph ended its line; cells stand beside
				// one another.
				if s := b.String(); strings.HasSuffix(s, "\n") {
					b.Reset()
					b.WriteString(s[:len(s)-1])
					b.WriteByte('\t')
				}
			}
		case xml.CharData:
			if text {
				b.Write(t)
			}
		}
		return nil
	})
	return b.String(), err
}

// section emits the running text of a file of the archive.
func (o *office) section(name, section string, page int) error {
	text, err := o.paragraphs(name)
	if err != nil {
		return err
	}
	return o.emit(Part{Section: section, Page: page, MediaType: o.kind}, text)
}

var wordParts = regexp.MustCompile(`^word/(document2?|header\d*|footer\d*|footnotes|endnotes|comments|glossary/document)\.xml$`)

func (o *office) readWord() error {
	for _, name := range o.matching(wordParts) {
		section := strings.TrimSuffix(strings.TrimPrefix(name, "word/"), ".xml")
		if strings.HasPrefix(section, "document") {
			section = "body"
		}
		if err := o.section(name, section, 0); err != nil {
			return err
		}
	}
	return nil
}

var (
	slideFiles   = regexp.MustCompile(`^ppt/slides/slide(\d+)\.xml$`)
	slideRemarks = regexp.MustCompile(`^ppt/(notesSlides/notesSlide|comments/(?:modernComment_)?comment)[^/]*\.xml$`)
)

// readSlides numbers the slides as the presentation orders them, which need not
// be the order of their files.
func (o *office) readSlides() error {
	order := o.slideOrder()
	for i, name := range order {
		if err := o.section(name, "slide "+strconv.Itoa(i+1), i+1); err != nil {
			return err
		}
	}
	for _, name := range o.matching(slideRemarks) {
		if err := o.section(name, strings.TrimSuffix(path.Base(name), ".xml"), 0); err != nil {
			return err
		}
	}
	return nil
}

func (o *office) slideOrder() []string {
	targets := o.relations("ppt/presentation.xml")
	var order []string
	listed := map[string]bool{}
	add := func(name string) {
		if !listed[name] {
			listed[name] = true
			order = append(order, name)
		}
	}
	_ = o.tags("ppt/presentation.xml", func(t xml.Token) error { // what is missing is added below
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "sldId" {
			for _, a := range e.Attr {
				if a.Name.Space == "r" && a.Name.Local == "id" && o.files[targets[a.Value]] != nil {
					add(targets[a.Value])
				}
			}
		}
		return nil
	})
	for _, name := range o.matching(slideFiles) {
		add(name)
	}
	return order
}

// relations returns the files that a file refers to, by the ids it uses.
func (o *office) relations(name string) map[string]string {
	targets := map[string]string{}
	dir := path.Dir(name)
	_ = o.tags(dir+"/_rels/"+path.Base(name)+".rels", func(t xml.Token) error { // without it there are none
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" && attribute(e, "TargetMode") != "External" {
			target := attribute(e, "Target")
			if rest, ok := strings.CutPrefix(target, "/"); ok {
				targets[attribute(e, "Id")] = rest
			} else {
				targets[attribute(e, "Id")] = path.Join(dir, target)
			}
		}
		return nil
	})
	return targets
}

var shapes = regexp.MustCompile(`^(?:word|xl|ppt)/(?:drawings/drawing|diagrams/data|charts/chart)(\d*)\.xml$`)

// readShapes emits the words in boxes, diagrams and charts that lie on sheets and
// slides.
func (o *office) readShapes() error {
	for _, name := range o.matching(shapes) {
		kind := strings.TrimSuffix(path.Base(path.Dir(name)), "s")
		if err := o.section(name, strings.TrimSpace(kind+" "+shapes.FindStringSubmatch(name)[1]), 0); err != nil {
			return err
		}
	}
	return nil
}

// readLinks emits what the document refers to elsewhere: links, but also
// pictures and templates that are loaded when it is opened.
func (o *office) readLinks() error {
	var b strings.Builder
	seen := map[string]bool{}
	for _, name := range o.names {
		if !strings.HasSuffix(name, ".rels") {
			continue
		}
		err := o.tags(name, func(t xml.Token) error {
			if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" && attribute(e, "TargetMode") == "External" {
				if target := attribute(e, "Target"); !seen[target] {
					seen[target] = true
					b.WriteString(target + "\n")
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return o.emit(Part{Section: "links", MediaType: o.kind}, b.String())
}

var embedded = regexp.MustCompile(`/(embeddings|media|activeX)/[^/]+$|/vbaProject\.bin$`)

// readEmbedded opens the files in the document.
func (o *office) readEmbedded() error {
	for _, name := range o.matching(embedded) {
		data, err := o.member(o.files[name], o.size)
		if data == nil && err != nil {
			if err := o.damaged(name, err); err != nil {
				return err
			}
			continue
		}
		if err := o.open(file{name: path.Base(name), data: data}); err != nil {
			return err
		}
	}
	return nil
}
