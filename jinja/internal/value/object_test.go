package value_test

import (
	"errors"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/value"
)

// counter is an engine object with every face one can have.
type counter struct{ n int64 }

func (c *counter) PythonType() string { return "test.Counter" }
func (c *counter) Attr(name string) (Value, bool) {
	return Int(c.n), name == "n"
}
func (c *counter) Call(call *Call) (Value, error) {
	if kw, ok := call.Kwarg("by"); ok {
		c.n += kw.AsInt()
	}
	return Int(c.n), nil
}
func (c *counter) Len() int { return int(c.n) }
func (c *counter) Item(key Value) (Value, bool) {
	i, ok := Index(key)
	return Int(i * 10), ok && i < c.n
}
func (c *counter) Iterate(*Meter) (Iterator, error) {
	i := int64(0)
	return IteratorFunc(func() (Value, bool, error) {
		if i++; i > c.n {
			return Value{}, false, nil
		}
		if i == 9 {
			return Value{}, false, errors.New("nine")
		}
		return Int(i), true, nil
	}), nil
}

type plainObject struct{ _ int }

func (*plainObject) PythonType() string { return "test.Plain" }

func TestObject(t *testing.T) {
	m := meter()
	v := FromObject(&counter{3})
	n, err := GetAttr(m, v, NewAttr("n"))
	if n.AsInt() != 3 || err != nil {
		t.Errorf("attribute: %s, %v", Repr(n), err)
	}
	if r, err := CallValue(&Call{Meter: m, Kwargs: []Kwarg{{"by", Int(2)}}}, v); r.AsInt() != 5 || err != nil {
		t.Errorf("call: %s, %v", Repr(r), err)
	}
	if x, err := GetItem(m, v, Int(4)); x.AsInt() != 40 || err != nil {
		t.Errorf("item: %s, %v", Repr(x), err)
	}
	if in, err := In(m, Int(9), v); in || err != nil {
		t.Errorf("in: %v, %v", in, err)
	}
	items, err := Items(m, v)
	if got := Repr(NewList(items)); got != "[1, 2, 3, 4, 5]" || err != nil {
		t.Errorf("items: %s, %v", got, err)
	}
	if _, err := Items(m, FromObject(&counter{20})); err == nil || err.Error() != "nine" {
		t.Errorf("the iterator's error: %v", err)
	}
	if truth, _ := Truth(FromObject(new(counter))); truth {
		t.Error("an object of length 0 is true")
	}
	if got := Repr(v); got != "<test.Counter object>" {
		t.Errorf("repr: %s", got)
	}
	other := FromObject(new(plainObject))
	for name, err := range map[string]error{
		"'Plain' object is not iterable":           second(Items(m, other)),
		"'Plain' object is not callable":           second(CallValue(&Call{Meter: m}, other)),
		"object of type 'Plain' has no len()":      second(Len(other)),
		"argument of type 'Plain' is not iterable": second(In(m, Int(1), other)),
	} {
		if want := "TypeError: " + name; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	x, err := GetAttr(m, other, NewAttr("y"))
	if want := "'test.Plain object' has no attribute 'y'"; err != nil || x.UndefinedMessage() != want {
		t.Errorf("got %s, %v, want %s", x.UndefinedMessage(), err, want)
	}
}

func second[T any](_ T, err error) error { return err }

func TestGenerator(t *testing.T) {
	m := meter()
	i := 0
	g := MakeGenerator(nil, "numbers", IteratorFunc(func() (Value, bool, error) { i++; return Int(int64(i)), i < 4, nil }))
	for _, want := range []string{"[1, 2, 3]", "[]"} { // once and no more
		items, err := Items(m, g)
		if got := Repr(NewList(items)); got != want || err != nil {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	if got := Repr(g); got != "<generator object numbers>" {
		t.Errorf("got %s", got)
	}
}

func TestReversed(t *testing.T) {
	d := NewDict(0)
	d.SetStr("a", None())
	d.SetStr("b", None())
	for _, tt := range []struct {
		v    Value
		want string
	}{
		{NewList([]Value{Int(1), Int(2)}), "[2, 1]"}, {Str("äb"), "['b', 'ä']"}, {FromDict(d), "['b', 'a']"}, {From([]int{1, 2}), "[2, 1]"},
		{FromRange(RangeOf{0, 3, 1}), "[2, 1, 0]"}, {Undefined(NewUndef("x"), FlavourDefault), "[]"},
	} {
		g, err := Reversed(meter(), tt.v)
		if err != nil {
			t.Fatal(err)
		}
		items, err := Items(meter(), FromIter(g))
		if got := Repr(NewList(items)); got != tt.want || err != nil {
			t.Errorf("%s: got %s, %v, want %s", Repr(tt.v), got, err, tt.want)
		}
	}
	for _, v := range []Value{Int(1), FromSet(d), None()} {
		if _, err := Reversed(meter(), v); err == nil {
			t.Errorf("%s is reversed", Repr(v))
		}
	}
}

func TestNamedTuple(t *testing.T) {
	v := NewTupleType("test.Point", "x", "y").Of(Int(1), Int(2))
	y, err := GetAttr(meter(), v, NewAttr("y"))
	if y.AsInt() != 2 || err != nil || Repr(v) != "(1, 2)" || !v.IsNamedTuple() || TypeName(v) != "Point" {
		t.Errorf("got %s of %s %s, %v", Repr(y), TypeName(v), Repr(v), err)
	}
	if eq, _ := Equal(meter(), v, Tuple([]Value{Int(1), Int(2)})); !eq {
		t.Error("it does not equal a plain tuple")
	}
}

func TestTo(t *testing.T) {
	var (
		s  string
		n  int16
		fs []float64
		m  map[string]int
		p  *int
		a  any
	)
	d := NewDict(0)
	d.SetStr("k", Int(5))
	for _, tt := range []struct {
		v   Value
		dst any
		ok  bool
	}{
		{Str("x"), &s, true}, {Int(3), &n, true}, {Int(1 << 20), &n, false}, {Tuple([]Value{Int(1), Float(2)}), &fs, true}, {FromDict(d), &m, true},
		{Int(1), &p, true}, {None(), &p, true}, {FromDict(d), &a, true}, {Int(1), &s, false}, {Str("x"), s, false}, {Str("x"), &fs, false},
	} {
		if err := To(tt.v, tt.dst); (err == nil) != tt.ok {
			t.Errorf("To(%s, %T): %v", Repr(tt.v), tt.dst, err)
		}
	}
	if s != "x" || n != 3 || len(fs) != 2 || m["k"] != 5 || p != nil || a.(map[string]any)["k"] != int64(5) {
		t.Errorf("got %v %v %v %v %v %v", s, n, fs, m, p, a)
	}
}
