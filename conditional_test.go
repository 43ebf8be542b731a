package retort_test

import (
	"net/http"
	"testing"
	"testing/fstest"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

var changed = time.Date(2023, 11, 14, 22, 13, 20, 500, time.UTC)

const changedText = "Tue, 14 Nov 2023 22:13:20 GMT"

func TestNotModified(t *testing.T) {
	app := newApp()
	app.Route("/", func(c *retort.Ctx) error {
		if c.NotModified("v5", changed) {
			return nil
		}
		return c.Text("made")
	}, "GET", "POST").Named("index")
	app.Get("/odd", func(c *retort.Ctx) error { c.NotModified("a \"b\"\r\nü", time.Time{}); return c.Text("-") }).Named("odd")
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		method, header, value string
		status                int
	}{
		{"GET", "", "", 200},
		{"GET", "If-None-Match", `"v5"`, 304},
		{"HEAD", "If-None-Match", `"v5"`, 304},
		{"GET", "If-None-Match", `W/"v5"`, 304},
		{"GET", "If-None-Match", `"v4", "v5"`, 304},
		{"GET", "If-None-Match", `*`, 304},
		{"GET", "If-None-Match", `"v4"`, 200},
		{"GET", "If-None-Match", `v5`, 200},
		{"GET", "If-Modified-Since", changedText, 304},
		{"GET", "If-Modified-Since", "Tue, 14 Nov 2023 22:13:19 GMT", 200},
		{"GET", "If-Modified-Since", "yesterday", 200},
		{"POST", "If-None-Match", `"v5"`, 200},
	} {
		r := client.Request(tt.method, "/", nil)
		if tt.method == "POST" {
			r.Header.Set("X-CSRF-Token", client.Token())
		}
		if tt.header != "" {
			r.Header.Set(tt.header, tt.value)
		}
		got := client.Do(r)
		if got.Status != tt.status || got.Header.Get("Etag") != `"v5"` || got.Header.Get("Last-Modified") != changedText {
			t.Errorf("%s %s %s: got %d with %v, want %d", tt.method, tt.header, tt.value, got.Status, got.Header, tt.status)
		}
		if h := got.Header; got.Status == 304 && (got.Body != "" || h.Get("Content-Type") != "" || h.Get("Content-Length") != "" ||
			h.Get("Content-Security-Policy") != "" || h.Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("304: %q with %v; it must not replace what belongs to the copy", got.Body, h)
		}
	}
	if got := client.Get("/odd").Header.Get("Etag"); len(got) != 18 {
		t.Errorf("a tag of odd characters is %s, want a hash in quotes", got)
	}
}

func TestPrecondition(t *testing.T) {
	app := newApp()
	app.Put("/", func(c *retort.Ctx) error {
		if err := c.Precondition("v5", changed); err != nil {
			return err
		}
		return c.NoContent()
	}).Named("index")
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		header, value string
		status        int
	}{
		{"", "", 204},
		{"If-Match", `"v5"`, 204},
		{"If-Match", `"v4","v5"`, 204},
		{"If-Match", `*`, 204},
		{"If-Match", `W/"v5"`, 412},
		{"If-Match", `"v4"`, 412},
		{"If-Unmodified-Since", changedText, 204},
		{"If-Unmodified-Since", "Tue, 14 Nov 2023 22:13:19 GMT", 412},
		{"If-Unmodified-Since", "never", 204},
	} {
		r := client.Request("PUT", "/", nil)
		if tt.header != "" {
			r.Header.Set(tt.header, tt.value)
		}
		if got := client.Do(r).Status; got != tt.status {
			t.Errorf("%s %s: got %d, want %d", tt.header, tt.value, got, tt.status)
		}
	}
}

func TestEntityTags(t *testing.T) {
	app := newApp()
	app.After(retort.EntityTags)
	app.Get("/", func(c *retort.Ctx) error { return c.Text("same") }).Named("index")
	app.Get("/mine", func(c *retort.Ctx) error { return c.Text("for " + c.Session().String("user")) }).Named("mine")
	app.Get("/gone", func(*retort.Ctx) error { return retort.Errorf(404, "Gone.") }).Named("gone")
	client := retorttest.New(t, app)
	tag := client.Get("/").Header.Get("Etag")
	r := client.Request("GET", "/", nil)
	r.Header.Set("If-None-Match", tag)
	if got := client.Do(r); tag == "" || got.Status != 304 || got.Body != "" || got.Header.Get("Etag") != tag {
		t.Errorf("asked again with %s: got %d %q", tag, got.Status, got.Body)
	}
	for _, path := range []string{"/mine", "/gone"} {
		if got := client.Get(path).Header.Get("Etag"); got != "" {
			t.Errorf("%s has the tag %s, want none", path, got)
		}
	}
}

// A file has a tag, so that a part of it can be asked for safely.
func TestSendFileConditions(t *testing.T) {
	app := newApp()
	files := fstest.MapFS{"a.txt": {Data: []byte("0123456789ab"), ModTime: changed}, "built-in.txt": {Data: []byte("x")}}
	app.Get("/<path:name>", func(c *retort.Ctx) error { return c.SendFile(files, c.Param("name")) }).Named("file")
	client := retorttest.New(t, app)
	tag := client.Get("/a.txt").Header.Get("Etag")
	for _, tt := range []struct {
		header http.Header
		status int
		body   string
	}{
		{http.Header{"If-None-Match": {tag}}, 304, ""},
		{http.Header{"If-Modified-Since": {changedText}}, 304, ""},
		{http.Header{"If-Match": {`"other"`}}, 412, ""},
		{http.Header{"Range": {"bytes=0-4"}}, 206, "01234"},
		{http.Header{"Range": {"bytes=-5"}}, 206, "789ab"},
		{http.Header{"Range": {"bytes=0-4"}, "If-Range": {tag}}, 206, "01234"},
		{http.Header{"Range": {"bytes=0-4"}, "If-Range": {`"other"`}}, 200, "0123456789ab"},
		{http.Header{"Range": {"bytes=20-"}}, 416, ""},
		{http.Header{"Range": {"items=0-1"}}, 416, ""},
	} {
		client.Header = tt.header
		got := client.Get("/a.txt")
		if got.Status != tt.status || tt.body != "" && got.Body != tt.body {
			t.Errorf("%v: got %d %q, want %d %q", tt.header, got.Status, got.Body, tt.status, tt.body)
		}
	}
	client.Header = http.Header{}
	if got := client.Get("/built-in.txt").Header.Get("Etag"); got != "" {
		t.Errorf("a file without a time has the tag %s", got)
	}
}
