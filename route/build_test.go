package route_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/retort-go/retort/route"
)

// buildRules are what the cases below build from.
var buildRules = []route.Rule{
	{Path: "/", Endpoint: "index"},
	{Path: "/item/<name>", Endpoint: "item"},
	{Path: "/n/<int:n>", Endpoint: "num"},
	{Path: "/f/<int(fixed_digits=4):n>", Endpoint: "fixed"},
	{Path: "/x/<float:x>", Endpoint: "float"},
	{Path: "/u/<uuid:u>", Endpoint: "uuid"},
	{Path: "/p/<path:p>", Endpoint: "path"},
	{Path: `/a/<any(x,"y z"):v>`, Endpoint: "any"},
	{Path: "/ünï/", Endpoint: "uni"},
	{Path: "/d/", Endpoint: "dflt", Defaults: map[string]any{"page": 1}},
	{Path: "/d/<int:page>", Endpoint: "dflt"},
	{Path: "/get", Endpoint: "posty", Methods: []string{"GET"}},
	{Path: "/post", Endpoint: "posty", Methods: []string{"POST"}},
	{Path: "/multi", Endpoint: "multi"},
	{Path: "/multi/<a>", Endpoint: "multi"},
	{Path: "/multi/<a>/<b>", Endpoint: "multi"},
	{Path: "/socket", Endpoint: "ws", WebSocket: true},
	{Path: "/<path:p>", Endpoint: "root"},
	{Path: "/api", Endpoint: "api", Subdomain: "api"},
	{Path: "/home", Endpoint: "user", Subdomain: "<who>"},
}

func v(pairs ...any) route.Values {
	var values route.Values
	for i := 0; i < len(pairs); i += 2 {
		values = append(values, route.Value{Name: pairs[i].(string), Value: pairs[i+1]})
	}
	return values
}

func TestBuild(t *testing.T) {
	m := compiled(t, route.Options{ServerName: "example.com", SubdomainMatching: true}, buildRules...)
	here := route.BuildOptions{Host: "example.com"}
	for _, tt := range []struct {
		endpoint string
		values   route.Values
		opts     route.BuildOptions
		want     string
	}{
		{"index", nil, here, "/"},
		{"index", v("q", []int{1, 2, 3}), here, "/?q=1&q=2&q=3"},
		{"index", v("q", "a b&c=d/é+~", "r", "", "n", nil, "t", true), here, "/?q=a+b%26c%3Dd/%C3%A9%2B~&r=&t=True"},
		{"index", v("q", 1.0, "b", []byte("x y"), "e", []string{}, "l", []any{nil, 1e20}), here, "/?q=1.0&b=x+y&l=1e%2B20"},
		{"index", v("a", 1, "b", 2, "a", 3), here, "/?a=1&b=2&a=3"},
		{"index", nil, route.BuildOptions{Anchor: "sec tion#é/?"}, "/#sec%20tion#%C3%A9/?"},
		{"index", v("q", 1), route.BuildOptions{Anchor: "a", ScriptRoot: "/app"}, "/app/?q=1#a"},
		{"index", nil, route.BuildOptions{ScriptRoot: "//app//"}, "/app/"},
		{"index", nil, route.BuildOptions{External: true}, "http://example.com/"},
		{"index", nil, route.BuildOptions{External: true, Scheme: "https", ScriptRoot: "/app"}, "https://example.com/app/"},
		{"index", nil, route.BuildOptions{External: true, Scheme: "ftp"}, "http://example.com/"},
		{"index", nil, route.BuildOptions{External: true, Scheme: "wss"}, "https://example.com/"},
		{"ws", nil, here, "ws://example.com/socket"},
		{"ws", nil, route.BuildOptions{Scheme: "https"}, "wss://example.com/socket"},

		{"item", v("name", "a b"), here, "/item/a%20b"},
		{"item", v("name", "a/b"), here, "/item/a/b"},
		{"item", v("name", ".."), here, "/item/.."},
		{"item", v("name", ""), here, "/item/"},
		{"item", v("name", `-._~!$&'()*+,:;=@`), here, `/item/-._~!$&'()*+,:;=@`},
		{"item", v("name", "?#[]%\"<>\\^`{|}é"), here, "/item/%3F%23%5B%5D%25%22%3C%3E%5C%5E%60%7B%7C%7D%C3%A9"},
		{"item", v("name", 2.0), here, "/item/2.0"},
		{"item", v("name", false), here, "/item/False"},
		{"item", v("name", "old", "name", "new", "name", nil), here, "/item/new"},
		{"num", v("n", 5), here, "/n/5"},
		{"num", v("n", -5), here, "/n/-5"},
		{"num", v("n", 5.9), here, "/n/5"},
		{"num", v("n", "7"), here, "/n/7"},
		{"num", v("n", " +1_0 "), here, "/n/10"},
		{"num", v("n", "٣"), here, "/n/3"},
		{"num", v("n", true), here, "/n/1"},
		{"num", v("n", uint8(200)), here, "/n/200"},
		{"num", v("n", [16]byte{14: 1, 15: 2}), here, "/n/258"},
		{"num", v("n", new(big.Int).Exp(big.NewInt(10), big.NewInt(20), nil)), here, "/n/100000000000000000000"},
		{"fixed", v("n", 7), here, "/f/0007"},
		{"fixed", v("n", -7), here, "/f/-007"},
		{"fixed", v("n", 12345), here, "/f/12345"},
		{"float", v("x", 1), here, "/x/1.0"},
		{"float", v("x", "2.50"), here, "/x/2.5"},
		{"float", v("x", 1e20), here, "/x/1e+20"},
		{"float", v("x", 1e-5), here, "/x/1e-05"},
		{"uuid", v("u", [16]byte{0xab, 15: 1}), here, "/u/ab000000-0000-0000-0000-000000000001"},
		{"uuid", v("u", "no uuid"), here, "/u/no%20uuid"},
		{"path", v("p", "a//b/ c"), here, "/p/a//b/%20c"},
		{"any", v("v", "y z"), here, "/a/y z"},
		{"uni", nil, here, "/%C3%BCn%C3%AF/"},

		{"dflt", nil, here, "/d/"},
		{"dflt", v("page", 1), here, "/d/"},
		{"dflt", v("page", 2), here, "/d/2"},
		{"posty", nil, here, "/get"},
		{"posty", nil, route.BuildOptions{Method: "POST"}, "/post"},
		{"posty", nil, route.BuildOptions{RequestMethod: "POST"}, "/post"},
		{"posty", nil, route.BuildOptions{RequestMethod: "PUT"}, "/get"},
		{"multi", nil, here, "/multi"},
		{"multi", v("a", 1), here, "/multi/1"},
		{"multi", v("a", 1, "b", 2), here, "/multi/1/2"},
		{"multi", v("b", 2), here, "/multi?b=2"},

		{"api", nil, here, "http://api.example.com/api"},
		{"api", nil, route.BuildOptions{Host: "API.example.com"}, "/api"},
		{"index", nil, route.BuildOptions{Host: "api.example.com"}, "http://example.com/"},
		{"index", nil, route.BuildOptions{Host: "10.0.0.1"}, "http://example.com/"},
		{"user", v("who", "bob"), here, "http://bob.example.com/home"},
		{"user", v("who", "bob"), route.BuildOptions{Host: "bob.example.com:80"}, "/home"},

		// A value cannot lead to a foreign host.
		{"root", v("p", "/evil.example"), here, "/evil.example"},
		{"root", v("p", "///evil.example"), here, "/evil.example"},
		{"root", v("p", `\evil.example`), here, "/%5Cevil.example"},
		{"user", v("who", "evil.example/"), here, `route: build "user": "evil.example/" cannot be a host`},
		{"user", v("who", "x@evil.example"), here, `route: build "user": "x@evil.example" cannot be a host`},

		{"user", v("who", "evil.example:80"), here, `route: build "user": "evil.example:80" cannot be a host`},
		{"user", v("who", "evil.example?"), here, `route: build "user": "evil.example%3F" cannot be a host`},
		{"user", v("who", "ü"), here, "http://%C3%BC.example.com/home"},

		{"num", v("n", "abc"), here, `route: build "num": value of n: abc is not a whole number`},
		{"num", v("n", ""), here, `route: build "num": value of n:  is not a whole number`},
		{"float", v("x", "abc"), here, `route: build "float": value of x: "abc" is not a number`},
		{"any", v("v", "z"), here, `route: build "any": value of v: "z" is not one of ["x" "y z"]`},
		{"item", v("name", []string{"a"}), here, `route: build "item": value of name: a []string has no place in a path`},

		{"item", nil, here, "Could not build url for endpoint 'item'. Did you forget to specify values ['name']?"},
		{"item", v("name", nil, "q", 1), here, "Could not build url for endpoint 'item' with values ['q']. Did you forget to specify values ['name']?"},
		{"nun", v("n", 1), here, "Could not build url for endpoint 'nun' with values ['n']. Did you mean 'num' instead?"},
		{"posty", nil, route.BuildOptions{Method: "PUT"}, "Could not build url for endpoint 'posty' ('PUT'). Did you mean to use methods ['GET', 'HEAD']?"},
		{"'\"\\\t\r\x01é\u200b\U000e0001", nil, here, `Could not build url for endpoint '\'"\\\t\r\x01é\u200b\U000e0001'. Did you mean 'index' instead?`},
		{"it's\n", nil, here, `Could not build url for endpoint "it's\n". Did you mean 'item' instead?`},
	} {
		got, err := m.Build(tt.endpoint, tt.values, tt.opts)
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("Build(%s, %v, %+v)\n got %s\nwant %s", tt.endpoint, tt.values, tt.opts, got, tt.want)
		}
	}
}

func TestBuildWithHosts(t *testing.T) {
	m := compiled(t, route.Options{HostMatching: true, ServerName: "ignored.example"},
		route.Rule{Path: "/", Endpoint: "home", Host: "a.example"},
		route.Rule{Path: "/b", Endpoint: "home", Host: "b.example:8080"},
		route.Rule{Path: "/<int:n>", Endpoint: "num", Host: "<h>.example"},
		route.Rule{Path: "/any", Endpoint: "any", Host: "<h>"})
	for _, tt := range []struct {
		endpoint, host string
		values         route.Values
		want           string
	}{
		{"home", "a.example", nil, "/"},
		{"home", "B.example:8080", nil, "/b"},
		{"home", "c.example", nil, "https://a.example/"},
		{"home", "", nil, "https://a.example/"},
		{"num", "x.example", v("h", "x", "n", 1), "/1"},
		{"num", "x.example", v("h", "y", "n", 1), "https://y.example/1"},
		{"any", "x.example", v("h", "y:80"), "https://y:80/any"},
	} {
		got, err := m.Build(tt.endpoint, tt.values, route.BuildOptions{Host: tt.host, Scheme: "https"})
		if err != nil || got != tt.want {
			t.Errorf("Build(%s) on %s = %s, %v, want %s", tt.endpoint, tt.host, got, err, tt.want)
		}
	}
	// A value that would be more than a host leads nowhere.
	for _, h := range []string{"y/z", "y:80/z", "y:80@z", "y:8a", "y:80:90", "y@z", "y?z", "y#z", `y\z`, "y z", "y\x7f", "y\x00"} {
		if got, err := m.Build("any", v("h", h), route.BuildOptions{Host: "x.example"}); err == nil || got != "" {
			t.Errorf("Build with the host %q = %s, %v, want an error", h, got, err)
		}
	}
}

func TestBuildErrors(t *testing.T) {
	m := route.New(route.Options{})
	if _, err := m.Build("index", nil, route.BuildOptions{}); err == nil || !strings.Contains(err.Error(), "Compile") {
		t.Errorf("before Compile: %v", err)
	}
	refuse := fmt.Errorf("odd: %w", route.ErrValidation)
	m.Converter("even", route.Converter{Format: func(v any) (string, error) {
		if v.(int)%2 != 0 {
			return "", refuse
		}
		return fmt.Sprint(v), nil
	}})
	for _, r := range []route.Rule{{Path: "/<even:n>", Endpoint: "n"}, {Path: "/odd", Endpoint: "n"}, {Path: "/o/<even:n>", Endpoint: "o"}} {
		if err := m.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Compile(); err != nil {
		t.Fatal(err)
	}
	if got, err := m.Build("n", v("n", 3), route.BuildOptions{}); got != "/odd?n=3" || err != nil {
		t.Errorf("a refused value: %s, %v, want the next rule", got, err)
	}
	dst, err := m.AppendBuild([]byte("x"), "o", v("n", 3), route.BuildOptions{})
	var buildErr *route.BuildError
	if !errors.As(err, &buildErr) || buildErr.Endpoint != "o" || !errors.Is(err, route.ErrValidation) || string(dst) != "x" {
		t.Errorf("AppendBuild = %q, %v, want a BuildError around the refusal", dst, err)
	}
	if _, err := m.Build("n", v("n", 2), route.BuildOptions{External: true}); err == nil || !strings.Contains(err.Error(), "ServerName") {
		t.Errorf("without a host: %v", err)
	}
}

// A URL that is known beforehand is the one that would be built.
func TestBuildOfFixedURLs(t *testing.T) {
	rules := append([]route.Rule{
		{Path: "//a//b", Endpoint: "slashes", KeepDoubleSlashes: true},
		{Path: "/e/<int:n>", Endpoint: "default", Defaults: map[string]any{"n": 7}},
		{Path: "/alone", Endpoint: "post", Methods: []string{"POST"}},
	}, buildRules...)
	for _, opts := range []route.Options{{}, {ServerName: "example.com"}, {ServerName: "example.com", SubdomainMatching: true}} {
		m := compiled(t, opts, rules...)
		for _, r := range rules {
			for _, o := range []route.BuildOptions{
				{}, {Host: "example.com"}, {Host: "api.example.com"}, {Host: "other.example"}, {ScriptRoot: "/"}, {ScriptRoot: "app/"},
				{Method: "GET"}, {Method: "POST"}, {RequestMethod: "PUT"}, {Anchor: "a"}, {External: true, Host: "example.com"},
			} {
				got, err := m.Build(r.Endpoint, nil, o)
				built, failed := m.AppendBuild(nil, r.Endpoint, nil, o)
				if got != string(built) || fmt.Sprint(err) != fmt.Sprint(failed) {
					t.Errorf("%s, %+v: Build = %q, %v; AppendBuild = %q, %v", r.Endpoint, o, got, err, built, failed)
				}
			}
		}
	}
}

func TestBuildAllocations(t *testing.T) {
	m := compiled(t, route.Options{}, buildRules...)
	dst := make([]byte, 0, 128)
	for _, values := range []route.Values{nil, v("n", 12345), v("name", "a b", "q", "x", "page", 2)} {
		endpoint := map[int]string{0: "index", 1: "num", 3: "item"}[len(values)]
		if n := testing.AllocsPerRun(100, func() {
			if _, err := m.AppendBuild(dst, endpoint, values, route.BuildOptions{}); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("AppendBuild(%s) allocates %v times", endpoint, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := m.Build("uni", nil, route.BuildOptions{Host: "example.com"}); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a link without variables allocates %v times", n)
	}
}

func TestExpects(t *testing.T) {
	m := compiled(t, route.Options{}, buildRules...)
	for _, tt := range []struct {
		endpoint, name string
		want           bool
	}{{"item", "name", true}, {"item", "page", false}, {"dflt", "page", true}, {"none", "page", false}} {
		if got := m.Expects(tt.endpoint, tt.name); got != tt.want {
			t.Errorf("Expects(%s, %s) = %t", tt.endpoint, tt.name, got)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	m := compiled(b, route.Options{}, buildRules...)
	dst := make([]byte, 0, 64)
	run := func(name, endpoint string, values route.Values) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if dst, err = m.AppendBuild(dst[:0], endpoint, values, route.BuildOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("static", "index", nil)
	run("int", "num", v("n", 12345))
	run("string", "item", v("name", "alice"))
	run("query", "item", v("name", "alice", "q", "a b", "page", 2))
}

func compiled(t testing.TB, opts route.Options, rules ...route.Rule) *route.Map {
	t.Helper()
	m := route.New(opts)
	for _, r := range rules {
		if err := m.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Compile(); err != nil {
		t.Fatal(err)
	}
	return m
}
