package redis_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/cache"
	"github.com/retort-go/retort/cache/cachetest"
	"github.com/retort-go/retort/ext/redis"
	"github.com/retort-go/retort/flask"
	"github.com/retort-go/retort/flask/flasktest"
	"github.com/retort-go/retort/limit"
	"github.com/retort-go/retort/limit/limittest"
	"github.com/retort-go/retort/retorttest"
)

var seed = flag.Uint64("seed", 1, "what the random sessions come from")

// missing skips the test, and fails it on CI.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// server is the address of a Redis to test with: REDIS_URL, or the one of this machine.
func server(t testing.TB) string {
	t.Helper()
	if u := os.Getenv("REDIS_URL"); u != "" {
		return u
	}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", "127.0.0.1:6379")
	if err != nil {
		missing(t, "no Redis answers on 127.0.0.1:6379 and REDIS_URL names none; nothing that needs one was tested")
	}
	_ = conn.Close()
	return "redis://127.0.0.1:6379"
}

// open returns a store whose keys are the test's own and go with it.
func open(t testing.TB) (*redis.Store, string) {
	t.Helper()
	prefix := "retort-test:" + flask.NewStoredID() + ":"
	s, err := redis.Open(redis.Config{URL: server(t), Prefix: prefix, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The test's own context is over by now.
		for _, key := range keys(t, context.Background(), s, prefix) {
			if err := s.Client().Del(context.Background(), key).Err(); err != nil {
				t.Error(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, prefix
}

// keys are those with a prefix, which holds nothing that is special to SCAN.
func keys(t testing.TB, ctx context.Context, s *redis.Store, prefix string) (found []string) { //nolint:revive // the context is not always t's
	t.Helper()
	each := s.Client().Scan(ctx, 0, prefix+"*", 1000).Iterator()
	for each.Next(ctx) {
		found = append(found, each.Val())
	}
	if err := each.Err(); err != nil {
		t.Error(err)
	}
	return found
}

// age lets time go by for what is stored, by taking it off what each key has left.
func age(t testing.TB, s *redis.Store, prefix string, d time.Duration) {
	t.Helper()
	for _, key := range keys(t, t.Context(), s, prefix) {
		left, err := s.Client().PTTL(t.Context(), key).Result()
		if err == nil && left > 0 {
			err = s.Client().PExpire(t.Context(), key, left-d).Err() // no time left means that it goes
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRevocations(t *testing.T) {
	s, prefix := open(t)
	retorttest.Revocations(t, s)
	if err := s.Revoke(t.Context(), "soon", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	age(t, s, prefix, 2*time.Hour)
	if left := keys(t, t.Context(), s, prefix); len(left) > 0 {
		t.Errorf("after the cookies have expired there is still %q", left)
	}
}

func TestCache(t *testing.T) {
	cachetest.Run(t, func(t *testing.T) cachetest.Clock {
		s, prefix := open(t)
		return cachetest.Clock{Store: s, Advance: func(d time.Duration) { age(t, s, prefix, d) }}
	})
}

// prefixed gives the sessions of a test a prefix of their own.
type prefixed struct {
	flask.SessionStore
	prefix string
}

func (p prefixed) LoadSession(ctx context.Context, key string, limit int) ([]byte, time.Duration, error) {
	return p.SessionStore.LoadSession(ctx, p.prefix+key, limit)
}
func (p prefixed) CreateSession(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return p.SessionStore.CreateSession(ctx, p.prefix+key, value, ttl)
}
func (p prefixed) ReplaceSession(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	return p.SessionStore.ReplaceSession(ctx, p.prefix+key, value, ttl)
}
func (p prefixed) TouchSession(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	return p.SessionStore.TouchSession(ctx, p.prefix+key, ttl)
}
func (p prefixed) DeleteSession(ctx context.Context, key string) error {
	return p.SessionStore.DeleteSession(ctx, p.prefix+key)
}

func TestSessionStore(t *testing.T) {
	flasktest.Run(t, func(t *testing.T) flasktest.Clock {
		s, prefix := open(t)
		return flasktest.Clock{Store: prefixed{s, prefix}, Advance: func(d time.Duration) { age(t, s, prefix, d) }}
	})
}

// A clock stands still until it is moved.
type clock struct{ t time.Time }

func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

func TestLimits(t *testing.T) {
	limittest.Run(t, func(t *testing.T) limittest.Clock {
		s, _ := open(t)
		c := &clock{time.Unix(1_700_000_000, 0)}
		s.SetClocks(c.now, c.now)
		return limittest.Clock{Store: s, Advance: c.advance}
	})
}

// Without a server the limits are the same, of each process.
func TestLimitsWithoutServer(t *testing.T) {
	limittest.Run(t, func(t *testing.T) limittest.Clock {
		s, err := redis.Open(redis.Config{URL: "unix://" + filepath.Join(t.TempDir(), "none"), Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		c := &clock{time.Unix(1_700_000_000, 0)}
		s.SetClocks(c.now, c.now)
		return limittest.Clock{Store: s, Advance: c.advance}
	})
}

// Two processes count together, by the server's clock, and what ran out is forgotten.
func TestLimitsShared(t *testing.T) {
	a, prefix := open(t)
	b, err := redis.Open(redis.Config{URL: server(t), Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	for _, rule := range []limit.Rule{{Kind: limit.Bucket, Limit: 10, Period: time.Hour}, {Kind: limit.Window, Limit: 10, Period: time.Hour}} {
		var wg sync.WaitGroup
		var mu sync.Mutex
		passed := 0
		for i := range 60 {
			wg.Go(func() {
				l, err := limit.New([]limit.Store{a, b}[i%2], "login", rule)
				if err != nil {
					t.Error(err)
					return
				}
				d, err := l.Take(t.Context(), "ada")
				if err != nil || d.RetryIn < 0 || d.RetryIn > rule.Period {
					t.Errorf("%+v, %v", d, err)
				}
				if d.Allowed {
					mu.Lock()
					passed++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if passed != rule.Limit {
			t.Errorf("kind %d: %d of 60 passed in two processes, want %d", rule.Kind, passed, rule.Limit)
		}
	}
	if got := keys(t, t.Context(), a, prefix); len(got) != 2 {
		t.Errorf("stored are %q, want one key for each kind", got)
	}
	age(t, a, prefix, time.Hour)
	if got := keys(t, t.Context(), a, prefix); len(got) != 0 {
		t.Errorf("after the period there is still %q", got)
	}
}

// A clock that is set back, as after a failover, must not keep anybody out for longer
// than a period, nor let anybody in.
func TestLimitsClockSetBack(t *testing.T) {
	for _, kind := range []limit.Kind{limit.Bucket, limit.Window} {
		s, _ := open(t)
		server, here := &clock{time.Unix(1_700_000_000, 0)}, &clock{time.Unix(1_700_000_000, 0)}
		s.SetClocks(server.now, here.now)
		l, err := limit.New(s, "x", limit.Rule{Kind: kind, Limit: 2, Period: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		take := func(want bool) {
			t.Helper()
			if d, err := l.Take(t.Context(), "a"); err != nil || d.Allowed != want || d.RetryIn > time.Minute {
				t.Errorf("kind %d: %+v, %v, want allowed %t", kind, d, err, want)
			}
		}
		take(true)
		take(true)
		server.advance(-time.Hour)
		take(false)
		server.advance(time.Minute)
		here.advance(time.Minute)
		take(true)
	}
}

// Names stay apart.
func TestLimitKeys(t *testing.T) {
	s, _ := open(t)
	rule := limit.Rule{Limit: 1, Period: time.Hour}
	for _, key := range []limit.Key{{Name: "a:b", ID: "c"}, {Name: "a", ID: "b:c"}} {
		if d, err := s.Count(t.Context(), key, rule, 1); err != nil || !d.Allowed {
			t.Errorf("%v: %+v, %v", key, d, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "REDIS_URL",
		"http://127.0.0.1":              "scheme",
		"redis://:hunter2@host:port":    "Config.URL",
		"redis://:hunter2@h/x":          "Config.URL",
		"redis://:hunter2\x7f@h":        "Config.URL",
		"redis://h?no_such_option=1":    "no_such_option",
		"redis://:hunter2@h?db=hunter2": "Config.URL",
	} {
		s, err := redis.Open(redis.Config{URL: in})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), ":hunter2@") {
			t.Errorf("Open(%q) = %v, want an error with %q and no password", in, err, want)
		}
		if err == nil {
			_ = s.Close()
		}
	}
}

// Settings come from the environment as an app's do.
func TestConfigFromEnvironment(t *testing.T) {
	t.Setenv("REDIS_URL", "redis://cache.example")
	t.Setenv("REDIS_PREFIX", "shop:")
	var cfg redis.Config
	if err := retort.Load(&cfg, retort.Env("REDIS")); err != nil || cfg.URL != "redis://cache.example" || cfg.Prefix != "shop:" {
		t.Errorf("got %+v, %v", cfg, err)
	}
}

// A process is a Redis of the test's own, which can die.
type process struct {
	t      *testing.T
	socket string
	cmd    *exec.Cmd
}

func startProcess(t *testing.T) *process {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		missing(t, "there is no redis-server to be killed (Debian: redis-server); its loss was not tested")
	}
	p := &process{t: t, socket: filepath.Join(t.TempDir(), "s")}
	t.Cleanup(p.kill)
	p.start()
	return p
}

// start returns when the server answers.
func (p *process) start() {
	p.t.Helper()
	dir := filepath.Dir(p.socket)
	p.cmd = exec.Command("redis-server", "--port", "0", "--unixsocket", p.socket, "--dir", dir, "--appendonly", "yes", "--appendfsync", "always", "--save", "") // it outlives t's context, to be killed by Cleanup
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	var log bytes.Buffer
	buf := make([]byte, 4096)
	for !strings.Contains(log.String(), "ready to accept connections") {
		n, err := out.Read(buf)
		if log.Write(buf[:n]); err != nil {
			p.t.Fatalf("redis-server ended: %s", &log)
		}
	}
}

func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	p.cmd = nil
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// The server dies under load, three times, and once it hangs. Pages that need a
// session are a 503 that says nothing of the reason, limits hold, other pages and the
// cache go on, and when it is back everybody is logged in as before.
func TestServerLost(t *testing.T) {
	p := startProcess(t)
	var log logBuffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	s, err := redis.Open(redis.Config{URL: "unix://" + p.socket, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	client, ended := revokingApp(t, s, logger)
	foreign := flaskApp(t, s, logger)
	search := retorttest.New(t, client.App)

	outages := []struct{ begin, end func() }{
		{p.kill, p.start}, {p.kill, p.start}, {p.kill, p.start},
		{func() { p.signal(syscall.SIGSTOP) }, func() { p.signal(syscall.SIGCONT) }},
	}
	for i, outage := range outages {
		for _, c := range []*retorttest.Client{client, foreign} {
			if r := c.Get("/read"); r.Status != 200 || r.Body != "ada" {
				t.Fatalf("outage %d: before it: got %d %q", i, r.Status, r.Body)
			}
		}
		if r := search.Get(fmt.Sprintf("/limited/%d", i)); r.Status != 200 {
			t.Errorf("outage %d: the first of two: got %d", i, r.Status)
		}
		stop := load(t, client.App)
		outage.begin()
		for _, c := range []*retorttest.Client{client, foreign, ended} {
			r := c.Get("/read")
			if r.Status != 503 || r.Header.Get("Set-Cookie") != "" || r.Header.Get("Retry-After") == "" || strings.Contains(r.Body, p.socket) {
				t.Errorf("outage %d: a page that needs the session: got %d %v %s", i, r.Status, r.Header, r.Body)
			}
		}
		if r := foreign.Post("/logout", map[string][]string{"csrf_token": {"x"}}); r.Status != 503 || r.Header.Get("Set-Cookie") != "" {
			t.Errorf("outage %d: logging out: got %d", i, r.Status)
		}
		for _, path := range []string{"/plain", "/cached"} {
			if r := client.Get(path); r.Status != 200 {
				t.Errorf("outage %d: %s: got %d", i, path, r.Status)
			}
		}
		for _, want := range []int{200, 429} { // one was counted before
			if r := search.Get(fmt.Sprintf("/limited/%d", i)); r.Status != want {
				t.Errorf("outage %d: a limit of two: got %d, want %d", i, r.Status, want)
			}
		}
		if err := s.Ping(t.Context()); err == nil {
			t.Errorf("outage %d: Ping finds nothing wrong", i)
		}
		stop()
		outage.end()
		answers(t, s)
		for _, c := range []*retorttest.Client{client, foreign} {
			if r := c.Get("/read"); r.Status != 200 || r.Body != "ada" {
				t.Errorf("outage %d: after it: got %d %q", i, r.Status, r.Body)
			}
		}
		if r := ended.Get("/read"); r.Body != "" {
			t.Errorf("outage %d: a session that was ended is back: %q", i, r.Body)
		}
	}
	gone, back := strings.Count(log.String(), "redis does not answer"), strings.Count(log.String(), "redis answers again")
	if gone < len(outages) || back != gone {
		t.Errorf("the log says %d times that the server has gone, %d times that it is back; want %d:\n%s", gone, back, len(outages), &log)
	}
}

// What passed while the server was gone counts when it is back.
func TestLimitAfterOutage(t *testing.T) {
	p := startProcess(t)
	s, err := redis.Open(redis.Config{URL: "unix://" + p.socket, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, kind := range []limit.Kind{limit.Bucket, limit.Window} {
		l, err := limit.New(s, fmt.Sprint("login", kind), limit.Rule{Kind: kind, Limit: 2, Period: 24 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		p.kill()
		for range 2 {
			if d, err := l.Take(t.Context(), "ada"); err != nil || !d.Allowed {
				t.Errorf("kind %d, during the outage: got %+v, %v", kind, d, err)
			}
		}
		p.start()
		answers(t, s)
		for _, ask := range []func(context.Context, string) (limit.Decision, error){l.Look, l.Take, l.Look} {
			if d, err := ask(t.Context(), "ada"); err != nil || d.Allowed || d.RetryIn <= 0 {
				t.Errorf("kind %d, after it: got %+v, %v; want no third", kind, d, err)
			}
		}
	}
}

// answers waits until the server is found again: connections are tried once a second.
func answers(t *testing.T, s *redis.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for s.Ping(ctx) != nil {
		if ctx.Err() != nil {
			t.Fatal("the server was not found again")
		}
	}
}

// load asks for pages from several sides until it is stopped. None is a 500.
func load(t *testing.T, app *retort.App) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i := range 4 {
		c := retorttest.New(t, app)
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if r := c.Get(fmt.Sprintf("/login/user%d", n)); r.Status != 200 && r.Status != 503 {
					t.Errorf("under load, side %d: got %d", i, r.Status)
				}
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

const key = "Vb0-nJ3xq2LmT8sYw5RkZ7cPfHd1GuE4aQo9XiN6tWs"

// revokingApp has Retort's own sessions, ended ones in the store, limits and a cache.
// It returns a client who is logged in and one with a copy of a session that was
// ended.
func revokingApp(t *testing.T, s *redis.Store, logger *slog.Logger) (client, ended *retorttest.Client) {
	t.Helper()
	app := retort.New(retort.Config{SecretKey: []byte(key), Revocations: s, Logger: logger})
	pages := cache.Cache{Store: s}
	addPages(app)
	app.Get("/plain", func(c *retort.Ctx) error { return c.Text("-") }).Named("plain")
	app.Get("/cached", func(c *retort.Ctx) error { return c.Text("-") }).Named("cached").With(pages.View(time.Hour))
	for i := range 4 {
		l, err := limit.New(s, fmt.Sprint("search", i), limit.Rule{Kind: limit.Window, Limit: 2, Period: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		app.Get(fmt.Sprint("/limited/", i), func(c *retort.Ctx) error { return c.Text("-") }).Named(fmt.Sprint("limited", i)).Limit(l)
	}
	client, ended = retorttest.New(t, app), retorttest.New(t, app)
	client.Get("/login/ada")
	leaver := retorttest.New(t, app)
	leaver.Get("/login/eve")
	copied := leaver.Cookies()
	leaver.Post("/logout", nil)
	for _, c := range copied {
		c.Path = "/"
		ended.SetCookie(c)
	}
	return client, ended
}

// flaskApp has the sessions of a Flask application, and returns a client who is
// logged in.
func flaskApp(t *testing.T, s *redis.Store, logger *slog.Logger) *retorttest.Client {
	t.Helper()
	sessions, err := flask.NewStoredSessions(flask.StoredConfig{SessionConfig: flask.SessionConfig{SecretKey: []byte(key)}, Store: s})
	if err != nil {
		t.Fatal(err)
	}
	app := retort.New(retort.Config{SecretKey: []byte(key), InsecureSHA1Sessions: sessions, Logger: logger})
	addPages(app)
	client := retorttest.New(t, app)
	client.Get("/login/ada")
	return client
}

func addPages(app *retort.App) {
	app.Get("/read", func(c *retort.Ctx) error { return c.Text(c.Session().String("user")) }).Named("read")
	app.Get("/login/<user>", func(c *retort.Ctx) error {
		c.Session().Renew()
		return errors.Join(c.Session().Set("user", c.Param("user")), c.Text("-"))
	}).Named("login")
	app.Post("/logout", func(c *retort.Ctx) error { c.Session().Clear(); return c.Text("-") }).Named("logout")
}
