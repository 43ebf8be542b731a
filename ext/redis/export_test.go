package redis

import (
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/retort-go/retort/limit"
)

// SetClock lets limits run by a clock of the test's.
func (s *Store) SetClock(now func() time.Time) {
	s.now, s.local = now, limit.NewMemory(0, now)
}

// Client is the connection, for tests to look at what is stored.
func (s *Store) Client() *goredis.Client { return s.client }
