package jinja

import "context"

// Translator finds translations for {% trans %} and for the functions gettext, ngettext, pgettext and npgettext. The language
// is its own matter, usually taken from ctx. An empty msgctxt means no context.
type Translator interface {
	// Translate returns the translation of a message, or the message itself.
	Translate(ctx context.Context, msgctxt, msg string) string
	// TranslatePlural returns the form of a message for n things, singular or plural itself if there is none.
	TranslatePlural(ctx context.Context, msgctxt, singular, plural string, n int) string
}
