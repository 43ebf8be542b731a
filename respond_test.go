package retort_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

func TestResponses(t *testing.T) {
	files := fstest.MapFS{"a.txt": {Data: []byte("0123456789ab"), ModTime: time.Unix(1_700_000_000, 0)}}
	app := newApp()
	app.Get("/target/<int:id>", ok).Named("target")
	for endpoint, h := range map[string]retort.Handler{
		"text":     func(c *retort.Ctx) error { return c.Text("a < b") },
		"html":     func(c *retort.Ctx) error { return c.HTML("<b>x</b>") },
		"json":     func(c *retort.Ctx) error { return c.Status(201).JSON(retort.Map{"b": 1, "a": "<"}) },
		"bytes":    func(c *retort.Ctx) error { return c.Bytes("image/png", []byte{1, 2}) },
		"none":     func(c *retort.Ctx) error { return c.NoContent() },
		"redirect": func(c *retort.Ctx) error { return c.Redirect("target", "id", 5, "q", "x y") },
		"kept":     func(c *retort.Ctx) error { return c.Status(307).Redirect("target", "id", 5) },
		"external": func(c *retort.Ctx) error { return c.RedirectExternal("https://other.example/") },
		"noscheme": func(c *retort.Ctx) error { return c.RedirectExternal("//other.example/") },
		"file":     func(c *retort.Ctx) error { return c.SendFile(files, "a.txt") },
		"missing":  func(c *retort.Ctx) error { return c.SendFile(files, "b.txt") },
		"download": func(c *retort.Ctx) error { return c.Download(files, "a.txt", "dir/na\"ïve\r\n.txt") },
		"stream": func(c *retort.Ctx) error {
			return c.Stream("text/event-stream", func(w io.Writer) error {
				_, err := io.WriteString(w, "data: x\n\n")
				return err
			})
		},
		"twice": func(c *retort.Ctx) error { _ = c.Text("first, longer"); return c.Text("second") },
		"cookie": func(c *retort.Ctx) error {
			c.SetCookie(http.Cookie{Name: "flavour", Value: "salty"})
			return c.Text("-")
		},
	} {
		app.Get("/"+endpoint, h).Named(endpoint)
	}
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		path   string
		status int
		body   string
		header map[string]string
	}{
		{"/text", 200, "a < b", map[string]string{"Content-Type": "text/plain; charset=utf-8", "Content-Length": "5"}},
		{"/html", 200, "<b>x</b>", map[string]string{"Content-Type": "text/html; charset=utf-8"}},
		{"/json", 201, "{\"a\":\"\\u003c\",\"b\":1}\n", map[string]string{"Content-Type": "application/json"}},
		{"/bytes", 200, "\x01\x02", map[string]string{"Content-Type": "image/png", "Content-Length": "2"}},
		{"/none", 204, "", map[string]string{"Content-Length": ""}},
		{"/redirect", 303, "", map[string]string{"Location": "/target/5?q=x+y"}},
		{"/kept", 307, "", map[string]string{"Location": "/target/5"}},
		{"/external", 303, "", map[string]string{"Location": "https://other.example/"}},
		{"/noscheme", 500, "", map[string]string{"Location": ""}},
		{"/file", 200, "0123456789ab", map[string]string{"Content-Type": "text/plain; charset=utf-8", "Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT"}},
		{"/missing", 404, "", nil},
		{"/download", 200, "0123456789ab", map[string]string{
			"Content-Disposition": `attachment; filename="na__ve__.txt"; filename*=UTF-8''na%22%C3%AFve%0D%0A.txt`}},
		{"/stream", 200, "data: x\n\n", map[string]string{"Content-Type": "text/event-stream", "Content-Length": ""}},
		{"/twice", 200, "second", map[string]string{"Content-Length": "6"}},
		{"/cookie", 200, "-", map[string]string{"Set-Cookie": "flavour=salty; Path=/; HttpOnly; SameSite=Lax"}},
	} {
		r := client.Get(tt.path)
		if r.Status != tt.status || tt.body != "" && r.Body != tt.body {
			t.Errorf("%s: got %d %q, want %d %q", tt.path, r.Status, r.Body, tt.status, tt.body)
		}
		for name, want := range tt.header {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", tt.path, name, got, want)
			}
		}
		head := client.Head(tt.path)
		if head.Status != tt.status || head.Body != "" || head.Header.Get("Content-Length") != r.Header.Get("Content-Length") {
			t.Errorf("HEAD %s: got %d %q, length %q, want what GET has without a body (length %q)",
				tt.path, head.Status, head.Body, head.Header.Get("Content-Length"), r.Header.Get("Content-Length"))
		}
	}
}

// The name of a download can come from anywhere.
func TestAttachmentNames(t *testing.T) {
	app := newApp()
	app.Get("/", func(c *retort.Ctx) error { c.Attachment(c.Query("name")); return c.Text("-") }).Named("index")
	client := retorttest.New(t, app)
	for name, want := range map[string]string{
		"report.pdf":         `filename="report.pdf"`,
		"../../etc/passwd":   `filename="passwd"`,
		`C:\\temp\\a.txt`:    `filename="a.txt"`,
		"a\r\nSet-Cookie: b": `filename="a__Set-Cookie: b"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b`,
		"\u202etxt.exe":      `filename="_txt.exe"; filename*=UTF-8''%E2%80%AEtxt.exe`,
		"":                   `filename="download"`,
		"../..":              `filename="download"`,
	} {
		if got := client.Get("/?name=" + url.QueryEscape(name)).Header.Get("Content-Disposition"); got != "attachment; "+want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}

func TestStaticFiles(t *testing.T) {
	app := newApp()
	app.Static(fstest.MapFS{"css/app.css": {Data: []byte("body{}")}})
	app.Get("/", func(c *retort.Ctx) error {
		u, err := c.URL("static", "filename", "css/app.css")
		if err != nil {
			return err
		}
		return c.Text(u)
	}).Named("index")
	client := retorttest.New(t, app)
	printed := client.Get("/").Body
	if !strings.HasPrefix(printed, "/static/css/app.css?v=") {
		t.Fatalf("got %q, want a fingerprinted URL", printed)
	}
	r := client.Get(printed)
	if r.Body != "body{}" || r.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" ||
		r.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("got %q with %v", r.Body, r.Header)
	}
	for _, stale := range []string{"/static/css/app.css", "/static/css/app.css?v=old"} {
		if got := client.Get(stale).Header.Get("Cache-Control"); got != "public, no-cache" {
			t.Errorf("%s: Cache-Control %q", stale, got)
		}
	}
	client.Header.Set("If-None-Match", r.Header.Get("Etag"))
	if got := client.Get(printed); got.Status != 304 || got.Body != "" {
		t.Errorf("with the entity tag: got %d %q, want 304", got.Status, got.Body)
	}
	client.Header = http.Header{"Range": {"bytes=4-"}}
	if got := client.Get(printed); got.Status != 206 || got.Body != "{}" {
		t.Errorf("range: got %d %q", got.Status, got.Body)
	}
}

func TestURLs(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, ApplicationRoot: "/app", ServerName: "example.com"})
	bp := retort.NewBlueprint("blog", "/blog")
	bp.Get("/<int:id>", func(c *retort.Ctx) error {
		var lines []string
		for _, args := range [][]any{
			{".show", "id", 6},
			{"blog.show", "id", 7, "page", 2, "_anchor", "top", "none", nil},
			{"index", "_external", true},
			{"index", "_scheme", "https", "_anchor", "x y"},
			{"index", "_scheme", "https", "_external", false},
			{"index", "_external", false, "_scheme", "https"},
		} {
			u, err := c.URL(args[0].(string), args[1:]...)
			if err != nil {
				return err
			}
			lines = append(lines, u)
		}
		return c.Text(strings.Join(lines, "\n"))
	}).Named("show")
	app.Mount(bp)
	app.MountAs(bp, "news", "/news")
	app.Get("/", ok).Named("index")
	client := retorttest.New(t, app)
	want := "/app/%s/6\n/app/blog/7?page=2#top\nhttp://localhost/app/" +
		"\nhttps://localhost/app/#x%20y\nhttps://localhost/app/\nhttps://localhost/app/"
	for _, name := range []string{"blog", "news"} {
		if got := client.Get("/app/" + name + "/5").Body; got != strings.ReplaceAll(want, "%s", name) {
			t.Errorf("in %s: got\n%s", name, got)
		}
	}
	if r := client.Get("/blog/5"); r.Status != 404 {
		t.Errorf("outside of ApplicationRoot: got %d, want 404", r.Status)
	}
	if u, err := app.URL("blog.show", "id", 1); err != nil || u != "https://example.com/app/blog/1" {
		t.Errorf("without a request: got %q, %v", u, err)
	}
	if _, err := newApp().URL("index"); err == nil || !strings.Contains(err.Error(), "set Config.ServerName") {
		t.Errorf("without a request and a name: got %v", err)
	}
	if _, err := app.URL("blog.shwo", "id", 1); err == nil || !strings.Contains(err.Error(), "Did you mean 'blog.show'") {
		t.Errorf("a misspelled endpoint: got %v", err)
	}
}

func TestSlashes(t *testing.T) {
	app := newApp()
	app.Get("/folder/", ok).Named("folder")
	app.Get("/leaf", ok).Named("leaf")
	client := retorttest.New(t, app)
	if r := client.Get("/folder?a=1"); r.Status != 308 || r.Header.Get("Location") != "/folder/?a=1" {
		t.Errorf("a missing slash: got %d to %q", r.Status, r.Header.Get("Location"))
	}
	if r := client.Get("/leaf/"); r.Status != 404 {
		t.Errorf("a surplus slash: got %d, want 404", r.Status)
	}
	loose := retort.New(retort.Config{SecretKey: testKey, LooseSlashes: true})
	loose.Get("/folder/", ok).Named("folder")
	loose.Get("/leaf", ok).Named("leaf")
	for _, path := range []string{"/folder", "/folder/", "/leaf", "/leaf/"} {
		if r := retorttest.New(t, loose).Get(path); r.Status != 200 {
			t.Errorf("with loose slashes, %s: got %d", path, r.Status)
		}
	}
	if r := client.Get("/folder").Follow(); r.Body != "ok" {
		t.Errorf("followed: got %q", r.Body)
	}
}

func TestFlash(t *testing.T) {
	app := newApp()
	app.Templates(fstest.MapFS{"page.html": {Data: []byte(
		`{% for category, message in get_flashed_messages(with_categories=true) %}{{ category }}: {{ message }}. {% endfor %}` +
			`{{ get_flashed_messages()|length }} {{ get_flashed_messages(category_filter=["error"])|join }}` +
			`{% for category, _ in get_flashed_messages(True, ["error", "message", "other"]) %} {{ category }}{% endfor %}`)}})
	var heard []string
	app.MessageFlashed.Connect(func(f retort.Flashed) { heard = append(heard, f.Category) })
	app.Post("/", func(c *retort.Ctx) error {
		if err := c.Flash("Saved <it>"); err != nil {
			return err
		}
		if err := c.FlashAs("error", "but not all"); err != nil {
			return err
		}
		return c.Redirect("page")
	}).Named("save")
	app.Get("/page", func(c *retort.Ctx) error { return c.Render("page.html", nil) }).Named("page")
	client := retorttest.New(t, app)
	r := client.Post("/", nil).Follow()
	if want := "message: Saved &lt;it&gt;. error: but not all. 2 but not all message error"; r.Body != want {
		t.Errorf("got %q, want %q", r.Body, want)
	}
	if again := client.Get("/page").Body; again != "0 " {
		t.Errorf("the second time: got %q", again)
	}
	if len(heard) != 2 {
		t.Errorf("signals: got %q", heard)
	}
}

func TestTemplateNames(t *testing.T) {
	app := newApp()
	user := retort.NewKey[string]("user")
	app.Templates(fstest.MapFS{
		"page.html": {Data: []byte(`{{ request.path }} {{ request.method }} {{ request.args.q }} {{ request.endpoint }} {{ request.view_args.id }} ` +
			`{{ session.name }} {{ g.user }} {{ url_for('page', id=6, x='y') }} {{ site }} {{ title }} {{ config.DEBUG }} {{ config.SECRET_KEY }}`)},
		"bp.html": {Data: []byte(`app's`)},
	})
	app.ContextProcessor(func(_ *retort.Ctx, vars retort.Map) error {
		vars["site"], vars["title"] = "Site", "overridden"
		return nil
	})
	app.Get("/page/<int:id>", func(c *retort.Ctx) error {
		user.Set(c, "alice")
		if err := c.Session().Set("name", "Al"); err != nil {
			return err
		}
		return c.Render("page.html", retort.Map{"title": "Title"})
	}).Named("page")
	bp := retort.NewBlueprint("bp", "/bp")
	bp.Templates(fstest.MapFS{"bp.html": {Data: []byte(`blueprint's`)}, "own.html": {Data: []byte("own")}})
	bp.Get("/<name>", func(c *retort.Ctx) error { return c.Render(c.Param("name"), nil) }).Named("page")
	app.Mount(bp)
	client := retorttest.New(t, app)
	for path, want := range map[string]string{
		"/page/5?q=a%26b": "/page/5 GET a&amp;b page 5 Al alice /page/6?x=y Site Title False ",
		"/bp/bp.html":     "app's", // the app's folder is searched first
		"/bp/own.html":    "own",
	} {
		if got := client.Get(path).Body; got != want {
			t.Errorf("%s:\n got %q\nwant %q", path, got, want)
		}
	}
}

func TestSignals(t *testing.T) {
	app := newApp()
	var heard []string
	app.RequestStarted.Connect(func(*retort.Ctx) { heard = append(heard, "started") })
	app.RequestFinished.Connect(func(*retort.Ctx) { heard = append(heard, "finished") })
	app.RequestTearingDown.Connect(func(e retort.Exception) { heard = append(heard, "tearing down after "+e.Err.Error()) })
	app.GotRequestException.Connect(func(e retort.Exception) { heard = append(heard, e.Err.Error()) })
	app.Before(func(*retort.Ctx) error { heard = append(heard, "before"); return nil })
	app.After(func(_ *retort.Ctx, r *retort.Response) error {
		heard = append(heard, "after")
		r.SetBody([]byte("stuff"))
		return nil
	})
	app.RequestFinished.Connect(func(c *retort.Ctx) { heard = append(heard, string(c.Response.Body())) })
	disconnect := app.RequestStarted.Connect(func(*retort.Ctx) { t.Error("a receiver that was taken away was called") })
	disconnect()
	app.Get("/", func(*retort.Ctx) error { panic("boom") }).Named("index")
	retorttest.New(t, app).Get("/")
	if got := strings.Join(heard, ", "); got != "started, before, panic: boom, after, finished, stuff, tearing down after panic: boom" {
		t.Errorf("got %s", got)
	}
}

// A file that is replaced while the app runs is not taken for the one before, in
// production either.
func TestStaticFileIsReplaced(t *testing.T) {
	name := filepath.Join(t.TempDir(), "app.css")
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("old")
	files, err := retort.Dir(filepath.Dir(name))
	if err != nil {
		t.Fatal(err)
	}
	app := retort.New(retort.Config{SecretKey: testKey, Static: files})
	app.Get("/", func(c *retort.Ctx) error {
		u, err := c.URL("static", "filename", "app.css")
		if err != nil {
			return err
		}
		return c.Text(u)
	}).Named("index")
	client := retorttest.New(t, app)
	link := client.Get("/").Body
	tag := client.Get(link).Header.Get("ETag")
	write("newer")
	r := client.Request("GET", link, nil)
	r.Header.Set("If-None-Match", tag)
	got := client.Do(r)
	if got.Status != 200 || got.Body != "newer" || got.Header.Get("ETag") == tag || got.Header.Get("Cache-Control") != "public, no-cache" {
		t.Errorf("got %d %q, ETag %s, %s; want the new file under a new tag, not to be kept under the old address",
			got.Status, got.Body, got.Header.Get("ETag"), got.Header.Get("Cache-Control"))
	}
	if next := client.Get("/").Body; next == link || client.Get(next).Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("the next page links to %s", next)
	}
}
