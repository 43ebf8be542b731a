package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/retort-go/retort/sign"
)

// keyFile holds the secret key, in the data folder.
const keyFile = "secret.key"

// secretKey reads the key in folder, or makes the folder and a key on the first
// start. A key that others can read signs nothing worth believing, so it is
// refused.
func secretKey(folder string) ([]byte, error) {
	path := filepath.Join(folder, keyFile)
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for the key: %w; name another one with --data DIR", err)
	}
	if err := writeKey(folder, path, sign.Generate()); err != nil {
		return nil, fmt.Errorf("make a key: %w; name another folder with --data DIR", err)
	}
	return readKey(path)
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key: others can read %s; make it yours with: chmod 600 %[1]s", path)
	}
	const most = 4 << 10
	if info.Size() > most {
		return nil, fmt.Errorf("key: %s is larger than a key; delete it and a new one is made", path)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the folder is the user's own choice
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	key := bytes.TrimSpace(text)
	if err := sign.Check(key); err != nil {
		return nil, fmt.Errorf("key: %s: %w; delete it and a new one is made", path, err)
	}
	return key, nil
}

// writeKey makes the file whole or not at all, and never over another: of two
// first starts at once, both use the key of the one that came first.
func writeKey(folder, path, key string) (err error) {
	tmp, err := os.CreateTemp(folder, keyFile+".*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(tmp.Name())) }()
	_, err = tmp.WriteString(key + "\n")
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
