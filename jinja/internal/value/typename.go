package value

// pyTypes are the Python names of the kinds that have one.
var pyTypes = [...]string{
	KindMissing: "Undefined", KindUndefined: "Undefined", KindNone: "NoneType", KindBool: "bool",
	KindInt: "int", KindBigInt: "int", KindFloat: "float", KindStr: "str", KindMarkup: "Markup",
	KindBytes: "bytes", KindList: "list", KindTuple: "tuple", KindDict: "dict", KindSet: "set",
	KindRange: "range", KindFunc: "function", KindSlice: "slice", KindGoSlice: "list", KindGoMap: "dict",
}

// TypeName returns type(v).__name__.
func TypeName(v Value) string {
	name := qualifiedTypeName(v)
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			return name[i+1:]
		}
	}
	return name
}

// qualifiedTypeName is the type's name with its module, unless that is
// builtins.
func qualifiedTypeName(v Value) string {
	switch v.Kind() {
	case KindUndefined, KindMissing:
		return "jinja2.runtime." + flavourNames[v.Flavour()]
	case KindMarkup:
		return "markupsafe.Markup"
	case KindView:
		return [...]string{"dict_keys", "dict_values", "dict_items"}[v.flags()]
	case KindIter:
		if v.p != nil {
			return v.AsIter().name
		}
		return "generator"
	case KindTuple:
		if v.typeID() != 0 {
			return v.typ().pyName
		}
	case KindFunc:
		if v.p != nil && v.AsFunc().Class != "" {
			return "type"
		}
		if v.p != nil && !v.AsFunc().Self.IsMissing() {
			return "builtin_function_or_method"
		}
	case KindObject:
		return v.typ().pyName
	case KindGoStruct, KindGoOther:
		return v.typ().rt.String()
	}
	return pyTypes[v.Kind()]
}

var flavourNames = [...]string{"Undefined", "StrictUndefined", "ChainableUndefined", "DebugUndefined"}
