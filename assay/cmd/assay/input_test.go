package main

import (
	"strings"
	"testing"
)

func TestShow(t *testing.T) {
	for in, want := range map[string]string{
		"logs/proxy 1.log": "logs/proxy 1.log",
		"naïve.txt":        "naïve.txt",
		"x\x1b[2Jy":        `"x\x1b[2Jy"`,
		"a\nb":             `"a\nb"`,
	} {
		if got := show(in); got != want {
			t.Errorf("show(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestSome(t *testing.T) {
	names := strings.Split("abcdefgh", "")
	for n, want := range map[int]string{1: "a", 5: "a, b, c, d, e", 8: "a, b, c, d, e and 3 more"} {
		if got := some(names[:n]); got != want {
			t.Errorf("some(%d) = %q, want %q", n, got, want)
		}
	}
}
