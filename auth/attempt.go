package auth

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/limit"
)

// Attempt lets somebody try to log in to an account, and counts: too many
// failures for the account or from the address are a 429, whoever is right by
// then included. Verify says whose id a right password belongs to, and "" or
// ErrNoUser for a wrong one or an unknown account alike; it should take as long
// for either.
//
// Attempt logs the user in when verify succeeds. It returns false, without an
// error, for a wrong password.
func (m *Manager[U]) Attempt(c *retort.Ctx, account string, verify func() (id string, err error)) (bool, error) {
	// The address first: beyond its limit it counts for no account, or else whoever
	// fails on purpose would lock everybody out.
	keys := [2]string{"address:" + limit.ByAddr(c.ClientIP()), "account:" + strings.ToLower(account)}
	// Counted before the password is looked at, and given back when it was right:
	// else a hundred guesses at the same moment would all be allowed.
	for _, key := range keys {
		d, err := m.cfg.Failures.Take(c.Context(), key)
		if err != nil {
			return false, err
		}
		if !d.Allowed {
			m.LoginFailed.Send(Event{Ctx: c, Account: account, Reason: tooMany})
			e := retort.Errorf(http.StatusTooManyRequests, "There were too many failed attempts to log in. Please wait before trying again.")
			e.Header = http.Header{"Retry-After": {strconv.Itoa(d.RetryAfter())}}
			return false, e
		}
	}
	id, err := verify()
	if isNoUser(err) || err == nil && id == "" {
		m.LoginFailed.Send(Event{Ctx: c, Account: account, Reason: wrong})
		return false, nil
	}
	for _, key := range keys {
		if _, failed := m.cfg.Failures.Return(c.Context(), key); failed != nil {
			return false, errors.Join(err, failed)
		}
	}
	if err != nil {
		return false, err // nothing was learnt of the password, so it was no failure
	}
	return true, m.Login(c, id)
}

func defaultFailures(now func() time.Time) *limit.Limiter {
	l, err := limit.New(limit.NewMemory(0, now), "login failures", limit.Rule{Kind: limit.Window, Limit: 10, Period: 15 * time.Minute})
	if err != nil {
		panic(err) // the rule above is sound
	}
	return l
}
