package retort

import (
	"strings"

	"github.com/retort-go/retort/jinja"
	"github.com/retort-go/retort/route"
)

// What templates see of the request, the session, g and config: Flask's names,
// and nothing that templates have no business with. Each is the Ctx under
// another type, so that showing it costs nothing.

// templateURLValues turns keyword arguments into values for a URL.
func templateURLValues(kwargs []jinja.Kwarg) (pairs route.Values, opts route.BuildOptions, err error) {
	if len(kwargs) > 0 {
		pairs = make(route.Values, 0, len(kwargs)+1)
	}
	for _, kw := range kwargs {
		v, err := jinja.Plain(kw.Value)
		if err != nil {
			return nil, opts, err
		}
		if err := addURLValue(&pairs, &opts, kw.Name, v); err != nil {
			return nil, opts, err
		}
	}
	return pairs, opts, nil
}

// requestView is `request`.
type requestView Ctx

// Attr gives the attributes of Flask's request that describe it; those that
// would read the body are left to handlers, but for the form.
func (v *requestView) Attr(name string) (jinja.Value, bool) {
	c := (*Ctx)(v)
	switch name {
	case "path":
		return jinja.From(c.Path()), true
	case "full_path":
		return jinja.From(c.Path() + "?" + c.Request.URL.RawQuery), true
	case "method":
		return jinja.From(c.Request.Method), true
	case "endpoint":
		return textOrNone(c.Endpoint()), true
	case "blueprint":
		return textOrNone(c.Blueprint()), true
	case "args":
		return jinja.From(multi(c.Args())), true
	case "form":
		fields, _ := c.FormValues()
		return jinja.From(multi(fields)), true
	case "headers":
		return jinja.From((*headersView)(c)), true
	case "cookies":
		return jinja.From((*cookiesView)(c)), true
	case "view_args":
		args := Map{}
		for name, p := range c.match.Params() {
			args[name] = p.Value()
		}
		return jinja.From(args), true
	case "host":
		return jinja.From(c.Host()), true
	case "scheme":
		return jinja.From(c.Scheme()), true
	case "is_secure":
		return jinja.From(c.Secure()), true
	case "host_url", "url_root":
		root := c.Scheme() + "://" + c.Host() + "/"
		if name == "url_root" && c.App.Config.ApplicationRoot != "" {
			root += strings.TrimPrefix(c.App.Config.ApplicationRoot, "/") + "/"
		}
		return jinja.From(root), true
	case "base_url":
		return jinja.From(c.Scheme() + "://" + c.Host() + c.Request.URL.Path), true
	case "url":
		u := c.Scheme() + "://" + c.Host() + c.Request.URL.Path
		if q := c.Request.URL.RawQuery; q != "" {
			u += "?" + q
		}
		return jinja.From(u), true
	case "remote_addr":
		return textOrNone(c.remoteAddr()), true
	case "referrer":
		return textOrNone(c.Header("Referer")), true
	case "user_agent":
		return jinja.From(c.Header("User-Agent")), true
	case "content_type":
		return textOrNone(c.Header("Content-Type")), true
	case "mimetype":
		return jinja.From(c.mediaType()), true
	}
	return jinja.Value{}, false
}

func (c *Ctx) remoteAddr() string {
	ip := c.ClientIP()
	if !ip.IsValid() {
		return ""
	}
	return ip.String()
}

// textOrNone is Python's None for an empty string, as Flask has it.
func textOrNone(s string) jinja.Value {
	if s == "" {
		return jinja.From(nil)
	}
	return jinja.From(s)
}

// multi shows the first value of each name, as a MultiDict does.
func multi(values map[string][]string) Map {
	m := make(Map, len(values))
	for name, vs := range values {
		if len(vs) > 0 {
			m[name] = vs[0]
		}
	}
	return m
}

// headersView is `request.headers`.
type headersView Ctx

// Attr makes headers["User-Agent"] and headers.Accept work.
func (v *headersView) Attr(name string) (jinja.Value, bool) {
	vs := v.Request.Header.Values(name)
	if len(vs) == 0 {
		return jinja.Value{}, false
	}
	return jinja.From(vs[0]), true
}

// cookiesView is `request.cookies`.
type cookiesView Ctx

// Attr finds a cookie; the session's own is of no use to a template.
func (v *cookiesView) Attr(name string) (jinja.Value, bool) {
	value, ok := findCookie(v.Request.Header["Cookie"], name)
	if !ok || name == (*Ctx)(v).sessionCookieName() {
		return jinja.Value{}, false
	}
	return jinja.From(unquoteCookie(value)), true
}

// sessionView is `session`.
type sessionView Ctx

// Attr finds a value of the session.
func (v *sessionView) Attr(name string) (jinja.Value, bool) {
	s := (*Ctx)(v).Session()
	if !s.Has(name) || strings.HasPrefix(name, "_") || name == csrfSecretKey {
		return jinja.Value{}, false
	}
	return jinja.From(s.Get(name)), true
}

// valuesView is `g`: the values that hooks and handlers stored under a [Key].
type valuesView Ctx

// Attr finds a value by the name of its key.
func (v *valuesView) Attr(name string) (jinja.Value, bool) {
	for _, kv := range v.values {
		if named, ok := kv.key.(interface{ String() string }); ok && named.String() == name {
			return jinja.From(kv.value), true
		}
	}
	return jinja.Value{}, false
}

// configView is `config`, without its secrets.
type configView Config

// Attr gives the settings templates ask for, under Flask's names.
func (v *configView) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "DEBUG":
		return jinja.From(v.Debug), true
	case "SERVER_NAME":
		return textOrNone(v.ServerName), true
	case "APPLICATION_ROOT":
		return jinja.From(v.ApplicationRoot + "/"), true
	case "PREFERRED_URL_SCHEME":
		return jinja.From(v.PreferredURLScheme), true
	case "MAX_CONTENT_LENGTH":
		return jinja.From(v.MaxContentLength), true
	}
	return jinja.Value{}, false
}
