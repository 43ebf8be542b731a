package retort_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/form"
	"github.com/retort-go/retort/password"
	"github.com/retort-go/retort/retorttest"
)

// overQuota has a status because it wraps an error that has one.
type overQuota struct{ status error }

func (e *overQuota) Error() string { return "over quota" }
func (e *overQuota) Unwrap() error { return e.status }

// rightMissing has a status of its own.
type rightMissing struct{}

func (rightMissing) Error() string   { return "a right is missing" }
func (rightMissing) HTTPStatus() int { return 403 }

// An error may be of a type that has a status, as a subclass of Forbidden has in
// Flask: whoever handles that type is asked before those who handle 403.
func TestErrorsWithStatus(t *testing.T) {
	say := func(c *retort.Ctx, err error, by string) error {
		e, _ := errors.AsType[*retort.Error](err)
		return c.Status(403).Text(fmt.Sprint(by, " ", e != nil && e.Status == 403))
	}
	app := newApp()
	app.OnStatus(403, func(c *retort.Ctx, err error) error { return say(c, err, "by status") })
	bp := retort.NewBlueprint("bp", "/bp")
	bp.OnStatus(403, func(c *retort.Ctx, err error) error { return say(c, err, "by the blueprint") })
	typed := retort.NewBlueprint("typed", "/typed")
	retort.OnError(&typed.Hooks, func(c *retort.Ctx, err *overQuota) error { return say(c, err, "by type") })
	retort.OnError(&app.Hooks, func(c *retort.Ctx, err rightMissing) error { return say(c, err, "by the app's type") })
	for _, s := range []*retort.Scaffold{&app.Scaffold, &bp.Scaffold, &typed.Scaffold} {
		s.Get("/plain", func(*retort.Ctx) error { return retort.Errorf(403, "") }).Named("plain")
		s.Get("/quota", func(*retort.Ctx) error { return fmt.Errorf("store: %w", &overQuota{retort.Errorf(403, "")}) }).Named("quota")
		s.Get("/right", func(*retort.Ctx) error { return rightMissing{} }).Named("right")
		s.Get("/cause", func(*retort.Ctx) error { return retort.Errorf(403, "").Because(&overQuota{}) }).Named("cause")
	}
	app.Mount(bp)
	app.Mount(typed)
	client := retorttest.New(t, app)
	for path, want := range map[string]string{
		"/plain": "by status true", "/quota": "by status true", "/right": "by the app's type false", "/cause": "by status true",
		"/bp/plain": "by the blueprint true", "/bp/quota": "by the blueprint true",
		"/bp/right":    "by the blueprint true", // the innermost that handles it in any way
		"/typed/quota": "by type true", "/typed/plain": "by status true", "/typed/right": "by the app's type false",
		"/typed/cause": "by status true", // a cause is not what the error is
	} {
		if r := client.Get(path); r.Body != want || r.Status != 403 {
			t.Errorf("%s: got %d %q, want %q", path, r.Status, r.Body, want)
		}
	}
}

// Flask's TestGenericHandlers: what handlers for very general types are handed.
func TestGenericHandlers(t *testing.T) {
	build := func(setup func(app *retort.App)) *retorttest.Client {
		app := newApp()
		app.Config.MaxContentLength = 50
		app.Get("/plain", func(*retort.Ctx) error { return errors.New("plain") }).Named("plain")
		app.Get("/abort", func(*retort.Ctx) error { return retort.Errorf(500, "") }).Named("abort")
		app.Get("/busy", func(*retort.Ctx) error { return fmt.Errorf("log in: %w", password.ErrBusy) }).Named("busy")
		app.Post("/large", func(c *retort.Ctx) error { return c.Text(c.Form("a")) }).Named("large")
		app.Get("/slash/", ok).Named("slash")
		setup(app)
		return retorttest.New(t, app)
	}
	type answers map[string]string // by path, "" for 308
	for name, tt := range map[string]struct {
		setup func(app *retort.App)
		want  answers
	}{
		"500": {func(app *retort.App) {
			app.OnStatus(500, func(c *retort.Ctx, err error) error {
				e, _ := errors.AsType[*retort.Error](err)
				return c.Text(fmt.Sprint(e.Status, " because ", e.Err))
			})
		}, answers{"/plain": "500 because plain", "/abort": "500 because <nil>", "/slash": ""}},
		"any with a status": {func(app *retort.App) {
			retort.OnError(&app.Hooks, func(c *retort.Ctx, err *retort.Error) error { return c.Text(fmt.Sprint(err.Status)) })
		}, answers{"/plain": "500", "/abort": "500", "/busy": "503", "/nowhere": "404", "/large": "413", "/slash": ""}},
		"any at all": {func(app *retort.App) {
			retort.OnError(&app.Hooks, func(c *retort.Ctx, err error) error { return c.Text(fmt.Sprintf("%T", err)) })
		}, answers{"/plain": "*errors.errorString", "/abort": "*retort.Error", "/nowhere": "*retort.Error",
			"/large": "*http.MaxBytesError", "/slash": ""}},
		"413": {func(app *retort.App) {
			app.OnStatus(413, func(c *retort.Ctx, _ error) error { return c.Text("42") })
		}, answers{"/large": "42"}},
	} {
		client := build(tt.setup)
		for path, want := range tt.want {
			r := client.Request("GET", path, nil)
			if path == "/large" {
				r = client.Request("POST", path, strings.NewReader("a="+strings.Repeat("x", 50)))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			if got := client.Do(r); got.Body != want || want == "" && got.Status != 308 {
				t.Errorf("%s: %s: got %d %.80q, want %q", name, path, got.Status, got.Body, want)
			}
		}
	}
}

func TestErrorTemplate(t *testing.T) {
	cfg := retort.Config{SecretKey: testKey, ErrorTemplate: "error.html", Logger: slog.New(slog.DiscardHandler), Templates: fstest.MapFS{
		"error.html": {Data: []byte("{{ error.code }} {{ error.name }}: {{ error.description }} {{ error.request_id|length }} {{ fail(error.code) }}")}}}
	build := func() *retort.App {
		app := retort.New(cfg)
		app.Global("fail", func(code int) (string, error) {
			if code == 418 {
				return "", errors.New("no teapots")
			}
			return "", nil
		})
		app.Get("/<int:status>", func(c *retort.Ctx) error { return retort.Errorf(c.Int("status"), "Say <why>.") }).Named("fail")
		app.Get("/plain", func(*retort.Ctx) error { return errors.New("SECRET") }).Named("plain")
		app.OnStatus(410, func(c *retort.Ctx, _ error) error { return c.Status(410).Text("handled") })
		return app
	}
	client := retorttest.New(t, build())
	for _, tt := range []struct {
		path, host, accept string
		status             int
		want               string
	}{
		{"/409", "", "", 409, "409 Conflict: Say &lt;why&gt;. 16 "},
		{"/nowhere", "", "", 404, "404 Not Found: There is nothing at this address. If you typed it, please check the spelling. 16 "},
		{"/plain", "", "", 500, "500 Internal Server Error: Something went wrong on the server. It has been noted; trying again later may help. 16 "},
		{"/410", "", "", 410, "handled"},
		{"/409", "", "application/json", 409, `"title":"Conflict"`},
		{"/409", "evil.example", "", 421, "<title>421 Misdirected Request</title>"}, // no page of the app's, with links to there
		{"/418", "", "", 500, "<title>500 Internal Server Error</title>"},           // the template itself fails
	} {
		r := client.Request("GET", tt.path, nil)
		r.Header.Set("Accept", tt.accept)
		if tt.host != "" {
			r.Host = tt.host
		}
		got := client.Do(r)
		if got.Status != tt.status || !strings.Contains(got.Body, tt.want) || strings.Contains(got.Body, "SECRET") {
			t.Errorf("%s at %q, Accept %q: got %d %.300q, want %q", tt.path, tt.host, tt.accept, got.Status, got.Body, tt.want)
		}
		if tt.status != 410 && got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control is %q", tt.path, got.Header.Get("Cache-Control"))
		}
	}
	cfg.Debug = true
	client = retorttest.New(t, build())
	r := client.Request("GET", "/plain", nil)
	r.RemoteAddr = "127.0.0.1:9"
	if got := client.Do(r); !strings.Contains(got.Body, "SECRET") {
		t.Errorf("with Debug: got %s, want the error", got.Body)
	}
	cfg.ErrorTemplate = "eror.html"
	if err := build().Compile(); err == nil || !strings.Contains(err.Error(), "ErrorTemplate") || !strings.Contains(err.Error(), "eror.html") {
		t.Errorf("a template that is not there: got %v", err)
	}
}

// A form that is shown again says by its status that it was not accepted.
func TestWrongFormsHaveTheirStatus(t *testing.T) {
	app := newApp()
	app.Templates(fstest.MapFS{"form.html": {Data: []byte("{{ form.name.errors|join }}")}})
	app.Route("/", func(c *retort.Ctx) error {
		f := &struct{ Name form.Field[string] }{form.Text("Name", form.Required[string]())}
		ok, err := c.Submitted(f)
		if err != nil {
			return err
		}
		switch {
		case ok && f.Name.Value == "taken":
			f.Name.Fail("That is taken.")
		case ok:
			return c.Redirect("form")
		case f.Name.Value == "" && c.Query("leave") != "":
			return c.Redirect("form")
		case c.Query("fine") != "":
			c.Status(http.StatusOK)
		}
		return c.Render("form.html", retort.Map{"form": f})
	}, "GET", "POST").Named("form")
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		query, name string
		status      int
		body        string
	}{
		{"", "", 422, "This has to be filled in."},
		{"", "taken", 422, "That is taken."},
		{"", "ada", 303, ""},
		{"?leave=1", "", 303, ""},
		{"?fine=1", "", 200, "This has to be filled in."},
	} {
		if r := client.Post("/"+tt.query, url.Values{"name": {tt.name}}); r.Status != tt.status || r.Body != tt.body {
			t.Errorf("%s %q: got %d %q, want %d %q", tt.query, tt.name, r.Status, r.Body, tt.status, tt.body)
		}
	}
	if r := client.Get("/"); r.Status != 200 {
		t.Errorf("asked for: got %d", r.Status)
	}
}
