package flask

import (
	"crypto"
	"crypto/hmac"
	_ "crypto/sha1"   // the digests that a Signer may be given,
	_ "crypto/sha256" // which crypto.Hash finds once they
	_ "crypto/sha512" // are linked
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// The reasons for which a token is refused. A client should see no difference
// between them; a log may.
var (
	// ErrMalformed means that a token has not the shape of one.
	ErrMalformed = errors.New("flask: malformed token")

	// ErrSignature means that none of the keys made the signature.
	ErrSignature = errors.New("flask: signature does not match")

	// ErrExpired means that a token is older than the age that was asked for.
	ErrExpired = errors.New("flask: token has expired")

	// ErrFuture means that a token was made later than now. Flask refuses such ones
	// as soon as any age is asked for, so the clocks of two servers must agree.
	ErrFuture = errors.New("flask: token was made in the future")

	// ErrPayload means that the signature is good and what it signs cannot be read.
	ErrPayload = errors.New("flask: payload cannot be read")
)

// AnyAge is the age to ask for where a token may be of any, the future included:
// what itsdangerous does without max_age.
const AnyAge time.Duration = math.MaxInt64

// A Derivation is how itsdangerous makes a signing key of a secret and a salt.
type Derivation uint8

// The derivations, D being the digest.
const (
	DjangoConcat Derivation = iota // D(salt + "signer" + secret), itsdangerous' default
	Concat                         // D(salt + secret)
	HMAC                           // HMAC-D(secret, salt), of Flask's sessions
	Underived                      // the secret itself
)

// SignerConfig holds the secrets and choices of a [Signer], under the names that
// itsdangerous has for them. Only Key is required.
type SignerConfig struct {
	// Key signs. It verifies as well.
	Key []byte

	// Fallbacks verify and never sign. In itsdangerous keys are one list whose last
	// one signs, which Flask (CVE-2025-47278) and others got the wrong way round.
	Fallbacks [][]byte

	// Salt keeps tokens of different purposes apart; empty means "itsdangerous.Signer".
	Salt string

	// Derivation makes the key; the zero value is itsdangerous' default.
	Derivation Derivation

	// Digest is SHA-1, which 0 stands for, or one of the SHA-2 family.
	Digest crypto.Hash

	// Separator stands between value and signature; empty means ".".
	Separator string
}

// A Signer is itsdangerous' Signer and TimestampSigner. It is safe for concurrent
// use. [NewSigner] makes one.
type Signer struct {
	digest    crypto.Hash
	keys      [][]byte // derived; the first signs
	separator string
}

// NewSigner derives the keys. It does not judge them: [NewSessions] does.
func NewSigner(cfg SignerConfig) (*Signer, error) {
	if cfg.Salt == "" {
		cfg.Salt = "itsdangerous.Signer"
	}
	if cfg.Digest == 0 {
		cfg.Digest = crypto.SHA1
	}
	if cfg.Separator == "" {
		cfg.Separator = "."
	}
	switch cfg.Digest {
	case crypto.SHA1, crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512:
	default:
		return nil, fmt.Errorf("flask: digest %v; use SHA-1 or one of SHA-2", cfg.Digest)
	}
	if strings.Trim(cfg.Separator, urlAlphabet+"=") != cfg.Separator {
		return nil, fmt.Errorf("flask: separator %q can stand in a signature as well", cfg.Separator)
	}
	s := &Signer{digest: cfg.Digest, separator: cfg.Separator}
	for _, secret := range append([][]byte{cfg.Key}, cfg.Fallbacks...) {
		if len(secret) == 0 {
			return nil, errors.New("flask: a secret key is empty")
		}
		key, err := derive(secret, cfg)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, key)
	}
	return s, nil
}

const urlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func derive(secret []byte, cfg SignerConfig) ([]byte, error) {
	h := cfg.Digest.New()
	switch cfg.Derivation {
	case DjangoConcat:
		h.Write([]byte(cfg.Salt + "signer"))
		h.Write(secret)
	case Concat:
		h.Write([]byte(cfg.Salt))
		h.Write(secret)
	case HMAC:
		h = hmac.New(cfg.Digest.New, secret)
		h.Write([]byte(cfg.Salt))
	case Underived:
		return append([]byte(nil), secret...), nil
	default:
		return nil, fmt.Errorf("flask: there is no key derivation %d", cfg.Derivation)
	}
	return h.Sum(nil), nil
}

// Sign returns value with its signature.
func (s *Signer) Sign(value string) string {
	return value + s.separator + s.signature(s.keys[0], value)
}

// Unsign returns the value whose signature token holds, or [ErrMalformed] or
// [ErrSignature].
func (s *Signer) Unsign(token string) (string, error) {
	i := strings.LastIndex(token, s.separator)
	if i < 0 {
		return "", ErrMalformed
	}
	value, signature := token[:i], token[i+len(s.separator):]
	for _, key := range s.keys {
		// Texts are compared, so that a second spelling of the same bytes, which
		// Python accepts and never writes, is a wrong one.
		if subtle.ConstantTimeCompare([]byte(s.signature(key, value)), []byte(signature)) == 1 {
			return value, nil
		}
	}
	return "", ErrSignature
}

func (s *Signer) signature(key []byte, value string) string {
	mac := hmac.New(s.digest.New, key)
	mac.Write([]byte(value))
	var sum [64]byte
	return base64.RawURLEncoding.EncodeToString(mac.Sum(sum[:0]))
}

// SignAt returns value with a time, in whole seconds, and its signature.
func (s *Signer) SignAt(value string, at time.Time) string {
	return s.Sign(value + s.separator + encodeTime(at))
}

// UnsignAt returns the value whose signature token holds and the time when that
// was made. The token may be maxAge old, counted in whole seconds, the last one
// included; one from the future is refused as in itsdangerous, unless any age
// will do.
func (s *Signer) UnsignAt(token string, now time.Time, maxAge time.Duration) (value string, at time.Time, err error) {
	signed, err := s.Unsign(token)
	if err != nil {
		return "", time.Time{}, err
	}
	i := strings.LastIndex(signed, s.separator)
	if i < 0 {
		return "", time.Time{}, ErrMalformed
	}
	at, ok := decodeTime(signed[i+len(s.separator):])
	if !ok {
		return "", time.Time{}, ErrMalformed
	}
	if maxAge != AnyAge {
		switch age := now.Unix() - at.Unix(); {
		case age < 0:
			return "", at, ErrFuture
		case maxAge < 0 || age > int64(maxAge/time.Second):
			return "", at, ErrExpired
		}
	}
	return signed[:i], at, nil
}

// strictURL refuses the spare bits that a last character can carry.
var strictURL = base64.RawURLEncoding.Strict()

// decodeURL is strict where base64 is not: it refuses line breaks as well.
func decodeURL(s string) ([]byte, bool) {
	data, err := strictURL.DecodeString(s)
	return data, err == nil && len(data) == strictURL.DecodedLen(len(s))
}

// encodeTime spells seconds as base64 of their bytes, big-endian and without
// leading zeros. A time before 1970 counts as 1970.
func encodeTime(at time.Time) string {
	var raw [8]byte
	n := len(raw)
	for sec := uint64(max(at.Unix(), 0)); sec > 0; sec >>= 8 {
		n--
		raw[n] = byte(sec)
	}
	return base64.RawURLEncoding.EncodeToString(raw[n:])
}

func decodeTime(s string) (at time.Time, ok bool) {
	raw, ok := decodeURL(s)
	if !ok || len(raw) > 8 {
		return time.Time{}, false
	}
	var sec uint64
	for _, b := range raw {
		sec = sec<<8 | uint64(b)
	}
	return time.Unix(int64(sec), 0), sec < 1<<38 // past the year 9999 Python cannot tell the date
}
