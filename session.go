package retort

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// ErrNoSession is what writing to the session gives in an app without a key.
var ErrNoSession = errors.New("the session cannot be written: the app has no SecretKey; " +
	"make one with `retort secret` and set Config.SecretKey")

// A Session holds values that stay with one browser from request to request. It
// lives in a cookie that is signed, not encrypted: the browser's owner can read
// it and cannot change it. What does not belong in their hands belongs in a
// database under [Session.ID].
//
// Values are what encoding/json makes of them: a struct stored is read with
// [Session.Decode]. A value that was read is a copy, so changing it changes
// nothing until it is Set, unlike Flask, where such a change is lost in silence
// or saved by luck.
type Session struct {
	format  SessionFormat // nil for our own
	id      string
	created time.Time
	entries []sessionEntry
	few     [4]sessionEntry // where entries begins
	state   sessionState
	failure error    // why it could not be read, of a store that is gone
	ended   []string // ids to be revoked when the session is saved
}

type sessionState uint8

const (
	sessionClean   sessionState = iota
	sessionRefresh              // unchanged, but its idle time wants renewing
	sessionChanged
	sessionBroken // cannot be written
)

// unreadable is the session of a request whose own could not be looked at. To
// take it for empty would show a visitor as logged out, and the next change would
// make that true; so whoever asked for it gets a 503 in the end.
func unreadable(format SessionFormat, err error) *Session {
	return &Session{format: format, state: sessionBroken, failure: storeGone(err)}
}

// storeGone is the answer where sessions cannot be read or written.
func storeGone(err error) error {
	return &Error{Status: http.StatusServiceUnavailable, Header: retrySoon(), Err: fmt.Errorf("session store: %w", err)}
}

// sessionEntry is one value, as JSON; it is decoded when asked for.
type sessionEntry struct{ key, raw string }

// Names in the cookie that are the session's own.
const (
	sessionIDKey      = "_id"
	sessionCreatedKey = "_created"
)

// ID identifies the session: 128 random bits, new at [Session.Renew] and
// [Session.Clear]. Empty until something is stored, and where
// [Config.InsecureSHA1Sessions] is set: other frameworks' sessions have none, or
// one that is the cookie itself and must not go anywhere else.
func (s *Session) ID() string {
	if s.format != nil {
		return ""
	}
	return s.id
}

// Len is the number of values.
func (s *Session) Len() int { return len(s.entries) }

// Has reports whether key has a value.
func (s *Session) Has(key string) bool { return s.find(key) >= 0 }

// Get returns the value of key as encoding/json decodes it into an any, or nil.
func (s *Session) Get(key string) any {
	var v any
	if ok, err := s.Decode(key, &v); !ok || err != nil {
		return nil
	}
	return v
}

// String returns the value of key if it is a string, else "".
func (s *Session) String(key string) string {
	i := s.find(key)
	if i < 0 {
		return ""
	}
	v, err := unquote(s.entries[i].raw)
	if err != nil {
		return s.foreignString(s.entries[i].raw)
	}
	return v
}

// Int returns the value of key if it is a whole number, else 0.
func (s *Session) Int(key string) int {
	i := s.find(key)
	if i < 0 {
		return 0
	}
	v, err := strconv.Atoi(s.entries[i].raw)
	if err != nil {
		return 0
	}
	return v
}

// Decode puts the value of key into v, a pointer, as encoding/json does, and
// reports whether there was one.
func (s *Session) Decode(key string, v any) (bool, error) {
	i := s.find(key)
	if i < 0 {
		return false, nil
	}
	decode := json.Unmarshal
	if s.format != nil {
		decode = s.format.UnmarshalValue
	}
	if err := decode([]byte(s.entries[i].raw), v); err != nil {
		return true, fmt.Errorf("session value %q: %w", key, err)
	}
	return true, nil
}

// Set stores v under key. It fails if v cannot be JSON or the app has no key to
// sign with.
func (s *Session) Set(key string, v any) error {
	if n, ok := v.(int); ok {
		return s.setRaw(key, strconv.Itoa(n))
	}
	encode := json.Marshal
	if s.format != nil {
		encode = s.format.MarshalValue
	}
	raw, err := encode(v)
	if err != nil {
		return fmt.Errorf("session value %q: %w", key, err)
	}
	return s.setRaw(key, string(raw))
}

func (s *Session) setRaw(key, raw string) error {
	if s.state == sessionBroken {
		return cmp.Or(s.failure, ErrNoSession)
	}
	if s.id == "" && s.format == nil {
		s.id = rand.Text()
	}
	if i := s.find(key); i >= 0 {
		if s.entries[i].raw == raw {
			return nil
		}
		s.entries[i].raw = raw
	} else {
		s.entries = append(s.entries, sessionEntry{key, raw})
	}
	s.state = sessionChanged
	return nil
}

// Delete removes key.
func (s *Session) Delete(key string) {
	if i := s.find(key); i >= 0 {
		s.entries = append(s.entries[:i], s.entries[i+1:]...)
		s.state = sessionChanged
	}
}

// Pop removes key and decodes its value into v.
func (s *Session) Pop(key string, v any) (bool, error) {
	ok, err := s.Decode(key, v)
	if ok {
		s.Delete(key)
	}
	return ok, err
}

// Clear ends the session: all values go, and the cookie that holds them is not
// accepted again, even if somebody kept a copy. It is what logging out does.
func (s *Session) Clear() {
	if s.state == sessionBroken {
		return
	}
	if s.id != "" {
		s.ended = append(s.ended, s.id)
	}
	if s.id != "" || len(s.entries) > 0 {
		s.state = sessionChanged
	}
	s.id, s.created, s.entries = "", time.Time{}, nil
}

// Renew keeps the values and gives the session a new id and a full lifetime; the
// cookie from before is not accepted again. Call it when somebody logs in or
// gains rights, so that an id planted beforehand is worth nothing (session
// fixation).
func (s *Session) Renew() {
	if s.state == sessionBroken {
		return
	}
	if s.id != "" {
		s.ended = append(s.ended, s.id)
	}
	s.id, s.created = "", time.Time{}
	if s.format == nil {
		s.id = rand.Text()
	}
	s.Delete(csrfSecretKey) // a token planted beforehand ends with the id
	s.state = sessionChanged
}

func (s *Session) find(key string) int {
	for i := range s.entries {
		if s.entries[i].key == key {
			return i
		}
	}
	return -1
}

// appendPayload appends the session as a JSON object, giving it an id and a
// birthday if it has none.
func (s *Session) appendPayload(dst []byte, now time.Time) []byte {
	if s.id == "" {
		s.id = rand.Text()
	}
	if s.created.IsZero() {
		s.created = now
	}
	dst = append(dst, `{"_id":"`...)
	dst = append(dst, s.id...)
	dst = append(dst, `","_created":`...)
	dst = appendInt(dst, s.created.Unix())
	for _, e := range s.entries {
		dst = append(dst, ',')
		dst = appendJSONString(dst, e.key)
		dst = append(dst, ':')
		dst = append(dst, e.raw...)
	}
	return append(dst, '}')
}

// parsePayload reads what appendPayload wrote. The payload carries our own
// signature, but a key may be shared, so nothing is taken for granted.
func (s *Session) parsePayload(payload string) error {
	s.entries = s.few[:0]
	return eachMember(payload, func(key, raw string) (err error) {
		switch key {
		case sessionIDKey:
			s.id, err = unquote(raw)
		case sessionCreatedKey:
			var unix int64
			unix, err = strconv.ParseInt(raw, 10, 64)
			s.created = time.Unix(unix, 0)
		default:
			s.entries = append(s.entries, sessionEntry{key, raw})
		}
		return err
	})
}

// Revocations remembers sessions that were ended before their time, so that a
// copied cookie is worth nothing after its owner logged out. An entry may be
// forgotten after its until, when the cookie has expired by itself.
//
// If a store cannot answer, pages that look at a session are a 503: an outage must
// not bring logged-out sessions back to life, nor log anybody out. What a store
// must do in detail is what retorttest.Revocations tests.
type Revocations interface {
	Revoke(ctx context.Context, id string, until time.Time) error
	Revoked(ctx context.Context, id string) (bool, error)
}

// memoryRevocations is the default: it forgets at a restart, as a key made up
// at start does.
type memoryRevocations struct {
	now func() time.Time

	mu    sync.Mutex
	until map[string]time.Time
	sweep time.Time // when expired entries were last dropped
}

// NewMemoryRevocations returns the store that apps use when they name none.
func NewMemoryRevocations() Revocations { return newMemoryRevocations(time.Now) }

func newMemoryRevocations(now func() time.Time) *memoryRevocations {
	return &memoryRevocations{now: now, until: make(map[string]time.Time)}
}

func (m *memoryRevocations) Revoke(_ context.Context, id string, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.until[id] = until
	if now := m.now(); now.Sub(m.sweep) > time.Minute {
		m.sweep = now
		for id, until := range m.until {
			if now.After(until) {
				delete(m.until, id)
			}
		}
	}
	return nil
}

func (m *memoryRevocations) Revoked(_ context.Context, id string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	until, ok := m.until[id]
	return ok && !m.now().After(until), nil
}
