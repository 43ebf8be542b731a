//go:build linux

package document_test

import (
	"syscall"
	"testing"
)

// checkMemory sees that no child took more memory than it was granted, besides
// what a Go program has before it does anything.
func checkMemory(t *testing.T, granted int64) {
	t.Helper()
	var all syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &all); err != nil {
		t.Fatal(err)
	}
	most := int64(all.Maxrss) << 10
	t.Logf("the largest child had %d MB", most>>20)
	if most > granted+128<<20 {
		t.Errorf("a child had %d MB, want at most %d", most>>20, granted>>20)
	}
}
