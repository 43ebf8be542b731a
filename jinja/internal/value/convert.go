package value

// ParseInt returns int(s, base), or Python's ValueError.
func ParseInt(s string, base int) (Value, error) {
	if base != 0 && (base < 2 || base > 36) {
		return Value{}, valueErrorf("int() base must be >= 2 and <= 36, or 0")
	}
	if v, ok := parseInt(s, base); ok {
		return v, nil
	}
	if n := countDigits(s); n > maxIntDigits && base&(base-1) != 0 {
		return Value{}, valueErrorf("Exceeds the limit (%d digits) for integer string conversion: value has %d digits; "+
			"use sys.set_int_max_str_digits() to increase the limit", maxIntDigits, n)
	}
	return Value{}, valueErrorf("invalid literal for int() with base %d: %s", base, Repr(Str(s)))
}

func countDigits(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

// ToInt returns int(v): numbers are cut towards zero, strings read.
func ToInt(v Value) (Value, error) {
	v = plain(v)
	switch v.Kind() {
	case KindInt, KindBigInt:
		return v, nil
	case KindBool:
		return Int(v.AsInt()), nil
	case KindFloat:
		return FloatToInt(v.AsFloat())
	case KindStr, KindMarkup, KindBytes:
		return ParseInt(v.AsString(), 10)
	case KindUndefined, KindMissing:
		return Value{}, v.undefinedError()
	}
	return Value{}, typeErrorf("int() argument must be a string, a bytes-like object or a real number, not '%s'", TypeName(v))
}

// ToFloat returns float(v).
func ToFloat(v Value) (Value, error) {
	v = plain(v)
	switch {
	case v.isNumber():
		f, err := v.float()
		return Float(f), err
	case v.IsString() || v.Kind() == KindBytes:
		f, ok := parseFloat(v.AsString())
		if !ok {
			return Value{}, valueErrorf("could not convert string to float: %s", Repr(v))
		}
		return Float(f), nil
	case v.Kind() <= KindUndefined:
		return Value{}, v.undefinedError()
	}
	return Value{}, typeErrorf("float() argument must be a string or a real number, not '%s'", TypeName(v))
}
