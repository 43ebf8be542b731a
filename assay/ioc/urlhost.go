package ioc

import (
	"bytes"
	"net/netip"
)

// urlHost reads the host of a URL at p.
func (s *scanner) urlHost(u *urlHost, p int) bool {
	if s.at(p) == '[' {
		return s.urlIPv6(u, p)
	}
	if e := s.runEnd(p); !is(s.at(e), cOpen) && e > p && e-p < 64 && !is(s.b[p], cDigit) && s.softBreakAt(e) == 0 {
		if dots, _, _ := s.spanMasks(p, e); dots == 0 {
			return false // one word
		}
	}
	h := s.readURLHost(p)
	if h.labels == 0 || h.long {
		return false
	}
	u.hostEnd = h.end
	u.spaced = h.start < h.end && h.how&symSpaced != 0
	if s.maskedAfter(h.end) && s.at(h.end) == '[' {
		return false
	}
	if is(h.text[0], cDigit) && s.numericHost(u, h) {
		return true
	}
	if h.wide && !s.toASCII(h) {
		return false
	}
	if h.labels < 2 {
		return false
	}
	if h.odd || len(h.text) > 63 {
		if _, ok := checkHost(h.text); !ok {
			return false
		}
	}
	u.kind, u.tld = kDomain, tldOf(h.last())
	u.same = !h.dirty
	return u.tld != 0 || is(h.text[len(h.text)-1], cAlpha) && len(h.last()) > 1
}

// readURLHost is readHost where blanks may stand before a dot as well.
func (s *scanner) readURLHost(p int) *hostBuf {
	h := s.readHost(p)
	for h.labels > 0 && h.labels < 5 && s.at(h.end) == ' ' && s.at(h.end+1) == '.' && is(s.at(h.end+2), cAlpha) {
		text := append([]byte(nil), h.text...)
		h = s.readHost(h.end + 2)
		h.text = append(append(text, '.'), h.text...)
		h.start, h.dirty, h.fresh = p, true, false
		h.how |= symSpaced
		h.labels = bytes.Count(h.text, []byte(".")) + 1
		h.tld = bytes.LastIndexByte(h.text, '.') + 1
	}
	return h
}

// checkHost checks the labels of a whole host name.
func checkHost(name []byte) (reason, bool) {
	dot := bytes.LastIndexByte(name, '.')
	if dot < 0 {
		return notHost, false
	}
	return checkLabels(name, dot, true)
}

// urlIPv6 reads "[2001:db8::1]".
func (s *scanner) urlIPv6(u *urlHost, p int) bool {
	high := min(len(s.b), p+60)
	i := bytes.IndexByte(s.b[p:high], ']')
	if i < 4 {
		return false
	}
	inside := s.text[p+1 : p+i]
	if j := bytes.IndexByte(s.b[p+1:p+i], '%'); j >= 0 {
		inside = inside[:j]
	}
	for j := range len(inside) {
		if c := inside[j]; !is(c, cHex) && c != ':' && c != '.' {
			return false
		}
	}
	addr, err := netip.ParseAddr(inside)
	if err != nil || !addr.Is6() {
		return false
	}
	h := &s.host
	*h = hostBuf{own: append(addr.AppendTo(append(h.own[:0], '[')), ']'), dirty: true}
	h.text = h.own
	u.kind, u.addr = kIPv6, addr
	u.hostEnd = p + i + 1
	u.same = string(h.text) == s.text[p:u.hostEnd]
	return true
}

// numericHost reads the spellings of an IPv4 host that browsers accept: four
// octets, also octal or hexadecimal, or one integer.
func (s *scanner) numericHost(u *urlHost, h *hostBuf) bool {
	if e, octets, ok := parseIPv4(h.text, 0); ok && e == len(h.text) {
		u.kind, u.addr, u.same = kIPv4, netip.AddrFrom4(octets), !h.dirty
		return true
	}
	addr, octal, ok := looseIPv4(h.text)
	if !ok {
		return false
	}
	if octal {
		u.flags |= flagOctal
	} else {
		u.flags |= flagInteger
	}
	h.fresh = false
	h.own = addr.AppendTo(h.own[:0])
	h.text = h.own
	u.kind, u.addr, u.same = kIPv4, addr, false
	return true
}

// looseIPv4 reads one to four numbers, decimal, octal ("0177") or hexadecimal
// ("0x7f"), as inet_aton does. Fewer than four only as one integer above 24
// bits, so that "http://2024/" stays text.
func looseIPv4(b []byte) (addr netip.Addr, octal, ok bool) {
	dots := bytes.Count(b, []byte("."))
	if dots != 0 && dots != 3 {
		return addr, false, false
	}
	var n uint64
	for i := 0; i <= dots; i++ {
		part, rest, _ := bytes.Cut(b, []byte("."))
		b = rest
		v, oct, good := looseNumber(part)
		if !good || dots > 0 && v > 255 || v > 1<<32-1 {
			return addr, false, false
		}
		octal = octal || oct
		n = n<<8 | v
	}
	if dots == 0 && n < 1<<24 {
		return addr, false, false
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), octal, true
}

func looseNumber(b []byte) (n uint64, octal, ok bool) {
	base := uint64(10)
	switch {
	case len(b) > 2 && b[0] == '0' && b[1] == 'x':
		base, b = 16, b[2:]
	case len(b) > 1 && b[0] == '0':
		base, b, octal = 8, b[1:], true
	}
	if len(b) == 0 || len(b) > 12 {
		return 0, false, false
	}
	for _, c := range b {
		d := uint64(c - '0')
		if c >= 'a' {
			d = uint64(c-'a') + 10
		}
		if d >= base {
			return 0, false, false
		}
		n = n*base + d
	}
	return n, octal, true
}
