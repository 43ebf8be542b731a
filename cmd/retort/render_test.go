package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRenderWithoutFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	var out, errOut bytes.Buffer
	code := run(t.Context(), []string{"retort", "render", "page.html"}, nil, &out, &errOut)
	if want := "there is no folder templates; --templates names"; code != 2 || !strings.Contains(errOut.String(), want) {
		t.Errorf("exit status %d, %q; want 2 with %q", code, &errOut, want)
	}
}

func TestRender(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"base.html":  "<b>{% block body %}{% endblock %}</b>",
		"page.html":  "{% extends 'base.html' %}{% block body %}{{ n }} {{ name }}{% for k in d %} {{ k }}{% endfor %}{% endblock %}\n",
		"plain.txt":  "{{ name }}",
		"broken.txt": "one\n{{ nmae.x }}\n",
		"syntax.txt": "{% if %}",
		"do.txt":     "{% do [].append(1) %}ok{% if true %}\n{% endif %}.\n",
		"bare.txt":   "{{ missing }}",
		"a.html.j2":  "{{ name }}",
		"a.svg":      "{{ name }}",
		"a.b.HTML":   "{{ name }}",
		"data.json":  `{"n": 123456789012345678901234567890, "name": "<x>", "d": {"z": 1, "a": 2.0}}`,
		"bad.json":   `{"n": 1`,
	})
	for _, tt := range []struct {
		args        string
		out, errOut string
		code        int
	}{
		{"page.html --data data.json", "<b>123456789012345678901234567890 &lt;x&gt; z a</b>", "", 0},
		{"--data data.json --autoescape off page.html", "<b>123456789012345678901234567890 <x> z a</b>", "", 0},
		{"--data data.json plain.txt", "<x>", "", 0},
		{"--data data.json --autoescape on plain.txt", "&lt;x&gt;", "", 0},
		{"--data - plain.txt", "stdin", "", 0},
		{"--data data.json a.html.j2", "&lt;x&gt;", "", 0},
		{"--data data.json --mode compat a.html.j2", "<x>", "", 0},
		{"--data data.json --mode compat a.svg", "<x>", "", 0},
		{"--data data.json --mode compat a.b.HTML", "&lt;x&gt;", "", 0},
		{"--undefined debug bare.txt", "{{ missing }}", "", 0},
		{"--undefined strict bare.txt", "", "UndefinedError: 'missing' is undefined", 1},
		{"--ext do,loopcontrols --trim-blocks --keep-trailing-newline do.txt", "ok.\n", "", 0},
		{"do.txt", "", "Encountered unknown tag 'do'", 1},
		{"--data data.json broken.txt", "", "2 | {{ nmae.x }}", 1},
		{"--data data.json broken.txt", "", "did you mean 'name'?", 1},
		{"syntax.txt", "", "at syntax.txt:1:", 1},
		{"pge.html", "", "TemplateNotFound: pge.html (did you mean 'page.html'?)", 1},
		{"--data nowhere.json bare.txt", "", "nowhere.json", 1},
		{"--data bad.json bare.txt", "", "unexpected end of data", 1},
		{"--mode fancy bare.txt", "", "compat, contextual, strict", 2},
		{"--ext nope bare.txt", "", `--ext knows no "nope"`, 2},
		{"--nope bare.txt", "", "-nope", 2},
		{"bare.txt plain.txt", "", "one template", 2},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Chdir(dir)
			var out, errOut bytes.Buffer
			args := append([]string{"retort", "render", "--templates", "."}, strings.Fields(tt.args)...)
			code := run(t.Context(), args, strings.NewReader(`{"name": "stdin"}`), &out, &errOut)
			if out.String() != tt.out || code != tt.code {
				t.Errorf("got %q, status %d, want %q, %d; standard error: %s", out.String(), code, tt.out, tt.code, &errOut)
			}
			if !strings.Contains(errOut.String(), tt.errOut) || tt.errOut == "" && errOut.Len() > 0 {
				t.Errorf("standard error is %q, want %q in it", errOut.String(), tt.errOut)
			}
		})
	}
}
