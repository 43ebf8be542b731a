package flask

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"
)

// Flask-Session keeps sessions in Redis, under StoredPrefix and an id that the
// cookie holds. Here are the id and the value; StoredSessions puts them together.

// StoredPrefix is SESSION_KEY_PREFIX's default, which goes before the id.
const StoredPrefix = "session:"

// ErrPickle is why a stored session is not read: it is Python's pickle, and reading
// that means running whatever the store holds.
var ErrPickle = errors.New("flask: the stored session is a pickle, which is not read: " +
	"set SESSION_SERIALIZATION_FORMAT to msgpack or json in Flask-Session 0.7 or later")

// NewStoredID returns a session id as Flask-Session 0.8 makes them.
func NewStoredID() string {
	var raw [32]byte
	rand.Read(raw[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// NewStoredIDSigner returns the signer of the cookie where SESSION_USE_SIGNER is
// set.
func NewStoredIDSigner(key []byte, fallbacks ...[]byte) (*Signer, error) {
	return NewSigner(SignerConfig{Key: key, Fallbacks: fallbacks, Salt: "flask-session", Derivation: HMAC})
}

// StoredID returns the id that a cookie holds. With a signer the cookie has to be
// signed, without one it is the id itself. An id that Flask-Session would not
// have made, and that might be something else to a store, is [ErrMalformed].
func StoredID(cookie string, signer *Signer) (string, error) {
	if len(cookie) > 256 {
		return "", ErrMalformed
	}
	if signer != nil {
		id, err := signer.Unsign(cookie)
		if err != nil {
			return "", err
		}
		cookie = id
	}
	if cookie == "" || strings.Trim(cookie, urlAlphabet) != "" {
		return "", ErrMalformed
	}
	return cookie, nil
}

// A StoredFormat is SESSION_SERIALIZATION_FORMAT.
type StoredFormat uint8

// The formats that Flask-Session 0.8 writes.
const (
	Msgpack StoredFormat = iota
	JSON
)

// MarshalStored returns values as Flask-Session keeps them: without tags, a tuple
// as a list. In JSON bytes are base64 and times RFC 3339.
func MarshalStored(values map[string]any, format StoredFormat) ([]byte, error) {
	plain, ok := storable(values, format).(map[string]any)
	if !ok {
		return nil, fmt.Errorf("flask: store a session: %T", values)
	}
	if format == Msgpack {
		return appendMsgpack(nil, plain)
	}
	n, err := nodeOf(plain, false)
	if err != nil {
		return nil, fmt.Errorf("flask: store a session: %w", err)
	}
	return n.append(nil, style{sorted: true}), nil
}

// storable replaces the types that a store knows no word for, as msgspec does.
func storable(v any, format StoredFormat) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, value := range v {
			m[key] = storable(value, format)
		}
		return m
	case Tuple:
		return storable([]any(v), format)
	case []any:
		l := make([]any, len(v))
		for i := range v {
			l[i] = storable(v[i], format)
		}
		return l
	case Markup:
		return string(v)
	case UUID:
		return v.String()
	case *big.Int:
		if !v.IsInt64() && format == Msgpack {
			return v.String()
		}
	case time.Time:
		if format == JSON {
			return v.Format(time.RFC3339Nano)
		}
	case float64:
		if format == JSON && (math.IsNaN(v) || math.IsInf(v, 0)) {
			return nil // JSON that Flask-Session fails to read is a 500 to its owner until it expires
		}
	case []byte:
		if format == JSON {
			return base64.StdEncoding.EncodeToString(v)
		}
	}
	return v
}

// UnmarshalStored reads what Flask-Session 0.7 and later store, in whichever of
// the two formats, and refuses pickles with [ErrPickle].
func UnmarshalStored(data []byte) (map[string]any, error) {
	if len(data) > maxPayload {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrPayload, maxPayload)
	}
	var v any
	var err error
	switch {
	case isPickle(data):
		return nil, ErrPickle
	case len(data) > 0 && data[0] == '{':
		var n node
		if n, err = parseJSON(string(data)); err == nil {
			v, err = n.value(false)
		}
	default:
		v, err = parseMsgpack(data)
	}
	if err != nil {
		return nil, err
	}
	values, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: a stored session is a dict, not a %T", ErrPayload, v)
	}
	return values, nil
}

// isPickle knows pickles by how they begin: with their protocol, from 2 on, which
// in msgpack would be an empty dict with something behind it, or, before that,
// with an empty dict and a place in the memo.
func isPickle(data []byte) bool {
	if len(data) < 2 {
		return false
	}
	switch hex.EncodeToString(data[:2]) {
	case "8002", "8003", "8004", "8005", "7d71", "2864", "286c":
		return true
	}
	return false
}
