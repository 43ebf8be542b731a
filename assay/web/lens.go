package web

import (
	"net/http"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/assay/ioc"
)

// A lens is how closely texts are looked at. The zero value looks for the
// default kinds and no further.
type lens struct {
	Kinds  string // as `assay extract --kind` takes them; empty for the default ones
	Nested bool   // look into encodings, as with --nested
	Known  bool   // mark what the built-in lists hold, as with --allow builtin

	options ioc.Options
}

func newLens(kinds string, nested, known bool) (lens, error) {
	l := lens{Kinds: kinds, Nested: nested, Known: known, options: ioc.Options{Nested: nested}}
	if kinds != "" {
		var err error
		if l.options.Kinds, err = ioc.ParseKinds(kinds); err != nil {
			return l, retort.Errorf(http.StatusBadRequest, "%v.", err)
		}
	}
	if known {
		l.options.Lists, _ = ioc.BuiltinLists()
	}
	return l, nil
}
