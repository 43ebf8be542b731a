package flask

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/retort-go/retort/password"
)

// A flood of logins to accounts with old hashes is refused, and passes.
func TestSlowHashesQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPasswords(nil, "")
		open := make(chan struct{})
		wait := func() (bool, error) { <-open; return true, nil }
		var wg sync.WaitGroup
		for range slowHashes + maxWaiting {
			wg.Go(func() {
				if ok, err := p.slow(t.Context(), wait); !ok || err != nil {
					t.Errorf("one of those that may wait: %t, %v", ok, err)
				}
			})
		}
		synctest.Wait()
		if _, err := p.slow(t.Context(), wait); !errors.Is(err, password.ErrBusy) {
			t.Errorf("one more: %v, want %v", err, password.ErrBusy)
		}
		close(open)
		wg.Wait()
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for range 2 * (slowHashes + maxWaiting) {
			if _, err := p.slow(gone, wait); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatalf("a visitor who has gone: %v", err)
			}
		}
		if ok, err := p.slow(t.Context(), wait); !ok || err != nil {
			t.Errorf("afterwards: %t, %v", ok, err)
		}
	})
}
