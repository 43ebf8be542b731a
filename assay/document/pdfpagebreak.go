package document

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

// mayGoOn reports whether something at the end of a page may go on on the next:
// a piece of a hash, or an address. Only such a page waits for the next one,
// so that one that ends the reader takes no other with it.
func mayGoOn(page []pageLine) bool {
	return slices.ContainsFunc(lastLines(page), func(i int) bool { return page[i].mayGoOn() })
}

func (l *pageLine) mayGoOn() bool {
	word, piece := l.lastWord(), l.hexPiece()
	return piece != "" && !isHashLength(len(piece)) || scheme.MatchString(word) || strings.HasSuffix(word, "-")
}

// joinPages moves what goes on on the next page to where it began: an indicator
// is on one page, and its offsets count in that page's text. What both pages
// have at their heads and feet stands in no one's way.
func joinPages(page, next []pageLine) {
	ends, starts := lastLines(page), firstLines(next)
	last := slices.IndexFunc(ends, func(i int) bool { return !repeated(page[i], next) })
	first := slices.IndexFunc(starts, func(i int) bool { return !repeated(next[i], page) })
	if last < 0 || first < 0 || !page[ends[last]].mayGoOn() {
		return
	}
	last, first = ends[last], starts[first]
	// As if the next page stood below the line, at a line's usual distance.
	lines := slices.Concat(page[:last+1], next[first:])
	down := next[first].y - page[last].y + 1.2*page[last].size
	for i := last + 1; i < len(lines); i++ {
		lines[i].y -= down
	}
	wrapped := wraps(lines)
	for i := last; wrapped[i]; i++ {
		to := &next[first+i-last]
		_, rest, _ := strings.Cut(to.text, " ")
		page[last].text = lines[last].text + firstWord(lines[i+1].text)
		lines[last].text = page[last].text
		to.text = rest
		if rest != "" {
			return
		}
	}
}

// ofPage is how many lines at its end and at its start are looked at, with what
// stands at the head and the foot of each page.
const ofPage = 8

// lastLines returns the numbers of a page's last lines, the last one first.
func lastLines(page []pageLine) (list []int) {
	for i := len(page) - 1; i >= 0 && len(list) < ofPage; i-- {
		if page[i].placed {
			list = append(list, i)
		}
	}
	return list
}

// firstLines returns the numbers of a page's first lines.
func firstLines(page []pageLine) (list []int) {
	for i := 0; i < len(page) && len(list) < ofPage; i++ {
		if page[i].placed {
			list = append(list, i)
		}
	}
	return list
}

// repeated reports whether a line of one page is at the head or the foot of
// another, too, where it differs in its numbers at most.
func repeated(l pageLine, other []pageLine) bool {
	return slices.ContainsFunc(append(firstLines(other), lastLines(other)...), func(i int) bool {
		o := &other[i]
		return math.Abs(o.y-l.y) < 1 && numerals.ReplaceAllString(o.text, "0") == numerals.ReplaceAllString(l.text, "0")
	})
}

var numerals = regexp.MustCompile(`\d+`)
