package secure_test

import (
	"net/http"
	"testing"

	"github.com/retort-go/retort/secure"
)

func TestMustClose(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    http.Request
		want bool
	}{
		{"plain GET", http.Request{ProtoMajor: 1, ProtoMinor: 1}, false},
		{"HTTP/1.0, perhaps with an encoding that was passed over", http.Request{ProtoMajor: 1}, true},
		{"POST with a length", http.Request{ProtoMajor: 1, ProtoMinor: 1, ContentLength: 5}, false},
		{"chunked, perhaps with a length that was dropped", http.Request{ProtoMajor: 1, ProtoMinor: 1, TransferEncoding: []string{"chunked"}}, true},
		{"HTTP/2", http.Request{ProtoMajor: 2, ContentLength: -1}, false},
	} {
		if got := secure.MustClose(&tt.r); got != tt.want {
			t.Errorf("%s: MustClose = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestBadLength(t *testing.T) {
	for _, tt := range []struct {
		name   string
		proto  int
		header []string
		length int64 // as net/http understood it
		want   bool
	}{
		{"HTTP/1", 1, []string{"5"}, 5, false},
		{"none", 2, nil, -1, false},
		{"right", 2, []string{"5"}, 5, false},
		{"none and no body", 2, nil, 0, false},
		{"zero", 2, []string{"0"}, 0, false},
		{"negative", 2, []string{"-1"}, 0, true},
		{"signed", 2, []string{"+0"}, 0, true},
		{"empty", 2, []string{""}, 0, true},
		{"list", 2, []string{"5, 5"}, 0, true},
		{"repeated", 2, []string{"5", "5"}, 5, true},
		{"two", 2, []string{"5", "6"}, 5, true},
		{"space", 2, []string{" 5"}, 0, true},
		{"hexadecimal", 2, []string{"0x5"}, 0, true},
		{"underscore", 2, []string{"1_0"}, 0, true},
		{"overflow", 2, []string{"18446744073709551616"}, 0, true},
		{"body announced, stream ended", 2, []string{"5"}, 0, true},
		{"HTTP/3", 3, []string{"-1"}, 0, true},
	} {
		r := &http.Request{ProtoMajor: tt.proto, Header: http.Header{}, ContentLength: tt.length}
		if tt.header != nil {
			r.Header["Content-Length"] = tt.header
		}
		if got := secure.BadLength(r); got != tt.want {
			t.Errorf("%s: BadLength = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTwoHosts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header []string
		want   bool
	}{
		{"none", nil, false},
		{"the same", []string{"example.com"}, false},
		{"another", []string{"evil.example"}, true},
		{"the same twice", []string{"example.com", "example.com"}, true},
	} {
		r := &http.Request{ProtoMajor: 2, Host: "example.com", Header: http.Header{"Host": tt.header}}
		if got := secure.TwoHosts(r); got != tt.want {
			t.Errorf("%s: TwoHosts = %v, want %v", tt.name, got, tt.want)
		}
	}
}
