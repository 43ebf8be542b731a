package jinja

import (
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

// nativeConcat puts the pieces of a native result together as Jinja's NativeEnvironment does: a single piece that is no string is
// the result; anything else is joined as text, and the text read as a Python literal if it is one.
func nativeConcat(m *Meter, pieces []Value) (Value, error) {
	switch len(pieces) {
	case 0:
		return value.None(), nil
	case 1:
		if !pieces[0].IsString() {
			return pieces[0], nil
		}
	}
	var text []byte
	for _, p := range pieces {
		var err error
		if text, err = value.AppendStr(m, text, p); err != nil {
			return Value{}, err
		}
	}
	if err := m.Build(len(text)); err != nil {
		return Value{}, err
	}
	s := string(text)
	if v, ok := parseLiteral(s); ok {
		return v, nil
	}
	if len(pieces) == 1 { // Markup stays Markup
		return pieces[0], nil
	}
	return value.Str(s), nil
}

// debugText is what {% debug %} prints: the context, and the names of filters and tests, as Python's pprint shows them.
func (vm *vm) debugText(f *frame) (Value, error) {
	var b strings.Builder
	b.WriteString("{'context': {")
	names := vm.contextNames(f.ctx)
	for i, name := range names {
		if i > 0 {
			b.WriteString(",\n             ")
		}
		v := vm.resolve(f.ctx, vm.env.ident(name))
		text, err := value.AppendRepr(&vm.meter, nil, v)
		if err != nil {
			return Value{}, err
		}
		b.WriteString(pyRepr(name) + ": ")
		b.Write(text)
	}
	b.WriteString("},\n 'filters': ")
	writeNames(&b, vm.env.FilterNames(), 13)
	b.WriteString(",\n 'tests': ")
	writeNames(&b, vm.env.TestNames(), 11)
	b.WriteString("}")
	return value.Str(b.String()), vm.meter.Build(b.Len())
}

// writeNames writes a list of strings in lines of at most 80 columns, indented like pprint's compact lists.
func writeNames(b *strings.Builder, names []string, indent int) {
	b.WriteByte('[')
	column := indent
	for i, name := range names {
		item := pyRepr(name)
		switch {
		case i == 0:
		case column+len(item)+2 > 79:
			b.WriteString(",\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteString(", ")
			column += 2
		}
		b.WriteString(item)
		column += len(item)
	}
	b.WriteByte(']')
}

// contextNames lists the names that a context knows, without the environment's own.
func (vm *vm) contextNames(ctx *renderContext) []string {
	seen := map[string]bool{}
	for name := range vm.env.globals {
		seen[name] = true
	}
	for _, b := range ctx.handed {
		seen[b.name] = true
	}
	for _, b := range ctx.vars {
		seen[b.name] = true
	}
	if !ctx.isolated {
		for _, name := range value.FieldNames(vm.data) {
			seen[name] = true
		}
	}
	return sortedNames(seen)
}
