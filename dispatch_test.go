package retort_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/limit"
	"github.com/retort-go/retort/retorttest"
)

// testKey is for tests only.
var testKey = []byte("bP7x2mQ9tL4wZ8cV1nR6yH3kF5sD0gJa")

// newApp returns an app with a key and a silent log.
func newApp() *retort.App {
	return retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

func ok(c *retort.Ctx) error { return c.Text("ok") }

// The order is the one that Flask 3.1 was measured to have.
func TestHookOrder(t *testing.T) {
	var trace []string
	note := func(s string) retort.Handler {
		return func(*retort.Ctx) error { trace = append(trace, s); return nil }
	}
	noteAfter := func(s string) func(*retort.Ctx, *retort.Response) error {
		return func(*retort.Ctx, *retort.Response) error { trace = append(trace, s); return nil }
	}
	noteTeardown := func(s string) func(*retort.Ctx, error) {
		return func(*retort.Ctx, error) { trace = append(trace, s) }
	}
	app := newApp()
	app.Before(note("app before 1"))
	app.Before(note("app before 2"))
	app.After(noteAfter("app after 1"))
	app.After(noteAfter("app after 2"))
	app.Teardown(noteTeardown("app teardown 1"))
	app.Teardown(noteTeardown("app teardown 2"))

	bp := retort.NewBlueprint("bp", "/bp")
	bp.AppHooks.Before(note("bp before app"))
	bp.AppHooks.After(noteAfter("bp after app"))
	bp.AppHooks.Teardown(noteTeardown("bp teardown app"))
	bp.Before(note("bp before"))
	bp.After(noteAfter("bp after"))
	bp.Teardown(noteTeardown("bp teardown"))

	inner := retort.NewBlueprint("inner", "/inner")
	inner.Before(note("inner before"))
	inner.After(noteAfter("inner after"))
	inner.Get("/x", func(c *retort.Ctx) error {
		trace = append(trace, "view")
		c.AfterThis(noteAfter("after this"))
		return c.Text("x")
	}).Named("x")
	bp.Mount(inner)
	app.Mount(bp)

	client := retorttest.New(t, app)
	for _, tt := range []struct {
		path string
		want []string
	}{
		{"/bp/inner/x", []string{
			"app before 1", "app before 2", "bp before app", "bp before", "inner before", "view", "after this",
			"inner after", "bp after", "bp after app", "app after 2", "app after 1",
			"bp teardown", "bp teardown app", "app teardown 2", "app teardown 1",
		}},
		{"/nowhere", []string{
			"app before 1", "app before 2", "bp before app", "bp after app", "app after 2", "app after 1",
			"bp teardown app", "app teardown 2", "app teardown 1",
		}},
	} {
		trace = nil
		client.Get(tt.path)
		if !slices.Equal(trace, tt.want) {
			t.Errorf("GET %s:\n got %q\nwant %q", tt.path, trace, tt.want)
		}
	}
}

func TestBeforeAnswersFirst(t *testing.T) {
	app := newApp()
	app.Before(func(c *retort.Ctx) error { return c.Status(503).Text("closed") })
	app.Get("/", func(*retort.Ctx) error { t.Error("the handler ran"); return nil }).Named("index")
	if r := retorttest.New(t, app).Get("/"); r.Status != 503 || r.Body != "closed" {
		t.Errorf("got %d %q, want 503 closed", r.Status, r.Body)
	}
}

func TestAfterChangesResponse(t *testing.T) {
	app := newApp()
	app.After(func(_ *retort.Ctx, r *retort.Response) error {
		r.Header.Set("X-Seen", string(r.Body()))
		r.SetBody([]byte("changed"))
		return nil
	})
	app.Get("/", ok).Named("index")
	r := retorttest.New(t, app).Get("/")
	if r.Body != "changed" || r.Header.Get("X-Seen") != "ok" || r.Header.Get("Content-Length") != "7" {
		t.Errorf("got %q, X-Seen %q, length %s", r.Body, r.Header.Get("X-Seen"), r.Header.Get("Content-Length"))
	}
}

// Whatever goes wrong, the answer is a whole one with the headers of all others.
func TestFailures(t *testing.T) {
	app := newApp()
	app.Get("/panic", func(*retort.Ctx) error { panic("at the disco") }).Named("panic")
	app.Get("/error", func(*retort.Ctx) error { return errors.New("secret detail") }).Named("error")
	app.Get("/nothing", func(*retort.Ctx) error { return nil }).Named("nothing")
	app.Get("/half", func(c *retort.Ctx) error {
		c.SetHeader("X-Half", "1")
		_ = c.Text("half an answer")
		return errors.New("then an error")
	}).Named("half")
	app.Get("/late", func(c *retort.Ctx) error {
		c.AfterThis(func(*retort.Ctx, *retort.Response) error { return errors.New("too late") })
		return c.Text("fine")
	}).Named("late")
	app.Get("/template", func(c *retort.Ctx) error { return c.Render("missing.html", nil) }).Named("template")
	app.Get("/teapot", func(*retort.Ctx) error { return retort.Errorf(418, "I am one.") }).Named("teapot")
	app.Get("/odd", func(*retort.Ctx) error { return retort.Errorf(200, "no error status") }).Named("odd")

	failed := retorttest.Record(t, &app.GotRequestException)
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		path   string
		status int
		text   string
	}{
		{"/panic", 500, "Something went wrong"},
		{"/error", 500, "Something went wrong"},
		{"/nothing", 500, "Something went wrong"},
		{"/half", 500, "Something went wrong"},
		{"/late", 500, "Something went wrong"},
		{"/template", 500, "Something went wrong"},
		{"/odd", 500, "Something went wrong"},
		{"/teapot", 418, "I am one."},
		{"/nowhere", 404, "There is nothing at this address"},
	} {
		r := client.Get(tt.path)
		if r.Status != tt.status || !strings.Contains(r.Body, tt.text) {
			t.Errorf("GET %s: got %d %q, want %d with %q", tt.path, r.Status, r.Body, tt.status, tt.text)
		}
		if r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s: no security headers", tt.path)
		}
		if strings.Contains(r.Body, "secret") || r.Header.Get("X-Half") != "" {
			t.Errorf("GET %s: something of the failed answer leaked: %q %v", tt.path, r.Body, r.Header)
		}
		if tt.path == "/nothing" && !strings.Contains(fmt.Sprint(failed.Last().Err), `the handler of "nothing" returned neither a response nor an error`) {
			t.Errorf("an answer that is missing: the error is %v", failed.Last().Err)
		}
	}
}

func TestFailureForPrograms(t *testing.T) {
	r := retorttest.New(t, newApp())
	r.Header.Set("Accept", "application/json")
	var problem struct {
		Title, Detail, Request string
		Status                 int
	}
	res := r.Get("/nowhere")
	res.JSON(&problem)
	if problem.Status != 404 || problem.Title != "Not Found" || problem.Request == "" ||
		res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %+v as %s", problem, res.Header.Get("Content-Type"))
	}
}

func TestErrorHandlers(t *testing.T) {
	app := newApp()
	say := func(s string) retort.ErrorHandler {
		return func(c *retort.Ctx, _ error) error { return c.Text(s) }
	}
	app.OnStatus(404, say("app 404"))
	app.OnStatus(500, say("app 500"))
	retort.OnError(&app.Hooks, func(c *retort.Ctx, _ *domainError) error { return c.Text("app domain") })
	retort.OnError(&app.Hooks, func(c *retort.Ctx, _ temporary) error { return c.Text("app temporary") })
	retort.OnError(&app.Hooks, func(c *retort.Ctx, err *retort.Error) error { return c.Text("app http " + err.Name()) })

	bp := retort.NewBlueprint("bp", "/bp")
	bp.OnStatus(404, say("bp 404"))
	retort.OnError(&bp.Hooks, func(c *retort.Ctx, _ error) error { return c.Text("bp any") })

	for _, s := range []*retort.Scaffold{&app.Scaffold, &bp.Scaffold} {
		s.Get("/404", func(*retort.Ctx) error { return retort.Errorf(404, "") }).Named("e404")
		s.Get("/500", func(*retort.Ctx) error { return retort.Errorf(500, "") }).Named("e500")
		s.Get("/409", func(*retort.Ctx) error { return retort.Errorf(409, "") }).Named("e409")
		s.Get("/domain", func(*retort.Ctx) error { return &domainError{} }).Named("domain")
		s.Get("/plain", func(*retort.Ctx) error { return errors.New("plain") }).Named("plain")
	}
	app.Mount(bp)
	client := retorttest.New(t, app)
	for _, tt := range []struct{ path, want string }{
		{"/404", "app 404"},
		{"/bp/404", "bp 404"},      // the blueprint's own goes first
		{"/bp/nowhere", "app 404"}, // an unknown address belongs to nobody
		{"/bp/500", "app 500"},     // by status before by type, even from further out
		{"/409", "app http Conflict"},
		{"/bp/409", "bp any"},
		{"/domain", "app domain"}, // a concrete type before an interface
		{"/bp/domain", "bp any"},  // the innermost blueprint before the most specific type
		{"/plain", "app 500"},
	} {
		if r := client.Get(tt.path); r.Body != tt.want {
			t.Errorf("GET %s: got %q, want %q", tt.path, r.Body, tt.want)
		}
	}
}

type domainError struct{}

func (*domainError) Error() string   { return "domain" }
func (*domainError) Temporary() bool { return true }

type temporary interface {
	error
	Temporary() bool
}

func TestFailingErrorHandler(t *testing.T) {
	app := newApp()
	app.OnStatus(404, func(*retort.Ctx, error) error { panic("again") })
	if r := retorttest.New(t, app).Get("/nowhere"); r.Status != 500 || !strings.Contains(r.Body, "Something went wrong") {
		t.Errorf("got %d %q, want the app's own page for 500", r.Status, r.Body)
	}
}

// The log has the stack of a panic wherever it stands among several errors.
func TestFailingErrorHandlerIsLogged(t *testing.T) {
	var log bytes.Buffer
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	app.OnStatus(404, panicsAgain)
	retorttest.New(t, app).Get("/nowhere")
	if !strings.Contains(log.String(), "panicsAgain") {
		t.Errorf("the log does not say where the error handler panicked:\n%s", log.String())
	}
}

func panicsAgain(*retort.Ctx, error) error { panic("again") }

func TestTeardownSeesFailure(t *testing.T) {
	app := newApp()
	var got error
	app.Teardown(func(_ *retort.Ctx, err error) { got = err })
	app.Teardown(func(*retort.Ctx, error) { panic("one hook must not stop the others") })
	cause := errors.New("cause")
	app.Get("/fails", func(*retort.Ctx) error { return cause }).Named("fails")
	app.Get("/fine", ok).Named("fine")
	client := retorttest.New(t, app)
	if client.Get("/fails"); !errors.Is(got, cause) {
		t.Errorf("after a failure: got %v, want the cause", got)
	}
	if client.Get("/fine"); got != nil {
		t.Errorf("after a good answer: got %v, want nil", got)
	}
}

func TestAbortHandlerGoesOn(t *testing.T) {
	app := newApp()
	app.Get("/", func(*retort.Ctx) error { panic(http.ErrAbortHandler) }).Named("index")
	if r := retorttest.New(t, app).Get("/"); !r.Aborted {
		t.Error("http.ErrAbortHandler did not cut the connection")
	}
}

// What a request held is given back, whatever cut it off.
func TestAbortedRequestIsTornDown(t *testing.T) {
	app := newApp()
	var torn []error
	app.Teardown(func(_ *retort.Ctx, err error) { torn = append(torn, err) })
	app.Get("/handler", func(*retort.Ctx) error { panic(http.ErrAbortHandler) }).Named("handler")
	app.Get("/after", func(c *retort.Ctx) error {
		c.AfterThis(func(*retort.Ctx, *retort.Response) error { panic(http.ErrAbortHandler) })
		return ok(c)
	}).Named("after")
	app.Get("/stream", func(c *retort.Ctx) error {
		return c.Stream("text/plain", func(io.Writer) error { panic(http.ErrAbortHandler) })
	}).Named("stream")
	client := retorttest.New(t, app)
	for _, path := range []string{"/handler", "/after", "/stream"} {
		torn = nil
		if r := client.Get(path); !r.Aborted || len(torn) != 1 || !errors.Is(torn[0], http.ErrAbortHandler) {
			t.Errorf("%s: aborted %v, teardown hooks saw %v, want http.ErrAbortHandler once", path, r.Aborted, torn)
		}
	}
}

func TestStreamThatFailsIsCut(t *testing.T) {
	app := newApp()
	app.Get("/", func(c *retort.Ctx) error {
		return c.Stream("text/plain", func(w io.Writer) error {
			_, _ = io.WriteString(w, "first half")
			return errors.New("no second half")
		})
	}).Named("index")
	if r := retorttest.New(t, app).Get("/"); !r.Aborted || r.Body != "first half" {
		t.Errorf("got aborted %v, body %q", r.Aborted, r.Body)
	}
}

// Setup mistakes are found when the app compiles, all at once, each with its cure.
func TestCompileErrors(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: []byte("short"), ApplicationRoot: "app"})
	app.Get("/literal", func(c *retort.Ctx) error { return nil })
	app.Get("/a", ok)
	app.Get("/b", other).Named("ok")
	app.Get("/<int:", ok).Named("broken")
	app.Get("/dotted", ok).Named("a.dotted")
	app.Get("/nobody", nil).Named("nobody")
	app.Route("/methods", ok, "GET POST").Named("methods")
	app.View("/view/a", viewA{})
	app.View("/view/b", &viewB{}).Named("view_a")
	app.Mount(retort.NewBlueprint("a.b", ""))
	app.Mount(retort.NewBlueprint("", "/nameless"))
	app.Mount(retort.NewBlueprint("twice", "/1"))
	app.Mount(retort.NewBlueprint("twice", "/2"))
	err := app.Compile()
	if err == nil {
		t.Fatal("compiled")
	}
	for _, want := range []string{
		"SecretKey", "ApplicationRoot", `"/literal" has a function literal`, `add .Named(`,
		`the endpoint "ok" is taken by another handler`, `the endpoint "view_a" is taken by another handler`, "dispatch_test.go:", `"/<int:"`, `"a.dotted" holds a dot`, `"/nobody" has no handler`,
		`"GET POST" is not a method`, `"a.b"`, `blueprint name ""`, "MountAs",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the message lacks %q:\n%v", want, err)
		}
	}
}

func other(c *retort.Ctx) error { return c.Text("other") }

type (
	viewA struct{}
	viewB struct{}
)

func (viewA) Get(c *retort.Ctx) error  { return c.Text("a") }
func (*viewB) Get(c *retort.Ctx) error { return c.Text("b") }

func TestSetupIsClosed(t *testing.T) {
	app := newApp()
	bp := retort.NewBlueprint("bp", "/bp")
	app.Mount(bp)
	retorttest.New(t, app).Get("/")
	for name, add := range map[string]func(){
		"app":       func() { app.Get("/late", ok) },
		"blueprint": func() { bp.Before(ok) },
		"app hooks": func() { bp.AppHooks.Before(ok) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if v, _ := recover().(string); !strings.Contains(v, "after the app had begun to serve") {
					t.Errorf("got %q, want a panic that says what to do", v)
				}
			}()
			add()
		})
	}
}

func TestHeadAndOptions(t *testing.T) {
	app := newApp()
	app.Get("/", ok).Named("index")
	app.Post("/", other).Named("create")
	app.Route("/find", other, "PROPFIND", "patch").Named("find")
	app.Patch("/put", ok).Named("patch")
	app.Delete("/put", ok).Named("delete")
	client := retorttest.New(t, app)
	for _, r := range [][2]string{{"PROPFIND", "/find"}, {"PATCH", "/find"}, {"PATCH", "/put"}, {"DELETE", "/put"}} {
		if got := client.Do(client.Request(r[0], r[1], nil)); got.Status != 200 {
			t.Errorf("%s %s: got %d", r[0], r[1], got.Status)
		}
	}
	if r := client.Head("/"); r.Status != 200 || r.Body != "" || r.Header.Get("Content-Length") != "2" {
		t.Errorf("HEAD: got %d %q, length %q", r.Status, r.Body, r.Header.Get("Content-Length"))
	}
	if r := client.Do(client.Request("OPTIONS", "/", nil)); r.Status != 200 || r.Header.Get("Allow") != "GET, HEAD, OPTIONS, POST" {
		t.Errorf("OPTIONS: got %d, Allow %q", r.Status, r.Header.Get("Allow"))
	}
	if r := client.Do(client.Request("get", "/", nil)); r.Status != 501 {
		t.Errorf("get: got %d, want 501", r.Status)
	}
	if r := client.Do(client.Request("PUT", "/", nil)); r.Status != 405 || r.Header.Get("Allow") != "GET, HEAD, OPTIONS, POST" {
		t.Errorf("PUT: got %d, Allow %q", r.Status, r.Header.Get("Allow"))
	}
}

func TestMountedHandler(t *testing.T) {
	app := newApp()
	app.Handle("/old", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := retort.FromContext(r.Context())
		_, _ = io.WriteString(w, r.Method+" "+r.URL.Path+" on "+c.Host())
	}))
	client := retorttest.New(t, app)
	for path, want := range map[string]string{
		"/old/a/b": "GET /a/b on localhost",
		"/old/":    "GET / on localhost",
	} {
		r := client.Get(path)
		if r.Status != 200 || r.Body != want || r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s: got %d %q %v", path, r.Status, r.Body, r.Header)
		}
	}
	client.Header.Set("Sec-Fetch-Site", "cross-site")
	if r := client.Do(client.Request("POST", "/old/a", nil)); r.Status != 403 {
		t.Errorf("cross-site POST: got %d, want 403", r.Status)
	}
}

func TestMiddleware(t *testing.T) {
	app := newApp()
	app.Get("/", ok).Named("index")
	for _, name := range []string{"outer", "inner"} {
		app.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Add("X-Order", name)
				next.ServeHTTP(w, r)
			})
		})
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/", nil))
	if got := w.Header().Values("X-Order"); !slices.Equal(got, []string{"outer", "inner"}) {
		t.Errorf("got %q", got)
	}
}

// What a page for 500 replaces is logged and signalled all the same, and a page
// of an app's own keeps the headers of the error.
func TestOwnErrorPages(t *testing.T) {
	var log bytes.Buffer
	app := retort.New(retort.Config{SecretKey: testKey, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	app.OnStatus(500, func(c *retort.Ctx, err error) error {
		e, isError := errors.AsType[*retort.Error](err)
		return c.Status(500).Text(fmt.Sprint("own page: ", isError, e.Unwrap()))
	})
	app.OnStatus(405, func(c *retort.Ctx, _ error) error { return c.Status(405).Text("own page") })
	signalled := 0
	app.GotRequestException.Connect(func(retort.Exception) { signalled++ })
	app.Get("/", func(*retort.Ctx) error { return errors.New("the cause") }).Named("index")
	client := retorttest.New(t, app)
	if r := client.Get("/"); r.Body != "own page: true the cause" || !strings.Contains(log.String(), "the cause") || signalled != 1 {
		t.Errorf("got %q, %d signals, log %s", r.Body, signalled, &log)
	}
	if r := client.Do(client.Request("PUT", "/", nil)); r.Body != "own page" || r.Header.Get("Allow") == "" {
		t.Errorf("got %q with Allow %q", r.Body, r.Header.Get("Allow"))
	}
}

func TestRouteOptions(t *testing.T) {
	app := retort.New(retort.Config{SecretKey: testKey, ServerName: "example.com", SubdomainMatching: true,
		TrustedHosts: []string{".example.com"}, Logger: slog.New(slog.DiscardHandler)})
	echo := func(c *retort.Ctx) error { return c.Text(c.Endpoint() + " " + c.Param("x")) }
	app.Get("/new/<x>", echo).Named("canonical")
	app.Get("/alias/<x>", echo).Named("canonical").Alias()
	app.Get("/old/<x>", echo).Named("old").RedirectTo("/new/<x>")
	app.Get("/loose/", echo).Named("loose").LooseSlashes()
	app.Get("/", echo).Named("home").Subdomain("<x>")
	app.Get("/paged/", echo).Named("paged").Defaults(map[string]any{"x": 1})
	app.Get("/paged/<int:x>", echo).Named("paged")
	app.Get("/socket", func(c *retort.Ctx) error {
		return c.ServeHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "upgraded "+r.URL.Path) }))
	}).Named("socket").WebSocket()
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		path, host, upgrade string
		status              int
		body, location      string
	}{
		{"/new/a", "", "", 200, "canonical a", ""},
		{"/alias/a", "", "", 308, "", "/new/a"},
		{"/old/a", "", "", 308, "", "/new/a"},
		{"/loose", "", "", 200, "loose ", ""},
		{"/loose/", "", "", 200, "loose ", ""},
		{"/", "shop.example.com", "", 200, "home shop", ""},
		{"/paged/1", "", "", 308, "", "/paged/"},
		{"/paged/", "", "", 200, "paged 1", ""},
		{"/paged/2", "", "", 200, "paged 2", ""},
		{"/socket", "", "websocket", 200, "upgraded /socket", ""},
		{"/socket", "", "", 400, "", ""},
		{"/new/a", "", "websocket", 400, "", ""},
	} {
		r := client.Request("GET", tt.path, nil)
		if tt.host != "" {
			r.Host = tt.host
		}
		if tt.upgrade != "" {
			r.Header.Set("Upgrade", tt.upgrade)
		}
		got := client.Do(r)
		if got.Status != tt.status || tt.body != "" && got.Body != tt.body || got.Header.Get("Location") != tt.location {
			t.Errorf("%s at %q, upgrade %q: got %d %.80q to %q", tt.path, tt.host, tt.upgrade, got.Status, got.Body, got.Header.Get("Location"))
		}
	}
}

func TestOnStatusRefuses(t *testing.T) {
	defer func() {
		if v, _ := recover().(string); !strings.Contains(v, "999 is no error status") {
			t.Errorf("got %q, want a panic that names the status", v)
		}
	}()
	newApp().OnStatus(999, func(*retort.Ctx, error) error { return nil })
}

func TestRouteLimit(t *testing.T) {
	l, err := limit.New(limit.NewMemory(0, nil), "search", limit.Rule{Kind: limit.Window, Limit: 2, Period: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	app := newApp()
	app.Get("/search", ok).Named("search").Limit(l)
	client := retorttest.New(t, app)
	for i, want := range []int{200, 200, 429} {
		client.Header.Set("X-Forwarded-For", fmt.Sprint("6.6.6.", i)) // is nobody's word
		if r := client.Get("/search"); r.Status != want || (want == 429) != (r.Header.Get("Retry-After") != "") {
			t.Errorf("request %d: got %d, Retry-After %q; want %d", i+1, r.Status, r.Header.Get("Retry-After"), want)
		}
	}
}

// Whatever fails when the handler is done, the app's own page says so, and what the
// session holds makes the answer private.
func TestOwnErrorPageAfterLateFailure(t *testing.T) {
	fails := ""
	var torn error
	app := newApp()
	app.Before(func(*retort.Ctx) error {
		if fails == "before" {
			return errors.New("before")
		}
		return nil
	})
	ran := 0
	app.After(func(*retort.Ctx, *retort.Response) error {
		if ran++; fails == "after" {
			panic("after")
		}
		return nil
	})
	app.Teardown(func(_ *retort.Ctx, err error) { torn = err })
	app.OnStatus(500, func(c *retort.Ctx, _ error) error {
		return c.Status(500).Text("own page for " + c.Session().String("user"))
	})
	app.Get("/", func(c *retort.Ctx) error {
		user := "ada"
		if fails == "session" {
			user = strings.Repeat("x", 5000)
		}
		return errors.Join(c.Session().Set("user", user), c.Text("fine"))
	}).Named("index")
	for _, tt := range []struct {
		fails, body string
		cookie      bool
	}{{"before", "own page for ", false}, {"after", "own page for ada", true}, {"session", "own page for " + strings.Repeat("x", 5000), false}} {
		ran, torn, fails = 0, nil, tt.fails
		r := retorttest.New(t, app).Get("/")
		if r.Status != 500 || r.Body != tt.body || (r.Header.Get("Set-Cookie") != "") != tt.cookie || r.Header.Get("Vary") != "Cookie" ||
			r.Header.Get("Cache-Control") != "no-store" || torn == nil || ran != 1 {
			t.Errorf("%s fails: got %d %.60q %v, torn down with %v, hook ran %d times", tt.fails, r.Status, r.Body, r.Header, torn, ran)
		}
	}
}

// A receiver of a signal that panics fails the request as a hook does, and takes
// no other down with it.
func TestReceiversPanic(t *testing.T) {
	boom := func(*retort.Ctx) { panic("boom") }
	for name, tt := range map[string]struct {
		connect func(app *retort.App)
		status  int
		failed  bool // as teardown is told
	}{
		"started":      {func(app *retort.App) { app.RequestStarted.Connect(boom) }, 500, true},
		"finished":     {func(app *retort.App) { app.RequestFinished.Connect(boom) }, 500, true},
		"tearing down": {func(app *retort.App) { app.RequestTearingDown.Connect(func(retort.Exception) { panic("boom") }) }, 200, false},
		"exception": {func(app *retort.App) {
			app.GotRequestException.Connect(func(retort.Exception) { panic("boom") })
			app.After(func(*retort.Ctx, *retort.Response) error { return errors.New("fails") })
		}, 500, true},
	} {
		app := newApp()
		torn, failed := 0, false
		app.Teardown(func(_ *retort.Ctx, err error) { torn++; failed = err != nil })
		app.Get("/", ok).Named("index")
		tt.connect(app)
		r := retorttest.New(t, app).Get("/")
		if r.Status != tt.status || torn != 1 || failed != tt.failed || r.Header.Get("X-Content-Type-Options") != "nosniff" ||
			strings.Contains(r.Body, "boom") {
			t.Errorf("%s: got %d %.80q, torn down %d times, failed %t", name, r.Status, r.Body, torn, failed)
		}
	}
}
