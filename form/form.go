// Package form reads, checks and shows HTML forms: what WTForms users have, with
// Go's types. A form is a struct of fields, each with its label, its rules and,
// once a request was read, its value and what is wrong with it:
//
//	type Note struct {
//		Title form.Field[string]
//		Stars form.Field[int]
//		Tags  form.List[Tag]
//	}
//
//	func newNote() *Note {
//		return &Note{
//			Title: form.Text("Title", form.Required[string](), form.Length(1, 200)),
//			Stars: form.Integer("Stars", form.Range(1, 5)),
//			Tags:  form.ListOf(0, 10, newTag),
//		}
//	}
//
// The struct is the whole of it: no registry, no strings that name fields, and
// the compiler knows that Stars.Value is an int. A form with wrong input keeps
// what was typed, to be shown again beside what is wrong.
//
// The package knows no requests; package retort reads one with Ctx.Submitted.
package form

import (
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// maxDepth bounds forms within forms.
const maxDepth = 8

// An Upload is a file sent with a form.
type Upload struct {
	Name        string // as the client calls it: to show, not to open
	ContentType string // as the client says
	Size        int64
	Open        func() (io.ReadSeekCloser, error)
}

// A control is one field of a form, of whatever type.
type control interface {
	setup(name string)
	bind(values []string, uploads []Upload, translate Translate)
	valid() bool
}

// A checker is a form, or a part of one, with rules across its fields: its Check
// is called when the fields by themselves are right, and calls Fail on those
// that are not.
type checker interface{ Check() }

// Setup gives the fields of a form their names, as the page that shows it needs
// them: the snake_case of the struct's field names, or their `form` tags. Parts
// of a form are joined with dashes, as in WTForms: tags-0-name. The form is a
// pointer to a struct; anything else panics.
func Setup(form any) { setup(structOf(form), "", 0) }

// Read fills the form from a request and checks it. It reports whether all is
// right; if not, the fields' Errors say what is wrong.
func Read(form any, values url.Values, uploads map[string][]Upload) bool {
	return ReadIn(nil, form, values, uploads)
}

// ReadIn is Read with messages in another language. What a form's own rules say is
// translated too, but not what Fail says.
func ReadIn(translate Translate, form any, values url.Values, uploads map[string][]Upload) bool {
	v := structOf(form)
	reader{values, uploads, translate}.read(v, "", 0)
	check(v, 0)
	return valid(v, 0)
}

// A reader has what was sent.
type reader struct {
	values    url.Values
	uploads   map[string][]Upload
	translate Translate
}

// Valid reports whether nothing is wrong with the form, what [Field.Fail] said after
// Read included.
func Valid(form any) bool { return valid(structOf(form), 0) }

func structOf(form any) reflect.Value {
	v := reflect.ValueOf(form)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("form: a %T is no form; give a pointer to a struct of fields", form))
	}
	return v.Elem()
}

// each calls f for every field of a form with its name in the request.
func each(v reflect.Value, prefix string, f func(field reflect.Value, name string)) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		if !sf.IsExported() || sf.Type.Kind() != reflect.Struct {
			continue
		}
		name := sf.Tag.Get("form")
		switch name {
		case "-":
			continue
		case "":
			name = snakeCase(sf.Name)
		}
		f(v.Field(i), prefix+name)
	}
}

// lister is a [List], of whatever type.
type lister interface {
	items() []reflect.Value
	grow(n int)
	bounds() (low, high int)
	fail(message string)
	valid() bool
}

func setup(v reflect.Value, prefix string, depth int) {
	if depth > maxDepth {
		return
	}
	each(v, prefix, func(field reflect.Value, name string) {
		switch part := field.Addr().Interface().(type) {
		case control:
			part.setup(name)
		case lister:
			if low, _ := part.bounds(); len(part.items()) < low {
				part.grow(low)
			}
			for i, item := range part.items() {
				setup(item, name+"-"+strconv.Itoa(i)+"-", depth+1)
			}
		default:
			setup(field, name+"-", depth+1)
		}
	})
}

// read gives the fields their names and what was sent under those.
func (r reader) read(v reflect.Value, prefix string, depth int) {
	if depth > maxDepth {
		return
	}
	each(v, prefix, func(field reflect.Value, name string) {
		switch part := field.Addr().Interface().(type) {
		case control:
			part.setup(name)
			part.bind(r.values[name], r.uploads[name], r.translate)
		case lister:
			r.readList(part, name, depth)
		default:
			r.read(field, name+"-", depth+1)
		}
	})
}

// readList takes as many items as the request has, up to the list's bound: the
// count is found by looking for each index in turn, never by believing one.
func (r reader) readList(l lister, name string, depth int) {
	low, high := l.bounds()
	n := 0
	for n <= high && r.has(name+"-"+strconv.Itoa(n)+"-") {
		n++
	}
	l.grow(min(max(n, low), high))
	if n > high {
		l.fail(message{"There can be at most %d.", []any{high}}.in(r.translate))
	}
	if n < low {
		l.fail(message{"There must be at least %d.", []any{low}}.in(r.translate))
	}
	for i, item := range l.items() {
		r.read(item, name+"-"+strconv.Itoa(i)+"-", depth+1)
	}
}

// has reports whether something was sent under a name that starts so.
func (r reader) has(prefix string) bool {
	for name := range r.values {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	for name := range r.uploads {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// check applies the rules across fields, the inner parts first, to parts whose
// own fields are right.
func check(v reflect.Value, depth int) {
	if depth > maxDepth {
		return
	}
	each(v, "", func(field reflect.Value, _ string) {
		switch part := field.Addr().Interface().(type) {
		case control:
		case lister:
			for _, item := range part.items() {
				check(item, depth+1)
			}
		default:
			check(field, depth+1)
		}
	})
	if c, is := v.Addr().Interface().(checker); is && valid(v, depth) {
		c.Check()
	}
}

// valid reports whether nothing has been said against any part.
func valid(v reflect.Value, depth int) (ok bool) {
	ok = true
	if depth > maxDepth {
		return true
	}
	each(v, "", func(field reflect.Value, _ string) {
		switch part := field.Addr().Interface().(type) {
		case control:
			ok = part.valid() && ok
		case lister:
			ok = part.valid() && ok
			for _, item := range part.items() {
				ok = valid(item, depth+1) && ok
			}
		default:
			ok = valid(field, depth+1) && ok
		}
	})
	return ok
}

func snakeCase(name string) string {
	var b strings.Builder
	rs := []rune(name)
	for i, r := range rs {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
