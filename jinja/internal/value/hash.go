package value

import (
	"hash/maphash"
	"math"
	"math/big"
	"reflect"
)

// seed is per process, so that nobody can prepare keys that collide.
var seed = maphash.MakeSeed()

func hashString(s string) uint64 { return maphash.String(seed, s) }

// mix spreads the bits of scalars over the word.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// hash agrees with equal: values that are equal have one hash. It fails with
// Python's TypeError for what cannot be a key.
func hash(v Value, w *walk) (uint64, error) {
	switch v.Kind() {
	case KindStr, KindMarkup:
		return hashString(v.AsString()), nil
	case KindInt, KindBool:
		return mix(v.n), nil
	case KindFloat:
		return hashFloat(v.AsFloat()), nil
	case KindBigInt:
		return hashBig(v.AsBigInt()), nil
	case KindNone, KindUndefined, KindMissing:
		if err := strictError(v); err != nil {
			return 0, err
		}
		return mix(uint64(v.Kind()) + 1<<40), nil
	case KindBytes:
		return hashString(v.AsString()) + 1, nil
	case KindTuple:
		return hashTuple(v.AsTuple(), w)
	case KindList, KindDict, KindSet, KindGoSlice, KindGoMap, KindSlice, KindView:
		if v.Kind() == KindView && v.flags() == viewValues {
			break
		}
		return 0, typeErrorf("unhashable type: '%s'", TypeName(v))
	case KindRange:
		r := v.AsRange()
		return mix(uint64(r.Start) ^ mix(uint64(r.Len()))), nil
	case KindGoOther, KindGoStruct:
		return hashGo(v)
	}
	return mix(uint64(uintptr(v.p)) ^ uint64(v.typeID())), nil
}

func hashTuple(items []Value, w *walk) (uint64, error) {
	if err := w.enter("hashing"); err != nil {
		return 0, err
	}
	defer w.leave()
	h := uint64(len(items)) + 1<<41
	for i := range items {
		if err := w.spend(1); err != nil {
			return 0, err
		}
		x, err := hash(items[i], w)
		if err != nil {
			return 0, err
		}
		h = mix(h) + x
	}
	return mix(h), nil
}

func hashFloat(f float64) uint64 {
	if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		return mix(uint64(int64(f)))
	}
	if f == math.Trunc(f) && !math.IsInf(f, 0) {
		b, _ := big.NewFloat(f).Int(nil)
		if b.IsInt64() { // -2**63
			return mix(uint64(b.Int64()))
		}
		return hashBig(b)
	}
	return mix(math.Float64bits(f) + 1)
}

func hashBig(b *big.Int) uint64 {
	h := maphash.Bytes(seed, b.Bytes())
	if b.Sign() < 0 {
		h++
	}
	return h
}

// hashGo hashes a Go value as the scalar it is made of, else by identity or,
// when it came by value, by its content.
func hashGo(v Value) (uint64, error) {
	if s, ok := v.scalar(); ok {
		return hash(s, &walk{})
	}
	rv := v.reflect()
	if rv.Kind() == reflect.Pointer || v.Kind() == KindGoStruct && v.flags()&goAddressable != 0 {
		return mix(uint64(uintptr(v.p))), nil
	}
	if !rv.Comparable() {
		return 0, typeErrorf("unhashable type: '%s'", TypeName(v))
	}
	return maphash.Comparable(seed, rv.Interface()), nil
}
