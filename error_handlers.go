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
// goes before the app's, which goes before the blueprint's for a type. Only a type
// that itself has a status goes before that status, as a subclass of Forbidden
// goes before 403. An error without a status is looked for by type first; when no
// type fits it is a 500, and the handler gets the [Error] that wraps it. What
// nobody handles is for [Config.ErrorTemplate].
//
// Whoever registered the error's own type expected it: then it is not logged.
func findHandler(chain []*Hooks, err error) (h ErrorHandler, handed error, expected bool) {
	_, hasStatus := errors.AsType[*Error](err)
	if !hasStatus {
		_, hasStatus = errors.AsType[statusError](err)
	}
	if !hasStatus {
		if h := byType(chain, err); h != nil {
			return h, err, true
		}
	}
	e := asError(err)
	for i := len(chain) - 1; i >= 0; i-- {
		if hasStatus {
			if h, e := chain[i].findAround(err); h != nil {
				return h, e, true
			}
		}
		if h, ok := chain[i].onStatus[e.Status]; ok {
			return h, around(err, e), false
		}
	}
	err = around(err, e)
	if h := byType(chain, err); h != nil {
		return h, err, false
	}
	return chain[0].errorPage, err, false
}

// around is err for a handler that looks for the [Error] e in it.
func around(err error, e *Error) error {
	if own, ok := errors.AsType[*Error](err); ok && own.Status == e.Status {
		return err
	}
	return e
}

// findAround returns the handler for the type of an error that gives err its
// status, or of one wrapped around that.
func (h *Hooks) findAround(err error) (ErrorHandler, error) {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if _, ok := e.(*Error); ok { //nolint:errorlint // this is the walk along the chain
			return nil, nil
		}
		for _, t := range h.onError {
			if t.typ == reflect.TypeOf(e) {
				return t.run, e
			}
		}
		if _, ok := e.(statusError); ok { //nolint:errorlint // as above
			return nil, nil
		}
	}
	return nil, nil
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
