//go:build unix

package retort_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/retort-go/retort"
)

// A process of this test serves on the socket that it was handed.
func TestServeInherited(t *testing.T) {
	if os.Getenv("LISTEN_FDS") == "" {
		t.Skip("no socket was handed over: this is for TestRestart to run")
	}
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler)})
	app.Get("/", func(c *retort.Ctx) error { return c.Text(fmt.Sprint(os.Getpid())) }).Named("index")
	if err := app.Run("nowhere:99999"); err != nil {
		t.Error(err)
	}
	if os.Getenv("LISTEN_FDS") != "" {
		t.Error("children would take the socket for theirs")
	}
}

// Whoever connects while one process ends and the next one starts waits, and is
// answered.
func TestRestart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0], "-test.run=^TestServeInherited$")
		cmd.Env = append(os.Environ(), "LISTEN_FDS=1")
		cmd.ExtraFiles = []*os.File{socket}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		res, err := http.Get("http://" + l.Addr().String() + "/") // it waits for the process
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return cmd
	}
	stop := func(cmd *exec.Cmd) {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the process ended with %v", err)
		}
	}
	cmd := start()
	done, answered := make(chan struct{}), make(chan map[string]int)
	go func() {
		by := map[string]int{}
		defer func() { answered <- by }()
		for {
			select {
			case <-done:
				return
			default:
			}
			res, err := http.Get("http://" + l.Addr().String() + "/")
			if err != nil {
				t.Errorf("a request failed: %v", err)
				return
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err != nil || res.StatusCode != 200 {
				t.Errorf("got %d, %v", res.StatusCode, err)
			}
			by[string(body)]++
		}
	}()
	for range 3 {
		stop(cmd)
		cmd = start()
	}
	close(done)
	if by := <-answered; len(by) < 2 {
		t.Errorf("answered by %v, want more than one process", by)
	}
	stop(cmd)
}
