package route

import "math/bits"

// A textTable finds the state for a fixed segment. It looks at the segment's
// length and two of its bytes, chosen so that they tell all entries apart, and
// multiplies them with a factor chosen so that no two entries share a slot. So
// one comparison decides; Go's map would cost four times as much.
type textTable struct {
	slots  []textSlot
	factor uint32
	shift  uint8
	a, b   uint8             // which bytes; the last one of shorter segments
	more   map[string]*state // all, if no such choice was found
}

// maxSlotted is how many entries may be worth the search for a perfect hash.
const maxSlotted = 512

type textSlot struct {
	text string
	to   *state
}

// find returns the state after segment, which is not empty, nil if there is
// none.
func (t *textTable) find(segment string) *state {
	if len(t.slots) == 0 {
		if t.more == nil {
			return nil
		}
		return t.more[segment]
	}
	slot := &t.slots[t.slot(segment)]
	if slot.text == segment {
		return slot.to
	}
	return nil
}

func (t *textTable) slot(s string) uint32 { return t.features(s) * t.factor >> (t.shift & 31) }

func (t *textTable) features(s string) uint32 {
	last := len(s) - 1
	return uint32(s[min(int(t.a), last)]) | uint32(s[min(int(t.b), last)])<<8 | uint32(last)<<16
}

func newTextTable(texts map[string]*state) textTable {
	if len(texts) == 0 {
		return textTable{}
	}
	for size := bits.Len(uint(len(texts))); size < bits.Len(uint(len(texts)))+4 && len(texts) <= maxSlotted; size++ {
		for a := range uint8(24) {
			for b := range a + 1 {
				t := textTable{slots: make([]textSlot, 1<<size), shift: uint8(32 - size), a: a, b: b}
				if t.distinct(texts) && t.fill(texts) {
					return t
				}
			}
		}
	}
	return textTable{more: texts}
}

// distinct reports whether the table's bytes tell all texts apart.
func (t *textTable) distinct(texts map[string]*state) bool {
	seen := map[uint32]bool{}
	for text := range texts {
		f := t.features(text)
		if seen[f] {
			return false
		}
		seen[f] = true
	}
	return true
}

// fill looks for a factor under which each text has its own slot.
func (t *textTable) fill(texts map[string]*state) bool {
	t.factor = 0x9e3779b1
search:
	for range 32 {
		t.factor = t.factor*0x915f77f5 | 1
		clear(t.slots)
		for text, to := range texts {
			slot := &t.slots[t.slot(text)]
			if slot.to != nil {
				continue search
			}
			*slot = textSlot{text, to}
		}
		return true
	}
	return false
}
