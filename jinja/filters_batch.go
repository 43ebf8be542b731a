package jinja

import "github.com/retort-go/retort/jinja/internal/value"

var sliceSig = signature{fn: "sync_do_slice", params: []string{"value", "slices", "fill_with"}, required: 2}

func filterSlice(s *State, c *Call) (Value, error) {
	var a [3]Value
	if err := sliceSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	p := s.generators().columns.get()
	*p = columns{s: s, src: a[0], count: a[1], fill: a[2]}
	return value.MakeGenerator(s.meter, "sync_do_slice", p), nil
}

// columns are the items of a value, in so many lists.
type columns struct {
	s                *State
	src, count, fill Value

	begun bool
	items []Value
	n     int // of columns
	i, at int // the next column, and where it begins
}

func (p *columns) Next() (Value, bool, error) {
	m := p.s.meter
	if !p.begun {
		p.begun = true
		var err error
		if p.items, err = value.Items(m, p.src); err != nil {
			return Value{}, false, err
		}
		if p.n, err = divisor(p.count); err != nil {
			return Value{}, false, err
		}
	}
	if p.i >= p.n {
		return Value{}, false, nil
	}
	n, extra := len(p.items)/p.n, len(p.items)%p.n
	if p.i < extra {
		n++
	}
	if err := m.BuildItems(n + 1); err != nil {
		return Value{}, false, err
	}
	part := append(value.MakeItems(m, n+1)[:0], p.items[p.at:p.at+n]...)
	if given(p.fill) && p.i >= extra {
		part = append(part, p.fill)
	}
	p.at += n
	p.i++
	return value.MakeList(m, part), true, nil
}

// divisor reads the number of slices; a negative one makes none.
func divisor(v Value) (int, error) {
	if _, ok := value.Index(v); !ok {
		if err := value.UndefinedError(v); err != nil {
			return 0, err
		}
		if v.Kind() == value.KindFloat {
			return 0, typeError("'float' object cannot be interpreted as an integer")
		}
		return 0, typeError("unsupported operand type(s) for //: 'int' and '%s'", value.TypeName(v))
	}
	n, err := intOr(v, 0)
	if err == nil && n == 0 {
		err = value.Errorf("ZeroDivisionError", "integer division or modulo by zero")
	}
	return n, err
}

var batchSig = signature{fn: "do_batch", params: []string{"value", "linecount", "fill_with"}, required: 2}

func filterBatch(s *State, c *Call) (Value, error) {
	var a [3]Value
	if err := batchSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	b := s.generators().batches.get()
	*b = batches{walk: walk{s: s, src: a[0]}, count: a[1], fill: a[2]}
	return value.MakeGenerator(s.meter, "do_batch", b), nil
}

// batches are the items of a value in lines of so many.
type batches struct {
	walk
	count, fill Value
	ahead       Value // the item that did not fit
	ended       bool
}

func (b *batches) Next() (Value, bool, error) {
	if b.ended {
		return Value{}, false, nil
	}
	m := b.s.meter
	var line []Value
	if !b.ahead.IsMissing() {
		line = value.Push(m, line, b.ahead)
	}
	for {
		v, ok, err := b.next()
		if err != nil {
			return Value{}, false, err
		}
		if !ok {
			b.ended = true
			line, err = fillLine(b.s, line, b.count, b.fill)
			return value.MakeList(m, line), len(line) > 0, err
		}
		full, err := value.Equal(m, value.Int(int64(len(line))), b.count)
		if err != nil {
			return Value{}, false, err
		}
		if full {
			b.ahead = v
			return value.MakeList(m, line), true, m.BuildItems(len(line))
		}
		line = value.Push(m, line, v)
		if err := m.BuildItems(1); err != nil {
			return Value{}, false, err
		}
	}
}

// fillLine fills up the last line.
func fillLine(s *State, line []Value, count, fill Value) ([]Value, error) {
	if len(line) == 0 || !given(fill) {
		return line, nil
	}
	short, err := value.Compare(s.meter, value.OpLt, value.Int(int64(len(line))), count)
	if !short || err != nil {
		return line, err
	}
	missing, err := value.Sub(s.meter, count, value.Int(int64(len(line))))
	if err != nil {
		return nil, err
	}
	more, err := value.Mul(s.meter, value.NewList([]Value{fill}), missing)
	if err != nil {
		return nil, err
	}
	return append(line, more.AsList().Items...), nil
}
