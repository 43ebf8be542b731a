package redis

import (
	"context"
	_ "embed" // for the scripts below
	"errors"
	"net/url"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/retort-go/retort/limit"
)

// Each script decides and counts in one step of the server's, by the server's clock:
// of a hundred requests at once in ten processes no more pass than of a hundred one
// after the other, and processes whose clocks differ agree.
var (
	//go:embed bucket.lua
	bucketLua string
	//go:embed window.lua
	windowLua string

	bucketScript = goredis.NewScript(bucketLua)
	windowScript = goredis.NewScript(windowLua)
)

// Count implements [limit.Store]. It does not fail: where the server does not answer,
// this process counts by itself, which for n processes is a limit n times as high at
// worst, neither none nor zero.
func (s *Store) Count(ctx context.Context, key limit.Key, rule limit.Rule, n int) (limit.Decision, error) {
	count := s.countBucket
	if rule.Kind == limit.Window {
		count = s.countWindow
	}
	var d limit.Decision
	err := s.do(ctx, func(ctx context.Context) (err error) {
		d, err = count(ctx, key, rule, n)
		return err
	})
	if err == nil && !d.Allowed {
		return d, nil
	}
	// Counted here as well: whoever brings the server down wins nothing by it, and
	// what passed while it was gone still counts when it is back.
	here, hereErr := s.local.Count(ctx, key, rule, n)
	if err != nil || !here.Allowed {
		return here, hereErr
	}
	return d, nil
}

// limitKey is the key of a limit. The name is escaped, so that it ends at the colon.
func (s *Store) limitKey(kind string, key limit.Key) string {
	return s.prefix + "limit:" + kind + ":" + url.QueryEscape(key.Name) + ":" + key.ID
}

// clock is the time in microseconds, or empty for the server's own.
func (s *Store) clock() any {
	if s.now == nil {
		return ""
	}
	return s.now().UnixMicro()
}

// countBucket does as [limit.Memory] does.
func (s *Store) countBucket(ctx context.Context, key limit.Key, rule limit.Rule, n int) (limit.Decision, error) {
	each, whole := int64(rule.Period)/int64(rule.Limit), int64(rule.Period)
	whole -= whole % int64(rule.Limit)
	got, err := run(ctx, s.client, bucketScript, 2, s.limitKey("bucket", key), s.clock(), each, whole, n)
	if err != nil {
		return limit.Decision{}, err
	}
	left := max(0, whole-got[1])
	return limit.Decision{Allowed: got[0] == 1, Remaining: int(left / each), RetryIn: time.Duration(max(each-left, 0))}, nil
}

func (s *Store) countWindow(ctx context.Context, key limit.Key, rule limit.Rule, n int) (limit.Decision, error) {
	period := (int64(rule.Period) + 999) / 1000
	got, err := run(ctx, s.client, windowScript, 3, s.limitKey("window", key), s.clock(), period, rule.Limit, n)
	if err != nil {
		return limit.Decision{}, err
	}
	return limit.Decision{Allowed: got[0] == 1, Remaining: max(0, rule.Limit-int(got[1])),
		RetryIn: time.Duration(got[2]) * time.Microsecond}, nil
}

// run runs a script that returns so many numbers.
func run(ctx context.Context, c *goredis.Client, script *goredis.Script, numbers int, key string, args ...any) ([]int64, error) {
	got, err := script.Run(ctx, c, []string{key}, args...).Int64Slice()
	if err == nil && len(got) != numbers {
		err = errors.New("the script for limits returned something else than it should")
	}
	return got, err
}
