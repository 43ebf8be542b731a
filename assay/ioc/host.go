package ioc

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// A hostBuf holds the host that was read last: refanged, in lower case.
type hostBuf struct {
	text   []byte // aliases the scanned text if that is the same
	own    []byte // memory for text when it is not
	shown  []byte // as people read it, if it is in punycode and anyone knows
	start  int    // in the scanned text
	end    int
	labels int
	tld    int // where the last label begins in text
	how    symbols
	wide   bool // has letters beyond ASCII
	odd    bool // has '-' or '_'
	dirty  bool // text differs from what was read
	long   bool
	fresh  bool // as it was read
}

// last is the last label.
func (h *hostBuf) last() []byte { return h.text[h.tld:] }

// readHost reads labels and dot symbols from start into s.host. One host is
// often asked for twice: as that of an e-mail address and then by itself.
func (s *scanner) readHost(start int) *hostBuf {
	h := &s.host
	if h.fresh && h.start == start {
		return h
	}
	h.own, h.shown = h.own[:0], nil
	h.start, h.end, h.labels, h.tld, h.how = start, start, 0, 0, 0
	h.wide, h.odd, h.dirty, h.long, h.fresh = false, false, false, false, true
	if s.readPlainHost(start) {
		return h
	}
	h.text = h.own
	s.readSpeltHost(start)
	h.own = h.text
	return h
}

// readSpeltHost is readHost for any spelling.
func (s *scanner) readSpeltHost(start int) {
	h := &s.host
	limit := min(len(s.b), start+1024)
	p := start
	for {
		label := len(h.text)
		p = s.readLabel(p, limit)
		if len(h.text) == label || len(h.text) > maxHost {
			h.long = len(h.text) > maxHost
			h.text = h.text[:max(0, label-1)]
			return
		}
		h.labels++
		h.tld = label
		h.end = p
		if s.at(p) == ' ' && !s.mayGoOn(p, ' ') {
			break
		}
		e, how := s.dotAt(p)
		if how == 0 || e >= limit || !s.labelAt(e) || s.nextSentence(h, e) {
			break
		}
		if how&symHalf != 0 && s.at(p) != ' ' {
			h.how |= symHalf
		}
		h.how |= how
		h.dirty = h.dirty || how&symDefanged != 0
		h.text = append(h.text, '.')
		p = e
	}
	h.end = s.trimInvisible(start, h.end)
	if h.how&symHalf != 0 && s.at(h.end) == ']' {
		h.end++
	}
}

// nextSentence reports whether what follows a dot at p is a sentence in a
// script without blanks, and not a label: "evil.example。然后". Top-level domains
// in such scripts are labels.
func (s *scanner) nextSentence(h *hostBuf, p int) bool {
	if h.wide || s.at(p) < 0xe0 {
		return false // two bytes are of scripts with blanks
	}
	r, _ := s.runeAt(p)
	if !isUnspaced(r) {
		return false
	}
	end := p
	for end < min(len(s.b), p+64) && s.labelAt(end) {
		_, n := utf8.DecodeRune(s.b[end:])
		end += n
	}
	return len(s.punycode(s.b[p:end]).ascii) == 0
}

// readPlainHost reads a host whose dots are plain and whose letters are ASCII,
// without copying it if it is in lower case. It reports false, having done
// nothing, when there may be more to it.
func (s *scanner) readPlainHost(start int) bool {
	end := s.runEnd(start)
	if c := s.at(end); start == end || end-start > maxHost || c == ']' || is(c, cOpen) && s.mayGoOn(end, c) || c == '=' && s.softBreakAt(end) > 0 {
		return false
	}
	for end > start && !is(s.b[end-1], cAlnum) {
		end--
	}
	if start == end {
		return false
	}
	var n name
	dots := s.nameOf(&n, start, end)
	if n.double || n.odd && s.holdsDotWord(start, end) || s.b[start] == '.' {
		return false
	}
	h := &s.host
	h.text, h.end, h.labels, h.dirty, h.odd = s.b[start:end:end], end, n.labels, n.upper, n.odd
	if dots {
		h.tld, h.how = n.dot+1-start, symPlain
	}
	if n.upper {
		h.own = appendLower(h.own, h.text)
		h.text = h.own
	}
	return true
}

// holdsDotWord reports whether "_dot_" or "-dot-" may stand in text[start:end].
func (s *scanner) holdsDotWord(start, end int) bool {
	for p := start; p < end-4; p++ {
		if c := s.b[p]; (c == '-' || c == '_') && s.b[p+1]|0x20 == 'd' && s.b[p+2]|0x20 == 'o' && s.b[p+4] == c {
			return true
		}
	}
	return false
}

// labelAt reports whether a label can begin at p.
func (s *scanner) labelAt(p int) bool {
	c := s.at(p)
	if c < utf8.RuneSelf {
		return is(c, cAlnum) || c == '_'
	}
	r, n := s.runeAt(p)
	return isWideLabel(r) || isInvisible(r) && is(s.at(p+n), cAlnum)
}

// runeAt decodes the character at p.
func (s *scanner) runeAt(p int) (rune, int) { return decodeRune(s.b[p:]) }

// decodeRune decodes the first character of b; most are two or three bytes long.
func decodeRune(b []byte) (rune, int) {
	if len(b) > 2 && b[1]>>6 == 2 {
		switch c := b[0]; {
		case c >= 0xc2 && c < 0xe0:
			return rune(c&0x1f)<<6 | rune(b[1]&0x3f), 2
		case c > 0xe0 && c < 0xf0 && c != 0xed && b[2]>>6 == 2: // those left out have a shorter form or are surrogates
			return rune(c&0xf)<<12 | rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f), 3
		}
	}
	return utf8.DecodeRune(b)
}

// runeBefore decodes the character that ends before p.
func (s *scanner) runeBefore(p int) (rune, int) {
	last := s.b[p-1]
	if last>>6 != 2 {
		return utf8.RuneError, 1 // it goes on nothing; ASCII is not asked for
	}
	if c := s.at(p - 2); c >= 0xc2 && c < 0xe0 {
		return rune(c&0x1f)<<6 | rune(last&0x3f), 2
	}
	if p > 2 && s.b[p-3] > 0xe0 && s.b[p-3] < 0xf0 {
		if r, n := decodeRune(s.b[p-3 : p]); n == 3 {
			return r, n
		}
	}
	return utf8.DecodeLastRune(s.b[max(0, p-4):p])
}

// readLabel appends one label in lower case and returns where it ends.
func (s *scanner) readLabel(p, limit int) int {
	h := &s.host
	if end, ok := s.readASCIILabel(p); ok {
		return end
	}
	first := p
	latin, unspaced := false, false
	for p < limit {
		c := s.b[p]
		k := class[c]
		if k&cAlnum != 0 {
			if k&cAlpha != 0 {
				if unspaced {
					break
				}
				latin = true
			}
			h.dirty = h.dirty || k&cUpper != 0
			h.text = append(h.text, lower(c))
			p++
			continue
		}
		if k&cLabel != 0 {
			if s.at(p+1)|0x20 == 'd' {
				if _, how := s.dotAt(p); how != 0 {
					break
				}
			}
			h.odd = true
			h.text = append(h.text, c)
			p++
			continue
		}
		if s.escapedHyphen(p) {
			h.dirty = true
			p++
			continue
		}
		if q := s.softBreakAt(p); q > 0 {
			h.dirty = true
			p = q
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		if q := s.readLetters(p, limit); q > p {
			p = q
			continue
		}
		r, n := s.runeAt(p)
		switch {
		case isInvisible(r):
			h.dirty = true
		case isUnspaced(r) && latin, h.labels == 3 && s.fourNumbers(), !isWideLabel(r):
			return s.trimLabel(first, p)
		default:
			unspaced = unspaced || isUnspaced(r)
			h.wide, h.dirty = true, true
			h.text = append(h.text, s.b[p:p+n]...)
		}
		p += n
	}
	return s.trimLabel(first, p)
}

// readLetters appends the letters of two bytes from p on, of scripts that put
// blanks between words, and returns where they end.
func (s *scanner) readLetters(p, limit int) int {
	h := &s.host
	if h.labels == 3 {
		return p // behind three numbers they may be text
	}
	first, b := p, s.b[:limit]
	for p+1 < len(b) && b[p]>>5 == 6 && b[p+1]>>6 == 2 && isWideLabel(rune(b[p]&0x1f)<<6|rune(b[p+1]&0x3f)) {
		p += 2
	}
	if p > first {
		h.wide, h.dirty = true, true
		h.text = append(h.text, b[first:p]...)
	}
	return p
}

// fourNumbers reports whether what was read of a host is an IPv4 address.
func (s *scanner) fourNumbers() bool {
	end, _, ok := parseIPv4(s.host.text, 0)
	return ok && end == len(s.host.text)
}

// readASCIILabel is readLabel for a label whose end the masks show and in which
// nothing has to be looked at.
func (s *scanner) readASCIILabel(p int) (end int, ok bool) {
	i := p - s.base
	if i < 0 || p+64 >= s.end {
		return p, false
	}
	w, off := i/64, i%64
	a, b := &s.words[w], &s.words[w+1]
	stop := (^a.token|a.dot)>>off | (^b.token|b.dot)<<(64-off)
	n := bits.TrailingZeros64(stop)
	if n == 0 || n == 64 || s.b[p+n] >= utf8.RuneSelf || s.escapedHyphen(p+n) || s.b[p+n] == '=' {
		return p, false
	}
	end = p + n
	all := uint64(1)<<n - 1
	h := &s.host
	if (a.odd>>off|b.odd<<(64-off))&all != 0 {
		if !is(s.b[end-1], cAlnum) || s.holdsDotWord(p, end) {
			return p, false
		}
		h.odd = true
	}
	if (a.upper>>off|b.upper<<(64-off))&all != 0 {
		h.dirty = true
		h.text = appendLower(h.text, s.b[p:end])
	} else {
		h.text = append(h.text, s.b[p:end]...)
	}
	return end, true
}

// trimInvisible takes back marks that take no room from the end of
// text[first:p].
func (s *scanner) trimInvisible(first, p int) int {
	for p > first && s.b[p-1] >= utf8.RuneSelf {
		r, n := s.runeBefore(p)
		if !isInvisible(r) {
			break
		}
		p -= n
	}
	return p
}

// trimLabel takes back what does not end a label: hyphens and underscores are
// of the text around it.
func (s *scanner) trimLabel(first, p int) int {
	h := &s.host
	for p > first && (s.b[p-1] == '-' || s.b[p-1] == '_') && len(h.text) > 0 {
		h.text = h.text[:len(h.text)-1]
		p--
	}
	return p
}

// symbolHost decides about a host that is spelt with symbols. It reports
// false when there is no host at all.
func (s *scanner) symbolHost(start int) bool {
	if p := s.atBefore(start); p >= 0 {
		s.emailAt(p)
		if s.done > start {
			return true
		}
	}
	h := s.readHost(start)
	if h.labels < 2 {
		return false
	}
	if s.b[start] == '_' && (s.at(h.end) == '_' || is(h.text[len(h.text)-1], cDigit)) { // __evil[.]example__
		for s.at(start) == '_' {
			start++
		}
		if h = s.readHost(start); h.labels < 2 {
			return false
		}
	}
	if c := s.at(h.end); c == '@' || is(c, cOpen) && (c != ' ' || s.mayGoOn(h.end, c)) {
		if e, how := s.atSymbol(h.end); how != 0 && (how&symBare == 0 || h.how&symBare != 0) && e < len(s.b) {
			s.local = span{start, h.end}
			s.done = h.end
			return true
		}
	}
	if h.odd && h.how&symDefanged != 0 {
		if i := bytes.Index(s.b[h.start:h.end], []byte("_at_")); i > 0 {
			s.emailAt(h.start + i)
			return true
		}
	}
	if h.wide && !s.toASCII(h) {
		s.refuse(kDomain, h.start, h.end, notHost)
		s.settle(h.end)
		return true
	}
	if h.how&symBare != 0 && s.bareEmail(h) {
		return true
	}
	s.decideHost(h)
	s.settle(h.end)
	return true
}

// decideHost takes or refuses the host in h as an address or a domain.
func (s *scanner) decideHost(h *hostBuf) {
	if is(h.text[0], cDigit) && is(h.text[len(h.text)-1], cDigit) {
		s.symbolIPv4(h)
		return
	}
	class := tldOf(h.last())
	if class == 0 {
		s.refuse(kDomain, h.start, h.end, notTLD)
		return
	}
	why, ok := s.judgeSymbols(h, class)
	if !ok {
		s.refuse(kDomain, h.start, h.end, why)
		return
	}
	s.takeHost(h.start, h.end, why)
	s.skipPath(h.end)
}

// takeHost records the host buffer as a domain at text[start:end].
func (s *scanner) takeHost(start, end int, why reason) {
	k := s.onionKind(s.host.text)
	if !s.host.dirty {
		s.take(k, start, end, why)
		s.flagWide()
		return
	}
	val := len(s.arena)
	s.arena = append(s.arena, s.host.text...)
	s.takeArena(k, start, end, val, why)
	s.flagWide()
}

// flagWide marks the last hit as IDN if its host is, and puts what people read
// behind its value.
func (s *scanner) flagWide() {
	h := &s.host
	switch {
	case h.wide && len(h.shown) > 0 && s.added && s.hits[len(s.hits)-1].vlen > 0:
		s.flag(flagIDN | flagShown)
		s.arena = append(binary.LittleEndian.AppendUint16(s.arena, uint16(len(h.shown))), h.shown...)
	case h.wide, h.odd && isPunycode(h.text):
		s.flag(flagIDN)
	}
}

// isPunycode reports whether a host in lower case has a label in punycode.
func isPunycode(host []byte) bool { return bytes.Contains(host, []byte("xn--")) }

// wideLabelStart finds where the label begins that ends before p and may have
// letters beyond ASCII.
func (s *scanner) wideLabelStart(p int) int {
	low := max(s.floor, p-4*63)
	latin := false
	for p > low {
		if c := s.b[p-1]; c < utf8.RuneSelf {
			if !is(c, cLabel) {
				break
			}
			latin = latin || is(c, cAlpha)
			p--
			continue
		}
		r, n := s.runeBefore(p)
		if !isWideLabel(r) && !isInvisible(r) || latin && isUnspaced(r) {
			break
		}
		p -= n
	}
	for p < len(s.b) && s.b[p] >= utf8.RuneSelf {
		r, n := s.runeAt(p)
		if !isInvisible(r) {
			break
		}
		p += n
	}
	return s.trimLeft(p, len(s.b))
}

// wideHost tries a host with letters beyond ASCII. One that is none is not read
// again from a later token within it.
func (s *scanner) wideHost(start, plain int) bool {
	if start < s.wide {
		return false
	}
	h := s.readHost(start)
	s.wide = h.end
	if h.labels < 2 || h.wide && !s.toASCII(h) {
		return false
	}
	class := tldOf(h.last())
	if class == 0 {
		return false
	}
	why, ok := s.judgeSymbols(h, class)
	if !ok {
		s.refuse(kDomain, h.start, h.end, why)
	} else {
		s.takeHost(h.start, h.end, why)
	}
	s.settle(max(h.end, plain))
	return true
}

// isWideLabel reports whether r, beyond ASCII, may stand in a host label: a
// letter, a mark or a digit. The common ones are answered without a search.
func isWideLabel(r rune) bool {
	if r < 0x800 {
		return wideLabels[r>>6&31]>>(r&63)&1 != 0
	}
	return isFarLabel(r)
}

// isFarLabel is isWideLabel for a letter of more than two bytes.
func isFarLabel(r rune) bool {
	switch {
	case r >= 0x4e00 && r < 0x9fff, r >= 0xac00 && r < 0xd7a4, // Han, Hangul
		r >= 0x900 && r < 0x964, r >= 0xe01 && r < 0xe3b, r >= 0x3041 && r < 0x3097, r >= 0x30a1 && r < 0x30fb: // Devanagari, Thai, kana
		return true
	case r >= 0xff21 && r < 0xff3b, r >= 0xff41 && r < 0xff5b: // wide Latin
		return true
	case r >= 0x2000 && r < 0x2070, r >= 0x3000 && r < 0x3005, r >= 0xff00 && r < 0xff10, r == utf8.RuneError:
		return false
	}
	return isLetter(r)
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }

// wideLabels has a bit for each letter of two bytes. Those of Latin-1 below À
// are signs in all that matters here.
var wideLabels = func() (bits [0x800 / 64]uint64) {
	for r := rune(0xc0); r < 0x800; r++ {
		if isLetter(r) {
			bits[r/64] |= 1 << (r % 64)
		}
	}
	return bits
}()

// isInvisible reports whether r takes no room: zero-width marks that hide in
// copied text.
func isInvisible(r rune) bool {
	switch r {
	case 0xad, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff:
		return true
	}
	return false
}

// isUnspaced reports whether r is of a script that puts no blanks between
// words. Beside Latin letters it is the text around a name, not part of it.
func isUnspaced(r rune) bool {
	switch {
	case r < 0xe00:
		return false
	case r < 0xf00, r >= 0x1780 && r < 0x1800: // Thai, Lao, Khmer
		return true
	case r >= 0x3040 && r < 0x3100, r >= 0x3400 && r < 0xa000, r >= 0xac00 && r < 0xd7b0, r >= 0xf900 && r < 0xfb00, r >= 0x20000:
		return true // kana, Han, Hangul
	}
	return false
}
