package jinja

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/retort-go/retort/jinja/internal/syntax"
	"github.com/retort-go/retort/jinja/internal/value"
)

// Template is a compiled template. It does not change and is safe for concurrent use.
type Template struct {
	env    *Environment
	name   string // "" if made from a string
	source Source
	fresh  func() bool

	autoescape bool // what [Config].Autoescape says of the name
	root       *function
	blocks     map[string]*function
	table      *blockTable
	isStatic   bool // see staticModule
	static     atomic.Pointer[module]

	reloadErr atomic.Pointer[Error]
	sizeHint  atomic.Int64 // what recent pages needed
}

// Input is what one render gets.
type Input struct {
	// Ctx stops the render when it is done; functions reach it by [State.Context]. Nil means never.
	Ctx context.Context
	// Data gives the names of the template: a map with string keys, a struct or a pointer to one, a [Value] that is a dict,
	// or nil.
	Data any
	// Lookup gives names that Data lacks and comes before the environment's globals. Like those, its names are also known
	// in templates imported without context.
	Lookup func(name string) (Value, bool)
}

// Name returns the template's name, "" if it was made from a string.
func (t *Template) Name() string { return t.name }

// ReloadError returns why a newer source of this template could not replace it, or nil; see [Config].Reload.
func (t *Template) ReloadError() error {
	if err := t.reloadErr.Load(); err != nil {
		return err
	}
	return nil
}

// display is the name as messages show it.
func (t *Template) display() string {
	if t.name == "" {
		return "<template>"
	}
	return t.name
}

// Render writes the page for data (see [Input].Data) to w, once it is complete: after an error of the template nothing
// has been written. The error is a [*Error], or w's.
func (t *Template) Render(w io.Writer, data any) error {
	buf := buffers.Get().(*[]byte)
	defer putBuffer(buf)
	if hint := int(t.sizeHint.Load()); cap(*buf) < hint {
		*buf = make([]byte, 0, hint)
	}
	out, err := t.Append((*buf)[:0], Input{Data: data})
	*buf = out
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// Append appends the page to dst, which it returns also after an error, with what was rendered until then. The error is
// a [*Error].
func (t *Template) Append(dst []byte, in Input) (out []byte, err error) {
	vm := start(t, dst, in)
	defer vm.rescue(&out, &err)
	err = vm.render(t)
	if n := int64(len(vm.out) - len(dst)); n > t.sizeHint.Load() && n <= maxPooled {
		t.sizeHint.Store(n + n/8)
	}
	return vm.out, err
}

// Native renders a template of an environment with [Config].Native: the value of the one expression it prints, or all it
// prints put together, read as a Python literal if it is one.
func (t *Template) Native(in Input) (v Value, err error) {
	vm := start(t, nil, in)
	var out []byte
	defer vm.rescue(&out, &err)
	value.Leak(&vm.meter)
	if err := vm.render(t); err != nil {
		return Value{}, err
	}
	if !t.env.cfg.Native {
		return value.Str(string(vm.out)), nil
	}
	return nativeConcat(&vm.meter, vm.pieces)
}

// render runs the template's top level.
func (vm *vm) render(t *Template) error {
	f, err := vm.push(t.root, vm.startContext(vm.newContext(), t), nil)
	if err != nil {
		return vm.fail(err)
	}
	f.owns = true
	if f.fn.ragged {
		vm.track = track{pos: len(vm.out)}
		f.tracks()
	}
	if err := vm.run(0); err != nil {
		return err
	}
	if vm.maxOut > 0 && len(vm.out) > vm.maxOut {
		return vm.fail(vm.tooLong())
	}
	return nil
}

// rescue ends a render. A panic in a function the template called becomes its error.
func (vm *vm) rescue(out *[]byte, err *error) {
	if r := recover(); r != nil {
		*out, *err = vm.out, vm.fail(panicError{r, debug.Stack()})
	}
	if *err != nil {
		value.Leak(&vm.meter) // it tells of values
	}
	vm.finish()
}

// panicError is a panic of a function that a template called.
type panicError struct {
	value any
	stack []byte
}

func (p panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func (p panicError) Unwrap() error { err, _ := p.value.(error); return err }

// maxPooled is the largest page whose buffer is kept for the next.
const maxPooled = 1 << 20

var buffers = sync.Pool{New: func() any { return new([]byte) }}

func putBuffer(buf *[]byte) {
	if cap(*buf) <= maxPooled {
		buffers.Put(buf)
	}
}

// Expression is a compiled expression; see [Environment.Expression].
type Expression struct{ t *Template }

// Expression compiles a single expression, for configuration files and the like.
func (env *Environment) Expression(source string) (*Expression, error) {
	t := &Template{env: env, source: Source{Text: source}, autoescape: env.cfg.Autoescape("")}
	x, err := syntax.ParseExpression(source, &env.syntax)
	if err != nil {
		return nil, syntaxError(t, err)
	}
	target := &syntax.Name{Name: "result", Ctx: syntax.Store}
	return &Expression{t}, env.compileTree(t, &syntax.Template{Body: []syntax.Stmt{&syntax.Assign{Target: target, Node: x}}})
}

// Eval computes the expression for the names in in. An undefined result is returned as such.
func (x *Expression) Eval(in Input) (v Value, err error) {
	vm := start(x.t, nil, in)
	var out []byte
	defer vm.rescue(&out, &err)
	ctx := vm.startContext(vm.newContext(), x.t)
	if _, err := vm.push(x.t.root, ctx, nil); err != nil {
		return Value{}, vm.fail(err)
	}
	value.Leak(&vm.meter)
	if err := vm.run(0); err != nil {
		return Value{}, err
	}
	return vm.resolve(ctx, x.t.env.ident("result")), nil
}
