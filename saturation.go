package retort

import (
	"math"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// Handlers that compute take few slots: each has a processor or waits for one,
// mostly before it has asked for a slot. The queue is the runtime's then, and grows
// until clients give up. So each request looks at how many goroutines wait for a
// processor. If that was more at all times of a while than can be served in time,
// the queue does not come of a burst but of an overload, and requests are refused
// as long as it is that long (Nichols and Jacobson, Controlling Queue Delay, 2012).
const (
	while       = 50 * time.Millisecond
	leastPerCPU = 8 // may wait at any rate
	drained     = 4 // one part in so many of what may wait is no queue any more
)

// A saturation is how long the queue for the processors is, and may be.
type saturation struct {
	least    int64
	began    atomic.Int64 // this while, in nanoseconds
	shortest atomic.Int64 // queue in it
	begun    atomic.Int64 // requests in it
	longest  atomic.Int64 // queue that may be
	others   atomic.Int64 // in the queue, which are not there for requests
}

const anyQueue = math.MaxInt64

func (s *saturation) init(processors int) {
	s.least = int64(leastPerCPU * processors)
	s.shortest.Store(anyQueue)
	s.longest.Store(anyQueue)
}

// begin reports whether a request may begin.
func (s *saturation) begin() bool { return s.beginAt(time.Now(), runnable()) }

// beginAt is begin at a time and with so many in the queue.
func (s *saturation) beginAt(at time.Time, queue int64) bool {
	now := at.UnixNano()
	if began := s.began.Load(); now-began >= int64(while) && s.began.CompareAndSwap(began, now) {
		s.conclude(time.Duration(now - began))
	}
	for shortest := s.shortest.Load(); queue < shortest && !s.shortest.CompareAndSwap(shortest, queue); {
		shortest = s.shortest.Load()
	}
	if queue > s.longest.Load() {
		return false
	}
	s.begun.Add(1)
	return true
}

// conclude ends a while.
func (s *saturation) conclude(took time.Duration) {
	shortest, begun := s.shortest.Swap(anyQueue), s.begun.Swap(0)
	if shortest == anyQueue {
		return // the first one
	}
	refusing := s.longest.Load() != anyQueue
	if others := s.others.Load(); shortest < others || refusing && begun == 0 {
		s.others.Store(shortest) // to refuse all requests has not made it shorter
	}
	inTime := max(s.least, int64(float64(begun)*float64(queueTime)/float64(took)))
	tolerated := inTime
	if refusing {
		tolerated /= drained
	}
	others := s.others.Load()
	if shortest-others > tolerated {
		s.longest.Store(others + inTime)
	} else {
		s.longest.Store(anyQueue)
	}
}

var queues = sync.Pool{New: func() any { return &[]metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}} }}

// runnable is how many goroutines wait for a processor.
func runnable() int64 {
	queue := queues.Get().(*[]metrics.Sample)
	defer queues.Put(queue)
	metrics.Read(*queue)
	if v := (*queue)[0].Value; v.Kind() == metrics.KindUint64 {
		return int64(v.Uint64())
	}
	return 0
}
