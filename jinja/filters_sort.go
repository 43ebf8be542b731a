package jinja

import (
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

var sortSig = signature{fn: "do_sort", params: []string{"value", "reverse", "case_sensitive", "attribute"}, required: 1, hidden: 1}

func filterSort(s *State, c *Call) (Value, error) {
	var a [4]Value
	if err := sortSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	fold, err := folds(a[2])
	if err != nil {
		return Value{}, err
	}
	var few [4]getter
	getters, err := sortGetters(s, a[3], fold, few[:0])
	if err != nil {
		return Value{}, err
	}
	items, err := value.Items(s.meter, a[0])
	if err != nil {
		return Value{}, err
	}
	backward, err := intOr(a[1], 0)
	if err != nil {
		return Value{}, err
	}
	keys, err := sortKeys(s, items, getters)
	if err != nil {
		return Value{}, err
	}
	items, err = value.SortBy(s.meter, items, keys, backward != 0)
	return value.MakeList(s.meter, items), err
}

// sortGetters reads the argument attribute of sort, which may name several, divided by commas, and appends to getters.
func sortGetters(s *State, attribute Value, fold bool, getters []getter) ([]getter, error) {
	for rest, more := attribute, true; more; {
		name := rest
		if more = false; rest.IsString() {
			text := rest.AsString()
			if n := strings.IndexByte(text, ','); n >= 0 {
				name, rest, more = value.Substring(rest, 0, n), value.Substring(rest, n+1, len(text)), true
			}
		}
		g, err := newGetter(s, name)
		if err != nil {
			return nil, err
		}
		g.fold = fold
		getters = append(getters, g)
	}
	return getters, nil
}

// sortKeys returns for each item the values it is sorted by, as a tuple, all in one piece of memory.
func sortKeys(s *State, items []Value, getters []getter) ([]Value, error) {
	n := len(getters)
	if err := s.meter.BuildItems(len(items) * (n + 1)); err != nil {
		return nil, err
	}
	slab, keys := value.MakeItems(s.meter, len(items)*n), value.MakeItems(s.meter, len(items))
	for i, item := range items {
		key := slab[i*n : (i+1)*n : (i+1)*n]
		for j := range getters {
			var err error
			if key[j], err = getters[j].of(item); err != nil {
				return nil, err
			}
		}
		keys[i] = value.Tuple(key)
	}
	return keys, nil
}

var dictsortSig = signature{fn: "do_dictsort", params: []string{"value", "case_sensitive", "by", "reverse"}, required: 1}

func filterDictsort(s *State, c *Call) (Value, error) {
	var a [4]Value
	if err := dictsortSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	by := "key"
	if !a[2].IsMissing() {
		by = ""
		if a[2].IsString() {
			by = a[2].AsString()
		}
	}
	if by != "key" && by != "value" {
		return Value{}, argumentError(`You can only sort by either "key" or "value"`)
	}
	fold, err := folds(a[1])
	if err != nil {
		return Value{}, err
	}
	pairs, err := dictItems(s, a[0])
	if err != nil {
		return Value{}, err
	}
	at := 0
	if by == "value" {
		at = 1
	}
	keys := value.MakeItems(s.meter, len(pairs))
	for i, pair := range pairs {
		keys[i] = pair.AsTuple()[at]
		if fold && keys[i].IsString() {
			if keys[i], err = value.Lower(s.meter, keys[i]); err != nil {
				return Value{}, err
			}
		}
	}
	backward, err := intOr(a[3], 0)
	if err != nil {
		return Value{}, err
	}
	pairs, err = value.SortBy(s.meter, pairs, keys, backward != 0)
	return value.MakeList(s.meter, pairs), err
}

// dictItems is list(v.items()).
func dictItems(s *State, v Value) ([]Value, error) {
	if !isMapping(v) {
		if err := value.UndefinedError(v); err != nil {
			return nil, err
		}
		return nil, value.Errorf("AttributeError", "'%s' object has no attribute 'items'", value.TypeName(v))
	}
	items, err := value.CallMethod(&Call{Meter: s.meter}, v, itemsAttr)
	if err != nil {
		return nil, err
	}
	return value.Items(s.meter, items)
}

var groupbySig = signature{
	fn: "sync_do_groupby", params: []string{"value", "attribute", "default", "case_sensitive"}, required: 2, hidden: 1,
}

// groupType is Jinja's named tuple for a group.
var groupType = value.NewTupleType("jinja2.filters._GroupTuple", "grouper", "list")

func filterGroupby(s *State, c *Call) (Value, error) {
	var a [4]Value
	if err := groupbySig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	get, err := newGetter(s, a[1])
	if err != nil {
		return Value{}, err
	}
	if given(a[2]) {
		get.def = a[2]
	}
	named := get
	if get.fold, err = folds(a[3]); err != nil {
		return Value{}, err
	}
	items, err := value.Items(s.meter, a[0])
	if err != nil {
		return Value{}, err
	}
	keys := value.MakeItems(s.meter, len(items))
	for i, item := range items {
		if keys[i], err = get.of(item); err != nil {
			return Value{}, err
		}
	}
	if items, err = value.SortBy(s.meter, items, keys, false); err != nil {
		return Value{}, err
	}
	return groups(s, items, get, named)
}

// groups cuts sorted items where the key changes. A group is named by its first item's key in its own spelling.
func groups(s *State, items []Value, get, named getter) (Value, error) {
	out := value.MakeItems(s.meter, len(items))[:0]
	for start := 0; start < len(items); {
		key, err := get.of(items[start])
		if err != nil {
			return Value{}, err
		}
		end := start + 1
		for ; end < len(items); end++ {
			k, err := get.of(items[end])
			if err != nil {
				return Value{}, err
			}
			if same, err := value.Equal(s.meter, k, key); err != nil {
				return Value{}, err
			} else if !same {
				break
			}
		}
		if get.fold {
			if key, err = named.of(items[start]); err != nil {
				return Value{}, err
			}
		}
		if err := s.meter.BuildItems(3 + end - start); err != nil {
			return Value{}, err
		}
		group, pair := value.MakeItems(s.meter, end-start), value.MakeItems(s.meter, 2)
		copy(group, items[start:end])
		pair[0], pair[1] = key, value.MakeList(s.meter, group)
		out = append(out, groupType.Of(pair...))
		start = end
	}
	return value.MakeList(s.meter, out), nil
}
