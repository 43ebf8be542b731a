package jinja

import (
	"math"
	"strconv"
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

// quick prints the result of a filter for the values it is mostly applied to, without a call: it appends to dst what printing
// the result would, escaped if escape is set, and reports false for any value that is not so simple. It is made when the
// template is compiled, from constant arguments.
type quick func(dst []byte, v Value, escape bool) ([]byte, bool)

// quickFor returns the quick form of a filter at a site; nil if it has none for these arguments.
func (c *compiler) quickFor(f *callee, s *site) quick {
	if f.quick == nil || len(s.kwargs) > 0 || s.dynArgs || s.dynKwargs {
		return nil
	}
	args := make([]Value, 0, len(s.operands)-1)
	for _, o := range s.operands[1:] {
		if o >= 0 || value.MayBeHTML(c.consts[^o]) {
			return nil
		}
		args = append(args, c.consts[^o])
	}
	return f.quick(c.env, args)
}

// quickText is the quick form of a filter without arguments that rewrites text, and neither adds nor removes what HTML escapes.
func quickText(rewrite func(dst []byte, s string) []byte) func(*Environment, []Value) quick {
	return func(_ *Environment, args []Value) quick {
		if len(args) > 0 {
			return nil
		}
		return func(dst []byte, v Value, escape bool) ([]byte, bool) {
			if v.Kind() != value.KindStr {
				return dst, false
			}
			start, text := len(dst), v.AsString()
			dst = rewrite(dst, text)
			if escape && value.NeedsEscaping(text) {
				dst = value.EscapeTail(dst, start)
			}
			return dst, true
		}
	}
}

// quickValue prints a string or int.
func quickValue(dst []byte, v Value, escape bool) ([]byte, bool) {
	switch v.Kind() {
	case value.KindStr:
		if escape {
			return value.EscapeString(dst, v.AsString()), true
		}
		return append(dst, v.AsString()...), true
	case value.KindInt:
		return value.AppendInt(dst, v.AsInt()), true
	}
	return dst, false
}

func quickDefault(_ *Environment, args []Value) quick {
	def, empty := value.Str(""), false
	switch len(args) {
	case 2:
		if args[1].Kind() != value.KindBool {
			return nil
		}
		empty = args[1].AsBool()
		fallthrough
	case 1:
		def = args[0]
	case 0:
	default:
		return nil
	}
	return func(dst []byte, v Value, escape bool) ([]byte, bool) {
		switch v.Kind() {
		case value.KindUndefined:
			v = def
		case value.KindStr:
			if empty && v.AsString() == "" {
				v = def
			}
		case value.KindInt:
			if empty && v.AsInt() == 0 {
				v = def
			}
		}
		return quickValue(dst, v, escape)
	}
}

func quickLength(_ *Environment, args []Value) quick {
	if len(args) > 0 {
		return nil
	}
	return func(dst []byte, v Value, _ bool) ([]byte, bool) {
		switch v.Kind() {
		case value.KindStr, value.KindGoSlice, value.KindList, value.KindTuple:
			n, err := value.Len(v)
			return value.AppendInt(dst, int64(n)), err == nil
		}
		return dst, false
	}
}

func quickInt(_ *Environment, args []Value) quick {
	if len(args) > 0 {
		return nil
	}
	return func(dst []byte, v Value, _ bool) ([]byte, bool) {
		switch v.Kind() {
		case value.KindInt:
			return value.AppendInt(dst, v.AsInt()), true
		case value.KindFloat:
			if f := v.AsFloat(); math.Abs(f) < 1<<53 {
				return value.AppendInt(dst, int64(f)), true
			}
		}
		return dst, false
	}
}

func quickString(_ *Environment, args []Value) quick {
	if len(args) > 0 {
		return nil
	}
	return quickValue
}

func quickEscape(_ *Environment, args []Value) quick {
	if len(args) > 0 {
		return nil
	}
	return func(dst []byte, v Value, _ bool) ([]byte, bool) { return quickValue(dst, v, true) }
}

func quickTrim(_ *Environment, args []Value) quick {
	if len(args) > 0 {
		return nil
	}
	return func(dst []byte, v Value, escape bool) ([]byte, bool) {
		if v.Kind() != value.KindStr {
			return dst, false
		}
		return quickValue(dst, value.Str(strings.TrimFunc(v.AsString(), value.IsSpace)), escape)
	}
}

func quickReplace(_ *Environment, args []Value) quick {
	if len(args) != 2 || args[0].Kind() != value.KindStr || args[1].Kind() != value.KindStr || args[0].AsString() == "" {
		return nil
	}
	old, repl := args[0].AsString(), args[1].AsString()
	return func(dst []byte, v Value, escape bool) ([]byte, bool) {
		if v.Kind() != value.KindStr {
			return dst, false
		}
		start, s := len(dst), v.AsString()
		for {
			i := strings.Index(s, old)
			if i < 0 {
				break
			}
			if len(dst)-start > maxQuick {
				return dst[:start], false
			}
			dst = append(append(dst, s[:i]...), repl...)
			s = s[i+len(old):]
		}
		if dst = append(dst, s...); escape {
			dst = value.EscapeTail(dst, start)
		}
		return dst, true
	}
}

// maxQuick is how long a text may grow here; longer ones are paid for before they are made.
const maxQuick = 16 << 10

func quickTruncate(env *Environment, args []Value) quick {
	if len(args) != 1 || args[0].Kind() != value.KindInt || args[0].AsInt() < 3 || args[0].AsInt() > math.MaxInt32 {
		return nil
	}
	length, most := int(args[0].AsInt()), int(args[0].AsInt()+env.truncateLeeway())
	return func(dst []byte, v Value, escape bool) ([]byte, bool) {
		if v.Kind() != value.KindStr {
			return dst, false
		}
		text := v.AsString()
		if len(text) <= most {
			return quickValue(dst, v, escape)
		}
		n := length - 3
		if !value.IsASCII(text[:most+1]) {
			if _, more := runeOffset(text, most+1); !more {
				return quickValue(dst, v, escape)
			}
			n, _ = runeOffset(text, n)
		}
		if i := strings.LastIndexByte(text[:n], ' '); i >= 0 {
			n = i
		}
		dst, _ = quickValue(dst, value.Str(text[:n]), escape)
		return append(dst, "..."...), true
	}
}

func quickRound(_ *Environment, args []Value) quick {
	const places, size = 4, 1e11 // together less than the 15 digits that every float keeps
	if len(args) != 1 || args[0].Kind() != value.KindInt || args[0].AsInt() < 1 || args[0].AsInt() > places {
		return nil
	}
	n := int(args[0].AsInt())
	scale := math.Pow10(n)
	return func(dst []byte, v Value, _ bool) ([]byte, bool) {
		if v.Kind() != value.KindFloat || !(math.Abs(v.AsFloat()) < size) {
			return dst, false
		}
		if scaled := v.AsFloat() * scale; scaled > 0 && scaled < 1e9 {
			// Exact to 1e-7 and more, which is enough unless it is as near as that to the middle.
			i := int64(scaled)
			if d := scaled - float64(i) - 0.5; d < -1e-6 {
				return appendDecimal(dst, i, int64(scale)), true
			} else if d > 1e-6 {
				return appendDecimal(dst, i+1, int64(scale)), true
			}
		}
		dst = strconv.AppendFloat(dst, v.AsFloat(), 'f', n, 64)
		for dst[len(dst)-1] == '0' && dst[len(dst)-2] != '.' {
			dst = dst[:len(dst)-1]
		}
		return dst, true
	}
}

// appendDecimal appends i / scale, which is a power of ten, as Python prints a float: without zeros behind it but for one.
func appendDecimal(dst []byte, i, scale int64) []byte {
	dst = append(value.AppendInt(dst, i/scale), '.')
	for i %= scale; ; i %= scale {
		scale /= 10
		dst = append(dst, byte('0'+i/scale))
		if i%scale == 0 {
			return dst
		}
	}
}

func quickJoin(_ *Environment, args []Value) quick {
	sep := ""
	if len(args) > 1 || len(args) == 1 && args[0].Kind() != value.KindStr {
		return nil
	}
	if len(args) == 1 {
		sep = args[0].AsString()
	}
	plain := string(value.EscapeString(nil, sep))
	return func(dst []byte, v Value, escape bool) ([]byte, bool) {
		items, ok := value.Strings(v)
		if !ok || len(items)*len(sep) > maxQuick {
			return dst, false
		}
		for i, item := range items {
			switch {
			case !escape:
				if i > 0 {
					dst = append(dst, sep...)
				}
				dst = append(dst, item...)
			default:
				if i > 0 {
					dst = append(dst, plain...)
				}
				dst = value.EscapeString(dst, item)
			}
		}
		return dst, true
	}
}
