package document

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Bounds of what a PDF refers to within itself; its references may go in
// circles.
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
	f, err := openPDF(w, data)
	if err != nil {
		return err
	}
	r := pdfReader{pdfFile: f, fonts: map[pdfRef]*pdfFont{}}
	err = r.node(f.pages(), pdfValue{}, 0)
	if _, stopped := errors.AsType[stop](err); !stopped {
		err = cmp.Or(r.release(), err)
	}
	if err != nil {
		return err
	}
	if r.unmapped > r.drawn/10 {
		if err := r.note("", errors.New("a font says nothing about which letters it draws; its text is missing")); err != nil {
			return err
		}
	}
	if err := r.extras(); err != nil {
		return err
	}
	return f.damage
}

type pdfReader struct {
	*pdfFile
	fonts    map[pdfRef]*pdfFont
	page     int
	held     *pageLayout // of heldPage, if its text is not emitted yet
	heldPage int
	nodes    int
	above    []pdfRef // the nodes that the one being read is in
	drawn    int      // glyphs
	unmapped int      // of these, that could not be decoded
}

// node reads a node of the tree of pages. Resources are inherited.
func (r *pdfReader) node(v, resources pdfValue, depth int) error {
	if r.nodes++; r.nodes > maxPageNodes || depth > maxPageDepth {
		return &Error{Limit: LimitDepth, Err: errors.New("its tree of pages goes in circles")}
	}
	if own := v.key("Resources"); own.isDict() {
		resources = own
	}
	kids := v.key("Kids")
	if !kids.isArray() {
		if !v.isDict() {
			return nil
		}
		r.page++
		return r.readPage(v, resources)
	}
	if slices.Contains(r.above, v.ref) {
		return nil // it is in itself: what it has is being read
	}
	r.above = append(r.above, v.ref)
	defer func() { r.above = r.above[:len(r.above)-1] }()
	for i := range kids.len() {
		if err := r.node(kids.index(i), resources, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// readPage reads a page and emits its text. What is wrong on one page hides
// neither what stands before it nor the other pages.
func (r *pdfReader) readPage(v, resources pdfValue) error {
	t := &pageLayout{}
	damage := r.draw(v.key("Contents"), resources, t)
	r.annotate(v, t)
	if r.held != nil {
		joinPages(r.held.lines, t.lines)
		if err := r.release(); err != nil {
			return err
		}
	}
	r.held, r.heldPage = t, r.page
	if !mayGoOn(t.lines) {
		if err := r.release(); err != nil {
			return err
		}
	}
	for _, err := range []error{damage, r.damage} {
		if _, ok := errors.AsType[stop](err); ok {
			return err
		}
	}
	if damage != nil {
		return r.note("page "+strconv.Itoa(r.page), damage)
	}
	return nil
}

// release emits the page that was held back because its last word may go on on
// the next.
func (r *pdfReader) release() error {
	if r.held == nil {
		return nil
	}
	text := r.held.String()
	r.held = nil
	return r.emit(Part{Section: "page " + strconv.Itoa(r.heldPage), Page: r.heldPage, MediaType: typePDF}, text)
}

// draw follows the drawing of a page and gives its text to t.
func (r *pdfReader) draw(contents, resources pdfValue, t *pageLayout) error {
	data, err := r.contents(contents)
	c := &canvas{pdfReader: r, layout: t, left: maxForms}
	c.run(data, resources, 0)
	return cmp.Or(err, c.err)
}

// contents reads the streams that a page consists of.
func (r *pdfReader) contents(v pdfValue) ([]byte, error) {
	if v.isStream() {
		return r.stream(v)
	}
	var all []byte
	for i := range v.len() {
		s := v.index(i)
		if !s.isStream() {
			continue
		}
		data, err := r.stream(s)
		all = append(append(all, data...), '\n')
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// annotate adds the addresses behind a page's links, and its notes.
func (r *pdfReader) annotate(page pdfValue, t *pageLayout) {
	list := page.key("Annots")
	for i := range list.len() {
		a := list.index(i)
		for _, key := range []string{"A", "PA"} {
			t.line(r.action(a.key(key)))
		}
		t.line(a.key("Contents").text())
	}
	t.end()
}

// action returns what an action, and those after it, would open or run.
func (r *pdfReader) action(a pdfValue) string {
	var b strings.Builder
	for range maxActions {
		if !a.isDict() {
			break
		}
		for _, key := range []string{"URI", "JS", "F", "Win"} {
			switch v := a.key(key); {
			case v.isDict():
				b.WriteString(fileName(v))
			case v.isStream():
				data, _ := r.stream(v) // a script that cannot be read is not there
				text := decodeText(data, detectCharset(data[:min(len(data), SniffLen)]))
				b.WriteString(text)
			default:
				b.WriteString(v.text())
			}
			if s := b.String(); s != "" && s[len(s)-1] != '\n' {
				b.WriteByte('\n')
			}
		}
		a = a.key("Next")
	}
	return b.String()
}

func fileName(spec pdfValue) string {
	return cmp.Or(spec.key("UF").text(), spec.key("F").text())
}

// extras emits the document's scripts and opens the files attached to it.
func (r *pdfReader) extras() error {
	names := r.root().key("Names")
	var scripts strings.Builder
	scripts.WriteString(r.action(r.root().key("OpenAction")))
	additional := r.root().key("AA")
	for _, key := range additional.keys() {
		scripts.WriteString(r.action(additional.key(key)))
	}
	nodes := maxNameNodes
	err := r.nameTree(names.key("JavaScript"), &nodes, 0, func(_ string, v pdfValue) error {
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
	return r.nameTree(names.key("EmbeddedFiles"), &nodes, 0, r.attachment)
}

// attachment opens an attached file.
func (r *pdfReader) attachment(name string, spec pdfValue) error {
	name = cmp.Or(fileName(spec), name)
	content := spec.key("EF").key("F")
	if !content.isStream() {
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
}

// nameTree calls do with each name and value of a tree of names.
func (r *pdfReader) nameTree(v pdfValue, nodes *int, depth int, do func(string, pdfValue) error) error {
	if *nodes--; *nodes < 0 || depth > maxPageDepth {
		return nil
	}
	pairs := v.key("Names")
	for i := 0; i+1 < pairs.len(); i += 2 {
		if *nodes--; *nodes < 0 {
			return nil
		}
		if err := do(pairs.index(i).text(), pairs.index(i+1)); err != nil {
			return err
		}
	}
	kids := v.key("Kids")
	for i := range kids.len() {
		if err := r.nameTree(kids.index(i), nodes, depth+1, do); err != nil {
			return err
		}
	}
	return nil
}
