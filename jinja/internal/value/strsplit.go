package value

import "strings"

func strSplit(fromRight bool) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		limit := -1
		if v := c.arg(1); !v.IsMissing() {
			n, err := intArg(v)
			if err != nil {
				return Value{}, err
			}
			limit = n
		}
		var parts []Value
		var err error
		switch sep := plain(c.arg(0)); {
		case sep.IsMissing() || sep.IsNone():
			parts, err = splitSpace(c.Meter, self, limit, fromRight)
		case !sep.IsString():
			return Value{}, typeErrorf("must be str or None, not %s", TypeName(sep))
		case sep.n == 0:
			return Value{}, valueErrorf("empty separator")
		case fromRight:
			parts, err = splitRight(c.Meter, self, sep.AsString(), limit)
		default:
			parts, err = splitLeft(c.Meter, self, sep.AsString(), limit)
		}
		return MakeList(c.Meter, parts), err
	}
}

func splitLeft(m *Meter, self Value, sep string, limit int) ([]Value, error) {
	s := self.AsString()
	n := strings.Count(s, sep)
	if limit >= 0 {
		n = min(n, limit)
	}
	if err := m.Spend(len(s) >> 4); err != nil {
		return nil, err
	}
	if err := m.BuildItems(n + 1); err != nil {
		return nil, err
	}
	parts := MakeItems(m, n+1)[:0]
	at := 0
	for range n {
		end := at + strings.Index(s[at:], sep)
		parts = append(parts, Substring(self, at, end))
		at = end + len(sep)
	}
	return append(parts, Substring(self, at, len(s))), nil
}

func splitRight(m *Meter, self Value, sep string, limit int) ([]Value, error) {
	s := self.AsString()
	if err := m.Spend(len(s) >> 4); err != nil {
		return nil, err
	}
	var parts []Value
	end := len(s)
	for limit < 0 || len(parts) < limit {
		at := strings.LastIndex(s[:end], sep)
		if at < 0 {
			break
		}
		if err := m.BuildItems(1); err != nil {
			return nil, err
		}
		parts = Push(m, parts, Substring(self, at+len(sep), end))
		end = at
	}
	parts = Push(m, parts, Substring(self, 0, end))
	reverse(parts)
	return parts, nil
}

func reverse(items []Value) {
	for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
		items[i], items[j] = items[j], items[i]
	}
}

// splitSpace splits at runs of white space, at most limit times unless that is
// negative. What is left over keeps the space at its far end.
func splitSpace(m *Meter, self Value, limit int, fromRight bool) ([]Value, error) {
	if err := m.Spend(int(self.n >> 3)); err != nil {
		return nil, err
	}
	var parts []Value
	s, off := self.AsString(), 0 // what is not split yet, and where it starts
	for {
		if fromRight {
			s = strings.TrimRightFunc(s, isSpace)
		} else {
			off += len(s) - len(strings.TrimLeftFunc(s, isSpace))
			s = self.AsString()[off:]
		}
		if s == "" {
			break
		}
		if err := m.BuildItems(1); err != nil {
			return nil, err
		}
		a, b := 0, len(s)
		if limit < 0 || len(parts) < limit {
			if fromRight {
				if at := strings.LastIndexFunc(s, isSpace); at >= 0 {
					a = at + runeLen(s[at:])
				}
			} else if at := strings.IndexFunc(s, isSpace); at >= 0 {
				b = at
			}
		}
		parts = Push(m, parts, Substring(self, off+a, off+b))
		if fromRight {
			s = s[:a]
		} else {
			off += b
			s = s[b:]
		}
	}
	if fromRight {
		reverse(parts)
	}
	return parts, nil
}

// lineEnd returns the length of the line break at the start of s, or 0.
func lineEnd(s string) int {
	switch s[0] {
	case '\n', '\v', '\f', 0x1c, 0x1d, 0x1e:
		return 1
	case '\r':
		if len(s) > 1 && s[1] == '\n' {
			return 2
		}
		return 1
	case 0xc2:
		if len(s) > 1 && s[1] == 0x85 {
			return 2
		}
	case 0xe2:
		if len(s) > 2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9) {
			return 3
		}
	}
	return 0
}

// SplitLines splits v, a string, at line breaks as str.splitlines.
func SplitLines(m *Meter, v Value, keepEnds bool) ([]Value, error) {
	s := v.AsString()
	if err := m.Spend(len(s) >> 2); err != nil {
		return nil, err
	}
	var lines []Value
	start := 0
	for i := 0; i < len(s); {
		n := lineEnd(s[i:])
		if n == 0 {
			i++
			continue
		}
		if err := m.BuildItems(1); err != nil {
			return nil, err
		}
		end := i
		if i += n; keepEnds {
			end = i
		}
		lines = Push(m, lines, Substring(v, start, end))
		start = i
	}
	if start < len(s) {
		lines = Push(m, lines, Substring(v, start, len(s)))
	}
	return lines, nil
}

func strSplitlines(c *Call, self Value) (Value, error) {
	keep := false
	if v := c.arg(0); !v.IsMissing() {
		if !v.isInt() {
			if _, err := intArg(v); err != nil {
				return Value{}, err
			}
		}
		keep, _ = Truth(v)
	}
	lines, err := SplitLines(c.Meter, self, keep)
	return MakeList(c.Meter, lines), err
}

func strPartition(find func(s, sep string) int) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		sep, err := needle(c.Args[0])
		if err != nil {
			return Value{}, err
		}
		if sep == "" {
			return Value{}, valueErrorf("empty separator")
		}
		if err := c.Meter.Spend(int(self.n >> 4)); err != nil {
			return Value{}, err
		}
		s, empty := self.AsString(), like(self, "")
		at := find(s, sep)
		if at < 0 {
			if find("aa", "a") == 1 { // from the right
				return Tuple([]Value{empty, empty, self}), nil
			}
			return Tuple([]Value{self, empty, empty}), nil
		}
		return Tuple([]Value{Substring(self, 0, at), Substring(self, at, at+len(sep)), Substring(self, at+len(sep), len(s))}), nil
	}
}

func strJoin(c *Call, self Value) (Value, error) { return Join(c.Meter, self, c.Args[0]) }

// Join is sep.join(items): strings only, unless sep is Markup, which takes and
// escapes anything.
func Join(m *Meter, sep, items Value) (Value, error) {
	if !sep.IsString() {
		if err := UndefinedError(sep); err != nil {
			return Value{}, err
		}
		return Value{}, Errorf("AttributeError", "'%s' object has no attribute 'join'", TypeName(sep))
	}
	var it Iter
	if err := it.Over(m, items); err != nil {
		if IsClass(err, "TypeError") && sep.Kind() == KindStr {
			return Value{}, typeErrorf("can only join an iterable")
		}
		return Value{}, err
	}
	var dst []byte
	for i := 0; ; i++ {
		x, ok := it.Next()
		if !ok {
			break
		}
		if err := m.Spend(1); err != nil {
			return Value{}, err
		}
		if i > 0 {
			dst = append(dst, sep.AsString()...)
		}
		if sep.Kind() == KindMarkup {
			var err error
			if dst, err = AppendEscaped(m, dst, x); err != nil {
				return Value{}, err
			}
		} else {
			if x = plain(x); !x.IsString() {
				return Value{}, typeErrorf("sequence item %d: expected str instance, %s found", i, TypeName(x))
			}
			dst = append(dst, x.AsString()...)
		}
		if int64(len(dst)) > m.max {
			break
		}
	}
	if it.Err() != nil {
		return Value{}, it.Err()
	}
	return madeLike(m, sep, dst)
}
