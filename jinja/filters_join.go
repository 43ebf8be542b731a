package jinja

import "github.com/retort-go/retort/jinja/internal/value"

var joinSig = signature{fn: "sync_do_join", params: []string{"value", "d", "attribute"}, required: 1, hidden: 1}

// joinArgs binds join's arguments; the items are those of the attribute, if one is asked for.
func joinArgs(s *State, c *Call) (items, sep Value, err error) {
	var a [3]Value
	if err := joinSig.bind(c, a[:]); err != nil {
		return Value{}, Value{}, err
	}
	items, sep = a[0], a[1]
	if sep.IsMissing() {
		sep = value.Str("")
	}
	if given(a[2]) {
		get, err := newGetter(s, a[2])
		if err != nil {
			return Value{}, Value{}, err
		}
		p := s.generators().selections.get()
		*p = selection{s: s, filters: true, byAttr: true, get: get, begun: true}
		if err := p.it.Over(s.meter, items); err != nil {
			return Value{}, Value{}, err
		}
		items = value.MakeGenerator(s.meter, "map", p)
	}
	return items, sep, nil
}

func filterJoin(s *State, c *Call) (Value, error) {
	items, sep, err := joinArgs(s, c)
	if err != nil {
		return Value{}, err
	}
	buf, html, err := appendJoin(s, value.Buffer(s.meter), items, sep, false)
	if err != nil {
		return Value{}, err
	}
	v, err := value.Made(s.meter, buf)
	return str(v.AsString(), html), err
}

// appendJoin appends the items with sep between them. Where autoescape is on and the separator or one of the items is HTML
// the others are escaped and html is true; else the text is plain, and escaped as a whole if the caller asks.
func appendJoin(s *State, dst []byte, items, sep Value, escape bool) (out []byte, html bool, err error) {
	start := len(dst)
	html = s.autoescape && sep.Kind() == value.KindMarkup
	var it value.Iter
	if err := it.Over(s.meter, items); err != nil {
		return dst, false, err
	}
	if s.autoescape && !value.IsHTML(sep) {
		// The items decide, and all of them must be looked at before the first is written.
		if items, html, err = anyHTML(s, items); err != nil {
			return dst, false, err
		}
		if err := it.Over(s.meter, items); err != nil {
			return dst, false, err
		}
	}
	sepText, err := value.ToStr(s.meter, sep)
	if err != nil {
		return dst, false, err
	}
	if html && sep.Kind() != value.KindMarkup {
		sepText = string(value.EscapeString(nil, sepText))
	}
	for first := true; ; first = false {
		v, ok, err := next(s, &it)
		if !ok || err != nil {
			if escape && !html {
				dst = value.EscapeTail(dst, start)
			}
			return dst, html, err
		}
		if !first {
			dst = append(dst, sepText...)
		}
		if html {
			dst, err = value.AppendEscaped(s.meter, dst, v)
		} else {
			dst, err = value.AppendStr(s.meter, dst, v)
		}
		if err != nil {
			return dst, false, err
		}
		if err := s.meter.Check(len(dst) - start); err != nil {
			return dst, false, err
		}
	}
}

// anyHTML reports whether one of the items is HTML. It returns the items too, as a list when they could only be walked once.
func anyHTML(s *State, items Value) (Value, bool, error) {
	if items.IsString() {
		return items, false, nil
	}
	if k := items.Kind(); k == value.KindIter || k == value.KindObject || k == value.KindGoMap {
		list, err := value.Items(s.meter, items)
		if err != nil {
			return Value{}, false, err
		}
		items = value.Tuple(list)
	}
	var it value.Iter
	if err := it.Over(s.meter, items); err != nil {
		return Value{}, false, err
	}
	for {
		v, ok := it.Next()
		if !ok {
			return items, false, it.Err()
		}
		if value.IsHTML(v) {
			return items, true, nil
		}
	}
}
