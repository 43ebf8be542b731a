package value_test

import (
	"testing"

	. "github.com/retort-go/retort/jinja/internal/value"
)

// A program that takes a value for what it is not gets a panic, which becomes an
// error of the template, and not what happens to lie in memory.
func TestReadAsAnother(t *testing.T) {
	read := map[Kind]func(Value){
		KindStr:       func(v Value) { _ = v.AsString() },
		KindBytes:     func(v Value) { _ = v.AsBytes() },
		KindBigInt:    func(v Value) { _ = v.AsBigInt() },
		KindList:      func(v Value) { _ = v.AsList() },
		KindTuple:     func(v Value) { _ = v.AsTuple() },
		KindDict:      func(v Value) { _ = v.AsDict() },
		KindRange:     func(v Value) { _ = v.AsRange() },
		KindSlice:     func(v Value) { _ = v.AsSlice() },
		KindIter:      func(v Value) { _ = v.AsIter() },
		KindFunc:      func(v Value) { _ = v.AsFunc() },
		KindUndefined: func(v Value) { _ = v.AsUndef() },
	}
	values := []Value{
		{}, None(), Bool(true), Int(7), Float(1.5), Str("text"), NewList([]Value{Int(1)}), Tuple([]Value{Int(1)}),
		FromDict(NewDict(0)), FromRange(RangeOf{0, 3, 1}), NewSlice(None(), None(), None()),
	}
	for kind, f := range read {
		for _, v := range values {
			text := kind == KindBytes && v.Kind() == KindStr
			if v.Kind() != kind && !text && !panics(func() { f(v) }) {
				t.Errorf("%s was read as kind %d", Repr(v), kind)
			}
		}
	}
}

func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}
