package main

import (
	"context"
	"time"
)

// A DB is a [retort.Revocations]: it remembers which sessions were ended by
// logging out, until their cookies would have expired anyway.

// Revoke ends a session.
func (db *DB) Revoke(ctx context.Context, id string, until time.Time) error {
	_, err := db.write.ExecContext(ctx, "DELETE FROM ended_session WHERE until < ?", time.Now().Unix())
	if err == nil {
		_, err = db.write.ExecContext(ctx, "INSERT OR REPLACE INTO ended_session VALUES (?, ?)", id, until.Unix())
	}
	return err
}

// Revoked reports whether a session was ended.
func (db *DB) Revoked(ctx context.Context, id string) (ended bool, err error) {
	err = db.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM ended_session WHERE id = ?)", id).Scan(&ended)
	return ended, err
}
