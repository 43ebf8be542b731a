package password

import (
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // to verify hashes that exist; HMAC and PBKDF2 do not rest on what is broken of it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// werkzeug is a hash in Werkzeug's format, method$salt$key, where the salt is
// used as it is written and the key is hexadecimal.
type werkzeug struct {
	method  string // with all its parameters
	salt    string
	n, r, p int    // of scrypt
	digest  string // of PBKDF2, "" for scrypt
	rounds  int
}

// Werkzeug's defaults since 3.1.
const (
	defaultScrypt = "scrypt:32768:8:1"
	defaultRounds = 1_000_000
)

// parseMethod reads what is before the first $, with defaults for what is left
// out, and bounds it: a hash may take 8 times the time and 4 times the memory
// of Werkzeug's own.
func parseMethod(method string) (werkzeug, error) {
	if method == "scrypt" {
		method = defaultScrypt
	}
	arg := strings.Split(method, ":")
	switch {
	case arg[0] == "scrypt" && len(arg) == 4:
		n, ok1 := number(arg[1], "", 32)
		r, ok2 := number(arg[2], "", 16)
		p, ok3 := number(arg[3], "", 16)
		if !ok1 || !ok2 || !ok3 {
			return werkzeug{}, ErrFormat
		}
		if n < 2 || n&(n-1) != 0 || r < 1 || p < 1 || n*r > 1<<20 || r*p > 1<<10 || n*r*p > 1<<21 {
			return werkzeug{}, fmt.Errorf("%w: %s", ErrCost, method)
		}
		return werkzeug{method: method, n: int(n), r: int(r), p: int(p)}, nil
	case arg[0] == "pbkdf2" && len(arg) <= 3:
		w := werkzeug{digest: "sha256", rounds: defaultRounds}
		if len(arg) > 1 {
			w.digest = arg[1]
		}
		if len(arg) > 2 {
			rounds, ok := number(arg[2], "", 32)
			if !ok {
				return werkzeug{}, ErrFormat
			}
			if rounds < 1 || rounds > 8*defaultRounds {
				return werkzeug{}, fmt.Errorf("%w: %s", ErrCost, method)
			}
			w.rounds = int(rounds)
		}
		if newDigest(w.digest) == nil {
			return werkzeug{}, ErrFormat
		}
		w.method = fmt.Sprintf("pbkdf2:%s:%d", w.digest, w.rounds)
		return w, nil
	}
	return werkzeug{}, ErrFormat
}

func parseWerkzeug(hash string) (scheme, []byte, error) {
	part := strings.SplitN(hash, "$", 3)
	if len(part) != 3 || part[1] == "" {
		return nil, nil, ErrFormat
	}
	w, err := parseMethod(part[0])
	if err != nil {
		return nil, nil, err
	}
	w.salt = part[1]
	key, err := hex.DecodeString(part[2])
	if err != nil || len(key) != w.size() {
		return nil, nil, ErrFormat
	}
	return w, key, nil
}

func (w werkzeug) size() int {
	if w.digest == "" {
		return 64
	}
	return newDigest(w.digest)().Size()
}

func (w werkzeug) derive(password string) ([]byte, error) {
	if w.digest == "" {
		return scrypt.Key([]byte(password), []byte(w.salt), w.n, w.r, w.p, w.size())
	}
	return pbkdf2.Key(newDigest(w.digest), password, []byte(w.salt), w.rounds, w.size())
}

func (w werkzeug) encode(key []byte) string {
	return w.method + "$" + w.salt + "$" + hex.EncodeToString(key)
}

// newDigest knows the digests by the names that Python has for them.
func newDigest(name string) func() hash.Hash {
	switch name {
	case "sha1":
		return sha1.New
	case "sha224":
		return sha256.New224
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	}
	return nil
}
