package docs

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "rewrite the documents from their sources")

const root = "../.."

// TestDocuments compares every quotation in the README, its neighbours and
// docs/ with its source. With -update it mends them instead.
func TestDocuments(t *testing.T) {
	tree := os.DirFS(root)
	total := 0
	for _, name := range documents(t, tree) {
		old, err := fs.ReadFile(tree, name)
		if err != nil {
			t.Fatal(err)
		}
		got, n, err := Quote(tree, string(old))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		total += n
		if got == string(old) {
			continue
		}
		if !*update {
			t.Errorf("%s: %s\nto update: go test ./internal/docs -update", name, firstDifference(string(old), got))
			continue
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: updated", name)
	}
	t.Logf("%d quotations", total)
}

func documents(t *testing.T, tree fs.FS) []string {
	t.Helper()
	names, err := fs.Glob(tree, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(tree, "docs", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(name) == ".md" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got " + g[i] + "\nwant " + w[i]
		}
	}
	return "the lengths differ"
}

var tree = fstest.MapFS{
	"hello/main.go": {Data: []byte(`package main

// main greets.
func main() {
	// docs: greeting
	if true {
		println("hi")
	}
	// docs: end
}

// T is a thing.
type T[P any] struct{}

// Do does.
func (t *T[P]) Do() {}

const a, b = 1, 2
`)},
	"hello/page.html": {Data: []byte("<ul>\n{#- docs: item #}\n  <li>{{ x }}</li>\n{# docs: end #}\n</ul>\n")},
	"open.txt":        {Data: []byte("# docs: part\nx\n")},
	"bad.go":          {Data: []byte("package\n")},
}

func TestQuote(t *testing.T) {
	for _, tt := range []struct{ source, want string }{
		{"hello/main.go#greeting", "if true {\n\tprintln(\"hi\")\n}"},
		{"hello/main.go#T", "type T[P any] struct{}"},
		{"hello/main.go#T.Do", "func (t *T[P]) Do() {}"},
		{"hello/main.go#b", "const a, b = 1, 2"},
		{"hello/page.html#item", "<li>{{ x }}</li>"},
		{"hello/page.html", "<ul>\n  <li>{{ x }}</li>\n</ul>"},
		{"hello/main.go#main", "func main() {\n\tif true {\n\t\tprintln(\"hi\")\n\t}\n}"},
	} {
		doc := func(code string) string {
			return "Text.\n\n<!-- " + tt.source + " -->\n```go\n" + code + "```\nMore.\n```sh\nmake\n```"
		}
		got, n, err := Quote(tree, doc("stale\n"))
		if want := doc(tt.want + "\n"); err != nil || n != 1 || got != want {
			t.Errorf("Quote of %s = %q, %d, %v, want %q, 1, nil", tt.source, got, n, err, want)
		}
		if again, _, err := Quote(tree, got); err != nil || again != got {
			t.Errorf("Quote of %s twice = %q, %v, want it unchanged", tt.source, again, err)
		}
	}
}

func TestQuoteLeavesOthers(t *testing.T) {
	doc := "<!-- a remark -->\n<!-- toc -->\n```go\nunnamed()\n```\n"
	if got, n, err := Quote(tree, doc); err != nil || n != 0 || got != doc {
		t.Errorf("Quote = %q, %d, %v, want it unchanged", got, n, err)
	}
}

func TestQuoteErrors(t *testing.T) {
	for _, tt := range []struct{ doc, want string }{
		{"<!-- gone.go -->\n```go\n```\n", "gone.go"},
		{"<!-- ../secret.go -->\n```go\n```\n", "../secret.go"},
		{"<!-- hello/main.go#nobody -->\n```go\n```\n", `no part "nobody"`},
		{"<!-- hello/main.go#main -->\n\nText.\n", "no code block follows"},
		{"<!-- hello/main.go#main -->", "no code block follows"},
		{"<!-- hello/main.go#main -->\n```go\nfor ever\n", "does not end"},
		{"<!-- open.txt#part -->\n```\n```\n", `no "docs: end"`},
		{"<!-- bad.go#x -->\n```\n```\n", "bad.go"},
	} {
		if _, _, err := Quote(tree, tt.doc); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Quote(%q) error = %v, want %q in it", tt.doc, err, tt.want)
		}
	}
}
