package jinja

import (
	"strconv"
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

// getter reads an attribute of items, as the argument attribute= of many filters says: "address.city", "0.name", 1. The
// zero getter reads the item itself.
type getter struct {
	meter *Meter
	parts []getterPart
	def   Value // replaces what is undefined on the way, unless missing
	fold  bool  // strings become lower case
}

type getterPart struct {
	attr *value.Attr // nil for a number or other key
	key  Value
}

// newGetter reads the argument; missing or None reads the item itself.
func newGetter(s *State, attribute Value) (getter, error) {
	g := getter{meter: s.meter}
	switch {
	case !given(attribute):
	case attribute.IsString():
		for _, part := range strings.Split(attribute.AsString(), ".") {
			g.parts = append(g.parts, partOf(part, attribute.Kind()))
		}
	default:
		g.parts = []getterPart{{key: attribute}}
	}
	return g, s.meter.Spend(len(g.parts))
}

func partOf(part string, kind value.Kind) getterPart {
	if strings.Trim(part, "0123456789") == "" {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil {
			return getterPart{key: value.Int(n)}
		}
	}
	if kind == value.KindMarkup { // shows in messages
		return getterPart{key: value.Markup(part)}
	}
	return getterPart{attr: value.NewAttr(strings.Clone(part))}
}

// of returns the attribute of v.
func (g *getter) of(v Value) (Value, error) {
	var err error
	for _, p := range g.parts {
		if p.attr != nil {
			v, err = value.GetItemNamed(g.meter, v, p.attr)
		} else {
			v, err = value.GetItem(g.meter, v, p.key)
		}
		if err != nil {
			return Value{}, err
		}
		if v.IsUndefined() && !g.def.IsMissing() {
			v = g.def
		}
	}
	if g.fold && v.IsString() {
		return value.Lower(g.meter, v)
	}
	return v, nil
}

var attrSig = signature{fn: "do_attr", params: []string{"obj", "name"}, required: 2, hidden: 1}

func filterAttr(s *State, c *Call) (Value, error) {
	var a [2]Value
	if err := attrSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	if !a[1].IsString() {
		if err := hashable(a[1]); err != nil {
			return Value{}, err
		}
		return Value{}, typeError("attribute name must be string, not '%s'", value.TypeName(a[1]))
	}
	return value.AttrOnly(s.meter, a[0], value.NewAttr(strings.Clone(a[1].AsString())))
}

// applier calls a filter or test again and again with other first arguments. It keeps its arguments itself, because a
// lazy filter runs after its call is over.
type applier struct {
	s    *State
	f    *callee
	call Call
}

// newApplier finds the filter or test of that name.
func newApplier(s *State, table map[string]*callee, what string, name Value, args []Value, kwargs []Kwarg) (*applier, error) {
	var f *callee
	if name.IsString() {
		f = table[name.AsString()]
	}
	if f == nil {
		if err := hashable(name); err != nil {
			return nil, err
		}
		_, err := s.apply(table, what, name, nil, nil) // for its message
		return nil, err
	}
	a := &applier{s: s, f: f}
	a.call = Call{Meter: s.meter, State: s, Kwargs: append([]Kwarg(nil), kwargs...)}
	a.call.Args = append(make([]Value, 1, 1+len(args)), args...)
	return a, nil
}

func (a *applier) apply(v Value) (Value, error) {
	a.call.Args[0] = v
	return a.f.fn(a.s, &a.call)
}

// mapped is what map does to each item.
type mapped func(Value) (Value, error)

func filterMap(s *State, c *Call) (Value, error) {
	if len(c.Args) == 0 {
		return Value{}, typeError("sync_do_map() missing 1 required positional argument: 'value'")
	}
	// The arguments belong to the caller; the work starts later.
	args, kwargs := append([]Value(nil), c.Args[1:]...), append([]Kwarg(nil), c.Kwargs...)
	src := c.Args[0]
	var fn mapped
	prepare := func() (err error) {
		fn, err = prepareMap(s, args, kwargs)
		return err
	}
	return generateFrom(s, "sync_do_map", src, prepare, func(it *value.Iter) (Value, bool, error) {
		v, ok, err := next(s, it)
		if !ok || err != nil {
			return Value{}, false, err
		}
		v, err = fn(v)
		return v, true, err
	}), nil
}

// generateFrom is lazy, but a value that is false has no items, whatever it is. prepare runs before the first item.
func generateFrom(s *State, fn string, src Value, prepare func() error, step func(it *value.Iter) (Value, bool, error)) Value {
	inner := Value{}
	return generate(fn, func() (Value, bool, error) {
		if inner.IsMissing() {
			t, err := value.Truth(src)
			if !t || err != nil {
				return Value{}, false, err
			}
			if err := prepare(); err != nil {
				return Value{}, false, err
			}
			inner = lazy(s, fn, src, step)
		}
		return inner.AsIter().Next()
	})
}

func prepareMap(s *State, args []Value, kwargs []Kwarg) (mapped, error) {
	attribute := -1
	for i, kw := range kwargs {
		if kw.Name == "attribute" {
			attribute = i
		}
	}
	if len(args) == 0 && attribute >= 0 {
		get, err := newGetter(s, kwargs[attribute].Value)
		if err != nil {
			return nil, err
		}
		for _, kw := range kwargs {
			switch kw.Name {
			case "attribute":
			case "default":
				if given(kw.Value) {
					get.def = kw.Value
				}
			default:
				return nil, argumentError("Unexpected keyword argument %s", pyRepr(kw.Name))
			}
		}
		return get.of, nil
	}
	if len(args) == 0 {
		return nil, argumentError("map requires a filter argument")
	}
	var filter *applier
	return func(v Value) (_ Value, err error) {
		if filter == nil { // without items nobody asks whether there is one of that name
			if filter, err = newApplier(s, s.env.filters, "filter", args[0], args[1:], kwargs); err != nil {
				return Value{}, err
			}
		}
		return filter.apply(v)
	}, nil
}

// filterSelect is select, reject, selectattr and rejectattr: the items that pass a test, or do not, or whose attribute does.
func filterSelect(fn string, reject, byAttr bool) func(*State, *Call) (Value, error) {
	return func(s *State, c *Call) (Value, error) {
		if len(c.Args) == 0 {
			return Value{}, typeError("%s() missing 1 required positional argument: 'value'", fn)
		}
		args, kwargs := append([]Value(nil), c.Args[1:]...), append([]Kwarg(nil), c.Kwargs...)
		var pass func(Value) (bool, error)
		prepare := func() (err error) {
			pass, err = prepareSelect(s, args, kwargs, byAttr)
			return err
		}
		return generateFrom(s, "select_or_reject", c.Args[0], prepare, func(it *value.Iter) (Value, bool, error) {
			for {
				v, ok, err := next(s, it)
				if !ok || err != nil {
					return Value{}, false, err
				}
				yes, err := pass(v)
				if err != nil {
					return Value{}, false, err
				}
				if yes != reject {
					return v, true, nil
				}
			}
		}), nil
	}
}

func prepareSelect(s *State, args []Value, kwargs []Kwarg, byAttr bool) (func(Value) (bool, error), error) {
	var get getter
	if byAttr {
		if len(args) == 0 {
			return nil, argumentError("Missing parameter for attribute name")
		}
		var err error
		if get, err = newGetter(s, args[0]); err != nil {
			return nil, err
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return func(v Value) (bool, error) {
			v, err := get.of(v)
			if err != nil {
				return false, err
			}
			return value.Truth(v)
		}, nil
	}
	var test *applier
	return func(v Value) (bool, error) {
		v, err := get.of(v)
		if err != nil {
			return false, err
		}
		if test == nil {
			if test, err = newApplier(s, s.env.tests, "test", args[0], args[1:], kwargs); err != nil {
				return false, err
			}
		}
		r, err := test.apply(v)
		if err != nil {
			return false, err
		}
		return value.Truth(r)
	}, nil
}
