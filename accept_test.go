package retort_test

import (
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// What is chosen is what Werkzeug 3.1 chooses, but for a client that says
// nothing: there Werkzeug knows no best match, and RFC 9110 says anything will do.
func TestAccepts(t *testing.T) {
	app := newApp()
	app.Get("/", func(c *retort.Ctx) error {
		return c.Text(c.Accepts(strings.Split(c.Query("offers"), " ")...))
	}).Named("index")
	client := retorttest.New(t, app)
	for _, tt := range []struct{ accept, offers, want string }{
		{"", "text/html application/json", "text/html"},
		{"*/*", "text/html application/json", "text/html"},
		{"application/json", "text/html application/json", "application/json"},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json text/html", "text/html"},
		{"text/html;q=0.5, application/json", "text/html application/json", "application/json"},
		{"text/*, application/json;q=0.9", "application/json text/csv", "text/csv"},
		{"*/*;q=0.9, text/html;q=0.1", "text/html application/json", "application/json"},
		{"text/html;q=0, */*", "text/html application/json", "application/json"},
		{"text/html;q=0", "text/html", ""},
		{"image/png", "text/html application/json", ""},
		{"TEXT/HTML", "text/html", "text/html"},
		{"text/html;level=1", "text/html", ""},
		{"text/html;level=1", "text/html;level=1", "text/html;level=1"},
		{"text/html; level=\"1\"; q=0.5, text/plain;q=0.4", "text/plain text/html;level=1", "text/html;level=1"},
		{"text/html;q=2, text/plain;q=0.1", "text/html text/plain", "text/plain"},
		{"text/html;q=x, text/plain", "text/html text/plain", "text/plain"},
		{"*/html", "text/html", ""},
		{"text/html, application/json", "application/json text/html", "application/json"},
		{"a/b;x=\",\", text/html", "text/html", "text/html"},
		{";q=1, , /", "text/html", ""},
	} {
		r := client.Request("GET", "/?offers="+strings.NewReplacer(" ", "+", ";", "%3B").Replace(tt.offers), nil)
		r.Header.Set("Accept", tt.accept)
		if tt.accept == "" {
			r.Header.Del("Accept")
		}
		got := client.Do(r)
		if got.Body != tt.want || got.Header.Get("Vary") != "Accept" {
			t.Errorf("Accept %q of %q: got %q with Vary %q, want %q", tt.accept, tt.offers, got.Body, got.Header.Get("Vary"), tt.want)
		}
	}
}

func TestAcceptsLanguage(t *testing.T) {
	app := newApp()
	app.Get("/<offers>", func(c *retort.Ctx) error {
		return c.Text(c.AcceptsLanguage(strings.Split(c.Param("offers"), ",")...))
	}).Named("index")
	client := retorttest.New(t, app)
	for _, tt := range []struct{ accept, offers, want string }{
		{"", "en,de", "en"},
		{"de", "en,de", "de"},
		{"de-AT,en;q=0.5", "en,de", "en"},
		{"de-AT", "en,de", "de"},
		{"de", "en,de-CH", "de-CH"},
		{"de_ch", "en,de-CH", "de-CH"},
		{"en;q=0.5,fr;q=0.8", "en,fr", "fr"},
		{"*", "en,de", "en"},
		{"ja", "en,de", ""},
		{"de;q=0", "de-CH", ""},
	} {
		r := client.Request("GET", "/"+tt.offers, nil)
		if tt.accept != "" {
			r.Header.Set("Accept-Language", tt.accept)
		}
		if got := client.Do(r).Body; got != tt.want {
			t.Errorf("Accept-Language %q of %q: got %q, want %q", tt.accept, tt.offers, got, tt.want)
		}
	}
}
