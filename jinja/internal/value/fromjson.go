package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// FromJSON reads one JSON value as Python's json module does. Objects become
// dicts in the order written, in which a later duplicate wins; numbers written
// as integers become ints of any size; NaN and Infinity are numbers, too.
func FromJSON(data []byte) (Value, error) {
	r := jsonReader{data: data}
	v, err := r.value(0)
	if err != nil {
		return Value{}, err
	}
	if r.next() != 0 || r.at < len(data) {
		return Value{}, fmt.Errorf("json: more data after the value, at byte %d", r.at)
	}
	return v, nil
}

// jsonReader keeps what encoding/json's decoder does not: the order of keys and
// numbers that are none in JSON. Strings and numbers themselves are left to that
// package.
type jsonReader struct {
	data []byte
	at   int
}

// next skips white space and returns the byte behind it, 0 at the end.
func (r *jsonReader) next() byte {
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (r *jsonReader) value(depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, fmt.Errorf("json: nested deeper than %d", maxDepth)
	}
	switch r.next() {
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case '"':
		s, err := r.str()
		return Str(s), err
	}
	return r.word()
}

func (r *jsonReader) array(depth int) (Value, error) {
	var items []Value
	err := r.list(']', func() error {
		x, err := r.value(depth + 1)
		items = append(items, x)
		return err
	})
	return NewList(items), err
}

func (r *jsonReader) object(depth int) (Value, error) {
	d := NewDict(0)
	err := r.list('}', func() error {
		if r.next() != '"' {
			return r.unexpected()
		}
		key, err := r.str()
		if err != nil {
			return err
		}
		if r.next() != ':' {
			return r.unexpected()
		}
		r.at++
		x, err := r.value(depth + 1)
		d.SetStr(key, x)
		return err
	})
	return FromDict(d), err
}

// list reads what stands between brackets: items with commas between them.
func (r *jsonReader) list(end byte, item func() error) error {
	r.at++
	if r.next() == end {
		r.at++
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		switch r.next() {
		case ',':
			r.at++
		case end:
			r.at++
			return nil
		default:
			return r.unexpected()
		}
	}
}

func (r *jsonReader) str() (s string, err error) {
	start := r.at
	for r.at++; r.at < len(r.data); r.at++ {
		switch r.data[r.at] {
		case '\\':
			r.at++
		case '"':
			r.at++
			if err = json.Unmarshal(r.data[start:r.at], &s); err != nil {
				err = fmt.Errorf("json: the string at byte %d: %w", start, err)
			}
			return s, err
		}
	}
	return "", r.unexpected()
}

// word reads a number or a name.
func (r *jsonReader) word() (Value, error) {
	start := r.at
	for r.at < len(r.data) && isJSONWord(r.data[r.at]) {
		r.at++
	}
	word := r.data[start:r.at]
	switch string(word) {
	case "null":
		return None(), nil
	case "true":
		return Bool(true), nil
	case "false":
		return Bool(false), nil
	case "NaN":
		return Float(math.NaN()), nil
	case "Infinity":
		return Float(math.Inf(1)), nil
	case "-Infinity":
		return Float(math.Inf(-1)), nil
	}
	if !json.Valid(word) {
		r.at = start
		return Value{}, r.unexpected()
	}
	return parseNumber(string(word)), nil
}

func isJSONWord(c byte) bool {
	return c-'0' < 10 || c|0x20-'a' < 26 || c == '-' || c == '+' || c == '.'
}

// unexpected is the error of what stands at the reader's place.
func (r *jsonReader) unexpected() error {
	if r.at >= len(r.data) {
		return errors.New("json: unexpected end of data")
	}
	return fmt.Errorf("json: unexpected %q at byte %d", r.data[r.at:min(r.at+10, len(r.data))], r.at)
}
