package jinja

import "github.com/retort-go/retort/jinja/internal/value"

var sliceSig = signature{fn: "sync_do_slice", params: []string{"value", "slices", "fill_with"}, required: 2}

func filterSlice(s *State, c *Call) (Value, error) {
	var a [3]Value
	if err := sliceSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	v, fill := a[0], a[2]
	var items []Value
	var slices, size, extra, i, at int
	started := false
	return generate("sync_do_slice", func() (_ Value, ok bool, err error) {
		if !started {
			started = true
			if items, err = value.Items(s.meter, v); err != nil {
				return Value{}, false, err
			}
			if slices, err = divisor(a[1]); err != nil {
				return Value{}, false, err
			}
			size, extra = len(items)/slices, len(items)%slices
		}
		if i >= slices {
			return Value{}, false, nil
		}
		end := at + size
		if i < extra {
			end++
		}
		if err := s.meter.BuildItems(end - at + 1); err != nil {
			return Value{}, false, err
		}
		part := append(make([]Value, 0, end-at+1), items[at:end]...)
		if given(fill) && i >= extra {
			part = append(part, fill)
		}
		at = end
		i++
		return value.NewList(part), true, nil
	}), nil
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
	count, fill := a[1], a[2]
	var ahead Value // the item that did not fit
	ended := false
	return lazy(s, "do_batch", a[0], func(it *value.Iter) (Value, bool, error) {
		if ended {
			return Value{}, false, nil
		}
		var line []Value
		if !ahead.IsMissing() {
			line = append(line, ahead)
		}
		for {
			v, ok, err := next(s, it)
			if err != nil {
				return Value{}, false, err
			}
			if !ok {
				ended = true
				line, err = fillLine(s, line, count, fill)
				return value.NewList(line), len(line) > 0, err
			}
			full, err := value.Equal(s.meter, value.Int(int64(len(line))), count)
			if err != nil {
				return Value{}, false, err
			}
			if full {
				ahead = v
				return value.NewList(line), true, s.meter.BuildItems(len(line))
			}
			line = append(line, v)
			if err := s.meter.BuildItems(1); err != nil {
				return Value{}, false, err
			}
		}
	}), nil
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
