package ioc

import (
	"hash/maphash"
	"math/bits"
	"slices"
)

// A Seen remembers which indicators were met, by a fingerprint of 95 bits each:
// values of any length take the same little memory, and none of the text they
// stand in is kept. That any two of a billion share one has a chance of less
// than 1 in 10^10, and the seeds are random, so nobody can write a text where
// they do.
//
// It is an open table, half to three quarters full: fingerprints are as good as
// random already, so their own bits say where they go. A log of nothing but new
// addresses spends its time here, and a map takes several times as long.
//
// A Seen is for one goroutine at a time.
type Seen struct {
	seeds  [2]maphash.Seed
	kinds  [len(kinds)]print
	shards [64]seenShard // each grows by itself: a table and its successor are never all in memory
}

// A seenShard holds the fingerprints that begin with the same six bits.
type seenShard struct {
	slots []slot
	room  int // how many more go in before it grows
}

// A slot holds a fingerprint; if first is 0, none.
type slot struct{ first, second, third uint32 }

// A print is a fingerprint before it is cut: two independent hashes.
type print [2]uint64

// NewSeen returns one that has met nothing.
func NewSeen() *Seen {
	s := &Seen{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	for i := range s.kinds {
		s.kinds[i] = s.print(string(kinds[i].kind))
	}
	return s
}

func (s *Seen) print(text string) print {
	return print{maphash.String(s.seeds[0], text), maphash.String(s.seeds[1], text)}
}

// of is the print of an indicator. Its value and kind are hashed apart, and
// turned so that a value "domain" differs from its kind; one that was refused is
// another than one that was taken.
func (s *Seen) of(kind print, value string, rejected bool) print {
	p := s.print(value)
	p[0] ^= bits.RotateLeft64(kind[0], 1)
	p[1] ^= bits.RotateLeft64(kind[1], 1)
	if rejected {
		p[1] = ^p[1]
	}
	return p
}

// Before reports whether i was met before, taken or refused as it is now, and
// remembers it.
func (s *Seen) Before(i Indicator, rejected bool) bool {
	return s.met(s.of(s.print(string(i.Kind)), i.Value, rejected))
}

// unmet drops those of the hits of f that were met before.
func (s *Seen) unmet(f *found, text string, hits []hit) []hit {
	left := hits[:0]
	var prints [batchSize]print
	for batch := range slices.Chunk(hits, batchSize) {
		// All are hashed first: then the table is asked for one after another,
		// and the processor waits for many places in memory at once.
		for i := range batch {
			h := &batch[i]
			prints[i] = s.of(s.kinds[h.kind], f.value(h, text), h.flags&flagRejected != 0)
		}
		for i := range batch {
			if !s.met(prints[i]) {
				left = append(left, batch[i])
			}
		}
	}
	return left
}

func (s *Seen) met(p print) bool {
	t := &s.shards[p[0]>>58]
	if t.room == 0 {
		t.grow()
	}
	entry := slot{uint32(p[0]) | 1, uint32(p[1]), uint32(p[1] >> 32)}
	at := t.find(entry)
	if *at == entry {
		return true
	}
	*at = entry
	t.room--
	return false
}

// find returns where a fingerprint is, or the free place where it belongs.
func (t *seenShard) find(entry slot) *slot {
	at := int(uint64(entry.third) * uint64(len(t.slots)) >> 32)
	for t.slots[at].first != 0 && t.slots[at] != entry {
		if at++; at == len(t.slots) {
			at = 0
		}
	}
	return &t.slots[at]
}

func (t *seenShard) grow() {
	old := t.slots
	t.slots = make([]slot, max(16, len(old)*3/2))
	t.room = len(t.slots)*3/4 - len(old)*3/4
	for _, entry := range old {
		if entry.first != 0 {
			*t.find(entry) = entry
		}
	}
}
