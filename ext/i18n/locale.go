package i18n

import (
	"context"
	"net/http"

	"golang.org/x/text/language"
)

// contextKey is the key of a context's language. Catalogues of several domains can stand side by side.
type contextKey struct{ *Catalogues }

// maxAcceptLanguage bounds the header that is looked at: nobody speaks more languages.
const maxAcceptLanguage = 1024

// With returns a context in which messages are translated into the language; see [Catalogues.Match] for how it is chosen.
func (c *Catalogues) With(ctx context.Context, wishes ...string) context.Context {
	l, _ := c.match(wishes)
	return context.WithValue(ctx, contextKey{c}, l)
}

// Locale returns the language of a context, as its folder is called: the source if none has been chosen.
func (c *Catalogues) Locale(ctx context.Context) string { return c.of(ctx).name }

// Language returns the language of a context as HTML's lang attribute and the web's headers write it (BCP 47).
func (c *Catalogues) Language(ctx context.Context) string { return c.of(ctx).tag.String() }

// of returns the language of a context.
func (c *Catalogues) of(ctx context.Context) *locale {
	if ctx != nil {
		switch v := ctx.Value(contextKey{c}).(type) {
		case *locale:
			return v
		case *visitor:
			return v.find()
		}
	}
	return &c.locales[0]
}

// Match returns the language that fits the first of the wishes that any fits, as its folder is called. A wish is the name
// of a language (de, de_AT, pt-BR) or the value of an Accept-Language header; what is neither is passed over. If no language
// fits, it is the source.
func (c *Catalogues) Match(wishes ...string) string {
	l, _ := c.match(wishes)
	return l.name
}

// match also reports whether any wish fits.
func (c *Catalogues) match(wishes []string) (*locale, bool) {
	for _, wish := range wishes {
		if len(wish) > maxAcceptLanguage {
			continue
		}
		tags := []language.Tag{}
		if tag, err := parseLocale(wish); err == nil {
			tags = append(tags, tag)
		} else if tags, _, err = language.ParseAcceptLanguage(wish); err != nil {
			continue
		}
		if len(tags) == 0 {
			continue
		}
		if _, i, confidence := c.matcher.Match(tags...); confidence >= language.High {
			return &c.locales[i], true
		}
	}
	return &c.locales[0], false
}

// Choose returns the request with a context in which messages are translated: into the first of the wishes that there is
// (the visitor's setting, a cookie, a parameter; empty ones are passed over), else as the header Accept-Language asks. An
// answer that depends on the header should say so with Vary.
func (c *Catalogues) Choose(r *http.Request, wishes ...string) *http.Request {
	wishes = append(wishes[:len(wishes):len(wishes)], r.Header.Get("Accept-Language"))
	return r.WithContext(c.With(r.Context(), wishes...))
}

// Handler has next answer in the language that the header Accept-Language asks for.
func (c *Catalogues) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Language")
		next.ServeHTTP(w, c.Choose(r))
	})
}
