package value

import (
	"math"
	"strconv"
	"strings"
)

// percent runs str % args.
type percent struct {
	m    *Meter
	html bool // the string is Markup: what is put in is escaped
	args []Value
	dict Value // the mapping that %(name)s looks in, else missing
	at   int   // the next argument
	dst  []byte
}

// percentField is one %…x: its flags, width, precision and letter.
type percentField struct {
	left, plus, space, alt, zero bool
	width, prec                  int
	typ                          rune
}

// formatPercent is str % args.
func formatPercent(m *Meter, s, args Value) (Value, error) {
	p := percent{m: m, html: s.Kind() == KindMarkup, dst: Buffer(m)}
	if args.Kind() == KindTuple {
		p.args = args.AsTuple()
	} else {
		p.args = MakeItems(m, 1)
		p.args[0] = args
		if isMapping(args) {
			p.dict = args
		}
	}
	if err := p.run(s.AsString()); err != nil {
		return Value{}, err
	}
	return madeLike(m, s, p.dst)
}

// isMapping: CPython takes anything with items for a mapping here, but for
// strings and tuples.
func isMapping(v Value) bool {
	switch v.Kind() {
	case KindDict, KindGoMap, KindList, KindGoSlice, KindRange, KindBytes, KindUndefined:
		return true
	case KindObject:
		_, ok := v.Object().(Indexer)
		return ok
	}
	return false
}

func (p *percent) run(s string) error {
	for i := 0; i < len(s); {
		n := strings.IndexByte(s[i:], '%')
		if n < 0 {
			p.dst = append(p.dst, s[i:]...)
			break
		}
		p.dst = append(p.dst, s[i:i+n]...)
		if i += n + 1; strings.HasPrefix(s[i:], "%") {
			p.dst = append(p.dst, '%')
			i++
			continue
		}
		f, next, err := p.parse(s, i)
		if err != nil {
			return err
		}
		i = next
		if err := p.put(f, s, i); err != nil {
			return err
		}
		if err := p.m.Spend(1); err != nil {
			return err
		}
		if int64(len(p.dst)) > p.m.max {
			return p.m.Build(len(p.dst))
		}
	}
	if p.at < len(p.args) && p.dict.IsMissing() {
		return typeErrorf("not all arguments converted during string formatting")
	}
	return nil
}

func (p *percent) next() (Value, error) {
	if p.at >= len(p.args) {
		return Value{}, typeErrorf("not enough arguments for format string")
	}
	p.at++
	return p.args[p.at-1], nil
}

// parse reads the field at s[i:], past its percent sign.
func (p *percent) parse(s string, i int) (f percentField, next int, err error) {
	f.width, f.prec = -1, -1
	if i < len(s) && s[i] == '(' {
		if i, err = p.key(s, i); err != nil {
			return f, i, err
		}
	}
flags:
	for ; i < len(s); i++ {
		switch s[i] {
		case '-':
			f.left = true
		case '+':
			f.plus = true
		case ' ':
			f.space = true
		case '#':
			f.alt = true
		case '0':
			f.zero = true
		default:
			break flags
		}
	}
	if f.width, i, err = p.size(s, i, "width"); err != nil {
		return f, i, err
	}
	if f.width < -1 { // a negative * width
		f.left, f.width = true, -(f.width + 2)
	}
	if i < len(s) && s[i] == '.' {
		if f.prec, i, err = p.size(s, i+1, "precision"); err != nil {
			return f, i, err
		}
		f.prec = max(f.prec, 0)
	}
	if i < len(s) && (s[i] == 'h' || s[i] == 'l' || s[i] == 'L') {
		i++
	}
	if i >= len(s) {
		return f, i, valueErrorf("incomplete format")
	}
	for _, r := range s[i:] {
		f.typ = r
		break
	}
	return f, i + runeLen(s[i:]), nil
}

// key reads (name) and looks it up.
func (p *percent) key(s string, i int) (int, error) {
	if p.dict.IsMissing() {
		return i, typeErrorf("format requires a mapping")
	}
	depth, start := 1, i+1
	for i++; i < len(s) && depth > 0; i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	if depth > 0 {
		return i, valueErrorf("incomplete format key")
	}
	key := Str(s[start : i-1])
	if p.dict.Kind() == KindUndefined {
		return i, p.dict.undefinedError()
	}
	v, ok, err := item(p.m, p.dict, key)
	if err != nil {
		return i, err
	}
	if !ok {
		if isSequence(p.dict) || p.dict.Kind() == KindRange {
			return i, typeErrorf("%s indices must be integers or slices, not str", TypeName(p.dict))
		}
		return i, Errorf("KeyError", "%s", Repr(key))
	}
	p.args[0], p.at = v, 0 // a star takes it, too
	return i, nil
}

// size reads a width or precision: digits, or a star that takes an argument.
// It returns -1 when there is none, and -2-n for a star of -n.
func (p *percent) size(s string, i int, what string) (n, next int, err error) {
	if i < len(s) && s[i] == '*' {
		v, err := p.next()
		if err != nil {
			return 0, i, err
		}
		if !v.isInt() || p.html { // what wraps the arguments of Markup is none
			return 0, i, typeErrorf("* wants int")
		}
		k, _ := Index(v)
		switch large := k > math.MaxInt32 || k < math.MinInt32; {
		case large && what == "precision":
			return 0, i, Errorf("OverflowError", "Python int too large to convert to C int")
		case v.Kind() == KindBigInt:
			return 0, i, Errorf("OverflowError", "Python int too large to convert to C ssize_t")
		case large:
			return 0, i, valueErrorf("%s too big", what)
		}
		if k < 0 {
			return int(k) - 2, i + 1, nil
		}
		return int(k), i + 1, nil
	}
	n, rest, err := specNumber(s[i:])
	if err != nil || what == "precision" && n > math.MaxInt32 {
		return 0, i, valueErrorf("%s too big", what)
	}
	return n, len(s) - len(rest), nil
}

// put appends one field.
func (p *percent) put(f percentField, s string, end int) error {
	v, err := p.next()
	if err != nil {
		return err
	}
	if ok, err := p.putPlain(f, v); ok || err != nil {
		return err
	}
	sign, body, err := p.text(f, v)
	if err != nil {
		return err
	}
	if sign == "?" {
		return valueErrorf("unsupported format character '%s' (0x%x) at index %d", printableChar(f.typ), f.typ,
			runeCount(s[:end])-1)
	}
	spec := formatSpec{fill: " ", align: '>', width: max(f.width, 0)}
	numeric := strings.ContainsRune("diuoxXeEfFgG", f.typ)
	switch {
	case f.left:
		spec.align = '<'
	case f.zero && numeric:
		spec.fill, spec.align = "0", '='
	}
	p.dst, err = spec.pad(p.m, p.dst, sign, body, len(sign)+runeCount(body))
	return err
}

// putPlain appends a field of one of the shapes that templates use most: %s, %d, %.2f.
func (p *percent) putPlain(f percentField, v Value) (ok bool, err error) {
	if f.width > 0 || f.left || f.plus || f.space || f.alt || f.zero {
		return false, nil
	}
	switch {
	case f.typ == 's' && f.prec < 0 && p.html:
		p.dst, err = AppendEscaped(p.m, p.dst, v)
		return true, err
	case f.typ == 's' && f.prec < 0:
		p.dst, err = AppendStr(p.m, p.dst, v)
		return true, err
	case f.typ == 'd' && f.prec < 0 && v.Kind() == KindInt:
		p.dst = AppendInt(p.dst, v.AsInt())
		return true, nil
	case f.typ == 'f' && v.Kind() == KindFloat && f.prec <= maxPlainPrec && !math.IsInf(v.AsFloat(), 0) && v.AsFloat() == v.AsFloat():
		if f.prec < 0 {
			f.prec = 6
		}
		p.dst = strconv.AppendFloat(p.dst, v.AsFloat(), 'f', f.prec, 64)
		return true, nil
	}
	return false, nil
}

// maxPlainPrec is how many digits after the point are written without paying for them.
const maxPlainPrec = 32

func printableChar(r rune) string {
	if r >= 32 && r < 127 {
		return string(r)
	}
	return "?"
}
