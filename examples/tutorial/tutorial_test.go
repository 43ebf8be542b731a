// Package tutorial holds the code of docs/tutorial, a program for each chapter.
package tutorial

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// What the last chapter arrives at is the example that stands by itself.
func TestLastChapter(t *testing.T) {
	same(t, "8-deploy", "../flaskr")
	same(t, "../flaskr", "8-deploy")
}

// The look is given once, in chapter 3.
func TestStaticFiles(t *testing.T) {
	for _, chapter := range []string{"4-register", "5-login", "6-write", "7-edit", "8-deploy"} {
		same(t, "3-pages/static", chapter+"/static")
	}
}

// same fails the test unless each file of a folder is in the other one too.
func same(t *testing.T, dir, other string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "instance" { // what running it leaves
			return fs.SkipDir
		}
		if d.IsDir() || d.Name() == "flaskr" {
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		got, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		want, err := os.ReadFile(filepath.Join(other, rel))
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from %s", name, filepath.Join(other, rel))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
