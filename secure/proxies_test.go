package secure_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/retort-go/retort/secure"
)

func newProxies(t testing.TB, cfg secure.ProxyConfig) *secure.Proxies {
	t.Helper()
	p, err := secure.NewProxies(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// from returns a request of a peer, with headers in the form "Name: value".
func from(peer string, headers ...string) *http.Request {
	r := &http.Request{RemoteAddr: peer, Host: "example.com", Header: http.Header{}}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// One trusted network, 10.0.0.0/8 and its IPv6 sister. 203.0.113.9 is the
// client, 198.51.100.66 what an attacker would like to be.
func TestXForwarded(t *testing.T) {
	p := newProxies(t, secure.ProxyConfig{Trusted: []string{"10.0.0.0/8", "fd00::/8", "192.0.2.7"}, Host: true})
	const (
		proxy  = "10.0.0.1:4711"
		client = "203.0.113.9"
	)
	for _, tt := range []struct {
		name string
		r    *http.Request
		want string // scheme://ip host
	}{
		{"no proxy", from(client + ":1"), "http://203.0.113.9 example.com"},
		{"no proxy, IPv6", from("[2001:db8::9]:1"), "http://2001:db8::9 example.com"},
		{"no proxy, IPv6 with zone", from("[fe80::9%eth0]:1"), "http://fe80::9 example.com"},
		{"no proxy, IPv4 in IPv6", from("[::ffff:203.0.113.9]:1"), "http://203.0.113.9 example.com"},
		{"client pretends to be a proxy", from(client+":1", "X-Forwarded-For: 198.51.100.66", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example"), "http://203.0.113.9 example.com"},
		{"proxy that sets nothing", from(proxy), "http://10.0.0.1 example.com"},
		{"one proxy", from(proxy, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example"), "https://203.0.113.9 shop.example"},
		{"proxy given by its address", from("192.0.2.7:1", "X-Forwarded-For: 203.0.113.9"), "http://203.0.113.9 example.com"},
		{"neighbour of that address", from("192.0.2.8:1", "X-Forwarded-For: 203.0.113.9"), "http://192.0.2.8 example.com"},
		{"proxy in IPv6 form", from("[::ffff:10.0.0.1]:1", "X-Forwarded-For: 203.0.113.9"), "http://203.0.113.9 example.com"},
		{"IPv6 proxy and client", from("[fd00::1]:1", "X-Forwarded-For: 2001:db8::9"), "http://2001:db8::9 example.com"},
		{"two proxies", from(proxy, "X-Forwarded-For: 203.0.113.9, 10.0.0.2", "X-Forwarded-Proto: https, http"), "https://203.0.113.9 example.com"},
		{"two proxies, the outer one sets the scheme", from(proxy, "X-Forwarded-For: 203.0.113.9, 10.0.0.2", "X-Forwarded-Proto: https"), "https://203.0.113.9 example.com"},

		{"spoofed first entry", from(proxy, "X-Forwarded-For: 198.51.100.66, 203.0.113.9"), "http://203.0.113.9 example.com"},
		{"spoofed entries that look like proxies", from(proxy, "X-Forwarded-For: 198.51.100.66, 10.0.0.3, 203.0.113.9"), "http://203.0.113.9 example.com"},
		{"spoofed in a line of its own (GO-2026-5887)", from(proxy, "X-Forwarded-For: 198.51.100.66", "X-Forwarded-For: 203.0.113.9"), "http://203.0.113.9 example.com"},
		{"spoofed loopback", from(proxy, "X-Forwarded-For: 127.0.0.1, 203.0.113.9"), "http://203.0.113.9 example.com"},
		{"other headers that frameworks read (GO-2026-5777)", from(proxy, "X-Real-IP: 198.51.100.66", "True-Client-IP: 198.51.100.66", "CF-Connecting-IP: 198.51.100.66", "X-Client-IP: 198.51.100.66", "Forwarded: for=198.51.100.66;proto=https;host=evil.example"), "http://10.0.0.1 example.com"},
		{"spoofed scheme in front", from(proxy, "X-Forwarded-For: 198.51.100.66, 203.0.113.9", "X-Forwarded-Proto: https, http"), "http://203.0.113.9 example.com"},
		{"spoofed host in front", from(proxy, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: evil.example, shop.example"), "http://203.0.113.9 shop.example"},
		{"spoofed host in front, two proxies", from(proxy, "X-Forwarded-For: 198.51.100.66, 203.0.113.9, 10.0.0.2", "X-Forwarded-Host: evil.example, shop.example, inner.example"), "http://203.0.113.9 shop.example"},

		{"client is itself a trusted address", from(proxy, "X-Forwarded-For: 10.0.0.3"), "http://10.0.0.3 example.com"},
		{"with port", from(proxy, "X-Forwarded-For: 203.0.113.9:5678"), "http://203.0.113.9 example.com"},
		{"IPv6 with port", from(proxy, "X-Forwarded-For: [2001:db8::9]:5678"), "http://2001:db8::9 example.com"},
		{"IPv6 in brackets", from(proxy, "X-Forwarded-For: [2001:db8::9]"), "http://2001:db8::9 example.com"},
		{"IPv4 in IPv6", from(proxy, "X-Forwarded-For: ::ffff:203.0.113.9"), "http://203.0.113.9 example.com"},
		{"trusted IPv4 in IPv6", from(proxy, "X-Forwarded-For: 203.0.113.9, ::ffff:10.0.0.2"), "http://203.0.113.9 example.com"},
		{"zone", from(proxy, "X-Forwarded-For: fe80::9%eth0"), "http://fe80::9 example.com"},
		{"spaces and tabs", from(proxy, "X-Forwarded-For:   203.0.113.9 \t,\t 10.0.0.2 "), "http://203.0.113.9 example.com"},
		{"junk at the end: the proxy is all we know", from(proxy, "X-Forwarded-For: 203.0.113.9, junk"), "http://10.0.0.1 example.com"},
		{"unknown", from(proxy, "X-Forwarded-For: unknown"), "http://10.0.0.1 example.com"},
		{"junk behind a proxy", from(proxy, "X-Forwarded-For: 198.51.100.66, junk, 10.0.0.2"), "http://10.0.0.2 example.com"},
		{"empty", from(proxy, "X-Forwarded-For: "), "http://10.0.0.1 example.com"},
		{"commas", from(proxy, "X-Forwarded-For: ,,,"), "http://10.0.0.1 example.com"},
		{"half a bracket", from(proxy, "X-Forwarded-For: [::1"), "http://10.0.0.1 example.com"},
		{"octal part", from(proxy, "X-Forwarded-For: 203.0.113.09"), "http://10.0.0.1 example.com"},
		{"a name", from(proxy, "X-Forwarded-For: localhost"), "http://10.0.0.1 example.com"},
		{"a huge entry", from(proxy, "X-Forwarded-For: "+strings.Repeat("1", 1<<16)), "http://10.0.0.1 example.com"},
		{"an endless chain", from(proxy, "X-Forwarded-For: 198.51.100.66"+strings.Repeat(", 10.0.0.2", 1000)), "http://10.0.0.2 example.com"},
		{"a scheme that is none", from(proxy, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: javascript"), "http://203.0.113.9 example.com"},
		{"scheme in upper case", from(proxy, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: HTTPS"), "https://203.0.113.9 example.com"},
		{"web socket", from(proxy, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: wss"), "https://203.0.113.9 example.com"},
		{"scheme without address", from(proxy, "X-Forwarded-Proto: https"), "https://10.0.0.1 example.com"},
		{"a peer without address", from("@", "X-Forwarded-For: 198.51.100.66"), "http://invalid IP example.com"},
	} {
		if got := show(p.Client(tt.r)); got != tt.want {
			t.Errorf("%s: Client = %s, want %s", tt.name, got, tt.want)
		}
	}
}

func show(c secure.Client) string { return c.Scheme + "://" + c.IP.String() + " " + c.Host }

// Most proxies hand X-Forwarded-Host on as the client wrote it.
func TestHostIsNotForwardedByDefault(t *testing.T) {
	p := newProxies(t, secure.ProxyConfig{Trusted: []string{"10.0.0.1"}})
	r := from("10.0.0.1:1", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: evil.example", "Forwarded: for=203.0.113.9;host=evil.example")
	if got, want := show(p.Client(r)), "http://203.0.113.9 example.com"; got != want {
		t.Errorf("Client = %s, want %s", got, want)
	}
}

// The scheme is the client's, also where the proxy itself comes over TLS.
func TestSchemeBehindTLS(t *testing.T) {
	p := newProxies(t, secure.ProxyConfig{Trusted: []string{"10.0.0.1"}})
	for proto, want := range map[string]string{"http": "http", "WS": "http", "https": "https", "": "https", "gopher": "https"} {
		r := from("10.0.0.1:1", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: "+proto)
		r.TLS = &tls.ConnectionState{}
		if got := p.Client(r).Scheme; got != want {
			t.Errorf("%q: got %s, want %s", proto, got, want)
		}
	}
}

func TestTrust(t *testing.T) {
	p := newProxies(t, secure.ProxyConfig{Trusted: []string{"10.0.0.0/8"}})
	proxy, client := netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("203.0.113.9")
	if !p.Trust(proxy) || p.Trust(client) || p.Trust(netip.Addr{}) || (*secure.Proxies)(nil).Trust(proxy) {
		t.Error("others than 10.0.0.0/8 are trusted, or not those")
	}
}

func TestNoProxies(t *testing.T) {
	p := newProxies(t, secure.ProxyConfig{Host: true})
	r := from("127.0.0.1:1", "X-Forwarded-For: 198.51.100.66", "X-Forwarded-Proto: http", "X-Forwarded-Host: evil.example", "Forwarded: for=198.51.100.66")
	r.TLS = &tls.ConnectionState{}
	if got, want := show(p.Client(r)), "https://127.0.0.1 example.com"; got != want {
		t.Errorf("Client = %s, want %s", got, want)
	}
}

func TestUnixProxy(t *testing.T) {
	p := newProxies(t, secure.ProxyConfig{Trusted: []string{"unix"}})
	for _, tt := range []struct{ peer, want string }{
		{"@", "https://203.0.113.9 example.com"},
		{"", "https://203.0.113.9 example.com"},
		{"127.0.0.1:1", "http://127.0.0.1 example.com"},
	} {
		if got := show(p.Client(from(tt.peer, "X-Forwarded-For: 198.51.100.66, 203.0.113.9", "X-Forwarded-Proto: https"))); got != tt.want {
			t.Errorf("peer %q: Client = %s, want %s", tt.peer, got, tt.want)
		}
	}
}

func TestNewProxiesRefuses(t *testing.T) {
	for _, s := range []string{"", "localhost", "10.0.0.0/33", "10.0.0", "0.0.0.0/0", "::/0", "10.0.0.1:80", "*", "Unix", "::ffff:10.0.0.0/104"} {
		if _, err := secure.NewProxies(secure.ProxyConfig{Trusted: []string{"10.0.0.1", s}}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", s)) {
			t.Errorf("NewProxies(%q) error = %v, want one that names it", s, err)
		}
	}
}

func TestClientAllocs(t *testing.T) {
	r := from("10.0.0.1:4711", "X-Forwarded-For: 198.51.100.66, 203.0.113.9, 10.0.0.2", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example")
	p := newProxies(t, secure.ProxyConfig{Trusted: []string{"10.0.0.0/8"}, Host: true})
	for name, p := range map[string]*secure.Proxies{"behind a proxy": p, "without one": nil} {
		if got := testing.AllocsPerRun(100, func() { p.Client(r) }); got != 0 && !raceEnabled {
			t.Errorf("Client %s: %v allocations, want 0", name, got)
		}
	}
}

// Whatever a client writes, a proxy that appends what it sees must be believed
// for this and for nothing else.
func FuzzXForwarded(f *testing.F) {
	f.Add("198.51.100.66", "https", "evil.example")
	f.Add("10.0.0.9, 198.51.100.66, ", "https,", ",")
	f.Add("[::1", "\"", "\x00")
	p, err := secure.NewProxies(secure.ProxyConfig{Trusted: []string{"10.0.0.0/8"}, Host: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, xff, proto, host string) {
		r := from("10.0.0.1:1")
		r.Header["X-Forwarded-For"] = []string{xff + ", 203.0.113.9"}
		r.Header["X-Forwarded-Proto"] = []string{proto, "http"}
		r.Header["X-Forwarded-Host"] = []string{host + ",shop.example"}
		if got, want := show(p.Client(r)), "http://203.0.113.9 shop.example"; got != want {
			t.Errorf("X-Forwarded-For %q, -Proto %q, -Host %q: Client = %s, want %s", xff, proto, host, got, want)
		}
	})
}

func ExampleProxies() {
	proxies, err := secure.NewProxies(secure.ProxyConfig{Trusted: []string{"10.0.0.0/8"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest("GET", "http://example.com/", nil)
	r.RemoteAddr = "10.0.0.1:4711"
	r.Header.Set("X-Forwarded-Proto", "https")

	r.Header.Set("X-Forwarded-For", "198.51.100.66, 203.0.113.9") // the client wrote the first, the proxy the second
	c := proxies.Client(r)
	fmt.Println(c.IP, c.Scheme, c.IP == netip.MustParseAddr("203.0.113.9"))

	r.RemoteAddr = "203.0.113.9:1" // the client comes directly
	c = proxies.Client(r)
	fmt.Println(c.IP, c.Scheme)
	// Output:
	// 203.0.113.9 https true
	// 203.0.113.9 http
}
