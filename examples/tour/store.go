package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "modernc.org/sqlite" // the driver called sqlite

	"github.com/retort-go/retort/auth"
)

// store keeps users, notes, remembered logins and ended sessions in one SQLite
// file: one connection writes, so that none waits for a lock in the middle of a
// transaction, and what was acknowledged survives a crash.
type store struct{ db *sql.DB }

type user struct{ ID, Name, Hash string }

type note struct {
	ID      int
	Title   string
	Created time.Time
}

const schema = `
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS notes_of ON notes (owner, id);
CREATE TABLE IF NOT EXISTS remembered (selector TEXT PRIMARY KEY, hash BLOB NOT NULL, before BLOB NOT NULL, changed INTEGER NOT NULL,
	owner TEXT NOT NULL, stamp TEXT NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS revoked (id TEXT PRIMARY KEY, until INTEGER NOT NULL);
`

func openStore(ctx context.Context, file string) (*store, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", file, err), db.Close())
	}
	return &store{db}, nil
}

// Close closes the database.
func (s *store) Close() error { return s.db.Close() }

// User finds a user by id, for [auth.Config.Load].
func (s *store) User(ctx context.Context, id string) (user, error) {
	return s.user(ctx, "SELECT id, name, hash FROM users WHERE id = ?", id)
}

// UserByName finds a user by the name he logs in with.
func (s *store) UserByName(ctx context.Context, name string) (user, error) {
	return s.user(ctx, "SELECT id, name, hash FROM users WHERE name = ?", name)
}

func (s *store) user(ctx context.Context, query string, arg any) (u user, err error) {
	err = s.db.QueryRowContext(ctx, query, arg).Scan(&u.ID, &u.Name, &u.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return user{}, auth.ErrNoUser
	}
	return u, err
}

// AddUser adds a user.
func (s *store) AddUser(ctx context.Context, name, hash string) error {
	return s.exec(ctx, "INSERT INTO users (name, hash) VALUES (?, ?)", name, hash)
}

// SetHash replaces a user's password.
func (s *store) SetHash(ctx context.Context, id, hash string) error {
	return s.exec(ctx, "UPDATE users SET hash = ? WHERE id = ?", hash, id)
}

// Notes lists a user's notes, newest first.
func (s *store) Notes(ctx context.Context, owner string) (notes []note, err error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, title, created FROM notes WHERE owner = ? ORDER BY id DESC LIMIT 100", owner)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n note
		var created int64
		if err := rows.Scan(&n.ID, &n.Title, &created); err != nil {
			return nil, err
		}
		n.Created = time.Unix(created, 0)
		notes = append(notes, n)
	}
	return notes, rows.Err()
}

// AddNote adds a note.
func (s *store) AddNote(ctx context.Context, owner, title string) error {
	return s.exec(ctx, "INSERT INTO notes (owner, title, created) VALUES (?, ?, ?)", owner, title, time.Now().Unix())
}

// Save keeps a remembered login.
func (s *store) Save(ctx context.Context, r auth.Remember) error {
	return s.exec(ctx, "INSERT OR REPLACE INTO remembered VALUES (?, ?, ?, ?, ?, ?, ?)",
		r.Selector, r.Hash[:], r.Before[:], r.Changed.Unix(), r.UserID, r.Stamp, r.Expires.Unix())
}

// Find finds a remembered login.
func (s *store) Find(ctx context.Context, selector string) (auth.Remember, error) {
	r := auth.Remember{Selector: selector}
	var hash, before []byte
	var changed, expires int64
	err := s.db.QueryRowContext(ctx, "SELECT hash, before, changed, owner, stamp, expires FROM remembered WHERE selector = ?", selector).
		Scan(&hash, &before, &changed, &r.UserID, &r.Stamp, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Remember{}, auth.ErrNoUser
	}
	copy(r.Hash[:], hash)
	copy(r.Before[:], before)
	r.Changed, r.Expires = time.Unix(changed, 0), time.Unix(expires, 0)
	return r, err
}

// Delete ends a remembered login.
func (s *store) Delete(ctx context.Context, selector string) error {
	return s.exec(ctx, "DELETE FROM remembered WHERE selector = ?", selector)
}

// DeleteAll ends all remembered logins of a user.
func (s *store) DeleteAll(ctx context.Context, owner string) error {
	return s.exec(ctx, "DELETE FROM remembered WHERE owner = ?", owner)
}

// Revoke ends a session before its time, also beyond a restart.
func (s *store) Revoke(ctx context.Context, id string, until time.Time) error {
	if err := s.exec(ctx, "DELETE FROM revoked WHERE until < ?", time.Now().Unix()); err != nil {
		return err
	}
	return s.exec(ctx, "INSERT OR REPLACE INTO revoked VALUES (?, ?)", id, until.Unix())
}

// Revoked reports whether a session was ended.
func (s *store) Revoked(ctx context.Context, id string) (bool, error) {
	var n int
	err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM revoked WHERE id = ? AND until >= ?", id, time.Now().Unix()).Scan(&n)
	return n > 0, err
}

func (s *store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.db.ExecContext(ctx, query, args...)
	return err
}
