//go:build linux && (amd64 || arm64)

package document

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// computing is what a Go program calls to compute, to take memory, to run its
// threads and to use the files it has. Everything else is answered with EPERM:
// nothing can be opened, connected, started, traced or sent a signal to.
var computing = []uint32{
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_CLOSE, unix.SYS_LSEEK,
	unix.SYS_MUNMAP, unix.SYS_MREMAP, unix.SYS_MADVISE, unix.SYS_MINCORE, unix.SYS_BRK,
	unix.SYS_FUTEX, unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY, unix.SYS_GETCPU, unix.SYS_MEMBARRIER,
	unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_GETTIMEOFDAY,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK, unix.SYS_RESTART_SYSCALL,
	unix.SYS_GETPID, unix.SYS_GETTID, unix.SYS_GETRANDOM, unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ,
	unix.SYS_EPOLL_PWAIT, unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
}

// Offsets in struct seccomp_data; of an argument the lower half is enough for
// the flags that are looked at.
const (
	dataNumber = 0
	dataArch   = 4
)

func dataArgument(n uint32) uint32 { return 16 + 8*n }

// filterSystemCalls installs the filter for all threads. A kernel that has no
// filters goes without.
func filterSystemCalls() error {
	prog := systemCallFilter(uint32(os.Getpid()))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return nil
	}
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog))) //nolint:gosec // the kernel takes the filter by its address
	switch {
	case errors.Is(errno, unix.ENOSYS) || errors.Is(errno, unix.EINVAL):
		return nil
	case errno != 0:
		return fmt.Errorf("seccomp: %w", errno)
	case thread != 0:
		return fmt.Errorf("seccomp: thread %d has a filter of its own", thread)
	}
	return nil
}

// systemCallFilter is the filter as a program for the kernel.
func systemCallFilter(pid uint32) []unix.SockFilter {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	// The next instruction runs if the condition holds, else skip are left out.
	equal := func(k uint32, skip uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jf: skip}
	}
	anyBit := func(k uint32, skip uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: k, Jf: skip}
	}
	answer := func(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }
	allow := answer(unix.SECCOMP_RET_ALLOW)
	refuse := answer(unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM))

	prog := []unix.SockFilter{
		load(dataArch), // numbers mean other calls under another architecture
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: auditArch, Jt: 1},
		refuse,
		load(dataNumber),
	}
	for _, nr := range computing {
		prog = append(prog, equal(nr, 1), allow)
	}
	// Threads, not processes.
	prog = append(prog, equal(unix.SYS_CLONE, 4), load(dataArgument(0)), anyBit(unix.CLONE_THREAD, 1), allow, refuse)
	// With this answer the C library takes clone, whose flags can be seen.
	prog = append(prog, equal(unix.SYS_CLONE3, 1), answer(unix.SECCOMP_RET_ERRNO|uint32(unix.ENOSYS)))
	// Memory, but none that could be run.
	for _, nr := range []uint32{unix.SYS_MMAP, unix.SYS_MPROTECT} {
		prog = append(prog, equal(nr, 4), load(dataArgument(2)), anyBit(unix.PROT_EXEC, 1), refuse, allow)
	}
	// Signals to its own threads, with which Go interrupts them.
	prog = append(prog, equal(unix.SYS_TGKILL, 4), load(dataArgument(0)), equal(pid, 1), allow, refuse)
	return append(prog, refuse)
}
