package retort_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/form"
	"github.com/retort-go/retort/jinja"
	"github.com/retort-go/retort/retorttest"
)

// A mail has no request to be rendered for.
func TestRenderWithoutRequest(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, ServerName: "example.com", Templates: fstest.MapFS{
		"mail.txt":  {Data: []byte("Hello {{ name }}, see {{ url_for('post', id=5, _anchor='end') }}{{ request }}{{ g }}")},
		"mail.html": {Data: []byte("Hello {{ name }}")},
		"csrf.html": {Data: []byte("{{ csrf_token() }}")},
	}})
	app.Get("/<int:id>", ok).Named("post")
	app.ContextProcessor(func(c *retort.Ctx, vars retort.Map) error { vars["name"] = c.Path(); return nil })
	rendered := retorttest.Record(t, &app.TemplateRendered)
	for name, want := range map[string]string{
		"mail.txt":  "Hello <Ada>, see https://example.com/5#end", // text is not escaped
		"mail.html": "Hello &lt;Ada&gt;",
	} {
		if got, err := app.RenderString(t.Context(), name, retort.Map{"name": "<Ada>"}); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	if len(rendered.All()) != 2 {
		t.Errorf("signals: got %v", rendered.All())
	}
	for name, want := range map[string]string{"csrf.html": "csrf_token needs a request", "nowhere.html": "nowhere.html"} {
		if got, err := app.RenderString(t.Context(), name, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	app.Config.ServerName = ""
	if got, err := app.RenderString(t.Context(), "mail.txt", nil); err == nil || !strings.Contains(err.Error(), "set Config.ServerName") {
		t.Errorf("without a name: got %q, %v", got, err)
	}
}

// An app inside of another one builds its own URLs, not those of the app around it.
func TestRenderInsideAnotherApp(t *testing.T) {
	inner := retort.New(retort.Config{SecretKey: testKey, ServerName: "inner.example",
		Templates: fstest.MapFS{"mail.txt": {Data: []byte("{{ url_for('page') }}")}}})
	inner.Get("/inner", ok).Named("page")
	outer := newApp()
	outer.Get("/outer", ok).Named("page")
	outer.Handle("/in", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := inner.RenderString(r.Context(), "mail.txt", nil)
		if err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, text)
	}))
	if got := retorttest.New(t, outer).Get("/in/").Body; got != "https://inner.example/inner" {
		t.Errorf("got %q", got)
	}
}

// What is set for an app's templates holds for them, and Retort's own work all the
// same.
func TestTemplateOptions(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, TrimBlocks: true, LstripBlocks: true, Undefined: jinja.UndefinedStrict,
		Logger: slog.New(slog.DiscardHandler), Templates: fstest.MapFS{
			"trim.html":   {Data: []byte("<ul>\n  {% for x in [1, 2] %}\n  <li>{{ x }}</li>\n  {% endfor %}\n</ul>\n")},
			"strict.html": {Data: []byte("{{ nmae }}")},
			"form.html": {Data: []byte(`{% from "retort/form.html" import field, csrf %}{{ csrf() }}` +
				`{% for name in ["title", "body", "colour", "size", "public", "token", "photo"] %}{{ field(form[name]) }}{% endfor %}`)},
		}})
	app.Get("/<name>", func(c *retort.Ctx) error {
		n := newNoteForm()
		form.Setup(n)
		n.Title.Fail("Say more.")
		return c.Render(c.Param("name"), retort.Map{"form": n, "name": "x"})
	}).Named("page")
	client := retorttest.New(t, app)
	if got, want := client.Get("/trim.html").Body, "<ul>\n  <li>1</li>\n  <li>2</li>\n</ul>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if r := client.Get("/strict.html"); r.Status != 500 {
		t.Errorf("a name that does not exist: got %d %q", r.Status, r.Body)
	}
	if r := client.Get("/form.html"); r.Status != 200 || !strings.Contains(r.Body, "Say more.") || !strings.Contains(r.Body, `name="photo"`) {
		t.Errorf("Retort's own macros: got %d %q", r.Status, r.Body)
	}
}

// Names given to Render go before all others, and a receiver of the signal may
// change them.
func TestRenderNames(t *testing.T) {
	app := newApp()
	app.Templates(fstest.MapFS{"page.html": {Data: []byte("{{ config }} {{ injected }} {{ changed }}")}})
	app.ContextProcessor(func(_ *retort.Ctx, vars retort.Map) error { vars["injected"] = 42; return nil })
	app.BeforeRenderTemplate.Connect(func(r retort.Rendering) { r.Data.(retort.Map)["changed"] = 43 })
	app.Get("/", func(c *retort.Ctx) error {
		return c.Render("page.html", retort.Map{"config": 41, "changed": 1})
	}).Named("index")
	if got := retorttest.New(t, app).Get("/").Body; got != "41 42 43" {
		t.Errorf("got %q", got)
	}
}

// The name says whether values are escaped, as in Flask.
func TestEscapingByName(t *testing.T) {
	escaped := map[string]bool{"a.html": true, "a.htm": true, "a.xml": true, "a.xhtml": true, "a.svg": true, "a.html.j2": true,
		"mail.txt": false, "a.csv": false, "a.md": false, "html": false}
	files := fstest.MapFS{}
	for name := range escaped {
		files[name] = &fstest.MapFile{Data: []byte("{{ x }}{{ x|safe }}")}
	}
	app := newApp()
	app.Templates(files)
	app.Get("/<name>", func(c *retort.Ctx) error { return c.Render(c.Param("name"), retort.Map{"x": "<"}) }).Named("page")
	client := retorttest.New(t, app)
	for name, escapes := range escaped {
		want := "<<"
		if escapes {
			want = "&lt;<"
		}
		if r := client.Get("/" + name); r.Body != want {
			t.Errorf("%s: got %d %q, want %q", name, r.Status, r.Body, want)
		}
	}
}
