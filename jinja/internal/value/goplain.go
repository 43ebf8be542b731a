package value

import (
	"math/big"
	"reflect"
)

// Plain returns v as ordinary Go data: nil, bool, int64, *big.Int, float64,
// string, []byte, []any, map[string]any (map[any]any when a key is no string),
// or the Go value it was made from. Undefined is nil. What has no such form (a
// function) is returned as the Value.
func Plain(v Value) (any, error) { return plainGo(v, &walk{}) }

func plainGo(v Value, w *walk) (any, error) {
	if err := w.spend(1); err != nil {
		return nil, err
	}
	if err := w.enter("converting to Go"); err != nil {
		return nil, err
	}
	defer w.leave()
	switch v.Kind() {
	case KindMissing, KindUndefined, KindNone:
		return nil, nil
	case KindBool:
		return v.AsBool(), nil
	case KindInt:
		return v.AsInt(), nil
	case KindBigInt:
		return new(big.Int).Set(v.AsBigInt()), nil
	case KindFloat:
		return v.AsFloat(), nil
	case KindStr, KindMarkup:
		return v.AsString(), nil
	case KindBytes:
		return []byte(v.AsString()), nil
	case KindList, KindTuple, KindSet, KindRange, KindView, KindIter:
		items, err := Items(NewMeter(nil, Limits{}), v)
		out := make([]any, len(items))
		for i := range items {
			if err == nil {
				out[i], err = plainGo(items[i], w)
			}
		}
		return out, err
	case KindDict:
		return plainMap(v.AsDict(), w)
	case KindGoStruct, KindGoSlice, KindGoMap, KindGoOther:
		return v.iface(v.flags()&goPointer != 0), nil
	}
	return v, nil
}

func plainMap(d *Dict, w *walk) (any, error) {
	byName := make(map[string]any, d.Len())
	byAny := map[any]any{}
	for key, val := range d.All() {
		x, err := plainGo(val, w)
		if err != nil {
			return nil, err
		}
		if key.IsString() {
			byName[key.AsString()] = x
			continue
		}
		k, err := plainGo(key, w)
		if err != nil {
			return nil, err
		}
		if !reflect.ValueOf(&k).Elem().Comparable() {
			k = key
		}
		byAny[k] = x
	}
	if len(byAny) == 0 {
		return byName, nil
	}
	for k, x := range byName {
		byAny[k] = x
	}
	return byAny, nil
}
