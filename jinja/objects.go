package jinja

import (
	"fmt"

	"github.com/retort-go/retort/jinja/internal/value"
)

// env is one activation of a function as the functions defined in it see it.
type env struct {
	regs  []Value
	outer *env
}

// macro is a macro, or the body of a call block.
type macro struct {
	fn         *function
	outer      *env
	ctx        *renderContext // nil for a macro of a static module, which runs in the module's own context
	autoescape bool           // where it was defined
}

func (m *macro) PythonType() string { return "jinja2.runtime.Macro" }

// Call runs the macro for a Go function, such as the filter map.
func (m *macro) Call(c *Call) (Value, error) {
	s := StateOf(c)
	if s == nil || s.vm == nil {
		return Value{}, value.Errorf(KindRuntime, "a macro can only be called while its template is rendered")
	}
	return s.vm.callMacro(m, c.Args, c.Kwargs, m.autoescape)
}

func (m *macro) Attr(name string) (Value, bool) {
	sig := m.fn.macro
	switch name {
	case "name":
		if sig.name == "" {
			return value.None(), true
		}
		return value.Str(sig.name), true
	case "arguments":
		items := make([]Value, len(sig.params))
		for i, p := range sig.params {
			items[i] = value.Str(p)
		}
		return value.Tuple(items), true
	case "catch_kwargs":
		return value.Bool(sig.kwargsReg >= 0), true
	case "catch_varargs":
		return value.Bool(sig.varargsReg >= 0), true
	case "caller":
		return value.Bool(sig.caller), true
	}
	return Value{}, false
}

func (m *macro) AppendStr(_ *Meter, dst []byte) ([]byte, error) {
	if m.fn.macro.name == "" {
		return append(dst, "<Macro anonymous>"...), nil
	}
	return fmt.Appendf(dst, "<Macro %s>", pyRepr(m.fn.macro.name)), nil
}

// blockRef is a block as a value: super, super.super, self.title.
type blockRef struct {
	name  string
	ctx   *renderContext
	stack []*function
	depth int
}

func (b *blockRef) PythonType() string { return "jinja2.runtime.BlockReference" }

func (b *blockRef) Call(c *Call) (Value, error) {
	s := StateOf(c)
	if s == nil || s.vm == nil {
		return Value{}, value.Errorf(KindRuntime, "a block can only be called while its template is rendered")
	}
	if err := b.check(c.Args, c.Kwargs); err != nil {
		return Value{}, err
	}
	return s.vm.callBlock(b)
}

func (b *blockRef) check(args []Value, kwargs []Kwarg) error {
	switch {
	case len(args) > 0:
		return value.Errorf("TypeError", "BlockReference.__call__() takes 1 positional argument but %d were given", len(args)+1)
	case len(kwargs) > 0:
		return value.Errorf("TypeError", "BlockReference.__call__() got an unexpected keyword argument %s", pyRepr(kwargs[0].Name))
	}
	return nil
}

func (b *blockRef) Attr(name string) (Value, bool) {
	switch name {
	case "super":
		return superOf(b.ctx, b.name, b.stack, b.depth), true
	case "name":
		return value.Str(b.name), true
	}
	return Value{}, false
}

// superOf is the block behind stack[depth], or undefined.
func superOf(ctx *renderContext, name string, stack []*function, depth int) Value {
	if depth+1 >= len(stack) {
		return value.Undefined(&value.Undef{
			Hint: fmt.Sprintf("there is no parent block called %s.", pyRepr(name)), Name: value.Str("super"),
		}, ctx.tmpl.env.cfg.Undefined)
	}
	return value.FromObject(&blockRef{name, ctx, stack, depth + 1})
}

// selfRef is the name "self": the blocks of the template as they are after inheritance.
type selfRef struct{ ctx *renderContext }

func (s *selfRef) PythonType() string { return "jinja2.runtime.TemplateReference" }

func (s *selfRef) Item(key Value) (Value, bool) {
	if !key.IsString() {
		return Value{}, false
	}
	stack := s.ctx.blocks.stacks[key.AsString()]
	if stack == nil {
		return Value{}, false
	}
	return value.FromObject(&blockRef{key.AsString(), s.ctx, stack, 0}), true
}

func (s *selfRef) AppendStr(_ *Meter, dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "<TemplateReference %s>", reprName(s.ctx.tmpl.name)), nil
}

// module is an imported template: its exported names, and what its top level printed.
type module struct {
	tmpl    *Template
	exports []binding
	body    string
}

func (m *module) PythonType() string { return "jinja2.environment.TemplateModule" }

func (m *module) Attr(name string) (Value, bool) {
	for i := range m.exports {
		if m.exports[i].name == name {
			return m.exports[i].v, true
		}
	}
	if name == "__name__" {
		return optionalStr(m.tmpl.name), true
	}
	return Value{}, false
}

func (m *module) EscapedHTML() string { return m.body }

func (m *module) AppendStr(_ *Meter, dst []byte) ([]byte, error) { return append(dst, m.body...), nil }

func (m *module) AppendRepr(dst []byte) []byte {
	return append(append(append(dst, "<TemplateModule "...), reprName(m.tmpl.name)...), '>')
}

// namespace is what {% set ns = namespace(…) %} makes: an object whose attributes a template may assign.
type namespace struct{ attrs *value.Dict }

// set assigns an attribute. A namespace of an earlier render, which a program has passed on, does not hold what is gone with
// this one.
func (n *namespace) set(vm *vm, name string, v Value) {
	if !value.Lives(&vm.meter, n.attrs) {
		v = value.Expose(&vm.meter, v)
	}
	n.attrs.SetStr(name, v)
}

func (n *namespace) PythonType() string { return "jinja2.utils.Namespace" }

func (n *namespace) Attr(name string) (Value, bool) { return n.attrs.GetStr(name) }

func (n *namespace) Item(key Value) (Value, bool) {
	v, ok, err := n.attrs.Get(key)
	return v, ok && err == nil
}

func (n *namespace) AppendStr(m *Meter, dst []byte) ([]byte, error) {
	dst, err := value.AppendRepr(m, append(dst, "<Namespace "...), value.FromDict(n.attrs))
	return append(dst, '>'), err
}

// pyRepr is repr of a string.
func pyRepr(s string) string {
	b, _ := value.AppendRepr(nil, nil, value.Str(s))
	return string(b)
}

func optionalStr(s string) Value {
	if s == "" {
		return value.None()
	}
	return value.Str(s)
}

// reprName is repr of a template's name.
func reprName(name string) string {
	if name == "" {
		return "None"
	}
	return pyRepr(name)
}
