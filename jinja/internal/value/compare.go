package value

import (
	"cmp"
	"math"
	"math/big"
	"reflect"
	"strings"
)

// Op is a comparison operator.
type Op uint8

// The comparison operators.
const (
	OpEq Op = iota
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
)

var opSigns = [...]string{"==", "!=", "<", "<=", ">", ">="}

// Compare returns a op b. Ordering what has no order fails in Python's words.
func Compare(m *Meter, op Op, a, b Value) (bool, error) {
	if a.Kind() == KindInt && b.Kind() == KindInt {
		return holds(op, cmp.Compare(a.AsInt(), b.AsInt())), nil
	}
	return compare(op, a, b, &walk{m: m})
}

func holds(op Op, c int) bool {
	switch op {
	case OpEq:
		return c == 0
	case OpNe:
		return c != 0
	case OpLt:
		return c < 0
	case OpLe:
		return c <= 0
	case OpGt:
		return c > 0
	}
	return c >= 0
}

func compare(op Op, a, b Value, w *walk) (bool, error) {
	switch op {
	case OpEq:
		return equal(a, b, w)
	case OpNe:
		eq, err := equal(a, b, w)
		return !eq, err
	}
	a, b = plain(a), plain(b)
	switch {
	case a.Kind() <= KindUndefined:
		return false, a.undefinedError()
	case b.Kind() <= KindUndefined:
		return false, b.undefinedError()
	case a.IsString() && b.IsString(), a.Kind() == KindBytes && b.Kind() == KindBytes:
		return holds(op, strings.Compare(a.AsString(), b.AsString())), w.spend(int(min(a.n, b.n) >> 5))
	case a.isNumber() && b.isNumber():
		c, ordered := compareNumbers(a, b)
		return ordered && holds(op, c), nil
	case isList(a) && isList(b), a.Kind() == KindTuple && b.Kind() == KindTuple:
		return compareSequences(op, a, b, w)
	case isSetLike(a) && isSetLike(b):
		return compareSets(op, a, b)
	case a.Kind() == KindGoStruct && b.Kind() == KindGoStruct && a.typeID() == b.typeID():
		if c, ok := compareGo(a, b); ok {
			return holds(op, c), nil
		}
	}
	return false, typeErrorf("'%s' not supported between instances of '%s' and '%s'", opSigns[op], TypeName(a), TypeName(b))
}

// order returns a's place against b's; it fails when they have no order.
func order(a, b Value, w *walk) (int, error) {
	less, err := compare(OpLt, a, b, w)
	if less || err != nil {
		return -1, err
	}
	less, err = compare(OpLt, b, a, w)
	if less || err != nil {
		return 1, err
	}
	return 0, nil
}

// less returns a < b, as Python's sort asks.
func less(m *Meter, a, b Value) (bool, error) {
	if a.Kind() == KindTuple && b.Kind() == KindTuple && a.n == 1 && b.n == 1 {
		// The filter sort makes such keys; of numbers and text the first item
		// decides.
		if x, y := a.AsTuple()[0], b.AsTuple()[0]; x.Kind() == y.Kind() && (x.Kind() == KindInt || x.Kind() == KindStr) {
			a, b = x, y
		}
	}
	if a.Kind() == b.Kind() {
		switch a.Kind() {
		case KindInt:
			return a.AsInt() < b.AsInt(), nil
		case KindStr:
			return a.AsString() < b.AsString(), m.Spend(int(min(a.n, b.n) >> 5))
		}
	}
	return compare(OpLt, a, b, &walk{m: m})
}

// compareNumbers compares exactly, whatever mix of int and float. Nothing is
// ordered against nan.
func compareNumbers(a, b Value) (c int, ordered bool) {
	if a.Kind() == KindFloat && b.Kind() == KindFloat {
		x, y := a.AsFloat(), b.AsFloat()
		return cmp.Compare(x, y), x == x && y == y
	}
	if a.Kind() == KindFloat {
		c, ordered = compareIntFloat(b, a.AsFloat())
		return -c, ordered
	}
	if b.Kind() == KindFloat {
		return compareIntFloat(a, b.AsFloat())
	}
	if a.Kind() != KindBigInt && b.Kind() != KindBigInt {
		return cmp.Compare(a.AsInt(), b.AsInt()), true
	}
	return a.big().Cmp(b.big()), true
}

func compareIntFloat(i Value, f float64) (c int, ordered bool) {
	switch {
	case f != f:
		return 0, false
	case math.IsInf(f, 0):
		return -int(math.Copysign(1, f)), true
	case i.Kind() != KindBigInt && i.AsInt() > -1<<53 && i.AsInt() < 1<<53:
		return cmp.Compare(float64(i.AsInt()), f), true
	}
	t := math.Trunc(f)
	b, _ := big.NewFloat(t).Int(nil)
	if c := i.big().Cmp(b); c != 0 {
		return c, true
	}
	return cmp.Compare(0, f-t), true
}

func compareSequences(op Op, a, b Value, w *walk) (bool, error) {
	if err := w.enter("in comparison"); err != nil {
		return false, err
	}
	defer w.leave()
	x, y := sequenceOf(a), sequenceOf(b)
	for i := range min(x.len(), y.len()) {
		if err := w.spend(1); err != nil {
			return false, err
		}
		eq, err := sameOrEqual(x.at(i), y.at(i), w)
		if err != nil {
			return false, err
		}
		if !eq {
			return compare(op, x.at(i), y.at(i), w)
		}
	}
	return holds(op, cmp.Compare(x.len(), y.len())), nil
}

// sequence reads the items of a list, tuple or Go slice by number.
type sequence struct {
	items []Value
	v     Value
}

func sequenceOf(v Value) sequence {
	switch v.Kind() {
	case KindList:
		return sequence{items: v.AsList().Items}
	case KindTuple:
		return sequence{items: v.AsTuple()}
	}
	return sequence{v: v}
}

func (s sequence) len() int {
	if s.v.Kind() == KindGoSlice {
		return int(s.v.n)
	}
	return len(s.items)
}

func (s sequence) at(i int) Value {
	if s.v.Kind() == KindGoSlice {
		return goElem(s.v, i)
	}
	return s.items[i]
}

// compareGo orders Go values that have a Compare method, as time.Time and
// netip.Addr do.
func compareGo(a, b Value) (int, bool) {
	x, y := a.reflect(), b.reflect()
	f := x.MethodByName("Compare")
	if !f.IsValid() {
		return 0, false
	}
	t := f.Type()
	if t.NumIn() != 1 || t.In(0) != y.Type() || t.NumOut() != 1 || t.Out(0).Kind() != reflect.Int {
		return 0, false
	}
	return int(f.Call([]reflect.Value{y})[0].Int()), true
}
