//go:build unix

package retort

import (
	"math"
	"syscall"
)

// maxDescriptors is how many files and connections the process may have open.
func maxDescriptors() (n int, ok bool) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > math.MaxInt32 {
		return 0, false
	}
	return int(limit.Cur), true
}
