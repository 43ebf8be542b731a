package secure_test

import (
	"bufio"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort/secure"
)

func newHeaders(t testing.TB, cfg secure.HeaderConfig) *secure.Headers {
	t.Helper()
	h, err := secure.NewHeaders(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// apply returns the headers that an answer of this type gets.
func apply(h *secure.Headers, contentType string, https bool, nonce string) http.Header {
	dst := http.Header{"Content-Type": {contentType}, "Content-Length": {"0"}}
	h.Apply(dst, https, nonce)
	return dst
}

const defaultPermissions = "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), encrypted-media=(), geolocation=(), " +
	"gyroscope=(), hid=(), idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), " +
	"payment=(), screen-wake-lock=(), serial=(), usb=(), window-management=(), xr-spatial-tracking=()"

func TestDefaultHeaders(t *testing.T) {
	h := newHeaders(t, secure.HeaderConfig{})
	got := apply(h, "text/html; charset=utf-8", true, "r4nd0m")
	want := http.Header{
		"Content-Type":   {"text/html; charset=utf-8"},
		"Content-Length": {"0"},
		"Content-Security-Policy": {"default-src 'self'; script-src 'nonce-r4nd0m' 'strict-dynamic'; style-src 'self' 'nonce-r4nd0m'; " +
			"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"},
		"Referrer-Policy":              {"strict-origin-when-cross-origin"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {defaultPermissions},
		"Strict-Transport-Security":    {"max-age=63072000; includeSubDomains"},
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(got[key], want[key]) {
			t.Errorf("%s: %q, want %q", key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d headers, want %d: %v", len(got), len(want), got)
	}
}

// What a page has besides, each kind of content must not miss where it matters,
// nor have where it breaks a viewer.
func TestHeadersByContentType(t *testing.T) {
	const (
		page   = "default-src 'self'; script-src 'none'; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
		data   = "default-src 'none'; frame-ancestors 'none'"
		markup = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"
		media  = "frame-ancestors 'none'"
	)
	h := newHeaders(t, secure.HeaderConfig{})
	for contentType, want := range map[string]string{
		"text/html":                 page,
		"text/html; charset=utf-8":  page,
		"TEXT/HTML;charset=utf-8":   page,
		" text/html ;x":             page,
		"application/xhtml+xml":     page,
		"":                          page,
		"multipart/x-mixed-replace": page,
		"text/plain; charset=utf-8": data,
		"application/json":          data,
		"application/octet-stream":  data,
		"text/css":                  data,
		"image/png":                 data,
		"text/event-stream":         data,
		"text/htmlx":                data,
		"image/svg+xml":             markup,
		"text/xml; charset=utf-8":   markup,
		"application/xml":           markup,
		"application/rss+xml":       markup,
		"text/javascript":           media,
		"application/javascript":    media,
		"application/pdf":           media,
		"audio/ogg":                 media,
		"video/mp4":                 media,
	} {
		got := apply(h, contentType, false, "")
		if csp := got.Get("Content-Security-Policy"); csp != want {
			t.Errorf("%q: policy %q, want %q", contentType, csp, want)
		}
		isPage := want == page
		for _, key := range []string{"Cross-Origin-Opener-Policy", "Permissions-Policy"} {
			if (got[key] != nil) != isPage {
				t.Errorf("%q: %s: %q", contentType, key, got[key])
			}
		}
		for _, key := range []string{"X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Cross-Origin-Resource-Policy"} {
			if got[key] == nil {
				t.Errorf("%q: no %s", contentType, key)
			}
		}
	}
}

// A Go map of up to 8 keys is one group; a ninth key makes it grow twice.
func TestHeadersCount(t *testing.T) {
	h := newHeaders(t, secure.HeaderConfig{})
	if got := len(apply(h, "application/json", false, "")); got > 7 {
		t.Errorf("a plain answer has %d headers, want at most 7", got)
	}
	if got := len(apply(h, "application/json", true, "")); got > 8 {
		t.Errorf("a plain answer over TLS has %d headers, want at most 8", got)
	}
}

// A browser that got it over plain http must ignore it; one on localhost would
// keep it for every other program there.
func TestHSTS(t *testing.T) {
	const key = "Strict-Transport-Security"
	if got := apply(newHeaders(t, secure.HeaderConfig{}), "text/plain", false, "")[key]; got != nil {
		t.Errorf("over plain http: %q", got)
	}
	if got := apply(newHeaders(t, secure.HeaderConfig{InsecureNoHSTS: true}), "text/plain", true, "")[key]; got != nil {
		t.Errorf("switched off: %q", got)
	}
	if got := apply(newHeaders(t, secure.HeaderConfig{HSTS: "max-age=300"}), "text/plain", true, "").Get(key); got != "max-age=300" {
		t.Errorf("%q, want max-age=300", got)
	}
}

// An answer may make its own exception.
func TestApplyKeeps(t *testing.T) {
	h := newHeaders(t, secure.HeaderConfig{})
	dst := http.Header{
		"Content-Type":                 {"text/html"},
		"Content-Security-Policy":      {"default-src 'none'"},
		"Cross-Origin-Opener-Policy":   {"same-origin-allow-popups"},
		"Cross-Origin-Resource-Policy": {"cross-origin"},
	}
	want := dst.Clone()
	h.Apply(dst, false, "n")
	for key := range want {
		if !slices.Equal(dst[key], want[key]) {
			t.Errorf("%s: %q, want %q", key, dst[key], want[key])
		}
	}
}

// The values are shared by all answers: adding to one must not reach another.
func TestHeadersAreNotAliased(t *testing.T) {
	h := newHeaders(t, secure.HeaderConfig{})
	first := apply(h, "text/html", true, "")
	for key := range first {
		first.Add(key, "evil")
	}
	for key, v := range apply(h, "text/html", true, "") {
		if len(v) != 1 {
			t.Errorf("%s: %q", key, v)
		}
	}
}

// The lines for the wire say what Apply does, for every answer.
func TestAppendFields(t *testing.T) {
	configs := map[string]secure.HeaderConfig{
		"default":     {},
		"frames":      {CSP: secure.CSP{Sources: map[string][]string{"frame-ancestors": {"https://example.com"}}}},
		"no scripts":  {CSP: secure.CSP{Sources: map[string][]string{"script-src": {"'none'"}, "style-src": {"'none'"}}}},
		"report only": {CSP: secure.CSP{InsecureReportOnly: true, TrustedTypes: true, ReportURI: "/csp"}},
		"others": {
			ReferrerPolicy: "no-referrer", HSTS: "max-age=300",
			Permissions: map[string]string{"camera": "(self)"},
		},
		"no HSTS": {InsecureNoHSTS: true},
	}
	exceptions := []http.Header{
		{},
		{"Content-Security-Policy": {"default-src 'none'"}, "Referrer-Policy": {"origin"}},
		{"Content-Security-Policy": nil, "Content-Security-Policy-Report-Only": nil},
		{"Strict-Transport-Security": {"max-age=0"}, "Permissions-Policy": {"camera=*"}, "X-Frame-Options": {"SAMEORIGIN"}},
	}
	for name, cfg := range configs {
		h := newHeaders(t, cfg)
		for _, contentType := range []string{"", "text/html; charset=utf-8", "text/plain", "application/json", "image/svg+xml", "video/mp4"} {
			for _, given := range exceptions {
				for _, https := range []bool{false, true} {
					for _, nonce := range []string{"", "r4nd0m"} {
						given := given.Clone()
						given["Content-Type"] = []string{contentType}
						want := given.Clone()
						h.Apply(want, https, nonce)
						for key := range given {
							delete(want, key)
						}
						lines := string(h.AppendFields([]byte("HTTP/1.1 200 OK\r\n"), given, https, nonce)) + "\r\n"
						res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(lines)), nil)
						if err != nil {
							t.Fatal(err)
						}
						_ = res.Body.Close()
						if !maps.EqualFunc(res.Header, want, slices.Equal) {
							t.Errorf("%s, %q beside %v: %v, want %v", name, contentType, given, res.Header, want)
						}
					}
				}
			}
		}
	}
}

func TestApplyAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	h := newHeaders(t, secure.HeaderConfig{})
	dst := make(http.Header, 16)
	for _, tt := range []struct {
		contentType []string
		nonce       string
		want        float64
	}{
		{[]string{"application/json"}, "", 0},
		{[]string{"text/html; charset=utf-8"}, "", 0},
		{[]string{"text/html; charset=utf-8"}, "AAAAAAAAAAAAAAAAAAAAAA", 2}, // the policy and the slice that holds it
	} {
		got := testing.AllocsPerRun(100, func() {
			clear(dst)
			dst["Content-Type"] = tt.contentType
			h.Apply(dst, true, tt.nonce)
		})
		if got > tt.want {
			t.Errorf("Apply to %s, nonce %q: %v allocations, want %v", tt.contentType, tt.nonce, got, tt.want)
		}
	}
}

func TestPermissions(t *testing.T) {
	h := newHeaders(t, secure.HeaderConfig{Permissions: map[string]string{
		"geolocation": `(self "https://maps.example.com")`, "fullscreen": "()", "camera": "*",
	}})
	got := apply(h, "text/html", false, "").Get("Permissions-Policy")
	for _, want := range []string{`geolocation=(self "https://maps.example.com")`, "fullscreen=()", "camera=*", "microphone=()"} {
		if !slices.Contains(strings.Split(got, ", "), want) {
			t.Errorf("%q misses %q", got, want)
		}
	}
}

func TestNewHeadersRefuses(t *testing.T) {
	for _, tt := range []struct {
		cfg  secure.HeaderConfig
		want string
	}{
		{secure.HeaderConfig{ReferrerPolicy: "unsafe-url"}, "referrer policy"},
		{secure.HeaderConfig{ReferrerPolicy: "no-referrer\r\nX: y"}, "referrer policy"},
		{secure.HeaderConfig{HSTS: "max-age"}, "HSTS"},
		{secure.HeaderConfig{HSTS: "max-age=1y"}, "HSTS"},
		{secure.HeaderConfig{HSTS: "max-age=1; preload"}, "HSTS"},
		{secure.HeaderConfig{HSTS: "max-age=1\r\n; includeSubDomains"}, "HSTS"},
		{secure.HeaderConfig{Permissions: map[string]string{"camera": "self"}}, "camera"},
		{secure.HeaderConfig{Permissions: map[string]string{"camera": "(self), microphone=(self)"}}, "camera"},
		{secure.HeaderConfig{Permissions: map[string]string{"camera": "(\n)"}}, "camera"},
		{secure.HeaderConfig{Permissions: map[string]string{"camera=(), usb": "()"}}, "feature"},
		{secure.HeaderConfig{Permissions: map[string]string{"": "()"}}, "feature"},
	} {
		if _, err := secure.NewHeaders(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("NewHeaders(%+v) error = %v, want one about %s", tt.cfg, err, tt.want)
		}
	}
}

func ExampleHeaders() {
	headers, err := secure.NewHeaders(secure.HeaderConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		headers.Apply(w.Header(), r.TLS != nil, "")
		fmt.Fprintln(w, "{}")
	})

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "https://example.com/", nil))
	w.Header().Write(crlfless{})
	// Output:
	// Content-Security-Policy: default-src 'none'; frame-ancestors 'none'
	// Content-Type: application/json
	// Cross-Origin-Resource-Policy: same-origin
	// Referrer-Policy: strict-origin-when-cross-origin
	// Strict-Transport-Security: max-age=63072000; includeSubDomains
	// X-Content-Type-Options: nosniff
	// X-Frame-Options: DENY
}

// crlfless prints without carriage returns.
type crlfless struct{}

func (crlfless) Write(p []byte) (int, error) {
	fmt.Print(strings.ReplaceAll(string(p), "\r", ""))
	return len(p), nil
}

func BenchmarkApply(b *testing.B) {
	h := newHeaders(b, secure.HeaderConfig{})
	dst, contentType := make(http.Header, 8), []string{"application/json"}
	b.ReportAllocs()
	for b.Loop() {
		clear(dst)
		dst["Content-Type"] = contentType
		h.Apply(dst, false, "")
	}
}
