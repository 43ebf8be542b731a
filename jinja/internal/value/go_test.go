package value_test

import (
	"encoding/json"
	"errors"
	"html/template"
	"iter"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/retort-go/retort/jinja/internal/value"
)

type address struct{ City string }

type base struct {
	ID        int `json:"ident"`
	CreatedAt string
}

type person struct {
	base
	*address
	Name    string `jinja:"full_name"`
	Secret  string `jinja:"-"`
	private string
	Age     uint8
	Tags    []string
	Scores  map[string]int
	Friend  *person
	Any     any
	When    time.Time
	Wait    time.Duration
	HTML    template.HTML
	Grid    [2][2]int
	URLPath string
	UserID  int64
	Fn      func(string) string
	Mail    error
	IP      netip.Addr
}

func (p *person) Greet(other string) string { return p.Name + " greets " + other }
func (p person) IsAdult() bool              { return p.Age >= 18 }
func (p *person) Fail() (string, error)     { return "", errors.New("failed") }
func (p *person) Sum(n ...int) (s int) {
	for _, x := range n {
		s += x
	}
	return s
}

type colour int

func (c colour) String() string { return [...]string{"red", "green"}[c] }

type open map[string]Value

func (o open) Attr(name string) (Value, bool) { v, ok := o[name]; return v, ok }

type safeText struct{ s string }

func (s safeText) EscapedHTML() string { return s.s }

func newPerson() *person {
	p := &person{Name: "Ann", Secret: "s", private: "p", Age: 30, Tags: []string{"x", "y"}, Scores: map[string]int{"b": 2, "a": 1},
		When: time.Date(2024, 2, 3, 4, 5, 6, 7000, time.UTC), Wait: 90 * time.Second, HTML: "<b>", Grid: [2][2]int{{1, 2}, {3, 4}},
		URLPath: "/x", UserID: 7, Fn: strings.ToUpper, Mail: errors.New("bounced"), IP: netip.MustParseAddr("10.0.0.1")}
	p.ID, p.CreatedAt = 5, "today"
	p.address = &address{"Rome"}
	p.Friend = &person{Name: "Bob", Age: 3}
	p.Any = []any{1, "two", nil, map[string]any{"k": 2.5}}
	return p
}

func meter() *Meter { return NewMeter(nil, Limits{Steps: 1 << 20}) }

// walk follows a path of attributes and prints what is there.
func walk(t *testing.T, v Value, path string) string {
	t.Helper()
	m := meter()
	var err error
	for _, name := range strings.Split(path, ".") {
		if v, err = GetAttr(m, v, NewAttr(name)); err != nil {
			return "!! " + err.Error()
		}
	}
	if v.IsUndefined() {
		return "undefined: " + v.UndefinedMessage()
	}
	b, err := AppendRepr(m, nil, v)
	if err != nil {
		return "!! " + err.Error()
	}
	return string(b)
}

func TestGoFields(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"Name", "'Ann'"}, {"name", "'Ann'"}, {"full_name", "'Ann'"},
		{"ID", "5"}, {"id", "5"}, {"ident", "5"},
		{"CreatedAt", "'today'"}, {"created_at", "'today'"}, {"createdAt", "'today'"},
		{"city", "'Rome'"},
		{"url_path", "'/x'"}, {"urlPath", "'/x'"}, {"user_id", "7"}, {"userID", "7"},
		{"secret", "undefined: 'value_test.person object' has no attribute 'secret'"},
		{"private", "undefined: 'value_test.person object' has no attribute 'private'"},
		{"age", "30"}, {"tags", "['x', 'y']"}, {"scores", "{'a': 1, 'b': 2}"}, {"scores.a", "1"},
		{"friend.name", "'Bob'"}, {"friend.friend", "None"}, {"friend.city", "None"},
		{"friend.friend.name", "undefined: 'None' has no attribute 'name'"},
		{"any", "[1, 'two', None, {'k': 2.5}]"}, {"grid", "[[1, 2], [3, 4]]"},
		{"when", "2024-02-03 04:05:06.000007"}, {"when.year", "2024"}, {"wait", "1m30s"}, {"html", "Markup('<b>')"},
		{"mail", "bounced"}, {"ip", "10.0.0.1"},
	} {
		if got := walk(t, From(newPerson()), tt.path); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.path, got, tt.want)
		}
	}
}

func TestGoValues(t *testing.T) {
	var nilMap map[string]int
	var nilPtr *person
	type Text string
	type Pair struct{ A, B int }
	n := 5
	for _, tt := range []struct {
		in   any
		want string
	}{
		{nil, "None"}, {true, "True"}, {int8(-3), "-3"}, {uint64(1 << 63), "9223372036854775808"}, {uintptr(4), "4"},
		{float32(0.5), "0.5"}, {"a", "'a'"}, {Text("t"), "'t'"}, {[]byte("ab"), "b'ab'"}, {json.Number("12"), "12"},
		{json.Number("1.50"), "1.5"}, {json.Number("123456789012345678901"), "123456789012345678901"},
		{big.NewInt(7), "7"}, {template.HTML("<i>"), "Markup('<i>')"}, {template.JS("x"), "'x'"},
		{[]int{1, 2}, "[1, 2]"}, {[2]bool{true}, "[True, False]"}, {[]any{1, nil}, "[1, None]"}, {[]string(nil), "[]"},
		{map[int]string{2: "b", 1: "a"}, "{1: 'a', 2: 'b'}"}, {nilMap, "{}"}, {map[string][]int{"a": {1}}, "{'a': [1]}"},
		{map[any]any{"a": 1, 2: "b"}, "{2: 'b', 'a': 1}"}, {map[colour]int{1: 5}, "{green: 5}"},
		{nilPtr, "None"}, {&n, "5"}, {colour(1), "green"}, {Pair{1, 2}, "<value_test.Pair object>"}, {struct{}{}, "<struct {} object>"},
		{struct{ P *int }{&n}, "<struct { P *int } object>"}, {[1]*int{&n}, "[5]"},
		{NewList([]Value{Int(1)}), "[1]"}, {time.Second, "1s"}, {errors.New("e"), "e"}, {netip.MustParseAddr("::1"), "::1"},
		{complex(1, 2), "(1+2i)"}, {NewDict(0), "{}"},
	} {
		if got := Repr(From(tt.in)); got != tt.want {
			t.Errorf("From(%T %v): got %s, want %s", tt.in, tt.in, got, tt.want)
		}
	}
}

func call(v Value, args ...Value) string {
	r, err := CallValue(&Call{Meter: meter(), Args: args}, v)
	if err != nil {
		return "!! " + err.Error()
	}
	return Repr(r)
}

func TestGoMethods(t *testing.T) {
	p := newPerson()
	method := func(v Value, name string) Value {
		f, err := GetAttr(meter(), v, NewAttr(name))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	v := From(p)
	for _, tt := range []struct{ got, want string }{
		{call(method(v, "greet"), Str("Bob")), "'Ann greets Bob'"},
		{call(method(v, "Greet"), Int(1)), "!! TypeError: Greet() argument 1: int cannot be a string"},
		{call(method(v, "greet")), "!! TypeError: Greet() takes 1 positional arguments but 0 were given"},
		{call(method(v, "is_adult")), "True"},
		{call(method(v, "sum"), Int(1), Bool(true), Int(3)), "5"},
		{call(method(v, "sum"), Float(1.5)), "!! TypeError: Sum() argument 1: float cannot be a int"},
		{call(method(v, "fn"), Str("x")), "'X'"},
		{call(method(From(*p), "is_adult")), "True"},
		{call(method(v, "when"), Str("x")), "!! TypeError: 'Time' object is not callable"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
	if f := method(From(*p), "greet"); !f.IsUndefined() {
		t.Error("a copy has a method of the pointer")
	}
	if _, err := CallValue(&Call{Meter: meter()}, method(v, "fail")); err == nil || err.Error() != "failed" {
		t.Errorf("got error %v, want the method's own", err)
	}
	m := meter()
	m.Sandbox = SandboxOn
	f, err := GetAttr(m, v, NewAttr("greet"))
	if err != nil || !f.IsUndefined() || !IsClass(UndefinedError(f), "SecurityError") {
		t.Errorf("in a sandbox a Go method is %s, %v", Repr(f), err)
	}
	if f, _ := GetAttr(m, v, NewAttr("name")); Repr(f) != "'Ann'" {
		t.Errorf("in a sandbox a field is %s", Repr(f))
	}
}

func TestGoFuncs(t *testing.T) {
	for _, tt := range []struct {
		fn   any
		args []Value
		want string
	}{
		{func() {}, nil, "None"},
		{func(a, b int) int { return a + b }, []Value{Int(1), Int(2)}, "3"},
		{func(c *Call, s string) string { return s + Repr(Int(int64(len(c.Args)))) }, []Value{Str("n")}, "'n1'"},
		{func(xs []int) int { return len(xs) }, []Value{NewList([]Value{Int(1), Int(2)})}, "2"},
		{func(xs map[string]float64) float64 { return xs["a"] }, []Value{From(map[string]int{"a": 3})}, "!! TypeError: f() argument 1: dict cannot be a map[string]float64"},
		{func(v Value) Value { return v }, []Value{None()}, "None"},
		{func(v any) any { return v }, []Value{NewList([]Value{Int(1)})}, "[1]"},
		{func(p *int) bool { return p == nil }, []Value{None()}, "True"},
		{func(b []byte) int { return len(b) }, []Value{Str("abc")}, "3"},
		{func(i int8) int8 { return i }, []Value{Int(300)}, "!! TypeError: f() argument 1: int cannot be a int8"},
		{func(f float64) float64 { return f }, []Value{Int(3)}, "3.0"},
		{func(b *big.Int) string { return b.String() }, []Value{Uint(1 << 63)}, "'9223372036854775808'"},
		{func(c colour) string { return c.String() }, []Value{From(colour(1))}, "'green'"},
		{func(c colour) string { return c.String() }, []Value{Int(0)}, "'red'"},
		{func() error { return errors.New("no") }, nil, "!! no"},
		{func(p *person) string { return p.Name }, []Value{From(newPerson())}, "'Ann'"},
		{func(p person) string { return p.Name }, []Value{From(newPerson())}, "'Ann'"},
	} {
		f, err := NewFunc("f", tt.fn)
		if err != nil {
			t.Errorf("%T: %v", tt.fn, err)
			continue
		}
		if got := call(f, tt.args...); got != tt.want {
			t.Errorf("%T: got %s, want %s", tt.fn, got, tt.want)
		}
	}
	for _, fn := range []any{nil, 5, (func())(nil), func() (int, int) { return 1, 2 }, func() (a, b, c int) { return }} {
		if _, err := NewFunc("f", fn); err == nil {
			t.Errorf("NewFunc(%T) did not fail", fn)
		}
	}
}

func TestGoReadOnly(t *testing.T) {
	items := []any{1}
	for name, v := range map[string]Value{"append": From(items), "clear": From(map[string]any{"a": 1})} {
		_, err := CallMethod(&Call{Meter: meter(), Args: []Value{Int(1)}}, v, NewAttr(name))
		if err == nil || !strings.Contains(err.Error(), "take a copy") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestGoIterators(t *testing.T) {
	pairs := iter.Seq2[string, int](func(yield func(string, int) bool) { _ = yield("a", 1) && yield("b", 2) })
	for _, tt := range []struct {
		in   any
		want string
	}{
		{slices.Values([]int{1, 2}), "[1, 2]"},
		{pairs, "[('a', 1), ('b', 2)]"},
		{map[string]int{"b": 1, "a": 2}, "['a', 'b']"},
		{[]colour{0, 1}, "[red, green]"},
	} {
		items, err := Items(meter(), From(tt.in))
		if got := Repr(NewList(items)); got != tt.want || err != nil {
			t.Errorf("%T: got %s, %v, want %s", tt.in, got, err, tt.want)
		}
	}
	endless := iter.Seq[int](func(yield func(int) bool) {
		for yield(1) {
		}
	})
	if _, err := Items(meter(), From(endless)); !errors.Is(err, ErrSteps) {
		t.Errorf("an endless iterator ends with %v", err)
	}
}

func TestGoOperators(t *testing.T) {
	m := meter()
	early, late := time.Unix(1, 0).UTC(), time.Unix(2, 0).UTC()
	p := newPerson()
	for _, tt := range []struct {
		op   Op
		a, b any
		want bool
	}{
		{OpLt, early, late, true}, {OpEq, early, early.In(time.FixedZone("x", 3600)), true}, {OpGe, late, early, true},
		{OpEq, colour(1), 1, true}, {OpLt, colour(0), colour(1), true}, {OpEq, p, p, true}, {OpEq, p, newPerson(), false},
		{OpEq, netip.MustParseAddr("::1"), netip.MustParseAddr("::1"), true},
		{OpLt, netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2"), true},
		{OpEq, []int{1, 2}, NewList([]Value{Int(1), Float(2)}), true}, {OpEq, map[string]int{"a": 1}, map[string]any{"a": 1.0}, true},
		{OpEq, []int{1}, []int{2}, false}, {OpLt, []int{1}, []int{2}, true},
	} {
		if got, err := Compare(m, tt.op, From(tt.a), From(tt.b)); got != tt.want || err != nil {
			t.Errorf("%v op %d %v: got %v, %v, want %v", tt.a, tt.op, tt.b, got, err, tt.want)
		}
	}
	for _, tt := range []struct {
		in   any
		want bool
	}{{time.Time{}, false}, {early, true}, {colour(0), false}, {colour(1), true}, {p, true}, {[]int{}, false}, {map[string]int{}, false}} {
		if got, err := Truth(From(tt.in)); got != tt.want || err != nil {
			t.Errorf("truth of %v: got %v, %v", tt.in, got, err)
		}
	}
	d := NewDict(0)
	if err := d.Set(From(netip.MustParseAddr("::1")), Int(1)); err != nil {
		t.Error(err)
	}
	if v, ok, err := d.Get(From(netip.MustParseAddr("::1"))); !ok || err != nil || v.AsInt() != 1 {
		t.Errorf("a comparable Go value is not found as a key: %v", err)
	}
	if err := d.Set(From(struct{ F []int }{}), Int(1)); err == nil {
		t.Error("a Go value that is not comparable is a key")
	}
}

func TestAttrer(t *testing.T) {
	v := From(open{"a": Int(1)})
	if got := walk(t, v, "a"); got != "1" {
		t.Errorf("got %s", got)
	}
}

func TestHTMLer(t *testing.T) {
	for _, v := range []Value{From(safeText{"<b>"}), From(&safeText{"<b>"}), Markup("<b>"), From(template.HTML("<b>"))} {
		b, err := AppendEscaped(meter(), nil, v)
		if string(b) != "<b>" || err != nil {
			t.Errorf("%s: got %s, %v", Repr(v), b, err)
		}
	}
	b, _ := AppendEscaped(meter(), nil, From([]any{"<", colour(0)}))
	if want := "[&#39;&lt;&#39;, red]"; string(b) != want {
		t.Errorf("got %s, want %s", b, want)
	}
}

func TestTime(t *testing.T) {
	v := From(time.Date(2024, 2, 3, 4, 5, 6, 0, time.FixedZone("CET", 3600)))
	m := meter()
	method := func(name string, args ...Value) string {
		r, err := CallMethod(&Call{Meter: m, Args: args}, v, NewAttr(name))
		if err != nil {
			return "!! " + err.Error()
		}
		return Repr(r)
	}
	for _, tt := range []struct{ got, want string }{
		{method("isoformat"), "'2024-02-03T04:05:06+01:00'"},
		{method("strftime", Str("%Y-%m-%d %H:%M:%S %j %a %b %p %I %% %y %-d %e|%A %B %U %W %V %f %z")),
			"'2024-02-03 04:05:06 034 Sat Feb AM 04 % 24 3  3|Saturday February 04 05 05 000000 +0100'"},
		{method("weekday"), "5"}, {method("timestamp"), "1706929506.0"}, {method("date"), "'2024-02-03'"},
		{method("Year"), "2024"}, {Repr(v), "2024-02-03 04:05:06+01:00"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
	if s, err := Format(m, v, "%d.%m.%Y"); s != "03.02.2024" || err != nil {
		t.Errorf("got %s, %v", s, err)
	}
}

func TestPlain(t *testing.T) {
	d := NewDict(0)
	d.SetStr("a", NewList([]Value{Int(1), Float(2.5), Str("x"), None(), Bool(true)}))
	got, err := Plain(FromDict(d))
	b, _ := json.Marshal(got)
	if want := `{"a":[1,2.5,"x",null,true]}`; string(b) != want || err != nil {
		t.Errorf("got %s, %v", b, err)
	}
	l := &List{}
	l.Items = []Value{FromList(l)}
	if _, err := Plain(FromList(l)); err == nil {
		t.Error("a list that holds itself is converted")
	}
}

func TestJSON(t *testing.T) {
	v, err := FromJSON([]byte(`{"b": 1, "a": [1.0, 12345678901234567890, null, "x"], "b": 2}`))
	if got, want := Repr(v), "{'b': 2, 'a': [1.0, 12345678901234567890, None, 'x']}"; got != want || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	v, err = FromJSON([]byte(" [NaN, Infinity, -Infinity, -0, 1E400, true, \"\\u00e9\\\"\" ,{} , []]\n"))
	if got, want := Repr(v), `[nan, inf, -inf, 0, inf, True, 'é"', {}, []]`; got != want || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	for _, bad := range []string{
		"", "{", "[1,]", "1 2", `{"a"}`, `{"a" 1}`, `{a: 1}`, `{"a": 1,}`, "[1 2]", `"a`, `"\`, `"\x"`, "\"\n\"", "01", "1.", "+1", "-", "nan", "-NaN", "nulls", "\x00",
		strings.Repeat("[", 1<<16),
	} {
		if _, err := FromJSON([]byte(bad)); err == nil {
			t.Errorf("%.20s: no error", bad)
		}
	}
	type row struct {
		ID   int       `json:"id"`
		When time.Time `json:"when"`
	}
	b, err := AppendJSON(meter(), nil, From([]row{{1, time.Unix(0, 0).UTC()}}), JSONStyle{})
	if want := `[{"id": 1, "when": "1970-01-01T00:00:00Z"}]`; string(b) != want || err != nil {
		t.Errorf("got %s, %v, want %s", b, err, want)
	}
}
