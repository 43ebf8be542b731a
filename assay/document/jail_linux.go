package document

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const rootFolder = "/"

// selfPath is this very program, even if its file was replaced since.
func selfPath() (string, error) { return "/proc/self/exe", nil }

// isolations are the ways to start the child, the best one first; the kernel
// may refuse those. A network of its own has no interface that is up.
func isolations() []*syscall.SysProcAttr {
	id := func(n int) []syscall.SysProcIDMap {
		return []syscall.SysProcIDMap{{ContainerID: n, HostID: n, Size: 1}}
	}
	return []*syscall.SysProcAttr{
		{
			Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWIPC,
			UidMappings: id(os.Getuid()), GidMappings: id(os.Getgid()),
		},
		{},
	}
}

// confineSystem sets hard limits that the kernel holds the process to, and
// takes all system calls from it but those that computing needs.
func confineSystem(l Limits) error {
	seconds := uint64(cpuTime(l.Time).Seconds())
	limits := []struct {
		name     string
		resource int
		value    uint64
	}{
		{"CPU", unix.RLIMIT_CPU, seconds},
		{"FSIZE", unix.RLIMIT_FSIZE, 0},
		{"CORE", unix.RLIMIT_CORE, 0},
		{"NOFILE", unix.RLIMIT_NOFILE, 0}, // those that are open stay open
	}
	// Go reserves address space for its own books; only what is added counts.
	// DATA is the limit of memory that can be written to, whoever asks for it,
	// so it has room for the stacks of threads that are yet to start; AS has
	// room for what Go and the C library reserve and do not use, 64 MB at a
	// time and 128 MB a thread.
	if virtual, data, ok := memoryInUse(); ok {
		limits = append(limits, []struct {
			name     string
			resource int
			value    uint64
		}{
			{"AS", unix.RLIMIT_AS, virtual + 2*uint64(l.Memory) + threads*(stack+128<<20)},
			{"DATA", unix.RLIMIT_DATA, data + uint64(l.Memory) + threads*stack},
		}...)
	}
	for _, limit := range limits {
		if err := unix.Setrlimit(limit.resource, &unix.Rlimit{Cur: limit.value, Max: limit.value}); err != nil {
			return fmt.Errorf("RLIMIT_%s: %w", limit.name, err)
		}
	}
	return filterSystemCalls()
}

// A process confined to two processors may start a few threads more, and the
// usual limit grants each a stack of 8 MB.
const (
	threads = 4
	stack   = 8 << 20
)

// memoryInUse returns the size of the address space and of the writable memory
// in it.
func memoryInUse() (virtual, data uint64, ok bool) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, 0, false
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 6 {
		return 0, 0, false
	}
	page := uint64(os.Getpagesize())
	virtual, err1 := strconv.ParseUint(fields[0], 10, 64)
	data, err2 := strconv.ParseUint(fields[5], 10, 64)
	return virtual * page, data * page, err1 == nil && err2 == nil
}
