package secure

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// CSP changes the Content-Security-Policy of pages. The default is
//
//	default-src 'self'; script-src 'nonce-…' 'strict-dynamic'; style-src 'self' 'nonce-…';
//	object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'
//
// where each page that asks for a nonce has a new one. A page that asks for
// none gets script-src 'none' and style-src 'self'. So there is one rule: what
// has the nonce of the page runs, and nothing else, not even files of this
// site, since what users have uploaded is one of them.
type CSP struct {
	// Sources are allowed besides the default ones, by directive:
	// {"img-src": {"https://images.example.com", "data:"}}. A directive that
	// is not in the default policy starts with the sources it would fall back
	// to. {"'none'"} alone takes the default sources away. An origin or 'self'
	// in script-src turns 'strict-dynamic' off, beside which a browser would
	// ignore it.
	Sources map[string][]string

	// InsecureSources are sources that give a good part of the protection
	// away, and are refused in Sources: 'unsafe-inline', 'unsafe-eval', "*",
	// whole schemes such as "https:".
	InsecureSources map[string][]string

	// TrustedTypes lets scripts write markup into the page through trusted
	// types only (require-trusted-types-for 'script').
	TrustedTypes bool

	// ReportURI is the path or https URL to which browsers report violations.
	ReportURI string

	// InsecureReportOnly lets violations happen and reports them only, to try a
	// policy out.
	InsecureReportOnly bool
}

// NewNonce returns 128 random bits in base64, for the script and style tags of
// one page.
func NewNonce() string {
	var raw [16]byte
	rand.Read(raw[:]) // never fails
	var text [22]byte
	base64.RawURLEncoding.Encode(text[:], raw[:])
	return string(text[:])
}

const contentSecurityPolicy = "Content-Security-Policy"

// A policy is a header with and without a nonce.
type policy struct {
	key   string
	plain []string // for pages that asked for no nonce
	parts []string // for others: the nonce goes between each two
}

// with returns the header's value for a page with nonce, or without one if it is
// empty.
func (p *policy) with(nonce string) []string {
	if nonce == "" || len(p.parts) == 1 {
		return p.plain // nothing in it takes a nonce
	}
	return []string{strings.Join(p.parts, nonce)}
}

// appendField appends to b the line of a page with nonce.
func (p *policy) appendField(b []byte, nonce string) []byte {
	b = append(append(b, p.key...), ": "...)
	if nonce == "" || len(p.parts) == 1 {
		b = append(b, p.plain[0]...)
	} else {
		for i, s := range p.parts {
			if i > 0 {
				b = append(b, nonce...)
			}
			b = append(b, s...)
		}
	}
	return append(b, "\r\n"...)
}

// A directive is a part of a policy. Its sources hold nonceSource where the
// nonce goes.
type directive struct {
	name    string
	sources []string
}

const (
	nonceSource = "'nonce-\x00'" // \x00 is cut out when the policy is precomputed
	none        = "'none'"
	dynamic     = "'strict-dynamic'"
)

// directives are those that take sources, each with the one whose sources it
// starts with; that one stands before it.
var directives = []struct{ name, from string }{
	{"default-src", ""}, {"script-src", ""}, {"style-src", ""}, {"object-src", ""},
	{"base-uri", ""}, {"form-action", ""}, {"frame-ancestors", ""},
	{"script-src-elem", "script-src"}, {"script-src-attr", "script-src"},
	{"style-src-elem", "style-src"}, {"style-src-attr", "style-src"},
	{"img-src", "default-src"}, {"font-src", "default-src"}, {"media-src", "default-src"},
	{"connect-src", "default-src"}, {"frame-src", "default-src"}, {"child-src", "default-src"},
	{"worker-src", "default-src"}, {"manifest-src", "default-src"},
}

// compile returns the policy and the sources of its frame-ancestors.
func (c CSP) compile() (p policy, ancestors string, err error) {
	if err := c.check(); err != nil {
		return policy{}, "", err
	}
	list := []directive{
		{"default-src", []string{"'self'"}},
		{"script-src", []string{nonceSource, dynamic}},
		{"style-src", []string{"'self'", nonceSource}},
		{"object-src", []string{none}},
		{"base-uri", []string{none}},
		{"form-action", []string{"'self'"}},
		{"frame-ancestors", []string{none}},
	}
	for _, d := range directives {
		extra := slices.Concat(c.Sources[d.name], c.InsecureSources[d.name])
		if len(extra) > 0 {
			list = allow(list, d.name, d.from, extra)
		}
	}
	var plain, full []string
	for _, d := range list {
		plain = append(plain, d.name+" "+strings.Join(withoutNonce(d.sources), " "))
		full = append(full, d.name+" "+strings.Join(d.sources, " "))
		if d.name == "frame-ancestors" {
			ancestors = strings.Join(d.sources, " ")
		}
	}
	var tail string
	if c.TrustedTypes {
		tail += "; require-trusted-types-for 'script'"
	}
	if c.ReportURI != "" {
		tail += "; report-uri " + c.ReportURI
	}
	p.key = contentSecurityPolicy
	if c.InsecureReportOnly {
		p.key = "Content-Security-Policy-Report-Only"
	}
	p.plain = []string{strings.Join(plain, "; ") + tail}
	p.parts = strings.Split(strings.Join(full, "; ")+tail, "\x00")
	return p, ancestors, nil
}

// allow adds extra to the sources of name, and takes away those that browsers
// would ignore beside it.
func allow(list []directive, name, from string, extra []string) []directive {
	find := func(name string) int { return slices.IndexFunc(list, func(d directive) bool { return d.name == name }) }
	i := find(name)
	if i < 0 {
		i = len(list)
		list = append(list, directive{name, slices.Clone(list[find(from)].sources)})
	}
	d := &list[i]
	if slices.Contains(extra, none) {
		d.sources = []string{none}
		return list
	}
	drop := func(s string) { d.sources = slices.DeleteFunc(d.sources, func(t string) bool { return s == t }) }
	drop(none)
	for _, s := range extra {
		drop(s)
		d.sources = append(d.sources, s)
		if s == "'unsafe-inline'" {
			drop(nonceSource)
		}
		if s == "'unsafe-inline'" || s == "'self'" || s[0] != '\'' {
			drop(dynamic)
		}
	}
	return list
}

// withoutNonce returns the sources of a page without a nonce. Only a hash can
// then be the start of 'strict-dynamic'.
func withoutNonce(sources []string) []string {
	sources = slices.DeleteFunc(slices.Clone(sources), func(s string) bool { return s == nonceSource })
	if !slices.ContainsFunc(sources, func(s string) bool { return strings.HasPrefix(s, "'sha") }) {
		sources = slices.DeleteFunc(sources, func(s string) bool { return s == dynamic })
	}
	if len(sources) == 0 {
		return []string{none}
	}
	return sources
}

func (c CSP) check() error {
	for _, set := range []struct {
		sources map[string][]string
		wide    bool
	}{{c.Sources, false}, {c.InsecureSources, true}} {
		for _, name := range slices.Sorted(maps.Keys(set.sources)) {
			if !slices.ContainsFunc(directives, func(d struct{ name, from string }) bool { return d.name == name }) {
				return fmt.Errorf("secure: CSP: no directive %q takes sources", name)
			}
			for _, s := range set.sources[name] {
				if err := checkSource(name, s, set.wide); err != nil {
					return err
				}
			}
			if n := len(set.sources[name]); n > 1 && slices.Contains(set.sources[name], none) {
				return fmt.Errorf("secure: CSP: %s: 'none' stands alone", name)
			}
		}
	}
	if u := c.ReportURI; u != "" && (!visible(u, " ;,") || u[0] != '/' && !strings.HasPrefix(u, "https://")) {
		return fmt.Errorf("secure: CSP: report URI %q: want a path or an https URL", u)
	}
	return nil
}

// checkSource refuses what would end the source (a space), the directive (a
// semicolon) or the header (a line break, a comma), and words that browsers
// would skip, leaving the page without what it was meant to have.
func checkSource(name, s string, wide bool) error {
	if !isSource(s) {
		return fmt.Errorf("secure: CSP: %s: no source %q (want an origin, a scheme with its colon, or a keyword or hash in single quotes)", name, s)
	}
	if !wide && isWide(name, s) {
		return fmt.Errorf("secure: CSP: %s: %s gives the protection away; if it must be, put it in InsecureSources", name, s)
	}
	return nil
}

func isSource(s string) bool {
	if s == "" || !visible(s, " ;,\"") {
		return false
	}
	if word, ok := strings.CutPrefix(s, "'"); ok {
		word, ok = strings.CutSuffix(word, "'")
		switch algorithm, hash, _ := strings.Cut(word, "-"); {
		case !ok:
			return false
		case algorithm == "sha256", algorithm == "sha384", algorithm == "sha512":
			return len(hash) >= 43 && strings.Trim(hash, base64Chars) == ""
		}
		return slices.Contains([]string{"self", "none", "report-sample", "wasm-unsafe-eval", "unsafe-inline", "unsafe-eval", "unsafe-hashes"}, word)
	}
	if strings.IndexByte(s, '\'') >= 0 {
		return false
	}
	if scheme, ok := strings.CutSuffix(s, ":"); ok {
		return isScheme(scheme)
	}
	return s == "*" || isHostSource(s)
}

const base64Chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="

func isScheme(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// isHostSource checks [scheme://][*.]host[:port][/path]. A host without scheme
// needs a dot: a lone word is a keyword that lost its quotes.
func isHostSource(s string) bool {
	scheme, rest, ok := strings.Cut(s, "://")
	if ok && !isScheme(scheme) || !ok && strings.IndexByte(s, '.') < 0 && !strings.HasPrefix(s, "localhost") {
		return false
	}
	if ok {
		s = rest
	}
	if i := strings.IndexByte(s, '/'); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimPrefix(s, "*.")
	s = strings.TrimSuffix(s, ":*")
	_, err := ParseHost(s)
	return err == nil
}

// isWide reports whether s lets in what anybody can write. data: and blob: are
// harmless only where nothing runs.
func isWide(name, s string) bool {
	switch {
	case s == "*", strings.HasPrefix(s, "'unsafe-"):
		return true
	case s == "data:", s == "blob:":
		return !slices.Contains([]string{"img-src", "font-src", "media-src", "connect-src"}, name)
	}
	return strings.HasSuffix(s, ":")
}
