package jinja

import "github.com/retort-go/retort/jinja/internal/value"

func filterUrlencode(s *State, c *Call) (Value, error) {
	v, err := one("do_urlencode", 0, c)
	if err != nil {
		return Value{}, err
	}
	var it value.Iter
	switch {
	case v.IsString():
		return urlencodeText(s, v)
	case isMapping(v):
		items, e := value.CallMethod(&Call{Meter: s.meter}, v, itemsAttr)
		if e != nil {
			return Value{}, e
		}
		err = it.Over(s.meter, items)
	default:
		err = it.Over(s.meter, v)
	}
	if value.IsClass(err, "TypeError") { // not iterable: one value
		return urlencodeText(s, v)
	}
	if err != nil {
		return Value{}, err
	}
	return urlencodePairs(s, &it)
}

func urlencodeText(s *State, v Value) (Value, error) {
	b, err := appendQuoted(s, value.Buffer(s.meter), v, false)
	if err != nil {
		return Value{}, err
	}
	return value.Made(s.meter, b)
}

func urlencodePairs(s *State, it *value.Iter) (Value, error) {
	var b []byte
	for {
		pair, ok, err := next(s, it)
		if err != nil {
			return Value{}, err
		}
		if !ok {
			return value.Str(string(b)), s.meter.Build(len(b))
		}
		k, v, err := unpackPair(s, pair)
		if err != nil {
			return Value{}, err
		}
		if b != nil {
			b = append(b, '&')
		}
		if b, err = appendQuoted(s, b, k, true); err != nil {
			return Value{}, err
		}
		if b, err = appendQuoted(s, append(b, '='), v, true); err != nil {
			return Value{}, err
		}
		if err := s.meter.Check(len(b)); err != nil {
			return Value{}, err
		}
	}
}

// unpackPair is k, v = pair.
func unpackPair(s *State, pair Value) (k, v Value, err error) {
	items, err := value.Items(s.meter, pair)
	switch {
	case value.IsClass(err, "TypeError"):
		return Value{}, Value{}, typeError("cannot unpack non-iterable %s object", value.TypeName(pair))
	case err != nil:
		return Value{}, Value{}, err
	case len(items) < 2:
		return Value{}, Value{}, value.Errorf("ValueError", "not enough values to unpack (expected 2, got %d)", len(items))
	case len(items) > 2:
		return Value{}, Value{}, value.Errorf("ValueError", "too many values to unpack (expected 2)")
	}
	return items[0], items[1], nil
}

// appendQuoted appends a value percent-encoded: for a path, where the slash stays, or for a query, where blanks are +.
func appendQuoted(s *State, dst []byte, v Value, query bool) ([]byte, error) {
	text := ""
	if v.Kind() == value.KindBytes {
		text = v.AsString()
	} else {
		var err error
		if text, err = value.ToStr(s.meter, v); err != nil {
			return dst, err
		}
	}
	if err := s.meter.Spend(len(text) >> 3); err != nil {
		return dst, err
	}
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case isUnreserved(c), c == '/' && !query:
			dst = append(dst, c)
		case c == ' ' && query:
			dst = append(dst, '+')
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst, nil
}

func isUnreserved(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '.' || c == '-' || c == '~'
}
