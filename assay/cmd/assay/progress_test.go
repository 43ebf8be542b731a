package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

// clocked is an input that takes half a second for each read.
type clocked struct {
	now  time.Time
	left int
}

func (c *clocked) Read(p []byte) (int, error) {
	c.now = c.now.Add(500 * time.Millisecond)
	if c.left == 0 {
		return 0, io.EOF
	}
	c.left--
	return copy(p, strings.Repeat("x", 1000)), nil
}

func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		name           string
		errTTY, outTTY bool
		lines          int
	}{
		{"a person waits", true, false, 4}, // not in the first second
		{"the results are on the same screen", true, true, 0},
		{"nobody looks", false, false, 0},
	} {
		var stderr bytes.Buffer
		in := &clocked{now: time.Unix(0, 0), left: 4}
		found := 7
		p := progress{std: stdio{err: &stderr, errTTY: tt.errTTY, outTTY: tt.outTTY}, now: func() time.Time { return in.now }}
		p.start("proxy.log", 4000)
		if _, err := io.Copy(io.Discard, p.count(in, &found)); err != nil {
			t.Fatal(err)
		}
		p.clear()
		if got := strings.Count(stderr.String(), "proxy.log"); got != tt.lines {
			t.Errorf("%s: got %d lines in %q, want %d", tt.name, got, &stderr, tt.lines)
		}
		if tt.lines > 0 && (!strings.Contains(stderr.String(), "0 MB read, 7 found, 0 MB/s, 100% of proxy.log\x1b[?7h") || !strings.HasSuffix(stderr.String(), "\r\x1b[2K")) {
			t.Errorf("%s: got %q, want it to end at 100%% and be cleared", tt.name, &stderr)
		}
	}
}
