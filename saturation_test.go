package retort

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// A phase is a time in which requests come at equal distances, each with so many
// goroutines before it in the queue for one processor.
type phase struct {
	lasts    time.Duration
	requests int
	queue    int64
	refused  int // wanted
}

func TestSaturation(t *testing.T) {
	const ms = time.Millisecond
	for _, tt := range []struct {
		name   string
		phases []phase
	}{
		{"few requests", []phase{{1000 * ms, 100, 1, 0}}},
		{"a burst", []phase{{40 * ms, 40, 30, 0}, {100 * ms, 20, 0, 0}, {40 * ms, 40, 30, 0}}},
		{"the first requests at once", []phase{{0, 100, 99, 0}, {100 * ms, 100, 2, 0}}},
		{"a burst after a rest", []phase{{ms, 1, 0, 0}, {500 * ms, 1, 1, 0}, {0, 100, 99, 0}}},
		{"what takes long, too often", []phase{{50 * ms, 10, 20, 0}, {50 * ms, 10, 20, 10}}},
		{"some of it is let in, as much as is done in time", []phase{
			{50 * ms, 5, 60, 0},
			{25 * ms, 3, 60, 3}, {25 * ms, 2, 8, 0},
			{25 * ms, 3, 9, 3}, {25 * ms, 2, 8, 0},
		}},
		{"what takes little, very often", []phase{{500 * ms, 15_000, 255, 0}}},
		{"what takes little, more often than can be done", []phase{{50 * ms, 1500, 1300, 0}, {50 * ms, 1500, 1300, 1500}}},
		{"until it is over", []phase{{100 * ms, 20, 20, 10}, {50 * ms, 10, 1, 0}, {50 * ms, 10, 20, 0}}},
		{"other work, which no refusal ends", []phase{{100 * ms, 20, 40, 10}, {500 * ms, 100, 40, 0}}},
		{"requests beside other work", []phase{{100 * ms, 20, 40, 10}, {100 * ms, 20, 40, 0}, {50 * ms, 10, 60, 0}, {50 * ms, 10, 60, 10}, {50 * ms, 10, 44, 0}}},
		{"after other work", []phase{{100 * ms, 20, 40, 10}, {100 * ms, 20, 0, 0}, {50 * ms, 10, 20, 0}, {50 * ms, 10, 20, 10}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s saturation
			s.init(1)
			at := time.Unix(1_800_000_000, 0)
			for i, p := range tt.phases {
				refused := 0
				for n := range p.requests {
					if !s.beginAt(at.Add(p.lasts*time.Duration(n)/time.Duration(p.requests)), p.queue) {
						refused++
					}
				}
				at = at.Add(p.lasts)
				if refused != p.refused {
					t.Errorf("phase %d: %d of %d refused, want %d", i+1, refused, p.requests, p.refused)
				}
			}
		})
	}
}

// The runtime knows how many goroutines wait for a processor.
func TestRunnable(t *testing.T) {
	var stop atomic.Bool
	defer stop.Store(true)
	for range runtime.GOMAXPROCS(0) + 100 {
		go func() {
			for !stop.Load() {
			}
		}()
	}
	for runnable() < 50 {
		runtime.Gosched()
	}
}
