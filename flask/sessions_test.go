package flask_test

import (
	"crypto"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/flask"
)

// then is the time at which all tokens of the tables were made.
var then = time.Unix(1_700_000_000, 0)

func sessions(t testing.TB, key string, fallbacks ...string) *flask.Sessions {
	t.Helper()
	cfg := flask.SessionConfig{SecretKey: []byte(key), InsecureWeakKey: true}
	for _, f := range fallbacks {
		cfg.SecretKeyFallbacks = append(cfg.SecretKeyFallbacks, []byte(f))
	}
	s, err := flask.NewSessions(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type values = map[string]any

var (
	uuid = flask.UUID{0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78}
	day  = time.Date(2024, 2, 29, 12, 30, 45, 0, time.UTC)
)

// Cookies that Flask 3.1 made, and what was in the session.
var cookies = []struct {
	key    string
	values values
	plain  string // as JSON without tags
	cookie string
}{
	{"dev", values{"user_id": int64(1)}, `{"user_id":1}`, "eyJ1c2VyX2lkIjoxfQ.ZVPxAA.-iTHWki8YqEjY8B2FguGpvAGqyg"},
	{"dev", values{}, `{}`, "e30.ZVPxAA.G9CsbqNauYyuVcGETViEUblgw6A"},
	{"dev", values{"b": int64(1), "a": int64(2)}, `{"a":2,"b":1}`, "eyJhIjoyLCJiIjoxfQ.ZVPxAA.eaZhYSxgI0yiPz-ZdOnH4Z0hg_k"},
	{"dev", values{"t": flask.Tuple{int64(1), "x"}}, `{"t":[1,"x"]}`, "eyJ0Ijp7IiB0IjpbMSwieCJdfX0.ZVPxAA.14dhnEOrDZguoW-Z765VYKga_Wg"},
	{"dev", values{"by": []byte("\x00\xffhi")}, `{"by":"AP9oaQ=="}`, "eyJieSI6eyIgYiI6IkFQOW9hUT09In19.ZVPxAA.gtSb81iX_xEOOpebL5H5nqkZv4c"},
	{"dev", values{"m": flask.Markup("<b>&</b>")}, `{"m":"<b>&</b>"}`, "eyJtIjp7IiBtIjoiPGI-JjwvYj4ifX0.ZVPxAA.JnoSo4QoDGWmrOyJJcukelzYjn0"},
	{"dev", values{"u": uuid}, `{"u":"12345678-1234-5678-1234-567812345678"}`, ".eJyrVipVsqpWUgCSSoZGxiamZuYWuGil2loABOwKyw.ZVPxAA.vuxq3XAOvcImdLImrUE01oM_X4s"},
	{"dev", values{"d": day}, `{"d":"Thu, 29 Feb 2024 12:30:45 GMT"}`, "eyJkIjp7IiBkIjoiVGh1LCAyOSBGZWIgMjAyNCAxMjozMDo0NSBHTVQifX0.ZVPxAA.EIZr6Wwi4A6y_fsVD3lCkiKGZGE"},
	{"dev", values{"dn": day}, `{"dn":"Thu, 29 Feb 2024 12:30:45 GMT"}`, "eyJkbiI6eyIgZCI6IlRodSwgMjkgRmViIDIwMjQgMTI6MzA6NDUgR01UIn19.ZVPxAA.6iJwLF8nM7-xLHoqbz0s5asnyiw"},
	{"dev", values{"d2": day.Add(-2 * time.Hour)}, `{"d2":"Thu, 29 Feb 2024 10:30:45 GMT"}`, "eyJkMiI6eyIgZCI6IlRodSwgMjkgRmViIDIwMjQgMTA6MzA6NDUgR01UIn19.ZVPxAA.rwn1pKmSXM5J-QoaCF2YZpGTFV0"},
	{"dev", values{"x": values{" t": []any{int64(1)}}}, `{"x":{" t":[1]}}`, "eyJ4Ijp7IiBkaSI6eyIgdF9fIjpbMV19fX0.ZVPxAA.O3hbpYWD8ZGQ_i3tIvzyKwzbHJk"},
	{"dev", values{" t": int64(1)}, `{" t":1}`, "eyIgZGkiOnsiIHRfXyI6MX19.ZVPxAA.duKgN2jgplR7g1jok5UauWMOkHo"},
	{"dev", values{"x": values{" d": "a", "y": int64(1)}}, `{"x":{" d":"a","y":1}}`, "eyJ4Ijp7IiBkIjoiYSIsInkiOjF9fQ.ZVPxAA.-qpyL13cG_UTTSpHpyMgKjzafUc"},
	{"dev", values{"x": values{" zz": int64(1)}}, `{"x":{" zz":1}}`, "eyJ4Ijp7IiB6eiI6MX19.ZVPxAA.58rm-b2lq5KcO9rq95TXv6I7c1M"},
	{"dev", values{"n": nil, "f": 1.5, "t": true, "s": "é☃😀\"\\/\n\t\x7f<>&\u2028"}, "{\"f\":1.5,\"n\":null,\"s\":\"é☃😀\\\"\\\\/\\n\\t\x7f<>&\u2028\",\"t\":true}",
		"eyJmIjoxLjUsIm4iOm51bGwsInMiOiJcdTAwZTlcdTI2MDNcdWQ4M2RcdWRlMDBcIlxcL1xuXHRcdTAwN2Y8PiZcdTIwMjgiLCJ0Ijp0cnVlfQ.ZVPxAA.4uKJPscomnoAqfsjNAY-qZDJB4Q"},
	{"dev", values{"fl": []any{1e100, 1e16, big30, 0.1, math.Copysign(0, -1), 1e-7, 1.0, math.Inf(1), math.NaN()}},
		`{"fl":[1e+100,1e+16,123456789012345678901234567890,0.1,-0.0,1e-07,1.0,Infinity,NaN]}`,
		".eJyrVkrLUbKKNkzVNjQw0AFRZjqGRsYmpmbmFpYG2Fg6BnqGOroGeiDVugbmOoZAlmdeWmZeZkmljl-iX2wtAC5EFEw.ZVPxAA.1Yik4vB0yRRRcuTuwcDbNnJHnBs"},
	{"dev", values{"_flashes": []any{flask.Tuple{"message", "Hello"}, flask.Tuple{"error", flask.Markup("<b>x</b>")}}},
		`{"_flashes":[["message","Hello"],["error","<b>x</b>"]]}`,
		".eJyrVopPy0kszkgtVrKKrlZSKAFSSrmpxcWJ6alKOkoeqTk5-UqxtTowqdSiovwiJRA3V8lKySbJrsJGP8lOqTYWCAGpvRfx.ZVPxAA.HvVJqGzI4TExtycpxKJiMSeviUQ"},
	{"dev", values{"_permanent": true, "k": "v"}, `{"_permanent":true,"k":"v"}`, "eyJfcGVybWFuZW50Ijp0cnVlLCJrIjoidiJ9.ZVPxAA.g7fM47srelCjLnfdsVOPtmSIOhw"},
	{"dev", values{"k": strings.Repeat("a", 60)}, `{"k":"` + strings.Repeat("a", 60) + `"}`, ".eJyrVspWslJKpAAo1QIASLgY4g.ZVPxAA.GjzGeniOYDkA0HPGO3xiBAJghOM"},
	{"dev", values{"nested": values{"l": []any{flask.Tuple{int64(1), []byte("x")}, values{"a": uuid}}}},
		`{"nested":{"l":[[1,"eA=="],{"a":"12345678-1234-5678-1234-567812345678"}]}}`,
		".eJyrVspLLS5JTVGyqlbKUbKKrlZSKAFShjpARpKSlVKqo62tUm1sLZCfCFKjUAoUNDQyNjE1M7fARSvVAnXUAgB9Ohfx.ZVPxAA.DODyF1o88jnHCBZ37kxJoRAGl_U"},
	{"dev", values{"1": "intkey"}, `{"1":"intkey"}`, "eyIxIjoiaW50a2V5In0.ZVPxAA.54mfZvYR9grFC2-faq7HbBbBLaw"},
	{"\x00\x01\xfe\xff bytes key", values{"user_id": int64(1)}, `{"user_id":1}`, "eyJ1c2VyX2lkIjoxfQ.ZVPxAA.aP5_Zkt0An12GUST5yD70F49ecs"},
	{"ключ", values{"user_id": int64(1)}, `{"user_id":1}`, "eyJ1c2VyX2lkIjoxfQ.ZVPxAA.KKdRyj_j-qaDqjdHD1BFU5ExGYM"},
	{"new", values{"user_id": int64(1)}, `{"user_id":1}`, "eyJ1c2VyX2lkIjoxfQ.ZVPxAA.tpppO3W97wERCsdT3Q0Oh8VMRPk"},
	{"dev", values{"csrf_token": "0123456789abcdef0123456789abcdef01234567"}, `{"csrf_token":"0123456789abcdef0123456789abcdef01234567"}`,
		".eJyrVkouLkqLL8nPTs1TslIyMDQyNjE1M7ewTExKTklNw8VXqgUA81oQSQ.ZVPxAA.kaWNcatQQ3s9Ct74FvEnOa4Xdm8"},
	{"dev", values{"csrf_token": strings.Repeat("f", 40)}, `{"csrf_token":"` + strings.Repeat("f", 40) + `"}`,
		".eJyrVkouLkqLL8nPTs1TslJKIxIo1QIAczcV2Q.ZVPxAA.UtU4PuKJGP9iLt7Gd8TNI2QSEWI"},
	{"dev", values{"csrf_token": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}, `{"csrf_token":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}`,
		"eyJjc3JmX3Rva2VuIjoiZGEzOWEzZWU1ZTZiNGIwZDMyNTViZmVmOTU2MDE4OTBhZmQ4MDcwOSJ9.ZVPxAA.eucPODhKwHC9-7coqNOkUUITICw"},
	{"dev", values{"_fresh": false, "_user_id": "42"}, `{"_fresh":false,"_user_id":"42"}`,
		"eyJfZnJlc2giOmZhbHNlLCJfdXNlcl9pZCI6IjQyIn0.ZVPxAA.Pk9X5js6uP5J0JxnHF2USxuQKME"},
	{"dev", values{"_flashes": []any{flask.Tuple{"message", "Please log in to access this page."}}}, `{"_flashes":[["message","Please log in to access this page."]]}`,
		"eyJfZmxhc2hlcyI6W3siIHQiOlsibWVzc2FnZSIsIlBsZWFzZSBsb2cgaW4gdG8gYWNjZXNzIHRoaXMgcGFnZS4iXX1dfQ.ZVPxAA.BreDIZna1CJe5JK0LdX2m9kSUHM"},
}

var big30, _ = new(big.Int).SetString("123456789012345678901234567890", 10)

// same is DeepEqual but for NaN, which equals nothing.
func same(a, b any) bool {
	spell := func(v any) string { data, _ := flask.MarshalSession(v); return string(data) }
	return reflect.DeepEqual(a, b) || spell(a) == spell(b) && strings.Contains(spell(a), "NaN")
}

func TestSessionVectors(t *testing.T) {
	for _, tt := range cookies {
		s := sessions(t, tt.key)
		got, err := s.Decode(tt.cookie, then, time.Hour)
		if err != nil || !same(got, tt.values) {
			t.Errorf("Decode(%s) = %v, %v, want %v", tt.cookie, got, err, tt.values)
		}
		plain, err := s.DecodeJSON(tt.cookie, then, time.Hour)
		if err != nil || string(plain) != tt.plain {
			t.Errorf("DecodeJSON(%s) = %s, %v, want %s", tt.cookie, plain, err, tt.plain)
		}
		cookie, err := s.Encode(tt.values, then)
		if err != nil || !sameToken(cookie, tt.cookie) {
			t.Errorf("Encode(%v) = %s, %v, want %s", tt.values, cookie, err, tt.cookie)
		}
		if again, err := s.Decode(cookie, then, 0); err != nil || !same(again, tt.values) {
			t.Errorf("Decode(Encode(%v)) = %v, %v", tt.values, again, err)
		}
	}
}

// A login of Flask-Login, whose identifier is tested with it.
func TestLoginCookie(t *testing.T) {
	const cookie = ".eJwlzjsOwjAMANC7ZGaIf6nTyyA7tgVrSyfE3UHineC9272OPB9tfx1X3tr9GW1vZKsoZXi3hDlmhzXDzbQ4Mx2Wp2wOVjo4gyA6FMooCkYs3tRXEBJPymmkgC5dWFMjRxjkgDVioWihsayp4n3FIEYwkZntF7nOPP4bxvb5Am5vMFU.ZVPxAA.vxrSP2XRVkWs_nR1SDNTBakRO9U"
	got, err := sessions(t, "dev").Decode(cookie, then, time.Hour)
	agent := "Mozilla/5.0 (X)"
	want := values{"_user_id": "42", "_fresh": true, "_id": flask.LoginID("127.0.0.1", &agent)}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Decode = %v, %v, want %v", got, err, want)
	}
}

func TestSessionUnsorted(t *testing.T) {
	const cookie = "eyJiIjoxLCJhIjoyfQ.ZVPxAA.MZ2BmJb25GQlDzgSW1v-UAIuOUM" // written outside of a request
	if got, err := sessions(t, "dev").DecodeJSON(cookie, then, 0); err != nil || string(got) != `{"b":1,"a":2}` {
		t.Errorf("DecodeJSON = %s, %v, want the order of the cookie", got, err)
	}
}

func TestSessionFallbacks(t *testing.T) {
	s := sessions(t, "new", "old1", "old2")
	if _, err := s.Decode("eyJ1c2VyX2lkIjoxfQ.ZVPxAA.UUZ2AclR79RHZYwu_i-nGcSFdEE", then, 0); err != nil {
		t.Errorf("a cookie of old1: %v", err)
	}
	if got, err := s.Encode(values{"user_id": 1}, then); err != nil || got != "eyJ1c2VyX2lkIjoxfQ.ZVPxAA.tpppO3W97wERCsdT3Q0Oh8VMRPk" {
		t.Errorf("Encode = %s, %v, want one signed with the new key", got, err)
	}
	if _, err := sessions(t, "old3").Decode("eyJ1c2VyX2lkIjoxfQ.ZVPxAA.UUZ2AclR79RHZYwu_i-nGcSFdEE", then, 0); !errors.Is(err, flask.ErrSignature) {
		t.Errorf("a cookie of an unknown key: %v, want ErrSignature", err)
	}
}

// An application that subclassed the interface for SHA-256 and another salt.
func TestSessionOtherDigest(t *testing.T) {
	tokens, err := flask.NewTokens(flask.URLSafeTimed, flask.SignerConfig{
		Key: []byte("new"), Salt: "my-salt", Derivation: flask.HMAC, Digest: crypto.SHA256})
	if err != nil {
		t.Fatal(err)
	}
	var raw json.RawMessage
	if _, err := tokens.Load("eyJ1c2VyX2lkIjoxfQ.ZVPxAA.LoVPhf63CgZApCPX6rN6McKPPF-R_RigtIYPRaRwGKo", then, 0, &raw); err != nil || string(raw) != `{"user_id":1}` {
		t.Errorf("Load = %s, %v", raw, err)
	}
}

func TestSessionRefuses(t *testing.T) {
	s := sessions(t, "dev")
	sign := func(payload string) string {
		signer, err := flask.NewSigner(flask.SignerConfig{Key: []byte("dev"), Salt: "cookie-session", Derivation: flask.HMAC})
		if err != nil {
			t.Fatal(err)
		}
		return signer.SignAt(payload, then)
	}
	const good = "eyJ1c2VyX2lkIjoxfQ.ZVPxAA.-iTHWki8YqEjY8B2FguGpvAGqyg"
	for _, tt := range []struct {
		name, cookie string
		want         error
	}{
		{"empty", "", flask.ErrMalformed},
		{"no dot", "eyJ1c2VyX2lkIjoxfQ", flask.ErrMalformed},
		{"changed", "f" + good[1:], flask.ErrSignature},
		{"cut", good[:len(good)-1], flask.ErrSignature},
		{"spare bits", good[:len(good)-1] + "h", flask.ErrSignature},
		{"padded", good + "=", flask.ErrSignature},
		{"line break", good + "\n", flask.ErrSignature},
		{"not base64", sign("e y"), flask.ErrPayload},
		{"not zlib", sign(".e30"), flask.ErrPayload},
		{"not JSON", sign("eyJ1c2VyX2lkIjox"), flask.ErrPayload},
		{"a list", sign("W10"), flask.ErrPayload},
		{"a bad tag", sign("eyJ1Ijp7IiB1IjoxfX0"), flask.ErrPayload}, // {"u":{" u":1}}
		{"other UTF", sign("_w"), flask.ErrPayload},
		{"a bomb", sign("." + bomb(64<<20)), flask.ErrPayload},
		{"nested without end", sign("." + nested(100_000)), flask.ErrPayload},
	} {
		if got, err := s.Decode(tt.cookie, then, time.Hour); !errors.Is(err, tt.want) {
			t.Errorf("%s: Decode = %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

func TestSessionAge(t *testing.T) {
	s := sessions(t, "dev")
	cookie, err := s.Encode(values{"a": 1}, then)
	if err != nil {
		t.Fatal(err)
	}
	lifetime := 31 * 24 * time.Hour
	for _, tt := range []struct {
		after       time.Duration
		maxAge      time.Duration
		want        error // by Flask's rules
		wantSession error // of an app, which has room for clocks
	}{
		{0, lifetime, nil, nil},
		{lifetime, lifetime, nil, nil},
		{lifetime + time.Second, lifetime, flask.ErrExpired, flask.ErrExpired},
		{-time.Second, lifetime, flask.ErrFuture, nil},
		{-time.Second, flask.AnyAge, nil, nil},
		{-flask.Skew, lifetime, flask.ErrFuture, nil},
		{-flask.Skew - time.Second, lifetime, flask.ErrFuture, flask.ErrFuture},
	} {
		if _, err := s.Decode(cookie, then.Add(tt.after), tt.maxAge); !errors.Is(err, tt.want) {
			t.Errorf("Decode after %v: %v, want %v", tt.after, err, tt.want)
		}
		if _, err := s.OpenSession(t.Context(), cookie, then.Add(tt.after)); !errors.Is(err, tt.wantSession) {
			t.Errorf("OpenSession after %v: %v, want %v", tt.after, err, tt.wantSession)
		}
	}
}

// What an app does not know goes back as it came, and what it writes is what
// Flask would have written.
func TestSessionFormat(t *testing.T) {
	s := sessions(t, "dev")
	for _, tt := range cookies {
		if tt.key != "dev" {
			continue
		}
		held, err := s.OpenSession(t.Context(), tt.cookie, then)
		if err != nil {
			t.Fatalf("OpenSession(%s): %v", tt.cookie, err)
		}
		cookie, _, err := s.SealSession(t.Context(), held, then.Add(time.Second))
		if err != nil || !sameToken(cookie, tt.cookie) {
			t.Errorf("SealSession = %s, %v, want %s as it came", cookie, err, tt.cookie)
		}
	}
	const odd = `{ "b" : {" zz": [1, {"x y": "\ud800 \" ,"}]} , "a":1E5, "a":2 }`
	signer, err := flask.NewSigner(flask.SignerConfig{Key: []byte("dev"), Salt: "cookie-session", Derivation: flask.HMAC})
	if err != nil {
		t.Fatal(err)
	}
	held, err := s.OpenSession(t.Context(), signer.SignAt(base64url(odd), then), then)
	want := []retort.SessionValue{{Key: "b", JSON: `{" zz":[1,{"x y":"\ud800 \" ,"}]}`}, {Key: "a", JSON: "2"}}
	if got := held.Values; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("OpenSession = %q, %v, want %q", got, err, want)
	}
}

func TestSessionPermanent(t *testing.T) {
	s := sessions(t, "dev")
	const permanent = "eyJfcGVybWFuZW50Ijp0cnVlLCJrIjoidiJ9.ZVPxAA.g7fM47srelCjLnfdsVOPtmSIOhw"
	day := 24 * time.Hour
	for _, tt := range []struct {
		cookie string
		after  time.Duration
		renew  bool
	}{
		{permanent, time.Hour, false},
		{permanent, 5 * day, true},
		{cookies[0].cookie, 5 * day, false},
	} {
		held, err := s.OpenSession(t.Context(), tt.cookie, then.Add(tt.after))
		if err != nil || held.Renew != tt.renew {
			t.Errorf("after %v: renew %t, %v, want %t", tt.after, held.Renew, err, tt.renew)
		}
		_, expires, err := s.SealSession(t.Context(), held, then)
		if want := tt.cookie == permanent; err != nil || expires.Equal(then.Add(31*day)) != want || expires.IsZero() == want {
			t.Errorf("it expires at %v, %v", expires, err)
		}
	}
}

func TestSessionValues(t *testing.T) {
	for _, tt := range []struct {
		in   any
		want string
		out  any // a pointer to what it is read into
	}{
		{day, `{" d":"Thu, 29 Feb 2024 12:30:45 GMT"}`, new(time.Time)},
		{[]byte("x"), `{" b":"eA=="}`, new([]byte)},
		{uuid, `{" u":"12345678123456781234567812345678"}`, new(flask.UUID)},
		{flask.Markup("<b>"), `{" m":"<b>"}`, new(flask.Markup)},
		{flask.Tuple{"a", "b"}, `{" t":["a","b"]}`, new(flask.Tuple)},
		{[]retort.Flash{{Category: "message", Message: "Hello"}}, `[{" t":["message","Hello"]}]`, new([]retort.Flash)},
		{struct {
			A []string `json:"a"`
		}{[]string{"x"}}, `{"a":["x"]}`, new(struct {
			A []string `json:"a"`
		})},
		{values{" t": "x"}, `{" di":{" t__":"x"}}`, new(values)},
		{float32(1), "1.0", new(float64)},
		{3, "3", new(int)},
		{"é", `"\u00e9"`, new(string)},
	} {
		got, err := flask.MarshalSession(tt.in)
		if err != nil || string(got) != tt.want {
			t.Errorf("MarshalSession(%v) = %s, %v, want %s", tt.in, got, err, tt.want)
			continue
		}
		if err := flask.UnmarshalSession(got, tt.out); err != nil {
			t.Errorf("UnmarshalSession(%s): %v", got, err)
			continue
		}
		if _, isFloat := tt.in.(float32); isFloat {
			continue
		}
		if back := reflect.ValueOf(tt.out).Elem().Interface(); !reflect.DeepEqual(back, tt.in) {
			t.Errorf("UnmarshalSession(%s) = %v, want %v", got, back, tt.in)
		}
	}
	var s string
	if err := flask.UnmarshalSession([]byte(`{" m":"<b>"}`), &s); err != nil || s != "<b>" {
		t.Errorf("markup as a string = %q, %v", s, err)
	}
	if err := flask.UnmarshalSession([]byte(`{" d":"no date"}`), &s); err != nil {
		t.Errorf("a date that is none: %v, want None", err)
	}
}

// Form tokens of Flask-WTF.
func TestFormTokenVectors(t *testing.T) {
	const digits = "0123456789abcdef0123456789abcdef01234567"
	same := strings.Repeat("f", 40)
	const sha = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	for _, tt := range []struct{ key, secret, token string }{
		{"dev", digits, ".eJxTMjA0MjYxNTO3sExMSk5JTcPFVwIA4koKpQ.ZVPxAA.zzwXxc7sSpHT1EKBsGbXCS53GPM"},
		{"dev", same, ".eJxTSiMSKAEAXJcQNQ.ZVPxAA.Hp2I9trH6FXpkLZ0sigMHhGO2CM"},
		{"dev", sha, "ImRhMzlhM2VlNWU2YjRiMGQzMjU1YmZlZjk1NjAxODkwYWZkODA3MDki.ZVPxAA.ePCV3eD6aqtIv0VjsmATjjmRpJ8"},
		{"another-secret", digits, ".eJxTMjA0MjYxNTO3sExMSk5JTcPFVwIA4koKpQ.ZVPxAA.8T2fXc0rR7dq6BtmxbHH7FlDKDA"},
		{"another-secret", same, ".eJxTSiMSKAEAXJcQNQ.ZVPxAA.xVzfaxkzei91_Al0lOAyWZnWJTI"},
		{"another-secret", sha, "ImRhMzlhM2VlNWU2YjRiMGQzMjU1YmZlZjk1NjAxODkwYWZkODA3MDki.ZVPxAA.Y7HzPffjDtYfP5UWfoTG4spsOLk"},
		{"wtfkey", digits, ".eJxTMjA0MjYxNTO3sExMSk5JTcPFVwIA4koKpQ.ZVPxAA.zN4HzFloPciRcq0E2pvOJuhVMM4"},
	} {
		cfg := flask.SessionConfig{SecretKey: []byte("unused"), CSRFSecretKey: []byte(tt.key), InsecureWeakKey: true}
		s, err := flask.NewSessions(cfg)
		if err != nil {
			t.Fatal(err)
		}
		used, token, err := s.FormToken(tt.secret, then.Add(time.Second))
		if err != nil || used != tt.secret || !sameToken(token, tt.token) {
			t.Errorf("FormToken(%s) = %s, %s, %v, want %s", tt.secret, used, token, err, tt.token)
		}
		for _, c := range []struct {
			secret string
			after  time.Duration
			want   bool
		}{
			{tt.secret, 0, true},
			{tt.secret, time.Hour, true},
			{tt.secret, time.Hour + time.Second, false},
			{tt.secret, -time.Hour, false},
			{strings.ToUpper(tt.secret), 0, false},
			{"", 0, false},
		} {
			if err := s.CheckFormToken(c.secret, tt.token, then.Add(c.after)); (err == nil) != c.want {
				t.Errorf("CheckFormToken(%q) after %v: %v, want accepted %t", c.secret, c.after, err, c.want)
			}
		}
	}
	used, token, err := sessions(t, "dev").FormToken("", then)
	if err != nil || len(used) != 40 || sessions(t, "dev").CheckFormToken(used, token, then) != nil {
		t.Errorf("FormToken of no secret = %q, %q, %v", used, token, err)
	}
}

func TestWeakKeys(t *testing.T) {
	if _, err := flask.NewSessions(flask.SessionConfig{SecretKey: []byte("dev")}); err == nil || !strings.Contains(err.Error(), "SECRET_KEY_FALLBACKS") {
		t.Errorf("NewSessions with the key dev: %v, want an error that says how to change it", err)
	}
	if _, err := flask.NewSessions(flask.SessionConfig{InsecureWeakKey: true}); err == nil {
		t.Error("NewSessions without a key succeeded")
	}
}
