package password

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argon2id is the argon2 of RFC 9106 in its recommended variant, version 19.
type argon2id struct {
	memory, time uint32 // KiB and passes
	threads      uint8
	salt         []byte
	size         int // of the key, 0 for 32 bytes
}

// bounded reports whether the parameters are of an honest hash, of which the
// largest known default takes 100 MiB: a stolen account must not be a way to
// take the server's memory.
func (a argon2id) bounded() bool {
	return 1 <= a.threads && a.threads <= 16 &&
		8*uint32(a.threads) <= a.memory && a.memory <= 256*1024 &&
		1 <= a.time && uint64(a.time)*uint64(a.memory) <= 1024*1024
}

// strong reports whether the parameters are at least one of OWASP's five
// choices, which trade memory for passes: 46 MiB and 1, down to 7 MiB and 5.
func (a argon2id) strong() bool {
	return a.memory >= 7*1024 && uint64(a.time)*uint64(a.memory) >= 7*1024*5
}

// like reports whether a hash with a is as good as a new one with p.
func (a argon2id) like(p argon2id) bool {
	return a.memory == p.memory && a.time == p.time && a.threads == p.threads && len(a.salt) >= 16 && a.size >= 32
}

func (a argon2id) derive(password string) ([]byte, error) {
	size := a.size
	if size == 0 {
		size = 32
	}
	return argon2.IDKey([]byte(password), a.salt, a.time, a.memory, a.threads, uint32(size)), nil
}

// strict refuses a second spelling of salt or key.
var strict = base64.RawStdEncoding.Strict()

// encode returns the PHC string.
func (a argon2id) encode(key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, a.memory, a.time, a.threads,
		strict.EncodeToString(a.salt), strict.EncodeToString(key))
}

// parseArgon2id reads $argon2id$v=19$m=…,t=…,p=…$salt$key.
func parseArgon2id(hash string) (scheme, []byte, error) {
	rest, ok := strings.CutPrefix(hash, "$argon2id$v=19$")
	part := strings.Split(rest, "$")
	if !ok || len(part) != 3 {
		return nil, nil, ErrFormat
	}
	param := strings.Split(part[0], ",")
	if len(param) != 3 {
		return nil, nil, ErrFormat
	}
	memory, ok1 := number(param[0], "m=", 32)
	time, ok2 := number(param[1], "t=", 32)
	threads, ok3 := number(param[2], "p=", 32)
	salt, err1 := strict.DecodeString(part[1])
	key, err2 := strict.DecodeString(part[2])
	if !ok1 || !ok2 || !ok3 || err1 != nil || err2 != nil || len(salt) < 8 || len(key) < 16 || len(key) > 64 {
		return nil, nil, ErrFormat
	}
	a := argon2id{uint32(memory), uint32(time), uint8(min(threads, 255)), salt, len(key)}
	if !a.bounded() {
		return nil, nil, fmt.Errorf("%w: argon2id with %s", ErrCost, part[0])
	}
	return a, key, nil
}

// number reads a decimal number without sign and leading zeros, after prefix.
func number(s, prefix string, bits int) (uint64, bool) {
	digits, ok := strings.CutPrefix(s, prefix)
	n, err := strconv.ParseUint(digits, 10, bits)
	return n, ok && err == nil && digits == strconv.FormatUint(n, 10)
}
