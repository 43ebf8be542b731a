package retort_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/form"
	"github.com/retort-go/retort/retorttest"
)

type noteForm struct {
	Title  form.Field[string]
	Body   form.Field[string]
	Colour form.Field[string]
	Size   form.Field[string]
	Public form.Field[bool]
	Token  form.Field[string]
	Photo  form.Field[*form.Upload]
}

func newNoteForm() *noteForm {
	choices := []form.Choice{{Value: "r", Label: "Red <b>"}, {Value: "g", Label: "Green"}}
	return &noteForm{
		Title:  form.Text("Title", form.Required[string](), form.Length(2, 20)).Help("Short & clear."),
		Body:   form.TextArea("Body"),
		Colour: form.Select("Colour", choices).With("g"),
		Size:   form.Radio("Size", choices),
		Public: form.Boolean("Public").With(true),
		Token:  form.Hidden().With("t"),
		Photo:  form.File("Photo"),
	}
}

// shouting is a language.
type shouting struct{}

func (shouting) Translate(_ context.Context, _, msg string) string {
	return strings.Replace(strings.ToUpper(msg), "%D", "%d", 1)
}
func (shouting) TranslatePlural(_ context.Context, _, _, plural string, _ int) string { return plural }

func TestSubmittedInAnotherLanguage(t *testing.T) {
	app := newApp()
	app.Translator(shouting{})
	app.Post("/", func(c *retort.Ctx) error {
		n := newNoteForm()
		if _, err := c.Submitted(n); err != nil {
			return err
		}
		return c.Text(strings.Join(n.Title.Errors, " "))
	}).Named("note")
	if got := retorttest.New(t, app).Post("/", url.Values{"title": {"x"}}).Body; got != "THIS HAS TO HAVE AT LEAST 2 CHARACTERS." {
		t.Errorf("got %q", got)
	}
}

func TestSubmitted(t *testing.T) {
	app := newApp()
	app.Templates(fstest.MapFS{"note.html": {Data: []byte(`{% from "retort/form.html" import field, csrf %}<form method="post" enctype="multipart/form-data">{{ csrf() }}
{% for name in ["title", "body", "colour", "size", "public", "token", "photo"] %}{{ field(form[name]) }}
{% endfor %}</form>`)}})
	note := func(c *retort.Ctx) error {
		n := newNoteForm()
		ok, err := c.Submitted(n)
		if err != nil {
			return err
		}
		if !ok {
			return c.Render("note.html", retort.Map{"form": n})
		}
		name := "none"
		if n.Photo.Value != nil {
			name = n.Photo.Value.Name
		}
		return c.Text(n.Title.Value + " " + n.Colour.Value + " " + name)
	}
	app.Route("/note", note, "GET", "POST").Named("note")
	client := retorttest.New(t, app)
	page := client.Get("/note")
	for _, want := range []string{
		`<label for="title">Title</label>`, `<input type="text" value="" id="title" name="title" required maxlength="20" minlength="2" aria-describedby="title-help ">`,
		`<p class="help" id="title-help">Short &amp; clear.</p>`, `<option value="g" selected>Green</option>`, `Red &lt;b&gt;`,
		`<input type="radio" name="size" value="r">`, `<input type="checkbox" value="on" id="public" name="public" checked>`,
		`<input type="hidden" value="t" id="token" name="token">`, `<input type="file" id="photo" name="photo">`,
	} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page lacks %s:\n%s", want, page.Body)
		}
	}
	if got := page.Form("/note").Set("title", "Milk").Submit().Body; got != "Milk g none" {
		t.Errorf("submitted: got %q", got)
	}
	again := page.Form("/note").Set("title", `"`).Set("body", "</textarea>").Submit().Body
	for _, want := range []string{`value="&#34;"`, `aria-invalid="true"`, `at least 2 characters`, `&lt;/textarea&gt;`, `class="field wrong"`} {
		if !strings.Contains(again, want) {
			t.Errorf("shown again, the page lacks %s:\n%s", want, again)
		}
	}
	got := client.Upload("/note", map[string]string{"title": "Milk"}, retorttest.File{Field: "photo", Name: "a.png", Data: []byte("x")})
	if got.Body != "Milk  a.png" {
		t.Errorf("with a file: got %q", got.Body)
	}
}

// Choices with a heading come under it, as WTForms' optgroups.
func TestChoiceGroups(t *testing.T) {
	app := newApp()
	app.Templates(fstest.MapFS{"form.html": {Data: []byte(`{% from "retort/form.html" import control %}{{ control(form.size) }}`)}})
	app.Get("/", func(c *retort.Ctx) error {
		f := &struct{ Size form.Field[string] }{form.Select("Size", []form.Choice{
			{Value: "", Label: "Any"}, {Value: "1", Label: "One", Group: "Small <s>"}, {Value: "2", Label: "Two", Group: "Small <s>"},
			{Value: "9", Label: "Nine", Group: "Large"}})}
		form.Setup(f)
		return c.Render("form.html", retort.Map{"form": f})
	}).Named("form")
	want := `<select id="size" name="size">
<option value="" selected>Any</option>
<optgroup label="Small &lt;s&gt;">
<option value="1">One</option>
<option value="2">Two</option>
</optgroup>
<optgroup label="Large">
<option value="9">Nine</option>
</optgroup>
</select>`
	if got := retorttest.New(t, app).Get("/").Body; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
