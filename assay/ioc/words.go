package ioc

import (
	"encoding/binary"
	"strings"
)

// A wordTable maps words of lower-case letters, digits and hyphens to a byte.
// A look-up hashes one machine word and ignores letter case; it is asked for
// the last label of every dotted token of a log, so a map would not do.
type wordTable struct {
	slots   []uint16 // four times as many as words: a miss costs one probe
	entries []wordEntry
	shift   int
	lengths uint32 // one bit for each length that a word has
}

type wordEntry struct {
	key  uint64 // the first eight bytes
	name string
	is   uint8
}

func newWordTable(words map[string]uint8) *wordTable {
	bits := 4
	for 1<<bits < 4*len(words) {
		bits++
	}
	t := &wordTable{slots: make([]uint16, 1<<bits), entries: make([]wordEntry, 1, len(words)+1), shift: 64 - bits}
	for name, is := range words {
		key := wordKey([]byte(name))
		h := t.hash(key, len(name))
		for t.slots[h] != 0 {
			h = (h + 1) & uint64(len(t.slots)-1)
		}
		t.slots[h] = uint16(len(t.entries))
		t.entries = append(t.entries, wordEntry{key, name, is})
		t.lengths |= 1 << min(len(name), 31)
	}
	return t
}

// wordList reads "words words" lists into one map, marking each by its bits.
func wordList(lists map[uint8]string) map[string]uint8 {
	m := map[string]uint8{}
	for is, list := range lists {
		for _, w := range strings.Fields(list) {
			m[w] |= is
		}
	}
	return m
}

func (t *wordTable) hash(key uint64, n int) uint64 {
	return (key ^ uint64(n)) * 0x9e3779b97f4a7c15 >> (t.shift & 63)
}

// find returns the byte of word, in any letter case, or 0.
func (t *wordTable) find(word []byte) uint8 {
	n := len(word)
	if t.lengths>>min(uint(n), 31)&1 == 0 {
		return 0
	}
	key := wordKey(word)
	slots := t.slots
	for h := t.hash(key, n); ; h++ {
		e := &t.entries[slots[h&uint64(len(slots)-1)]]
		switch {
		case e.is == 0:
			return 0
		case e.key == key && len(e.name) == n && (n <= 8 || foldEqual(word[8:], e.name[8:])):
			return e.is
		}
	}
}

// wordKey is the first eight bytes of a word in lower case. Bytes of a word
// keep apart under |0x20, except '_', which no word in a table has.
func wordKey(word []byte) uint64 {
	const spaces = 0x2020202020202020
	if cap(word) >= 8 {
		k := binary.LittleEndian.Uint64(word[:8]) | spaces
		if len(word) >= 8 {
			return k
		}
		return k & (1<<(8*len(word)) - 1)
	}
	var k uint64
	for i, c := range word {
		k |= uint64(c|0x20) << (8 * i)
	}
	return k
}

// foldEqual reports whether b is the lower-case ASCII text s in any case.
func foldEqual(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if lower(c) != s[i] {
			return false
		}
	}
	return true
}
