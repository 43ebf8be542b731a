package document

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// probeArgument makes the test's program confine itself like a jail and then
// try what one must not be able to do; see TestConfined.
const probeArgument = "--probe-jail"

func probeIfAsked() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == probeArgument:
		os.Exit(probe(os.Args[2]))
	case len(os.Args) == 2 && os.Args[1] == probeArgument:
		os.Exit(probeMemory())
	}
}

// probeMemory takes memory that is used, and says how much it has.
func probeMemory() int {
	if err := confine(Limits{Memory: 128 << 20}.orDefault()); err != nil {
		fmt.Println("confine:", err)
		return 1
	}
	const block = 4 << 20
	var all [][]byte
	for {
		b := make([]byte, block)
		for i := 0; i < block; i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
		fmt.Println(len(all) * block >> 20)
	}
}

// A jail has the memory that it was granted and little more, however many
// processors the machine has.
func TestMemoryIsBounded(t *testing.T) {
	for _, processors := range []string{"1", "2", "64"} {
		cmd := exec.Command("/proc/self/exe", probeArgument)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+processors)
		out, err := cmd.CombinedOutput()
		if err == nil || !outOfMemory.Match(out) {
			t.Fatalf("%s processors: got %v %.200s, want it to run out of memory", processors, err, out)
		}
		got := 0
		for line := range strings.Lines(string(out)) {
			if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
				got = n
			}
		}
		if got < 112 || got > 192 {
			t.Errorf("%s processors: it had %d MB, want about the 128 that it was granted", processors, got)
		}
	}
}

// A jail can neither open nor connect nor start anything.
func TestConfined(t *testing.T) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("system calls are taken away on amd64 and arm64 only: see docs/assay/documents.md")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "there"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("/proc/self/exe", probeArgument, folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.Contains(string(out), "CAN ") || strings.Count(string(out), "cannot ") != probes {
		t.Errorf("got\n%swant that it cannot do any of %d", out, probes)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("got %v, %v in the folder, want what was there", left, err)
	}
}

// The child has nothing of its parent's: no environment, no files but its own
// three, no network.
func TestIsolated(t *testing.T) {
	own, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Skipf("the kernel has no network namespaces: %v", err)
	}
	t.Setenv("SECRET", "of the parent")
	attr := isolations()[0]
	if attr.Cloneflags&syscall.CLONE_NEWNET == 0 {
		t.Fatal("the first choice has no network of its own")
	}
	cmd := exec.Command("/bin/sh", "-c", "readlink /proc/self/ns/net; env")
	cmd.SysProcAttr, cmd.Env = attr, []string{}
	out, err := cmd.Output()
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		t.Skipf("the kernel refuses: %v", err)
	}
	if err != nil || strings.Contains(string(out), own) || strings.Contains(string(out), "SECRET") {
		t.Errorf("got %q, %v, want another network than %s", out, err, own)
	}
}

// probes is how many things probe tries.
const probes = 11

// probe prints the name of each thing that it could do, and what it could not.
func probe(folder string) int {
	if err := confine(Limits{}.orDefault()); err != nil {
		fmt.Println("confine:", err)
		return 1
	}
	for name, try := range map[string]func() error{
		"read a file":   func() error { _, err := os.ReadFile("/proc/self/cmdline"); return err },
		"write a file":  func() error { return os.WriteFile(filepath.Join(folder, "out"), []byte("x"), 0o600) },
		"make a folder": func() error { return os.Mkdir(filepath.Join(folder, "dir"), 0o700) },
		"remove a file": func() error { return os.Remove(filepath.Join(folder, "there")) },
		"connect":       func() error { c, err := net.Dial("tcp", "127.0.0.1:1"); closeIf(c); return err },
		"make a socket": func() error { _, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0); return err },
		"run a program": func() error { return exec.Command("/proc/self/exe", "-h").Run() },
		"signal others": func() error { return syscall.Kill(os.Getppid(), 0) },
		"raise a limit": func() error { return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 64, Max: 64}) },
		"map code": func() error {
			_, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_EXEC, syscall.MAP_ANON|syscall.MAP_PRIVATE)
			return err
		},
		"see other root": func() error { return syscall.Chroot(folder) },
	} {
		if err := try(); err != nil {
			fmt.Printf("cannot %s: %v\n", name, err)
		} else {
			fmt.Printf("CAN %s\n", name)
		}
	}
	return 0
}

func closeIf(c net.Conn) {
	if c != nil {
		_ = c.Close()
	}
}
