package retorttest_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/mail"
	"github.com/retort-go/retort/retorttest"
)

func newApp() *retort.App {
	app := retort.New(retort.Config{Debug: true, Logger: slog.New(slog.DiscardHandler),
		Templates: fstest.MapFS{"hello.html": {Data: []byte("Hello {{ name }}")}}})
	app.Get("/hello/<name>", func(c *retort.Ctx) error {
		if err := c.Flash("greeted"); err != nil {
			return err
		}
		return c.Render("hello.html", retort.Map{"name": c.Param("name")})
	}).Named("hello")
	app.Get("/count", func(c *retort.Ctx) error {
		n := c.Session().Int("n") + 1
		return errors.Join(c.Session().Set("n", n), c.Text(fmt.Sprint(n)))
	}).Named("count")
	app.Get("/boom", func(*retort.Ctx) error { return errors.New("boom") }).Named("boom")
	return app
}

func TestRecord(t *testing.T) {
	app := newApp()
	rendered := retorttest.Record(t, &app.TemplateRendered)
	flashed := retorttest.Record(t, &app.MessageFlashed)
	failed := retorttest.Record(t, &app.GotRequestException)
	client := retorttest.New(t, app)
	if got := rendered.Last(); got.Template != "" {
		t.Errorf("before anything: %v", got)
	}
	client.Get("/hello/Ada")
	client.Get("/hello/Bob")
	client.Get("/boom")
	all := rendered.All()
	if len(all) != 2 || all[0].Template != "hello.html" || rendered.Last().Data.(retort.Map)["name"] != "Bob" {
		t.Errorf("rendered: %v", all)
	}
	if len(flashed.All()) != 2 || flashed.Last().Message != "greeted" {
		t.Errorf("flashed: %v", flashed.All())
	}
	if got := failed.Last().Err; got == nil || got.Error() != "boom" {
		t.Errorf("failed: %v", got)
	}
}

// A recording ends with its test.
func TestRecordEnds(t *testing.T) {
	app := newApp()
	var rendered *retorttest.Recorded[retort.Rendering]
	t.Run("inner", func(t *testing.T) { rendered = retorttest.Record(t, &app.TemplateRendered) })
	retorttest.New(t, app).Get("/hello/Ada")
	if got := rendered.All(); len(got) != 0 {
		t.Errorf("recorded after its test: %v", got)
	}
}

// Tests need no clock of their own: in a synctest bubble all of Go's time is the
// test's.
func TestTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := retorttest.New(t, newApp())
		for _, step := range []struct {
			after time.Duration
			want  string
		}{{0, "1"}, {time.Hour, "2"}, {119 * time.Minute, "3"}, {2*time.Hour + time.Second, "1"}} {
			time.Sleep(step.after)
			if got := client.Get("/count").Body; got != step.want {
				t.Errorf("after %v: got %s, want %s", step.after, got, step.want)
			}
		}
	})
}

func TestSessionTransaction(t *testing.T) {
	client := retorttest.New(t, newApp())
	client.SessionTransaction(func(s *retort.Session) {
		if err := s.Set("n", 41); err != nil {
			t.Fatal(err)
		}
	})
	if got := client.Get("/count").Body; got != "42" || client.Session().Int("n") != 42 {
		t.Errorf("got %s, then %d", got, client.Session().Int("n"))
	}
}

func TestOutbox(t *testing.T) {
	var box retorttest.Outbox
	var sender mail.Sender = &box
	good := &mail.Message{From: "blog@example.com", To: []string{"ada@example.org"}, Subject: "Hi", Text: "Hello"}
	if err := sender.Send(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), &mail.Message{From: "x"}); err == nil {
		t.Error("it took a mail that cannot be sent")
	}
	box.Err = errors.New("down")
	if err := sender.Send(t.Context(), good); !errors.Is(err, box.Err) {
		t.Errorf("got %v", err)
	}
	if sent := box.Sent(); len(sent) != 1 || sent[0].Subject != "Hi" {
		t.Errorf("sent: %v", sent)
	}
}
