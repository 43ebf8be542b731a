package jinja

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A corpusCase is a case of testdata/corpus with its answer.
type corpusCase struct {
	conformanceCase
	file, title string
	line        int
	why         string // the comment above
	want        outcome
}

// TestCorpus holds the engine to what Python's Jinja2 makes of the templates in testdata/corpus, whose format fill.py
// explains there. Where the engine differs on purpose, exceptions.txt says why and what it does instead.
func TestCorpus(t *testing.T) { testCorpus(t, Compat, "exceptions.txt") }

// TestCorpusContextual holds contextual escaping to the same pages, except where contextual.txt says why they differ.
func TestCorpusContextual(t *testing.T) {
	testCorpus(t, Contextual, "exceptions.txt", "contextual.txt")
}

func testCorpus(t *testing.T, mode Mode, exceptions ...string) {
	excepted := map[string]*corpusCase{}
	for _, name := range exceptions {
		for _, c := range readCorpus(t, filepath.Join("testdata/corpus", name)) {
			if c.why == "" {
				t.Errorf("%s:%d: no reason is given", name, c.line)
			}
			excepted[c.title+"\x00"+c.Options+"\x00"+c.Source] = c
		}
	}
	files, err := filepath.Glob("testdata/corpus/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	total := 0
	for _, file := range files {
		rel, _ := filepath.Rel("testdata/corpus", file)
		rel = filepath.ToSlash(rel)
		t.Run(strings.TrimSuffix(rel, ".txt"), func(t *testing.T) {
			for _, c := range readCorpus(t, file) {
				total++
				key := rel + "\x00" + c.Options + "\x00" + c.Source
				got := c.run(mode)
				if x := excepted[key]; x != nil {
					if !got.equal(x.want) {
						t.Errorf("%s:%d: an exception\n got %s\nwant %s", rel, c.line, got, x.want)
					}
					if got.equal(c.want) && (mode == Compat || filepath.Base(x.file) == "contextual.txt") {
						t.Errorf("%s:%d: is an exception, but equal", x.file, x.line)
					}
					delete(excepted, key)
					continue
				}
				if !got.equal(c.want) {
					t.Errorf("%s:%d: %s\n%s\n got %s\nwant %s", rel, c.line, c.title, c.Source, got, c.want)
				}
			}
		})
	}
	for _, x := range excepted {
		t.Errorf("no case for the exception on line %d: %s", x.line, x.Source)
	}
	t.Logf("%d cases", total)
}

// readCorpus reads a file of cases.
func readCorpus(t *testing.T, file string) []*corpusCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := corpusReader{t: t, file: file}
	var outer corpusCase
	for i, line := range strings.Split(string(text), "\n") {
		r.line = i + 1
		switch {
		case strings.HasPrefix(line, "== "):
			r.endCase()
			if outer.title == "" {
				outer = r.current
				outer.title = "-"
			}
			r.current, r.why = outer, ""
			r.current.title = line[3:]
			r.current.Templates = maps.Clone(outer.Templates)
		case strings.HasPrefix(line, "@ "):
			r.endCase()
			r.template = line[2:]
		case strings.HasPrefix(line, "<"):
			if len(r.answer) > 0 {
				r.endCase()
			}
			r.source = append(r.source, line)
		case strings.HasPrefix(line, ">"), strings.HasPrefix(line, "!"):
			r.answer = append(r.answer, line)
		default:
			r.endCase()
			r.setting(line)
		}
	}
	r.endCase()
	return r.cases
}

type corpusReader struct {
	t        *testing.T
	file     string
	line     int
	current  corpusCase // what the next case begins with
	template string     // the name of the template that is read
	source   []string
	answer   []string
	why      string
	cases    []*corpusCase
}

func (r *corpusReader) setting(line string) {
	join := func(a *string, b string) {
		if *a != "" {
			*a += "\n"
		}
		*a += b
	}
	switch name, rest, _ := strings.Cut(line, ": "); {
	case line == "":
	case line[0] == '#':
		r.why = strings.TrimSpace(r.why + " " + strings.TrimSpace(line[1:]))
	case name == "options":
		join(&r.current.Options, rest)
	case name == "data":
		join(&r.current.Data, rest)
	default:
		r.t.Fatalf("%s:%d: %q is not understood", r.file, r.line, line)
	}
}

// endCase takes what was read since the last case for one, or for a template.
func (r *corpusReader) endCase() {
	if len(r.source) == 0 {
		return
	}
	source := r.text(r.source)
	if r.template != "" {
		templates := map[string]string{r.template: source}
		for name, text := range r.current.Templates {
			if name != r.template {
				templates[name] = text
			}
		}
		r.current.Templates = templates
	} else {
		c := r.current
		c.Source, c.file, c.line, c.why = source, r.file, r.line-len(r.answer)-len(r.source), r.why
		if len(r.answer) == 0 {
			r.t.Fatalf("%s:%d: no answer; run fill.py", r.file, c.line)
		}
		answer := r.text(r.answer)
		if r.answer[0][0] == '>' {
			c.want.Out = &answer
		} else {
			parts := strings.SplitN(answer, " ", 3)
			c.want.Error = &[3]string{parts[0], parts[1], parts[2]}
		}
		r.cases = append(r.cases, &c)
	}
	r.source, r.answer, r.template = nil, nil, ""
}

// text puts the lines of a text together.
func (r *corpusReader) text(lines []string) string {
	parts := make([]string, len(lines))
	for i, line := range lines {
		switch {
		case len(line) > 2 && line[1] == '=':
			if err := json.Unmarshal([]byte(line[3:]), &parts[i]); err != nil {
				r.t.Fatalf("%s:%d: %v", r.file, r.line, err)
			}
		case len(line) > 2:
			parts[i] = line[2:]
		}
	}
	return strings.Join(parts, "\n")
}
