package value_test

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	. "github.com/retort-go/retort/jinja/internal/value"
)

// evaluate computes a Python expression with this package: literals, operators,
// comparisons, subscripts, methods, and the names in globals. It is just enough
// of a parser to write the tests in Python and let Python say what is right.
func evaluate(m *Meter, src string) (v Value, err error) {
	p := &parser{m: m, src: src}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(evalError)
			if !ok {
				panic(r)
			}
			err = e.err
		}
	}()
	v = p.comparison()
	p.space()
	if p.src != "" {
		p.fail("rest %q", p.src)
	}
	return v, nil
}

type parser struct {
	m   *Meter
	src string
}

type evalError struct{ err error }

func (p *parser) fail(format string, args ...any) {
	panic(evalError{fmt.Errorf("bad expression: "+format, args...)})
}

func (p *parser) must(v Value, err error) Value {
	if err != nil {
		panic(evalError{err})
	}
	return v
}

func (p *parser) space() { p.src = strings.TrimLeft(p.src, " ") }

func (p *parser) eat(tok string) bool {
	p.space()
	if !strings.HasPrefix(p.src, tok) {
		return false
	}
	p.src = p.src[len(tok):]
	return true
}

func (p *parser) want(tok string) {
	if !p.eat(tok) {
		p.fail("want %q at %q", tok, p.src)
	}
}

var compareOps = []struct {
	sign string
	op   Op
}{{"==", OpEq}, {"!=", OpNe}, {"<=", OpLe}, {">=", OpGe}, {"<", OpLt}, {">", OpGt}}

func (p *parser) comparison() Value {
	v := p.sum()
	for _, c := range compareOps {
		if p.eat(c.sign) {
			ok, err := Compare(p.m, c.op, v, p.sum())
			return p.must(Bool(ok), err)
		}
	}
	if p.eat("not in ") {
		ok, err := In(p.m, v, p.sum())
		return p.must(Bool(!ok), err)
	}
	if p.eat("in ") {
		ok, err := In(p.m, v, p.sum())
		return p.must(Bool(ok), err)
	}
	return v
}

func (p *parser) sum() Value {
	v := p.product()
	for {
		switch {
		case p.eat("+"):
			v = p.must(Add(p.m, v, p.product()))
		case p.eat("-"):
			v = p.must(Sub(p.m, v, p.product()))
		default:
			return v
		}
	}
}

func (p *parser) product() Value {
	v := p.unary()
	for {
		p.space()
		switch {
		case p.eat("//"):
			v = p.must(FloorDiv(p.m, v, p.unary()))
		case p.eat("/"):
			v = p.must(Div(p.m, v, p.unary()))
		case strings.HasPrefix(p.src, "*") && !strings.HasPrefix(p.src, "**") && p.eat("*"):
			v = p.must(Mul(p.m, v, p.unary()))
		case p.eat("%"):
			v = p.must(Mod(p.m, v, p.unary()))
		default:
			return v
		}
	}
}

func (p *parser) unary() Value {
	switch {
	case p.eat("-"):
		return p.must(Neg(p.m, p.unary()))
	case p.eat("+"):
		return p.must(Pos(p.m, p.unary()))
	}
	v := p.postfix()
	if p.eat("**") {
		return p.must(Pow(p.m, v, p.unary()))
	}
	return v
}

func (p *parser) postfix() Value {
	v := p.atom()
	for {
		switch {
		case p.eat("."):
			name := p.name()
			if p.eat("(") {
				if f := p.must(GetAttr(p.m, v, NewAttr(name))); f.IsUndefined() {
					p.must(Value{}, UndefinedError(f))
				}
				args, kwargs := p.arguments()
				v = p.must(CallMethod(&Call{Meter: p.m, Args: args, Kwargs: kwargs}, v, NewAttr(name)))
			} else {
				v = p.must(GetAttr(p.m, v, NewAttr(name)))
			}
		case p.eat("["):
			v = p.must(GetItem(p.m, v, p.index()))
			if v.IsUndefined() {
				panic(evalError{Errorf("LookupError", "")})
			}
		default:
			return v
		}
	}
}

func (p *parser) index() Value {
	parts := []Value{None(), None(), None()}
	n := 0
	for {
		p.space()
		if !strings.HasPrefix(p.src, ":") && !strings.HasPrefix(p.src, "]") {
			parts[n] = p.comparison()
		}
		if p.eat("]") {
			if n == 0 {
				return parts[0]
			}
			return NewSlice(parts[0], parts[1], parts[2])
		}
		p.want(":")
		n++
	}
}

func (p *parser) name() string {
	n := 0
	for n < len(p.src) && (p.src[n] == '_' || p.src[n] >= 'a' && p.src[n] <= 'z' || p.src[n] >= 'A' && p.src[n] <= 'Z' ||
		n > 0 && p.src[n] >= '0' && p.src[n] <= '9') {
		n++
	}
	name := p.src[:n]
	p.src = p.src[n:]
	return name
}

func (p *parser) arguments() (args []Value, kwargs []Kwarg) {
	for !p.eat(")") {
		p.space()
		rest := p.src
		if name := p.name(); name != "" && p.eat("=") && !strings.HasPrefix(p.src, "=") {
			kwargs = append(kwargs, Kwarg{Name: name, Value: p.comparison()})
		} else {
			p.src = rest
			args = append(args, p.comparison())
		}
		if !p.eat(",") {
			p.want(")")
			break
		}
	}
	return args, kwargs
}

func (p *parser) list(end string) (items []Value, comma bool) {
	for !p.eat(end) {
		items = append(items, p.comparison())
		if comma = p.eat(","); !comma {
			p.want(end)
			return items, len(items) > 1
		}
	}
	return items, true
}

func (p *parser) atom() Value {
	p.space()
	switch {
	case p.src == "":
		p.fail("end")
	case p.eat("("):
		items, comma := p.list(")")
		if len(items) == 1 && !comma {
			return items[0]
		}
		return Tuple(items)
	case p.eat("["):
		items, _ := p.list("]")
		return NewList(items)
	case p.eat("{"):
		return p.braces()
	case p.src[0] == '\'' || p.src[0] == '"':
		return Str(p.str())
	case strings.HasPrefix(p.src, "b'"):
		p.src = p.src[1:]
		var b []byte
		for _, r := range p.str() {
			b = append(b, byte(r))
		}
		return Bytes(b)
	case p.src[0] >= '0' && p.src[0] <= '9' || p.src[0] == '.':
		return p.number()
	}
	switch name := p.name(); name {
	case "None":
		return None()
	case "True":
		return Bool(true)
	case "False":
		return Bool(false)
	case "Markup", "float", "set", "range", "list", "sorted", "str", "repr", "len", "format", "bool", "abs", "reversed", "dict":
		p.want("(")
		args, kwargs := p.arguments()
		return p.must(callBuiltin(name, &Call{Meter: p.m, Args: args, Kwargs: kwargs}))
	default:
		p.fail("name %q at %q", name, p.src)
	}
	return Value{}
}

func callBuiltin(name string, c *Call) (Value, error) {
	m := c.Meter
	switch name {
	case "dict":
		d := NewDict(0)
		return FromDict(d), Update(c, d)
	case "range":
		r := RangeOf{Step: 1}
		switch len(c.Args) {
		case 1:
			r.Stop = c.Args[0].AsInt()
		case 3:
			r.Step = c.Args[2].AsInt()
			fallthrough
		case 2:
			r.Start, r.Stop = c.Args[0].AsInt(), c.Args[1].AsInt()
		}
		return FromRange(r), nil
	case "set":
		d := NewDict(0)
		if len(c.Args) == 0 {
			return FromSet(d), nil
		}
		items, err := Items(m, c.Args[0])
		for _, x := range items {
			if err == nil {
				err = d.Set(x, None())
			}
		}
		return FromSet(d), err
	case "format":
		s, err := Format(m, c.Args[0], c.Args[1].AsString())
		return Str(s), err
	}
	v := c.Args[0]
	switch name {
	case "Markup":
		s, err := ToStr(m, v)
		return Markup(s), err
	case "float":
		switch v.AsString() {
		case "inf":
			return Float(inf), nil
		case "-inf":
			return Float(-inf), nil
		}
		return Float(inf - inf), nil
	case "list":
		items, err := Items(m, v)
		return NewList(items), err
	case "sorted":
		items, err := Items(m, v)
		if err != nil {
			return Value{}, err
		}
		items, err = SortBy(m, items, items, false)
		return NewList(items), err
	case "str":
		b, err := AppendStr(m, nil, v)
		return Str(string(b)), err
	case "repr":
		b, err := AppendRepr(m, nil, v)
		return Str(string(b)), err
	case "len":
		n, err := Len(v)
		return Int(int64(n)), err
	case "bool":
		t, err := Truth(v)
		return Bool(t), err
	case "abs":
		return Abs(m, v)
	}
	return Value{}, fmt.Errorf("bad expression: %s", name)
}

func (p *parser) braces() Value {
	d := NewDict(0)
	isSet := false
	for !p.eat("}") {
		k := p.comparison()
		x := None()
		if p.eat(":") {
			x = p.comparison()
		} else {
			isSet = true
		}
		if err := d.Set(k, x); err != nil {
			p.must(Value{}, err)
		}
		if !p.eat(",") {
			p.want("}")
			break
		}
	}
	if isSet {
		return FromSet(d)
	}
	return FromDict(d)
}

func (p *parser) number() Value {
	n := 0
	for n < len(p.src) && (strings.IndexByte("0123456789._", p.src[n]) >= 0 || p.src[n]|0x20 == 'e' ||
		(p.src[n] == '+' || p.src[n] == '-') && p.src[n-1]|0x20 == 'e') {
		n++
	}
	text := strings.ReplaceAll(p.src[:n], "_", "")
	p.src = p.src[n:]
	if b, ok := new(big.Int).SetString(text, 10); ok {
		return BigInt(b)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		p.fail("number %q", text)
	}
	return Float(f)
}

// str reads a string literal, with Python's escapes.
func (p *parser) str() string {
	quote := p.src[0]
	p.src = p.src[1:]
	var b []byte
	for {
		if p.src == "" {
			p.fail("open string")
		}
		c := p.src[0]
		p.src = p.src[1:]
		if c == quote {
			return string(b)
		}
		if c != '\\' {
			b = append(b, c)
			continue
		}
		c = p.src[0]
		p.src = p.src[1:]
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		switch {
		case digits > 0:
			r, err := strconv.ParseUint(p.src[:digits], 16, 32)
			if err != nil {
				p.fail("escape")
			}
			b = utf8.AppendRune(b, rune(r))
			p.src = p.src[digits:]
		case strings.IndexByte("ntr\\'\"", c) >= 0:
			b = append(b, map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '\'': '\'', '"': '"'}[c])
		default:
			b = append(b, '\\', c)
		}
	}
}
