package flask

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/sign"
)

const (
	sessionSalt = "cookie-session"
	formSalt    = "wtf-csrf-token"

	// Skew is how far ahead of ours the clock may run that signed a session or a
	// form. Flask allows nothing there, so what is signed here is dated signedAgo
	// back; beyond that the clocks of both servers have to agree.
	Skew = 60 * time.Second

	signedAgo = time.Second
)

// SessionConfig holds the settings of the Flask application beside this one, under
// their names there. SecretKey is required; the zero value of all else is Flask's
// default.
type SessionConfig struct {
	// SecretKey is SECRET_KEY: the bytes of it, or its text in UTF-8.
	SecretKey []byte

	// SecretKeyFallbacks is SECRET_KEY_FALLBACKS, newest first. What they signed is
	// accepted; nothing is signed with them.
	SecretKeyFallbacks [][]byte

	// Lifetime is PERMANENT_SESSION_LIFETIME, which in Flask bounds the age of all
	// sessions; 0 means 31 days.
	Lifetime time.Duration

	// CookieDomain and CookiePath are SESSION_COOKIE_DOMAIN and SESSION_COOKIE_PATH.
	// They must be the same on both sides: else browsers keep two cookies.
	CookieDomain, CookiePath string

	// CSRFSecretKey is WTF_CSRF_SECRET_KEY; nil means SecretKey.
	CSRFSecretKey []byte

	// CSRFTimeLimit is WTF_CSRF_TIME_LIMIT; 0 means an hour.
	CSRFTimeLimit time.Duration

	// InsecureWeakKey accepts keys that might be guessed, or that are shorter than
	// [sign.MinSecret]: the ones that old applications have. Whoever guesses one
	// can be any user on both servers.
	InsecureWeakKey bool
}

// Sessions reads and writes the session cookie of Flask and the form tokens of
// Flask-WTF. Set [retort.Config.InsecureSHA1Sessions] to it to put an app on
// Flask's cookie. A session whose value "_permanent" is true outlives the
// browser's own. Sessions is safe for concurrent use. [NewSessions] makes one.
type Sessions struct {
	cfg     SessionConfig
	cookies *Tokens
	forms   *Tokens
}

var _ retort.SessionFormat = (*Sessions)(nil)

// NewSessions checks cfg.
func NewSessions(cfg SessionConfig) (*Sessions, error) {
	if cfg.Lifetime == 0 {
		cfg.Lifetime = 31 * 24 * time.Hour
	}
	if cfg.CSRFTimeLimit == 0 {
		cfg.CSRFTimeLimit = time.Hour
	}
	if cfg.CSRFSecretKey == nil {
		cfg.CSRFSecretKey = cfg.SecretKey
	}
	if !cfg.InsecureWeakKey {
		for _, key := range append([][]byte{cfg.SecretKey, cfg.CSRFSecretKey}, cfg.SecretKeyFallbacks...) {
			if err := sign.Check(key); err != nil {
				return nil, fmt.Errorf("flask: SECRET_KEY: %w; put it in Flask's SECRET_KEY, with the old one "+
					"in SECRET_KEY_FALLBACKS on both sides and InsecureWeakKey set until that has gone", err)
			}
		}
	}
	cookies, err := NewTokens(URLSafeTimed, SignerConfig{
		Key: cfg.SecretKey, Fallbacks: cfg.SecretKeyFallbacks, Salt: sessionSalt, Derivation: HMAC})
	if err != nil {
		return nil, err
	}
	forms, err := NewTokens(URLSafeTimed, SignerConfig{
		Key: cfg.CSRFSecretKey, Fallbacks: cfg.SecretKeyFallbacks, Salt: formSalt})
	if err != nil {
		return nil, err
	}
	return &Sessions{cfg, cookies, forms}, nil
}

// Encode returns the cookie for values, signed at the given time.
func (s *Sessions) Encode(values map[string]any, at time.Time) (string, error) {
	payload, err := MarshalSession(values)
	if err != nil {
		return "", err
	}
	return s.cookies.dump(payload, at), nil
}

// Decode returns the values of a cookie that is at most maxAge old, by Flask's own
// rules: one signed later than now is refused.
func (s *Sessions) Decode(cookie string, now time.Time, maxAge time.Duration) (map[string]any, error) {
	n, err := s.open(cookie, now, maxAge)
	if err != nil {
		return nil, err
	}
	v, err := n.value(true)
	if err != nil {
		return nil, err
	}
	values, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: it is a %T, not a dict", ErrPayload, v)
	}
	return values, nil
}

// EncodeJSON is Encode for an object in JSON, in which no value is tagged.
func (s *Sessions) EncodeJSON(data []byte, at time.Time) (string, error) {
	n, err := parseJSON(string(data))
	if err != nil {
		return "", err
	}
	if n.kind != dict {
		return "", fmt.Errorf("%w: a session is a JSON object", ErrPayload)
	}
	n = n.guardAll()
	return s.cookies.dump(n.append(nil, sessionStyle), at), nil
}

// DecodeJSON is Decode to JSON, values without their tags: a tuple is a list,
// bytes are base64, a time is HTTP's date.
func (s *Sessions) DecodeJSON(cookie string, now time.Time, maxAge time.Duration) ([]byte, error) {
	n, err := s.open(cookie, now, maxAge)
	if err != nil {
		return nil, err
	}
	if _, err := n.value(true); err != nil {
		return nil, err
	}
	return asJSON(n), nil
}

func (s *Sessions) open(cookie string, now time.Time, maxAge time.Duration) (node, error) {
	payload, _, err := s.cookies.load(cookie, now, maxAge)
	if err != nil {
		return node{}, err
	}
	n, err := parseJSON(payload)
	if err == nil && n.kind != dict {
		err = fmt.Errorf("%w: it is no dict", ErrPayload)
	}
	return n, err
}

// permanentKey marks a session whose cookie outlives the browser's.
const permanentKey = "_permanent"

// OpenSession implements [retort.SessionFormat]. A permanent session is to be sent
// again when an eighth of its lifetime has passed, where Flask sends it with
// every answer: fewer answers then overwrite what the other server has just
// written.
func (s *Sessions) OpenSession(_ context.Context, cookie string, now time.Time) (retort.SessionData, error) {
	var d retort.SessionData
	payload, at, err := s.cookies.load(cookie, now, AnyAge)
	if err != nil {
		return d, err
	}
	if err := checkAge(at, now, s.cfg.Lifetime); err != nil {
		return d, err
	}
	if d.Values, err = sessionValues(payload); err != nil {
		return d, err
	}
	d.Renew = isPermanent(d.Values) && now.Sub(at) > s.cfg.Lifetime/8
	return d, nil
}

func isPermanent(values []retort.SessionValue) bool {
	return slices.Contains(values, retort.SessionValue{Key: permanentKey, JSON: "true"})
}

// checkAge is Flask's rule, with room for clocks that differ.
func checkAge(at, now time.Time, maxAge time.Duration) error {
	switch age := now.Unix() - at.Unix(); {
	case age < -int64(Skew/time.Second):
		return ErrFuture
	case age > int64(maxAge/time.Second):
		return ErrExpired
	}
	return nil
}

// sessionValues cuts a payload into its members and leaves each as it is spelled,
// so that what this server does not know goes back as it came.
func sessionValues(payload string) ([]retort.SessionValue, error) {
	values, err := members(payload)
	if err != nil || len(values) != 1 || values[0].Key != tagDict {
		return values, err
	}
	// The session holds one value, under a name that is a tag.
	inner, err := members(values[0].JSON)
	if err != nil || len(inner) != 1 || len(inner[0].Key) <= 2 {
		return values, nil //nolint:nilerr // it is something else
	}
	inner[0].Key = inner[0].Key[:len(inner[0].Key)-2]
	return inner, nil
}

// members are those of a JSON object; of two with one key the last counts.
func members(object string) ([]retort.SessionValue, error) {
	n, err := parseJSON(object)
	if err != nil {
		return nil, err
	}
	if n.kind != dict {
		return nil, fmt.Errorf("%w: it is no dict", ErrPayload)
	}
	values := make([]retort.SessionValue, len(n.keys))
	at := make(map[string]int, len(n.keys))
	for i, key := range n.keys {
		at[key] = i
	}
	p := jsonParser{data: object}
	p.space()
	p.take("{")
	for p.space(); !p.take("}"); p.space() {
		key, _ := p.string() // all this was parsed before
		p.space()
		p.take(":")
		p.space()
		start := p.at
		_, _ = p.value(1)
		values[at[key]] = retort.SessionValue{Key: key, JSON: withoutSpace(object[start:p.at])}
		p.space()
		p.take(",")
	}
	return values, nil
}

// withoutSpace drops the blanks between tokens, which Flask does not write.
func withoutSpace(raw string) string {
	if !strings.ContainsAny(raw, " \t\r\n") {
		return raw
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if quoted && c == '\\' {
			b.WriteByte(c)
			i++
			c = raw[i]
		} else if c == '"' {
			quoted = !quoted
		}
		if quoted || strings.IndexByte(" \t\r\n", c) < 0 {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// SealSession implements [retort.SessionFormat].
func (s *Sessions) SealSession(_ context.Context, d retort.SessionData, now time.Time) (cookie string, expires time.Time, err error) {
	values := d.Values
	if isPermanent(values) {
		expires = now.Add(s.cfg.Lifetime)
	}
	order := node{keys: make([]string, len(values))}
	for i, v := range values {
		order.keys[i] = v.Key
	}
	payload := []byte{'{'}
	for i, at := range order.order(true) {
		payload = append(appendString(appendComma(payload, i, sessionStyle), values[at].Key, true), ':')
		payload = append(payload, values[at].JSON...)
	}
	payload = append(payload, '}')
	if len(values) == 1 && slices.Contains(tags, values[0].Key) {
		payload = fmt.Appendf(nil, `{" di":{"%s__":%s}}`, values[0].Key, values[0].JSON)
	}
	return s.cookies.dump(payload, now.Add(-signedAgo)), expires, nil
}

// CookieScope implements [retort.SessionFormat].
func (s *Sessions) CookieScope() (domain, path string) { return s.cfg.CookieDomain, s.cfg.CookiePath }

// MarshalValue implements [retort.SessionFormat] with [MarshalSession].
func (s *Sessions) MarshalValue(v any) ([]byte, error) { return MarshalSession(v) }

// UnmarshalValue implements [retort.SessionFormat] with [UnmarshalSession].
func (s *Sessions) UnmarshalValue(data []byte, v any) error { return UnmarshalSession(data, v) }

// FormToken implements [retort.SessionFormat] with Flask-WTF's token: the session's
// secret, signed and dated. An empty secret is replaced by a new one.
func (s *Sessions) FormToken(secret string, now time.Time) (used, token string, err error) {
	if secret == "" {
		var raw [20]byte
		rand.Read(raw[:]) // never fails
		secret = hex.EncodeToString(raw[:])
	}
	token, err = s.forms.Dump(secret, now.Add(-signedAgo))
	return secret, token, err
}

// CheckFormToken implements [retort.SessionFormat]. Flask-WTF knows no fallback
// keys; here a form outlives the change of a key.
func (s *Sessions) CheckFormToken(secret, token string, now time.Time) error {
	var sent string
	at, err := s.forms.Load(token, now, AnyAge, &sent)
	if err != nil {
		return err
	}
	if err := checkAge(at, now, s.cfg.CSRFTimeLimit); err != nil {
		return err
	}
	if secret == "" || subtle.ConstantTimeCompare([]byte(secret), []byte(sent)) != 1 {
		return errForm
	}
	return nil
}

var errForm = errors.New("flask: the form's token is another session's")
