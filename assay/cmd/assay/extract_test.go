package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// A person at a terminal is told what the program waits for and that it found
// nothing; a pipe is told nothing but results.
func TestWordsForATerminal(t *testing.T) {
	for _, tt := range []struct {
		name string
		std  stdio
		want []string
	}{
		{"terminal", stdio{inTTY: true, errTTY: true}, []string{"reading standard input; Ctrl-D ends it", "no indicators found"}},
		{"pipe", stdio{}, nil},
	} {
		var stdout, stderr bytes.Buffer
		tt.std.in, tt.std.out, tt.std.err = strings.NewReader("nothing"), &stdout, &stderr
		if code := run(t.Context(), []string{"assay", "extract"}, tt.std); code != 0 || stdout.Len() != 0 {
			t.Errorf("%s: got %d %q, want 0 and nothing", tt.name, code, &stdout)
		}
		if len(tt.want) == 0 && stderr.Len() != 0 {
			t.Errorf("%s: got %q, want silence", tt.name, &stderr)
		}
		for _, want := range tt.want {
			if !strings.Contains(stderr.String(), want) {
				t.Errorf("%s: got %q, want %q", tt.name, &stderr, want)
			}
		}
	}
}

// What was found before an input broke off is not lost.
func TestReadError(t *testing.T) {
	var stdout, stderr bytes.Buffer
	broken := errors.New("the disk is gone")
	in := iotest.ErrReader(broken)
	if code := run(t.Context(), []string{"assay", "extract"}, stdio{in: in, out: &stdout, err: &stderr}); code != 1 || !strings.Contains(stderr.String(), "standard input: the disk is gone") {
		t.Errorf("got %d %q, want 1 and the reason", code, &stderr)
	}
	stderr.Reset()
	half := &halfway{text: strings.Repeat("CVE-2021-44228 and more\n", 1000), err: broken}
	if code := run(t.Context(), []string{"assay", "extract", "--format", "text"}, stdio{in: half, out: &stdout, err: &stderr}); code != 1 || stdout.String() != "CVE-2021-44228\n" {
		t.Errorf("got %d %q, want 1 and what was found before", code, &stdout)
	}
}

// halfway gives a text and then an error.
type halfway struct {
	text string
	err  error
}

func (h *halfway) Read(p []byte) (int, error) {
	if h.text == "" {
		return 0, h.err
	}
	n := copy(p, h.text)
	h.text = h.text[n:]
	return n, nil
}

// An output that cannot be written is a failure, whatever was found.
func TestWriteError(t *testing.T) {
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"assay", "extract"}, stdio{in: strings.NewReader("CVE-2021-44228"), out: fullDisk{}, err: &stderr})
	if code != 1 || !strings.Contains(stderr.String(), "disk full") {
		t.Errorf("got %d %q, want 1 and the reason", code, &stderr)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestManyInputs gives documents, which are read ahead, between texts and what
// cannot be read: all of it is told in the order given.
func TestManyInputs(t *testing.T) {
	dir := t.TempDir()
	var names []string
	var want, problems strings.Builder
	for i := range 12 {
		name, text := fmt.Sprintf("%02d.eml", i), fmt.Sprintf("From: a@x%d.example\nSubject: CVE-2021-1%03d\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>hxxp://y%d[.]example</p>\n", i, i, i)
		kinds := "email url domain"
		switch i % 4 {
		case 1:
			name, text, kinds = fmt.Sprintf("%02d.txt", i), fmt.Sprintf("CVE-2022-2%03d", i), "cve"
		case 2:
			name, text, kinds = fmt.Sprintf("%02d.bin", i), "\x7fELF\x02\x01\x01\x00\x00\x00", ""
		case 3:
			name, kinds = fmt.Sprintf("%02d.missing", i), ""
		}
		name = filepath.Join(dir, name)
		names = append(names, name)
		if i%4 != 3 {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if kinds == "" {
			fmt.Fprintln(&problems, name)
		}
		var stdout, stderr bytes.Buffer // by itself; an empty file makes them several
		run(t.Context(), []string{"assay", "extract", name, os.DevNull}, stdio{out: &stdout, err: &stderr})
		for kind := range strings.FieldsSeq(kinds) {
			if !strings.Contains(stdout.String(), `"kind":"`+kind+`"`) {
				t.Fatalf("%s: no %s in %q, %q", name, kind, &stdout, &stderr)
			}
		}
		want.WriteString(stdout.String())
	}
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), append([]string{"assay", "extract"}, names...), stdio{out: &stdout, err: &stderr})
	if code != exitUsage || stdout.String() != want.String() {
		t.Errorf("got %d\n%s\nwant %d\n%s", code, &stdout, exitUsage, &want)
	}
	var said strings.Builder
	for line := range strings.Lines(stderr.String()) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "assay: "), ": ")
		fmt.Fprintln(&said, name)
	}
	if said.String() != problems.String() {
		t.Errorf("got problems with\n%s\nwant\n%s", &said, &problems)
	}
}
