package secure_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/retort-go/retort/secure"
)

// These tests hold the functions against net/http itself, which may change its
// mind about what it hides.

// dial starts a server with h and writes raw to it.
func dial(t *testing.T, h http.HandlerFunc, raw string) net.Conn {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetHTTP1(true)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	t.Cleanup(srv.Close)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	return conn
}

// A proxy that believes the Content-Length takes the second request for the
// body of the first.
func TestSmuggling(t *testing.T) {
	for _, te := range []string{"Transfer-Encoding: chunked", "Transfer-Encoding:\r\n chunked", "Transfer-Encoding:\tchunked", "transfer-encoding: CHUNKED"} {
		var paths []string
		conn := dial(t, func(w http.ResponseWriter, r *http.Request) {
			paths = append(paths, r.URL.Path)
			if secure.MustClose(r) {
				w.Header().Set("Connection", "close")
			}
		}, "POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 44\r\n"+te+"\r\n\r\n0\r\n\r\n"+
			"GET /smuggled HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, syscall.ECONNRESET) { // until the server closes
			t.Error(err)
		}
		if slices.Contains(paths, "/smuggled") {
			t.Errorf("%q: requests %v", te, paths)
		}
	}
}

func TestBadLengthHTTP2(t *testing.T) {
	for value, want := range map[string]bool{"0": false, "-1": true, "+0": true, "5": true, "0, 0": true} {
		if got, served := overHTTP2(t, secure.BadLength, "content-length", value); served && got != want || !served && !want {
			t.Errorf("content-length %q: BadLength = %v (served: %v), want %v", value, got, served, want)
		}
	}
}

func TestTwoHostsHTTP2(t *testing.T) {
	for value, want := range map[string]bool{"a": false, "evil.example": true} {
		if got, served := overHTTP2(t, secure.TwoHosts, "host", value); served && got != want || !served && !want {
			t.Errorf("host %q: TwoHosts = %v (served: %v), want %v", value, got, served, want)
		}
	}
}

// overHTTP2 sends a GET without body that has this header, and tells what
// check says of it, unless net/http refuses the request by itself.
func overHTTP2(t *testing.T, check func(*http.Request) bool, name, value string) (got, served bool) {
	t.Helper()
	conn := dial(t, func(w http.ResponseWriter, r *http.Request) { got, served = check(r), true }, http2Request(name, value))
	for head := make([]byte, 9); ; {
		if _, err := io.ReadFull(conn, head); err != nil {
			return got, served // closed
		}
		if binary.BigEndian.Uint32(head[5:]) == 1 {
			return got, served // answered or reset
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, conn, length); err != nil {
			return got, served
		}
	}
}

// http2Request is a GET without body, with one header more, on stream 1.
func http2Request(name, value string) string {
	var block strings.Builder
	for _, f := range [][2]string{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}, {name, value}} {
		fmt.Fprintf(&block, "\x00%c%s%c%s", len(f[0]), f[0], len(f[1]), f[1]) // literal, no Huffman code
	}
	const settings, headers, endStreamAndHeaders = 4, 1, 0x5
	return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(settings, 0, 0, "") + frame(headers, endStreamAndHeaders, 1, block.String())
}

func frame(kind, flags byte, stream uint32, payload string) string {
	b := []byte{0, byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return string(binary.BigEndian.AppendUint32(b, stream)) + payload
}
