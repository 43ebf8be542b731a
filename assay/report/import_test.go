package report_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

// importable are the formats that can be read back.
var importable = []string{"jsonl", "json", "csv", "stix", "misp"}

func read(t testing.TB, format, text string) []report.Item {
	t.Helper()
	var items []report.Item
	for it, err := range report.Import(format, strings.NewReader(text)) {
		if err != nil {
			t.Fatalf("%s: %v\n%.2000s", format, err, text)
		}
		items = append(items, it)
	}
	return items
}

// hostile are texts that end quotes, lines, cells, patterns and comments.
var hostile = []string{
	`'`, `"`, `\`, `\'`, `a' OR '1'='1`, `a" | delete`, `;drain |`, "a\nb", "a\r\nb", "\r", "`rm -rf`", `$(x)`, "*?[a-z]*", `\*`, `"; alert ip any any`,
	"=cmd|' /C calc'!A0", "'=1", "''@x", "\t=", "＝1", "<script>&amp;", "x,y;z", "\u2028", "\x00\x1f\x7f", "caf\xe9 \xff", "日本語.example", "|26 3b|", "%27%00", "--", "#", "//", "/*", "]]>", "\ufeffx",
}

// every returns an item of each kind, a plain one and hostile ones.
func every() []report.Item {
	var items []report.Item
	for i, k := range append(ioc.Kinds(), "kind-of-2030") {
		items = append(items, report.Item{Match: match(k, fmt.Sprintf("%s-value.example", k), "as written")})
		for j, s := range hostile {
			it := report.Item{Match: match(k, s, s)}
			switch (i + j) % 4 {
			case 0:
				it.File, it.Part, it.Page = s, "page 3 of "+s, 3
			case 1:
				it.Value = "x" + s
				it.Detail = &ioc.Detail{Flags: []string{"octal IPv4 host"}, Unicode: "пример.example", Chain: []string{"base64"}}
			case 2:
				it.Detail = &ioc.Detail{Lists: []string{"private networks, of a \"kind\""}}
			}
			items = append(items, it)
		}
	}
	return append(items, items...) // every one twice, at the same place
}

// What is exported can be imported, in its order and with nothing lost: the
// result is the same line by line as the first export.
func TestRoundTrip(t *testing.T) {
	items := every()
	want := write(t, "jsonl", true, items...)
	for _, format := range importable {
		got := read(t, format, write(t, format, true, items...))
		if len(got) != len(items) {
			t.Errorf("%s: got %d items, want %d", format, len(got), len(items))
			continue
		}
		for i := range got {
			if !reflect.DeepEqual(got[i], items[i]) {
				t.Errorf("%s: got %+v, want %+v", format, got[i], items[i])
				break
			}
		}
		if write(t, "jsonl", true, got...) != want {
			t.Errorf("%s: the lines differ", format)
		}
	}
}

var seed = flag.Uint64("seed", 1, "what the random matches come from")

// random is a match of anything: any bytes as its texts, any kind, any place.
func random(r *rand.Rand) report.Item {
	text := func(most int) string {
		var b []byte
		for range r.IntN(most + 1) {
			switch r.IntN(4) {
			case 0:
				b = append(b, byte(r.IntN(256)))
			case 1:
				b = utf8.AppendRune(b, rune(r.IntN(0x10ffff)))
			case 2:
				b = append(b, hostile[r.IntN(len(hostile))]...)
			default:
				b = append(b, byte(' '+r.IntN(95)))
			}
		}
		return string(b)
	}
	kinds := ioc.Kinds()
	start := int(r.Int64N(1<<40) & math.MaxInt)
	it := report.Item{Match: ioc.Match{
		Indicator: ioc.Indicator{Kind: kinds[r.IntN(len(kinds))], Value: "v" + text(20)},
		Raw:       text(20), Start: start, End: start + r.IntN(1000), Reason: strings.ToValidUTF8(text(5), "?"),
	}}
	if r.IntN(2) == 0 {
		it.File, it.Part, it.Page = text(8), text(8), r.IntN(9)
	}
	if r.IntN(3) == 0 {
		it.Detail = &ioc.Detail{Unicode: strings.ToValidUTF8(text(5), "?")}
		for range r.IntN(3) {
			it.Detail.Lists = append(it.Detail.Lists, strings.ToValidUTF8(text(5), "?"))
			it.Detail.Chain = append(it.Detail.Chain, "base64")
		}
	}
	return it
}

// Whatever matches hold, none of it is lost.
func TestRoundTripOfAnything(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 0))
	rounds := 300
	if testing.Short() {
		rounds = 30
	}
	for round := range rounds {
		items := make([]report.Item, 1+r.IntN(20))
		for i := range items {
			items[i] = random(r)
		}
		for _, format := range importable {
			got := read(t, format, write(t, format, true, items...))
			if !reflect.DeepEqual(got, items) {
				t.Fatalf("%s, round %d of seed %d: got %+v, want %+v", format, round, *seed, got, items)
			}
		}
	}
}

// Refused candidates go through the formats that tell them apart.
func TestRefused(t *testing.T) {
	m := match(ioc.Domain, "readme.md", "readme.md")
	m.Rejected, m.Reason = true, "file name"
	for _, f := range report.Formats() {
		var b bytes.Buffer
		w := f.New(&b, report.Options{})
		if err := errors.Join(w.Write(report.Item{Match: m}), w.Close()); err != nil {
			t.Fatal(err)
		}
		switch f.Name {
		case "jsonl", "json", "csv":
			if got := read(t, f.Name, b.String()); len(got) != 1 || !got[0].Rejected || w.LeftOut() != "" {
				t.Errorf("%s: got %+v, left out %q", f.Name, got, w.LeftOut())
			}
		case "markdown":
			if !strings.Contains(b.String(), "refused: file name") {
				t.Errorf("%s: got %q", f.Name, &b)
			}
		default:
			if strings.Contains(b.String(), "readme") || w.LeftOut() == "" {
				t.Errorf("%s: got %q, left out %q", f.Name, &b, w.LeftOut())
			}
		}
	}
}

// The same items give the same bytes, whenever and wherever.
func TestDeterministic(t *testing.T) {
	items := every()
	for _, f := range report.Formats() {
		o := report.Options{TLP: report.Amber, Indicators: true, Time: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.FixedZone("", 3600))}
		var outs [2]bytes.Buffer
		for i := range outs {
			w := f.New(&outs[i], o)
			for _, it := range items {
				w.Write(it)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			o.Time = o.Time.UTC()
		}
		if !bytes.Equal(outs[0].Bytes(), outs[1].Bytes()) {
			t.Errorf("%s: two exports differ", f.Name)
		}
	}
}

func TestSniff(t *testing.T) {
	a := report.Item{Match: match(ioc.Domain, "evil.example", "evil[.]example")}
	b := report.Item{File: "a.txt", Part: "page 2", Page: 2, Match: a.Match}
	long := report.Item{Match: match(ioc.URL, "http://evil.example/"+strings.Repeat("a", 5000), "hxxp://evil.example/"+strings.Repeat("a", 5000))}
	for _, format := range importable {
		for _, it := range []report.Item{a, b, long} {
			out := write(t, format, true, it, b)
			if got := report.Sniff([]byte(out)[:min(8000, len(out))]); got != format && (format != "misp" || it.Value != long.Value) {
				t.Errorf("Sniff(%.60q…) = %q, want %q", out, got, format)
			}
			if got := report.Sniff([]byte("\ufeff" + out)[:min(8000, len(out))]); got != format && it.Value != long.Value {
				t.Errorf("with a mark: Sniff(%.60q…) = %q, want %q", out, got, format)
			}
		}
	}
	for _, other := range []string{
		"", "text", "{", "[", "{}", "[]", `{"kind":"x"}`, `{"kind":"url","value":{},"raw":1}`, `{"value":"","kind":""}`, `{"kind":"List","value":"a","items":[]}`,
		`{"type":"bundle","id":"bundle--1","objects":[]}`, `{"Event":{"info":"x","Attribute":[{"comment":"assay of it"}]}}`, "kind,value\n", `{"a":1}` + "\n",
	} {
		if got := report.Sniff([]byte(other)); got != "" {
			t.Errorf("Sniff(%q) = %q, want none", other, got)
		}
	}
}

func TestImportOthers(t *testing.T) {
	const one = `{"kind":"cve","value":"CVE-2021-44228","raw":"x","start":1,"end":2,"reason":"id"}`
	for _, tt := range []struct {
		format, text string
		want         int
	}{
		{"jsonl", "", 0},
		{"jsonl", "\n" + one + "\r\n\n" + one, 2},
		{"jsonl", `{"kind":"cve","value":"x","new":{"field":[1]},"detail":{"other":1}}`, 1},
		{"json", "[]", 0},
		{"json", " [ " + one + " , " + one + "]\n", 2},
		{"csv", "value,kind\nevil.example,domain\n", 1},
		{"csv", "\ufeffvalue,kind,notes\r\n\r\n\"evil.example\",domain,\"a \"\"b\"\"\r\n\"\r\n", 1},
		{"csv", "kind,value", 0},
		{"csv", "kind,value\ncve,a\rb\r", 1},
		{"stix", `{"type":"bundle"}`, 0},
		{"stix", `{"type":"bundle","objects":[{"type":"url","value":"x","objects":[1]},{"x_assay_match":` + one + `}]}`, 1},
		{"misp", `{"response":[{"Event":{"Attribute":[{"comment":"by hand"},{"type":"url","comment":"assay {}"}]}}]}`, -1},
		{"misp", `{"response":[{"Event":{"id":"7","Attribute":[{"comment":"by hand"}],"Object":[{"Attribute":[{"comment":"assay ` + strings.ReplaceAll(one, `"`, `\"`) + `"}]}]}}]}`, 1},
	} {
		n := 0
		for _, err := range report.Import(tt.format, strings.NewReader(tt.text)) {
			if err != nil {
				n = -1
				break
			}
			n++
		}
		if n != tt.want {
			t.Errorf("%s: %q: got %d items, want %d", tt.format, tt.text, n, tt.want)
		}
	}
}

func TestImportErrors(t *testing.T) {
	const one = `{"kind":"cve","value":"CVE-2021-44228"}`
	for _, tt := range []struct{ format, text, want string }{
		{"xml", "", "exports of this format cannot be read back"},
		{"text", "", "exports of this format cannot be read back"},
		{"jsonl", one + "\n{", "import jsonl: line 2: unexpected end of JSON input"},
		{"jsonl", "[]", "line 1: "},
		{"jsonl", `{"kind":"a b","value":"x"}`, `"a b" is no name of a kind`},
		{"jsonl", `{"kind":"cve"}`, "there is no value"},
		{"jsonl", `{"kind":"cve","value":"x","start":5,"end":2}`, "5 to 2 is no place"},
		{"jsonl", `{"kind":"cve","value":"x","start":-5}`, "-5 to 0 is no place"},
		{"jsonl", `{"kind":"cve","value":"x","page":-5}`, "-5 is no page"},
		{"jsonl", `{"kind":"cve","value":"` + strings.Repeat("x", 5<<20) + `"}`, "line 1: an element is larger than 4 MiB"},
		{"json", one, "{ where [ should be"},
		{"json", "[" + one, "unexpected EOF"},
		{"json", "[" + one + "," + "7]", "element 2: "},
		{"json", `["` + strings.Repeat("x", 5<<20) + `"]`, "element 1: an element is larger than 4 MiB"},
		{"csv", "", "EOF"},
		{"csv", "a,b\n", "line 1: a table needs the columns kind and value"},
		{"csv", "kind,value\n\n\ncve", "line 4: 1 cells under 2 headings"},
		{"csv", "kind,value\n\"a\nb", "line 2: unexpected EOF"},
		{"csv", "kind,value,start\ncve,x,1e3", `line 2: column start: strconv.Atoi: parsing "1e3": invalid syntax`},
		{"csv", "kind,value,detail\ncve,x,{", "line 2: column detail: unexpected end"},
		{"csv", "kind,value\ncve,\"" + strings.Repeat("x", 5<<20), "line 2: an element is larger than 4 MiB"},
		{"stix", "[]", "[ where { should be"},
		{"stix", `{"objects":[{"x_assay_match":{}}]}`, "element 1: "},
		{"stix", `{"a":` + strings.Repeat("[", 100), "nested more than 16 deep"},
		{"stix", `{"a":"` + strings.Repeat("x", 5<<20), "an element is larger than 4 MiB"},
		{"misp", `{"Attribute":[{"comment":"assay {\"kind\":7}"}]}`, "element 1: "},
		{"misp", `{"Attribute":[{"comment":`, "element 1: unexpected EOF"},
	} {
		var got error
		for _, err := range report.Import(tt.format, strings.NewReader(tt.text)) {
			got = err
		}
		if got == nil || !strings.Contains(got.Error(), tt.want) {
			t.Errorf("%s: %.60q: got %v, want %q", tt.format, tt.text, got, tt.want)
		}
	}
}

// An error of the reader is reported behind what was read before it.
func TestImportReadError(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, format := range importable {
		out := write(t, format, true, every()...)
		n := 0
		var got error
		for _, err := range report.Import(format, io.MultiReader(strings.NewReader(out[:len(out)-10]), iotest.ErrReader(broken))) {
			if got = err; err == nil {
				n++
			}
		}
		if !errors.Is(got, broken) || n == 0 {
			t.Errorf("%s: got %d items and %v, want some and %v", format, n, got, broken)
		}
	}
}

// Whoever has enough may leave.
func TestImportStops(t *testing.T) {
	for _, format := range importable {
		for _, err := range report.Import(format, strings.NewReader(write(t, format, false, every()...))) {
			if err != nil {
				t.Error(err)
			}
			break
		}
	}
}

// No file makes an importer panic or grow without bound, and what it yields can
// be written and read again.
func FuzzImport(f *testing.F) {
	small := every()[:40]
	for i, format := range importable {
		f.Add(i, write(f, format, true, small...))
	}
	f.Add(3, `{"objects":[{"x_assay_match":{"kind":"a","value":"b"}}]}`)
	f.Add(2, "kind,value,detail\n\"url\",\"'=1\",\"{}\"\r\n")
	f.Fuzz(func(t *testing.T, n int, text string) {
		format := importable[uint(n)%uint(len(importable))]
		report.Sniff([]byte(text))
		var items []report.Item
		for it, err := range report.Import(format, strings.NewReader(text)) {
			if err != nil {
				break
			}
			items = append(items, it)
		}
		for _, again := range importable {
			var kept []report.Item
			for _, it := range items {
				if !it.Rejected || again != "stix" && again != "misp" {
					kept = append(kept, it)
				}
			}
			if got := read(t, again, write(t, again, true, kept...)); write(t, "jsonl", true, got...) != write(t, "jsonl", true, kept...) {
				t.Errorf("%s: got %+v, want %+v", again, got, kept)
			}
		}
	})
}
