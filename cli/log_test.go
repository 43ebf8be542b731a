package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipe is a reader that can be stopped.
type pipe struct {
	stopped chan struct{} // while it is open
	got     bytes.Buffer
}

func (p *pipe) Write(b []byte) (int, error) {
	<-p.stopped
	return p.got.Write(b)
}

// Nobody waits for a log that is not read, and what is lost is told.
func TestLogNeverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pipe{stopped: make(chan struct{})}
		w := NewLogWriter(p)
		defer close(w.lines)
		began := time.Now()
		for i := range 3000 {
			if _, err := fmt.Fprintf(w, "line %d\n", i); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != logPatience {
			t.Errorf("writing took %v, want %v for the first line and nothing for the others", took, logPatience)
		}
		close(p.stopped)
		synctest.Wait()
		got := p.got.String()
		if !strings.HasPrefix(got, "line 0\nline 1\n") || !strings.HasSuffix(got, "line 1000\n1999 lines of the log were lost: nothing read them\n") {
			t.Errorf("got %d bytes: %.40q … %q", len(got), got, got[len(got)-80:])
		}
	})
}

// A line is written when Write returns: the program may end with it.
func TestLogIsWrittenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pipe{stopped: make(chan struct{})}
		close(p.stopped)
		w := NewLogWriter(p)
		defer close(w.lines)
		for i := range 3 {
			line := fmt.Sprintf("line %d\n", i)
			_, _ = w.Write([]byte(line))
			if !strings.HasSuffix(p.got.String(), line) {
				t.Errorf("%q is not written", line)
			}
		}
		w.Flush()
	})
}
