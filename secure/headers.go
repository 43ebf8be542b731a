package secure

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// HeaderConfig changes the default headers. Its zero value is safe.
type HeaderConfig struct {
	// CSP changes the Content-Security-Policy of pages.
	CSP CSP

	// ReferrerPolicy defaults to "strict-origin-when-cross-origin", which keeps
	// paths and queries from other sites.
	ReferrerPolicy string

	// Permissions gives features of the browser back that are denied by
	// default: {"geolocation": "(self)"}.
	Permissions map[string]string

	// HSTS defaults to "max-age=63072000; includeSubDomains".
	HSTS string

	// InsecureNoHSTS leaves Strict-Transport-Security out of answers over TLS:
	// a browser would hold it against every server on localhost.
	InsecureNoHSTS bool
}

// Headers are the security headers of an application, computed once. They may
// be used by many goroutines.
//
// Every answer has
//
//   - X-Content-Type-Options: nosniff, so that an upload is not run as a script
//   - Content-Security-Policy, see below, so that injected markup does nothing
//   - X-Frame-Options, for browsers before frame-ancestors (clickjacking)
//   - Cross-Origin-Resource-Policy: same-origin, so that no other site can load
//     it, let alone read it from its own process (Spectre)
//   - Referrer-Policy, so that links out do not carry tokens along
//   - over TLS, Strict-Transport-Security, so that nobody can strip TLS off
//
// Pages (HTML) have two more, which mean nothing elsewhere:
// Cross-Origin-Opener-Policy, so that a window that opened ours cannot reach
// into it, and Permissions-Policy, so that a script that got in cannot use the
// camera.
//
// The policy of pages is that of [CSP]. Others get what suits them, without a
// nonce: data and text may load nothing; SVG and XML, which can hold scripts,
// are sandboxed besides, with their own styles and pictures left to them;
// scripts (whose policy governs workers), PDF, audio and video, whose viewers a
// policy would break, only may not be framed.
//
// A plain answer has thus 7 headers with Content-Type and Content-Length, or 8
// over TLS: a Go map of up to 8 keys is one allocation, of 9 it is three more.
type Headers struct {
	page       policy
	plain, tls [kinds][]field // what each kind of content has, but for the policy of pages
}

// A field is one header with its only value, also as it stands on the wire.
type field struct {
	key   string
	value []string
	line  string
}

func newField(key, value string) field {
	return field{key, []string{value}, key + ": " + value + "\r\n"}
}

// NewHeaders checks cfg and computes the headers.
func NewHeaders(cfg HeaderConfig) (*Headers, error) {
	page, ancestors, err := cfg.CSP.compile()
	if err != nil {
		return nil, err
	}
	referrer := "strict-origin-when-cross-origin"
	if cfg.ReferrerPolicy != "" {
		if !slices.Contains(referrerPolicies, cfg.ReferrerPolicy) {
			return nil, fmt.Errorf("secure: referrer policy %q: want one of %s", cfg.ReferrerPolicy, strings.Join(referrerPolicies, ", "))
		}
		referrer = cfg.ReferrerPolicy
	}
	permitted, err := permissions(cfg.Permissions)
	if err != nil {
		return nil, err
	}
	all := []field{
		newField("X-Content-Type-Options", "nosniff"),
		newField("Referrer-Policy", referrer),
		newField("Cross-Origin-Resource-Policy", "same-origin"),
	}
	if options := frameOptions(ancestors); options != "" {
		all = append(all, newField("X-Frame-Options", options))
	}
	csp := func(value string) field { return newField(contentSecurityPolicy, value) }
	h := &Headers{page: page, plain: [kinds][]field{
		onPage:   slices.Concat(all, []field{newField("Cross-Origin-Opener-Policy", "same-origin"), newField("Permissions-Policy", permitted)}),
		onData:   slices.Concat(all, []field{csp("default-src 'none'; frame-ancestors " + ancestors)}),
		onMarkup: slices.Concat(all, []field{csp("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors " + ancestors)}),
		onMedia:  slices.Concat(all, []field{csp("frame-ancestors " + ancestors)}),
	}}
	h.tls = h.plain
	if !cfg.InsecureNoHSTS {
		value, err := hsts(cfg.HSTS)
		if err != nil {
			return nil, err
		}
		for kind, fields := range h.plain {
			h.tls[kind] = slices.Concat(fields, []field{newField("Strict-Transport-Security", value)})
		}
	}
	return h, nil
}

// Apply adds to dst the headers for an answer whose Content-Type dst holds
// already; without one the answer counts as a page. A header that dst has keeps
// its value, so that an answer can make its own exception. nonce is the one
// that the page was rendered with, or ""; https says how the client came, as
// far as trusted proxies tell.
//
// The values are shared: replace them in dst, never write into their slices.
func (h *Headers) Apply(dst http.Header, https bool, nonce string) {
	kind := kindOf(dst["Content-Type"])
	if kind == onPage && !has(dst, h.page.key) {
		dst[h.page.key] = h.page.with(nonce)
	}
	for _, f := range h.fixed(kind, https) {
		if !has(dst, f.key) {
			dst[f.key] = f.value
		}
	}
}

// AppendFields appends to b, as lines of HTTP/1.1, the headers that Apply would
// add to given.
func (h *Headers) AppendFields(b []byte, given http.Header, https bool, nonce string) []byte {
	kind := kindOf(given["Content-Type"])
	if kind == onPage && !has(given, h.page.key) {
		b = h.page.appendField(b, nonce)
	}
	for _, f := range h.fixed(kind, https) {
		if !has(given, f.key) {
			b = append(b, f.line...)
		}
	}
	return b
}

func (h *Headers) fixed(k kind, https bool) []field {
	if https {
		return h.tls[k]
	}
	return h.plain[k]
}

func has(h http.Header, key string) bool {
	_, ok := h[key]
	return ok
}

// A kind of content, by what a browser does with it when it is opened.
type kind uint8

const (
	onPage kind = iota
	onData
	onMarkup
	onMedia
	kinds
)

// kindOf errs to the page, whose policy knows all threats.
func kindOf(contentType []string) kind {
	if len(contentType) == 0 {
		return onPage
	}
	t, _, _ := strings.Cut(contentType[0], ";")
	t = strings.ToLower(strings.TrimSpace(t)) // no copy if it is lower case
	switch {
	case t == "", t == "text/html", t == "application/xhtml+xml", t == "multipart/x-mixed-replace":
		return onPage
	case strings.HasSuffix(t, "xml"):
		return onMarkup
	case strings.HasSuffix(t, "javascript"), t == "application/pdf",
		strings.HasPrefix(t, "audio/"), strings.HasPrefix(t, "video/"):
		return onMedia
	}
	return onData
}

// frameOptions says the same as frame-ancestors to old browsers, as far as
// they can be told: nothing, if the ancestors are some other sites.
func frameOptions(ancestors string) string {
	switch ancestors {
	case "'none'":
		return "DENY"
	case "'self'":
		return "SAMEORIGIN"
	}
	return ""
}

// referrerPolicies are those that tell other sites at most the origin.
var referrerPolicies = []string{"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "origin", "origin-when-cross-origin"}

// powerful are the features that browsers guard with a permission or that
// watch the user. Names that browsers do not know are left out, since they
// complain about each on the console of every page.
var powerful = []string{
	"accelerometer", "camera", "clipboard-read", "display-capture", "encrypted-media", "geolocation",
	"gyroscope", "hid", "idle-detection", "keyboard-map", "local-fonts", "magnetometer", "microphone", "midi",
	"payment", "screen-wake-lock", "serial", "usb", "window-management", "xr-spatial-tracking",
}

func permissions(given map[string]string) (string, error) {
	allow := map[string]string{}
	for _, f := range powerful {
		allow[f] = "()"
	}
	for f, list := range given {
		if f == "" || strings.Trim(f, "abcdefghijklmnopqrstuvwxyz-") != "" {
			return "", fmt.Errorf("secure: permissions policy: feature %q", f)
		}
		if list != "*" && (!strings.HasPrefix(list, "(") || !strings.HasSuffix(list, ")") || !visible(list, ",;")) {
			return "", fmt.Errorf(`secure: permissions policy: %s=%q: want a list such as (self "https://example.com")`, f, list)
		}
		allow[f] = list
	}
	var b strings.Builder
	for _, f := range slices.Sorted(maps.Keys(allow)) {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(f + "=" + allow[f])
	}
	return b.String(), nil
}

func hsts(value string) (string, error) {
	if value == "" {
		value = "max-age=63072000; includeSubDomains"
	}
	age, rest, _ := strings.Cut(value, ";")
	digits, ok := strings.CutPrefix(age, "max-age=")
	rest = strings.ReplaceAll(rest, " ", "")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" ||
		rest != "" && rest != "includeSubDomains" && rest != "includeSubDomains;preload" {
		return "", errors.New(`secure: HSTS: want "max-age=SECONDS", then perhaps "; includeSubDomains" and "; preload"`)
	}
	return value, nil
}

// visible reports whether s holds printable ASCII only, and none of the bytes
// in not, which would end a part of a header.
func visible(s, not string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || strings.IndexByte(not, s[i]) >= 0 {
			return false
		}
	}
	return true
}
