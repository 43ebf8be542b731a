package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/assay/document"
	"github.com/retort-go/retort/assay/ioc"
)

// A readFile is a file that was chosen, as its texts. Pages carry it as JSON in
// a field called files, one for each, and it comes back from there: all of it is
// the client's word.
type readFile struct {
	Name  string     `json:"name"`
	Parts []filePart `json:"parts"`
}

// A filePart is one text of a file.
type filePart struct {
	Name string `json:"name,omitempty"` // "page 3 of a.pdf"; empty if the file is one text
	Page int    `json:"page,omitempty"`
	Text string `json:"text"`

	read *document.Part // that it is, if it was read now and is no value of JSON
}

// What reading the files of one request may take: the answer has to be there
// before a browser, or the server's WriteTimeout, loses patience.
const (
	uploadTime   = 25 * time.Second
	uploadMemory = 256 << 20
	maxParts     = 2000
)

// size is the number of bytes of its texts.
func (f *readFile) size() int {
	n := 0
	for _, p := range f.Parts {
		n += len(p.Text)
	}
	return n
}

// Summary says what was read of it, for people.
func (f readFile) Summary() string {
	if len(f.Parts) == 1 {
		return bytesText(f.size()) + " of text"
	}
	return fmt.Sprintf("%d parts, %s of text", len(f.Parts), bytesText(f.size()))
}

// JSON is it as a field of a form.
func (f readFile) JSON() (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the template escapes what HTML needs, in fewer bytes
	err := enc.Encode(f)
	return strings.TrimSpace(b.String()), err
}

// An upload reads the files of one request. A file that cannot be read leaves a
// problem and hides neither the others nor the text beside it.
type upload struct {
	ctx      context.Context
	left     int // bytes of text that may still be read
	files    []readFile
	problems []string
	skipped  []string
}

// submitted returns the files of a form: those that were read before and came
// back, and those that were chosen now. The texts beside them have size bytes.
func submitted(c *retort.Ctx, size int) (*upload, error) {
	ctx, cancel := context.WithTimeout(c.Context(), uploadTime)
	defer cancel()
	u := &upload{ctx: ctx, left: MaxText - size}
	values, err := c.FormValues()
	if err != nil {
		return nil, err
	}
	for _, field := range values["files"] {
		if err := u.again(field); err != nil {
			return nil, err
		}
	}
	chosen, err := c.Files("file")
	if err != nil {
		return nil, err
	}
	for _, f := range chosen {
		if f.ClientName == "" && f.Size == 0 {
			continue // no file was chosen: browsers send an empty one
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		if err := u.read(f.ClientName, r); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// again takes a file that a page carried.
func (u *upload) again(field string) error {
	var f readFile
	if err := json.Unmarshal([]byte(field), &f); err != nil || f.Name == "" || len(f.Parts) == 0 || len(f.Parts) > maxParts {
		return retort.Errorf(http.StatusBadRequest, "A file that was read before did not come back as it was.").Because(err)
	}
	if u.left -= f.size(); u.left < 0 {
		return tooLarge()
	}
	f.Name = visible(f.Name)
	for i := range f.Parts {
		p := &f.Parts[i]
		p.Name, p.Page = visible(p.Name), max(0, p.Page)
	}
	return u.add(f)
}

func tooLarge() error {
	return retort.Errorf(http.StatusRequestEntityTooLarge, "The text is larger than the %s that fit on a page.", bytesText(MaxText))
}

func (u *upload) add(f readFile) error {
	if len(u.files) == MaxFiles {
		return retort.Errorf(http.StatusRequestEntityTooLarge, "These are more than %d files.", MaxFiles)
	}
	f.Name = u.unused(f.Name)
	u.files = append(u.files, f)
	return nil
}

// unused returns a name that no other file has: two may be called report.pdf.
func (u *upload) unused(name string) string {
	unique := name
	for n := 2; ; n++ {
		taken := false
		for i := range u.files {
			taken = taken || u.files[i].Name == unique
		}
		if !taken {
			return unique
		}
		ext := path.Ext(name)
		unique = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
	}
}

// read reads a file that was chosen now.
func (u *upload) read(name string, r io.Reader) error {
	if name == "" {
		name = "file"
	}
	if u.left <= 0 {
		u.problems = append(u.problems, fmt.Sprintf("%s was not read: the texts before it fill the %s that fit on a page. On the command line, assay extract has no such limit.", visible(name), bytesText(MaxText)))
		return nil
	}
	d, err := document.Read(u.ctx, r, document.Options{Name: name, Limits: document.Limits{
		Input: MaxUpload, Text: int64(u.left), Parts: maxParts, Memory: uploadMemory, Time: 5 * time.Second,
	}})
	f := texts(d)
	u.left -= f.size()
	if err := u.explain(name, err); err != nil {
		return err
	}
	u.skipped = append(u.skipped, d.Skipped...)
	if len(f.Parts) == 0 {
		if err == nil {
			u.problems = append(u.problems, visible(name)+": there is no text in it.")
		}
		return nil
	}
	return u.add(f)
}

// explain adds what went wrong with a file. Only what is no fault of the file is
// returned.
func (u *upload) explain(name string, err error) error {
	var all document.Errors
	switch {
	case err == nil:
	case errors.As(err, &all):
		for _, e := range all {
			if len(u.problems) < maxProblems {
				u.problems = append(u.problems, e.Error()+".")
			}
		}
	case errors.Is(err, context.DeadlineExceeded):
		u.problems = append(u.problems, fmt.Sprintf("%s was not read to its end: the files together took longer than %v.", visible(name), uploadTime))
	default:
		return fmt.Errorf("read an uploaded file: %w", err)
	}
	return nil
}

// maxProblems is how many are told; an archive may have thousands.
const maxProblems = 50

// texts makes a file of a document's parts. The values of a STIX bundle or a MISP
// event are parts of one text, which the page shows whole.
func texts(d *document.Document) readFile {
	var f readFile
	last := ""
	for i := range d.Parts {
		p := &d.Parts[i]
		f.Name = p.Path[0]
		part := filePart{Name: p.Name(), Page: p.Page, Text: p.Text, read: p}
		if whole, ok := p.Source(); ok {
			part = filePart{Name: strings.Join(p.Path, " > "), Text: whole}
			if part.Name == last {
				continue
			}
			last = part.Name
		}
		if part.Name == f.Name {
			part.Name = ""
		}
		f.Parts = append(f.Parts, part)
	}
	return f
}

// matches are those of one text of a file. Of a STIX bundle or a MISP event they
// are those of its values, so that escapes do not hide any.
func (p *filePart) matches(o ioc.Options) []ioc.Match {
	if !document.Sniff([]byte(p.Text)).Structured {
		return o.Extract(p.Text)
	}
	// Such a text is read here and not in a jail, so the context ends nothing.
	d, _ := document.Read(context.Background(), strings.NewReader(p.Text), document.Options{})
	var all []ioc.Match
	for i := range d.Parts {
		q := &d.Parts[i]
		for _, m := range o.Extract(q.Text) {
			m.Raw, m.Start, m.End = q.Place(m.Start, m.End)
			all = append(all, m)
		}
	}
	return all
}

// inFile is a match with its place in the file, for whoever has the file. The
// page shows texts, all as UTF-8, and counts in these.
func (p *filePart) inFile(m ioc.Match) ioc.Match {
	if p.read != nil {
		m.Raw, m.Start, m.End = p.read.Place(m.Start, m.End)
	}
	return m
}

// title is what a part is called on a page.
func (f *readFile) title(p *filePart) string {
	if p.Name == "" {
		return f.Name
	}
	return p.Name
}
