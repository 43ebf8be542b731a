package i18n

import (
	"context"
	"sync"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/jinja"
)

// Mount has app translate its templates, each request's in its visitor's language: the one that chosen returns, if there
// is such a one, else what the header Accept-Language asks for; then the answer says by Vary that it depends on that.
// chosen looks at what the visitor has set: the session, an account, a part of the path. It may return nothing, and may be
// nil. It is asked when the first message is translated, so that an answer without messages does not depend on them.
//
// Templates also get get_locale(), for <html lang="{{ get_locale() }}">. Code of the app translates by
// [Catalogues.Translate] with the request's context:
//
//	c.Flash(catalogues.Translate(c.Context(), "", "Saved."))
func (c *Catalogues) Mount(app *retort.App, chosen func(*retort.Ctx) string) {
	app.Translator(c)
	app.Global("get_locale", func(s *jinja.State, _ *jinja.Call) (jinja.Value, error) {
		return jinja.Str(c.Language(s.Context())), nil
	})
	app.Before(func(ctx *retort.Ctx) error {
		v := &visitor{catalogues: c, ctx: ctx, chosen: chosen}
		ctx.Request = ctx.Request.WithContext(context.WithValue(ctx.Context(), contextKey{c}, v))
		return nil
	})
}

// visitor is a language that is found out when it is needed.
type visitor struct {
	catalogues *Catalogues
	ctx        *retort.Ctx
	chosen     func(*retort.Ctx) string
	once       sync.Once
	locale     *locale
}

func (v *visitor) find() *locale {
	v.once.Do(func() {
		if v.chosen != nil {
			if l, ok := v.catalogues.match([]string{v.chosen(v.ctx)}); ok {
				v.locale = l
				return
			}
		}
		v.locale, _ = v.catalogues.match([]string{v.ctx.Header("Accept-Language")})
		v.ctx.AfterThis(func(_ *retort.Ctx, res *retort.Response) error {
			res.Header.Add("Vary", "Accept-Language")
			return nil
		})
	})
	return v.locale
}
