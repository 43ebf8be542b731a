package syntax_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/syntax"
)

var update = flag.Bool("update", false, "write what the parser does into testdata; TestPython says whether that is right")

// A file of testdata is a list of cases:
//
//	=== title | options
//	source
//	---
//	the tree, or the error with its line and column
//
// Options are those of Config in Jinja's spelling (see set), "lines" to show the line of each node and "escapes" if the
// source is written with Go's escapes.
type example struct {
	title   string
	options string
	source  string
	want    string
}

func TestTrees(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			examples := readExamples(t, file)
			for i := range examples {
				e := &examples[i]
				got := e.got(t)
				if got != e.want && !*update {
					t.Errorf("%s:\n%s\ngot:\n%s\nwant:\n%s", e.title, e.source, got, e.want)
				}
				e.want = got
			}
			if *update {
				writeExamples(t, file, examples)
			}
		})
	}
}

func (e example) got(t *testing.T) string {
	s := e.setup(t)
	tree, err := Parse(s.Name, s.Source, &s.cfg)
	var bad *Error
	if errors.As(err, &bad) {
		class := "error"
		if bad.Assertion {
			class = "assertion"
		}
		return fmt.Sprintf("%s %d:%d: %s", class, bad.Line, bad.Col, bad.Msg)
	}
	body := dump(tree, s.lines)
	parts := split(body[1 : len(body)-1])
	if len(parts) == 1 {
		return "(empty)"
	}
	var b strings.Builder
	for _, stmt := range split(parts[1][1 : len(parts[1])-1]) {
		b.WriteString(pretty(stmt) + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// setup is a template with its configuration, for us and, as JSON, for dump.py.
type setup struct {
	Name       string         `json:"name"`
	Source     string         `json:"source"`
	Options    map[string]any `json:"options"`
	Extensions []string       `json:"extensions"`
	Newstyle   bool           `json:"newstyle"`
	Trimmed    bool           `json:"trimmed"`

	cfg   Config
	lines bool
}

func (e example) setup(t *testing.T) setup {
	s := setup{Name: "t.html", Source: e.source, Options: map[string]any{}, Extensions: []string{}}
	for _, word := range strings.Fields(e.options) {
		key, value, _ := strings.Cut(word, "=")
		if strings.HasPrefix(value, `"`) {
			var err error
			if value, err = strconv.Unquote(value); err != nil {
				t.Fatalf("%s: %s: %v", e.title, word, err)
			}
		}
		if key == "escapes" {
			unescaped, err := strconv.Unquote(`"` + strings.ReplaceAll(strings.ReplaceAll(e.source, `"`, `\"`), "\n", "") + `"`)
			if err != nil {
				t.Fatalf("%s: %v", e.title, err)
			}
			s.Source = unescaped
			continue
		}
		if !s.set(key, value) {
			t.Fatalf("%s: unknown option %q", e.title, word)
		}
	}
	return s
}

func (s *setup) set(key, value string) bool {
	texts := map[string]*string{
		"block_start_string": &s.cfg.BlockStart, "block_end_string": &s.cfg.BlockEnd,
		"variable_start_string": &s.cfg.VariableStart, "variable_end_string": &s.cfg.VariableEnd,
		"comment_start_string": &s.cfg.CommentStart, "comment_end_string": &s.cfg.CommentEnd,
		"line_statement_prefix": &s.cfg.LineStatementPrefix, "line_comment_prefix": &s.cfg.LineCommentPrefix,
		"newline_sequence": &s.cfg.NewlineSequence,
	}
	flags := map[string]*bool{
		"trim_blocks": &s.cfg.TrimBlocks, "lstrip_blocks": &s.cfg.LstripBlocks,
		"keep_trailing_newline": &s.cfg.KeepTrailingNewline,
	}
	extensions := map[string]*bool{
		"do": &s.cfg.Do, "loopcontrols": &s.cfg.LoopControls, "debug": &s.cfg.Debug, "i18n": &s.cfg.I18n,
	}
	switch {
	case texts[key] != nil:
		*texts[key] = value
		s.Options[key] = value
	case flags[key] != nil:
		*flags[key] = true
		s.Options[key] = true
	case extensions[key] != nil:
		*extensions[key] = true
		s.Extensions = append(s.Extensions, key)
	case key == "newstyle":
		s.cfg.I18nNewstyle, s.Newstyle = true, true
	case key == "trimmed":
		s.cfg.I18nTrimmed, s.Trimmed = true, true
	case key == "lines":
		s.lines = true
	default:
		return false
	}
	return true
}

func readExamples(t *testing.T, file string) []example {
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	for _, part := range strings.Split("\n"+string(content), "\n=== ")[1:] {
		head, rest, _ := strings.Cut(part, "\n")
		title, options, _ := strings.Cut(head, " | ")
		source, want, _ := strings.Cut("\n"+rest, "\n---\n")
		all = append(all, example{title, options, strings.TrimPrefix(source, "\n"), strings.TrimRight(want, "\n")})
	}
	return all
}

func writeExamples(t *testing.T, file string, all []example) {
	var b strings.Builder
	for i, e := range all {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("=== " + e.title)
		if e.options != "" {
			b.WriteString(" | " + e.options)
		}
		b.WriteString("\n" + e.source + "\n---\n" + e.want + "\n")
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
