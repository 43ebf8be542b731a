package limit

import (
	"context"
	"hash/maphash"
	"strings"
	"sync"
	"time"
)

// Memory is a [Store] in this process.
//
// It holds a bounded number of keys. When a new one has no room, it takes that
// of the one that matters least among some picked at random: one whose state
// has run out, or else that has used the smallest part of its limit. So a flood
// of new keys, each used once, drives out other such keys, and not the account
// whose guesses are used up.
type Memory struct {
	now    func() time.Time
	start  time.Time
	seed   maphash.Seed
	shards [shards]shard
}

const (
	shards  = 16 // so that processors seldom wait for one another
	samples = 8
)

type shard struct {
	mu   sync.Mutex
	keys map[Key]*entry
	max  int
}

// An entry is the state of a key, in nanoseconds since the store's start.
type entry struct {
	rule  Rule
	full  int64   // Bucket: when it will be full again
	times []int64 // Window: when each was taken, oldest first
}

// DefaultKeys is how many keys a [Memory] holds by default. Each takes about
// 200 bytes, and for a [Window] 8 more for each that was taken.
const DefaultKeys = 1 << 16

// NewMemory returns a store for up to maxKeys keys, DefaultKeys if that is 0,
// whose clock is now, [time.Now] if that is nil.
func NewMemory(maxKeys int, now func() time.Time) *Memory {
	if maxKeys <= 0 {
		maxKeys = DefaultKeys
	}
	if now == nil {
		now = time.Now
	}
	m := &Memory{now: now, start: now(), seed: maphash.MakeSeed()}
	for i := range m.shards {
		m.shards[i] = shard{keys: map[Key]*entry{}, max: max(1, maxKeys/shards)}
	}
	return m
}

// Count implements [Store]. It never fails.
func (m *Memory) Count(_ context.Context, key Key, rule Rule, n int) (Decision, error) {
	s := &m.shards[maphash.Comparable(m.seed, key)%shards]
	now := int64(m.now().Sub(m.start)) // monotonic: a change of the wall clock frees nobody
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.keys[key]
	if e == nil {
		e = &entry{rule: rule}
		if n > 0 {
			s.makeRoom(now)
			key.ID = strings.Clone(key.ID) // and not all that it is a part of
			s.keys[key] = e
		}
	}
	if rule.Kind == Window {
		return e.countWindow(now, n), nil
	}
	return e.countBucket(now, n), nil
}

// Len returns how many keys are held.
func (m *Memory) Len() int {
	n := 0
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		n += len(s.keys)
		s.mu.Unlock()
	}
	return n
}

// makeRoom looks at some keys, in the random order of the map, and drops those
// whose state has run out; if that leaves no room, the least used as well.
func (s *shard) makeRoom(now int64) {
	var least Key
	lowest, seen := 2.0, 0
	for k, e := range s.keys {
		used := e.used(now)
		if used <= 0 {
			delete(s.keys, k)
		} else if used < lowest {
			least, lowest = k, used
		}
		if seen++; seen == samples {
			break
		}
	}
	if len(s.keys) >= s.max {
		delete(s.keys, least)
	}
}

// used is the part of the limit that is taken, from 0 to 1.
func (e *entry) used(now int64) float64 {
	if e.rule.Kind == Window {
		e.forget(now)
		return float64(len(e.times)) / float64(e.rule.Limit)
	}
	return float64(e.full-now) / float64(e.rule.Period)
}

// countBucket keeps of a bucket the time when it will be full. Each that is
// taken puts that off by the time in which one flows in; none is left when it
// is put off by the whole period.
func (e *entry) countBucket(now int64, n int) Decision {
	each, whole := int64(e.rule.Period)/int64(e.rule.Limit), int64(e.rule.Period)
	whole -= whole % int64(e.rule.Limit)
	e.full = max(e.full, now)
	allowed := e.full-now+each <= whole
	switch {
	case n > 0 && allowed:
		e.full += each
	case n < 0:
		e.full = max(e.full-each, now)
		allowed = true
	}
	left := whole - (e.full - now)
	return Decision{allowed, int(left / each), time.Duration(max(each-left, 0))}
}

func (e *entry) countWindow(now int64, n int) Decision {
	e.forget(now)
	allowed := len(e.times) < e.rule.Limit
	switch {
	case n > 0 && allowed:
		e.times = append(e.times, now)
	case n < 0:
		e.times = e.times[:max(len(e.times)-1, 0)]
		allowed = true
	}
	d := Decision{Allowed: allowed, Remaining: e.rule.Limit - len(e.times)}
	if d.Remaining == 0 {
		d.RetryIn = time.Duration(e.times[0] + int64(e.rule.Period) - now)
	}
	return d
}

// forget drops what was taken a period ago or earlier.
func (e *entry) forget(now int64) {
	i := 0
	for i < len(e.times) && e.times[i] <= now-int64(e.rule.Period) {
		i++
	}
	if i > 0 {
		e.times = e.times[:copy(e.times, e.times[i:])]
	}
}
