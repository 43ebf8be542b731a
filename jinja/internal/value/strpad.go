package value

import (
	"math"
	"strings"
)

// center returns the spaces to the left that CPython gives.
func center(gap, width int) int { return gap/2 + gap&width&1 }

func strPad(left func(gap, width int) int) func(*Call, Value) (Value, error) {
	return func(c *Call, self Value) (Value, error) {
		width, err := intArg(c.Args[0])
		if err != nil {
			return Value{}, err
		}
		fill := " "
		if v := c.arg(1); !v.IsMissing() {
			if self.Kind() == KindMarkup {
				if v, err = Escape(c.Meter, v); err != nil {
					return Value{}, err
				}
			}
			if v = plain(v); !v.IsString() {
				return Value{}, typeErrorf("The fill character must be a unicode character, not %s", TypeName(v))
			}
			if fill = v.AsString(); fill == "" || runeLen(fill) != len(fill) {
				return Value{}, typeErrorf("The fill character must be exactly one character long")
			}
		}
		gap := width - runeCount(self.AsString())
		if gap <= 0 {
			return self, nil
		}
		return pad(c.Meter, self, fill, left(gap, width), gap)
	}
}

// hugeText is a number of characters that no meter allows, and that can be
// counted in bytes.
const hugeText = math.MaxInt >> 4

// pad puts gap fill characters around v, so many of them to its left.
func pad(m *Meter, v Value, fill string, left, gap int) (Value, error) {
	gap = min(gap, hugeText)
	size := int(v.n) + gap*len(fill)
	if err := m.Check(size); err != nil {
		return Value{}, err
	}
	b := Buffer(m)
	for range left {
		b = append(b, fill...)
	}
	b = append(b, v.AsString()...)
	for range gap - left {
		b = append(b, fill...)
	}
	return madeLike(m, v, b)
}

func strZfill(c *Call, self Value) (Value, error) {
	width, err := intArg(c.Args[0])
	if err != nil {
		return Value{}, err
	}
	s := self.AsString()
	gap := width - runeCount(s)
	if gap <= 0 {
		return self, nil
	}
	v, err := pad(c.Meter, self, "0", gap, gap)
	if err != nil || s == "" || s[0] != '+' && s[0] != '-' {
		return v, err
	}
	b := []byte(v.AsString())
	b[0], b[gap] = b[gap], '0'
	return like(self, string(b)), nil
}

func strExpandtabs(c *Call, self Value) (Value, error) {
	size := 8
	if v := c.arg(0); !v.IsMissing() {
		n, err := intArg(v)
		if err != nil {
			return Value{}, err
		}
		size = n
	}
	s := self.AsString()
	if err := c.Meter.Build(len(s)); err != nil {
		return Value{}, err
	}
	var b []byte
	col := 0
	for i := 0; i < len(s); {
		n := runeLen(s[i:])
		switch s[i] {
		case '\t':
			if size > 0 {
				gap := size - col%size
				if err := c.Meter.Build(len(b) + gap); err != nil {
					return Value{}, err
				}
				b = append(b, strings.Repeat(" ", gap)...)
				col += gap
			}
		case '\n', '\r':
			col = 0
			b = append(b, s[i])
		default:
			col++
			b = append(b, s[i:i+n]...)
		}
		i += n
	}
	return like(self, string(b)), nil
}
