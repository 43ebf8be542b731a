package retort_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/retort-go/retort"
)

func TestGo(t *testing.T) {
	app := newApp()
	started, ended := make(chan struct{}), false
	app.Go("waits", func(ctx context.Context) error {
		close(started)
		<-ctx.Done()
		ended = true
		return ctx.Err()
	})
	app.Go("panics", func(context.Context) error { panic("this must not end the program") })
	app.Go("aborts", func(context.Context) error { panic(http.ErrAbortHandler) })
	<-started
	if err := app.Close(); err != nil || !ended {
		t.Errorf("Close: %v; the work ended: %v", err, ended)
	}
	app.Go("late", func(context.Context) error { t.Error("work was started after Close"); return nil })
}

func TestCloseOrder(t *testing.T) {
	app := retort.New(retort.Config{})
	var order []string
	app.OnClose(func() error { order = append(order, "first"); return errors.New("first failed") })
	app.OnClose(func() error { order = append(order, "second"); return nil })
	if err := app.Close(); err == nil || len(order) != 2 || order[0] != "second" {
		t.Errorf("got %v, order %q; want the last added first, and the error", err, order)
	}
}
