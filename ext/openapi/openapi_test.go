package openapi_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/api"
	"github.com/retort-go/retort/ext/openapi"
	"github.com/retort-go/retort/retorttest"
)

var update = flag.Bool("update", false, "write testdata/shop.json anew")

type item struct {
	Name  string  `json:"name" required:"true" doc:"What it is called."`
	Price float64 `json:"price" minimum:"0.01"`
	Size  string  `json:"size,omitempty" enum:"S,M,L"`
	Parts []item  `json:"parts,omitempty"`
}

type order struct {
	_      struct{}          `doc:"Orders some items."`
	Shop   int               `path:"shop"`
	Dry    bool              `query:"dry" doc:"Only say what would happen."`
	Tenant string            `header:"X-Tenant" enum:"a,b" required:"true"`
	Title  string            `json:"title" required:"true" minLength:"2" maxLength:"5" pattern:"[a-z]+"`
	Items  []item            `json:"items" minLength:"1" maxLength:"2"`
	Notes  map[string]string `json:"notes" maxLength:"3"`
	Secret string            `json:"-"`
}

type receipt struct {
	ID    int    `json:"id"`
	Items []item `json:"items"`
	Note  string `json:"note,omitempty"`
}

func create(*retort.Ctx, order) (receipt, error)        { return receipt{}, nil }
func list(*retort.Ctx, api.None) ([]receipt, error)     { return nil, nil }
func remove(*retort.Ctx, api.None) (api.None, error)    { return api.None{}, nil }
func replaceAll(*retort.Ctx, receipt) (api.None, error) { return api.None{}, nil }
func page(c *retort.Ctx) error                          { return c.Text("a page") }
func newApp(t *testing.T, cfg retort.Config) *retort.App {
	t.Helper()
	app := retort.New(cfg)
	app.Get("/page", page)
	shop := retort.NewBlueprint("shop", "/shops")
	api.Get(&shop.Scaffold, "/", list)
	api.Post(&shop.Scaffold, "/<int:shop>/orders", create)
	api.Put(&shop.Scaffold, `/<any("a>b",c):kind>/<uuid:id>`, replaceAll)
	api.Delete(&shop.Scaffold, "/<int:shop>", remove)
	api.Delete(&shop.Scaffold, "/<float:weight>/x", remove)
	app.Mount(shop)
	app.Mount(openapi.New(openapi.Config{Title: "Shop", Version: "1.2", Description: "Sells <things>.", Bearer: []string{"shop"}}))
	return app
}

// The document as a whole is in testdata, to be read and compared.
func TestDocument(t *testing.T) {
	client := retorttest.New(t, newApp(t, retort.Config{Debug: true}))
	r := client.Get("/openapi.json")
	if got := r.Header.Get("Content-Type"); r.Status != 200 || !strings.HasPrefix(got, "application/vnd.oai.openapi+json") {
		t.Errorf("got %d as %s: %s", r.Status, got, r.Body)
	}
	file := filepath.Join("testdata", "shop.json")
	if *update {
		if err := os.WriteFile(file, []byte(r.Body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if r.Body != string(want) {
		t.Errorf("the document is not %s; run with -update and read the difference. Got\n%s", file, r.Body)
	}
}

// What api checks is what the document says.
func TestDocumentSaysWhatIsChecked(t *testing.T) {
	client := retorttest.New(t, newApp(t, retort.Config{Debug: true}))
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Schemas map[string]struct {
				Required   []string
				Properties map[string]map[string]any
			}
		}
	}
	client.Get("/openapi.json").JSON(&doc)
	for path, methods := range map[string]string{"/shops/": "get", "/shops/{shop}/orders": "post",
		"/shops/{kind}/{id}": "put", "/shops/{shop}": "delete", "/shops/{weight}/x": "delete"} {
		if _, ok := doc.Paths[path][methods]; !ok {
			t.Errorf("%s %s is not described", methods, path)
		}
	}
	if len(doc.Paths) != 5 {
		t.Errorf("%d paths are described; pages and the document itself should not be", len(doc.Paths))
	}
	body := doc.Components.Schemas["ShopCreateBody"]
	if len(body.Required) != 1 || body.Required[0] != "title" {
		t.Errorf("required in the body: %v, want title alone", body.Required)
	}
	for _, name := range []string{"shop", "Shop", "Tenant", "Secret"} {
		if body.Properties[name] != nil {
			t.Errorf("the body has %s, which it cannot set", name)
		}
	}
	items := body.Properties["items"]
	if items["minItems"] != 1.0 || items["maxItems"] != 2.0 {
		t.Errorf("items: %v, want its length bounded", items)
	}
	if got := body.Properties["title"]["pattern"]; got != "^(?:[a-z]+)$" {
		t.Errorf("the pattern of title is %v; api wants all of it to match", got)
	}
}

func TestPage(t *testing.T) {
	client := retorttest.New(t, newApp(t, retort.Config{Debug: true}))
	r := client.Get("/docs")
	for _, want := range []string{"<h1>Shop <small>1.2</small></h1>", "Sells &lt;things&gt;.", "POST /shops/{shop}/orders",
		"Orders some items.", "Only say what would happen.", `<a href="#type-Item">Item</a>`, `id="type-Item"`, "one of S, M, L", "needs a bearer token"} {
		if !strings.Contains(r.Body, want) {
			t.Errorf("the page has no %q:\n%s", want, r.Body)
		}
	}
	if strings.Contains(r.Body, "<script") || strings.Contains(r.Body, "//unpkg") {
		t.Error("the page runs scripts; it is to load nothing")
	}
}

// The page is as open as the blueprint lets it be.
func TestGuarded(t *testing.T) {
	app := retort.New(retort.Config{Debug: true})
	bp := openapi.New(openapi.Config{Title: "x", Version: "1"})
	bp.Before(func(*retort.Ctx) error { return retort.Errorf(401, "Log in first.") })
	app.Mount(bp)
	client := retorttest.New(t, app)
	for _, path := range []string{"/docs", "/openapi.json"} {
		if r := client.Get(path); r.Status != 401 {
			t.Errorf("%s: got %d, want 401", path, r.Status)
		}
	}
}

func TestDocumentRefuses(t *testing.T) {
	if _, err := openapi.Document(newApp(t, retort.Config{Debug: true}), openapi.Config{}); err == nil {
		t.Error("a document without title and version was made")
	}
}
