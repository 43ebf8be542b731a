package cache

import "time"

// SetClock lets tests move the time.
func (m *Memory) SetClock(now func() time.Time) { m.now = now }
