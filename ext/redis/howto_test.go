package redis_test

import (
	"log/slog"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cache"
	"github.com/retort-go/retort/ext/redis"
	"github.com/retort-go/retort/flask"
	"github.com/retort-go/retort/limit"
	"github.com/retort-go/retort/retorttest"
)

// docs: settings

type Settings struct {
	retort.Config
	RedisURL    string // REDIS_URL
	RedisPrefix string // REDIS_PREFIX
}

// docs: end

// docs: app

func newShop(s Settings) (*retort.App, error) {
	shared, err := redis.Open(redis.Config{URL: s.RedisURL, Prefix: s.RedisPrefix, Logger: s.Logger})
	if err != nil {
		return nil, err
	}
	s.Revocations = shared // a logout ends the session in every process
	app := retort.New(s.Config)
	app.OnClose(shared.Close)

	searches, err := limit.New(shared, "search", limit.Rule{Limit: 3, Period: time.Minute})
	if err != nil {
		return nil, err
	}
	app.Get("/search", search).Limit(searches)

	pages := cache.Cache{Store: shared}
	app.Get("/stats", stats).With(pages.View(time.Minute))
	return app, nil
}

// docs: end

// docs: flask

func newHalf(s Settings) (*retort.App, error) {
	shared, err := redis.Open(redis.Config{URL: s.RedisURL, Logger: s.Logger})
	if err != nil {
		return nil, err
	}
	s.InsecureSHA1Sessions, err = flask.NewStoredSessions(flask.StoredConfig{
		SessionConfig: flask.SessionConfig{SecretKey: s.SecretKey},
		Store:         shared,
	})
	if err != nil {
		return nil, err
	}
	app := retort.New(s.Config)
	app.OnClose(shared.Close)
	return app, nil
}

// docs: end

func search(c *retort.Ctx) error { return c.Text("found " + c.Query("q")) }

var counted atomic.Int64

func stats(c *retort.Ctx) error { return c.Text(strconv.FormatInt(counted.Add(1), 10)) }

// The app of docs/howto/redis.md, in two processes.
func TestHowTo(t *testing.T) {
	_, prefix := open(t)
	s := Settings{RedisURL: server(t), RedisPrefix: prefix}
	s.SecretKey, s.Logger = []byte(key), slog.New(slog.DiscardHandler)
	var sides []*retorttest.Client
	for range 2 {
		app, err := newShop(s)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := app.Close(); err != nil {
				t.Error(err)
			}
		}()
		sides = append(sides, retorttest.New(t, app))
	}
	for i, want := range []int{200, 200, 200, 429} {
		if r := sides[i%2].Get("/search"); r.Status != want {
			t.Errorf("search %d: got %d, want %d", i, r.Status, want)
		}
	}
	if a, b := sides[0].Get("/stats").Body, sides[1].Get("/stats").Body; a != "1" || b != "1" {
		t.Errorf("the page was made for each process: %q, %q", a, b)
	}
	app, err := newHalf(s)
	if err != nil {
		t.Fatal(err)
	}
	app.Get("/", func(c *retort.Ctx) error { return c.Text("-") }).Named("index")
	if r := retorttest.New(t, app).Get("/"); r.Status != 200 {
		t.Errorf("beside Flask: %d", r.Status)
	}
	if err := app.Close(); err != nil {
		t.Error(err)
	}
}
