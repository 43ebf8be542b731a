package main

import (
	"strconv"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
)

func TestSeen(t *testing.T) {
	s := newSeen()
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
		if got := s.before(ioc.Indicator{Kind: tt.kind, Value: tt.value}, false); got != tt.want {
			t.Errorf("%s %q: got %t, want %t", tt.kind, tt.value, got, tt.want)
		}
	}
	if s.before(ioc.Indicator{Kind: ioc.Domain, Value: "evil.example"}, true) {
		t.Error("what was taken counts as refused")
	}
	// Each is new once and known ever after, however often the table grew.
	for round := range 2 {
		for n := range 20_000 {
			if got := s.before(ioc.Indicator{Kind: ioc.Mutex, Value: strconv.Itoa(n)}, false); got != (round == 1) {
				t.Fatalf("%d in round %d: got %t", n, round, got)
			}
		}
	}
}
