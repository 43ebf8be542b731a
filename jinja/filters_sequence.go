package jinja

import (
	"math/rand/v2"

	"github.com/retort-go/retort/jinja/internal/value"
)

// generators are results of filters that are computed as they are asked for, as Python's generators.
type generators struct {
	selections pool[selection]
	batches    pool[batches]
	columns    pool[columns]
	uniques    pool[uniques]
	pairs      pool[pairs]
	used       bool // in this render
}

// generators are those of the render.
func (s *State) generators() *generators {
	if s.vm == nil {
		return new(generators)
	}
	s.vm.generators.used = true
	return &s.vm.generators
}

func (g *generators) release(leaked bool) {
	if !g.used {
		return
	}
	g.used = false
	g.selections.release(leaked)
	g.batches.release(leaked)
	g.columns.release(leaked)
	g.uniques.release(leaked)
	g.pairs.release(leaked)
}

// walk is what generators have in common that loop over a value. They begin when the first item is asked for.
type walk struct {
	s     *State
	src   Value
	begun bool
	it    value.Iter
}

func (w *walk) next() (Value, bool, error) {
	if !w.begun {
		w.begun = true
		if err := w.it.Over(w.s.meter, w.src); err != nil {
			return Value{}, false, err
		}
	}
	return next(w.s, &w.it)
}

// next takes an item and pays for it.
func next(s *State, it *value.Iter) (Value, bool, error) {
	v, ok := it.Next()
	if !ok {
		return Value{}, false, it.Err()
	}
	return v, true, s.meter.Spend(1)
}

func filterLength(_ *State, c *Call) (Value, error) {
	v, err := builtinArg("len", c)
	if err != nil {
		return Value{}, err
	}
	n, err := value.Len(v)
	return value.Int(int64(n)), err
}

var defaultSig = signature{fn: "do_default", params: []string{"value", "default_value", "boolean"}, required: 1}

func filterDefault(_ *State, c *Call) (Value, error) {
	if len(c.Args) == 2 && len(c.Kwargs) == 0 {
		if c.Args[0].IsUndefined() {
			return c.Args[1], nil
		}
		return c.Args[0], nil
	}
	var a [3]Value
	if err := defaultSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	use := a[0].IsUndefined()
	if !use {
		boolean, err := isTrue(a[2])
		if err != nil {
			return Value{}, err
		}
		if boolean {
			t, err := value.Truth(a[0])
			if err != nil {
				return Value{}, err
			}
			use = !t
		}
	}
	switch {
	case !use:
		return a[0], nil
	case a[1].IsMissing():
		return value.Str(""), nil
	}
	return a[1], nil
}

func filterList(s *State, c *Call) (Value, error) {
	v, err := one("sync_do_list", 0, c)
	if err != nil {
		return Value{}, err
	}
	items, err := value.Items(s.meter, v)
	return value.MakeList(s.meter, items), err
}

// What is undefined in an empty sequence.
var (
	noFirst  = &value.Undef{Hint: "No first item, sequence was empty."}
	noLast   = &value.Undef{Hint: "No last item, sequence was empty."}
	noRandom = &value.Undef{Hint: "No random item, sequence was empty."}
	noItems  = &value.Undef{Hint: "No aggregated item, sequence was empty."}
)

func filterFirst(s *State, c *Call) (Value, error) {
	v, err := one("sync_do_first", 1, c)
	if err != nil {
		return Value{}, err
	}
	var it value.Iter
	if err := it.Over(s.meter, v); err != nil {
		return Value{}, err
	}
	first, ok, err := next(s, &it)
	if err == nil && !ok {
		return value.Undefined(noFirst, s.meter.Undefined), nil
	}
	return first, err
}

func filterLast(s *State, c *Call) (Value, error) {
	v, err := one("do_last", 1, c)
	if err != nil {
		return Value{}, err
	}
	switch v.Kind() {
	case value.KindList, value.KindTuple, value.KindGoSlice, value.KindRange, value.KindStr, value.KindMarkup:
		if n, err := value.Len(v); n > 0 || err != nil {
			return value.GetItem(s.meter, v, value.Int(-1))
		}
		return value.Undefined(noLast, s.meter.Undefined), nil
	}
	r, err := value.Reversed(s.meter, v)
	if err != nil {
		return Value{}, err
	}
	last, ok, err := r.Next()
	if err == nil && !ok {
		return value.Undefined(noLast, s.meter.Undefined), nil
	}
	return last, err
}

func filterRandom(s *State, c *Call) (Value, error) {
	v, err := one("do_random", 1, c)
	if err != nil {
		return Value{}, err
	}
	n, err := value.Len(v)
	if err != nil {
		return Value{}, err
	}
	if n == 0 {
		return value.Undefined(noRandom, s.meter.Undefined), nil
	}
	i := value.Int(rand.Int64N(int64(n)))
	item, err := value.GetItem(s.meter, v, i)
	switch {
	case err != nil || !item.IsUndefined():
	case isMapping(v):
		err = value.Errorf("KeyError", "%s", value.Repr(i))
	default:
		err = typeError("'%s' object is not subscriptable", value.TypeName(v))
	}
	return item, err
}

func filterReverse(s *State, c *Call) (Value, error) {
	v, err := one("do_reverse", 0, c)
	if err != nil {
		return Value{}, err
	}
	if v.IsString() {
		r, _, err := value.Slice(s.meter, v, &value.SliceOf{Start: value.None(), Stop: value.None(), Step: value.Int(-1)})
		return r, err
	}
	r, err := value.Reversed(s.meter, v)
	if err == nil {
		return value.FromIter(r), nil
	}
	if !value.IsClass(err, "TypeError") {
		return Value{}, err
	}
	items, err := value.Items(s.meter, v)
	if value.IsClass(err, "TypeError") {
		return Value{}, argumentError("argument must be iterable")
	}
	for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
		items[i], items[j] = items[j], items[i]
	}
	return value.MakeList(s.meter, items), err
}

func filterItems(s *State, c *Call) (Value, error) {
	v, err := one("do_items", 0, c)
	if err != nil {
		return Value{}, err
	}
	p := s.generators().pairs.get()
	p.walk = walk{s: s, src: v}
	return value.MakeGenerator(s.meter, "do_items", p), nil
}

// pairs are the keys and values of a dict. What is undefined has none.
type pairs struct{ walk }

func (p *pairs) Next() (Value, bool, error) {
	switch {
	case p.begun:
	case p.src.IsUndefined():
		p.src = value.Tuple(nil)
	case !isMapping(p.src):
		return Value{}, false, typeError("Can only get item pairs from a mapping.")
	default:
		items, err := value.CallMethod(&Call{Meter: p.s.meter}, p.src, itemsAttr)
		if err != nil {
			return Value{}, false, err
		}
		p.src = items
	}
	return p.next()
}

var sumSig = signature{fn: "sync_do_sum", params: []string{"iterable", "attribute", "start"}, required: 1, hidden: 1}

func filterSum(s *State, c *Call) (Value, error) {
	var a [3]Value
	if err := sumSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	var get getter
	var err error
	if given(a[1]) {
		if get, err = newGetter(s, a[1]); err != nil {
			return Value{}, err
		}
	}
	var it value.Iter
	if err := it.Over(s.meter, a[0]); err != nil {
		return Value{}, err
	}
	total := a[2]
	switch {
	case total.IsMissing():
		total = value.Int(0)
	case total.IsString():
		return Value{}, typeError("sum() can't sum strings [use ''.join(seq) instead]")
	case total.Kind() == value.KindBytes:
		return Value{}, typeError("sum() can't sum bytes [use b''.join(seq) instead]")
	}
	for {
		v, ok, err := next(s, &it)
		if !ok || err != nil {
			return total, err
		}
		if v, err = get.of(v); err != nil {
			return Value{}, err
		}
		if total, err = value.Add(s.meter, total, v); err != nil {
			return Value{}, err
		}
	}
}

var uniqueSig = signature{fn: "sync_do_unique", params: []string{"value", "case_sensitive", "attribute"}, required: 1, hidden: 1}

func filterUnique(s *State, c *Call) (Value, error) {
	var a [3]Value
	if err := uniqueSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	get, err := newGetter(s, a[2])
	if err != nil {
		return Value{}, err
	}
	if get.fold, err = folds(a[1]); err != nil {
		return Value{}, err
	}
	u := s.generators().uniques.get()
	*u = uniques{walk: walk{s: s, src: a[0]}, get: get, seen: value.MakeDict(s.meter, 0)}
	return value.MakeGenerator(s.meter, "sync_do_unique", u), nil
}

// uniques are the items whose attribute no item before had.
type uniques struct {
	walk
	get  getter
	seen *value.Dict
}

func (u *uniques) Next() (Value, bool, error) {
	for {
		v, ok, err := u.next()
		if !ok || err != nil {
			return Value{}, false, err
		}
		key, err := u.get.of(v)
		if err != nil {
			return Value{}, false, err
		}
		_, known, err := u.seen.Get(key)
		if err != nil {
			return Value{}, false, err
		}
		if known {
			continue
		}
		if err := u.s.meter.BuildItems(2); err != nil {
			return Value{}, false, err
		}
		return v, true, u.seen.Set(key, value.None())
	}
}

// folds reports whether strings are compared without their case.
func folds(caseSensitive Value) (bool, error) {
	sensitive, err := isTrue(caseSensitive)
	return !sensitive, err
}

// filterExtreme is min or max: the first item that no other is beyond.
func filterExtreme(fn string, beyond value.Op) func(*State, *Call) (Value, error) {
	sig := signature{fn: fn, params: []string{"value", "case_sensitive", "attribute"}, required: 1, hidden: 1}
	return func(s *State, c *Call) (Value, error) {
		var a [3]Value
		if err := sig.bind(c, a[:]); err != nil {
			return Value{}, err
		}
		var it value.Iter
		if err := it.Over(s.meter, a[0]); err != nil {
			return Value{}, err
		}
		best, ok, err := next(s, &it)
		if err != nil {
			return Value{}, err
		}
		if !ok {
			return value.Undefined(noItems, s.meter.Undefined), nil
		}
		get, err := newGetter(s, a[2])
		if err != nil {
			return Value{}, err
		}
		if get.fold, err = folds(a[1]); err != nil {
			return Value{}, err
		}
		return extreme(s, &it, best, get, beyond)
	}
}

func extreme(s *State, it *value.Iter, best Value, get getter, beyond value.Op) (Value, error) {
	bestKey, err := get.of(best)
	if err != nil {
		return Value{}, err
	}
	for {
		v, ok, err := next(s, it)
		if !ok || err != nil {
			return best, err
		}
		key, err := get.of(v)
		if err != nil {
			return Value{}, err
		}
		better, err := value.Compare(s.meter, beyond, key, bestKey)
		if err != nil {
			return Value{}, err
		}
		if better {
			best, bestKey = v, key
		}
	}
}
