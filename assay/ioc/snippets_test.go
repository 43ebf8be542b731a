package ioc_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
)

// floorSnippets is held over all snippets together.
const floorSnippets = 0.97

// A snippet is a piece of text and what is in it. The files in
// testdata/snippets have one theme each: lines of text, then a line "=> kind
// value" for each indicator, or "=> nothing". Hosts of URLs go without saying.
type snippet struct {
	text string
	want []string
}

func readSnippets(t *testing.T, file string) (list []snippet) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s snippet
	for line := range strings.Lines(string(data)) {
		want, ok := strings.CutPrefix(line, "=> ")
		switch {
		case ok:
			if want = strings.TrimSpace(want); want != "nothing" {
				s.want = append(s.want, want)
			} else if s.want == nil {
				s.want = []string{}
			}
			continue
		case s.want != nil:
			list = append(list, s)
			s = snippet{}
		case s.text == "" && strings.HasPrefix(line, "// "):
			continue
		}
		s.text += line
	}
	return append(list, s)
}

func TestSnippets(t *testing.T) {
	files, err := filepath.Glob("testdata/snippets/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no snippets: %v", err)
	}
	count, all := 0, map[string]*score{"ALL": {}}
	for _, file := range files {
		for _, s := range readSnippets(t, file) {
			count++
			var got []string
			for _, m := range ioc.Unique(ioc.Extract(s.text)) {
				if v := string(m.Kind) + " " + m.Value; m.Reason != "host of a URL" || slices.Contains(s.want, v) {
					got = append(got, v)
				}
			}
			tally := func(v string, field func(*score) *int) {
				kind, _, _ := strings.Cut(v, " ")
				if all[kind] == nil {
					all[kind] = &score{}
				}
				*field(all[kind])++
				*field(all["ALL"])++
			}
			for _, v := range s.want {
				if slices.Contains(got, v) {
					tally(v, func(s *score) *int { return &s.right })
					continue
				}
				tally(v, func(s *score) *int { return &s.missed })
				t.Logf("%s: missed %s in %q", filepath.Base(file), v, s.text)
			}
			for _, v := range got {
				if !slices.Contains(s.want, v) {
					tally(v, func(s *score) *int { return &s.wrong })
					t.Logf("%s: wrong %s in %q", filepath.Base(file), v, s.text)
				}
			}
		}
	}
	t.Logf("%d snippets\n%s", count, scoreTable("snippets", all))
	if got := all["ALL"].f1(); got < floorSnippets {
		t.Errorf("F1 over all snippets is %.4f, want at least %.2f", got, floorSnippets)
	}
}
