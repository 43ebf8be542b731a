package value_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/value"
)

// TestRefused shows that what would be too large is refused before it is built.
func TestRefused(t *testing.T) {
	before := new(runtime.MemStats)
	runtime.ReadMemStats(before)
	for _, src := range []string{
		"'A' * 10000000000000",
		"[1] * 10000000000000",
		"(1, 2) * 4611686018427387904",
		"b'x' * 9223372036854775807",
		"'%9999999999d' % 1",
		"'%*d' % (2000000000, 1)",
		"'%.2000000000f' % 1.5",
		"'%.2000000000d' % 1",
		"'{:9999999999}'.format(1)",
		"'{:.2000000000f}'.format(1.5)",
		"'{:09999999999,}'.format(1)",
		"'{:{}}'.format('a', 9999999999)",
		"'a'.center(10000000000)",
		"'a'.ljust(9223372036854775807)",
		"'1'.zfill(10000000000)",
		"'\\t'.expandtabs(10000000000)",
		"('a' * 1000000).replace('a', 'b' * 1000000)",
		"('a' * 1000000).replace('', 'b' * 1000000)",
		"('b' * 100000).join('a' * 1000000)",
		"list(range(10000000000))",
		"sorted(range(10000000000))",
		"2 ** 10000000000",
		"2 ** 2 ** 70",
		"(2 ** 20000000) * (2 ** 20000000) * (2 ** 20000000)",
		"[].extend(range(10000000000))",
		"{}.fromkeys(range(10000000000))",
		"(1).to_bytes(10000000000)",
		"1 in range(3) * 5",
		"'a' in ['b'] * 10000000000",
		"'x'.translate({120: 'y' * 4000000}) * 2000000",
	} {
		m := NewMeter(nil, Limits{Steps: 1 << 22, Value: 1 << 22, Memory: 1 << 26})
		_, err := evaluate(m, src)
		var limit *LimitError
		var python *Error
		if !errors.As(err, &limit) && !errors.As(err, &python) {
			t.Errorf("%s: got %v, want a refusal", src, err)
		}
	}
	after := new(runtime.MemStats)
	runtime.ReadMemStats(after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 256<<20 {
		t.Errorf("the refusals cost %d MB", grown>>20)
	}
}

func TestLimits(t *testing.T) {
	m := NewMeter(nil, Limits{Steps: 5000})
	steps := 0
	for m.Spend(1) == nil {
		steps++
	}
	if steps != 5000 {
		t.Errorf("got %d steps, want 5000", steps)
	}
	if err := m.Spend(0); !errors.Is(err, ErrSteps) {
		t.Errorf("after the last step: got %v", err)
	}
	m.Reset(nil, Limits{Steps: 1 << 30})
	if err := m.Spend(1 << 29); err != nil {
		t.Error(err)
	}
	if err := m.Spend(1 << 29); err != nil {
		t.Error(err)
	}
	if err := m.Spend(1); !errors.Is(err, ErrSteps) {
		t.Errorf("got %v", err)
	}
	m.Reset(nil, Limits{Memory: 100})
	if err := m.Build(60); err != nil {
		t.Error(err)
	}
	if err := m.Build(60); !errors.Is(err, ErrMemory) {
		t.Errorf("got %v", err)
	}
	m.Reset(nil, Limits{Value: 100})
	if err := m.BuildItems(5); err == nil {
		t.Error("120 bytes of items are allowed under a limit of 100")
	}
	if err := m.Build(100); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	m.Reset(ctx, Limits{})
	cancel()
	if err := m.Spend(1 << 20); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	m.Reset(nil, Limits{Time: 1})
	if err := m.Spend(1 << 20); !errors.Is(err, ErrTime) {
		t.Errorf("got %v", err)
	}
}

// TestStepsFollowWork holds that looking through a long value costs steps.
func TestStepsFollowWork(t *testing.T) {
	long := "('ab' * 100000)"
	for _, src := range []string{
		long + ".find('c')", long + ".count('c')", long + ".upper()", long + ".split('c')", long + ".isalpha()", "'c' in " + long,
		long + " == " + long, "[1] * 1000 == [1] * 1000", "2 in [1] * 10000", "len(list(range(10000)))", "sorted(range(1000))", "repr([1] * 1000)",
		"[1] * 10000 < [1] * 10000", long + ".strip('x')", long + ".encode('ascii')", "2 ** 30000 * 2 ** 30000",
	} {
		m := NewMeter(nil, Limits{Steps: 500})
		if _, err := evaluate(m, src); !errors.Is(err, ErrSteps) {
			t.Errorf("%s: got %v, want the steps used up", src, err)
		}
	}
}

// TestDeep shows that values nested without end are refused and do not break the stack.
func TestDeep(t *testing.T) {
	l := &List{}
	l.Items = []Value{FromList(l)}
	self := FromList(l)
	if got := Repr(self); got != "[[...]]" {
		t.Errorf("got %s", got)
	}
	d := NewDict(0)
	d.SetStr("d", FromDict(d))
	if got := Repr(FromDict(d)); got != "{'d': {...}}" {
		t.Errorf("got %s", got)
	}
	m := meter()
	deep, other := None(), None()
	for range 100_000 {
		deep, other = NewList([]Value{deep}), NewList([]Value{other})
	}
	key := Tuple(nil)
	for range 100_000 {
		key = Tuple([]Value{key})
	}
	_, eq := Equal(m, deep, other)
	_, lt := Compare(m, OpLt, deep, other)
	_, str := AppendStr(m, nil, deep)
	_, js := AppendJSON(m, nil, deep, JSONStyle{})
	_, circular := AppendJSON(m, nil, self, JSONStyle{})
	for name, err := range map[string]error{"==": eq, "<": lt, "str": str, "json": js, "key": NewDict(0).Set(key, None()), "self": circular} {
		if err == nil || !strings.Contains(err.Error(), "ecursion") && !strings.Contains(err.Error(), "Circular") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestShared shows that values with more paths than parts are no way to make
// work without steps.
func TestShared(t *testing.T) {
	list, other, tuple := NewList(nil), NewList(nil), Tuple(nil)
	for range 100 {
		list, other = NewList([]Value{list, list}), NewList([]Value{other, other})
		tuple = Tuple([]Value{tuple, tuple})
	}
	m := NewMeter(nil, Limits{Steps: 1 << 16})
	_, eq := Equal(m, list, other)
	m.Reset(nil, Limits{Steps: 1 << 16})
	_, lt := Compare(m, OpLt, list, other)
	m.Reset(nil, Limits{Steps: 1 << 16})
	_, str := AppendStr(m, nil, list)
	m.Reset(nil, Limits{Steps: 1 << 16})
	_, js := AppendJSON(m, nil, list, JSONStyle{})
	_, plain := Plain(list)
	for name, err := range map[string]error{"==": eq, "<": lt, "str": str, "json": js, "to Go": plain, "key": NewDict(0).Set(tuple, None())} {
		if !errors.Is(err, ErrSteps) {
			t.Errorf("%s: got %v, want the steps used up", name, err)
		}
	}
}
