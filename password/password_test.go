package password_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/retort-go/retort/password"
)

// fast keeps tests short; nothing else about it differs.
var fast = password.Config{Memory: 1024, Time: 1, InsecureFast: true}

func hasher(t testing.TB, cfg password.Config) *password.Hasher {
	t.Helper()
	h, err := password.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHash(t *testing.T) {
	ctx := t.Context()
	for _, tt := range []struct {
		cfg  password.Config
		want string
	}{
		{password.Config{}, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`},
		{password.Config{Memory: 47104, Time: 1, Threads: 2}, `^\$argon2id\$v=19\$m=47104,t=1,p=2\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`},
		{fast, `^\$argon2id\$v=19\$m=1024,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`},
	} {
		h := hasher(t, tt.cfg)
		hash, err := h.Hash(ctx, "correct horse")
		if err != nil || !regexp.MustCompile(tt.want).MatchString(hash) {
			t.Errorf("Hash = %q, %v, want %s", hash, err, tt.want)
		}
		if ok, stale, err := h.Verify(ctx, hash, "correct horse"); !ok || stale || err != nil {
			t.Errorf("Verify = %v, %v, %v, want true, false, nil", ok, stale, err)
		}
		if ok, stale, err := h.Verify(ctx, hash, "correct horsf"); ok || stale || err != nil {
			t.Errorf("Verify of another password = %v, %v, %v, want false, false, nil", ok, stale, err)
		}
		if again, _ := h.Hash(ctx, "correct horse"); again == hash {
			t.Errorf("Hash returned %q twice", hash)
		}
	}
}

// The hashes were made by Werkzeug and by passlib.
func TestVerifyForeign(t *testing.T) {
	ctx, h := t.Context(), hasher(t, password.Config{})
	for _, tt := range []struct{ password, hash string }{
		{"secret", "scrypt:32768:8:1$abcdefghijklmnop$2098a7c25c0a0a626a77c6bb619c1cb62e3595cdd318877cfcae6f29f6bc3c0a96c382016c051a26f7f2071b3cb5f082a6fb7efcf6d61b466055c44fc47317b0"},
		{"pässwörd☃", "scrypt:32768:8:1$ABCDEFGHIJKLMNOP$5595e58b83312a1c8d2719342fbeb413e70cafe98719212a05b6d2314af6f6befbf1e177c7ba394fa0ddfd88ff619c894766714e296820e46594ac3e4f193a3b"},
		{"", "scrypt:1024:8:1$saltsaltsaltsalt$41c321ff67a082d962547e14ef32a7d85b3b756b398d278b1ef16dfcd142d785276f50797f854d3e6de344f45f64c19675ba671e22313887fe8aef31ce3c1975"},
		{"secret", "scrypt:16384:8:2$0123456789abcdef$d3f4ad0f23bf22fd4adb1119fde5ace36bcc71adc9e683b54591c896694919ccf4d0c0aefd80f56afa764993430437355c941e6dc2aa5ce3dc8430d587b95b22"},
		{"secret", "pbkdf2:sha256:1000000$abcdefghijklmnop$f143f7d7346caea4f67df9f29bda3732eb7858fddc390c4dbf905a7b854021cd"},
		{"secret", "pbkdf2:sha256:600000$abcdefghijklmnop$6284fd641e16cfc3f02d5596ac0a5b556ac389cc2b90e1b4ab37198c437d7af3"},
		{"secret", "pbkdf2:sha256:1000$abcdefgh$18751b39835fcdcff55cfd8c589c50d0e07cdc0b61240e4b24425c27a6a1cc56"},
		{"secret", "pbkdf2:sha1:1000$abcdefgh$549d4443ffde658889a6e87f5764634d591ee9a4"},
		{"pässwörd☃", "pbkdf2:sha512:1000$Zz9$5e28d5bc5a923032412774b732a1270e0d3186467b6f4e609ecacc6fdd75e6a22102fa35356679442c113eda166d7c35f2eb2bce29fb7cad09fe97285a14d64e"},
		// Flask-Security hashes the base64 of an HMAC of the password.
		{"vvXRMDLiqDQkaejoTNozbJVxK5V2LRUA6Ap/HMKih/+lUKtUw+J4ypDbjG1Pida2txzCYEexYxxoBcbKtvjvJA==", "$argon2id$v=19$m=102400,t=2,p=8$MDEyMzQ1Njc4OWFiY2RlZg$r/OVfWQ/KG+oT6s2bOPCxg"},
		{"vvXRMDLiqDQkaejoTNozbJVxK5V2LRUA6Ap/HMKih/+lUKtUw+J4ypDbjG1Pida2txzCYEexYxxoBcbKtvjvJA==", "$argon2id$v=19$m=102400,t=2,p=8$3ptTitHa25tzTun9P2fs3Q$G0pe9FRUfcxwm79UQ7zm5Q"},
		{"oBqFnNoj8U2qekGl92b2Y7hNOGmES5+xrjkpQm/qLCL4nx5uHMW+eLJPGKgLhPYeSm2gkmMiup2koU6Xrpm1JQ==", "$argon2id$v=19$m=102400,t=2,p=8$ZmVkY2JhOTg3NjU0MzIxMA$Z+z9GI+bonLCknWVymrDUQ"},
	} {
		if ok, stale, err := h.Verify(ctx, tt.hash, tt.password); !ok || !stale || err != nil {
			t.Errorf("Verify(%.40q, %q) = %v, %v, %v, want true, true, nil", tt.hash, tt.password, ok, stale, err)
		}
		if strings.HasPrefix(tt.hash, "scrypt:32768") || strings.HasPrefix(tt.hash, "pbkdf2:sha256:1000000") {
			continue // these take long, and the others show the same
		}
		if ok, stale, err := h.Verify(ctx, tt.hash, tt.password+"x"); ok || stale || err != nil {
			t.Errorf("Verify(%.40q, wrong password) = %v, %v, %v, want false, false, nil", tt.hash, ok, stale, err)
		}
	}
}

func TestHashAs(t *testing.T) {
	ctx, h := t.Context(), hasher(t, fast)
	for _, tt := range []struct{ method, want string }{
		{"argon2id", `^\$argon2id\$v=19\$m=1024,`},
		{"scrypt", `^scrypt:32768:8:1\$[A-Z2-7]{26}\$[0-9a-f]{128}$`},
		{"scrypt:1024:8:1", `^scrypt:1024:8:1\$[A-Z2-7]{26}\$[0-9a-f]{128}$`},
		{"pbkdf2", `^pbkdf2:sha256:1000000\$[A-Z2-7]{26}\$[0-9a-f]{64}$`},
		{"pbkdf2:sha512:1000", `^pbkdf2:sha512:1000\$[A-Z2-7]{26}\$[0-9a-f]{128}$`},
		{"pbkdf2:sha1:1000", `^pbkdf2:sha1:1000\$[A-Z2-7]{26}\$[0-9a-f]{40}$`},
	} {
		hash, err := h.HashAs(ctx, tt.method, "pässwörd☃")
		if err != nil || !regexp.MustCompile(tt.want).MatchString(hash) {
			t.Errorf("HashAs(%s) = %q, %v, want %s", tt.method, hash, err, tt.want)
		}
		if tt.method == "scrypt" || tt.method == "pbkdf2" {
			continue // the defaults take long, and the others show the same
		}
		if ok, stale, err := h.Verify(ctx, hash, "pässwörd☃"); !ok || stale != (tt.method != "argon2id") || err != nil {
			t.Errorf("Verify(HashAs(%s)) = %v, %v, %v", tt.method, ok, stale, err)
		}
	}
	for _, method := range []string{"", "md5", "plain", "sha256", "scrypt:", "scrypt:1024", "scrypt:1024:8:1:1", "pbkdf2:md5", "pbkdf2:sha256:x", "pbkdf2:sha256:1000:1", "bcrypt"} {
		if hash, err := h.HashAs(ctx, method, "x"); !errors.Is(err, password.ErrFormat) {
			t.Errorf("HashAs(%q) = %q, %v, want %v", method, hash, err, password.ErrFormat)
		}
	}
	if _, err := h.HashAs(ctx, "scrypt:1073741824:8:1", "x"); !errors.Is(err, password.ErrCost) {
		t.Errorf("HashAs with too much: %v, want %v", err, password.ErrCost)
	}
}

// After each of these a login should replace the hash.
func TestStale(t *testing.T) {
	ctx, h := t.Context(), hasher(t, fast)
	for name, cfg := range map[string]password.Config{
		"less memory":  {Memory: 512, Time: 1, InsecureFast: true},
		"more memory":  {Memory: 2048, Time: 1, InsecureFast: true},
		"more time":    {Memory: 1024, Time: 2, InsecureFast: true},
		"more threads": {Memory: 1024, Time: 1, Threads: 2, InsecureFast: true},
	} {
		hash, err := hasher(t, cfg).Hash(ctx, "x")
		if err != nil {
			t.Fatal(err)
		}
		if ok, stale, err := h.Verify(ctx, hash, "x"); !ok || !stale || err != nil {
			t.Errorf("%s: Verify = %v, %v, %v, want true, true, nil", name, ok, stale, err)
		}
	}
}

// allocated returns how many bytes f allocates. Every hash allocates its
// memory, so that tells whether one was computed, without a clock.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// If a login of an unknown user failed at once, its time would tell who has an
// account.
func TestUnknownUser(t *testing.T) {
	ctx, h := t.Context(), hasher(t, fast)
	known, err := h.Hash(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{known, ""} {
		n := allocated(func() {
			if ok, stale, err := h.Verify(ctx, hash, "wrong"); ok || stale || err != nil {
				t.Errorf("Verify(%q) = %v, %v, %v, want false, false, nil", hash, ok, stale, err)
			}
		})
		if n < 1<<20 {
			t.Errorf("Verify(%q) allocated %d bytes and so computed no hash", hash, n)
		}
	}
	if ok, _, _ := h.Verify(ctx, "", ""); ok {
		t.Error("an unknown user got in")
	}
}

// Whoever can write a row of the table must not get the server's memory or time.
func TestVerifyHostile(t *testing.T) {
	ctx, h := t.Context(), hasher(t, fast)
	hash64 := strings.Repeat("00", 64)
	for _, hash := range []string{
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=262145,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=4294967295,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=2,p=255$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=2,p=257$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA", // 1 in 8 bits
		"$argon2id$v=19$m=19456,t=0,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",   // argon2 panics
		"$argon2id$v=19$m=19456,t=2,p=0$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",   // argon2 panics
		"$argon2id$v=19$m=0,t=2,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=7,t=2,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"scrypt:4294967295:8:1$salt$" + hash64,
		"scrypt:2147483648:8:1$salt$" + hash64,
		"scrypt:262144:8:1$salt$" + hash64,
		"scrypt:32768:8:65535$salt$" + hash64,
		"scrypt:32768:65535:1$salt$" + hash64,
		"scrypt:2:65535:65535$salt$" + hash64,
		"scrypt:2:1:65535$salt$" + hash64,
		"scrypt:32767:8:1$salt$" + hash64,
		"scrypt:0:8:1$salt$" + hash64,
		"scrypt:1:8:1$salt$" + hash64,
		"scrypt:1024:0:1$salt$" + hash64,
		"scrypt:1024:8:0$salt$" + hash64,
		"pbkdf2:sha256:4294967295$salt$" + hash64[:64],
		"pbkdf2:sha256:0$salt$" + hash64[:64],
	} {
		n := allocated(func() {
			if ok, _, err := h.Verify(ctx, hash, "x"); ok || !errors.Is(err, password.ErrCost) {
				t.Errorf("Verify(%.70q) = %v, %v, want %v", hash, ok, err, password.ErrCost)
			}
		})
		if n > 1<<20 {
			t.Errorf("Verify(%.70q) allocated %d bytes", hash, n)
		}
	}
}

func TestVerifyMalformed(t *testing.T) {
	ctx, h := t.Context(), hasher(t, fast)
	const good = "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA"
	if _, _, err := h.Verify(ctx, good, "x"); err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{
		"plain", "$", "$$", "a$b", "a$b$c", "$$$$$$", "\x00",
		"md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
		"sha256$salt$" + strings.Repeat("0", 64),
		"$2b$12$abcdefghijklmnopqrstuulgoe9MKU7XzDeSQNuEVg0ztCHCzL3ci",
		strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "argon2id", "Argon2id", 1),
		strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "v=19$", "", 1),
		strings.Replace(good, "m=1024,t=1", "t=1,m=1024", 1),
		strings.Replace(good, "p=1", "p=1,data=x", 1),
		strings.Replace(good, "m=1024", "m=+1024", 1),
		strings.Replace(good, "m=1024", "m=01024", 1),
		strings.Replace(good, "m=1024", "m=", 1),
		strings.Replace(good, "m=1024", "m=99999999999999999999", 1),
		strings.Replace(good, "c2FsdHNhbHRzYWx0", "c2Fsd", 1),
		strings.Replace(good, "c2FsdHNhbHRzYWx0", "c2FsdHNhbHRzYWx0==", 1),
		strings.Replace(good, "c2FsdHNhbHRzYWx0", "", 1),
		good[:len(good)-1] + "B", // spare bits
		good[:len(good)-1] + "\n",
		good[:len(good)-8],
		good + "$",
		good + strings.Repeat("A", 1000),
		"scrypt:1024:8:1$$" + strings.Repeat("00", 64),
		"scrypt:1024:8:1$salt$" + strings.Repeat("00", 63),
		"scrypt:1024:8:1$salt$" + strings.Repeat("0", 127),
		"scrypt:1024:8:1$salt$" + strings.Repeat("zz", 64),
		"scrypt:1024:8$salt$" + strings.Repeat("00", 64),
		"scrypt:-1024:8:1$salt$" + strings.Repeat("00", 64),
		"pbkdf2:md5:1000$salt$" + strings.Repeat("00", 16),
		"pbkdf2:sha256:1000$salt$",
	} {
		if ok, stale, err := h.Verify(ctx, hash, "x"); ok || stale || !errors.Is(err, password.ErrFormat) {
			t.Errorf("Verify(%.90q) = %v, %v, %v, want %v", hash, ok, stale, err, password.ErrFormat)
		}
	}
}

func TestTooLong(t *testing.T) {
	ctx, h := t.Context(), hasher(t, fast)
	long := strings.Repeat("x", password.MaxLength)
	hash, err := h.Hash(ctx, long)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, err := h.Verify(ctx, hash, long); !ok || err != nil {
		t.Errorf("Verify of %d bytes = %v, %v", len(long), ok, err)
	}
	if _, err := h.Hash(ctx, long+"x"); !errors.Is(err, password.ErrTooLong) {
		t.Errorf("Hash of %d bytes: error %v, want %v", len(long)+1, err, password.ErrTooLong)
	}
	if ok, _, err := h.Verify(ctx, hash, long+"x"); ok || err != nil {
		t.Errorf("Verify of %d bytes = %v, %v, want false, nil", len(long)+1, ok, err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, cfg := range []password.Config{
		{Memory: 1024},
		{Time: 1},
		{Memory: 7 * 1024, Time: 4},
		{Memory: 4 * 1024, Time: 100},
		{Memory: 1 << 30},
		{Time: 1 << 20},
		{Threads: 255},
		{Memory: 8, Threads: 2, InsecureFast: true},
	} {
		if _, err := password.New(cfg); err == nil {
			t.Errorf("New(%+v) was accepted", cfg)
		}
	}
	for _, cfg := range []password.Config{{}, {Memory: 64 * 1024, Time: 1}, {Memory: 12 * 1024, Time: 3}, {Memory: 9 * 1024, Time: 4}, {Memory: 7 * 1024, Time: 5}} {
		if _, err := password.New(cfg); err != nil {
			t.Errorf("New(%+v): %v", cfg, err)
		}
	}
}

func Example() {
	h, err := password.New(password.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background() // in a handler, that of the request

	users := map[string]string{
		"alice": "pbkdf2:sha256:1000$abcdefgh$18751b39835fcdcff55cfd8c589c50d0e07cdc0b61240e4b24425c27a6a1cc56",
	}
	login := func(name, pass string) {
		ok, stale, err := h.Verify(ctx, users[name], pass) // "" for an unknown name takes as long
		if err != nil {
			fmt.Println(err)
			return
		}
		if ok && stale {
			if hash, err := h.Hash(ctx, pass); err == nil {
				users[name] = hash
			}
		}
		fmt.Println(name, ok, stale)
	}
	login("alice", "secret")
	login("alice", "secret")
	login("alice", "guess")
	login("mallory", "secret")
	// Output:
	// alice true true
	// alice true false
	// alice false false
	// mallory false false
}

func BenchmarkVerify(b *testing.B) {
	h := hasher(b, password.Config{})
	hash, err := h.Hash(b.Context(), "x")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, _, err := h.Verify(b.Context(), hash, "x"); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
