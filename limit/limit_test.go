package limit_test

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/limit"
	"github.com/retort-go/retort/limit/limittest"
)

// A clock stands still until it is moved.
type clock struct{ t time.Time }

func newClock() *clock                   { return &clock{time.Unix(1_700_000_000, 0)} }
func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

func TestMemory(t *testing.T) {
	limittest.Run(t, func(*testing.T) limittest.Clock {
		c := newClock()
		return limittest.Clock{Store: limit.NewMemory(0, c.now), Advance: c.advance}
	})
}

// must is for calls whose decision a test does not need.
func must(t testing.TB) func(limit.Decision, error) {
	return func(_ limit.Decision, err error) {
		if err != nil {
			t.Error(err)
		}
	}
}

// A flood of keys must take neither the memory nor, by driving it out, the
// count of the account that is being guessed.
func TestMemoryFlood(t *testing.T) {
	for _, kind := range []limit.Kind{limit.Bucket, limit.Window} {
		c := newClock()
		m := limit.NewMemory(1600, c.now)
		l, err := limit.New(m, "login", limit.Rule{Kind: kind, Limit: 10, Period: 15 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			must(t)(l.Take(t.Context(), "alice"))
		}
		for i := range 100_000 {
			must(t)(l.Take(t.Context(), fmt.Sprint("guess", i)))
		}
		if n := m.Len(); n > 1600 {
			t.Errorf("kind %d: %d keys, want at most 1600", kind, n)
		}
		if d, err := l.Take(t.Context(), "alice"); err != nil || d.Allowed {
			t.Errorf("kind %d: after a flood of other keys alice has %+v, %v", kind, d, err)
		}
	}
}

// Keys that ran out go away by and by, though there is room.
func TestMemoryShrinks(t *testing.T) {
	c := newClock()
	m := limit.NewMemory(0, c.now)
	l, err := limit.New(m, "api", limit.Rule{Limit: 10, Period: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		must(t)(l.Take(t.Context(), fmt.Sprint("old", i)))
	}
	c.advance(time.Hour)
	for i := range 2000 {
		must(t)(l.Take(t.Context(), fmt.Sprint("new", i)))
	}
	if n := m.Len(); n < 2000 || n > 3000 {
		t.Errorf("%d keys, of which 2000 count", n)
	}
}

// An id is often a part of what a client sent, which must not stay with it.
func TestMemoryKeepsNoMore(t *testing.T) {
	m := limit.NewMemory(0, nil)
	l, err := limit.New(m, "login", limit.Rule{Limit: 1, Period: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	heap := func() uint64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before := heap()
	const bodies, size = 32, 1 << 20
	for i := range bodies {
		body := fmt.Sprintf("%08d", i) + strings.Repeat("x", size)
		must(t)(l.Take(t.Context(), body[:8]))
	}
	if more := int64(heap()) - int64(before); more > bodies*size/2 {
		t.Errorf("%d bytes are held for %d short ids", more, bodies)
	}
	if m.Len() != bodies {
		t.Errorf("%d keys are held, want %d", m.Len(), bodies)
	}
}

// Looking and giving back must not fill the store.
func TestMemoryLookHoldsNothing(t *testing.T) {
	m := limit.NewMemory(0, newClock().now)
	l, err := limit.New(m, "api", limit.Rule{Limit: 1, Period: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	must(t)(l.Look(t.Context(), "a"))
	must(t)(l.Return(t.Context(), "b"))
	if n := m.Len(); n != 0 {
		t.Errorf("%d keys, want 0", n)
	}
}

// A clock that is set back must not keep anybody out for longer than a period,
// nor let anybody in.
func TestMemoryClockSetBack(t *testing.T) {
	for _, kind := range []limit.Kind{limit.Bucket, limit.Window} {
		c := newClock()
		c.advance(time.Hour)
		l, err := limit.New(limit.NewMemory(0, c.now), "x", limit.Rule{Kind: kind, Limit: 2, Period: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		must(t)(l.Take(t.Context(), "a"))
		c.advance(-30 * time.Second)
		must(t)(l.Take(t.Context(), "a"))
		if d, err := l.Take(t.Context(), "a"); err != nil || d.Allowed {
			t.Errorf("kind %d: %+v, %v", kind, d, err)
		}
		c.advance(30*time.Second + time.Minute)
		if d, err := l.Take(t.Context(), "a"); err != nil || !d.Allowed {
			t.Errorf("kind %d: a minute later: %+v, %v", kind, d, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	m := limit.NewMemory(0, nil)
	for _, tt := range []struct {
		name string
		rule limit.Rule
		want string
	}{
		{"", limit.Rule{Limit: 1, Period: 1}, "needs a name"},
		{"x", limit.Rule{}, "limit of 0"},
		{"x", limit.Rule{Limit: -1, Period: time.Second}, "limit of -1"},
		{"x", limit.Rule{Limit: 1}, "period of 0s"},
		{"x", limit.Rule{Limit: 1, Period: -1}, "period of -1ns"},
		{"x", limit.Rule{Limit: 1000, Period: 999}, "period of 999ns"},
		{"x", limit.Rule{Limit: 1, Period: 10000 * time.Hour}, "period of 10000h"},
		{"x", limit.Rule{Limit: 1, Period: 366*24*time.Hour + 1}, "period of 8784h0m0.000000001s"},
		{"x", limit.Rule{Limit: 1_000_000_001, Period: time.Hour}, "limit of 1000000001"},
		{"x", limit.Rule{Kind: limit.Window, Limit: 1001, Period: time.Hour}, "limit of 1001"},
		{"x", limit.Rule{Kind: 7, Limit: 1, Period: time.Hour}, "kind 7"},
	} {
		if _, err := limit.New(m, tt.name, tt.rule); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("New(%q, %+v) error = %v, want one with %q", tt.name, tt.rule, err, tt.want)
		}
	}
}

func TestNewTakes(t *testing.T) {
	for _, rule := range []limit.Rule{
		{Limit: 1000, Period: 1000}, {Limit: 1, Period: 366 * 24 * time.Hour}, {Limit: 1_000_000_000, Period: time.Hour},
		{Limit: 1001, Period: time.Hour}, {Kind: limit.Window, Limit: 1000, Period: time.Hour},
	} {
		if _, err := limit.New(limit.NewMemory(0, nil), "x", rule); err != nil {
			t.Errorf("%+v: %v", rule, err)
		}
	}
}

// ids is a store that only notes the keys it is asked for.
type ids []string

func (s *ids) Count(_ context.Context, key limit.Key, _ limit.Rule, _ int) (limit.Decision, error) {
	*s = append(*s, key.ID)
	return limit.Decision{}, nil
}

// A name that is tried at a login is as long as an attacker likes: no store keeps it.
func TestLongIDs(t *testing.T) {
	var s ids
	l, err := limit.New(&s, "login", limit.Rule{Limit: 1, Period: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	short := strings.Repeat("x", 64)
	for _, id := range []string{short, short + "x", strings.Repeat("x", 1<<20), short + "x"} {
		must(t)(l.Take(t.Context(), id))
		must(t)(l.Look(t.Context(), id))
		must(t)(l.Return(t.Context(), id))
	}
	for i, id := range s {
		if len(id) > 80 || s[i-i%3] != id {
			t.Errorf("the store was given %.100q of %d bytes", id, len(id))
		}
	}
	if s[0] != short || s[3] == s[6] || s[3] != s[9] {
		t.Errorf("got %q, want short ids as they are and others told apart", s)
	}
}

func TestRetryAfter(t *testing.T) {
	for in, want := range map[time.Duration]int{0: 0, 1: 1, time.Second: 1, time.Second + 1: 2, 15 * time.Minute: 900} {
		if got := (limit.Decision{RetryIn: in}).RetryAfter(); got != want {
			t.Errorf("RetryAfter of %v = %d, want %d", in, got, want)
		}
	}
}

// Who has one IPv6 address has 2⁶⁴.
func TestByAddr(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1":               "192.0.2.1",
		"::ffff:192.0.2.1":        "192.0.2.1",
		"2001:db8:1:2:3:4:5:6":    "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:3::1":         "2001:db8:1:3::/64",
		"fe80::1%eth0":            "fe80::/64",
		"::1":                     "::/64",
	} {
		if got := limit.ByAddr(netip.MustParseAddr(in)); got != want {
			t.Errorf("ByAddr(%s) = %s, want %s", in, got, want)
		}
	}
	if got := limit.ByAddr(netip.Addr{}); got != "invalid IP" {
		t.Errorf("ByAddr of no address = %s", got)
	}
}

func TestAllocs(t *testing.T) {
	for _, kind := range []limit.Kind{limit.Bucket, limit.Window} {
		l, err := limit.New(limit.NewMemory(0, nil), "x", limit.Rule{Kind: kind, Limit: 1000, Period: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			must(t)(l.Take(t.Context(), "a"))
		}
		ctx := t.Context()
		if got := testing.AllocsPerRun(100, func() { must(t)(l.Take(ctx, "a")) }); got != 0 {
			t.Errorf("kind %d: Take of a known key: %v allocations, want 0", kind, got)
		}
	}
}

// A login: ten failures in a quarter of an hour, for an account and for an
// address; successes do not count.
func Example() {
	now := time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC)
	store := limit.NewMemory(0, func() time.Time { return now }) // nil in a program
	logins, err := limit.New(store, "login", limit.Rule{Kind: limit.Window, Limit: 10, Period: 15 * time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}
	login := func(ctx context.Context, user, password string) string {
		d, err := logins.Take(ctx, user)
		if err != nil || !d.Allowed {
			return fmt.Sprintf("429, Retry-After: %d", d.RetryAfter())
		}
		if password != "right" {
			return "wrong"
		}
		if _, err := logins.Return(ctx, user); err != nil {
			return err.Error()
		}
		return "welcome"
	}

	ctx := context.Background()
	fmt.Println(login(ctx, "alice", "right"))
	for range 9 {
		login(ctx, "alice", "guess")
	}
	fmt.Println(login(ctx, "alice", "guess"))
	now = now.Add(time.Minute)
	fmt.Println(login(ctx, "alice", "right"))
	now = now.Add(14 * time.Minute)
	fmt.Println(login(ctx, "alice", "right"))
	// Output:
	// welcome
	// wrong
	// 429, Retry-After: 840
	// welcome
}

func BenchmarkTake(b *testing.B) {
	l, err := limit.New(limit.NewMemory(0, nil), "x", limit.Rule{Limit: 1000, Period: time.Second})
	if err != nil {
		b.Fatal(err)
	}
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = fmt.Sprint("client", i)
	}
	ctx, i := b.Context(), 0
	b.ReportAllocs()
	for b.Loop() {
		must(b)(l.Take(ctx, ids[i%len(ids)]))
		i++
	}
}

func BenchmarkTakeFlood(b *testing.B) {
	l, err := limit.New(limit.NewMemory(1024, nil), "x", limit.Rule{Limit: 10, Period: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	ids := make([]string, 100_000)
	for i := range ids {
		ids[i] = fmt.Sprint("client", i)
	}
	ctx, i := b.Context(), 0
	b.ReportAllocs()
	for b.Loop() {
		must(b)(l.Take(ctx, ids[i%len(ids)]))
		i++
	}
}
