// Package ioc finds indicators of compromise in text: addresses, domains,
// URLs, hashes, CVE ids, in every spelling that analysts use to make them
// unclickable.
//
// It is a scanner written by hand, because the three things that matter here
// cannot be had from regular expressions together: exact byte offsets of the
// original spelling (no copy of the text is refanged), decisions by evidence
// around a candidate (readme.md is a file, unless the text says otherwise),
// and linear time on any input. Each candidate looks a bounded number of
// bytes to the left and to the right, and none is read twice.
package ioc

import (
	"slices"
	"sync"
)

// Options say what to look for. The zero value looks for DefaultKinds.
type Options struct {
	// Kinds to look for; nil means DefaultKinds.
	Kinds []Kind
	// Rejected also reports candidates that were refused, each with its
	// reason, so that a person can overrule.
	Rejected bool
	// Nested also looks into encoded text: base64, hexadecimal, percent
	// escapes, character references, UTF-16 and gzip, up to three deep. Such
	// a match stands for the whole encoded text; Detail.Chain says what was
	// undone.
	Nested bool
	// Lists mark what they hold in Detail.Lists; see BuiltinLists.
	Lists []*List
	// Seen leaves out what it has met before, here or in an earlier text:
	// every indicator comes once, at its first place. Nil leaves out nothing.
	Seen *Seen
}

// Extract returns every match of the default kinds in text, in order.
func Extract(text string) []Match { return Options{}.Extract(text) }

// Extract returns every match in text, in order. Raw and Value share memory
// with text where they can. A large text is scanned on all processors.
func (o Options) Extract(text string) []Match {
	if len(text) > maxView {
		return slices.Collect(o.ExtractSeq(text))
	}
	pieces := cut(text, 0, len(text))
	all := make([]found, len(pieces))
	o.scanPieces(text, pieces, startAt(0), all, (*scanner).copyTo)
	starts := make([]int, len(pieces)+1)
	for i := range all {
		if o.Seen != nil {
			all[i].hits = o.Seen.unmet(&all[i], text, all[i].hits)
		}
		starts[i+1] = starts[i] + len(all[i].hits)
	}
	matches := make([]Match, starts[len(pieces)])
	inParallel(len(pieces), func(next func() int) {
		d := &details{}
		for i := next(); i < len(pieces); i = next() {
			all[i].matches(all[i].hits, text, matches[starts[i]:starts[i+1]], 0, d)
			o.mark(matches[starts[i]:starts[i+1]])
		}
	})
	return matches
}

// maxView is how much text one scanner can address: offsets of hits are 32
// bits wide.
const maxView = 1 << 30

// scanners are kept because one is some ten kilobytes, and many texts are
// shorter than that.
var scanners = sync.Pool{New: func() any { return newScanner("", 0) }}

// scanner returns one that is ready for text.
func (o Options) scanner(text string) *scanner {
	s := scanners.Get().(*scanner)
	s.want, s.rejected, s.nested = o.want(), o.Rejected, o.Nested
	s.all, s.asked, s.layers, s.inner = false, false, nil, nil
	s.reset(text)
	return s
}

// What is found in a piece seldom takes more, and is not kept if it does.
const (
	keptHits  = pieceSize / 2
	keptArena = 4 * pieceSize
)

// release gives a scanner back.
func (s *scanner) release() {
	s.reset("")
	if cap(s.hits) <= keptHits && cap(s.arena) <= keptArena {
		scanners.Put(s)
	}
}

// want is the set of kinds to look for.
func (o Options) want() uint64 {
	if o.Kinds == nil {
		return 1<<defaultKinds - 1
	}
	var want uint64
	for _, k := range o.Kinds {
		for i := range kinds {
			if kinds[i].kind == k {
				want |= 1 << i
			}
		}
	}
	return want
}
