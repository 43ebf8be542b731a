package jinja

import (
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

var truncateSig = signature{fn: "do_truncate", params: []string{"s", "length", "killwords", "end", "leeway"}, required: 1, hidden: 1}

func filterTruncate(s *State, c *Call) (Value, error) {
	kept, end, err := truncate(s, c)
	if err != nil || end.IsMissing() {
		return kept, err
	}
	return value.Add(s.meter, kept, end)
}

// runeOffset returns where the first n characters of s end; false if there are fewer.
func runeOffset(s string, n int) (int, bool) {
	if n <= len(s) && value.IsASCII(s[:n]) {
		return n, true
	}
	for i := range s {
		if n == 0 {
			return i, true
		}
		n--
	}
	return len(s), n == 0
}

// truncate returns what is kept of a text and what is put behind it, which is missing when the text is short enough.
func truncate(s *State, c *Call) (kept, end Value, err error) {
	var a [5]Value
	if err := truncateSig.bind(c, a[:]); err != nil {
		return Value{}, Value{}, err
	}
	m, v, length, end, leeway := s.meter, a[0], a[1], a[3], a[4]
	if length.IsMissing() {
		length = value.Int(255)
	}
	if end.IsMissing() {
		end = value.Str("...")
	}
	if !given(leeway) {
		leeway = value.Int(s.env.truncateLeeway())
	}
	short, keep, err := truncation(m, v, length, end, leeway)
	if short || err != nil {
		return v, Value{}, err
	}
	n, isInt := value.Index(keep)
	switch {
	case !isInt:
		return Value{}, Value{}, typeError("slice indices must be integers or None or have an __index__ method")
	case v.IsString():
		kept, err = value.Prefix(m, v, int(n))
	default:
		var ok bool
		kept, ok, err = value.Slice(m, v, &value.SliceOf{Start: value.None(), Stop: keep, Step: value.None()})
		if err == nil && !ok {
			err = typeError("'%s' object is not subscriptable", value.TypeName(v))
		}
	}
	if err != nil {
		return Value{}, Value{}, err
	}
	kill, err := isTrue(a[2])
	if err == nil && !kill {
		kept, err = beforeLastSpace(kept)
	}
	return kept, end, err
}

// truncation reports whether v is short enough to stay, else how much of it is kept.
func truncation(m *Meter, v, length, end, leeway Value) (short bool, keep Value, err error) {
	n, err := value.Len(end)
	if err != nil {
		return false, Value{}, err
	}
	endLen := value.Int(int64(n))
	if err := atLeast(m, "length", length, endLen); err != nil {
		return false, Value{}, err
	}
	if err := atLeast(m, "leeway", leeway, value.Int(0)); err != nil {
		return false, Value{}, err
	}
	if n, err = value.Len(v); err != nil {
		return false, Value{}, err
	}
	limit, err := value.Add(m, length, leeway)
	if err != nil {
		return false, Value{}, err
	}
	if short, err = value.Compare(m, value.OpLe, value.Int(int64(n)), limit); short || err != nil {
		return short, Value{}, err
	}
	keep, err = value.Sub(m, length, endLen)
	return false, keep, err
}

func atLeast(m *Meter, name string, v, low Value) error {
	ok, err := value.Compare(m, value.OpGe, v, low)
	if ok || err != nil {
		return err
	}
	got, err := value.ToStr(m, v)
	if err != nil {
		return err
	}
	return value.Errorf("AssertionError", "expected %s >= %s, got %s", name, value.Repr(low), got)
}

// beforeLastSpace is s.rsplit(" ", 1)[0].
func beforeLastSpace(v Value) (Value, error) {
	if v.IsString() {
		i := strings.LastIndexByte(v.AsString(), ' ')
		if i < 0 {
			return v, nil
		}
		return value.Substring(v, 0, i), nil
	}
	return Value{}, value.Errorf("AttributeError", "'%s' object has no attribute 'rsplit'", value.TypeName(v))
}

func (env *Environment) truncateLeeway() int64 {
	switch n := int64(env.cfg.Policies.TruncateLeeway); {
	case n == 0:
		return 5
	case n < 0:
		return 0
	default:
		return n
	}
}
