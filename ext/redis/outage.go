package redis

import (
	"errors"
	"sync/atomic"
	"time"
)

var errGone = errors.New("redis: the server did not answer a moment ago")

const (
	enough = 3                      // failures in a row until the server is taken for gone
	pause  = 500 * time.Millisecond // between two tries while it is
)

// An outage is a circuit breaker. Without one, each request during an outage would
// wait for as long as the patience, and hold what it holds for as long.
type outage struct {
	start    time.Time
	failures atomic.Int32 // in a row
	next     atomic.Int64 // when the server is tried again, in nanoseconds since start
}

// refuses reports whether the server is not to be asked now. Of those who ask during
// an outage, one in each pause finds out whether it is over.
func (o *outage) refuses() bool {
	if o.failures.Load() < enough {
		return false
	}
	now, next := int64(time.Since(o.start)), o.next.Load()
	return now < next || !o.next.CompareAndSwap(next, now+int64(pause))
}

// A change is what an answer, or that there was none, says of an outage.
type change uint8

const (
	none change = iota
	began
	ended
)

// note takes account of whether the server answered.
func (o *outage) note(answered bool) change {
	switch {
	case answered && o.failures.Load() == 0: // as always
		return none
	case answered && o.failures.Swap(0) >= enough:
		return ended
	case !answered && o.failures.Add(1) == enough:
		o.next.Store(int64(time.Since(o.start) + pause))
		return began
	}
	return none
}
