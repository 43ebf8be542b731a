// Package cachetest tests that a [cache.Store] does what a [cache.Cache] relies on.
// A store elsewhere than in memory is tested against the same cases, so that
// changing the store changes nothing else.
package cachetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/retort-go/retort/cache"
)

// A Clock is a store under test with its clock. It has room for a few values of a
// hundred kilobytes.
type Clock struct {
	Store   cache.Store
	Advance func(time.Duration) // moves the store's clock on
}

// Run tests the stores that open returns, each empty.
func Run(t *testing.T, open func(t *testing.T) Clock) {
	for name, test := range map[string]func(*testing.T, Clock){
		"Keeps": testKeeps, "Expiry": testExpiry, "NoTime": testNoTime, "AnyKey": testAnyKey, "AnyValue": testAnyValue, "Concurrent": testConcurrent,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func set(t *testing.T, c Clock, key, value string, ttl time.Duration) {
	t.Helper()
	if err := c.Store.Set(t.Context(), key, []byte(value), ttl); err != nil {
		t.Errorf("Set(%.40q): %v", key, err)
	}
}

func want(t *testing.T, c Clock, key, value string) {
	t.Helper()
	if got, ok, err := c.Store.Get(t.Context(), key); err != nil || !ok || string(got) != value {
		t.Errorf("Get(%.40q) = %.40q, %t, %v, want %.40q", key, got, ok, err, value)
	}
}

func wantNone(t *testing.T, c Clock, key string) {
	t.Helper()
	if got, ok, err := c.Store.Get(t.Context(), key); err != nil || ok || got != nil {
		t.Errorf("Get(%.40q) = %.40q, %t, %v, want nothing", key, got, ok, err)
	}
}

func remove(t *testing.T, c Clock, key string) {
	t.Helper()
	if err := c.Store.Delete(t.Context(), key); err != nil {
		t.Errorf("Delete(%.40q): %v", key, err)
	}
}

func testKeeps(t *testing.T, c Clock) {
	wantNone(t, c, "a")
	set(t, c, "a", "one", time.Hour)
	set(t, c, "b", "two", time.Hour)
	want(t, c, "a", "one")
	want(t, c, "b", "two")
	set(t, c, "a", "three", time.Hour)
	want(t, c, "a", "three")
	remove(t, c, "a")
	remove(t, c, "a")
	wantNone(t, c, "a")
	want(t, c, "b", "two")
}

func testExpiry(t *testing.T, c Clock) {
	set(t, c, "minute", "m", time.Minute)
	set(t, c, "hour", "h", time.Hour)
	c.Advance(50 * time.Second)
	want(t, c, "minute", "m")
	c.Advance(11 * time.Second)
	wantNone(t, c, "minute")
	want(t, c, "hour", "h")
	set(t, c, "hour", "h", time.Minute) // the time counts from when it was set last
	c.Advance(2 * time.Minute)
	wantNone(t, c, "hour")
}

// What is to be kept for no time is not, and neither is what it replaces.
func testNoTime(t *testing.T, c Clock) {
	for _, ttl := range []time.Duration{0, -time.Second} {
		set(t, c, "a", "old", time.Hour)
		set(t, c, "a", "new", ttl)
		wantNone(t, c, "a")
	}
	set(t, c, "b", "short", 1) // a nanosecond is a time: no error
}

// Keys hold parts of addresses, so they come from outside.
func testAnyKey(t *testing.T, c Clock) {
	keys := []string{"", " ", ":", "a:b", "a\r\nb", "\x00", "\xff", "ü", "{a}", "*", "a*", strings.Repeat("k", 5000)}
	for i, key := range keys {
		set(t, c, key, fmt.Sprint(i), time.Hour)
	}
	for i, key := range keys {
		want(t, c, key, fmt.Sprint(i))
	}
}

func testAnyValue(t *testing.T, c Clock) {
	for _, value := range []string{"", "\x00", "\xff\r\n", "$-1\r\n", strings.Repeat("v", 100_000)} {
		set(t, c, "a", value, time.Hour)
		want(t, c, "a", value)
	}
}

func testConcurrent(t *testing.T, c Clock) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			key := fmt.Sprint(i % 4)
			for range 10 {
				set(t, c, key, key, time.Hour)
				if got, ok, err := c.Store.Get(t.Context(), key); err != nil || ok && string(got) != key {
					t.Errorf("Get(%q) = %q, %v", key, got, err)
				}
				remove(t, c, key)
			}
		})
	}
	wg.Wait()
}
