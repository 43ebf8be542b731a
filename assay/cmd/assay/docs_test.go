package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

// TestUse holds docs/assay/use.md to what the command does.
func TestUse(t *testing.T) {
	doc := followDocument(t, "use.md")
	for _, k := range ioc.Kinds() {
		if !strings.Contains(doc, "`"+string(k)+"`") {
			t.Errorf("the document does not name the kind %s", k)
		}
	}
}

// followDocument runs the examples of a document in docs/assay, and returns its
// text. "$ cat FILE" says what is in a file; … stands for the rest of a line.
func followDocument(t *testing.T, name string) string {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "assay", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	examples := 0
	for i, block := range strings.Split(string(doc), "```") {
		body, ok := strings.CutPrefix(block, "console\n")
		if i%2 == 0 || !ok {
			continue
		}
		for command := range strings.SplitSeq(strings.TrimPrefix(body, "$ "), "\n$ ") {
			line, want, _ := strings.Cut(command, "\n")
			if want != "" {
				want = strings.TrimSuffix(want, "\n") + "\n"
			}
			if name, ok := strings.CutPrefix(line, "cat "); ok {
				if err := os.WriteFile(name, []byte(want), 0o600); err != nil {
					t.Fatal(err)
				}
				continue
			}
			examples++
			checkExample(t, line, want)
		}
	}
	if examples < 5 {
		t.Errorf("got %d examples, want them all", examples)
	}
	return string(doc)
}

// TestFormats holds docs/assay/formats.md to what the command does.
func TestFormats(t *testing.T) {
	doc := followDocument(t, "formats.md")
	for _, f := range report.Formats() {
		if !strings.Contains(doc, "`"+f.Name+"`") {
			t.Errorf("the document does not name the format %s", f.Name)
		}
		switch f.Name {
		case "jsonl", "sha1", "sha256": // the default, and as md5
		default:
			if !strings.Contains(doc, "\n$ assay extract --format "+f.Name+" ") {
				t.Errorf("the document has no example of the format %s", f.Name)
			}
		}
	}
}

// words are those of a command line; what stands in '…' is one.
func words(command string) []string {
	var list []string
	for i, part := range strings.Split(command, "'") {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}

func checkExample(t *testing.T, line, want string) {
	t.Helper()
	command, file, redirected := strings.Cut(line, " > ")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), words(command), stdio{in: strings.NewReader(""), out: &stdout, err: &stderr}); code != 0 {
		t.Errorf("%s: exit code %d, %s", line, code, &stderr)
	}
	if redirected {
		if err := os.WriteFile(file, stdout.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		stdout.Reset()
	}
	got, lines := strings.SplitAfter(stdout.String()+stderr.String(), "\n"), strings.SplitAfter(want, "\n")
	if len(got) != len(lines) {
		t.Errorf("%s: got\n%swant\n%s", line, stdout.String()+stderr.String(), want)
		return
	}
	for i := range lines {
		start, open := strings.CutSuffix(lines[i], "…\n")
		if got[i] != lines[i] && (!open || !strings.HasPrefix(got[i], start)) {
			t.Errorf("%s: got\n%swant\n%s", line, got[i], lines[i])
		}
	}
}
