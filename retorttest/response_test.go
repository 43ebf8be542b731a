package retorttest_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// A redirect that keeps the method keeps what was sent; others ask for a page.
func TestFollow(t *testing.T) {
	app := newApp()
	app.Post("/user/", func(c *retort.Ctx) error { return c.Text(c.Request.Method + " " + c.Form("status")) }).Named("user")
	app.Post("/done", func(c *retort.Ctx) error { return c.Redirect("shown") }).Named("done")
	app.Get("/shown", func(c *retort.Ctx) error { return c.Text(c.Request.Method) }).Named("shown")
	client := retorttest.New(t, app)
	for what, tt := range map[string]struct {
		got  *retorttest.Response
		want string
	}{
		"a form":                {client.Post("/user", url.Values{"status": {"fine"}}), "POST fine"},
		"a form with files":     {client.Upload("/user", map[string]string{"status": "fine"}), "POST fine"},
		"a redirect after POST": {client.Post("/done", nil), "GET"},
	} {
		if r := tt.got.Follow(); r.Status != http.StatusOK || r.Body != tt.want {
			t.Errorf("%s: got %d %.100q, want %q", what, r.Status, r.Body, tt.want)
		}
	}
}
