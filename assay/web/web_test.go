package web_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/assay/web"
	"github.com/retort-go/retort/retorttest"
)

const mail = "From: billing[@]evil[.]com\r\n" +
	"<i> hxxps[://]login[.]evil[.]com/a?b=1&c=2\r\n" +
	"again evil[.]com and invoice.pdf, CVE-2021-44228"

var key = []byte("a key for tests alone, of 32 bytes or more")

func newApp() *retort.App {
	return web.New(retort.Config{SecretKey: key, Logger: slog.New(slog.DiscardHandler)})
}

func newClient(t *testing.T) *retorttest.Client { return retorttest.New(t, newApp()) }

func analyze(t *testing.T, text, mode string) *retorttest.Response {
	t.Helper()
	page := newClient(t).Get("/")
	return page.Form("/analyze").Set("text", text).Set("mode", mode).Submit()
}

func TestIndex(t *testing.T) {
	page := newClient(t).Get("/")
	if page.Status != http.StatusOK {
		t.Fatalf("got %d", page.Status)
	}
	f := page.Form("/analyze")
	if f.Method != "POST" || f.Values.Get("mode") != "offline" || f.Values.Get("text") != "" || f.Values.Get("csrf_token") == "" {
		t.Errorf("got %s %v, want an empty form with a token that is offline unless told otherwise", f.Method, f.Values)
	}
	if got := page.Header.Get("Content-Security-Policy"); !strings.Contains(got, "nonce-") {
		t.Errorf("got Content-Security-Policy %q, want one with a nonce", got)
	}
}

// What a page refers to comes from the app itself.
func TestNothingFromElsewhere(t *testing.T) {
	c := newClient(t)
	for _, page := range []*retorttest.Response{c.Get("/"), c.Get("/?sample=1"), analyze(t, mail, "online"), c.Get("/nowhere")} {
		for _, m := range regexp.MustCompile(`(?:src|href|action)="([^"#]*)"`).FindAllStringSubmatch(page.Body, -1) {
			if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") {
				if m[1] != "" {
					t.Errorf("got %s, want an address of the app's own", m[0])
				}
				continue
			}
			if strings.HasPrefix(m[1], "/static/") {
				if res := c.Get(m[1]); res.Status != http.StatusOK || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
					t.Errorf("%s: got %d, Cache-Control %q, want a file that may be kept", m[1], res.Status, res.Header.Get("Cache-Control"))
				}
			}
		}
		if m := regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|<style|<script>|<script [^>]*>[^<]`).FindString(page.Body); m != "" {
			t.Errorf("got %q, want nothing that the policy would stop", m)
		}
	}
}

func TestSample(t *testing.T) {
	c := newClient(t)
	f := c.Get("/?sample=1").Form("/analyze")
	if !strings.HasPrefix(f.Values.Get("text"), "Subject: ") {
		t.Fatalf("got %.80q, want the example", f.Values.Get("text"))
	}
	page := f.Submit()
	for _, kind := range []string{"ipv4", "ipv6", "cidr", "domain", "url", "email", "md5", "sha1", "sha256", "cve"} {
		if !strings.Contains(page.Body, `<section class="group `) || !strings.Contains(page.Body, `id="`+kind+`"`) {
			t.Errorf("the example shows no %s", kind)
		}
	}
	for _, value := range []string{"https://login.invoices.example.com/session/start?id=7f3a", "support@helpdesk.example.org", "2001:db8:5a:17::c2", "CVE-2023-36884"} {
		if !strings.Contains(page.Body, ">"+value+"</code>") {
			t.Errorf("the example does not show %s", value)
		}
	}
	for _, name := range []string{"update.ps1", "System.Net.WebClient", "Agent.Loader.AB"} {
		if strings.Contains(page.Body, `id="domain"`) && regexp.MustCompile(`(?s)id="domain".*>`+regexp.QuoteMeta(name)+`</code>.*id="url"`).MatchString(page.Body) {
			t.Errorf("%s is shown as a domain", name)
		}
	}
}

func TestResults(t *testing.T) {
	page := analyze(t, mail, "offline")
	if page.Status != http.StatusOK {
		t.Fatalf("got %d: %s", page.Status, page.Body)
	}
	for _, want := range []string{
		"5 indicators", "Offline.", "No network call was made",
		">billing@evil.com</code>", ">billing[@]evil[.]com</code>", // refanged, and as written
		">https://login.evil.com/a?b=1&amp;c=2</code>", "&lt;i&gt; ", // escaped
		">hxxps[://]login[.]evil[.]com/a?b=1&amp;c=2</code>",
		">CVE-2021-44228</code>", "invoice.pdf",
	} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page.Body, `href="http`) || strings.Contains(page.Body, "<i>") {
		t.Error("an indicator became a link or markup")
	}
	if got := page.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("got Cache-Control %q, want no-store", got)
	}
}

// Every link within the page has one target, and every mark and row are linked
// both ways.
func TestAnchors(t *testing.T) {
	page := analyze(t, mail+"\n"+mail, "offline").Body
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		ids[m[1]]++
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("got id %q %d times, want once", id, n)
		}
	}
	links := map[string]bool{}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		links[m[1]] = true
		if ids[m[1]] == 0 {
			t.Errorf("got a link to #%s, which is nowhere", m[1])
		}
	}
	for id := range ids {
		if regexp.MustCompile(`^[im]\d+$`).MatchString(id) && !links[id] {
			t.Errorf("nothing leads to #%s", id)
		}
	}
}

func TestOnlineSaysThatNothingWasAsked(t *testing.T) {
	page := analyze(t, mail, "online")
	if !strings.Contains(page.Body, "No source is configured yet") || !strings.Contains(page.Body, "no call was made") || strings.Contains(page.Body, "Offline.") {
		t.Error("the page does not say that online asked nobody")
	}
}

// Looking closer finds other kinds and what is encoded, and says what is known
// of a value; the page carries on as it was asked to.
func TestLens(t *testing.T) {
	const text = `invoice.zip, 8.8.8.8 and xn--pple-43d.com aHR0cDovL2RlZXAuZXZpbC5jb20vcGF5bG9hZC5leGU=`
	const file, nested, list = `id="file"`, ">http://deep.evil.com/payload.exe</code>", "on the list: public DNS resolver"
	for _, tt := range []struct {
		fields url.Values
		want   []string
	}{
		{url.Values{}, nil},
		{url.Values{"kinds": {"all"}}, []string{file}},
		{url.Values{"nested": {"1"}}, []string{nested, "inside base64"}},
		{url.Values{"known": {"1"}}, []string{list}},
	} {
		tt.fields.Set("text", text)
		page := newClient(t).Post("/analyze", tt.fields)
		if !strings.Contains(page.Body, "looks like apple.com") {
			t.Errorf("%v: the page does not say what a name looks like", tt.fields)
		}
		for _, found := range []string{file, nested, list} {
			if got, want := strings.Contains(page.Body, found), slices.Contains(tt.want, found); got != want {
				t.Errorf("%v: %s is on the page: %v, want %v", tt.fields, found, got, want)
			}
		}
		download := page.Form("/download")
		for name := range tt.fields {
			if got, want := download.Values.Get(name), tt.fields.Get(name); got != want {
				t.Errorf("%v: a download is asked for with %s=%q, want %q", tt.fields, name, got, want)
			}
		}
		if got := strings.Contains(download.Set("format", "json").Submit().Body, "deep.evil.com"); got != tt.fields.Has("nested") {
			t.Errorf("%v: the download holds what is encoded: %v", tt.fields, got)
		}
	}
	if res := newClient(t).Post("/analyze", url.Values{"text": {text}, "kinds": {"ipv5"}}); res.Status != http.StatusBadRequest || !strings.Contains(res.Body, "the kinds are: all ipv4") {
		t.Errorf("an unknown kind: got %d", res.Status)
	}
	res := newClient(t).SendJSON(http.MethodPost, "/api/v1/analyze", map[string]any{"text": text, "kinds": []string{"file", "ipv4"}, "nested": true, "known": true})
	if res.Status != http.StatusOK || !strings.Contains(res.Body, `"total":2`) || !strings.Contains(res.Body, `"lists":["public DNS resolver"]`) {
		t.Errorf("the endpoint: got %d %s", res.Status, res.Body)
	}
}

func TestEmpty(t *testing.T) {
	page := analyze(t, "Nothing to see, but report.docx.", "offline")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "No indicators found") || !strings.Contains(page.Body, "What to try") {
		t.Errorf("got %d, want a page that says what to try", page.Status)
	}
	for _, blank := range []string{"", " \r\n\t"} {
		page := analyze(t, blank, "online")
		f := page.Form("/analyze")
		if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, "There is no text to examine yet.") || f.Values.Get("mode") != "online" {
			t.Errorf("%q: got %d %v, want the form with a word about it, as it was filled in", blank, page.Status, f.Values)
		}
	}
}

// The text goes into the page and comes back whole, so that downloads and
// corrections need no server that keeps it.
func TestEdit(t *testing.T) {
	for _, text := range []string{mail, "\n\nleading lines evil[.]com", "</textarea><script>alert(1)</script> evil[.]com", "tab\there"} {
		page := analyze(t, text, "online")
		f := page.Form("/download")
		f.Action = "/edit"
		again := f.Submit().Form("/analyze")
		if got, want := again.Values.Get("text"), strings.ReplaceAll(text, "\r\n", "\n"); got != want || again.Values.Get("mode") != "online" {
			t.Errorf("got %q in mode %q, want %q online", got, again.Values.Get("mode"), want)
		}
	}
}

func TestDownload(t *testing.T) {
	f := analyze(t, mail+"\n+cmd@evil[.]com", "offline").Form("/download")
	for format, file := range map[string]string{"json": "indicators.json", "jsonl": "indicators.jsonl", "csv": "indicators.csv", "text": "indicators.txt", "markdown": "indicators.md",
		"stix": "indicators.stix.json", "misp": "indicators.misp.json", "suricata": "indicators.rules", "sha256": "indicators.sha256.txt"} {
		res := f.Set("format", format).Submit()
		if got := res.Header.Get("Content-Disposition"); res.Status != http.StatusOK || got != `attachment; filename="`+file+`"` {
			t.Errorf("%s: got %d, %q", format, res.Status, got)
		}
		if got := res.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
			t.Errorf("%s: got Cache-Control %q, want no-store", format, got)
		}
		if got := res.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: got X-Content-Type-Options %q", format, got)
		}
	}
	var list []struct{ Kind, Value, Raw string }
	f.Set("format", "json").Submit().JSON(&list)
	if len(list) < 6 || list[0].Kind != "email" || list[0].Value != "billing@evil.com" || list[0].Raw != "billing[@]evil[.]com" {
		t.Errorf("got %+v", list)
	}
	rows, err := csv.NewReader(strings.NewReader(f.Set("format", "csv").Submit().Body)).ReadAll()
	if err != nil || len(rows) != len(list)+1 {
		t.Fatalf("got %q, %v, want a row for each of %d and the header", rows, err, len(list))
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("the cell %q starts a formula", cell)
			}
		}
	}
	if res := f.Set("format", "xml").Submit(); res.Status != http.StatusBadRequest {
		t.Errorf("xml: got %d, want 400", res.Status)
	}
}

func TestAPI(t *testing.T) {
	c := newClient(t)
	var got struct {
		Mode       string
		Note       string
		Total      int
		Indicators []struct {
			Kind, Value, Raw, Reason string
			Start, End, Count        int
		}
	}
	res := c.SendJSON(http.MethodPost, "/api/v1/analyze", map[string]string{"text": mail, "mode": "online"})
	res.JSON(&got)
	if res.Status != http.StatusOK || got.Mode != "online" || !strings.Contains(got.Note, "no call was made") || got.Total != 5 || len(got.Indicators) != 5 {
		t.Fatalf("got %d %+v", res.Status, got)
	}
	for _, in := range got.Indicators {
		if in.Raw != mail[in.Start:in.End] || in.Kind == "" || in.Reason == "" || in.Count < 1 {
			t.Errorf("got %+v, want offsets in the text as it was sent", in)
		}
	}
	res = c.SendJSON(http.MethodPost, "/api/v1/analyze", map[string]string{"text": "nothing"})
	if want := `{"mode":"offline","total":0,"indicators":[]}` + "\n"; res.Body != want {
		t.Errorf("got %s want %s", res.Body, want)
	}
}

// A program has no token and needs none; it gets its errors as JSON.
func TestAPIErrors(t *testing.T) {
	for _, tt := range []struct {
		name, contentType, body string
		status                  int
	}{
		{"empty text", "application/json", `{"text":" "}`, 400},
		{"no text", "application/json", `{}`, 400},
		{"text is a number", "application/json", `{"text":1}`, 400},
		{"unknown mode", "application/json", `{"text":"a","mode":"maybe"}`, 400},
		{"malformed", "application/json", `{"text":`, 400},
		{"large text", "application/json", `{"text":"` + strings.Repeat("a ", web.MaxText/2+1) + `"}`, 413},
		{"large body", "application/json", strings.Repeat(" ", 4*web.MaxText+web.MaxUpload/3*4), 413},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/api/v1/analyze", strings.NewReader(tt.body))
		r.Header.Set("Content-Type", tt.contentType)
		res := newClient(t).Do(r)
		var problem struct {
			Status        int
			Title, Detail string
		}
		res.JSON(&problem)
		if res.Status != tt.status || problem.Status != tt.status || problem.Detail == "" || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d %s, want %d as problem+json", tt.name, res.Status, res.Body, tt.status)
		}
	}
}

// Another site cannot use the visitor's browser against Assay.
func TestRefusals(t *testing.T) {
	form := func(fields url.Values) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/analyze", strings.NewReader(fields.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
	text := url.Values{"text": {mail}}
	foreign, elsewhere, api := form(text), form(text), httptest.NewRequest(http.MethodPost, "http://localhost/api/v1/analyze", strings.NewReader(`{"text":"a"}`))
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	elsewhere.Host = "evil.example"
	api.Header.Set("Content-Type", "text/plain")
	for _, tt := range []struct {
		name   string
		r      *http.Request
		status int
	}{
		{"no token", form(text), 403},
		{"from another site", foreign, 403},
		{"under another name", elsewhere, 421},
		{"JSON as a form could send it", api, 403},
		{"the wrong method", httptest.NewRequest(http.MethodGet, "http://localhost/analyze", nil), 405},
		{"nothing there", httptest.NewRequest(http.MethodGet, "http://localhost/nowhere", nil), 404},
		{"too large, as announced", form(url.Values{"text": {strings.Repeat("a", 4*web.MaxText+web.MaxUpload)}}), 413},
	} {
		res := newClient(t).Do(tt.r)
		if res.Status != tt.status || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: got %d %v, want %d and the security headers", tt.name, res.Status, res.Header, tt.status)
		}
		if strings.Contains(res.Body, "evil[.]com") {
			t.Errorf("%s: the page repeats the text", tt.name)
		}
		if !strings.HasPrefix(tt.r.URL.Path, "/api/") && !strings.Contains(res.Body, `class="brand"`) {
			t.Errorf("%s: the page has another look: %.200s", tt.name, res.Body)
		}
	}
}

// Every refusal has a page in Assay's look that says what to do.
func TestErrorPages(t *testing.T) {
	app := newApp()
	app.Get("/refused/<int:status>", func(c *retort.Ctx) error {
		return retort.Errorf(c.Int("status"), "A sentence of the error.")
	}).Named("refused")
	for _, status := range []int{400, 403, 404, 405, 413, 415, 429, 500, 503} {
		res := retorttest.New(t, app).Get("/refused/" + itoa(status))
		if res.Status != status || !strings.Contains(res.Body, `class="brand"`) || !strings.Contains(res.Body, "Start with a new text") {
			t.Errorf("%d: got %d %.200s", status, res.Status, res.Body)
		}
	}
}

// A mistake in Assay itself shows nothing of its insides, and the log has all.
func TestServerError(t *testing.T) {
	var log bytes.Buffer
	app := web.New(retort.Config{SecretKey: key, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	app.Get("/broken", func(c *retort.Ctx) error { return c.Render("no such page.html", nil) }).Named("broken")
	res := retorttest.New(t, app).Get("/broken")
	if res.Status != http.StatusInternalServerError || !strings.Contains(res.Body, `class="brand"`) || strings.Contains(res.Body, "no such page") {
		t.Errorf("got %d %s, want a page in Assay's look without the cause", res.Status, res.Body)
	}
	id := res.Header.Get("X-Request-Id")
	if id == "" || !strings.Contains(res.Body, id) || !strings.Contains(log.String(), id) || !strings.Contains(log.String(), "no such page.html") {
		t.Errorf("got the log %q, want request %s with its cause", &log, id)
	}
}

func TestLimits(t *testing.T) {
	c := newClient(t)
	if res := c.Post("/analyze", url.Values{"text": {strings.Repeat("a", web.MaxText)}}); res.Status != http.StatusOK {
		t.Errorf("the largest text: got %d, want 200", res.Status)
	}
	if res := c.Post("/analyze", url.Values{"text": {strings.Repeat("a", web.MaxText+1)}}); res.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a byte more: got %d, want 413", res.Status)
	}
	if res := c.Post("/analyze", url.Values{"text": {mail}, "mode": {"maybe"}}); res.Status != http.StatusBadRequest {
		t.Errorf("an unknown mode: got %d, want 400", res.Status)
	}
	fields := url.Values{"text": {mail}}
	for i := range 1500 {
		fields.Set("f"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i/26), "")
	}
	if res := c.Post("/analyze", fields); res.Status != http.StatusBadRequest {
		t.Errorf("1500 fields: got %d, want 400", res.Status)
	}
}

// Bytes that are no UTF-8 do not stop the work; the page shows where they are.
func TestBadUTF8(t *testing.T) {
	page := analyze(t, "caf\xe9 evil[.]com \x00\x1b[31m a\u202eb", "offline")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, ">evil.com</code>") || !strings.Contains(page.Body, "⟨U+202E⟩") || !strings.Contains(page.Body, "␛[31m") {
		t.Errorf("got %d, want evil.com and the hidden characters shown", page.Status)
	}
}

// A text of nothing but indicators makes a page that can still be drawn, and a
// download that leaves out nothing.
func TestManyIndicators(t *testing.T) {
	var text strings.Builder
	for i := range 30_000 {
		text.WriteString("10." + itoa(i>>14&127) + "." + itoa(i>>7&127) + "." + itoa(i&127) + "\n")
	}
	page := analyze(t, text.String(), "offline")
	if page.Status != http.StatusOK || len(page.Body) > 8<<20 {
		t.Fatalf("got %d, %d bytes, want a page of less than 8 MB", page.Status, len(page.Body))
	}
	for _, want := range []string{"30000 indicators", "The first 2000 of 30000 are shown.", "28000 further places stand without a mark."} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, m := range regexp.MustCompile(`href="#(i\d+)"`).FindAllStringSubmatch(page.Body, -1) {
		if !strings.Contains(page.Body, `id="`+m[1]+`"`) {
			t.Fatalf("a mark leads to row %s, which is not on the page", m[1])
		}
	}
	if got := strings.Count(page.Form("/download").Set("format", "text").Submit().Body, "\n"); got != 30_000 {
		t.Errorf("got %d lines in the download, want 30000", got)
	}
	page = analyze(t, strings.Repeat("10.0.0.1\n", 10_005), "offline")
	if want := "5 further places stand without a mark."; !strings.Contains(page.Body, want) {
		t.Errorf("one in many places: the page does not say %q", want)
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// Real reports become pages; the folder of them exists where the project is
// developed.
func TestRealReports(t *testing.T) {
	reports, err := filepath.Glob("../../../shared/data/ioc-dev/docs/*.txt")
	if err != nil || len(reports) == 0 {
		t.Skip("no ../shared/data/ioc-dev beside the repository: real reports are not tried")
	}
	for _, path := range reports {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if page := analyze(t, string(text), "offline"); page.Status != http.StatusOK || !strings.Contains(page.Body, "</html>") {
			t.Errorf("%s: got %d", filepath.Base(path), page.Status)
		}
	}
}
