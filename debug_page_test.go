package retort_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

var goodKey = []byte("qZ7w1mVx9tKfB3nRj5yLc8PdGh2sUa4e6Tk0")

// failing is an app in which everything that a page knows is a secret.
func failing(debug bool) *retort.App {
	app := retort.New(retort.Config{
		Debug: debug, SecretKey: goodKey, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Templates: fstest.MapFS{
			"base.html": {Data: []byte("<title>Shop</title>\n{% block body %}{% endblock %}")},
			"lib.html":  {Data: []byte("{% macro price(item) %}\n  {{ item.cost * tax_rtae }}\n{% endmacro %}")},
			"cart.html": {Data: []byte("{% extends 'base.html' %}{% from 'lib.html' import price with context %}\n{% block body %}<b>{{ price(item) }}</b>{% endblock %}")},
			"type.html": {Data: []byte("{{ item.name + 1 }}")},
			"bad.html":  {Data: []byte("<p>\n{% if %}")},
			"go.html":   {Data: []byte("{{ fail() }}")},
		},
	})
	for _, name := range []string{"cart", "type", "bad", "nowhere", "go"} {
		app.Get("/"+name, func(c *retort.Ctx) error {
			if err := c.Session().Set("token", "SECRET-session"); err != nil {
				return err
			}
			return c.Render(name+".html", retort.Map{"item": retort.Map{"cost": "SECRET-cost", "name": "SECRET-name"}, "tax_rate": "SECRET-rate"})
		}).Named(name)
	}
	app.Global("fail", func() (string, error) { return "", errors.New("the price list is gone") })
	app.Get("/panic", func(*retort.Ctx) error { panic("no prices") }).Named("panics")
	app.Get("/error", func(*retort.Ctx) error { return errors.New("load the cart: no connection") }).Named("fails")
	app.Get("/refused", func(*retort.Ctx) error {
		return retort.Errorf(http.StatusForbidden, "Not yours.").Because(errors.New("the cart is somebody else's"))
	}).Named("refuses")
	return app
}

// fetch asks for a page from the address of a client, with secrets wherever a request has room.
func fetch(t *testing.T, app *retort.App, path, client, accept string) *retorttest.Response {
	t.Helper()
	c := retorttest.New(t, app)
	r := c.Request(http.MethodGet, path+"?q=SECRET-query", nil)
	r.RemoteAddr = client
	r.Header.Set("Accept", accept)
	r.Header.Set("Authorization", "SECRET-header")
	r.AddCookie(&http.Cookie{Name: "remember", Value: "SECRET-cookie"})
	return c.Do(r)
}

func TestDebugPage(t *testing.T) {
	const here, away, html = "127.0.0.1:9", "192.0.2.1:9", "text/html"
	debug, production := failing(true), failing(false)
	for path, wants := range map[string][]string{
		"/cart": {"UndefinedError", "&#39;tax_rtae&#39; is undefined", "did you mean &#39;tax_rate&#39;?", "lib.html:2:16 in macro &#34;price&#34;",
			"<b>  2 |   {{ item.cost * tax_rtae }}</b>\n<b>    |                ^</b>", "from cart.html:2:28 in block &#34;body&#34;", "from base.html:2:4",
			"What was tried", "render cart.html", "GET /cart, endpoint cart"},
		"/type":    {"TypeError", "type.html:1:14"},
		"/bad":     {"TemplateSyntaxError", "bad.html:2:7", "<b>  2 | {% if %}</b>"},
		"/nowhere": {"TemplateNotFound", "nowhere.html"},
		"/go":      {"the price list is gone", "go.html:1:8"},
		"/panic":   {"<h1>no prices</h1>", "Go stack", "debug_page_test.go:"},
		"/error":   {"load the cart: no connection", "endpoint fails"},
		"/refused": {"<h1>Forbidden</h1>", "Not yours.", "the cart is somebody else&#39;s"},
	} {
		page := fetch(t, debug, path, here, html)
		for _, want := range wants {
			if !strings.Contains(page.Body, want) {
				t.Errorf("%s has no %q:\n%s", path, want, page.Body[strings.Index(page.Body, "</style>"):])
			}
		}
		if strings.Contains(page.Body, "SECRET") {
			t.Errorf("%s tells a secret:\n%s", path, page.Body)
		}
		nonce := regexp.MustCompile(`<style nonce="([\w-]+)">`).FindStringSubmatch(page.Body)
		if nonce == nil || !strings.Contains(page.Header.Get("Content-Security-Policy"), "'nonce-"+nonce[1]+"'") {
			t.Errorf("%s: the style does not carry the nonce of the policy", path)
		}
		for who, page := range map[string]*retorttest.Response{
			"somebody else": fetch(t, debug, path, away, html), "a program": fetch(t, debug, path, here, "application/json"),
			"a visitor": fetch(t, production, path, away, html), "a visitor here": fetch(t, production, path, here, html),
		} {
			for _, hidden := range []string{"tax_rtae", ".html", "price list", "debug_page_test", "no prices", "connection", "somebody", "SECRET", "Debug"} {
				if strings.Contains(page.Body, hidden) {
					t.Errorf("%s of %s sees %q:\n%s", who, path, hidden, page.Body)
				}
			}
		}
	}
}

// folder is a folder of templates that a test edits.
type folder struct {
	t   *testing.T
	dir string
}

func (f folder) write(name, text string) {
	f.t.Helper()
	half := filepath.Join(f.t.TempDir(), name)
	if err := os.WriteFile(half, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Rename(half, filepath.Join(f.dir, name)); err != nil { // nobody reads half of it
		f.t.Fatal(err)
	}
}

// Templates are edited under an app that runs: what is good replaces what was there, what is broken does not and says so.
func TestHotReload(t *testing.T) {
	f := folder{t, t.TempDir()}
	f.write("base.html", "<title>one</title>{% block body %}{% endblock %}")
	f.write("part.html", "part one")
	f.write("lib.html", "{% macro m() %}macro one{% endmacro %}")
	f.write("page.html", "{% extends 'base.html' %}{% from 'lib.html' import m %}{% block body %}{{ m() }}, {% include 'part.html' %}{% endblock %}")
	var log strings.Builder
	app := retort.New(retort.Config{
		Debug: true, SecretKey: goodKey, Logger: slog.New(slog.NewTextHandler(&log, nil)), Templates: os.DirFS(f.dir),
	})
	app.Get("/", func(c *retort.Ctx) error { return c.Render("page.html", nil) }).Named("page")
	client := retorttest.New(t, app)
	get := func() string {
		r := client.Request(http.MethodGet, "/", nil)
		r.RemoteAddr = "127.0.0.1:9"
		page := client.Do(r)
		if page.Status != http.StatusOK {
			t.Fatalf("status %d: %s", page.Status, page.Body)
		}
		return page.Body
	}
	// Sources are looked at a few times a second; until then the page stays what it was.
	becomes := func(want string) {
		t.Helper()
		before := get()
		for page := before; page != want; page = get() {
			if page != before {
				t.Fatalf("got\n%s\nwant\n%s", page, want)
			}
		}
	}
	shows := func(wants ...string) {
		for page, all := "", false; !all; {
			page, all = get(), true
			for _, want := range wants {
				all = all && strings.Contains(page, want)
			}
		}
	}
	becomes("<title>one</title>macro one, part one")
	f.write("base.html", "<title>second</title>{% block body %}{% endblock %}")
	becomes("<title>second</title>macro one, part one")
	f.write("part.html", "part second")
	becomes("<title>second</title>macro one, part second")
	f.write("lib.html", "{% macro m() %}macro second{% endmacro %}")
	becomes("<title>second</title>macro second, part second")

	const broken = "an edited template is broken"
	f.write("part.html", "part {{ third")
	shows("<title>second</title>macro second, part second", "part.html:1:", "last good version", "part {{ third")
	shows("last good version")
	if n := strings.Count(log.String(), broken); n != 1 {
		t.Errorf("the log tells %d times of the broken edit, want once:\n%s", n, &log)
	}
	f.write("part.html", "part third")
	for page := ""; page != "<title>second</title>macro second, part third"; {
		page = get()
	}

	if err := os.Remove(filepath.Join(f.dir, "lib.html")); err != nil {
		t.Fatal(err)
	}
	shows("<title>second</title>macro second, part third", "last good version", "lib.html")
	f.write("page.html", "{% extends 'base.html' %}{% block body %}no macros, {% include 'part.html' %}{% endblock %}")
	for page := ""; page != "<title>second</title>no macros, part third"; { // soon nothing is said of what nothing uses
		page = get()
	}
}
