package jinja

import (
	"bytes"
	"slices"
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

var tojsonSig = signature{fn: "do_tojson", params: []string{"value", "indent"}, required: 1, hidden: 1}

// filterTojson writes JSON in which no character can end a script or an attribute in single quotes.
func filterTojson(s *State, c *Call) (Value, error) {
	var a [2]Value
	if err := tojsonSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	style := value.JSONStyle{Sorted: !s.env.cfg.Policies.JSONUnsorted}
	if given(a[1]) {
		style.Pretty = true
		if a[1].IsString() {
			style.Indent = a[1].AsString()
		} else {
			pad, err := value.Mul(s.meter, value.Str(" "), a[1])
			if err != nil {
				return Value{}, err
			}
			style.Indent = pad.AsString()
		}
	}
	b, err := value.AppendJSON(s.meter, value.Buffer(s.meter), a[0], style)
	if err != nil {
		return Value{}, err
	}
	v, err := value.Made(s.meter, htmlSafeJSON(b))
	return value.MarkupFor(v.AsString(), value.TrustJSON), err
}

// htmlSafeJSON writes < > & ' as escapes of JSON; outside of strings they do not occur.
func htmlSafeJSON(b []byte) []byte {
	if !bytes.ContainsAny(b, "<>&'") {
		return b
	}
	more := 0
	for _, c := range b {
		if c == '<' || c == '>' || c == '&' || c == '\'' {
			more += len(`\u003c`) - 1
		}
	}
	from := len(b)
	b = slices.Grow(b, more)[:from+more]
	for to := len(b); from > 0; { // from behind, in place
		from--
		to--
		switch c := b[from]; c {
		case '<', '>', '&', '\'':
			to -= len(`\u003c`) - 1
			copy(b[to:], `\u00`)
			b[to+4], b[to+5] = "0123"[c>>4], "0123456789abcdef"[c&15]
		default:
			b[to] = c
		}
	}
	return b
}

var xmlattrSig = signature{fn: "do_xmlattr", params: []string{"d", "autospace"}, required: 1, hidden: 1}

// filterXmlattr writes a dict as attributes. A key with a character that ends an attribute's name is refused: it could start
// an attribute of its own, such as an event handler.
func filterXmlattr(s *State, c *Call) (Value, error) {
	var a [2]Value
	if err := xmlattrSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	pairs, err := dictItems(s, a[0])
	if err != nil {
		return Value{}, err
	}
	b := value.Buffer(s.meter)
	for _, pair := range pairs {
		k, v := pair.AsTuple()[0], pair.AsTuple()[1]
		if v.IsNone() || v.IsUndefined() {
			continue
		}
		if !k.IsString() {
			return Value{}, typeError("expected string or bytes-like object, got '%s'", value.TypeName(k))
		}
		if strings.ContainsAny(k.AsString(), " \t\n\r\f\v/>=") {
			return Value{}, value.Errorf("ValueError", "Invalid character in attribute name: %s", value.Repr(k))
		}
		b = append(b, ' ')
		if b, err = value.AppendEscaped(s.meter, b, k); err != nil {
			return Value{}, err
		}
		if b, err = value.AppendEscaped(s.meter, append(b, `="`...), v); err != nil {
			return Value{}, err
		}
		b = append(b, '"')
		if err := s.meter.Check(len(b)); err != nil {
			return Value{}, err
		}
	}
	space, err := isTrue(a[1])
	if err != nil {
		return Value{}, err
	}
	if !space && !a[1].IsMissing() && len(b) > 0 {
		b = b[1:]
	}
	v, err := value.Made(s.meter, b)
	if err == nil && s.autoescape {
		v = value.MarkupFor(v.AsString(), value.TrustAttr)
	}
	return v, err
}
