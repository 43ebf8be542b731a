package secure_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/retort-go/retort/secure"
)

func TestParseHost(t *testing.T) {
	label63 := strings.Repeat("a", 63)
	for _, tt := range []struct{ in, name, port string }{
		{"example.com", "example.com", ""},
		{"example.com:8000", "example.com", "8000"},
		{"EXAMPLE.Com:80", "example.com", "80"},
		{"example.com.", "example.com", ""},
		{"example.com.:443", "example.com", "443"},
		{"localhost", "localhost", ""},
		{"my_service:5000", "my_service", "5000"},
		{"xn--exmple-cua.com", "xn--exmple-cua.com", ""},
		{"1.example", "1.example", ""},
		{"0xdeadbeef.example", "0xdeadbeef.example", ""},
		{"example.0a", "example.0a", ""}, // no number: it lacks the x
		{"example.1xa", "example.1xa", ""},
		{"example.x", "example.x", ""},
		{"az.AZ", "az.az", ""},
		{"127.0.0.1", "127.0.0.1", ""},
		{"127.0.0.1.:1", "127.0.0.1", "1"},
		{"[::1]", "[::1]", ""},
		{"[::1]:65535", "[::1]", "65535"},
		{"[0:0:0:0:0:0:0:1]", "[::1]", ""},
		{"[2001:DB8::1]", "[2001:db8::1]", ""},
		{"[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]", ""},
		{label63 + "." + label63 + ".com", label63 + "." + label63 + ".com", ""},
		{strings.Repeat("a.", 126) + "a", strings.Repeat("a.", 126) + "a", ""}, // 253 bytes
	} {
		got, err := secure.ParseHost(tt.in)
		if want := (secure.Host{Name: tt.name, Port: tt.port}); got != want || err != nil {
			t.Errorf("ParseHost(%q) = %q, %v, want %q", tt.in, got, err, want)
		}
	}
}

func TestParseHostRefuses(t *testing.T) {
	for _, tt := range []struct{ why, in string }{
		{"empty", ""},
		{"port only", ":80"},
		{"dot only", "."},
		{"dots only", ".."},
		{"empty label in front", ".example.com"},
		{"empty label inside", "a..b"},
		{"two final dots", "example.com.."},
		{"two hosts joined", "good.example,evil.example"},
		{"two hosts joined with space", "good.example, evil.example"},
		{"space", "bad host"},
		{"space behind", "example.com "},
		{"tab", "example.com\t"},
		{"line break", "example.com\r\nX-Injected: 1"},
		{"NUL", "example.com\x00.evil.example"},
		{"userinfo", "good.example@evil.example"},
		{"userinfo with colon", "good.example:80@evil.example"},
		{"path", "example.com/evil"},
		{"backslash", `good.example\evil.example`},
		{"query", "example.com?x"},
		{"fragment", "example.com#x"},
		{"percent escape", "ex%61mple.com"},
		{"semicolon", "a;b"},
		{"quote", `a"b`},
		{"markup", "<script>"},
		{"international, not in punycode", "exämple.com"},
		{"fullwidth dot", "example。com"},
		{"invalid UTF-8", "\xff.com"},
		{"hyphen in front", "-a.com"},
		{"hyphen behind", "a-.com"},
		{"hyphen at the end", "a.com-"},
		{"long label", strings.Repeat("a", 64)},
		{"long name", strings.Repeat("a.", 126) + "ab"},
		{"two colons", "a:b:c"},
		{"IPv6 without brackets", "::1"},
		{"open bracket", "[::1"},
		{"close bracket", "::1]"},
		{"two open brackets", "[[::1]]"},
		{"empty brackets", "[]"},
		{"behind the bracket", "[::1]x"},
		{"name behind the bracket", "[::1].evil.example"},
		{"name in brackets", "[example.com]"},
		{"IPv4 in brackets", "[127.0.0.1]"},
		{"zone", "[fe80::1%eth0]"},
		{"escaped zone", "[fe80::1%25eth0]"},
		{"future address", "[v1.a]"},
		{"bad IPv6", "[::1::2]"},
		{"huge bracket", "[" + strings.Repeat(":", 1<<16) + "]"},
		{"empty port", "example.com:"},
		{"port 0", "example.com:0"},
		{"port too large", "a:99999"},
		{"port too large by one", "a:65536"},
		{"port with other bytes", "a:80:"},
		{"port with a letter at the end", "a:8o"},
		{"port of six digits", "a:000080"},
		{"port with zero in front", "a:080"},
		{"port with sign", "a:+80"},
		{"negative port", "a:-1"},
		{"named port", "a:http"},
		{"IPv4 of five parts", "127.0.0.0.1"},
		{"IPv4 out of range", "256.0.0.1"},
		{"IPv4 of two parts", "127.1"},
		{"IPv4 as one number", "2130706433"},
		{"IPv4 in hexadecimal", "0x7f000001"},
		{"IPv4 with hexadecimal part", "127.0.0.0x1"},
		{"IPv4 with octal part", "127.0.0.01"},
		{"name that ends in a number", "example.1"},
		{"name that ends in hexadecimal", "example.0x"},
	} {
		got, err := secure.ParseHost(tt.in)
		if !errors.Is(err, secure.ErrHost) || got != (secure.Host{}) {
			t.Errorf("%s: ParseHost(%.100q) = %q, %v, want %v", tt.why, tt.in, got, err, secure.ErrHost)
		}
		if err != nil && len(err.Error()) > 2000 {
			t.Errorf("%s: the error has %d bytes", tt.why, len(err.Error()))
		}
	}
}

func TestHostsMatch(t *testing.T) {
	hosts, err := secure.NewHosts("example.com", ".example.org", "api.example.net:8443", ".dev.example:3000", "[2001:DB8::1]", "192.0.2.1", "Upper.Example.")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		host, canonical string
		want            bool
	}{
		{"example.com", "example.com", true},
		{"example.com:8000", "example.com:8000", true},
		{"EXAMPLE.COM", "example.com", true}, // Werkzeug says no
		{"example.com.", "example.com", true},
		{"www.example.com", "www.example.com", false},
		{"badexample.com", "badexample.com", false},
		{"example.com.evil.example", "example.com.evil.example", false},
		{"example.org", "example.org", true},
		{"a.b.Example.Org:1", "a.b.example.org:1", true},
		{"badexample.org", "badexample.org", false},
		{"api.example.net:8443", "api.example.net:8443", true},
		{"api.example.net", "api.example.net", false},
		{"api.example.net:80", "api.example.net:80", false},
		{"dev.example:3000", "dev.example:3000", true},
		{"x.dev.example:3000", "x.dev.example:3000", true},
		{"x.dev.example", "x.dev.example", false},
		{"[2001:db8:0:0::1]:80", "[2001:db8::1]:80", true},
		{"[2001:db8::2]", "[2001:db8::2]", false},
		{"192.0.2.1", "192.0.2.1", true},
		{"a.192.0.2.1", "", false},
		{"upper.example", "upper.example", true},
		{"evil.example", "evil.example", false},
		{"[::1", "", false},
		{"", "", false},
	} {
		got, ok := hosts.Match(tt.host)
		if ok != tt.want || got.String() != tt.canonical {
			t.Errorf("Match(%q) = %q, %v, want %q, %v", tt.host, got, ok, tt.canonical, tt.want)
		}
	}
}

// A name of the attacker's that resolves to 127.0.0.1 must not reach a server
// in development (DNS rebinding).
func TestLoopback(t *testing.T) {
	hosts, err := secure.NewHosts(secure.Loopback()...)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{
		"localhost": true, "localhost:8000": true, "app.localhost:8000": true, "127.0.0.1:8000": true, "[::1]:8000": true, "LOCALHOST.": true,
		"rebind.evil.example:8000": false, "localhost.evil.example": false, "127.0.0.1.nip.example": false, "evillocalhost": false,
		"0.0.0.0:8000": false, "[::]:8000": false, "[::ffff:127.0.0.1]": false, "127.0.0.2": false,
	} {
		if _, got := hosts.Match(host); got != want {
			t.Errorf("Match(%q) = %v, want %v", host, got, want)
		}
	}
}

func TestNewHostsRefuses(t *testing.T) {
	for _, rule := range []string{"", ".", "*", "*.example.com", "..example.com", "https://example.com", "example.com/", "exämple.com", ".com.."} {
		if _, err := secure.NewHosts("example.com", rule); !errors.Is(err, secure.ErrHost) || !strings.Contains(err.Error(), fmt.Sprintf("%q", rule)) {
			t.Errorf("NewHosts(%q) error = %v, want one that names the rule", rule, err)
		}
	}
}

func TestHostsAllocs(t *testing.T) {
	hosts, err := secure.NewHosts("example.com", ".example.org", "[::1]")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"example.com", "example.com:8000", "a.example.org", "[::1]:8000", "127.0.0.1:8000"} {
		if got := testing.AllocsPerRun(100, func() { hosts.Match(host) }); got != 0 {
			t.Errorf("Match(%q): %v allocations, want 0", host, got)
		}
	}
}

func FuzzParseHost(f *testing.F) {
	for _, s := range []string{"example.com:80", "[::1]:80", "[::1", "127.1", "a..b", "a,b", "A.B.", "0x7f.1", "[::ffff:1.2.3.4]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := secure.ParseHost(s)
		if err != nil {
			return
		}
		if again, err := secure.ParseHost(h.String()); err != nil || again != h {
			t.Errorf("ParseHost(%q) = %q, which is read as %q, %v", s, h, again, err)
		}
		if strings.ContainsFunc(h.String(), func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-_.:[]", r)
		}) {
			t.Errorf("ParseHost(%q) = %q", s, h)
		}
	})
}

func ExampleHosts() {
	hosts, err := secure.NewHosts(".example.com")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(hosts.Match("Shop.Example.COM:443"))
	fmt.Println(hosts.Match("example.com.evil.example"))
	fmt.Println(hosts.Match("example.com@evil.example"))
	// Output:
	// shop.example.com:443 true
	// example.com.evil.example false
	//  false
}

func BenchmarkHostsMatch(b *testing.B) {
	hosts, err := secure.NewHosts("example.com", ".example.org")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		hosts.Match("example.com:8000")
	}
}
