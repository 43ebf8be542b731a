package retort

import (
	"errors"
	"fmt"
	"strings"

	"github.com/retort-go/retort/route"
)

// URL builds the URL of an endpoint. Values are pairs of a name and a value:
// those that the route's pattern has go into the path, others into the query,
// nil nowhere. As in Flask, an endpoint that starts with a dot is one of the
// request's own blueprint, and these names are about the URL as a whole:
//
//	_anchor    the part behind #
//	_external  true for an absolute URL
//	_scheme    the scheme; makes the URL absolute
//	_method    the method, where an endpoint has several patterns
//
//	c.URL("blog.show", "id", 5, "_anchor", "comments")   // /blog/5#comments
func (c *Ctx) URL(endpoint string, values ...any) (string, error) {
	pairs, opts, err := urlValues(values)
	if err != nil {
		return "", fmt.Errorf("url for %q: %w", endpoint, err)
	}
	return c.buildURL(endpoint, pairs, opts)
}

func (c *Ctx) buildURL(endpoint string, pairs route.Values, opts route.BuildOptions) (string, error) {
	if strings.HasPrefix(endpoint, ".") {
		endpoint = strings.TrimPrefix(endpoint, ".")
		endpoint = join(c.Blueprint(), endpoint)
	}
	opts.RequestMethod = c.Request.Method
	opts.Host = c.host
	if opts.Scheme == "" {
		opts.Scheme = c.Scheme()
	}
	for _, h := range c.App.chainOf(endpoint) {
		for _, f := range h.defaults {
			v := URLValues{Endpoint: endpoint, app: c.App, pairs: pairs}
			f(c, &v)
			pairs = v.pairs
		}
	}
	return c.App.buildURL(endpoint, pairs, opts)
}

// chainOf is the hooks around an endpoint, outermost first: the app's alone for
// one that it has not, which [App.OnBuildError] may know.
func (a *App) chainOf(endpoint string) []*Hooks {
	if r := a.endpoints[endpoint]; r != nil {
		return r.chain
	}
	return a.ownChain[:]
}

// URLValues are the values of a URL about to be built.
type URLValues struct {
	Endpoint string

	app   *App
	pairs route.Values
}

// Wants reports whether the endpoint's pattern has a parameter of that name that
// has no value yet.
func (v *URLValues) Wants(name string) bool {
	for _, p := range v.pairs {
		if p.Name == name {
			return false
		}
	}
	return v.app.routes.Expects(v.Endpoint, name)
}

// Set gives a parameter its value.
func (v *URLValues) Set(name string, value any) {
	v.pairs = append(v.pairs, route.Value{Name: name, Value: value})
}

// URL builds the URL of an endpoint where there is no request, as in a mail: it
// is absolute and needs [Config.ServerName].
func (a *App) URL(endpoint string, values ...any) (string, error) {
	if err := a.Compile(); err != nil {
		return "", err
	}
	pairs, opts, err := urlValues(values)
	if err != nil {
		return "", fmt.Errorf("url for %q: %w", endpoint, err)
	}
	return a.absoluteURL(endpoint, pairs, opts)
}

func (a *App) absoluteURL(endpoint string, pairs route.Values, opts route.BuildOptions) (string, error) {
	if a.Config.ServerName == "" {
		return "", fmt.Errorf("url for %q: there is no request, so set Config.ServerName", endpoint)
	}
	opts.External, opts.Host = true, a.Config.ServerName
	if opts.Scheme == "" {
		opts.Scheme = a.Config.PreferredURLScheme
	}
	return a.buildURL(endpoint, pairs, opts)
}

func (a *App) buildURL(endpoint string, pairs route.Values, opts route.BuildOptions) (string, error) {
	opts.ScriptRoot = a.Config.ApplicationRoot
	if static, ok := a.statics[endpoint]; ok {
		pairs = static.fingerprint(pairs)
	}
	u, err := a.routes.Build(endpoint, pairs, opts)
	if err != nil {
		for _, f := range a.onBuildError {
			if other, failed := f(endpoint, pairs, opts); failed == nil {
				return other, nil
			}
		}
	}
	return u, err
}

// urlValues takes the names with an underscore out of the values of a URL.
func urlValues(values []any) (pairs route.Values, opts route.BuildOptions, err error) {
	if len(values)%2 != 0 {
		return nil, opts, errors.New("values come in pairs of a name and a value")
	}
	if len(values) > 0 {
		pairs = make(route.Values, 0, len(values)/2)
	}
	for i := 0; i < len(values); i += 2 {
		name, ok := values[i].(string)
		if !ok {
			return nil, opts, fmt.Errorf("the name of a value is a %T, not a string", values[i])
		}
		if err := addURLValue(&pairs, &opts, name, values[i+1]); err != nil {
			return nil, opts, err
		}
	}
	return pairs, opts, nil
}

func addURLValue(pairs *route.Values, opts *route.BuildOptions, name string, value any) error {
	if !strings.HasPrefix(name, "_") {
		*pairs = append(*pairs, route.Value{Name: name, Value: value})
		return nil
	}
	var ok bool
	switch name {
	case "_external":
		var external bool
		external, ok = value.(bool)
		opts.External = opts.External || external // a scheme is said of absolute URLs only, whatever comes first
	case "_anchor":
		opts.Anchor, ok = value.(string)
	case "_method":
		opts.Method, ok = value.(string)
	case "_scheme":
		opts.Scheme, ok = value.(string)
		opts.External = true
	default:
		*pairs = append(*pairs, route.Value{Name: name, Value: value})
		return nil
	}
	if !ok {
		return fmt.Errorf("%s cannot be a %T", name, value)
	}
	return nil
}
