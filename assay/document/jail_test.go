package document

import (
	"strings"
	"testing"
)

// A program that has not called ServeJail would start itself, its tests, or its
// server once more.
func TestNotServed(t *testing.T) {
	served.Store(false)
	defer served.Store(true)
	_, err := Read(t.Context(), strings.NewReader("PK\x03\x04"), Options{})
	if err == nil || !strings.Contains(err.Error(), "ServeJail") {
		t.Errorf("got %v, want the cure", err)
	}
}

// The parent believes nothing that a child says.
func TestListen(t *testing.T) {
	part := `{"Part":{"Path":["a"]}}` + "\n"
	for _, tt := range []struct {
		name, said string
		done       bool
		text       string
	}{
		{"done", part + `{"Text":"x"}` + "\n" + `{"Done":true}` + "\n", true, "x"},
		{"broken off", part + `{"Text":"x"}` + "\n", false, "x"},
		{"no JSON", part + "x\n", false, ""},
		{"an empty message", "{}\n", false, ""},
		{"text of no part", `{"Text":"x"}` + "\n", false, ""},
		{"a part of no file", `{"Part":{}}` + "\n", false, ""},
		{"a part too deep", `{"Part":{"Path":["a","b","c","d","e","f"]}}` + "\n", false, ""},
		{"too much text", part + strings.Repeat(`{"Text":"1234567"}`+"\n", 2), false, "1234567"},
		{"too many parts", strings.Repeat(part, 4), false, ""},
		{"too long a line", `{"Text":"` + strings.Repeat("x", maxLine) + `"}` + "\n", false, ""},
	} {
		c := &collector{root: "a", limits: Limits{Text: 10, Parts: 3}}
		done, err := listen(strings.NewReader(tt.said), c)
		d, _ := c.result()
		text := ""
		for _, p := range d.Parts {
			text += p.Text
		}
		if done != tt.done || (err == nil) != tt.done || text != tt.text || len(d.Parts) > 3 {
			t.Errorf("%s: got %t, %v, %q", tt.name, done, err, text)
		}
	}
}

// Names and messages of a child are shown on terminals and pages.
func TestListenCleans(t *testing.T) {
	c := &collector{root: "a", limits: Limits{Text: 10, Parts: 3, Depth: 2}}
	_, _ = listen(strings.NewReader(`{"Part":{"Path":["a\u001b[2J"],"Section":"`+strings.Repeat("s", 9999)+`","Page":-7,"MediaType":"x\ny"}}`+"\n"+
		`{"Skip":["a","\u202eb"],"MediaType":"x"}`+"\n"+`{"Problem":{"Path":["a"],"Limit":"x\ny","Text":"`+strings.Repeat("t", 9999)+`\u001b"}}`+"\n"), c)
	d, err := c.result()
	if len(d.Parts) != 1 || len(d.Skipped) != 1 || err == nil {
		t.Fatalf("got %+v %v", d, err)
	}
	p := d.Parts[0]
	all := p.Name() + p.MediaType + d.Skipped[0] + err.Error()
	if p.Page != 0 || len(all) > 1500 || strings.ContainsAny(all, "\x1b\n\u202e") {
		t.Errorf("got page %d, %q", p.Page, all)
	}
}

func TestReadRequest(t *testing.T) {
	for _, line := range []string{"", "{", "{}", `{"Limits":{"Input":1},"Size":2}` + "\n", `{"Size":-1}` + "\n", strings.Repeat("x", 100_000)} {
		var stderr strings.Builder
		if code := serveJail(strings.NewReader(line), &strings.Builder{}, &stderr); code == 0 || stderr.Len() == 0 {
			t.Errorf("%.20q: got %d %q, want a refusal", line, code, &stderr)
		}
	}
}
