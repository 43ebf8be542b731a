package csrf

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
)

const (
	// FieldName is the form field that carries the token.
	FieldName = "csrf_token"

	size    = 32
	textLen = 43 // a Secret in base64
	maskLen = 86 // a masked token in base64
)

// strict refuses the spare bits of a last character, so that a token has one
// spelling.
var strict = base64.RawURLEncoding.Strict()

// A Secret is what the tokens of one session have in common. It is kept in the
// session, and never shown unmasked.
type Secret [size]byte

// NewSecret returns a random secret. Make a new one when the user logs in, so
// that a token planted before does not outlive it.
func NewSecret() (s Secret) {
	rand.Read(s[:]) // never fails
	return s
}

// ParseSecret reads what [Secret.Encode] wrote.
func ParseSecret(text string) (s Secret, ok bool) {
	if len(text) != textLen {
		return Secret{}, false
	}
	var src [textLen]byte
	copy(src[:], text)
	n, err := strict.Decode(s[:], src[:])
	if err != nil || n != size {
		return Secret{}, false
	}
	return s, true
}

// Encode returns the secret as 43 characters for the session.
func (s Secret) Encode() string { return base64.RawURLEncoding.EncodeToString(s[:]) }

// Mask returns a token for a page: 86 characters that are different each time.
//
// Were it the same each time, an attacker who can watch the length of
// compressed pages and make the browser ask for them could guess it character
// by character (BREACH). So the secret is hidden under a random pad, and the
// pad sent with it.
func Mask(s Secret) string { return string(AppendMask(make([]byte, 0, maskLen), s)) }

// AppendMask appends to dst what [Mask] returns.
func AppendMask(dst []byte, s Secret) []byte {
	var raw [2 * size]byte
	rand.Read(raw[:size]) // never fails
	subtle.XORBytes(raw[size:], raw[:size], s[:])
	return base64.RawURLEncoding.AppendEncode(dst, raw[:])
}

// Verify reports whether token was made from s. The comparison takes the same
// time wherever they differ. A token has one spelling only: no padding, no line
// breaks, no spare bits. The zero Secret verifies nothing.
func Verify(s Secret, token string) bool {
	if len(token) != maskLen || s == (Secret{}) {
		return false
	}
	var src [maskLen]byte
	copy(src[:], token)
	var raw [2*size + 2]byte
	n, err := strict.Decode(raw[:], src[:])
	if err != nil || n != 2*size {
		return false
	}
	subtle.XORBytes(raw[:size], raw[:size], raw[size:2*size])
	return subtle.ConstantTimeCompare(raw[:size], s[:]) == 1
}
