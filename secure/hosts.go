package secure

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// ErrHost is what every error of [ParseHost] wraps.
var ErrHost = errors.New("secure: malformed host")

// A Host is a parsed Host header or authority. Two hosts are the same exactly
// if they are equal.
type Host struct {
	Name string // lower case, no final dot; an IPv6 address is in brackets, as netip prints it
	Port string // decimal, "" if none was given
}

// String returns the host as a URL holds it.
func (h Host) String() string {
	if h.Port == "" {
		return h.Name
	}
	return h.Name + ":" + h.Port
}

// ParseHost reads a Host header. It is strict, since whatever passes ends up
// in links and is compared with lists: a host is a DNS name of letters,
// digits, hyphens and underscores (so no international name, whose punycode
// form is what browsers send), an IPv4 address in four decimal parts, or an
// IPv6 address in brackets, without zone; then perhaps a port from 1 to 65535.
//
// Refused are thus "a,b" (a second Host joined on by a proxy), "good@evil",
// "[::1" and "a:b:c" (which parsers split at different colons), "a..b", spaces
// and other bytes below the dignity of a name, and spellings such as 127.1 or
// 0x7f000001, in which a list would not recognise an address that a resolver
// does.
func ParseHost(s string) (Host, error) {
	name, port, ok := splitPort(s)
	if !ok {
		return Host{}, hostError(s)
	}
	switch {
	case strings.HasPrefix(name, "["):
		name, ok = canonicalIPv6(name)
	default:
		name, ok = canonicalName(name)
	}
	if !ok {
		return Host{}, hostError(s)
	}
	return Host{Name: name, Port: port}, nil
}

// hostError quotes what was refused, cut to the length of the longest name.
func hostError(s string) error { return fmt.Errorf("%w: %.253q", ErrHost, s) }

// splitPort cuts s after its name, which is up to the bracket or the only
// colon.
func splitPort(s string) (name, port string, ok bool) {
	end := strings.IndexByte(s, ':')
	if strings.HasPrefix(s, "[") {
		end = strings.IndexByte(s, ']') + 1
		if end == 0 {
			return "", "", false
		}
	}
	if end < 0 || end == len(s) {
		return s, "", true
	}
	name, port = s[:end], s[end:]
	return name, port[1:], port[0] == ':' && isPort(port[1:])
}

func isPort(s string) bool {
	if len(s) == 0 || len(s) > 5 || s[0] == '0' {
		return false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || '9' < s[i] {
			return false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n <= 65535
}

func canonicalIPv6(s string) (string, bool) {
	const longest = len("[0000:0000:0000:0000:0000:ffff:255.255.255.255]")
	if len(s) > longest {
		return "", false
	}
	addr, err := netip.ParseAddr(s[1 : len(s)-1])
	if err != nil || !addr.Is6() || addr.Zone() != "" {
		return "", false
	}
	var buf [longest]byte
	text := append(addr.AppendTo(append(buf[:0], '[')), ']')
	if string(text) == s {
		return s, true // without a copy
	}
	return string(text), true
}

// canonicalName checks a DNS name or IPv4 address. The copy that lower case
// needs is made only where there is upper case.
func canonicalName(s string) (string, bool) {
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > 253 {
		return "", false
	}
	label, letters, upper := 0, false, false // of the label so far, of it, of all
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '.':
			if label == 0 || s[i-1] == '-' {
				return "", false
			}
			label, letters = -1, false
		case 'a' <= c && c <= 'z' || c == '_':
			letters = true
		case 'A' <= c && c <= 'Z':
			letters, upper = true, true
		case c == '-':
			if label == 0 {
				return "", false
			}
			letters = true
		case c < '0' || '9' < c:
			return "", false
		}
		if label++; label > 63 {
			return "", false
		}
	}
	if label == 0 || s[len(s)-1] == '-' {
		return "", false
	}
	if !letters || hexNumber(s) { // by WHATWG's rules it "ends in a number", so it must be an address
		addr, err := netip.ParseAddr(s)
		return s, err == nil && addr.Is4()
	}
	if upper {
		s = strings.ToLower(s)
	}
	return s, true
}

// hexNumber reports whether the last label of s is a hexadecimal number.
func hexNumber(s string) bool {
	last := s[strings.LastIndexByte(s, '.')+1:]
	if len(last) < 2 || last[0] != '0' || last[1]|0x20 != 'x' {
		return false
	}
	return strings.Trim(last[2:], "0123456789abcdefABCDEF") == ""
}

// Hosts is the set of hosts that an application answers for.
//
// Without one, an attacker's Host header goes into links: a password reset
// mail then leads to his site, and a cache keeps a page for others that loads
// his scripts. And a name of his that resolves to 127.0.0.1 makes a browser
// hand him what a server on the user's own machine says (DNS rebinding).
type Hosts struct {
	exact  map[Host]bool
	suffix []Host // Name starts with a dot
}

// NewHosts returns the set that rules describe: "example.com" means this host,
// ".example.com" this and all below it, "192.0.2.1" or "[2001:db8::1]" an
// address. A rule with a port means this port only, others mean any port. There
// is no rule for every host, and without rules no host matches.
func NewHosts(rules ...string) (*Hosts, error) {
	h := &Hosts{exact: map[Host]bool{}}
	for _, rule := range rules {
		name, below := strings.CutPrefix(rule, ".")
		host, err := ParseHost(name)
		if err != nil {
			return nil, fmt.Errorf("host rule %.253q: %w (write example.com, .example.com, 192.0.2.1 or [2001:db8::1])", rule, err)
		}
		h.exact[host] = true
		if below {
			h.suffix = append(h.suffix, Host{"." + host.Name, host.Port})
		}
	}
	return h, nil
}

// Loopback returns the rules for development: the names and addresses by which
// a browser reaches a server on its own machine.
func Loopback() []string {
	return []string{"localhost", ".localhost", "127.0.0.1", "[::1]"}
}

// Match parses a Host header and reports whether the host is in the set. The
// answer to one that is not should be 421 or 400. A host is compared without
// regard to case and final dot, and always by whole labels: ".example.com"
// does not match badexample.com.
func (h *Hosts) Match(host string) (canonical Host, ok bool) {
	canonical, err := ParseHost(host)
	if err != nil {
		return Host{}, false
	}
	if h.exact[canonical] || canonical.Port != "" && h.exact[Host{Name: canonical.Name}] {
		return canonical, true
	}
	for _, s := range h.suffix {
		if strings.HasSuffix(canonical.Name, s.Name) && (s.Port == "" || s.Port == canonical.Port) {
			return canonical, true
		}
	}
	return canonical, false
}
