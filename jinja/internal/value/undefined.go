package value

import "unsafe"

// Flavour is how an undefined value behaves.
type Flavour uint8

// The flavours, as Jinja's Undefined, StrictUndefined, ChainableUndefined and
// DebugUndefined.
const (
	FlavourDefault Flavour = iota
	FlavourStrict
	FlavourChainable
	FlavourDebug
)

// Undef describes an undefined value. It is shared and must not change; make
// it once per place in a template, so that what is not found costs nothing.
type Undef struct {
	// Hint replaces the message altogether, when given.
	Hint string
	// Name is the name, attribute or item that was not found.
	Name Value
	// Type is the class of the error raised when the value is used;
	// empty means UndefinedError.
	Type string
	// Object is what it was not found in, where the kind alone does not say so.
	Object string
}

// NewUndef returns the description of an undefined name.
func NewUndef(name string) *Undef { return &Undef{Name: Str(name)} }

// Undefined returns the undefined value u describes.
func Undefined(u *Undef, f Flavour) Value {
	return Value{p: unsafe.Pointer(u), t: tag(KindUndefined) | tag(uint8(f))<<flagShift}
}

// UndefinedHint returns an undefined value with its own message.
func UndefinedHint(hint string, f Flavour) Value { return Undefined(&Undef{Hint: hint}, f) }

// undefinedIn returns the value for what was not found in obj. Only obj's type
// is remembered: that is all its message tells.
func undefinedIn(obj Value, u *Undef, f Flavour) Value {
	if k := obj.Kind(); k == KindIter || k == KindFunc {
		u = &Undef{Name: u.Name, Object: objectTypeRepr(obj)}
	}
	v := Undefined(u, f)
	v.n = 1<<63 | uint64(obj.flags())<<40 | uint64(obj.Kind())<<32 | uint64(obj.typeID())
	return v
}

// Flavour reports how an undefined value behaves.
func (v Value) Flavour() Flavour { return Flavour(v.flags()) }

// undefinedObject names what v was not found in.
func (v Value) undefinedObject() (string, bool) {
	if v.n>>63 == 0 {
		return "", false
	}
	if o := v.AsUndef().Object; o != "" {
		return o, true
	}
	return objectTypeRepr(v.undefinedType()), true
}

// undefinedType is a value of the type that v was not found in, good for its name and shape only.
func (v Value) undefinedType() Value {
	return Value{t: tag(Kind(v.n>>32)) | tag(uint8(v.n>>40))<<flagShift | tag(uint32(v.n))<<idShift}
}

// UndefinedMessage returns what an UndefinedError for v says.
func (v Value) UndefinedMessage() string {
	if v.Kind() == KindMissing {
		return "value is undefined"
	}
	u := v.AsUndef()
	if u.Hint != "" {
		return u.Hint
	}
	obj, in := v.undefinedObject()
	switch {
	case !in:
		return Repr(u.Name) + " is undefined"
	case !u.Name.IsString():
		return obj + " has no element " + Repr(u.Name)
	}
	return Repr(Str(obj)) + " has no attribute " + Repr(u.Name)
}

func (v Value) undefinedError() error {
	class := "UndefinedError"
	if v.Kind() == KindUndefined && v.AsUndef().Type != "" {
		class = v.AsUndef().Type
	}
	e := &Error{Type: class, Msg: v.UndefinedMessage()}
	if obj := v.undefinedType(); obj.Kind() == KindGoStruct {
		e.Known = FieldNames(obj)
	}
	return e
}

// UndefinedError returns the error that using v raises, or nil when v is
// defined.
func UndefinedError(v Value) error {
	if v.Kind() > KindUndefined {
		return nil
	}
	return v.undefinedError()
}

// objectTypeRepr names the type of obj as Jinja's messages do.
func objectTypeRepr(obj Value) string {
	if obj.Kind() == KindNone {
		return "None"
	}
	return qualifiedTypeName(obj) + " object"
}

// debugText is what a DebugUndefined prints between the braces.
func (v Value) debugText() string {
	u := v.AsUndef()
	if u.Hint != "" {
		return "undefined value printed: " + u.Hint
	}
	if obj, in := v.undefinedObject(); in {
		return "no such element: " + obj + "[" + Repr(u.Name) + "]"
	}
	if u.Name.IsString() {
		return u.Name.AsString()
	}
	return Repr(u.Name)
}
