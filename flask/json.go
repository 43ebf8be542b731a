package flask

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// AppendJSON appends v as Flask's jsonify writes it: keys sorted, everything
// beyond ASCII escaped, floats as Python spells them (1.0, 1e-07) and times as
// HTTP dates. It is for a [retort.Config]'s JSON, so that programs which read a
// moved blueprint's answers notice nothing; encoding/json's way, with its times
// of RFC 3339, loses less.
//
// Structs have the names and options of encoding/json, and what marshals itself
// is asked to. A float that is no number is an error, since no JSON has it: Flask
// writes NaN.
func AppendJSON(dst []byte, v any) ([]byte, error) {
	n, err := reflected(reflect.ValueOf(v), 0)
	if err != nil {
		return dst, fmt.Errorf("flask: JSON: %w", err)
	}
	return n.append(dst, sessionStyle), nil
}

var (
	timeType      = reflect.TypeFor[time.Time]()
	numberType    = reflect.TypeFor[json.Number]()
	marshalerType = reflect.TypeFor[json.Marshaler]()
	textType      = reflect.TypeFor[encoding.TextMarshaler]()
)

// reflected is a Go value as JSON.
func reflected(v reflect.Value, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, fmt.Errorf("it is nested deeper than %d", maxDepth)
	}
	if !v.IsValid() {
		return node{}, nil
	}
	switch t := v.Type(); {
	case (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil():
		return node{}, nil
	case t == timeType:
		return str(v.Interface().(time.Time).UTC().Format(http.TimeFormat)), nil
	case t == numberType:
		return parseJSON(v.String())
	case t.Implements(marshalerType):
		data, err := v.Interface().(json.Marshaler).MarshalJSON()
		if err != nil {
			return node{}, err
		}
		return parseJSON(string(data))
	case t.Implements(textType):
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		return str(string(text)), err
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return reflected(v.Elem(), depth+1)
	case reflect.Bool:
		return node{kind: boolean, text: strconv.FormatBool(v.Bool())}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return node{kind: number, text: strconv.FormatInt(v.Int(), 10)}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return node{kind: number, text: strconv.FormatUint(v.Uint(), 10)}, nil
	case reflect.Float32, reflect.Float64:
		return reflectedFloat(v)
	case reflect.String:
		return str(strings.ToValidUTF8(v.String(), "\ufffd")), nil
	case reflect.Slice, reflect.Array:
		return reflectedList(v, depth)
	case reflect.Map:
		return reflectedMap(v, depth)
	case reflect.Struct:
		n := node{kind: dict}
		return n, n.addFields(v, depth)
	}
	return node{}, fmt.Errorf("a %s cannot be JSON", v.Type())
}

func reflectedFloat(v reflect.Value) (node, error) {
	f := v.Float()
	if v.Kind() == reflect.Float32 { // 0.1, not 0.10000000149011612
		f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64)
	}
	text := formatFloat(f)
	if strings.ContainsAny(text, "Nn") {
		return node{}, errors.New("a float is " + text)
	}
	return node{kind: number, text: text}, nil
}

func reflectedList(v reflect.Value, depth int) (node, error) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return node{}, nil
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		return str(base64.StdEncoding.EncodeToString(v.Bytes())), nil
	}
	n := node{kind: list}
	for i := range v.Len() {
		item, err := reflected(v.Index(i), depth+1)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, item)
	}
	return n, nil
}

func reflectedMap(v reflect.Value, depth int) (node, error) {
	if v.IsNil() {
		return node{}, nil
	}
	n := node{kind: dict}
	for key, value := range v.Seq2() {
		name, err := keyText(key)
		if err != nil {
			return n, err
		}
		if err := n.add(name, value, depth); err != nil {
			return n, err
		}
	}
	return n, nil
}

// keyText is a map's key as encoding/json spells it.
func keyText(key reflect.Value) (string, error) {
	switch {
	case key.Kind() == reflect.String:
		return key.String(), nil
	case key.Type().Implements(textType):
		text, err := key.Interface().(encoding.TextMarshaler).MarshalText()
		return string(text), err
	case key.CanInt() || key.CanUint():
		return fmt.Sprint(key.Interface()), nil
	}
	return "", fmt.Errorf("a %s cannot be a key in JSON", key.Type())
}

func (n *node) add(name string, v reflect.Value, depth int) error {
	item, err := reflected(v, depth+1)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	n.keys = append(n.keys, name)
	n.items = append(n.items, item)
	return nil
}

// addFields adds the fields of a struct, and those of the structs embedded in it
// that it does not have itself.
func (n *node) addFields(v reflect.Value, depth int) error {
	var embedded []reflect.Value
	for i := range v.NumField() {
		f, value := v.Type().Field(i), v.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			if value.Kind() == reflect.Pointer {
				value = value.Elem() // of nil: no fields
			}
			if value.Kind() == reflect.Struct {
				embedded = append(embedded, value)
			}
			if !value.IsValid() || value.Kind() == reflect.Struct {
				continue
			}
		}
		if !f.IsExported() || name == "-" && options == "" {
			continue
		}
		if leftOut(value, options) {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if slices.Contains(n.keys, name) {
			continue
		}
		if err := n.add(name, value, depth); err != nil {
			return err
		}
		if last := &n.items[len(n.items)-1]; hasOption(options, "string") && (last.kind == number || last.kind == boolean) {
			*last = str(last.text)
		}
	}
	for _, inner := range embedded {
		if err := n.addFields(inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func leftOut(v reflect.Value, options string) bool {
	if hasOption(options, "omitzero") {
		if z, ok := v.Interface().(interface{ IsZero() bool }); ok && z.IsZero() || v.IsZero() {
			return true
		}
	}
	if !hasOption(options, "omitempty") {
		return false
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Array, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func hasOption(options, want string) bool {
	return slices.Contains(strings.Split(options, ","), want)
}
