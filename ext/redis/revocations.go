package redis

import (
	"context"
	"time"
)

func (s *Store) revokedKey(id string) string { return s.prefix + "revoked:" + id }

// Revoke implements [retort.Revocations].
func (s *Store) Revoke(ctx context.Context, id string, until time.Time) error {
	left := time.Until(until)
	if left <= 0 {
		return nil // its cookie is not accepted any more
	}
	return s.do(ctx, func(ctx context.Context) error {
		return s.client.Set(ctx, s.revokedKey(id), "", max(left, time.Millisecond)).Err()
	})
}

// Revoked implements [retort.Revocations].
func (s *Store) Revoked(ctx context.Context, id string) (revoked bool, err error) {
	err = s.do(ctx, func(ctx context.Context) error {
		n, err := s.client.Exists(ctx, s.revokedKey(id)).Result()
		revoked = n > 0
		return err
	})
	return revoked, err
}
