package retort_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retort-go/retort"
)

// busyApp works on so many requests at once. "/wait" works until release is
// closed.
func busyApp(inFlight int, log io.Writer) (app *retort.App, release chan struct{}) {
	app = retort.New(retort.Config{SecretKey: testKey, MaxInFlight: inFlight, Logger: slog.New(slog.NewTextHandler(log, nil))})
	release = make(chan struct{})
	app.Get("/wait", func(c *retort.Ctx) error { <-release; return c.Text("waited") }).Named("wait")
	app.Get("/quick", func(c *retort.Ctx) error { return c.Text("quick") }).Named("quick")
	app.Get("/healthz", func(c *retort.Ctx) error { return c.Text("well") }).Named("healthz").Health()
	app.Post("/form", func(c *retort.Ctx) error { return c.Text("got " + c.Form("name")) }).Named("form").InsecureNoCSRF()
	app.Get("/stream", func(c *retort.Ctx) error {
		return c.Stream("text/plain", func(w io.Writer) error { <-release; _, err := io.WriteString(w, "streamed"); return err })
	}).Named("stream").Streams()
	app.OnStatus(http.StatusServiceUnavailable, func(*retort.Ctx, error) error { panic("its template might be what is slow") })
	return app, release
}

func ask(app *retort.App, r *http.Request) *httptest.ResponseRecorder {
	r.Host = "localhost"
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

func asked(app *retort.App, path string) *httptest.ResponseRecorder {
	return ask(app, httptest.NewRequest(http.MethodGet, path, nil))
}

func TestOverloadIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		app, release := busyApp(2, &log)
		var waiting sync.WaitGroup
		for range 2 {
			waiting.Go(func() {
				if got := asked(app, "/wait"); got.Code != 200 {
					t.Errorf("admitted: got %d", got.Code)
				}
			})
		}
		synctest.Wait()
		for range 3 {
			began := time.Now()
			got := asked(app, "/quick")
			if got.Code != 503 || got.Header().Get("Retry-After") != "1" || got.Header().Get("X-Content-Type-Options") != "nosniff" ||
				!strings.Contains(got.Body.String(), "too much to do") {
				t.Errorf("got %d %v %s", got.Code, got.Header(), got.Body)
			}
			if waited := time.Since(began); waited > 50*time.Millisecond {
				t.Errorf("the refusal came after %v", waited)
			}
		}
		if got := asked(app, "/healthz"); got.Code != 200 {
			t.Errorf("health: got %d", got.Code)
		}
		close(release)
		waiting.Wait()
		if got := asked(app, "/quick"); got.Code != 200 {
			t.Errorf("afterwards: got %d", got.Code)
		}
		if got := strings.Count(log.String(), "event=excess_rate_limit_exceeded"); got != 1 {
			t.Errorf("%d lines in the log within a second, want 1:\n%s", got, log.String())
		}
		if got := strings.Count(log.String(), "\n"); got != 1 {
			t.Errorf("refusals are logged one by one:\n%s", log.String())
		}
	})
}

func TestBurstWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app, release := busyApp(1, io.Discard)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if got := asked(app, "/wait"); got.Code != 200 {
					t.Errorf("got %d", got.Code)
				}
			})
		}
		synctest.Wait()
		close(release)
		all.Wait()
	})
}

// Beyond what can get its turn in time, a request is refused without waiting.
func TestQueueIsShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app, release := busyApp(1, io.Discard)
		var all sync.WaitGroup
		var refused atomic.Int64
		began := time.Now()
		for range 50 {
			all.Go(func() {
				if got := asked(app, "/wait"); got.Code == 503 && time.Since(began) == 0 {
					refused.Add(1)
				}
			})
		}
		synctest.Wait()
		if got := refused.Load(); got != 45 {
			t.Errorf("%d of 50 were refused at once, want all but the one being worked on and four that wait", got)
		}
		close(release)
		all.Wait()
	})
}

// Whoever waits for a client leaves the slot to others.
func TestSlowClientsHoldNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app, release := busyApp(1, io.Discard)
		body, slow := io.Pipe()
		var all sync.WaitGroup
		all.Go(func() {
			r := httptest.NewRequest(http.MethodPost, "/form", body)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if got := ask(app, r); got.Body.String() != "got Ann" {
				t.Errorf("slow body: got %d %s", got.Code, got.Body)
			}
		})
		all.Go(func() {
			if got := asked(app, "/stream"); got.Body.String() != "streamed" {
				t.Errorf("stream: got %d %s", got.Code, got.Body)
			}
		})
		for _, part := range []string{"na", "me=", "An", "n"} {
			time.Sleep(time.Second) // of the bubble's time
			if got := asked(app, "/quick"); got.Code != 200 {
				t.Fatalf("beside a slow body and a stream: got %d", got.Code)
			}
			if _, err := io.WriteString(slow, part); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		all.Go(func() { asked(app, "/wait") })
		synctest.Wait()
		if got := asked(app, "/quick"); got.Code != 503 {
			t.Errorf("the slot is not taken: got %d", got.Code)
		}
		if err := slow.Close(); err != nil { // the form comes back, and waits for its slot
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		close(release)
		all.Wait()
		if got := asked(app, "/quick"); got.Code != 200 {
			t.Errorf("afterwards: got %d", got.Code)
		}
	})
}

// However a request ends, it gives its slot back.
func TestSlotsComeBack(t *testing.T) {
	app, _ := busyApp(1, io.Discard)
	app.Get("/panic", func(*retort.Ctx) error { panic("boom") }).Named("panic")
	app.Get("/nothing", func(*retort.Ctx) error { return nil }).Named("nothing")
	app.Get("/cut", func(c *retort.Ctx) error {
		return c.Stream("text/plain", func(io.Writer) error { return errors.New("cut") })
	}).Named("cut")
	app.Get("/abort", func(*retort.Ctx) error { panic(http.ErrAbortHandler) }).Named("abort")
	app.After(func(c *retort.Ctx, _ *retort.Response) error {
		if c.Query("after") != "" {
			panic("after")
		}
		return nil
	})
	app.Teardown(func(*retort.Ctx, error) { panic("teardown") })
	for range 3 {
		for _, path := range []string{"/quick", "/nowhere", "/panic", "/nothing", "/cut", "/abort", "/quick?after=1", "/healthz"} {
			func() {
				defer func() { _ = recover() }() // what cuts the connection
				asked(app, path)
			}()
			if got := asked(app, "/quick"); got.Code != 200 {
				t.Fatalf("after %s: got %d", path, got.Code)
			}
		}
	}
}

func TestNeverMoreInFlightThanAllowed(t *testing.T) {
	const limit = 3
	app, _ := busyApp(limit, io.Discard)
	var now, most atomic.Int64
	app.Get("/work", func(c *retort.Ctx) error {
		n := now.Add(1)
		defer now.Add(-1)
		for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
		}
		return c.Text("-")
	}).Named("work")
	var clients sync.WaitGroup
	var served atomic.Int64
	for range 16 {
		clients.Go(func() {
			for range 500 {
				if asked(app, "/work").Code == 200 {
					served.Add(1)
				}
			}
		})
	}
	clients.Wait()
	if most.Load() > limit || served.Load() == 0 {
		t.Errorf("%d at once, limit %d; %d served", most.Load(), limit, served.Load())
	}
}
