package ioc

import (
	"encoding/binary"
	"slices"
	"strings"
	"unsafe"
)

// Found is what a scanner found in a piece of text, in the least memory: a
// match is five times as large as a hit.
type found struct {
	hits   []hit
	arena  []byte
	chains []chain
	end    state // of the scanner behind the piece
}

// copyTo copies to f what the scanner has found.
func (s *scanner) copyTo(f *found) {
	s.sort()
	*f = found{slices.Clone(s.hits), slices.Clone(s.arena), s.chains, s.state}
}

// handOver gives what the scanner has found to f, and takes the memory of what
// f held before. Nothing is copied, and block after block uses the same memory.
func (s *scanner) handOver(f *found) {
	s.sort()
	hits, arena := f.hits[:0], f.arena[:0]
	*f = found{s.hits, s.arena, s.chains, s.state}
	s.hits, s.arena = hits, arena
}

// value is that of a hit. It shares memory with the text or with f.
func (f *found) value(h *hit, text string) string {
	if h.vlen == 0 {
		return text[h.start:h.end]
	}
	return unsafe.String(&f.arena[h.val], h.vlen) // written to no more while f is in use
}

// shown is the host of a hit as people read it, or "".
func (f *found) shown(h *hit) string {
	if h.flags&flagShown == 0 {
		return ""
	}
	behind := f.arena[h.val+h.vlen:]
	return unsafe.String(&behind[2], binary.LittleEndian.Uint16(behind))
}

// matches writes hits of f to out, which has their number, as matches whose
// offsets count from base.
func (f *found) matches(hits []hit, text string, out []Match, base int, d *details) {
	for i := range hits {
		h, m := &hits[i], &out[i]
		m.Kind = kinds[h.kind].kind
		m.Value = f.value(h, text)
		m.Raw = text[h.start:h.end]
		m.Start, m.End = base+int(h.start), base+int(h.end)
		m.Reason = reasons[h.why]
		m.Rejected = h.flags&flagRejected != 0
		m.Detail = nil
		if h.flags&^flagRejected != 0 {
			m.Detail = d.of(h.flags, m.Indicator, f.shown(h))
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

// ownStrings copies the strings of matches into one: the memory that they share
// is overwritten, and a match that is kept must not keep all of it.
func ownStrings(matches []Match) {
	var size int
	for i := range matches {
		size += len(matches[i].Raw) + len(matches[i].Value)
	}
	var b strings.Builder
	b.Grow(size)
	keep := func(s string) string {
		start := b.Len()
		b.WriteString(s)
		return b.String()[start:]
	}
	for i := range matches {
		m := &matches[i]
		same := m.Value == m.Raw
		m.Raw = keep(m.Raw)
		if same {
			m.Value = m.Raw
		} else {
			m.Value = keep(m.Value)
		}
	}
}
