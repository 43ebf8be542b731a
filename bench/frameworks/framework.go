package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

// A page is one of those that all servers have.
type page struct {
	name, path string
	session    bool // needs the cookies of a visit before
	plain      bool // bare net/http has it; the others are compared with its first
}

func (p page) String() string { return p.name }

var allPages = []page{
	{name: "plaintext", path: "/plaintext", plain: true},
	{name: "json", path: "/json", plain: true},
	{name: "params", path: "/params/alice/42", plain: true},
	{name: "fortunes", path: "/fortunes"},
	{name: "secure", path: "/secure", session: true},
}

// A framework is a server to compare: the folder of its name under servers, or
// another's with a setting in its environment.
type framework struct {
	name, title string
	folder, env string
	python      bool
	lacks       []string // pages that it has no usual parts for
	recorded    bool     // its answers are Retort's, without the work
}

func (f framework) String() string { return f.name }

func (f framework) program() string { return cmp.Or(f.folder, f.name) }

func (f framework) has(p page) bool { return !slices.Contains(f.lacks, p.name) }

var frameworks = []framework{
	{name: "bare", title: "bare net/http", lacks: []string{"fortunes", "secure"}},
	{name: "timed", title: "net/http with timeouts", folder: "bare", env: "TIMEOUTS=1", lacks: []string{"fortunes", "secure"}},
	{name: "bytes", title: "net/http, Retort's bytes", folder: "bare", env: "ANSWERS=1", recorded: true},
	{name: "mux", title: "ServeMux, Gorilla"},
	{name: "chi", title: "Chi 5.5, Gorilla"},
	{name: "gin", title: "Gin 1.12"},
	{name: "echo", title: "Echo 5.3"},
	{name: "fiber", title: "Fiber 3.1"},
	{name: "hertz", title: "Hertz 0.10", lacks: []string{"secure"}},
	{name: "flask", title: "Flask, gunicorn", python: true},
	{name: "retort", title: "Retort"},
}

// here is the folder of this file.
func here() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

// build builds the servers and returns the folder they are in.
func build(ctx context.Context, work string, servers []framework, flags ...string) (string, error) {
	bins, err := os.MkdirTemp(work, "bin")
	if err != nil {
		return "", err
	}
	args := append([]string{"build", "-o", bins + "/"}, flags...)
	for _, f := range servers {
		if !f.python {
			args = append(args, "./servers/"+f.program())
		}
	}
	return bins, goCommand(ctx, nil, args...)
}

// goCommand runs the go command in this folder.
func goCommand(ctx context.Context, env []string, args ...string) error {
	_, err := goUsage(ctx, env, args...)
	return err
}

// goUsage runs the go command and returns how it ended.
func goUsage(ctx context.Context, env []string, args ...string) (*os.ProcessState, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = here(), os.Stderr
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go %v: %w", args, err)
	}
	return cmd.ProcessState, nil
}

// A process is a running server.
type process struct {
	framework
	addr, meter string
	cmd         *exec.Cmd
	end         os.Signal
	start       time.Duration // from exec to the first answer
}

// start starts a server on the first processor and waits for its first answer.
func start(ctx context.Context, f framework, bins string, env ...string) (*process, error) {
	addr, meter := freeAddress(), freeAddress()
	args := []string{"-c", "0"} // taskset becomes the server, so its process is ours
	if f.python {
		args = append(args, "gunicorn", "--chdir", filepath.Join(here(), "servers", f.name), "--bind", addr,
			"--workers", "2", "--threads", "4", "--log-level", "error", "app:app")
	} else {
		args = append(args, filepath.Join(bins, f.program()))
	}
	p := &process{framework: f, addr: addr, meter: meter, cmd: exec.CommandContext(ctx, "taskset", args...), end: syscall.SIGTERM}
	p.cmd.Env = append(append(os.Environ(), env...), f.env, "LISTEN="+addr, "METER="+meter, "KEY="+pages.Key, "PYTHONDONTWRITEBYTECODE=1")
	p.cmd.Stderr = os.Stderr
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 5 * time.Second // then it is killed
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if err := p.await(ctx); err != nil {
		p.stop()
		return nil, err
	}
	p.start = time.Since(began)
	return p, nil
}

// freeAddress is a port that nobody has.
func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err) // there is no loopback interface
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// await returns when the server has answered.
func (p *process) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for {
		if _, err := p.cookies(ctx, "/plaintext"); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer at %s: %w", p.name, p.addr, ctx.Err())
		case <-tick.C:
		}
	}
}

// cookies are what a visitor of the page has afterwards, as a Cookie header.
func (p *process) cookies(ctx context.Context, path string) (header string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+path, nil)
	if err != nil {
		return "", err
	}
	r.Close = true
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %s with %s", p.name, path, response.Status)
	}
	var pairs []string
	for _, c := range response.Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; "), nil
}

// stop ends the server and waits for its end.
func (p *process) stop() {
	if p.cmd.Process.Signal(p.end) != nil {
		return // it has ended
	}
	kill := time.AfterFunc(5*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer kill.Stop()
	_ = p.cmd.Wait() // it ended by a signal, as it was told
}
