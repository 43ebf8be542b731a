package retort

import (
	"embed"
	"io"
	"net/http"

	"github.com/retort-go/retort/form"
)

// Submitted reads a form of package form from the request and reports whether it
// was sent and is right, as Flask-WTF's validate_on_submit does. For a GET it
// only gives the fields their names, so that the page can show them:
//
//	note := newNote()
//	ok, err := c.Submitted(note)
//	if err != nil {
//		return err
//	}
//	if !ok {
//		return c.Render("note.html", retort.Map{"form": note})
//	}
//
// The page that shows a form again has status 422 without being told, also when
// the handler itself found the fault and called [form.Field.Fail].
//
// What is wrong is said in the language of the request, if the app has a
// [App.Translator] that knows the messages of package form.
//
// The error is about the request: malformed or too large. In templates the
// macros of "retort/form.html" show a form with its labels and errors.
func (c *Ctx) Submitted(f any) (bool, error) {
	if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
		form.Setup(f)
		return false, nil
	}
	values, err := c.FormValues()
	if err != nil {
		return false, err
	}
	uploads := map[string][]form.Upload{}
	for name, files := range c.form.files {
		for _, file := range files {
			uploads[name] = append(uploads[name], form.Upload{
				Name: file.ClientName, ContentType: file.ContentType, Size: file.Size,
				Open: func() (io.ReadSeekCloser, error) { return file.Open() },
			})
		}
	}
	c.sent = f
	if t := c.App.translator; t != nil {
		return form.ReadIn(func(message string) string { return t.Translate(c.Context(), "", message) }, f, values, uploads), nil
	}
	return form.Read(f, values, uploads), nil
}

// builtin are the templates that every app has, under "retort/".
//
//go:embed templates/*.html
var builtin embed.FS
