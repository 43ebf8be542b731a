package retort_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// However many slashes meet where a prefix ends, the address has one.
func TestPrefixSlashes(t *testing.T) {
	for _, tt := range []struct{ prefix, pattern, url string }{
		{"", "/", "/"}, {"/", "", "/"}, {"/", "/", "/"}, {"/foo", "", "/foo"}, {"/foo/", "", "/foo/"}, {"", "/bar", "/bar"},
		{"/foo/", "/bar", "/foo/bar"}, {"/foo/", "bar", "/foo/bar"}, {"/foo", "/bar", "/foo/bar"}, {"/foo/", "//bar", "/foo/bar"},
		{"/foo//", "/bar", "/foo/bar"},
	} {
		app := newApp()
		bp := retort.NewBlueprint("bp", tt.prefix)
		bp.Get(tt.pattern, func(c *retort.Ctx) error { return c.Redirect(".index") }).Named("index")
		app.Mount(bp)
		if r := retorttest.New(t, app).Get(tt.url); r.Header.Get("Location") != tt.url {
			t.Errorf("%q at %q: got %d, builds %q, want %q", tt.pattern, tt.prefix, r.Status, r.Header.Get("Location"), tt.url)
		}
	}
}

func TestBlueprintInItself(t *testing.T) {
	outer, inner := retort.NewBlueprint("outer", ""), retort.NewBlueprint("inner", "")
	outer.Mount(inner)
	for name, mount := range map[string]func(){
		"outer": func() { outer.Mount(outer) },
		"inner": func() { inner.Mount(outer) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if v, _ := recover().(string); !strings.Contains(v, `"outer" would be inside of itself`) {
					t.Errorf("got %q, want a panic that says what is wrong", v)
				}
			}()
			mount()
		})
	}
}

// What a blueprint brings for the whole app holds outside of it; what it brings
// for itself holds inside, before what those around it brought.
func TestBlueprintReach(t *testing.T) {
	app := newApp()
	app.Templates(fstest.MapFS{"page.html": {Data: []byte("{{ from }} {{ everywhere }}")}})
	page := func(c *retort.Ctx) error { return c.Render("page.html", nil) }
	forbid := func(*retort.Ctx) error { return retort.Errorf(403, "") }
	says := func(text string) retort.ErrorHandler {
		return func(c *retort.Ctx, _ error) error { return c.Status(403).Text(text) }
	}
	from := func(name string) func(*retort.Ctx, retort.Map) error {
		return func(_ *retort.Ctx, vars retort.Map) error { vars["from"] = name; return nil }
	}
	outer, inner, other := retort.NewBlueprint("outer", "/outer"), retort.NewBlueprint("inner", "/inner"), retort.NewBlueprint("other", "/other")
	for _, s := range []*retort.Scaffold{&app.Scaffold, &outer.Scaffold, &inner.Scaffold, &other.Scaffold} {
		s.Get("/page", page).Named("page")
		s.Get("/no", forbid).Named("no")
	}
	app.ContextProcessor(from("app"))
	outer.ContextProcessor(from("outer"))
	inner.ContextProcessor(from("inner"))
	other.AppHooks.ContextProcessor(func(_ *retort.Ctx, vars retort.Map) error { vars["everywhere"] = "here too"; return nil })
	outer.OnStatus(403, says("outer says no"))
	other.AppHooks.OnStatus(403, says("all say no"))
	outer.Mount(inner)
	app.Mount(outer)
	app.Mount(other)
	client := retorttest.New(t, app)
	for path, want := range map[string]string{
		"/page": "app here too", "/outer/page": "outer here too", "/outer/inner/page": "inner here too", "/other/page": "app here too",
		"/no": "all say no", "/outer/no": "outer says no", "/outer/inner/no": "outer says no", "/other/no": "all say no",
	} {
		if got := client.Get(path).Body; got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// A blueprint under two names is two: links from within each stay there.
func TestBlueprintTwice(t *testing.T) {
	app := newApp()
	inner := retort.NewBlueprint("inner", "/i")
	inner.Get("/", func(c *retort.Ctx) error {
		u, err := c.URL(".index")
		if err != nil {
			return err
		}
		return c.Text(c.Endpoint() + " " + u)
	}).Named("index")
	bp := retort.NewBlueprint("bp", "/a")
	bp.MountAs(inner, "sub", "/s")
	app.Mount(bp)
	app.MountAs(bp, "alt", "/b")
	client := retorttest.New(t, app)
	for path, want := range map[string]string{"/a/s/": "bp.sub.index /a/s/", "/b/s/": "alt.sub.index /b/s/"} {
		if got := client.Get(path).Body; got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestBlueprintSubdomain(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, ServerName: "example.com:8443", SubdomainMatching: true,
		TrustedHosts: []string{".example.com"}, Logger: slog.New(slog.DiscardHandler)})
	where := func(c *retort.Ctx) error { return c.Text(c.Endpoint()) }
	shop, api := retort.NewBlueprint("shop", ""), retort.NewBlueprint("api", "")
	shop.Subdomain, api.Subdomain = "shop", "api"
	shop.Static(fstest.MapFS{"a.txt": {Data: []byte("shop's")}})
	for _, s := range []*retort.Scaffold{&app.Scaffold, &shop.Scaffold, &api.Scaffold} {
		s.Get("/", where).Named("index")
	}
	shop.Get("/", where).Named("own").Subdomain("own")
	shop.Mount(api)
	app.Mount(shop)
	client := retorttest.New(t, app)
	for url, want := range map[string]string{
		"https://example.com:8443/": "index", "https://shop.example.com:8443/": "shop.index", "https://own.example.com:8443/": "shop.own",
		"https://api.shop.example.com:8443/": "shop.api.index", "https://shop.example.com:8443/static/a.txt": "shop's",
	} {
		if got := client.Get(url); got.Body != want {
			t.Errorf("%s: got %d %.80q, want %q", url, got.Status, got.Body, want)
		}
	}
	if got := client.Get("https://api.example.com:8443/").Status; got != 404 {
		t.Errorf("a subdomain that nobody has: got %d, want 404", got)
	}
	if got, err := app.URL("shop.api.index"); err != nil || got != "https://api.shop.example.com:8443/" {
		t.Errorf("built: got %q, %v", got, err)
	}
}

func TestHostMatching(t *testing.T) {
	cfg := retort.Config{SecretKey: testKey, HostMatching: true, ServerName: "example.com", TrustedHosts: []string{".example.com"},
		Logger: slog.New(slog.DiscardHandler), Static: fstest.MapFS{"a.txt": {Data: []byte("file")}}}
	app := retort.New(cfg)
	app.Get("/", func(c *retort.Ctx) error {
		u, err := c.URL("static", "filename", "b.txt")
		if err != nil {
			return err
		}
		return c.Text(c.Param("tenant") + " " + u)
	}).Named("index").Host("<tenant>.example.com")
	client := retorttest.New(t, app)
	for url, want := range map[string]string{
		"https://zoe.example.com/":          "zoe https://example.com/static/b.txt",
		"https://example.com/static/a.txt":  "file",
		"https://other.example.com/nowhere": "",
	} {
		if got := client.Get(url); want != "" && got.Body != want || want == "" && got.Status != 404 {
			t.Errorf("%s: got %d %.80q, want %q", url, got.Status, got.Body, want)
		}
	}
	cfg.ServerName = ""
	if err := retort.New(cfg).Compile(); err == nil || !strings.Contains(err.Error(), "needs ServerName, the host that static files are at") {
		t.Errorf("static files without a host: got %v", err)
	}
}
