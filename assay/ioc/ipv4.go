package ioc

import "bytes"

// parseIPv4 reads four octets as net/netip does: no leading zeros, no octet
// over 255.
func parseIPv4(b []byte, p int) (end int, octets [4]byte, ok bool) {
	for g := range octets {
		if g > 0 {
			if p >= len(b) || b[p] != '.' {
				return p, octets, false
			}
			p++
		}
		if p >= len(b) || b[p]-'0' > 9 {
			return p, octets, false
		}
		n := int(b[p] - '0')
		p++
		if p < len(b) && b[p]-'0' <= 9 {
			if n == 0 {
				return p, octets, false
			}
			n = n*10 + int(b[p]-'0')
			p++
			if p < len(b) && b[p]-'0' <= 9 {
				n = n*10 + int(b[p]-'0')
				p++
				if n > 255 || p < len(b) && b[p]-'0' <= 9 {
					return p, octets, false
				}
			}
		}
		octets[g] = byte(n)
	}
	return p, octets, true
}

// plainIPv4 decides about the token text[start:end], which begins with a digit.
// It reports whether that settled it.
func (s *scanner) plainIPv4(start, end int) bool {
	stop, octets, ok := parseIPv4(s.b, start)
	if !ok {
		return false
	}
	if stop == end {
		s.settle(s.ipv4(start, stop, octets))
		return true
	}
	switch s.b[stop] {
	case '-', '_': // a range, or an address with something appended
		if is(s.b[stop+1], cDigit) {
			s.ipv4(start, stop, octets)
			s.floor, s.done = stop+1, stop+1
			return true
		}
	case '.':
		if s.portAfterDot(start, stop, end) {
			s.ipv4(start, stop, octets)
			return true
		}
	}
	return false
}

// portAfterDot reports whether the fifth number after an address is its port,
// as netstat prints it on BSD and macOS.
func (s *scanner) portAfterDot(start, stop, end int) bool {
	if !allDigits(s.b[stop+1:end]) || end-stop > 6 {
		return false
	}
	from, to := s.lineBounds(start)
	line := s.b[from:to]
	return bytes.HasPrefix(line, []byte("tcp")) || bytes.HasPrefix(line, []byte("udp"))
}

// digitsAtEnd looks for an address at the end of a longer token:
// "ip-203.0.113.9", "v1.2.3.4".
func (s *scanner) digitsAtEnd(start, end int) {
	p := end
	for dots := 0; p > start; p-- {
		if c := s.b[p-1]; c == '.' {
			if dots++; dots > 3 {
				break
			}
		} else if !is(c, cDigit) {
			break
		}
	}
	stop, octets, ok := parseIPv4(s.b, p)
	if !ok || stop != end || p == start {
		return
	}
	if c := s.b[p-1]; c != '-' && c != '_' {
		s.refuse(kIPv4, start, end, notVersion)
		return
	}
	word := p - 1
	for word > start && is(s.b[word-1], cAlpha) {
		word--
	}
	var buf [16]byte
	switch string(lowered(&buf, s.b[word:p-1])) {
	case "ip", "host", "addr", "address", "client", "server", "from", "to", "src", "dst", "source", "peer", "remote", "node", "c2":
		s.ipv4(p, end, octets)
	case "":
		if s.b[p-1] == '-' && p-1 > start && is(s.b[p-2], cDigit) {
			s.ipv4(p, end, octets) // the end of a range
			return
		}
		s.refuse(kIPv4, p, end, notVersion)
	default:
		if !smallNumbers(octets) {
			s.ipv4(p, end, octets) // OpenDirectory-203.0.113.9
			return
		}
		s.refuse(kIPv4, p, end, notVersion)
	}
}

// lowered writes w to buf in lower case, or nothing if it does not fit.
func lowered(buf *[16]byte, w []byte) []byte {
	if len(w) > len(buf) {
		return nil
	}
	for i, c := range w {
		buf[i] = lower(c)
	}
	return buf[:len(w)]
}

// ipv4 takes the address at text[start:end], or the network it begins, unless
// what stands before makes it a version. It returns where the match ends.
func (s *scanner) ipv4(start, end int, octets [4]byte) int {
	version := s.versionBefore(start, end, octets)
	s.number = number{end, version && s.at(start-1) != '/'}
	if version {
		s.refuse(kIPv4, start, end, notVersion)
		return end
	}
	if bits, ok := s.prefixLength(end, 32); ok {
		if s.b[end] == '[' {
			s.takeText(kCIDR, start, bits, append(append([]byte(nil), s.b[start:end]...), s.plainPrefix(end, bits)...), byDefang)
			return bits
		}
		s.take(kCIDR, start, bits, byAddress)
		return bits
	}
	s.take(kIPv4, start, end, s.alone(start, end).orAddress())
	return end
}

// orAddress is r, or byAddress where an ordinary domain would be byTLD.
func (r reason) orAddress() reason {
	if r == byTLD {
		return byAddress
	}
	return r
}

// plainPrefix is the length of a network, spelt in text[start:end], with its
// plain slash.
func (s *scanner) plainPrefix(start, end int) []byte {
	if s.b[start] == '[' {
		return append([]byte{'/'}, s.b[start+3:end]...)
	}
	return s.b[start:end]
}

// prefixLength reads "/24" or "[/]24" at p.
func (s *scanner) prefixLength(p, most int) (end int, ok bool) {
	first := p + 1
	switch {
	case s.at(p) == '[' && s.at(p+1) == '/' && s.at(p+2) == ']':
		first = p + 3
	case s.at(p) != '/':
		return p, false
	}
	n, q := 0, first
	for ; q < first+3 && is(s.at(q), cDigit); q++ {
		n = n*10 + int(s.b[q]-'0')
	}
	if q == first || n > most || q > first+1 && s.b[first] == '0' {
		return p, false
	}
	switch c := s.at(q); {
	case is(c, cAlnum), c == '/', c == '%', c == '#', (c == '?' || c == '_') && is(s.at(q+1), cAlnum):
		return p, false
	case c == '.' || c == '-' || c == ':':
		return q, !is(s.at(q+1), cAlnum)
	}
	return q, true
}

// versionBefore reports whether four numbers are a version and not an
// address: "Chrome/120.0.0.0", "version 1.2.3.4", "CEF:0|V|P|12.1.0.4|".
func (s *scanner) versionBefore(start, end int, octets [4]byte) bool {
	prev := s.at(start - 1)
	switch {
	case prev == '/':
		return s.productBefore(start-1, octets)
	case prev == '|' && s.at(end) == '|':
		return s.headerField(start)
	case prev == '$' || prev == 0xa7 && s.at(start-2) == 0xc2: // the section sign
		return true
	}
	if s.sectionNumber(start, end, octets) {
		return true
	}
	from, to := s.wordBefore(start)
	if s.at(from-1) >= 0x80 && s.foreignVersion(from, to) {
		return true
	}
	switch w := s.b[from:to]; versionWords.find(w) {
	case versionIs:
		return true
	case versionSoft, versionJoin:
		if c := s.at(end); (c == '#' || c == ':') && is(s.at(end+1), cDigit) {
			return false // client 203.0.113.9#53
		}
		return smallNumbers(octets) && s.versionWord(start, octets)
	default:
		switch {
		case len(w) == 0 || !smallNumbers(octets):
			return false
		case is(w[0], cDigit):
			return s.versionWord(start, octets)
		}
		return len(w) > 1 && is(w[0], cUpper) && cueOf(w) != cueHost && s.onAdvice(start)
	}
}

// foreignVersion reports whether the word that ends at end, whose last letters
// of ASCII begin at start, speaks of versions in another language.
func (s *scanner) foreignVersion(start, end int) bool {
	for low := max(0, start-24); start > low && (s.b[start-1] >= 0x80 || is(s.b[start-1], cAlpha)); {
		start--
	}
	found := false
	foreignIn(s.b[start:end], func(is foreign) { found = found || is == foreignVersion })
	return found
}

// onAdvice reports whether the line around p says which versions of something
// are vulnerable: "Connect Secure 9.1.18.3 is affected".
func (s *scanner) onAdvice(p int) bool {
	l := s.lineOf(p)
	if l.clipped {
		return false
	}
	if s.line.adviceAt != l.span {
		line := s.b[l.start:l.end]
		s.line.adviceAt = l.span
		s.line.advice = bytes.Contains(line, []byte("ulnerab")) || bytes.Contains(line, []byte("ffected")) || bytes.Contains(line, []byte("atched"))
	}
	return s.line.advice
}

// wordBefore finds the word of ASCII that ends at most three bytes before p, on
// its line. A letter beyond ASCII may stand before it.
func (s *scanner) wordBefore(p int) (start, end int) {
	end = p
	for end > 0 && end > p-3 && !is(s.b[end-1], cAlnum) && s.b[end-1] < 0x80 {
		if end--; s.b[end] == '\n' {
			return p, p
		}
	}
	start = end
	for start > 0 && end-start < 16 && is(s.b[start-1], cAlnum) {
		start--
	}
	return start, end
}

// sectionNumber reports whether four small numbers begin a line and a title
// follows: "4.1.2.3 Findings". Resolvers ("8.8.8.8 Google") are written alike.
func (s *scanner) sectionNumber(start, end int, o [4]byte) bool {
	if o[0] > 9 || max(o[1], o[2], o[3]) > 29 || o[0] == o[1] || o[0] == o[3] || s.at(end) != ' ' || !is(s.at(end+1), cUpper) {
		return false
	}
	for p := start - 1; p >= max(0, start-4); p-- {
		switch s.b[p] {
		case '\n':
			return true
		case '#', ' ', '=', '*':
		default:
			return false
		}
	}
	return start < 4
}

// smallNumbers reports whether octets could be a version at all likely.
func smallNumbers(o [4]byte) bool {
	return o[0] < 30 || o[1] == 0 && o[2] == 0 || o[2] == 0 && o[3] == 0
}

// productBefore reports whether the word that ends at slash names a product.
// Java prints addresses as "host/10.0.0.1", so not every word does.
func (s *scanner) productBefore(slash int, octets [4]byte) bool {
	start := slash
	for start > 0 && slash-start < 32 && is(s.b[start-1], cLabel) {
		start--
	}
	word := s.b[start:slash]
	if len(word) == 0 || !is(word[0], cAlpha) || s.at(start-1) == '.' {
		return false
	}
	for _, c := range word {
		if is(c, cDigit) || c == '_' { // HIER_DIRECT/203.0.113.9
			return false
		}
	}
	switch caseOf(word) {
	case caseTitle, caseMixed:
		return true
	case caseUpper:
		return len(word) <= 4 && string(word) != "IP" && string(word) != "TCP" && string(word) != "UDP"
	}
	switch string(word) {
	case "curl", "wget", "nginx", "python", "java", "okhttp", "axios", "node", "php", "openssl", "lighttpd", "apache", "version", "ver", "v":
		return true
	case "ip", "host", "tcp", "udp", "inside", "outside", "dmz":
		return false
	}
	return octets[0] < 10
}

// headerField reports whether p is in the version field of a CEF or LEEF
// header: its fourth.
func (s *scanner) headerField(p int) bool {
	start, _ := s.lineBounds(p)
	line := s.b[start:p]
	i := bytes.Index(line, []byte("CEF:"))
	if j := bytes.Index(line, []byte("LEEF:")); i < 0 || j >= 0 && j < i {
		i = j
	}
	return i >= 0 && bytes.Count(line[i:], []byte("|")) == 3
}

// versionWord reports whether the words before p speak of versions. Of a list
// of versions only the first number stands behind such a word, so what was
// decided about the one before is remembered.
func (s *scanner) versionWord(p int, octets [4]byte) bool {
	low, _ := s.lineBounds(p)
	low = max(low, p-48)
	for words := 0; p > low && words < 12; {
		if !is(s.b[p-1], cAlnum) {
			p--
			continue
		}
		end := p
		for p > low && is(s.b[p-1], cAlnum) {
			p--
		}
		switch w := s.b[p:end]; versionWords.find(w) {
		case versionIs:
			return true
		case versionSoft:
			return octets[0] < 30 && octets[0] != 10
		case versionJoin:
		default:
			if end == s.number.end {
				return s.number.version
			}
			if !allDigits(w) {
				return false
			}
		}
		words++
	}
	return false
}

// A number is the last thing that could have been an address or a version.
type number struct {
	end     int
	version bool
}

// spacedIPv4 reads "203 . 0 . 113 . 9" around the dot at p, its first.
func (s *scanner) spacedIPv4(p int) {
	start := p - 1
	for start > s.floor && p-start < 5 && is(s.b[start-1], cDigit) {
		start--
	}
	var plain [16]byte
	n, q := 0, start
	for groups := 0; ; groups++ {
		first := q
		for q < first+4 && is(s.at(q), cDigit) {
			if n < len(plain) {
				plain[n] = s.b[q]
				n++
			}
			q++
		}
		if groups == 3 || s.at(q) != ' ' || s.at(q+1) != '.' || s.at(q+2) != ' ' || n == len(plain) {
			break
		}
		plain[n] = '.'
		n++
		q += 3
	}
	if e, _, ok := parseIPv4(plain[:n], 0); !ok || e != n || is(s.at(start-1), cToken) || is(s.at(q), cToken) {
		return
	}
	s.takeText(kIPv4, start, q, plain[:n], byDefang)
	s.settle(q)
}

// symbolIPv4 decides about four numbers spelt with symbols, in s.host.
func (s *scanner) symbolIPv4(h *hostBuf) {
	if end, _, ok := parseIPv4(h.text, 0); !ok || end != len(h.text) {
		if h.labels == 4 {
			s.refuse(kIPv4, h.start, h.end, notNumber)
		}
		return
	}
	if s.maskedBefore(h.start) || s.maskedAfter(h.end) {
		s.refuse(kIPv4, h.start, h.end, notMasked)
		return
	}
	stop, k := h.end, kIPv4
	if e, ok := s.prefixLength(h.end, 32); ok {
		stop, k = e, kCIDR
	}
	val := len(s.arena)
	s.arena = append(s.arena, h.text...)
	if stop > h.end {
		s.arena = append(s.arena, s.plainPrefix(h.end, stop)...)
	}
	h.end, h.fresh = stop, false
	s.takeArena(k, h.start, stop, val, byDefang)
	s.skipPath(stop)
}
