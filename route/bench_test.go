package route_test

import (
	"os"
	"strings"
	"testing"

	"github.com/retort-go/retort/route"
)

// githubAPI reads testdata/github.txt: rules, and for each a request.
func githubAPI(t testing.TB) (*route.Map, []route.Request) {
	data, err := os.ReadFile("testdata/github.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := route.New(route.Options{})
	var requests []route.Request
	for line := range strings.Lines(string(data)) {
		method, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		if method == "#" {
			continue
		}
		if err := m.Add(route.Rule{Path: path, Endpoint: method + path, Methods: []string{method}}); err != nil {
			t.Fatal(err)
		}
		requests = append(requests, route.Request{Method: method, Path: strings.NewReplacer("<", "", ">", "").Replace(path)})
	}
	if err := m.Compile(); err != nil {
		t.Fatal(err)
	}
	return m, requests
}

func TestGitHubAPI(t *testing.T) {
	m, requests := githubAPI(t)
	if len(requests) != 203 {
		t.Errorf("%d routes, want 203", len(requests))
	}
	var result route.Match
	for _, req := range requests {
		if got := m.Match(req, &result); got != route.Found || strings.NewReplacer("<", "", ">", "").Replace(result.Rule.Path) != req.Path {
			t.Errorf("%s %s: %v %+v", req.Method, req.Path, got, result.Rule)
		}
		for name, p := range result.Params() {
			if p.Text() != name {
				t.Errorf("%s: %s = %q", req.Path, name, p.Text())
			}
		}
	}
}

// BenchmarkGitHubAPI matches all 203 routes and reports the time for one.
func BenchmarkGitHubAPI(b *testing.B) {
	m, requests := githubAPI(b)
	var result route.Match
	b.ReportAllocs()
	for b.Loop() {
		for i := range requests {
			if m.Match(requests[i], &result) != route.Found {
				b.Fatal(requests[i])
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(requests)), "ns/route")
}

func BenchmarkMatch(b *testing.B) {
	m := route.New(route.Options{})
	for _, path := range []string{"/about/team", "/post/<int:id>", "/user/<name>", "/files/<path:file>", "/<int:year>-<int:month>-<int:day>", "/ratio/<float:f>", "/id/<uuid:u>"} {
		if err := m.Add(route.Rule{Path: path, Endpoint: path}); err != nil {
			b.Fatal(err)
		}
	}
	if err := m.Compile(); err != nil {
		b.Fatal(err)
	}
	for _, path := range []string{"/about/team", "/post/12345", "/user/alice", "/files/css/site/main.css", "/2024-02-29", "/ratio/0.75", "/id/12345678-1234-5678-1234-567812345678", "/nothing/here"} {
		b.Run(strings.ReplaceAll(path[1:], "/", "_"), func(b *testing.B) {
			var result route.Match
			b.ReportAllocs()
			for b.Loop() {
				m.Match(route.Request{Method: "GET", Path: path}, &result)
			}
		})
	}
}
