package retort

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// Go runs f beside the requests: work that outlives the one that began it, such
// as sending a mail. A panic in it is logged, not fatal. When the app stops, ctx
// is done and the app waits for f, for as long as it waits for requests
// ([Config.DrainTimeout]); after [App.Close] f is not started at all.
//
// A [Ctx] must not be used in f: take the values it needs out of it first.
func (a *App) Go(name string, f func(ctx context.Context) error) {
	a.background.mu.Lock()
	defer a.background.mu.Unlock()
	if a.background.closed {
		a.Config.Logger.Warn("background work was not started: the app is closed", "name", name)
		return
	}
	if a.background.ctx == nil {
		a.background.ctx, a.background.cancel = context.WithCancel(context.Background())
	}
	ctx := a.background.ctx
	a.background.running.Go(func() {
		if err := runBackground(ctx, f); err != nil && !errors.Is(err, context.Canceled) {
			a.Config.Logger.Error("background work failed", "name", name, "error", err, "detail", detailOf(err))
		}
	})
}

func runBackground(ctx context.Context, f func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f(ctx)
}

// drainBackground tells the work beside the requests to end and waits for it.
func (a *App) drainBackground() error {
	a.background.mu.Lock()
	a.background.closed = true
	if a.background.cancel != nil {
		a.background.cancel()
	}
	a.background.mu.Unlock()
	done := make(chan struct{})
	go func() {
		a.background.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(a.Config.DrainTimeout):
		return fmt.Errorf("background work did not end within DrainTimeout, %v", a.Config.DrainTimeout)
	}
}
