package sign

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// The reasons for which [Signer.Open] refuses a token. A client should see no
// difference between them; a log may.
var (
	ErrMalformed = errors.New("sign: malformed token")
	ErrSignature = errors.New("sign: signature does not match")
	ErrExpired   = errors.New("sign: token has expired")
	ErrFuture    = errors.New("sign: token was made in the future")
)

const (
	// MaxToken is the length in bytes of the longest token that Open looks at.
	// It is twice what a browser keeps of a cookie.
	MaxToken = 8192

	// Skew is how far ahead of ours the clock that made a token may run.
	Skew = 60 * time.Second

	macText = 43 // length of a MAC in base64
)

// strict refuses the spare bits that a last character can carry, so that a
// token has exactly one spelling.
var strict = base64.RawURLEncoding.Strict()

// A Signer makes and checks tokens for one purpose. It is safe for concurrent
// use. [Keyring.Signer] makes one.
type Signer struct {
	keys []*key // the first signs, all verify
}

// Append appends to dst a token that carries payload and the time at, in whole
// seconds. The payload is protected from change, not from reading.
func (s *Signer) Append(dst, payload []byte, at time.Time) []byte {
	start := len(dst)
	dst = base64.RawURLEncoding.AppendEncode(dst, payload)
	dst = append(dst, '.')
	dst = appendTime(dst, at)
	m := s.keys[0].get()
	m.buf = append(m.buf[:0], dst[start:]...)
	dst = append(append(dst, '.'), m.text()...)
	s.keys[0].put(m)
	return dst
}

// Open appends the payload of token to dst and returns it with the time at
// which the token was made. Nothing of the token is decoded before its
// signature has been found good, in constant time. A token lives for maxAge,
// counted in whole seconds, the last one included; a negative maxAge refuses
// every token. The error is [ErrMalformed], [ErrSignature], [ErrExpired] or
// [ErrFuture].
func (s *Signer) Open(dst []byte, token string, now time.Time, maxAge time.Duration) (payload []byte, at time.Time, err error) {
	signed := len(token) - macText - 1
	if len(token) > MaxToken || signed < 0 || token[signed] != '.' {
		return nil, time.Time{}, ErrMalformed
	}
	for _, k := range s.keys { // newest first
		m := k.get()
		m.buf = append(m.buf[:0], token[:signed]...)
		if m.matches(token[signed+1:]) {
			payload, at, err = open(dst, m.buf, now, maxAge)
			k.put(m)
			return payload, at, err
		}
		k.put(m)
	}
	return nil, time.Time{}, ErrSignature
}

// open reads payload and time, whose signature was good.
func open(dst, signed []byte, now time.Time, maxAge time.Duration) (payload []byte, at time.Time, err error) {
	data, stamp, ok := bytes.Cut(signed, []byte{'.'})
	if !ok {
		return nil, time.Time{}, ErrMalformed
	}
	sec, ok := parseTime(stamp)
	if !ok {
		return nil, time.Time{}, ErrMalformed
	}
	switch age := now.Unix() - sec; {
	case age < -int64(Skew/time.Second):
		return nil, time.Time{}, ErrFuture
	case maxAge < 0 || age > int64(maxAge/time.Second):
		return nil, time.Time{}, ErrExpired
	}
	payload, ok = appendDecode(dst, data)
	if !ok {
		return nil, time.Time{}, ErrMalformed
	}
	return payload, time.Unix(sec, 0), nil
}

// MAC appends to dst the 32 bytes of the first key's HMAC-SHA256 over parts.
// The lengths of the parts are covered too, so that ("ab", "c") and ("a", "bc")
// differ; and no choice of parts gives the signature of a token.
func (s *Signer) MAC(dst []byte, parts ...[]byte) []byte {
	m := s.keys[0].get()
	m.buf = append(m.buf[:0], 0) // a token never starts with this byte
	for _, p := range parts {
		m.buf = append(binary.BigEndian.AppendUint64(m.buf, uint64(len(p))), p...)
	}
	dst = append(dst, m.sum()...)
	s.keys[0].put(m)
	return dst
}

// appendTime appends at as base64 of its seconds, big-endian and without
// leading zeros. A time before 1970 counts as 1970: long expired.
func appendTime(dst []byte, at time.Time) []byte {
	var raw [8]byte
	n, sec := 8, uint64(max(at.Unix(), 0))
	for ; sec > 0; sec >>= 8 {
		n--
		raw[n] = byte(sec)
	}
	return base64.RawURLEncoding.AppendEncode(dst, raw[n:])
}

func parseTime(s []byte) (sec int64, ok bool) {
	var raw [8]byte
	if len(s) > base64.RawURLEncoding.EncodedLen(len(raw)) {
		return 0, false
	}
	b, ok := appendDecode(raw[:0], s)
	if !ok {
		return 0, false
	}
	var u uint64
	for _, c := range b {
		u = u<<8 | uint64(c)
	}
	return int64(u), u < 1<<62
}

// appendDecode is strict where base64 is not: it refuses line breaks as well.
func appendDecode(dst, s []byte) ([]byte, bool) {
	out, err := strict.AppendDecode(dst, s)
	return out, err == nil && len(out)-len(dst) == strict.DecodedLen(len(s))
}
