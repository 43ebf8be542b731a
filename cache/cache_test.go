package cache_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cache"
	"github.com/retort-go/retort/cache/cachetest"
	"github.com/retort-go/retort/retorttest"
)

// newApp counts how often its views are made.
func newApp(c cache.Cache, made *int) *retort.App {
	app := retort.New(retort.Config{Debug: true, Logger: slog.New(slog.DiscardHandler),
		Templates: fstest.MapFS{"nonce.html": {Data: []byte(`<style nonce="{{ csp_nonce() }}"></style>`)}}})
	for name, h := range map[string]retort.Handler{
		"public":  func(c *retort.Ctx) error { c.SetHeader("X-Made", "once"); return c.Text("hello " + c.Query("q")) },
		"session": func(c *retort.Ctx) error { return c.Text("hello " + c.Session().String("user")) },
		"cookie":  func(c *retort.Ctx) error { c.SetCookie(http.Cookie{Name: "a"}); return c.Text("-") },
		"nonce":   func(c *retort.Ctx) error { return c.Render("nonce.html", nil) },
		"varies":  func(c *retort.Ctx) error { return c.Text(c.Accepts("text/html", "text/plain")) },
		"secret":  func(c *retort.Ctx) error { c.SetHeader("Cache-Control", "no-store"); return c.Text("-") },
		"failing": func(*retort.Ctx) error { return retort.Errorf(404, "Not yet.") },
		"created": func(c *retort.Ctx) error { return c.Status(201).Text("-") },
		"bearer":  func(c *retort.Ctx) error { return c.Text("hello " + c.BearerToken()) },
	} {
		app.Route("/"+name, func(c *retort.Ctx) error { *made++; return h(c) }, "GET", "POST").Named(name).With(c.View(time.Minute))
	}
	app.Get("/forget", func(ctx *retort.Ctx) error {
		if err := c.ForgetView(ctx, "public", "q", "x"); err != nil {
			return err
		}
		return ctx.NoContent()
	}).Named("forget")
	return app
}

func TestView(t *testing.T) {
	made := 0
	client := retorttest.New(t, newApp(cache.Cache{Store: cache.NewMemory(1 << 20)}, &made))
	get := func(path, want string, wantMade int) {
		t.Helper()
		made = 0
		r := client.Get(path)
		if r.Status != 200 || r.Body != want || made != wantMade || r.Header.Get("X-Made") != "once" ||
			r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s: got %d %q, made %d times; want %q made %d times: %v", path, r.Status, r.Body, made, want, wantMade, r.Header)
		}
	}
	get("/public", "hello ", 1)
	get("/public", "hello ", 0)
	get("/public?q=x", "hello x", 1)
	get("/public?q=x&a=b", "hello x", 1)
	get("/public?a=b&q=x", "hello x", 0)
	client.Get("/forget")
	get("/public?q=x", "hello x", 1)
	client.Base.Host = "127.0.0.1"
	get("/public", "hello ", 1)
	if made = 0; client.Post("/public", nil).Status != 200 || made != 1 {
		t.Error("a POST was answered from the cache")
	}
}

// What was made for one visitor is made anew for the next.
func TestViewKeepsNothingPersonal(t *testing.T) {
	made := 0
	client := retorttest.New(t, newApp(cache.Cache{Store: cache.NewMemory(1 << 20)}, &made))
	for _, name := range []string{"session", "cookie", "nonce", "varies", "secret", "failing", "created", "bearer"} {
		made = 0
		for range 2 {
			r := client.Request("GET", "/"+name, nil)
			if name == "bearer" {
				r.Header.Set("Authorization", "Bearer x")
			}
			client.Do(r)
		}
		if made != 2 {
			t.Errorf("%s: made %d times of 2", name, made)
		}
	}
}

// A handler may leave out for HEAD what nobody will see; a GET must not get that.
func TestViewKeepsNoHead(t *testing.T) {
	app := retort.New(retort.Config{Debug: true, Logger: slog.New(slog.DiscardHandler)})
	pages := cache.Cache{Store: cache.NewMemory(1 << 20)}
	app.Get("/", func(c *retort.Ctx) error {
		if c.Request.Method == http.MethodHead {
			return c.Text("")
		}
		return c.Text("the page")
	}).Named("index").With(pages.View(time.Minute))
	client := retorttest.New(t, app)
	client.Head("/")
	if r := client.Get("/"); r.Body != "the page" {
		t.Errorf("after a HEAD: got %q", r.Body)
	}
	if r := client.Head("/"); r.Header.Get("Content-Length") != "8" {
		t.Errorf("a HEAD after it: got %v", r.Header)
	}
}

// Compression around the app, which says that it looks at Accept-Encoding, does
// not keep answers from being kept.
func TestViewBehindCompression(t *testing.T) {
	made := 0
	app := newApp(cache.Cache{Store: cache.NewMemory(1 << 20)}, &made)
	app.Use(func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Accept-Encoding")
			h.ServeHTTP(w, r)
		})
	})
	client := retorttest.New(t, app)
	client.Get("/public")
	if r := client.Get("/public"); made != 1 || len(r.Header.Values("Vary")) != 1 {
		t.Errorf("made %d times, Vary %q", made, r.Header.Values("Vary"))
	}
}

func TestViewExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := 0
		client := retorttest.New(t, newApp(cache.Cache{Store: cache.NewMemory(1 << 20)}, &made))
		for _, after := range []time.Duration{0, 59 * time.Second, time.Second} {
			time.Sleep(after)
			client.Get("/public")
		}
		if made != 2 {
			t.Errorf("made %d times, want 2: at first and after a minute", made)
		}
	})
}

func TestMemory(t *testing.T) {
	cachetest.Run(t, func(*testing.T) cachetest.Clock {
		m, now := cache.NewMemory(1<<20), time.Unix(1_700_000_000, 0)
		m.SetClock(func() time.Time { return now })
		return cachetest.Clock{Store: m, Advance: func(d time.Duration) { now = now.Add(d) }}
	})
}

type broken struct{}

var errDown = errors.New("the store is down")

func (broken) Get(context.Context, string) ([]byte, bool, error)        { return nil, false, errDown }
func (broken) Set(context.Context, string, []byte, time.Duration) error { return errDown }
func (broken) Delete(context.Context, string) error                     { return errDown }

func TestStoreFails(t *testing.T) {
	made := 0
	client := retorttest.New(t, newApp(cache.Cache{Store: broken{}}, &made))
	if r := client.Get("/public"); r.Status != 200 {
		t.Errorf("got %d", r.Status)
	}
	double := cache.Memoize(cache.Cache{Store: broken{}}, "double", time.Minute, func(_ context.Context, n int) (int, error) { return 2 * n, nil })
	if got, err := double(t.Context(), 4); got != 8 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}

func TestMemoize(t *testing.T) {
	type key struct {
		Name string
		N    int
	}
	c := cache.Cache{Store: cache.NewMemory(1 << 20), Prefix: "app:"}
	calls := 0
	f := cache.Memoize(c, "f", time.Minute, func(_ context.Context, k key) ([]string, error) {
		calls++
		if k.N < 0 {
			return nil, errors.New("negative")
		}
		return []string{k.Name, fmt.Sprint(k.N)}, nil
	})
	for _, k := range []key{{"a", 1}, {"a", 1}, {"a", 2}, {`a", N:1`, 1}} {
		got, err := f(t.Context(), k)
		if err != nil || strings.Join(got, "|") != k.Name+"|"+fmt.Sprint(k.N) {
			t.Errorf("%v: got %q, %v", k, got, err)
		}
	}
	if calls != 3 {
		t.Errorf("called %d times, want 3", calls)
	}
	for range 2 {
		if _, err := f(t.Context(), key{N: -1}); err == nil {
			t.Error("no error")
		}
	}
	if calls != 5 {
		t.Errorf("called %d times: errors are not to be kept", calls)
	}
	if err := cache.Forget(t.Context(), c, "f", key{"a", 1}); err != nil {
		t.Error(err)
	}
	if _, err := f(t.Context(), key{"a", 1}); err != nil || calls != 6 {
		t.Errorf("after Forget: called %d times, %v", calls, err)
	}
}

// Many who ask for the same at once wait for one.
func TestMemoizeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		f := cache.Memoize(cache.Cache{Store: cache.NewMemory(1 << 20)}, "f", time.Minute, func(context.Context, int) (int, error) {
			time.Sleep(time.Second)
			return int(calls.Add(1)), nil
		})
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if got, err := f(t.Context(), 1); got != 1 || err != nil {
					t.Errorf("got %d, %v", got, err)
				}
			})
		}
		wg.Wait()
	})
}

// Who gives up waiting spoils it for nobody.
func TestMemoizeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := cache.Memoize(cache.Cache{Store: cache.NewMemory(1 << 20)}, "f", time.Minute, func(ctx context.Context, _ int) (int, error) {
			select {
			case <-time.After(time.Minute):
				return 1, nil
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		})
		first, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := f(first, 1); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the first: %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if got, err := f(t.Context(), 1); got != 1 || err != nil {
				t.Errorf("the second: %d, %v", got, err)
			}
		})
		wg.Wait()
	})
}

// Who gives up just when the value is made looks at nothing that is being written;
// it takes the race detector to see that.
func TestMemoizeGivenUpAtTheEnd(t *testing.T) {
	made := make(chan struct{})
	started := make(chan struct{}, 1)
	f := cache.Memoize(cache.Cache{Store: cache.NewMemory(1 << 20)}, "f", time.Minute, func(context.Context, int) ([]int, error) {
		started <- struct{}{}
		<-made
		return []int{1}, nil
	})
	var wg sync.WaitGroup
	wg.Go(func() {
		if got, err := f(t.Context(), 1); len(got) != 1 || err != nil {
			t.Errorf("the first: %v, %v", got, err)
		}
	})
	<-started
	given, giveUp := context.WithCancel(t.Context())
	giveUp()
	wg.Go(func() {
		if got, err := f(given, 1); err == nil && len(got) != 1 || err != nil && (got != nil || !errors.Is(err, context.Canceled)) {
			t.Errorf("the second: %v, %v", got, err)
		}
	})
	close(made)
	wg.Wait()
}

func TestMemoryIsBounded(t *testing.T) {
	m := cache.NewMemory(10_000)
	for i := range 1000 {
		if err := m.Set(t.Context(), fmt.Sprint(i), make([]byte, 800), time.Hour); err != nil {
			t.Fatal(err)
		}
		if _, ok, _ := m.Get(t.Context(), "0"); !ok {
			t.Fatalf("after %d: what is asked for all the time is gone", i)
		}
	}
	if m.Len() > 10 {
		t.Errorf("%d entries of a kilobyte in 10,000 bytes", m.Len())
	}
	_ = m.Set(t.Context(), "huge", make([]byte, 5000), time.Hour)
	if _, ok, _ := m.Get(t.Context(), "huge"); ok {
		t.Error("one huge value is kept at the cost of all others")
	}
	_ = m.Delete(t.Context(), "0")
	if _, ok, _ := m.Get(t.Context(), "0"); ok {
		t.Error("what was deleted is there")
	}
}

func ExampleCache_View() {
	pages := cache.Cache{Store: cache.NewMemory(1 << 20)}
	app := retort.New(retort.Config{Debug: true})
	app.Get("/stats", func(c *retort.Ctx) error {
		fmt.Println("counting")
		return c.Text("42")
	}).Named("stats").With(pages.View(time.Minute))
	client := retorttest.New(&testing.T{}, app)
	fmt.Println(client.Get("/stats").Body)
	fmt.Println(client.Get("/stats").Body)
	// Output:
	// counting
	// 42
	// 42
}
