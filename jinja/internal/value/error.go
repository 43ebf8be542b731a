package value

import (
	"errors"
	"fmt"
	"slices"
)

// Error is a failure in Python's or Jinja's words.
type Error struct {
	// Type is the exception's class: TypeError, ValueError, KeyError,
	// UndefinedError, SecurityError, FilterArgumentError, LimitError …
	Type string
	// Msg is the exception's text, worded as Python words it.
	Msg string
	// Known are the attributes that there are, where one was not found in a Go struct.
	Known []string
}

// Error returns the class and the text, as the last line of a traceback.
func (e *Error) Error() string {
	if e.Msg == "" {
		return e.Type
	}
	return e.Type + ": " + e.Msg
}

// Errorf returns an [*Error] of the given class.
func Errorf(class, format string, args ...any) error {
	return &Error{Type: class, Msg: fmt.Sprintf(format, args...)}
}

// IsClass reports whether err is an [*Error] of one of the classes.
func IsClass(err error, classes ...string) bool {
	var e *Error
	return errors.As(err, &e) && slices.Contains(classes, e.Type)
}

func typeErrorf(format string, args ...any) error {
	return Errorf("TypeError", format, args...)
}

func valueErrorf(format string, args ...any) error {
	return Errorf("ValueError", format, args...)
}
