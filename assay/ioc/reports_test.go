package ioc_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
)

// sections reads a txtar file: a comment, then "-- name --" lines with the
// text that follows each.
func sections(t *testing.T, file string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	name := ""
	for line := range strings.Lines(string(data)) {
		if n, ok := strings.CutPrefix(line, "-- "); ok {
			name = strings.TrimSuffix(strings.TrimSpace(n), " --")
			continue
		}
		parts[name] += line
	}
	return parts
}

func TestReports(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no reports: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			parts := sections(t, file)
			var matches, refused strings.Builder
			for _, m := range ioc.Unique(ioc.Options{Rejected: true}.Extract(parts["text"])) {
				if m.Rejected {
					refused.WriteString(m.Raw + " " + m.Reason + "\n")
				} else {
					matches.WriteString(string(m.Kind) + " " + m.Value + "\n")
				}
			}
			if got, want := matches.String(), parts["matches"]; got != want {
				t.Errorf("got matches\n%swant\n%s", got, want)
			}
			if got, want := refused.String(), parts["refused"]; got != want {
				t.Errorf("got refused\n%swant\n%s", got, want)
			}
		})
	}
}
