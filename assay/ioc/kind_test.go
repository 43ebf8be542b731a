package ioc_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/internal/corpus"
)

func TestKinds(t *testing.T) {
	all := ioc.Kinds()
	for i, k := range all {
		if !k.Valid() || k.Title() == "" || k.Title() == string(k) || slices.Index(all, k) != i {
			t.Errorf("kind %q is listed twice or has no title", k)
		}
	}
	if ioc.Kind("nonsense").Valid() || ioc.Kind("nonsense").Title() != "nonsense" {
		t.Error("an unknown kind is taken for one")
	}
	if got := ioc.DefaultKinds(); !slices.Equal(got, all[:len(got)]) || got[len(got)-1] != ioc.CVE {
		t.Errorf("default kinds are %v", got)
	}
}

func TestParseKinds(t *testing.T) {
	for list, want := range map[string][]ioc.Kind{
		"ipv4":              {ioc.IPv4},
		"URL, Windows-Path": {ioc.URL, ioc.WindowsPath},
		"all":               ioc.Kinds(),
	} {
		if got, err := ioc.ParseKinds(list); err != nil || !slices.Equal(got, want) {
			t.Errorf("ParseKinds(%q) = %v, %v, want %v", list, got, err, want)
		}
	}
	for _, list := range []string{"", "ipv5", "ipv4,", "ipv4 url"} {
		if got, err := ioc.ParseKinds(list); err == nil || !strings.Contains(err.Error(), "the kinds are: all ipv4 ipv6 ") {
			t.Errorf("ParseKinds(%q) = %v, %v, want an error that lists them", list, got, err)
		}
	}
}

func TestOptionsKinds(t *testing.T) {
	const text = "evil.com 203.0.113.9 http://bad.net/x"
	for _, k := range ioc.Kinds() {
		for _, m := range (ioc.Options{Kinds: []ioc.Kind{k}}).Extract(text) {
			if m.Kind != k {
				t.Errorf("asked for %s, got %s %s", k, m.Kind, m.Value)
			}
		}
	}
	if got := (ioc.Options{Kinds: []ioc.Kind{}}).Extract(text); len(got) != 0 {
		t.Errorf("asked for nothing, got %v", got)
	}
}

// TestCanonical holds one property for each canonical form, over random texts:
// a value that is read again, by itself, is the same indicator.
func TestCanonical(t *testing.T) {
	text := corpus.Reports(200<<10) + corpus.Logs(200<<10)
	for _, m := range ioc.Unique(ioc.Extract(text)) {
		v := m.Value
		if again, ok := ioc.Classify(v); !ok || again != m.Indicator {
			t.Fatalf("Classify(%q) = %v %q, want %s", v, again.Kind, again.Value, m.Kind)
		}
		ok := true
		switch m.Kind {
		case ioc.IPv4, ioc.IPv6:
			addr, err := netip.ParseAddr(v)
			ok = err == nil && addr.String() == v
		case ioc.CIDR:
			prefix, err := netip.ParsePrefix(v)
			ok = err == nil && prefix.String() == v
		case ioc.Domain, ioc.MD5, ioc.SHA1, ioc.SHA256, ioc.SHA512:
			ok = v == strings.ToLower(v)
		case ioc.CVE:
			ok = v == strings.ToUpper(v)
		case ioc.URL:
			scheme, rest, found := strings.Cut(v, "://")
			host, _, _ := strings.Cut(rest, "/")
			ok = found && scheme == strings.ToLower(scheme) && host == strings.ToLower(host)
		case ioc.Email:
			_, host, found := strings.Cut(v, "@")
			ok = found && host == strings.ToLower(host)
		}
		if !ok {
			t.Errorf("%s %q is not canonical", m.Kind, v)
		}
	}
}

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want ioc.Indicator
	}{
		{" hxxp://Evil[.]com/A ", ioc.Indicator{Kind: ioc.URL, Value: "http://evil.com/A"}},
		{"report.zip", ioc.Indicator{Kind: ioc.Domain, Value: "report.zip"}},
		{"user.name", ioc.Indicator{Kind: ioc.Domain, Value: "user.name"}},
		{"203[.]0[.]113[.]9", ioc.Indicator{Kind: ioc.IPv4, Value: "203.0.113.9"}},
		{"2001:DB8::1", ioc.Indicator{Kind: ioc.IPv6, Value: "2001:db8::1"}},
		{"10.0.0.0/8", ioc.Indicator{Kind: ioc.CIDR, Value: "10.0.0.0/8"}},
		{"A@Evil[.]com", ioc.Indicator{Kind: ioc.Email, Value: "A@evil.com"}},
		{strings.ToUpper(sha1), ioc.Indicator{Kind: ioc.SHA1, Value: sha1}},
		{"cve-2021-44228", ioc.Indicator{Kind: ioc.CVE, Value: "CVE-2021-44228"}},
		{"AS64496", ioc.Indicator{Kind: ioc.ASN, Value: "AS64496"}},
		{"evil.com and more", ioc.Indicator{}}, {"", ioc.Indicator{}}, {"no indicator", ioc.Indicator{}},
	} {
		if got, ok := ioc.Classify(tt.in); got != tt.want || ok != (tt.want != ioc.Indicator{}) {
			t.Errorf("Classify(%q) = %v %q, %v, want %v %q", tt.in, got.Kind, got.Value, ok, tt.want.Kind, tt.want.Value)
		}
	}
}

func TestRefang(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"hxxp://evil[.]example", "http://evil.example"},
		{"see hXXps[:]//evil[.]example[/]a, 203[.]0[.]113[.]9 and a[at]b(dot)example.", "see https://evil.example/a, 203.0.113.9 and a@b.example."},
		{"2001[:]db8[:][:]1", "2001:db8::1"},
		{"nothing here: a[0].b (x) it is.", "nothing here: a[0].b (x) it is."},
		{"the red dot is at home", "the red dot is at home"},
	} {
		if got := ioc.Refang(tt.in); got != tt.want {
			t.Errorf("Refang(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestDefang(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"http://a.evil.com:80/x.php", "hxxp://a[.]evil[.]com:80/x.php"}, {"ftp://evil.com", "fxp://evil[.]com"}, {"tcp://evil.com:1", "tcp[:]//evil[.]com:1"},
		{"evil.com", "evil[.]com"}, {"203.0.113.9", "203[.]0[.]113[.]9"}, {"10.0.0.0/8", "10[.]0[.]0[.]0/8"}, {"2001:db8::1", "2001[:]db8[:][:]1"},
		{"a.b@evil.com", "a.b[@]evil[.]com"}, {md5, md5},
	} {
		i, _ := ioc.Classify(tt.in)
		if got := ioc.Defang(i); got != tt.want || ioc.Refang(got) != tt.in {
			t.Errorf("Defang(%q) = %q, want %q; Refang of it is %q", tt.in, got, tt.want, ioc.Refang(got))
		}
	}
}

func TestDetails(t *testing.T) {
	for _, tt := range []struct{ in, unicode, flags string }{
		{"xn--mnchen-3ya.de", "münchen.de", "looks like munchen.de"},
		{"\u0430pple.com", "аpple.com", "mixed scripts: Cyrillic, Latin; looks like apple.com"},
		{"http://xn--80ak6aa92e.com/x", "аррӏе.com", "looks like apple.com"},
		{"例え.jp", "例え.jp", ""},
		{"http://user@evil.com/", "", "user before the host"},
		{"http://0177.0.0.1/", "", "octal IPv4 host"},
		{"http://2130706433/", "", "IPv4 host as a number"},
	} {
		m := ioc.Extract(tt.in)[0]
		if m.Detail == nil || m.Detail.Unicode != tt.unicode || strings.Join(m.Detail.Flags, "; ") != tt.flags {
			t.Errorf("%q: got %+v, want %q and %q", tt.in, m.Detail, tt.unicode, tt.flags)
		}
	}
}
