package jinja_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort/jinja"
)

// rowsOf returns the cells of the table below the header in docs/explanation/templates.md.
func rowsOf(t *testing.T, header string) [][]string {
	t.Helper()
	doc, err := os.ReadFile("../docs/explanation/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(doc), "\n"+header+"\n")
	if !found {
		t.Fatalf("no table begins with %s", header)
	}
	var rows [][]string
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "| ") {
			if len(rows) > 0 {
				break
			}
			continue
		}
		cells := strings.Split(strings.ReplaceAll(strings.Trim(line, "| \n"), `\|`, "\x00"), " | ")
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(code(c), "\x00", "|")
		}
		rows = append(rows, cells)
	}
	return rows
}

// code is what stands in backticks, one or several.
func code(cell string) string {
	n := len(cell) - len(strings.TrimLeft(cell, "`"))
	if n == 0 {
		return cell
	}
	return cell[n : len(cell)-n]
}

// The table of places says what the engine does.
func TestDocumentedPlaces(t *testing.T) {
	rows := rowsOf(t, "| where | template | x | Jinja2 | contextual |")
	if len(rows) < 20 {
		t.Fatalf("got %d rows", len(rows))
	}
	for _, row := range rows {
		source, x, want := row[1], row[2], map[jinja.Mode]string{jinja.Compat: row[3], jinja.Contextual: row[4]}
		if row[4] == "the same" {
			want[jinja.Contextual] = row[3]
		}
		for mode, want := range want {
			got, err := render(newEnv(t, jinja.Config{Mode: mode}, nil), source, map[string]any{"x": x})
			if got != want || err != nil {
				t.Errorf("%s, mode %d: %s of %s gives %s, %v, want %s", row[0], mode, source, x, got, err, want)
			}
		}
	}
}

// The table of findings has all there are, with their levels.
func TestDocumentedRules(t *testing.T) {
	var got, want []string
	for _, row := range rowsOf(t, "| id | level | what is found |") {
		got = append(got, row[0]+" "+row[1])
	}
	for _, r := range jinja.LintRules() {
		want = append(want, r.ID+" "+r.Level)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The exceptions are files that exist.
func TestDocumentedFiles(t *testing.T) {
	doc, err := os.ReadFile("../docs/explanation/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\]\(\.\./\.\./jinja/([^)]+)\)`).FindAllStringSubmatch(string(doc), -1) {
		if _, err := os.Stat(m[1]); err != nil {
			t.Error(err)
		}
	}
}
