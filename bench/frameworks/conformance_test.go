package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

// The comparison is fair only if all servers do the same work: the same pages
// come out of all, sessions count, and tokens are checked.
func TestSamePages(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and starts a server of each framework")
	}
	bins, err := build(t.Context(), t.TempDir(), frameworks)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{} // by page, from the first server that has it
	for _, f := range frameworks {
		if f.recorded {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			if f.python {
				needFlask(t)
			}
			s, err := start(t.Context(), f, bins)
			if err != nil {
				t.Fatal(err)
			}
			defer s.stop()
			v := visit(t, s)
			v.plaintext()
			v.json()
			v.params()
			if f.has(page{name: "fortunes"}) {
				v.same(want, "fortunes", v.fortunes())
			}
			if f.has(page{name: "secure"}) {
				v.same(want, "secure", v.secure())
			}
		})
	}
}

var record = flag.Bool("record", false, "write servers/bare/answers anew")

// What bare net/http gives for Retort's bytes has the header fields that Retort
// gives now, and as many bytes.
func TestRecordedAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and starts two servers")
	}
	mine, theirs := frameworks[slices.IndexFunc(frameworks, func(f framework) bool { return f.name == "retort" })],
		frameworks[slices.IndexFunc(frameworks, func(f framework) bool { return f.recorded })]
	bins, err := build(t.Context(), t.TempDir(), []framework{mine, theirs})
	if err != nil {
		t.Fatal(err)
	}
	want := answersOf(t, mine, bins)
	if *record {
		for name, text := range want {
			if err := os.WriteFile("servers/bare/answers/"+name+".http", []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		t.Skip("recorded; run it again without -record")
	}
	for name, got := range answersOf(t, theirs, bins) {
		if shape(got) != shape(want[name]) {
			t.Errorf("%s has other fields or another length; run it with -record:\n%s\nRetort:\n%s", name, got, want[name])
		}
	}
}

// answersOf are a server's answers to a visitor's second visit, by page.
func answersOf(t *testing.T, f framework, bins string) map[string]string {
	t.Helper()
	s, err := start(t.Context(), f, bins)
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	all, v := map[string]string{}, visit(t, s)
	for _, p := range allPages {
		v.do(http.MethodGet, p.path, nil)
		response, body := v.do(http.MethodGet, p.path, nil)
		response.Header.Del("Date")
		var b strings.Builder
		b.WriteString("HTTP/1.1 200 OK\n")
		for _, name := range slices.Sorted(maps.Keys(response.Header)) {
			for _, value := range response.Header[name] {
				b.WriteString(name + ": " + value + "\n")
			}
		}
		all[p.name] = b.String() + "\n" + body
	}
	return all
}

// shape is the names of an answer's fields, and how long it is.
func shape(answer string) string {
	head, _, _ := strings.Cut(answer, "\n\n")
	names := regexp.MustCompile(`(?m)^[^:\n]+`).FindAllString(head, -1)
	return fmt.Sprint(names, len(answer))
}

// needFlask skips where there is no Flask, except on CI.
func needFlask(t *testing.T) {
	_, err := exec.LookPath("gunicorn")
	if err == nil {
		err = exec.CommandContext(t.Context(), "/usr/bin/python3", "-W", "ignore", "-c", "import flask, flask_wtf").Run()
	}
	if err == nil {
		return
	}
	const advice = "no Flask to compare with (Debian: gunicorn python3-flask python3-flaskext.wtf)"
	if os.Getenv("CI") == "true" {
		t.Fatal(advice)
	}
	t.Skip(advice)
}

// A visitor is a browser that keeps its cookies.
type visitor struct {
	t      *testing.T
	server *process
	client http.Client
}

func visit(t *testing.T, s *process) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, server: s, client: http.Client{Jar: jar, Timeout: 10 * time.Second}}
}

func (v *visitor) do(method, path string, form url.Values) (*http.Response, string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, "http://"+v.server.addr+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://"+v.server.addr)
	}
	response, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return response, string(body)
}

// get expects a page of the content type.
func (v *visitor) get(path, contentType string) (*http.Response, string) {
	v.t.Helper()
	response, body := v.do(http.MethodGet, path, nil)
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), contentType) {
		v.t.Errorf("%s: %s as %q, want 200 as %q: %.200s", path, response.Status, response.Header.Get("Content-Type"), contentType, body)
	}
	if got := response.Header.Get("Content-Length"); got != strconv.Itoa(len(body)) {
		v.t.Errorf("%s: Content-Length %q, want %d: one write, not pieces", path, got, len(body))
	}
	return response, body
}

func (v *visitor) plaintext() {
	if _, body := v.get("/plaintext", "text/plain"); body != pages.Hello {
		v.t.Errorf("plaintext is %q, want %q", body, pages.Hello)
	}
}

func (v *visitor) json() {
	_, body := v.get("/json", "application/json")
	var got pages.Message
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.Message != pages.Hello {
		v.t.Errorf("json is %q, %v", body, err)
	}
}

func (v *visitor) params() {
	_, body := v.get("/params/alice/42", "application/json")
	var got pages.Params
	if err := json.Unmarshal([]byte(body), &got); err != nil || got != (pages.Params{Name: "alice", ID: 42}) {
		v.t.Errorf("params is %q, %v", body, err)
	}
	if response, _ := v.do(http.MethodGet, "/params/alice/many", nil); response.StatusCode != http.StatusNotFound {
		v.t.Errorf("an id that is no number gives %s, want 404", response.Status)
	}
}

func (v *visitor) fortunes() string {
	_, body := v.get("/fortunes", "text/html")
	if n := strings.Count(body, "<tr>"); n != 14 || strings.Contains(body, "<script>") {
		v.t.Errorf("fortunes have %d rows, want 14, and no script: %s", n, body)
	}
	return v.outline(body, nil)
}

// secure visits the secure page as often as it takes to know that it is.
func (v *visitor) secure() string {
	var token, cookie, shape string
	for visit := 1; visit <= 3; visit++ {
		response, body := v.get("/secure", "text/html")
		fields := map[string]string{}
		outline := v.outline(body, fields)
		if visits := strconv.Itoa(visit) + " visits"; !strings.Contains(outline, visits) {
			v.t.Errorf("the page does not say %q: the session is lost: %s", visits, body)
		} else if visit == 1 {
			shape = outline
		}
		v.protected(response)
		token, cookie = fields["csrf_token"], strings.Join(response.Header["Set-Cookie"], "\n")
		if len(token) < 16 {
			v.t.Errorf("the token is %q", token)
		}
		if cookie == "" {
			v.t.Error("the session is not written")
		}
	}
	for _, tt := range []struct {
		what, token string
		ok          bool
	}{
		{"its token", token, true},
		{"no token", "", false},
		{"a token of nobody's", strings.Repeat("A", len(token)), false},
	} {
		response, body := v.do(http.MethodPost, "/secure", url.Values{"csrf_token": {tt.token}, "q": {"hello"}})
		if accepted := response.StatusCode == http.StatusOK && body == "saved hello"; accepted != tt.ok {
			v.t.Errorf("a form with %s: %s %.200s, want accepted %t", tt.what, response.Status, body, tt.ok)
		}
	}
	stranger := visit(v.t, v.server)
	if response, _ := stranger.do(http.MethodPost, "/secure", url.Values{"csrf_token": {token}, "q": {"hello"}}); response.StatusCode == http.StatusOK {
		v.t.Error("the token is accepted without its owner's cookies")
	}
	return shape
}

// protected looks for the headers that the secure page is called secure for.
func (v *visitor) protected(response *http.Response) {
	v.t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options":  "nosniff",
		"X-Frame-Options":         "DENY",
		"Referrer-Policy":         "",
		"Content-Security-Policy": "object-src 'none'",
	} {
		if got := response.Header.Get(name); got == "" || !strings.Contains(got, want) {
			v.t.Errorf("%s is %q, want %q in it", name, got, want)
		}
	}
	for _, c := range response.Cookies() {
		if !c.HttpOnly {
			v.t.Errorf("the cookie %s can be read by scripts", c.Name)
		}
	}
}

// same compares a page with the other servers'.
func (v *visitor) same(want map[string]string, name, got string) {
	if first, ok := want[name]; ok && got != first {
		v.t.Errorf("%s differs from the other servers':\n%s\nwant\n%s", name, got, first)
	}
	want[name] = got
}

// outline is a page as a browser sees it: its elements with their attributes in
// order, and its text without blanks around. Values of hidden fields go into
// fields, as they differ by nature.
func (v *visitor) outline(page string, fields map[string]string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		v.t.Fatal(err)
	}
	var b bytes.Buffer
	for n := range root.Descendants() {
		text := strings.TrimSpace(n.Data)
		if text == "" || n.Type == html.DoctypeNode {
			continue
		}
		b.WriteString(text)
		slices.SortFunc(n.Attr, func(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) })
		if hidden := attribute(n, "type") == "hidden"; hidden && fields != nil {
			fields[attribute(n, "name")] = attribute(n, "value")
			n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "value" })
		}
		for _, a := range n.Attr {
			b.WriteString(" " + a.Key + "=" + strconv.Quote(a.Val))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
