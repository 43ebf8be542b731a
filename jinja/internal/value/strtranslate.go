package value

import (
	"unicode"
	"unicode/utf8"
)

func strTranslate(c *Call, self Value) (Value, error) {
	s, table := self.AsString(), c.Args[0]
	if err := c.Meter.Build(len(s)); err != nil {
		return Value{}, err
	}
	var b []byte
	for i := 0; i < len(s); {
		n := runeLen(s[i:])
		char := s[i : i+n]
		i += n
		r, _ := utf8.DecodeRuneInString(char)
		to, ok, err := item(c.Meter, table, Int(int64(r)))
		switch {
		case err != nil:
			return Value{}, err
		case !isDict(table) && !isSequence(table):
			return Value{}, typeErrorf("'%s' object is not subscriptable", TypeName(table))
		case !ok:
			b = append(b, char...)
		case to.IsNone():
		case to.IsString():
			b = append(b, to.AsString()...)
		case to.isInt():
			k, _ := Index(to)
			if k < 0 || k > unicode.MaxRune {
				return Value{}, valueErrorf("character mapping must be in range(0x110000)")
			}
			b = utf8.AppendRune(b, rune(k))
		default:
			return Value{}, typeErrorf("character mapping must return integer, None or str")
		}
		if err := c.Meter.Spend(1); err != nil {
			return Value{}, err
		}
		if int64(len(b)) > c.Meter.max {
			break
		}
	}
	if err := c.Meter.Build(len(b)); err != nil {
		return Value{}, err
	}
	return like(self, string(b)), nil
}

func strMaketrans(c *Call, _ Value) (Value, error) {
	out := NewDict(0)
	if len(c.Args) == 1 {
		if c.Args[0].Kind() != KindDict {
			return Value{}, typeErrorf("if you give only one argument to maketrans it must be a dict")
		}
		for k, x := range c.Args[0].AsDict().All() {
			if k.IsString() {
				s := k.AsString()
				if s == "" || runeLen(s) != len(s) {
					return Value{}, valueErrorf("string keys in translate table must be of length 1")
				}
				r, _ := utf8.DecodeRuneInString(s)
				k = Int(int64(r))
			} else if !k.isInt() {
				return Value{}, typeErrorf("keys in translate table must be strings or integers")
			}
			if err := out.Set(k, x); err != nil {
				return Value{}, err
			}
		}
		return FromDict(out), nil
	}
	from, err := strArg(c.Args[0], "maketrans() argument 1")
	if err != nil {
		return Value{}, err
	}
	to, err := strArg(c.Args[1], "maketrans() argument 2")
	if err != nil {
		return Value{}, err
	}
	if runeCount(from) != runeCount(to) {
		return Value{}, valueErrorf("the first two maketrans arguments must have equal length")
	}
	if err := c.Meter.BuildItems(len(from)); err != nil {
		return Value{}, err
	}
	rest := []rune(to)
	for i, r := range []rune(from) {
		_ = out.Set(Int(int64(r)), Int(int64(rest[i])))
	}
	if len(c.Args) == 3 {
		gone, err := strArg(c.Args[2], "maketrans() argument 3")
		if err != nil {
			return Value{}, err
		}
		for _, r := range gone {
			_ = out.Set(Int(int64(r)), None())
		}
	}
	return FromDict(out), nil
}
