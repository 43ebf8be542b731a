package ioc

import (
	"math/bits"
	"slices"
	"unsafe"
)

// Bounds on how far one candidate looks. They make the scanner linear, and
// they are what a chunk of a stream must keep on either side.
const (
	maxToken   = 2048    // letters, digits, dots: longer runs are cut there
	maxHost    = 253     // RFC 1035, after refanging
	maxURL     = 1 << 15 // beyond it only the host is reported
	maxLine    = 512     // a line is looked at this far to either side
	maxSection = 4096    // a heading rules this far down
	lookBehind = maxSection + 2*maxLine + 2*maxToken
	lookAhead  = maxURL + 2*maxToken

	windowSize = 8 << 10 // bytes whose masks are held at once
)

// A scanner walks over one text.
type scanner struct {
	text string
	b    []byte // the bytes of text

	want     uint64 // one bit for each kind
	rejected bool   // refused candidates are wanted, too
	all      bool   // even names without a top-level domain
	asked    bool   // someone says that the text is one indicator
	nested   bool   // undo encodings

	state
	hits   []hit
	arena  []byte  // values that differ from their text
	chains []chain // of the hits from encoded text
	added  bool    // the last call of add recorded something

	host     hostBuf
	puny     *punyHosts
	suffixes [16]suffixMemo // of names that were looked up
	edits    []edit
	u        urlHost // the URL being read
	sect     section
	next     nextEntry
	object   object
	line     lineMemo
	cues     cueMemo
	foreign  foreignMemo
	header   headerMemo
	layers   chain    // what was undone to get this text
	inner    *scanner // for what was decoded

	gapless   span // known to be all of one run
	value     span // known to be all of one bare value
	base, end int  // the window
	words     [windowSize / 64]word
}

// A state is what a scanner knows of the text before the event it looks at,
// besides that text itself. Nothing left of floor may become part of a
// candidate again, and events left of done are already settled.
type state struct {
	floor     int
	done      int
	local     span   // a defanged local part seen just before its "@"
	walked    int    // how far the walk has come
	wide      int    // hosts with letters beyond ASCII have been tried up to here
	number    number // the last address or version
	escape    escape // the last backslash that was looked at
	taken     []span // URLs and e-mail addresses, for the walk
	unwrapped int    // how far encoded text has been read
}

// startAt is the state of a scanner for which the text begins at p.
func startAt(p int) state {
	return state{floor: p, done: p, local: span{-1, -1}, wide: p, number: number{end: -1}, escape: escape{at: -1}, walked: p, unwrapped: p}
}

// reach is how far a scanner in this state has settled the text.
func (s *state) reach() int { return max(s.floor, s.done, s.walked, s.unwrapped) }

// shift makes the offsets of a text from which drop bytes are cut.
func (s *state) shift(drop int) {
	s.floor, s.done, s.wide, s.walked, s.unwrapped = s.floor-drop, s.done-drop, s.wide-drop, s.walked-drop, s.unwrapped-drop
	s.number.end -= drop
	s.escape.at -= drop
	s.local = span{s.local.start - drop, s.local.end - drop}
	for i := range s.taken {
		s.taken[i] = span{s.taken[i].start - drop, s.taken[i].end - drop}
	}
}

// A span is text[start:end].
type span struct{ start, end int }

// A hit is a Match before anyone asks for it: 20 bytes without pointers.
type hit struct {
	start, end uint32
	val, vlen  uint32 // in the arena; vlen 0 means the text itself
	kind       uint8
	why        reason
	flags      flags
	chain      uint8 // which of the scanner's, from 1
}

func newScanner(text string, want uint64) *scanner {
	s := &scanner{want: want}
	s.reset(text)
	return s
}

func (s *scanner) reset(text string) {
	s.text = text
	s.b = unsafe.Slice(unsafe.StringData(text), len(text)) // never written to
	s.state = startAt(0)
	s.hits, s.arena, s.chains = s.hits[:0], s.arena[:0], nil
	s.sect = section{}
	s.gapless, s.value, s.cues, s.foreign, s.host.fresh = span{}, span{}, cueMemo{}, foreignMemo{}, false
	s.next, s.object = nextEntry{}, object{brace: -1, typed: -1}
	s.startLines(0)
}

// at is the byte at p, or 0 outside the text.
func (s *scanner) at(p int) byte {
	if uint(p) < uint(len(s.b)) {
		return s.b[p]
	}
	return 0
}

// scan settles every event in [from,to). What it finds may reach beyond to.
func (s *scanner) scan(from, to int) {
	hex, last := s.hexBefore(from), from
	s.startLines(from)
	s.header = headerMemo{start: -1}
	for s.base = from; s.base < to; s.base += windowSize {
		s.end = min(s.base+windowSize, len(s.b))
		words := s.words[:(s.end-s.base+63)/64]
		fillMasks(words, s.b, s.base)
		for w := range words {
			p := s.base + w*64
			if p >= to {
				break
			}
			m := &words[w]
			hex = s.hashes(p, from, to, m.hex, hex)
			last = min(p+64, len(s.b))
			dots, marks := m.dot, m.mark
			if m.wide != 0 {
				marks |= s.wideDots(p, m.wide)
			}
			if to-p < 64 {
				dots &= 1<<(to-p) - 1
				marks &= 1<<(to-p) - 1
			}
			s.events(p, dots, marks)
		}
	}
	s.lastHash(last, from, to, hex)
	if s.wants(onWalk) {
		s.walk(from, to)
	}
	if s.nested {
		s.unwrap(from, to)
	}
}

// events settles the events of the 64 bytes at p. Dots of a token that is done
// are dropped all at once; other marks look for themselves, as a CVE id also
// counts inside other tokens.
func (s *scanner) events(p int, dots, marks uint64) {
	if s.done > p {
		dots &^= below(s.done - p)
	}
	for all := dots | marks; all != 0; all = dots | marks {
		bit := all & -all
		q := p + bits.TrailingZeros64(all)
		if dots&bit == 0 {
			marks &^= bit
			s.mark(q)
		} else {
			dots &^= bit
			s.dot(q)
		}
		if s.done > q {
			dots &^= below(s.done - p)
		}
	}
}

// below is a mask of the n lowest bits.
func below(n int) uint64 {
	if n >= 64 {
		return ^uint64(0)
	}
	return 1<<n - 1
}

func (s *scanner) mark(p int) {
	c := s.b[p]
	if c|0x20 == 'c' {
		s.cve(p)
		return
	}
	if p < s.done {
		return
	}
	switch c {
	case ':':
		s.colon(p)
	case '@':
		s.email(p)
	case 'o', 'O':
		if s.at(p+1)|0x20 == 't' {
			s.dotWord(p)
		} else {
			s.closing(p)
		}
	default:
		s.closing(p)
	}
}

// wideDots finds dots of other scripts: they are as good as '.' in a host.
func (s *scanner) wideDots(p int, wide uint64) (dots uint64) {
	for ; wide != 0; wide &= wide - 1 {
		i := bits.TrailingZeros64(wide)
		if s.wideDot(p + i) {
			dots |= 1 << i
		}
	}
	return dots
}

// settle marks everything before p as done and out of reach.
func (s *scanner) settle(p int) {
	s.done = max(s.done, p)
	s.floor = max(s.floor, p)
}

// run returns the token around p: letters, digits, '.', '-' and '_'. Most lie
// within one word of masks.
func (s *scanner) run(p int) (start, end int) {
	if i := p - s.base; i >= 0 && p < s.end {
		gaps, off := ^s.words[i/64].token, i%64
		before, after := gaps<<(63-off), gaps>>off
		if before != 0 && after != 0 {
			low := s.floor
			if s.done <= p {
				low = max(low, s.done)
			}
			return max(low, p+1-bits.LeadingZeros64(before)), min(len(s.b), p+bits.TrailingZeros64(after))
		}
	}
	return s.runStart(p), s.runEnd(p)
}

func (s *scanner) runStart(p int) int {
	low := max(s.floor, p-maxToken)
	if s.done <= p {
		low = max(low, s.done)
	}
	if p >= s.base && p < s.end {
		w, off := (p-s.base)/64, (p-s.base)%64
		gaps := ^s.words[w].token << (63 - off)
		for gaps == 0 && w > 0 {
			w, off = w-1, 63
			gaps = ^s.words[w].token
		}
		if gaps != 0 {
			return max(low, s.base+w*64+off-bits.LeadingZeros64(gaps)+1)
		}
		p = s.base
	}
	for p > low && is(s.b[p-1], cToken) {
		p--
	}
	return max(low, p)
}

func (s *scanner) runEnd(p int) int {
	if p >= s.base && p < s.end {
		w, off := (p-s.base)/64, (p-s.base)%64
		if gaps := ^s.words[w].token >> off << off; gaps != 0 {
			return min(len(s.b), s.base+w*64+bits.TrailingZeros64(gaps))
		}
	}
	return s.longRunEnd(p)
}

// longRunEnd is runEnd for a run that fills the rest of its word of masks. What
// is known to have no gap is not looked at again: the run may hold candidates
// by the hundred.
func (s *scanner) longRunEnd(p int) int {
	high := min(len(s.b), p+maxToken)
	if p < s.gapless.start || p > s.gapless.end {
		s.gapless = span{p, p}
	}
	q := s.gapless.end
	for q < high {
		if q < s.base || q >= s.end {
			if !is(s.b[q], cToken) {
				break
			}
			q++
			continue
		}
		w, off := (q-s.base)/64, (q-s.base)%64
		if gaps := ^s.words[w].token >> off << off; gaps != 0 {
			q = s.base + w*64 + bits.TrailingZeros64(gaps)
			break
		}
		q = s.base + w*64 + 64
	}
	s.gapless.end = min(q, len(s.b))
	return min(high, q)
}

// labelEnd is where the letters, digits, hyphens and underscores from p on end,
// which is looked for no further than a name may be long.
func (s *scanner) labelEnd(p int) int {
	high := min(len(s.b), p+maxHost)
	for q := p; q < high; {
		if q < s.base || q >= s.end {
			if !is(s.b[q], cLabel) {
				return q
			}
			q++
			continue
		}
		w, off := (q-s.base)/64, (q-s.base)%64
		if stops := (^s.words[w].token | s.words[w].dot) >> off; stops != 0 {
			return min(high, q+bits.TrailingZeros64(stops))
		}
		q += 64 - off
	}
	return high
}

// take records a match whose value is the text itself.
func (s *scanner) take(k kind, start, end int, why reason) {
	s.add(k, start, end, 0, 0, why, 0)
}

// takeArena records a match whose value is the arena from val on.
func (s *scanner) takeArena(k kind, start, end, val int, why reason) {
	if string(s.arena[val:]) == s.text[start:end] {
		s.arena = s.arena[:val]
		s.add(k, start, end, 0, 0, why, 0)
		return
	}
	s.add(k, start, end, val, len(s.arena)-val, why, 0)
}

// refuse records a candidate that was not taken, if anyone wants to know.
func (s *scanner) refuse(k kind, start, end int, why reason) {
	if s.rejected && end > start {
		s.add(k, start, end, 0, 0, why, flagRejected)
	}
}

func (s *scanner) add(k kind, start, end, val, vlen int, why reason, f flags) {
	s.added = s.want>>k&1 != 0
	if !s.added {
		return
	}
	n := len(s.hits)
	if n == cap(s.hits) {
		s.hits = slices.Grow(s.hits, n+64) // doubling copies less than append would
	}
	s.hits = s.hits[:n+1]
	h := &s.hits[n] // filled in here: copied, it would wait for its own stores
	h.start, h.end, h.val, h.vlen = uint32(start), uint32(end), uint32(val), uint32(vlen)
	h.kind, h.why, h.flags, h.chain = uint8(k), why, f, 0
	if cap(s.arena)-len(s.arena) < maxHost && vlen > 0 {
		s.arena = slices.Grow(s.arena, cap(s.arena)+1024)
	}
}

// flag adds facts to the hit recorded last. It is called right after recording
// one; if its kind is not wanted, there is nothing to flag.
func (s *scanner) flag(f flags) {
	if s.added && len(s.hits) > 0 {
		s.hits[len(s.hits)-1].flags |= f
	}
}

// sort puts hits in order. They are nearly so: a URL is found at its colon, a
// hash at its end. Only what the walk finds is far from its place.
func (s *scanner) sort() {
	h := s.hits
	for i := 1; i < len(h); i++ {
		if compareHits(h[i-1], h[i]) <= 0 {
			continue
		}
		moved := h[i]
		j := i
		for ; j > 0 && i-j < 64 && compareHits(h[j-1], moved) > 0; j-- {
			h[j] = h[j-1]
		}
		h[j] = moved
		if j > 0 && compareHits(h[j-1], moved) > 0 {
			slices.SortStableFunc(h, compareHits)
			return
		}
	}
}

func compareHits(a, b hit) int {
	if a.start != b.start {
		return int(int64(a.start) - int64(b.start))
	}
	if a.end != b.end {
		return int(int64(b.end) - int64(a.end))
	}
	return int(a.kind) - int(b.kind)
}
