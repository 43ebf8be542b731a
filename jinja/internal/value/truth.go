package value

// Truth returns bool(v). It fails for a strict undefined.
func Truth(v Value) (bool, error) {
	switch v.Kind() {
	case KindBool, KindInt, KindStr, KindMarkup, KindBytes, KindTuple, KindGoSlice:
		return v.n != 0, nil
	case KindNone, KindMissing:
		return false, nil
	case KindFloat:
		return v.AsFloat() != 0, nil
	case KindUndefined:
		if v.Flavour() == FlavourStrict {
			return false, v.undefinedError()
		}
		return false, nil
	case KindList:
		return len(v.AsList().Items) != 0, nil
	case KindDict, KindSet, KindView:
		return v.AsDict().Len() != 0, nil
	case KindGoMap:
		return mapLen(v) != 0, nil
	case KindRange:
		return v.AsRange().Len() != 0, nil
	case KindObject:
		switch o := v.Object().(type) {
		case Truther:
			return o.Truth(), nil
		case Sized:
			return o.Len() != 0, nil
		}
	case KindGoStruct, KindGoOther:
		return truthOfGo(v), nil
	}
	return true, nil
}

// truthOfGo: a Go value is true like any Python object, unless it is zero and
// says so itself (IsZero, as time.Time does) or is a number or string.
func truthOfGo(v Value) bool {
	if s, ok := v.scalar(); ok {
		t, _ := Truth(s)
		return t
	}
	if z, ok := v.iface(true).(interface{ IsZero() bool }); ok {
		return !z.IsZero()
	}
	return true
}
