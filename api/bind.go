package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/retort-go/retort"
)

// binder fills a struct from a request, as planned when the route was made.
type binder struct {
	sources []source // of the fields from elsewhere than the body
	body    *object  // nil if no field is from the body
}

// source is a field that is filled from the path, the query or a header.
type source struct {
	field
	read func(c *retort.Ctx, name string) (string, bool)
	set  func(field reflect.Value, text string) error
}

// readers are the places that a tag can name.
var readers = []struct {
	tag  string
	read func(c *retort.Ctx, name string) (string, bool)
}{
	{"path", func(c *retort.Ctx, name string) (string, bool) { return c.Param(name), true }},
	{"query", func(c *retort.Ctx, name string) (string, bool) {
		v, ok := c.Args()[name]
		if !ok || len(v) == 0 {
			return "", false
		}
		return v[0], true
	}},
	{"header", func(c *retort.Ctx, name string) (string, bool) {
		v := c.Request.Header.Values(name)
		if len(v) == 0 {
			return "", false
		}
		return v[0], true
	}},
}

func newBinder(t reflect.Type) (*binder, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("the input is a %s, not a struct", t)
	}
	body, err := objectOf(t, nil)
	if err != nil {
		return nil, err
	}
	b := &binder{}
	for i := range body.fields {
		f := &body.fields[i]
		places := 0
		for _, r := range readers {
			name, ok := f.tag.Lookup(r.tag)
			if !ok {
				continue
			}
			set, err := setter(t.FieldByIndex(f.index).Type)
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", f.name, err)
			}
			s := source{*f, r.read, set}
			s.name = name
			b.sources = append(b.sources, s)
			places++
		}
		switch places {
		case 0:
			b.body = body
		case 1:
			f.elsewhere = true
		default:
			return nil, fmt.Errorf("field %s: its tags name %d places to take it from", f.name, places)
		}
	}
	return b, nil
}

// setter parses text into a field of type t.
func setter(t reflect.Type) (func(reflect.Value, string) error, error) {
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value, s string) error { v.SetString(s); return nil }, nil
	case reflect.Bool:
		return func(v reflect.Value, s string) error {
			b, err := strconv.ParseBool(s)
			v.SetBool(b)
			return inWords(err, "must be true or false")
		}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(v reflect.Value, s string) error {
			n, err := strconv.ParseInt(s, 10, t.Bits())
			v.SetInt(n)
			return inWords(err, "must be a whole number")
		}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(v reflect.Value, s string) error {
			n, err := strconv.ParseUint(s, 10, t.Bits())
			v.SetUint(n)
			return inWords(err, "must be a whole number, not negative")
		}, nil
	case reflect.Float32, reflect.Float64:
		return func(v reflect.Value, s string) error {
			n, err := strconv.ParseFloat(s, t.Bits())
			if n-n != 0 { // infinite or NaN, which no JSON has
				err = strconv.ErrSyntax
			}
			v.SetFloat(n)
			return inWords(err, "must be a number")
		}, nil
	}
	return nil, fmt.Errorf("a %s cannot be read from text; take it from the body", t)
}

// inWords replaces an error of strconv by words for the client.
func inWords(err error, message string) error {
	if err == nil {
		return nil
	}
	return errors.New(message)
}

// bind fills and checks in. All that is wrong is found at once, unless the body
// is no JSON at all.
func (b *binder) bind(c *retort.Ctx, in reflect.Value) error {
	var invalid Invalid
	if b.body != nil {
		if err := b.body.bind(c, in, &invalid); err != nil {
			return err
		}
	}
	for _, s := range b.sources {
		v := in.FieldByIndex(s.index)
		v.SetZero() // the body has no say in it
		text, ok := s.read(c, s.name)
		if !ok {
			s.checkMissing(s.name, &invalid)
		} else if err := s.set(v, text); err != nil {
			invalid.Add(s.name, err.Error())
		} else {
			s.checkValue(v, s.name, &invalid)
		}
	}
	if v, ok := in.Addr().Interface().(interface{ Validate() error }); ok && len(invalid.Fields) == 0 {
		if err := v.Validate(); err != nil {
			return err
		}
	}
	return invalid.Err()
}

// bind decodes the body into in and checks it.
func (o *object) bind(c *retort.Ctx, in reflect.Value, invalid *Invalid) error {
	var raw json.RawMessage
	if err := c.DecodeJSON(&raw); err != nil {
		return err
	}
	if !strings.HasPrefix(strings.TrimLeft(string(raw), " \t\r\n"), "{") {
		return retort.Errorf(http.StatusBadRequest, "The JSON has to be an object.")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(in.Addr().Interface())
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		invalid.Add(typ.Field, "cannot be a "+typ.Value)
		return nil
	}
	o.check(in, raw, "", invalid)
	if err == nil || len(invalid.Fields) > 0 {
		return nil
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok { // deeper than check goes
		invalid.Add(strings.Trim(name, `"`), "is not known here")
		return nil
	}
	return retort.Errorf(http.StatusBadRequest, "The JSON could not be read.").Because(err)
}
