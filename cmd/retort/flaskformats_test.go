package main

import (
	"bytes"
	"strings"
	"testing"
)

func runWith(t *testing.T, stdin string, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), append([]string{"retort"}, args...), strings.NewReader(stdin), &o, &e)
	return o.String(), e.String(), code
}

func TestFlaskFormats(t *testing.T) {
	const (
		cookie  = "eyJ1c2VyX2lkIjoxfQ.ZVPxAA.-iTHWki8YqEjY8B2FguGpvAGqyg"
		flashes = ".eJyrVopPy0kszkgtVrKKrlZSKAFSSrmpxcWJ6alKOkoeqTk5-UqxtTowqdSiovwiJRA3V8lKySbJrsJGP8lOqTYWCAGpvRfx.ZVPxAA.HvVJqGzI4TExtycpxKJiMSeviUQ"
		types   = ".eJyrVspLLS5JTVGyqlbKUbKKrlZSKAFShjpARpKSlVKqo62tUm1sLZCfCFKjUAoUNDQyNjE1M7fARSvVAnXUAgB9Ohfx.ZVPxAA.DODyF1o88jnHCBZ37kxJoRAGl_U"
		token   = "InVzZXJAZXhhbXBsZS5jb20i.ZVPxAA.SRASLATvCRT1NPr2M6mjbs90cEg"
		hash    = "pbkdf2:sha256:1000$abcdefgh$18751b39835fcdcff55cfd8c589c50d0e07cdc0b61240e4b24425c27a6a1cc56"
	)
	decode := []string{"session", "decode", "--key", "dev"}
	encode := []string{"session", "encode", "--key", "dev", "--now", "1700000000"}
	load := []string{"token", "load", "--key", "dev", "--salt", "password-reset"}
	dump := []string{"token", "dump", "--key", "dev", "--salt", "password-reset", "--now", "1700000000", "--max-age", "60"}
	and := func(args []string, more ...string) []string { return append(args[:len(args):len(args)], more...) }
	for _, tt := range []struct {
		name, stdin string
		args        []string
		out, errOut string
		code        int
	}{
		{"a session", "", and(decode, cookie), `{"user_id":1}`, "", 0},
		{"flashes", "", and(decode, flashes), `{"_flashes":[["message","Hello"],["error","<b>x</b>"]]}`, "", 0},
		{"types", "", and(decode, types), `{"nested":{"l":[[1,"eA=="],{"a":"12345678-1234-5678-1234-567812345678"}]}}`, "", 0},
		{"its last second", "", and(decode, "--now", "1700000060", "--max-age", "60", cookie), `{"user_id":1}`, "", 0},
		{"too old", "", and(decode, "--now", "1700000061", "--max-age", "60", cookie), "", "expired", 1},
		{"too old by the clock", "", and(decode, "--max-age", "60", cookie), "", "expired", 1},
		{"from the future", "", and(decode, "--now", "1699999999", "--max-age", "60", cookie), "", "future", 1},
		{"another key", "", []string{"session", "decode", "--key", "other", cookie}, "", "signature does not match", 1},
		{"no key", "", []string{"session", "decode", "--key", "", cookie}, "", "key is empty", 1},
		{"garbage", "", and(decode, "garbage"), "", "malformed", 1},
		{"no cookie", "", decode, "", "one COOKIE", 2},
		{"negative age", "", and(decode, "--max-age", "-1", cookie), "", "negative", 2},

		{"make a session", "{\"user_id\": 1}\n", encode, cookie, "", 0},
		{"sorted and escaped", `{"b":1,"a":"é"}`, encode, "eyJhIjoiXHUwMGU5IiwiYiI6MX0.ZVPxAA.", "", 0},
		{"what looks like a tag", `{" t":1}`, encode, "eyIgZGkiOnsiIHRfXyI6MX19.ZVPxAA.duKgN2jgplR7g1jok5UauWMOkHo", "", 0},
		{"no JSON", "{", encode, "", "not JSON", 1},
		{"no object", "[1]", encode, "", "a session is a JSON object", 1},
		{"too much", strings.Repeat(" ", maxInput+1), encode, "", "longer than", 1},

		{"a token", "", and(load, "--now", "1700000000", "--max-age", "0", token), `"user@example.com"`, "", 0},
		{"of any age", "", and(load, token), `"user@example.com"`, "", 0},
		{"too old a token", "", and(load, "--max-age", "3600", token), "", "expired", 1},
		{"another salt", "", []string{"token", "load", "--key", "dev", "--salt", "x", token}, "", "signature", 1},
		{"no salt", "", []string{"token", "load", "--key", "dev", "--salt", "", token}, "", "--salt is empty", 2},
		{"make a token", `"user@example.com"`, dump, token, "", 0},
		{"in its own order", `{"b":1,"a":2}`, dump, "eyJiIjoxLCJhIjoyfQ.ZVPxAA.jiyNhtEdgATxeoMQlU5jP2w-6wQ", "", 0},
		{"make a token of nothing", "", dump, "", "not JSON", 1},

		{"a password", "secret\n", []string{"password", "verify", "--hash", hash}, "true", "", 0},
		{"a password without a line break", "secret", []string{"password", "verify", "--hash", hash}, "true", "", 0},
		{"a wrong password", "secret2", []string{"password", "verify", "--hash", hash}, "", "does not fit", 1},
		{"plain text for a hash", "secret", []string{"password", "verify", "--hash", "secret"}, "", "plain text", 1},
		{"an unknown method", "secret", []string{"password", "hash", "--method", "md5"}, "", `"md5" is not known`, 1},
	} {
		out, errOut, code := runWith(t, tt.stdin, tt.args...)
		if strings.HasSuffix(tt.out, ".ZVPxAA.") && len(out) > len(tt.out) {
			out = out[:len(tt.out)] + "\n" // the signature is tested with the package
		}
		if want := tt.out + "\n"; code != tt.code || code == 0 && out != want || code != 0 && out != "" {
			t.Errorf("%s: got %q, status %d, want %q, %d; %s", tt.name, out, code, tt.out, tt.code, errOut)
		}
		if !strings.Contains(errOut, tt.errOut) || tt.errOut == "" && errOut != "" || strings.Count(errOut, "\n") > 1 {
			t.Errorf("%s: standard error is %q, want a line with %q", tt.name, errOut, tt.errOut)
		}
	}
}

func TestPasswordCommands(t *testing.T) {
	for _, method := range []string{"argon2id", "scrypt:1024:8:1", "pbkdf2:sha256:1000", "bcrypt"} {
		hash, errOut, code := runWith(t, "pässwörd\r\n", "password", "hash", "--method", method)
		if code != 0 || !strings.Contains(hash, "$") {
			t.Errorf("%s: got %q, status %d; %s", method, hash, code, errOut)
			continue
		}
		if out, errOut, code := runWith(t, "pässwörd", "password", "verify", "--hash", strings.TrimSpace(hash)); code != 0 || out != "true\n" {
			t.Errorf("%s: verify got %q, status %d; %s", method, out, code, errOut)
		}
	}
}
