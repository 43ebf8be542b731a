package flask_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/flask"
)

// front is an app beside whatever serves at address, and its server.
func front(t testing.TB, address string, log io.Writer, change func(*retort.App, *flask.Old)) *httptest.Server {
	t.Helper()
	app := newApp(t, flask.SessionConfig{}, log, "notes")
	old := flask.Beside(address)
	if change != nil {
		change(app, old)
	}
	old.Mount(app)
	if err := app.Compile(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	return server
}

// stub is an old application in Go, for what a Flask would not do on demand.
func stub(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// TestProxied sees that a request arrives as it was sent.
func TestProxied(t *testing.T) {
	for _, by := range []string{"", byGunicorn} {
		passed(t, startOld(t, by))
	}
}

func passed(t *testing.T, old string) {
	server := front(t, old, t.Output(), nil)
	host := strings.TrimPrefix(server.URL, "http://")
	for _, tt := range []struct {
		method, target, body string
		header               map[string]string
		want                 map[string]any
	}{
		{"GET", "/echo/a%2Fb//c/../%C3%BC?x=1&x=2;y&z=%zz", "", nil, map[string]any{
			"raw": "/echo/a%2Fb//c/../%C3%BC?x=1&x=2;y&z=%zz", "args": map[string]any{"x": []any{"1", "2;y"}, "z": []any{"%zz"}}}},
		{"PUT", "/echo/x", "body & soul", nil, map[string]any{"method": "PUT", "body": "body & soul"}},
		{"GET", "/echo/", "", map[string]string{"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example",
			"Forwarded": "for=6.6.6.6", "X_Forwarded_For": "6.6.6.6", "X-Forwarded-Prefix": "/evil", "X-Real-Ip": "6.6.6.6", "X-Own": "kept"},
			map[string]any{"host": host, "scheme": "http", "addr": "127.0.0.1", "headers": map[string]any{
				"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": host, "X-Own": "kept"}}},
	} {
		// By hand: a Go client would tidy the target.
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n", tt.method, tt.target, host, len(tt.body))
		for name, value := range tt.header {
			_, _ = fmt.Fprintf(conn, "%s: %s\r\n", name, value)
		}
		_, _ = fmt.Fprintf(conn, "\r\n%s", tt.body)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
			t.Fatalf("%s %s: %d %v", tt.method, tt.target, response.StatusCode, err)
		}
		_ = conn.Close()
		for name, want := range tt.want {
			if !reflect.DeepEqual(got[name], want) {
				t.Errorf("%s %s: %s is %v, want %v", tt.method, tt.target, name, got[name], want)
			}
		}
	}
}

// The old application's answer passes as it made it, its session cookie apart.
func TestProxiedAnswer(t *testing.T) {
	old := stub(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Set-Cookie"] = []string{"session=abc; HttpOnly; Path=/", "session_id=1", "session=def; samesite=None; Secure; Path=/"}
		w.Header().Set("Content-Security-Policy", "default-src *")
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Vary", "Accept")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "<script>alert(1)</script>")
	})
	server := front(t, old, t.Output(), func(app *retort.App, _ *flask.Old) {
		app.Before(func(c *retort.Ctx) error {
			c.SetCookie(http.Cookie{Name: "hook", Value: "1"})
			return nil
		})
	})
	response, err := http.Get(server.URL + "/page")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusAccepted || string(body) != "<script>alert(1)</script>" {
		t.Errorf("got %d %q, %v", response.StatusCode, body, err)
	}
	h := response.Header
	if got := h.Values("Content-Security-Policy"); !reflect.DeepEqual(got, []string{"default-src *"}) || h.Get("X-Frame-Options") != "" || h.Get("Referrer-Policy") != "" {
		t.Errorf("the old page got headers of the new app: %v", h)
	}
	want := []string{"hook=1; Path=/; HttpOnly; SameSite=Lax", "session=abc; HttpOnly; Path=/; SameSite=Lax", "session_id=1",
		"session=def; samesite=None; Secure; Path=/; HttpOnly"}
	if got := h["Set-Cookie"]; !reflect.DeepEqual(got, want) {
		t.Errorf("cookies are\n%q, want\n%q", got, want)
	}
}

func TestProxiedStream(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	server := front(t, startOld(t, "GATE="+gate, byGunicorn), t.Output(), nil)
	response, err := http.Get(server.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	for i := range 3 {
		// The next part is not made before this one has arrived.
		if line, err := lines.ReadString('\n'); err != nil || line != fmt.Sprintf("part %d\n", i) {
			t.Fatalf("got %q, %v, want part %d", line, err, i)
		}
		if err := os.WriteFile(gate+fmt.Sprint(i), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProxiedWebsocket(t *testing.T) {
	old := stub(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "websocket" {
			http.Error(w, "no upgrade", http.StatusBadRequest)
			return
		}
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = buf.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
		_ = buf.Flush()
		for {
			line, err := buf.ReadString('\n')
			if err != nil {
				return
			}
			_, _ = buf.WriteString("echo " + line)
			_ = buf.Flush()
		}
	})
	server := front(t, old, t.Output(), nil)
	host := strings.TrimPrefix(server.URL, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "GET /socket HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n", host)
	in := bufio.NewReader(conn)
	response, err := http.ReadResponse(in, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("got %v, %v, want 101", response, err)
	}
	for _, word := range []string{"one\n", "two\n"} {
		_, _ = io.WriteString(conn, word)
		if got, err := in.ReadString('\n'); err != nil || got != "echo "+word {
			t.Fatalf("got %q, %v, want the echo of %q", got, err, word)
		}
	}
}

// An old application in trouble is a page of the app's, with its headers.
func TestOldInTrouble(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	garbage, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = garbage.Close() })
	go func() {
		for {
			conn, err := garbage.Accept()
			if err != nil {
				return
			}
			_, _ = bufio.NewReader(conn).ReadString('\n')
			_, _ = io.WriteString(conn, "\x00\xff this is no HTTP\r\n\r\n")
			_ = conn.Close()
		}
	}()
	release := make(chan struct{})
	slow := stub(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	hangsUp := stub(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })

	for _, tt := range []struct {
		name, address, want string
		status              int
	}{
		{"down", gone.URL, "is not answering", http.StatusBadGateway},
		{"garbage", "http://" + garbage.Addr().String(), "is not answering", http.StatusBadGateway},
		{"hangs up", hangsUp, "is not answering", http.StatusBadGateway},
		{"slow", slow, "took too long", http.StatusGatewayTimeout},
	} {
		var log logBuffer
		server := front(t, tt.address, &log, func(app *retort.App, old *flask.Old) {
			old.Timeout = 200 * time.Millisecond
			app.OnStatus(http.StatusBadGateway, func(c *retort.Ctx, err error) error {
				return c.Status(http.StatusBadGateway).HTML("<p>Custom: is not answering")
			})
		})
		response, err := http.Get(server.URL + "/page")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != tt.status || !strings.Contains(string(body), tt.want) {
			t.Errorf("%s: got %d %s, %v, want %d and %q", tt.name, response.StatusCode, body, err, tt.status, tt.want)
		}
		if response.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: the error page has no security headers: %v", tt.name, response.Header)
		}
		if tt.status == http.StatusGatewayTimeout && !strings.Contains(log.String(), "the old application at "+tt.address) {
			t.Errorf("%s: the log does not name the cause: %s", tt.name, &log)
		}
		// What is ported goes on.
		if response, err := http.Post(server.URL+"/notes", "text/plain", nil); err != nil || response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: a ported route answers %v, %v", tt.name, response, err)
		}
	}
}

// An answer that breaks off is not taken for a whole one.
func TestOldBreaksOff(t *testing.T) {
	server := front(t, stub(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}), io.Discard, nil)
	response, err := http.Get(server.URL + "/page")
	if err != nil {
		return // cut before the half was on its way
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("got %q as if it were whole", body)
	}
}

// Clocks that differ: what works, and that the log says so where it does not.
func TestClockSkew(t *testing.T) {
	for _, tt := range []struct {
		offset      int // seconds by which the old application is ahead
		read, write bool
	}{
		{0, true, true},
		{30, true, true}, // Flask's sessions of the future are accepted
		{-30, true, false},
		{120, false, true},
	} {
		old := startOld(t, fmt.Sprintf("CLOCK_OFFSET=%d", tt.offset))
		server := httptest.NewServer(newApp(t, flask.SessionConfig{}, t.Output(), "notes", "account"))
		t.Cleanup(server.Close)
		v := visit(t, "Ada")
		v.post(old+"/login", v.whoami(old).CSRF, "name", "Ada")
		if got := v.whoami(server.URL).User == "Ada"; got != tt.read {
			t.Errorf("Flask %d s ahead: its session is accepted %t, want %t", tt.offset, got, tt.read)
		}
		v = visit(t, "Bob")
		v.post(server.URL+"/login", v.whoami(server.URL).CSRF, "name", "Bob")
		if got := v.whoami(old).User == "Bob"; got != tt.write {
			t.Errorf("Flask %d s ahead: it accepts our session %t, want %t", tt.offset, got, tt.write)
		}
	}
}

func TestClockWarning(t *testing.T) {
	for offset, want := range map[time.Duration]bool{0: false, -time.Minute: true, 10 * time.Second: false, 2 * time.Minute: true} {
		var log logBuffer
		server := front(t, stub(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(offset).UTC().Format(http.TimeFormat))
		}), &log, nil)
		for range 3 {
			if response, err := http.Get(server.URL + "/x"); err != nil || response.StatusCode != 200 {
				t.Fatal(response, err)
			}
		}
		if got := strings.Count(log.String(), "run NTP"); got != map[bool]int{true: 1, false: 0}[want] {
			t.Errorf("an old application %v ahead: %d warnings, want one %t; %s", offset, got, want, &log)
		}
	}
}

// The key changes here first: what the old key signed goes on.
func TestRotatedKey(t *testing.T) {
	const newKey = "k3Jh8_sLq0ZxVn5TyBm2RcWp7DgFa9EuXoI4tQvN1eY"
	old := startOld(t)
	cfg := flask.SessionConfig{SecretKey: []byte(newKey), SecretKeyFallbacks: [][]byte{[]byte(sharedKey)}}
	server := httptest.NewServer(newApp(t, cfg, t.Output(), "notes", "account"))
	t.Cleanup(server.Close)
	v := visit(t, "Ada")
	v.post(old+"/login", v.whoami(old).CSRF, "name", "Ada")
	page := v.whoami(old) // its form is signed with the old key
	v.post(server.URL+"/notes", page.CSRF, "text", "one")
	v.want("after the change", v.whoami(server.URL), "Ada", []string{"one"}, []string{"message", "Noted one"})

	cfg.SecretKeyFallbacks = nil
	strict := httptest.NewServer(newApp(t, cfg, t.Output(), "account"))
	t.Cleanup(strict.Close)
	v = visit(t, "Bob")
	v.post(old+"/login", v.whoami(old).CSRF, "name", "Bob")
	v.want("without the old key", v.whoami(strict.URL), "", nil)
}

// A cookie that is none is nobody's session, and the visitor can start anew.
func TestBadCookies(t *testing.T) {
	server := httptest.NewServer(newApp(t, flask.SessionConfig{}, t.Output(), "notes", "account"))
	t.Cleanup(server.Close)
	s := sessions(t, sharedKey)
	good, err := s.Encode(values{"_user_id": "Ada", "_fresh": true}, nowish())
	if err != nil {
		t.Fatal(err)
	}
	big := values{"_user_id": "Ada"}
	for i := range 300 {
		big[fmt.Sprint(i)] = flask.NewStoredID()
	}
	huge, err := s.Encode(big, nowish())
	if err != nil {
		t.Fatal(err)
	}
	old, err := s.Encode(values{"_user_id": "Ada"}, time.Now().Add(-32*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for name, cookie := range map[string]string{
		"changed": "x" + good, "cut": good[:len(good)-2], "empty": "", "dots": "...", "garbage": "%00&", "oversize": huge, "expired": old,
	} {
		v := visit(t, name)
		v.client.Jar.SetCookies(mustParse(server.URL), []*http.Cookie{{Name: "session", Value: cookie}})
		page := v.whoami(server.URL)
		v.want(name, page, "", nil)
		v.post(server.URL+"/login", page.CSRF, "name", "Bob")
		v.want(name+", then a login", v.whoami(server.URL), "Bob", nil, []string{"greeting", "Hello Bob"})
	}
}

// A session that no browser would keep is an error where it is written.
func TestOversizeSession(t *testing.T) {
	var log logBuffer
	app := newApp(t, flask.SessionConfig{}, &log)
	app.Get("/fill", func(c *retort.Ctx) error {
		for i := range 300 {
			if err := c.Session().Set(fmt.Sprint(i), flask.NewStoredID()); err != nil {
				return err
			}
		}
		return c.Text("filled")
	}).Named("fill")
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	if status, _ := visit(t, "Ada").get(server.URL + "/fill"); status != 500 || !strings.Contains(log.String(), "more than the 4093 that browsers keep") {
		t.Errorf("status %d, log %s", status, &log)
	}
}

const oldRoutes = `[
	{"endpoint": "static", "rule": "/static/<path:filename>", "methods": ["GET"]},
	{"endpoint": "notes", "rule": "/notes", "methods": ["POST"]},
	{"endpoint": "blog.show", "rule": "/blog/<int:id>", "methods": ["GET", "PUT"]},
	{"endpoint": "blog.page", "rule": "/blog/", "methods": ["GET"], "defaults": {"page": 1}},
	{"endpoint": "blog.page", "rule": "/blog/page/<int:page>", "methods": ["GET"]},
	{"endpoint": "odd", "rule": "/odd/<list(sep='+'):names>", "methods": ["GET"]},
	{"endpoint": "ghost", "rule": "/ghost", "methods": ["GET"], "build_only": true}
]`

func TestPorted(t *testing.T) {
	routes, err := flask.LoadRoutes(strings.NewReader(oldRoutes))
	if err != nil {
		t.Fatal(err)
	}
	var app *retort.App
	server := front(t, "http://127.0.0.1:1", t.Output(), func(a *retort.App, old *flask.Old) {
		app, old.Routes = a, routes
		a.Get("/blog/<int:post>", func(c *retort.Ctx) error { return c.Text("here") }).Named("show_post")
		a.Get("/urls", func(c *retort.Ctx) error {
			var urls []string
			for _, args := range [][]any{
				{"blog.show", "id", 5}, {"blog.page", "page", 1}, {"blog.page", "page", 3, "q", "a b"},
				{"odd", "names", "a+b"}, {"show_post", "post", 7}, {"blog.show", "id", 5, "_external", true, "_anchor", "c"},
			} {
				u, err := c.URL(args[0].(string), args[1:]...)
				if err != nil {
					return err
				}
				urls = append(urls, u)
			}
			if _, err := c.URL("blog.shwo", "id", 5); err == nil {
				return fmt.Errorf("an endpoint that is nowhere has a URL")
			}
			return c.Text(strings.Join(urls, " "))
		}).Named("urls")
	})
	_, body := visit(t, "Ada").get(server.URL + "/urls")
	if want := "/blog/5 /blog/ /blog/page/3?q=a+b /odd/a+b /blog/7 " + server.URL + "/blog/5#c"; body != want {
		t.Errorf("URLs are\n%s, want\n%s", body, want)
	}
	_, body = visit(t, "Ada").get(server.URL + flask.PortedPath)
	for _, want := range []string{"retort     show_post      GET      /blog/<int:post>", "flask      blog.show      PUT      /blog/<int:id>",
		"flask      static", "4 routes here, 5 at http://127.0.0.1:1"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list has no %q:\n%s", want, body)
		}
	}
	if strings.Contains(body, "ghost") || strings.Contains(body, "flask      notes") {
		t.Errorf("the list has what is not there:\n%s", body)
	}
	for _, header := range []string{"X-Forwarded-For", "Forwarded"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1"+flask.PortedPath, nil)
		r.RemoteAddr = "127.0.0.1:5"
		r.Header.Set(header, "6.6.6.6")
		w := httptest.NewRecorder()
		if app.ServeHTTP(w, r); w.Code != http.StatusNotFound {
			t.Errorf("with %s the list is shown: %d", header, w.Code)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1"+flask.PortedPath, nil)
	r.RemoteAddr = "192.0.2.1:5"
	w := httptest.NewRecorder()
	if app.ServeHTTP(w, r); w.Code != http.StatusNotFound {
		t.Errorf("a stranger is shown the list: %d", w.Code)
	}
}

func TestLoadRoutesRefuses(t *testing.T) {
	for _, bad := range []string{"", "{}", `[{"endpoint":"x","rule":"no slash"}]`, `[{"endpoint":"x","rule":"/<"}]`} {
		if _, err := flask.LoadRoutes(strings.NewReader(bad)); err == nil {
			t.Errorf("LoadRoutes(%s) succeeded", bad)
		}
	}
}

func TestBesideRefuses(t *testing.T) {
	for _, bad := range []string{"", "127.0.0.1:5000", "ftp://x", "http://", "http://x/path", "http://x?q", "http://u:p@x"} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, "http://127.0.0.1:5000") {
					t.Errorf("Beside(%q) panicked with %q, want one that says how to write it", bad, got)
				}
			}()
			flask.Beside(bad)
		}()
	}
}
