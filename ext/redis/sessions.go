package redis

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// The sessions of Flask-Session. Their keys are its own, without Config.Prefix.

// LoadSession implements [flask.SessionStore].
func (s *Store) LoadSession(ctx context.Context, key string, limit int) (value []byte, left time.Duration, err error) {
	var data *goredis.StringCmd
	var ttl *goredis.DurationCmd
	err = s.do(ctx, func(ctx context.Context) error {
		_, err := s.client.Pipelined(ctx, func(p goredis.Pipeliner) error {
			data, ttl = p.GetRange(ctx, key, 0, int64(limit)), p.PTTL(ctx, key) // one byte more than allowed tells that it is too long
			return nil
		})
		return err
	})
	if wrongType(err) {
		return nil, 0, nil // whatever it is, it is no session
	}
	if err != nil || data.Val() == "" { // nor is an empty value, in either format
		return nil, 0, err
	}
	return []byte(data.Val()), ttl.Val(), nil
}

// CreateSession implements [flask.SessionStore].
func (s *Store) CreateSession(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return s.do(ctx, func(ctx context.Context) error { return s.client.Set(ctx, key, value, ttl).Err() })
}

// ReplaceSession implements [flask.SessionStore].
func (s *Store) ReplaceSession(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	err := s.do(ctx, func(ctx context.Context) error {
		return s.client.SetArgs(ctx, key, value, goredis.SetArgs{Mode: "XX", TTL: ttl}).Err()
	})
	if errors.Is(err, goredis.Nil) {
		return false, nil
	}
	return err == nil, err
}

// TouchSession implements [flask.SessionStore].
func (s *Store) TouchSession(ctx context.Context, key string, ttl time.Duration) (ok bool, err error) {
	err = s.do(ctx, func(ctx context.Context) (err error) {
		ok, err = s.client.PExpire(ctx, key, ttl).Result()
		return err
	})
	return ok, err
}

// DeleteSession implements [flask.SessionStore].
func (s *Store) DeleteSession(ctx context.Context, key string) error {
	return s.do(ctx, func(ctx context.Context) error { return s.client.Del(ctx, key).Err() })
}
