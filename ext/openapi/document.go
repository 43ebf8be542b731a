package openapi

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/api"
)

const bearer = "bearer"

// Document describes the routes of app that package api made; all others are
// pages, and left out. It is OpenAPI 3.1, good for writing to a file in a test as
// well.
//
// A field of an input is required where its tag says so, as api has it; a field
// of an output, unless it is left out when empty. Two patterns that differ in
// their converters alone are one path to OpenAPI: the one declared first is
// described.
func Document(app *retort.App, cfg Config) (*huma.OpenAPI, error) {
	routes, err := app.Routes()
	if err != nil {
		return nil, err
	}
	if cfg.Title == "" || cfg.Version == "" {
		return nil, fmt.Errorf("openapi: Config.Title and Config.Version are required")
	}
	b := &builder{cfg: cfg, schemas: newSchemas(), ids: map[string]int{}}
	b.doc = &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: cfg.Title, Version: cfg.Version, Description: cfg.Description},
		Servers: []*huma.Server{{URL: cmp.Or(app.Config.ApplicationRoot, "/")}},
		Paths:   map[string]*huma.PathItem{},
		Components: &huma.Components{
			Schemas: b.schemas.registry,
		},
	}
	if len(cfg.Bearer) > 0 {
		b.doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{bearer: {Type: "http", Scheme: "bearer"}}
	}
	for _, r := range routes {
		if op, ok := r.Description.(api.Operation); ok {
			b.add(r, op)
		}
	}
	b.schemas.correct()
	return b.doc, nil
}

type builder struct {
	cfg     Config
	doc     *huma.OpenAPI
	schemas *schemas
	ids     map[string]int // how often an endpoint was seen
}

func (b *builder) add(r retort.RouteInfo, in api.Operation) {
	path, variables := pathOf(r.Pattern)
	blueprint, name := "", r.Endpoint
	if i := strings.LastIndexByte(r.Endpoint, '.'); i >= 0 {
		blueprint, name = r.Endpoint[:i], r.Endpoint[i+1:]
	}
	item := b.doc.Paths[path]
	if item == nil {
		item = &huma.PathItem{}
		b.doc.Paths[path] = item
	}
	for _, method := range r.Methods {
		place := operationOf(item, method)
		if place == nil || *place != nil {
			continue
		}
		op := &huma.Operation{
			Method: method, Path: path, OperationID: b.id(r.Endpoint),
			Summary:     title(name),
			Description: about(in.In),
			Parameters:  b.schemas.parameters(in.In, variables),
			RequestBody: b.body(in.In, r.Endpoint),
			Responses:   b.responses(in),
		}
		if blueprint != "" {
			op.Tags = []string{blueprint}
		}
		if slices.Contains(b.cfg.Bearer, blueprint) {
			op.Security = []map[string][]string{{bearer: {}}}
			op.Responses["401"] = b.problem("Without a token that is valid.")
		}
		*place = op
	}
}

// operationOf is where a method has its place, nil for one that OpenAPI does not
// describe.
func operationOf(item *huma.PathItem, method string) **huma.Operation {
	switch method {
	case http.MethodGet:
		return &item.Get
	case http.MethodPost:
		return &item.Post
	case http.MethodPut:
		return &item.Put
	case http.MethodPatch:
		return &item.Patch
	case http.MethodDelete:
		return &item.Delete
	}
	return nil
}

// id is the endpoint, numbered from its second path on: OpenAPI wants each once.
func (b *builder) id(endpoint string) string {
	b.ids[endpoint]++
	if n := b.ids[endpoint]; n > 1 {
		return endpoint + "_" + strconv.Itoa(n)
	}
	return endpoint
}

func (b *builder) body(in reflect.Type, endpoint string) *huma.RequestBody {
	s := b.schemas.input(in, typeName(endpoint))
	if s == nil {
		return nil
	}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
}

func (b *builder) responses(op api.Operation) map[string]*huma.Response {
	success := &huma.Response{Description: http.StatusText(op.Status)}
	if op.Status != http.StatusNoContent {
		success.Content = map[string]*huma.MediaType{"application/json": {Schema: b.schemas.output(op.Out)}}
	}
	return map[string]*huma.Response{
		strconv.Itoa(op.Status): success,
		"422":                   b.problem("With an input that breaks the rules; errors names each field."),
		"default":               b.problem("With any other error."),
	}
}

// problem is an answer by RFC 9457, as api gives it.
func (b *builder) problem(when string) *huma.Response {
	return &huma.Response{Description: when, Content: map[string]*huma.MediaType{
		"application/problem+json": {Schema: b.schemas.output(reflect.TypeFor[Problem]())}}}
}

// Problem is what api answers with when it refuses a request (RFC 9457).
type Problem struct {
	Title   string           `json:"title"`
	Status  int              `json:"status"`
	Detail  string           `json:"detail"`
	Errors  []api.FieldError `json:"errors,omitempty" nullable:"false"`
	Request string           `json:"request" doc:"Identifies the request in the server's log."`
}

// variable is one in a pattern: its converter, with or without arguments, and
// its name.
var variable = regexp.MustCompile(`<(?:([a-zA-Z_][a-zA-Z0-9_]*)(?:\((?:[^)"']|"[^"]*"|'[^']*')*\))?:)?([a-zA-Z_][a-zA-Z0-9_]*)>`)

// pathOf is a pattern in OpenAPI's spelling, and the converters of its variables
// by name, in order.
func pathOf(pattern string) (string, []pathVariable) {
	var found []pathVariable
	path := variable.ReplaceAllStringFunc(pattern, func(s string) string {
		m := variable.FindStringSubmatch(s)
		found = append(found, pathVariable{converter: m[1], name: m[2]})
		return "{" + m[2] + "}"
	})
	return path, found
}

type pathVariable struct{ converter, name string }

// title is a name in words: "Create post" for create_post.
func title(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// typeName is an endpoint as Go would name a type: ShopCreateOrder for
// shop.create_order.
func typeName(endpoint string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(endpoint, func(r rune) bool { return r == '.' || r == '_' }) {
		b.WriteString(title(word))
	}
	return b.String()
}

// about is what an input says of its operation: the doc tag of a blank field.
func about(in reflect.Type) string {
	if f, ok := in.FieldByName("_"); ok {
		return f.Tag.Get("doc")
	}
	return ""
}
