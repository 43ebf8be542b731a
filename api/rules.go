package api

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// rule is one constraint on one field, as its tag says.
type rule struct {
	index []int
	name  string
	// broken returns what is wrong with the value, empty if nothing is.
	broken func(v reflect.Value) string
	needed bool // the request must have the field
	// items are the rules of a slice's elements or a struct's fields.
	items []rule
}

// check applies the rule to the field of a struct.
func (r *rule) check(in reflect.Value, seen map[string]bool, invalid *Invalid) {
	r.checkAt(in, "", seen, invalid)
}

func (r *rule) checkAt(in reflect.Value, path string, seen map[string]bool, invalid *Invalid) {
	v, name := in.FieldByIndex(r.index), path+r.name
	if r.needed && (seen != nil && !seen[r.name] || seen == nil && v.IsZero()) {
		invalid.Add(name, "is missing")
		return
	}
	if r.broken != nil && (seen == nil || seen[r.name]) {
		if what := r.broken(v); what != "" {
			invalid.Add(name, what)
		}
	}
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			for _, item := range r.items {
				item.checkAt(v.Index(i), fmt.Sprintf("%s[%d].", name, i), nil, invalid)
			}
		}
		return
	}
	for _, item := range r.items {
		item.checkAt(v, name+".", nil, invalid)
	}
}

// rulesOf reads the tags of a struct, once.
func rulesOf(t reflect.Type, above []reflect.Type) ([]rule, error) {
	for _, a := range above {
		if a == t {
			return nil, nil // a type that contains itself is checked to its first level
		}
	}
	var rules []rule
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		name := fieldName(f)
		for tag, make := range makers {
			arg, ok := f.Tag.Lookup(tag)
			if !ok {
				continue
			}
			broken, err := make(f.Type, arg)
			if err != nil {
				return nil, fmt.Errorf("field %s: %s:%q: %w", f.Name, tag, arg, err)
			}
			rules = append(rules, rule{index: f.Index, name: name, broken: broken})
		}
		if f.Tag.Get("required") == "true" {
			rules = append(rules, rule{index: f.Index, name: name, needed: true})
		}
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			items, err := rulesOf(inner, append(above, t))
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", f.Name, err)
			}
			if len(items) > 0 {
				rules = append(rules, rule{index: f.Index, name: name, items: items})
			}
		}
	}
	return rules, nil
}

// fieldName is the field's name in the request.
func fieldName(f reflect.StructField) string {
	for tag := range readers {
		if name, ok := f.Tag.Lookup(tag); ok {
			return name
		}
	}
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
		return name
	}
	return f.Name
}

type maker func(t reflect.Type, arg string) (func(reflect.Value) string, error)

var makers = map[string]maker{
	"minLength": func(t reflect.Type, arg string) (func(reflect.Value) string, error) {
		n, err := length(t, arg)
		return func(v reflect.Value) string {
			return unless(size(v) >= n, "must have at least %d characters or items", n)
		}, err
	},
	"maxLength": func(t reflect.Type, arg string) (func(reflect.Value) string, error) {
		n, err := length(t, arg)
		return func(v reflect.Value) string {
			return unless(size(v) <= n, "must have at most %d characters or items", n)
		}, err
	},
	"minimum": func(t reflect.Type, arg string) (func(reflect.Value) string, error) {
		n, err := number(t, arg)
		return func(v reflect.Value) string { return unless(amount(v) >= n, "must be at least %v", n) }, err
	},
	"maximum": func(t reflect.Type, arg string) (func(reflect.Value) string, error) {
		n, err := number(t, arg)
		return func(v reflect.Value) string { return unless(amount(v) <= n, "must be at most %v", n) }, err
	},
	"enum": func(t reflect.Type, arg string) (func(reflect.Value) string, error) {
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
	},
	"pattern": func(t reflect.Type, arg string) (func(reflect.Value) string, error) {
		if t.Kind() != reflect.String {
			return nil, fmt.Errorf("a %s has no pattern", t)
		}
		re, err := regexp.Compile("^(?:" + arg + ")$")
		return func(v reflect.Value) string { return unless(re.MatchString(v.String()), "must look like %s", arg) }, err
	},
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
