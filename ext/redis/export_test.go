package redis

import (
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/retort-go/retort/limit"
)

// SetClocks lets limits run by clocks of the test's: the server's, and the one here.
func (s *Store) SetClocks(server, here func() time.Time) {
	s.now, s.local = server, limit.NewMemory(0, here)
}

// Client is the connection, for tests to look at what is stored.
func (s *Store) Client() *goredis.Client { return s.client }
