// Package sign signs short values that travel through a client: session
// cookies, links in mails, remember-me tokens.
//
// There is one secret and a key for each purpose, derived from it by HKDF, so
// that a token made for one purpose is worthless for another: a value that a
// user may have signed as his display name cannot come back as his session.
// A keyring holds several secrets while one of them is being replaced. The
// order is part of the API, because the opposite one has bitten others: the
// first secret signs, all of them verify.
//
// Signatures are HMAC-SHA256. A token is
//
//	base64url(payload) "." base64url(seconds) "." base64url(mac)
//
// where the MAC covers all that stands before its dot.
package sign

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"slices"
	"sync"
)

// A Keyring holds the secrets of an application, newest first.
type Keyring struct {
	secrets [][]byte
}

// NewKeyring returns a keyring whose first secret signs and whose every secret
// verifies. Each must pass [Check]: an old secret that can be guessed lets a
// forger in just as well as a new one.
func NewKeyring(secrets ...[]byte) (*Keyring, error) {
	if len(secrets) == 0 {
		return nil, fmt.Errorf("sign: no secret key; make one with: %s", cure)
	}
	k := &Keyring{}
	for i, s := range secrets {
		if err := Check(s); err != nil {
			if i > 0 {
				err = fmt.Errorf("fallback %d: %w", i, err)
			}
			return nil, err
		}
		k.secrets = append(k.secrets, slices.Clone(s))
	}
	return k, nil
}

// Signer derives the keys for purpose, a short constant such as "session".
// Deriving costs some microseconds per secret: do it once, at set-up. An empty
// purpose panics.
func (k *Keyring) Signer(purpose string) *Signer {
	if purpose == "" {
		panic("sign: Signer needs a purpose, such as \"session\"")
	}
	s := &Signer{}
	for _, secret := range k.secrets {
		derived, err := hkdf.Key(sha256.New, secret, nil, "retort/"+purpose+"/v1", sha256.Size)
		if err != nil {
			panic("sign: " + err.Error()) // only for impossible key lengths
		}
		s.keys = append(s.keys, &key{secret: derived})
	}
	return s
}

// A key keeps MAC states that already hold it, since setting one up costs as
// much as signing a short token.
type key struct {
	secret []byte
	pool   sync.Pool
}

// A mac is an HMAC state with the buffers that its calls need, so that they
// need no others.
type mac struct {
	hash hash.Hash
	buf  []byte // what is signed
	raw  [sha256.Size]byte
	txt  [macText]byte
}

func (k *key) get() *mac {
	if m, ok := k.pool.Get().(*mac); ok {
		return m
	}
	return &mac{hash: hmac.New(sha256.New, k.secret)}
}

func (k *key) put(m *mac) {
	if cap(m.buf) <= 2*MaxToken { // one huge value should not stay for good
		k.pool.Put(m)
	}
}

// sum returns the MAC of m.buf. It is valid until m is used again.
func (m *mac) sum() []byte {
	m.hash.Reset()
	m.hash.Write(m.buf)
	return m.hash.Sum(m.raw[:0])
}

// text is sum in base64.
func (m *mac) text() []byte {
	base64.RawURLEncoding.Encode(m.txt[:], m.sum())
	return m.txt[:]
}

// matches compares the texts of the MACs, in constant time, so that a MAC
// spelled in another way is a wrong one.
func (m *mac) matches(text string) bool {
	var got [macText]byte
	copy(got[:], text)
	return len(text) == macText && subtle.ConstantTimeCompare(m.text(), got[:]) == 1
}
