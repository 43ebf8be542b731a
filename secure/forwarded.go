package secure

import (
	"net/http"
	"slices"
	"strings"
)

// A hop is one element of Forwarded.
type hop struct{ node, proto, host string }

// readForwarded walks the Forwarded header. If a line of it is malformed,
// nothing is believed: an attacker could have opened a quote in front that
// hides what a proxy appended.
func (p *Proxies) readForwarded(h http.Header, c *Client) {
	hops, ok := parseForwarded(h["Forwarded"])
	if !ok {
		return
	}
	for i, hop := range slices.Backward(hops) {
		if hop.proto != "" {
			setScheme(c, hop.proto)
		}
		if hop.host != "" && p.host {
			c.Host = hop.host
		}
		addr, ok := parseNode(hop.node)
		if !ok || len(hops)-i > maxHops {
			return // "unknown", "_hidden": the proxy that wrote it is all we know
		}
		c.IP = addr
		if !p.trusts(addr) {
			return
		}
	}
}

// parseForwarded reads the lines of a Forwarded header, each by itself.
func parseForwarded(lines []string) (hops []hop, ok bool) {
	for _, rest := range lines {
		for more := true; more; {
			var h hop
			if h, rest, more, ok = parseHop(rest); !ok {
				return nil, false
			}
			hops = append(hops, h)
		}
	}
	return hops, true
}

// parseHop reads pairs up to a comma or the end. A pair given twice makes it
// malformed, since readers differ on which one counts.
func parseHop(s string) (h hop, rest string, more, ok bool) {
	for {
		var name, value string
		if name, s, ok = cutToken(strings.TrimLeft(s, " \t")); !ok || !strings.HasPrefix(s, "=") {
			return hop{}, "", false, false
		}
		if value, s, ok = cutValue(s[1:]); !ok || value == "" {
			return hop{}, "", false, false
		}
		var field *string
		switch strings.ToLower(name) {
		case "for":
			field = &h.node
		case "proto":
			field = &h.proto
		case "host":
			field = &h.host
		}
		if field != nil {
			if *field != "" {
				return hop{}, "", false, false
			}
			*field = value
		}
		s = strings.TrimLeft(s, " \t")
		switch {
		case s == "":
			return h, "", false, true
		case s[0] == ',':
			return h, s[1:], true, true
		case s[0] != ';':
			return hop{}, "", false, false
		}
		s = s[1:]
	}
}

func cutToken(s string) (token, rest string, ok bool) {
	i := 0
	for i < len(s) && isTokenByte(s[i]) {
		i++
	}
	return s[:i], s[i:], i > 0
}

// cutValue reads a token or a quoted string. Addresses need no backslash; one
// that is escaped nevertheless is refused rather than unescaped.
func cutValue(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return cutToken(s)
	}
	end := strings.IndexByte(s[1:], '"') + 1
	if end == 0 || strings.IndexByte(s[:end], '\\') >= 0 {
		return "", "", false
	}
	return s[1:end], s[end+1:], true
}

// isTokenByte is RFC 9110's tchar, and besides the bytes of addresses that some
// proxies leave unquoted.
func isTokenByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("!#$%&'*+-.^_`|~:[]", c) >= 0
}
