package value

import (
	"strings"
	"unicode"
)

// strMethods returns the methods of str. They serve Markup too: what they
// return has the receiver's kind, and arguments put into a Markup are escaped.
func strMethods() []method {
	none, one := arity{0, 0, exact, nil}, arity{1, 1, exact, nil}
	find, pad := arity{1, 3, parsed, nil}, arity{1, 2, unpack, nil}
	return []method{
		{name: "upper", args: none, fn: convertStr(AppendUpper)},
		{name: "lower", args: none, fn: convertStr(AppendLower)},
		{name: "capitalize", args: none, fn: convertStr(AppendCapitalized)},
		{name: "title", args: none, fn: mapStr(title)},
		{name: "swapcase", args: none, fn: mapStr(swapcase)},
		{name: "casefold", args: none, fn: mapStr(casefold)},
		{name: "strip", args: arity{0, 1, unpack, nil}, fn: strStrip(true, true)},
		{name: "lstrip", args: arity{0, 1, unpack, nil}, fn: strStrip(true, false)},
		{name: "rstrip", args: arity{0, 1, unpack, nil}, fn: strStrip(false, true)},
		{name: "split", args: arity{0, 2, named, []string{"sep", "maxsplit"}}, fn: strSplit(false)},
		{name: "rsplit", args: arity{0, 2, named, []string{"sep", "maxsplit"}}, fn: strSplit(true)},
		{name: "splitlines", args: arity{0, 1, named, []string{"keepends"}}, fn: strSplitlines},
		{name: "partition", args: one, fn: strPartition(strings.Index)},
		{name: "rpartition", args: one, fn: strPartition(strings.LastIndex)},
		{name: "join", args: one, fn: strJoin},
		{name: "replace", args: arity{2, 3, unpack, nil}, fn: strReplace},
		{name: "startswith", args: find, fn: strAffix("startswith", strings.HasPrefix)},
		{name: "endswith", args: find, fn: strAffix("endswith", strings.HasSuffix)},
		{name: "find", args: find, fn: strFind(strings.Index, false)},
		{name: "rfind", args: find, fn: strFind(strings.LastIndex, false)},
		{name: "index", args: find, fn: strFind(strings.Index, true)},
		{name: "rindex", args: find, fn: strFind(strings.LastIndex, true)},
		{name: "count", args: find, fn: strCount},
		{name: "center", args: pad, fn: strPad(center)},
		{name: "ljust", args: pad, fn: strPad(func(gap, _ int) int { return 0 })},
		{name: "rjust", args: pad, fn: strPad(func(gap, _ int) int { return gap })},
		{name: "zfill", args: one, fn: strZfill},
		{name: "expandtabs", args: arity{0, 1, named, []string{"tabsize"}}, fn: strExpandtabs},
		{name: "isalnum", args: none, fn: testRunes(isAlnumRune)},
		{name: "isalpha", args: none, fn: testRunes(unicode.IsLetter)},
		{name: "isdecimal", args: none, fn: testRunes(func(r rune) bool { return unicode.Is(unicode.Nd, r) })},
		{name: "isdigit", args: none, fn: testRunes(isDigitRune)},
		{name: "isnumeric", args: none, fn: testRunes(isNumericRune)},
		{name: "isspace", args: none, fn: testRunes(isSpace)},
		{name: "isascii", args: none, fn: testStr(isASCII)},
		{name: "islower", args: none, fn: testStr(IsLower)},
		{name: "isupper", args: none, fn: testStr(IsUpper)},
		{name: "istitle", args: none, fn: testStr(isTitle)},
		{name: "isidentifier", args: none, fn: testStr(isIdentifier)},
		{name: "isprintable", args: none, fn: testStr(isPrintable)},
		{name: "removeprefix", args: one, fn: strRemove("removeprefix", strings.TrimPrefix)},
		{name: "removesuffix", args: one, fn: strRemove("removesuffix", strings.TrimSuffix)},
		{name: "translate", args: one, fn: strTranslate},
		{name: "maketrans", args: arity{1, 3, unpack, nil}, fn: strMaketrans},
		{name: "encode", args: arity{0, 2, named, []string{"encoding", "errors"}}, fn: strEncode},
		{name: "format", args: arity{style: free}, fn: strFormat},
		{name: "format_map", args: one, fn: strFormatMap},
	}
}

// like returns s as a value of the same kind as self.
func like(self Value, s string) Value {
	v := Str(s)
	v.setKind(self.Kind())
	return v
}

func convertStr(f func(dst []byte, s string) []byte) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		if err := c.Meter.Check(int(self.n)); err != nil {
			return Value{}, err
		}
		return madeLike(c.Meter, self, f(Buffer(c.Meter), self.AsString()))
	}
}

func mapStr(f func(string) string) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		if err := c.Meter.Build(int(self.n)); err != nil {
			return Value{}, err
		}
		return like(self, f(self.AsString())), nil
	}
}

func testStr(f func(string) bool) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		return Bool(f(self.AsString())), c.Meter.Spend(int(self.n >> 4))
	}
}

func testRunes(f func(rune) bool) func(*Call, Value) (Value, error) {
	return testStr(func(s string) bool { return all(s, f) })
}

func strStrip(left, right bool) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) { return strip(c.Meter, self, c.arg(0), left, right) }
}

// Strip is s.strip(chars); missing or None means white space.
func Strip(m *Meter, s, chars Value) (Value, error) { return strip(m, s, chars, true, true) }

func strip(m *Meter, v, chars Value, left, right bool) (Value, error) {
	if err := m.Spend(int(v.n >> 4)); err != nil {
		return Value{}, err
	}
	chars = plain(chars)
	if !chars.IsMissing() && !chars.IsNone() && !chars.IsString() {
		name := "strip"
		if !left {
			name = "rstrip"
		} else if !right {
			name = "lstrip"
		}
		return Value{}, typeErrorf("%s arg must be None or str", name)
	}
	set, space := "", !chars.IsString()
	if !space {
		set = chars.AsString()
	}
	drop := func(r rune) bool { return space && isSpace(r) || !space && strings.ContainsRune(set, r) }
	s := v.AsString()
	a, b := 0, len(s)
	if left {
		a = b - len(strings.TrimLeftFunc(s, drop))
	}
	if right {
		b = a + len(strings.TrimRightFunc(s[a:], drop))
	}
	return Substring(v, a, b), nil
}

func strRemove(name string, trim func(s, affix string) string) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		affix, err := strArg(c.Args[0], "%s() argument", name)
		return like(self, trim(self.AsString(), affix)), err
	}
}
