package i18n_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort/ext/i18n"
	"github.com/retort-go/retort/jinja"
)

func load(t testing.TB) *i18n.Catalogues {
	t.Helper()
	c, err := i18n.New(i18n.Config{FS: os.DirFS("testdata/translations")})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTranslate(t *testing.T) {
	c := load(t)
	for _, tt := range []struct{ locale, msgctxt, msg, want string }{
		{"de", "", "Hello %(user)s!", "Hallo %(user)s!"},
		{"de_CH", "", "Hello %(user)s!", "Grüezi %(user)s!"},
		{"de_CH", "", "100%%", "hundert%%"}, // from de
		{"de_AT", "", "Hello %(user)s!", "Hallo %(user)s!"},
		{"de", "month", "May", "Mai"},
		{"de", "modal verb", "May", "Darf"},
		{"de", "", "May", "May"},
		{"de", "", "unknown", "unknown"},
		{"de", "", "untranslated", "untranslated"},
		{"de", "", "guessed", "guessed"}, // fuzzy
		{"de", "", "long and guessed", "long and guessed"},
		{"de", "", "gone", "gone"}, // obsolete
		{"de", "", "two lines\n", "zwei Zeilen\n"},
		{"de", "", "", ""}, // the header is no message
		{"en", "", "Hello %(user)s!", "Hello %(user)s!"},
		{"sr-Latn", "", "Hello %(user)s!", "Zdravo %(user)s!"},
		{"fr", "", "Hello %(user)s!", "Hello %(user)s!"},
		{"", "", "Hello %(user)s!", "Hello %(user)s!"},
	} {
		ctx := c.With(t.Context(), tt.locale)
		if got := c.Translate(ctx, tt.msgctxt, tt.msg); got != tt.want {
			t.Errorf("%s: Translate(%q, %q) = %q, want %q", tt.locale, tt.msgctxt, tt.msg, got, tt.want)
		}
	}
	if got := c.Translate(context.Background(), "", "Hello %(user)s!"); got != "Hello %(user)s!" {
		t.Errorf("without a language: %q", got)
	}
}

func TestTranslatePlural(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		locale string
		n      int
		want   string
	}{
		{"en", 1, "%(num)s message"}, {"en", 0, "%(num)s messages"}, {"en", 2, "%(num)s messages"},
		{"de", 1, "%(num)s Nachricht"}, {"de", 0, "%(num)s Nachrichten"}, {"de_CH", 5, "%(num)s Nachrichten"}, {"de", -1, "%(num)s Nachrichten"},
		{"pl", 1, "%(num)s wiadomość"}, {"pl", 2, "%(num)s wiadomości"}, {"pl", 5, "%(num)s wiadomości (wiele)"},
		{"pl", 12, "%(num)s wiadomości (wiele)"}, {"pl", 22, "%(num)s wiadomości"},
		{"ja", 1, "%(num)s件のメッセージ"}, {"ja", 7, "%(num)s件のメッセージ"},
		{"pt_BR", 1, "%(num)s message"}, {"pt_BR", 3, "%(num)s messages"}, // not translated
	} {
		ctx := c.With(t.Context(), tt.locale)
		if got := c.TranslatePlural(ctx, "", "%(num)s message", "%(num)s messages", tt.n); got != tt.want {
			t.Errorf("%s, %d: got %q, want %q", tt.locale, tt.n, got, tt.want)
		}
	}
	if got := c.TranslatePlural(c.With(t.Context(), "ja"), "", "one dog", "dogs", 5); got != "dogs" {
		t.Errorf("not translated where there is one form: got %q", got)
	}
}

func TestMatch(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		wishes []string
		want   string
	}{
		{[]string{"de"}, "de"},
		{[]string{"de_CH"}, "de_CH"},
		{[]string{"de-AT"}, "de"},
		{[]string{"pt"}, "pt_BR"},
		{[]string{"", "nonsense!", "pl"}, "pl"},
		{[]string{"fr", "ja"}, "ja"},
		{[]string{"fr-FR,fr;q=0.9,pl;q=0.8,en;q=0.7"}, "pl"},
		{[]string{"en-GB,de;q=0.9"}, "en"},
		{[]string{"*"}, "en"},
		{[]string{strings.Repeat("de,", 1000)}, "en"}, // not looked at
		{nil, "en"},
	} {
		if got := c.Match(tt.wishes...); got != tt.want {
			t.Errorf("Match(%.60q) = %s, want %s", tt.wishes, got, tt.want)
		}
	}
	want := []string{"de", "de_CH", "en", "ja", "pl", "pt_BR", "sr@latin"}
	if got := c.Locales(); !slices.Equal(got, want) {
		t.Errorf("Locales() = %v, want %v", got, want)
	}
}

func TestHandler(t *testing.T) {
	c := load(t)
	h := c.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(c.Locale(r.Context()) + " " + c.Locale(c.Choose(r, r.FormValue("lang")).Context())))
	}))
	for _, tt := range []struct{ accept, query, want string }{
		{"de-DE,de;q=0.9", "", "de de"},
		{"de", "?lang=pl", "de pl"},
		{"de", "?lang=zz", "de de"},
		{"", "", "en en"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/"+tt.query, nil)
		r.Header.Set("Accept-Language", tt.accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Body.String(); got != tt.want || w.Header().Get("Vary") != "Accept-Language" {
			t.Errorf("%q %q: got %q, Vary %q, want %q", tt.accept, tt.query, got, w.Header().Get("Vary"), tt.want)
		}
	}
}

func TestTemplates(t *testing.T) {
	c := load(t)
	env, err := jinja.New(jinja.Config{Extensions: jinja.ExtI18n, Translator: c})
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := env.FromString("{% trans %}Hello {{ user }}!{% endtrans %} {% trans num=n %}{{ num }} message{% pluralize %}{{ num }} messages{% endtrans %} " +
		"{% trans 'month' %}May{% endtrans %} {{ _('100%%') }}")
	if err != nil {
		t.Fatal(err)
	}
	for locale, want := range map[string]string{
		"en": "Hello &lt;Ann&gt;! 3 messages May 100%",
		"de": "Hallo &lt;Ann&gt;! 3 Nachrichten Mai hundert%",
		"pl": "Hello &lt;Ann&gt;! 3 wiadomości May 100%",
	} {
		out, err := tmpl.Append(nil, jinja.Input{Ctx: c.With(t.Context(), locale), Data: map[string]any{"user": "<Ann>", "n": 3}})
		if err != nil || string(out) != want {
			t.Errorf("%s: got %q, %v, want %q", locale, out, err, want)
		}
	}
}

// compiled writes a .mo file of pairs of messages and translations.
func compiled(order binary.AppendByteOrder, pairs ...string) []byte {
	n := len(pairs) / 2
	var tables [2][]byte
	var texts []byte
	for i, s := range pairs {
		entry := order.AppendUint32(nil, uint32(len(s)))
		entry = order.AppendUint32(entry, uint32(28+16*n+len(texts)))
		tables[i%2] = append(tables[i%2], entry...)
		texts = append(texts, s+"\x00"...)
	}
	var b []byte
	for _, x := range []uint32{0x950412de, 0, uint32(n), 28, uint32(28 + 8*n), 0, 0} {
		b = order.AppendUint32(b, x)
	}
	return slices.Concat(b, tables[0], tables[1], texts)
}

func TestCompiled(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		mo := compiled(order, "", "Language: fr\nPlural-Forms: nplurals=2; plural=n>1;\n", "a dog\x00dogs", "un chien\x00des chiens",
			"hello", "bonjour", "menu\x04open", "ouvrir")
		c, err := i18n.New(i18n.Config{Domain: "site", FS: fstest.MapFS{
			"fr/LC_MESSAGES/site.mo": {Data: mo},
			"fr/LC_MESSAGES/site.po": {Data: []byte("msgid \"hello\"\nmsgstr \"not compiled\"\n")},
			"README":                 {Data: []byte("not a language")},
			"notes/x.txt":            {Data: []byte("no catalogue")},
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx := c.With(t.Context(), "fr")
		got := []string{
			c.Translate(ctx, "", "hello"), c.Translate(ctx, "menu", "open"), c.Translate(ctx, "", "open"),
			c.TranslatePlural(ctx, "", "a dog", "dogs", 0), c.TranslatePlural(ctx, "", "a dog", "dogs", 2),
		}
		if want := []string{"bonjour", "ouvrir", "open", "un chien", "des chiens"}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", order, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	mo := compiled(binary.LittleEndian, "", "Language: fr\n", "a", "b")
	for name, file := range map[string]struct {
		path string
		data []byte
		want string
	}{
		"no language":       {"xyzzyx/LC_MESSAGES/messages.po", nil, "no language"},
		"unknown script":    {"sr@runic/LC_MESSAGES/messages.po", nil, "script"},
		"empty":             {"fr/LC_MESSAGES/messages.mo", nil, "no compiled catalogue"},
		"no magic":          {"fr/LC_MESSAGES/messages.mo", bytes.Repeat([]byte("x"), 100), "no compiled catalogue"},
		"cut off":           {"fr/LC_MESSAGES/messages.mo", mo[:len(mo)-3], "cut off"},
		"table cut off":     {"fr/LC_MESSAGES/messages.mo", mo[:40], "cut off"},
		"huge":              {"fr/LC_MESSAGES/messages.po", make([]byte, 16<<20+1), "larger"},
		"bad plural":        {"fr/LC_MESSAGES/messages.po", []byte("msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n >;\\n\"\n"), "Plural-Forms"},
		"not UTF-8":         {"fr/LC_MESSAGES/messages.po", []byte("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n\"\n"), "msgconv"},
		"plural is missing": {"fr/LC_MESSAGES/messages.po", []byte("msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2;\\n\"\n"), "plural="},
	} {
		_, err := i18n.New(i18n.Config{FS: fstest.MapFS{file.path: {Data: file.data}}})
		if err == nil || !strings.Contains(err.Error(), file.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, file.want)
		}
	}
	if _, err := i18n.New(i18n.Config{FS: os.DirFS("testdata/nowhere")}); err == nil {
		t.Error("no folder: no error")
	}
	if _, err := i18n.New(i18n.Config{FS: fstest.MapFS{}, Source: "?"}); err == nil {
		t.Error("no source language: no error")
	}
}

func TestAllocations(t *testing.T) {
	c := load(t)
	ctx := c.With(t.Context(), "de_CH")
	if n := testing.AllocsPerRun(100, func() {
		c.Translate(ctx, "month", "May")
		c.TranslatePlural(ctx, "", "%(num)s message", "%(num)s messages", 3)
	}); n != 0 {
		t.Errorf("%v allocations per lookup, want 0", n)
	}
}

// FuzzCatalogue reads anything as a catalogue.
func FuzzCatalogue(f *testing.F) {
	f.Add(compiled(binary.LittleEndian, "", "Plural-Forms: nplurals=2; plural=n>1;\n", "a\x00b", "c\x00d"), true)
	po, err := os.ReadFile("testdata/translations/de/LC_MESSAGES/messages.po")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(po, false)
	f.Add([]byte("msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[999999999999] \"c\"\nmsgstr[-1] \"d\"\n\"e\"\n"), false)
	f.Add([]byte("msgid \"\"\nmsgstr \"Plural-Forms: nplurals=3; plural=n%0;\\n\"\n\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[7] \"c\"\n"), false)
	f.Fuzz(func(t *testing.T, data []byte, compiled bool) {
		name := "de/LC_MESSAGES/messages.po"
		if compiled {
			name = "de/LC_MESSAGES/messages.mo"
		}
		c, err := i18n.New(i18n.Config{FS: fstest.MapFS{name: {Data: data}}})
		if err != nil {
			return
		}
		ctx := c.With(t.Context(), "de")
		for n := range 120 {
			c.TranslatePlural(ctx, "", "a", "b", n)
		}
		c.TranslatePlural(ctx, "", "a", "b", math.MinInt)
	})
}
