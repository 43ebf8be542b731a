package retort_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// plainFormat is a format with nothing to protect: what is tested is who asks it.
type plainFormat struct{}

func (plainFormat) OpenSession(_ context.Context, cookie string, _ time.Time) (s retort.SessionData, err error) {
	for pair := range strings.SplitSeq(cookie, "&") {
		key, raw, ok := strings.Cut(pair, "=")
		if !ok {
			return s, errors.New("no pair")
		}
		raw, err = url.QueryUnescape(raw)
		s.Values = append(s.Values, retort.SessionValue{Key: key, JSON: raw})
	}
	return s, err
}

func (plainFormat) SealSession(_ context.Context, s retort.SessionData, _ time.Time) (string, time.Time, error) {
	var pairs []string
	for _, v := range s.Values {
		pairs = append(pairs, v.Key+"="+url.QueryEscape(v.JSON))
	}
	return strings.Join(pairs, "&"), time.Unix(2e9, 0), nil
}

func (plainFormat) CookieScope() (domain, path string) { return "", "/app" }
func (plainFormat) MarshalValue(v any) ([]byte, error) { return json.Marshal([]any{v}) }
func (plainFormat) UnmarshalValue(data []byte, v any) error {
	return json.Unmarshal(data[1:len(data)-1], v)
}
func (plainFormat) CheckFormToken(_, token string, _ time.Time) error {
	if token != "good" {
		return errors.New("bad token")
	}
	return nil
}
func (plainFormat) FormToken(_ string, _ time.Time) (used, token string, err error) {
	return "kept", "good", nil
}

func TestSessionFormat(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.DiscardHandler), InsecureSHA1Sessions: plainFormat{}})
	app.Get("/set", func(c *retort.Ctx) error {
		s := c.Session()
		return errors.Join(s.Set("b", 1), s.Set("a", "x"), c.Text("id "+s.ID()))
	}).Named("set")
	app.Get("/get", func(c *retort.Ctx) error {
		return c.Text(c.Session().String("a"))
	}).Named("get")
	app.Get("/form", func(c *retort.Ctx) error {
		token, err := c.CSRFToken()
		return errors.Join(err, c.Text(token))
	}).Named("form")
	app.Post("/form", func(c *retort.Ctx) error { c.Session().Clear(); return c.Text("done") }).Named("post")

	client := retorttest.New(t, app)
	response := client.Get("/set")
	if got, want := response.Header.Get("Set-Cookie"), "session=b=1&a=%5B%22x%22%5D; Expires=Wed, 18 May 2033 03:33:20 GMT; HttpOnly; Path=/app; SameSite=Lax"; got != want {
		t.Errorf("Set-Cookie is\n%s, want\n%s", got, want)
	}
	if got := response.Body; got != "id " {
		t.Errorf("the session has the id %q, want none: the format has no place for one", got)
	}
	request := client.Request("GET", "/get", nil)
	request.Header.Set("Cookie", "session=a=%5B%22y%22%5D")
	if got := client.Do(request).Body; got != "y" {
		t.Errorf("a value of another server's is read as %q, want y", got)
	}
	for token, want := range map[string]int{"good": 200, "bad": 403, "": 403} {
		request := client.Request("POST", "/form", strings.NewReader("csrf_token="+token))
		request.Header.Set("Cookie", "session=a=%5B%22y%22%5D")
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response := client.Do(request)
		if response.Status != want {
			t.Errorf("the token %q gives status %d, want %d", token, response.Status, want)
		}
		if cookie := response.Header.Get("Set-Cookie"); want == 200 && !strings.HasPrefix(cookie, "session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0") {
			t.Errorf("clearing sets the cookie %q, want it dropped", cookie)
		}
	}
}
