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
	most := int(all.Maxrss >> 10) // it is in KB
	t.Logf("the largest child had %d MB", most)
	if most > int(granted>>20)+128 {
		t.Errorf("a child had %d MB, want at most %d", most, granted>>20)
	}
}
