package value

import (
	"reflect"
	"unsafe"
)

// Kwarg is one keyword argument.
type Kwarg struct {
	Name  string
	Value Value
}

// Call is one call from a template: the arguments and what the callee may
// spend. It belongs to the caller and is only valid until the callee returns;
// Args and Kwargs must not be kept.
type Call struct {
	// Meter is the render's; never nil.
	Meter *Meter
	// Args are the positional arguments.
	Args []Value
	// Kwargs are the keyword arguments in the order written.
	Kwargs []Kwarg
	// State is the engine's own state of the render, or nil.
	State any
}

// Kwarg returns the keyword argument of that name.
func (c *Call) Kwarg(name string) (Value, bool) {
	for i := range c.Kwargs {
		if c.Kwargs[i].Name == name {
			return c.Kwargs[i].Value, true
		}
	}
	return Value{}, false
}

// Callable is what a template can call.
type Callable interface {
	Call(c *Call) (Value, error)
}

// Func is the storage of a function value.
type Func struct {
	Name string
	// Fn does the work; for a bound method self is its receiver, else missing.
	Fn func(c *Call, self Value) (Value, error)
	// Plain does the work of a function that is no method, in the place of Fn.
	Plain func(c *Call) (Value, error)
	// Self is the receiver of a bound method.
	Self Value
	// Class is the name of the Python class, with its module, when the function
	// stands for one (dict, range, jinja2.utils.Cycler).
	Class string
	// Unsafe marks a function a sandboxed template may not call.
	Unsafe bool
	// Own marks a function of the engine, which keeps its arguments no longer than the render lasts.
	Own bool

	seq reflect.Value // the Go function, when it is an iterator
}

// Call calls the function.
func (f *Func) Call(c *Call) (Value, error) {
	if f.Plain != nil {
		return f.Plain(c)
	}
	return f.Fn(c, f.Self)
}

// FromFunc returns a function value.
func FromFunc(name string, fn func(c *Call) (Value, error)) Value {
	return FromFuncOf(&Func{Name: name, Plain: fn})
}

// FromFuncOf returns the function value stored in f.
func FromFuncOf(f *Func) Value { return Value{p: unsafe.Pointer(f), t: tag(KindFunc)} }

// AsFunc returns the storage of a value of KindFunc.
func (v Value) AsFunc() *Func {
	if v.Kind() != KindFunc {
		panic(errKind)
	}
	return (*Func)(v.p)
}

// CallValue calls f with c. What is not callable fails in Python's words.
func CallValue(c *Call, f Value) (Value, error) {
	switch f.Kind() {
	case KindFunc:
		fn := f.AsFunc()
		if fn.Unsafe && c.Meter.Sandbox != SandboxOff {
			return Value{}, Errorf("SecurityError", "%s is not safely callable", Repr(f))
		}
		if !fn.Own {
			ExposeCall(c)
		}
		return fn.Call(c)
	case KindObject:
		if o, ok := f.Object().(Callable); ok {
			ExposeCall(c)
			return o.Call(c)
		}
	case KindGoStruct, KindGoOther:
		if o, ok := f.Interface().(Callable); ok && c.Meter.Sandbox == SandboxOff {
			ExposeCall(c)
			return o.Call(c)
		}
	case KindUndefined, KindMissing:
		return Value{}, f.undefinedError()
	}
	return Value{}, typeErrorf("'%s' object is not callable", TypeName(f))
}

// IsCallable reports whether a template can call v (Python's callable).
func IsCallable(v Value) bool {
	switch v.Kind() {
	case KindFunc, KindUndefined, KindMissing: // Undefined defines __call__
		return true
	case KindObject:
		_, ok := v.Object().(Callable)
		return ok
	case KindGoStruct, KindGoOther:
		_, ok := v.Interface().(Callable)
		return ok
	}
	return false
}
