package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/retort-go/retort/jinja"
)

func TestLintTemplates(t *testing.T) {
	dir := writeTree(t, map[string]string{
		"templates/page.html": "{% extends 'base.html' %}\n{% block body %}\n  <a href={{ url_for('index') }}>{{ user.name | shout }}</a>\n{% endblock %}",
		"templates/base.html": "<body {{ g.theme }}>{% block body %}{% endblock %}{% trans %}Bye{% endtrans %}{% do [].append(1) %}",
		"good/page.html":      "<p title=\"{{ x }}\">{{ get_flashed_messages() }}{{ csrf_token() }}{% include 'retort/form.html' %}",
		"unsafe/page.html":    "<p title={{ x | trim }}>",
		"empty/.keep":         "",
	})
	const page = `unsafe/page.html:1:13: warning T001: the value stands at the start of an unquoted attribute value: a blank in it begins another attribute
  1 | <p title={{ x | trim }}>
    |             ^
  contextual: writes blanks, quotes, = and ` + "`" + ` as character references, so that it stays one value
  cure: put quotes around the attribute's value

1 finding in 1 template, 0 errors.
`
	for _, tt := range []struct {
		args        string
		out, errOut string // what is in there
		code        int
	}{
		{"good", "0 findings in 0 templates, 0 errors.\n", "", 0},
		{"empty", "0 findings in 0 templates, 0 errors.\n", "", 0},
		{"good --format json", "[]\n", "", 0},
		{"unsafe", page, "", 0},
		{"", "templates/base.html:1:12: error T007", "retort: 2 of 3 findings are errors", 1},
		{"", "templates/page.html:3:49: error T018: there is no filter shout", "", 1},
		{"--known shout", "2 findings in 2 templates, 1 error.", "1 of 2", 1},
		{"nowhere", "", "nowhere", 1},
		{"good unsafe", "", "one folder", 2},
		{"--format xml good", "", "json, text", 2},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Chdir(dir)
			out, errOut, code := runWith(t, "", append([]string{"lint-templates"}, strings.Fields(tt.args)...)...)
			if !strings.Contains(out, tt.out) || !strings.Contains(errOut, tt.errOut) || code != tt.code {
				t.Errorf("got %s\nstandard error %s, status %d; want %q, %q, %d", out, errOut, code, tt.out, tt.errOut, tt.code)
			}
		})
	}
}

func TestLintTemplatesJSON(t *testing.T) {
	t.Chdir(writeTree(t, map[string]string{"templates/a/b.html": "\n<a onclick='{{ x }}'>"}))
	out, errOut, code := runWith(t, "", "lint-templates", "--format", "json")
	var found []jinja.Finding
	if err := json.Unmarshal([]byte(out), &found); err != nil || code != 0 || len(found) != 1 {
		t.Fatalf("got %s, %v, status %d: %s", out, err, code, errOut)
	}
	f := found[0]
	if f.ID != "T003" || f.Level != "warning" || f.Template != "templates/a/b.html" || f.Line != 2 || f.Col != 16 || f.Contextual == "" || f.Cure == "" {
		t.Errorf("got %+v", f)
	}
	for _, key := range []string{`"id": "T003"`, `"level"`, `"file"`, `"line": 2`, `"col"`, `"message"`, `"excerpt"`, `"contextual"`, `"cure"`} {
		if !strings.Contains(out, key) {
			t.Errorf("no %s in %s", key, out)
		}
	}
}

// The example of docs/explanation/templates.md prints what stands there.
func TestLintTemplatesDocument(t *testing.T) {
	doc, err := os.ReadFile("../../docs/explanation/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(doc), "```console\n$ cat templates/link.html\n")
	block, _, _ = strings.Cut(block, "```")
	source, want, found := strings.Cut(block, "$ retort lint-templates\n")
	if !found {
		t.Fatal("the document has no example")
	}
	want, _, _ = strings.Cut(want, "…")
	t.Chdir(writeTree(t, map[string]string{"templates/link.html": source}))
	if out, _, _ := runWith(t, "", "lint-templates"); !strings.HasPrefix(out, want) {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}
