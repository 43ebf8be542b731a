package retort

import (
	"testing"
	"time"
)

// Ended sessions are forgotten when their cookies have expired, and not before.
func TestMemoryRevocationsForget(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	m := newMemoryRevocations(func() time.Time { return now })
	end := func(id string, left time.Duration) {
		if err := m.Revoke(t.Context(), id, now.Add(left)); err != nil {
			t.Error(err)
		}
	}
	end("soon", time.Minute)
	end("later", time.Hour)
	now = now.Add(time.Minute)
	for id, want := range map[string]bool{"soon": true, "later": true, "never": false} {
		if got, err := m.Revoked(t.Context(), id); got != want || err != nil {
			t.Errorf("%s: got %t, %v", id, got, err)
		}
	}
	now = now.Add(time.Second)
	if got, err := m.Revoked(t.Context(), "soon"); got || err != nil {
		t.Errorf("when it has expired: got %t, %v", got, err)
	}
	now = now.Add(2 * time.Minute)
	end("another", time.Hour)
	if len(m.until) != 2 {
		t.Errorf("%d are held, want the two that have not expired", len(m.until))
	}
}
