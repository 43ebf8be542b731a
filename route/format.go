package route

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// appendURL appends value as it stands in a path. It is Werkzeug's to_url.
func (c *converter) appendURL(dst []byte, value any) ([]byte, error) {
	switch c.kind {
	case kindInt:
		return c.appendInt(dst, value)
	case kindFloat:
		f, err := toFloat(value)
		return appendFloat(dst, f, 64), err
	case kindAny:
		text := string(appendText(nil, value))
		if !slices.Contains(c.items, text) {
			return dst, fmt.Errorf("%q is not one of %q", text, c.items)
		}
		return append(dst, text...), nil
	case kindCustom:
		if c.custom.Format != nil {
			if p, ok := value.(Param); ok {
				value = p.Value()
			}
			text, err := c.custom.Format(value)
			return append(dst, text...), err
		}
	}
	switch v := value.(type) {
	case string:
		return appendQuoted(dst, v, safeInPath), nil
	case []byte, [16]byte, Param:
	default:
		switch reflect.ValueOf(value).Kind() {
		case reflect.Slice, reflect.Array, reflect.Map, reflect.Struct, reflect.Pointer:
			if _, ok := value.(fmt.Stringer); !ok {
				return dst, fmt.Errorf("a %T has no place in a path", value)
			}
		}
	}
	return appendQuoted(dst, string(appendText(nil, value)), safeInPath), nil
}

func (c *converter) appendInt(dst []byte, value any) ([]byte, error) {
	start := len(dst)
	switch v := value.(type) {
	case int:
		dst = strconv.AppendInt(dst, int64(v), 10)
	case int64:
		dst = strconv.AppendInt(dst, v, 10)
	default:
		n, err := toBig(value)
		if err != nil {
			return dst, err
		}
		dst = n.Append(dst, 10)
	}
	if missing := c.fixedDigits - (len(dst) - start); missing > 0 {
		if dst[start] == '-' {
			start++
		}
		dst = slices.Insert(dst, start, slices.Repeat([]byte{'0'}, missing)...)
	}
	return dst, nil
}

// toBig turns a value into an integer as Python's int does.
func toBig(value any) (*big.Int, error) {
	switch v := value.(type) {
	case *big.Int:
		return v, nil
	case [16]byte: // Python's UUIDs are numbers, too
		return new(big.Int).SetBytes(v[:]), nil
	case bool:
		if v {
			return big.NewInt(1), nil
		}
		return new(big.Int), nil
	case Param:
		return toBig(v.Value())
	}
	switch r := reflect.ValueOf(value); {
	case r.CanInt():
		return big.NewInt(r.Int()), nil
	case r.CanUint():
		return new(big.Int).SetUint64(r.Uint()), nil
	case r.CanFloat():
		if f := r.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			n, _ := big.NewFloat(f).Int(nil)
			return n, nil
		}
	case r.Kind() == reflect.String:
		text := strings.TrimSpace(r.String())
		digits, ok := plainDigits(strings.TrimLeft(text, "+-"))
		if ok && isDigits(digits) && len(digits) <= maxDigits && len(text)-len(strings.TrimLeft(text, "+-")) <= 1 {
			n := parseBig(digits)
			if text[0] == '-' {
				n.Neg(n)
			}
			return n, nil
		}
	}
	return nil, fmt.Errorf("%v is not a whole number", value)
}

// toFloat turns a value into a number as Python's float does.
func toFloat(value any) (float64, error) {
	switch v := value.(type) {
	case float64:
		return v, nil
	case Param:
		return toFloat(v.Value())
	}
	switch r := reflect.ValueOf(value); {
	case r.CanFloat():
		return r.Float(), nil
	case r.Kind() == reflect.String:
		text := strings.TrimSpace(r.String())
		if plain, ok := plainDigits(text); ok && !strings.ContainsAny(plain, "xX") {
			if f, err := strconv.ParseFloat(plain, 64); err == nil || errors.Is(err, strconv.ErrRange) {
				return f, nil
			}
		}
		return 0, fmt.Errorf("%q is not a number", text)
	}
	n, err := toBig(value)
	if err != nil {
		return 0, fmt.Errorf("%v is not a number", value)
	}
	f, _ := n.Float64()
	return f, nil
}

// appendText appends value as Python's str prints it, where Python has its
// like: True and False, and floats with a point.
func appendText(dst []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return append(dst, v...)
	case []byte:
		return append(dst, v...)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case float32:
		return appendFloat(dst, float64(v), 32)
	case [16]byte:
		return appendUUID(dst, v)
	case Param:
		if v.kind == paramText {
			return append(dst, v.text...)
		}
		return appendText(dst, v.Value())
	case fmt.Stringer:
		return append(dst, v.String()...)
	}
	switch r := reflect.ValueOf(value); {
	case r.Kind() == reflect.Bool && r.Bool():
		return append(dst, "True"...)
	case r.Kind() == reflect.Bool:
		return append(dst, "False"...)
	case r.CanFloat():
		return appendFloat(dst, r.Float(), 64)
	}
	return fmt.Append(dst, value)
}
