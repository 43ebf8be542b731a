package docs

import (
	"slices"
	"strings"
	"testing"
)

func TestSteps(t *testing.T) {
	got, err := Steps("Text.\n```console\n$ one\nout\n…\n$ two\n```\n<!-- file: a/b.go -->\n```go\npackage b\n```\n" +
		"<!-- edit: a/b.go -->\n```diff\n-package b\n+package c\n```\n<!-- hello/main.go#main -->\n```go\nx\n```\n")
	want := []Step{
		{Line: 3, Command: "one", Output: "out\n…\n"},
		{Line: 6, Command: "two"},
		{Line: 9, File: "a/b.go", Text: "package b\n"},
		{Line: 13, File: "a/b.go", Text: "-package b\n+package c\n", Edit: true},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestStepsErrors(t *testing.T) {
	for _, tt := range []struct{ doc, want string }{
		{"```go\nlost()\n```\n", "line 1: nothing says"},
		{"```console\nout\n```\n", "line 2: a block of commands begins"},
		{"```console\n$ x\n", "does not end"},
	} {
		if _, err := Steps(tt.doc); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Steps(%q) error = %v, want %q in it", tt.doc, err, tt.want)
		}
	}
}

func TestApply(t *testing.T) {
	const text = "a\nb\n\tc\n"
	for _, tt := range []struct{ diff, want string }{
		{" a\n+x\n", "a\nx\nb\n\tc\n"},
		{"-b\n+y\n \tc\n", "a\ny\n\tc\n"},
		{" z\n+x\n", ""},
		{"+x\n", ""},
		{"a\n", ""},
	} {
		if got, err := Apply(text, tt.diff); got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("Apply(%q) = %q, %v, want %q", tt.diff, got, err, tt.want)
		}
	}
}

func TestPrints(t *testing.T) {
	for _, tt := range []struct {
		got, want string
		ok        bool
	}{
		{"a.b\n", "a.b\n", true},
		{"axb\n", "a.b\n", false},
		{"ok  \thello\t0.1s\n", "ok  \thello\t…\n", true},
		{"one\ntwo\nthree\n", "one\n…\nthree\n", true},
		{"", "", true},
		{"more", "", false},
	} {
		if got := Prints(tt.got, tt.want); got != tt.ok {
			t.Errorf("Prints(%q, %q) = %t", tt.got, tt.want, got)
		}
	}
}
