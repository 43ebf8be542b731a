package web_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	dt "github.com/retort-go/retort/assay/document/documenttest"
	"github.com/retort-go/retort/assay/web"
	"github.com/retort-go/retort/retorttest"
)

// chosen is a file as a browser sends it.
func chosen(name, data string) retorttest.File {
	return retorttest.File{Field: "file", Name: name, Data: []byte(data)}
}

func upload(t *testing.T, text string, files ...retorttest.File) *retorttest.Response {
	t.Helper()
	needsJail(t)
	return newClient(t).Upload("/analyze", map[string]string{"text": text, "mode": "offline"}, files...)
}

func needsJail(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("the race detector needs more address space than a jail gives")
	}
}

var (
	pdf    = dt.PDF("cover", "C2: hxxp://evil[.]example[.]com/gate")
	attack = dt.Mail("Invoice", "see CVE-2021-44228", "", dt.File{Name: "report.zip",
		Data: dt.ZIP(dt.File{Name: "a.pdf", Data: pdf}, dt.File{Name: "i.png", Data: "\x89PNG\r\n\x1a\n"})})
)

// Indicators of files stand on the page with the part and the page they are on.
func TestUpload(t *testing.T) {
	page := upload(t, "pasted 203.0.113[.]9", chosen("report.pdf", pdf), chosen("mail.eml", attack), chosen("notes.txt", "again evil[.]example[.]com\r\n"))
	if page.Status != http.StatusOK {
		t.Fatalf("got %d: %s", page.Status, page.Body)
	}
	for _, want := range []string{
		"of 3 files and a pasted text", ">http://evil.example.com/gate</code>", ">CVE-2021-44228</code>", ">203.0.113.9</code>",
		`<h3 class="sheet-name" dir="ltr">pasted text</h3>`,
		`<h3 class="sheet-name" dir="ltr">page 2 of report.pdf</h3>`,
		`<h3 class="sheet-name" dir="ltr">body of mail.eml</h3>`,
		`<h3 class="sheet-name" dir="ltr">mail.eml &gt; report.zip &gt; page 2 of a.pdf</h3>`,
		`<h3 class="sheet-name" dir="ltr">notes.txt</h3>`,
		`<span class="from" dir="ltr">page 2 of report.pdf</span>`,
		"Without text that could be read: mail.eml &gt; report.zip &gt; i.png",
	} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page.Body, `id="problems"`) {
		t.Error("the page speaks of problems")
	}
}

// Downloads and the way back need nothing that the server would have to keep.
func TestUploadTravels(t *testing.T) {
	stix := `{"type":"bundle","objects":[{"type":"indicator","pattern":"[url:value='http:\/\/evil.example.net\/x']"}]}`
	f := upload(t, "", chosen("report.pdf", pdf), chosen("report.pdf", stix), chosen("c.txt", "é \x01 \tCVE-2021-44228 \u2028 <b>'\"")).Form("/download")
	var list []struct {
		File, Part, Kind, Value, Raw string
		Page, Start, End             int
	}
	f.Set("format", "json").Submit().JSON(&list)
	got := ""
	for _, m := range list {
		got += fmt.Sprintf("%s|%s|%d|%s|%s|%d\n", m.File, m.Part, m.Page, m.Value, m.Raw, m.Start)
	}
	want := `report.pdf|page 2 of report.pdf|2|http://evil.example.com/gate|hxxp://evil[.]example[.]com/gate|4
report.pdf|page 2 of report.pdf|2|evil.example.com|evil[.]example[.]com|11
report (2).pdf||0|http://evil.example.net/x|http:\/\/evil.example.net\/x|71
report (2).pdf||0|evil.example.net|evil.example.net|80
c.txt||0|CVE-2021-44228|CVE-2021-44228|6
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	f.Action = "/edit"
	f.Set("text", "more")
	again := f.Submit()
	for _, want := range []string{`<b dir="ltr">report.pdf</b> <small>2 parts, `, `<b dir="ltr">c.txt</b> <small>`} {
		if !strings.Contains(again.Body, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	back := again.Form("/analyze")
	if len(back.Values["files"]) != 3 || back.Values.Get("text") != "more" {
		t.Fatalf("got %d files, text %q", len(back.Values["files"]), back.Values.Get("text"))
	}
	back.Values["files"] = back.Values["files"][:1] // the others were unchecked
	if page := back.Submit(); page.Status != http.StatusOK || !strings.Contains(page.Body, `of <b dir="ltr">report.pdf</b> and a pasted text`) || strings.Contains(page.Body, "CVE-2021-44228") {
		t.Errorf("got %d %s", page.Status, page.Body)
	}
}

// A file that cannot be read hides neither the others nor the text, and the page
// says which one and why.
func TestUploadProblems(t *testing.T) {
	page := upload(t, "pasted 203.0.113[.]9", chosen("bomb.gz", dt.GZIP("", strings.Repeat("0", 20<<20))), chosen("photo.png", "\x89PNG\r\n\x1a\n"),
		chosen("broken.pdf", "%PDF-1.7 nothing"), chosen("empty.txt", ""), chosen("ok.txt", "CVE-2021-44228"))
	for _, want := range []string{
		">203.0.113.9</code>", ">CVE-2021-44228</code>", "Not everything could be read.",
		"bomb.gz: the limit of compression ratio was hit", "photo.png: this is not text but binary data (image/png)",
		"broken.pdf: it has no catalog of its pages", "empty.txt: there is no text in it",
	} {
		if page.Status != http.StatusOK || !strings.Contains(page.Body, want) {
			t.Errorf("got %d, a page without %q", page.Status, want)
		}
	}
	page = upload(t, " ", chosen("photo.png", "\x89PNG\r\n\x1a\n"))
	if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, "None of the files could be read.") || !strings.Contains(page.Body, "photo.png: this is not text") {
		t.Errorf("got %d, want the form with the reason", page.Status)
	}
	page = upload(t, "", chosen("", ""))
	if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, "There is no text to examine yet.") {
		t.Errorf("got %d, want a word that there is nothing", page.Status)
	}
}

func TestUploadLimits(t *testing.T) {
	big := strings.Repeat("a ", web.MaxText/2)
	page := upload(t, "pasted 203.0.113[.]9", chosen("big.txt", "CVE-2021-44228 "+big), chosen("late.txt", "CVE-2022-30190"))
	for _, want := range []string{">CVE-2021-44228</code>", "big.txt: the limit of text size was hit", "late.txt was not read", ">203.0.113.9</code>"} {
		if page.Status != http.StatusOK || !strings.Contains(page.Body, want) {
			t.Errorf("got %d, a page without %q", page.Status, want)
		}
	}
	if len(page.Body) > 8<<20 {
		t.Errorf("got a page of %d bytes", len(page.Body))
	}
	var files []retorttest.File
	for range web.MaxFiles + 1 {
		files = append(files, chosen("a.txt", "x"))
	}
	if page := upload(t, "", files...); page.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("%d files: got %d, want 413", len(files), page.Status)
	}
	if page := upload(t, "", chosen("a.txt", strings.Repeat("a", web.MaxUpload+4*web.MaxText))); page.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: got %d, want 413", page.Status)
	}
}

// What comes back is the client's word.
func TestUploadForged(t *testing.T) {
	long, err := json.Marshal(map[string]any{"name": "a", "parts": []map[string]string{{"text": strings.Repeat("a", web.MaxText+1)}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, files string
		status      int
	}{
		{"no JSON", "{", 400},
		{"nothing in it", `{"name":"a"}`, 400},
		{"no name", `{"parts":[{"text":"x"}]}`, 400},
		{"too much", string(long), 413},
		{"too many parts", `{"name":"a","parts":[` + strings.Repeat(`{"text":"x"},`, 5000) + `{"text":"x"}]}`, 400},
		{"markup in a name", `{"name":"<script>\u202e","parts":[{"name":"<script>alert(1)</script>","page":-1,"text":"evil[.]example[.]com"}]}`, 200},
	} {
		page := newClient(t).Post("/analyze", url.Values{"files": {tt.files}, "text": {"x"}})
		if page.Status != tt.status || strings.Contains(page.Body, "<script>alert") || strings.Contains(page.Body, "\u202e</") {
			t.Errorf("%s: got %d, want %d and nothing but text: %.2000s", tt.name, page.Status, tt.status, page.Body)
		}
	}
}

// Nothing of a file is ever written: neither by the parser of forms nor by the
// reader of documents.
func TestUploadLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	if page := upload(t, "", chosen("a.txt", "CVE-2021-44228 "+strings.Repeat(" ", 8<<20)), chosen("report.pdf", pdf)); page.Status != http.StatusOK {
		t.Fatalf("got %d", page.Status)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Errorf("got %v, %v, want an empty folder", left, err)
	}
}

// A program sends files as base64 in its JSON.
func TestAPIFiles(t *testing.T) {
	needsJail(t)
	var got struct {
		Total      int
		Indicators []struct {
			File, Part, Value string
			Page, Count       int
			Start, End        int
		}
		Problems []string
	}
	type file struct {
		Name string `json:"name"`
		Data string `json:"data"`
	}
	// Places are those in the file, as on the command line.
	cyrillic := "\xc0\xe4\xf0\xe5\xf1: 203.0.113.7"
	res := newClient(t).SendJSON(http.MethodPost, "/api/v1/analyze", map[string]any{"files": []file{
		{"cyrillic.txt", base64.StdEncoding.EncodeToString([]byte(cyrillic))},
		{"mail.eml", base64.StdEncoding.EncodeToString([]byte(attack))}, {"photo.png", base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n"))}}})
	res.JSON(&got)
	if res.Status != http.StatusOK || len(got.Problems) != 1 || !strings.HasPrefix(got.Problems[0], "photo.png: ") {
		t.Fatalf("got %d %s", res.Status, res.Body)
	}
	found := false
	for _, in := range got.Indicators {
		found = found || in.Value == "http://evil.example.com/gate" && in.File == "mail.eml" && in.Part == "mail.eml > report.zip > page 2 of a.pdf" && in.Page == 2 && in.Count == 1
	}
	first := got.Indicators[0]
	if !found || first.File != "cyrillic.txt" || cyrillic[first.Start:first.End] != "203.0.113.7" {
		t.Errorf("got %s", res.Body)
	}
}
