package jinja

import (
	"errors"
	"math"
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

var indentSig = signature{fn: "do_indent", params: []string{"s", "width", "first", "blank"}, required: 1}

func filterIndent(s *State, c *Call) (Value, error) {
	var a [4]Value
	if err := indentSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	m, v := s.meter, a[0]
	pad := a[1]
	if !pad.IsString() {
		if pad.IsMissing() {
			pad = value.Int(4)
		}
		var err error
		if pad, err = value.Mul(m, value.Str(" "), pad); err != nil {
			return Value{}, err
		}
	}
	if !v.IsString() {
		if v.Kind() == value.KindList || v.Kind() == value.KindGoSlice {
			return Value{}, value.Errorf("AttributeError", "'list' object has no attribute 'splitlines'")
		}
		// Fails in the words Python has for s += "\n".
		if _, err := value.Add(m, v, value.Str("\n")); err != nil {
			return Value{}, inplace(err)
		}
	}
	first, err := isTrue(a[2])
	if err != nil {
		return Value{}, err
	}
	blank, err := isTrue(a[3])
	if err != nil {
		return Value{}, err
	}
	return indent(m, v, pad, first, blank)
}

// inplace words an error of + as one of +=.
func inplace(err error) error {
	var e *value.Error
	if errors.As(err, &e) {
		return value.Errorf(e.Type, "%s", strings.Replace(e.Msg, "for +:", "for +=:", 1))
	}
	return err
}

// indent puts pad before each line but the first; empty lines only get it when asked. The last line break, if any, is
// not followed by one more line. Lines that are joined to a pad that is Markup are escaped, if they are none themselves.
func indent(m *Meter, v, padding Value, first, blank bool) (Value, error) {
	text, err := value.Add(m, v, value.Str("\n"))
	if err != nil {
		return Value{}, err
	}
	lines, err := value.SplitLines(m, text, false)
	if err != nil {
		return Value{}, err
	}
	pad := padding.AsString()
	if len(pad) > 0 && len(lines) > math.MaxInt>>4/len(pad) {
		return Value{}, m.Build(math.MaxInt)
	}
	if err := m.Check(len(text.AsString()) + len(lines)*len(pad)); err != nil {
		return Value{}, err
	}
	markup := v.Kind() == value.KindMarkup
	escapes := padding.Kind() == value.KindMarkup && !markup
	b := value.Buffer(m)
	for i, line := range lines {
		padded := i > 0 && (blank || line.AsString() != "")
		if i > 0 {
			b = append(b, '\n')
		}
		if padded {
			b = append(b, pad...)
		}
		if escapes && (padded || blank) {
			b = value.EscapeString(b, line.AsString())
		} else {
			b = append(b, line.AsString()...)
		}
	}
	rest, err := value.Made(m, b)
	switch {
	case err != nil:
		return Value{}, err
	case markup || escapes && blank:
		return prefixed(m, pad, value.Markup(rest.AsString()), first)
	case escapes && first:
		return value.Add(m, padding, rest)
	}
	return prefixed(m, pad, rest, first)
}

// prefixed puts pad before the first line too, if asked.
func prefixed(m *Meter, pad string, v Value, first bool) (Value, error) {
	switch {
	case !first:
		return v, nil
	case v.Kind() == value.KindMarkup:
		return value.Add(m, value.Markup(pad), v)
	}
	return value.Add(m, value.Str(pad), v)
}
