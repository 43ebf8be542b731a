package syntax_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/syntax"
)

const suiteFile = "../../../../shared/data/jinja-suite.jsonl"

// suiteCase is a line of the recording of Jinja's own tests.
type suiteCase struct {
	Test      string
	Env       map[string]any
	Source    string
	Name      string
	Templates map[string]string
	Kind      string
	Error     *struct {
		Class, Message, Name string
		Lineno               int
	}
}

// TestSuite reads the templates of Jinja's own tests: each gives the recorded error, or none.
func TestSuite(t *testing.T) {
	read, failed := 0, 0
	for _, c := range suite(t) {
		s, ok := c.setup(c.Source)
		if !ok {
			continue
		}
		read++
		if c.Kind == "expression" || c.Kind == "compile_expression" {
			if _, err := ParseExpression(c.Source, &s.cfg); err != nil && c.Error == nil {
				t.Errorf("%s: %v", c.Test, err)
			}
			continue
		}
		sources := map[string]string{c.Name: c.Source}
		for name, source := range c.Templates {
			sources[name] = source
		}
		for name, source := range sources {
			_, err := Parse(name, source, &s.cfg)
			var bad *Error
			if !errors.As(err, &bad) {
				continue
			}
			failed++
			if c.Error == nil && name == c.Name {
				t.Errorf("%s: %v", c.Test, bad)
			}
			if c.Error == nil || c.Error.Name != name { // a test of several templates renders one
				continue
			}
			if bad.Msg != c.Error.Message || bad.Line != c.Error.Lineno || bad.Assertion != (c.Error.Class == "TemplateAssertionError") {
				t.Errorf("%s: got %q in line %d, want %s %q in line %d",
					c.Test, bad.Msg, bad.Line, c.Error.Class, c.Error.Message, c.Error.Lineno)
			}
		}
		if c.Error != nil && c.Error.Class == "TemplateSyntaxError" {
			if _, err := Parse(c.Error.Name, sources[c.Error.Name], &s.cfg); err == nil {
				t.Errorf("%s: no error, want %q", c.Test, c.Error.Message)
			}
		}
	}
	if read == 0 || failed == 0 {
		t.Fatalf("read %d cases, %d of them wrong: the recording has changed its form", read, failed)
	}
	t.Logf("%d cases, %d errors", read, failed)
}

func suite(t *testing.T) []suiteCase {
	f, err := os.Open(suiteFile)
	if err != nil {
		t.Skipf("the recording of Jinja's tests is not here: %v", err)
	}
	defer f.Close()
	var cases []suiteCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c suiteCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

// setup returns the source under the case's configuration, or false if that has extensions which are not Jinja's own.
func (c suiteCase) setup(source string) (setup, bool) {
	s := setup{Name: "t.html", Source: source, Options: map[string]any{}, Extensions: []string{}}
	names := map[string]string{
		"jinja2.ext.InternationalizationExtension": "i18n", "jinja2.ext.ExprStmtExtension": "do",
		"jinja2.ext.LoopControlExtension": "loopcontrols", "jinja2.ext.DebugExtension": "debug",
	}
	extensions, _ := c.Env["extensions"].([]any)
	for _, e := range extensions {
		if !s.set(names[e.(string)], "") {
			return s, false
		}
	}
	for key, value := range c.Env {
		switch v := value.(type) {
		case string:
			s.set(key, v)
		case bool:
			if v && key != "autoescape" {
				s.set(key, "")
			}
		case map[string]any:
			if key == "i18n" && v["newstyle"] == true {
				s.set("newstyle", "")
			}
			if v["ext.i18n.trimmed"] == true {
				s.set("trimmed", "")
			}
		}
	}
	return s, true
}
