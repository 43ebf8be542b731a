// Package document gets the text out of files that people send each other:
// mail with its attachments, PDF, Office files, web pages, archives of all of
// these, whatever they are called and in whatever charset.
//
// The files in question were made to be opened by a victim, so reading one is
// the most dangerous thing an analyst's tool does. A PDF can end the process
// that parses it in two ways that no recover can catch, by a stack that
// overflows and by memory that runs out, and an archive of a few kilobytes can
// hold terabytes. Therefore everything but plain text is parsed in a child
// process: the program starts itself again, gives up files, network and
// further programs, takes limits of memory and time upon itself, reads the
// document from a pipe and writes texts to another. Whatever becomes of the
// child, [Read] answers: with all that was read, and with an [Error] for each
// thing that was not, naming the file within the file and the limit it hit.
//
// A program that reads documents has to call [ServeJail] first in its main.
package document

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A Document is the texts of a file.
type Document struct {
	Parts []Part
	// Skipped names what is in the document but has no text that could be
	// read: pictures, programs, archives of other kinds.
	Skipped []string
}

// A Part is one text in a document: a page, a mail's body, a file in an
// archive.
type Part struct {
	// Path leads from the outermost file inwards: "mail.eml", "report.zip",
	// "a.pdf". Names from inside a document are cleaned of characters that
	// cannot be seen; they are to show, not to open.
	Path []string
	// Section says which of the last file's texts this is, if it has more than
	// one: "page 3", "body", "headers".
	Section string
	// Page is the number of the page in a PDF or the slide in a presentation,
	// from 1; 0 where there are none.
	Page int
	// MediaType is what the last file of Path is, by its content.
	MediaType string
	// Text is valid UTF-8, its lines ended as in the file.
	Text string

	place *place      // where Text stands in the text of its file, if it is a value there
	file  *TextReader // that read it, if it is a file in another charset than UTF-8
}

// Name says where the text is, for people: "page 3 of a.pdf" in the file that
// holds it, "mail.eml > report.zip > page 3 of a.pdf".
func (p *Part) Name() string { return joinName(p.Path, p.Section) }

func joinName(path []string, section string) string {
	name := strings.Join(path, " > ")
	if section == "" {
		return name
	}
	last := len(path) - 1
	return strings.Join(append(path[:last:last], section+" of "+path[last]), " > ")
}

// Options say how a document is read. The zero value is for files of unknown
// origin on a machine with a gigabyte to spare.
type Options struct {
	// Name is the file's name, which [Part.Path] begins with.
	Name string
	// Limits of what reading may take; zero fields have defaults.
	Limits Limits
}

// Limits bound what reading one document, with all that is in it, may take.
type Limits struct {
	Input    int64 // bytes of the file; 64 MiB
	Text     int64 // bytes of all texts together; 64 MiB
	Expanded int64 // bytes that compressed data becomes, all together; 512 MiB
	Ratio    int64 // times its size that one compressed file may become; 250
	Parts    int   // texts, and files in archives; 10000
	Depth    int   // files within files; 8
	Memory   int64 // bytes that the child may use; 512 MiB
	// Time of computing, on all processors together, in whole seconds: 30.
	// The child is ended after four times that on the clock.
	Time time.Duration
}

func (l Limits) orDefault() Limits {
	return Limits{
		Input:    cmp.Or(l.Input, 64<<20),
		Text:     cmp.Or(l.Text, 64<<20),
		Expanded: cmp.Or(l.Expanded, 512<<20),
		Ratio:    cmp.Or(l.Ratio, 250),
		Parts:    cmp.Or(l.Parts, 10_000),
		Depth:    cmp.Or(l.Depth, 8),
		Memory:   cmp.Or(l.Memory, 512<<20),
		Time:     cmp.Or(l.Time, 30*time.Second),
	}
}

// Read reads the document in r, whatever it is. If something is missing from
// the result, the error says what: an [Errors] of one [Error] or more, or the
// error of r or ctx. The document is never nil and has what was read until
// then.
func Read(ctx context.Context, r io.Reader, o Options) (*Document, error) {
	limits := o.Limits.orDefault()
	name := cmp.Or(cleanName(o.Name), "document")
	data, err := io.ReadAll(io.LimitReader(r, limits.Input+1))
	if err != nil {
		return &Document{}, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(data)) > limits.Input {
		return &Document{}, Errors{{Path: []string{name}, Limit: LimitInput, Err: fmt.Errorf("more than %s", size(limits.Input))}}
	}
	kind := Sniff(data)
	if kind.Binary {
		return &Document{}, Errors{{Path: []string{name}, Err: &UnknownError{kind.MediaType}}}
	}
	c := &collector{root: name, limits: limits}
	if kind.Text {
		w := newWalker(limits, c)
		_ = w.open(file{name: name, data: data}) // what stopped it was reported to the collector
		c.inCharset(data, kind.Charset)
	} else if err := runJail(ctx, data, name, limits, c); err != nil {
		return &c.doc, err
	}
	return c.result()
}

// An UnknownError says that a file is nothing that text could be got from.
type UnknownError struct {
	MediaType string // what it seems to be; may be empty
}

func (e *UnknownError) Error() string {
	if e.MediaType == "" {
		return "this is not text but binary data"
	}
	return "this is not text but binary data (" + e.MediaType + ")"
}

// An Error says why something in a document could not be read.
type Error struct {
	// Path leads to it, like that of a Part.
	Path []string
	// Limit is the limit that was hit; empty if it was none.
	Limit Limit
	// Err is what happened.
	Err error
	// Parts and Bytes count what was read of the whole document, if this
	// ended the reading; else both are 0.
	Parts, Bytes int

	ended bool
}

// A Limit names one of [Limits] in messages.
type Limit string

// The limits that an [Error] can be about.
const (
	LimitInput    Limit = "file size"
	LimitText     Limit = "text size"
	LimitExpanded Limit = "expanded size"
	LimitRatio    Limit = "compression ratio"
	LimitParts    Limit = "number of parts"
	LimitDepth    Limit = "nesting depth"
	LimitMemory   Limit = "memory"
	LimitTime     Limit = "time"
)

// Error names the file, the limit and what was read until then.
func (e *Error) Error() string { return strings.Join(e.Path, " > ") + ": " + e.Reason() }

// Reason is Error without the file.
func (e *Error) Reason() string {
	var b strings.Builder
	if e.Limit != "" {
		fmt.Fprintf(&b, "the limit of %s was hit: ", e.Limit)
	}
	fmt.Fprint(&b, e.Err)
	if e.ended {
		fmt.Fprintf(&b, "; read until then: %d part%s, %s", e.Parts, plural(e.Parts), size(int64(e.Bytes)))
	}
	return b.String()
}

// Unwrap returns what happened.
func (e *Error) Unwrap() error { return e.Err }

// Errors are all that is wrong with one document.
type Errors []*Error

// Error is one line for each of them.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As look at each.
func (e Errors) Unwrap() []error {
	list := make([]error, len(e))
	for i, err := range e {
		list[i] = err
	}
	return list
}

// A sink takes what a walker finds.
type sink interface {
	// begin starts a part; its text follows.
	begin(Part) error
	text(string) error
	skip(path []string, mediaType string) error
	problem(*Error) error
}

// errEnough is what a sink answers when it takes no more.
var errEnough = errors.New("enough")

// collector is the sink in the parent. It holds the child to the limits that
// the child was told, because a child that was taken over would not.
type collector struct {
	root   string
	limits Limits
	doc    Document
	errs   Errors
	bytes  int64
	open   []byte // the text of the last part
}

func (c *collector) begin(p Part) error {
	c.close()
	if len(c.doc.Parts) >= c.limits.Parts {
		return errEnough
	}
	c.doc.Parts = append(c.doc.Parts, p)
	return nil
}

func (c *collector) text(s string) error {
	if len(c.doc.Parts) == 0 || c.bytes+int64(len(s)) > c.limits.Text {
		return errEnough
	}
	c.bytes += int64(len(s))
	c.open = append(c.open, s...)
	return nil
}

// close gives the last part its text.
func (c *collector) close() {
	if n := len(c.doc.Parts); n > 0 && len(c.open) > 0 {
		c.doc.Parts[n-1].Text = string(c.open)
	}
	c.open = c.open[:0]
}

func (c *collector) skip(path []string, mediaType string) error {
	if len(path) == 1 {
		return c.problem(&Error{Path: path, Err: &UnknownError{mediaType}})
	}
	if len(c.doc.Skipped) < c.limits.Parts {
		c.doc.Skipped = append(c.doc.Skipped, joinName(path, ""))
	}
	return nil
}

func (c *collector) problem(e *Error) error {
	if len(c.errs) < c.limits.Parts {
		c.errs = append(c.errs, e)
	}
	return nil
}

// inCharset keeps the places of a text in another charset.
func (c *collector) inCharset(data []byte, charset string) {
	if charset == "" || len(c.doc.Parts) == 0 {
		return
	}
	r := NewTextReader(bytes.NewReader(data), charset)
	_, _ = io.Copy(io.Discard, r) // memory can be read to its end
	c.doc.Parts[0].file = r
}

// result is the document and what is wrong with it.
func (c *collector) result() (*Document, error) {
	c.close()
	c.splitJSON()
	if len(c.errs) == 0 {
		return &c.doc, nil
	}
	for _, e := range c.errs {
		if e.ended {
			e.Parts, e.Bytes = len(c.doc.Parts), int(c.bytes)
		}
	}
	return &c.doc, c.errs
}

// size is a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<20)), ".0") + " MB"
	case n >= 1<<10:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<10)), ".0") + " KB"
	}
	return fmt.Sprintf("%d bytes", n)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}
