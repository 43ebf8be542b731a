package ioc

import "slices"

// ExtractAt extracts as ExtractReader does, but moves its window at the given
// borders, which may lie anywhere.
func (o Options) ExtractAt(text string, borders []int) (list []Match) {
	f := o.follower()
	defer f.release()
	f.own = true
	from := 0
	for _, to := range append(slices.Clone(borders), len(text)) {
		start := max(0, from-lookBehind)
		f.view(text[start:min(len(text), to+lookAhead)], start-f.base)
		f.block(from-f.base, to-f.base, to == len(text), func(m Match) bool {
			list = append(list, m)
			return true
		})
		from = to
	}
	return list
}
