package document

import (
	"errors"
	"fmt"
	"io"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A walker reads files and the files in them, and hands what it finds to a
// sink. It keeps account of all that reading one document takes.
type walker struct {
	limits Limits
	out    sink

	path     []string // of the file that is being read
	parts    int      // texts and files so far
	text     int64    // bytes of text so far
	expanded int64    // bytes that compressed data has become so far
}

func newWalker(limits Limits, out sink) *walker { return &walker{limits: limits, out: out} }

// A file is something to read: the document, or a file within it.
type file struct {
	name string
	data []byte
	// mediaType and charset of a mail's part, where they say more than its
	// bytes do; empty if they are to be found.
	mediaType, charset string
}

// stop ends the walk: a limit of the whole document was hit, or nobody listens.
type stop struct{ err *Error }

func (s stop) Error() string { return "reading stopped" }

// open reads a file with all that is in it. What is wrong with it goes to the
// sink, so that the files beside it are still read; the error is a stop.
func (w *walker) open(f file) error {
	return w.within(f.name, func() error { return w.read(f) })
}

// within does read for a file in the one that is being read.
func (w *walker) within(name string, read func() error) error {
	if err := w.count(1); err != nil {
		return err
	}
	w.path = append(w.path, cleanName(baseName(name)))
	defer func() { w.path = w.path[:len(w.path)-1] }()
	if len(w.path) > w.limits.Depth+1 {
		return w.report(&Error{Limit: LimitDepth, Err: fmt.Errorf("more than %d files within files", w.limits.Depth)})
	}
	err := read()
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[stop](err); ok {
		return err
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return w.report(e)
	}
	if u, ok := errors.AsType[*UnknownError](err); ok {
		return w.out.skip(w.path, u.MediaType)
	}
	return w.report(&Error{Err: err})
}

// read reads one file. A reader that panics has met a file it was not written
// for, and that is the file's fault: it goes no further than that file.
func (w *walker) read(f file) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("its reader failed: %v", p)
			if debugReaders {
				err = fmt.Errorf("%w\n%s", err, debug.Stack())
			}
		}
	}()
	kind := Sniff(f.data)
	readable := kind.Text || kind.MediaType == typeHTML || kind.MediaType == typeMail
	switch {
	case (f.mediaType == typeHTML || f.mediaType == typeMail) && readable:
		kind = Kind{MediaType: f.mediaType}
	case f.mediaType == typePlain && (kind.MediaType == typeHTML || kind.MediaType == typeMail):
		kind = Kind{MediaType: typePlain, Text: true, Charset: detectCharset(f.data[:min(len(f.data), SniffLen)])}
	}
	switch {
	case kind.Binary:
		return &UnknownError{kind.MediaType}
	case kind.Text:
		text := decodeText(f.data, kind.Charset)
		return w.emit(Part{MediaType: kind.MediaType}, text)
	}
	switch kind.MediaType {
	case typeHTML:
		return w.readHTML(f, "")
	case typeMail:
		return w.readMail(f.data)
	case typeMSG:
		return w.readMSG(f.data)
	case typePDF:
		return w.readPDF(f.data)
	case typeGZIP:
		return w.readGZIP(f)
	case typeRTF:
		return w.emit(Part{MediaType: typeRTF}, rtfText(f.data))
	}
	return w.readZIP(f.data)
}

// emit hands on the text of a part of the file that is being read. A part
// without any is none.
func (w *walker) emit(p Part, text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if p.Section != "" { // a file with one text was counted when it was opened
		if err := w.count(1); err != nil {
			return err
		}
	}
	p.Path = slices.Clone(w.path)
	if err := w.out.begin(p); err != nil {
		return err
	}
	cut := w.limits.Text - w.text
	whole := int64(len(text)) <= cut
	if !whole {
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	w.text += int64(len(text))
	if err := w.out.text(text); err != nil {
		return err
	}
	if !whole {
		return w.stop(LimitText, "more than %s", size(w.limits.Text))
	}
	return nil
}

func (w *walker) count(n int) error {
	w.parts += n
	if w.parts > w.limits.Parts {
		return w.stop(LimitParts, "more than %d", w.limits.Parts)
	}
	return nil
}

// stop ends the walk at a limit of the whole document.
func (w *walker) stop(limit Limit, format string, args ...any) error {
	e := &Error{Path: slices.Clone(w.path), Limit: limit, Err: fmt.Errorf(format, args...), ended: true}
	if err := w.out.problem(e); err != nil {
		return err
	}
	return stop{e}
}

// report says what is wrong with the file that is being read, or with one
// thing in it.
func (w *walker) report(e *Error) error {
	if e.Path == nil {
		e.Path = slices.Clone(w.path)
	}
	return w.out.problem(e)
}

// note reports something wrong within the file, which goes on.
func (w *walker) note(section string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = &Error{Err: err}
	}
	e.Path = slices.Clone(w.path)
	if section != "" {
		last := len(e.Path) - 1
		e.Path[last] = section + " of " + e.Path[last]
	}
	return w.out.problem(e)
}

// inflate reads all of a decompressed stream. compressed is what it was before
// or less; 0 if that is unknown.
func (w *walker) inflate(r io.Reader, compressed int64) ([]byte, error) {
	// Below a megabyte no ratio is of any harm, and blank pages have a high one.
	const harmless = 1 << 20
	most := max(harmless, compressed*w.limits.Ratio)
	left := w.limits.Expanded - w.expanded
	data, err := io.ReadAll(io.LimitReader(r, min(most, left)+1))
	w.expanded += int64(len(data))
	switch n := int64(len(data)); {
	case n > left:
		return nil, w.stop(LimitExpanded, "more than %s", size(w.limits.Expanded))
	case n > most:
		return nil, &Error{Limit: LimitRatio, Err: fmt.Errorf("%s became more than %s, over %d times as much", size(compressed), size(most), w.limits.Ratio)}
	case err != nil && n == 0:
		return nil, err
	}
	return data, err // what came before the damage is of use
}

// cleanName makes a name from a document fit to be shown: no control
// characters, none that reorder the line or cannot be seen, and no end of it.
func cleanName(name string) string {
	const longest = 120
	name = cleanLine(name)
	if runes := []rune(name); len(runes) > longest {
		// The end tells the type.
		name = string(runes[:longest-20]) + "…" + string(runes[len(runes)-19:])
	}
	return name
}

// cleanLine makes s one line of characters that can be seen.
func cleanLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// baseName is the last element of a name that may be written for any system.
func baseName(name string) string {
	return path.Base(strings.ReplaceAll(name, `\`, "/"))
}

// debugReaders adds the stack to the error of a reader that panicked.
const debugReaders = false
