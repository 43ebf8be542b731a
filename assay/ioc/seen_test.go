package ioc_test

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/internal/corpus"
)

func TestSeen(t *testing.T) {
	s := ioc.NewSeen()
	for _, tt := range []struct {
		kind  ioc.Kind
		value string
		want  bool
	}{
		{ioc.Domain, "evil.example", false},
		{ioc.Domain, "evil.example", true},
		{ioc.URL, "evil.example", false}, // another kind is another indicator
		{ioc.Domain, "evil.exampl", false},
		{ioc.Domain, "", false},
		{ioc.URL, "evil.example", true},
	} {
		if got := s.Before(ioc.Indicator{Kind: tt.kind, Value: tt.value}, false); got != tt.want {
			t.Errorf("%s %q: got %t, want %t", tt.kind, tt.value, got, tt.want)
		}
	}
	if s.Before(ioc.Indicator{Kind: ioc.Domain, Value: "evil.example"}, true) {
		t.Error("what was taken counts as refused")
	}
	// Each is new once and known ever after, however often the table grew.
	for round := range 2 {
		for n := range 20_000 {
			if got := s.Before(ioc.Indicator{Kind: ioc.Mutex, Value: strconv.Itoa(n)}, false); got != (round == 1) {
				t.Fatalf("%d in round %d: got %t", n, round, got)
			}
		}
	}
}

// TestSeenExtract compares what comes once with what is left of all.
func TestSeenExtract(t *testing.T) {
	text := corpus.Reports(64<<10) + strings.Repeat("203.0.113.9 refused README.md, hxxp://evil[.]example/a http://evil.example/a\n", 2000)
	o := ioc.Options{Rejected: true}
	want := ioc.Unique(o.Extract(text))
	ways := map[string]func(ioc.Options) []ioc.Match{
		"Extract":    func(o ioc.Options) []ioc.Match { return o.Extract(text) },
		"ExtractSeq": func(o ioc.Options) []ioc.Match { return slices.Collect(o.ExtractSeq(text)) },
		"in blocks":  func(o ioc.Options) []ioc.Match { return o.ExtractAt(text, []int{5, 3000, 3001, 70_000, 80_000}) },
	}
	for name, extract := range ways {
		o.Seen = ioc.NewSeen()
		if got := extract(o); !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %d matches, want the %d distinct ones", name, len(got), len(want))
		}
		if again := extract(o); len(again) > 0 {
			t.Errorf("%s gives %v again", name, again[0])
		}
	}
}
