package flask_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/flask"
	"github.com/retort-go/retort/flask/flasktest"
)

// FuzzSession gives a session any payload with a good signature: it is read
// without harm, and what was read is written so that it is read again.
func FuzzSession(f *testing.F) {
	for _, c := range cookies {
		f.Add(payload(c.cookie))
	}
	for _, odd := range []string{`{"a":{" di":1}}`, `{" t":[{" u":"x"}]}`, `{ "a" : "\ud83d\ude00\ud800" }`, `{"a":-0,"b":1E400,"c":-0.0}`, `{"a":{" d":"Mon"}}`} {
		f.Add(odd)
	}
	s := sessions(f, "dev")
	sign := signer(f, flask.SignerConfig{Key: dev, Salt: "cookie-session", Derivation: flask.HMAC})
	f.Fuzz(func(t *testing.T, data string) {
		cookie := sign.SignAt(base64url(data), then)
		held, err := s.OpenSession(t.Context(), cookie, then)
		if err != nil {
			return
		}
		sealed, _, err := s.SealSession(t.Context(), held, then.Add(1e9))
		if err != nil {
			t.Fatalf("SealSession(%q): %v", held.Values, err)
		}
		again, err := s.OpenSession(t.Context(), sealed, then)
		if err != nil || len(again.Values) != len(held.Values) {
			t.Fatalf("OpenSession(SealSession(%q)) = %q, %v", held.Values, again.Values, err)
		}
		for _, v := range held.Values {
			if !contains(again.Values, v.Key, v.JSON) {
				t.Fatalf("%q came back as %q", held.Values, again.Values)
			}
		}
		got, err := s.Decode(cookie, then, 0)
		if err != nil {
			return // a tag that holds what it cannot
		}
		cookie, err = s.Encode(got, then)
		if err != nil {
			t.Fatalf("Encode(%v): %v", got, err)
		}
		if back, err := s.Decode(cookie, then, 0); err != nil || !same(back, got) {
			t.Fatalf("Decode(Encode(%v)) = %v, %v", got, back, err)
		}
	})
}

func contains(values any, key, raw string) bool {
	list := reflect.ValueOf(values)
	for i := range list.Len() {
		if v := list.Index(i); v.Field(0).String() == key && v.Field(1).String() == raw {
			return true
		}
	}
	return false
}

// FuzzToken feeds tokens as they come: none may verify that was not signed.
func FuzzToken(f *testing.F) {
	s := tokens(f, flask.URLSafeTimed, flask.SignerConfig{Key: dev})
	good, err := s.Dump(strings.Repeat("x", 50), then)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good + "=")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		var raw json.RawMessage
		if _, err := s.Load(token, then, flask.AnyAge, &raw); err == nil && token != good {
			t.Fatalf("%q was taken for a token of ours", token)
		}
	})
}

// FuzzStored reads what a store may hold.
func FuzzStored(f *testing.F) {
	for _, v := range []values{{"a": 1}, {"t": day, "b": []byte("x"), "l": []any{nil, true, -5, 1.5, "é"}, "m": values{"k": big30}}} {
		for _, format := range []flask.StoredFormat{flask.Msgpack, flask.JSON} {
			data, err := flask.MarshalStored(v, format)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	store := &flasktest.Memory{Now: time.Now}
	s := storedSessions(f, store, nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := flask.UnmarshalStored(data)
		if err := store.CreateSession(t.Context(), "session:a", data, time.Hour); err != nil {
			t.Fatal(err)
		}
		held, heldErr := s.OpenSession(t.Context(), "a", then)
		if (err == nil) != (heldErr == nil) || len(held.Values) != len(got) {
			t.Fatalf("UnmarshalStored = %v, %v, and OpenSession = %q, %v", got, err, held.Values, heldErr)
		}
		if err != nil {
			return
		}
		for _, v := range held.Values {
			var value any
			if err := s.UnmarshalValue([]byte(v.JSON), &value); err != nil {
				t.Fatalf("the value %q of %x: %v", v.Key, data, err)
			}
			if _, err := s.MarshalValue(value); err != nil {
				t.Fatalf("the value %q of %x: %v", v.Key, data, err)
			}
		}
		back, err := flask.MarshalStored(got, flask.Msgpack)
		if err != nil {
			t.Fatalf("MarshalStored(%v): %v", got, err)
		}
		again, err := flask.UnmarshalStored(back)
		if err != nil {
			t.Fatalf("UnmarshalStored(%x): %v", back, err)
		}
		if twice, err := flask.MarshalStored(again, flask.Msgpack); err != nil || !bytes.Equal(twice, back) {
			t.Fatalf("%x came back as %x, %v", back, twice, err)
		}
	})
}
