package route

import "errors"

// ErrValidation is returned, wrapped or plain, by a [Converter] for a value it
// does not take. Parse may return any error, the request is then not found.
// If Format returns this one, [Map.Build] goes on to the endpoint's next rule;
// another error ends the build.
var ErrValidation = errors.New("value not valid here")

// A Converter says which texts a variable matches and how they become values
// and back. The built-in ones are string (also called default), int, float,
// path, any and uuid.
//
// Like Werkzeug, matching has two stages: Regexp takes part in choosing the
// rule; once it is chosen, an error of Parse means that the request is not
// found, and no other rule is tried.
type Converter struct {
	// Regexp is what the text must match as a whole, in the syntax of package
	// regexp; empty means [^/]+.
	Regexp string

	// Slashes says that the text may contain slashes. It is Werkzeug's
	// part_isolating=False.
	Slashes bool

	// Weight orders rules that could match alike, lower first; 0 means 100,
	// the weight of string, any and uuid. The weight of int and float is 50,
	// that of path 200.
	Weight int

	// Parse turns matched text into a value; nil leaves it a string.
	Parse func(text string) (any, error)

	// Format turns a value into text for a URL, percent-encoded where needed
	// (see [Quote]); nil formats and quotes as the string converter does.
	Format func(value any) (string, error)

	// WithArgs, if set, returns the converter to use for a rule that gives
	// arguments, which may be none. Without it arguments are refused.
	WithArgs func(Args) (Converter, error)
}
