package i18n_test

import (
	"context"
	"fmt"
	"os"

	"github.com/retort-go/retort/ext/i18n"
	"github.com/retort-go/retort/jinja"
)

func Example() {
	catalogues, err := i18n.New(i18n.Config{FS: os.DirFS("testdata/translations")})
	if err != nil {
		panic(err)
	}
	env, err := jinja.New(jinja.Config{Extensions: jinja.ExtI18n, Translator: catalogues})
	if err != nil {
		panic(err)
	}
	page, err := env.FromString("{% trans %}Hello {{ user }}!{% endtrans %}")
	if err != nil {
		panic(err)
	}
	data := map[string]any{"user": "Ada"}
	for _, accept := range []string{"en-GB", "de-AT,en;q=0.5", "de-CH"} {
		ctx := catalogues.With(context.Background(), accept)
		out, err := page.Append(nil, jinja.Input{Ctx: ctx, Data: data})
		fmt.Println(string(out), err)
	}
	// Output:
	// Hello Ada! <nil>
	// Hallo Ada! <nil>
	// Grüezi Ada! <nil>
}
