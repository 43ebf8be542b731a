package flask_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/retort-go/retort/flask"
	"github.com/retort-go/retort/password"
)

func hasher(t testing.TB) *password.Hasher {
	t.Helper()
	h, err := password.New(password.Config{Memory: 64, Time: 1, InsecureFast: true})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

const pepper = "146585145368132386173505678016728509634"

func TestPasswordVectors(t *testing.T) {
	const odd = "pässwörd☃"
	for _, tt := range []struct{ password, hash string }{
		// Werkzeug
		{"secret", "scrypt:32768:8:1$abcdefghijklmnop$2098a7c25c0a0a626a77c6bb619c1cb62e3595cdd318877cfcae6f29f6bc3c0a96c382016c051a26f7f2071b3cb5f082a6fb7efcf6d61b466055c44fc47317b0"},
		{odd, "scrypt:32768:8:1$ABCDEFGHIJKLMNOP$5595e58b83312a1c8d2719342fbeb413e70cafe98719212a05b6d2314af6f6befbf1e177c7ba394fa0ddfd88ff619c894766714e296820e46594ac3e4f193a3b"},
		{"", "scrypt:1024:8:1$saltsaltsaltsalt$41c321ff67a082d962547e14ef32a7d85b3b756b398d278b1ef16dfcd142d785276f50797f854d3e6de344f45f64c19675ba671e22313887fe8aef31ce3c1975"},
		{"secret", "scrypt:16384:8:2$0123456789abcdef$d3f4ad0f23bf22fd4adb1119fde5ace36bcc71adc9e683b54591c896694919ccf4d0c0aefd80f56afa764993430437355c941e6dc2aa5ce3dc8430d587b95b22"},
		{"secret", "pbkdf2:sha256:1000000$abcdefghijklmnop$f143f7d7346caea4f67df9f29bda3732eb7858fddc390c4dbf905a7b854021cd"},
		{"secret", "pbkdf2:sha256:600000$abcdefghijklmnop$6284fd641e16cfc3f02d5596ac0a5b556ac389cc2b90e1b4ab37198c437d7af3"},
		{"secret", "pbkdf2:sha256:1000$abcdefgh$18751b39835fcdcff55cfd8c589c50d0e07cdc0b61240e4b24425c27a6a1cc56"},
		{"secret", "pbkdf2:sha1:1000$abcdefgh$549d4443ffde658889a6e87f5764634d591ee9a4"},
		{odd, "pbkdf2:sha512:1000$Zz9$5e28d5bc5a923032412774b732a1270e0d3186467b6f4e609ecacc6fdd75e6a22102fa35356679442c113eda166d7c35f2eb2bce29fb7cad09fe97285a14d64e"},
		// Flask-Security
		{"secret", "$argon2id$v=19$m=102400,t=2,p=8$MDEyMzQ1Njc4OWFiY2RlZg$r/OVfWQ/KG+oT6s2bOPCxg"},
		{odd, "$argon2id$v=19$m=102400,t=2,p=8$ZmVkY2JhOTg3NjU0MzIxMA$Z+z9GI+bonLCknWVymrDUQ"},
		{"secret", "$argon2id$v=19$m=102400,t=2,p=8$3ptTitHa25tzTun9P2fs3Q$G0pe9FRUfcxwm79UQ7zm5Q"},
		{"secret", "$2b$12$abcdefghijklmnopqrstuulgoe9MKU7XzDeSQNuEVg0ztCHCzL3ci"},
		{odd, "$2b$04$abcdefghijklmnopqrstuuEQGwykQx9cNTo5BRTTII2EfCS7D2trC"},
		{"secret", "$2b$04$abcdefghijklmnopqrstuul36lPddkIm.O8WGrTrQMlBcSsEWVCrm"},
		{"secret", "$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$iwwUSskhgT5l.e6d/IbUqL6/B/ieQJ2ZXMb1k2ql2..VOxvFIOozhN02GykvQFwtGQoCpQpFZGMo1vl4UIAUlg"},
	} {
		p := flask.NewPasswords(hasher(t), pepper)
		if ok, stale, err := p.Verify(t.Context(), tt.hash, tt.password); !ok || !stale || err != nil {
			t.Errorf("Verify(%s, %q) = %t, stale %t, %v, want it to fit and to be stale", tt.hash, tt.password, ok, stale, err)
		}
		if strings.Contains(tt.hash, "1000000") || strings.Contains(tt.hash, "$12$") {
			continue // once is slow enough
		}
		if ok, _, err := p.Verify(t.Context(), tt.hash, tt.password+"x"); ok || err != nil {
			t.Errorf("Verify(%s, %q) = %t, %v, want a refusal", tt.hash, tt.password+"x", ok, err)
		}
	}
}

func TestPasswordHash(t *testing.T) {
	for _, pepper := range []string{"", pepper} {
		p := flask.NewPasswords(hasher(t), pepper)
		hash, err := p.Hash(t.Context(), "pässwörd")
		if err != nil {
			t.Fatal(err)
		}
		// NFKD makes one of the two ways in which an umlaut can be typed.
		for password, want := range map[string]bool{"pässwörd": true, "pa\u0308sswo\u0308rd": pepper != "", "x": false} {
			if ok, stale, err := p.Verify(t.Context(), hash, password); ok != want || stale || err != nil {
				t.Errorf("pepper %q: Verify(%q) = %t, %t, %v, want %t", pepper, password, ok, stale, err, want)
			}
		}
	}
}

func TestPasswordHashAs(t *testing.T) {
	for method, prefix := range map[string]string{"bcrypt": "$2a$12$", "pbkdf2_sha512": "$pbkdf2-sha512$210000$", "argon2": "$argon2id$", "scrypt:1024:8:1": "scrypt:1024:8:1$"} {
		for _, pepper := range []string{"", pepper} {
			p := flask.NewPasswords(hasher(t), pepper)
			hash, err := p.HashAs(t.Context(), method, "pässwörd")
			if err != nil || !strings.HasPrefix(hash, prefix) {
				t.Errorf("HashAs(%s) = %s, %v, want %s…", method, hash, err, prefix)
				continue
			}
			for password, want := range map[string]bool{"pässwörd": true, "passwort": false} {
				if ok, _, err := p.Verify(t.Context(), hash, password); ok != want || err != nil {
					t.Errorf("%s, pepper %q: Verify(%q) = %t, %v, want %t", method, pepper, password, ok, err, want)
				}
			}
		}
	}
	p := flask.NewPasswords(hasher(t), "")
	if _, err := p.HashAs(t.Context(), "md5", "x"); !errors.Is(err, password.ErrFormat) {
		t.Errorf("HashAs(md5): %v, want ErrFormat", err)
	}
	if _, err := p.HashAs(t.Context(), "bcrypt", strings.Repeat("x", 5000)); !errors.Is(err, password.ErrTooLong) {
		t.Errorf("HashAs of a huge password: %v, want ErrTooLong", err)
	}
}

func TestPasswordRefuses(t *testing.T) {
	p := flask.NewPasswords(hasher(t), pepper)
	for _, tt := range []struct {
		hash string
		want error
	}{
		{"secret", flask.ErrScheme}, // a password in the place of its hash
		{"$6$rounds=1000$0123456789abcdef$jtjBWTq5SqdHtjiRYZ0JBZ6PlDou0pIMuu0B5UW.7RKZcE8r9GXiGkg3uR/Ev/VVSAF87MXQbtVAVCN.1JuKN1", flask.ErrScheme},
		{"$5$rounds=535000$x$y", flask.ErrScheme},
		{"md5$salt$5f4dcc3b5aa765d61d8327deb882cf99", flask.ErrScheme},
		{"$2b$31$abcdefghijklmnopqrstuulgoe9MKU7XzDeSQNuEVg0ztCHCzL3ci", password.ErrCost},
		{"$2b$04$short", password.ErrFormat},
		{"$pbkdf2-sha512$99999999$MDEyMzQ1Njc4OWFiY2RlZg$iwwUSskhgT5l.e6d/IbUqL6/B/ieQJ2ZXMb1k2ql2..VOxvFIOozhN02GykvQFwtGQoCpQpFZGMo1vl4UIAUlg", password.ErrCost},
		{"$pbkdf2-sha512$1000$MDEy", password.ErrFormat},
		{"$pbkdf2-sha512$1000$MDEy$AA", password.ErrFormat},
		{"scrypt:32768:8$x$y", password.ErrFormat},
	} {
		if ok, _, err := p.Verify(t.Context(), tt.hash, "secret"); ok || !errors.Is(err, tt.want) {
			t.Errorf("Verify(%s) = %t, %v, want %v", tt.hash, ok, err, tt.want)
		}
	}
	if ok, _, err := p.Verify(t.Context(), "", "secret"); ok || err != nil {
		t.Errorf("Verify of nobody = %t, %v", ok, err)
	}
	if ok, _, err := p.Verify(t.Context(), "$2b$04$abcdefghijklmnopqrstuul36lPddkIm.O8WGrTrQMlBcSsEWVCrm", strings.Repeat("x", 5000)); ok || err != nil {
		t.Errorf("Verify of a huge password = %t, %v", ok, err)
	}
}
