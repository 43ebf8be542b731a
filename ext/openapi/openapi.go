// Package openapi describes the routes that package api made, from the types
// they are made of: an OpenAPI 3.1 document for programs and a page for people.
//
//	app.Mount(openapi.New(openapi.Config{Title: "Tasks", Version: "1.0"}))
//
// It is a module of its own because of huma, which knows how Go types are
// written as JSON Schema; api's tags are the ones that huma reads. Where the two
// differ, the document says what api does: see [Document]. The page is HTML that
// the server makes. It loads nothing from elsewhere and runs no script, so the
// app's strict Content-Security-Policy holds for it as well.
package openapi

import (
	"embed"
	"encoding/json"
	"io/fs"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/retort-go/retort"
)

// Config says what cannot be read from the routes. Title and Version are
// required by OpenAPI.
type Config struct {
	Title       string
	Version     string // of the API, not of OpenAPI
	Description string // may be empty

	// Bearer lists the blueprints whose routes want a bearer token; "" stands for
	// the app's own routes. It only tells readers: guard the routes themselves with
	// a Before hook.
	Bearer []string
}

//go:embed templates
var templates embed.FS

// New returns a blueprint called "openapi" with two routes: "/openapi.json", the
// document, and "/docs", the page. It has hooks as any other: who may read them
// is up to its Before. Mount it on one app, under a prefix of your choice.
func New(cfg Config) *retort.Blueprint {
	bp := retort.NewBlueprint("openapi", "")
	files, err := fs.Sub(templates, "templates")
	if err != nil {
		panic(err) // the name is a constant, and valid
	}
	bp.Templates(files)
	d := &document{cfg: cfg}
	bp.Get("/openapi.json", d.json)
	bp.Get("/docs", d.page)
	return bp
}

// document is made at its first request: then the app's routes are final.
type document struct {
	cfg Config

	once sync.Once
	api  *huma.OpenAPI
	text []byte
	err  error
}

func (d *document) make(app *retort.App) error {
	d.once.Do(func() {
		if d.api, d.err = Document(app, d.cfg); d.err == nil {
			d.text, d.err = json.MarshalIndent(d.api, "", "  ")
		}
	})
	return d.err
}

func (d *document) json(c *retort.Ctx) error {
	if err := d.make(c.App); err != nil {
		return err
	}
	return c.Bytes("application/vnd.oai.openapi+json;version=3.1", d.text)
}

func (d *document) page(c *retort.Ctx) error {
	if err := d.make(c.App); err != nil {
		return err
	}
	return c.Render("openapi/docs.html", view(d.api))
}
