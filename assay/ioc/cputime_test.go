//go:build unix

package ioc_test

import (
	"syscall"
	"testing"
	"time"
)

// cpuRate reports MB per second of processor time beside the wall clock's:
// the figure that a busy machine does not change.
func cpuRate(b *testing.B, bytes int, f func()) {
	b.SetBytes(int64(bytes))
	start := cpuTime()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(bytes)*float64(b.N)/1e6/(cpuTime()-start).Seconds(), "MB/cpu-s")
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
