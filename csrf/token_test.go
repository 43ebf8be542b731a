package csrf_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/retort-go/retort/csrf"
)

const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func TestMaskVerify(t *testing.T) {
	s, other := csrf.NewSecret(), csrf.NewSecret()
	if s == other {
		t.Fatal("NewSecret returned the same secret twice")
	}
	a, b := csrf.Mask(s), csrf.Mask(s)
	if a == b {
		t.Errorf("Mask returned %q twice: a compressed page would give it away", a)
	}
	for _, token := range []string{a, b} {
		if !csrf.Verify(s, token) {
			t.Errorf("Verify(s, Mask(s)) = false for %q", token)
		}
		if csrf.Verify(other, token) {
			t.Errorf("a token of another session was accepted: %q", token)
		}
	}
	if got := string(csrf.AppendMask([]byte("value="), s)); !csrf.Verify(s, strings.TrimPrefix(got, "value=")) {
		t.Errorf("AppendMask gave %q", got)
	}
}

// The secret itself must not appear in what is sent: neither as it is nor at a
// place of the token that stays the same.
func TestMaskHidesSecret(t *testing.T) {
	s := csrf.NewSecret()
	first, err := base64.RawURLEncoding.DecodeString(csrf.Mask(s))
	if err != nil {
		t.Fatal(err)
	}
	var changed [64]bool
	for range 100 {
		raw, _ := base64.RawURLEncoding.DecodeString(csrf.Mask(s))
		for i := range raw {
			changed[i] = changed[i] || raw[i] != first[i]
		}
	}
	for i, ok := range changed {
		if !ok {
			t.Errorf("byte %d of the token is always the same", i)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	s := csrf.NewSecret()
	token := csrf.Mask(s)
	last := strings.IndexByte(urlSafe, token[len(token)-1])
	for _, tt := range []struct{ name, token string }{
		{"empty", ""},
		{"the secret unmasked", s.Encode()},
		{"pad only", token[:43]},
		{"cut", token[:85]},
		{"longer", token + "A"},
		{"padding", token + "=="},
		{"line break at the end", token + "\n"},
		{"line break inside", token[:40] + "\n" + token[41:]},
		{"spare bits", token[:85] + string(urlSafe[last^1])},
		{"standard alphabet", "+" + token[1:]},
		{"zeros", strings.Repeat("A", 86)},
		{"halves swapped in text", token[43:] + token[:43]},
		{"huge", strings.Repeat(token, 1000)},
		{"not ASCII", strings.Repeat("é", 43)},
	} {
		if csrf.Verify(s, tt.token) {
			t.Errorf("%s: Verify accepted %.100q", tt.name, tt.token)
		}
	}
	for i := range token {
		changed := []byte(token)
		changed[i] = urlSafe[(strings.IndexByte(urlSafe, token[i])+32)%64]
		if csrf.Verify(s, string(changed)) {
			t.Errorf("Verify accepted %q for %q", changed, token)
		}
	}
}

// A session without a secret must not be one whose secret everybody knows.
func TestVerifyZeroSecret(t *testing.T) {
	if csrf.Verify(csrf.Secret{}, csrf.Mask(csrf.Secret{})) {
		t.Error("Verify accepted a token of the zero secret")
	}
}

func TestParseSecret(t *testing.T) {
	s := csrf.NewSecret()
	text := s.Encode()
	if got, ok := csrf.ParseSecret(text); !ok || got != s {
		t.Errorf("ParseSecret(Encode()) = %v, %v", got, ok)
	}
	last := strings.IndexByte(urlSafe, text[42])
	for _, bad := range []string{"", text[:42], text + "A", text + "=", text[:42] + "\n", text[:42] + string(urlSafe[last^1]), "!" + text[1:]} {
		if got, ok := csrf.ParseSecret(bad); ok || got != (csrf.Secret{}) {
			t.Errorf("ParseSecret(%q) = %v, %v", bad, got, ok)
		}
	}
}

func TestAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector moves buffers to the heap")
	}
	s, dst := csrf.NewSecret(), make([]byte, 0, 100)
	token, text := csrf.Mask(s), s.Encode()
	for _, tt := range []struct {
		name string
		do   func()
		want float64
	}{
		{"AppendMask", func() { csrf.AppendMask(dst, s) }, 0},
		{"Mask", func() { csrf.Mask(s) }, 1},
		{"Verify", func() { csrf.Verify(s, token) }, 0},
		{"ParseSecret", func() { csrf.ParseSecret(text) }, 0},
	} {
		if got := testing.AllocsPerRun(100, tt.do); got > tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzVerify(f *testing.F) {
	s, ok := csrf.ParseSecret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
	if !ok {
		f.Fatal("bad secret")
	}
	f.Add(csrf.Mask(s))
	f.Add(s.Encode())
	f.Fuzz(func(t *testing.T, token string) {
		if !csrf.Verify(s, token) {
			return
		}
		raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
		if err != nil || base64.RawURLEncoding.EncodeToString(raw) != token {
			t.Fatalf("Verify took %q, which is no token", token)
		}
		for i := range 32 {
			if raw[i]^raw[32+i] != s[i] {
				t.Fatalf("Verify took %q, which is not of this secret", token)
			}
		}
	})
}

func FuzzParseSecret(f *testing.F) {
	f.Add("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
	f.Fuzz(func(t *testing.T, text string) {
		if s, ok := csrf.ParseSecret(text); ok && s.Encode() != text {
			t.Errorf("ParseSecret took %q for %q", text, s.Encode())
		}
	})
}

func BenchmarkMask(b *testing.B) {
	s, dst := csrf.NewSecret(), make([]byte, 0, 100)
	b.ReportAllocs()
	for b.Loop() {
		csrf.AppendMask(dst, s)
	}
}

func BenchmarkVerify(b *testing.B) {
	s := csrf.NewSecret()
	token := csrf.Mask(s)
	b.ReportAllocs()
	for b.Loop() {
		csrf.Verify(s, token)
	}
}
