package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

func match(kind ioc.Kind, value, raw string) ioc.Match {
	return ioc.Match{Indicator: ioc.Indicator{Kind: kind, Value: value}, Raw: raw, Start: 3, End: 3 + len(raw), Reason: "defanged"}
}

func write(t testing.TB, format string, files bool, items ...report.Item) string {
	t.Helper()
	f, ok := report.Lookup(format)
	if !ok {
		t.Fatalf("no format %q", format)
	}
	var b bytes.Buffer
	w := f.New(&b, report.Options{Files: files})
	for _, it := range items {
		if err := w.Write(it); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats(t *testing.T) {
	a := report.Item{Match: match(ioc.URL, "http://evil.example/a?b=1&c=<2>", "hxxp://evil[.]example/a?b=1&c=<2>")}
	b := report.Item{File: "mail.txt", Match: match(ioc.CVE, "CVE-2021-44228", "cve-2021-44228")}
	for _, tt := range []struct {
		format string
		files  bool
		items  []report.Item
		want   string
	}{
		{"jsonl", false, nil, ""},
		{"jsonl", true, []report.Item{a, b}, `
{"kind":"url","value":"http://evil.example/a?b=1&c=<2>","raw":"hxxp://evil[.]example/a?b=1&c=<2>","start":3,"end":36,"reason":"defanged"}
{"file":"mail.txt","kind":"cve","value":"CVE-2021-44228","raw":"cve-2021-44228","start":3,"end":17,"reason":"defanged"}
`},
		{"json", false, nil, "[\n]\n"},
		{"json", false, []report.Item{b, b}, `
[
{"file":"mail.txt","kind":"cve","value":"CVE-2021-44228","raw":"cve-2021-44228","start":3,"end":17,"reason":"defanged"},
{"file":"mail.txt","kind":"cve","value":"CVE-2021-44228","raw":"cve-2021-44228","start":3,"end":17,"reason":"defanged"}
]
`},
		{"csv", false, nil, "kind,value,raw,start,end,reason,file,part,page,rejected,detail\n"},
		{"csv", false, []report.Item{b}, `
kind,value,raw,start,end,reason,file,part,page,rejected,detail
"cve","CVE-2021-44228","cve-2021-44228",3,17,"defanged","mail.txt",,,,
`},
		{"text", true, []report.Item{a, b}, "http://evil.example/a?b=1&c=<2>\nCVE-2021-44228\n"},
		{"text", false, nil, ""},
		{"markdown", false, []report.Item{b}, "| Kind | Indicator | Why |\n|---|---|---|\n| cve | `CVE-2021-44228` | defanged |\n"},
		{"markdown", true, []report.Item{b}, "| Kind | Indicator | Why | File |\n|---|---|---|---|\n| cve | `CVE-2021-44228` | defanged | `mail.txt` |\n"},
	} {
		if got := write(t, tt.format, tt.files, tt.items...); got != strings.TrimPrefix(tt.want, "\n") {
			t.Errorf("%s: got\n%swant%s", tt.format, got, tt.want)
		}
	}
}

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"evil.example":              "evil.example",
		`=cmd|' /C calc'!A0@x.test`: `'=cmd|' /C calc'!A0@x.test`,
		"+1@x.test":                 "'+1@x.test",
		"-1@x.test":                 "'-1@x.test",
		"@SUM(1)":                   "'@SUM(1)",
		"\t=1":                      "'\t=1",
		"\r=1":                      "'\r=1",
		"\n=1":                      "'\n=1",
		"＝1":                        "'＝1",
		"\xff=1":                    "\xff=1",
		"1=1":                       "1=1",
		"'1":                        "'1",
		"'=1":                       "''=1",
		"''@":                       "'''@",
	} {
		if got := report.Guard(in); got != want {
			t.Errorf("Guard(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever the text held, the table has one row per item, every cell is what
// was put in, and no cell starts a formula.
func FuzzCSV(f *testing.F) {
	f.Add("a@b.test", `"=1;=2`, "x,y\r\nz")
	f.Add("=1", "\x00", "'")
	f.Fuzz(func(t *testing.T, value, raw, file string) {
		it := report.Item{File: file, Match: match(ioc.Email, value, raw)}
		r := csv.NewReader(strings.NewReader(write(t, "csv", true, it)))
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != 11 {
			t.Fatalf("got %q, %v", rows, err)
		}
		for i, in := range []string{"email", value, raw, "3", strconv.Itoa(it.End), it.Reason, file} {
			got, want := rows[1][i], strings.ReplaceAll(report.Guard(in), "\r\n", "\n") // csv.Reader's one liberty
			if got != want {
				t.Errorf("cell %d: got %q, want %q", i, got, want)
			}
			if got != "" && strings.ContainsRune("=+-@\t\r\n", rune(got[0])) {
				t.Errorf("cell %d starts a formula: %q", i, got)
			}
		}
	})
}

// A match of any bytes is one line of JSON with the fields it went in with.
func FuzzJSONL(f *testing.F) {
	f.Add("http://a.test/\xff\u2028", "\x1b[31m")
	f.Fuzz(func(t *testing.T, value, raw string) {
		out := write(t, "jsonl", false, report.Item{Match: match(ioc.URL, value, raw)})
		if strings.Count(out, "\n") != 1 {
			t.Fatalf("got %q, want one line", out)
		}
		var got ioc.Match
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(value, "\uFFFD"); got.Kind != ioc.URL || got.Start != 3 || len(got.Value) < len(want) {
			t.Errorf("got %+v, want the value %q", got, want)
		}
	})
}

func TestMarkdownStaysInItsCell(t *testing.T) {
	for _, value := range []string{"a|b", "a`b", "`a`", "a``b|c", "a\nb"} {
		out := write(t, "markdown", false, report.Item{Match: match(ioc.URL, value, value)})
		row := strings.Split(strings.TrimSuffix(out, "\n"), "\n")[2:]
		if len(row) != 1 {
			t.Errorf("%q: got %d rows, want 1: %q", value, len(row), row)
			continue
		}
		if bars := strings.Count(row[0], "|") - strings.Count(row[0], `\|`); bars != 4 {
			t.Errorf("%q: got %d bars in %q, want 4", value, bars, row[0])
		}
	}
}

type fullDisk struct{}

var errFull = errors.New("disk full")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// An error of the writer underneath is reported: at once by formats that are
// streams, at the latest by Close.
func TestWriteError(t *testing.T) {
	for _, f := range report.Formats() {
		w := f.New(fullDisk{}, report.Options{})
		var err error
		for i := 0; i < 10_000 && err == nil; i++ {
			for _, k := range []ioc.Kind{ioc.Domain, ioc.MD5, ioc.SHA1, ioc.SHA256} {
				value := fmt.Sprintf("%032d", i) // never the same
				err = errors.Join(err, w.Write(report.Item{Match: match(k, value, value)}))
			}
		}
		kept := slices.Contains([]string{"misp", "sigma", "spl"}, f.Name)
		if !errors.Is(err, errFull) && !kept {
			t.Errorf("%s: Write: got %v, want %v", f.Name, err, errFull)
		}
		if err := w.Close(); !errors.Is(err, errFull) {
			t.Errorf("%s: Close: got %v, want %v", f.Name, err, errFull)
		}
	}
}

func TestLookup(t *testing.T) {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
		if _, ok := report.Lookup(f.Name); !ok {
			t.Errorf("Lookup(%q) found nothing", f.Name)
		}
	}
	if want := []string{"jsonl", "json", "csv", "text", "defanged", "markdown", "stix", "misp", "md5", "sha1", "sha256", "suricata", "sigma", "kql", "spl", "lucene"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	if _, ok := report.Lookup("xml"); ok {
		t.Error(`Lookup("xml") found something`)
	}
}

func ExampleFormat_New() {
	csv, _ := report.Lookup("csv")
	w := csv.New(os.Stdout, report.Options{})
	_ = w.Write(report.Item{Match: ioc.Match{
		Indicator: ioc.Indicator{Kind: ioc.Email, Value: "=cmd@evil.example"},
		Raw:       "=cmd[at]evil[.]example", Start: 5, End: 27, Reason: "defanged",
	}})
	_ = w.Close()
	// Output:
	// kind,value,raw,start,end,reason,file,part,page,rejected,detail
	// "email","'=cmd@evil.example","'=cmd[at]evil[.]example",5,27,"defanged",,,,,
}

func BenchmarkJSONL(b *testing.B) {
	f, _ := report.Lookup("jsonl")
	w := f.New(discard{}, report.Options{})
	it := report.Item{Match: match(ioc.Domain, "evil.example", "evil[.]example")}
	b.ReportAllocs()
	for b.Loop() {
		_ = w.Write(it)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
