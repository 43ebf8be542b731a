package retort_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
	"github.com/retort-go/retort/route"
)

func TestInsecureFallback(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler), MaxContentLength: 10})
	app.Get("/here/", func(c *retort.Ctx) error { return c.Text("here") }).Named("here")
	app.Before(func(c *retort.Ctx) error { c.SetHeader("X-Hook", "ran"); return nil })
	app.InsecureFallback(func(c *retort.Ctx) error {
		return c.Status(http.StatusTeapot).ServeHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			w.WriteHeader(retort.FromContext(r.Context()).Response.Status)
			_, _ = io.WriteString(w, r.Method+" "+r.URL.Path+" "+string(body))
		}))
	})
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/here/", "", 200, "here"},
		{"GET", "/here", "", 308, ""},
		{"POST", "/here/", "more than ten bytes", http.StatusTeapot, "POST /here/ more than ten bytes"},
		{"GET", "/there/x", "", http.StatusTeapot, "GET /there/x "},
		{"PROPFIND", "/there", "", http.StatusTeapot, "PROPFIND /there "},
	} {
		r := client.Do(client.Request(tt.method, tt.path, strings.NewReader(tt.body)))
		if r.Status != tt.status || r.Body != tt.want || r.Header.Get("X-Hook") != "ran" && tt.status != 308 {
			t.Errorf("%s %s: %d %q, hook %q, want %d %q", tt.method, tt.path, r.Status, r.Body, r.Header.Get("X-Hook"), tt.status, tt.want)
		}
	}
}

// A handler that cuts the connection leaves nothing behind either.
func TestTeardownAfterAbort(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler)})
	var tornDown error
	app.Teardown(func(_ *retort.Ctx, err error) { tornDown = err })
	app.Get("/", func(c *retort.Ctx) error {
		return c.ServeHTTP(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	}).Named("index")
	func() {
		defer func() {
			if v := recover(); v != http.ErrAbortHandler {
				t.Errorf("recovered %v, want ErrAbortHandler", v)
			}
		}()
		app.ServeHTTP(&sink{header: http.Header{}}, get("/"))
	}()
	if !errors.Is(tornDown, http.ErrAbortHandler) {
		t.Errorf("teardown saw %v, want ErrAbortHandler", tornDown)
	}
}

func TestOnBuildError(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler)})
	app.OnBuildError(func(endpoint string, values route.Values, _ route.BuildOptions) (string, error) {
		if endpoint != "old.page" {
			return "", errors.New("not there either")
		}
		return "/old/" + values[0].Value.(string), nil
	})
	app.Get("/", func(c *retort.Ctx) error {
		u, err := c.URL(c.Query("e"), "id", "5")
		if err != nil {
			return c.Text(err.Error())
		}
		return c.Text(u)
	}).Named("index")
	client := retorttest.New(t, app)
	for endpoint, want := range map[string]string{"index": "/?id=5", "old.page": "/old/5", "nowhere": "Could not build url"} {
		if got := client.Get("/?e=" + endpoint).Body; !strings.HasPrefix(got, want) && !strings.Contains(got, `"nowhere"`) {
			t.Errorf("the URL of %s is %q, want %q", endpoint, got, want)
		}
	}
}
