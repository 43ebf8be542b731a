package openapi

import (
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Huma makes the schemas. What it takes for granted and api does otherwise is put
// right here: which fields of an input are required, that minLength and maxLength
// bound lists too, and that a pattern is about the whole text.

const schemaPrefix = "#/components/schemas/"

type schemas struct {
	registry huma.Registry
	types    []named
	inputs   map[reflect.Type]bool // types that requests hold
}

// named is a struct and the name of its schema.
type named struct {
	t    reflect.Type
	name string
}

func newSchemas() *schemas {
	s := &schemas{inputs: map[reflect.Type]bool{}}
	s.registry = huma.NewMapRegistry(schemaPrefix, s.name)
	return s
}

// name is the schema name of a type: its own, with its package's before it if
// another type has that already.
func (s *schemas) name(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for _, known := range s.types {
		if known.t == t {
			return known.name
		}
	}
	name := huma.DefaultSchemaNamer(t, hint)
	if t.Kind() != reflect.Struct {
		return name // only structs are kept by name
	}
	taken := func(n string) bool {
		return slices.ContainsFunc(s.types, func(known named) bool { return known.name == n })
	}
	if taken(name) {
		pkg := t.PkgPath()
		name = title(pkg[strings.LastIndexByte(pkg, '/')+1:]) + name
	}
	for taken(name) {
		name += "_"
	}
	s.types = append(s.types, named{t, name})
	return name
}

// output is the schema of what an operation gives.
func (s *schemas) output(t reflect.Type) *huma.Schema {
	return s.registry.Schema(t, true, "Output")
}

// input is the schema of a body: the fields of in that come from nowhere else.
// It is nil if there are none.
func (s *schemas) input(in reflect.Type, hint string) *huma.Schema {
	body := bodyOf(in)
	if body == nil {
		return nil
	}
	s.mark(body)
	return s.registry.Schema(body, true, hint+"Body")
}

// bodyOf is in without the fields that come from the path, the query or a header;
// in itself if it has no such fields, nil if it has no others.
func bodyOf(in reflect.Type) reflect.Type {
	var fields []reflect.StructField
	elsewhere := false
	for _, f := range reflect.VisibleFields(in) {
		if !f.IsExported() || f.Anonymous || f.Tag.Get("json") == "-" {
			continue
		}
		if source(f) != "" {
			elsewhere = true
			continue
		}
		fields = append(fields, reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag})
	}
	switch {
	case len(fields) == 0:
		return nil
	case !elsewhere:
		return in
	}
	return reflect.StructOf(fields)
}

// source is where a field comes from, empty for the body.
func source(f reflect.StructField) string {
	for _, tag := range []string{"path", "query", "header"} {
		if _, ok := f.Tag.Lookup(tag); ok {
			return tag
		}
	}
	return ""
}

// mark notes that requests hold values of t, and all that is in them.
func (s *schemas) mark(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || s.inputs[t] {
		return
	}
	s.inputs[t] = true
	for i := range t.NumField() {
		s.mark(t.Field(i).Type)
	}
}

// parameters are the fields of in that come from the path, the query or a header,
// and the variables of the pattern that no field takes.
func (s *schemas) parameters(in reflect.Type, variables []pathVariable) []*huma.Param {
	var list []*huma.Param
	taken := map[string]bool{}
	for _, f := range reflect.VisibleFields(in) {
		from := source(f)
		if from == "" || !f.IsExported() {
			continue
		}
		name := f.Tag.Get(from)
		taken[name] = taken[name] || from == "path"
		schema := huma.SchemaFromField(s.registry, f, in.Name()+f.Name)
		correctField(schema, f)
		list = append(list, &huma.Param{Name: name, In: from, Schema: schema, Description: f.Tag.Get("doc"),
			Required: from == "path" || f.Tag.Get("required") == "true"})
	}
	for _, v := range variables {
		if !taken[v.name] {
			list = append(list, &huma.Param{Name: v.name, In: "path", Required: true, Schema: converterSchema(v.converter)})
		}
	}
	return list
}

func converterSchema(converter string) *huma.Schema {
	switch converter {
	case "int":
		return &huma.Schema{Type: huma.TypeInteger}
	case "float":
		return &huma.Schema{Type: huma.TypeNumber}
	case "uuid":
		return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
	}
	return &huma.Schema{Type: huma.TypeString}
}

// correct puts all schemas right, once they are all there.
func (s *schemas) correct() {
	for name, schema := range s.registry.Map() {
		t := s.registry.TypeFromRef(schemaPrefix + name)
		var required []string
		for _, f := range reflect.VisibleFields(t) {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				name = f.Name
			}
			property := schema.Properties[name]
			if property == nil || !f.IsExported() {
				continue
			}
			correctField(property, f)
			always := !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero")
			if s.inputs[t] {
				always = f.Tag.Get("required") == "true"
			}
			if always {
				required = append(required, name)
			}
		}
		schema.Required = required
		if !s.inputs[t] {
			schema.AdditionalProperties = nil // a later version may say more
		}
	}
}

// correctField: huma bounds the items of a list where api bounds the list.
func correctField(schema *huma.Schema, f reflect.StructField) {
	switch {
	case schema.Type == huma.TypeArray && schema.Items != nil:
		schema.MinItems, schema.Items.MinLength = schema.Items.MinLength, nil
		schema.MaxItems, schema.Items.MaxLength = schema.Items.MaxLength, nil
	case f.Type.Kind() == reflect.Map:
		schema.MinProperties, schema.MinLength = schema.MinLength, nil
		schema.MaxProperties, schema.MaxLength = schema.MaxLength, nil
	}
	if p := f.Tag.Get("pattern"); p != "" {
		schema.Pattern = "^(?:" + p + ")$"
	}
}
