package retort

import (
	"net/url"
	"reflect"
	"testing"
	"unicode/utf8"
)

// What Werkzeug 3.1's request.args has, but for raw bytes, on which it fails.
func TestParseQuery(t *testing.T) {
	for _, tt := range []struct {
		query string
		want  url.Values
	}{
		{"", url.Values{}},
		{"a=1&b=&c&a=2", url.Values{"a": {"1", "2"}, "b": {""}, "c": {""}}},
		{"a=x+y%2B&%61+b=1=2", url.Values{"a": {"x y+"}, "a b": {"1=2"}}},
		{"=v&&a", url.Values{"": {"v"}, "a": {""}}},
		{"a=1;b=2", url.Values{"a": {"1;b=2"}}},
		{"a=100%&b=%zz&c=%4&d=%C3%28", url.Values{"a": {"100%"}, "b": {"%zz"}, "c": {"%4"}, "d": {"%C3("}}},
		{"a=%f0%9f%98%80&b=%E9t%e9&c=%e2%82", url.Values{"a": {"😀"}, "b": {"%E9t%E9"}, "c": {"%E2%82"}}},
		{"a=é\xff", url.Values{"a": {"é%FF"}}},
	} {
		if got := parseQuery(tt.query); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.query, got, tt.want)
		}
	}
}

// What net/url can read is read in the same way, and all that comes out is text.
func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a=%41%zz;c+d", "%ff=\xff", "a=%F0%9F"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := parseQuery(query)
		valid := true
		for name, values := range got {
			for _, text := range append(values, name) {
				if !utf8.ValidString(text) {
					t.Fatalf("%q: %q is not UTF-8", query, text)
				}
			}
		}
		want, err := url.ParseQuery(query)
		for name, values := range want {
			for _, text := range append(values, name) {
				valid = valid && utf8.ValidString(text)
			}
		}
		if err == nil && valid && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %q, want %q", query, got, want)
		}
	})
}
