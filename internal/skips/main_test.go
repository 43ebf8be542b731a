package main

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
		ok             bool
	}{
		{"nothing", "", "", false},
		{"go's own words", "go: no such module\n", "go: no such module\n", false},
		{"one passed", `
			{"Action":"start","Package":"a"}
			{"Action":"output","Package":"a","Test":"TestA","Output":"=== RUN   TestA\n"}
			{"Action":"output","Package":"a","Test":"TestA","Output":"    a_test.go:3: a remark\n"}
			{"Action":"pass","Package":"a","Test":"TestA"}
			{"Action":"output","Package":"a","Output":"PASS\n"}
			{"Action":"output","Package":"a","Output":"ok  \ta\t0.1s\n"}
			{"Action":"pass","Package":"a"}`, "ok  \ta\t0.1s\n", true},
		{"one failed", `
			{"Action":"output","Package":"a","Test":"TestA","Output":"=== RUN   TestA\n"}
			{"Action":"output","Package":"a","Test":"TestA","Output":"    a_test.go:3: got 1, want 2\n"}
			{"Action":"fail","Package":"a","Test":"TestA"}
			{"Action":"pass","Package":"a","Test":"TestB"}
			{"Action":"output","Package":"a","Output":"FAIL\ta\t0.1s\n"}
			{"Action":"fail","Package":"a"}`, "=== RUN   TestA\n    a_test.go:3: got 1, want 2\nFAIL\ta\t0.1s\n", false},
		{"the program ended within a test", `
			{"Action":"pass","Package":"b"}
			{"Action":"output","Package":"a","Test":"TestA","Output":"panic: oh\n"}
			{"Action":"fail","Package":"a"}`, "panic: oh\n", false},
		{"it does not compile", `
			{"ImportPath":"a","Action":"build-output","Output":"a.go:1:1: undefined: x\n"}
			{"ImportPath":"a","Action":"build-fail"}
			{"Action":"pass","Package":"b"}`, "a.go:1:1: undefined: x\n", false},
		{"some were skipped", `
			{"Action":"output","Package":"github.com/retort-go/retort/a","Test":"TestA","Output":"=== RUN   TestA\n"}
			{"Action":"output","Package":"github.com/retort-go/retort/a","Test":"TestA","Output":"    a_test.go:2: looking\n"}
			{"Action":"output","Package":"github.com/retort-go/retort/a","Test":"TestA","Output":"    a_test.go:3: no browser here:\n"}
			{"Action":"output","Package":"github.com/retort-go/retort/a","Test":"TestA","Output":"        install one\n"}
			{"Action":"output","Package":"github.com/retort-go/retort/a","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
			{"Action":"skip","Package":"github.com/retort-go/retort/a","Test":"TestA"}
			{"Action":"pass","Package":"github.com/retort-go/retort/a"}`, "\nSkipped, and why:\n  no browser here: install one\n      TestA in retort/a\n", true},
	} {
		var out strings.Builder
		if ok := run(strings.NewReader(strings.ReplaceAll(strings.TrimPrefix(tt.in, "\n"), "\t\t\t{", "{")), &out); ok != tt.ok || out.String() != tt.want {
			t.Errorf("%s: got %v and\n%s\nwant %v and\n%s", tt.name, ok, out.String(), tt.ok, tt.want)
		}
	}
}
