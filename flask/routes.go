package flask

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"

	"github.com/retort-go/retort/route"
)

// An OldRoute is one rule of a Flask application's url_map.
type OldRoute struct {
	Endpoint  string         `json:"endpoint"`
	Rule      string         `json:"rule"`
	Methods   []string       `json:"methods"` // without the automatic HEAD and OPTIONS; nil for any
	Defaults  map[string]any `json:"defaults,omitempty"`
	BuildOnly bool           `json:"build_only,omitempty"`
}

// Routes are a Flask application's, read from what `retort flask export-routes`
// wrote. They are for building URLs: who takes a request is the old application's
// own business.
type Routes struct {
	list []OldRoute
	urls *route.Map
}

// maxRoutes bounds the file of routes in bytes.
const maxRoutes = 16 << 20

// LoadRoutes reads the routes of the old application.
func LoadRoutes(r io.Reader) (*Routes, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxRoutes+1))
	if err != nil {
		return nil, fmt.Errorf("flask: read the old routes: %w", err)
	}
	if len(data) > maxRoutes {
		return nil, fmt.Errorf("flask: the old routes are more than %d bytes", maxRoutes)
	}
	routes := &Routes{urls: route.New(route.Options{})}
	if err := json.Unmarshal(data, &routes.list); err != nil {
		return nil, fmt.Errorf("flask: read the old routes: %w", err)
	}
	var errs []error
	for _, r := range routes.list {
		errs = append(errs, routes.add(r))
	}
	if err := errors.Join(append(errs, routes.urls.Compile())...); err != nil {
		return nil, fmt.Errorf("flask: the old routes: %w", err)
	}
	return routes, nil
}

// custom is a variable with its converter.
var custom = regexp.MustCompile(`<[^<>]*:\s*([A-Za-z_]\w*)>`)

func (r *Routes) add(old OldRoute) error {
	rule := route.Rule{Path: old.Rule, Endpoint: old.Endpoint, Methods: old.Methods, Defaults: old.Defaults}
	if r.urls.Add(rule) == nil {
		return nil
	}
	// A converter of the application's own. What it makes of a value is not known
	// here, so values are taken as they will stand in the path.
	rule.Path = custom.ReplaceAllString(old.Rule, "<path:$1>")
	return r.urls.Add(rule)
}

// All lists the routes in the order of the url_map.
func (r *Routes) All() iter.Seq[OldRoute] { return slices.Values(r.list) }

// Build returns the URL of an endpoint of the old application, for
// [retort.App.OnBuildError].
func (r *Routes) Build(endpoint string, values route.Values, opts route.BuildOptions) (string, error) {
	return r.urls.Build(endpoint, values, opts)
}
