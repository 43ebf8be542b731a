package jinja

import (
	"errors"
	"fmt"
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

// link remembers which template a site's constant name led to.
type link struct {
	name       string
	generation uint64
	tmpl       *Template
}

// selected finds the template that an include names. What is false but no name, such as none, is no list of names either.
func (vm *vm) selected(s *site, v Value) (*Template, error) {
	if !v.IsString() && !v.IsUndefined() {
		if some, err := value.Truth(v); !some && err == nil {
			return nil, errNoNames()
		}
	}
	return vm.template(s, v)
}

// template finds the template that an extends or import names: by a name, or by the first of several that exists.
func (vm *vm) template(s *site, v Value) (*Template, error) {
	if v.IsString() {
		return vm.named(s, v.AsString())
	}
	if err := value.UndefinedError(v); err != nil {
		return nil, err
	}
	if o, ok := v.Object().(*templateRef); ok && v.Kind() == value.KindObject {
		return o.t, nil
	}
	names, err := value.Items(&vm.meter, v)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errNoNames()
	}
	var tried []string
	for _, name := range names {
		if name.IsString() {
			t, err := vm.env.Template(value.ExposeString(&vm.meter, name.AsString()))
			if err == nil || !isNotFound(err) {
				return t, err
			}
			tried = append(tried, name.AsString())
			continue
		}
		if err := value.UndefinedError(name); err != nil {
			tried = append(tried, errorMessage(err))
			continue
		}
		if o, ok := name.Object().(*templateRef); ok {
			return o.t, nil
		}
		return nil, value.Errorf("TypeError", "template names must be strings, not %s", value.TypeName(name))
	}
	return nil, &Error{Kind: KindNoneFound, Message: "none of the templates given were found: " + strings.Join(tried, ", ")}
}

func errNoNames() error {
	return &Error{Kind: KindNoneFound, Message: "Tried to select from an empty list of templates."}
}

// named finds a template by name, by way of what the site led to before.
func (vm *vm) named(s *site, name string) (*Template, error) {
	generation := vm.env.generation.Load()
	if l := s.link.Load(); l != nil && l.generation == generation && l.name == name && !vm.env.cfg.Reload {
		return l.tmpl, nil
	}
	t, err := vm.env.Template(value.ExposeString(&vm.meter, name))
	if err == nil {
		s.link.Store(&link{t.name, generation, t})
	}
	return t, err
}

// isNotFound reports whether an error means that there is no template of the name.
func isNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Kind == KindNotFound || e.Kind == KindNoneFound)
}

// templateRef is a template as a value, which extends, include and import take in the place of a name.
type templateRef struct{ t *Template }

func (t *templateRef) PythonType() string { return "jinja2.environment.Template" }

func (t *templateRef) AppendStr(_ *Meter, dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "<Template %s>", reprName(t.t.name)), nil
}

// extends makes a template the parent of the one whose top level f runs.
func (vm *vm) extends(f *frame, s *site, v Value) error {
	parent, err := vm.template(s, v)
	if err != nil {
		return err
	}
	f.parent, f.child = parent, true
	f.ctx.blocks = f.ctx.blocks.extend(parent)
	return nil
}

// include enters the top level of another template; false if there is none and the site does not mind.
func (vm *vm) include(f *frame, s *site, v Value) (bool, error) {
	t, err := vm.selected(s, v)
	if err != nil {
		if s.ignore && isNotFound(err) {
			return false, nil
		}
		return false, err
	}
	g, err := vm.enterTemplate(f, s, t)
	if err != nil {
		return false, err
	}
	vm.enterPlace(f, g)
	return true, nil
}

// enterTemplate pushes the top level of a template, in a context of its own.
func (vm *vm) enterTemplate(f *frame, s *site, t *Template) (*frame, error) {
	var ctx *renderContext
	if s.withContext {
		ctx = vm.derive(f, f.fn.locals[s.locals])
	} else {
		ctx = vm.newContext()
		ctx.isolated = true
	}
	g, err := vm.push(t.root, vm.startContext(ctx, t), nil)
	if err != nil {
		return nil, err
	}
	g.owns = true
	return g, nil
}

// importModule imports a template into register dst. It reports whether a frame was entered, whose return completes the import.
func (vm *vm) importModule(f *frame, s *site, v Value, dst int32) (bool, error) {
	t, err := vm.template(s, v)
	if err != nil {
		return false, err
	}
	if !s.withContext {
		m, err := vm.loaded(t)
		if m != nil || err != nil {
			f.regs[dst] = value.FromObject(m)
			return false, err
		}
	}
	g, err := vm.enterTemplate(f, s, t)
	if err != nil {
		return false, err
	}
	g.then, g.ret = thenModule, dst
	vm.enterText(g)
	return true, nil
}

// loaded returns the module of a template imported without context, if there is one: a static template has the same always,
// another one the same throughout a render.
func (vm *vm) loaded(t *Template) (*module, error) {
	if t.isStatic {
		return t.staticModule()
	}
	for _, m := range vm.modules {
		if m.tmpl == t {
			return m, nil
		}
	}
	return nil, nil
}

// newModule makes a module of a template's top level that has just run in f.
func (vm *vm) newModule(f *frame) (Value, error) {
	m := vm.imported.get()
	m.tmpl = f.ctx.tmpl
	for _, b := range f.ctx.vars {
		if b.exported {
			m.exports = append(m.exports, b)
		}
	}
	body, err := vm.take(f.mark, false)
	if err != nil {
		return Value{}, err
	}
	if body.IsString() {
		m.body = body.AsString()
	}
	f.ctx.held = true // its macros refer to it
	if f.ctx.isolated {
		vm.modules = append(vm.modules, m)
	}
	return value.FromObject(m), nil
}

// staticModule runs the top level of a template that only defines macros and constants, once for all renders. Its macros run
// in a context that each render makes for itself.
func (t *Template) staticModule() (*module, error) {
	if m := t.static.Load(); m != nil {
		return m, nil
	}
	vm := start(t, nil, Input{})
	defer vm.finish()
	value.Leak(&vm.meter)
	ctx := vm.startContext(new(renderContext), t)
	ctx.isolated, ctx.held, vm.static = true, true, true
	f, err := vm.push(t.root, ctx, nil)
	if err != nil {
		return nil, err
	}
	f.then, f.ret = thenModule, -1
	if err := vm.run(0); err != nil {
		return nil, err
	}
	m := vm.returnedValue.Object().(*module)
	t.static.Store(m)
	return m, nil
}

// moduleContext returns the context in which macros of a static module run in this render.
func (vm *vm) moduleContext(t *Template) *renderContext {
	for _, ctx := range vm.moduleContexts {
		if ctx.tmpl == t {
			return ctx
		}
	}
	ctx := vm.startContext(vm.newContext(), t)
	ctx.isolated = true
	m := t.static.Load()
	ctx.vars = append(ctx.vars, m.exports...)
	vm.moduleContexts = append(vm.moduleContexts, ctx)
	return ctx
}

// importName takes one name out of a module; what it does not have is undefined.
func importName(mod Value, s *site, m *Meter) Value {
	if v, ok := mod.Object().(*module).Attr(s.name); ok {
		return v
	}
	name := mod.Object().(*module).tmpl.name
	return value.Undefined(&value.Undef{
		Hint: fmt.Sprintf("the template %s (imported on %s) does not export the requested name %s",
			reprName(name), s.message, pyRepr(s.name)),
		Name: value.Str(s.name),
	}, m.Undefined)
}

// runParent enters the top level of the template that f's extends.
func (vm *vm) runParent(f *frame) error {
	parent := f.parent
	f.parent = nil
	g, err := vm.push(parent.root, f.ctx, nil)
	if err == nil {
		vm.enterPlace(f, g)
	}
	return err
}
