package jinja

import (
	"math"
	"strings"
	"unicode"

	"github.com/retort-go/retort/jinja/internal/value"
)

var wordwrapSig = signature{
	fn:       "do_wordwrap",
	params:   []string{"s", "width", "break_long_words", "wrapstring", "break_on_hyphens"},
	required: 1, hidden: 1,
}

func filterWordwrap(s *State, c *Call) (Value, error) {
	var a [5]Value
	if err := wordwrapSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	v, sep := a[0], a[3]
	if !given(sep) {
		sep = value.Str(s.env.newlineSequence())
	}
	if !sep.IsString() && sep.Kind() != value.KindBytes && !sep.IsUndefined() {
		return Value{}, value.Errorf("AttributeError", "'%s' object has no attribute 'join'", value.TypeName(sep))
	}
	if !v.IsString() {
		if err := value.UndefinedError(v); err != nil {
			return Value{}, err
		}
		if v.Kind() == value.KindBytes && v.AsString() != "" {
			return Value{}, typeError("cannot use a string pattern on a bytes-like object")
		}
		return Value{}, value.Errorf("AttributeError", "'%s' object has no attribute 'splitlines'", value.TypeName(v))
	}
	lines, err := value.SplitLines(s.meter, v, false)
	if err != nil {
		return Value{}, err
	}
	width, err := wrapWidth(s, a[1], lines)
	if err != nil {
		return Value{}, err
	}
	w := wrapper{width: width, breakLong: true, hyphens: true}
	for i, to := range map[int]*bool{2: &w.breakLong, 4: &w.hyphens} {
		if !a[i].IsMissing() {
			if *to, err = value.Truth(a[i]); err != nil {
				return Value{}, err
			}
		}
	}
	var out []Value
	for _, line := range lines {
		if err := s.meter.Spend(len(line.AsString())); err != nil {
			return Value{}, err
		}
		wrapped := w.wrap(line.AsString())
		if w.cut && a[1].Kind() == value.KindFloat {
			return Value{}, errSliceIndex()
		}
		if err := s.meter.BuildItems(len(wrapped) + 1); err != nil {
			return Value{}, err
		}
		if len(wrapped) == 0 {
			wrapped = []string{""} // an empty line stays one
		}
		for _, l := range wrapped {
			out = append(out, value.Str(l))
		}
	}
	return value.Join(s.meter, sep, value.NewList(out))
}

// wrapWidth reads the width, which only matters when there is a line.
func wrapWidth(s *State, v Value, lines []Value) (int, error) {
	if v.IsMissing() || len(lines) == 0 {
		return 79, nil
	}
	low, err := value.Compare(s.meter, value.OpLe, v, value.Int(0))
	if err != nil {
		return 0, err
	}
	if low {
		return 0, value.Errorf("ValueError", "invalid width %s (must be > 0)", value.Repr(v))
	}
	if v.Kind() == value.KindFloat && !math.IsNaN(v.AsFloat()) {
		return int(min(v.AsFloat(), math.MaxInt32)), nil // words can be counted by it, not cut
	}
	if _, ok := value.Index(v); !ok {
		return 0, errSliceIndex()
	}
	return intOr(v, 79)
}

func errSliceIndex() error {
	return typeError("slice indices must be integers or None or have an __index__ method")
}

func (env *Environment) newlineSequence() string {
	if env.cfg.NewlineSequence == "" {
		return "\n"
	}
	return env.cfg.NewlineSequence
}

// wrapper breaks one paragraph into lines as Python's textwrap.
type wrapper struct {
	width              int
	breakLong, hyphens bool
	cut                bool // a word has been
}

// isBlank is the white space textwrap knows.
func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// wrap returns the lines. Blanks are dropped where a line ends and where one but the first begins.
func (w *wrapper) wrap(s string) []string {
	chunks := w.chunks(s)
	var lines []string
	for len(chunks) > 0 {
		if len(lines) > 0 && isBlank(chunks[0][0]) {
			chunks = chunks[1:]
		}
		var line []string
		length := 0
		for len(chunks) > 0 {
			n := runesUpTo(chunks[0], w.width+1)
			if length+n > w.width {
				break
			}
			line, chunks, length = append(line, chunks[0]), chunks[1:], length+n
		}
		if len(chunks) > 0 && runesUpTo(chunks[0], w.width+1) > w.width {
			line, chunks = w.longWord(line, chunks, length)
		}
		if n := len(line); n > 0 && strings.TrimFunc(line[n-1], value.IsSpace) == "" {
			line = line[:n-1]
		}
		if len(line) > 0 {
			lines = append(lines, strings.Join(line, ""))
		}
	}
	return lines
}

// runesUpTo returns the number of characters of s, at most limit: a long word is cut many times and must not be counted each
// time to its end.
func runesUpTo(s string, limit int) int {
	n := 0
	for range s {
		if n++; n >= limit {
			break
		}
	}
	return n
}

// longWord puts what fits of a word that is longer than any line on this one, or, when words stay whole, all of it on a
// line of its own.
func (w *wrapper) longWord(line, chunks []string, length int) (_, _ []string) {
	if !w.breakLong {
		if len(line) == 0 {
			return append(line, chunks[0]), chunks[1:]
		}
		return line, chunks
	}
	w.cut = true
	room := w.width - length
	word := chunks[0]
	end := runeIndex(word, room)
	if w.hyphens {
		// After the last hyphen that fits, unless there are only hyphens before it.
		if h := strings.LastIndexByte(word[:end], '-'); h > 0 && strings.Trim(word[:h], "-") != "" {
			end = h + 1
		}
	}
	chunks[0] = word[end:]
	return append(line, word[:end]), chunks
}

// runeIndex returns the byte at which character n starts.
func runeIndex(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// chunks cuts a paragraph into blanks and words; words also after a hyphen between letters and around dashes.
func (w *wrapper) chunks(s string) []string {
	var out []string
	for s != "" {
		n := 0
		if isBlank(s[0]) {
			for n < len(s) && isBlank(s[n]) {
				n++
			}
		} else {
			for n < len(s) && !isBlank(s[n]) {
				n++
			}
			if w.hyphens {
				out = hyphenated(out, s[:n])
				s = s[n:]
				continue
			}
		}
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

// hyphenated cuts a word without blanks where a line may break in it.
func hyphenated(out []string, word string) []string {
	r := []rune(word)
	start := 0
	emit := func(end int) {
		if end > start {
			out = append(out, string(r[start:end]))
		}
		start = end
	}
	for i := 0; i < len(r); {
		if i > 0 && isWrapPunct(r[i-1]) {
			if n := dash(r, i); n > 0 {
				// A dash stands alone; what comes before it ends here.
				emit(i)
				emit(i + n)
				i += n
				continue
			}
		}
		if r[i] == '-' && i > start && breaksAfter(r, i) {
			emit(i + 1)
		}
		i++
	}
	emit(len(r))
	return out
}

// dash returns the length of two or more hyphens at r[i:] that are followed by a word character.
func dash(r []rune, i int) int {
	n := i
	for n < len(r) && r[n] == '-' {
		n++
	}
	if n-i < 2 || n == len(r) || !isWordRune(r[n]) {
		return 0
	}
	return n - i
}

// breaksAfter reports whether the hyphen at r[i] joins words: two letters before it, or one between hyphens, and letters
// behind it.
func breaksAfter(r []rune, i int) bool {
	at := func(k int) rune {
		if k < 0 || k >= len(r) {
			return 0
		}
		return r[k]
	}
	before := isWrapLetter(at(i-1)) && (isWrapLetter(at(i-2)) || at(i-2) == '-' && isWrapLetter(at(i-3)))
	after := isWrapLetter(at(i+1)) && (isWrapLetter(at(i+2)) || at(i+2) == '-' && isWrapLetter(at(i+3)))
	return before && after
}

// isWrapLetter is a word character that is no digit, the underscore too.
func isWrapLetter(r rune) bool { return isWordRune(r) && !unicode.Is(unicode.Nd, r) }

func isWrapPunct(r rune) bool { return isWordRune(r) || strings.ContainsRune(`!"'&.,?`, r) }
