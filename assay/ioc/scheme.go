package ioc

import "strings"

// schemeEnd reads "://" in any spelling from the colon at p, and returns where
// it begins and ends.
func (s *scanner) schemeEnd(p int) (start, end int, defanged, ok bool) {
	start = p
	q := p + 1
	open := isOpener(s.at(p - 1))
	if open {
		start, defanged = p-1, true
		if s.at(start-1) == '\\' {
			start-- // \[:\] of Markdown
		}
		if c := s.unescaped(q); isCloser(s.at(c)) {
			open = false
			q = c + 1
		}
	}
	if s.at(q) == ' ' && !open {
		q, defanged = q+1, true
	}
	for slashes := 0; slashes < 3; {
		switch c := s.at(q); {
		case c == '/':
			q++
			slashes++
		case c == '\\' && s.escapedSlash(q) > 0:
			q = s.escapedSlash(q)
			slashes++
			defanged = true
		case c == '\\':
			q++
			slashes++
			defanged = true
		case c == '_' && (slashes == 1 && s.at(q-1) == '_' || slashes == 0 && s.at(q+1) == '_'):
			q++
			slashes++
			defanged = true
		case c == '[' && (s.at(q+1) == '/' || s.at(q+1) == '\\'):
			open, defanged = true, true
			q++
		case c == ']' && open, isCloser(c) && open:
			open = false
			q++
		default:
			return start, q, defanged || slashes > 2, slashes >= 2 && !open
		}
	}
	if c := s.unescaped(q); open && isCloser(s.at(c)) {
		q = c + 1
	}
	return start, q, true, true
}

// escapedSlash reads a slash behind the backslashes of JSON, also of JSON within
// JSON, and returns where it ends, or 0.
func (s *scanner) escapedSlash(p int) int {
	q := p
	for q < p+8 && s.at(q) == '\\' {
		q++
	}
	if q == p || s.at(q) != '/' {
		return 0
	}
	return q + 1
}

// scheme reads the scheme that ends at p, defanged or not. It is known if it is
// one that malware and analysts use.
func (s *scanner) scheme(p int) (start int, name string, known, ok bool) {
	for _, name := range [...]string{"http", "https"} {
		if q := p - len(name); q >= s.floor && s.text[q:p] == name && (q == 0 || !is(s.b[q-1], cAlnum) && s.b[q-1] != '+' && s.b[q-1] != '*') {
			return q, name, true, true
		}
	}
	start = s.schemeStart(p)
	var buf [20]byte
	n := 0
	for _, c := range s.b[start:p] {
		if !isOpener(c) && !isCloser(c) {
			buf[n] = lower(c)
			n++
		}
	}
	if name, ok := schemeName(buf[:n]); ok {
		return start, name, true, true
	}
	// Text may be glued to the front: "urlhttps://".
	for _, suffix := range [...]string{"https", "http", "hxxps", "hxxp", "ftp"} {
		if q := p - len(suffix); n > len(suffix) && foldEqual(s.b[q:p], suffix) {
			name, _ := schemeName([]byte(suffix))
			return q, name, true, true
		}
	}
	return s.anyScheme(start, p)
}

// schemeStart finds where a scheme begins that ends at p and may have brackets
// and masks in it: "h[tt]p", "h**ps".
func (s *scanner) schemeStart(p int) int {
	start, depth := p, 0
	for start > s.floor && p-start < 20 {
		c := s.b[start-1]
		switch {
		case isCloser(c) && c != '>' && p-start < 9:
			depth++
		case isOpener(c) && c != '<' && depth > 0:
			depth--
		case !is(c, cAlnum) && c != '+' && c != '*' && c != '_' && c != '-' && c != '#' && c != '.':
			depth = -1
		}
		if depth < 0 {
			break
		}
		start--
	}
	for start < p && !is(s.b[start], cAlpha) && !isOpener(s.b[start]) {
		start++
	}
	if s.at(start-1) == '\\' && s.escapeBefore(start+1) {
		start++ // "a\nhxxp://"
	}
	return start
}

// anyScheme reads a word in lower case as a scheme.
func (s *scanner) anyScheme(low, p int) (start int, name string, known, ok bool) {
	start = p
	for start > low && is(s.b[start-1], cAlnum) {
		start--
	}
	if p-start < 2 || p-start > 12 || !is(s.b[start], cAlpha) || is(s.at(start-1), cLabel) || caseOf(s.b[start:p]) != caseLower {
		return 0, "", false, false
	}
	if name, ok := schemeName(s.b[start:p]); ok {
		return start, name, true, true
	}
	return start, s.text[start:p], false, true
}

// schemeNames gives the true name of a scheme, also where it was made harmless
// or lost a letter in copying.
var schemeNames = func() map[string]string {
	names := map[string]string{}
	for name, spellings := range map[string]string{
		"http": "hxxp hxtp htxp httx ttp htp htpp meow xxxx hpp hppt hhtp h00p", "https": "hxxps hxtps htxps httxs ttps htps htpps xxxxs hpps hhtps hxxpx h00ps",
		"ftp": "fxp fxxp ftx fttp", "ftps": "fxps ftxs", "sftp": "sxftp", "tcp": "txp",
		"udp": "", "ws": "", "wss": "", "ssh": "", "rdp": "", "smb": "", "ldap": "", "ldaps": "", "dns": "", "rmi": "", "git": "", "svn": "",
		"irc": "", "ircs": "", "tor": "", "telnet": "", "rtsp": "", "rtmp": "", "tls": "", "ssl": "", "socks5": "", "stratum+tcp": "", "stratum+ssl": "",
	} {
		names[name] = name
		for _, s := range strings.Fields(spellings) {
			names[s] = name
		}
	}
	return names
}()

// schemeName gives the true name of a scheme in lower case.
func schemeName(b []byte) (string, bool) {
	if name, ok := schemeNames[string(b)]; ok {
		return name, true
	}
	// h**p, h--p, h__ps, hxxxp, h##p
	if len(b) < 3 || b[0] != 'h' {
		return "", false
	}
	name, middle := "http", b[1:]
	if middle[len(middle)-1] == 's' {
		name, middle = "https", middle[:len(middle)-1]
	}
	if len(middle) < 2 || len(middle) > 4 || middle[len(middle)-1] != 'p' {
		return "", false
	}
	for _, c := range middle[:len(middle)-1] {
		if c != 'x' && c != 't' && c != '*' && c != '_' && c != '-' && c != '#' {
			return "", false
		}
	}
	return name, true
}
