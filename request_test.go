package retort_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
	"github.com/retort-go/retort/route"
)

func TestRequestValues(t *testing.T) {
	app := newApp()
	app.Get("/post/<int:id>/<slug>", func(c *retort.Ctx) error {
		return c.JSON(retort.Map{
			"id": c.Int("id"), "id text": c.Param("id"), "slug": c.ParamValue("slug"), "missing": c.ParamValue("nothing"),
			"q": c.Query("q"), "number": c.QueryInt("a", 7), "no number": c.QueryInt("q", 7), "no value": c.QueryInt("none", 7), "all": c.Args()["a"], "rate": c.Query("rate"), "semicolon": c.Query("semi"), "cookie": c.Cookie("flavour"), "header": c.Header("X-Thing"),
			"endpoint": c.Endpoint(), "path": c.Path(), "host": c.Host(), "scheme": c.Scheme(),
		})
	}).Named("post")
	client := retorttest.New(t, app)
	client.Header.Set("X-Thing", "thing")
	client.Header.Set("Cookie", `=nameless; flavour=salty; flavour=second; q="quoted"`)
	var got map[string]any
	if r := client.Get("/post/007/a%2Fb"); r.Status != 404 {
		t.Errorf("an encoded slash: got %d; the path is decoded once, before routing, so this is another path", r.Status)
	}
	client.Get("/post/007/caf%C3%A9?q=x+y&a=1&a=2&rate=100%&semi=a;b").JSON(&got)
	for name, want := range map[string]any{
		"id": 7.0, "id text": "007", "slug": "café", "missing": nil, "q": "x y", "rate": "100%", "semicolon": "a;b", "number": 1.0, "no number": 7.0, "no value": 7.0, "cookie": "salty", "header": "thing",
		"endpoint": "post", "path": "/post/007/café", "host": "localhost", "scheme": "http",
	} {
		if got[name] != want {
			t.Errorf("%s: got %v, want %v", name, got[name], want)
		}
	}
}

// What Int cannot say is 0, and never the number of a request before: matches are
// used again.
func TestIntOfOtherParameters(t *testing.T) {
	app := newApp()
	show := func(c *retort.Ctx) error { return c.Text(strconv.Itoa(c.Int("v"))) }
	for name, pattern := range map[string]string{"int": "/int/<int:v>", "float": "/float/<float:v>", "text": "/text/<v>"} {
		app.Get(pattern, show).Named(name)
	}
	client := retorttest.New(t, app)
	for path, want := range map[string]string{"/int/99999999999999999999": "0", "/float/1.5": "0", "/text/9": "0", "/int/-5": "404"} {
		if got := client.Get("/int/7").Body; got != "7" {
			t.Fatalf("/int/7: got %q", got)
		}
		r := client.Get(path)
		if got := r.Body; got != want && strconv.Itoa(r.Status) != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestForms(t *testing.T) {
	app := newApp()
	app.Post("/", func(c *retort.Ctx) error {
		fields, err := c.FormValues()
		if err != nil {
			return err
		}
		answer := retort.Map{"a": fields["a"], "first": c.Form("a")}
		if files, _ := c.Files("f"); len(files) > 0 {
			r, err := files[0].Open()
			if err != nil {
				return err
			}
			data, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			answer["file"] = string(data)
			answer["name"] = files[0].Name()
			answer["client"] = files[0].ClientName
			answer["size"] = files[0].Size
		}
		return c.JSON(answer)
	}).Named("form")
	app.Config.MaxFormMemorySize = 100
	client := retorttest.New(t, app)

	var got map[string]any
	client.Post("/", url.Values{"a": {"1", "\xff2"}}).JSON(&got)
	if got["first"] != "1" || !reflect.DeepEqual(got["a"], []any{"1", "%FF2"}) {
		t.Errorf("form: got %v", got)
	}
	client.Upload("/", map[string]string{"a": "\xff2"}).JSON(&got)
	if got["first"] != "\uFFFD2" {
		t.Errorf("multipart form: got %v", got)
	}
	for _, size := range []int{5, 50_000} { // in memory, on disk
		data := strings.Repeat("x", size)
		client.Upload("/", map[string]string{"a": "1"}, retorttest.File{Field: "f", Name: `..\..\evil name.txt`, Data: []byte(data)}).JSON(&got)
		if got["file"] != data || got["name"] != "evil_name.txt" || got["size"] != float64(size) || got["first"] != "1" {
			t.Errorf("upload of %d bytes: got %.200v", size, got)
		}
	}
	if r := client.Upload("/", map[string]string{"a": strings.Repeat("x", 200)}); r.Status != 413 {
		t.Errorf("a field larger than the memory for forms: got %d, want 413", r.Status)
	}
	forgot := newApp()
	forgot.Post("/", func(c *retort.Ctx) error { _, err := c.File("f"); return err }).Named("form")
	failed := ""
	retort.OnError(&forgot.Hooks, func(c *retort.Ctx, err *retort.Error) error { failed = err.Error(); return c.NoContent() })
	if retorttest.New(t, forgot).Post("/", url.Values{"f": {"a.txt"}}); !strings.Contains(failed, `No file was sent in the field "f".: the form sent the file's name only`) {
		t.Errorf("a form without enctype: got %s", failed)
	}
	r := client.Request("POST", "/", strings.NewReader("--b\r\nnonsense"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	if r := client.Do(r); r.Status != 400 {
		t.Errorf("a broken multipart form: got %d, want 400", r.Status)
	}
	r = client.Request("POST", "/", strings.NewReader("x"))
	r.Header.Set("Content-Type", "multipart/form-data")
	if r := client.Do(r); r.Status != 400 {
		t.Errorf("a multipart form without boundary: got %d, want 400", r.Status)
	}
}

func TestDecodeJSON(t *testing.T) {
	app := newApp()
	app.Put("/", func(c *retort.Ctx) error {
		var in struct {
			Title string `json:"title"`
			Count int    `json:"count"`
		}
		if err := c.DecodeJSON(&in); err != nil {
			return err
		}
		return c.Text(in.Title)
	}).Named("put")
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		contentType, body string
		status            int
		text              string
	}{
		{"application/json", `{"title":"x","count":1}`, 200, "x"},
		{"application/vnd.api+json; charset=utf-8", `{"title":"y"}`, 200, "y"},
		{"text/plain", `{}`, 415, "application/json"},
		{"", `{}`, 415, "application/json"},
		{"application/json", `{"title":`, 400, "malformed at byte 9"},
		{"application/json", `{} {}`, 400, "malformed"},
		{"application/json", "{\"title\":\"\xff\"}", 400, "not UTF-8"},
		{"application/json", `{"count":"many"}`, 400, `&#34;count&#34; cannot be a string`},
	} {
		r := client.Request("PUT", "/", strings.NewReader(tt.body))
		r.Header.Set("Content-Type", tt.contentType)
		r.Header.Set("Accept", "text/html")
		got := client.Do(r)
		if got.Status != tt.status || !strings.Contains(got.Body, tt.text) {
			t.Errorf("%s %s: got %d %q, want %d with %q", tt.contentType, tt.body, got.Status, got.Body, tt.status, tt.text)
		}
	}
}

func TestClientBehindProxies(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, TrustedHosts: []string{"example.com"}, TrustedProxies: []string{"192.0.2.0/24"}, ProxySetsHost: true,
		Logger: slog.New(slog.DiscardHandler)})
	app.Get("/", func(c *retort.Ctx) error { return c.Text(c.ClientIP().String() + " " + c.Scheme() + " " + c.Host()) }).Named("index")
	client := retorttest.New(t, app)
	client.Base.Scheme = "http"
	client.Header.Set("X-Forwarded-For", "6.6.6.6, 203.0.113.9")
	client.Header.Set("X-Forwarded-Proto", "https")
	client.Header.Set("X-Forwarded-Host", "example.com")
	r := client.Get("/")
	if r.Body != "203.0.113.9 https example.com" {
		t.Errorf("got %q", r.Body)
	}
	if r.Header.Get("Strict-Transport-Security") == "" {
		t.Error("behind a proxy that speaks TLS the answer has no HSTS")
	}
}

func TestSafeFilename(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"report.pdf", "report.pdf"},
		{"../../etc/passwd", "passwd"},
		{`C:\Users\x\my file.txt`, "my_file.txt"},
		{".htaccess", "htaccess"},
		{"..", ""},
		{"", ""},
		{"con.txt", "_con.txt"},
		{"naïve.txt", "naive.txt"},
		{"i contain  cool\tümläuts.txt", "i_contain_cool_umlauts.txt"},
		{"ﬁle.txt", "file.txt"},
		{"__init__.py", "init__.py"},
		{"a\x00b\n.txt", "ab_.txt"},
	} {
		if got := retort.SafeFilename(tt.in); got != tt.want {
			t.Errorf("SafeFilename(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestConverters(t *testing.T) {
	app := newApp()
	app.Converter("hex", route.Converter{
		Regexp: "[0-9a-f]+",
		Parse:  func(text string) (any, error) { return strconv.ParseUint(text, 16, 32) },
		Format: func(v any) (string, error) { return fmt.Sprintf("%x", v), nil },
	})
	show := func(c *retort.Ctx) error {
		next, err := c.URL(c.Endpoint(), "v", c.ParamValue("v"))
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprintf("%v %s", c.ParamValue("v"), next))
	}
	for name, pattern := range map[string]string{
		"hex": "/hex/<hex:v>", "int": "/int/<int(min=5):v>", "signed": "/signed/<int(signed=True):v>", "float": "/float/<float:v>",
		"len": "/len/<string(minlength=2,maxlength=3):v>", "path": "/path/<path:v>", "any": "/any/<any(a,b):v>",
	} {
		app.Get(pattern, show).Named(name)
	}
	client := retorttest.New(t, app)
	for path, want := range map[string]string{
		"/hex/ff": "255 /hex/ff", "/hex/xyz": "", "/hex/fffffffff": "", "/int/7": "7 /int/7", "/int/4": "", "/int/-7": "", "/signed/-7": "-7 /signed/-7",
		"/float/1.50": "1.5 /float/1.5", "/float/1": "", "/len/abc": "abc /len/abc", "/len/a": "", "/len/abcd": "",
		"/path/a/b": "a/b /path/a/b", "/any/a": "a /any/a", "/any/c": "",
	} {
		r := client.Get(path)
		if want == "" && r.Status != 404 || want != "" && r.Body != want {
			t.Errorf("%s: got %d %.100q, want %q", path, r.Status, r.Body, want)
		}
	}
}
