package flask

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// A Form is one of itsdangerous' four kinds of token.
type Form uint8

// The forms, under the names of their Python classes.
const (
	URLSafeTimed Form = iota // URLSafeTimedSerializer: base64, a time, compressed where that is shorter
	URLSafe                  // URLSafeSerializer: the same without a time
	Timed                    // TimedSerializer: JSON as it is, and a time
	Plain                    // Serializer: JSON as it is
)

// Tokens is itsdangerous' serializers: values as signed text, for links in mails
// and the like. It is safe for concurrent use. [NewTokens] makes one.
type Tokens struct {
	signer *Signer
	form   Form
}

// NewTokens returns the serializer of a form. An empty Salt means
// "itsdangerous", the serializers' own default.
func NewTokens(form Form, cfg SignerConfig) (*Tokens, error) {
	if cfg.Salt == "" {
		cfg.Salt = "itsdangerous"
	}
	s, err := NewSigner(cfg)
	if err != nil {
		return nil, err
	}
	return &Tokens{s, form}, nil
}

func (t *Tokens) timed() bool   { return t.form == URLSafeTimed || t.form == Timed }
func (t *Tokens) urlSafe() bool { return t.form == URLSafeTimed || t.form == URLSafe }

// Dump returns a token for v, made at the given time. It is spelled as Python
// spells the same value; a [json.RawMessage] keeps the order of its keys.
func (t *Tokens) Dump(v any, at time.Time) (string, error) {
	var n node
	var err error
	if raw, ok := v.(json.RawMessage); ok {
		n, err = parseJSON(string(raw))
	} else {
		n, err = nodeOf(v, false)
	}
	if err != nil {
		return "", fmt.Errorf("flask: token: %w", err)
	}
	if !t.urlSafe() {
		return t.sign(string(n.append(nil, plainStyle)), at), nil
	}
	return t.dump(n.append(nil, tokenStyle), at), nil
}

// dump signs JSON in its URL-safe form.
func (t *Tokens) dump(payload []byte, at time.Time) string {
	return t.sign(pack(payload), at)
}

func (t *Tokens) sign(value string, at time.Time) string {
	if t.timed() {
		return t.signer.SignAt(value, at)
	}
	return t.signer.Sign(value)
}

// Load stores the value of a token in v, a pointer, and returns when the token
// was made (zero for the forms without a time). A *json.RawMessage gets the
// payload as it stands; an *any gets int64, *big.Int, float64 and the other types
// that Python's values are here; any other what encoding/json makes of it. The
// error is one of this package's.
func (t *Tokens) Load(token string, now time.Time, maxAge time.Duration, v any) (at time.Time, err error) {
	payload, at, err := t.load(token, now, maxAge)
	if err != nil {
		return at, err
	}
	n, err := parseJSON(payload)
	if err != nil {
		return at, err
	}
	if raw, ok := v.(*json.RawMessage); ok {
		*raw = n.append(nil, tokenStyle)
		return at, nil
	}
	if out := reflect.ValueOf(v); out.Kind() == reflect.Pointer && !out.IsNil() && out.Type().Elem() == reflect.TypeFor[any]() {
		got, err := n.value(false)
		if err == nil && got != nil {
			out.Elem().Set(reflect.ValueOf(got))
		}
		return at, err
	}
	if err := json.Unmarshal(n.append(nil, tokenStyle), v); err != nil {
		return at, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	return at, nil
}

// load returns the JSON of a token whose signature and age are good.
func (t *Tokens) load(token string, now time.Time, maxAge time.Duration) (payload string, at time.Time, err error) {
	if len(token) > 2*maxPayload {
		return "", at, ErrMalformed
	}
	if t.timed() {
		payload, at, err = t.signer.UnsignAt(token, now, maxAge)
	} else {
		payload, err = t.signer.Unsign(token)
	}
	if err != nil || !t.urlSafe() {
		return payload, at, err
	}
	payload, err = unpack(payload)
	return payload, at, err
}

// pack is base64, of compressed data and with a dot in front if that is shorter.
func pack(payload []byte) string {
	if packed := compress(payload); len(packed) < len(payload)-1 {
		return "." + base64.RawURLEncoding.EncodeToString(packed)
	}
	return base64.RawURLEncoding.EncodeToString(payload)
}

func unpack(value string) (string, error) {
	value, compressed := strings.CutPrefix(value, ".")
	data, ok := decodeURL(value)
	if !ok {
		return "", fmt.Errorf("%w: it is not base64", ErrPayload)
	}
	if compressed {
		data, err := decompress(data)
		return string(data), err
	}
	return string(data), nil
}
