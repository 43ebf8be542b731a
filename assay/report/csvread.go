package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/retort-go/retort/assay/ioc"
)

// importCSV reads a table with a header. Columns may come in any order and some
// may be missing; others are passed over.
func importCSV(in *input, yield func(Item) bool) error {
	t := table{in: in, line: 1}
	header, err := t.row()
	if err != nil {
		return err
	}
	if !slices.Contains(header, "kind") || !slices.Contains(header, "value") {
		return errors.New("line 1: a table needs the columns kind and value")
	}
	for {
		cells, err := t.row()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && len(cells) != len(header) {
			err = fmt.Errorf("%d cells under %d headings", len(cells), len(header))
		}
		var it Item
		for i := 0; err == nil && i < len(cells); i++ {
			err = it.set(header[i], unguard(cells[i]))
		}
		if err == nil {
			err = it.check()
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", t.start, err)
		}
		if !yield(it) {
			return errStop
		}
	}
}

// set sets the field of a column.
func (it *Item) set(column, cell string) (err error) {
	switch column {
	case "kind":
		it.Kind = ioc.Kind(cell)
	case "value":
		it.Value = cell
	case "raw":
		it.Raw = cell
	case "reason":
		it.Reason = cell
	case "file":
		it.File = cell
	case "part":
		it.Part = cell
	case "rejected":
		it.Rejected = cell == "true"
	case "start":
		it.Start, err = number(cell)
	case "end":
		it.End, err = number(cell)
	case "page":
		it.Page, err = number(cell)
	case "detail":
		if cell != "" {
			err = json.Unmarshal([]byte(cell), &it.Detail)
		}
	}
	if err != nil {
		err = fmt.Errorf("column %s: %w", column, err)
	}
	return err
}

func number(cell string) (int, error) {
	if cell == "" {
		return 0, nil
	}
	return strconv.Atoi(cell)
}

// table reads RFC 4180. The package encoding/csv is not for this: it turns CRLF
// in a cell into LF, and what an export holds is the text as it stood.
type table struct {
	in    *input
	line  int // that the next byte is on
	start int // that the last row begins on
}

// row reads the next row; a blank line is none. The error is io.EOF where the
// table ends.
func (t *table) row() ([]string, error) {
	t.in.next()
	for t.at('\n') || t.at('\r') {
		if _, err := t.byte(); err != nil {
			return nil, err
		}
	}
	if _, err := t.in.r.Peek(1); err != nil {
		return nil, err
	}
	t.start = t.line
	var cells []string
	for {
		cell, end, err := t.cell()
		if err != nil {
			return nil, err
		}
		cells = append(cells, cell)
		if end {
			return cells, nil
		}
	}
}

// cell reads a cell and what ends it; end says that it ended the row.
func (t *table) cell() (text string, end bool, err error) {
	var b []byte
	quoted := t.at('"')
	if quoted {
		_, err = t.byte()
	}
	for err == nil {
		var c byte
		if c, err = t.byte(); err != nil {
			break
		}
		switch {
		case quoted && c == '"':
			if quoted = t.at('"'); !quoted {
				continue // what ends the cell follows
			}
			_, err = t.byte()
		case quoted:
		case c == ',':
			return string(b), false, nil
		case c == '\n':
			return string(b), true, nil
		case c == '\r' && t.at('\n'):
			continue
		}
		b = append(b, c)
	}
	if !errors.Is(err, io.EOF) {
		return "", false, err
	}
	if quoted {
		return "", false, io.ErrUnexpectedEOF
	}
	return string(b), true, nil
}

// at reports whether c comes next.
func (t *table) at(c byte) bool {
	next, err := t.in.r.Peek(1)
	return err == nil && next[0] == c
}

// byte reads one byte, within the bounds of the input.
func (t *table) byte() (byte, error) {
	if t.in.left <= 0 {
		return 0, errTooLong
	}
	t.in.left--
	c, err := t.in.r.ReadByte()
	if c == '\n' {
		t.line++
	}
	return c, err
}
