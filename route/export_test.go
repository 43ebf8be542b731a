package route

// Steps tells how much work the last match was: states visited, and bytes
// looked at by patterns.
func (m *Match) Steps() int { return m.steps }

// States counts the states and the edges between them.
func (m *Map) States() int { return m.root.count() }

func (s *state) count() int {
	n := 1 + len(s.edges)
	if s.slash != nil {
		n += s.slash.count()
	}
	for _, slot := range s.texts.slots {
		if slot.to != nil {
			n += slot.to.count()
		}
	}
	for _, to := range s.texts.more {
		n += to.count()
	}
	for _, e := range s.edges {
		n += e.to.count()
	}
	return n
}
