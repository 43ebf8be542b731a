package ioc

import (
	"bytes"
	"math/bits"
)

// dot looks at a plain dot.
func (s *scanner) dot(p int) {
	next, prev := s.at(p+1), s.at(p-1)
	if is(next, cLabel) && is(prev, cLabel) {
		s.token(p)
		return
	}
	switch {
	case is(prev, cLabel):
		if next == ']' || next == '[' && is(prev, cDigit) || next >= 0x80 {
			s.afterLabel(p)
		}
	case prev == '\\' || prev == '^':
		s.afterLabel(p - 1)
	case prev == ' ' && next == ' ' && is(s.at(p-2), cDigit) && is(s.at(p+2), cDigit):
		s.spacedIPv4(p)
	case isOpener(prev) || (prev == ' ' || prev == '\t') && !is(next, cLabel):
		if q := s.symbolStart(p); q >= 0 {
			s.afterLabel(q)
		}
	case prev >= 0x80:
		s.afterLabel(p)
	}
}

// token looks at the run of letters, digits and dots around the dot at p.
// Most of a log's dots end here: in words whose last label is no top-level
// domain.
func (s *scanner) token(p int) {
	start, end := s.run(p)
	if s.local.end >= 0 && start > s.local.end && start-s.local.end < 16 {
		if e, _ := s.atSymbol(s.local.end); e == start { // "(arroba)" has no mark of its own
			s.emailAt(s.local.end)
			return
		}
	}
	if next := s.at(end); next == '@' {
		s.done = end // a local part; left for the at sign
		return
	} else if is(next, cOpen) && s.mayGoOn(end, next) && s.tokenAndSymbol(start, end, next) {
		return
	} else if next == ']' && s.b[end-1] == '.' && is(s.at(end+1), cLabel) && s.symbolHost(s.trimLeft(start, end)) {
		return // 203.0.113.]9
	}
	if start > max(0, s.wide) && s.b[start-1] >= 0x80 {
		if q := s.wideLabelStart(start); q < start && s.wideHost(q, start) {
			return
		}
	}
	s.done = max(s.done, end)
	s.plainToken(start, end)
}

// mayGoOn is a quick look at whether a dot or at symbol may stand at p, where
// the byte c opens one.
func (s *scanner) mayGoOn(p int, c byte) bool {
	switch c {
	case ' ', '\t':
		c = s.at(p + 1)
		return is(c, cOpen) || c|0x20 == 'd' && s.at(p+2)|0x20 == 'o' || c|0x20 == 'a' && s.at(p+2)|0x20 == 't'
	case '<', '(', '{', '[':
		if is(s.at(p+1), cDigit) && s.at(p-1) == '.' {
			return true // 203.[0.113.9
		}
		next := s.at(p+2) | 0x20
		switch s.at(p+1) | 0x20 {
		case '.' | 0x20, ',' | 0x20, ' ', '\t' | 0x20, '@' | 0x20, '[' | 0x20, '(' | 0x20, '<' | 0x20, 0xe3, 0xef:
			return true
		case 'd': // dot, d0t
			return next == 'o' || next == '0'|0x20
		case 'p': // punto, point, ponto
			return next == 'u' || next == 'o'
		case 'a': // at, arroba
			return next == 't' || next == 'r'
		case 'e': // et
			return next == 't'
		}
		return false
	}
	return true
}

// tokenAndSymbol handles a token after which a spelt-out symbol or a letter
// of another script may stand. It reports whether that settled it.
func (s *scanner) tokenAndSymbol(start, end int, next byte) bool {
	if next >= 0x80 {
		if start < s.wide {
			return false // tried before
		}
		if r, _ := s.runeAt(end); !isWideLabel(r) && !isInvisible(r) && !s.wideDot(end) {
			return false
		}
		return s.wideHost(s.wideLabelStart(start), start)
	}
	if _, how := s.dotAt(end); how != 0 {
		return s.symbolHost(s.trimLeft(start, end))
	}
	if next != '%' && next != '_' {
		if _, how := s.atSymbol(end); how&symDefanged != 0 && how&symBare == 0 {
			s.local = span{s.trimLeft(start, end), end}
			s.done = end
			return true
		}
	}
	return false
}

// A name is a token that may be a host, and what its letters show.
type name struct {
	start, end int
	first, dot int // its first and its last dot
	labels     int
	upper      bool // has capital letters
	odd        bool // has '-' or '_'
	double     bool // has ".."
	head       uint8
}

// nameOf looks at text[start:end] and reports whether it has a dot. It fills in
// what it is given: returned, a name would be copied twice for each token.
func (s *scanner) nameOf(n *name, start, end int) bool {
	if end-start > 64 {
		return s.longName(n, start, end)
	}
	dots, upper, odd := s.spanMasks(start, end)
	n.start, n.end = start, end
	n.first, n.dot = start+bits.TrailingZeros64(dots), start+63-bits.LeadingZeros64(dots)
	n.labels = bits.OnesCount64(dots) + 1
	n.upper, n.odd, n.double = upper != 0, odd != 0, dots&(dots>>1) != 0
	return dots != 0
}

// spanMasks returns the masks of at most 64 bytes from start on.
func (s *scanner) spanMasks(start, end int) (dots, upper, odd uint64) {
	if start < s.base || end > s.end {
		m := maskBlock(s.b[start:end])
		return m.dot, m.upper, m.odd
	}
	i := uint(start - s.base)
	m, off := &s.words[i/64], i%64
	dots, upper, odd = m.dot>>off, m.upper>>off, m.odd>>off
	if off+uint(end-start) > 64 {
		m = &s.words[i/64+1]
		dots |= m.dot << (64 - off)
		upper |= m.upper << (64 - off)
		odd |= m.odd << (64 - off)
	}
	all := ^uint64(0) >> uint(64-(end-start))
	return dots & all, upper & all, odd & all
}

func (s *scanner) longName(n *name, start, end int) bool {
	*n = name{start: start, end: end, labels: 1}
	for p := start; p < end; p++ {
		switch c := s.b[p]; {
		case c == '.':
			if n.labels++; n.labels == 2 {
				n.first = p
			}
			n.double = n.double || p > start && s.b[p-1] == '.'
			n.dot = p
		case c == '-' || c == '_':
			n.odd = true
		case is(c, cUpper):
			n.upper = true
		}
	}
	return n.labels > 1
}

// plainToken decides about text[start:end] when it has plain dots only.
func (s *scanner) plainToken(start, end int) {
	if start > 0 {
		switch s.b[start-1] {
		case '%':
			start = s.afterVerb(s.afterPercent(start, end), end)
		case '\\':
			if s.escapeBefore(start + 1) {
				start++
			}
		}
	}
	if start >= end {
		return
	}
	if !is(s.b[start], cAlnum) || !is(s.b[end-1], cAlnum) {
		start, end = s.trimToken(start, end)
	}
	if start >= end {
		return
	}
	if end-start > 64 && is(s.b[start], cDigit) && s.plainIPv4(start, end) {
		return // one of a chain; the rest is looked at as it comes
	}
	var n name
	if !s.nameOf(&n, start, end) {
		return
	}
	if n.double {
		s.afterEllipsis(&n)
		return
	}
	s.plainName(&n)
}

// trimToken drops what can neither begin nor end a host.
func (s *scanner) trimToken(start, end int) (int, int) {
	for start < end && (s.b[start] == '.' || s.b[start] == '-') {
		start++
	}
	if is(s.b[end-1], cDigit) && s.b[start] == '_' && !is(s.at(start+1), cAlpha) {
		for start < end && s.b[start] == '_' { // __203.0.113.0/24__
			start++
		}
	}
	for end > start && !is(s.b[end-1], cAlnum) {
		if s.b[end-1] == '_' && s.b[start] == '_' {
			start++ // emphasis: _evil.example_
		}
		end--
	}
	return start, end
}

// afterEllipsis goes on with what stands behind the last "..".
func (s *scanner) afterEllipsis(n *name) {
	for p := n.end - 1; p > n.start; p-- {
		if s.b[p] == '.' && s.b[p-1] == '.' {
			s.plainToken(p+1, n.end)
			return
		}
	}
}

func (s *scanner) plainName(n *name) {
	digits := is(s.b[n.end-1], cDigit)
	if is(s.b[n.start], cDigit) && (digits || n.odd) {
		if digits && !n.odd && n.labels < 4 {
			return // a number, a date, a short version
		}
		if s.plainIPv4(n.start, n.end) {
			return
		}
	}
	if digits && s.b[n.dot+1]|0x20 != 'x' {
		s.digitsAtEnd(n.start, n.end)
		s.notDomain(n)
		return
	}
	class := tldOf(s.b[n.dot+1 : n.end])
	if class == 0 {
		s.notDomain(n)
		if s.all {
			s.refuse(kDomain, n.start, n.end, notTLD)
		}
		return
	}
	why, ok := s.judge(n, class)
	if !ok {
		s.refuse(kDomain, n.start, n.end, why)
		s.notDomain(n)
		return
	}
	k := kDomain
	if s.wants(1<<kOnion) && n.end-n.dot == 6 {
		k = s.onionKind(bytes.ToLower(s.b[n.start:n.end]))
	}
	if n.upper {
		s.takeLower(k, n.start, n.end, why)
	} else {
		s.take(k, n.start, n.end, why)
	}
	if n.odd && isPunycode(s.b[n.start:n.end]) {
		s.flag(flagIDN)
	}
	s.settle(n.end)
	if c := s.at(n.end); c == '/' || c == ':' {
		s.skipPath(n.end)
	}
}

// notDomain takes a name that is no domain for what else it may be.
func (s *scanner) notDomain(n *name) {
	if s.wants(1<<kFile|1<<kPackage) && !s.packageName(n) {
		s.fileName(n)
	}
}

// afterPercent skips the two digits of an escape that stands before a token
// when what it escapes would end one: "%2F", "%3A".
func (s *scanner) afterPercent(start, end int) int {
	if end-start < 3 {
		return start
	}
	switch string(s.b[start : start+2]) {
	case "2F", "2f", "3A", "3a", "40", "3D", "3d", "20", "26", "22", "3C", "3c", "0A", "0a", "2C", "2c", "28":
		return start + 2
	}
	return start
}

// takeLower records a match whose value is text[start:end] in lower case.
func (s *scanner) takeLower(k kind, start, end int, why reason) {
	val := len(s.arena)
	s.arena = appendLower(s.arena, s.b[start:end])
	s.takeArena(k, start, end, val, why)
}

// skipPath passes over the port and the path behind a host without a scheme,
// so that nothing in them is taken for a host of its own.
func (s *scanner) skipPath(p int) {
	if s.at(p) == ':' {
		q := p + 1
		for q < p+6 && is(s.at(q), cDigit) {
			q++
		}
		p = q
	}
	if s.at(p) != '/' {
		return
	}
	if e, _, ok := parseIPv4(s.b, p+1); ok && !is(s.at(e), cLabel) {
		return // Java prints "host/10.0.0.1:8020"
	}
	if s.hostsFollow(p) {
		return
	}
	for high := min(len(s.b), p+maxToken); p < high; {
		if is(s.b[p], cPath) || s.b[p] == '&' {
			p++
			continue
		}
		e, how := s.dotAt(p)
		if how&symDefanged == 0 || how&symBare != 0 || s.b[p] == ' ' || !is(s.at(e), cLabel) {
			break
		}
		p = e
	}
	s.done = max(s.done, p)
}

// hostsFollow reports whether nothing but hosts between slashes follows the
// slash at p: a list, not a path.
func (s *scanner) hostsFollow(p int) bool {
	for range 8 {
		if s.at(p) != '/' {
			break
		}
		end := p + 1
		for end < p+maxHost && is(s.at(end), cToken) {
			end++
		}
		dot := bytes.LastIndexByte(s.b[p+1:end], '.')
		if dot <= 0 {
			return false
		}
		if class := tldOf(s.b[p+2+dot : end]); class&tldPlain == 0 || class&tldFile != 0 {
			return false
		}
		p = end
	}
	return !is(s.at(p), cPath) && s.at(p) != '\\'
}
