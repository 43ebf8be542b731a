package value

// class is the type of a value as a value: x.__class__. It has a name and
// nothing else; there is no way from it to other classes.
type class struct{ of Value }

func (c *class) PythonType() string { return "type" }

func (c *class) Attr(name string) (Value, bool) {
	switch name {
	case "__name__":
		return Str(TypeName(c.of)), true
	case "__class__":
		return classOf(FromObject(c)), true
	}
	return Value{}, false
}

func (c *class) AppendStr(_ *Meter, dst []byte) ([]byte, error) {
	return append(append(append(dst, "<class '"...), qualifiedTypeName(c.of)...), "'>"...), nil
}

// classOf returns the class of v. Like an undefined value it only remembers
// the type.
func classOf(v Value) Value {
	return FromObject(&class{Value{t: tag(v.Kind()) | tag(v.flags())<<flagShift | tag(v.typeID())<<idShift}})
}
