package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// FromJSON reads one JSON value. Objects become dicts in the order written, in
// which a later duplicate wins; numbers written as integers become ints of any
// size.
func FromJSON(b []byte) (Value, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	v, err := decodeJSON(dec, 0)
	if err != nil {
		return Value{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Value{}, fmt.Errorf("json: more data after the value, at byte %d", dec.InputOffset())
	}
	return v, nil
}

func decodeJSON(dec *json.Decoder, depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, fmt.Errorf("json: nested deeper than %d", maxDepth)
	}
	tok, err := dec.Token()
	if err != nil {
		return Value{}, jsonError(err)
	}
	switch tok := tok.(type) {
	case json.Number:
		return parseNumber(tok.String()), nil
	case json.Delim:
		if tok == '[' {
			return decodeArray(dec, depth)
		}
		return decodeObject(dec, depth)
	}
	return From(tok), nil
}

func decodeArray(dec *json.Decoder, depth int) (Value, error) {
	var items []Value
	for dec.More() {
		x, err := decodeJSON(dec, depth+1)
		if err != nil {
			return Value{}, err
		}
		items = append(items, x)
	}
	_, err := dec.Token()
	return NewList(items), jsonError(err)
}

func decodeObject(dec *json.Decoder, depth int) (Value, error) {
	d := NewDict(0)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return Value{}, jsonError(err)
		}
		x, err := decodeJSON(dec, depth+1)
		if err != nil {
			return Value{}, err
		}
		d.SetStr(key.(string), x)
	}
	_, err := dec.Token()
	return FromDict(d), jsonError(err)
}

// jsonError words the end of the data in the middle of a value.
func jsonError(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("json: unexpected end of data")
	}
	return err
}
