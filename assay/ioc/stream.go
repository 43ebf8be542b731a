package ioc

import (
	"cmp"
	"errors"
	"io"
	"iter"
	"runtime"
	"slices"
	"sync"
	"unsafe"
)

// maxBack is how far left of its event a match may begin.
const maxBack = maxToken + 4*maxHost

// ExtractSeq yields what Extract returns without keeping it.
func (o Options) ExtractSeq(text string) iter.Seq[Match] {
	return func(yield func(Match) bool) {
		f := o.follower()
		defer f.release()
		for from := 0; from < len(text); {
			// The view moves only when offsets would outgrow a hit.
			if start := max(0, from-lookBehind); f.text == "" || from-f.base > maxView/2 {
				f.view(text[start:min(len(text), start+maxView+lookAhead)], start-f.base)
			}
			to := min(len(text), from+blockSize())
			if !f.block(from-f.base, to-f.base, to == len(text), yield) {
				return
			}
			from = to
		}
	}
}

// ExtractReader yields the matches of a stream, the same ones that Extract
// would return for its whole text, in memory that does not grow with it.
// Offsets count from the start of the stream. An error of r ends the sequence
// and is yielded with a zero Match, after the matches before it.
func (o Options) ExtractReader(r io.Reader) iter.Seq2[Match, error] {
	return func(yield func(Match, error) bool) {
		f := o.follower()
		defer f.release()
		f.own = true
		w := window{r: r}
		for from := 0; w.err == nil; {
			w.fill(from + blockSize() + lookAhead)
			f.view(unsafe.String(unsafe.SliceData(w.buf), len(w.buf)), 0) // read only until the window moves
			to := len(w.buf) - lookAhead
			if w.err != nil {
				to = len(w.buf)
			}
			if !f.block(from, to, w.err != nil, func(m Match) bool { return yield(m, nil) }) {
				return
			}
			drop := max(0, to-lookBehind)
			w.drop(drop)
			f.view("", drop)
			from = to - drop
		}
		if !errors.Is(w.err, io.EOF) {
			yield(Match{}, w.err)
		}
	}
}

// A window holds the part of a stream that is being scanned.
type window struct {
	r   io.Reader
	buf []byte
	err error
}

// fill reads until the window holds n bytes or the stream ends.
func (w *window) fill(n int) {
	w.buf = slices.Grow(w.buf, max(0, n-len(w.buf)))
	for w.err == nil && len(w.buf) < n {
		var m int
		m, w.err = w.r.Read(w.buf[len(w.buf):n])
		w.buf = w.buf[:len(w.buf)+m]
	}
}

func (w *window) drop(n int) { w.buf = w.buf[:copy(w.buf, w.buf[n:])] }

// A follower scans a text block by block and yields what it finds as it goes.
type follower struct {
	o       Options
	text    string // the view
	base    int    // where that begins in the whole text
	state   state
	details *details
	own     bool    // matches must not share the view's memory, which is used again
	found   []found // of each piece of the last block, for their memory
	batch   []Match // reused: few are made at a time
	held    []Match // what a match of the next block may have to precede
}

// followers are kept for their memory, as scanners are.
var followers = sync.Pool{New: func() any { return &follower{} }}

// follower returns one for a text that begins now.
func (o Options) follower() *follower {
	f := followers.Get().(*follower)
	f.o, f.state, f.details = o, startAt(0), &details{}
	return f
}

// release gives a follower back, with nothing of the text.
func (f *follower) release() {
	clear(f.batch[:cap(f.batch)])
	found := f.found[:cap(f.found)]
	for i := range found {
		f := &found[i]
		f.chains, f.end = nil, state{}
		if cap(f.hits) > keptHits || cap(f.arena) > keptArena {
			f.hits, f.arena = nil, nil
		}
	}
	*f = follower{found: found[:0], batch: f.batch}
	followers.Put(f)
}

// batchSize is how many matches are made at a time.
const batchSize = 256

// blockSize is a piece for every processor.
func blockSize() int { return pieceSize * runtime.GOMAXPROCS(0) }

// view shows another part of the text, which begins drop bytes behind the one
// before.
func (f *follower) view(text string, drop int) {
	f.text = text
	f.base += drop
	f.state.shift(drop)
}

// block scans text[from:to] of the view and yields what nothing that follows
// can precede.
func (f *follower) block(from, to int, last bool, yield func(Match) bool) bool {
	pieces := cut(f.text, from, to)
	if len(pieces) == 0 {
		pieces = []span{{from, to}}
	}
	f.found = slices.Grow(f.found[:0], len(pieces))[:len(pieces)]
	f.o.scanPieces(f.text, pieces, f.state, f.found, (*scanner).handOver)
	f.state = f.found[len(pieces)-1].end
	for i := range f.found {
		found := f.found[i]
		if !f.own {
			found.arena = slices.Clone(found.arena) // matches share it
		}
		hits := found.hits
		n := len(hits)
		if i == len(f.found)-1 && !last {
			n, _ = slices.BinarySearchFunc(hits, to-maxBack, func(h hit, p int) int { return int(h.start) - p })
		}
		for from := 0; from < n; from += batchSize {
			if !f.yield(&found, hits[from:min(n, from+batchSize)], yield) {
				return false
			}
		}
		if !f.yieldHeld(len(f.held), yield) {
			return false
		}
		f.held = slices.Clone(f.make(&found, hits[n:]))
	}
	return true
}

// yield yields the matches of hits, each after those held back that precede it.
func (f *follower) yield(found *found, hits []hit, yield func(Match) bool) bool {
	seen := f.o.Seen
	if seen != nil && len(f.held) == 0 {
		hits, seen = seen.unmet(found, f.text, hits), nil
	}
	for _, m := range f.make(found, hits) {
		n := 0
		for n < len(f.held) && compareMatches(f.held[n], m) <= 0 {
			n++
		}
		if !f.yieldHeld(n, yield) {
			return false
		}
		if (seen == nil || !seen.Before(m.Indicator, m.Rejected)) && !yield(m) {
			return false
		}
	}
	return true
}

// yieldHeld yields the first n of the matches that were held back.
func (f *follower) yieldHeld(n int, yield func(Match) bool) bool {
	for _, m := range f.held[:n] {
		if (f.o.Seen == nil || !f.o.Seen.Before(m.Indicator, m.Rejected)) && !yield(m) {
			return false
		}
	}
	f.held = f.held[n:]
	return true
}

// make turns some of the hits of a piece into matches, which are good until
// the next call.
func (f *follower) make(found *found, hits []hit) []Match {
	f.batch = slices.Grow(f.batch[:0], len(hits))[:len(hits)]
	found.matches(hits, f.text, f.batch, f.base, f.details)
	if f.own {
		ownStrings(f.batch)
	}
	f.o.mark(f.batch)
	return f.batch
}

// compareMatches orders matches as compareHits does hits.
func compareMatches(a, b Match) int {
	return cmp.Or(a.Start-b.Start, b.End-a.End, slices.Index(allKinds, a.Kind)-slices.Index(allKinds, b.Kind))
}
