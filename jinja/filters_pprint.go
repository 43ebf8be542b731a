package jinja

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/retort-go/retort/jinja/internal/value"
)

func filterPprint(s *State, c *Call) (Value, error) {
	v, err := one("do_pprint", 0, c)
	if err != nil {
		return Value{}, err
	}
	p := prettyPrinter{m: s.meter}
	if err := p.format(v, 0, 0, 0); err != nil {
		return Value{}, err
	}
	if err := s.meter.Build(len(p.out)); err != nil {
		return Value{}, err
	}
	return value.Str(string(p.out)), nil
}

// prettyPrinter writes values as Python's pprint: on one line of 80 characters if they fit, else one item a line; dicts and
// sets in order.
type prettyPrinter struct {
	m    *Meter
	out  []byte
	open []Value
}

const prettyWidth = 80

// format writes v, which starts in column indent and is followed by allowance more characters on its last line.
func (p *prettyPrinter) format(v Value, indent, allowance, level int) error {
	if err := p.m.Spend(1); err != nil {
		return err
	}
	for _, o := range p.open {
		if value.Same(o, v) {
			p.out = fmt.Appendf(p.out, "<Recursion on %s>", value.TypeName(v))
			return nil
		}
	}
	rep, err := p.repr(v)
	if err != nil {
		return err
	}
	n, _ := value.Len(v)
	if utf8.RuneCountInString(rep) <= prettyWidth-indent-allowance || n == 0 || v.IsNamedTuple() {
		p.out = append(p.out, rep...)
		return nil
	}
	switch v.Kind() {
	case value.KindStr:
		return p.str(v, indent, allowance, level+1)
	case value.KindDict, value.KindGoMap:
		return p.within(v, func() error { return p.dict(v, indent, allowance, level+1) })
	case value.KindList, value.KindGoSlice:
		return p.within(v, func() error { return p.items(v, "[", "]", indent, allowance, level+1) })
	case value.KindTuple:
		end := ")"
		if n == 1 {
			end = ",)"
		}
		return p.within(v, func() error { return p.items(v, "(", end, indent, allowance, level+1) })
	case value.KindSet:
		return p.within(v, func() error { return p.items(v, "{", "}", indent, allowance, level+1) })
	}
	p.out = append(p.out, rep...)
	return nil
}

func (p *prettyPrinter) within(v Value, do func() error) error {
	if len(p.open) > 200 {
		return value.Errorf("RecursionError", "maximum recursion depth exceeded")
	}
	p.open = append(p.open, v)
	err := do()
	p.open = p.open[:len(p.open)-1]
	return err
}

// repr is repr(v) with the dicts and sets in order.
func (p *prettyPrinter) repr(v Value) (string, error) {
	sorted, err := p.sorted(v, 0)
	if err != nil {
		return "", err
	}
	b, err := value.AppendRepr(p.m, nil, sorted)
	if err != nil {
		return "", err
	}
	return string(b), p.m.Build(len(b))
}

// sorted returns v with its dicts in the order of their keys.
func (p *prettyPrinter) sorted(v Value, depth int) (Value, error) {
	if depth > 50 || v.IsNamedTuple() {
		return v, nil
	}
	switch v.Kind() {
	case value.KindDict:
		keys, err := p.keys(v)
		if err != nil {
			return Value{}, err
		}
		d := value.NewDict(len(keys))
		for _, k := range keys {
			x, _, err := v.AsDict().Get(k)
			if err != nil {
				return Value{}, err
			}
			if x, err = p.sorted(x, depth+1); err != nil {
				return Value{}, err
			}
			if err := d.Set(k, x); err != nil {
				return Value{}, err
			}
		}
		return value.FromDict(d), nil
	case value.KindList, value.KindTuple:
		items, err := value.Items(p.m, v)
		if err != nil {
			return Value{}, err
		}
		out := make([]Value, len(items))
		for i := range items {
			if out[i], err = p.sorted(items[i], depth+1); err != nil {
				return Value{}, err
			}
		}
		if v.Kind() == value.KindTuple {
			return value.Tuple(out), nil
		}
		return value.NewList(out), nil
	}
	return v, nil
}

// keys returns the keys of a dict in order; those that have none, by the names of their types.
func (p *prettyPrinter) keys(v Value) ([]Value, error) {
	keys, err := value.Items(p.m, v)
	if err != nil {
		return nil, err
	}
	sorted, err := value.SortBy(p.m, keys, keys, false)
	if !value.IsClass(err, "TypeError") {
		return sorted, err
	}
	names := make([]Value, len(keys))
	for i := range keys {
		names[i] = value.Str(value.TypeName(keys[i]))
	}
	return value.SortBy(p.m, keys, names, false)
}

func (p *prettyPrinter) dict(v Value, indent, allowance, level int) error {
	keys, err := p.keys(v)
	if err != nil {
		return err
	}
	p.out = append(p.out, '{')
	indent++
	for i, k := range keys {
		if i > 0 {
			if err := p.newline(indent); err != nil {
				return err
			}
		}
		rep, err := p.repr(k)
		if err != nil {
			return err
		}
		p.out = append(append(p.out, rep...), ": "...)
		x, err := value.GetItem(p.m, v, k)
		if err != nil {
			return err
		}
		after := 1
		if i == len(keys)-1 {
			after = allowance + 1
		}
		if err := p.format(x, indent+utf8.RuneCountInString(rep)+2, after, level); err != nil {
			return err
		}
	}
	p.out = append(p.out, '}')
	return p.m.Check(len(p.out))
}

func (p *prettyPrinter) items(v Value, open, shut string, indent, allowance, level int) error {
	items, err := value.Items(p.m, v)
	if err != nil {
		return err
	}
	if v.Kind() == value.KindSet {
		if items, err = p.keys(v); err != nil {
			return err
		}
	}
	p.out = append(p.out, open...)
	indent++
	for i, x := range items {
		if i > 0 {
			if err := p.newline(indent); err != nil {
				return err
			}
		}
		after := 1
		if i == len(items)-1 {
			after = allowance + len(shut)
		}
		if err := p.format(x, indent, after, level); err != nil {
			return err
		}
	}
	p.out = append(p.out, shut...)
	return p.m.Check(len(p.out))
}

// newline ends an item.
func (p *prettyPrinter) newline(indent int) error {
	p.out = append(p.out, ',')
	return p.indent(indent)
}

// indent starts a line. A long key indents far, hence the look at what is allowed.
func (p *prettyPrinter) indent(n int) error {
	if err := p.m.Check(len(p.out) + n + 1); err != nil {
		return err
	}
	p.out = append(append(p.out, '\n'), strings.Repeat(" ", n)...)
	return p.m.Spend(n >> 4)
}

// str writes a long string as several literals, broken after line breaks and blanks; at the top level in parentheses.
func (p *prettyPrinter) str(v Value, indent, allowance, level int) error {
	if level == 1 {
		indent++
		allowance++
	}
	lines, err := value.SplitLines(p.m, v, true)
	if err != nil {
		return err
	}
	var chunks []string
	width := prettyWidth - indent
	for i, line := range lines {
		last := i == len(lines)-1
		room := width
		if last {
			room -= allowance
		}
		if rep := pyRepr(line.AsString()); utf8.RuneCountInString(rep) <= room {
			chunks = append(chunks, rep)
			continue
		}
		chunks = p.words(chunks, line.AsString(), width, allowance, last)
	}
	if len(chunks) == 1 {
		p.out = append(p.out, chunks[0]...)
		return nil
	}
	if level == 1 {
		p.out = append(p.out, '(')
	}
	for i, chunk := range chunks {
		if i > 0 {
			if err := p.indent(indent); err != nil {
				return err
			}
		}
		p.out = append(p.out, chunk...)
	}
	if level == 1 {
		p.out = append(p.out, ')')
	}
	return p.m.Check(len(p.out))
}

// words breaks a line into literals of whole words with the blanks behind them.
func (p *prettyPrinter) words(chunks []string, line string, width, allowance int, last bool) []string {
	current := ""
	for line != "" {
		part := line[:wordEnd(line)]
		line = line[len(part):]
		if last && line == "" {
			width -= allowance
		}
		if current != "" && utf8.RuneCountInString(pyRepr(current+part)) > width {
			chunks = append(chunks, pyRepr(current))
			current = ""
		}
		current += part
	}
	return append(chunks, pyRepr(current))
}

// wordEnd returns the length of the word at the start of s and the blanks behind it.
func wordEnd(s string) int {
	n := strings.IndexFunc(s, value.IsSpace)
	if n < 0 {
		return len(s)
	}
	return len(s) - len(strings.TrimLeftFunc(s[n:], value.IsSpace))
}
