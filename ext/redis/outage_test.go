package redis

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outage{start: time.Now()}
		note := func(answered bool, want change) {
			t.Helper()
			if got := o.note(answered); got != want {
				t.Errorf("note(%t) = %d, want %d", answered, got, want)
			}
		}
		asked := func(want int) {
			t.Helper()
			var wg sync.WaitGroup
			var n atomic.Int32
			for range 20 {
				wg.Go(func() {
					if !o.refuses() {
						n.Add(1)
					}
				})
			}
			wg.Wait()
			if got := int(n.Load()); got != want {
				t.Errorf("%d of 20 ask the server, want %d", got, want)
			}
		}

		// Some failures among answers are no outage.
		for range 10 {
			note(false, none)
			note(false, none)
			note(true, none)
		}
		asked(20)

		note(false, none)
		note(false, none)
		note(false, began)
		note(false, none) // one that was under way
		asked(0)
		time.Sleep(pause)
		asked(1)
		note(false, none)
		asked(0)
		time.Sleep(pause)
		asked(1)
		note(true, ended)
		note(true, none)
		asked(20)
	})
}
