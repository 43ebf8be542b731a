package value

// concat returns the text a+b as a value of kind k.
func concat(m *Meter, k Kind, a, b string) (Value, error) {
	v, err := Made(m, append(append(Buffer(m), a...), b...))
	v.setKind(k)
	return v, err
}

// addMarkup adds where one side is Markup: the other is escaped.
func addMarkup(m *Meter, a, b Value) (Value, error) {
	for _, v := range [2]Value{a, b} {
		if !v.IsString() && !IsHTML(v) {
			return Value{}, unsupported("+", a, b)
		}
	}
	x, err := Escape(m, a)
	if err != nil {
		return Value{}, err
	}
	y, err := Escape(m, b)
	if err != nil {
		return Value{}, err
	}
	return concat(m, KindMarkup, x.AsString(), y.AsString())
}

// Concat returns the strings of vals put together (Jinja's ~). Where autoescape
// is on and one of them is Markup, the others are escaped and the result is
// Markup.
func Concat(m *Meter, autoescape bool, vals []Value) (Value, error) {
	html := false
	if autoescape {
		for _, v := range vals {
			html = html || v.Kind() == KindMarkup
		}
	}
	b := Buffer(m)
	for _, v := range vals {
		start := len(b)
		var err error
		if b, err = AppendStr(m, b, v); err != nil {
			return Value{}, err
		}
		if html && v.Kind() != KindMarkup {
			b = EscapeTail(b, start)
		}
		if int64(len(b)) > m.max {
			break
		}
	}
	x, err := Made(m, b)
	if html {
		x.setKind(KindMarkup)
	}
	return x, err
}
