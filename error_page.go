package retort

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"strings"
)

// errorPage answers with the app's own page for an error: HTML for browsers,
// problem+json for programs. Outside of development it says nothing about the
// server but a sentence and the request's id, by which the log knows more.
func (c *Ctx) errorPage(e *Error, err error) {
	if c.WantsJSON() {
		_ = c.Problem(e) // strings and a number always encode
		return
	}
	c.status = e.Status
	buf := c.buffer()
	if e.Status >= http.StatusInternalServerError && c.debugs() {
		*buf = c.appendDebugPage(*buf, e, err)
	} else {
		*buf = c.appendErrorPage(*buf, e)
	}
	_ = c.describe(mimeHTML)
	c.errorHeaders(e)
}

// templateErrorPage answers with [Config.ErrorTemplate]. A host that is not served
// gets no page of the app's, whose links would lead there.
func (c *Ctx) templateErrorPage(err error) error {
	e := asError(err)
	if c.WantsJSON() || e.Status == http.StatusMisdirectedRequest || c.host == "" || e.Status >= http.StatusInternalServerError && c.debugs() {
		c.errorPage(e, err)
		return nil
	}
	about := Map{"code": e.Status, "name": e.Name(), "description": e.Text(), "request_id": c.ID()}
	if err := c.Status(e.Status).Render(c.App.Config.ErrorTemplate, Map{"error": about}); err != nil {
		return err
	}
	c.errorHeaders(e)
	return nil
}

// Problem answers with an error as RFC 9457 has programs told:
// application/problem+json with title, status, detail and the request's id.
func (c *Ctx) Problem(e *Error) error {
	c.status = e.Status
	err := c.JSON(struct {
		Title   string `json:"title"`
		Status  int    `json:"status"`
		Detail  string `json:"detail"`
		Request string `json:"request"`
	}{e.Name(), e.Status, e.Text(), c.ID()})
	if err != nil {
		return err
	}
	c.Response.Header["Content-Type"] = mimeProblem
	c.errorHeaders(e)
	return nil
}

func (c *Ctx) errorHeaders(e *Error) {
	maps.Copy(c.Response.Header, e.Header)
	if c.Response.Header["Cache-Control"] == nil {
		c.Response.Header["Cache-Control"] = noStore
	}
}

var mimeProblem = []string{"application/problem+json"}

// WantsJSON reports whether the client reads JSON rather than HTML: it says so
// in Accept, or it sent JSON and does not ask for HTML.
func (c *Ctx) WantsJSON() bool {
	addVary(c.w.Header(), "Accept")
	accept := c.Request.Header.Get("Accept")
	if strings.Contains(accept, "text/html") {
		return false
	}
	return strings.Contains(accept, "json") || isJSON(c.mediaType())
}

// appendErrorPage needs no template, which might be what failed.
func (c *Ctx) appendErrorPage(dst []byte, e *Error) []byte {
	dst = c.appendHead(dst, fmt.Sprintf("%d %s", e.Status, e.Name()))
	dst = fmt.Appendf(dst, "<h1>%s</h1>\n<p>%s</p>\n", html.EscapeString(e.Name()), html.EscapeString(e.Text()))
	if e.Status >= http.StatusInternalServerError {
		dst = fmt.Appendf(dst, "<p><small>Request %s</small></p>\n", c.ID())
	}
	if e.Err != nil && c.debugs() {
		dst = appendSection(dst, "Why, for developers", "<pre>%s</pre>", html.EscapeString(e.Err.Error()))
	}
	return dst
}
