package value

// numberProperty finds the attributes of numbers that are not methods.
func numberProperty(v Value, name string) (Value, bool) {
	switch name {
	case "real":
		if v.Kind() == KindBool {
			return Int(v.AsInt()), true
		}
		return v, true
	case "imag":
		if v.Kind() == KindFloat {
			return Float(0), true
		}
		return Int(0), true
	case "numerator":
		if v.Kind() == KindBool {
			return Int(v.AsInt()), true
		}
		return v, v.Kind() != KindFloat
	case "denominator":
		return Int(1), v.Kind() != KindFloat
	}
	return Value{}, false
}

// rangeProperty finds the bounds of a range.
func rangeProperty(v Value, name string) (Value, bool) {
	r := v.AsRange()
	switch name {
	case "start":
		return Int(r.Start), true
	case "stop":
		return Int(r.Stop), true
	case "step":
		return Int(r.Step), true
	}
	return Value{}, false
}
