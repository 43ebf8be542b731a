package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/retort-go/retort/assay/report"
)

// The tests below drive a real browser: Chromium, as Debian packages it
// (apt-get install chromium). Without one they are skipped, but not in CI.

// chromium returns a context with a running browser, for tabs to open in.
func chromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium is installed, and CI has to run the browser tests: apt-get install chromium")
		}
		t.Skip("no Chromium is installed: the browser tests are skipped; apt-get install chromium runs them")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("host-resolver-rules", "MAP evil.example 127.0.0.1")) // a name of somebody else's that leads here
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, _ = chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	t.Cleanup(func() {
		wait, done := context.WithTimeout(ctx, 20*time.Second)
		defer done()
		if err := chromedp.Cancel(wait); err != nil {
			t.Errorf("stop the browser: %v", err)
		}
	})
	return ctx
}

// tab is a page of the browser.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string // of the app

	messages func(func(chromedp.ConsoleMessage, error) bool)
	expected []string // parts of console messages that belong to the test
}

// open returns a tab of its own for the test. What the console says against the
// page fails the test at its end: a violated policy, an error of a script.
func open(b context.Context, t *testing.T, app string, place chromedp.ContextOption) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b, place)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, done := context.WithTimeout(ctx, time.Minute) // a page that hangs is a failure
	t.Cleanup(done)
	p := &tab{t: t, ctx: ctx, url: app, messages: chromedp.Console(ctx)}
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.checkConsole)
	return p
}

func (p *tab) checkConsole() {
	if p.t.Failed() {
		return
	}
	for _, m := range p.console() {
		if !slices.ContainsFunc(p.expected, func(part string) bool { return strings.Contains(m, part) }) {
			p.t.Errorf("the console says: %s", m)
		}
	}
}

// console returns the warnings and errors since the last call.
func (p *tab) console() (found []string) {
	p.t.Helper()
	const end = "no more messages"
	eval[chromedp.Void](p, `console.log("`+end+`")`)
	for m, err := range p.messages {
		if err != nil {
			p.t.Fatal(err)
		}
		if m.Text == end {
			break
		}
		if m.IsException() || m.Type == "error" || m.Type == "warning" {
			found = append(found, m.String())
		}
	}
	return found
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	for i, a := range actions {
		if err := chromedp.Do(p.ctx, a); err != nil {
			p.t.Fatalf("action %d: %v", i+1, err)
		}
	}
}

// load does what makes the browser load a page, and returns its status.
func (p *tab) load(actions ...chromedp.Action[chromedp.Void]) int {
	p.t.Helper()
	res, err := chromedp.RunResponse(p.ctx, actions...)
	if err != nil {
		p.t.Fatal(err)
	}
	return int(res.Status)
}

func (p *tab) get(path string) {
	p.t.Helper()
	if got := p.load(chromedp.Navigate(p.url + path)); got != http.StatusOK {
		p.t.Fatalf("%s: got %d", path, got)
	}
}

// paste puts a text into the form and sends it.
func (p *tab) paste(text string) {
	p.t.Helper()
	p.get("/")
	p.do(chromedp.SetValue(chromedp.CSS("#text"), text))
	if got := p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]"))); got != http.StatusOK {
		p.t.Fatalf("got %d", got)
	}
}

func (p *tab) text(sel string) string {
	p.t.Helper()
	s, err := chromedp.Run(p.ctx, chromedp.Text(chromedp.CSS(sel)))
	if err != nil {
		p.t.Fatalf("%s: %v", sel, err)
	}
	return s
}

func eval[T any](p *tab, js string, opts ...chromedp.EvaluateOption) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](js, opts...))
	if err != nil {
		p.t.Fatalf("%.100s: %v", js, err)
	}
	return v
}

// until waits for a condition of the page.
func (p *tab) until(js string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](js, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
}

func (p *tab) look(width int64, theme string) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, 1000))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme},
		{Name: "prefers-reduced-motion", Value: "reduce"}, // colours on their way are none to measure
	}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatal(err)
	}
}

func TestBrowser(t *testing.T) {
	b := chromium(t)
	server := httptest.NewServer(newApp())
	t.Cleanup(server.Close)
	for _, tt := range []struct {
		name string
		run  func(*tab)
	}{
		{"the console check works", browserConsole},
		{"paste and results", browserPaste},
		{"links between rows and marks", browserAnchors},
		{"copy", func(p *tab) { browserCopy(b, p) }},
		{"filter", browserFilter},
		{"drop files and paste anywhere", browserDrop},
		{"files", browserUpload},
		{"files without JavaScript", browserUploadNoScript},
		{"files or text too large", browserTooLarge},
		{"download", func(p *tab) { browserDownload(b, p) }},
		{"more formats", browserMoreFormats},
		{"without JavaScript", browserNoScript},
		{"keyboard alone", browserKeyboard},
		{"under another name", browserForeignHost},
		{"sent from another site", browserForeignForm},
		{"for everybody", browserAccessible},
		{"the accessibility check works", browserAccessibleCheck},
		{"print", browserPrint},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.run(open(b, t, server.URL, chromedp.WithNewBrowserContext())) })
	}
}

func browserConsole(p *tab) {
	p.get("/")
	eval[chromedp.Void](p, `document.body.setAttribute("style", "color: red"); document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='alert(1)'>")`)
	p.until(`performance.getEntriesByName(location.origin + "/x").length > 0`)
	eval[chromedp.Void](p, `new Promise((done) => requestAnimationFrame(() => setTimeout(done)))`, chromedp.EvalAwaitPromise)
	found := strings.Join(p.console(), "\n")
	for _, want := range []string{"style", "script-src"} {
		if !strings.Contains(found, want) || !strings.Contains(found, "Content Security Policy") {
			p.t.Errorf("got %q in the console, want a violation of %s", found, want)
		}
	}
}

func browserPaste(p *tab) {
	p.get("/")
	p.do(chromedp.Click(chromedp.CSS("#example")))
	p.do(chromedp.WaitVisible(chromedp.CSS("#paste button[type=submit]")))
	p.until(`document.querySelector("#text").value.startsWith("Subject:")`)
	if got := p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]"))); got != http.StatusOK {
		p.t.Fatalf("got %d", got)
	}
	if got := p.text("h1"); !strings.HasSuffix(got, " indicators") {
		p.t.Errorf("got the heading %q", got)
	}
	if got := p.text("#mode-note"); !strings.Contains(got, "No network call was made") {
		p.t.Errorf("got %q, want a word on the mode", got)
	}
	if got := eval[int](p, `document.querySelectorAll("#groups a[href^=http], .lines a[href^=http]").length`); got != 0 {
		p.t.Errorf("got %d links to indicators, want none", got)
	}
	if got := p.load(chromedp.Click(chromedp.CSS(".facts button"))); got != http.StatusOK {
		p.t.Fatalf("edit: got %d", got)
	}
	if got := eval[string](p, `document.querySelector("#text").value`); !strings.HasPrefix(got, "Subject:") {
		p.t.Errorf("edit: got %.50q, want the text again", got)
	}
}

func browserAnchors(p *tab) {
	p.paste(strings.Repeat("a line\n", 300) + "evil[.]com\n" + strings.Repeat("a line\n", 300) + "hxxp://evil[.]com/x")
	p.look(1440, "light")
	p.do(chromedp.Click(chromedp.CSS("#domain .at a")))
	p.until(`document.querySelector(":target")?.textContent === "evil[.]com"`)
	inside := `(() => { const m = document.querySelector(":target").getBoundingClientRect(), s = document.querySelector(".sheet").getBoundingClientRect();
		return m.top >= s.top && m.bottom <= s.bottom && m.bottom <= innerHeight })()`
	if !eval[bool](p, inside) {
		p.t.Error("the mark is not to be seen in the source text")
	}
	p.do(chromedp.Click(chromedp.CSS(":target")))
	p.until(`document.querySelector(":target")?.closest("section").id === "domain"`)
	// A row that has the focus lights its marks: the one alone and the one in the URL.
	// The page that scrolls under a resting pointer may light another one after
	// that, so the focus is given until it holds.
	focus := func(sel, lit string) {
		p.until(fmt.Sprintf(`(() => { document.activeElement.blur(); document.querySelector(%q).focus();
			return [...document.querySelectorAll(".lines .mk.on")].map((e) => e.textContent).join(" ") === %q })()`, sel, lit))
	}
	focus("#domain .at a", "evil[.]com evil[.]com")
	focus("#url .at a", "hxxp:// evil[.]com /x")
}

func browserCopy(b context.Context, p *tab) {
	// The app's pages may not read the clipboard; another one does it for the test.
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><link rel=icon href=data:,><title>paste</title>"))
	}))
	p.t.Cleanup(page.Close)
	own := chromedp.FromContext(p.ctx).BrowserContextID
	for name, origin := range map[string]string{"clipboard-read": page.URL, "clipboard-write": p.url} {
		if _, err := chromedp.CallBrowser(b, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted, Origin: origin, BrowserContextID: own,
		}); err != nil {
			p.t.Fatal(err)
		}
	}
	reader := open(b, p.t, page.URL, chromedp.WithExistingBrowserContext(own))
	reader.get("/")
	p.paste("a[.]evil[.]com 10.0.0[.]1 b[.]evil[.]com CVE-2021-44228")
	for _, tt := range []struct{ button, want, said string }{
		{"#domain tbody tr:first-child button:first-child", "a.evil.com", "Copied a.evil.com"},
		{"#domain tbody tr:first-child button:last-child", "a[.]evil[.]com", "Copied a[.]evil[.]com"},
		{"#domain .group-head button:first-child", "a.evil.com\nb.evil.com", "Copied 2 values"},
		{"#domain .group-head button:last-child", "a[.]evil[.]com\nb[.]evil[.]com", "Copied 2 values, defanged"},
		{".tools [data-copy=all]:not([data-defanged])", "10.0.0.1\na.evil.com\nb.evil.com\nCVE-2021-44228", "Copied 4 values"},
		{".tools [data-copy=all][data-defanged]", "10[.]0[.]0[.]1\na[.]evil[.]com\nb[.]evil[.]com\nCVE-2021-44228", "Copied 4 values, defanged"},
	} {
		p.do(chromedp.Click(chromedp.CSS(tt.button)))
		p.until(fmt.Sprintf(`document.querySelector("#status").textContent === %q`, tt.said))
		if got := eval[string](reader, `navigator.clipboard.readText()`, chromedp.EvalAwaitPromise); got != tt.want {
			p.t.Errorf("%s: got %q, want %q", tt.button, got, tt.want)
		}
	}
}

func browserFilter(p *tab) {
	p.paste("a[.]evil[.]com 10.0.0[.]1 b[.]evil[.]com CVE-2021-44228")
	p.do(chromedp.SendKeys(chromedp.CSS("#filter"), "evil"))
	p.until(`document.querySelector("#status").textContent === "2 of 4 indicators shown"`)
	if got := eval[[]string](p, `[...document.querySelectorAll(".group:not([hidden]) tbody tr:not([hidden]) .v code")].map((e) => e.textContent)`); !slices.Equal(got, []string{"a.evil.com", "b.evil.com"}) {
		p.t.Errorf("got %q", got)
	}
	if got := p.text(".tools [data-copy=all]"); got != "Copy 2" {
		p.t.Errorf("got the button %q, want it to say how many", got)
	}
	p.do(chromedp.SendKeys(chromedp.CSS("#filter"), " nowhere"))
	p.do(chromedp.WaitVisible(chromedp.CSS("#none")))
	p.do(chromedp.Click(chromedp.CSS("#unfilter")))
	if got := eval[int](p, `document.querySelectorAll("tbody tr:not([hidden])").length`); got != 4 {
		p.t.Errorf("got %d rows, want all 4 again", got)
	}
	// A mark whose row is filtered away brings it back.
	p.do(chromedp.SendKeys(chromedp.CSS("#filter"), "evil"))
	p.until(`document.querySelector("#cve").hidden`)
	p.do(chromedp.Click(chromedp.CSS(".lines .f-vuln")))
	p.until(`!document.querySelector("#cve").hidden && document.querySelector("#cve :target") !== null`)
}

func browserDrop(p *tab) {
	p.get("/")
	eval[chromedp.Void](p, `(() => {
		const files = new DataTransfer();
		files.items.add(new File(["dropped evil[.]com"], "alert.txt"));
		files.items.add(new File(["more"], "notes.txt"));
		document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
	})()`)
	p.until(`document.querySelector("#status").textContent === "2 files added"`)
	const names = `[...document.querySelectorAll("#chosen b")].map((e) => e.textContent).join()`
	if got := eval[string](p, names); got != "alert.txt,notes.txt" {
		p.t.Errorf("got the list %q", got)
	}
	if eval[bool](p, `document.querySelector("#text").required`) {
		p.t.Error("a text is required though files were chosen")
	}
	p.do(chromedp.Click(chromedp.CSS("#chosen li:last-child button")))
	if got := eval[string](p, names+` + document.querySelector("#file").files.length`); got != "alert.txt1" {
		p.t.Errorf("got %q, want the second file removed", got)
	}
	eval[chromedp.Void](p, `(() => {
		document.activeElement.blur();
		const data = new DataTransfer();
		data.setData("text/plain", "pasted 10.0.0[.]1");
		document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
	})()`)
	if got := eval[string](p, `document.activeElement.id + ": " + document.querySelector("#text").value`); got != "text: pasted 10.0.0[.]1" {
		p.t.Errorf("got %q", got)
	}
	if got := p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]"))); got != http.StatusOK {
		p.t.Fatalf("got %d", got)
	}
	if got := eval[[]string](p, `[...document.querySelectorAll("#groups .v > code")].map((e) => e.textContent)`); !slices.Equal(got, []string{"10.0.0.1", "evil.com"}) {
		p.t.Errorf("got %q, want what was pasted and what was dropped", got)
	}
}

// sendFiles chooses a real PDF, a mail and a file that is broken, and sends them.
func (p *tab) sendFiles(text string) {
	p.t.Helper()
	needsJail(p.t)
	folder := p.t.TempDir()
	var paths []string
	for _, f := range []struct{ name, data string }{{"report.pdf", p.printed()}, {"invoice.eml", attack}, {"damaged.zip", "PK\x03\x04 and no more"}} {
		path := filepath.Join(folder, f.name)
		if err := os.WriteFile(path, []byte(f.data), 0o600); err != nil {
			p.t.Fatal(err)
		}
		paths = append(paths, path)
	}
	p.get("/")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), paths))
	if text != "" {
		p.do(chromedp.SetValue(chromedp.CSS("#text"), text))
	}
}

// printed is a PDF as the browser prints one: fonts in parts, codes that are no
// letters, lines that are wrapped.
func (p *tab) printed() string {
	p.t.Helper()
	p.do(chromedp.Navigate("data:text/html," + url.PathEscape(`<title>x</title><h1>Threat report</h1><p style="width: 9cm">
		The loader came from hxxps[://]cdn[.]example[.]net/updates/2026/stage-two.bin and had the SHA-256
		e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.<p style="width: 6cm; overflow-wrap: anywhere">
		5d41402abc4b2a76b9719d911017c592aaf4c61ddcc5e8a2dabede0f3b482cd9<p style="break-before: page">
		<table border=1><tr><td>C2<td>203.0.113[.]77<tr><td>mail<td>billing[@]example[.]org</table>`)))
	res, err := chromedp.Call(p.ctx, page.PrintToPDF, page.PrintToPDFParams{})
	if err != nil {
		p.t.Fatal(err)
	}
	return string(res.Data)
}

func browserUpload(p *tab) {
	p.sendFiles("pasted 198.51.100[.]4")
	if got := p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]"))); got != http.StatusOK {
		p.t.Fatalf("got %d", got)
	}
	values := eval[[]string](p, `[...document.querySelectorAll("#groups .v > code")].map((e) => e.textContent)`)
	for _, want := range []string{
		"198.51.100.4", "203.0.113.77", "https://cdn.example.net/updates/2026/stage-two.bin", "billing@example.org", "http://evil.example.com/gate", "CVE-2021-44228",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "5d41402abc4b2a76b9719d911017c592aaf4c61ddcc5e8a2dabede0f3b482cd9",
	} {
		if !slices.Contains(values, want) {
			p.t.Errorf("got %q, want %s", values, want)
		}
	}
	if got := p.text("#problems"); !strings.Contains(got, "damaged.zip: ") {
		p.t.Errorf("got %q, want the damaged file named", got)
	}
	if got := p.text("#email .where"); !strings.Contains(got, "page 2 of report.pdf") {
		p.t.Errorf("got %q, want the page", got)
	}
	p.do(chromedp.Click(chromedp.CSS("#email .where a")))
	if got := eval[string](p, `document.querySelector(":target").textContent`); got != "billing[@]example[.]org" {
		p.t.Errorf("got to %q", got)
	}
	// Back to the form, where one file is taken out.
	if got := p.load(chromedp.Click(chromedp.CSS(".facts button"))); got != http.StatusOK {
		p.t.Fatalf("edit: got %d", got)
	}
	if eval[bool](p, `document.querySelector("#text").required`) {
		p.t.Error("a text is required though files are kept")
	}
	eval[chromedp.Void](p, `document.querySelector("#text").value = ""`)
	p.do(chromedp.Click(chromedp.CSS(".kept input")))
	if got := p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]"))); got != http.StatusOK {
		p.t.Fatalf("again: got %d", got)
	}
	if got := eval[[]string](p, `[...document.querySelectorAll("#url .v > code")].map((e) => e.textContent)`); !slices.Equal(got, []string{"http://evil.example.com/gate"}) {
		p.t.Errorf("got %q, want the mail's alone", got)
	}
}

// A form without a script sends files too, and no empty field stops it.
func browserUploadNoScript(p *tab) {
	p.sendFiles("")
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		p.t.Fatal(err)
	}
	p.get("/")
	path := filepath.Join(p.t.TempDir(), "a.eml")
	if err := os.WriteFile(path, []byte(attack), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
	if got := p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]"))); got != http.StatusOK {
		p.t.Fatalf("got %d", got)
	}
	if got := p.text("#cve .where"); !strings.Contains(got, "body of a.eml") {
		p.t.Errorf("got %q", got)
	}
}

// More than a page takes is said before it is sent.
func browserTooLarge(p *tab) {
	p.get("/")
	eval[chromedp.Void](p, `(() => {
		const files = new DataTransfer();
		files.items.add(new File([new Uint8Array(17 << 20)], "huge.pdf"));
		document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
	})()`)
	if got := eval[string](p, `document.querySelector("#file").validationMessage`); !strings.Contains(got, "17.0 MB; a page takes 16.0 MB") {
		p.t.Errorf("got %q", got)
	}
	said := func(length int) string {
		return eval[string](p, fmt.Sprintf(`(() => {
			const text = document.querySelector("#text");
			text.value = "é".repeat(%d);
			text.dispatchEvent(new InputEvent("input"));
			return text.validationMessage;
		})()`, length/2))
	}
	if got := said(3 << 19); !strings.Contains(got, "1.5 MB; a page takes 1.0 MB") {
		p.t.Errorf("a text too large: got %q", got)
	}
	if got := said(1 << 20); got != "" {
		p.t.Errorf("the largest text: got %q", got)
	}
}

func browserDownload(b context.Context, p *tab) {
	folder := p.t.TempDir()
	events := true
	if _, err := chromedp.CallBrowser(b, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder, EventsEnabled: &events,
		BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	}); err != nil {
		p.t.Fatal(err)
	}
	p.paste("a[.]evil[.]com 10.0.0[.]1")
	progress := chromedp.BrowserEvents(p.ctx, browser.DownloadProgress)
	p.do(chromedp.Click(chromedp.CSS("button[name=format][value=csv]")))
	for e, err := range progress {
		if err != nil {
			p.t.Fatal(err)
		}
		if e.State == browser.DownloadProgressStateCompleted {
			break
		}
	}
	got, err := os.ReadFile(filepath.Join(folder, "indicators.csv"))
	if err != nil || !strings.HasPrefix(string(got), "kind,value,raw,start,end,reason,") || strings.Count(string(got), "\n") != 3 {
		p.t.Errorf("got %q, %v", got, err)
	}
}

// The formats that are not asked for every day open under a button, and close
// with Escape, with a click elsewhere and when one is taken.
func browserMoreFormats(p *tab) {
	p.paste("a[.]evil[.]com 10.0.0[.]1")
	open := func() bool { return eval[bool](p, `document.querySelector("#more").open`) }
	for _, close := range []struct {
		name string
		do   func()
	}{
		{"Escape", func() { p.do(chromedp.KeyEvent(kb.Escape)) }},
		{"a click elsewhere", func() { p.do(chromedp.Click(chromedp.CSS("h1"))) }},
	} {
		p.do(chromedp.Click(chromedp.CSS("#more summary")))
		if !open() {
			p.t.Fatal("the menu did not open")
		}
		close.do()
		if open() {
			p.t.Errorf("%s left the menu open", close.name)
		}
	}
	p.do(chromedp.Click(chromedp.CSS("#more summary")))
	names := eval[[]string](p, `[...document.querySelectorAll("#more button")].filter((e) => e.checkVisibility()).map((e) => e.value)`)
	for _, f := range report.Formats() {
		if !slices.Contains(names, f.Name) && !slices.Contains([]string{"json", "csv", "text", "markdown"}, f.Name) {
			p.t.Errorf("%s is not on the menu: %q", f.Name, names)
		}
	}
}

// Everything but comfort is there without a script.
func browserNoScript(p *tab) {
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		p.t.Fatal(err)
	}
	p.get("/")
	if eval[bool](p, `document.documentElement.classList.contains("has-js")`) {
		p.t.Fatal("the script ran")
	}
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "see evil[.]com and hxxp://evil[.]com/x"))
	if got := p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]"))); got != http.StatusOK {
		p.t.Fatalf("got %d", got)
	}
	if got := p.text("h1"); got != "2 indicators" {
		p.t.Errorf("got %q", got)
	}
	if got := eval[int](p, `[...document.querySelectorAll(".js, [data-copy]")].filter((e) => e.checkVisibility()).length`); got != 0 {
		p.t.Errorf("got %d controls that do nothing, want none", got)
	}
	p.do(chromedp.Click(chromedp.CSS("#domain .at a")))
	if got := eval[string](p, `document.querySelector(":target").textContent`); got != "evil[.]com" {
		p.t.Errorf("got to %q", got)
	}
	if got := eval[int](p, `[...document.querySelectorAll("[name=format]")].filter((e) => e.checkVisibility() && e.form.id === "again").length`); got < 3 {
		p.t.Errorf("got %d downloads, want at least 3", got)
	}
	if got := p.load(chromedp.Click(chromedp.CSS(".facts button"))); got != http.StatusOK {
		p.t.Errorf("edit: got %d", got)
	}
}

// From the first page to a copied value with keys alone; wherever the focus is,
// it can be seen, and it gets out again.
func browserKeyboard(p *tab) {
	p.get("/")
	p.until(`document.activeElement.id === "text"`) // a browser moves the focus there when it draws
	p.do(chromedp.KeyEvent("evil[.]com 10.0.0[.]1"))
	if got := p.load(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(kb.ModifierCtrl))); got != http.StatusOK {
		p.t.Fatalf("Ctrl+Enter: got %d", got)
	}
	const at = `(() => {
		const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
		return { name: (e.id || e.getAttribute("aria-label") || e.textContent).trim(), body: e === document.body,
			ring: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2, seen: box.bottom > 0 && box.top < innerHeight && box.width > 0 };
	})()`
	type focus struct {
		Name             string
		Body, Ring, Seen bool
	}
	var way []string
	for range 100 {
		p.do(chromedp.KeyEvent(kb.Tab))
		f := eval[focus](p, at)
		if f.Body || len(way) > 0 && f.Name == way[0] {
			break
		}
		if !f.Ring || !f.Seen {
			p.t.Errorf("the focus at %q cannot be seen", f.Name)
		}
		way = append(way, f.Name)
	}
	for _, want := range []string{"Skip to the content", "Skip to the source text", "Edit the text", "filter", "Copy all", "CSV", "Copy evil.com", "sheet"} {
		if !slices.Contains(way, want) {
			p.t.Errorf("the keyboard does not reach %q; it reaches %q", want, way)
		}
	}
	if way[0] != "Skip to the content" {
		p.t.Errorf("the first stop is %q", way[0])
	}
	eval[chromedp.Void](p, `document.activeElement.blur(); document.querySelector(".skip").focus()`)
	p.do(chromedp.KeyEvent(kb.Enter))
	if got := eval[string](p, `document.activeElement.id`); got != "main" {
		p.t.Errorf("the skip link leads to %q", got)
	}
}

// A name of somebody else's that leads to this machine (DNS rebinding) gets
// nothing but a refusal.
func browserForeignHost(p *tab) {
	p.expected = []string{"status of 421", "Cross-Origin-Opener-Policy header has been ignored"} // it is plain HTTP
	foreign, err := url.Parse(p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	if got := p.load(chromedp.Navigate("http://evil.example:" + foreign.Port() + "/")); got != http.StatusMisdirectedRequest {
		p.t.Errorf("got %d, want 421", got)
	}
	if got := p.text("h1"); got != "This is not a name Assay answers to" {
		p.t.Errorf("got %q", got)
	}
	if got := eval[string](p, `getComputedStyle(document.querySelector(".code")).fontFamily`); !strings.Contains(got, "monospace") {
		p.t.Errorf("got the font %q, want the page in Assay's look though that name gets no files", got)
	}
}

// A page of another site cannot send a text in the visitor's name.
func browserForeignForm(p *tab) {
	p.expected = []string{"status of 403"}
	p.get("/") // the visitor has a session
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `<!doctype html><form method="post" action="%s/analyze"><input name="text" value="evil.com"><button>Win a prize</button></form>`, p.url)
	}))
	p.t.Cleanup(other.Close)
	p.do(chromedp.Navigate(strings.Replace(other.URL, "127.0.0.1", "evil.example", 1)))
	if got := p.load(chromedp.Click(chromedp.CSS("button"))); got != http.StatusForbidden {
		p.t.Errorf("got %d, want 403", got)
	}
	if got := p.text("h1"); got != "The form has expired" {
		p.t.Errorf("got %q", got)
	}
}

// pages are all that there is to look at.
var pages = []struct {
	name string
	open func(*tab)
}{
	{"form", func(p *tab) { p.get("/") }},
	{"example", func(p *tab) { p.get("/?sample=1") }},
	{"results", func(p *tab) { p.get("/?sample=1"); p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]"))) }},
	{"online", func(p *tab) {
		p.get("/?sample=1")
		p.do(chromedp.Click(chromedp.CSS("input[value=online]")))
		p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]")))
		eval[chromedp.Void](p, `document.querySelectorAll("details").forEach((d) => { d.open = true }); location.hash = document.querySelector("#domain .at a").hash`)
	}},
	{"closer", func(p *tab) {
		p.get("/")
		p.do(chromedp.SetValue(chromedp.CSS("#text"), `C:\a\svc.dat 8.8.8.8 xn--pple-43d.com T1059.001 AS64496 aHR0cDovL2RlZXAuZXZpbC5jb20vcGF5bG9hZC5leGU= http://evil.com/`+strings.Repeat("long/", 300)))
		for _, name := range []string{"kinds", "nested", "known"} {
			p.do(chromedp.Click(chromedp.CSS("input[name=" + name + "]")))
		}
		p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]")))
	}},
	{"empty", func(p *tab) { p.paste("nothing but report.docx") }},
	{"blank", func(p *tab) {
		p.get("/")
		eval[chromedp.Void](p, `document.querySelector("#text").required = false`)
		p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]")))
	}},
	{"missing", func(p *tab) { p.load(chromedp.Navigate(p.url + "/nowhere")) }},
	{"chosen", func(p *tab) { p.sendFiles("") }},
	{"files", func(p *tab) {
		p.sendFiles("pasted 198.51.100[.]4\nand hxxp://evil[.]example[.]com/gate")
		p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]")))

	}},
	{"kept", func(p *tab) {
		p.sendFiles("")
		p.load(chromedp.Click(chromedp.CSS("#paste button[type=submit]")))
		p.load(chromedp.Click(chromedp.CSS(".facts button")))
	}},
}

type findings struct {
	Wrong  []string
	Lowest float64 // contrast
	Texts  int
}

func (p *tab) findings() findings {
	p.t.Helper()
	script, err := os.ReadFile("testdata/a11y.js")
	if err != nil {
		p.t.Fatal(err)
	}
	return eval[findings](p, string(script))
}

// Every page at every width in both themes keeps the rules that a program can
// check. With ASSAY_SCREENSHOTS=folder it also takes a picture of each.
func browserAccessible(p *tab) {
	p.expected = []string{"status of 404", "status of 422"} // that is what two of the pages are
	folder := os.Getenv("ASSAY_SCREENSHOTS")
	lowest := 21.0
	for _, page := range pages {
		page.open(p)
		for _, width := range []int64{320, 390, 820, 1440} {
			for _, theme := range []string{"light", "dark"} {
				p.look(width, theme)
				f := p.findings()
				for _, wrong := range f.Wrong {
					p.t.Errorf("%s, %d px, %s: %s", page.name, width, theme, wrong)
				}
				lowest = min(lowest, f.Lowest)
				if folder == "" || width == 320 {
					continue
				}
				png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
				if err != nil {
					p.t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d-%s.png", page.name, width, theme)), png, 0o600); err != nil {
					p.t.Fatal(err)
				}
			}
		}
	}
	p.t.Logf("the lowest contrast of a text or an edge is %.2f:1", lowest)
}

// The check finds what it is there to find.
func browserAccessibleCheck(p *tab) {
	p.get("/")
	if f := p.findings(); len(f.Wrong) != 0 || f.Texts < 20 {
		p.t.Fatalf("got %+v before anything is wrong", f)
	}
	for _, tt := range []struct{ js, want string }{
		{`document.querySelector("label[for=text]").remove()`, "4.1.2 it has no name: textarea#text"},
		{`document.querySelector("h2").insertAdjacentHTML("afterend", "<h4>x</h4>")`, "1.3.1 a heading level is skipped"},
		{`document.documentElement.lang = ""`, "3.1.1"},
		{`document.querySelector(".lede").style.color = "#9aa"`, "1.4.3 text is too faint: p.lede"},
		{`document.querySelector("#text").style.borderColor = "#ddd"`, "1.4.11 a field's edge"},
		{`document.querySelector(".lede").insertAdjacentHTML("afterend", "<a href='/x'>&nbsp;</a>")`, "4.1.2 it has no name: a"},
		{`document.querySelector(".primary").setAttribute("aria-label", "Go")`, "2.5.3"},
		{`document.querySelector(".example").id = "text"`, "4.1.2 an id is given twice"},
		{`document.querySelector(".lede").insertAdjacentHTML("afterend", "<button>i</button>"); document.querySelector(".lede + button").style = "min-height: 0; padding: 0"`, "2.5.8"},
		{`document.querySelector(".lede").style.width = "5000px"`, "1.4.10"},
	} {
		p.get("/")
		p.look(1440, "light")
		eval[chromedp.Void](p, tt.js)
		if f := p.findings(); !slices.ContainsFunc(f.Wrong, func(s string) bool { return strings.Contains(s, tt.want) }) {
			p.t.Errorf("%s: got %q, want %q", tt.js, f.Wrong, tt.want)
		}
	}
	p.console() // the changes above break the policy
}

// On paper there are the values and the text, and no controls.
func browserPrint(p *tab) {
	p.paste("a[.]evil[.]com 10.0.0[.]1")
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		p.t.Fatal(err)
	}
	if got := eval[int](p, `[...document.querySelectorAll("button, input, nav")].filter((e) => e.checkVisibility()).length`); got != 0 {
		p.t.Errorf("got %d controls on paper", got)
	}
	if got := p.text("#domain tbody .v"); got != "a.evil.com" {
		p.t.Errorf("got %q", got)
	}
}
