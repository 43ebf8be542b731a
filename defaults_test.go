package retort_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// victim is an app that configures nothing but its key, with a page for each
// kind of attack. Its log is kept.
func victim(t *testing.T) (*retorttest.Client, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	app.Get("/", func(c *retort.Ctx) error { return c.Render("page.html", retort.Map{"q": c.Query("q")}) }).Named("index")
	app.Get("/form", func(c *retort.Ctx) error { return c.Render("form.html", nil) }).Named("form")
	app.Post("/form", func(c *retort.Ctx) error { return c.Text("changed " + c.Form("name")) }).Named("change")
	app.Post("/api", func(c *retort.Ctx) error {
		var v any
		if err := c.DecodeJSON(&v); err != nil {
			return err
		}
		return c.JSON(v)
	}).Named("api")
	app.Get("/login", func(c *retort.Ctx) error {
		c.Session().Renew()
		return errors.Join(c.Session().Set("user", "alice"), c.Text("-"))
	}).Named("login")
	app.Get("/logout", func(c *retort.Ctx) error { c.Session().Clear(); return c.Text("-") }).Named("logout")
	app.Get("/whoami", func(c *retort.Ctx) error { return c.Text(c.Session().String("user")) }).Named("whoami")
	app.Get("/ip", func(c *retort.Ctx) error { return c.Text(c.ClientIP().String() + " " + c.Scheme() + " " + c.Host()) }).Named("ip")
	app.Get("/go", func(c *retort.Ctx) error { return c.RedirectTo(c.Query("next")) }).Named("go")
	app.Get("/work", func(c *retort.Ctx) error {
		c.Context().Value(working{}).(func())()
		return c.Text("-")
	}).Named("work")
	app.Get("/boom", func(*retort.Ctx) error { panic("the secret is 42") }).Named("boom")
	app.Templates(fstest.MapFS{
		"page.html": {Data: []byte(`<p title="{{ q }}">{{ q }}</p><script nonce="{{ csp_nonce() }}">let q = {{ q|tojson }}</script>`)},
		"form.html": {Data: []byte(`<form method=post action=/form><input name=name value=x><input type=hidden name=csrf_token value="{{ csrf_token() }}"></form>`)},
	})
	dir := t.TempDir()
	for name, data := range map[string]string{
		"app.css": "body{}", ".env": "SECRET", "sub/a.txt": "a", "sub/.git/config": "SECRET",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	outside := filepath.Join(t.TempDir(), "outside.txt")
	if err := os.WriteFile(outside, []byte("SECRET"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link.txt")); err != nil {
		t.Fatal(err)
	}
	files, err := retort.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	app.Static(files)
	return retorttest.New(t, app), &log
}

// TestDefaults shows each attack of docs/explanation/security.md failing on an
// app that configures nothing.
func TestDefaults(t *testing.T) {
	for name, attack := range defaults {
		t.Run(name, func(t *testing.T) {
			client, log := victim(t)
			attack(t, client, log)
		})
	}
}

// The table in the documentation and the tests name the same defences.
func TestDefaultsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("docs/explanation/security.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)\\| `([a-z -]+)` \\|$").FindAllStringSubmatch(string(doc), -1) {
		rows[m[1]] = true
		if defaults[m[1]] == nil {
			t.Errorf("security.md names the subtest %q, which does not exist", m[1])
		}
	}
	for name := range defaults {
		if !rows[name] {
			t.Errorf("security.md has no row for the subtest %q", name)
		}
	}
}

// working is where a request carries what its handler does.
type working struct{}

type attack func(t *testing.T, client *retorttest.Client, log *bytes.Buffer)

func wantStatus(t *testing.T, what string, got *retorttest.Response, want int) {
	t.Helper()
	if got.Status != want {
		t.Errorf("%s: got %d %.200q, want %d", what, got.Status, got.Body, want)
	}
}

var defaults = map[string]attack{
	"foreign host": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		for host, want := range map[string]int{
			"localhost": 200, "LOCALHOST:8000": 200, "127.0.0.1:8000": 200, "[::1]:8000": 200, "app.localhost": 200,
			"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421, "169.254.169.254": 421,
			"": 400, "a,b": 400, "[::1": 400, "a:99999": 400, "..": 400, "local host": 400, "localhost@evil.example": 400,
		} {
			r := client.Request("GET", "/ip", nil)
			r.Host = host
			wantStatus(t, "Host "+host, client.Do(r), want)
		}
	},
	"forged proxy header": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		client.Header = http.Header{"X-Forwarded-For": {"6.6.6.6"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"evil.example"},
			"Forwarded": {"for=6.6.6.6;proto=https;host=evil.example"}, "X-Real-Ip": {"6.6.6.6"}}
		if got := client.Get("/ip").Body; got != "192.0.2.1 http localhost" { // httptest's own address
			t.Errorf("got %q", got)
		}
	},
	"huge body": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		form := "name=" + strings.Repeat("x", 1<<20)
		announced := &countingReader{r: strings.NewReader(form)}
		r := client.Request("POST", "/form", announced)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.ContentLength = int64(len(form))
		wantStatus(t, "announced", client.Do(r), 413)
		if announced.n > 0 {
			t.Errorf("%d bytes of the body were read", announced.n)
		}
		chunked := &countingReader{r: strings.NewReader(strings.Repeat(form, 8))}
		r = client.Request("POST", "/form", chunked)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.ContentLength = -1
		wantStatus(t, "chunked", client.Do(r), 413)
		if chunked.n > 2<<20 {
			t.Errorf("%d bytes of the body were read", chunked.n)
		}
	},
	"packed body": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		r := client.Request("POST", "/api", strings.NewReader("\x1f\x8b"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Content-Encoding", "gzip")
		wantStatus(t, "gzip", client.Do(r), 415)
	},
	"many fields": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		wantStatus(t, "query", client.Get("/ip?"+strings.Repeat("a=&", 1000)), 400)
		r := client.Request("POST", "/form", strings.NewReader(strings.Repeat("a=&", 1000)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		wantStatus(t, "form", client.Do(r), 400)
		fields := map[string]string{}
		for i := range 101 {
			fields[fmt.Sprint("f", i)] = ""
		}
		wantStatus(t, "multipart", client.Upload("/form", fields), 413)
	},
	"multipart headers": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		long := strings.Repeat("n", 300)
		wantStatus(t, "file name", client.Upload("/form", nil, retorttest.File{Field: "f", Name: long}), 400)
		body := "--b\r\nContent-Disposition: form-data; name=a\r\nX: " + strings.Repeat("y", 10_000) + "\r\n\r\nv\r\n--b--\r\n"
		r := client.Request("POST", "/form", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		wantStatus(t, "part header", client.Do(r), 400)
	},
	"timeouts": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		cfg := client.App.Config
		if cfg.ReadHeaderTimeout <= 0 || cfg.ReadTimeout <= 0 || cfg.WriteTimeout <= 0 || cfg.IdleTimeout <= 0 {
			t.Errorf("a timeout is missing: %v %v %v %v", cfg.ReadHeaderTimeout, cfg.ReadTimeout, cfg.WriteTimeout, cfg.IdleTimeout)
		}
		if proxy := time.Minute; cfg.IdleTimeout <= proxy { // what nginx and load balancers keep a connection for
			t.Errorf("an idle connection is closed after %v: under a request that a proxy sends just then", cfg.IdleTimeout)
		}
	},
	"overload": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		started, refused, release := make(chan struct{}), make(chan *httptest.ResponseRecorder), make(chan struct{})
		ctx := context.WithValue(t.Context(), working{}, func() { started <- struct{}{}; <-release })
		var all sync.WaitGroup
		for range 100_000 {
			all.Go(func() {
				w, r := httptest.NewRecorder(), client.Request("GET", "/work", nil).WithContext(ctx)
				client.App.ServeHTTP(w, r)
				if w.Code != 200 {
					refused <- w
				}
			})
			select {
			case <-started:
				continue
			case got := <-refused:
				if got.Code != 503 || got.Header().Get("Retry-After") == "" || got.Header().Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("got %d %v", got.Code, got.Header())
				}
				close(release)
				all.Wait()
				return
			}
		}
		t.Error("100,000 requests are worked on at once")
		close(release)
	},
	"request smuggling": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		r := client.Request("POST", "/api", strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.TransferEncoding, r.ContentLength = []string{"chunked"}, -1
		if got := client.Do(r).Header.Get("Connection"); got != "close" {
			t.Errorf("Connection: got %q, want close", got)
		}
	},
	"nosniff": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		for _, path := range everyKindOfAnswer {
			if got := client.Get(path).Header.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("%s: got %q", path, got)
			}
		}
	},
	"framing": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		for _, path := range everyKindOfAnswer {
			h := client.Get(path).Header
			if h.Get("X-Frame-Options") != "DENY" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
				t.Errorf("%s: got %q and %q", path, h.Get("X-Frame-Options"), h.Get("Content-Security-Policy"))
			}
		}
	},
	"content security policy": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		seen := map[string]bool{}
		for range 3 {
			r := client.Get("/")
			csp := r.Header.Get("Content-Security-Policy")
			for _, want := range []string{"script-src 'nonce-", "object-src 'none'", "base-uri 'none'", "form-action 'self'"} {
				if !strings.Contains(csp, want) {
					t.Errorf("the policy lacks %q: %s", want, csp)
				}
			}
			nonce := between(csp, "'nonce-", "'")
			if seen[nonce] || len(nonce) < 22 || !strings.Contains(r.Body, `nonce="`+nonce+`"`) {
				t.Errorf("nonce %q: repeated, short or not the page's own: %s", nonce, r.Body)
			}
			seen[nonce] = true
		}
		for _, path := range everyKindOfAnswer {
			if got := client.Get(path).Header.Get("Content-Security-Policy"); got == "" || strings.Contains(got, "script-src 'unsafe") {
				t.Errorf("%s: got %q", path, got)
			}
		}
	},
	"referrer": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		for _, path := range everyKindOfAnswer {
			if got := client.Get(path).Header.Get("Referrer-Policy"); got != "strict-origin-when-cross-origin" {
				t.Errorf("%s: got %q", path, got)
			}
		}
	},
	"isolation": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		h := client.Get("/").Header
		if h.Get("Cross-Origin-Opener-Policy") != "same-origin" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" ||
			!strings.Contains(h.Get("Permissions-Policy"), "camera=()") {
			t.Errorf("got %v", h)
		}
	},
	"cross-origin reading": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		for _, method := range []string{"GET", "POST", "OPTIONS"} {
			for _, origin := range []string{"https://evil.example", "null", "http://localhost.evil.example"} {
				r := client.Request(method, "/", nil)
				r.Header.Set("Sec-Fetch-Site", "cross-site")
				r.Header.Set("Origin", origin)
				r.Header.Set("Access-Control-Request-Method", "GET")
				r.Header.Set("Access-Control-Request-Headers", "authorization")
				for name, values := range client.Do(r).Header {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s from %s: %s is %q", method, origin, name, values)
					}
				}
			}
		}
	},
	"transport": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		if got := client.Get("/").Header.Get("Strict-Transport-Security"); got != "" {
			t.Errorf("over plain HTTP: got %q, which RFC 6797 forbids", got)
		}
		client.Base = &url.URL{Scheme: "https", Host: "localhost"}
		for _, method := range []string{"GET", "get", "DELETE"} { // a refusal is an answer, too
			if got := client.Do(client.Request(method, "/", nil)).Header.Get("Strict-Transport-Security"); !strings.Contains(got, "max-age=63072000") {
				t.Errorf("%s over TLS: got %q", method, got)
			}
		}
	},
	"cross-site request forgery": attackForgery,
	"masked token": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		first, second := client.Get("/form").Form("/form"), client.Get("/form").Form("/form")
		a, b := first.Values.Get("csrf_token"), second.Values.Get("csrf_token")
		if a == b || a == "" {
			t.Errorf("two pages carry the same token %q", a)
		}
		wantStatus(t, "the first token, after the second was made", first.Submit(), 200)
	},
	"forged session": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		client.Get("/login")
		for _, c := range client.Cookies() {
			b := []byte(c.Value)
			b[3] ^= 1
			client.SetCookie(&http.Cookie{Name: c.Name, Value: string(b), Path: "/"})
		}
		if got := client.Get("/whoami"); got.Status != 200 || got.Body != "" {
			t.Errorf("got %d %q, want nobody", got.Status, got.Body)
		}
	},
	"session cookie": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		if got := client.Get("/login").Header.Get("Set-Cookie"); !strings.HasPrefix(got, "session=") ||
			!strings.HasSuffix(got, "; HttpOnly; Path=/; SameSite=Lax") {
			t.Errorf("over plain HTTP to this machine: got %q", got)
		}
		client.Base = &url.URL{Scheme: "https", Host: "localhost"}
		if got := client.Get("/login").Header.Get("Set-Cookie"); !strings.HasPrefix(got, "__Host-session=") ||
			!strings.HasSuffix(got, "; Secure; HttpOnly; Path=/; SameSite=Lax") {
			t.Errorf("over TLS: got %q", got)
		}
	},
	"session fixation": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		client.Get("/form") // a session of nobody's, with an id
		planted := client.Cookies()
		before := client.Session().ID()
		client.Get("/login")
		if client.Session().ID() == before || before == "" {
			t.Error("logging in kept the session's id")
		}
		for _, c := range planted {
			c.Path = "/"
			client.SetCookie(c)
		}
		if got := client.Get("/whoami").Body; got != "" {
			t.Errorf("the planted session is %q's", got)
		}
	},
	"logout": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		client.Get("/login")
		stolen := client.Cookies()
		client.Get("/logout")
		for _, c := range stolen {
			c.Path = "/"
			client.SetCookie(c)
		}
		if got := client.Get("/whoami").Body; got != "" {
			t.Errorf("a copy of the cookie is still %q's", got)
		}
	},
	"private pages": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		h := client.Get("/whoami").Header
		if h.Get("Vary") != "Cookie" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("got Vary %q, Cache-Control %q", h.Get("Vary"), h.Get("Cache-Control"))
		}
	},
	"weak key": func(t *testing.T, _ *retorttest.Client, _ *bytes.Buffer) {
		for _, key := range []string{"", "dev", "secret", "changeme", strings.Repeat("a", 64), "0123456789abcdef0123456789abcdef"} {
			cfg := retort.Config{SecretKey: []byte(key)}
			if key == "" {
				cfg.SecretKey = nil
			}
			if err := serveBriefly(t, cfg, "127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "SecretKey") {
				t.Errorf("key %q: got %v, want a refusal", key, err)
			}
		}
	},
	"debug in public": func(t *testing.T, _ *retorttest.Client, _ *bytes.Buffer) {
		if err := serveBriefly(t, retort.Config{Debug: true}, "0.0.0.0:0"); err == nil || !strings.Contains(err.Error(), "Debug") {
			t.Errorf("got %v, want a refusal", err)
		}
		if err := serveBriefly(t, retort.Config{SecretKey: testKey}, "0.0.0.0:0"); err == nil || !strings.Contains(err.Error(), "TrustedHosts") {
			t.Errorf("in public without host names: got %v, want a refusal", err)
		}
	},
	"escaping": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		body := client.Get("/?q=" + url.QueryEscape(`"><script>alert(1)</script>`)).Body
		if strings.Contains(body, "<script>alert") || !strings.Contains(body, `&#34;&gt;&lt;script&gt;`) {
			t.Errorf("got %s", body)
		}
	},
	"path traversal": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		wantStatus(t, "an honest file", client.Get("/static/app.css"), 200)
		for _, path := range []string{
			"/static/../go.mod", "/static/%2e%2e/go.mod", "/static/..%2fgo.mod", "/static/sub/../../go.mod", "/static/%2fetc/passwd",
			"/static//etc/passwd", "/static/.env", "/static/sub/.git/config", "/static/link.txt", "/static/..%5cgo.mod", "/static/app.css%00.txt",
			"/static/%252e%252e/go.mod", "/static/app.css/", "/static/app.css/.",
		} {
			r := client.Get(path)
			if r.Status == 200 || strings.Contains(r.Body, "SECRET") {
				t.Errorf("%s: got %d %.100q", path, r.Status, r.Body)
			}
		}
	},
	"no listing": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		for _, path := range []string{"/static/", "/static/sub", "/static/sub/"} {
			wantStatus(t, path, client.Get(path), 404)
		}
	},
	"many ranges": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		client.Header.Set("Range", "bytes=0-1,"+strings.Repeat("1-2,", 500)+"2-3")
		wantStatus(t, "500 ranges", client.Get("/static/app.css"), 200)
		client.Header.Set("Range", "bytes=0-1")
		wantStatus(t, "one range", client.Get("/static/app.css"), 206)
	},
	"open redirect": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		for _, next := range []string{
			"//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:alert(1)",
			"///evil.example", "/%2f/evil.example", "https:evil.example", " //evil.example", "/%5cevil.example", "//evil.example/%2f..", "",
		} {
			r := client.Get("/go?next=" + url.QueryEscape(next))
			if r.Status != 400 || r.Header.Get("Location") != "" {
				t.Errorf("next=%q: got %d to %q, want 400", next, r.Status, r.Header.Get("Location"))
			}
		}
		if got := client.Get("/go?next=%2Fform%3Fa%3D1").Header.Get("Location"); got != "/form?a=1" {
			t.Errorf("an honest path: got %q", got)
		}
	},
	"error page": func(t *testing.T, client *retorttest.Client, _ *bytes.Buffer) {
		r := client.Get("/boom")
		wantStatus(t, "/boom", r, 500)
		if strings.Contains(r.Body, "the secret is") || strings.Contains(r.Body, "goroutine") || strings.Contains(r.Body, ".go") {
			t.Errorf("the page tells: %s", r.Body)
		}
		for _, name := range []string{"Server", "X-Powered-By"} {
			if got := r.Header.Get(name); got != "" {
				t.Errorf("%s: %q", name, got)
			}
		}
	},
	"panic": func(t *testing.T, client *retorttest.Client, log *bytes.Buffer) {
		wantStatus(t, "/boom", client.Get("/boom"), 500)
		if !strings.Contains(log.String(), "panic: the secret is 42") || !strings.Contains(log.String(), "defaults_test.go") {
			t.Errorf("the log lacks the panic's value or stack: %s", log)
		}
	},
	"log": func(t *testing.T, client *retorttest.Client, log *bytes.Buffer) {
		client.Get("/login")
		client.Header.Set("Authorization", "Bearer hush")
		client.Get("/boom?token=hush")
		client.Get("/boom%0aforged=line?password=hush")
		client.NoToken = true
		client.Post("/form", url.Values{"csrf_token": {"hush"}, "password": {"hush"}})
		if log.Len() == 0 || strings.Contains(log.String(), "hush") || strings.Contains(log.String(), "\nforged") {
			t.Errorf("got %s", log)
		}
		for _, c := range client.Cookies() {
			if strings.Contains(log.String(), c.Value) {
				t.Error("the log holds the session cookie")
			}
		}
	},
	"request id": func(t *testing.T, client *retorttest.Client, log *bytes.Buffer) {
		r := client.Get("/boom")
		id := r.Header.Get("X-Request-Id")
		if id == "" || !strings.Contains(r.Body, id) || !strings.Contains(log.String(), id) {
			t.Errorf("id %q is not in the page %q and the log %q", id, r.Body, log)
		}
	},
}

// everyKindOfAnswer are pages, refusals, files and redirects.
var everyKindOfAnswer = []string{"/", "/ip", "/nowhere", "/boom", "/static/app.css", "/static/none.css", "/go?next=//x", "/go?next=/x", "/form/"}

func attackForgery(t *testing.T, client *retorttest.Client, log *bytes.Buffer) {
	page := client.Get("/form").Form("/form")
	wantStatus(t, "an honest form", page.Submit(), 200)

	send := func(contentType, body string, header ...string) *retorttest.Response {
		r := client.Request("POST", "/form", strings.NewReader(body))
		if contentType == "application/json" {
			r = client.Request("POST", "/api", strings.NewReader(body))
		}
		r.Header.Del("Sec-Fetch-Site")
		r.Header.Set("Content-Type", contentType)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return client.Do(r)
	}
	const form, json = "application/x-www-form-urlencoded", "application/json"
	good := page.Values.Encode()
	for _, tt := range []struct {
		what   string
		got    *retorttest.Response
		status int
	}{
		{"token, and the browser says same-origin", send(form, good, "Sec-Fetch-Site", "same-origin"), 200},
		{"token, and the origin is ours", send(form, good, "Origin", "http://localhost"), 200},
		{"token and neither header", send(form, good), 200},
		{"token in a header", send(form, "name=x", "X-CSRFToken", page.Values.Get("csrf_token")), 200},
		{"neither token nor header", send(form, "name=x"), 403},
		{"same-origin without the token", send(form, "name=x", "Sec-Fetch-Site", "same-origin"), 403},
		{"cross-site with the token", send(form, good, "Sec-Fetch-Site", "cross-site"), 403},
		{"same-site with the token", send(form, good, "Sec-Fetch-Site", "same-site"), 403},
		{"foreign origin with the token", send(form, good, "Origin", "https://evil.example"), 403},
		{"null origin with the token", send(form, good, "Origin", "null"), 403},
		{"origin of another scheme", send(form, good, "Origin", "https://localhost"), 403},
		{"wrong token", send(form, "name=x&csrf_token=AAAA"), 403},
		{"token in the query", send(form, "name=x", "X-Nothing", "1"), 403},
		{"text/plain", send("text/plain", good), 403},
		{"no content type", send("", good), 403},
		{"JSON of our own page", send(json, "{}", "Sec-Fetch-Site", "same-origin"), 200},
		{"JSON with a cookie and neither header", send(json, "{}"), 403},
		{"JSON from elsewhere", send(json, "{}", "Sec-Fetch-Site", "cross-site"), 403},
		{"JSON as text", send("text/plain", "{}"), 403},
	} {
		wantStatus(t, tt.what, tt.got, tt.status)
	}
	if !strings.Contains(log.String(), "cross-site request forgery: the CSRF token is missing") {
		t.Error("the log does not tell why")
	}

	stranger := retorttest.New(t, client.App)
	stranger.Header.Set("Content-Type", form)
	r := stranger.Request("POST", "/form", strings.NewReader(good))
	wantStatus(t, "somebody else's token", stranger.Do(r), 403)

	program := retorttest.New(t, client.App)
	r = program.Request("POST", "/api", strings.NewReader(`{"a":1}`))
	r.Header = http.Header{"Content-Type": {json}}
	wantStatus(t, "a program without credentials", program.Do(r), 200)
}

type countingReader struct {
	r *strings.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}

// serveBriefly starts an app that is told to stop before it begins.
func serveBriefly(t *testing.T, cfg retort.Config, addr string) error {
	t.Helper()
	cfg.Logger = slog.New(slog.DiscardHandler)
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	return retort.New(cfg).Serve(ctx, l)
}
