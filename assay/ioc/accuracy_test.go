package ioc_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
)

// The documents of one vendor were never looked at while the rules were
// written; they were only counted. Both figures are held.
const (
	unseenVendor  = "B-volexity"
	floorSeen     = 0.99
	floorUnseen   = 0.99
	floorDomain   = 0.97
	developmentOn = "../../../shared/data/ioc-dev"
)

type document struct {
	ID        string `json:"id"`
	TextFile  string `json:"text_file"`
	Expect    []struct{ Type, Value string }
	Tier      string `json:"tier"`
	Precision string `json:"precision"`
	text      string
}

func readDocuments(t *testing.T) []document {
	t.Helper()
	f, err := os.Open(filepath.Join(developmentOn, "truth.jsonl"))
	if err != nil {
		t.Skipf("no documents with truth here: %v", err)
	}
	defer f.Close()
	var docs []document
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var d document
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(developmentOn, d.TextFile))
		if err != nil {
			t.Fatal(err)
		}
		d.text = string(text)
		docs = append(docs, d)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return docs
}

// A score counts outputs that were demanded, outputs that nothing supports,
// and demands that were not met.
type score struct{ right, wrong, missed int }

func (s score) precision() float64 { return ratio(s.right, s.right+s.wrong) }
func (s score) recall() float64    { return ratio(s.right, s.right+s.missed) }

func (s score) f1() float64 {
	p, r := s.precision(), s.recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

func TestAccuracy(t *testing.T) {
	docs := readDocuments(t)
	for _, half := range []struct {
		name  string
		seen  bool
		floor float64
	}{{"seen", true, floorSeen}, {"unseen", false, floorUnseen}} {
		scores := map[string]*score{}
		for _, d := range docs {
			if (d.Tier != unseenVendor) == half.seen {
				scoreDocument(t, d, scores, half.seen)
			}
		}
		t.Log("\n" + scoreTable(half.name, scores))
		if got := scores["ALL"].f1(); got < half.floor {
			t.Errorf("%s: F1 over all kinds is %.4f, want at least %.4f", half.name, got, half.floor)
		}
		if got := scores["domain"].precision(); got < floorDomain {
			t.Errorf("%s: domain precision is %.4f, want at least %.4f", half.name, got, floorDomain)
		}
	}
}

func scoreTable(name string, scores map[string]*score) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-8s %9s %9s %9s %7s %6s %6s\n", name, "precision", "recall", "F1", "right", "wrong", "missed")
	for _, k := range slices.Sorted(func(yield func(string) bool) {
		for k := range scores {
			if !yield(k) {
				return
			}
		}
	}) {
		s := scores[k]
		fmt.Fprintf(&b, "%-8s %9.4f %9.4f %9.4f %7d %6d %6d\n", k, s.precision(), s.recall(), s.f1(), s.right, s.wrong, s.missed)
	}
	return b.String()
}

func scoreDocument(t *testing.T, d document, scores map[string]*score, tell bool) {
	count := func(kind string) []*score {
		both := []*score{}
		for _, k := range []string{kind, "ALL"} {
			if scores[k] == nil {
				scores[k] = &score{}
			}
			both = append(both, scores[k])
		}
		return both
	}
	got := map[ioc.Indicator]ioc.Match{}
	for _, m := range ioc.Unique(ioc.Extract(d.text)) {
		m.Value = comparable(m.Kind, m.Value)
		got[m.Indicator] = m
	}
	want := map[ioc.Indicator]bool{}
	for _, e := range d.Expect {
		want[ioc.Indicator{Kind: ioc.Kind(e.Type), Value: comparable(ioc.Kind(e.Type), e.Value)}] = true
	}
	for i := range want {
		for _, s := range count(string(i.Kind)) {
			if _, ok := got[i]; ok {
				s.right++
			} else {
				s.missed++
			}
		}
		if _, ok := got[i]; !ok && tell {
			t.Logf("missed %s %s in %s", i.Kind, i.Value, d.ID)
		}
	}
	if d.Precision == "recall-only" {
		return
	}
	sup := newSupport(d.text)
	for i, m := range got {
		if want[i] || sup.has(m) {
			continue
		}
		for _, s := range count(string(i.Kind)) {
			s.wrong++
		}
		if tell {
			t.Logf("wrong %s %s (%q, %s) in %s", i.Kind, i.Value, m.Raw, m.Reason, d.ID)
		}
	}
}

// comparable makes vendors' values and ours alike: they do not agree on letter
// case or on the slash after a bare host.
func comparable(k ioc.Kind, v string) string {
	if k == ioc.URL {
		return strings.TrimSuffix(v, "/")
	}
	return strings.ToLower(v)
}

// A support knows what stands in a text plainly enough to be reported though
// its vendor did not declare it. It uses regular expressions on a refanged
// copy, so it shares no code with the scanner.
type support struct {
	text, refanged string
	urls           map[string]bool
	hosts          map[string]bool
}

var (
	defangs = strings.NewReplacer("[.]", ".", "(.)", ".", "{.}", ".", " [.] ", ".", "[.", ".", ".]", ".", "[dot]", ".", "(dot)", ".",
		"\\.", ".", "[:]", ":", "[://]", "://", "[@]", "@", "[at]", "@", "(at)", "@", "hxxp", "http", "hXXp", "http", "[/]", "/")
	urlToken  = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s"'<>` + "`" + `|]+`)
	urlsHost  = regexp.MustCompile(`(?i)://(?:[^/\s@]*@)?\[?([a-z0-9._:-]+?)\]?(?::\d+)?(?:[/?#\s"'<>` + "`" + `|\[,)]|$)`)
	extension = regexp.MustCompile(`\.(zip|mov|md|py|sh|rs|ps|pl|pm|cab|so|app|one|java|pub)$`)
)

func newSupport(text string) *support {
	s := &support{text: strings.ToLower(text), refanged: strings.ToLower(defangs.Replace(text)), urls: map[string]bool{}, hosts: map[string]bool{}}
	for _, u := range urlToken.FindAllString(defangs.Replace(text), -1) {
		for _, cut := range []string{u, strings.TrimRight(u, ".,;:)]}*_+"), before(u, "["), before(u, ","), before(u, ")")} {
			s.urls[strings.TrimSuffix(cut, "/")] = true
		}
	}
	for _, m := range urlsHost.FindAllStringSubmatch(defangs.Replace(text), -1) {
		s.hosts[strings.ToLower(m[1])] = true
	}
	return s
}

func before(s, sep string) string {
	head, _, _ := strings.Cut(s, sep)
	return head
}

func (s *support) has(m ioc.Match) bool {
	v := strings.ToLower(m.Value)
	switch m.Kind {
	case ioc.MD5, ioc.SHA1, ioc.SHA256, ioc.SHA512, ioc.CVE, ioc.CIDR:
		return true // bounded runs; nothing else looks like them
	case ioc.URL:
		return s.urls[m.Value] || s.urls[strings.TrimSuffix(m.Raw, "/")]
	}
	if s.hosts[v] || strings.Contains(s.refanged, v) && !strings.Contains(s.text, v) {
		return true
	}
	// A cell of a table or of a line such as "port 443 - name - GET /".
	cell := regexp.MustCompile("(?m)(^|[,;|\t]| - )[\\s`'\"*+-]*" + regexp.QuoteMeta(v) + "(:\\d+)?[\\s`'\"*+]*($|[,;|\t(]| - )")
	return !extension.MatchString(v) && cell.MatchString(s.refanged)
}
