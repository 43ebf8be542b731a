package document

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// jailArgument is what the program is started with to become a jail.
const jailArgument = "--assay-document-jail"

// served says that ServeJail was called: only then is the program safe to be
// started again as a jail. Another one would do its own work once more.
var served atomic.Bool

// slots bounds the children of this process: each may take as much memory as
// its limits grant, and one more than there are processors ends none sooner.
var slots = make(chan struct{}, max(2, runtime.NumCPU()))

// ServeJail turns the process into a jail that reads one document and ends, if
// [Read] started it for that. Else it returns at once. Call it first in main,
// before flags are looked at, and in the TestMain of tests that read documents.
func ServeJail() {
	if len(os.Args) == 2 && os.Args[1] == jailArgument {
		os.Exit(serveJail(os.Stdin, os.Stdout, os.Stderr))
	}
	served.Store(true)
}

// request is the line that the document follows on the child's standard input.
type request struct {
	Name   string
	Limits Limits
	Size   int64
}

// message is a line of the child's standard output: one of the fields.
type message struct {
	Part *partMessage `json:",omitempty"`
	Text string       `json:",omitempty"` // more of the last part's text
	Skip []string     `json:",omitempty"`
	// MediaType is that of what was skipped.
	MediaType string        `json:",omitempty"`
	Problem   *errorMessage `json:",omitempty"`
	Done      bool          `json:",omitempty"`
}

type partMessage struct {
	Path               []string
	Section, MediaType string `json:",omitempty"`
	Page               int    `json:",omitempty"`
}

type errorMessage struct {
	Path  []string
	Limit Limit `json:",omitempty"`
	Text  string
	Ended bool `json:",omitempty"`
}

const (
	chunk   = 32 << 10     // of text in one message
	maxLine = 8*chunk + 64 // JSON needs up to six bytes for one
)

// runJail has a document read by a child and gives what it says to c. Errors of
// the document, the child's end among them, go to c; the error is ctx's or one
// of starting the child.
func runJail(ctx context.Context, data []byte, name string, limits Limits, c *collector) error {
	if !served.Load() {
		return errors.New("document: the program does not call document.ServeJail in main, so it cannot read documents safely")
	}
	head, err := json.Marshal(request{name, limits, int64(len(data))})
	if err != nil {
		return err
	}
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	timed, cancel := context.WithTimeout(ctx, wallTime(limits.Time))
	defer cancel()
	var stderr tail
	cmd, stdout, err := startJail(timed, io.MultiReader(bytes.NewReader(append(head, '\n')), bytes.NewReader(data)), &stderr)
	if err != nil {
		return fmt.Errorf("start the reader of documents: %w", err)
	}
	done, heard := listen(stdout, c)
	if !done {
		_ = cmd.Process.Kill() // it has ended, or nobody listens to it any more
	}
	ended := cmd.Wait()
	if done {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	death := &Error{Path: []string{name}, ended: true}
	death.Limit, death.Err = c.autopsy(timed, heard, ended, cmd, stderr.String())
	return c.problem(death)
}

// startJail starts the child, with as much isolation as the system grants.
func startJail(ctx context.Context, stdin io.Reader, stderr io.Writer) (*exec.Cmd, io.Reader, error) {
	self, err := selfPath()
	if err != nil {
		return nil, nil, err
	}
	var first error
	for _, attr := range isolations() {
		cmd := exec.CommandContext(ctx, self, jailArgument) //nolint:gosec // the program itself
		cmd.Env = []string{}                                // not nil, which would be the parent's
		cmd.Dir = rootFolder
		cmd.Stdin, cmd.Stderr, cmd.SysProcAttr = stdin, stderr, attr
		cmd.WaitDelay = 2 * time.Second
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			return nil, nil, err
		}
		if err = cmd.Start(); err == nil {
			return cmd, stdout, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, nil, first
}

// listen gives what the child says to c until it is done, breaks off, or says
// something that a child never would.
func listen(stdout io.Reader, c *collector) (done bool, err error) {
	lines := bufio.NewReaderSize(stdout, maxLine)
	for {
		line, err := lines.ReadSlice('\n') // a longer one is an error
		if err != nil {
			return false, err
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			return false, err
		}
		if m.Done {
			return true, nil
		}
		if err := m.tell(c); err != nil {
			return false, err
		}
	}
}

// tell hands a message on. What is in it is shown to people, so it is cleaned
// here too: a child that was taken over would not do so.
func (m *message) tell(c *collector) error {
	switch {
	case m.Part != nil:
		path, ok := c.path(m.Part.Path)
		if !ok {
			break
		}
		return c.begin(Part{Path: path, Section: cleanName(m.Part.Section), Page: max(0, m.Part.Page), MediaType: cleanName(m.Part.MediaType)})
	case m.Text != "":
		return c.text(m.Text)
	case m.Skip != nil:
		path, ok := c.path(m.Skip)
		if !ok {
			break
		}
		return c.skip(path, cleanName(m.MediaType))
	case m.Problem != nil:
		path, ok := c.path(m.Problem.Path)
		if !ok {
			break
		}
		return c.problem(&Error{Path: path, Limit: Limit(cleanName(string(m.Problem.Limit))), Err: errors.New(clip(m.Problem.Text)), ended: m.Problem.Ended})
	}
	return errors.New("a message that no reader sends")
}

// path cleans the way to a file. A reader goes one file beyond the limit of
// depth, to say that it was hit, and names one within that.
func (c *collector) path(path []string) (clean []string, ok bool) {
	if len(path) == 0 || len(path) > c.limits.Depth+3 {
		return nil, false
	}
	clean = make([]string, len(path))
	for i, name := range path {
		clean[i] = cleanName(name)
	}
	return clean, true
}

// outOfMemory is what Go and the C library say when there is none, for the stack
// of a thread among others.
var outOfMemory = regexp.MustCompile(`out of memory|cannot allocate memory|new OS thread|pthread_create failed`)

// autopsy says what the child died of.
func (c *collector) autopsy(ctx context.Context, heard, ended error, cmd *exec.Cmd, stderr string) (Limit, error) {
	limits := &c.limits
	killed, used := false, time.Duration(0)
	if state := cmd.ProcessState; state != nil && !state.Exited() {
		killed, used = ended != nil && ended.Error() == "signal: killed", state.UserTime()+state.SystemTime()
	}
	switch {
	case errors.Is(heard, errEnough):
		return LimitText, fmt.Errorf("more than %s in more than %d parts", size(limits.Text), limits.Parts)
	case outOfMemory.MatchString(stderr):
		return LimitMemory, fmt.Errorf("more than %s", size(limits.Memory))
	case strings.Contains(stderr, "stack exceeds"):
		return LimitDepth, errors.New("its reader's stack overflowed")
	case ctx.Err() != nil:
		return LimitTime, fmt.Errorf("no end after %v", wallTime(limits.Time))
	case killed && used > cpuTime(limits.Time)/2: // the kernel counts by the tick, and more than it tells
		return LimitTime, fmt.Errorf("more than %v of computing", cpuTime(limits.Time))
	case killed && errors.Is(heard, io.EOF): // not by the parent, so by a system that has no memory left
		return LimitMemory, errors.New("the system ended its reader")
	case ended != nil && stderr != "":
		line, _, _ := strings.Cut(stderr, "\n")
		return "", fmt.Errorf("its reader ended with: %s (%w)", cleanName(line), ended)
	case ended != nil:
		return "", fmt.Errorf("its reader ended with: %w", ended)
	}
	return "", fmt.Errorf("its reader broke off: %w", heard)
}

// cpuTime is how long the child may compute. The kernel counts whole seconds.
func cpuTime(limit time.Duration) time.Duration { return max(time.Second, limit.Round(time.Second)) }

// wallTime is how long the child may exist: longer, for on a busy machine it
// waits for processors, and what can be read of a document should not depend
// on what else is running.
func wallTime(limit time.Duration) time.Duration { return 4 * max(time.Second, limit) }

// tail keeps the start of what is written: the child's last words, of which the
// first say most.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	const most = 4 << 10
	t.b = append(t.b, p[:min(len(p), most-min(most, len(t.b)))]...)
	return len(p), nil
}

func (t *tail) String() string { return string(t.b) }
