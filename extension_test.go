package retort_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// banner shows a text on every page, and counts the pages.
type banner struct {
	Text   string
	shown  int
	closed bool
}

func (b *banner) Extend(app *retort.App) error {
	if b.Text == "" {
		return errors.New("the banner has no Text")
	}
	app.Global("banner", b.Text)
	app.After(func(*retort.Ctx, *retort.Response) error { b.shown++; return nil })
	app.OnClose(func() error { b.closed = true; return nil })
	return nil
}

func TestExtension(t *testing.T) {
	app := retort.New(retort.Config{Debug: true, Templates: fstest.MapFS{"page.html": {Data: []byte("{{ banner }}")}}})
	b := &banner{Text: "<hello>"}
	app.Extend(b)
	app.Get("/", func(c *retort.Ctx) error { return c.Render("page.html", nil) }).Named("index")
	if got := retorttest.New(t, app).Get("/").Body; got != "&lt;hello&gt;" || b.shown != 1 {
		t.Errorf("got %q, shown %d times", got, b.shown)
	}
	if err := app.Close(); err != nil || !b.closed {
		t.Errorf("closed: %t, %v", b.closed, err)
	}
}

func TestExtensionFails(t *testing.T) {
	app := retort.New(retort.Config{Debug: true})
	app.Extend(&banner{})
	if err := app.Compile(); err == nil || !strings.Contains(err.Error(), "banner: the banner has no Text") {
		t.Errorf("got %v, want the extension's error with its name", err)
	}
}

type greeter struct{ Greeting string }

func (g greeter) Extend(app *retort.App) error {
	app.Filter("greet", func(name string) string { return g.Greeting + ", " + name + "!" })
	return nil
}

func ExampleExtension() {
	app := retort.New(retort.Config{Debug: true, Templates: fstest.MapFS{"hello.txt": {Data: []byte("{{ name|greet }}")}}})
	app.Extend(greeter{"Good morning"})
	app.Get("/<name>", func(c *retort.Ctx) error {
		page, err := c.RenderString("hello.txt", retort.Map{"name": c.Param("name")})
		fmt.Println(page)
		if err != nil {
			return err
		}
		return c.NoContent()
	}).Named("hello")
	retorttest.New(&testing.T{}, app).Get("/Ada")
	// Output: Good morning, Ada!
}
