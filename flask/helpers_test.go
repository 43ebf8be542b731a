package flask_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"io"
	"net/url"
	"strings"
	"time"
)

func base64url(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// bomb is n blanks in a JSON string, compressed.
func bomb(n int) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	for _, part := range []string{`{"a":"`, strings.Repeat(" ", n), `"}`} {
		if _, err := io.WriteString(w, part); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return base64url(b.String())
}

func nested(n int) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := io.WriteString(w, `{"a":`+strings.Repeat("[", n)+strings.Repeat("]", n)+"}"); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return base64url(b.String())
}

// sameToken compares tokens: all of them, or what they say where Python
// compressed, since compressors differ.
func sameToken(got, want string) bool {
	if !strings.HasPrefix(want, ".") {
		return got == want
	}
	return payload(got) == payload(want)
}

// payload is what a token says, without a look at its signature.
func payload(token string) string {
	value, compressed := strings.CutPrefix(token, ".")
	value, _, _ = strings.Cut(value, ".")
	data, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return err.Error()
	}
	if !compressed {
		return string(data)
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return err.Error()
	}
	data, err = io.ReadAll(r)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func mustParse(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u
}

// nowish is a time at which all servers agree that it has come.
func nowish() time.Time { return time.Now().Add(-2 * time.Second) }
