// Package i18n translates templates with gettext catalogues.
//
// It is a module of its own because it brings libraries along: one that reads .po and .mo files and one that knows which
// languages stand in for which. [Catalogues] are what {% trans %} and gettext in templates ask, if they are the Translator
// of a jinja.Config; which language a page is in says the context it is rendered with, and [Catalogues.Choose] finds that
// for a request.
//
// Catalogues lie where gettext, Babel and Flask-Babel put them: translations/de/LC_MESSAGES/messages.po, or .mo where that
// has been made. They are read once, and what is read does not change: looking a message up takes no lock and no memory.
package i18n

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/retort-go/retort/jinja"
)

// Config says where the catalogues are.
type Config struct {
	// FS is the folder of translations: <locale>/LC_MESSAGES/<domain>.mo or .po. It is only read by [New].
	FS fs.FS
	// Source is the language that the templates themselves are written in; English if empty. Visitors who prefer it get
	// the text as it stands.
	Source string
	// Domain is the name of the files; "messages" if empty.
	Domain string
}

// Catalogues are the translations of a project into any number of languages. They are safe for concurrent use.
type Catalogues struct {
	locales []locale // the source first
	matcher language.Matcher
}

var _ jinja.Translator = (*Catalogues)(nil)

// locale is one language: its own catalogue, and those of the languages it is a variant of.
type locale struct {
	name  string // as its folder is called
	tag   language.Tag
	chain []*catalogue
}

// New reads the catalogues. It fails if one cannot be read, or if the name of its folder is none of a language.
func New(cfg Config) (*Catalogues, error) {
	if cfg.Domain == "" {
		cfg.Domain = "messages"
	}
	if cfg.Source == "" {
		cfg.Source = "en"
	}
	source, err := parseLocale(cfg.Source)
	if err != nil {
		return nil, fmt.Errorf("i18n: source language: %w", err)
	}
	c := &Catalogues{locales: []locale{{name: cfg.Source, tag: source}}}
	folders, err := fs.ReadDir(cfg.FS, ".")
	if err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	for _, folder := range folders {
		cat, err := readCatalogue(cfg.FS, folder.Name(), cfg.Domain)
		if err != nil {
			return nil, fmt.Errorf("i18n: %w", err)
		}
		if cat == nil {
			continue
		}
		tag, err := parseLocale(folder.Name())
		if err != nil {
			return nil, fmt.Errorf("i18n: folder %s: %w", folder.Name(), err)
		}
		c.add(locale{folder.Name(), tag, []*catalogue{cat}})
	}
	c.link()
	return c, nil
}

// add notes a language; a catalogue for the source language corrects the templates.
func (c *Catalogues) add(l locale) {
	if l.tag == c.locales[0].tag {
		c.locales[0] = l
		return
	}
	c.locales = append(c.locales, l)
}

// link has each language fall back on those it is a variant of: de_CH on de.
func (c *Catalogues) link() {
	tags := make([]language.Tag, len(c.locales))
	for i := range c.locales {
		l := &c.locales[i]
		tags[i] = l.tag
		for parent := l.tag.Parent(); parent != language.Und; parent = parent.Parent() {
			for _, p := range c.locales {
				if p.tag == parent && len(p.chain) > 0 {
					l.chain = append(l.chain, p.chain[0])
				}
			}
		}
	}
	c.matcher = language.NewMatcher(tags)
}

// parseLocale reads a language as gettext (sr_RS@latin) or the web (sr-Latn-RS) writes it.
func parseLocale(name string) (language.Tag, error) {
	base, script, _ := strings.Cut(name, "@")
	tag, err := language.Parse(strings.ReplaceAll(base, "_", "-"))
	if err != nil {
		return tag, fmt.Errorf("%q is no language: %w", name, err)
	}
	code, ok := map[string]string{"": "", "latin": "Latn", "cyrillic": "Cyrl"}[script]
	if !ok {
		return tag, fmt.Errorf("%q is no language: script %q is not known", name, script)
	}
	if code == "" {
		return tag, nil
	}
	return language.Compose(tag, language.MustParseScript(code))
}

// Locales returns the names of the languages there are, as their folders are called, sorted. The source is one of them.
func (c *Catalogues) Locales() []string {
	names := make([]string, len(c.locales))
	for i, l := range c.locales {
		names[i] = l.name
	}
	slices.Sort(names)
	return names
}

// Translate returns the translation of a message into the language of ctx, or the message itself.
func (c *Catalogues) Translate(ctx context.Context, msgctxt, msg string) string {
	for _, cat := range c.of(ctx).chain {
		if s := cat.singular(msgctxt, msg); s != "" {
			return s
		}
	}
	return msg
}

// TranslatePlural returns the form of a message for n things in the language of ctx. Without a translation it is
// singular for one thing, and plural else.
func (c *Catalogues) TranslatePlural(ctx context.Context, msgctxt, singular, plural string, n int) string {
	for _, cat := range c.of(ctx).chain {
		if s := cat.plural(msgctxt, singular, n); s != "" {
			return s
		}
	}
	if n == 1 {
		return singular
	}
	return plural
}
