// Skips reads what `go test -json` prints and prints what `go test` does, and
// besides that which tests were skipped and why: go test keeps that to itself.
// It exits with 1 if a test failed, or if there was none.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if !run(os.Stdin, os.Stdout) {
		os.Exit(1)
	}
}

// event is a line of `go test -json` (see go doc test2json).
type event struct {
	Action, Package, Test, Output string
}

// name is one test of one package.
type name struct{ pkg, test string }

// run reports whether tests ran and none failed.
func run(in io.Reader, out io.Writer) bool {
	r := &reader{out: out, said: map[name][]string{}, why: map[string][]name{}}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		var e event
		if json.Unmarshal([]byte(line), &e) == nil {
			r.take(e)
		} else {
			r.print(line) // go's own words
		}
		if err != nil {
			break
		}
	}
	r.report()
	return r.failed == 0 && r.passed > 0
}

// A reader knows what the events so far say.
type reader struct {
	out            io.Writer
	said           map[name][]string // by tests whose end is not known yet
	why            map[string][]name // what was skipped, by its reason
	passed, failed int
}

func (r *reader) print(texts ...string) {
	for _, s := range texts {
		_, _ = io.WriteString(r.out, s) // nobody is left to tell
	}
}

func (r *reader) take(e event) {
	n := name{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		r.print(e.Output)
	case "build-fail":
		r.failed++
	case "output":
		if e.Test != "" {
			r.said[n] = append(r.said[n], e.Output)
		} else if e.Output != "PASS\n" {
			r.print(e.Output)
		}
	case "pass":
		r.passed++
		delete(r.said, n)
	case "skip":
		if e.Test != "" {
			reason := reasonIn(strings.Join(r.said[n], ""))
			r.why[reason] = append(r.why[reason], n)
		}
		delete(r.said, n)
	case "fail":
		r.failed++
		for _, ended := range r.unfinished(n) {
			r.print(r.said[ended]...)
			delete(r.said, ended)
		}
	}
}

// unfinished is the test that failed; or, where a package did, all in it that
// never ended: the program did before them.
func (r *reader) unfinished(failed name) []name {
	if failed.test != "" {
		return []name{failed}
	}
	var list []name
	for n := range r.said {
		if n.pkg == failed.pkg {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b name) int { return strings.Compare(a.test, b.test) })
	return list
}

// place is where a test says something: "    jail_test.go:43: ".
var place = regexp.MustCompile(`^\s*\w+\.go:\d+: `)

// reasonIn finds the reason in what a skipped test said: it stands behind its
// place, and goes on in lines that are indented deeper.
func reasonIn(output string) string {
	var reason []string
	for line := range strings.Lines(output) {
		if at := place.FindString(line); at != "" {
			reason = []string{strings.TrimSpace(line[len(at):])} // the last is it; before come remarks
		} else if reason != nil && strings.HasPrefix(line, "        ") {
			reason = append(reason, strings.TrimSpace(line))
		}
	}
	return strings.Join(reason, " ")
}

// report lists each reason with the tests that gave it.
func (r *reader) report() {
	const few = 3
	if len(r.why) > 0 {
		r.print("\nSkipped, and why:\n")
	}
	for _, reason := range slices.Sorted(maps.Keys(r.why)) {
		r.print("  ", reason, "\n")
		tests := r.why[reason]
		for _, n := range tests[:min(few, len(tests))] {
			r.print("      ", n.test, " in ", strings.TrimPrefix(n.pkg, "github.com/retort-go/"), "\n")
		}
		if len(tests) > few {
			r.print("      and ", strconv.Itoa(len(tests)-few), " more\n")
		}
	}
}
