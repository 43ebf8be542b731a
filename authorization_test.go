package retort_test

import (
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

func TestAuthorization(t *testing.T) {
	app := retort.New(retort.Config{Debug: true})
	app.Get("/", func(c *retort.Ctx) error {
		user, password, ok := c.BasicAuth()
		if ok {
			return c.Text("basic " + user + ":" + password)
		}
		return c.Text("bearer " + c.BearerToken())
	}).Named("index")
	app.Get("/private", func(*retort.Ctx) error { return retort.Unauthorized("Basic", "the \"back\"\r\nroom") }).Named("private")
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		headers []string
		want    string
	}{
		{nil, "bearer "},
		{[]string{"Bearer abc.DEF-_~+/="}, "bearer abc.DEF-_~+/="},
		{[]string{"bearer  abc"}, "bearer abc"},
		{[]string{"Bearer"}, "bearer "},
		{[]string{"Bearer a b"}, "bearer "},
		{[]string{"Bearer a", "Bearer b"}, "bearer "},
		{[]string{"Basic YWxpY2U6czNjOnJldA=="}, "basic alice:s3c:ret"},
		{[]string{"Basic YWxpY2U6czNjOnJldA==", "Basic YWxpY2U6czNjOnJldA=="}, "bearer "},
		{[]string{"Basic !"}, "bearer "},
		{[]string{"Digest username=x"}, "bearer "},
	} {
		r := client.Request("GET", "/", nil)
		r.Header["Authorization"] = tt.headers
		if got := client.Do(r).Body; got != tt.want {
			t.Errorf("Authorization %q: got %q, want %q", tt.headers, got, tt.want)
		}
	}
	r := client.Get("/private")
	if got := r.Header.Get("WWW-Authenticate"); r.Status != 401 || got != `Basic realm="the \"back\"room"` {
		t.Errorf("got %d with %s", r.Status, got)
	}
}

// A token that a program put into a header is no credential that a browser adds
// by itself, so it needs no second token. Basic and cookies do.
func TestTokensOfProgramsNeedNoCSRF(t *testing.T) {
	app := retort.New(retort.Config{Debug: true})
	app.Post("/", func(c *retort.Ctx) error { return c.NoContent() }).Named("index")
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		header, value string
		status        int
	}{
		{"Authorization", "Bearer abc", 204},
		{"Authorization", "Basic YTpi", 403},
		{"Authorization", "Negotiate abc", 403},
		{"Cookie", "other=1", 403},
		{"X-Nothing", "1", 204},
	} {
		r := client.Request("POST", "/", strings.NewReader("{}"))
		r.Header.Del("Sec-Fetch-Site")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(tt.header, tt.value)
		if got := client.Do(r).Status; got != tt.status {
			t.Errorf("%s: %s: got %d, want %d", tt.header, tt.value, got, tt.status)
		}
	}
	r := client.Request("POST", "/", strings.NewReader("{}"))
	r.Header.Del("Sec-Fetch-Site")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer abc")
	r.Header.Set("Cookie", "session=x")
	if got := client.Do(r).Status; got != 403 {
		t.Errorf("a token beside a cookie: got %d, want 403", got)
	}
}
