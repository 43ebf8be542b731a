package jinja

import (
	"sync"
	"sync/atomic"

	"github.com/retort-go/retort/jinja/internal/value"
)

// binding is a name with a value.
type binding struct {
	name     string
	v        Value
	exported bool
}

// evalFlags are what {% autoescape %} changes; a context and those derived from it share one.
type evalFlags struct{ autoescape bool }

// renderContext is what the code of one template sees as its surroundings: what its top level has assigned, what an including
// template has handed down, the data, the globals, and the blocks of its inheritance chain.
type renderContext struct {
	tmpl *Template // whose top level runs in it
	eval *evalFlags
	own  evalFlags

	vars     []binding // assigned at top level
	handed   []binding // handed down; later ones win
	isolated bool      // an import without context: the data is not seen

	blocks *blockTable
	self   Value // cached object "self"
	held   bool  // an object refers to the context, so that it must not be used again
}

// ident is a name looked up in the context.
type ident struct {
	attr   *value.Attr
	undef  *value.Undef
	global Value // the environment's global of that name, or missing
}

// resolve finds a name in a context; the result is missing if it is not there.
func (vm *vm) resolve(ctx *renderContext, id *ident) Value {
	name := id.attr.Name
	for i := range ctx.vars {
		if ctx.vars[i].name == name {
			return ctx.vars[i].v
		}
	}
	for i := len(ctx.handed) - 1; i >= 0; i-- {
		if ctx.handed[i].name == name {
			return ctx.handed[i].v
		}
	}
	if !ctx.isolated {
		if v, ok := value.Member(vm.data, id.attr); ok {
			return v
		}
	}
	if vm.in.Lookup != nil {
		if v, ok := vm.in.Lookup(name); ok {
			return v
		}
	}
	return id.global
}

// set assigns a context variable.
func (ctx *renderContext) set(name string, v Value, how uint8) {
	for i := range ctx.vars {
		if b := &ctx.vars[i]; b.name == name {
			b.v = v
			if how != exportKeep {
				b.exported = how == exportAdd
			}
			return
		}
	}
	ctx.vars = append(ctx.vars, binding{name, v, how == exportAdd})
}

// derive makes the context of an included template, an import with context or a scoped block: what ctx sees, and besides the
// local variables of f named by locals.
func (vm *vm) derive(f *frame, locals []local) *renderContext {
	ctx, d := f.ctx, vm.newContext()
	d.tmpl, d.eval, d.blocks, d.isolated = ctx.tmpl, ctx.eval, ctx.blocks, ctx.isolated
	d.handed = append(append(d.handed[:0], ctx.handed...), ctx.vars...)
	for _, l := range locals {
		if v := f.variable(l); !v.IsMissing() {
			d.handed = append(d.handed, binding{name: l.name, v: v})
		}
	}
	return d
}

// variable reads a local variable of f or of a function around it.
func (f *frame) variable(l local) Value {
	if l.up == 0 {
		return f.regs[l.reg]
	}
	e := f.outer
	for range l.up - 1 {
		e = e.outer
	}
	return e.regs[l.reg]
}

// startContext makes the context in which tmpl's top level runs.
func (vm *vm) startContext(ctx *renderContext, tmpl *Template) *renderContext {
	ctx.tmpl = tmpl
	ctx.own.autoescape = tmpl.autoescape
	ctx.eval = &ctx.own
	ctx.blocks = tmpl.table
	return ctx
}

// blockTable holds the blocks of an inheritance chain: for each name its functions from the youngest template to the oldest.
// It does not change; extending it makes another one, which is remembered.
type blockTable struct {
	stacks map[string][]*function

	last atomic.Pointer[extended]
	mu   sync.Mutex
	all  map[*Template]*blockTable
}

type extended struct {
	parent *Template
	table  *blockTable
}

// extend returns the table with the parent's blocks added.
func (t *blockTable) extend(parent *Template) *blockTable {
	if e := t.last.Load(); e != nil && e.parent == parent {
		return e.table
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	table := t.all[parent]
	if table == nil {
		table = &blockTable{stacks: make(map[string][]*function, len(t.stacks))}
		for name, stack := range t.stacks {
			table.stacks[name] = stack[:len(stack):len(stack)]
		}
		for name, fn := range parent.blocks {
			table.stacks[name] = append(table.stacks[name], fn)
		}
		if t.all == nil {
			t.all = map[*Template]*blockTable{}
		}
		t.all[parent] = table
	}
	t.last.Store(&extended{parent, table})
	return table
}

// blockCache remembers the functions of one block in one table.
type blockCache struct {
	table *blockTable
	stack []*function
}

// find returns the functions of the block called at a site.
func (t *blockTable) find(s *site) []*function {
	if c := s.block.Load(); c != nil && c.table == t {
		return c.stack
	}
	stack := t.stacks[s.name]
	s.block.Store(&blockCache{t, stack})
	return stack
}
