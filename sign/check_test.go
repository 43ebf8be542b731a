package sign_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/retort-go/retort/sign"
)

func TestCheckRefuses(t *testing.T) {
	for _, tt := range []struct{ name, secret, want string }{
		{"missing", "", "empty"},
		{"Flask's tutorial", "dev", "3 bytes"},
		{"Flask's quickstart", "_5#y2L\"F4Q8z\n\xec]/", "16 bytes"},
		{"Flask's configuration page", "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf", "example"},
		{"FastAPI's tutorial", "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", "example"},
		{"the same with its end changed", "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823aaaa", "example"},
		{"Flask-Security's quickstart", "pf9Wkove4IKEAXvy-cQkeDPhv9Cb3Ag-wyJILbq_dFw", "example"},
		{"Django's start", "django-insecure-x^%y&6n@2k!q8z7w0v5u4t3s1r9p", "example"},
		{"Superset's default", "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET", "example"},
		{"jwt.io", "a-string-secret-at-least-256-bits-long", "example"},
		{"words", "my-very-long-and-Secret_Key-for-production-2024", "example"},
		{"one short of enough", strings.Repeat("k3Jh8_sLq0ZxVn5TyBm2RcWp7DgFa9Eu", 1)[:31], "31 bytes"},
		{"one character", strings.Repeat("a", 64), "repeats"},
		{"a word again and again", strings.Repeat("Tr0ub4dor&3", 6), "repeats"},
		{"few characters", "aabbabababbbaabababbabaaabbbabababbaab", "few"},
		{"counting", "0123456789abcdefghijklmnopqrstuvwxyz", "sequence"},
		{"counting down", "zyxwvutsrqponmlkjihgfedcba9876543210", "sequence"},
		{"counting bytes", string(countingBytes()), "sequence"},
	} {
		err := sign.Check([]byte(tt.secret))
		if !errors.Is(err, sign.ErrWeak) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "retort secret") {
			t.Errorf("%s: Check = %v, want one that says %q and how to make a good one", tt.name, err, tt.want)
		}
		if err != nil && len(tt.secret) > 3 && strings.Contains(err.Error(), tt.secret) {
			t.Errorf("%s: the error shows the secret: %v", tt.name, err)
		}
	}
}

func countingBytes() (b []byte) {
	for i := range byte(32) {
		b = append(b, i)
	}
	return b
}

// Random secrets must pass, in every usual form.
func TestCheckAccepts(t *testing.T) {
	for range 5000 {
		raw := make([]byte, 32)
		rand.Read(raw)
		for _, secret := range [][]byte{raw, []byte(hex.EncodeToString(raw)), []byte(hex.EncodeToString(raw[:16])), []byte(rand.Text() + rand.Text())} {
			if err := sign.Check(secret); err != nil {
				t.Errorf("Check(%q) = %v", secret, err)
			}
		}
	}
}

func TestGenerate(t *testing.T) {
	a, b := sign.Generate(), sign.Generate()
	if a == b {
		t.Errorf("Generate returned %q twice", a)
	}
	if err := sign.Check([]byte(a)); err != nil || len(a) != 43 {
		t.Errorf("Check(Generate()) = %v, length %d", err, len(a))
	}
}

func TestNewKeyringRefuses(t *testing.T) {
	weak := []byte("dev")
	for _, tt := range []struct {
		name    string
		secrets [][]byte
		want    string
	}{
		{"none", nil, "no secret key"},
		{"nil", [][]byte{nil}, "empty"},
		{"weak", [][]byte{weak}, "3 bytes"},
		{"weak fallback", [][]byte{newest, weak}, "fallback 1"},
	} {
		if _, err := sign.NewKeyring(tt.secrets...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: NewKeyring error = %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

// The caller may wipe his copy.
func TestNewKeyringCopies(t *testing.T) {
	secret := bytes.Clone(newest)
	k := keyring(t, secret)
	want := string(k.Signer("x").Append(nil, nil, now))
	clear(secret)
	if got := string(k.Signer("x").Append(nil, nil, now)); got != want {
		t.Errorf("after wiping: %s, want %s", got, want)
	}
}

func TestSignerWithoutPurpose(t *testing.T) {
	defer func() {
		if got, _ := recover().(string); !strings.Contains(got, "needs a purpose") {
			t.Errorf("Signer(\"\") panicked with %q", got)
		}
	}()
	keyring(t, newest).Signer("")
}
