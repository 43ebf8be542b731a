// Package password stores passwords so that whoever steals the table learns as
// little as possible, and checks them without becoming a way to stop the
// server.
//
// New hashes are argon2id in PHC format: memory is what makes guessing on
// graphics cards dear. The same memory, and the time, are what an attacker
// makes us spend by logging in, so only a few hashes are computed at a time
// and only so many wait. Hashes of Werkzeug (scrypt and PBKDF2, as Flask
// applications have them) verify as well, and [Hasher.Verify] tells when to
// replace one: after a login, which is the only moment when the password is
// known.
//
// The parameters of a stored hash are not trusted: they are bounded before
// anything is allocated.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
)

var (
	// ErrFormat means that a stored hash, or the name of a method, is of no
	// kind that this package knows.
	ErrFormat = errors.New("password: unknown or malformed hash")

	// ErrCost means that the parameters of a hash would cost more than any
	// honest one does.
	ErrCost = errors.New("password: parameters of the hash are out of bounds")

	// ErrTooLong means that a password to be hashed is longer than MaxLength.
	ErrTooLong = fmt.Errorf("password: longer than %d bytes", MaxLength)

	// ErrBusy means that too many hashes wait already. A handler that returns it
	// answers 503.
	ErrBusy error = busyError{}
)

type busyError struct{}

func (busyError) Error() string { return "password: too many hashes are waiting" }

// HTTPStatus is what package retort answers.
func (busyError) HTTPStatus() int { return 503 }

// MaxLength is the length of the longest password in bytes.
const MaxLength = 4096

// Config holds the cost of new hashes. The zero value is OWASP's first choice.
type Config struct {
	// Memory is the memory of one hash in KiB, by default 19456 (19 MiB).
	Memory uint32

	// Time is the number of passes over the memory, by default 2.
	Time uint32

	// Threads is argon2's parallelism, by default 1.
	Threads uint8

	// Concurrent is how many hashes are computed at the same time, by default
	// the number of processors, but 2 to 4. Memory times this is what logins
	// can take at most, save for old hashes that take more.
	Concurrent int

	// InsecureFast lets Memory and Time be less than what OWASP asks for, for
	// tests.
	InsecureFast bool
}

// A Hasher makes and checks hashes. It may be used by many goroutines. [New]
// makes one.
type Hasher struct {
	params  argon2id // without salt and key
	nobody  argon2id // of an unknown user
	slots   chan struct{}
	waiting atomic.Int32
}

// maxWaiting is how many hashes may wait: some seconds' worth.
const maxWaiting = 128

// New checks cfg.
func New(cfg Config) (*Hasher, error) {
	p := argon2id{memory: cfg.Memory, time: cfg.Time, threads: cfg.Threads}
	if p.memory == 0 {
		p.memory = 19 * 1024
	}
	if p.time == 0 {
		p.time = 2
	}
	if p.threads == 0 {
		p.threads = 1
	}
	if !p.bounded() {
		return nil, fmt.Errorf("%w: argon2id with m=%d, t=%d, p=%d", ErrCost, p.memory, p.time, p.threads)
	}
	if !cfg.InsecureFast && !p.strong() {
		return nil, fmt.Errorf("password: argon2id with m=%d, t=%d is too fast to resist guessing; leave both out for m=19456, t=2", p.memory, p.time)
	}
	if cfg.Concurrent <= 0 {
		cfg.Concurrent = min(max(runtime.GOMAXPROCS(0), 2), 4)
	}
	h := &Hasher{params: p, nobody: p, slots: make(chan struct{}, cfg.Concurrent)}
	h.nobody.salt = newSalt()
	return h, nil
}

func newSalt() []byte {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	return salt
}

// Hash returns a new hash of password, about 97 characters of ASCII. It fails
// with [ErrTooLong] or [ErrBusy], or because ctx ends before it is its turn.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	a := h.params
	a.salt = newSalt()
	key, err := h.derive(ctx, a, password)
	if err != nil {
		return "", err
	}
	return a.encode(key), nil
}

// HashAs is like Hash with another method, for a table that a Flask
// application reads too: "scrypt" or "pbkdf2" with Werkzeug's defaults, or
// with parameters as in "scrypt:32768:8:1" and "pbkdf2:sha256:1000000".
// "argon2id" is Hash.
func (h *Hasher) HashAs(ctx context.Context, method, password string) (string, error) {
	if method == "argon2id" {
		return h.Hash(ctx, password)
	}
	w, err := parseMethod(method)
	if err != nil {
		return "", err
	}
	w.salt = rand.Text()
	key, err := h.derive(ctx, w, password)
	if err != nil {
		return "", err
	}
	return w.encode(key), nil
}

// Verify reports whether password belongs to hash, and then whether the hash
// is stale, that is not as Hash would make it now: replace it then.
//
// Ask also if there is no such user, with "" for the hash. That never verifies
// but takes as long as a hash that is not stale, so that the time of a failed
// login does not tell who has an account.
//
// An error means that the question was not answered: [ErrFormat], [ErrCost],
// [ErrBusy] or the end of ctx.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (ok, stale bool, err error) {
	var s scheme = h.nobody
	var want []byte
	if hash != "" {
		if s, want, err = parse(hash); err != nil {
			return false, false, err
		}
	}
	key, err := h.derive(ctx, s, password)
	if errors.Is(err, ErrTooLong) {
		return false, false, nil // nobody has such a password
	}
	if err != nil {
		return false, false, err
	}
	if len(want) == 0 || subtle.ConstantTimeCompare(key, want) != 1 {
		return false, false, nil
	}
	a, current := s.(argon2id)
	return true, !current || !a.like(h.params), nil
}

// A scheme turns a password into a key, with all parameters given and bounded.
type scheme interface {
	derive(password string) ([]byte, error)
}

// derive waits for its turn and computes the key.
func (h *Hasher) derive(ctx context.Context, s scheme, password string) ([]byte, error) {
	if len(password) > MaxLength {
		return nil, ErrTooLong
	}
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return nil, ErrBusy
	}
	select {
	case h.slots <- struct{}{}:
		h.waiting.Add(-1)
	case <-ctx.Done():
		h.waiting.Add(-1)
		return nil, fmt.Errorf("password: waiting for a turn: %w", ctx.Err())
	}
	defer func() { <-h.slots }()
	return s.derive(password)
}

// maxHash is the length of the longest stored hash.
const maxHash = 512

// parse reads a stored hash.
func parse(hash string) (s scheme, key []byte, err error) {
	if len(hash) > maxHash {
		return nil, nil, ErrFormat
	}
	if strings.HasPrefix(hash, "$") {
		return parseArgon2id(hash)
	}
	return parseWerkzeug(hash)
}
