package value

import (
	"math"
	"math/bits"
)

func isSequence(v Value) bool {
	return v.IsString() || v.Kind() == KindBytes || v.Kind() == KindTuple || isList(v)
}

// repeat returns seq times over, refused before it is built when too large.
func repeat(m *Meter, seq, times Value) (Value, error) {
	if times.Kind() == KindBigInt {
		return Value{}, Errorf("OverflowError", "cannot fit 'int' into an index-sized integer")
	}
	n := times.AsInt()
	n = max(n, 0)
	hi, size := bits.Mul64(uint64(n), seq.n)
	if seq.Kind() == KindList {
		hi, size = bits.Mul64(uint64(n), uint64(len(seq.AsList().Items)))
	}
	if hi != 0 || size > math.MaxInt/itemSize {
		return Value{}, m.Build(math.MaxInt)
	}
	if seq.IsString() || seq.Kind() == KindBytes {
		if err := m.Build(int(size)); err != nil {
			return Value{}, err
		}
		b := make([]byte, 0, size)
		if seq.n > 0 {
			for range n {
				b = append(b, seq.AsString()...)
			}
		}
		v := Bytes(b)
		v.setKind(seq.Kind())
		return v, nil
	}
	if err := m.BuildItems(int(size)); err != nil {
		return Value{}, err
	}
	items, err := Items(m, seq)
	if err != nil {
		return Value{}, err
	}
	out := make([]Value, 0, size)
	if len(items) > 0 {
		for range n {
			out = append(out, items...)
		}
	}
	if seq.Kind() == KindTuple {
		return Tuple(out), nil
	}
	return NewList(out), nil
}
