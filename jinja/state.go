package jinja

import (
	"context"
	"fmt"
	"reflect"

	"github.com/retort-go/retort/jinja/internal/value"
)

// Value is a template's value: any of Python's, or Go data seen as one.
type Value = value.Value

// Call is one call of a filter, test or function: its arguments, the render's meter, and by [StateOf] the render itself.
type Call = value.Call

// Kwarg is a keyword argument.
type Kwarg = value.Kwarg

// Callable is implemented by Go values that templates may call.
type Callable = value.Callable

// Meter is what a render may still spend; see [Limits].
type Meter = value.Meter

// From converts Go data. Strings, numbers, structs, slices and maps are not copied but read where they lie.
func From(v any) Value { return value.From(v) }

// Markup returns text that is HTML already and is not escaped again.
func Markup(html string) Value { return value.Markup(html) }

// State is the render under way, as filters, tests and functions see it. It is valid until they return.
type State struct {
	env        *Environment
	meter      *Meter
	vm         *vm            // nil while constants are folded
	context    *renderContext // nil while constants are folded
	autoescape bool
	call       Call // see inner
	arg        [1]Value
}

// inner is a call that a filter makes, with at most one argument.
func (s *State) inner(args ...Value) *Call {
	s.call = Call{Meter: s.meter, Args: append(s.arg[:0], args...)}
	return &s.call
}

// StateOf returns the render that c belongs to, or nil if the call does not come from a template.
func StateOf(c *Call) *State {
	s, _ := c.State.(*State)
	return s
}

// callee is a filter or test that is ready to be called.
type callee struct {
	name string
	fn   func(s *State, c *Call) (Value, error)
	// fold allows a call with constant arguments to be made once, when the template is compiled: the result depends on
	// the arguments, the environment and the autoescape flag alone.
	fold bool
	// quick, if set, makes the quick form of the filter for constant arguments besides its value; nil if there is none for them.
	quick   func(env *Environment, args []Value) quick
	builtin bool // it is the engine's own
}

// builtin is a filter or test of the engine's own; c.Args[0] is the value it is applied to.
type builtin struct {
	fn    func(s *State, c *Call) (Value, error)
	fold  bool
	quick func(env *Environment, args []Value) quick
}

func builtinCallees(table map[string]builtin) map[string]*callee {
	out := make(map[string]*callee, len(table))
	for name, b := range table {
		out[name] = &callee{name: name, fn: b.fn, fold: b.fold, quick: b.quick, builtin: true}
	}
	return out
}

// addCallees registers the functions a program brings along.
func addCallees(table map[string]*callee, what string, funcs map[string]any) error {
	for name, f := range funcs {
		fn, err := calleeFunc(name, f)
		if err != nil {
			return fmt.Errorf("jinja: %s %s: %w", what, name, err)
		}
		table[name] = &callee{name: name, fn: func(s *State, c *Call) (Value, error) {
			value.ExposeCall(c)
			return fn(s, c)
		}}
	}
	return nil
}

func calleeFunc(name string, f any) (func(*State, *Call) (Value, error), error) {
	switch f := f.(type) {
	case func(*State, *Call) (Value, error):
		return f, nil
	case func(*Call) (Value, error):
		return func(_ *State, c *Call) (Value, error) { return f(c) }, nil
	}
	v, err := fromGo(name, f)
	if err != nil {
		return nil, err
	}
	if !value.IsCallable(v) {
		return nil, fmt.Errorf("%T is not a function", f)
	}
	return func(_ *State, c *Call) (Value, error) { return value.CallValue(c, v) }, nil
}

// fromGo converts a global; functions of the typed shape are called without reflection.
func fromGo(name string, v any) (Value, error) {
	switch f := v.(type) {
	case nil:
		return value.None(), nil
	case func(*Call) (Value, error):
		return value.FromFunc(name, f), nil
	case func(*State, *Call) (Value, error):
		return value.FromFunc(name, func(c *Call) (Value, error) { return f(StateOf(c), c) }), nil
	}
	if reflect.TypeOf(v).Kind() == reflect.Func {
		return value.NewFunc(name, v)
	}
	return value.From(v), nil
}

// Environment returns the environment of the template.
func (s *State) Environment() *Environment { return s.env }

// Meter returns what the render may still spend. Functions that loop or build pay through it.
func (s *State) Meter() *Meter { return s.meter }

// Autoescape reports whether values are escaped where the function was called.
func (s *State) Autoescape() bool { return s.autoescape }

// Context returns the context of [Input], or [context.Background].
func (s *State) Context() context.Context {
	if s.vm == nil || s.vm.in.Ctx == nil {
		return context.Background()
	}
	return s.vm.in.Ctx
}

// Lookup returns the value of a name as the template's top level sees it.
func (s *State) Lookup(name string) (Value, bool) {
	if s.context == nil {
		return Value{}, false
	}
	value.Leak(s.meter)
	v := s.vm.resolve(s.context, s.env.ident(name))
	return v, !v.IsMissing()
}

// Call calls a value with arguments; a macro's result is Markup where values are escaped.
func (s *State) Call(f Value, args []Value, kwargs []Kwarg) (Value, error) {
	value.Leak(s.meter)
	return value.CallValue(&Call{Meter: s.meter, Args: args, Kwargs: kwargs, State: s}, f)
}

// Filter applies the filter of that name; args[0] is the value it is applied to.
func (s *State) Filter(name Value, args []Value, kwargs []Kwarg) (Value, error) {
	value.Leak(s.meter)
	return s.apply(s.env.filters, "filter", name, args, kwargs)
}

// Test applies the test of that name; args[0] is the value tested.
func (s *State) Test(name Value, args []Value, kwargs []Kwarg) (Value, error) {
	value.Leak(s.meter)
	return s.apply(s.env.tests, "test", name, args, kwargs)
}

func (s *State) apply(table map[string]*callee, what string, name Value, args []Value, kwargs []Kwarg) (Value, error) {
	if name.IsString() {
		if f := table[name.AsString()]; f != nil {
			return f.fn(s, &Call{Meter: s.meter, Args: args, Kwargs: kwargs, State: s})
		}
	}
	msg := fmt.Sprintf("No %s named %s.", what, value.Repr(name))
	if err := value.UndefinedError(name); err != nil {
		msg = fmt.Sprintf("%s (%s; did you forget to quote the callable name?)", msg, errorMessage(err))
	}
	return Value{}, value.Errorf(KindRuntime, "%s", msg)
}

// Undefined returns an undefined value of the environment's kind, with its own message.
func (s *State) Undefined(hint string) Value { return value.UndefinedHint(hint, s.meter.Undefined) }

// Scratch returns an empty buffer to build a string in, for [State.Str] to copy. It may be used until the next call of Scratch.
func (s *State) Scratch() []byte {
	if s.vm == nil {
		return nil
	}
	return s.vm.scratch[:0]
}

// Str returns a copy of b as a str, and pays for it. It keeps b's memory for the next [State.Scratch] if b comes from there.
func (s *State) Str(b []byte) (Value, error) {
	if err := s.meter.Build(len(b)); err != nil {
		return Value{}, err
	}
	if s.vm == nil {
		return value.Str(string(b)), nil
	}
	if cap(b) > cap(s.vm.scratch) && cap(b) <= maxPooled {
		s.vm.scratch = b[:0]
	}
	return value.Str(string(b)), nil
}
