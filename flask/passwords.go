package flask

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/text/unicode/norm"

	"github.com/retort-go/retort/password"
)

// ErrScheme means that a stored hash is of a kind that is not read here, and the
// error that wraps it says what to do instead.
var ErrScheme = errors.New("flask: password scheme is not accepted")

// Passwords checks the hashes of Flask applications: Werkzeug's, and those that
// Flask-Security keeps, which come from passlib. It may be used by many
// goroutines. [NewPasswords] makes one.
type Passwords struct {
	hasher  *password.Hasher
	pepper  []byte
	slots   chan struct{}
	waiting atomic.Int32 // for a slot, or in one
}

const (
	slowHashes = 2  // bcrypt and PBKDF2 hashes that are computed at a time
	maxWaiting = 32 // and that may wait: some seconds' worth
)

// NewPasswords returns what checks hashes, and makes new ones with hasher. Pepper
// is SECURITY_PASSWORD_SALT: with it every password first goes through an HMAC,
// as Flask-Security does it. It is empty for applications without Flask-Security,
// or with SECURITY_PASSWORD_SINGLE_HASH.
func NewPasswords(hasher *password.Hasher, pepper string) *Passwords {
	return &Passwords{hasher: hasher, pepper: []byte(pepper), slots: make(chan struct{}, slowHashes)}
}

// Hash returns a hash for Flask-Security, or for whoever else reads argon2id.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	return p.HashAs(ctx, "argon2", password)
}

// HashAs is like Hash for a table that the old application reads too: "argon2",
// "bcrypt" or "pbkdf2_sha512" as Flask-Security calls them, or one of Werkzeug's
// methods as for [password.Hasher.HashAs], which knows no pepper.
func (p *Passwords) HashAs(ctx context.Context, method, password string) (hash string, err error) {
	if len(password) > maxPassword {
		return "", errTooLong
	}
	seasoned := password
	if len(p.pepper) > 0 {
		seasoned = p.season(norm.NFKD.String(password))
	}
	switch method {
	case "argon2", "argon2id":
		return p.hasher.Hash(ctx, seasoned)
	case "bcrypt":
		_, err = p.slow(ctx, func() (bool, error) {
			key, err := bcrypt.GenerateFromPassword([]byte(seasoned[:min(len(seasoned), maxBcrypt)]), bcryptCost)
			hash = string(key)
			return true, err
		})
		return hash, err
	case "pbkdf2_sha512":
		_, err = p.slow(ctx, func() (bool, error) {
			salt := make([]byte, 16)
			rand.Read(salt) // never fails
			key, err := pbkdf2.Key(sha512.New, seasoned, salt, pbkdf2Rounds, sha512.Size)
			hash = fmt.Sprintf("$pbkdf2-sha512$%d$%s$%s", pbkdf2Rounds, toAB64(salt), toAB64(key))
			return true, err
		})
		return hash, err
	}
	return p.hasher.HashAs(ctx, method, password)
}

// The cost of new hashes: OWASP's for PBKDF2, passlib's for bcrypt.
const (
	pbkdf2Rounds = 210_000
	bcryptCost   = 12
	maxBcrypt    = 72 // bytes that bcrypt looks at
)

// Verify reports whether password belongs to hash, and then whether the hash is
// stale: replace it then by a new one. Like [password.Hasher.Verify] it never
// verifies an empty hash and takes its time over it. A plain password in the
// place of a hash, which Flask-Security accepts, is refused with [ErrScheme].
func (p *Passwords) Verify(ctx context.Context, hash, password string) (ok, stale bool, err error) {
	if len(p.pepper) > 0 && schemeOf(hash) != "werkzeug" {
		if normal := norm.NFKD.String(password); normal != password {
			// Flask-Security's forms normalise what was typed; its functions do not.
			if ok, stale, err = p.verify(ctx, hash, normal); ok || err != nil {
				return ok, stale, err
			}
		}
	}
	return p.verify(ctx, hash, password)
}

func (p *Passwords) verify(ctx context.Context, hash, password string) (ok, stale bool, err error) {
	switch schemeOf(hash) {
	case "", "argon2id":
		return p.hasher.Verify(ctx, hash, p.season(password))
	case "werkzeug": // knows no pepper
		return p.hasher.Verify(ctx, hash, password)
	case "bcrypt":
		ok, err = p.slow(ctx, func() (bool, error) { return verifyBcrypt(hash, p.season(password)) })
	case "pbkdf2":
		ok, err = p.slow(ctx, func() (bool, error) { return verifyPBKDF2(hash, p.season(password)) })
	case "crypt":
		return false, false, fmt.Errorf("%w: sha256_crypt or sha512_crypt; set SECURITY_PASSWORD_HASH to argon2 in the "+
			"old application, which then replaces them as people log in", ErrScheme)
	default:
		return false, false, fmt.Errorf("%w: it is no hash that is known here, or a password in plain text", ErrScheme)
	}
	return ok, ok, err // whatever is not argon2id wants replacing
}

func schemeOf(hash string) string {
	switch {
	case hash == "":
		return ""
	case strings.HasPrefix(hash, "$argon2id$"):
		return "argon2id"
	case strings.HasPrefix(hash, "$2a$"), strings.HasPrefix(hash, "$2b$"), strings.HasPrefix(hash, "$2y$"):
		return "bcrypt"
	case strings.HasPrefix(hash, "$pbkdf2-sha512$"), strings.HasPrefix(hash, "$pbkdf2-sha256$"):
		return "pbkdf2"
	case strings.HasPrefix(hash, "$5$"), strings.HasPrefix(hash, "$6$"):
		return "crypt"
	case strings.HasPrefix(hash, "scrypt:"), strings.HasPrefix(hash, "pbkdf2:"):
		return "werkzeug"
	}
	return "unknown"
}

// season is the text that Flask-Security hashes in place of the password.
func (p *Passwords) season(password string) string {
	if len(p.pepper) == 0 || len(password) > maxPassword {
		return password // which package password refuses
	}
	mac := hmac.New(sha512.New, p.pepper)
	mac.Write([]byte(password))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

const maxPassword = password.MaxLength

var errTooLong = password.ErrTooLong // where a parameter is called password

// slow waits for its turn, since each of these takes a processor for long. It fails
// with [password.ErrBusy] where too many wait already: a flood of logins must not
// hold all requests that the app takes on.
func (p *Passwords) slow(ctx context.Context, verify func() (bool, error)) (bool, error) {
	defer p.waiting.Add(-1)
	if p.waiting.Add(1) > slowHashes+maxWaiting {
		return false, password.ErrBusy
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return false, fmt.Errorf("flask: waiting for a turn to hash: %w", ctx.Err())
	}
	defer func() { <-p.slots }()
	return verify()
}

// verifyBcrypt knows that bcrypt looks at 72 bytes and that Python's cuts what is
// longer off, where Go's refuses it.
func verifyBcrypt(hash, pass string) (bool, error) {
	const maxCost = 15 // some seconds
	cost, err := bcrypt.Cost([]byte(hash))
	switch {
	case err != nil || len(hash) != 60:
		return false, password.ErrFormat
	case cost > maxCost:
		return false, fmt.Errorf("%w: bcrypt with 2^%d rounds", password.ErrCost, cost)
	case len(pass) > maxPassword:
		return false, nil
	}
	err = bcrypt.CompareHashAndPassword([]byte(hash), []byte(pass[:min(len(pass), maxBcrypt)]))
	if errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, nil
	}
	return err == nil, err
}

// verifyPBKDF2 reads passlib's $pbkdf2-sha512$rounds$salt$key, in base64 with a
// dot for the plus.
func verifyPBKDF2(hash, pass string) (bool, error) {
	part := strings.Split(hash, "$")
	if len(hash) > 512 || len(part) != 5 {
		return false, password.ErrFormat
	}
	digest := sha512.New
	if part[1] == "pbkdf2-sha256" {
		digest = sha256.New
	}
	rounds, err := strconv.Atoi(part[2])
	salt, err1 := fromAB64(part[3])
	want, err2 := fromAB64(part[4])
	if err != nil || err1 != nil || err2 != nil || len(want) < 16 {
		return false, password.ErrFormat
	}
	const maxRounds = 2_000_000
	if rounds < 1 || rounds > maxRounds || len(want) > 64 {
		return false, password.ErrCost
	}
	if len(pass) > maxPassword {
		return false, nil
	}
	key, err := pbkdf2.Key(digest, pass, salt, rounds, len(want))
	return err == nil && subtle.ConstantTimeCompare(key, want) == 1, err
}

func toAB64(data []byte) string {
	return strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(data), "+", ".")
}

func fromAB64(s string) ([]byte, error) {
	return base64.RawStdEncoding.Strict().DecodeString(strings.ReplaceAll(s, ".", "+"))
}
