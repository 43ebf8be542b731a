package retort

import (
	"errors"
	"reflect"
)

// typedHandler is an error handler for one type.
type typedHandler struct {
	typ reflect.Type
	run ErrorHandler
}

var errorInterface = reflect.TypeFor[error]()

// findHandler picks the error handler as Flask does: by status before by type,
// and for each the innermost scaffold first. So a blueprint's handler for 404
// goes before the app's, which goes before the blueprint's for a type. An error
// without a status is looked for by type first, and whoever registered that type
// expected it; when no type fits it is a 500, and the handler gets the [Error]
// that wraps it.
func findHandler(chain []*Hooks, err error) (h ErrorHandler, handed error, expected bool) {
	e, hasStatus := errors.AsType[*Error](err)
	if !hasStatus {
		if h := byType(chain, err); h != nil {
			return h, err, true
		}
		e = asError(err)
		err = e
	}
	if h := byStatus(chain, e.Status); h != nil {
		return h, err, false
	}
	return byType(chain, err), err, false
}

func byStatus(chain []*Hooks, status int) ErrorHandler {
	for i := len(chain) - 1; i >= 0; i-- {
		if h, ok := chain[i].onStatus[status]; ok {
			return h
		}
	}
	return nil
}

func byType(chain []*Hooks, err error) ErrorHandler {
	for i := len(chain) - 1; i >= 0; i-- {
		if h := chain[i].find(err); h != nil {
			return h
		}
	}
	return nil
}

// find returns the handler whose type err has: a concrete type before an
// interface, one registered earlier before a later one, [error] itself last.
func (h *Hooks) find(err error) ErrorHandler {
	var fits ErrorHandler
	rank := 0
	for _, t := range h.onError {
		r := 3 // concrete
		switch {
		case t.typ == errorInterface:
			r = 1
		case t.typ.Kind() == reflect.Interface:
			r = 2
		}
		if r <= rank {
			continue
		}
		target := reflect.New(t.typ)
		if errors.As(err, target.Interface()) {
			rank, fits = r, func(c *Ctx, _ error) error { return t.run(c, target.Elem().Interface().(error)) }
		}
	}
	return fits
}
