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
	fields []source // from elsewhere than the body
	body   bool     // some field is from the body
	rules  []rule
}

// source is a field that is filled from the path, the query or a header.
type source struct {
	index []int
	name  string
	read  func(c *retort.Ctx, name string) (string, bool)
	set   func(field reflect.Value, text string) error
}

var readers = map[string]func(c *retort.Ctx, name string) (string, bool){
	"path": func(c *retort.Ctx, name string) (string, bool) { return c.Param(name), true },
	"query": func(c *retort.Ctx, name string) (string, bool) {
		v, ok := c.Args()[name]
		if !ok || len(v) == 0 {
			return "", false
		}
		return v[0], true
	},
	"header": func(c *retort.Ctx, name string) (string, bool) {
		v := c.Request.Header.Values(name)
		if len(v) == 0 {
			return "", false
		}
		return v[0], true
	},
}

func newBinder(t reflect.Type) (*binder, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("the input is a %s, not a struct", t)
	}
	b := &binder{}
	for _, f := range reflect.VisibleFields(t) {
		if !f.IsExported() || f.Anonymous {
			continue
		}
		elsewhere := false
		for tag, read := range readers {
			name, ok := f.Tag.Lookup(tag)
			if !ok {
				continue
			}
			set, err := setter(f.Type)
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", f.Name, err)
			}
			b.fields = append(b.fields, source{f.Index, name, read, set})
			elsewhere = true
		}
		if !elsewhere && f.Tag.Get("json") != "-" {
			b.body = true
		}
	}
	rules, err := rulesOf(t, nil)
	b.rules = rules
	return b, err
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
			return whatever(err, "must be true or false")
		}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(v reflect.Value, s string) error {
			n, err := strconv.ParseInt(s, 10, t.Bits())
			v.SetInt(n)
			return whatever(err, "must be a whole number")
		}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(v reflect.Value, s string) error {
			n, err := strconv.ParseUint(s, 10, t.Bits())
			v.SetUint(n)
			return whatever(err, "must be a whole number, not negative")
		}, nil
	case reflect.Float32, reflect.Float64:
		return func(v reflect.Value, s string) error {
			n, err := strconv.ParseFloat(s, t.Bits())
			v.SetFloat(n)
			return whatever(err, "must be a number")
		}, nil
	}
	return nil, fmt.Errorf("a %s cannot be read from text; take it from the body", t)
}

// whatever replaces an error of strconv by words for the client.
func whatever(err error, message string) error {
	if err == nil {
		return nil
	}
	return errors.New(message)
}

// bind fills and checks in. All that is wrong is found at once, unless the body
// is no JSON at all.
func (b *binder) bind(c *retort.Ctx, in reflect.Value) error {
	var invalid Invalid
	seen := map[string]bool{}
	if b.body {
		if err := b.bindBody(c, in, seen, &invalid); err != nil {
			return err
		}
	}
	for _, f := range b.fields {
		field := in.FieldByIndex(f.index)
		field.SetZero() // the body has no say in it
		text, ok := f.read(c, f.name)
		if !ok {
			continue
		}
		seen[f.name] = true
		if err := f.set(field, text); err != nil {
			invalid.Add(f.name, err.Error())
		}
	}
	for _, r := range b.rules {
		r.check(in, seen, &invalid)
	}
	if v, ok := in.Addr().Interface().(interface{ Validate() error }); ok && len(invalid.Fields) == 0 {
		if err := v.Validate(); err != nil {
			return err
		}
	}
	return invalid.Err()
}

func (b *binder) bindBody(c *retort.Ctx, in reflect.Value, seen map[string]bool, invalid *Invalid) error {
	var raw json.RawMessage
	if err := c.DecodeJSON(&raw); err != nil {
		return err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return retort.Errorf(http.StatusBadRequest, "The JSON has to be an object.").Because(err)
	}
	for name := range members {
		seen[name] = true
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(in.Addr().Interface())
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		invalid.Add(typ.Field, "cannot be a "+typ.Value)
		return nil
	}
	if err != nil {
		if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
			invalid.Add(strings.Trim(name, `"`), "is not known here")
			return nil
		}
		return retort.Errorf(http.StatusBadRequest, "The JSON could not be read.").Because(err)
	}
	return nil
}
