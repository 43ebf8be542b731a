package openapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/retort-go/retort"
)

// view is the document as the page shows it.
func view(doc *huma.OpenAPI) retort.Map {
	var operations []operation
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				operations = append(operations, viewOperation(op))
			}
		}
	}
	schemas := doc.Components.Schemas.Map()
	var types []object
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		types = append(types, object{name, viewFields(schemas[name])})
	}
	return retort.Map{"info": doc.Info, "operations": operations, "types": types}
}

type operation struct {
	ID, Method, Path, Summary, Description string
	Secured                                bool
	Parameters                             []field
	Body                                   reference // empty if there is none
	Responses                              []answer
}

type answer struct {
	Status, Description string
	Type                reference
}

// object is a schema with a name.
type object struct {
	Name   string
	Fields []field
}

// field is a parameter or a member of an object.
type field struct {
	Name, In, Description string
	Type                  reference
	Required              bool
	Rules                 []string
}

// reference names a type: before and after it what is around it, as in
// "list of".
type reference struct{ Before, Name, Plain string }

func viewOperation(op *huma.Operation) operation {
	v := operation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary,
		Description: op.Description, Secured: len(op.Security) > 0}
	for _, p := range op.Parameters {
		v.Parameters = append(v.Parameters, field{Name: p.Name, In: p.In, Description: p.Description,
			Type: typeOf(p.Schema), Required: p.Required, Rules: rules(p.Schema)})
	}
	if op.RequestBody != nil {
		v.Body = typeOf(op.RequestBody.Content["application/json"].Schema)
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[status]
		a := answer{Status: status, Description: r.Description}
		for _, media := range r.Content {
			a.Type = typeOf(media.Schema)
		}
		v.Responses = append(v.Responses, a)
	}
	return v
}

func viewFields(s *huma.Schema) []field {
	var list []field
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		list = append(list, field{Name: name, Description: p.Description, Type: typeOf(p),
			Required: slices.Contains(s.Required, name), Rules: rules(p)})
	}
	return list
}

func typeOf(s *huma.Schema) reference {
	if s == nil {
		return reference{Plain: "anything"}
	}
	if name, ok := strings.CutPrefix(s.Ref, schemaPrefix); ok {
		return reference{Name: name}
	}
	if inner, ok := s.AdditionalProperties.(*huma.Schema); ok {
		r := typeOf(inner)
		r.Before = "names to " + r.Before
		return r
	}
	switch {
	case s.Type == huma.TypeArray:
		r := typeOf(s.Items)
		r.Before = "list of " + r.Before
		return r
	case s.Format != "" && s.Type == huma.TypeString:
		return reference{Plain: s.Format}
	case s.Type == "":
		return reference{Plain: "anything"}
	}
	return reference{Plain: s.Type}
}

// rules are the constraints of a schema in words.
func rules(s *huma.Schema) []string {
	var list []string
	bound := func(format string, n *int) {
		if n != nil {
			list = append(list, fmt.Sprintf(format, *n))
		}
	}
	bound("at least %d characters", s.MinLength)
	bound("at most %d characters", s.MaxLength)
	bound("at least %d items", s.MinItems)
	bound("at most %d items", s.MaxItems)
	if s.Minimum != nil {
		list = append(list, fmt.Sprintf("at least %v", *s.Minimum))
	}
	if s.Maximum != nil {
		list = append(list, fmt.Sprintf("at most %v", *s.Maximum))
	}
	if len(s.Enum) > 0 {
		words := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			words[i] = fmt.Sprint(e)
		}
		list = append(list, "one of "+strings.Join(words, ", "))
	}
	if s.Pattern != "" {
		list = append(list, "looks like "+s.Pattern)
	}
	return list
}
