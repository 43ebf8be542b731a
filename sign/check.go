package sign

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
)

// MinSecret is the length in bytes of the shortest secret that [Check] accepts.
const MinSecret = 32

const cure = `retort secret   (or: head -c 32 /dev/urandom | base64)`

// ErrWeak is what every error of [Check] wraps.
var ErrWeak = errors.New("sign: weak secret key")

// Generate returns a new secret of 256 random bits as 43 characters that need
// no quoting in an environment file.
func Generate() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Check tells whether secret could be found by guessing. It refuses what is
// shorter than [MinSecret], what repeats or counts instead of being random,
// and the examples that stand in documentation: one signed cookie is enough to
// try a list of those offline, at millions a second. The error says what is
// wrong and how to make a good secret.
func Check(secret []byte) error {
	switch {
	case len(secret) == 0:
		return weak("it is empty")
	case wellKnown(secret):
		return weak("it is an example or a placeholder, which attackers try first")
	case len(secret) < MinSecret:
		return weak(fmt.Sprintf("it has %d bytes and needs %d", len(secret), MinSecret))
	case period(secret) < MinSecret/2:
		return weak("it repeats itself")
	case distinct(secret) < 8:
		return weak("it has too few different characters")
	case counting(secret):
		return weak("its characters stand in sequence")
	}
	return nil
}

func weak(why string) error {
	return fmt.Errorf("%w: %s; make one with: %s", ErrWeak, why, cure)
}

// wellKnown compares letters and digits only, so that my_secret-key and
// MySecretKey are the same word. No random key of usual length contains one of
// these words by chance.
func wellKnown(secret []byte) bool {
	plain := bytes.ToLower(slices.DeleteFunc(slices.Clone(secret), func(c byte) bool {
		return !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9')
	}))
	for _, w := range placeholders {
		if bytes.Contains(plain, []byte(w)) {
			return true
		}
	}
	return false
}

var placeholders = []string{
	"changeme", "changethis", "replaceme", "replacethis", "placeholder", "insecure", "password",
	"secretkey", "mysecret", "yoursecret", "oursecret", "supersecret", "verysecret", "topsecret", "testsecret",
	"devsecret", "notsosecret", "stringsecret", "bitsecret", "thisisasecret", "somesecret", "keyboardcat",
	"neverguess", "loremipsum", "deadbeefdeadbeef", "32bytelong",
	// The keys in the documentation of Flask, Flask-Security and FastAPI, which
	// people copy and sometimes change at the end.
	"192b9bdd22ab9ed4d12e236c78afcb9a", "pf9wkove4ikeaxvycqkedphv9cb3", "09d25e094faa6ca2556c818166b7a956",
}

// period is the length of the shortest start of s that, repeated, gives s.
func period(s []byte) int {
	for p := 1; p <= len(s)/2; p++ {
		if bytes.Equal(s[p:], s[:len(s)-p]) {
			return p
		}
	}
	return len(s)
}

func distinct(s []byte) (n int) {
	var seen [256]bool
	for _, c := range s {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}

// counting reports whether most bytes follow the one before by the same step,
// as in 0123456789abcdef.
func counting(s []byte) bool {
	var steps [256]int
	for i := range s[1:] {
		steps[s[i+1]-s[i]]++
	}
	return slices.Max(steps[:]) > len(s)/2
}
