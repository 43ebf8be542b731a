package value_test

import (
	"testing"

	. "github.com/retort-go/retort/jinja/internal/value"
)

// TestAllocations holds that what every page does per value allocates nothing.
func TestAllocations(t *testing.T) {
	type row struct {
		ID   int
		Name string
		Rate float64
		Tags []string
		Next *row
		Any  any
		Map  map[string]any
	}
	r := &row{1, "a <b>", 1.5, []string{"x", "y"}, nil, "s", map[string]any{"k": "v", "n": 5}}
	rows := From([]row{*r, *r, *r})
	v, list, dict := From(r), NewList([]Value{Int(1), Str("a")}), NewDict(0)
	for i := range 20 {
		if err := dict.Set(Int(int64(i)), Int(1)); err != nil {
			t.Fatal(err)
		}
		dict.SetStr(string(rune('a'+i)), Str("v"))
	}
	m := NewMeter(nil, Limits{Steps: 1 << 40})
	buf := make([]byte, 0, 1<<12)
	name, id, mp, key, missing := NewAttr("name"), NewAttr("id"), NewAttr("map"), NewAttr("k"), NewAttr("nothing")
	lower := NewAttr("isupper")
	call := &Call{Meter: m}
	for _, tt := range []struct {
		name string
		do   func()
	}{
		{"From", func() { _ = From(r); _ = From(r.Any); _ = From(r.Map) }},
		{"field", func() { _, _ = GetAttr(m, v, name); _, _ = GetAttr(m, v, id) }},
		{"map entry", func() { x, _ := GetAttr(m, v, mp); _, _ = GetAttr(m, x, key) }},
		{"missing attribute", func() { _, _ = GetAttr(m, v, missing) }},
		{"item", func() { _, _ = GetItem(m, list, Int(1)); _, _ = GetItem(m, rows, Int(-1)) }},
		{"dict", func() { _, _, _ = dict.Get(Int(7)); _, _ = dict.GetStr("c"); _, _, _ = dict.Get(Float(3)) }},
		{"loop", func() {
			var it Iter
			_ = it.Over(m, rows)
			for {
				x, ok := it.Next()
				if !ok {
					break
				}
				_, _ = GetAttr(m, x, name)
			}
		}},
		{"loop over text", func() {
			var it Iter
			_ = it.Over(m, Str("häh"))
			for _, ok := it.Next(); ok; _, ok = it.Next() {
			}
		}},
		{"print", func() {
			for _, x := range []Value{Int(5), Float(2.5), Str("a<"), Markup("<b>"), None(), Bool(true), list, FromDict(dict)} {
				buf, _ = AppendEscaped(m, buf[:0], x)
			}
		}},
		{"arithmetic", func() {
			_, _ = Add(m, Int(1), Int(2))
			_, _ = Mul(m, Int(3), Float(1.5))
			_, _ = Div(m, Int(1), Int(3))
		}},
		{"compare", func() {
			_, _ = Compare(m, OpLt, Int(1), Float(2))
			_, _ = Equal(m, Str("a"), Markup("a"))
			_, _ = Equal(m, list, list)
			_, _ = In(m, Str("a"), Str("bab"))
		}},
		{"slice of text", func() { _, _, _ = Slice(m, Str("hello"), &SliceOf{Int(1), Int(3), None()}) }},
		{"method", func() { _, _ = CallMethod(call, Str("ABC"), lower) }},
		{"escape clean text", func() { _, _ = Escape(m, Str("clean")) }},
	} {
		tt.do() // types are described on first sight
		if n := testing.AllocsPerRun(50, tt.do); n > 0 {
			t.Errorf("%s: %v allocations", tt.name, n)
		}
	}
}
