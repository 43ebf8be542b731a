package retort

import (
	"net/http"
	"reflect"
)

// The methods that a view may have, each a [Handler]: Flask's MethodView. HEAD is
// answered by Get without its body.
type (
	// Getter answers GET.
	Getter interface{ Get(c *Ctx) error }
	// Poster answers POST.
	Poster interface{ Post(c *Ctx) error }
	// Putter answers PUT.
	Putter interface{ Put(c *Ctx) error }
	// Patcher answers PATCH.
	Patcher interface{ Patch(c *Ctx) error }
	// Deleter answers DELETE.
	Deleter interface{ Delete(c *Ctx) error }
)

// View registers the methods of v for pattern: those of [Getter], [Poster],
// [Putter], [Patcher] and [Deleter] that it has; others get 405. One v serves
// all requests, so it holds what they share, such as a store. The endpoint is
// the name of its type: "post_list" for a PostList.
func (s *Scaffold) View(pattern string, v any) *Route {
	handlers := map[string]Handler{}
	if h, ok := v.(Getter); ok {
		handlers[http.MethodGet] = h.Get
		handlers[http.MethodHead] = h.Get
	}
	if h, ok := v.(Poster); ok {
		handlers[http.MethodPost] = h.Post
	}
	if h, ok := v.(Putter); ok {
		handlers[http.MethodPut] = h.Put
	}
	if h, ok := v.(Patcher); ok {
		handlers[http.MethodPatch] = h.Patch
	}
	if h, ok := v.(Deleter); ok {
		handlers[http.MethodDelete] = h.Delete
	}
	if len(handlers) == 0 {
		panic("retort: View: a " + reflect.TypeOf(v).String() + " has none of the methods Get, Post, Put, Patch and Delete")
	}
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if handlers[m] != nil {
			methods = append(methods, m)
		}
	}
	r := s.Route(pattern, func(c *Ctx) error { return handlers[c.Request.Method](c) }, methods...).Named(snakeCase(typeName(v)))
	r.view = reflect.TypeOf(v)
	return r
}

func typeName(v any) string {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}
