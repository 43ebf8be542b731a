// Package retorttest tests apps without a network: a client that behaves as a
// browser does, with cookies, CSRF tokens and forms, and looks into the session;
// records of what signals sent; an outbox for mails; a runner for commands.
//
// Time needs no fake: inside synctest.Test all of Go's time is the test's, so a
// time.Sleep of three hours takes none and lets sessions and tokens expire.
//
// It is a package of its own so that nothing made for tests is linked into a
// program.
package retorttest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/csrf"
)

// A Client sends requests to an app, one after the other, and keeps its cookies
// between them. It fails its test when the app cannot start or a response
// cannot be read.
type Client struct {
	// App is the app under test.
	App *retort.App

	// Base is the URL that paths are relative to: http://localhost, or https with
	// the first of the app's TrustedHosts.
	Base *url.URL

	// Header is added to every request.
	Header http.Header

	// NoToken leaves the CSRF token out of what Post and its like send, to see
	// that it is missed.
	NoToken bool

	t   testing.TB
	jar http.CookieJar
}

// New returns a client of app without cookies. A mistake in the app's setup
// fails the test.
func New(t testing.TB, app *retort.App) *Client {
	t.Helper()
	if err := app.Compile(); err != nil {
		t.Fatal(err)
	}
	base := &url.URL{Scheme: "http", Host: "localhost"}
	if hosts := app.Config.TrustedHosts; len(hosts) > 0 && hosts[0] != "localhost" {
		base = &url.URL{Scheme: "https", Host: strings.TrimPrefix(hosts[0], ".")}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{App: app, Base: base, Header: http.Header{}, t: t, jar: jar}
}

// Get sends a GET request for a path with its query.
func (c *Client) Get(path string) *Response {
	c.t.Helper()
	return c.Do(c.Request(http.MethodGet, path, nil))
}

// Head sends a HEAD request.
func (c *Client) Head(path string) *Response {
	c.t.Helper()
	return c.Do(c.Request(http.MethodHead, path, nil))
}

// Post sends a form, with the session's CSRF token unless form has one.
func (c *Client) Post(path string, form url.Values) *Response {
	c.t.Helper()
	fields := url.Values{}
	for name, values := range form {
		fields[name] = values
	}
	if !fields.Has(csrf.FieldName) && !c.NoToken {
		fields.Set(csrf.FieldName, c.Token())
	}
	r := c.Request(http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.Do(r)
}

// A File is what Upload sends in one field.
type File struct {
	Field, Name, ContentType string
	Data                     []byte
}

// Upload sends a multipart form with files, and the token as Post does.
func (c *Client) Upload(path string, fields map[string]string, files ...File) *Response {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		c.must(w.WriteField(name, value))
	}
	if _, ok := fields[csrf.FieldName]; !ok && !c.NoToken {
		c.must(w.WriteField(csrf.FieldName, c.Token()))
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.Field, f.Name)
		c.must(err)
		_, err = part.Write(f.Data)
		c.must(err)
	}
	c.must(w.Close())
	r := c.Request(http.MethodPost, path, bytes.NewReader(body.Bytes()))
	r.Header.Set("Content-Type", w.FormDataContentType())
	return c.Do(r)
}

// SendJSON sends v as JSON with the given method.
func (c *Client) SendJSON(method, path string, v any) *Response {
	c.t.Helper()
	body, err := json.Marshal(v)
	c.must(err)
	r := c.Request(method, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return c.Do(r)
}

// Request returns a request as the client would send it: to its base, with its
// headers, and as one of the app's own pages would (Sec-Fetch-Site). Change it
// as the test needs and give it to Do.
func (c *Client) Request(method, path string, body io.Reader) *http.Request {
	c.t.Helper()
	u, err := c.Base.Parse(path)
	c.must(err)
	r := httptest.NewRequest(method, u.String(), body)
	if again, ok := body.(io.ReadSeeker); ok {
		r.GetBody = func() (io.ReadCloser, error) {
			_, err := again.Seek(0, io.SeekStart)
			return io.NopCloser(again), err
		}
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, values := range c.Header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	return r
}

// Do sends r with the client's cookies and keeps those of the answer.
func (c *Client) Do(r *http.Request) *Response {
	c.t.Helper()
	for _, cookie := range c.jar.Cookies(r.URL) {
		r.AddCookie(cookie)
	}
	rec := httptest.NewRecorder()
	aborted := serve(c.App, rec, r)
	result := rec.Result()
	body, err := io.ReadAll(result.Body)
	c.must(err)
	c.jar.SetCookies(r.URL, result.Cookies())
	return &Response{Status: result.StatusCode, Header: result.Header, Body: string(body), Aborted: aborted, client: c, request: r}
}

// serve reports whether the app cut the connection.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (aborted bool) {
	defer func() {
		if v := recover(); v != nil {
			if v != http.ErrAbortHandler { //nolint:errorlint // net/http compares it in the same way
				panic(v)
			}
			aborted = true
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

// Token returns a CSRF token of the client's session, which gets one if it has
// none.
func (c *Client) Token() string {
	c.t.Helper()
	var secret csrf.Secret
	c.SessionTransaction(func(s *retort.Session) {
		var ok bool
		if secret, ok = csrf.ParseSecret(s.String(csrf.FieldName)); !ok {
			secret = csrf.NewSecret()
			c.must(s.Set(csrf.FieldName, secret.Encode()))
		}
	})
	return csrf.Mask(secret)
}

// Session returns the session that the client's cookie holds.
func (c *Client) Session() *retort.Session {
	c.t.Helper()
	s, err := c.App.ReadSession(c.withCookies())
	c.must(err)
	return s
}

// SessionTransaction lets change alter the client's session, as Flask's
// session_transaction does: a test can begin with somebody logged in.
func (c *Client) SessionTransaction(change func(*retort.Session)) {
	c.t.Helper()
	r := c.withCookies()
	s, err := c.App.ReadSession(r)
	c.must(err)
	change(s)
	header, err := c.App.SessionCookie(r, s)
	c.must(err)
	if header != "" {
		c.jar.SetCookies(r.URL, (&http.Response{Header: http.Header{"Set-Cookie": {header}}}).Cookies())
	}
}

// SetCookie gives the client a cookie for its base.
func (c *Client) SetCookie(cookie *http.Cookie) {
	c.jar.SetCookies(c.Base, []*http.Cookie{cookie})
}

// Cookies returns the client's cookies for its base.
func (c *Client) Cookies() []*http.Cookie { return c.jar.Cookies(c.Base) }

func (c *Client) withCookies() *http.Request {
	r := c.Request(http.MethodGet, "/", nil)
	for _, cookie := range c.jar.Cookies(r.URL) {
		r.AddCookie(cookie)
	}
	return r
}

func (c *Client) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}
