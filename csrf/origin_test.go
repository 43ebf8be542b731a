package csrf_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/retort-go/retort/csrf"
)

func TestCheckOrigin(t *testing.T) {
	trusted := []string{"https://admin.example.com", "null"}
	for _, tt := range []struct {
		name         string
		site, origin string
		scheme, host string
		want         csrf.Outcome
	}{
		{"form on our page", "same-origin", "https://example.com", "https", "example.com", csrf.Same},
		{"typed address, bookmark", "none", "", "https", "example.com", csrf.Same},
		{"our page, headers at odds", "same-origin", "https://evil.example", "https", "example.com", csrf.Same},
		{"form on another site", "cross-site", "https://evil.example", "https", "example.com", csrf.Cross},
		{"form on a sibling, perhaps taken over", "same-site", "https://user-content.example.com", "https", "example.com", csrf.Cross},
		{"other site that claims our origin", "cross-site", "https://example.com", "https", "example.com", csrf.Cross},
		{"value of the future", "same-party", "https://example.com", "https", "example.com", csrf.Cross},
		{"value in other case", "Same-Origin", "https://example.com", "https", "example.com", csrf.Cross},
		{"trusted origin", "same-site", "https://admin.example.com", "https", "example.com", csrf.Same},
		{"trusted origin, old browser", "", "https://admin.example.com", "https", "example.com", csrf.Same},
		{"trusted origin on another port", "", "https://admin.example.com:8443", "https", "example.com", csrf.Cross},

		{"curl", "", "", "https", "example.com", csrf.Unknown},
		{"old browser", "", "https://example.com", "https", "example.com", csrf.Same},
		{"plain http in a local network", "", "http://10.0.0.5:8000", "http", "10.0.0.5:8000", csrf.Same},
		{"old browser, other site", "", "https://evil.example", "https", "example.com", csrf.Cross},
		{"old browser, page forged on plain http", "", "http://example.com", "https", "example.com", csrf.Cross},
		{"old browser, other port of the host", "", "http://example.com:8080", "http", "example.com", csrf.Cross},
		{"default port in Host only", "", "https://example.com", "https", "example.com:443", csrf.Same},
		{"default port in Origin only", "", "http://example.com:80", "http", "example.com", csrf.Same},
		{"default port of the other scheme", "", "https://example.com:80", "https", "example.com", csrf.Cross},
		{"upper case", "", "https://Example.com", "https", "example.com", csrf.Same},
		{"name that starts like ours", "", "https://example.com.evil.example", "https", "example.com", csrf.Cross},
		{"name that ends like ours", "", "https://evilexample.com", "https", "example.com", csrf.Cross},
		{"userinfo", "", "https://example.com@evil.example", "https", "example.com", csrf.Cross},
		{"path", "", "https://example.com/", "https", "example.com", csrf.Cross},
		{"sandboxed frame or data: page", "", "null", "https", "example.com", csrf.Cross},
		{"sandboxed frame, though null is listed", "cross-site", "null", "https", "example.com", csrf.Cross},
		{"no host", "", "https://", "https", "", csrf.Cross},
		{"junk", "", "example.com", "https", "example.com", csrf.Cross},
	} {
		h := http.Header{}
		if tt.site != "" {
			h.Set("Sec-Fetch-Site", tt.site)
		}
		if tt.origin != "" {
			h.Set("Origin", tt.origin)
		}
		got := csrf.CheckOrigin(h, tt.scheme, tt.host, trusted)
		if got.Outcome != tt.want || got.Reason == "" {
			t.Errorf("%s: CheckOrigin = %v, want outcome %v and a reason", tt.name, got, tt.want)
		}
	}
}

// A header that was smuggled in beside the browser's own must not decide.
func TestCheckOriginTwice(t *testing.T) {
	for _, h := range []http.Header{
		{"Sec-Fetch-Site": {"same-origin", "cross-site"}},
		{"Sec-Fetch-Site": {"cross-site", "same-origin"}},
		{"Origin": {"https://example.com", "https://evil.example"}},
		{"Origin": {"https://example.com", "https://example.com"}},
	} {
		if got := csrf.CheckOrigin(h, "https", "example.com", nil); got.Outcome != csrf.Cross {
			t.Errorf("CheckOrigin(%v) = %v, want Cross", h, got)
		}
	}
}

// Wherever the standard library refuses, so do we; what it lets through is
// Same, or Unknown, or falls under a difference that CheckOrigin documents.
func TestCheckOriginLikeStandardLibrary(t *testing.T) {
	std := http.NewCrossOriginProtection()
	trusted := []string{"https://admin.example.com"}
	if err := std.AddTrustedOrigin(trusted[0]); err != nil {
		t.Fatal(err)
	}
	for _, site := range []string{"", "same-origin", "same-site", "cross-site", "none", "x"} {
		for _, origin := range []string{"", "null", "https://example.com", "http://example.com", "https://evil.example", "https://admin.example.com", "https://example.com:8443", "%"} {
			for _, host := range []string{"example.com", "example.com:8443", "admin.example.com"} {
				r := httptest.NewRequest("POST", "https://"+host+"/", nil)
				r.Header["Sec-Fetch-Site"], r.Header["Origin"] = []string{site}, []string{origin}
				got, err := csrf.CheckOrigin(r.Header, "https", host, trusted), std.Check(r)
				onlyScheme := site == "" && strings.HasPrefix(origin, "http://")
				if refused := got.Outcome == csrf.Cross; refused != (err != nil) && !onlyScheme {
					t.Errorf("Sec-Fetch-Site %q, Origin %q, Host %q: %v, but the standard library says %v", site, origin, host, got, err)
				}
				if silent := site == "" && origin == ""; silent != (got.Outcome == csrf.Unknown) {
					t.Errorf("Sec-Fetch-Site %q, Origin %q: %v", site, origin, got)
				}
			}
		}
	}
}

func TestSafe(t *testing.T) {
	for method, want := range map[string]bool{
		"GET": true, "HEAD": true, "OPTIONS": true,
		"POST": false, "PUT": false, "PATCH": false, "DELETE": false, "TRACE": false, "CONNECT": false,
		"": false, "get": false, "GET ": false, "PROPFIND": false,
	} {
		if got := csrf.Safe(method); got != want {
			t.Errorf("Safe(%q) = %v, want %v", method, got, want)
		}
	}
}
