package redis

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

func (s *Store) cacheKey(key string) string { return s.prefix + "cache:" + key }

// Get implements [cache.Store].
func (s *Store) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	err = s.do(ctx, func(ctx context.Context) (err error) {
		value, err = s.client.Get(ctx, s.cacheKey(key)).Bytes()
		return err
	})
	if errors.Is(err, goredis.Nil) {
		return nil, false, nil
	}
	return value, err == nil, err
}

// Set implements [cache.Store]. The server counts in milliseconds.
func (s *Store) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if ttl <= 0 {
		return s.Delete(ctx, key)
	}
	return s.do(ctx, func(ctx context.Context) error {
		return s.client.Set(ctx, s.cacheKey(key), value, max(ttl, time.Millisecond)).Err()
	})
}

// Delete implements [cache.Store].
func (s *Store) Delete(ctx context.Context, key string) error {
	return s.do(ctx, func(ctx context.Context) error { return s.client.Del(ctx, s.cacheKey(key)).Err() })
}
