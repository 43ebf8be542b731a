package document

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

// A page has lines, not paragraphs: a hash in a narrow cell or an address in a
// column of text goes on in the next line, and as two lines it would be no
// indicator, or a wrong one. Lines are put together where the next one stands
// below in the same column and what both say leaves little doubt.

// wraps reports for each line whether the next one goes on with its last word. A
// hyphen that only says so is taken from its line.
func wraps(lines []pageLine) []bool {
	wrapped := make([]bool, len(lines))
	for i := 0; i+1 < len(lines); i++ {
		if !lines[i].above(&lines[i+1]) {
			continue
		}
		if n := hashLines(lines[i:]); n > 1 {
			for k := i; k < i+n-1; k++ {
				wrapped[k] = true
				lines[k].text = strings.TrimSuffix(lines[k].text, "-")
			}
			i += n - 2
			continue
		}
		word := lines[i].lastWord() // with what of it stands above
		for k := i; k > max(0, i-32) && wrapped[k-1] && strings.HasSuffix(word, lines[k].text); k-- {
			word = lines[k-1].lastWord() + word
		}
		wrapped[i] = goesOn(word, firstWord(lines[i+1].text), full(lines, i, lines[i+1].starts[0]))
	}
	return wrapped
}

// above reports whether next is the line below in the same column or cell, and
// whether nothing ends this one.
func (l *pageLine) above(next *pageLine) bool {
	const tight, loose = 0.7, 2.2 // of the size, from line to line
	down := l.y - next.y
	return l.placed && next.placed && !l.blankAtEnd && next.text != "" &&
		math.Abs(l.size-next.size) < l.size/10 && l.startsAt(next.starts[0]) &&
		down > tight*l.size && down < loose*l.size
}

// startsAt reports whether the line, or a cell in it, starts there.
func (l *pageLine) startsAt(x float64) bool {
	return slices.ContainsFunc(l.starts, func(start float64) bool { return math.Abs(start-x) < l.size/3 })
}

// full reports whether a line reaches the edge of the column that starts at x,
// which other lines near it have to reach too: the longest line of a list is no
// full one.
func full(lines []pageLine, i int, x float64) bool {
	const near = 12
	edge, reaching := lines[i].end, 0
	around := lines[max(0, i-near):min(len(lines), i+near)]
	for k := range around {
		if around[k].startsAt(x) {
			edge = max(edge, around[k].end)
		}
	}
	edge -= lines[i].size
	for k := range around {
		if around[k].startsAt(x) && around[k].end > edge {
			reaching++
		}
	}
	return reaching > 1 && lines[i].end > edge
}

func (l *pageLine) lastWord() string {
	return l.text[strings.LastIndexByte(l.text, ' ')+1:]
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

var (
	// Some programs hyphenate a hash like a word.
	hexEnd   = regexp.MustCompile(`(?:^|[^0-9A-Za-z])([0-9a-fA-F]{6,}-?|[0-9a-fA-F]{3,}-)$`)
	hexStart = regexp.MustCompile(`^([0-9a-fA-F]+)(?:[^0-9A-Za-z@]|$)`)
	hexOnly  = regexp.MustCompile(`^[0-9a-fA-F]+-?$`)
)

// hexPiece is what may be a piece of a hash at the end of a line.
func (l *pageLine) hexPiece() string {
	piece := hexEnd.FindStringSubmatch(l.lastWord())
	if piece == nil {
		return ""
	}
	return strings.TrimSuffix(piece[1], "-")
}

// hashLines returns how many of the lines, from the first on, one hash stands
// on: pieces that together have the length of one, and are none by themselves.
func hashLines(lines []pageLine) int {
	first := lines[0].hexPiece()
	if first == "" {
		return 0
	}
	hash := first
	list := len(hash) <= longestNumber // of numbers, not of pieces
	for n := 1; n < len(lines) && lines[n-1].above(&lines[n]); n++ {
		next := hexStart.FindStringSubmatch(firstWord(lines[n].text))
		if next == nil || isHashLength(len(next[1])) || n == 1 && isHashLength(len(hash)) && !strings.ContainsAny(next[1], "0123456789") {
			return 0
		}
		list = list && len(next[1]) == len(first)
		hash += next[1]
		if len(hash) > 128 {
			return 0
		}
		goesOn := hexOnly.MatchString(lines[n].text) && n+1 < len(lines) && lines[n].above(&lines[n+1]) &&
			hexStart.MatchString(firstWord(lines[n+1].text)) && !isHashLength(len(hash))
		if goesOn || hexOnly.MatchString(lines[n].text) && strings.HasSuffix(lines[n].text, "-") {
			continue
		}
		if isHashLength(len(hash)) && !list && strings.ContainsAny(hash, "0123456789") && strings.ContainsAny(hash, "abcdefABCDEF") {
			return n + 1
		}
		return 0
	}
	return 0
}

// longestNumber is that of the numbers that stand in lists: checksums of 32
// bits, dates, times. Four of them are as long as a hash.
const longestNumber = 10

func isHashLength(n int) bool {
	return n == 32 || n == 40 || n == 56 || n == 64 || n == 96 || n == 128
}

var (
	scheme   = regexp.MustCompile(`(?i)(ht|hx|f|fx)[tx]ps?(\[:\]|\[?:)`)
	webby    = regexp.MustCompile(`(?i)://|[a-z0-9](\.|\[\.\]|\(\.\))[a-z0-9]`)
	cutShort = regexp.MustCompile(`[A-Za-z0-9/=&?%_#+~]$`)
	// What goes on in an address looks like the inside of one.
	inside  = regexp.MustCompile(`^[A-Za-z0-9%/?&=._~#+-]*([/=&?%_#+~]|[A-Za-z]\d|\d[A-Za-z]|[a-z0-9]-[a-z0-9]|[A-Za-z0-9]\.[A-Za-z0-9])`)
	host    = regexp.MustCompile(`^(?i)([a-z0-9-]+\.)+([a-z]{2,}|\d+)($|[/:,;)])`)
	webFile = regexp.MustCompile(`(?i)\.(php\d?|html?|s?html|aspx?|jspx?|cgi|js|css|txt|xml|json|exe|dll|zip|rar|7z|bin|dat|png|jpe?g|gif|ico|svg|pdf|docx?|xlsx?|hta|ps1|vbs|bat|sh|msi|apk|jar)\b`)
)

// goesOn reports whether a word at the end of a line and the one at the start
// of the next are one.
func goesOn(word, next string, full bool) bool {
	if word == "" || next == "" || scheme.MatchString(next) {
		return false
	}
	if rest, ok := strings.CutSuffix(word, "-"); ok {
		// A name or an address that is broken at a hyphen of its own.
		return rest != "" && !strings.HasSuffix(rest, "-") && isWordByte(rest[len(rest)-1]) && isWordByte(next[0]) &&
			(webby.MatchString(word) || webby.MatchString(next))
	}
	return full && scheme.MatchString(word) && cutShort.MatchString(word) && inside.MatchString(next) &&
		(!host.MatchString(next) || webFile.MatchString(firstPath(next)))
}

// firstPath is a word up to its first slash.
func firstPath(s string) string {
	before, _, _ := strings.Cut(s, "/")
	return before
}

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
