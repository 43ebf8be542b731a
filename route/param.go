package route

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"unicode/utf8"
)

// A Param is the value of a variable or default.
type Param struct {
	text string
	val  any    // when paramValue
	num  uint64 // an int64, or the bits of a float64
	kind paramKind
}

type paramKind uint8

const (
	paramText paramKind = iota
	paramInt
	paramBig // its digits are in text
	paramFloat
	paramUUID
	paramValue
)

// Text returns the text as it stood in the path, or a default's value as text.
func (p Param) Text() string { return p.text }

// Int returns an integer that fits in 64 bits, 0 and false if p is none.
func (p Param) Int() (int64, bool) {
	if p.kind != paramInt {
		return 0, false // num is of a request before, or no integer
	}
	return int64(p.num), true
}

// Big returns an integer of any size, nil if p is none.
func (p Param) Big() *big.Int {
	switch p.kind {
	case paramInt:
		return big.NewInt(int64(p.num))
	case paramBig:
		return parseBig(p.text)
	}
	return nil
}

// Float returns a number that the float converter matched, or a default that
// is a float.
func (p Param) Float() (float64, bool) {
	if p.kind != paramFloat {
		return 0, false
	}
	return math.Float64frombits(p.num), true
}

// Value returns the value: int64, *big.Int if it does not fit, float64,
// string, [16]byte for a uuid, or what a custom converter or the rule's
// defaults gave.
func (p Param) Value() any {
	switch p.kind {
	case paramText:
		return p.text
	case paramInt:
		return int64(p.num)
	case paramBig:
		return p.Big()
	case paramFloat:
		return math.Float64frombits(p.num)
	case paramUUID:
		return parseUUID(p.text)
	}
	return p.val
}

// paramOf makes a Param of a value given by the program.
func paramOf(v any) Param {
	switch v := v.(type) {
	case Param:
		return v
	case string:
		return Param{text: v}
	case *big.Int:
		if v.IsInt64() {
			return Param{text: v.String(), num: uint64(v.Int64()), kind: paramInt}
		}
		return Param{text: v.String(), kind: paramBig}
	case [16]byte:
		return Param{text: string(appendUUID(nil, v)), kind: paramUUID}
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return Param{text: strconv.FormatInt(r.Int(), 10), num: uint64(r.Int()), kind: paramInt}
	case r.CanUint():
		return paramOf(new(big.Int).SetUint64(r.Uint()))
	case r.CanFloat():
		return Param{text: string(appendFloat(nil, r.Float(), 64)), num: math.Float64bits(r.Float()), kind: paramFloat}
	case r.Kind() == reflect.String:
		return Param{text: r.String()}
	}
	return Param{text: fmt.Sprint(v), val: v, kind: paramValue}
}

// equal compares as Python does: numbers by value, whatever their type, with
// true as 1.
func (p Param) equal(q Param) bool {
	p, q = p.plain(), q.plain()
	if p.isNumber() && q.isNumber() {
		if p.kind == paramFloat || q.kind == paramFloat {
			return p.approx() == q.approx()
		}
		return p.Big().Cmp(q.Big()) == 0
	}
	if p.kind == paramUUID && q.kind == paramUUID {
		return parseUUID(p.text) == parseUUID(q.text)
	}
	if p.kind != q.kind {
		return false
	}
	if p.kind == paramValue {
		return reflect.DeepEqual(p.val, q.val)
	}
	return p.text == q.text
}

// plain is p as a built-in kind if its value, made by a custom converter or
// the program, has one.
func (p Param) plain() Param {
	if p.kind != paramValue {
		return p
	}
	if b := reflect.ValueOf(p.val); b.Kind() == reflect.Bool {
		if b.Bool() {
			return paramOf(1)
		}
		return paramOf(0)
	}
	return paramOf(p.val)
}

func (p Param) isNumber() bool {
	return p.kind == paramInt || p.kind == paramBig || p.kind == paramFloat
}

func (p Param) approx() float64 {
	if p.kind == paramFloat {
		return math.Float64frombits(p.num)
	}
	f, _ := p.Big().Float64()
	return f
}

// convert fills in p, which holds text, with the value. It reports false where Werkzeug raises
// ValidationError.
func (c *converter) convert(p *Param) bool {
	switch c.kind {
	case kindInt:
		return c.convertInt(p)
	case kindFloat:
		f, err := parseFloat(p.text)
		p.num, p.kind = math.Float64bits(f), paramFloat
		return err == nil && (c.floatMin == nil || !(f < *c.floatMin)) && (c.floatMax == nil || !(f > *c.floatMax))
	case kindUUID:
		p.kind = paramUUID
	case kindCustom:
		if c.custom.Parse != nil {
			v, err := c.custom.Parse(p.text)
			p.val, p.kind = v, paramValue
			return err == nil
		}
	}
	return true
}

func (c *converter) convertInt(p *Param) bool {
	if c.fixedDigits > 0 && utf8.RuneCountInString(p.text) != c.fixedDigits {
		return false
	}
	if len(p.text) > maxDigits && utf8.RuneCountInString(p.text) > maxDigits {
		return false
	}
	n, fits := parseInt(p.text)
	if !fits {
		p.kind = paramBig
		if p.text[0] == '-' { // below every bound
			return c.intMin == nil
		}
		return c.intMax == nil
	}
	p.num, p.kind = uint64(n), paramInt
	return (c.intMin == nil || n >= *c.intMin) && (c.intMax == nil || n <= *c.intMax)
}

func parseUUID(s string) (id [16]byte) {
	n := 0
	for i := 0; i+1 < len(s) && n < len(id); i += 2 {
		if s[i] == '-' {
			i++
		}
		id[n] = unhex(s[i])<<4 | unhex(s[i+1])
		n++
	}
	return id
}

func appendUUID(dst []byte, id [16]byte) []byte {
	const hex = "0123456789abcdef"
	for i, b := range id {
		switch i {
		case 4, 6, 8, 10:
			dst = append(dst, '-')
		}
		dst = append(dst, hex[b>>4], hex[b&15])
	}
	return dst
}
