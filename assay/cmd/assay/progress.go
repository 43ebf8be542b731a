package main

import (
	"fmt"
	"io"
	"time"
)

// progress tells the person who waits how far a long input is read: one line
// on standard error that is drawn over, only when that is a terminal and the
// results go elsewhere.
type progress struct {
	std   stdio
	now   func() time.Time // the clock; nil means time.Now
	name  string
	size  int64 // -1 if it cannot be known
	read  int64
	total int64 // of all inputs

	begun, drawn time.Time
	shown        bool
}

const (
	patience = time.Second            // before the first line
	redraw   = 200 * time.Millisecond // between two
)

func (p *progress) clock() time.Time {
	if p.now != nil {
		return p.now()
	}
	return time.Now()
}

// start turns to the next input.
func (p *progress) start(name string, size int64) {
	p.name, p.size, p.read = name, size, 0
	if p.begun.IsZero() {
		p.begun = p.clock()
	}
}

// count returns a reader of r that draws the line when it is time.
func (p *progress) count(r io.Reader, found *int) io.Reader {
	if !p.wanted() {
		return r
	}
	return readFunc(func(b []byte) (int, error) {
		n, err := r.Read(b)
		p.add(int64(n), *found)
		return n, err
	})
}

func (p *progress) wanted() bool { return p.std.errTTY && !p.std.outTTY }

// add counts n bytes that were read.
func (p *progress) add(n int64, found int) {
	p.read += n
	p.total += n
	if now := p.clock(); p.wanted() && now.Sub(p.begun) >= patience && now.Sub(p.drawn) >= redraw {
		p.drawn, p.shown = now, true
		p.draw(now, found)
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }

// draw puts the name last and lets the terminal cut it off: a line that goes on
// below could not be drawn over.
func (p *progress) draw(now time.Time, found int) {
	const (
		mb              = 1e6
		wrapOff, wrapOn = "\x1b[?7l", "\x1b[?7h" // automatic line breaks, off and on
	)
	part := ""
	if p.size > 0 {
		part = fmt.Sprintf("%3d%% of ", min(100, p.read*100/p.size))
	}
	rate := float64(p.total) / mb / now.Sub(p.begun).Seconds()
	_, _ = fmt.Fprintf(p.std.err, "\r\x1b[2K"+wrapOff+"%.0f MB read, %d found, %.0f MB/s, %s%s"+wrapOn,
		float64(p.total)/mb, found, rate, part, show(p.name))
}

// clear takes the line away, so that something else can be said.
func (p *progress) clear() {
	if p.shown {
		_, _ = io.WriteString(p.std.err, "\r\x1b[2K")
		p.shown = false
	}
}
