// Package redis keeps in a Redis server what several processes of an app share: its
// ended sessions, its limits, its cache, and the sessions of a Flask application
// beside it.
//
//	shared, err := redis.Open(redis.Config{URL: "redis://cache.example:6379", Prefix: "shop:"})
//	…
//	cfg.Revocations = shared
//	logins, err := limit.New(shared, "login", rule)
//	pages := cache.Cache{Store: shared}
//
// It is a module of its own because of go-redis, which speaks the protocol and keeps
// the connections.
//
// A server that shares state is a server that can be gone, and each use has its own
// answer to that, none of them a 500 and none of them an open door. Pages that need
// to know of a session are a 503. Limits go on in each process by itself, with what
// it has let pass until then already counted. What would come from the cache is made
// again. No request waits for longer than a second for an answer of the server, and
// when it is back, so is everything else, without a restart.
//
// The server must not forget by itself: with a maxmemory-policy other than
// noeviction a session that was ended can come back to life, and without
// appendonly a restart of the server does the same to all of them.
package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cache"
	"github.com/retort-go/retort/flask"
	"github.com/retort-go/retort/limit"
)

// Config says where the server is. retort.Load(&cfg, retort.Env("REDIS")) reads it
// from REDIS_URL and REDIS_PREFIX.
type Config struct {
	// URL is the server's address: "redis://user:password@host:6379/0", "rediss://…"
	// for TLS, or "unix:///run/redis.sock?db=0". It is required. Further options of
	// go-redis may follow as a query, as in "?pool_size=50".
	URL string

	// Prefix begins the keys, so that several apps can share a server. The sessions
	// of Flask have one of their own, flask.StoredConfig.KeyPrefix.
	Prefix string

	// Logger is told when the server goes and when it is back; nil means
	// slog.Default.
	Logger *slog.Logger
}

// A Store is a [retort.Revocations], a [limit.Store], a [cache.Store] and a
// [flask.SessionStore], all in one server. It is safe for concurrent use.
type Store struct {
	client *goredis.Client
	prefix string
	log    *slog.Logger
	outage outage
	local  *limit.Memory    // of limits, for as long as the server is gone
	now    func() time.Time // of limits; nil means the server's clock
}

var (
	_ retort.Revocations = (*Store)(nil)
	_ limit.Store        = (*Store)(nil)
	_ cache.Store        = (*Store)(nil)
	_ flask.SessionStore = (*Store)(nil)
)

// patience is how long a request waits for the server in all, connecting and trying
// again included.
const patience = time.Second

// Open returns a store in the server at cfg.URL. It does not wait for it: an app
// starts without its server, and finds it when it is there. [Store.Ping] tells.
func Open(cfg Config) (*Store, error) {
	if cfg.URL == "" {
		return nil, errors.New("redis: Config.URL is empty; set REDIS_URL, as in redis://127.0.0.1:6379")
	}
	options, err := goredis.ParseURL(cfg.URL)
	if err != nil {
		if bad, ok := errors.AsType[*url.Error](err); ok {
			err = bad.Err // without the URL, which may hold a password
		}
		return nil, fmt.Errorf("redis: Config.URL: %w", err)
	}
	options.DialTimeout = cmp.Or(options.DialTimeout, patience)
	options.ReadTimeout = cmp.Or(options.ReadTimeout, patience)
	options.WriteTimeout = cmp.Or(options.WriteTimeout, patience)
	options.PoolTimeout = cmp.Or(options.PoolTimeout, patience)
	options.ContextTimeoutEnabled = true
	options.MaxRetries = cmp.Or(options.MaxRetries, 1) // a connection that broke while it was idle costs nothing
	options.DialerRetries = 1
	options.PipelinePoolSize = -1 // one pool is enough
	options.Protocol = cmp.Or(options.Protocol, 2)
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &Store{
		client: goredis.NewClient(options),
		prefix: cfg.Prefix,
		log:    cmp.Or(cfg.Logger, slog.Default()),
		outage: outage{start: time.Now()},
		local:  limit.NewMemory(0, nil),
	}, nil
}

// Ping reports whether the server answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.ask(ctx, func(ctx context.Context) error { return s.client.Ping(ctx).Err() })
}

// Close closes the connections. Use it with [retort.App.OnClose].
func (s *Store) Close() error { return s.client.Close() }

// do calls f, unless the server is taken for gone.
func (s *Store) do(ctx context.Context, f func(ctx context.Context) error) error {
	if s.outage.refuses() {
		return errGone
	}
	return s.ask(ctx, f)
}

// ask calls f with a context that lasts as long as the patience. It does not end with
// the request's: who hangs up in the middle is logged out, and counted, all the same.
func (s *Store) ask(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := f(ctx)
	answered := err == nil || errors.Is(err, goredis.Nil) || wrongType(err)
	switch s.outage.note(answered) {
	case began:
		s.log.Error("redis does not answer: sessions cannot be looked up, limits are counted in this process, nothing is cached", "error", err)
	case ended:
		s.log.Info("redis answers again")
	}
	if err == nil || errors.Is(err, goredis.Nil) {
		return err
	}
	return fmt.Errorf("redis: %w", err)
}

// wrongType reports whether the server has something else under a key: an answer like
// any other, and one that a visitor may bring about who makes up the id of a session.
func wrongType(err error) bool { return goredis.HasErrorPrefix(err, "WRONGTYPE") }
