package retort

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A Signal tells its receivers that something happened. The zero value is ready
// to use, and sending costs one atomic load while nobody listens. Signals are
// fields of an [App], not globals as in Flask, so that two apps in one test do
// not hear each other.
type Signal[T any] struct {
	mu        sync.Mutex
	receivers atomic.Pointer[[]*func(T)]
}

// Connect adds a receiver and returns the function that removes it. Receivers
// are called in the order in which they were connected, in the goroutine that
// sends. A panic in one is a failure of the request, as in a hook.
func (s *Signal[T]) Connect(receive func(T)) (disconnect func()) {
	r := &receive
	s.update(func(rs []*func(T)) []*func(T) { return append(rs, r) })
	return func() {
		s.update(func(rs []*func(T)) []*func(T) {
			return slices.DeleteFunc(rs, func(have *func(T)) bool { return have == r })
		})
	}
}

// update replaces the list by a changed copy: a Send that is under way keeps
// the one it started with.
func (s *Signal[T]) update(change func([]*func(T)) []*func(T)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rs []*func(T)
	if old := s.receivers.Load(); old != nil {
		rs = slices.Clone(*old)
	}
	rs = change(rs)
	s.receivers.Store(&rs)
}

// Send calls every receiver with v.
func (s *Signal[T]) Send(v T) {
	rs := s.receivers.Load()
	if rs == nil {
		return
	}
	for _, receive := range *rs {
		(*receive)(v)
	}
}

// trySend is Send where nothing above would recover from a receiver's panic.
func (s *Signal[T]) trySend(v T) (err error) {
	if !s.Connected() {
		return nil
	}
	defer func() {
		if v := recover(); v != nil {
			err = recovered(v)
		}
	}()
	s.Send(v)
	return nil
}

// Connected tells whether anybody listens, for senders whose message is costly
// to make.
func (s *Signal[T]) Connected() bool {
	rs := s.receivers.Load()
	return rs != nil && len(*rs) > 0
}
