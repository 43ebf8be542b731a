package flask_test

import (
	"crypto"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/flask"
)

var dev = []byte("dev")

func signer(t testing.TB, cfg flask.SignerConfig) *flask.Signer {
	t.Helper()
	s, err := flask.NewSigner(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tokens(t testing.TB, form flask.Form, cfg flask.SignerConfig) *flask.Tokens {
	t.Helper()
	s, err := flask.NewTokens(form, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSignerVectors(t *testing.T) {
	for _, tt := range []struct {
		cfg   flask.SignerConfig
		value string
		timed bool
		want  string
	}{
		{flask.SignerConfig{}, "hello", false, "hello.2cURi20mTJAvx85Zz0tE55vAVvg"},
		{flask.SignerConfig{Salt: "activate"}, "hello", false, "hello.NYkWGaouHYl2uljLIbmHyuEuGig"},
		{flask.SignerConfig{Derivation: flask.HMAC}, "hello", false, "hello.vJPFpscIVQyf9l237oTOYj4IsnE"},
		{flask.SignerConfig{Derivation: flask.Concat}, "hello", false, "hello._eNRKIMN91C8sAFZQj0WYOFamWk"},
		{flask.SignerConfig{Derivation: flask.Underived}, "hello", false, "hello.9ih51xxJLFNgyh2y6lGxjoim7UQ"},
		{flask.SignerConfig{Digest: crypto.SHA256}, "hello", false, "hello.5v9A4k9KTCvUNfbOTNWmMOPghMyioh2tQJmPNjUsBvs"},
		{flask.SignerConfig{Separator: ":"}, "hello", false, "hello:2cURi20mTJAvx85Zz0tE55vAVvg"},
		{flask.SignerConfig{}, "hello", true, "hello.ZVPxAA.3FTp82HiOzbW191rvwYPuJYP404"},
		{flask.SignerConfig{Salt: "reset"}, "user@example.com", true, "user@example.com.ZVPxAA.HfpvYhXcrg6xrf2Wu2qwdGKztWA"},
		{flask.SignerConfig{Derivation: flask.HMAC, Digest: crypto.SHA512}, "hello", true,
			"hello.ZVPxAA.7OUmD2exNUNWK7HWXBC76L43lQ5daFHZ2o7ACrPqEjNwoLXM67YupuTgo-fTQTLQg1HyLxXrTRo8bEhnlQ6L4Q"},
	} {
		tt.cfg.Key = dev
		s := signer(t, tt.cfg)
		got, value, err := s.Sign(tt.value), "", error(nil)
		if tt.timed {
			got = s.SignAt(tt.value, then)
			value, _, err = s.UnsignAt(tt.want, then, 0)
		} else {
			value, err = s.Unsign(tt.want)
		}
		if got != tt.want {
			t.Errorf("signed %q: %s, want %s", tt.value, got, tt.want)
		}
		if value != tt.value || err != nil {
			t.Errorf("unsigned %s: %q, %v, want %q", tt.want, value, err, tt.value)
		}
	}
}

func TestTimestamps(t *testing.T) {
	s := signer(t, flask.SignerConfig{Key: dev})
	for sec, want := range map[int64]string{
		0: "", 1: "AQ", 255: "_w", 256: "AQA", 1293840000: "TR5ugA", 1700000000: "ZVPxAA", 4294967295: "_____w", 4294967296: "AQAAAAA",
	} {
		token := s.SignAt("x", time.Unix(sec, 0))
		if got := strings.Split(token, ".")[1]; got != want {
			t.Errorf("the time %d is spelled %q, want %q", sec, got, want)
		}
		if _, at, err := s.UnsignAt(token, then, flask.AnyAge); err != nil || at.Unix() != sec {
			t.Errorf("%s was made at %v, %v, want %d", token, at, err, sec)
		}
	}
	for _, bad := range []string{s.Sign("x.AQAAAAAAAAAA"), s.Sign("x._________w"), s.Sign("x.QAAAAAA"), s.Sign("x.!"), s.Sign("x.AR"), s.Sign("x")} {
		if _, _, err := s.UnsignAt(bad, then, flask.AnyAge); !errors.Is(err, flask.ErrMalformed) {
			t.Errorf("UnsignAt(%s): %v, want ErrMalformed", bad, err)
		}
	}
}

func TestSignerRefuses(t *testing.T) {
	for name, cfg := range map[string]flask.SignerConfig{
		"no key":                           {},
		"an empty fallback":                {Key: dev, Fallbacks: [][]byte{{}}},
		"a separator that signatures have": {Key: dev, Separator: "-"},
		"MD5":                              {Key: dev, Digest: crypto.MD5},
		"an unknown derivation":            {Key: dev, Derivation: 9},
	} {
		if _, err := flask.NewSigner(cfg); err == nil {
			t.Errorf("NewSigner with %s succeeded", name)
		}
	}
}

func TestTokenVectors(t *testing.T) {
	url := flask.URLSafeTimed
	for _, tt := range []struct {
		form flask.Form
		cfg  flask.SignerConfig
		json string
		want string
	}{
		{flask.Plain, flask.SignerConfig{}, `{"id":5,"n":"x"}`, `{"id": 5, "n": "x"}.j7Z276khBH-RCxo3o29bVCWcv8Y`},
		{flask.Timed, flask.SignerConfig{}, `{"id":5}`, `{"id": 5}.ZVPxAA.5Cpvn0d3kUZ-x2OqWB1IbisaV5w`},
		{flask.URLSafe, flask.SignerConfig{}, `{"id":5,"n":"x"}`, "eyJpZCI6NSwibiI6IngifQ.6wWlPeF_fytI249b6rxIO1Koi-0"},
		{flask.URLSafe, flask.SignerConfig{Salt: "unsubscribe"}, `42`, "NDI.DU3LfTcOe6UK8ChL5swDpRM4CBE"},
		{flask.URLSafe, flask.SignerConfig{}, `"` + strings.Repeat("x", 50) + `"`, ".eJxTqiAZKAEAdHQXtQ.lwVreZsNENpZZVvMVvBV7_89yjc"},
		{url, flask.SignerConfig{Salt: "password-reset"}, `"user@example.com"`, "InVzZXJAZXhhbXBsZS5jb20i.ZVPxAA.SRASLATvCRT1NPr2M6mjbs90cEg"},
		{url, flask.SignerConfig{Salt: "email-confirm"}, `{"id":5,"email":"ü@x.y"}`, "eyJpZCI6NSwiZW1haWwiOiLDvEB4LnkifQ.ZVPxAA.3u64jdamJSuqUHXl-_X5ttKuK14"},
		{url, flask.SignerConfig{}, `[1,"two",null]`, "WzEsInR3byIsbnVsbF0.ZVPxAA.3iwFyR5VrSiX6BbvkAizO0BBESQ"},
		{url, flask.SignerConfig{Salt: "password-reset"}, `{"b":1,"a":2}`, "eyJiIjoxLCJhIjoyfQ.ZVPxAA.jiyNhtEdgATxeoMQlU5jP2w-6wQ"},
		{url, flask.SignerConfig{Salt: "s", Derivation: flask.HMAC, Digest: crypto.SHA256}, `"x"`, "Ingi.ZVPxAA.Ek5sK9YggdoHq87H8tjApyaYYWsyDWkuq0JIc0uhq9A"},
		// Flask-Security's
		{url, flask.SignerConfig{Salt: flask.AuthTokenSalt}, `{"ver":"5","uid":"f00dfeedf00dfeedf00dfeedf00dfeed","fs_paa":1700000000.25,"exp":0}`,
			".eJyrVipLLVKyUjJV0lEqzUwBstIMDFLSUlNTcNFAhWnF8QWJiUpWhuYGUKBnZKqjlFpRoGRlUAsAEssYHQ.ZVPxAA.DVohG1IuwoiuPRDlNE2RWukZcWw"},
		{url, flask.SignerConfig{Salt: flask.ResetSalt}, `["f00dfeedf00dfeedf00dfeedf00dfeed",null]`, ".eJyLVkozMEhJS01NwUUr6eSV5uTEAgAbEA3c.ZVPxAA.Dy27q9ox8kzBqoT9E6p_P9M01SA"},
		{url, flask.SignerConfig{Salt: flask.ConfirmSalt}, `["f00dfeedf00dfeedf00dfeedf00dfeed","$5$x"]`, ".eJyLVkozMEhJS01NwUUr6SipmKpUKMUCADGNDVo.ZVPxAA.t0NFYaNu31FwqBb0-mJcCxHheWY"},
		{url, flask.SignerConfig{Salt: flask.LoginSalt}, `["f00dfeedf00dfeedf00dfeedf00dfeed"]`, ".eJyLVkozMEhJS01NwUUrxQIA2esL9Q.ZVPxAA.AtiFOHQLMhYv255ncT077fbeCNU"},
	} {
		tt.cfg.Key = dev
		s := tokens(t, tt.form, tt.cfg)
		got, err := s.Dump(json.RawMessage(tt.json), then)
		if err != nil || !sameToken(got, tt.want) {
			t.Errorf("Dump(%s) = %s, %v, want %s", tt.json, got, err, tt.want)
		}
		for _, token := range []string{got, tt.want} {
			var raw json.RawMessage
			if _, err := s.Load(token, then, 0, &raw); err != nil || string(raw) != tt.json {
				t.Errorf("Load(%s) = %s, %v, want %s", token, raw, err, tt.json)
			}
		}
	}
}

// What a verifier must tell apart, on one token.
func TestTokenCases(t *testing.T) {
	s := tokens(t, flask.URLSafeTimed, flask.SignerConfig{Key: dev, Salt: "s"})
	good, err := s.Dump(values{"a": 1}, then)
	if err != nil {
		t.Fatal(err)
	}
	part := strings.Split(good, ".")
	for _, tt := range []struct {
		name, token string
		after       time.Duration
		maxAge      time.Duration
		want        error
	}{
		{"good", good, 0, 0, nil},
		{"line break behind", good + "\n", 0, 0, flask.ErrSignature},
		{"empty", "", 0, 0, flask.ErrMalformed},
		{"no dot", part[0], 0, 0, flask.ErrMalformed},
		{"two parts", part[0] + "." + part[2], 0, 0, flask.ErrSignature},
		{"another payload", "e" + good, 0, 0, flask.ErrSignature},
		{"a foreign character", good[:3] + "!" + good[3:], 0, 0, flask.ErrSignature},
		{"its last second", good, 100 * time.Second, 100 * time.Second, nil},
		{"too old", good, 100 * time.Second, 99 * time.Second, flask.ErrExpired},
		{"from the future", good, -10 * time.Second, time.Hour, flask.ErrFuture},
		{"from the future, at any age", good, -10 * time.Second, flask.AnyAge, nil},
		{"no age allowed at all", good, 0, -1, flask.ErrExpired},
		{"huge", strings.Repeat("a", 3<<20) + good, 0, 0, flask.ErrMalformed},
	} {
		var v any
		if _, err := s.Load(tt.token, then.Add(tt.after), tt.maxAge, &v); !errors.Is(err, tt.want) {
			t.Errorf("%s: Load = %v, %v, want %v", tt.name, v, err, tt.want)
		}
	}
}

func TestTokenTypes(t *testing.T) {
	s := tokens(t, flask.URLSafeTimed, flask.SignerConfig{Key: dev})
	auth := flask.AuthToken{Version: "5", UserID: "f00d", Authenticated: 1700000000.25}
	token, err := s.Dump(auth, then)
	if err != nil {
		t.Fatal(err)
	}
	var back flask.AuthToken
	if at, err := s.Load(token, then, 0, &back); err != nil || back != auth || !at.Equal(then) {
		t.Errorf("Load = %v, %v, %v, want %v", back, at, err, auth)
	}
	var v any
	want := values{"ver": "5", "uid": "f00d", "fs_paa": 1700000000.25, "exp": int64(0)}
	if _, err := s.Load(token, then, 0, &v); err != nil || !reflect.DeepEqual(v, any(want)) {
		t.Errorf("Load = %v, %v, want %v", v, err, want)
	}
	var n int
	if _, err := s.Load(token, then, 0, &n); !errors.Is(err, flask.ErrPayload) {
		t.Errorf("Load into an int: %v, want ErrPayload", err)
	}
	if _, err := s.Dump(func() {}, then); err == nil {
		t.Error("Dump of a func succeeded")
	}
}
