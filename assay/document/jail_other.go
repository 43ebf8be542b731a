//go:build !linux

package document

import (
	"os"
	"syscall"
)

const rootFolder = ""

func selfPath() (string, error) { return os.Executable() }

// isolations: only Linux has them. Here the child is another process with
// nothing in its environment, which the parent ends when its time is up; its
// limit of memory is the garbage collector's, which can be overrun, and it
// could open files and connections.
func isolations() []*syscall.SysProcAttr { return []*syscall.SysProcAttr{nil} }

func confineSystem(Limits) error { return nil }
