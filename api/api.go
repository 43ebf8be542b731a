// Package api turns typed functions into JSON handlers: the input is bound and
// checked from its type, the output is written as JSON, and errors are
// problem+json (RFC 9457).
//
//	type CreatePost struct {
//		Title string `json:"title" minLength:"1" maxLength:"200"`
//		Body  string `json:"body"`
//	}
//
//	func create(c *retort.Ctx, in CreatePost) (Post, error) { … }
//
//	api.Post(&app.Scaffold, "/posts", create)
//
// It is a layer on [retort.Handler], not a second router: hooks, sessions and
// every defence hold for these routes as for all others. The types are kept
// with the route, so that a document can be made of them; see [Operation].
package api

import (
	"errors"
	"net/http"
	"reflect"

	"github.com/retort-go/retort"
)

// A Func answers a request from its bound and checked input.
type Func[In, Out any] func(c *retort.Ctx, in In) (Out, error)

// None is an input or output that is not there. A function whose Out is None
// answers 204.
type None struct{}

// Get registers f for GET requests to pattern; see [Handle].
func Get[In, Out any](s *retort.Scaffold, pattern string, f Func[In, Out]) *retort.Route {
	return Handle(s, http.MethodGet, pattern, f)
}

// Post registers f for POST requests to pattern; it answers 201 unless Out says
// otherwise. See [Handle].
func Post[In, Out any](s *retort.Scaffold, pattern string, f Func[In, Out]) *retort.Route {
	return Handle(s, http.MethodPost, pattern, f)
}

// Put registers f for PUT requests to pattern; see [Handle].
func Put[In, Out any](s *retort.Scaffold, pattern string, f Func[In, Out]) *retort.Route {
	return Handle(s, http.MethodPut, pattern, f)
}

// Patch registers f for PATCH requests to pattern; see [Handle].
func Patch[In, Out any](s *retort.Scaffold, pattern string, f Func[In, Out]) *retort.Route {
	return Handle(s, http.MethodPatch, pattern, f)
}

// Delete registers f for DELETE requests to pattern; see [Handle].
func Delete[In, Out any](s *retort.Scaffold, pattern string, f Func[In, Out]) *retort.Route {
	return Handle(s, http.MethodDelete, pattern, f)
}

// Handle registers f for a method and pattern under the name of its function.
//
// Fields of In are filled from where their tag says: `path:"id"` from the
// pattern, `query:"q"` from the query string, `header:"X-Thing"` from a header,
// all others from the JSON body, as encoding/json has it. These tags are checked:
// minLength, maxLength, minimum, maximum, enum ("a,b"), pattern (a Go regular
// expression), and required:"true"; then, if In has a method Validate() error,
// that. What was left out, or is null, breaks no rule but required; a member that In
// has no field for is an error. What is wrong is a 422 that names every field at once.
//
// An In that cannot be bound is a mistake in setup and panics.
func Handle[In, Out any](s *retort.Scaffold, method, pattern string, f Func[In, Out]) *retort.Route {
	b, err := newBinder(reflect.TypeFor[In]())
	if err != nil {
		panic("api: " + method + " " + pattern + ": " + err.Error())
	}
	op := Operation{In: reflect.TypeFor[In](), Out: reflect.TypeFor[Out](), Status: http.StatusOK}
	switch {
	case op.Out == reflect.TypeFor[None]():
		op.Status = http.StatusNoContent
	case method == http.MethodPost:
		op.Status = http.StatusCreated
	}
	answer := func(c *retort.Ctx) error {
		var in In
		if err := b.bind(c, reflect.ValueOf(&in).Elem()); err != nil {
			return problem(c, err)
		}
		out, err := f(c, in)
		if err != nil {
			return problem(c, err)
		}
		if op.Status == http.StatusNoContent {
			return c.NoContent()
		}
		return c.Status(op.Status).JSON(out)
	}
	return s.Route(pattern, answer, method).Named(retort.FuncName(f)).Describe(op)
}

// An Operation is what a route made by this package takes and gives; it is the
// Description of its [retort.RouteInfo].
type Operation struct {
	In, Out reflect.Type
	Status  int // of success
}

// problem answers programs in their own way; errors of the server stay errors,
// so that they are logged and get the app's own treatment.
func problem(c *retort.Ctx, err error) error {
	if invalid, ok := errors.AsType[*Invalid](err); ok {
		return invalid.answer(c)
	}
	e, ok := errors.AsType[*retort.Error](err)
	if !ok || e.Status >= http.StatusInternalServerError {
		c.Request.Header.Set("Accept", "application/json") // whoever calls an API reads JSON
		return err
	}
	return c.Problem(e)
}
