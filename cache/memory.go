package cache

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Memory is a [Store] in this process. It is bounded: what was not asked for the
// longest goes first.
type Memory struct {
	now func() time.Time

	mu      sync.Mutex
	max     int64
	size    int64
	entries map[string]*list.Element
	recent  *list.List // of *entry, the one asked for last in front
}

type entry struct {
	key     string
	value   []byte
	expires time.Time
}

// overhead is what an entry takes beside its key and value, roughly.
const overhead = 200

func (e *entry) size() int64 { return int64(len(e.key)+len(e.value)) + overhead }

// NewMemory returns a store of at most so many bytes. A value of more than an
// eighth of that is not kept: it would drive out all others.
func NewMemory(bytes int64) *Memory {
	return &Memory{now: time.Now, max: bytes, entries: map[string]*list.Element{}, recent: list.New()}
}

// Get implements [Store]. It never fails.
func (m *Memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	element := m.entries[key]
	if element == nil {
		return nil, false, nil
	}
	e := element.Value.(*entry)
	if !m.now().Before(e.expires) {
		m.remove(element)
		return nil, false, nil
	}
	m.recent.MoveToFront(element)
	return e.value, true, nil
}

// Set implements [Store]. It never fails.
func (m *Memory) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if element := m.entries[key]; element != nil {
		m.remove(element)
	}
	e := &entry{key, value, m.now().Add(ttl)}
	if ttl <= 0 || e.size() > m.max/8 {
		return nil
	}
	m.entries[key] = m.recent.PushFront(e)
	m.size += e.size()
	for m.size > m.max {
		m.remove(m.recent.Back())
	}
	return nil
}

// Delete implements [Store]. It never fails.
func (m *Memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if element := m.entries[key]; element != nil {
		m.remove(element)
	}
	return nil
}

// Len is how many entries there are, those too old included.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}

func (m *Memory) remove(element *list.Element) {
	e := m.recent.Remove(element).(*entry)
	delete(m.entries, e.key)
	m.size -= e.size()
}
