package retort

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/retort-go/retort/form"
	"github.com/retort-go/retort/jinja"
)

// Render answers with a template. Data are the names it sees: a [Map], a struct
// or a pointer to one, or nil. Besides these a template knows what Flask's
// templates know: url_for, get_flashed_messages, config, request, session, g,
// and csrf_token and csp_nonce. The status is 200 unless [Ctx.Status] said another,
// or 422 for a form that was sent and is wrong; see [Ctx.Submitted].
func (c *Ctx) Render(name string, data any) error {
	if c.status == 0 && c.sent != nil && !form.Valid(c.sent) {
		c.status = http.StatusUnprocessableEntity
	}
	buf := c.buffer()
	page, err := c.appendTemplate(*buf, name, data)
	if err != nil {
		return err
	}
	*buf = page
	if t := contentTypeOf(strings.TrimSuffix(strings.TrimSuffix(name, ".j2"), ".jinja")); !strings.HasPrefix(t, "text/html") && t != "application/octet-stream" {
		return c.describe([]string{t})
	}
	if c.App.Config.Debug {
		*buf = c.appendReloadErrors(*buf)
	}
	return c.describe(mimeHTML)
}

// RenderString renders a template without answering with it, for mails and the
// like.
func (c *Ctx) RenderString(name string, data any) (string, error) {
	page, err := c.appendTemplate(nil, name, data)
	return string(page), err
}

// RenderString renders a template where there is no request: a mail that a command
// or a background job sends. In it url_for builds absolute URLs, which needs
// [Config.ServerName]. There is no request, session or g, and context processors,
// which are asked about a request, do not run.
func (a *App) RenderString(ctx context.Context, name string, data any) (string, error) {
	if err := a.Compile(); err != nil {
		return "", err
	}
	t, err := a.jinja.Template(name)
	if err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	a.BeforeRenderTemplate.Send(Rendering{nil, name, data})
	page, err := t.Append(nil, jinja.Input{Ctx: ctx, Data: data})
	if err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	a.TemplateRendered.Send(Rendering{nil, name, data})
	return string(page), nil
}

func (c *Ctx) appendTemplate(dst []byte, name string, data any) ([]byte, error) {
	t, err := c.App.jinja.Template(name)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	if data, err = c.processed(data); err != nil {
		return nil, fmt.Errorf("render %s: context processor: %w", name, err)
	}
	c.App.BeforeRenderTemplate.Send(Rendering{c, name, data})
	page, err := t.Append(dst, jinja.Input{Ctx: (*renderContext)(c), Data: data, Lookup: c.lookup})
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	c.App.TemplateRendered.Send(Rendering{c, name, data})
	return page, nil
}

// processed lets the context processors add their names to data. Names given to
// Render win.
func (c *Ctx) processed(data any) (any, error) {
	vars := Map(nil)
	for _, h := range c.chain() {
		for _, f := range h.processors {
			if vars == nil {
				vars = Map{}
			}
			if err := f(c, vars); err != nil {
				return nil, err
			}
		}
	}
	if vars == nil {
		return data, nil
	}
	c.vars = vars
	if data == nil {
		return vars, nil
	}
	return data, nil
}

// lookup gives a template the names that its data lacks.
func (c *Ctx) lookup(name string) (jinja.Value, bool) {
	if v, ok := c.vars[name]; ok {
		return jinja.From(v), true
	}
	switch name {
	case "request":
		return jinja.From((*requestView)(c)), true
	case "session":
		return jinja.From((*sessionView)(c)), true
	case "g":
		return jinja.From((*valuesView)(c)), true
	}
	return jinja.Value{}, false
}

// renderContext is the context of a render: the request's own, which also leads
// back to the Ctx. Template functions are registered once for the whole app and
// find the request through it.
type renderContext Ctx

func (r *renderContext) Deadline() (time.Time, bool) { return r.Request.Context().Deadline() }
func (r *renderContext) Done() <-chan struct{}       { return r.Request.Context().Done() }
func (r *renderContext) Err() error                  { return r.Request.Context().Err() }
func (r *renderContext) Value(key any) any {
	if key == (ctxKey{}) {
		return (*Ctx)(r)
	}
	return r.Request.Context().Value(key)
}

var _ context.Context = (*renderContext)(nil)

// Global makes a value or function known in all templates under name.
func (a *App) Global(name string, v any) {
	a.open("Global")
	a.globals = put(a.globals, name, v)
}

// Filter makes a function known to all templates as a filter. Its first
// parameter is the value on the left.
func (a *App) Filter(name string, f any) {
	a.open("Filter")
	a.filters = put(a.filters, name, f)
}

// Test makes a function known to all templates as a test, for use behind "is".
func (a *App) Test(name string, f any) {
	a.open("Test")
	a.tests = put(a.tests, name, f)
}

// Tag makes a statement of the app's own known to all templates.
func (a *App) Tag(name string, t jinja.Tag) {
	a.open("Tag")
	if a.tags == nil {
		a.tags = map[string]jinja.Tag{}
	}
	a.tags[name] = t
}

// Translator makes t translate {% trans %}, gettext and its relatives in
// templates. It finds the language in the context it is given, that of the
// request; package ext/i18n has one that reads gettext's catalogues. Without one
// the text stands as it is written.
func (a *App) Translator(t jinja.Translator) {
	a.open("Translator")
	a.translator = t
}

func put(m map[string]any, name string, v any) map[string]any {
	if m == nil {
		m = map[string]any{}
	}
	m[name] = v
	return m
}

func (a *App) compileTemplates() error {
	globals := map[string]any{
		"url_for":              a.templateURLFor,
		"get_flashed_messages": templateFlashes,
		"csrf_token":           templateCSRFToken,
		"csp_nonce":            templateNonce,
		"config":               (*configView)(&a.Config),
	}
	for name, v := range a.globals {
		globals[name] = v
	}
	env, err := jinja.New(jinja.Config{
		Loader:  jinja.ChoiceLoader(append(a.loaders(&a.Scaffold, nil), builtinLoader())...),
		Globals: globals,
		Filters: a.filters,
		Tests:   a.tests,
		Tags:    a.tags,
		// What Flask's users add by jinja_env.add_extension: tags that mean nothing else, so nothing has to be chosen.
		Extensions: jinja.ExtDo | jinja.ExtLoopControls | jinja.ExtI18n,
		Translator: a.translator,
		Reload:     a.Config.Debug,

		TrimBlocks: a.Config.TrimBlocks, LstripBlocks: a.Config.LstripBlocks, Undefined: a.Config.Undefined,
	})
	a.jinja = env
	if err != nil || a.Config.ErrorTemplate == "" {
		return err
	}
	a.errorPage = (*Ctx).templateErrorPage
	if _, err := env.Template(a.Config.ErrorTemplate); err != nil {
		return fmt.Errorf("config: ErrorTemplate: %w", err)
	}
	return nil
}

// loaders lists the template folders: the app's, then those of its blueprints
// in the order they were mounted.
func (a *App) loaders(s *Scaffold, list []jinja.Loader) []jinja.Loader {
	if s.templates != nil {
		list = append(list, jinja.FSLoader(s.templates))
	}
	for _, m := range s.mounts {
		list = a.loaders(&m.bp.Scaffold, list)
	}
	return list
}

// builtinLoader has the framework's own templates, last in the search, so that an
// app can put its own in their place.
func builtinLoader() jinja.Loader {
	files, err := fs.Sub(builtin, "templates")
	if err != nil {
		panic(err) // the name is a constant, and valid
	}
	return jinja.PrefixLoader(map[string]jinja.Loader{"retort": jinja.FSLoader(files)})
}

// ctxOf returns the request that a template is rendered for.
func ctxOf(s *jinja.State, function string) (*Ctx, error) {
	if c := FromContext(s.Context()); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("%s needs a request to be rendered for", function)
}

// templateURLFor is url_for(endpoint, **values).
func (a *App) templateURLFor(s *jinja.State, call *jinja.Call) (jinja.Value, error) {
	if len(call.Args) != 1 || !call.Args[0].IsString() {
		return jinja.Value{}, fmt.Errorf("url_for takes the endpoint and named values")
	}
	pairs, opts, err := templateURLValues(call.Kwargs)
	if err != nil {
		return jinja.Value{}, err
	}
	endpoint, u := call.Args[0].AsString(), ""
	if c := FromContext(s.Context()); c != nil && c.App == a { // not of an app around this one
		u, err = c.buildURL(endpoint, pairs, opts)
	} else {
		u, err = a.absoluteURL(endpoint, pairs, opts)
	}
	if err != nil {
		return jinja.Value{}, err
	}
	return jinja.Str(u), nil
}

// templateFlashes is get_flashed_messages(with_categories=False,
// category_filter=[]).
func templateFlashes(s *jinja.State, call *jinja.Call) (jinja.Value, error) {
	c, err := ctxOf(s, "get_flashed_messages")
	if err != nil {
		return jinja.Value{}, err
	}
	withCategories, filter, err := flashArguments(call)
	if err != nil {
		return jinja.Value{}, err
	}
	var list []any
	for _, f := range c.Flashes() {
		switch {
		case filter != nil && !filter[f.Category]:
		case withCategories:
			list = append(list, [2]string{f.Category, f.Message})
		default:
			list = append(list, f.Message)
		}
	}
	return jinja.From(list), nil
}

func flashArguments(call *jinja.Call) (withCategories bool, filter map[string]bool, err error) {
	args := [2]jinja.Value{jinja.From(false), jinja.From([]string(nil))}
	if len(call.Args) > len(args) {
		return false, nil, fmt.Errorf("get_flashed_messages takes at most %d arguments", len(args))
	}
	copy(args[:], call.Args)
	for _, kw := range call.Kwargs {
		switch kw.Name {
		case "with_categories":
			args[0] = kw.Value
		case "category_filter":
			args[1] = kw.Value
		default:
			return false, nil, fmt.Errorf("get_flashed_messages has no argument %q", kw.Name)
		}
	}
	var categories []string
	if err := errors.Join(jinja.To(args[0], &withCategories), jinja.To(args[1], &categories)); err != nil {
		return false, nil, fmt.Errorf("get_flashed_messages: %w", err)
	}
	if len(categories) > 0 {
		filter = make(map[string]bool, len(categories))
		for _, name := range categories {
			filter[name] = true
		}
	}
	return withCategories, filter, nil
}

// templateCSRFToken is csrf_token().
func templateCSRFToken(s *jinja.State, _ *jinja.Call) (jinja.Value, error) {
	c, err := ctxOf(s, "csrf_token")
	if err != nil {
		return jinja.Value{}, err
	}
	token, err := c.CSRFToken()
	if err != nil {
		return jinja.Value{}, err
	}
	return jinja.Str(token), nil
}

// templateNonce is csp_nonce(), for the nonce attribute of inline scripts and
// styles.
func templateNonce(s *jinja.State, _ *jinja.Call) (jinja.Value, error) {
	c, err := ctxOf(s, "csp_nonce")
	if err != nil {
		return jinja.Value{}, err
	}
	return jinja.Str(c.Nonce()), nil
}
