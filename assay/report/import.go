package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// maxElement is the most memory that reading an export takes for one item, be
// the file as long as it may.
const maxElement = 4 << 20

// Import yields the items of an export of this package in the named format
// (jsonl, json, csv, stix, misp), each as it was written and in that order.
// What others have put into the file since is passed over. The first error ends
// the sequence and is yielded with a zero Item, after the items before it.
func Import(format string, r io.Reader) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for _, f := range importers {
			if f.name != format {
				continue
			}
			err := f.read(bounded(r), func(it Item) bool { return yield(it, nil) })
			if err != nil && !errors.Is(err, errStop) {
				yield(Item{}, fmt.Errorf("import %s: %w", format, err))
			}
			return
		}
		yield(Item{}, fmt.Errorf("import %s: exports of this format cannot be read back", format))
	}
}

// Sniff returns the format of an export that Import can read and that begins
// with head, some kilobytes of it; empty for everything else.
func Sniff(head []byte) string {
	for _, f := range importers {
		if f.begins(bytes.TrimPrefix(head, []byte(byteOrderMark))) {
			return f.name
		}
	}
	return ""
}

const byteOrderMark = "\ufeff"

var importers = []struct {
	name   string
	begins func(head []byte) bool
	read   func(r *input, yield func(Item) bool) error
}{
	{"jsonl", beginsItem, importJSONL},
	{"json", func(head []byte) bool {
		rest, ok := bytes.CutPrefix(bytes.TrimSpace(head), []byte("["))
		return ok && beginsItem(bytes.TrimSpace(rest))
	}, importJSON},
	{"csv", func(head []byte) bool {
		first, _, _ := bytes.Cut(head, []byte("\n"))
		return strings.ReplaceAll(strings.TrimSpace(string(first)), `"`, "") == columns
	}, importCSV},
	{"stix", func(head []byte) bool {
		return bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(assayExtension))
	}, importSTIX},
	{"misp", func(head []byte) bool {
		return bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"Event"`)) && bytes.Contains(head, []byte(`"comment":"`+mispPrefix+`{\"`))
	}, importMISP},
}

// beginsItem reports whether head begins with the fields of an item, in their
// order.
func beginsItem(head []byte) bool {
	d := json.NewDecoder(bytes.NewReader(head))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	want := []string{"kind", "value", "raw", "start", "end", "reason"}
	for len(want) > 0 {
		key, err := d.Token()
		if err != nil {
			return len(want) < 4 // a long text goes on beyond head
		}
		switch {
		case key == want[0]:
			want = want[1:]
		case len(want) == 6 && (key == "file" || key == "part" || key == "page"):
		default:
			return false
		}
		if t, err := d.Token(); err == nil {
			if _, nested := t.(json.Delim); nested {
				return false
			}
		}
	}
	return true
}

// errStop says that nobody wants more.
var errStop = errors.New("stop")

// input is a reader that must not be read too far for one element.
type input struct {
	r    *bufio.Reader
	left int
}

func bounded(r io.Reader) *input {
	in := &input{r: bufio.NewReader(r), left: maxElement}
	if mark, err := in.r.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = in.r.Discard(len(mark)) // just seen
	}
	return in
}

var errTooLong = fmt.Errorf("an element is larger than %d MiB", maxElement>>20)

func (in *input) Read(p []byte) (int, error) {
	if in.left <= 0 {
		return 0, errTooLong
	}
	n, err := in.r.Read(p[:min(len(p), in.left)])
	in.left -= n
	return n, err
}

// next allows for another element.
func (in *input) next() { in.left = maxElement }

// importJSONL reads a JSON object per line.
func importJSONL(in *input, yield func(Item) bool) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxElement)
	n := 0
	for ; lines.Scan(); n++ {
		in.next()
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		it, err := parseItem(line)
		if err != nil && lines.Err() != nil {
			return lines.Err() // the line broke off
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
		if !yield(it) {
			return errStop
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("line %d: %w", n+1, errTooLong)
	} else if err != nil {
		return err
	}
	return nil
}

// importJSON reads an array of objects.
func importJSON(in *input, yield func(Item) bool) error {
	w := walk{in: in, d: json.NewDecoder(in)}
	if err := w.open('['); err != nil {
		return err
	}
	return w.elements(yield, func(element json.RawMessage) (json.RawMessage, error) { return element, nil })
}

// importSTIX reads the matches of a bundle's objects.
func importSTIX(in *input, yield func(Item) bool) error {
	w := walk{in: in, d: json.NewDecoder(in)}
	return w.member("objects", yield, func(element json.RawMessage) (json.RawMessage, error) {
		var o struct {
			Match json.RawMessage `json:"x_assay_match"`
		}
		err := json.Unmarshal(element, &o)
		return o.Match, err
	})
}

// importMISP reads the matches of an event's attributes.
func importMISP(in *input, yield func(Item) bool) error {
	w := walk{in: in, d: json.NewDecoder(in)}
	return w.member("Attribute", yield, func(element json.RawMessage) (json.RawMessage, error) {
		var a struct {
			Comment string `json:"comment"`
		}
		err := json.Unmarshal(element, &a)
		match, ok := strings.CutPrefix(a.Comment, mispPrefix+"{")
		if err != nil || !ok {
			return nil, err
		}
		return json.RawMessage("{" + match), nil
	})
}

// walk goes through a JSON text that need not fit in memory.
type walk struct {
	in *input
	d  *json.Decoder
}

// find returns the item in an element, or nothing.
type find func(element json.RawMessage) (json.RawMessage, error)

func (w *walk) token() (json.Token, error) {
	w.in.next()
	t, err := w.d.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return t, err
}

func (w *walk) open(delim json.Delim) error {
	t, err := w.token()
	if err == nil && t != delim {
		err = fmt.Errorf("%v where %v should be", t, delim)
	}
	return err
}

// elements reads an open array to its end.
func (w *walk) elements(yield func(Item) bool, in find) error {
	for n := 1; w.d.More(); n++ {
		w.in.next()
		var element json.RawMessage
		if err := w.d.Decode(&element); err != nil {
			return fmt.Errorf("element %d: %w", n, err)
		}
		found, err := in(element)
		if err != nil {
			return fmt.Errorf("element %d: %w", n, err)
		}
		if found == nil {
			continue
		}
		it, err := parseItem(found)
		if err != nil {
			return fmt.Errorf("element %d: %w", n, err)
		}
		if !yield(it) {
			return errStop
		}
	}
	_, err := w.token()
	return err
}

// member reads every array that is called name, wherever it stands outside of
// another such.
func (w *walk) member(name string, yield func(Item) bool, in find) error {
	const deepest = 16 // neither format goes deeper where such arrays are
	if err := w.open('{'); err != nil {
		return err
	}
	type level struct{ object, value bool } // value: the next token is one
	levels := []level{{object: true}}
	for len(levels) > 0 {
		t, err := w.token()
		if err != nil {
			return err
		}
		top := &levels[len(levels)-1]
		if top.object && !top.value {
			if key, ok := t.(string); ok {
				top.value = true
				if key != name {
					continue
				}
				if t, err = w.token(); err != nil {
					return err
				}
				if t == json.Delim('[') {
					top.value = false
					if err := w.elements(yield, in); err != nil {
						return err
					}
					continue
				}
			}
		}
		top.value = false
		switch t {
		case json.Delim('{'), json.Delim('['):
			if len(levels) == deepest {
				return fmt.Errorf("nested more than %d deep", deepest)
			}
			levels = append(levels, level{object: t == json.Delim('{')})
		case json.Delim('}'), json.Delim(']'):
			levels = levels[:len(levels)-1]
		}
	}
	return nil
}
