//go:build unix

package docs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestQuickstart does what docs/quickstart.md says, word by word, in a folder
// beside the checkout.
func TestQuickstart(t *testing.T) {
	r := newReader(t)
	r.follow("docs/quickstart.md")
}

// TestTutorial does the same with the chapters of docs/tutorial, one after the
// other in one folder. Before each, what its reader would write by then is there.
func TestTutorial(t *testing.T) {
	r := newReader(t)
	chapters, err := filepath.Glob(filepath.Join(root, "docs/tutorial/[1-8]-*.md"))
	if err != nil || len(chapters) != 8 {
		t.Fatalf("got %d chapters, %v", len(chapters), err)
	}
	for _, chapter := range chapters {
		name := strings.TrimSuffix(filepath.Base(chapter), ".md")
		r.copy(filepath.Join(root, "examples/tutorial", name), filepath.Join(r.home, "flaskr"))
		r.follow("docs/tutorial/" + name + ".md")
		if t.Failed() {
			return
		}
	}
}

// reader is somebody who follows a document in a terminal.
type reader struct {
	t         *testing.T
	home, dir string // where the reader began, and is
	env       []string
	port      string // that stands for 8000

	server *exec.Cmd
	ended  chan struct{}
}

// waitFor is how long a command may take: the first one compiles SQLite.
const waitFor = 5 * time.Minute

func newReader(t *testing.T) *reader {
	t.Helper()
	if testing.Short() {
		t.Skip("following a document compiles programs; without -short it is done")
	}
	for _, tool := range []string{"go", "sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is not installed, and CI has to follow the documents", tool)
			}
			t.Skipf("%s is not installed, so the document is not followed", tool)
		}
	}
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	checkout, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	modules, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t, home: home, dir: home, port: freePort(t)}
	// The modules that this machine has are all the network there is.
	r.env = append(os.Environ(), "GOPROXY=file://"+strings.TrimSpace(string(modules))+"/cache/download", "GOSUMDB=off", "GOFLAGS=", "GOWORK=",
		"GOBIN="+filepath.Join(home, "bin"), "PATH="+filepath.Join(home, "bin")+":"+os.Getenv("PATH"), "CHECKOUT="+checkout)
	t.Cleanup(r.stop)
	return r
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func (r *reader) copy(from, to string) {
	r.t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		r.t.Fatal(err)
	}
	command := exec.CommandContext(r.t.Context(), "cp", "-R", from+"/.", to)
	if out, err := command.CombinedOutput(); err != nil {
		r.t.Fatalf("%v: %v: %s", command, err, out)
	}
}

func (r *reader) follow(document string) {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		r.t.Fatal(err)
	}
	steps, err := Steps(string(text))
	if err != nil {
		r.t.Fatalf("%s: %v", document, err)
	}
	for _, s := range steps {
		if err := r.do(s); err != nil {
			r.t.Errorf("%s:%d: %v", document, s.Line, err)
			return
		}
	}
	r.stop()
}

func (r *reader) do(s Step) error {
	switch {
	case s.Edit:
		name := filepath.Join(r.dir, s.File)
		old, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text, err := Apply(string(old), s.Text)
		if err != nil {
			return err
		}
		return os.WriteFile(name, []byte(text), 0o600)
	case s.File != "":
		if pretty, err := format.Source([]byte(s.Text)); filepath.Ext(s.File) == ".go" && (err != nil || string(pretty) != s.Text) {
			return errors.Join(fmt.Errorf("gofmt would change %s", s.File), err)
		}
		return os.WriteFile(filepath.Join(r.dir, s.File), []byte(s.Text), 0o600)
	case strings.Contains(s.Command+" ", " serve "):
		return r.serve(s)
	}
	return r.run(s)
}

// run runs a command in a shell, and stays in the folder it goes to.
func (r *reader) run(s Step) error {
	if s.Command == "git clone https://github.com/retort-go/retort" { // the one thing that needs a network
		s.Command = `ln -s "$CHECKOUT" retort`
	}
	ctx, cancel := context.WithTimeout(r.t.Context(), waitFor)
	defer cancel()
	where := filepath.Join(r.home, ".where")
	cmd := r.command(ctx, s.Command+"\nstatus=$?; pwd >'"+where+"'; exit $status")
	out, err := cmd.CombinedOutput()
	got := strings.ReplaceAll(string(out), r.port, "8000")
	// A command that is to fail says so, as `go run` does.
	if err != nil && !strings.Contains(s.Output, "exit status") {
		return fmt.Errorf("$ %s: %w\n%s", s.Command, err, got)
	}
	if s.Output != "" && !Prints(got, s.Output) {
		return fmt.Errorf("$ %s\ngot:\n%s\nwant:\n%s", s.Command, got, s.Output)
	}
	dir, err := os.ReadFile(where)
	r.dir = strings.TrimSpace(string(dir))
	return err
}

// serve starts a server, in place of the one before, and waits for what it
// should print.
func (r *reader) serve(s Step) error {
	r.stop()
	out, w := io.Pipe()
	ctx, cancel := context.WithTimeout(r.t.Context(), waitFor)
	r.t.Cleanup(cancel)
	r.server = r.command(ctx, "exec "+s.Command+" --listen 127.0.0.1:8000")
	r.server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // go run and what it runs
	r.server.Cancel = func() error { return syscall.Kill(-r.server.Process.Pid, syscall.SIGKILL) }
	r.server.Stdout, r.server.Stderr = w, w
	if err := r.server.Start(); err != nil {
		return err
	}
	r.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) {
		_ = w.CloseWithError(cmd.Wait()) // a signal is how it ends
		close(ended)
	}(r.server, r.ended)
	var printed bytes.Buffer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fmt.Fprintln(&printed, strings.ReplaceAll(lines.Text(), r.port, "8000"))
		if Prints(printed.String(), s.Output) {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return nil
		}
	}
	return fmt.Errorf("$ %s\ngot:\n%s\nwant:\n%s", s.Command, printed.String(), s.Output)
}

func (r *reader) stop() {
	if r.server == nil {
		return
	}
	_ = syscall.Kill(-r.server.Process.Pid, syscall.SIGTERM) // it may have ended by itself
	<-r.ended
	r.server = nil
}

func (r *reader) command(ctx context.Context, script string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", strings.ReplaceAll(script, "127.0.0.1:8000", "127.0.0.1:"+r.port))
	cmd.Dir = r.dir
	cmd.Env = append(r.env, "PWD="+r.dir)
	return cmd
}
