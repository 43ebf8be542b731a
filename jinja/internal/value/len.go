package value

// Len returns the number of items of v as Python's len, in its words when v
// has none.
func Len(v Value) (int, error) {
	switch v.Kind() {
	case KindStr, KindMarkup:
		return runeCount(v.AsString()), nil
	case KindTuple, KindBytes, KindGoSlice:
		return int(v.n), nil
	case KindList:
		return len(v.AsList().Items), nil
	case KindDict, KindSet, KindView:
		return v.AsDict().Len(), nil
	case KindRange:
		return v.AsRange().Len(), nil
	case KindGoMap:
		return mapLen(v), nil
	case KindUndefined, KindMissing:
		if v.Kind() == KindUndefined && v.Flavour() == FlavourStrict {
			return 0, v.undefinedError()
		}
		return 0, nil
	case KindObject:
		if o, ok := v.Object().(Sized); ok {
			return o.Len(), nil
		}
	}
	return 0, typeErrorf("object of type '%s' has no len()", TypeName(v))
}

// Len returns the number of items of the range.
func (r *RangeOf) Len() int {
	switch {
	case r.Step > 0 && r.Start < r.Stop:
		return int((uint64(r.Stop)-uint64(r.Start)-1)/uint64(r.Step) + 1)
	case r.Step < 0 && r.Start > r.Stop:
		return int((uint64(r.Start)-uint64(r.Stop)-1)/-uint64(r.Step) + 1)
	}
	return 0
}
