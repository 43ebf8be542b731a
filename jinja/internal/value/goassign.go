package value

import (
	"fmt"
	"reflect"
)

// To stores v in the Go variable that dst points to, converted to its type
// without loss; it fails when that is not possible.
func To(v Value, dst any) error {
	rv := reflect.ValueOf(dst)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("cannot store in a %T", dst)
	}
	return assign(rv.Elem(), v)
}

// assign stores v in dst.
func assign(dst reflect.Value, v Value) error {
	t := dst.Type()
	switch t {
	case valueType:
		dst.Set(reflect.ValueOf(v))
		return nil
	case bigPtrType:
		if v.isInt() {
			dst.Set(reflect.ValueOf(v.big()))
			return nil
		}
	}
	switch v.Kind() {
	case KindGoStruct, KindGoSlice, KindGoMap, KindGoOther, KindObject:
		if rv := v.reflect(); rv.Type().AssignableTo(t) {
			dst.Set(rv)
			return nil
		} else if v.flags()&goAddressable != 0 && rv.CanAddr() && rv.Addr().Type().AssignableTo(t) {
			dst.Set(rv.Addr())
			return nil
		}
	}
	if t.Kind() == reflect.Interface && t.NumMethod() == 0 {
		x, err := Plain(v)
		if x != nil {
			dst.Set(reflect.ValueOf(x))
		}
		return err
	}
	return assignKind(dst, plain(v))
}

func assignKind(dst reflect.Value, v Value) error {
	t := dst.Type()
	ok := false
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		if v.IsNone() {
			dst.SetZero()
			return nil
		}
	}
	switch t.Kind() {
	case reflect.String:
		if ok = v.IsString(); ok {
			dst.SetString(v.AsString())
		}
	case reflect.Bool:
		if ok = v.Kind() == KindBool; ok {
			dst.SetBool(v.AsBool())
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if ok = (v.Kind() == KindInt || v.Kind() == KindBool) && !dst.OverflowInt(v.AsInt()); ok {
			dst.SetInt(v.AsInt())
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if ok = v.isInt() && v.big().IsUint64() && !dst.OverflowUint(v.big().Uint64()); ok {
			dst.SetUint(v.big().Uint64())
		}
	case reflect.Float32, reflect.Float64:
		if v.isNumber() {
			f, err := v.float()
			dst.SetFloat(f)
			return err
		}
	case reflect.Pointer:
		p := reflect.New(t.Elem())
		if err := assign(p.Elem(), v); err != nil {
			return err
		}
		dst.Set(p)
		return nil
	case reflect.Slice:
		return assignSlice(dst, v)
	case reflect.Map:
		return assignMap(dst, v)
	}
	if !ok {
		return fmt.Errorf("%s cannot be a %s", TypeName(v), t)
	}
	return nil
}

func assignSlice(dst reflect.Value, v Value) error {
	t := dst.Type()
	if (v.Kind() == KindBytes || v.IsString()) && t.Elem().Kind() == reflect.Uint8 {
		dst.SetBytes([]byte(v.AsString()))
		return nil
	}
	if v.IsString() {
		return fmt.Errorf("%s cannot be a %s", TypeName(v), t)
	}
	items, err := Items(NewMeter(nil, Limits{}), v)
	if err != nil {
		return err
	}
	out := reflect.MakeSlice(t, len(items), len(items))
	for i, x := range items {
		if err := assign(out.Index(i), x); err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
	}
	dst.Set(out)
	return nil
}

func assignMap(dst reflect.Value, v Value) error {
	t := dst.Type()
	if v.Kind() != KindDict {
		return fmt.Errorf("%s cannot be a %s", TypeName(v), t)
	}
	out := reflect.MakeMapWithSize(t, v.AsDict().Len())
	for key, x := range v.AsDict().All() {
		k, e := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := assign(k, key); err != nil {
			return fmt.Errorf("key: %w", err)
		}
		if err := assign(e, x); err != nil {
			return fmt.Errorf("value of a key: %w", err)
		}
		if !k.Comparable() {
			return fmt.Errorf("%s cannot be a key", TypeName(key))
		}
		out.SetMapIndex(k, e)
	}
	dst.Set(out)
	return nil
}
