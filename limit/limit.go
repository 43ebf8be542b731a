// Package limit slows down who asks too often: guesses of a password, calls of
// an API, mails sent to somebody.
//
// A [Limiter] is a rule with a name; a [Store] holds what was taken, in this
// process or, for several, somewhere they share. There are two kinds of rule.
// [Bucket] lets a burst pass and then an even flow, for calls. [Window] never
// lets more than so many pass in any span of the period, wherever it begins,
// for guesses: the usual counters that are reset each period, or weighted
// between two, let nearly twice as many pass around the change.
//
// The number of keys and their length are bounded, since an attacker chooses them.
package limit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// A Kind is how a [Rule] counts.
type Kind uint8

const (
	Bucket Kind = iota // refills evenly, Limit in each Period, and holds Limit
	Window             // at most Limit in any span of Period
)

// A Rule says how often something may happen.
type Rule struct {
	Kind   Kind
	Limit  int // at least 1; for a Window at most 1000, since each is remembered
	Period time.Duration
}

const maxWindow = 1000

func (r Rule) check() error {
	switch {
	case r.Kind != Bucket && r.Kind != Window:
		return fmt.Errorf("limit: no kind %d", r.Kind)
	case r.Limit < 1 || r.Kind == Window && r.Limit > maxWindow || r.Limit > 1_000_000_000:
		return fmt.Errorf("limit: a limit of %d is out of range", r.Limit)
	case r.Period < time.Duration(r.Limit) || r.Period > 366*24*time.Hour:
		return fmt.Errorf("limit: a period of %v is out of range", r.Period)
	}
	return nil
}

// A Key names who is limited, and by what.
type Key struct {
	Name string // of the limiter
	ID   string // of the client, user, …; from a Limiter 71 bytes at most
}

// A Decision is the state of a key after a request was counted, or refused.
type Decision struct {
	Allowed   bool
	Remaining int           // how many more would pass now
	RetryIn   time.Duration // until one would pass again; 0 if one would now
}

// RetryAfter is RetryIn in whole seconds, rounded up, for the header of that
// name.
func (d Decision) RetryAfter() int { return int((d.RetryIn + time.Second - 1) / time.Second) }

// A Store holds what was taken. It may be used by many goroutines, and in one
// call decides and counts, so that of a hundred requests at once no more pass
// than of a hundred one after the other. What it must do in detail is what
// package limittest tests.
type Store interface {
	// Count counts n for key: 1 takes one if one is left, 0 only looks, and -1
	// gives back the one taken last. It is always called with the same rule for
	// a key's name. Looking tells by Allowed whether one would pass.
	Count(ctx context.Context, key Key, rule Rule, n int) (Decision, error)
}

// A Limiter holds clients to a rule.
type Limiter struct {
	store Store
	name  string
	rule  Rule
}

// New returns a limiter. Limiters of one store need different names.
func New(store Store, name string, rule Rule) (*Limiter, error) {
	if name == "" {
		return nil, errors.New("limit: a limiter needs a name")
	}
	if err := rule.check(); err != nil {
		return nil, fmt.Errorf("%w (limiter %s)", err, name)
	}
	return &Limiter{store, name, rule}, nil
}

// Take counts a request of id, if it may pass. An error is the store's; what
// then happens to the request is for the caller to say.
//
// To limit guesses, take before the password is checked, and [Limiter.Return]
// when it was right. Looking before and taking after would let all those pass
// that come at the same time.
func (l *Limiter) Take(ctx context.Context, id string) (Decision, error) {
	return l.store.Count(ctx, l.key(id), l.rule, 1)
}

// Look tells whether a request of id would pass, and counts nothing.
func (l *Limiter) Look(ctx context.Context, id string) (Decision, error) {
	return l.store.Count(ctx, l.key(id), l.rule, 0)
}

// Return gives back what Take took last, for requests that should not have
// counted.
func (l *Limiter) Return(ctx context.Context, id string) (Decision, error) {
	return l.store.Count(ctx, l.key(id), l.rule, -1)
}

// maxID is the longest id that stores see as it is. Ids are what anybody may send,
// such as the name tried at a login: a few thousand of a megabyte each would fill
// the memory.
const maxID = 64

func (l *Limiter) key(id string) Key {
	if len(id) > maxID {
		sum := sha256.Sum256([]byte(id))
		id = "sha256:" + hex.EncodeToString(sum[:]) // longer than maxID, so no other id is the same
	}
	return Key{l.name, id}
}

// ByAddr returns addr as the ID of a client: an IPv6 address without its last
// 64 bits, since whoever has one has all of those.
func ByAddr(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		return netip.PrefixFrom(addr, 64).Masked().String()
	}
	return addr.String()
}
