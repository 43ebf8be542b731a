package value

import (
	"reflect"
	"strings"
	"sync/atomic"
	"unicode"
	"unsafe"
)

// shape is what a template sees of a struct: its exported fields under every
// name they go by, and the methods.
type shape struct {
	fields  []field
	names   map[string]int // into fields
	methods map[string]int // into the method set of the pointer
}

// has reports whether anything goes by the name.
func (s *shape) has(name string) bool {
	_, field := s.names[name]
	_, method := s.methods[name]
	return field || method
}

type field struct {
	name string
	off  uintptr
	via  []uintptr // embedded pointers to follow before off
	rt   reflect.Type
	t    atomic.Pointer[typ]
	at   atomic.Pointer[fieldAt]
}

// load reads the field of the struct at p.
func (f *field) load(p unsafe.Pointer) Value {
	for _, off := range f.via {
		if p = *(*unsafe.Pointer)(unsafe.Add(p, off)); p == nil {
			return None()
		}
	}
	return f.typ().load(unsafe.Add(p, f.off))
}

// typ returns the type of the field.
func (f *field) typ() *typ {
	t := f.t.Load()
	if t == nil {
		t = typeFor(f.rt)
		f.t.Store(t)
	}
	return t
}

// shapeOf returns the shape of t, making it on first use.
func (t *typ) shapeOf() *shape {
	if s := t.shape.Load(); s != nil {
		return s
	}
	s := makeShape(t.rt)
	t.shape.CompareAndSwap(nil, s)
	return t.shape.Load()
}

func makeShape(rt reflect.Type) *shape {
	s := &shape{names: map[string]int{}, methods: map[string]int{}}
	if rt.Kind() == reflect.Struct {
		s.addFields(rt)
	}
	pt := rt
	if rt.Kind() != reflect.Pointer && rt.Kind() != reflect.Interface {
		pt = reflect.PointerTo(rt)
	}
	for i := range pt.NumMethod() {
		name := pt.Method(i).Name
		for _, alias := range append([]string{name}, aliases(name)...) {
			if _, taken := s.methods[alias]; !taken {
				s.methods[alias] = i
			}
		}
	}
	return s
}

// addFields names the fields. A name in a jinja tag wins over a Go name, that
// over one in a json tag, that over the derived spellings; jinja:"-" hides a
// field altogether.
func (s *shape) addFields(rt reflect.Type) {
	var byRank [4][]struct {
		name string
		i    int
	}
	add := func(rank int, name string, i int) {
		byRank[rank] = append(byRank[rank], struct {
			name string
			i    int
		}{name, i})
	}
	for _, sf := range reflect.VisibleFields(rt) {
		tag := sf.Tag.Get("jinja")
		if !sf.IsExported() || tag == "-" {
			continue
		}
		i := len(s.fields)
		s.fields = append(s.fields, field{name: sf.Name, rt: sf.Type})
		s.fields[i].via, s.fields[i].off = path(rt, sf.Index)
		if tag != "" {
			add(0, tag, i)
		}
		add(1, sf.Name, i)
		if name, _, _ := strings.Cut(sf.Tag.Get("json"), ","); name != "" && name != "-" {
			add(2, name, i)
		}
		for _, alias := range aliases(sf.Name) {
			add(3, alias, i)
		}
	}
	for _, names := range byRank {
		for _, n := range names {
			if _, taken := s.names[n.name]; !taken {
				s.names[n.name] = n.i
			}
		}
	}
}

// path turns a field index of reflect into offsets: those of the embedded
// pointers to follow, and the last.
func path(rt reflect.Type, index []int) (via []uintptr, off uintptr) {
	for _, i := range index {
		if rt.Kind() == reflect.Pointer {
			via = append(via, off)
			off, rt = 0, rt.Elem()
		}
		f := rt.Field(i)
		off += f.Offset
		rt = f.Type
	}
	return via, off
}

// aliases returns the other spellings of a Go name: CreatedAt is also
// created_at and createdAt, UserID is user_id and userID, URL is url.
func aliases(name string) []string {
	r := []rune(name)
	head := 1 // runes of the first word
	for head < len(r) && unicode.IsUpper(r[head]) && (head+1 == len(r) || !unicode.IsLower(r[head+1])) {
		head++
	}
	camel := strings.ToLower(string(r[:head])) + string(r[head:])
	var snake strings.Builder
	for i, c := range r {
		if i > 0 && unicode.IsUpper(c) && r[i-1] != '_' &&
			(!unicode.IsUpper(r[i-1]) || i+1 < len(r) && unicode.IsLower(r[i+1])) {
			snake.WriteByte('_')
		}
		snake.WriteRune(unicode.ToLower(c))
	}
	return []string{snake.String(), camel}
}

// FieldNames returns the names a template can use on a Go struct (by their
// first spelling) or the string keys of a dict, for "did you mean".
func FieldNames(v Value) []string {
	var out []string
	switch v.Kind() {
	case KindGoStruct:
		for i := range v.typ().shapeOf().fields {
			out = append(out, aliases(v.typ().shapeOf().fields[i].name)[0])
		}
	case KindDict:
		for k := range v.AsDict().All() {
			if k.IsString() {
				out = append(out, k.AsString())
			}
		}
	case KindGoMap:
		for _, k := range v.reflect().MapKeys() {
			if k.Kind() == reflect.String {
				out = append(out, k.String())
			}
		}
	}
	return out
}
