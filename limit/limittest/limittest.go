// Package limittest tests that a [limit.Store] does what the limiters rely on.
// A store elsewhere than in memory is tested against the same cases, so that
// changing the store changes nothing else.
package limittest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/retort-go/retort/limit"
)

// A Clock is a store under test with its clock.
type Clock struct {
	Store   limit.Store
	Advance func(time.Duration) // moves the store's clock on
}

// Run tests the stores that open returns, each empty.
func Run(t *testing.T, open func(t *testing.T) Clock) {
	for name, test := range map[string]func(*testing.T, Clock){
		"Bucket":        testBucket,
		"BucketFlow":    testBucketFlow,
		"Window":        testWindow,
		"WindowSlides":  testWindowSlides,
		"Look":          testLook,
		"Return":        testReturn,
		"Keys":          testKeys,
		"Concurrent":    testConcurrent,
		"AnyKey":        testAnyKey,
		"SmallestRules": testSmallestRules,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var rules = map[string]limit.Rule{
	"bucket": {Kind: limit.Bucket, Limit: 5, Period: 50 * time.Second},
	"window": {Kind: limit.Window, Limit: 5, Period: 50 * time.Second},
}

func limiter(t *testing.T, c Clock, rule limit.Rule) *limit.Limiter {
	t.Helper()
	l, err := limit.New(c.Store, "test", rule)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// take takes one and holds the decision against what is expected.
func take(t *testing.T, l *limit.Limiter, id string, want limit.Decision) {
	t.Helper()
	got, err := l.Take(t.Context(), id)
	if err != nil || got != want {
		t.Errorf("Take(%q) = %+v, %v, want %+v", id, got, err, want)
	}
}

func testBucket(t *testing.T, c Clock) {
	l := limiter(t, c, rules["bucket"]) // one flows in each 10 s
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 4})
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 3})
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 2})
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 1})
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 0, RetryIn: 10 * time.Second})
	take(t, l, "a", limit.Decision{RetryIn: 10 * time.Second})
	c.Advance(9 * time.Second)
	take(t, l, "a", limit.Decision{RetryIn: time.Second}) // a refusal costs nothing
	take(t, l, "a", limit.Decision{RetryIn: time.Second})
	c.Advance(time.Second)
	take(t, l, "a", limit.Decision{Allowed: true, RetryIn: 10 * time.Second})
	c.Advance(25 * time.Second)
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 1})
	take(t, l, "a", limit.Decision{Allowed: true, RetryIn: 5 * time.Second})
	c.Advance(time.Hour) // it holds no more than its limit
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 4})
}

// In the long run the flow is the rule's.
func testBucketFlow(t *testing.T, c Clock) {
	l := limiter(t, c, rules["bucket"])
	passed := 0
	for range 1000 {
		if d, err := l.Take(t.Context(), "a"); err != nil {
			t.Fatal(err)
		} else if d.Allowed {
			passed++
		}
		c.Advance(time.Second)
	}
	if want := 5 + 99; passed < want-1 || passed > want+1 {
		t.Errorf("%d passed in 1000 s, want %d", passed, want)
	}
}

func testWindow(t *testing.T, c Clock) {
	l := limiter(t, c, rules["window"])
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 4})
	c.Advance(10 * time.Second)
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 3})
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 2})
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 1})
	take(t, l, "a", limit.Decision{Allowed: true, RetryIn: 40 * time.Second})
	take(t, l, "a", limit.Decision{RetryIn: 40 * time.Second})
	c.Advance(39 * time.Second)
	take(t, l, "a", limit.Decision{RetryIn: time.Second}) // a refusal costs nothing
	c.Advance(time.Second)                                // the first is a period old
	take(t, l, "a", limit.Decision{Allowed: true, RetryIn: 10 * time.Second})
	c.Advance(10 * time.Second)
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 3})
	c.Advance(time.Hour)
	take(t, l, "a", limit.Decision{Allowed: true, Remaining: 4})
}

// In no span of the period do more than the limit pass, wherever it begins.
func testWindowSlides(t *testing.T, c Clock) {
	rule := rules["window"]
	l := limiter(t, c, rule)
	var passed []time.Duration
	now := time.Duration(0)
	for i := range 500 {
		if d, err := l.Take(t.Context(), "a"); err != nil {
			t.Fatal(err)
		} else if d.Allowed {
			passed = append(passed, now)
		}
		step := time.Duration(i*i%7) * time.Second // bursts and pauses
		c.Advance(step)
		now += step
	}
	for i := rule.Limit; i < len(passed); i++ {
		if span := passed[i] - passed[i-rule.Limit]; span < rule.Period {
			t.Fatalf("%d passed within %v, from %v on", rule.Limit+1, span, passed[i-rule.Limit])
		}
	}
	if len(passed) < 50 {
		t.Errorf("only %d passed in %v", len(passed), now)
	}
}

func testLook(t *testing.T, c Clock) {
	for name, rule := range rules {
		l := limiter(t, c, rule)
		look := func(want limit.Decision) {
			t.Helper()
			got, err := l.Look(t.Context(), name)
			if err != nil || got != want {
				t.Errorf("%s: Look = %+v, %v, want %+v", name, got, err, want)
			}
		}
		look(limit.Decision{Allowed: true, Remaining: 5})
		look(limit.Decision{Allowed: true, Remaining: 5})
		take(t, l, name, limit.Decision{Allowed: true, Remaining: 4})
		look(limit.Decision{Allowed: true, Remaining: 4})
		for range 4 {
			if _, err := l.Take(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
		got, err := l.Look(t.Context(), name)
		if err != nil || got.Allowed || got.Remaining != 0 || got.RetryIn <= 0 {
			t.Errorf("%s: Look at what is used up = %+v, %v", name, got, err)
		}
	}
}

func testReturn(t *testing.T, c Clock) {
	for name, rule := range rules {
		l := limiter(t, c, rule)
		back := func(want limit.Decision) {
			t.Helper()
			got, err := l.Return(t.Context(), name)
			if err != nil || got != want {
				t.Errorf("%s: Return = %+v, %v, want %+v", name, got, err, want)
			}
		}
		back(limit.Decision{Allowed: true, Remaining: 5}) // nothing was taken: nothing is won
		take(t, l, name, limit.Decision{Allowed: true, Remaining: 4})
		take(t, l, name, limit.Decision{Allowed: true, Remaining: 3})
		back(limit.Decision{Allowed: true, Remaining: 4})
		back(limit.Decision{Allowed: true, Remaining: 5})
		back(limit.Decision{Allowed: true, Remaining: 5})
		take(t, l, name, limit.Decision{Allowed: true, Remaining: 4})
	}
}

// What one client or limiter takes, another does not miss.
func testKeys(t *testing.T, c Clock) {
	a, b := limiter(t, c, rules["bucket"]), limiter(t, c, rules["bucket"])
	other, err := limit.New(c.Store, "tes", rules["bucket"])
	if err != nil {
		t.Fatal(err)
	}
	take(t, a, "x", limit.Decision{Allowed: true, Remaining: 4})
	take(t, a, "y", limit.Decision{Allowed: true, Remaining: 4})
	take(t, other, "x", limit.Decision{Allowed: true, Remaining: 4})
	take(t, other, "tx", limit.Decision{Allowed: true, Remaining: 4})
	take(t, b, "x", limit.Decision{Allowed: true, Remaining: 3}) // the same name is the same limit
}

func testConcurrent(t *testing.T, c Clock) {
	for name, rule := range rules {
		l := limiter(t, c, rule)
		var (
			wg     sync.WaitGroup
			mu     sync.Mutex
			passed int
		)
		for range 50 {
			wg.Go(func() {
				d, err := l.Take(t.Context(), name)
				if err != nil {
					t.Error(err)
				}
				if d.Allowed {
					mu.Lock()
					passed++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if passed != rule.Limit {
			t.Errorf("%s: %d of 50 at once passed, want %d", name, passed, rule.Limit)
		}
	}
}

// IDs come from outside.
func testAnyKey(t *testing.T, c Clock) {
	l := limiter(t, c, rules["bucket"])
	for _, id := range []string{"", " ", ":", "a:b", "a\nb", "\x00", "\xff", "ü", "{a}", "*", fmt.Sprintf("%01000d", 0)} {
		take(t, l, id, limit.Decision{Allowed: true, Remaining: 4})
		take(t, l, id, limit.Decision{Allowed: true, Remaining: 3})
	}
}

func testSmallestRules(t *testing.T, c Clock) {
	for _, kind := range []limit.Kind{limit.Bucket, limit.Window} {
		l := limiter(t, c, limit.Rule{Kind: kind, Limit: 1, Period: time.Minute})
		id := fmt.Sprint(kind)
		take(t, l, id, limit.Decision{Allowed: true, RetryIn: time.Minute})
		take(t, l, id, limit.Decision{RetryIn: time.Minute})
		c.Advance(time.Minute)
		take(t, l, id, limit.Decision{Allowed: true, RetryIn: time.Minute})
	}
}
