package value_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/value"
)

// TestDictModel runs random changes on a Dict and on a slow model of one.
func TestDictModel(t *testing.T) {
	type pair struct {
		key string
		val int64
	}
	seed := *randomSeed
	r := rand.New(rand.NewPCG(seed, 3))
	d, model := NewDict(0), []pair{}
	find := func(key string) int {
		for i, p := range model {
			if p.key == key {
				return i
			}
		}
		return -1
	}
	m := meter()
	for step := range 20_000 {
		key := fmt.Sprint("k", r.IntN(60))
		at := find(key)
		switch r.IntN(8) {
		case 0, 1, 2:
			d.SetStr(key, Int(int64(step)))
			if at >= 0 {
				model[at].val = int64(step)
			} else {
				model = append(model, pair{key, int64(step)})
			}
		case 3, 4:
			_, ok, err := d.Delete(Str(key))
			if ok != (at >= 0) || err != nil {
				t.Fatalf("seed %d step %d: delete %s: %v %v", seed, step, key, ok, err)
			}
			if at >= 0 {
				model = append(model[:at:at], model[at+1:]...)
			}
		case 5:
			if len(model) == 0 || r.IntN(3) > 0 {
				continue
			}
			v, err := CallMethod(&Call{Meter: m}, FromDict(d), NewAttr("popitem"))
			if err != nil || v.AsTuple()[0].AsString() != model[len(model)-1].key {
				t.Fatalf("seed %d step %d: popitem: %s %v", seed, step, Repr(v), err)
			}
			model = model[:len(model)-1]
		case 6:
			if r.IntN(200) == 0 {
				d, model = d.Copy(), append([]pair{}, model...)
			}
			if r.IntN(1000) == 0 {
				d.Clear()
				model = model[:0]
			}
		default:
			v, ok := d.GetStr(key)
			if ok != (at >= 0) || ok && v.AsInt() != model[at].val {
				t.Fatalf("seed %d step %d: get %s: %v %s", seed, step, key, ok, Repr(v))
			}
		}
		if d.Len() != len(model) {
			t.Fatalf("seed %d step %d: got %d keys, want %d", seed, step, d.Len(), len(model))
		}
		if step%100 == 0 {
			i := 0
			for k, v := range d.All() {
				if k.AsString() != model[i].key || v.AsInt() != model[i].val {
					t.Fatalf("seed %d step %d: entry %d is %s: %s", seed, step, i, Repr(k), Repr(v))
				}
				i++
			}
		}
		m.Reset(nil, Limits{})
	}
}

func TestDictKeys(t *testing.T) {
	d := NewDict(0)
	for i, k := range []Value{Int(1), Float(1), Bool(true), Str("a"), Markup("a"), None(), Float(0), Int(0), Uint(1 << 63), Float(1 << 63)} {
		if err := d.Set(k, Int(int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := Repr(FromDict(d)), "{1: 2, 'a': 4, None: 5, 0.0: 7, 9223372036854775808: 9}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, k := range []Value{NewList(nil), FromDict(d), FromSet(d), Tuple([]Value{NewList(nil)}), From([]int{1})} {
		if err := d.Set(k, None()); err == nil {
			t.Errorf("%s is a key", Repr(k))
		}
	}
}

func TestDictChangedWhileWalked(t *testing.T) {
	d := NewDict(0)
	d.SetStr("a", None())
	var it Iter
	if err := it.Over(meter(), FromDict(d)); err != nil {
		t.Fatal(err)
	}
	it.Next()
	d.SetStr("b", None())
	if _, ok := it.Next(); ok || it.Err() == nil || it.Err().Error() != "RuntimeError: dictionary changed size during iteration" {
		t.Errorf("got %v", it.Err())
	}
}
