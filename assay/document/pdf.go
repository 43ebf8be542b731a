package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ledongthuc/pdf"
)

// Bounds of what a PDF refers to within itself; its references may go in
// circles, which the library follows as long as it is asked to.
const (
	maxPageDepth = 64      // of the tree of pages
	maxPageNodes = 100_000 // of it
	maxForms     = 2000    // drawn on a page, forms in forms included
	maxFormDepth = 12
	maxNameNodes = 2000 // of a tree of names
	maxActions   = 32   // one after the other
)

// readPDF reads the pages of a PDF: their text, the addresses that their links
// lead to, and the document's scripts and attached files.
func (w *walker) readPDF(data []byte) error {
	d, err := openPDF(data)
	if err != nil {
		return err
	}
	r := pdfReader{walker: w, doc: d, size: int64(len(data)), fonts: map[string]*pdfFont{}}
	if err := r.pages(); err != nil {
		return err
	}
	if r.unmapped > r.drawn/10 {
		if err := w.note("", errors.New("a font says nothing about which letters it draws; its text is missing")); err != nil {
			return err
		}
	}
	return r.extras()
}

// openPDF opens a PDF. The library is strict about its first line and its end,
// which viewers are not, so those are put right; of a file whose table of
// objects is damaged, a new one is made.
func openPDF(data []byte) (*pdf.Reader, error) {
	data = data[bytes.Index(data, []byte("%PDF-")):]
	const firstLine = "%PDF-1.7\n"
	if len(data) < len(firstLine) {
		return nil, errors.New("it is cut off")
	}
	data = append([]byte(firstLine), data[len(firstLine):]...)
	var first error
	if end := bytes.LastIndex(data, []byte("%%EOF")); end >= 0 {
		d, err := tryPDF(data[:end+len("%%EOF")])
		if err == nil {
			return d, nil
		}
		first = err
		if errors.Is(err, pdf.ErrInvalidPassword) {
			return nil, errors.New("it is encrypted and needs a password")
		}
	}
	repaired, err := repairPDF(data)
	if err == nil {
		var d *pdf.Reader
		if d, err = tryPDF(repaired); err == nil {
			return d, nil
		}
	}
	if first == nil {
		first = err
	}
	return nil, first
}

// tryPDF opens a PDF and looks whether it has pages.
func tryPDF(data []byte) (d *pdf.Reader, err error) {
	defer recoverPDF(&err)
	if d, err = pdf.NewReader(bytes.NewReader(data), int64(len(data))); err != nil {
		return nil, err
	}
	if d.Trailer().Key("Root").Key("Pages").Kind() != pdf.Dict {
		return nil, errors.New("it has no pages")
	}
	return d, nil
}

// recoverPDF turns the library's panics into errors.
func recoverPDF(err *error) {
	switch p := recover().(type) {
	case nil:
	case error:
		*err = p
	default:
		*err = fmt.Errorf("%v", p)
	}
}

type pdfReader struct {
	*walker
	doc      *pdf.Reader
	size     int64
	fonts    map[string]*pdfFont // by what their dictionaries say
	page     int
	nodes    int
	above    []string // the nodes that the one being read is in
	drawn    int      // glyphs
	unmapped int      // of these, that could not be decoded
}

func (r *pdfReader) pages() (err error) {
	defer recoverPDF(&err)
	root := r.doc.Trailer().Key("Root").Key("Pages")
	return r.node(root, pdf.Value{}, 0)
}

// node reads a node of the tree of pages. Resources are inherited.
func (r *pdfReader) node(v, resources pdf.Value, depth int) error {
	if r.nodes++; r.nodes > maxPageNodes || depth > maxPageDepth {
		return &Error{Limit: LimitDepth, Err: errors.New("its tree of pages goes in circles")}
	}
	if own := v.Key("Resources"); own.Kind() == pdf.Dict {
		resources = own
	}
	kids := v.Key("Kids")
	if kids.Kind() != pdf.Array {
		if v.Kind() != pdf.Dict {
			return nil
		}
		r.page++
		return r.readPage(v, resources)
	}
	self := v.String()
	if slices.Contains(r.above, self) {
		return nil // it is in itself: what it has is being read
	}
	r.above = append(r.above, self)
	defer func() { r.above = r.above[:len(r.above)-1] }()
	for i := range kids.Len() {
		kid, err := safeIndex(kids, i)
		if err != nil {
			if err := r.note("a page", err); err != nil {
				return err
			}
			continue
		}
		if err := r.node(kid, resources, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// safeIndex returns an element of an array that may refer to a broken object.
func safeIndex(v pdf.Value, i int) (e pdf.Value, err error) {
	defer recoverPDF(&err)
	return v.Index(i), nil
}

// readPage emits the text of a page. What is wrong on one page hides neither
// what stands before it nor the other pages.
func (r *pdfReader) readPage(v, resources pdf.Value) error {
	t := newPageLayout()
	drawn := r.draw(v.Key("Contents"), resources, t)
	linked := r.annotations(v, t)
	section := "page " + strconv.Itoa(r.page)
	if err := r.emit(Part{Section: section, Page: r.page, MediaType: typePDF}, t.String()); err != nil {
		return err
	}
	for _, err := range []error{drawn, linked} {
		if err == nil {
			continue
		}
		if _, ok := errors.AsType[stop](err); ok {
			return err
		}
		if err := r.note(section, err); err != nil {
			return err
		}
	}
	return nil
}

// draw follows the drawing of a page and gives its text to t.
func (r *pdfReader) draw(contents, resources pdf.Value, t *pageLayout) (err error) {
	defer recoverPDF(&err)
	data, err := r.contents(contents)
	c := &canvas{pdfReader: r, layout: t, left: maxForms}
	c.run(data, resources, 0)
	if err == nil {
		err = c.err
	}
	return err
}

// contents reads the streams that a page consists of.
func (r *pdfReader) contents(v pdf.Value) ([]byte, error) {
	if v.Kind() == pdf.Stream {
		return r.stream(v)
	}
	var all []byte
	for i := range v.Len() {
		s, err := safeIndex(v, i)
		if err == nil && s.Kind() == pdf.Stream {
			var data []byte
			data, err = r.stream(s)
			all = append(append(all, data...), '\n')
		}
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// stream reads a stream, with what came before damage.
func (r *pdfReader) stream(v pdf.Value) (data []byte, err error) {
	defer recoverPDF(&err)
	data, err = r.inflate(v.Reader(), max(0, min(v.Key("Length").Int64(), r.size)))
	if errors.Is(err, io.ErrUnexpectedEOF) && len(data) > 0 {
		err = nil // many writers get the length wrong
	}
	return data, err
}

// annotations adds the addresses behind a page's links, and its notes.
func (r *pdfReader) annotations(page pdf.Value, t *pageLayout) (err error) {
	defer recoverPDF(&err)
	list := page.Key("Annots")
	for i := range list.Len() {
		a, err := safeIndex(list, i)
		if err != nil {
			continue // a link that leads to a broken object leads nowhere
		}
		for _, key := range []string{"A", "PA"} {
			t.line(r.action(a.Key(key)))
		}
		t.line(a.Key("Contents").Text())
	}
	return nil
}

// action returns what an action, and those after it, would open or run.
func (r *pdfReader) action(a pdf.Value) string {
	var b strings.Builder
	for range maxActions {
		if a.Kind() != pdf.Dict {
			break
		}
		for _, key := range []string{"URI", "JS", "F", "Win"} {
			v := a.Key(key)
			switch v.Kind() {
			case pdf.Dict:
				b.WriteString(fileName(v))
			case pdf.Stream:
				data, _ := r.stream(v) // a script that cannot be read is not there
				text := decodeText(data, detectCharset(data[:min(len(data), SniffLen)]))
				b.WriteString(text)
			default:
				b.WriteString(v.Text())
			}
			if s := b.String(); s != "" && s[len(s)-1] != '\n' {
				b.WriteByte('\n')
			}
		}
		a = a.Key("Next")
	}
	return b.String()
}

func fileName(spec pdf.Value) string {
	if name := spec.Key("UF").Text(); name != "" {
		return name
	}
	return spec.Key("F").Text()
}

// extras emits the document's scripts and opens the files attached to it.
func (r *pdfReader) extras() (err error) {
	defer recoverPDF(&err)
	root := r.doc.Trailer().Key("Root")
	names := root.Key("Names")
	var scripts strings.Builder
	scripts.WriteString(r.action(root.Key("OpenAction")))
	additional := root.Key("AA")
	for _, key := range additional.Keys() {
		scripts.WriteString(r.action(additional.Key(key)))
	}
	nodes := maxNameNodes
	err = r.nameTree(names.Key("JavaScript"), &nodes, 0, func(_ string, v pdf.Value) error {
		scripts.WriteString(r.action(v))
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.emit(Part{Section: "scripts", MediaType: typePDF}, scripts.String()); err != nil {
		return err
	}
	nodes = maxNameNodes
	return r.nameTree(names.Key("EmbeddedFiles"), &nodes, 0, func(name string, spec pdf.Value) error {
		if own := fileName(spec); own != "" {
			name = own
		}
		content := spec.Key("EF").Key("F")
		if content.Kind() != pdf.Stream {
			return nil
		}
		data, err := r.stream(content)
		if err != nil && data == nil {
			if _, ok := errors.AsType[stop](err); ok {
				return err
			}
			return r.note("attachment "+cleanName(name), err)
		}
		return r.open(file{name: name, data: data})
	})
}

// nameTree calls do with each name and value of a tree of names.
func (r *pdfReader) nameTree(v pdf.Value, nodes *int, depth int, do func(string, pdf.Value) error) error {
	if *nodes--; *nodes < 0 || depth > maxPageDepth {
		return nil
	}
	pairs := v.Key("Names")
	for i := 0; i+1 < pairs.Len(); i += 2 {
		if *nodes--; *nodes < 0 {
			return nil
		}
		if err := do(pairs.Index(i).Text(), pairs.Index(i+1)); err != nil {
			return err
		}
	}
	kids := v.Key("Kids")
	for i := range kids.Len() {
		if err := r.nameTree(kids.Index(i), nodes, depth+1, do); err != nil {
			return err
		}
	}
	return nil
}
