package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"github.com/retort-go/retort"
)

// explained are the errors with a page in Assay's own look: what happened, and
// what to do about it. Without a text the error's own sentence is shown.
var explained = []struct {
	status            int
	title, text, hint string
}{
	{http.StatusBadRequest, "That request made no sense", "", ""},
	{http.StatusForbidden, "The form has expired",
		"It was not sent from a page that Assay made for this browser, or that page is too old.",
		"Go back, copy your text, reload the page and send it again. Cookies have to be allowed for this address."},
	{http.StatusNotFound, "Nothing at this address", "There is no such page here.", ""},
	{http.StatusMethodNotAllowed, "This page works differently",
		"Results are made when a text is sent, and not kept.", "Start again with the text."},
	{http.StatusRequestEntityTooLarge, "That is too large for a page",
		fmt.Sprintf("A page takes up to %s of text, and up to %d files of %s together.", bytesText(MaxText), MaxFiles, bytesText(MaxUpload)),
		"Go back to send less. On the command line, assay extract FILE reads text of any size."},
	{http.StatusUnsupportedMediaType, "Assay does not read this kind of content", "", ""},
	{http.StatusMisdirectedRequest, "This is not a name Assay answers to",
		"The request named a host that Assay does not serve. That is how a page elsewhere would try to reach it through your browser, so it was refused.",
		"Open the address that Assay printed when it started."},
	{http.StatusTooManyRequests, "Too much at once", "", "Wait a moment, go back and send the text again."},
	{http.StatusInternalServerError, "Assay failed at this",
		"This is a mistake in Assay, not in your text. Nothing was stored.", ""},
	{http.StatusServiceUnavailable, "Assay is busy", "", "Go back and send the text again; nothing was stored."},
}

func errorPages(app *retort.App) {
	for _, page := range explained {
		app.OnStatus(page.status, func(c *retort.Ctx, err error) error {
			e, ok := errors.AsType[*retort.Error](err)
			if !ok {
				return err
			}
			if c.WantsJSON() {
				return c.Problem(e)
			}
			data := retort.Map{"status": page.status, "title": page.title, "message": cmp.Or(page.text, e.Text()), "hint": page.hint, "home": true}
			switch page.status {
			case http.StatusInternalServerError:
				data["request_id"] = c.ID()
			case http.StatusMisdirectedRequest:
				// That name gets no other page and no files.
				style, err := files.ReadFile("static/assay.css")
				if err != nil {
					return err
				}
				data["home"], data["style"] = false, string(style)
			}
			private(c)
			return c.Status(page.status).Render("error.html", data)
		})
	}
}
