package ioc

import (
	"bytes"
	"net/netip"
)

// colon looks at a colon: of a scheme, or of an IPv6 address.
func (s *scanner) colon(p int) {
	next, prev := s.at(p+1), s.at(p-1)
	switch {
	case next == '\\' && isOpener(prev) && is(s.at(p-3), cHex) && isCloser(s.at(p+2)):
		if !s.url(p) {
			s.ipv6(p - 2)
		}
	case next == '/' || next == '\\' || next == '[' || next == '_' && s.at(p+2) == '_' || (next == ' ' && (s.at(p+2) == '/' || s.at(p+2) == '\\')):
		s.url(p)
	case isCloser(next) && isOpener(prev):
		if !s.url(p) && is(s.at(p-2), cHex) {
			s.ipv6(p - 1)
		}
	case next == ':' && (is(prev, cHex) && !isWord(s.at(p+2)) || !is(prev, cToken) && prev != ':' && is(s.at(p+2), cHex)):
		s.ipv6(p)
	case is(next, cHex) && is(prev, cHex):
		s.ipv6(p)
	case next == '[' && is(prev, cHex):
		s.ipv6(p)
	}
}

// isWord reports whether c goes on a word of code: a letter that is no
// hexadecimal digit, as in "std::vector".
func isWord(c byte) bool { return class[c]&(cToken|cHex) == cToken }

// A urlHost is what was read of a URL up to its path.
type urlHost struct {
	scheme         string
	start          int // of the scheme
	authority      int
	host, hostEnd  int
	end            int // after the port
	kind           kind
	addr           netip.Addr
	flags          flags
	tld            tldClass
	same           bool // the text from start to end is canonical
	schemeDefanged bool
	spaced         bool // blanks stand around the dots of the host
}

// url decides about the URL whose scheme ends at the colon at p. It reports
// whether there was one.
func (s *scanner) url(p int) bool {
	sep, authority, defanged, ok := s.schemeEnd(p)
	if !ok {
		return false
	}
	start, scheme, known, ok := s.scheme(sep)
	if !ok || !known && s.at(p+1) == ' ' {
		return false
	}
	u := &s.u
	*u = urlHost{scheme: scheme, start: start, authority: authority}
	u.schemeDefanged = defanged || s.text[start:sep] != scheme
	if s.at(start-1) == '[' && s.at(authority) == ']' { // [hxxp://]evil.com
		u.start, u.authority, u.schemeDefanged = start-1, authority+1, true
	}
	if c := s.at(u.authority); c == ' ' && u.schemeDefanged || c == ' ' && known && s.spacedHost(u.authority+1) {
		u.authority++
		u.schemeDefanged = true
	}
	if !s.urlAuthority(u) {
		return false
	}
	if !known && u.kind == kDomain && u.tld == 0 {
		return false
	}
	s.edits = s.edits[:0]
	end := s.urlTail(u)
	s.takeURL(u, end)
	s.settle(end)
	return true
}

// spacedHost recognises a host behind a blank: "http:// evil .com", a spelling
// of one mail gateway, "http:// evil.com/x" and "http:// evil[.]com".
func (s *scanner) spacedHost(p int) bool {
	q := p
	for q < p+63 && is(s.at(q), cLabel) {
		q++
	}
	if q == p {
		return false
	}
	switch s.at(q) {
	case ' ':
		return s.at(q+1) == '.' && is(s.at(q+2), cAlpha)
	case '.':
		end := s.runEnd(q)
		return s.at(end) == '/' || is(s.at(end), cOpen) && s.mayGoOn(end, s.at(end))
	}
	_, how := s.dotAt(q)
	return how&symDefanged != 0 && how&symBare == 0
}

// urlAuthority reads user, host and port.
func (s *scanner) urlAuthority(u *urlHost) bool {
	p := u.authority
	if c := s.at(s.runEnd(p)); c == '@' || c != '/' && is(c, cUser) {
		if at := s.userinfo(p); at > 0 {
			u.flags |= flagUserinfo
			if !s.portForHost(p, at) {
				p = at + 1
			}
		}
	}
	u.host = p
	if !s.urlHost(u, p) {
		return false
	}
	u.end = u.hostEnd
	q := s.colonAt(u.end)
	if q == 0 && u.flags&flagUserinfo != 0 && s.at(u.end) == '@' {
		q = u.end + 1 // "ip@80", seen for "ip:80"
	}
	if q > 0 {
		n := q
		for n < q+5 && is(s.at(n), cDigit) {
			n++
		}
		if n > q && !is(s.at(n), cAlnum) {
			u.same = u.same && q == u.end+1 && s.b[u.end] == ':'
			u.end = n
		}
	}
	return true
}

// userinfo returns where the "@" of "user:password@" stands, or 0.
func (s *scanner) userinfo(p int) int {
	for q := p; q < min(len(s.b), p+256); q++ {
		switch c := s.b[q]; {
		case c == '@':
			if q > p && s.labelAt(q+1) {
				return q
			}
			return 0
		case !is(c, cUser):
			return 0
		}
	}
	return 0
}

// portForHost recognises "https://203.0.113.9@80/x": a port behind the wrong
// character, not a user.
func (s *scanner) portForHost(p, at int) bool {
	if e, _, ok := parseIPv4(s.b, p); !ok || e != at {
		return false
	}
	q := at + 1
	for q < at+6 && is(s.at(q), cDigit) {
		q++
	}
	return q > at+1 && !is(s.at(q), cToken)
}

// takeURL records the URL that ends at end, and its host.
func (s *scanner) takeURL(u *urlHost, end int) {
	host := s.host.text
	if u.same && len(s.edits) == 0 && u.flags&flagUserinfo == 0 && !u.schemeDefanged && s.text[u.start:u.start+len(u.scheme)] == u.scheme {
		s.add(kURL, u.start, end, 0, 0, byScheme, u.flags)
	} else {
		val := len(s.arena)
		s.arena = append(append(s.arena, u.scheme...), "://"...)
		if u.host > u.authority {
			s.appendUser(span{u.authority, u.host})
		}
		s.arena = append(s.arena, host...)
		if u.end > u.hostEnd {
			q := u.end
			for is(s.b[q-1], cDigit) {
				q--
			}
			s.arena = append(append(s.arena, ':'), s.b[q:u.end]...)
		}
		s.appendEdited(u.end, end)
		why := byScheme
		if u.schemeDefanged || s.host.how&symDefanged != 0 {
			why = byDefang
		}
		s.takeArena(kURL, u.start, end, val, why)
		s.flag(u.flags)
	}
	s.flagWide()
	s.takeURLHost(u)
	if s.wants(1 << kSocial) {
		s.socialURL(u, end)
	}
	if s.nested {
		s.urlInURL(u, end)
	}
	if s.wants(onWalk) {
		s.taken = append(s.taken, span{u.start, end})
	}
}

// appendUser copies what stands before the host to the arena. Escapes in it are
// the sender's own.
func (s *scanner) appendUser(user span) {
	if bytes.IndexByte(s.b[user.start:user.end], '%') >= 0 {
		s.arena = append(s.arena, s.b[user.start:user.end]...)
		return
	}
	s.appendLocal(user)
}

// urlInURL reads the target that a redirect has in its path or query.
func (s *scanner) urlInURL(u *urlHost, end int) {
	rest := s.b[u.end:end]
	i := bytes.Index(rest, []byte("://"))
	if i < 4 {
		return
	}
	start := i
	for start > 0 && is(rest[start-1], cAlpha) {
		start--
	}
	target := rest[start:]
	if n := bytes.IndexByte(target, '&'); n > 0 && bytes.IndexByte(rest[:start], '?') >= 0 {
		target = target[:n]
	}
	s.read("query", u.start, end, target)
}

// takeURLHost records the host of a URL as a match of its own.
func (s *scanner) takeURLHost(u *urlHost) {
	switch u.kind {
	case kDomain:
		if u.tld == 0 {
			return
		}
		s.takeHost(u.host, u.hostEnd, byURL)
	case kIPv4, kIPv6:
		start, end := u.host, u.hostEnd
		if u.kind == kIPv6 {
			start, end = start+1, end-1
		}
		val := len(s.arena)
		s.arena = u.addr.AppendTo(s.arena)
		s.takeArena(u.kind, start, end, val, byURL)
	}
	s.flag(u.flags & (flagOctal | flagInteger))
}
