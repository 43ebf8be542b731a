package flask

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/retort-go/retort"
)

// A SessionStore keeps what Flask-Session stores: Redis, with package ext/redis.
// It is used by many goroutines at once. What it must do in detail is what package
// flask/flasktest tests.
type SessionStore interface {
	// LoadSession returns the value of key and how much longer it will be kept, or
	// nil if there is none. Of a value longer than limit bytes it may return any
	// part that is longer than that.
	LoadSession(ctx context.Context, key string, limit int) (value []byte, left time.Duration, err error)

	// CreateSession keeps value for ttl.
	CreateSession(ctx context.Context, key string, value []byte, ttl time.Duration) error

	// ReplaceSession does so if key has a value, which it reports: a session that was
	// ended meanwhile must stay so.
	ReplaceSession(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error)

	// TouchSession lets the value of key be kept for ttl from now on, and reports
	// whether there is one.
	TouchSession(ctx context.Context, key string, ttl time.Duration) (bool, error)

	// DeleteSession forgets key, if it is there.
	DeleteSession(ctx context.Context, key string) error
}

// StoredConfig holds the settings of Flask-Session in the application beside this
// one, under their names there. SecretKey and Store are required; the zero value of
// all else is its default.
type StoredConfig struct {
	SessionConfig

	// Store is what SESSION_TYPE and SESSION_REDIS choose.
	Store SessionStore

	// KeyPrefix is SESSION_KEY_PREFIX; empty means StoredPrefix.
	KeyPrefix string

	// UseSigner is SESSION_USE_SIGNER: the cookie's id is signed. Nothing is gained
	// by it, for ids cannot be guessed.
	UseSigner bool

	// SerializationFormat is SESSION_SERIALIZATION_FORMAT. Both formats are read,
	// this one is written.
	SerializationFormat StoredFormat
}

// StoredSessions are the sessions of Flask-Session: the cookie holds an id, a server
// all else. Set [retort.Config.InsecureSHA1Sessions] to it to share them. A session
// gets a new id by Session.Renew, so at a login here, and ends on the server by
// Session.Clear. [NewStoredSessions] makes one.
type StoredSessions struct {
	cfg    StoredConfig
	signer *Signer // nil unless UseSigner
	forms  *Sessions
}

var _ retort.SessionFormat = (*StoredSessions)(nil)

// NewStoredSessions checks cfg.
func NewStoredSessions(cfg StoredConfig) (*StoredSessions, error) {
	if cfg.Store == nil {
		return nil, errors.New("flask: StoredConfig.Store is not set; package ext/redis has one")
	}
	if cfg.KeyPrefix == "" {
		cfg.KeyPrefix = StoredPrefix
	}
	forms, err := NewSessions(cfg.SessionConfig)
	if err != nil {
		return nil, err
	}
	cfg.SessionConfig = forms.cfg
	s := &StoredSessions{cfg: cfg, forms: forms}
	if cfg.UseSigner {
		if s.signer, err = NewStoredIDSigner(cfg.SecretKey, cfg.SecretKeyFallbacks...); err != nil {
			return nil, err
		}
	}
	return s, nil
}

var errNotStored = errors.New("flask: no session is stored under the cookie's id")

// OpenSession implements [retort.SessionFormat]. An id that the store does not have
// is not taken over: else a visitor could be given one beforehand.
func (s *StoredSessions) OpenSession(ctx context.Context, cookie string, _ time.Time) (d retort.SessionData, err error) {
	id, err := StoredID(cookie, s.signer)
	if err != nil {
		return d, err
	}
	value, left, err := s.cfg.Store.LoadSession(ctx, s.cfg.KeyPrefix+id, maxPayload)
	if err != nil {
		return d, fmt.Errorf("%w: %w", retort.ErrSessionStore, err)
	}
	if value == nil {
		return d, errNotStored
	}
	if d.Values, err = storedValues(value); err != nil {
		return d, fmt.Errorf("%w: %w", retort.ErrSessionUnreadable, err)
	}
	d.ID, d.Renew = id, left < s.cfg.Lifetime-s.cfg.Lifetime/8
	return d, nil
}

// SealSession implements [retort.SessionFormat]. The session is stored before the one
// that it takes the place of is deleted, so that a store that goes away in between
// costs nobody his session.
func (s *StoredSessions) SealSession(ctx context.Context, d retort.SessionData, now time.Time) (cookie string, expires time.Time, err error) {
	if isEmpty(d.Values) {
		if d.ID != "" {
			d.Ended = append(d.Ended, d.ID)
		}
	} else {
		if d.ID == "" && !hasKey(d.Values, permanentKey) {
			d.Values = append(d.Values, retort.SessionValue{Key: permanentKey, JSON: "true"}) // SESSION_PERMANENT
		}
		if d.ID, err = s.save(ctx, d); err != nil {
			return "", expires, err
		}
		if isPermanent(d.Values) {
			expires = now.Add(s.cfg.Lifetime)
		}
		if cookie = d.ID; s.signer != nil {
			cookie = s.signer.Sign(cookie)
		}
	}
	for _, id := range d.Ended {
		if err := s.cfg.Store.DeleteSession(ctx, s.cfg.KeyPrefix+id); err != nil {
			return "", expires, fmt.Errorf("%w: %w", retort.ErrSessionStore, err)
		}
	}
	return cookie, expires, nil
}

// save stores the session and returns its id, a new one if it has none.
func (s *StoredSessions) save(ctx context.Context, d retort.SessionData) (id string, err error) {
	kept := true
	if d.Renew {
		kept, err = s.cfg.Store.TouchSession(ctx, s.cfg.KeyPrefix+d.ID, s.cfg.Lifetime)
	} else {
		value, failed := s.stored(d.Values)
		if failed != nil {
			return "", failed
		}
		if d.ID == "" {
			d.ID = NewStoredID()
			err = s.cfg.Store.CreateSession(ctx, s.cfg.KeyPrefix+d.ID, value, s.cfg.Lifetime)
		} else {
			kept, err = s.cfg.Store.ReplaceSession(ctx, s.cfg.KeyPrefix+d.ID, value, s.cfg.Lifetime)
		}
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: %w", retort.ErrSessionStore, err)
	case !kept:
		return "", retort.ErrSessionEnded
	}
	return d.ID, nil
}

// isEmpty is Flask-Session's rule: nothing but a mark that says how long it lasts.
func isEmpty(values []retort.SessionValue) bool {
	return len(values) == 0 || len(values) == 1 && values[0].Key == permanentKey
}

func hasKey(values []retort.SessionValue, key string) bool {
	for _, v := range values {
		if v.Key == key {
			return true
		}
	}
	return false
}

// CookieScope implements [retort.SessionFormat].
func (s *StoredSessions) CookieScope() (domain, path string) { return s.forms.CookieScope() }

// FormToken implements [retort.SessionFormat] as [Sessions] does.
func (s *StoredSessions) FormToken(secret string, now time.Time) (used, token string, err error) {
	return s.forms.FormToken(secret, now)
}

// CheckFormToken implements [retort.SessionFormat] as [Sessions] does.
func (s *StoredSessions) CheckFormToken(secret, token string, now time.Time) error {
	return s.forms.CheckFormToken(secret, token, now)
}

// A value on its way through an app is JSON, or, of those that JSON has no word
// for, a mark that no JSON begins with and the value's MessagePack. So what the app
// does not touch goes back byte for byte, numbers as keys and microseconds included.
const packedMark = "\x00"

// MarshalValue implements [retort.SessionFormat]. What a store has no word for is
// what [MarshalStored] makes of it.
func (s *StoredSessions) MarshalValue(v any) ([]byte, error) {
	plain := storable(v, s.cfg.SerializationFormat)
	if s.cfg.SerializationFormat == JSON {
		n, err := nodeOf(plain, false)
		if err != nil {
			return nil, fmt.Errorf("flask: marshal a session value: %w", err)
		}
		return n.append(nil, tokenStyle), nil
	}
	packed, err := appendMsgpack(nil, plain)
	if err != nil {
		return nil, fmt.Errorf("flask: marshal a session value: %w", err)
	}
	p := msgpackParser{packed}
	back, ok := p.value(0)
	if !ok {
		return nil, fmt.Errorf("flask: marshal a session value: a %T is nested too deep", v)
	}
	return []byte(spelled(back, packed)), nil
}

// UnmarshalValue implements [retort.SessionFormat]: an *any gets the types that
// [UnmarshalStored] returns, and so does a pointer to one of them; any other gets
// what encoding/json makes of the value, bytes as base64 and times as RFC 3339.
func (s *StoredSessions) UnmarshalValue(data []byte, v any) error {
	got, err := unspelled(string(data))
	if err != nil {
		return err
	}
	if assign(got, v) {
		return nil
	}
	n, err := nodeOf(storable(got, JSON), false)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(n.append(nil, tokenStyle), v); err != nil {
		return fmt.Errorf("flask: unmarshal a session value: %w", err)
	}
	return nil
}

// spelled is a value that was read from packed.
func spelled(v any, packed []byte) string {
	switch v.(type) {
	case nil, bool, int64, string:
		n, _ := nodeOf(v, false) // these always have a spelling
		return string(n.append(nil, tokenStyle))
	}
	return packedMark + string(packed)
}

// unspelled is the reverse.
func unspelled(raw string) (any, error) {
	if packed, ok := strings.CutPrefix(raw, packedMark); ok {
		return parseMsgpack([]byte(packed))
	}
	n, err := parseJSON(raw)
	if err != nil {
		return nil, err
	}
	return n.value(false)
}

// storedValues cuts what is stored into its values.
func storedValues(data []byte) ([]retort.SessionValue, error) {
	switch {
	case len(data) > maxPayload:
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrPayload, maxPayload)
	case isPickle(data):
		return nil, ErrPickle
	case len(data) > 0 && data[0] == '{':
		return members(string(data))
	}
	p := msgpackParser{data}
	values, ok := p.members()
	if !ok || len(p.data) > 0 {
		return nil, fmt.Errorf("%w: it is no dict, neither in msgpack nor in JSON", ErrPayload)
	}
	return values, nil
}

// members reads a dict and leaves its values as they are spelled; of two with one key
// the last counts.
func (p *msgpackParser) members() ([]retort.SessionValue, bool) {
	n, ok := p.dictHead()
	if !ok {
		return nil, false
	}
	values, at := []retort.SessionValue{}, map[string]int{}
	for range n {
		name, ok := p.key(1)
		if !ok {
			return nil, false
		}
		start := p.data
		v, ok := p.value(1)
		if !ok {
			return nil, false
		}
		i, seen := at[name]
		if !seen {
			i, at[name] = len(values), len(values)
			values = append(values, retort.SessionValue{Key: name})
		}
		values[i].JSON = spelled(v, start[:len(start)-len(p.data)])
	}
	return values, true
}

// stored is the reverse of storedValues.
func (s *StoredSessions) stored(values []retort.SessionValue) (data []byte, err error) {
	if s.cfg.SerializationFormat == JSON {
		data, err = storedJSON(values)
	} else {
		data, err = storedMsgpack(values)
	}
	if err == nil && len(data) > maxPayload {
		err = fmt.Errorf("flask: the session takes %d bytes, more than the %d that are read again; "+
			"store large values elsewhere", len(data), maxPayload)
	}
	return data, err
}

func storedMsgpack(values []retort.SessionValue) ([]byte, error) {
	data := appendMsgpackHead(nil, len(values), 0x80, 16, 0xdd)
	for _, v := range values {
		data = appendMsgpackString(data, v.Key)
		if packed, ok := strings.CutPrefix(v.JSON, packedMark); ok {
			data = append(data, packed...)
			continue
		}
		plain, err := unspelled(v.JSON)
		if err == nil {
			data, err = appendMsgpack(data, storable(plain, Msgpack))
		}
		if err != nil {
			return nil, fmt.Errorf("flask: store the session value %q: %w", v.Key, err)
		}
	}
	return data, nil
}

func storedJSON(values []retort.SessionValue) ([]byte, error) {
	data := []byte{'{'}
	for i, v := range values {
		data = append(appendString(appendComma(data, i, tokenStyle), v.Key, false), ':')
		if !strings.HasPrefix(v.JSON, packedMark) {
			data = append(data, v.JSON...)
			continue
		}
		plain, err := unspelled(v.JSON)
		if err != nil {
			return nil, fmt.Errorf("flask: store the session value %q: %w", v.Key, err)
		}
		n, err := nodeOf(storable(plain, JSON), false)
		if err != nil {
			return nil, fmt.Errorf("flask: store the session value %q: %w", v.Key, err)
		}
		data = n.append(data, tokenStyle)
	}
	return append(data, '}'), nil
}
