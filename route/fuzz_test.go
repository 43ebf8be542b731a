package route_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/retort-go/retort/route"
)

// FuzzRule adds any text as a rule and matches any path against it. What
// matches is built again from its parameters, and must lead back to the rule.
func FuzzRule(f *testing.F) {
	for _, seed := range [][2]string{
		{"/a/<int(min=2,max=10):i>/", "/a/5"},
		{`/<any(en,"fr-FR",d.e):l>.<float(signed=True):f>`, "/fr-FR.-1.5"},
		{"/<path:p>/<string(minlength=2,maxlength=3):s>-<uuid:u>", "/x/y/ab-12345678-1234-5678-1234-567812345678"},
		{"//<a>//", "/é//"},
		{"/<int(fixed_digits=3,", "/001"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, rule, path string) {
		m := route.New(route.Options{})
		if err := m.Add(route.Rule{Path: rule, Endpoint: "e"}); err != nil {
			if !strings.HasPrefix(err.Error(), "route: rule ") {
				t.Errorf("Add(%q): %v", rule, err)
			}
			return
		}
		if err := m.Compile(); err != nil {
			t.Fatal(err)
		}
		var result route.Match
		switch m.Match(route.Request{Method: "GET", Path: path}, &result) {
		case route.Redirect:
			checkLocation(t, result.Location())
		case route.Found:
			values := route.Values{}
			for name, p := range result.Params() {
				if !strings.Contains(path, p.Text()) {
					t.Errorf("%q on %q: %s = %q", rule, path, name, p.Text())
				}
				values = append(values, route.Value{Name: name, Value: p})
			}
			if strings.ContainsAny(rule, "(") || !utf8.ValidString(path) {
				return // arguments may forbid what building writes, such as a number without zeros
			}
			built, err := m.Build("e", values, route.BuildOptions{})
			if err != nil {
				t.Fatalf("%q on %q: %v", rule, path, err)
			}
			decoded, err := url.PathUnescape(built)
			if err != nil {
				t.Fatalf("%q: %v", built, err)
			}
			if strings.Contains(rule, "float:") || strings.Contains(rule, "><") || strings.Contains(decoded, "//") {
				return // exponents, other divisions and merged slashes
			}
			if got := m.Match(route.Request{Method: "GET", Path: decoded}, &result); got != route.Found {
				t.Errorf("%q matches %q, but not %q that was built: %v", rule, path, decoded, got)
			}
		}
	})
}

// FuzzMatch sends any request to a map with every kind of rule.
func FuzzMatch(f *testing.F) {
	file := [...]route.Rule{
		{Path: "/", Endpoint: "index"},
		{Path: "/users/", Methods: []string{"GET", "POST"}},
		{Path: "/<a>.<int:b>-<float:c>"},
		{Path: "/<path:p>/edit/"},
		{Path: "/<path:a>/x/<path:b>/<any(x,xx):c>"},
		{Path: "/d/", Endpoint: "d", Defaults: map[string]any{"page": 1}},
		{Path: "/d/<int:page>", Endpoint: "d"},
		{Path: "/old/<path:p>", RedirectTo: "d/<p>"},
		{Path: "/alias/<p>", Endpoint: "q", Alias: true},
		{Path: "/canon/<p>", Endpoint: "q"},
		{Path: "/loose/<string(length=2):s>/", LooseSlashes: true},
		{Path: "/ws", WebSocket: true},
		{Path: "/sub/<int(signed=True):n>", Subdomain: "<s>-<int:t>"},
	}
	m := compiled(f, route.Options{SubdomainMatching: true, ServerName: "example.com"}, file[:]...)
	for _, path := range []string{"/", "/users", "/a.1-2.5", "/a//b/edit", "/a/x/b/xx", "/d/1", "/old/../x", "/alias/é", "/loose/ab", "/ws", "/sub/-1", "//", ""} {
		f.Add("GET", path, "a-1.example.com", "/app", "q=1", false)
	}
	f.Fuzz(func(t *testing.T, method, path, host, root, query string, webSocket bool) {
		var result route.Match
		req := route.Request{Method: method, Path: path, Host: host, ScriptRoot: root, RawQuery: query, WebSocket: webSocket}
		switch outcome := m.Match(req, &result); outcome {
		case route.Found:
			if result.Rule == nil {
				t.Error("found no rule")
			}
		case route.Redirect:
			checkLocation(t, result.Location())
		case route.MethodNotAllowed:
			if len(result.Allow()) == 0 {
				t.Error("405 without methods")
			}
		}
		m.Allowed(req)
	})
}

// FuzzBuild puts any value into URLs.
func FuzzBuild(f *testing.F) {
	rules := [...]route.Rule{{Path: "/<p>", Endpoint: "e"}, {Path: "/<path:p>/<q>", Endpoint: "e"}, {Path: "/<int:n>/<float:f>", Endpoint: "n"}, {Path: "/", Subdomain: "<p>", Endpoint: "h"}}
	m := compiled(f, route.Options{SubdomainMatching: true, ServerName: "example.com"}, rules[:]...)
	f.Add("e", "p", "//evil.example", "q", "é ?#", "")
	f.Add("n", "n", "-7", "f", "1e5", "a#b")
	f.Add("h", "p", "x@evil.example/", "q", "", "")
	f.Fuzz(func(t *testing.T, endpoint, name1, value1, name2, value2, anchor string) {
		got, err := m.Build(endpoint, route.Values{{Name: name1, Value: value1}, {Name: name2, Value: value2}}, route.BuildOptions{Anchor: anchor})
		if err != nil {
			if got != "" || err.Error() == "" {
				t.Errorf("%q with %v", got, err)
			}
			return
		}
		if strings.HasPrefix(got, "http") {
			whole, _, _ := strings.Cut(got, "#") // where percent signs are kept
			if u, err := url.Parse(whole); err != nil || !strings.HasSuffix(u.Host, ".example.com") || u.User != nil {
				t.Errorf("%q is on a foreign host (%v)", got, err)
			}
			return
		}
		checkLocation(t, got)
	})
}

// checkLocation checks what may go into a header and stays on this host, or on
// a subdomain of it.
func checkLocation(t *testing.T, location string) {
	t.Helper()
	for _, scheme := range []string{"http://", "ws://"} {
		if rest, ok := strings.CutPrefix(location, scheme); ok {
			host, path, _ := strings.Cut(rest, "/")
			if host != "example.com" && !strings.HasSuffix(host, ".example.com") {
				t.Errorf("location %q is on a foreign host", location)
			}
			location = "/" + path
		}
	}
	if !strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//") {
		t.Errorf("location %q does not start with one slash", location)
	}
	for i := range len(location) {
		if c := location[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			t.Errorf("location %q holds byte %q", location, c)
		}
	}
}
