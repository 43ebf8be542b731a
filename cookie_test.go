package retort_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// Values are quoted as Werkzeug quotes them, and come back as they were.
func TestCookieQuoting(t *testing.T) {
	app := newApp()
	var value string
	app.Get("/set", func(c *retort.Ctx) error {
		c.SetCookie(http.Cookie{Name: "a", Value: value})
		return c.Text("-")
	}).Named("set")
	app.Get("/get", func(c *retort.Ctx) error { return c.Text(c.Cookie("a")) }).Named("get")
	client := retorttest.New(t, app)
	for _, tt := range []struct{ value, want string }{
		{"b", `b`},
		{"", ``},
		{"azAZ09", "azAZ09"},
		{"sp ace", `"sp ace"`},
		{`q"uote`, `"q\"uote"`},
		{"semi;colon,comma", `"semi\073colon\054comma"`},
		{`back\slash`, `"back\\slash"`},
		{"ü☃", `"\303\274\342\230\203"`},
		{"new\nline\x00", `"new\012line\000"`},
		{"!#$%&'()*+-./:<=>?@[]^_`{|}~", "!#$%&'()*+-./:<=>?@[]^_`{|}~"},
		{"x\r\nSet-Cookie: evil=1", `"x\015\012Set-Cookie: evil=1"`},
	} {
		value = tt.value
		set := client.Get("/set").Header.Get("Set-Cookie")
		quoted, _, _ := strings.Cut(strings.TrimPrefix(set, "a="), "; Path=/")
		if quoted != tt.want {
			t.Errorf("%q is set as %s, want %s", tt.value, quoted, tt.want)
		}
		r := client.Request("GET", "/get", nil)
		r.Header.Set("Cookie", "a="+quoted)
		if got := retorttest.New(t, app).Do(r).Body; got != tt.value {
			t.Errorf("%s is read as %q, want %q", quoted, got, tt.value)
		}
	}
}

// What other programs send is read as far as it goes.
func TestCookiesOfOthers(t *testing.T) {
	app := newApp()
	app.Get("/", func(c *retort.Ctx) error { return c.Text(c.Cookie("a") + "|" + c.Cookie("c")) }).Named("index")
	for header, want := range map[string]string{
		"a=b; c":          "b|",
		"=v; c=d":         "|d",
		"a=1; a=2":        "1|",
		"a=  b  ; c = d":  "  b|",
		`a="\054"`:        ",|",
		"a=%20":           "%20|",
		"a=b=c":           "b=c|",
		`a="\4x\9\"`:      `4x9\|`,
		`a="\400"; c="\"`: `400|\`,
		`a="\377"; c="`:   "\xff|\"",
		`a="\378"; c="x`:  `378|"x`,
		`a="\/00"; c=x"`:  `/00|x"`,
		`a="\0/0"`:        "0/0|",
		`a="\00"; c=""`:   "00|",
		`a="x\101x"`:      "xAx|",
	} {
		client := retorttest.New(t, app)
		r := client.Request("GET", "/", nil)
		r.Header.Set("Cookie", header)
		if got := client.Do(r).Body; got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
}

// What a cookie is told besides: nothing that a handler says makes it less safe.
func TestCookieAttributes(t *testing.T) {
	for _, tt := range []struct {
		hosts  []string // which the client asks over TLS
		cookie http.Cookie
		want   string
	}{
		{nil, http.Cookie{Name: "a"}, "a=; Path=/; HttpOnly; SameSite=Lax"}, // this machine, where Secure would lose it
		{[]string{"example.com"}, http.Cookie{Name: "a"}, "a=; Path=/; HttpOnly; Secure; SameSite=Lax"},
		{nil, http.Cookie{Name: "a", Secure: true}, "a=; Path=/; HttpOnly; SameSite=Lax"},
		{[]string{"example.com"}, http.Cookie{Name: "a", Path: "/x", SameSite: http.SameSiteStrictMode, MaxAge: 5}, "a=; Path=/x; Max-Age=5; HttpOnly; Secure; SameSite=Strict"},
		{[]string{"example.com"}, http.Cookie{Name: "a", MaxAge: -1}, "a=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"},
	} {
		app := retort.New(retort.Config{SecretKey: testKey, TrustedHosts: tt.hosts, Logger: slog.New(slog.DiscardHandler)})
		app.Get("/", func(c *retort.Ctx) error { c.SetCookie(tt.cookie); return c.Text("-") }).Named("index")
		if got := retorttest.New(t, app).Get("/").Header.Get("Set-Cookie"); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.hosts, got, tt.want)
		}
	}
}

// Browsers drop what they do not like without a word; the log has one.
func TestCookiesThatAreNotKept(t *testing.T) {
	for _, tt := range []struct {
		cookie http.Cookie
		set    bool
		logged string
	}{
		{http.Cookie{Name: "a", Value: strings.Repeat("x", 4000)}, true, ""},
		{http.Cookie{Name: "a", Value: strings.Repeat("x", 4100)}, true, "too large"},
		{http.Cookie{Name: "a b", Value: "x"}, false, "no valid name"},
	} {
		var log strings.Builder
		app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		app.Get("/", func(c *retort.Ctx) error { c.SetCookie(tt.cookie); return c.Text("-") }).Named("index")
		r := retorttest.New(t, app).Get("/")
		if set := r.Header.Get("Set-Cookie") != ""; set != tt.set || !strings.Contains(log.String(), tt.logged) || tt.logged == "" && log.Len() > 0 {
			t.Errorf("%s with %d bytes: set %t, logged %q", tt.cookie.Name, len(tt.cookie.Value), set, &log)
		}
	}
}
