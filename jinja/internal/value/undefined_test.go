package value_test

import (
	"testing"

	. "github.com/retort-go/retort/jinja/internal/value"
)

func TestUndefined(t *testing.T) {
	get := func(f Flavour, v Value, key any) Value {
		m := meter()
		m.Undefined = f
		x, err := GetItem(m, v, From(key))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, tt := range []struct {
		v            Value
		message, str string
	}{
		{Undefined(NewUndef("x"), FlavourDefault), "'x' is undefined", ""},
		{Undefined(NewUndef("x"), FlavourDebug), "'x' is undefined", "{{ x }}"},
		{Undefined(NewUndef("x"), FlavourStrict), "'x' is undefined", "!! UndefinedError: 'x' is undefined"},
		{Undefined(NewUndef("x"), FlavourChainable), "'x' is undefined", ""},
		{UndefinedHint("no such thing", FlavourDebug), "no such thing", "{{ undefined value printed: no such thing }}"},
		{get(FlavourDebug, Int(5), "y"), "'int object' has no attribute 'y'", "{{ no such element: int object['y'] }}"},
		{get(FlavourDebug, NewList(nil), 3), "list object has no element 3", "{{ no such element: list object[3] }}"},
		{get(FlavourDefault, None(), "y"), "'None' has no attribute 'y'", ""},
		{get(FlavourDefault, Markup("a"), 9), "markupsafe.Markup object has no element 9", ""},
	} {
		if got := tt.v.UndefinedMessage(); got != tt.message {
			t.Errorf("message: got %s, want %s", got, tt.message)
		}
		b, err := AppendStr(meter(), nil, tt.v)
		got := string(b)
		if err != nil {
			got = "!! " + err.Error()
		}
		if got != tt.str {
			t.Errorf("%s: got str %q, want %q", tt.message, got, tt.str)
		}
	}
}

// TestUndefinedUses checks what each flavour allows.
func TestUndefinedUses(t *testing.T) {
	m := meter()
	fails := func(err error) bool { return err != nil }
	for f, want := range map[Flavour]struct{ truth, iter, length, attr, add, eq, hash bool }{
		FlavourDefault:   {attr: true, add: true},
		FlavourDebug:     {attr: true, add: true},
		FlavourChainable: {add: true},
		FlavourStrict:    {true, true, true, true, true, true, true},
	} {
		u := Undefined(NewUndef("x"), f)
		got := want
		_, err := Truth(u)
		got.truth = fails(err)
		_, err = Items(m, u)
		got.iter = fails(err)
		_, err = Len(u)
		got.length = fails(err)
		_, err = GetAttr(m, u, NewAttr("y"))
		got.attr = fails(err)
		_, err = Add(m, u, Int(1))
		got.add = fails(err)
		_, err = Equal(m, u, Int(1))
		got.eq = fails(err)
		got.hash = fails(NewDict(0).Set(u, Int(1)))
		if got != want {
			t.Errorf("flavour %d: failing uses %+v, want %+v", f, got, want)
		}
	}
}

func TestSandbox(t *testing.T) {
	type hidden struct {
		Shown int `jinja:"_shown"`
	}
	m := meter()
	m.Sandbox = SandboxOn
	attr := NewAttr("_shown")
	for range 2 { // the second time nothing is remembered
		v, err := GetAttr(m, From(&hidden{5}), attr)
		if err != nil || !v.IsUndefined() {
			t.Errorf("got %s, %v", Repr(v), err)
		}
	}
	m.Sandbox = SandboxImmutable
	for _, tt := range []struct {
		v    Value
		name string
		want bool
	}{
		{NewList(nil), "append", false}, {NewList(nil), "index", true}, {FromDict(NewDict(0)), "update", false},
		{FromDict(NewDict(0)), "items", true}, {FromSet(NewDict(0)), "add", false}, {Str("a"), "upper", true},
		{Str("a"), "__class__", false}, {Str("a"), "__init__", false},
	} {
		v, err := CallMethod(&Call{Meter: m, Args: nil}, tt.v, NewAttr(tt.name))
		if got := !IsClass(err, "SecurityError"); got != tt.want {
			t.Errorf("%s.%s: %s, %v", Repr(tt.v), tt.name, Repr(v), err)
		}
	}
}
