package secure_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/retort-go/retort/secure"
)

// policy returns one directive of the pages' policy.
func policy(h *secure.Headers, nonce, name string) string {
	for d := range strings.SplitSeq(apply(h, "text/html", false, nonce).Get("Content-Security-Policy"), "; ") {
		if d, ok := strings.CutPrefix(d, name+" "); ok {
			return d
		}
	}
	return ""
}

func TestCSPSources(t *testing.T) {
	const hash = "'sha256-p0bF+un5yUb9MBO6xRb8kPHlY2BdpHVtLiFkDrZPF64='"
	hash384, hash512 := "'sha384-"+strings.Repeat("a", 64)+"'", "'sha512-"+strings.Repeat("b", 86)+"=='"
	type sources = map[string][]string
	for _, tt := range []struct {
		name           string
		csp            secure.CSP
		directive      string
		without, withN string // the directive on a page without nonce, and with nonce N
	}{
		{"default script-src", secure.CSP{}, "script-src", "'none'", "'nonce-N' 'strict-dynamic'"},
		{"default style-src", secure.CSP{}, "style-src", "'self'", "'self' 'nonce-N'"},
		{"default-src with more", secure.CSP{Sources: sources{"default-src": {"https://cdn.example.com"}}}, "default-src", "'self' https://cdn.example.com", "'self' https://cdn.example.com"},
		{"new directive keeps what it falls back to", secure.CSP{Sources: sources{"img-src": {"data:", "https://*.example.com:*/x/"}}}, "img-src", "'self' data: https://*.example.com:*/x/", "'self' data: https://*.example.com:*/x/"},
		{"new directive after changed default", secure.CSP{Sources: sources{"img-src": {"data:"}, "default-src": {"https://cdn.example.com"}}}, "img-src", "'self' https://cdn.example.com data:", "'self' https://cdn.example.com data:"},
		{"more replaces 'none'", secure.CSP{Sources: sources{"frame-ancestors": {"'self'"}}}, "frame-ancestors", "'self'", "'self'"},
		{"'none' takes away", secure.CSP{Sources: sources{"form-action": {"'none'"}}}, "form-action", "'none'", "'none'"},
		{"no scripts at all", secure.CSP{Sources: sources{"script-src": {"'none'"}}}, "script-src", "'none'", "'none'"},
		{"same source again", secure.CSP{Sources: sources{"style-src": {"'self'"}}}, "style-src", "'self'", "'nonce-N' 'self'"},
		{"script origin ends strict-dynamic", secure.CSP{Sources: sources{"script-src": {"https://cdn.example.com"}}}, "script-src", "https://cdn.example.com", "'nonce-N' https://cdn.example.com"},
		{"own scripts end strict-dynamic", secure.CSP{Sources: sources{"script-src": {"'self'"}}}, "script-src", "'self'", "'nonce-N' 'self'"},
		{"hash leaves strict-dynamic", secure.CSP{Sources: sources{"script-src": {hash}}}, "script-src", "'strict-dynamic' " + hash, "'nonce-N' 'strict-dynamic' " + hash},
		{"longer hashes", secure.CSP{Sources: sources{"script-src": {hash384, hash512}}}, "script-src", "'strict-dynamic' " + hash384 + " " + hash512,
			"'nonce-N' 'strict-dynamic' " + hash384 + " " + hash512},
		{"blobs as pictures", secure.CSP{Sources: sources{"img-src": {"blob:", "localhost:3000"}}}, "img-src", "'self' blob: localhost:3000", "'self' blob: localhost:3000"},
		{"wasm leaves strict-dynamic", secure.CSP{Sources: sources{"script-src": {"'wasm-unsafe-eval'"}}}, "script-src", "'wasm-unsafe-eval'", "'nonce-N' 'strict-dynamic' 'wasm-unsafe-eval'"},
		{"script elements start like scripts", secure.CSP{Sources: sources{"script-src-elem": {hash}}}, "script-src-elem", "'strict-dynamic' " + hash, "'nonce-N' 'strict-dynamic' " + hash},
		{"inline script switches the nonce off", secure.CSP{InsecureSources: sources{"script-src": {"'unsafe-inline'"}}}, "script-src", "'unsafe-inline'", "'unsafe-inline'"},
		{"inline style switches the nonce off", secure.CSP{InsecureSources: sources{"style-src": {"'unsafe-inline'"}}}, "style-src", "'self' 'unsafe-inline'", "'self' 'unsafe-inline'"},
		{"eval leaves the nonce", secure.CSP{InsecureSources: sources{"script-src": {"'unsafe-eval'"}}}, "script-src", "'unsafe-eval'", "'nonce-N' 'strict-dynamic' 'unsafe-eval'"},
		{"pictures from everywhere", secure.CSP{InsecureSources: sources{"img-src": {"https:"}}}, "img-src", "'self' https:", "'self' https:"},
		{"both kinds", secure.CSP{Sources: sources{"img-src": {"data:"}}, InsecureSources: sources{"img-src": {"*"}}}, "img-src", "'self' data: *", "'self' data: *"},
		{"trusted types", secure.CSP{TrustedTypes: true}, "require-trusted-types-for", "'script'", "'script'"},
		{"reports", secure.CSP{ReportURI: "/csp-report?v=1"}, "report-uri", "/csp-report?v=1", "/csp-report?v=1"},
	} {
		h, err := secure.NewHeaders(secure.HeaderConfig{CSP: tt.csp})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := policy(h, "", tt.directive); got != tt.without {
			t.Errorf("%s: %s %s, want %s", tt.name, tt.directive, got, tt.without)
		}
		if got := policy(h, "N", tt.directive); got != tt.withN {
			t.Errorf("%s: with a nonce: %s %s, want %s", tt.name, tt.directive, got, tt.withN)
		}
	}
}

// What ends a source, a directive or the header would let a setting say more
// than it seems to.
func TestCSPRefuses(t *testing.T) {
	for _, tt := range []struct{ why, directive, source string }{
		{"new directive", "img-src", "https://a.example; script-src *"},
		{"new header", "img-src", "https://a.example\r\nSet-Cookie: a=b"},
		{"line feed", "img-src", "https://a.example\n"},
		{"new policy", "img-src", "https://a.example, default-src *"},
		{"two sources", "img-src", "https://a.example https://b.example"},
		{"tab", "img-src", "https://a.example\thttps://b.example"},
		{"empty", "img-src", ""},
		{"not ASCII", "img-src", "https://exämple.com"},
		{"keyword without quotes", "script-src", "self"},
		{"insecure keyword without quotes", "script-src", "unsafe-inline"},
		{"scheme without colon", "img-src", "data"},
		{"open quote", "script-src", "'self"},
		{"unknown keyword", "script-src", "'selfish'"},
		{"fixed nonce, which every page would show", "script-src", "'nonce-abc'"},
		{"short hash", "script-src", "'sha256-abc'"},
		{"hash that is no base64", "script-src", "'sha256-" + strings.Repeat("!", 43) + "'"},
		{"hash of another kind", "script-src", "'sha1-" + strings.Repeat("a", 43) + "'"},
		{"quote within a host", "img-src", "https://a.example'b"},
		{"scheme in capitals", "img-src", "HTTPS://a.example"},
		{"no scheme before the slashes", "img-src", "://a.example"},
		{"scripts from blobs", "script-src", "blob:"},
		{"wildcard inside a name", "img-src", "https://a.*.example"},
		{"bad host", "img-src", "https://a..example"},
		{"bad port", "img-src", "https://a.example:99999"},
		{"unknown directive", "image-src", "https://a.example"},
		{"directive in upper case", "IMG-SRC", "https://a.example"},
		{"directive with a space", "img-src x", "https://a.example"},
		{"directive that takes no sources", "sandbox", "'self'"},
		{"inline scripts", "script-src", "'unsafe-inline'"},
		{"eval", "script-src", "'unsafe-eval'"},
		{"inline styles", "style-src", "'unsafe-inline'"},
		{"everything", "img-src", "*"},
		{"a whole scheme", "img-src", "https:"},
		{"scripts from data URLs", "script-src", "data:"},
		{"frames from data URLs", "frame-src", "data:"},
		{"anything from data URLs", "default-src", "data:"},
		{"framing by all", "frame-ancestors", "https:"},
	} {
		cfg := secure.HeaderConfig{CSP: secure.CSP{Sources: map[string][]string{tt.directive: {tt.source}}}}
		if _, err := secure.NewHeaders(cfg); err == nil || !strings.HasPrefix(err.Error(), "secure: CSP: ") {
			t.Errorf("%s: NewHeaders with %s %q: error %v", tt.why, tt.directive, tt.source, err)
		}
	}
	for _, csp := range []secure.CSP{
		{Sources: map[string][]string{"img-src": {"'none'", "data:"}}},
		{InsecureSources: map[string][]string{"img-src": {"* ; script-src *"}}},
		{ReportURI: "/csp; script-src *"},
		{ReportURI: "/csp\r\n"},
		{ReportURI: "http://evil.example/"},
		{ReportURI: "csp"},
	} {
		if _, err := secure.NewHeaders(secure.HeaderConfig{CSP: csp}); err == nil {
			t.Errorf("NewHeaders(%+v) was accepted", csp)
		}
	}
}

// Old browsers must be told the same about framing as new ones.
func TestFrameOptions(t *testing.T) {
	for _, tt := range []struct {
		ancestors []string
		want      string
	}{
		{nil, "DENY"},
		{[]string{"'none'"}, "DENY"},
		{[]string{"'self'"}, "SAMEORIGIN"},
		{[]string{"'self'", "https://portal.example.com"}, ""},
	} {
		h := newHeaders(t, secure.HeaderConfig{CSP: secure.CSP{Sources: map[string][]string{"frame-ancestors": tt.ancestors}}})
		for _, contentType := range []string{"text/html", "application/json"} {
			got := apply(h, contentType, false, "")
			if got.Get("X-Frame-Options") != tt.want {
				t.Errorf("frame-ancestors %v: X-Frame-Options %q, want %q", tt.ancestors, got.Get("X-Frame-Options"), tt.want)
			}
			if len(tt.ancestors) > 0 && !strings.HasSuffix(got.Get("Content-Security-Policy"), "frame-ancestors "+strings.Join(tt.ancestors, " ")) {
				t.Errorf("frame-ancestors %v: policy of %s: %q", tt.ancestors, contentType, got.Get("Content-Security-Policy"))
			}
		}
	}
}

func TestReportOnly(t *testing.T) {
	h := newHeaders(t, secure.HeaderConfig{CSP: secure.CSP{InsecureReportOnly: true, ReportURI: "/csp"}})
	got := apply(h, "text/html", false, "N")
	if _, ok := got["Content-Security-Policy"]; ok || !strings.Contains(got.Get("Content-Security-Policy-Report-Only"), "'nonce-N' 'strict-dynamic'") {
		t.Errorf("headers %v", got)
	}
	if got.Get("X-Frame-Options") != "DENY" {
		t.Errorf("X-Frame-Options %q: a policy that only reports does not prevent framing", got.Get("X-Frame-Options"))
	}
}

func TestNewNonce(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		n := secure.NewNonce()
		if raw, err := base64.RawURLEncoding.DecodeString(n); err != nil || len(raw) != 16 || seen[n] {
			t.Fatalf("NewNonce() = %q: %v, %d bytes, seen before: %v", n, err, len(raw), seen[n])
		}
		seen[n] = true
	}
	if got := testing.AllocsPerRun(100, func() { secure.NewNonce() }); got > 1 && !raceEnabled {
		t.Errorf("NewNonce: %v allocations, want 1", got)
	}
}

func ExampleCSP() {
	headers, err := secure.NewHeaders(secure.HeaderConfig{CSP: secure.CSP{
		Sources: map[string][]string{"img-src": {"https://images.example.com", "data:"}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := map[string][]string{"Content-Type": {"text/html"}}
	headers.Apply(h, true, "n0nce") // from NewNonce, and in the page's tags
	for _, directive := range strings.Split(h["Content-Security-Policy"][0], "; ") {
		fmt.Println(directive)
	}

	_, err = secure.NewHeaders(secure.HeaderConfig{CSP: secure.CSP{
		Sources: map[string][]string{"script-src": {"'unsafe-inline'"}},
	}})
	fmt.Println(err)
	// Output:
	// default-src 'self'
	// script-src 'nonce-n0nce' 'strict-dynamic'
	// style-src 'self' 'nonce-n0nce'
	// object-src 'none'
	// base-uri 'none'
	// form-action 'self'
	// frame-ancestors 'none'
	// img-src 'self' https://images.example.com data:
	// secure: CSP: script-src: 'unsafe-inline' gives the protection away; if it must be, put it in InsecureSources
}
