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
		g.parts = s.path(attribute)
	default:
		g.parts = []getterPart{{key: attribute}}
	}
	return g, s.meter.Spend(len(g.parts))
}

// maxPaths is how many paths are kept.
const maxPaths = 64

// path takes "address.city" apart. What has been taken apart is kept for later renders: mostly it is a constant.
func (s *State) path(attribute Value) []getterPart {
	keep := s.vm != nil && attribute.Kind() == value.KindStr
	if keep {
		if parts, ok := s.vm.paths[attribute.AsString()]; ok {
			return parts
		}
	}
	var parts []getterPart
	for _, part := range strings.Split(attribute.AsString(), ".") {
		parts = append(parts, partOf(part, attribute.Kind()))
	}
	if keep && len(s.vm.paths) < maxPaths && len(attribute.AsString()) <= maxPaths {
		if s.vm.paths == nil {
			s.vm.paths = map[string][]getterPart{}
		}
		s.vm.paths[strings.Clone(attribute.AsString())] = parts
	}
	return parts
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

// selection is the work of map, select and their relatives. It begins when the first item is asked for, and keeps its arguments
// itself, which belong to the caller.
type selection struct {
	s      *State
	src    Value
	args   []Value
	kwargs []Kwarg
	named  [2]Kwarg // room for kwargs

	filters bool // map: items are changed, not chosen
	rejects bool // those that do not pass are chosen
	byAttr  bool // by an attribute
	begun   bool
	it      value.Iter
	get     getter
	callee  *callee // the filter or test, once there was an item
	call    Call    // of it
}

// newSelection returns the items of a filter's first argument that p is to give, as a generator of the Python function generator.
func newSelection(s *State, c *Call, fn, generator string, filters, rejects, byAttr bool) (Value, error) {
	if len(c.Args) == 0 {
		return Value{}, typeError("%s() missing 1 required positional argument: 'value'", fn)
	}
	p := s.generators().selections.get()
	p.s, p.src, p.filters, p.rejects, p.byAttr = s, c.Args[0], filters, rejects, byAttr
	p.args = value.MakeItems(s.meter, len(c.Args)-1)
	copy(p.args, c.Args[1:])
	p.kwargs = append(p.named[:0], c.Kwargs...)
	return value.MakeGenerator(s.meter, generator, p), nil
}

func filterMap(s *State, c *Call) (Value, error) {
	return newSelection(s, c, "sync_do_map", "sync_do_map", true, false, false)
}

// filterSelect is select, reject, selectattr and rejectattr: the items that pass a test, or do not, or whose attribute does.
func filterSelect(fn string, reject, byAttr bool) func(*State, *Call) (Value, error) {
	return func(s *State, c *Call) (Value, error) {
		return newSelection(s, c, fn, "select_or_reject", false, reject, byAttr)
	}
}

// Next gives the next item. A value that is false has none, whatever it is.
func (p *selection) Next() (Value, bool, error) {
	if !p.begun {
		if t, err := value.Truth(p.src); !t || err != nil {
			return Value{}, false, err
		}
		if err := p.begin(); err != nil {
			return Value{}, false, err
		}
		p.begun = true
	}
	for {
		v, ok, err := next(p.s, &p.it)
		if !ok || err != nil {
			return Value{}, false, err
		}
		if p.filters {
			v, err = p.mapped(v)
			return v, true, err
		}
		yes, err := p.passes(v)
		if err != nil {
			return Value{}, false, err
		}
		if yes != p.rejects {
			return v, true, nil
		}
	}
}

func (p *selection) begin() (err error) {
	switch {
	case p.filters:
		err = p.beginMap()
	case p.byAttr && len(p.args) == 0:
		err = argumentError("Missing parameter for attribute name")
	case p.byAttr:
		p.get, err = newGetter(p.s, p.args[0])
		p.args = p.args[1:]
	}
	if err != nil {
		return err
	}
	return p.it.Over(p.s.meter, p.src)
}

// beginMap finds out if map is to read an attribute.
func (p *selection) beginMap() (err error) {
	for _, kw := range p.kwargs {
		if kw.Name == "attribute" && len(p.args) == 0 {
			p.byAttr = true
			if p.get, err = newGetter(p.s, kw.Value); err != nil {
				return err
			}
		}
	}
	if !p.byAttr {
		if len(p.args) == 0 {
			return argumentError("map requires a filter argument")
		}
		return nil
	}
	for _, kw := range p.kwargs {
		switch kw.Name {
		case "attribute":
		case "default":
			if given(kw.Value) {
				p.get.def = kw.Value
			}
		default:
			return argumentError("Unexpected keyword argument %s", pyRepr(kw.Name))
		}
	}
	return nil
}

// mapped is what map makes of an item.
func (p *selection) mapped(v Value) (Value, error) {
	if p.byAttr {
		return p.get.of(v)
	}
	return p.apply(p.s.env.filters, "filter", v)
}

// passes reports whether an item, or its attribute, passes the test.
func (p *selection) passes(v Value) (bool, error) {
	v, err := p.get.of(v)
	if err == nil && len(p.args) > 0 {
		v, err = p.apply(p.s.env.tests, "test", v)
	}
	if err != nil {
		return false, err
	}
	return value.Truth(v)
}

// apply calls the filter or test that args begin with. Without items nobody asks whether there is one of that name.
func (p *selection) apply(table map[string]*callee, what string, v Value) (Value, error) {
	if p.callee == nil {
		name := p.args[0]
		if name.IsString() {
			p.callee = table[name.AsString()]
		}
		if p.callee == nil {
			if err := hashable(name); err != nil {
				return Value{}, err
			}
			return p.s.apply(table, what, name, nil, nil) // for its message
		}
		p.call = Call{Meter: p.s.meter, State: p.s, Args: p.args, Kwargs: p.kwargs}
	}
	p.args[0] = v
	return p.callee.fn(p.s, &p.call)
}
