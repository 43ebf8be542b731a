package value

import (
	"fmt"
	"strings"
)

func strReplace(c *Call, self Value) (Value, error) {
	return Replace(c.Meter, self, c.Args[0], c.Args[1], c.arg(2))
}

// Replace is s.replace(old, new, count); a missing count means all. In a
// Markup new is escaped.
func Replace(m *Meter, s, old, new, count Value) (Value, error) {
	from, err := strArg(old, "replace() argument 1")
	if err != nil {
		return Value{}, err
	}
	if s.Kind() == KindMarkup {
		if new, err = Escape(m, new); err != nil {
			return Value{}, err
		}
	}
	to, err := strArg(new, "replace() argument 2")
	if err != nil {
		return Value{}, err
	}
	limit := -1
	if !count.IsMissing() {
		if limit, err = intArg(count); err != nil {
			return Value{}, err
		}
	}
	text := s.AsString()
	n := strings.Count(text, from)
	if limit >= 0 {
		n = min(n, limit)
	}
	if n == 0 || from == "" && to == "" {
		return s, m.Spend(len(text) >> 4)
	}
	size := len(text) + n*(len(to)-len(from))
	if len(to) > hugeText/(n+1) {
		size = hugeText
	}
	if err := m.Check(size); err != nil {
		return Value{}, err
	}
	return madeLike(m, s, appendReplaced(Buffer(m), text, from, to, n))
}

// appendReplaced appends s with the first n places of from replaced.
func appendReplaced(dst []byte, s, from, to string, n int) []byte {
	for ; n > 0; n-- {
		at, end := 0, 0
		if from == "" {
			if len(dst) > 0 && s != "" { // behind each character
				at, end = runeLen(s), runeLen(s)
			}
		} else {
			at = strings.Index(s, from)
			end = at + len(from)
		}
		dst = append(append(dst, s[:at]...), to...)
		s = s[end:]
	}
	return append(dst, s...)
}

// bounds returns the byte range of s that the optional start and end arguments
// of find and its like mean; ok is false when it is empty past the end.
func bounds(c *Call, s string) (a, b int, ok bool, err error) {
	n := runeCount(s)
	start, end := 0, n
	for i, to := range []*int{&start, &end} {
		v := c.arg(1 + i)
		if v.IsMissing() || v.IsNone() {
			continue
		}
		k, isInt := Index(v)
		if !isInt {
			return 0, 0, false, typeErrorf("slice indices must be integers or None or have an __index__ method")
		}
		if k < 0 {
			k = max(0, k+int64(n))
		}
		*to = int(min(k, int64(n)+1))
	}
	end = min(end, n)
	if start > end {
		return 0, 0, false, nil
	}
	if n == len(s) {
		return start, end, true, nil
	}
	a = runeOffset(s, start)
	return a, a + runeOffset(s[a:], end-start), true, nil
}

func strAffix(name string, has func(s, affix string) bool) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		s := self.AsString()
		a, b, ok, err := bounds(c, s)
		if err != nil {
			return Value{}, err
		}
		affixes := []Value{plain(c.Args[0])}
		if affixes[0].Kind() == KindTuple {
			affixes = affixes[0].AsTuple()
			for _, x := range affixes {
				if x.IsString() && ok && has(s[a:b], x.AsString()) {
					return Bool(true), nil
				}
				if !x.IsString() {
					return Value{}, typeErrorf("tuple for %s must only contain str, not %s", name, TypeName(x))
				}
			}
			return Bool(false), nil
		}
		if !affixes[0].IsString() {
			return Value{}, typeErrorf("%s first arg must be str or a tuple of str, not %s", name, TypeName(affixes[0]))
		}
		return Bool(ok && has(s[a:b], affixes[0].AsString())), nil
	}
}

func strFind(find func(s, sub string) int, must bool) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		sub, err := needle(c.Args[0])
		if err != nil {
			return Value{}, err
		}
		s := self.AsString()
		if err := c.Meter.Spend(len(s) >> 4); err != nil {
			return Value{}, err
		}
		a, b, ok, err := bounds(c, s)
		if err != nil {
			return Value{}, err
		}
		at := -1
		if ok {
			at = find(s[a:b], sub)
		}
		switch {
		case at >= 0:
			return Int(int64(runeCount(s[:a+at]))), nil
		case must:
			return Value{}, valueErrorf("substring not found")
		}
		return Int(-1), nil
	}
}

func strCount(c *Call, self Value) (Value, error) {
	sub, err := needle(c.Args[0])
	if err != nil {
		return Value{}, err
	}
	s := self.AsString()
	if err := c.Meter.Spend(len(s) >> 4); err != nil {
		return Value{}, err
	}
	a, b, ok, err := bounds(c, s)
	if !ok || err != nil {
		return Int(0), err
	}
	if sub == "" {
		return Int(int64(runeCount(s[a:b]) + 1)), nil
	}
	return Int(int64(strings.Count(s[a:b], sub))), nil
}

// needle reads an argument of find and its like.
func needle(v Value) (string, error) {
	v = plain(v)
	if !v.IsString() {
		return "", typeErrorf("must be str, not %s", TypeName(v))
	}
	return v.AsString(), nil
}

// strArg reads an argument that must be a str.
func strArg(v Value, format string, args ...any) (string, error) {
	v = plain(v)
	if !v.IsString() {
		name := TypeName(v)
		if v.IsNone() {
			name = "None" // CPython does so here and not elsewhere
		}
		return "", typeErrorf("%s must be str, not %s", fmt.Sprintf(format, args...), name)
	}
	return v.AsString(), nil
}
