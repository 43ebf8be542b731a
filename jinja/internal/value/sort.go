package value

import "slices"

// sorter sorts keys and moves items along.
type sorter struct {
	m    *Meter
	at   []int // the order so far
	keys []Value
	err  error
}

// less is the only question asked; after an error it answers no, so that the
// sort ends.
func (s *sorter) less(i, j int) bool {
	if s.err != nil {
		return false
	}
	a, b := s.keys[i], s.keys[j]
	if s.err = s.m.Spend(1); s.err != nil {
		return false
	}
	var is bool
	is, s.err = less(s.m, a, b)
	return is
}

// SortBy returns items in the order of their keys, stably, as Python's sorted
// does; backward keeps equal ones in place too. Items and keys are not changed.
func SortBy(m *Meter, items, keys []Value, backward bool) ([]Value, error) {
	if err := m.BuildItems(len(items)); err != nil {
		return nil, err
	}
	s := sorter{m: m, keys: keys, at: m.order[:0]}
	m.order = nil // comparing may sort too
	for i := range items {
		s.at = append(s.at, i)
	}
	if backward { // reversed before and after, so that it is stable
		slices.Reverse(s.at)
	}
	if len(items) < 64 {
		s.short()
	} else {
		slices.SortStableFunc(s.at, func(i, j int) int {
			if s.less(i, j) {
				return -1
			}
			return 0
		})
	}
	if s.err != nil {
		return nil, s.err
	}
	if backward {
		slices.Reverse(s.at)
	}
	out := MakeItems(m, len(items))
	for i, from := range s.at {
		out[i] = items[from]
	}
	m.order = s.at
	return out, nil
}

// short sorts as CPython sorts fewer than 64 items, so that even what has no
// real order (nan) ends up in the same places and errors name the same pair: a
// run found at the start, reversed if it falls, then binary insertion.
func (s *sorter) short() {
	at := s.at
	n := min(len(at), 1)
	if len(at) > 1 {
		n = 2
		if s.less(at[1], at[0]) {
			for n < len(at) && s.less(at[n], at[n-1]) {
				n++
			}
			slices.Reverse(at[:n])
		} else {
			for n < len(at) && !s.less(at[n], at[n-1]) {
				n++
			}
		}
	}
	for ; n < len(at); n++ {
		pivot := at[n]
		lo, hi := 0, n
		for lo < hi {
			if mid := lo + (hi-lo)/2; s.less(pivot, at[mid]) {
				hi = mid
			} else {
				lo = mid + 1
			}
		}
		copy(at[lo+1:n+1], at[lo:n])
		at[lo] = pivot
	}
}
