package main

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver called sqlite
)

//go:embed schema.sql
var schema string

// schemaVersion is what the last line of schema.sql sets.
const schemaVersion = 2

// DB is one SQLite file behind two pools. SQLite has many readers and one writer
// at a time, so all writing goes through one connection: who has to wait, waits
// here and not at a locked file.
type DB struct {
	File        string
	read, write *sql.DB
}

// OpenDB opens a file, which is made if need be.
func OpenDB(file string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	const both = "?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
	write, err := sql.Open("sqlite", "file:"+file+both+"&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", "file:"+file+both+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return &DB{file, read, write}, nil
}

// Close closes the file.
func (db *DB) Close() error { return errors.Join(db.read.Close(), db.write.Close()) }

// Init makes the tables that are missing.
func (db *DB) Init(ctx context.Context) error {
	_, err := db.write.ExecContext(ctx, schema)
	return err
}

// Ready reports whether the tables are those this program knows.
func (db *DB) Ready(ctx context.Context) error {
	var version int
	if err := db.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if version != schemaVersion {
		return fmt.Errorf("%s has the tables of version %d, and this program needs %d: run init-db first", db.File, version, schemaVersion)
	}
	return nil
}
