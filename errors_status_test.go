package retort_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"syscall"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// What passes by itself is not a mistake of the program.
func TestServerStatus(t *testing.T) {
	var fails error
	app := newApp()
	app.Get("/", func(*retort.Ctx) error { return fails }).Named("index")
	client := retorttest.New(t, app)
	for _, tt := range []struct {
		err  error
		want int
	}{
		{errors.New("boom"), http.StatusInternalServerError},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), http.StatusServiceUnavailable},
		{&fs.PathError{Op: "write", Path: "upload", Err: syscall.ENOSPC}, http.StatusInsufficientStorage},
		{&fs.PathError{Op: "open", Path: "upload", Err: syscall.EMFILE}, http.StatusServiceUnavailable},
		{errors.New("begin: database is locked (5) (SQLITE_BUSY)"), http.StatusServiceUnavailable},
		{errors.New("database table is locked"), http.StatusServiceUnavailable},
		{errors.New("insert: database or disk is full (13)"), http.StatusInsufficientStorage},
		{retort.Errorf(404, "There is none.").Because(errors.New("database is locked")), http.StatusNotFound},
	} {
		fails = tt.err
		wantStatus(t, tt.err.Error(), client.Get("/"), tt.want)
	}
}
