package ioc

import "slices"

// Found is what a scanner found in a piece of text, in the least memory: a
// match is four times as large as a hit.
type found struct {
	hits   []hit
	arena  string
	chains []chain
	end    state // of the scanner behind the piece
}

// found takes what the scanner has found so far.
func (s *scanner) found() found {
	s.sort()
	f := found{slices.Clone(s.hits), string(s.arena), s.chains, s.state}
	s.hits, s.arena, s.chains = s.hits[:0], s.arena[:0], nil
	return f
}

// matches writes the hits to out, which has their number, as matches whose
// offsets count from base.
func (f *found) matches(text string, out []Match, base int, d *details) {
	for i := range f.hits {
		h, m := &f.hits[i], &out[i]
		m.Kind = kinds[h.kind].kind
		m.Raw = text[h.start:h.end]
		if h.vlen == 0 {
			m.Value = m.Raw
		} else {
			m.Value = f.arena[h.val : h.val+h.vlen]
		}
		m.Start, m.End = base+int(h.start), base+int(h.end)
		m.Reason = reasons[h.why]
		m.Rejected = h.flags&flagRejected != 0
		m.Detail = nil
		if h.flags&^flagRejected != 0 {
			m.Detail = d.of(h.flags, m.Indicator)
		}
		if h.chain > 0 {
			c := Detail{Chain: f.chains[h.chain-1]}
			if m.Detail != nil {
				c.Flags, c.Unicode = m.Detail.Flags, m.Detail.Unicode
			}
			m.Detail = &c
		}
	}
}
