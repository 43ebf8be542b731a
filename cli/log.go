package cli

import (
	"bytes"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

const (
	keptLines   = 1000
	logPatience = 100 * time.Millisecond
)

// A LogWriter is where a program logs that goes on when nobody takes its log, as
// from a pipe whose reader hangs: a line waits 100 ms, the next thousand are kept,
// and what is beyond is counted and told of later. While lines are taken, each is
// written when Write returns, so that none is lost when the program ends right
// after. [Program.Main] logs to standard error through one.
//
// Write is for one line at a time, as package log and slog's handlers call it.
type LogWriter struct {
	to    io.Writer
	lines chan logLine
	stuck atomic.Bool
	lost  atomic.Int64
}

type logLine struct {
	text    []byte
	written chan struct{}
}

// NewLogWriter returns a LogWriter that writes to w for as long as the program
// runs.
func NewLogWriter(w io.Writer) *LogWriter {
	l := &LogWriter{to: w, lines: make(chan logLine, keptLines)}
	go l.run()
	return l
}

// Write implements io.Writer. It does not fail: there is nowhere to say so.
func (w *LogWriter) Write(p []byte) (int, error) {
	line := logLine{bytes.Clone(p), make(chan struct{})}
	select {
	case w.lines <- line:
	default:
		w.lost.Add(1)
		return len(p), nil
	}
	if !w.stuck.Load() && !line.wait(logPatience) {
		w.stuck.Store(true)
	}
	return len(p), nil
}

func (l logLine) wait(atMost time.Duration) bool {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-l.written:
		return true
	case <-timer.C:
		return false
	}
}

func (w *LogWriter) run() {
	for line := range w.lines {
		_, _ = w.to.Write(line.text) // there is nowhere to say that it failed
		close(line.written)
		if len(w.lines) > 0 {
			continue
		}
		w.stuck.Store(false)
		if lost := w.lost.Swap(0); lost > 0 {
			_, _ = fmt.Fprintf(w.to, "%d lines of the log were lost: nothing read them\n", lost)
		}
	}
}

// Flush waits for what is kept, a second at most.
func (w *LogWriter) Flush() {
	last := logLine{nil, make(chan struct{})}
	select {
	case w.lines <- last:
		last.wait(time.Second)
	default: // as many as can be are stuck
	}
}
