package ioc_test

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/internal/corpus"
)

// seed makes random tests repeatable; another one looks elsewhere.
var seed = flag.Uint64("seed", 3, "seed of random tests")

// fragments are what random texts are made of: pieces of indicators, of the
// text around them and of what breaks scanners.
var fragments = strings.Split("evil.com|http://|hxxps[:]//|1.2.3.4|[.]|(dot)| dot | at |@|[at]|com|zip|one|a|b-c|_|.|:|::|/|\\|\n|\r\n| |\t|,|;|\"|'|(|)|[|]|<|>|{|}|www.|2001:db8::1|fe80|"+
	md5+"|"+sha256[:40]+"|"+sha256+"|CVE-2021-44228|cve|é|пример.рф|例え|。|\u200b|%2F|&amp;|=|?|#|README.md|invoice.zip|Domains:|Files:|Win32/Agent.BT|v1.2.3.4|Chrome/120.0.0.0|10.0.0.0/8|x@y.com|Message-ID: <|=\r\n|***|[BLOCKED]|\xff|\x00|hxxp|://|user:pass@|:8080|domain|file|aHR0cDovL2V2aWwuY29tL2E=|h\x00t\x00t\x00p\x00:\x00/\x00/\x00|http%3A%2F%2Fevil.com|&#104;|\\x68|6576696c2e636f6d2f612f622f632f64|C:\\Users\\|\\Run|HKLM\\x|/tmp/|mutex: |rule a {|condition:|}|Mozilla/5.0 (|+49 30 12345678|DE89370400440532013000|AS64496|1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa|com.example.app|T1059.001|imphash|arn:|`", "|")

func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	for b.Len() < n {
		f := fragments[r.IntN(len(fragments))]
		for range 1 + r.IntN(3)*r.IntN(2) {
			b.WriteString(f)
		}
		if r.IntN(400) == 0 {
			b.WriteString(strings.Repeat(f, r.IntN(3000)))
		}
	}
	return b.String()
}

// checkMatches checks what is promised about any matches of any text.
func checkMatches(t *testing.T, text string, matches []ioc.Match) {
	t.Helper()
	last := ioc.Match{}
	for i, m := range matches {
		if m.Start < 0 || m.End > len(text) || m.Start >= m.End || text[m.Start:m.End] != m.Raw {
			t.Fatalf("%+v: not at its place in %.200q", m, text)
		}
		if m.Value == "" || m.Reason == "" || !m.Kind.Valid() {
			t.Fatalf("%+v: incomplete", m)
		}
		if i > 0 && (m.Start < last.Start || m.Start == last.Start && m.End > last.End) {
			t.Fatalf("%+v after %+v: out of order", m, last)
		}
		last = m
		if m.Rejected {
			continue
		}
		if d := ioc.Defang(m.Indicator); d != m.Value && ioc.Refang(d) != m.Value {
			t.Fatalf("Refang(Defang(%.300q)) = %.300q by way of %.300q", m.Value, ioc.Refang(d), d)
		}
	}
}

func collect(seq func(func(ioc.Match) bool)) (list []ioc.Match) {
	for m := range seq {
		list = append(list, m)
	}
	return list
}

// TestRefangDefang holds the identity where it was once broken.
func TestRefangDefang(t *testing.T) {
	for _, text := range []string{"https://__evil.com/a", "https://___evil.com", "hxxp:__evil.com/b", "http://evil.com/#0,h!tCp://", "120.0.0.0(dot)" + strings.Repeat("evil.com", 40)} {
		checkMatches(t, text, ioc.Extract(text))
	}
}

func TestStreaming(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 33))
	for i := range 4 {
		text := randomText(r, 3<<20)
		o := ioc.Options{Kinds: ioc.Kinds(), Rejected: true, Nested: true}
		if i == 3 {
			text = strings.ReplaceAll(text, "\n", " ") // a single line
		}
		want := o.Extract(text)
		checkMatches(t, text, want)
		var reader io.Reader = strings.NewReader(text)
		if i%2 == 0 {
			reader = iotest.HalfReader(reader)
		}
		var got []ioc.Match
		for m, err := range o.ExtractReader(reader) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, m)
		}
		equalMatches(t, "ExtractReader", got, want)
		equalMatches(t, "ExtractSeq", collect(o.ExtractSeq(text)), want)
	}
}

// TestBorders moves the window of a stream at random places: in the middle of
// lines, of URLs, of letters.
func TestBorders(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 44))
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for i := range rounds {
		text := randomText(r, 100<<10)
		if i%3 == 0 {
			text = strings.ReplaceAll(text, "\n", " ")
		}
		o := ioc.Options{Kinds: ioc.Kinds(), Rejected: true, Nested: true}
		if i%2 == 0 {
			o = ioc.Options{Rejected: true}
		}
		var borders []int
		for p := r.IntN(20 << 10); p < len(text); p += 1 + r.IntN(20<<10) {
			borders = append(borders, p)
		}
		equalMatches(t, fmt.Sprint("borders ", borders), o.ExtractAt(text, borders), o.Extract(text))
	}
}

func equalMatches(t *testing.T, name string, got, want []ioc.Match) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("%s: match %d:\n got %#v\nwant %#v", name, i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%s: got %d matches, want %d", name, len(got), len(want))
	}
}

func TestReaderError(t *testing.T) {
	r := io.MultiReader(strings.NewReader("evil.com "), iotest.ErrReader(io.ErrUnexpectedEOF))
	var values []string
	var last error
	for m, err := range (ioc.Options{}).ExtractReader(r) {
		values, last = append(values, m.Value), err
	}
	if len(values) != 2 || values[0] != "evil.com" || last != io.ErrUnexpectedEOF {
		t.Errorf("got %q and error %v, want evil.com and then the error", values, last)
	}
}

func FuzzExtract(f *testing.F) {
	for _, s := range corpus.Shapes {
		f.Add(corpus.Repeat(s, 60))
	}
	for _, s := range fragments {
		f.Add(s)
	}
	f.Add("hxxps[:]//user@evil[.]com:8080/a[.]php?x=(y),z and 2001[:]db8::1 a[.]b[at]evil[.]com")
	f.Fuzz(func(t *testing.T, text string) {
		matches := ioc.Options{Kinds: ioc.Kinds(), Rejected: true, Nested: true}.Extract(text)
		checkMatches(t, text, matches)
		for _, m := range matches {
			if len(m.Value) > 40*len(m.Raw)+64 {
				t.Fatalf("%+v: value far longer than its text", m)
			}
		}
		ioc.Refang(text)
		ioc.Classify(text)
	})
}
