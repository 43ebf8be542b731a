package web

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// check holds what a page of results promises, however closely one looks: the
// source text is whole, each mark is there once and leads to a row, each place
// leads to a mark.
func check(t *testing.T, text string) {
	t.Helper()
	closer, err := newLens("all", true, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []lens{{}, closer} {
		checkPage(t, text, newResults(&submission{text: text, mode: offline, lens: l, upload: &upload{}}))
	}
}

func checkPage(t *testing.T, text string, r *results) {
	t.Helper()
	var lines []string
	marks, refs := map[int]int{}, map[int]bool{}
	var read func([]span) string
	read = func(spans []span) string {
		var b strings.Builder
		for _, s := range spans {
			if s.Mark != 0 {
				marks[s.Mark]++
			}
			if s.Ref != 0 {
				refs[s.Ref] = true
			}
			b.WriteString(s.Text)
			b.WriteString(read(s.Parts))
		}
		return b.String()
	}
	for _, line := range r.Sheets[0].Lines {
		lines = append(lines, read(line))
	}
	var want []string
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		want = append(want, visible(strings.TrimSuffix(line, "\r")))
	}
	// A carriage return at the end of a plain stretch is dropped, one elsewhere shown.
	if got, want := strings.ReplaceAll(strings.Join(lines, "\n"), "␍", ""), strings.ReplaceAll(strings.Join(want, "\n"), "␍", ""); got != want {
		t.Errorf("%q: the source reads %q, want %q", text, got, want)
	}
	rows := append([]*row(nil), r.Refused...)
	for _, g := range r.Groups {
		rows = append(rows, g.Rows...)
	}
	ids := map[int]bool{}
	for _, w := range rows {
		ids[w.ID] = true
		for _, p := range append(w.Places, w.More...) {
			if r.Unmarked == 0 && marks[p.Mark] != 1 {
				t.Errorf("%q: %s leads to mark %d, which is there %d times", text, w.Value, p.Mark, marks[p.Mark])
			}
			if p.Line < 1 || p.Line > r.LineCount {
				t.Errorf("%q: %s is in line %d of %d", text, w.Value, p.Line, r.LineCount)
			}
		}
	}
	for ref := range refs {
		if !ids[ref] {
			t.Errorf("%q: a mark leads to row %d, which is nowhere", text, ref)
		}
	}
	for _, l := range lines {
		if !utf8.ValidString(l) {
			t.Errorf("%q: the source is not UTF-8", text)
		}
	}
}

var sources = []string{
	"",
	"\n",
	"one line",
	"evil[.]com",
	"a evil[.]com b\nhxxp://evil[.]com/x evil[.]com\n\n",
	"hxxps[://]user@evil[.]com:80/a,http://a.com/http://b.com\r\nnext",
	"report.zip and http://evil.com/report.zip",
	"\xff\xfe evil[.]com \x00 \u202e",
	"1.2.3.4,5.6.7.8\r\n\r\nCVE-2021-44228",
	"に接続。ハッシュ44d88612fea8a8f36de82e1278abb02fを検出", // a host name refused where a hash begins
	`C:\a\invoice.zip /tmp/evil.com/report.zip HKLM\Software\evil.com`,
	"aHR0cDovL25lc3RlZC5leGFtcGxlLmNvbS9wYXlsb2FkLmV4ZSBh\nbmQgMjAzLjAuMTEzLjUwIGFuZCBldmlsLmNvbQ==",
}

func TestSource(t *testing.T) {
	for _, text := range sources {
		check(t, text)
	}
}

func FuzzSource(f *testing.F) {
	for _, text := range sources {
		f.Add(text)
	}
	f.Fuzz(check)
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain, naïve, 中文\t":       "plain, naïve, 中文\t",
		"a\x00b\x1b[0m\x7f":        "a␀b␛[0m␡",
		"evil\u202egpj.exe":        "evil⟨U+202E⟩gpj.exe",
		"goo\u200bgle.com":         "goo⟨U+200B⟩gle.com",
		"soft\u00adhyphen":         "soft⟨U+00AD⟩hyphen",
		"\u0085\ufeff":             "⟨U+0085⟩⟨U+FEFF⟩",
		"caf\xe9":                  "caf\uFFFD",
		"\u2028\u2066\u206f\u061c": "⟨U+2028⟩⟨U+2066⟩⟨U+206F⟩⟨U+061C⟩",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestBytesText(t *testing.T) {
	for n, want := range map[int]string{0: "0 bytes", 1: "1 byte", 1023: "1023 bytes", 1024: "1 KB", 1536: "1.5 KB", 1 << 20: "1 MB"} {
		if got := bytesText(n); got != want {
			t.Errorf("bytesText(%d) = %q, want %q", n, got, want)
		}
	}
}
