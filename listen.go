package retort

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
)

// firstInherited is the number of the first file descriptor that a supervisor
// hands over (sd_listen_fds(3)).
const firstInherited = 3

// Listen opens addr for [App.Serve], as [App.Run] does, or takes the socket that a supervisor holds open for the app
// (systemd's LISTEN_FDS): then connections wait in it while one process ends and
// the next one starts, and none is refused.
func Listen(addr string) (net.Listener, error) {
	l, err := inherited()
	if err != nil {
		return nil, fmt.Errorf("listen on the inherited socket: %w", err)
	}
	if l != nil {
		return l, nil
	}
	if l, err = net.Listen("tcp", addr); err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return l, nil
}

// inherited returns the listener that was handed over to this process, nil if
// none was.
func inherited() (net.Listener, error) {
	count, pid := os.Getenv("LISTEN_FDS"), os.Getenv("LISTEN_PID")
	if count == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return nil, nil //nolint:nilnil // nothing was handed over
	}
	for _, name := range []string{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"} {
		if err := os.Unsetenv(name); err != nil { // it is not for our children
			return nil, err
		}
	}
	if count != "1" {
		return nil, errors.New("LISTEN_FDS is " + count + "; want 1 socket")
	}
	file := os.NewFile(firstInherited, "inherited socket")
	l, err := net.FileListener(file)
	return l, errors.Join(err, file.Close()) // FileListener has its own copy
}
