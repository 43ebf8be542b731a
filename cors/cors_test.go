package cors_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cors"
	"github.com/retort-go/retort/retorttest"
)

const friend = "https://app.example.com"

// newApp has a blueprint under /api with the policy, behind a login, and a page
// outside of it.
func newApp(p cors.Policy) *retort.App {
	app := retort.New(retort.Config{Debug: true, Logger: slog.New(slog.DiscardHandler), TrustedOrigins: []string{friend}})
	api := retort.NewBlueprint("api", "/api")
	api.After(p.Apply)
	api.Before(func(c *retort.Ctx) error {
		if c.BearerToken() == "" && c.Request.Method != http.MethodGet {
			return retort.Unauthorized("Bearer", "api")
		}
		return nil
	})
	ok := func(c *retort.Ctx) error { return c.JSON("ok") }
	api.Get("/<int:id>", ok).Named("show")
	api.Put("/<int:id>", ok).Named("change")
	app.Mount(api)
	app.Get("/page", ok).Named("page")
	return app
}

func TestPolicy(t *testing.T) {
	private := cors.Policy{Credentials: true, Expose: []string{"Link"}}
	public := cors.Policy{AnyOrigin: true}
	for _, tt := range []struct {
		what                 string
		policy               cors.Policy
		method, path, origin string
		status               int
		allowed, credentials string
	}{
		{"a friend reads", private, "GET", "/api/1", friend, 200, friend, "true"},
		{"without cookies", cors.Policy{}, "GET", "/api/1", friend, 200, friend, ""},
		{"a friend writes", private, "PUT", "/api/1", friend, 200, friend, "true"},
		{"a friend is told of an error", private, "GET", "/api/x", friend, 404, "", ""},
		{"a stranger", private, "GET", "/api/1", "https://evil.example", 200, "", ""},
		{"a stranger writes", private, "PUT", "/api/1", "https://evil.example", 403, "", ""},
		{"a name that begins alike", private, "GET", "/api/1", friend + ".evil.example", 200, "", ""},
		{"a name that ends alike", private, "GET", "/api/1", "https://evilapp.example.com", 200, "", ""},
		{"plain HTTP", private, "GET", "/api/1", "http://app.example.com", 200, "", ""},
		{"a sandbox", private, "GET", "/api/1", "null", 200, "", ""},
		{"no origin", private, "GET", "/api/1", "", 200, "", ""},
		{"another route", private, "GET", "/page", friend, 200, "", ""},
		{"anybody reads", public, "GET", "/api/1", "https://evil.example", 200, "*", ""},
		{"not everybody writes", public, "PUT", "/api/1", "https://evil.example", 403, "", ""},
		{"a trusted one does, unread", public, "PUT", "/api/1", friend, 200, "", ""},
	} {
		client := retorttest.New(t, newApp(tt.policy))
		r := client.Request(tt.method, tt.path, nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if tt.method == "PUT" {
			r.Header.Set("Authorization", "Bearer x")
		}
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		got := client.Do(r)
		if h := got.Header; got.Status != tt.status || h.Get("Access-Control-Allow-Origin") != tt.allowed ||
			h.Get("Access-Control-Allow-Credentials") != tt.credentials {
			t.Errorf("%s: got %d with %v", tt.what, got.Status, h)
		}
		if varies := strings.Contains(strings.Join(got.Header.Values("Vary"), ","), "Origin"); strings.HasPrefix(tt.path, "/api/1") && varies == tt.policy.AnyOrigin {
			t.Errorf("%s: Vary is %q", tt.what, got.Header.Values("Vary"))
		}
	}
}

// A preflight is answered before anybody has logged in: it brings no credentials.
func TestPreflight(t *testing.T) {
	for _, tt := range []struct {
		what                    string
		policy                  cors.Policy
		origin, method, headers string
		methods                 string // allowed; empty if refused
	}{
		{"a friend", cors.Policy{Credentials: true}, friend, "PUT", "content-type,authorization", "GET, HEAD, PUT"},
		{"a header more", cors.Policy{}, friend, "PUT", "x-other", ""},
		{"a header that is allowed", cors.Policy{Headers: []string{"X-Other"}}, friend, "PUT", "x-other", "GET, HEAD, PUT"},
		{"no such method", cors.Policy{}, friend, "DELETE", "", ""},
		{"a stranger", cors.Policy{Credentials: true}, "https://evil.example", "PUT", "", ""},
		{"anybody reads", cors.Policy{AnyOrigin: true}, "https://evil.example", "GET", "", "GET, HEAD"},
		{"anybody sends a header", cors.Policy{AnyOrigin: true}, "https://evil.example", "GET", "authorization", ""},
		{"anybody writes", cors.Policy{AnyOrigin: true}, "https://evil.example", "PUT", "", ""},
	} {
		client := retorttest.New(t, newApp(tt.policy))
		r := client.Request("OPTIONS", "/api/1", nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Origin", tt.origin)
		r.Header.Set("Access-Control-Request-Method", tt.method)
		if tt.headers != "" {
			r.Header.Set("Access-Control-Request-Headers", tt.headers)
		}
		got := client.Do(r)
		h := got.Header
		if got.Status != 200 || h.Get("Access-Control-Allow-Methods") != tt.methods || (h.Get("Access-Control-Allow-Origin") != "") != (tt.methods != "") {
			t.Errorf("%s: got %d with %v, want %q", tt.what, got.Status, h, tt.methods)
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, tt := range []struct {
		what    string
		policy  cors.Policy
		trusted []string
	}{
		{"everybody with credentials", cors.Policy{AnyOrigin: true, Credentials: true}, nil},
		{"everybody with headers", cors.Policy{AnyOrigin: true, Headers: []string{"Authorization"}}, nil},
		{"nobody", cors.Policy{}, nil},
		{"any header", cors.Policy{Headers: []string{"*"}}, []string{friend}},
	} {
		app := retort.New(retort.Config{Debug: true, TrustedOrigins: tt.trusted})
		app.Extend(tt.policy)
		if err := app.Compile(); err == nil || !strings.Contains(err.Error(), "cors: ") {
			t.Errorf("%s: got %v, want the app not to start", tt.what, err)
		}
	}
}
