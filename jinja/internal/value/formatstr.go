package value

import (
	"strconv"
	"strings"
)

// formatter runs str.format: the format string's fields are looked up in args
// and kwargs, and inside them only through GetAttr's door.
type formatter struct {
	m      *Meter
	args   []Value
	kwargs []Kwarg
	all    Value // the mapping of format_map
	next   int   // the number of the next unnumbered field
	manual bool  // fields are numbered by hand
	html   bool  // for a Markup: escape what is put in
	dst    []byte
}

func strFormat(c *Call, self Value) (Value, error) {
	f := formatter{m: c.Meter, args: c.Args, kwargs: c.Kwargs, html: self.Kind() == KindMarkup, dst: Buffer(c.Meter)}
	return f.run(self)
}

func strFormatMap(c *Call, self Value) (Value, error) {
	f := formatter{m: c.Meter, all: c.Args[0], html: self.Kind() == KindMarkup}
	return f.run(self)
}

func (f *formatter) run(self Value) (Value, error) {
	if err := f.text(self.AsString(), 2); err != nil {
		return Value{}, err
	}
	return madeLike(f.m, self, f.dst)
}

// text appends s with its fields filled in; depth is how deep fields may nest
// in format specifications.
func (f *formatter) text(s string, depth int) error {
	if depth < 0 {
		return valueErrorf("Max string recursion exceeded")
	}
	for s != "" {
		at := strings.IndexAny(s, "{}")
		if at < 0 {
			f.dst = append(f.dst, s...)
			return nil
		}
		f.dst = append(f.dst, s[:at]...)
		brace := s[at]
		if s = s[at+1:]; s != "" && s[0] == brace {
			f.dst, s = append(f.dst, brace), s[1:]
			continue
		}
		if brace == '}' {
			return valueErrorf("Single '}' encountered in format string")
		}
		if s == "" {
			return valueErrorf("Single '{' encountered in format string")
		}
		var err error
		if s, err = f.field(s, depth); err != nil {
			return err
		}
		if err := f.m.Spend(1); err != nil {
			return err
		}
		if int64(len(f.dst)) > f.m.max {
			return f.m.Build(len(f.dst))
		}
	}
	return nil
}

// field appends the replacement field that s starts with, past its opening
// brace, and returns what follows it.
func (f *formatter) field(s string, depth int) (rest string, err error) {
	name, conv, spec, rest, err := splitField(s)
	if err != nil {
		return "", err
	}
	v, err := f.lookup(name)
	if err != nil {
		return "", err
	}
	if v, err = f.convert(v, conv); err != nil {
		return "", err
	}
	if strings.ContainsAny(spec, "{}") {
		inner := formatter{m: f.m, args: f.args, kwargs: f.kwargs, all: f.all, next: f.next, manual: f.manual}
		if err := inner.text(spec, depth-2); err != nil {
			return "", err
		}
		f.next, f.manual, spec = inner.next, inner.manual, string(inner.dst)
	}
	return rest, f.put(v, spec)
}

// splitField cuts a replacement field into its parts.
func splitField(s string) (name, conv, spec, rest string, err error) {
	i, inBracket := 0, false
scan:
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '{':
			return "", "", "", "", valueErrorf("unexpected '{' in field name")
		case c == '[':
			inBracket = true
		case c == ']':
			inBracket = false
		case inBracket:
		case c == '}' || c == ':' || c == '!':
			break scan
		}
	}
	if i == len(s) {
		return "", "", "", "", valueErrorf("expected '}' before end of string")
	}
	name = s[:i]
	if s[i] == '!' {
		if i+1 == len(s) {
			return "", "", "", "", valueErrorf("end of string while looking for conversion specifier")
		}
		n := runeLen(s[i+1:])
		conv = s[i+1 : i+1+n]
		i += 1 + n
		switch {
		case i == len(s):
			return "", "", "", "", valueErrorf("unmatched '{' in format spec")
		case s[i] != ':' && s[i] != '}':
			return "", "", "", "", valueErrorf("expected ':' after conversion specifier")
		}
	}
	if s[i] == '}' {
		return name, conv, "", s[i+1:], nil
	}
	open := 1
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return name, conv, s[i+1 : j], s[j+1:], nil
			}
		}
	}
	return "", "", "", "", valueErrorf("unmatched '{' in format spec")
}

func (f *formatter) convert(v Value, conv string) (Value, error) {
	var b []byte
	var err error
	switch conv {
	case "":
		return v, nil
	case "s":
		if v.IsString() {
			return Str(v.AsString()), nil
		}
		b, err = AppendStr(f.m, nil, v)
	case "r":
		b, err = AppendRepr(f.m, nil, v)
	case "a":
		b, err = appendASCII(f.m, nil, v)
	default:
		return Value{}, valueErrorf("Unknown conversion specifier %s", conv)
	}
	if err != nil {
		return Value{}, err
	}
	return Str(string(b)), f.m.Build(len(b))
}

// appendASCII appends ascii(v): repr with all but ASCII escaped.
func appendASCII(m *Meter, dst []byte, v Value) ([]byte, error) {
	b, err := AppendRepr(m, nil, v)
	if err != nil {
		return dst, err
	}
	for _, r := range string(b) {
		if r < 0x80 {
			dst = append(dst, byte(r))
		} else {
			dst = appendRuneEscape(dst, r)
		}
	}
	return dst, nil
}

// put appends a value under its specification, escaped in a Markup.
func (f *formatter) put(v Value, spec string) (err error) {
	if !f.html {
		f.dst, err = appendFormat(f.m, f.dst, v, spec)
		return err
	}
	if s, ok := HTML(v); ok {
		if spec != "" && v.Kind() == KindMarkup {
			return valueErrorf("Unsupported format specification for Markup.")
		}
		if spec != "" {
			return valueErrorf("Format specifier %s given, but %s does not define __html_format__. A class that defines "+
				"__html__ must define __html_format__ to work with format specifiers.", spec, TypeName(v))
		}
		if v.Kind() == KindMarkup {
			f.dst = append(f.dst, s...)
		} else { // MarkupSafe escapes what __html__ returns, which is no Markup here
			f.dst = EscapeString(f.dst, s)
		}
		return nil
	}
	start := len(f.dst)
	f.dst, err = appendFormat(f.m, f.dst, v, spec)
	if err == nil {
		f.dst = EscapeTail(f.dst, start)
	}
	return err
}

// lookup finds the value a field names: first[.attr | [item]]…
func (f *formatter) lookup(name string) (Value, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	v, err := f.first(name[:end])
	for rest := name[end:]; rest != "" && err == nil; {
		var part string
		if rest[0] == '.' {
			part = rest[1:]
			if n := strings.IndexAny(part, ".["); n >= 0 {
				part = part[:n]
			}
			rest = rest[1+len(part):]
			if part == "" {
				return Value{}, valueErrorf("Empty attribute in format string")
			}
			v, err = formatAttr(f.m, v, part)
			continue
		}
		if rest[0] != '[' {
			return Value{}, valueErrorf("Only '.' or '[' may follow ']' in format field specifier")
		}
		n := strings.IndexByte(rest, ']')
		if n < 0 {
			return Value{}, valueErrorf("Missing ']' in format string")
		}
		if part, rest = rest[1:n], rest[n+1:]; part == "" {
			return Value{}, valueErrorf("Empty attribute in format string")
		}
		v, err = formatItem(f.m, v, part)
	}
	return v, err
}

// first finds the argument that a field starts with.
func (f *formatter) first(name string) (Value, error) {
	number, isNumber := fieldNumber(name)
	if number < 0 {
		return Value{}, valueErrorf("Too many decimal digits in format string")
	}
	if name == "" || isNumber {
		if name == "" {
			if f.manual {
				return Value{}, valueErrorf("cannot switch from manual field specification to automatic field numbering")
			}
			number = f.next
			f.next++
		} else {
			if f.next > 0 {
				return Value{}, valueErrorf("cannot switch from automatic field numbering to manual field specification")
			}
			f.manual = true
		}
		if !f.all.IsMissing() {
			return Value{}, valueErrorf("Format string contains positional fields")
		}
		if number >= len(f.args) {
			if f.html || f.m.Sandbox != SandboxOff { // these use Python's string.Formatter
				return Value{}, Errorf("IndexError", "tuple index out of range")
			}
			return Value{}, Errorf("IndexError", "Replacement index %d out of range for positional args tuple", number)
		}
		return f.args[number], nil
	}
	if !f.all.IsMissing() {
		x, ok, err := item(f.m, f.all, Str(name))
		if err == nil && !ok {
			err = Errorf("KeyError", "%s", Repr(Str(name)))
		}
		return x, err
	}
	for i := range f.kwargs {
		if f.kwargs[i].Name == name {
			return f.kwargs[i].Value, nil
		}
	}
	return Value{}, Errorf("KeyError", "%s", Repr(Str(name)))
}

// fieldNumber reads a field name that is a number; one too large is -1.
func fieldNumber(s string) (int, bool) {
	if s == "" {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		n = -1
	}
	return n, true
}

// formatAttr is field.name: only a real attribute, unless the template is
// sandboxed, where Jinja's own lookup is used.
func formatAttr(m *Meter, v Value, name string) (Value, error) {
	if m.Sandbox != SandboxOff {
		return GetAttr(m, v, NewAttr(ExposeString(m, name)))
	}
	if v.Kind() <= KindUndefined {
		return undefinedLookup(v)
	}
	if x, ok := attribute(m, v, NewAttr(ExposeString(m, name))); ok {
		return x, nil
	}
	return Value{}, Errorf("AttributeError", "'%s' object has no attribute %s", TypeName(v), Repr(Str(name)))
}

// formatItem is field[key]: digits are a number, anything else a string.
func formatItem(m *Meter, v Value, part string) (Value, error) {
	key := Str(part)
	if n, ok := fieldNumber(part); n < 0 {
		return Value{}, valueErrorf("Too many decimal digits in format string")
	} else if ok {
		key = Int(int64(n))
	}
	if m.Sandbox != SandboxOff {
		return GetItem(m, v, key)
	}
	if v.Kind() <= KindUndefined {
		return undefinedLookup(v)
	}
	x, ok, err := item(m, v, key)
	if ok || err != nil {
		return x, err
	}
	switch {
	case isDict(v):
		return Value{}, Errorf("KeyError", "%s", Repr(key))
	case (isSequence(v) || v.Kind() == KindRange) && key.IsString():
		name := TypeName(v)
		if v.IsString() {
			return Value{}, typeErrorf("string indices must be integers, not 'str'")
		}
		return Value{}, typeErrorf("%s indices must be integers or slices, not str", name)
	case v.IsString():
		return Value{}, Errorf("IndexError", "string index out of range")
	case v.Kind() == KindRange:
		return Value{}, Errorf("IndexError", "range object index out of range")
	case isSequence(v):
		return Value{}, Errorf("IndexError", "%s index out of range", TypeName(v))
	}
	return Value{}, typeErrorf("'%s' object is not subscriptable", TypeName(v))
}
