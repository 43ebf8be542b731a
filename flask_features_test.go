package retort_test

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/mail"
	"github.com/retort-go/retort/retorttest"
)

// featureList says, for each thing that Flask's users have, which test holds it
// here, or under which heading whyNot says what there is instead.
const (
	featureList = "testdata/flask-features.txt"
	whyNot      = "docs/explanation/why-not-flask-in-go.md"
)

// TestFlaskFeatures holds the list to the tests and the document: a test that is
// renamed, or a heading that goes, leaves a promise without proof.
func TestFlaskFeatures(t *testing.T) {
	headings := headingsOf(t, whyNot)
	mentioned := map[string]bool{}
	tests := map[string]map[string]bool{} // by folder
	lines, err := os.ReadFile(featureList)
	if err != nil {
		t.Fatal(err)
	}
	features := 0
	for n, line := range strings.Split(string(lines), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		features++
		at := fmt.Sprintf("%s:%d", featureList, n+1)
		if _, heading, ok := strings.Cut(line, " -> "); ok {
			if mentioned[heading] = true; !headings[heading] {
				t.Errorf("%s: %s has no heading %q", at, whyNot, heading)
			}
			continue
		}
		_, proof, ok := strings.Cut(line, " = ")
		if !ok {
			t.Errorf("%s: want \"feature = folder TestName …\" or \"feature -> heading\"", at)
			continue
		}
		dir, named := "", 0
		for word := range strings.FieldsSeq(proof) {
			if !strings.HasPrefix(word, "Test") && !strings.HasPrefix(word, "Example") {
				dir = word
				if tests[dir] == nil {
					tests[dir] = testsIn(t, dir)
				}
				continue
			}
			if named++; !tests[dir][word] {
				t.Errorf("%s: there is no %s in %s", at, word, dir)
			}
		}
		if named == 0 {
			t.Errorf("%s: no test is named", at)
		}
	}
	for heading := range headings {
		if !mentioned[heading] {
			t.Errorf("%s: %q is about no feature of the list", whyNot, heading)
		}
	}
	if features < 150 {
		t.Errorf("%d features; the list was longer", features)
	}
}

// headingsOf returns the headings of the third level.
func headingsOf(t *testing.T, file string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(strings.TrimSpace(line), "### "); ok {
			found[heading] = true
		}
	}
	return found
}

// testsIn returns the names of the tests and examples of a folder.
func testsIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil {
				found[fn.Name.Name] = true
			}
		}
	}
	return found
}

// The settings that Flask 3.1 has from the start, each under the same name here or
// spoken of in the document.
func TestFlaskSettings(t *testing.T) {
	lines, err := retort.Settings(retort.Config{})
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, line := range lines {
		key, _, _ := strings.Cut(line, "=")
		have[key] = true
	}
	text, err := os.ReadFile(whyNot)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range strings.Fields(`APPLICATION_ROOT DEBUG EXPLAIN_TEMPLATE_LOADING MAX_CONTENT_LENGTH MAX_COOKIE_SIZE
		MAX_FORM_MEMORY_SIZE MAX_FORM_PARTS PERMANENT_SESSION_LIFETIME PREFERRED_URL_SCHEME PROPAGATE_EXCEPTIONS
		PROVIDE_AUTOMATIC_OPTIONS SECRET_KEY SECRET_KEY_FALLBACKS SEND_FILE_MAX_AGE_DEFAULT SERVER_NAME SESSION_COOKIE_DOMAIN
		SESSION_COOKIE_HTTPONLY SESSION_COOKIE_NAME SESSION_COOKIE_PARTITIONED SESSION_COOKIE_PATH SESSION_COOKIE_SAMESITE
		SESSION_COOKIE_SECURE SESSION_REFRESH_EACH_REQUEST TEMPLATES_AUTO_RELOAD TESTING TRAP_BAD_REQUEST_ERRORS
		TRAP_HTTP_EXCEPTIONS TRUSTED_HOSTS USE_X_SENDFILE`) {
		if !have[key] && !strings.Contains(string(text), "`"+key+"`") {
			t.Errorf("%s is neither a setting nor spoken of in %s", key, whyNot)
		}
	}
}

func TestBlueprintStatic(t *testing.T) {
	app := newApp()
	app.Static(fstest.MapFS{"a.txt": {Data: []byte("app's")}})
	bp := retort.NewBlueprint("shop", "/shop")
	bp.Static(fstest.MapFS{"a.txt": {Data: []byte("shop's")}})
	bp.Get("/", func(c *retort.Ctx) error {
		u, err := c.URL(".static", "filename", "a.txt")
		if err != nil {
			return err
		}
		return c.RedirectTo(u)
	}).Named("index")
	app.Mount(bp)
	client := retorttest.New(t, app)
	if r := client.Get("/shop/").Follow(); r.Body != "shop's" {
		t.Errorf("got %d %q", r.Status, r.Body)
	}
	if r := client.Get("/static/a.txt"); r.Body != "app's" {
		t.Errorf("got %d %q", r.Status, r.Body)
	}
}

// Blueprints go to any depth; names and prefixes add up, and links from within
// are relative to where one is.
func TestNestedBlueprints(t *testing.T) {
	app := newApp()
	outer, inner := retort.NewBlueprint("outer", "/o"), retort.NewBlueprint("inner", "/i/<int:n>")
	inner.Get("/x", func(c *retort.Ctx) error {
		u, err := c.URL(".x", "n", c.Int("n")+1)
		if err != nil {
			return err
		}
		return c.Text(c.Blueprint() + " " + c.Endpoint() + " " + u)
	}).Named("x")
	outer.Mount(inner)
	app.Mount(outer)
	if got, want := retorttest.New(t, app).Get("/o/i/4/x").Body, "outer.inner outer.inner.x /o/i/5/x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTemplateFunctions(t *testing.T) {
	app := newApp()
	app.Filter("shout", func(s string) string { return strings.ToUpper(s) + "!" })
	app.Test("short", func(s string) bool { return len(s) < 4 })
	app.Global("site", func() string { return "Site" })
	app.Templates(fstest.MapFS{"p.html": {Data: []byte(`{{ "hi"|shout }} {{ "abc" is short }} {{ "abcd" is short }} {{ site() }}`)}})
	app.Get("/", func(c *retort.Ctx) error { return c.Render("p.html", nil) }).Named("index")
	if got, want := retorttest.New(t, app).Get("/").Body, "HI! True False Site"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What a template sees of the request is what Flask's request is called there.
func TestTemplateRequest(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, ApplicationRoot: "/app"})
	app.Templates(fstest.MapFS{"p.html": {Data: []byte(`{{ request.url }}|{{ request.base_url }}|{{ request.full_path }}|{{ request.url_root }}|` +
		`{{ request.host_url }}|{{ request.host }}|{{ request.scheme }}|{{ request.is_secure }}|{{ request.blueprint }}|` +
		`{{ request.headers["User-Agent"] }}|{{ request.user_agent }}|{{ request.referrer }}|{{ request.cookies.flavour }}|{{ request.remote_addr }}|{{ request.content_type }}|{{ request.mimetype }}`)}})
	app.Get("/r/<x>", func(c *retort.Ctx) error { return c.Render("p.html", nil) }).Named("index")
	client := retorttest.New(t, app)
	client.Header.Set("User-Agent", "Test")
	client.Header.Set("Cookie", `flavour="s\303\274\303\237"`) // as Werkzeug writes it
	client.Header.Set("Content-Type", "text/plain; charset=x")
	want := "http://localhost/app/r/a?q=1|http://localhost/app/r/a|/r/a?q=1|http://localhost/app/|http://localhost/|localhost|http|False|None|Test|Test|None|süß|192.0.2.1|text/plain; charset=x|text/plain"
	if got := client.Get("/app/r/a?q=1").Body; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Any status from 400 on can be an answer, with a name and a sentence.
func TestErrorStatuses(t *testing.T) {
	app := newApp()
	app.Get("/<int:status>", func(c *retort.Ctx) error { return retort.Errorf(c.Int("status"), "") }).Named("fail")
	client := retorttest.New(t, app)
	for _, status := range []int{400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423,
		424, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505} {
		r := client.Get(fmt.Sprintf("/%d", status))
		if r.Status != status || !strings.Contains(r.Body, fmt.Sprintf("<title>%d %s</title>", status, htmlText(http.StatusText(status)))) {
			t.Errorf("%d: got %d %s", status, r.Status, r.Body)
		}
	}
}

func htmlText(s string) string { return strings.ReplaceAll(s, "'", "&#39;") }

func TestDeleteCookie(t *testing.T) {
	app := newApp()
	app.Get("/set", func(c *retort.Ctx) error { c.SetCookie(http.Cookie{Name: "a", Value: "b"}); return c.Text("-") }).Named("set")
	app.Get("/delete", func(c *retort.Ctx) error { c.SetCookie(http.Cookie{Name: "a", MaxAge: -1}); return c.Text("-") }).Named("delete")
	client := retorttest.New(t, app)
	client.Get("/set")
	if len(client.Cookies()) != 1 {
		t.Fatal("no cookie was set")
	}
	client.Get("/delete")
	if got := client.Cookies(); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

// A route that streams reads its body as it comes, with or without a length.
func TestStreamedBody(t *testing.T) {
	app := newApp()
	app.Put("/", func(c *retort.Ctx) error {
		lines := 0
		for in := bufio.NewScanner(c.Request.Body); in.Scan(); {
			lines++
		}
		return c.Text(fmt.Sprint(lines))
	}).Named("index").Streams().MaxContentLength(4 << 20)
	app.Post("/echo", func(c *retort.Ctx) error {
		body, err := c.Body()
		if err != nil {
			return err
		}
		return c.Bytes("text/plain", body)
	}).Named("echo").MaxContentLength(10)
	server := httptest.NewServer(app)
	defer server.Close()
	send := func(method, path string, body io.Reader) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/octet-stream")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(text)
	}
	long := strings.Repeat("line\n", 300_000) // more than MaxContentLength has it elsewhere
	if status, text := send("PUT", "/", struct{ io.Reader }{strings.NewReader(long)}); status != 200 || text != "300000" {
		t.Errorf("without a length: got %d %.100s", status, text)
	}
	if status, text := send("POST", "/echo", strings.NewReader("0123456789")); status != 200 || text != "0123456789" {
		t.Errorf("got %d %s", status, text)
	}
	if status, _ := send("POST", "/echo", strings.NewReader("0123456789a")); status != 413 {
		t.Errorf("longer than the route takes: got %d, want 413", status)
	}
	if status, _ := send("POST", "/echo", struct{ io.Reader }{strings.NewReader("0123456789a")}); status != 413 {
		t.Errorf("longer than the route takes, unannounced: got %d, want 413", status)
	}
}

// A stream is made while the request lasts, so all of it is at hand.
func TestStreamSeesRequest(t *testing.T) {
	app := newApp()
	torn := false
	app.Teardown(func(*retort.Ctx, error) { torn = true })
	app.Get("/<name>", func(c *retort.Ctx) error {
		return c.Stream("text/plain", func(w io.Writer) error {
			_, err := fmt.Fprint(w, c.Param("name"), c.Query("q"), torn)
			return err
		})
	}).Named("index").Streams()
	if got := retorttest.New(t, app).Get("/a?q=b").Body; got != "abfalse" || !torn {
		t.Errorf("got %q, torn down %t", got, torn)
	}
}

// A signal of an app's own is a variable.
func TestOwnSignal(t *testing.T) {
	var saved retort.Signal[string]
	saved.Send("to nobody")
	var heard []string
	disconnect := saved.Connect(func(s string) { heard = append(heard, s) })
	saved.Send("one")
	disconnect()
	saved.Send("two")
	if strings.Join(heard, " ") != "one" {
		t.Errorf("heard %q", heard)
	}
}

func TestWrappedHandler(t *testing.T) {
	app := newApp()
	wrap := func(mark string) func(retort.Handler) retort.Handler {
		return func(h retort.Handler) retort.Handler {
			return func(c *retort.Ctx) error { c.AddHeader("X-Order", mark); return h(c) }
		}
	}
	app.Get("/", ok).With(wrap("outer"), wrap("inner"))
	r := retorttest.New(t, app).Get("/")
	if got := strings.Join(r.Header.Values("X-Order"), " "); got != "outer inner" || r.Body != "ok" {
		t.Errorf("got %q, %q", got, r.Body)
	}
}

// A redirect for a missing slash is no way around the hooks, as in Flask.
func TestHooksSeeRedirects(t *testing.T) {
	app := newApp()
	ran := 0
	for range 2 {
		app.Before(func(*retort.Ctx) error { ran++; return nil })
	}
	app.Before(func(c *retort.Ctx) error {
		if c.Query("closed") != "" {
			return c.Text("closed")
		}
		return nil
	})
	app.Get("/folder/", ok).Named("folder")
	app.Route("/own", func(c *retort.Ctx) error { return c.Text("my own") }, "OPTIONS").Named("own")
	client := retorttest.New(t, app)
	if r := client.Get("/folder?a=1"); r.Status != 308 || r.Header.Get("Location") != "/folder/?a=1" || ran != 2 {
		t.Errorf("got %d to %q, %d of 2 hooks", r.Status, r.Header.Get("Location"), ran)
	}
	if r := client.Get("/folder?closed=1"); r.Status != 200 || r.Body != "closed" || r.Header.Get("Location") != "" {
		t.Errorf("a hook that answers: got %d %q to %q", r.Status, r.Body, r.Header.Get("Location"))
	}
	if r := client.Do(client.Request("OPTIONS", "/own", nil)); r.Body != "my own" {
		t.Errorf("OPTIONS of one's own: got %d %q", r.Status, r.Body)
	}
}

// A program's own settings, and those of an extension, are read as the app's are.
func TestLoadOwnSettings(t *testing.T) {
	var settings struct {
		retort.Config
		PageSize int
	}
	source := retort.Source{Name: "test", Values: map[string]any{"PAGE_SIZE": 25.0, "DEBUG": true}}
	if err := retort.Load(&settings, source); err != nil || settings.PageSize != 25 || !settings.Debug {
		t.Errorf("got %d, %t, %v", settings.PageSize, settings.Debug, err)
	}
	t.Setenv("BLOGMAIL_ADDR", "mail.example.com:587")
	t.Setenv("BLOGMAIL_PASSWORD", "hunter2")
	var sender mail.SMTP
	if err := retort.Load(&sender, retort.Env("BLOGMAIL")); err != nil || sender.Addr != "mail.example.com:587" || sender.Password != "hunter2" {
		t.Errorf("got %+v, %v", sender, err)
	}
	shown, err := retort.Settings(sender)
	if err != nil || strings.Contains(strings.Join(shown, " "), "hunter2") {
		t.Errorf("shown: %s, %v", shown, err)
	}
}
