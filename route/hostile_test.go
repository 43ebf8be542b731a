package route_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retort-go/retort/route"
)

// TestLongPaths matches paths made to send a backtracking matcher into
// exponential or polynomial time, at growing lengths. The work must grow with
// the length, not faster.
func TestLongPaths(t *testing.T) {
	for _, tt := range []struct {
		rule, unit, end string
	}{
		{"/<a>-<b>-<c>-<d>-<e>-<int:f>x", "-", "yx"},
		{"/<a>-<b>-<c>-<d>-<e>-<f>x", "-", "yx/"},
		{"/<a><b><c><d><e><f><int:g>!", "a", "!"},
		{"/<a>1<int:b>1<int:c>1<int:d>", "1", "x"},
		{"/<float:a><float:b><float:c>x", "1.1", "x"},
		{"/<float:a><float:b><float:c>x", "1.1", "ax"},
		{"/<path:a>/x/<path:b>/x/<path:c>/x/<path:d>/y", "/x", "/y"},
		{"/<path:a>/x/<path:b>/x/<path:c>/x/<int:d>/y", "/x", "/y"},
		{"/<path:a>/<b>/<path:c>/<d>/<path:e>/", "/a", "//"},
		{"/<path:a><path:b><path:c>!", "a", "\n!"},
		{"/<any(a,aa,aaa):x><any(a,aa,aaa):y><any(a,aa,aaa):z>b", "a", "b"},
		{"/<string(minlength=50,maxlength=90):a><string(maxlength=70):b>x<c>", "é", "xy"},
		{"/<string(minlength=50,maxlength=90):a><string(minlength=70):b>x<int:c>", "éx", "y"},
		{"/<uuid:a><uuid:b>", "12345678-1234-5678-1234-567812345678", "x"},
		{"/<int(signed=True):a><int(signed=True):b>-", "-1", "-"},
		{"/<p:a>-<p:b>-<p:c>x", "a-", "bx"}, // by package regexp, which is linear; its steps do not count
		{"/<path:a>/b/", "//", "b"},
		{"/<a>/<b>/<c>/d", "/", "d"},
		{"/<a>", "/", "a"},
	} {
		m := route.New(route.Options{})
		m.Converter("p", route.Converter{Regexp: "(a*)*(-a*)*"})
		if err := m.Add(route.Rule{Path: tt.rule}); err != nil {
			t.Fatal(err)
		}
		if err := m.Compile(); err != nil {
			t.Fatal(err)
		}
		// Literals of a rule may be compared at each place, so work per byte
		// is bounded by the rule's length.
		limit := 4 * len(tt.rule)
		for _, n := range []int{100, 1000, 10_000} {
			path := "/" + strings.Repeat(tt.unit, n) + tt.end
			var result route.Match
			m.Match(route.Request{Method: "GET", Path: path}, &result)
			if steps := result.Steps(); steps > limit*len(path) {
				t.Errorf("%s on %d bytes of %q: %d steps, %d per byte, want at most %d", tt.rule, len(path), tt.unit, steps, steps/len(path), limit)
			}
		}
	}
}

// TestBacktracking walks rule sets in which every level offers text and
// patterns, and the last segment never fits: the walk may visit each state
// once, but not once for each way to divide the path.
func TestBacktracking(t *testing.T) {
	const depth = 8
	m := route.New(route.Options{})
	for bits := range 1 << depth {
		for _, end := range []string{"end", "<path:rest>/end"} {
			path := ""
			for i := range depth {
				path += []string{"/a", fmt.Sprintf("/<v%d>", i)}[bits>>i&1]
			}
			if err := m.Add(route.Rule{Path: path + "/" + end}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := m.Compile(); err != nil {
		t.Fatal(err)
	}
	states := m.States()
	for _, n := range []int{depth, depth + 1, 1000} {
		path := strings.Repeat("/a", n) + "/no"
		var result route.Match
		if got := m.Match(route.Request{Method: "GET", Path: path}, &result); got != route.NotFound {
			t.Errorf("%d segments: %v", n, got)
		}
		if limit := 2 * states * (len(path) + 1); result.Steps() > limit {
			t.Errorf("%d segments: %d steps, want at most %d, two per state and byte", n, result.Steps(), limit)
		}
	}
	// Segments that only text can match visit the states once.
	var result route.Match
	m.Match(route.Request{Method: "GET", Path: strings.Repeat("/a", depth) + "/no/"}, &result)
	if result.Steps() > 4*states {
		t.Errorf("%d steps over %d states", result.Steps(), states)
	}
}
