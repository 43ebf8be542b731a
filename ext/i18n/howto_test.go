package i18n_test

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/ext/i18n"
	"github.com/retort-go/retort/retorttest"
)

// docs: app

func newShop(cfg retort.Config) (*retort.App, error) {
	catalogues, err := i18n.New(i18n.Config{FS: os.DirFS("testdata/howto/translations")})
	if err != nil {
		return nil, err
	}
	app := retort.New(cfg)
	catalogues.Mount(app, func(c *retort.Ctx) string { return c.Session().String("locale") })

	app.Get("/", cart)
	app.Post("/locale/<locale>", func(c *retort.Ctx) error {
		if err := c.Session().Set("locale", catalogues.Match(c.Param("locale"))); err != nil {
			return err
		}
		if err := c.Flash(catalogues.Translate(c.Context(), "", "Saved.")); err != nil {
			return err
		}
		return c.Redirect("cart")
	}).Named("set_locale")
	return app, nil
}

// docs: end

func cart(c *retort.Ctx) error {
	return c.Render("cart.html", retort.Map{
		"user": retort.Map{"name": "Ada & Co"}, "items": []string{"book", "pen"}, "visitors": 1, "site": "<shop>",
	})
}

// The app of docs/howto/translate.md, as its visitors see it.
func TestHowTo(t *testing.T) {
	app, err := newShop(retort.Config{Debug: true, Templates: os.DirFS("testdata/howto/templates")})
	if err != nil {
		t.Fatal(err)
	}
	app.Get("/plain", func(c *retort.Ctx) error { return c.Text("no messages") }).Named("plain")
	english := "<p>Hello Ada &amp; Co!</p>\n<p>There are 2 things in your cart.</p>\n<p>Prices are without tax.</p>\n" +
		"<button>Order</button> <a href=\"/order\">Order</a>\n<footer>one visitor 100% of &lt;shop&gt;</footer>"
	german := "<p>Hallo Ada &amp; Co!</p>\n<p>In Ihrem Warenkorb liegen 2 Artikel.</p>\n<p>Preise ohne Steuern.</p>\n" +
		"<button>Bestellen</button> <a href=\"/order\">Bestellung</a>\n<footer>ein Besucher 100 % von &lt;shop&gt;</footer>"
	for _, tt := range []struct{ accept, lang, want string }{
		{"", "en", english},
		{"fr", "en", english},
		{"de-AT,en;q=0.5", "de", german},
		{"pt", "pt-BR", "<title>Seu carrinho</title>"},
		{"en-GB,de;q=0.9", "en", english},
	} {
		client := retorttest.New(t, app)
		client.Header.Set("Accept-Language", tt.accept)
		page := client.Get("/")
		if !strings.Contains(page.Body, `<html lang="`+tt.lang+`">`) || !strings.Contains(page.Body, tt.want) {
			t.Errorf("%s: got\n%s\nwant lang %s and\n%s", tt.accept, page.Body, tt.lang, tt.want)
		}
		if vary := strings.Join(page.Header.Values("Vary"), ", "); !strings.Contains(vary, "Accept-Language") {
			t.Errorf("%s: Vary is %q", tt.accept, vary)
		}
		if vary := client.Get("/plain").Header.Get("Vary"); vary != "" {
			t.Errorf("a page without messages has Vary %q", vary)
		}
	}

	client := retorttest.New(t, app)
	client.Header.Set("Accept-Language", "pt-BR")
	page := client.Post("/locale/de_DE", url.Values{}).Follow()
	if !strings.Contains(page.Body, "<p>Gespeichert.</p>") || !strings.Contains(page.Body, german) {
		t.Errorf("after German was chosen: got\n%s", page.Body)
	}
	if vary := strings.Join(page.Header.Values("Vary"), ", "); strings.Contains(vary, "Accept-Language") {
		t.Errorf("a chosen language depends on no header, but Vary is %q", vary)
	}
}
