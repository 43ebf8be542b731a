package retorttest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/retort-go/retort"
)

// Revocations tests that a store of ended sessions does what logging out relies on.
func Revocations(t *testing.T, r retort.Revocations) {
	t.Helper()
	until := time.Now().Add(time.Hour)
	revoke := func(id string, until time.Time) {
		t.Helper()
		if err := r.Revoke(t.Context(), id, until); err != nil {
			t.Errorf("Revoke(%q): %v", id, err)
		}
	}
	want := func(id string, want bool) {
		t.Helper()
		if got, err := r.Revoked(t.Context(), id); err != nil || got != want {
			t.Errorf("Revoked(%q) = %t, %v, want %t", id, got, err, want)
		}
	}
	want("A", false)
	revoke("A", until)
	want("A", true)
	want("B", false)
	want("a", false)
	want("", false)

	// Again is no mistake: two windows log out at once. Nor is too late.
	revoke("A", until)
	want("A", true)
	revoke("old", time.Now().Add(-time.Hour))
	revoke("B", until)
	want("A", true)
	want("B", true)

	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			id := fmt.Sprint("C", i)
			revoke(id, until)
			want(id, true)
		})
	}
	wg.Wait()
}
