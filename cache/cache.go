// Package cache keeps what is dear to make: whole answers of handlers, and
// results of functions.
//
//	pages := cache.Cache{Store: cache.NewMemory(64 << 20)}
//	app.Get("/stats", stats).With(pages.View(time.Minute))
//	price := cache.Memoize(pages, "price", time.Hour, lookUpPrice)
//
// What it will not do is the point of it. A view that was made for one visitor is
// never kept: one that looked at the session, set a cookie, used the page's nonce
// or answered a request with credentials. Flask-Caching keeps such a page, and
// gives it to the next visitor. And what is kept is JSON or plain bytes, not
// objects that run code when they are read, so a store that others can write to
// is no way into the program.
//
// [Memory] is the store in this process. [Store] is small, so that one which many
// processes share is easily had.
package cache

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// A Store keeps values until they are too old, or until it needs their place. It
// is used by many goroutines at once. A value must not be changed by either side.
// What it must do in detail is what package cachetest tests.
type Store interface {
	// Get returns the value of key, and whether there is one.
	Get(ctx context.Context, key string) ([]byte, bool, error)
	// Set keeps value for at most ttl.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Delete forgets key, if it is there.
	Delete(ctx context.Context, key string) error
}

// A Cache is a store with a part of its own in it.
type Cache struct {
	Store Store

	// Prefix begins the keys, so that several apps can share a store.
	Prefix string
}

// Memoize returns a function that keeps the results of f for ttl, by its
// argument: a value whose fmt.Sprintf("%#v") tells it from others, such as a
// string, a number or a struct of those. Errors are not kept. While f runs for an
// argument, others who ask for the same wait for its result instead of running it
// too. A store that fails is an error to nobody: f runs.
//
// Name tells the functions of one cache apart. Results are kept as JSON.
func Memoize[K comparable, V any](c Cache, name string, ttl time.Duration, f func(ctx context.Context, arg K) (V, error)) func(ctx context.Context, arg K) (V, error) {
	var flights flights[K, V]
	return func(ctx context.Context, arg K) (V, error) {
		key := c.memoKey(name, arg)
		var v V
		if data, ok, err := c.Store.Get(ctx, key); err == nil && ok && json.Unmarshal(data, &v) == nil {
			return v, nil
		}
		return flights.do(ctx, arg, func() (V, error) {
			v, err := f(ctx, arg)
			if err != nil {
				return v, err
			}
			data, err := json.Marshal(v)
			if err != nil {
				return v, fmt.Errorf("cache: result of %s: %w", name, err)
			}
			_ = c.Store.Set(ctx, key, data, ttl) // what cannot be kept is made again
			return v, nil
		})
	}
}

// Forget drops what a memoized function returned for arg.
func Forget[K comparable](ctx context.Context, c Cache, name string, arg K) error {
	return c.Store.Delete(ctx, c.memoKey(name, arg))
}

func (c Cache) memoKey(name string, arg any) string {
	return fmt.Sprintf("%smemo:%q:%#v", c.Prefix, name, arg)
}

// flights lets one call run for each argument at a time.
type flights[K comparable, V any] struct {
	mu    sync.Mutex
	calls map[K]*flight[V]
}

type flight[V any] struct {
	done chan struct{}
	v    V
	err  error
	ok   bool // f returned, it did not panic
}

func (f *flights[K, V]) do(ctx context.Context, arg K, run func() (V, error)) (V, error) {
	var zero V
	for {
		f.mu.Lock()
		other := f.calls[arg]
		if other == nil {
			break
		}
		f.mu.Unlock()
		select {
		case <-other.done:
		case <-ctx.Done():
			return zero, ctx.Err()
		}
		if other.ok && other.err == nil {
			return other.v, nil
		}
		// Another's failure may be only his: his request went away.
		if err := ctx.Err(); err != nil {
			return zero, err
		}
	}
	own := &flight[V]{done: make(chan struct{})}
	if f.calls == nil {
		f.calls = map[K]*flight[V]{}
	}
	f.calls[arg] = own
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.calls, arg)
		f.mu.Unlock()
		close(own.done)
	}()
	own.v, own.err = run()
	own.ok = true
	return own.v, own.err
}
