package retort

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"syscall"
)

// An Error is an error that knows its HTTP status. Message may be shown to the
// client; Err is the cause, for the log only.
//
// An error of one's own has a status if it wraps an Error or has a method
// HTTPStatus() int.
type Error struct {
	Status  int         // an HTTP status from 400 to 599
	Message string      // a sentence for the person who asked; empty means the status's usual one
	Header  http.Header // further headers of the answer, e.g. Allow or Retry-After; may be nil
	Err     error       // the cause; may be nil
}

// Errorf returns an [Error] with the given status, and a message that a client
// may see.
//
//	return retort.Errorf(404, "There is no post %d.", id)
//	return retort.Errorf(409, "That name is taken.").Because(err)
func Errorf(status int, format string, args ...any) *Error {
	return &Error{Status: status, Message: fmt.Sprintf(format, args...)}
}

// Because sets the cause, which the log shows and the client never sees.
func (e *Error) Because(cause error) *Error {
	e.Err = cause
	return e
}

// Error is the text for the log: the status, the message and the cause.
func (e *Error) Error() string {
	s := fmt.Sprintf("%d %s", e.Status, e.Text())
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Name is the status's own name, as in "Not Found".
func (e *Error) Name() string {
	if name := http.StatusText(e.Status); name != "" {
		return name
	}
	return "Error"
}

// Text is the sentence a client sees: Message, or the usual one of the status.
func (e *Error) Text() string {
	if e.Message != "" {
		return e.Message
	}
	if s, ok := usualText[e.Status]; ok {
		return s
	}
	return e.Name() + "."
}

var usualText = map[int]string{
	http.StatusBadRequest:            "The server could not understand this request.",
	http.StatusUnauthorized:          "You need to log in to see this page.",
	http.StatusForbidden:             "You are not allowed to do this.",
	http.StatusNotFound:              "There is nothing at this address. If you typed it, please check the spelling.",
	http.StatusMethodNotAllowed:      "This address does not answer to that method.",
	http.StatusRequestEntityTooLarge: "What was sent is larger than this server accepts.",
	http.StatusUnsupportedMediaType:  "The server does not accept this kind of content here.",
	http.StatusMisdirectedRequest:    "This server does not answer for that host name.",
	http.StatusTooManyRequests:       "That was too often. Please wait a little before trying again.",
	http.StatusInternalServerError:   "Something went wrong on the server. It has been noted; trying again later may help.",
	http.StatusInsufficientStorage:   "The server has no room left to store this. It has been noted; trying again later may help.",
	http.StatusServiceUnavailable:    "The server cannot answer right now. Please try again in a moment.",
}

// statusError is an error of a package that knows no requests and yet what to
// answer, such as password.ErrBusy: Flask's subclass of HTTPException.
type statusError interface {
	error
	HTTPStatus() int // from 400 to 599
}

// asError finds the status of err: its own [Error], or what its HTTPStatus method
// says, or the one that a known error of the standard library stands for, or 500.
func asError(err error) *Error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		if s, is := errors.AsType[statusError](err); is {
			e, ok = &Error{Status: s.HTTPStatus(), Err: err}, true
		}
	}
	if ok {
		if e.Status < 400 || e.Status > 599 {
			return &Error{Status: http.StatusInternalServerError,
				Err: fmt.Errorf("error with status %d, which is none: %w", e.Status, err)}
		}
		return e
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &Error{Status: http.StatusRequestEntityTooLarge, Err: err,
			Message: fmt.Sprintf("What was sent is larger than the %d bytes this server accepts.", tooLarge.Limit)}
	}
	e = &Error{Status: serverStatus(err), Err: err}
	if e.Status == http.StatusServiceUnavailable {
		e.Header = retrySoon()
	}
	return e
}

// retrySoon tells a client when to ask again for what passes by itself.
func retrySoon() http.Header { return http.Header{"Retry-After": {"5"}} }

// serverStatus tells what passes by itself from what is broken: whoever gets 503
// may try again, and monitoring does not take a database that restarts or a full
// disk for a mistake in the program.
func serverStatus(err error) int {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return http.StatusInsufficientStorage
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled),
		errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), isOutOfReach(err):
		return http.StatusServiceUnavailable
	}
	if state, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		return sqlStatus(state.SQLState())
	}
	// The drivers of SQLite have no type in common, but sqlite3_errstr's words.
	text := err.Error()
	switch {
	case strings.Contains(text, "database is locked"), strings.Contains(text, "database table is locked"):
		return http.StatusServiceUnavailable
	case strings.Contains(text, "database or disk is full"):
		return http.StatusInsufficientStorage
	}
	return http.StatusInternalServerError
}

// isOutOfReach reports whether another server could not be asked, or went while it
// answered.
func isOutOfReach(err error) bool {
	if _, ok := errors.AsType[*net.OpError](err); ok { // and no net.Error, which a file that is missing is too
		return true
	}
	_, unknown := errors.AsType[*net.DNSError](err)
	return unknown || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF)
}

// sqlStatus is the status for an SQLSTATE, which the drivers of Postgres give.
func sqlStatus(state string) int {
	switch {
	case state == "53100": // the disk is full
		return http.StatusInsufficientStorage
	case strings.HasPrefix(state, "08"), // the connection
		strings.HasPrefix(state, "40"), // rolled back for another transaction's sake
		strings.HasPrefix(state, "53"), // out of connections or memory
		strings.HasPrefix(state, "57"), // stopping, starting, cancelled
		state == "25006",               // read-only: not the primary any more
		state == "55P03":               // locked
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// A PanicError is what a panic in a handler becomes: a 500 for the client, the
// value and the stack for the log.
type PanicError struct {
	Value any
	Stack []byte
}

// Error gives the panic's value; the stack is logged separately.
func (p *PanicError) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// Unwrap returns the panic's value if it is an error.
func (p *PanicError) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// recovered turns the value of recover into an error. http.ErrAbortHandler is
// net/http's own way of cutting a connection, and goes on.
func recovered(v any) error {
	if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares it in the same way
		panic(v)
	}
	return &PanicError{Value: v, Stack: debug.Stack()}
}
