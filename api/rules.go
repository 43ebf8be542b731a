package api

import (
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An object is a struct as JSON has it.
type object struct{ fields []field }

// A field is one of a struct, with what its tags ask of it.
type field struct {
	index     []int
	name      string // in JSON
	tag       reflect.StructTag
	elsewhere bool // it is not taken from the body, whatever that says
	needed    bool // the request must have it
	rules     []check
	inner     *object // of a struct, or of a slice's elements, that rules are about
}

// A check returns what is wrong with a value, empty if nothing is.
type check func(v reflect.Value) string

// check looks at an object, and at raw for what of it was sent: a part that was left
// out breaks no rules. Names are compared as encoding/json does, which takes them in
// any case, but a field is sent once.
func (o *object) check(v reflect.Value, raw json.RawMessage, path string, invalid *Invalid) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return // not an object, which decoding has said
	}
	for i := range o.fields {
		f := &o.fields[i]
		sent := take(members, f.name)
		switch name := path + f.name; {
		case f.elsewhere:
		case sent == nil || string(sent) == "null":
			f.checkMissing(name, invalid)
		default:
			f.checkValue(v.FieldByIndex(f.index), name, invalid)
			f.checkInner(v.FieldByIndex(f.index), sent, name, invalid)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		invalid.Add(path+name, "is not known here")
	}
}

// take removes and returns a member, nil if there is none.
func take(members map[string]json.RawMessage, name string) json.RawMessage {
	if _, exact := members[name]; !exact {
		for other := range members {
			if strings.EqualFold(other, name) {
				name = other // of two such, the one that is left over is an error
				break
			}
		}
	}
	raw := members[name]
	delete(members, name)
	return raw
}

func (f *field) checkMissing(name string, invalid *Invalid) {
	if f.needed {
		invalid.Add(name, "is missing")
	}
}

func (f *field) checkValue(v reflect.Value, name string, invalid *Invalid) {
	for _, rule := range f.rules {
		if what := rule(v); what != "" {
			invalid.Add(name, what)
		}
	}
}

func (f *field) checkInner(v reflect.Value, raw json.RawMessage, name string, invalid *Invalid) {
	if f.inner == nil {
		return
	}
	if v.Kind() == reflect.Struct {
		f.inner.check(v, raw, name+".", invalid)
		return
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return // not a list, which decoding has said
	}
	for i := range min(len(items), v.Len()) {
		f.inner.check(v.Index(i), items[i], fmt.Sprintf("%s[%d].", name, i), invalid)
	}
}

// objectOf reads the tags of a struct, once. Above are the structs that it is in: one
// that contains itself is checked to its first level, so that a deep body is not
// looked through again at each level.
func objectOf(t reflect.Type, above []reflect.Type) (*object, error) {
	o := &object{}
	return o, o.add(t, nil, append(above[:len(above):len(above)], t))
}

// add adds the fields of t, which lies at index. Those of structs embedded in it come
// last: a field of its own hides them.
func (o *object) add(t reflect.Type, index []int, above []reflect.Type) error {
	var embedded []reflect.StructField
	for i := range t.NumField() {
		sf := t.Field(i)
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		switch {
		case sf.Anonymous && name == "" && sf.Type.Kind() == reflect.Struct:
			embedded = append(embedded, sf)
			continue
		case sf.Anonymous && name == "" && sf.Type.Kind() == reflect.Pointer:
			return fmt.Errorf("field %s: it is embedded by a pointer, which may be nil; embed the struct itself", sf.Name)
		case !sf.IsExported(), sf.Tag.Get("json") == "-" && !isElsewhere(sf):
			continue
		}
		f := field{index: append(index[:len(index):len(index)], i), name: cmp.Or(name, sf.Name), tag: sf.Tag}
		if slices.ContainsFunc(o.fields, func(other field) bool { return other.name == f.name }) {
			continue
		}
		if err := f.read(sf, above); err != nil {
			return fmt.Errorf("field %s: %w", sf.Name, err)
		}
		o.fields = append(o.fields, f)
	}
	for _, sf := range embedded {
		if err := o.add(sf.Type, append(index[:len(index):len(index)], sf.Index...), above); err != nil {
			return err
		}
	}
	return nil
}

func isElsewhere(sf reflect.StructField) bool {
	for _, r := range readers {
		if _, ok := sf.Tag.Lookup(r.tag); ok {
			return true
		}
	}
	return false
}

// read takes the rules from the field's tags, in the order of makers.
func (f *field) read(sf reflect.StructField, above []reflect.Type) error {
	f.needed = sf.Tag.Get("required") == "true"
	for _, m := range makers {
		arg, ok := sf.Tag.Lookup(m.tag)
		if !ok {
			continue
		}
		rule, err := m.make(sf.Type, arg)
		if err != nil {
			return fmt.Errorf("%s:%q: %w", m.tag, arg, err)
		}
		f.rules = append(f.rules, rule)
	}
	inner := sf.Type
	if inner.Kind() == reflect.Slice {
		inner = inner.Elem()
	}
	reads := reflect.PointerTo(inner)
	if inner.Kind() != reflect.Struct || reads.Implements(unmarshaler) || reads.Implements(textUnmarshaler) || slices.Contains(above, inner) {
		return nil
	}
	var err error
	f.inner, err = objectOf(inner, above)
	return err
}

// A type that reads its own JSON, such as time.Time, knows by itself what is in it.
var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// makers are the tags that ask something of a value, in the order in which a
// client is told.
var makers = []struct {
	tag  string
	make func(t reflect.Type, arg string) (check, error)
}{
	{"minLength", func(t reflect.Type, arg string) (check, error) {
		n, err := length(t, arg)
		return func(v reflect.Value) string {
			return unless(size(v) >= n, "must have at least %d characters or items", n)
		}, err
	}},
	{"maxLength", func(t reflect.Type, arg string) (check, error) {
		n, err := length(t, arg)
		return func(v reflect.Value) string {
			return unless(size(v) <= n, "must have at most %d characters or items", n)
		}, err
	}},
	{"minimum", func(t reflect.Type, arg string) (check, error) {
		n, err := number(t, arg)
		return func(v reflect.Value) string { return unless(amount(v) >= n, "must be at least %v", n) }, err
	}},
	{"maximum", func(t reflect.Type, arg string) (check, error) {
		n, err := number(t, arg)
		return func(v reflect.Value) string { return unless(amount(v) <= n, "must be at most %v", n) }, err
	}},
	{"enum", func(t reflect.Type, arg string) (check, error) {
		allowed := strings.Split(arg, ",")
		return func(v reflect.Value) string {
			text := fmt.Sprint(v.Interface())
			for _, a := range allowed {
				if text == a {
					return ""
				}
			}
			return "must be one of " + strings.Join(allowed, ", ")
		}, nil
	}},
	{"pattern", func(t reflect.Type, arg string) (check, error) {
		if t.Kind() != reflect.String {
			return nil, fmt.Errorf("a %s has no pattern", t)
		}
		re, err := regexp.Compile("^(?:" + arg + ")$")
		return func(v reflect.Value) string { return unless(re.MatchString(v.String()), "must look like %s", arg) }, err
	}},
}

func unless(ok bool, format string, arg any) string {
	if ok {
		return ""
	}
	return fmt.Sprintf(format, arg)
}

func length(t reflect.Type, arg string) (int, error) {
	switch t.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		return strconv.Atoi(arg)
	}
	return 0, fmt.Errorf("a %s has no length", t)
}

func size(v reflect.Value) int {
	if v.Kind() == reflect.String {
		return utf8.RuneCountInString(v.String())
	}
	return v.Len()
}

func number(t reflect.Type, arg string) (float64, error) {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return strconv.ParseFloat(arg, 64)
	}
	return 0, fmt.Errorf("a %s is no number", t)
}

func amount(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	}
	return v.Float()
}
