package ioc

import (
	"bytes"
	"net/netip"
	"unsafe"
)

// ipv6 decides about the run of hexadecimal groups around the colon at p, the
// first of them.
func (s *scanner) ipv6(p int) {
	if s.clock(p) {
		return
	}
	start := p
	for start > s.floor && p-start < 5 && is(s.b[start-1], cHex) {
		start--
	}
	marked := s.at(start-1) == '_' // _2001:db8::1_
	if c := s.at(start - 1); is(c, cLabel) && !marked && !s.escapeBefore(start) || c == ':' || c == '.' && is(s.at(start-2), cAlnum) {
		return
	}
	val := len(s.arena)
	end, groups, last := s.readIPv6(start)
	raw := s.arena[val:]
	canonical, ok := false, likelyIPv6(raw, groups)
	var addr netip.Addr
	if ok {
		if canonical = isCanonicalIPv6(raw); !canonical {
			var err error
			addr, err = netip.ParseAddr(unsafe.String(&raw[0], len(raw))) // the address keeps nothing of it
			ok = err == nil
		}
	}
	if next := s.at(end); !ok || is(next, cLabel) && !(marked && next == '_') || marked && next != '_' && next != '/' || next == ':' && is(s.at(end+1), cHex|cLabel) || next == '.' && is(s.at(end+1), cAlnum) {
		s.arena = s.arena[:val]
		s.done = max(s.done, last)
		return
	}
	defanged := end-start != len(raw)
	if !canonical {
		s.arena = addr.AppendTo(s.arena[:val])
	}
	why := s.alone(start, end).orAddress()
	if defanged {
		why = byDefang
	}
	stop := end
	if e, ok := s.prefixLength(end, 128); ok {
		s.arena = append(s.arena, s.plainPrefix(end, e)...)
		s.takeArena(kCIDR, start, e, val, why)
		stop = e
	} else {
		s.takeArena(kIPv6, start, end, val, why)
	}
	s.settle(stop)
}

// isCanonicalIPv6 reports whether raw is surely an address, and spelt as
// net/netip would: in lower case, no group with a zero in front, and "::" for
// two groups at least.
func isCanonicalIPv6(raw []byte) bool {
	groups, digits, double := 0, 0, false
	for i, c := range raw {
		switch {
		case c == ':' && i > 0 && raw[i-1] == ':':
			if double {
				return false
			}
			double = true
		case c == ':':
			digits = 0
		case !is(c, cHex) || is(c, cUpper) || c == '0' && digits == 0 || digits == 4:
			return false
		default:
			if digits == 0 {
				groups++
			}
			digits++
		}
	}
	n := len(raw)
	if raw[0] == ':' && raw[1] != ':' || raw[n-1] == ':' && raw[n-2] != ':' {
		return false
	}
	return double && groups < 7 || !double && groups == 8
}

// clock passes over "12:34" and "12:34:56", which logs are full of.
func (s *scanner) clock(p int) bool {
	q := p + 1
	for range 2 {
		n := q
		for q < n+4 && is(s.at(q), cHex) {
			q++
		}
		c := s.at(q)
		if q == n || isOpener(c) {
			return false
		}
		if c != ':' {
			s.done = max(s.done, n)
			return true
		}
		q++
	}
	return false
}

// readIPv6 copies groups and colons, defanged or not, to the arena. last is
// where the last group begins.
func (s *scanner) readIPv6(p int) (end, groups, last int) {
	for p < len(s.b) && groups <= 9 {
		last = p
		for p < last+5 && is(s.at(p), cHex) {
			p++
		}
		n := p - last
		s.arena = append(s.arena, s.b[last:p]...)
		if n > 0 {
			groups++
		}
		if s.at(p) == '.' && n > 0 && n < 4 { // an IPv4 tail
			if e, _, ok := parseIPv4(s.b, last); ok {
				s.arena = append(s.arena, s.b[p:e]...)
				return e, groups + 1, last
			}
		}
		e := s.colonAt(p)
		if e == 0 {
			return p, groups, last
		}
		more := is(s.at(e), cHex)
		if !more && s.colonAt(e) == 0 && (n > 0 || groups == 0) {
			return p, groups, last // a colon that only follows
		}
		s.arena = append(s.arena, ':')
		p = e
		if !more && n == 0 && len(s.arena) > 1 && s.colonAt(e) == 0 {
			return p, groups, last // "2001:db8::"
		}
	}
	return p, groups, last
}

// colonAt reads ':' or "[:]" and returns where it ends, or 0.
func (s *scanner) colonAt(p int) int {
	switch c := s.at(p); {
	case c == ':':
		return p + 1
	case isOpener(c) && s.at(p+1) == ':' && isCloser(s.at(s.unescaped(p+2))):
		return s.unescaped(p+2) + 1
	case c == '\\' && isOpener(s.at(p+1)) && s.at(p+2) == ':':
		return s.colonAt(p + 1)
	case isOpener(c) && s.at(p+1) == ':' && s.at(p+2) == ':' && isCloser(s.at(p+3)):
		return 0
	}
	return 0
}

// likelyIPv6 refuses what is more likely a clock time, a MAC address or a name
// in C++.
func likelyIPv6(raw []byte, groups int) bool {
	if len(raw) < 3 || len(raw) > 45 {
		return false
	}
	double := bytes.Index(raw, []byte("::"))
	if double < 0 && groups != 8 && bytes.IndexByte(raw, '.') < 0 {
		return false
	}
	digit, long, run := false, false, 0
	for _, c := range raw {
		digit = digit || is(c, cDigit)
		if run++; !is(c, cHex) {
			run = 0
		}
		long = long || run > 2
	}
	switch {
	case !digit && groups < 4,
		double < 0 && !long && !bytes.Contains(raw, []byte(":0:0:")),
		double > 0 && groups < 3 && double < 3,
		groups == 1 && double > 0 && double != 4:
		return false
	}
	return true
}
