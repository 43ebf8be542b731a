// Package flasktest tests that a [flask.SessionStore] does what sessions rely on,
// and has one in memory for the tests of an app.
package flasktest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/retort-go/retort/flask"
)

// A Clock is a store under test with its clock.
type Clock struct {
	Store   flask.SessionStore
	Advance func(time.Duration) // moves the store's clock on
}

// Run tests the stores that open returns, each empty.
func Run(t *testing.T, open func(t *testing.T) Clock) {
	for name, test := range map[string]func(*testing.T, Clock){
		"Keeps": testKeeps, "Replace": testReplace, "Expiry": testExpiry, "Touch": testTouch, "Limit": testLimit, "AnyValue": testAnyValue,
		"EndedStaysEnded": testEndedStaysEnded,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

const limit = 1000

// want loads key and holds what is there against what is expected, "" for nothing.
func want(t *testing.T, c Clock, key, value string, left time.Duration) {
	t.Helper()
	got, gotLeft, err := c.Store.LoadSession(t.Context(), key, limit)
	if err != nil || string(got) != value || (got == nil) != (value == "") {
		t.Errorf("LoadSession(%q) = %.40q, %v, want %.40q", key, got, err, value)
	}
	// A clock of seconds runs on while a test does.
	if value != "" && (gotLeft > left || gotLeft < left-time.Minute) {
		t.Errorf("LoadSession(%q): %v left, want %v", key, gotLeft, left)
	}
}

// create keeps value for an hour.
func create(t *testing.T, c Clock, key, value string) {
	t.Helper()
	if err := c.Store.CreateSession(t.Context(), key, []byte(value), time.Hour); err != nil {
		t.Fatalf("CreateSession(%q): %v", key, err)
	}
}

func replace(t *testing.T, c Clock, key, value string, ttl time.Duration, want bool) {
	t.Helper()
	if got, err := c.Store.ReplaceSession(t.Context(), key, []byte(value), ttl); err != nil || got != want {
		t.Errorf("ReplaceSession(%q) = %t, %v, want %t", key, got, err, want)
	}
}

func remove(t *testing.T, c Clock, key string) {
	t.Helper()
	if err := c.Store.DeleteSession(t.Context(), key); err != nil {
		t.Errorf("DeleteSession(%q): %v", key, err)
	}
}

func testKeeps(t *testing.T, c Clock) {
	want(t, c, "session:a", "", 0)
	create(t, c, "session:a", "one")
	create(t, c, "session:b", "two")
	want(t, c, "session:a", "one", time.Hour)
	want(t, c, "session:b", "two", time.Hour)
	want(t, c, "session:", "", 0)
	remove(t, c, "session:a")
	remove(t, c, "session:a")
	want(t, c, "session:a", "", 0)
	want(t, c, "session:b", "two", time.Hour)
}

func testReplace(t *testing.T, c Clock) {
	create(t, c, "a", "one")
	c.Advance(30 * time.Minute)
	want(t, c, "a", "one", 30*time.Minute)
	replace(t, c, "a", "two", time.Hour, true)
	want(t, c, "a", "two", time.Hour)
}

// A session is kept for as long as it was said, and no longer.
func testExpiry(t *testing.T, c Clock) {
	create(t, c, "a", "one")
	c.Advance(58 * time.Minute)
	want(t, c, "a", "one", 2*time.Minute)
	c.Advance(3 * time.Minute)
	want(t, c, "a", "", 0)
	replace(t, c, "a", "two", time.Hour, false)
}

func testTouch(t *testing.T, c Clock) {
	create(t, c, "a", "one")
	c.Advance(40 * time.Minute)
	for key, want := range map[string]bool{"a": true, "b": false} {
		if got, err := c.Store.TouchSession(t.Context(), key, time.Hour); err != nil || got != want {
			t.Errorf("TouchSession(%q) = %t, %v, want %t", key, got, err, want)
		}
	}
	c.Advance(40 * time.Minute)
	want(t, c, "a", "one", 20*time.Minute)
	want(t, c, "b", "", 0)
}

// What is larger than it may be need not be carried over whole.
func testLimit(t *testing.T, c Clock) {
	for _, size := range []int{limit - 1, limit, limit + 1, 100 * limit} {
		value := bytes.Repeat([]byte{'x'}, size)
		create(t, c, "a", string(value))
		got, _, err := c.Store.LoadSession(t.Context(), "a", limit)
		if size <= limit && !bytes.Equal(got, value) || size > limit && (len(got) <= limit || !bytes.HasPrefix(value, got)) || err != nil {
			t.Errorf("of %d bytes LoadSession with a limit of %d returns %d, %v", size, limit, len(got), err)
		}
	}
}

func testAnyValue(t *testing.T, c Clock) {
	for i, value := range []string{"\x00", "\xff\xfe", "\r\n", "$-1\r\n", "ü☃", " "} {
		key := fmt.Sprintf("session:%d-_AZaz", i)
		create(t, c, key, value)
		want(t, c, key, value, time.Hour)
	}
}

// Of many that save a session at the time when it is ended, none brings it back.
func testEndedStaysEnded(t *testing.T, c Clock) {
	create(t, c, "a", "one")
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			var err error
			switch {
			case i == 10:
				err = c.Store.DeleteSession(t.Context(), "a")
			case i%2 == 0:
				_, err = c.Store.TouchSession(t.Context(), "a", time.Hour)
			default:
				_, err = c.Store.ReplaceSession(t.Context(), "a", []byte("two"), time.Hour)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want(t, c, "a", "", 0)
}

// Memory is a [flask.SessionStore] for tests: it forgets nothing that is not asked
// for. Its clock is Now.
type Memory struct {
	Now func() time.Time

	mu     sync.Mutex
	values map[string]kept
}

type kept struct {
	value []byte
	until time.Time
}

// get returns what is kept and not too old. m.mu is held.
func (m *Memory) get(key string) (kept, bool) {
	k, ok := m.values[key]
	if ok && !m.Now().Before(k.until) {
		delete(m.values, key)
		return kept{}, false
	}
	return k, ok
}

func (m *Memory) set(key string, value []byte, ttl time.Duration) {
	if m.values == nil {
		m.values = map[string]kept{}
	}
	m.values[key] = kept{value, m.Now().Add(ttl)}
}

// LoadSession implements [flask.SessionStore]. It never fails.
func (m *Memory) LoadSession(_ context.Context, key string, _ int) ([]byte, time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.get(key)
	if !ok {
		return nil, 0, nil
	}
	return bytes.Clone(k.value), k.until.Sub(m.Now()), nil
}

// CreateSession implements [flask.SessionStore]. It never fails.
func (m *Memory) CreateSession(_ context.Context, key string, value []byte, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(key, bytes.Clone(value), ttl)
	return nil
}

// ReplaceSession implements [flask.SessionStore]. It never fails.
func (m *Memory) ReplaceSession(_ context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.get(key)
	if ok {
		m.set(key, bytes.Clone(value), ttl)
	}
	return ok, nil
}

// TouchSession implements [flask.SessionStore]. It never fails.
func (m *Memory) TouchSession(_ context.Context, key string, ttl time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.get(key)
	if ok {
		m.set(key, k.value, ttl)
	}
	return ok, nil
}

// DeleteSession implements [flask.SessionStore]. It never fails.
func (m *Memory) DeleteSession(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
	return nil
}
