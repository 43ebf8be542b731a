package route_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort/route"
)

func TestParam(t *testing.T) {
	m := compiled(t, route.Options{},
		route.Rule{Path: "/i/<int(signed=True):v>"}, route.Rule{Path: "/f/<float(signed=True):v>"}, route.Rule{Path: "/s/<v>"},
		route.Rule{Path: "/u/<uuid:v>"}, route.Rule{Path: "/d", Defaults: map[string]any{"v": uint8(3)}},
		route.Rule{Path: "/e", Defaults: map[string]any{"v": []int{1}}}, route.Rule{Path: "/g", Defaults: map[string]any{"v": 1.5}})
	huge, _ := new(big.Int).SetString("-123456789012345678901", 10)
	var result route.Match // used again, as a server does
	for _, tt := range []struct {
		path  string
		text  string
		value any
	}{
		{"/i/007", "007", int64(7)},
		{"/i/-9223372036854775808", "-9223372036854775808", int64(-1 << 63)},
		{"/i/9223372036854775807", "9223372036854775807", int64(1<<63 - 1)},
		{"/i/9223372036854775808", "9223372036854775808", new(big.Int).SetUint64(1 << 63)},
		{"/i/-123456789012345678901", "-123456789012345678901", huge},
		{"/i/𝟘𝟙𝟠٣", "𝟘𝟙𝟠٣", int64(183)},
		{"/f/-00.50", "-00.50", -0.5},
		{"/f/٣.٥", "٣.٥", 3.5},
		{"/s/é", "é", "é"},
		{"/u/ABCDEFAB-1234-5678-1234-567812345678", "ABCDEFAB-1234-5678-1234-567812345678", [16]byte{0xab, 0xcd, 0xef, 0xab, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78}},
		{"/d", "3", int64(3)},
		{"/e", "[1]", []int{1}},
		{"/g", "1.5", 1.5},
	} {
		if got := m.Match(route.Request{Method: "GET", Path: tt.path}, &result); got != route.Found {
			t.Errorf("%s: %v", tt.path, got)
			continue
		}
		p, ok := result.Param("v")
		if !ok || p.Text() != tt.text || fmt.Sprintf("%T %v", p.Value(), p.Value()) != fmt.Sprintf("%T %v", tt.value, tt.value) {
			t.Errorf("%s: Param = %q %T %v %t, want %q %T %v", tt.path, p.Text(), p.Value(), p.Value(), ok, tt.text, tt.value, tt.value)
		}
		if n, ok := p.Int(); ok != (fmt.Sprintf("%T", tt.value) == "int64") || ok && n != tt.value || !ok && n != 0 {
			t.Errorf("%s: Int = %d, %t", tt.path, n, ok)
		}
		if f, ok := p.Float(); ok != (fmt.Sprintf("%T", tt.value) == "float64") || ok && f != tt.value {
			t.Errorf("%s: Float = %g, %t", tt.path, f, ok)
		}
		if n := p.Big(); n != nil && n.String() != fmt.Sprint(tt.value) {
			t.Errorf("%s: Big = %s", tt.path, n)
		}
		if _, ok := result.Param("w"); ok {
			t.Errorf("%s: has a parameter w", tt.path)
		}
	}
}

func TestHugeInt(t *testing.T) {
	m := compiled(t, route.Options{}, route.Rule{Path: "/<int:n>"}, route.Rule{Path: "/max/<int(max=9):n>"}, route.Rule{Path: "/min/<int(min=9):n>"})
	for digits, want := range map[int][3]route.Outcome{
		30:   {route.Found, route.NotFound, route.Found},
		4300: {route.Found, route.NotFound, route.Found},
		4301: {route.NotFound, route.NotFound, route.NotFound},
	} {
		for i, prefix := range []string{"/", "/max/", "/min/"} {
			var result route.Match
			if got := m.Match(route.Request{Path: prefix + strings.Repeat("9", digits), Method: "GET"}, &result); got != want[i] {
				t.Errorf("%s, %d digits: %v, want %v", prefix, digits, got, want[i])
			}
		}
	}
}

func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		rule, path string
		want       route.Outcome
	}{
		{"/<int(min=1.5):n>", "/1", route.NotFound},
		{"/<int(min=1.5):n>", "/2", route.Found},
		{"/<int(max=1.5):n>", "/1", route.Found},
		{"/<int(max=1.5):n>", "/2", route.NotFound},
		{"/<int(0, None, 3):n>", "/3", route.Found},
		{"/<int(2, None, 30):n>", "/3", route.NotFound},
		{"/<float(1, max=2):n>", "/0.5", route.NotFound},
		{"/<float(1, max=2):n>", "/1.0", route.Found},
		{"/<float:n>", "/" + strings.Repeat("9", 400) + ".0", route.Found},
		{"/<float(max=1e5):n>", "/" + strings.Repeat("9", 400) + ".0", route.NotFound},
		{"/<string(0, 2):n>", "/ééé", route.NotFound},
		{"/<string(0, 2):n>", "/éé", route.Found},
		{"/<string(minlength=0):n>", "/", route.Found},
	} {
		var result route.Match
		if got := compiled(t, route.Options{}, route.Rule{Path: tt.rule}).Match(route.Request{Method: "GET", Path: tt.path}, &result); got != tt.want {
			t.Errorf("%s on %.20s: %v, want %v", tt.rule, tt.path, got, tt.want)
		}
	}
}

// TestDefaultsOfAllKinds redirects from URLs that spell out another rule's
// default, whatever type the program gave it.
func TestDefaultsOfAllKinds(t *testing.T) {
	huge, _ := new(big.Int).SetString("99999999999999999999", 10)
	type name string
	for _, tt := range []struct {
		converter string
		value     any
		path      string
		want      string
	}{
		{"int", uint64(1<<63 + 1), "9223372036854775809", "308 /"},
		{"int", huge, "099999999999999999999", "308 /"},
		{"int", 1.0, "1", "308 /"},
		{"int", true, "1", "308 /"},
		{"int", false, "1", " v=1"},
		{"int", "1", "1", " v=1"},
		{"float", 2, "2.0", "308 /"},
		{"float", big.NewInt(2), "2.0", "308 /"},
		{"string", name("é"), "é", "308 /"},
		{"uuid", [16]byte{0xab, 15: 0x0f}, "AB000000-0000-0000-0000-00000000000f", "308 /"},
		{"string", []int{1}, "[1]", ` v="[1]"`},
	} {
		m := compiled(t, route.Options{}, route.Rule{Path: "/", Defaults: map[string]any{"v": tt.value}}, route.Rule{Path: "/<" + tt.converter + ":v>"})
		var result route.Match
		if got := describe(m.Match(route.Request{Method: "GET", Path: "/" + tt.path}, &result), &result); got != tt.want {
			t.Errorf("default %v (%T), /%s: %s, want %s", tt.value, tt.value, tt.path, got, tt.want)
		}
	}
}

func TestMatchReuse(t *testing.T) {
	m := compiled(t, route.Options{}, route.Rule{Path: "/a/<a>/<b>", Methods: []string{"GET"}}, route.Rule{Path: "/b/"}, route.Rule{Path: "/c"},
		route.Rule{Path: "/m/<a>-<b>-<c>-<d>/<e>-<f>-<g>-<h>/<i>-<j>"})
	var result route.Match
	ask := func(method, path string) string {
		outcome := m.Match(route.Request{Method: method, Path: path}, &result)
		var params []string
		for name, p := range result.Params() {
			params = append(params, name+"="+p.Text())
		}
		return fmt.Sprintf("%v %t %v %v %s", outcome, result.Rule != nil, params, result.Allow(), result.Location())
	}
	for _, tt := range [][3]string{
		{"GET", "/a/1/2", "Found true [a=1 b=2] [] "},
		{"GET", "/none", "NotFound false [] [] "},
		{"PUT", "/a/1/2", "MethodNotAllowed false [] [GET HEAD] "},
		{"GET", "/b", "Redirect false [] [] /b/"},
		{"GET", "/m/1-2-3-4/5-6-7-8/9-10", "Found true [a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=10] [] "},
		{"GET", "/c", "Found true [] [] "},
	} {
		if got := ask(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%s %s: %s, want %s", tt[0], tt[1], got, tt[2])
		}
	}
	result = route.Match{}
	if _, ok := result.Param("a"); ok || result.Allow() != nil {
		t.Error("an empty match has parameters")
	}
}

// Of a request that no rule takes, nothing is left in the match: neither of the rule
// that refused it, nor of a request before.
func TestMissHoldsNothing(t *testing.T) {
	m := compiled(t, route.Options{}, route.Rule{Path: "/i/<int(min=5):v>"}, route.Rule{Path: "/old/<v>", RedirectTo: "/new/<v>"},
		route.Rule{Path: "/post/<v>", Methods: []string{"POST"}})
	var result route.Match
	for path, want := range map[string]route.Outcome{"/i/4": route.NotFound, "/none": route.NotFound, "/old/x": route.Redirect, "/post/x": route.MethodNotAllowed} {
		if got := m.Match(route.Request{Method: "GET", Path: "/i/7"}, &result); got != route.Found {
			t.Fatal(got)
		}
		if got := m.Match(route.Request{Method: "GET", Path: path}, &result); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
		if p, ok := result.Param("v"); ok || result.Rule != nil {
			t.Errorf("%s: is left with the parameter %q, the rule %+v", path, p.Text(), result.Rule)
		}
		for name := range result.Params() {
			t.Errorf("%s: is left with the parameter %s", path, name)
		}
	}
}

func TestAllowed(t *testing.T) {
	m := compiled(t, route.Options{}, route.Rule{Path: "/a", Methods: []string{"PUT"}}, route.Rule{Path: "/<x>", Methods: []string{"GET", "purge"}}, route.Rule{Path: "/all/any"})
	for path, want := range map[string]string{"/a": "[GET HEAD PURGE PUT]", "/b": "[GET HEAD PURGE]", "/all/any": "[]", "/none/x": "[]"} {
		for _, method := range []string{"", "GET", "PUT"} { // whatever the request's own is
			if got := fmt.Sprint(m.Allowed(route.Request{Path: path, Method: method})); got != want {
				t.Errorf("Allowed(%s %s) = %s, want %s", method, path, got, want)
			}
		}
	}
	var result route.Match
	if got := m.Match(route.Request{Method: "Purge", Path: "/b"}, &result); got != route.Found {
		t.Errorf("a method of one's own in another case: %v", got)
	}
}

func TestCustomConverter(t *testing.T) {
	m := route.New(route.Options{})
	m.Converter("list", route.Converter{
		Regexp: `\w+(\+\w+)*`,
		Parse: func(s string) (any, error) {
			if s == "no" {
				return nil, errors.New("no")
			}
			return strings.Split(s, "+"), nil
		},
		Format: func(v any) (string, error) { return strings.Join(v.([]string), "+"), nil },
	})
	m.Converter("default", route.Converter{Regexp: "[a-z]+"})
	m.Converter("rest", route.Converter{Regexp: "([a-z]+/)+", Slashes: true, Weight: 10})
	for _, r := range []route.Rule{
		{Path: "/tags/<list:tags>", Endpoint: "tags"},
		{Path: "/<list:a>,<list:b>.<int:n>", Endpoint: "two"},
		{Path: "/<name>", Endpoint: "name"},
		{Path: "/r/<rest:x>end", Endpoint: "rest"},
		{Path: "/t/<list:tags>", Endpoint: "old", RedirectTo: "tags/<tags>"},
	} {
		if err := m.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Compile(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/tags/a+b":    `tags tags=[a b]`,
		"/tags/no":     `404`,
		"/tags/+":      `404`,
		"/a+b,c+d.٣":   `two a=[a b] b=[c d] n=3`,
		"/a,b,c.1":     `404`,
		"/ab":          `name name="ab"`,
		"/Ab":          `404`,
		"/r/ab/cd/end": `rest x="ab/cd/"`,
		"/t/a+b":       `308 /tags/a+b`,
	} {
		var result route.Match
		if got := describe(m.Match(route.Request{Method: "GET", Path: path}, &result), &result); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if got, err := m.Build("tags", v("tags", []string{"x", "y"}), route.BuildOptions{}); got != "/tags/x+y" || err != nil {
		t.Errorf("Build = %s, %v", got, err)
	}
}

// TestRedirectStaysHere holds the attacker's part of a request out of the host
// and the headers of a redirect.
func TestRedirectStaysHere(t *testing.T) {
	m := route.New(route.Options{})
	m.Converter("raw", route.Converter{Regexp: "(?s).*", Slashes: true, Format: func(v any) (string, error) { return v.(string), nil }})
	for _, r := range []route.Rule{
		{Path: "/slash/"},
		{Path: "/go/<path:p>", RedirectTo: "<path>"},
		{Path: "/rel/<path:p>", RedirectTo: "<p>"},
		{Path: "/abs/<path:p>", RedirectTo: "/<p>"},
		{Path: "/raw/<raw:p>", RedirectTo: "/<p>"},
		{Path: "/rawrel/<raw:p>", RedirectTo: "<p>"},
		{Path: "/func/<raw:p>", RedirectFunc: func(m *route.Match) string { p, _ := m.Param("p"); return p.Text() }},
		{Path: "/q/<raw:p>/", Endpoint: "q"},
		{Path: "/out/<path:p>", RedirectTo: "https://here.example/x/<p>"},
	} {
		if err := m.Add(r); err != nil && r.RedirectTo != "<path>" {
			t.Fatal(err)
		}
	}
	if err := m.Compile(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ path, root, query, want string }{
		{"/slash", "", "", "/slash/"},
		{"/slash", "//evil.example/", "", "/evil.example/slash/"},
		{"/slash", "/app", "a=1&b=\r\nX: y#é\"<", "/app/slash/?a=1&b=%0D%0AX:%20y%23%C3%A9%22%3C"},
		{"//slash", "", "", "/slash/"},
		{"/rel/http://evil.example/", "", "", "/http:/evil.example/"},
		{"/rel/evil", "/app", "", "/app/evil"},
		{"/rel/../../..//evil.example", "", "", "/evil.example"},
		{"/abs/..//evil.example", "", "", "/evil.example"},
		{"/abs/.//evil.example", "", "", "/evil.example"},
		{`/abs/\evil.example`, "", "", "/%5Cevil.example"},
		{"/raw//evil.example", "", "", "/evil.example"},
		{"/raw/\\evil.example\r\nX: y", "", "", "/%5Cevil.example%0D%0AX:%20y"},
		{"/rawrel//evil.example", "", "", "/evil.example"},
		{"/rawrel/javascript:x", "", "", "/javascript:x"},
		{"/func//evil.example", "", "", "/evil.example"},
		{"/func/\\\\evil.example", "", "", "/%5C%5Cevil.example"},
		{"/func/a?b=c#d", "/app", "", "/app/a?b=c#d"},
		{"/func/https://ok.example/", "", "", "https://ok.example/"},
		{"/q/a\r\nb", "", "", "/q/a%0D%0Ab/"},
		{"/out/../../y", "", "", "https://here.example/x/../../y"},
	} {
		var result route.Match
		outcome := m.Match(route.Request{Method: "GET", Path: tt.path, ScriptRoot: tt.root, RawQuery: tt.query}, &result)
		if outcome != route.Redirect || result.Location() != tt.want {
			t.Errorf("%q: %v %q, want %q", tt.path, outcome, result.Location(), tt.want)
		}
	}
}

func TestOtherHosts(t *testing.T) {
	m := compiled(t, route.Options{SubdomainMatching: true, ServerName: "Example.com:80"},
		route.Rule{Path: "/", Endpoint: "list", Subdomain: "www", Defaults: map[string]any{"page": 1}},
		route.Rule{Path: "/<int:page>", Endpoint: "list"},
		route.Rule{Path: "/<int:page>", Endpoint: "sub", Subdomain: "<who>"})
	for _, tt := range []struct{ host, scheme, want string }{
		{"example.com", "", "308 http://www.example.com/?x"},
		{"EXAMPLE.com:80", "", "308 http://www.example.com/?x"},
		{"example.com:8000", "", "404"},
		{"a..b.example.com", "http", `sub who="a.b" page=1`},
		{"anexample.com", "", "404"},
		{"evil.example", "", "404"},
		{"", "", "308 http://www.example.com/?x"},
	} {
		var result route.Match
		outcome := m.Match(route.Request{Method: "GET", Path: "/1", Host: tt.host, Scheme: tt.scheme, RawQuery: "x"}, &result)
		if got := describe(outcome, &result); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.host, got, tt.want)
		}
	}
}

// TestManySiblings looks fixed text up where it is hard to tell apart, and
// where there is much of it.
func TestManySiblings(t *testing.T) {
	for name, text := range map[string]func(int) string{
		"many":    func(i int) string { return fmt.Sprint("item", i) },
		"few":     func(i int) string { return fmt.Sprint("item", i%100) },
		"alike":   func(i int) string { return strings.Repeat("-", 30) + fmt.Sprintf("%04d", i) + strings.Repeat("-", 30) },
		"lengths": func(i int) string { return strings.Repeat("a", 1+i%70) },
	} {
		m := route.New(route.Options{})
		for i := range 700 {
			if err := m.Add(route.Rule{Path: "/" + text(i) + "/x", Endpoint: text(i)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Compile(); err != nil {
			t.Fatal(err)
		}
		for i := range 700 {
			var result route.Match
			if m.Match(route.Request{Method: "GET", Path: "/" + text(i) + "/x"}, &result) != route.Found || result.Rule.Endpoint != text(i) {
				t.Fatalf("%s: %s is not found", name, text(i))
			}
			if got := m.Match(route.Request{Method: "GET", Path: "/" + text(i) + "?/x"}, &result); got != route.NotFound {
				t.Fatalf("%s: %s? is %v", name, text(i), got)
			}
		}
	}
}

func TestEmptyMap(t *testing.T) {
	for _, opts := range []route.Options{{}, {HostMatching: true}, {SubdomainMatching: true, ServerName: "a.example"}} {
		m := compiled(t, opts)
		for _, path := range []string{"", "/", "//", "a"} {
			var result route.Match
			if got := m.Match(route.Request{Path: path}, &result); got != route.NotFound {
				t.Errorf("%+v %q: %v", opts, path, got)
			}
		}
	}
	defer func() {
		if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), "call Compile") {
			t.Errorf("Match before Compile panics with %v", err)
		}
	}()
	route.New(route.Options{}).Match(route.Request{Path: "/"}, new(route.Match))
}

func TestOutcomeString(t *testing.T) {
	if got := fmt.Sprint(route.NotFound, route.Redirect, route.Outcome(9)); got != "NotFound Redirect Outcome?" {
		t.Error(got)
	}
}

func TestMatchAllocations(t *testing.T) {
	rules := []route.Rule{
		{Path: "/about/team"}, {Path: "/post/<int(min=1):id>"}, {Path: "/user/<name>"}, {Path: "/files/<path:file>"}, {Path: "/wiki/<path:page>/edit"},
		{Path: "/<int:y>-<int:m>-<int:d>"}, {Path: "/ratio/<float(max=2.5):f>"}, {Path: "/id/<uuid:u>"}, {Path: "/lang/<any(en,de):l>"},
		{Path: "/page/", Defaults: map[string]any{"page": 1}, Endpoint: "page"}, {Path: "/8/<a>/<b>/<c>/<d>/<e>/<f>/<g>/<h>"}, {Path: "/post", Methods: []string{"POST"}},
	}
	found := []string{
		"/about/team", "/post/12345", "/user/alice", "/files/css/main.css", "/wiki/a/b/edit", "/2024-02-29", "/ratio/0.75",
		"/id/12345678-1234-5678-1234-567812345678", "/lang/de", "/page/", "/8/1/2/3/4/5/6/7/8",
	}
	missing := []string{"/nothing", "/post/0", "/about/team/x", "/2024-02-x", "/ratio/3.0", "/lang/fr", "/id/x", "/user/a/b/c"}
	plain := compiled(t, route.Options{}, rules...)
	subdomains := compiled(t, route.Options{SubdomainMatching: true, ServerName: "example.com"}, rules...)
	var result route.Match
	for _, m := range []*route.Map{plain, subdomains} {
		for _, path := range slices.Concat(found, missing) {
			want := route.NotFound
			if slices.Contains(found, path) {
				want = route.Found
			}
			if n := testing.AllocsPerRun(100, func() {
				if got := m.Match(route.Request{Method: "GET", Path: path, Host: "example.com"}, &result); got != want {
					t.Errorf("%s: %v, want %v", path, got, want)
				}
			}); n != 0 {
				t.Errorf("%s allocates %v times", path, n)
			}
		}
	}
}
