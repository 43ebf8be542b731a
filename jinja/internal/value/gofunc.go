package value

import (
	"context"
	"fmt"
	"reflect"
)

var (
	callType    = reflect.TypeFor[*Call]()
	contextType = reflect.TypeFor[context.Context]()
)

// NewFunc makes a function value of a Go function: func(*Call) (Value, error)
// as it is, any other through reflection. Such a function may take a
// context.Context or a *Call first, may be variadic, and returns nothing, one
// value, an error, or both. It fails when fn is no such function.
func NewFunc(name string, fn any) (Value, error) {
	switch f := fn.(type) {
	case func(*Call) (Value, error):
		return FromFunc(name, f), nil
	case nil:
		return Value{}, fmt.Errorf("function %s is nil", name)
	}
	rv := reflect.ValueOf(fn)
	if rv.Kind() != reflect.Func || rv.IsNil() {
		return Value{}, fmt.Errorf("function %s is a %T", name, fn)
	}
	if err := checkFunc(rv.Type()); err != nil {
		return Value{}, fmt.Errorf("function %s: %w", name, err)
	}
	return fromGoFunc(name, rv), nil
}

func checkFunc(t reflect.Type) error {
	switch n := t.NumOut(); {
	case n > 2:
		return fmt.Errorf("%s returns %d values; one and an error are possible", t, n)
	case n == 2 && t.Out(1) != errorType:
		return fmt.Errorf("%s returns a second value that is no error", t)
	}
	return nil
}

// fromGoFunc binds a Go function for calls from templates.
func fromGoFunc(name string, fn reflect.Value) Value {
	if name == "" {
		name = fn.Type().String()
	}
	if f, ok := fn.Interface().(func(*Call) (Value, error)); ok {
		return FromFunc(name, f)
	}
	f := &Func{Name: name, Plain: func(c *Call) (Value, error) { return callGo(c, name, fn) }}
	if fn.Type().CanSeq() || fn.Type().CanSeq2() {
		f.seq = fn
	}
	return FromFuncOf(f)
}

// Contexter lets the engine's state hand its context to Go functions that take
// one.
type Contexter interface{ Context() context.Context }

func callGo(c *Call, name string, fn reflect.Value) (Value, error) {
	t := fn.Type()
	if err := checkFunc(t); err != nil {
		return Value{}, typeErrorf("%s(): %v", name, err)
	}
	if len(c.Kwargs) > 0 {
		return Value{}, typeErrorf("%s() takes no keyword arguments", name)
	}
	var in []reflect.Value
	at := 0
	if t.NumIn() > 0 {
		switch t.In(0) {
		case callType:
			in, at = append(in, reflect.ValueOf(c)), 1
		case contextType:
			in, at = append(in, reflect.ValueOf(c.context())), 1
		}
	}
	want := t.NumIn() - at
	if t.IsVariadic() {
		want--
	}
	if len(c.Args) < want || len(c.Args) > want && !t.IsVariadic() {
		return Value{}, typeErrorf("%s() takes %d positional arguments but %d were given", name, want, len(c.Args))
	}
	for i, arg := range c.Args {
		pt := t.In(min(at+i, t.NumIn()-1))
		if t.IsVariadic() && at+i >= t.NumIn()-1 {
			pt = t.In(t.NumIn() - 1).Elem()
		}
		p := reflect.New(pt).Elem()
		if err := assign(p, arg); err != nil {
			return Value{}, typeErrorf("%s() argument %d: %v", name, i+1, err)
		}
		in = append(in, p)
	}
	return results(fn.Call(in))
}

func (c *Call) context() context.Context {
	if s, ok := c.State.(Contexter); ok {
		return s.Context()
	}
	if c.Meter.ctx != nil {
		return c.Meter.ctx
	}
	return context.Background()
}

func results(out []reflect.Value) (Value, error) {
	if n := len(out); n > 0 && out[n-1].Type() == errorType {
		if err, _ := out[n-1].Interface().(error); err != nil {
			return Value{}, err
		}
		out = out[:n-1]
	}
	if len(out) == 0 {
		return None(), nil
	}
	return From(out[0].Interface()), nil
}
