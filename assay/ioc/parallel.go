package ioc

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// Large texts are scanned in pieces on all processors. Pieces begin behind a
// line feed, which no candidate reaches back over, so a piece needs to know of
// the one before it only if something of that reaches forward over the border:
// a URL broken by mail, a YARA rule. Then the piece is scanned again, from
// where that ends.

// pieceSize is what is scanned at a time: enough to make starting cheap, so
// little that what is found stays in the cache.
const pieceSize = 512 << 10

// cut divides text[from:to] into pieces that begin behind line feeds. A line
// longer than a piece is not cut.
func cut(text string, from, to int) []span {
	var pieces []span
	for from < to {
		end := to
		if to-from > pieceSize+pieceSize/2 {
			if i := strings.IndexByte(text[from+pieceSize:to], '\n'); i >= 0 {
				end = from + pieceSize + i + 1
			}
		}
		pieces = append(pieces, span{from, end})
		from = end
	}
	return pieces
}

// scanPieces scans adjacent pieces of a text, the first one from a given state,
// and gives what it finds in each to take.
func (o Options) scanPieces(text string, pieces []span, first state, all []found, take func(*scanner, *found)) {
	inParallel(len(pieces), func(next func() int) {
		s := o.scanner(text)
		defer s.release()
		for i := next(); i < len(pieces); i = next() {
			st := first
			if i > 0 {
				st = startAt(pieces[i].start)
			}
			s.piece(pieces[i], st)
			take(s, &all[i])
		}
	})
	for i := 1; i < len(pieces); i++ {
		if before := all[i-1].end; before.reach() > pieces[i].start {
			s := o.scanner(text)
			s.piece(pieces[i], before)
			take(s, &all[i])
			s.release()
		}
	}
}

// piece scans a piece from a given state.
func (s *scanner) piece(p span, from state) {
	s.state = from
	s.sect = section{}
	s.hits, s.arena, s.chains = s.hits[:0], s.arena[:0], nil
	s.scan(p.start, p.end)
}

// inParallel runs work on as many processors as n tasks need, and waits. Each
// asks next for the number of a task until that is n or more.
func inParallel(n int, work func(next func() int)) {
	var last atomic.Int64
	next := func() int { return int(last.Add(1)) - 1 }
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		work(next)
		return
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { work(next) })
	}
	wg.Wait()
}
