package sign_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/sign"
)

var (
	newest = []byte("Vb0-nJ3xq2LmT8sYw5RkZ7cPfHd1GuE4aQo9XiN6tWs")
	oldest = []byte("k3Jh8_sLq0ZxVn5TyBm2RcWp7DgFa9EuXoI4tQvN1eY")
	now    = time.Unix(1_700_000_000, 0)
)

func keyring(t testing.TB, secrets ...[]byte) *sign.Keyring {
	t.Helper()
	k, err := sign.NewKeyring(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAppendOpen(t *testing.T) {
	s := keyring(t, newest).Signer("session")
	for _, tt := range []struct {
		payload string
		at      time.Time
	}{
		{"hello", now},
		{"", now},
		{"with.dots.inside", now},
		{strings.Repeat("x", 5000), now},
		{"the year 1970", time.Unix(0, 0)},
		{"far ahead", time.Unix(1<<40, 0)},
	} {
		token := s.Append([]byte("prefix="), []byte(tt.payload), tt.at)
		text, ok := strings.CutPrefix(string(token), "prefix=")
		if !ok {
			t.Fatalf("Append lost what dst held: %q", token)
		}
		got, at, err := s.Open([]byte("kept:"), text, tt.at, time.Hour)
		if err != nil || string(got) != "kept:"+tt.payload || !at.Equal(tt.at) {
			t.Errorf("Open(Append(%.20q, %v)) = %.20q, %v, %v", tt.payload, tt.at, got, at, err)
		}
	}
}

// The format is what other programs, and tokens already sent out, rely on.
func TestFormat(t *testing.T) {
	s := keyring(t, newest).Signer("session")
	got := string(s.Append(nil, []byte(`{"user":42}`), now))
	const want = "eyJ1c2VyIjo0Mn0.ZVPxAA.AP2JnsosBxOkdVfVD1r2EWptbhYpqhRKEidp5KylXy4" // by Python's hmac
	if got != want {
		t.Errorf("Append = %s, want %s", got, want)
	}
	const wantMAC = "3e39272e597e7fc19b15c06510601ceb19a9431f3afc09ac563f4a6b20816ca2"
	if got := hex.EncodeToString(keyring(t, newest).Signer("etag").MAC(nil, []byte("a"), []byte("bc"))); got != wantMAC {
		t.Errorf("MAC = %s, want %s", got, wantMAC)
	}
}

func TestOpenTime(t *testing.T) {
	s := keyring(t, newest).Signer("session")
	token := string(s.Append(nil, []byte("x"), now))
	for _, tt := range []struct {
		name   string
		after  time.Duration // from signing to opening
		maxAge time.Duration
		want   error
	}{
		{"at once", 0, time.Hour, nil},
		{"last second", time.Hour, time.Hour, nil},
		{"a fraction later", time.Hour + 999*time.Millisecond, time.Hour, nil},
		{"a second later", time.Hour + time.Second, time.Hour, sign.ErrExpired},
		{"no age allowed, at once", 0, 0, nil},
		{"no age allowed", time.Second, 0, sign.ErrExpired},
		{"negative age", 0, -1, sign.ErrExpired},
		{"no limit", 1e9 * time.Second, math.MaxInt64, nil},
		{"signer's clock ahead", -60 * time.Second, time.Hour, nil},
		{"signer's clock too far ahead", -61 * time.Second, time.Hour, sign.ErrFuture},
	} {
		if _, _, err := s.Open(nil, token, now.Add(tt.after), tt.maxAge); err != tt.want {
			t.Errorf("%s: Open error = %v, want %v", tt.name, err, tt.want)
		}
	}
}

// Each of these is a way in which a token could come to be believed that was
// not made here in this form.
func TestOpenRefuses(t *testing.T) {
	k := keyring(t, newest)
	s := k.Signer("session")
	token := string(s.Append(nil, []byte("user=42"), now))
	parts := strings.Split(token, ".")
	last := strings.IndexByte(urlSafe, token[len(token)-1])

	for _, tt := range []struct {
		name, token string
		want        error
	}{
		{"empty", "", sign.ErrMalformed},
		{"no signature", parts[0] + "." + parts[1], sign.ErrMalformed},
		{"empty signature", parts[0] + "." + parts[1] + ".", sign.ErrMalformed},
		{"signature only", parts[2], sign.ErrMalformed},
		{"dot and signature", "." + parts[2], sign.ErrSignature},
		{"payload changed", "A" + token[1:], sign.ErrSignature},
		{"time changed", parts[0] + ".ZVPxAQ." + parts[2], sign.ErrSignature},
		{"time left out", parts[0] + ".." + parts[2], sign.ErrSignature},
		{"dot moved", parts[0] + parts[1][:1] + "." + parts[1][1:] + "." + parts[2], sign.ErrSignature},
		{"signature cut", token[:len(token)-1], sign.ErrMalformed},
		{"signature zero", parts[0] + "." + parts[1] + "." + strings.Repeat("A", 43), sign.ErrSignature},
		{"spare bits of the last character", token[:len(token)-1] + string(urlSafe[last^1]), sign.ErrSignature},
		{"padding", token + "=", sign.ErrMalformed},
		{"line break at the end", token + "\n", sign.ErrMalformed},
		{"line break in the payload", parts[0][:4] + "\n" + token[4:], sign.ErrSignature},
		{"space in front", " " + token, sign.ErrSignature},
		{"standard alphabet", parts[0] + "." + parts[1] + "." + strings.NewReplacer("-", "+", "_", "/").Replace(parts[2][:42]) + "+", sign.ErrSignature},
		{"two tokens", token + "." + token, sign.ErrSignature},
		{"huge", strings.Repeat("A", sign.MaxToken) + token, sign.ErrMalformed},
		{"another purpose", string(k.Signer("csrf").Append(nil, []byte("user=42"), now)), sign.ErrSignature},
		{"another secret", string(keyring(t, oldest).Signer("session").Append(nil, []byte("user=42"), now)), sign.ErrSignature},
	} {
		if tt.token == token {
			t.Fatalf("%s: the token was not changed", tt.name)
		}
		if got, _, err := s.Open(nil, tt.token, now, time.Hour); err != tt.want || got != nil {
			t.Errorf("%s: Open = %q, %v, want error %v", tt.name, got, err, tt.want)
		}
	}
}

const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// Every change of a single character must be noticed.
func TestOpenEveryByteCounts(t *testing.T) {
	s := keyring(t, newest).Signer("session")
	token := s.Append(nil, []byte("user=42"), now)
	for i := range token {
		for _, c := range []byte(urlSafe + ".=+/\n %") {
			if c == token[i] {
				continue
			}
			changed := slices.Clone(token)
			changed[i] = c
			if _, _, err := s.Open(nil, string(changed), now, time.Hour); err == nil {
				t.Errorf("Open took %q for %q", changed, token)
			}
		}
	}
}

// The first secret signs: were it the last, a leaked old secret that was kept
// as a fallback would go on signing for good (GHSA-4grg-w6v8-c28g in Flask).
func TestRotation(t *testing.T) {
	before := keyring(t, oldest).Signer("session")
	during := keyring(t, newest, oldest).Signer("session")
	after := keyring(t, newest).Signer("session")

	fresh := string(during.Append(nil, []byte("x"), now))
	if _, _, err := after.Open(nil, fresh, now, time.Hour); err != nil {
		t.Errorf("a token of the rotating keyring is not signed by its first secret: %v", err)
	}
	if _, _, err := before.Open(nil, fresh, now, time.Hour); err != sign.ErrSignature {
		t.Errorf("the old secret still signs: error %v, want %v", err, sign.ErrSignature)
	}
	if _, _, err := during.Open(nil, string(before.Append(nil, []byte("x"), now)), now, time.Hour); err != nil {
		t.Errorf("a token of before the rotation is refused: %v", err)
	}
}

func TestMAC(t *testing.T) {
	s := keyring(t, newest).Signer("etag")
	mac := func(parts ...string) string {
		var b [][]byte
		for _, p := range parts {
			b = append(b, []byte(p))
		}
		return string(s.MAC(nil, b...))
	}
	if got := len(mac("a")); got != 32 {
		t.Errorf("MAC has %d bytes, want 32", got)
	}
	if a, b := mac("a", "b"), mac("a", "b"); a != b {
		t.Errorf("the same parts have the MACs %x and %x", a, b)
	}
	seen := map[string][]string{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"ab", ""}, {"", "ab"}, {"a", "b", ""}} {
		m := mac(parts...)
		if other, ok := seen[m]; ok {
			t.Errorf("MAC%q = MAC%q", parts, other)
		}
		seen[m] = parts
	}
	if got := s.MAC([]byte("kept"), []byte("x")); !bytes.HasPrefix(got, []byte("kept")) {
		t.Errorf("MAC lost what dst held: %q", got)
	}
}

// Who can have a MAC made of a text he chooses must not get a token that way.
func TestMACIsNoSignature(t *testing.T) {
	s := keyring(t, newest).Signer("x")
	for _, chosen := range []string{"YWRtaW4.ZVPxAA", "\x00YWRtaW4.ZVPxAA", ""} {
		forged := "YWRtaW4.ZVPxAA." + base64.RawURLEncoding.EncodeToString(s.MAC(nil, []byte(chosen)))
		if _, _, err := s.Open(nil, forged, now, time.Hour); err != sign.ErrSignature {
			t.Errorf("Open(token with MAC of %q) error = %v, want %v", chosen, err, sign.ErrSignature)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	s := keyring(t, newest, oldest).Signer("session")
	done := make(chan error)
	for g := range 8 {
		go func() {
			payload := bytes.Repeat([]byte{byte(g)}, 100)
			for range 200 {
				got, _, err := s.Open(nil, string(s.Append(nil, payload, now)), now, time.Hour)
				if err == nil && !bytes.Equal(got, payload) {
					err = errors.New("payload of another goroutine")
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector drops pooled values at random")
	}
	s := keyring(t, newest, oldest).Signer("session")
	payload := bytes.Repeat([]byte("x"), 2000)
	dst := make([]byte, 0, 4096)
	token := string(s.Append(nil, payload, now))
	for _, tt := range []struct {
		name string
		do   func()
	}{
		{"Append", func() { s.Append(dst, payload, now) }},
		{"Open", func() {
			if _, _, err := s.Open(dst, token, now, time.Hour); err != nil {
				t.Error(err)
			}
		}},
		{"MAC", func() { s.MAC(dst, payload, payload) }},
	} {
		if got := testing.AllocsPerRun(200, tt.do); got >= 1 {
			t.Errorf("%s: %v allocations, want 0", tt.name, got)
		}
	}
}

func FuzzOpen(f *testing.F) {
	s := keyring(f, newest, oldest).Signer("session")
	token := string(s.Append(nil, []byte("user=42"), now))
	f.Add(token)
	f.Add(token + "=")
	f.Add("." + token)
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, text string) {
		payload, at, err := s.Open(nil, text, now, time.Hour)
		if err != nil {
			if payload != nil {
				t.Errorf("Open(%q) gave a payload with an error", text)
			}
			return
		}
		if again := string(s.Append(nil, payload, at)); again != text {
			t.Errorf("Open took %q, which would be signed as %q", text, again)
		}
	})
}

// What a signer is given comes back, and in one spelling.
func FuzzAppend(f *testing.F) {
	s := keyring(f, newest).Signer("session")
	f.Add([]byte("user=42"), int64(1_700_000_000))
	f.Fuzz(func(t *testing.T, payload []byte, sec int64) {
		at := time.Unix(sec&(1<<40-1), 0)
		token := string(s.Append(nil, payload, at))
		got, when, err := s.Open(nil, token, at, 0)
		if len(token) > sign.MaxToken {
			if err != sign.ErrMalformed {
				t.Errorf("Open of %d bytes: error %v, want %v", len(token), err, sign.ErrMalformed)
			}
			return
		}
		if err != nil || !bytes.Equal(got, payload) || !when.Equal(at) {
			t.Errorf("Open(Append(%q, %v)) = %q, %v, %v", payload, at, got, when, err)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	s := keyring(b, newest).Signer("session")
	payload, dst := bytes.Repeat([]byte("x"), 120), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		s.Append(dst, payload, now)
	}
}

func BenchmarkOpen(b *testing.B) {
	s := keyring(b, newest).Signer("session")
	token, dst := string(s.Append(nil, bytes.Repeat([]byte("x"), 120), now)), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Open(dst, token, now, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}
