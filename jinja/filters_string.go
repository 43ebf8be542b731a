package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/retort-go/retort/jinja/internal/value"
)

// stringMethod is a filter that calls a method of str without arguments.
func stringMethod(fn, method string) func(*State, *Call) (Value, error) {
	attr := value.NewAttr(method)
	return func(s *State, c *Call) (Value, error) {
		v, err := one(fn, 0, c)
		if err != nil {
			return Value{}, err
		}
		if v, err = softStr(s.meter, v); err != nil {
			return Value{}, err
		}
		return value.CallMethod(s.inner(), v, attr)
	}
}

var centerSig = signature{fn: "do_center", params: []string{"value", "width"}, required: 1}

func filterCenter(s *State, c *Call) (Value, error) {
	var a [2]Value
	if err := centerSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	v, err := softStr(s.meter, a[0])
	if err != nil {
		return Value{}, err
	}
	if a[1].IsMissing() {
		a[1] = value.Int(80)
	}
	return value.CallMethod(s.inner(a[1]), v, centerAttr)
}

var (
	centerAttr = value.NewAttr("center")
	itemsAttr  = value.NewAttr("items")
)

var trimSig = signature{fn: "do_trim", params: []string{"value", "chars"}, required: 1}

func filterTrim(s *State, c *Call) (Value, error) {
	var a [2]Value
	if err := trimSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	v, err := softStr(s.meter, a[0])
	if err != nil {
		return Value{}, err
	}
	return value.Strip(s.meter, v, a[1])
}

var replaceSig = signature{fn: "do_replace", params: []string{"s", "old", "new", "count"}, required: 3, hidden: 1}

func filterReplace(s *State, c *Call) (Value, error) {
	var a [4]Value
	if err := replaceSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	v, old, repl, count := a[0], a[1], a[2], a[3]
	if count.IsNone() {
		count = Value{}
	}
	if !s.autoescape {
		for _, arg := range []*Value{&v, &old, &repl} {
			text, err := value.ToStr(s.meter, *arg)
			if err != nil {
				return Value{}, err
			}
			*arg = value.Str(text)
		}
		return value.Replace(s.meter, v, old, repl, count)
	}
	var err error
	if value.IsHTML(old) || value.IsHTML(repl) && !value.IsHTML(v) {
		v, err = value.Escape(s.meter, v)
	} else {
		v, err = softStr(s.meter, v)
	}
	if err != nil {
		return Value{}, err
	}
	if old, err = softStr(s.meter, old); err != nil {
		return Value{}, err
	}
	if repl, err = softStr(s.meter, repl); err != nil {
		return Value{}, err
	}
	return value.Replace(s.meter, v, old, repl, count)
}

// filterTitle is not str.title: a word begins after blanks, hyphens and opening brackets only, so that an apostrophe does
// not start one.
func filterTitle(s *State, c *Call) (Value, error) {
	v, err := one("do_title", 0, c)
	if err != nil {
		return Value{}, err
	}
	if v, err = softStr(s.meter, v); err != nil {
		return Value{}, err
	}
	if err := s.meter.Check(2 * len(v.AsString())); err != nil {
		return Value{}, err
	}
	return value.Made(s.meter, appendTitle(value.Buffer(s.meter), v.AsString()))
}

func appendTitle(dst []byte, s string) []byte {
	start, first := len(dst), true
	dst = append(dst, s...)
	for i, c := range dst[start:] {
		switch {
		case c >= utf8.RuneSelf:
			return appendTitleRunes(dst[:start], s)
		case titleBreak[c]:
			first = true
			continue
		case first && c-'a' < 26:
			dst[start+i] = c - 'a' + 'A'
		case !first && c-'A' < 26:
			dst[start+i] = c - 'A' + 'a'
		}
		first = false
	}
	return dst
}

// titleBreak are the ASCII characters behind which a word begins.
var titleBreak = [utf8.RuneSelf]bool{
	'-': true, '(': true, '{': true, '[': true, '<': true, ' ': true, '\t': true, '\n': true, '\v': true, '\f': true, '\r': true,
	0x1c: true, 0x1d: true, 0x1e: true, 0x1f: true,
}

func appendTitleRunes(dst []byte, s string) []byte {
	isBreak := func(r rune) bool { return strings.ContainsRune("-({[<", r) || value.IsSpace(r) }
	for s != "" {
		n := strings.IndexFunc(s, isBreak)
		if n < 0 {
			n = len(s)
		}
		if n > 0 {
			_, first := utf8.DecodeRuneInString(s)
			dst = value.AppendUpper(dst, s[:first])
			dst = value.AppendLower(dst, s[first:n])
			s = s[n:]
			continue
		}
		_, n = utf8.DecodeRuneInString(s)
		dst = append(dst, s[:n]...)
		s = s[n:]
	}
	return dst
}

func filterWordcount(s *State, c *Call) (Value, error) {
	v, err := one("do_wordcount", 0, c)
	if err != nil {
		return Value{}, err
	}
	if v, err = softStr(s.meter, v); err != nil {
		return Value{}, err
	}
	if err := s.meter.Spend(len(v.AsString()) >> 3); err != nil {
		return Value{}, err
	}
	n, in := int64(0), false
	for _, r := range v.AsString() {
		word := isWordRune(r)
		if word && !in {
			n++
		}
		in = word
	}
	return value.Int(n), nil
}

// isWordRune is \w of Python's regular expressions.
func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return unicode.IsLetter(r) || value.IsNumeric(r)
}

var formatSig = "can't handle positional and keyword arguments at the same time"

func filterFormat(s *State, c *Call) (Value, error) {
	if len(c.Args) > 1 && len(c.Kwargs) > 0 {
		return Value{}, argumentError("%s", formatSig)
	}
	if len(c.Args) == 0 {
		return Value{}, typeError("do_format() missing 1 required positional argument: 'value'")
	}
	v, err := softStr(s.meter, c.Args[0])
	if err != nil {
		return Value{}, err
	}
	if len(c.Kwargs) == 0 {
		return value.Mod(s.meter, v, value.Tuple(c.Args[1:]))
	}
	d := value.MakeDict(s.meter, len(c.Kwargs))
	for _, kw := range c.Kwargs {
		d.SetStr(kw.Name, kw.Value)
	}
	return value.Mod(s.meter, v, value.FromDict(d))
}
