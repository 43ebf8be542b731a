package retorttest

import (
	"sync"
	"testing"

	"github.com/retort-go/retort"
)

// Recorded is what a signal sent.
type Recorded[T any] struct {
	mu   sync.Mutex
	sent []T
}

// Record keeps what a signal sends until the test ends: the templates that were
// rendered and with what, the messages that were flashed, the errors.
//
//	rendered := retorttest.Record(t, &app.TemplateRendered)
//	client.Get("/")
//	if got := rendered.Last(); got.Template != "index.html" { … }
func Record[T any](t testing.TB, signal *retort.Signal[T]) *Recorded[T] {
	t.Helper()
	r := &Recorded[T]{}
	t.Cleanup(signal.Connect(func(v T) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.sent = append(r.sent, v)
	}))
	return r
}

// All returns what was sent, in order.
func (r *Recorded[T]) All() []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]T(nil), r.sent...)
}

// Last returns what was sent last, the zero value if nothing was.
func (r *Recorded[T]) Last() T {
	all := r.All()
	if len(all) == 0 {
		var zero T
		return zero
	}
	return all[len(all)-1]
}
