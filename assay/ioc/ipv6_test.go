package ioc

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// TestCanonicalIPv6 compares with net/netip: what is called canonical has to be
// an address that it prints the same way.
func TestCanonicalIPv6(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	parts := []string{":", ":", "::", "0", "1", "10", "a", "db8", "2001", "fffff", "F", "1.2.3.4"}
	known := 0
	for range 200_000 {
		raw := ""
		for range 1 + r.IntN(17) {
			raw += parts[r.IntN(len(parts))]
		}
		if len(raw) < 3 || !isCanonicalIPv6([]byte(raw)) {
			continue
		}
		known++
		if a, err := netip.ParseAddr(raw); err != nil || a.String() != raw {
			t.Fatalf("%s is called canonical: got %v, %v", raw, a, err)
		}
	}
	if known == 0 {
		t.Error("nothing was canonical")
	}
}
