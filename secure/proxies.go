package secure

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ProxyConfig says which reverse proxies stand in front, and what they set:
// the address of the client and the scheme by which it came, in every request.
type ProxyConfig struct {
	// Trusted are the addresses or networks of the proxies, such as
	// "127.0.0.1" or "10.0.0.0/8"; "unix" means peers on a Unix socket. List
	// the proxies only: whoever is in here can claim any address.
	Trusted []string

	// Host says that they set or remove X-Forwarded-Host in every request. Else the
	// host is taken from Host, since many proxies pass X-Forwarded-Host on as the
	// client wrote it, and a poisoned host gets into links and caches.
	Host bool
}

// Proxies finds the client behind trusted proxies. A nil *Proxies trusts none.
type Proxies struct {
	networks []netip.Prefix
	unix     bool
	host     bool
}

// NewProxies checks cfg. It returns nil, which trusts none, if cfg names no
// proxy.
func NewProxies(cfg ProxyConfig) (*Proxies, error) {
	if len(cfg.Trusted) == 0 {
		return nil, nil
	}
	p := &Proxies{host: cfg.Host}
	for _, s := range cfg.Trusted {
		if s == "unix" {
			p.unix = true
			continue
		}
		network, err := netip.ParsePrefix(s)
		if err != nil {
			addr, err := netip.ParseAddr(s)
			if err != nil {
				return nil, fmt.Errorf("secure: trusted proxy %q: want an address, a network such as 10.0.0.0/8, or unix", s)
			}
			network = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())
		}
		if network.Addr().Is4In6() {
			return nil, fmt.Errorf("secure: trusted proxy %q: write IPv4 networks as IPv4", s)
		}
		if network.Bits() == 0 {
			return nil, fmt.Errorf("secure: trusted proxy %q would let everybody claim any address", s)
		}
		p.networks = append(p.networks, network.Masked())
	}
	return p, nil
}

// A Client is the far end of a request, as far as trusted proxies tell.
type Client struct {
	IP     netip.Addr // without zone; IPv4 as such. Invalid if the peer is a Unix socket that nothing is known about
	Scheme string     // "http" or "https"
	Host   string     // not checked yet: see [Hosts.Match]
}

// maxHops bounds the chain of proxies that is followed.
const maxHops = 16

// Client tells who sent r. A proxy appends to what it was sent, so only the end
// of each list is certain: the walk goes from the right, and goes on only past
// addresses that are themselves trusted. The first entry, which many read, is
// whatever the client liked to write. X-Real-IP, True-Client-IP and their kin
// are never read: they have no place for what the proxy was sent. Nor is Forwarded
// (RFC 7239), which a proxy that sets the X-Forwarded headers passes on as the
// client wrote it.
//
// An entry that is no address ends the walk at the proxy that wrote it. Scheme
// and host come from the same place in their lists as the address, so that what
// the client wrote in front of them does not count either.
func (p *Proxies) Client(r *http.Request) Client {
	c := Client{IP: peer(r.RemoteAddr), Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		c.Scheme = "https"
	}
	if p == nil || !p.trusts(c.IP) {
		return c
	}
	p.readXForwarded(r.Header, &c)
	return c
}

// Trust reports whether addr is a proxy's. A nil p trusts nobody.
func (p *Proxies) Trust(addr netip.Addr) bool { return p != nil && p.trusts(addr) }

// trusts reports whether addr is a proxy; the invalid address stands for a
// Unix socket.
func (p *Proxies) trusts(addr netip.Addr) bool {
	if !addr.IsValid() {
		return p.unix
	}
	return slices.ContainsFunc(p.networks, func(n netip.Prefix) bool { return n.Contains(addr) })
}

// peer reads an address as net/http gives it.
func peer(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// readXForwarded walks X-Forwarded-For and then takes scheme and host from as
// far left as the walk came.
func (p *Proxies) readXForwarded(h http.Header, c *Client) {
	hops := 0
	for s := range fromRight(h["X-Forwarded-For"]) {
		addr, ok := parseNode(s)
		if !ok || hops == maxHops {
			break
		}
		c.IP = addr
		hops++
		if !p.trusts(addr) {
			break
		}
	}
	if s, ok := nth(h["X-Forwarded-Proto"], hops); ok {
		setScheme(c, s)
	}
	if s, ok := nth(h["X-Forwarded-Host"], hops); ok && p.host {
		c.Host = s
	}
}

// nth returns the n-th element of the lists from the right, the leftmost if
// they are shorter: some proxies append only where they set a list up. One that
// names neither hop is the closest proxy's.
func nth(lists []string, n int) (value string, ok bool) {
	i := 0
	for s := range fromRight(lists) {
		value, ok = s, true
		if i++; i >= n {
			break
		}
	}
	return value, ok
}

// fromRight yields the elements of comma-separated lists, the last of the last
// line first. All lines are read: a proxy may add one instead of appending.
func fromRight(lists []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := len(lists) - 1; i >= 0; i-- {
			for rest, more := lists[i], true; more; {
				var last string
				if comma := strings.LastIndexByte(rest, ','); comma >= 0 {
					rest, last = rest[:comma], rest[comma+1:]
				} else {
					last, more = rest, false
				}
				if !yield(strings.Trim(last, " \t")) {
					return
				}
			}
		}
	}
}

// parseNode reads an address, with or without port.
func parseNode(s string) (netip.Addr, bool) {
	const longest = len("[0000:0000:0000:0000:0000:ffff:255.255.255.255%]:65535") + 16
	if len(s) > longest {
		return netip.Addr{}, false
	}
	bare := s
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		bare = s[1 : len(s)-1]
	}
	addr, err := netip.ParseAddr(bare)
	if err != nil {
		ap, err := netip.ParseAddrPort(s)
		if err != nil {
			return netip.Addr{}, false
		}
		addr = ap.Addr()
	}
	return addr.Unmap().WithZone(""), true
}

func setScheme(c *Client, s string) {
	switch {
	case strings.EqualFold(s, "https"), strings.EqualFold(s, "wss"):
		c.Scheme = "https"
	case strings.EqualFold(s, "http"), strings.EqualFold(s, "ws"):
		c.Scheme = "http"
	}
}
