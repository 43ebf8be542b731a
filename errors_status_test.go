package retort_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// sqlState is an error as the drivers of Postgres have them.
type sqlState string

func (s sqlState) Error() string    { return "SQLSTATE " + string(s) }
func (s sqlState) SQLState() string { return string(s) }

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
		{&fs.PathError{Op: "open", Path: "settings", Err: syscall.ENOENT}, http.StatusInternalServerError},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), http.StatusServiceUnavailable},
		{&fs.PathError{Op: "write", Path: "upload", Err: syscall.ENOSPC}, http.StatusInsufficientStorage},
		{&fs.PathError{Op: "open", Path: "upload", Err: syscall.EMFILE}, http.StatusServiceUnavailable},
		{errors.New("begin: database is locked (5) (SQLITE_BUSY)"), http.StatusServiceUnavailable},
		{errors.New("database table is locked"), http.StatusServiceUnavailable},
		{errors.New("insert: database or disk is full (13)"), http.StatusInsufficientStorage},
		{&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, http.StatusServiceUnavailable},
		{&net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, http.StatusServiceUnavailable},
		{&net.DNSError{Err: "no such host", Name: "db", IsNotFound: true}, http.StatusServiceUnavailable},
		{fmt.Errorf("query: %w", driver.ErrBadConn), http.StatusServiceUnavailable},
		{fmt.Errorf("receive message: %w", io.ErrUnexpectedEOF), http.StatusServiceUnavailable},
		{sqlState("08006"), http.StatusServiceUnavailable},  // connection_failure
		{sqlState("25006"), http.StatusServiceUnavailable},  // read_only_sql_transaction: this server is not the primary any more
		{sqlState("40001"), http.StatusServiceUnavailable},  // serialization_failure
		{sqlState("53100"), http.StatusInsufficientStorage}, // disk_full
		{sqlState("53300"), http.StatusServiceUnavailable},  // too_many_connections
		{sqlState("55P03"), http.StatusServiceUnavailable},  // lock_not_available
		{sqlState("57P01"), http.StatusServiceUnavailable},  // admin_shutdown
		{sqlState("57P03"), http.StatusServiceUnavailable},  // cannot_connect_now
		{sqlState("23505"), http.StatusInternalServerError}, // unique_violation
		{sqlState("42601"), http.StatusInternalServerError}, // syntax_error
		{sqlState(""), http.StatusInternalServerError},
		{retort.Errorf(404, "There is none.").Because(errors.New("database is locked")), http.StatusNotFound},
	} {
		fails = tt.err
		r := client.Get("/")
		wantStatus(t, tt.err.Error(), r, tt.want)
		if got := r.Header.Get("Retry-After"); (got != "") != (tt.want == http.StatusServiceUnavailable) {
			t.Errorf("%v: Retry-After is %q", tt.err, got)
		}
	}
}
