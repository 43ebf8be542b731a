package main

import (
	"hash/maphash"

	"github.com/retort-go/retort/assay/ioc"
)

// seen remembers which indicators were met, by a fingerprint of 128 bits each:
// values of any length take the same little memory, and none of the text they
// stand in is kept. That two of a billion share one has a chance of less than 1
// in 10^20, and the seeds are random, so nobody can write a text where they do.
//
// It is an open table, a third to two thirds full: fingerprints are as good as
// random already, so their own bits say where they go. A log of nothing but new
// addresses spends its time here, and a map takes twice as long.
type seen struct {
	seeds [2]maphash.Seed
	slots [][2]uint64 // a power of two of them; the zero fingerprint is none
	met   int
}

func newSeen() *seen {
	return &seen{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, slots: make([][2]uint64, 1<<10)}
}

// before reports whether i was met before, taken or refused as it is now, and
// remembers it.
func (s *seen) before(i ioc.Indicator, rejected bool) bool {
	print := [2]uint64{maphash.Comparable(s.seeds[0], i) | 1, maphash.Comparable(s.seeds[1], i)}
	if rejected {
		print[1] = ^print[1]
	}
	if 3*s.met > 2*len(s.slots) {
		s.grow()
	}
	slot := s.find(print)
	if *slot == print {
		return true
	}
	*slot = print
	s.met++
	return false
}

// find returns where a fingerprint is, or the free place where it belongs.
func (s *seen) find(print [2]uint64) *[2]uint64 {
	mask := uint64(len(s.slots) - 1)
	at := print[1] & mask
	for s.slots[at] != print && s.slots[at][0] != 0 {
		at = (at + 1) & mask
	}
	return &s.slots[at]
}

func (s *seen) grow() {
	old := s.slots
	s.slots = make([][2]uint64, 2*len(old))
	for _, print := range old {
		if print[0] != 0 {
			*s.find(print) = print
		}
	}
}
