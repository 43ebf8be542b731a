package retorttest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// A Response is what an app answered, read to its end.
type Response struct {
	Status  int
	Header  http.Header
	Body    string
	Aborted bool // the app cut the connection half-way

	client  *Client
	request *http.Request
}

// maxRedirects is where browsers give up, too.
const maxRedirects = 20

// Follow follows redirects to their end, as a browser does: a 307 or 308
// repeats the method and what was sent, all others are a GET. A response that is no redirect is
// returned as it is.
func (r *Response) Follow() *Response {
	r.client.t.Helper()
	for range maxRedirects {
		location := r.Header.Get("Location")
		if location == "" || r.Status < 300 || r.Status > 399 {
			return r
		}
		target, err := r.request.URL.Parse(location)
		r.client.must(err)
		if target.Host != r.client.Base.Host {
			return r // another site is not under test
		}
		next := r.client.Request(http.MethodGet, target.RequestURI(), nil)
		if r.Status == http.StatusTemporaryRedirect || r.Status == http.StatusPermanentRedirect {
			next.Method, next.ContentLength = r.request.Method, r.request.ContentLength
			next.Header["Content-Type"] = r.request.Header["Content-Type"]
			if r.request.GetBody != nil {
				next.Body, err = r.request.GetBody()
				r.client.must(err)
				next.GetBody = r.request.GetBody
			}
		}
		r = r.client.Do(next)
	}
	r.client.t.Fatalf("%s %s: more than %d redirects", r.request.Method, r.request.URL, maxRedirects)
	return nil
}

// JSON decodes the body into v.
func (r *Response) JSON(v any) {
	r.client.t.Helper()
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		r.client.t.Fatalf("the answer to %s %s is not the JSON that was expected: %v\n%s", r.request.Method, r.request.URL, err, r.Body)
	}
}

// A Form is a form of a page, with the values it was rendered with.
type Form struct {
	Action, Method string
	Values         url.Values

	client *Client
}

// Form returns the form of the page whose action is the given path; an action
// of "" is the first form there is. A page without it fails the test.
func (r *Response) Form(action string) *Form {
	r.client.t.Helper()
	for _, f := range r.Forms() {
		if action == "" || f.Action == action {
			return f
		}
	}
	r.client.t.Fatalf("%s %s: the page has no form with action %q", r.request.Method, r.request.URL, action)
	return nil
}

// Forms returns the forms of the page.
func (r *Response) Forms() []*Form {
	r.client.t.Helper()
	doc, err := html.Parse(strings.NewReader(r.Body))
	r.client.must(err)
	var forms []*Form
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" {
			f := &Form{Action: attr(n, "action"), Method: strings.ToUpper(attr(n, "method")), Values: url.Values{}, client: r.client}
			if f.Action == "" {
				f.Action = r.request.URL.RequestURI()
			}
			f.read(n)
			forms = append(forms, f)
		}
	}
	return forms
}

// Set fills in a field; it returns the form, to be submitted.
func (f *Form) Set(name, value string) *Form {
	f.Values.Set(name, value)
	return f
}

// Submit sends the form as it stands: nothing is added that the page did not
// have.
func (f *Form) Submit() *Response {
	f.client.t.Helper()
	if f.Method != http.MethodPost {
		return f.client.Get(f.Action + "?" + f.Values.Encode())
	}
	r := f.client.Request(http.MethodPost, f.Action, strings.NewReader(f.Values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return f.client.Do(r)
}

// read collects the fields that a browser would send.
func (f *Form) read(form *html.Node) {
	for n := range form.Descendants() {
		if n.Type != html.ElementNode || attr(n, "name") == "" {
			continue
		}
		switch n.Data {
		case "input":
			f.readInput(n)
		case "textarea":
			f.Values.Add(attr(n, "name"), text(n))
		case "select":
			f.readSelect(n)
		}
	}
}

func (f *Form) readInput(n *html.Node) {
	switch attr(n, "type") {
	case "submit", "button", "image", "reset", "file":
		return
	case "checkbox", "radio":
		if !has(n, "checked") {
			return
		}
		if !has(n, "value") {
			f.Values.Add(attr(n, "name"), "on")
			return
		}
	}
	f.Values.Add(attr(n, "name"), attr(n, "value"))
}

func (f *Form) readSelect(n *html.Node) {
	var first *html.Node
	for o := range n.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		if has(o, "selected") {
			f.Values.Add(attr(n, "name"), optionValue(o))
		}
		if first == nil {
			first = o
		}
	}
	if !f.Values.Has(attr(n, "name")) && first != nil && !has(n, "multiple") {
		f.Values.Add(attr(n, "name"), optionValue(first))
	}
}

func optionValue(o *html.Node) string {
	if has(o, "value") {
		return attr(o, "value")
	}
	return strings.TrimSpace(text(o))
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
