package value

import (
	"context"
	"errors"
	"time"
	"unsafe"
)

// Limits bound one render. A zero field means no bound, except Value.
type Limits struct {
	// Steps is the work allowed: about one per instruction, per item looped
	// over in a filter, and per 16 bytes of text built.
	Steps int64
	// Value is the size of any one value, in bytes (a list counts 24 for each
	// item). Zero means 256 MiB.
	Value int64
	// Memory is the sum of the sizes of all values built, in bytes.
	Memory int64
	// Time is how long a render may take.
	Time time.Duration
}

const (
	defaultMaxValue = 256 << 20
	itemSize        = 24
	quantum         = 1024 // steps between two looks at the clock
	maxDepth        = 1000 // nesting of values that is followed, as in Python
)

// ErrSteps, ErrTime and ErrMemory say which limit stopped a render; the error
// returned wraps one of them.
var (
	ErrSteps  = errors.New("too many steps")
	ErrTime   = errors.New("too much time")
	ErrMemory = errors.New("too much memory")
)

// LimitError is a render stopped by one of its limits.
type LimitError struct {
	Msg string // what was asked for and what was allowed
	Err error  // ErrSteps, ErrTime, ErrMemory or the context's error
}

// Error returns the message.
func (e *LimitError) Error() string { return e.Msg }

// Unwrap returns the limit that was hit.
func (e *LimitError) Unwrap() error { return e.Err }

// Sandbox says how much a template may do with the values it is given.
type Sandbox uint8

// The levels of the sandbox.
const (
	// SandboxOff trusts the template's author.
	SandboxOff Sandbox = iota
	// SandboxOn hides attributes that start with an underscore and Go methods.
	SandboxOn
	// SandboxImmutable hides besides the methods that change lists and dicts.
	SandboxImmutable
)

// Meter is what one render carries through every operation: its fuel, its
// limits, and the rules for what is not found and what may be touched. It is
// made ready by Reset and not safe for use by several goroutines.
type Meter struct {
	left   int64 // steps until the next look at the clock
	rest   int64 // steps after those; negative means without bound
	memory int64 // bytes left; negative means without bound
	max    int64
	over   error // the limit that was hit; further steps fail with it at once
	start  time.Time
	limits Limits
	ctx    context.Context
	open   []unsafe.Pointer // the containers that are being written

	arena  arena
	buffer []byte // see Buffer
	json   jsonWriter
	order  []int // of a sort

	// Undefined is the flavour of what a lookup does not find.
	Undefined Flavour
	// Sandbox is how much the template may do.
	Sandbox Sandbox
}

// NewMeter returns a Meter with full tanks.
func NewMeter(ctx context.Context, l Limits) *Meter {
	m := new(Meter)
	m.Reset(ctx, l)
	return m
}

// Reset fills the tanks for a new render; ctx may be nil.
func (m *Meter) Reset(ctx context.Context, l Limits) {
	m.limits, m.ctx, m.over, m.open = l, ctx, nil, m.open[:0]
	m.left, m.rest, m.memory, m.max = quantum, -1, -1, l.Value
	if l.Steps > 0 {
		m.left = min(quantum, l.Steps)
		m.rest = l.Steps - m.left
	}
	if l.Memory > 0 {
		m.memory = l.Memory
	}
	if l.Value <= 0 {
		m.max = defaultMaxValue
	}
	if l.Time > 0 {
		m.start = time.Now()
	}
}

// Spend pays n steps of work. It fails when the steps or the time are used up
// or the context is done, and from then on always.
func (m *Meter) Spend(n int) error {
	m.left -= int64(n)
	if m.left >= 0 {
		return nil
	}
	return m.refill()
}

func (m *Meter) refill() error {
	if m.over != nil {
		return m.over
	}
	if m.ctx != nil {
		if err := m.ctx.Err(); err != nil {
			return m.stop("render stopped: "+err.Error(), err)
		}
	}
	if m.limits.Time > 0 && time.Since(m.start) > m.limits.Time {
		return m.stop("render took longer than "+m.limits.Time.String(), ErrTime)
	}
	if m.rest < 0 {
		m.left = quantum
		return nil
	}
	need := -m.left
	if need > m.rest {
		return m.stop("render took more than "+itoa(m.limits.Steps)+" steps", ErrSteps)
	}
	m.rest -= need
	m.left = min(quantum, m.rest)
	m.rest -= m.left
	return nil
}

func (m *Meter) stop(msg string, err error) error {
	m.over = &LimitError{Msg: msg, Err: err}
	m.left = -1
	return m.over
}

// Build asks for leave to build a value of n bytes, before it is built, and
// pays for it in steps and memory.
func (m *Meter) Build(n int) error {
	if int64(n) > m.max || n < 0 {
		return &LimitError{
			Msg: "value of " + itoa(int64(n)) + " bytes is larger than the limit of " + itoa(m.max),
			Err: ErrMemory,
		}
	}
	if m.memory >= 0 {
		if int64(n) > m.memory {
			return m.stop("render built more than "+itoa(m.limits.Memory)+" bytes of values", ErrMemory)
		}
		m.memory -= int64(n)
	}
	return m.Spend(n>>4 + 1)
}

// Check refuses a value that has grown to n bytes, when that is too large. It
// costs nothing; the whole is paid for by Build.
func (m *Meter) Check(n int) error {
	if int64(n) <= m.max {
		return nil
	}
	return m.Build(n)
}

// BuildItems is [Meter.Build] for a container of n items.
func (m *Meter) BuildItems(n int) error {
	if n > int(m.max)/itemSize {
		return &LimitError{
			Msg: "value of " + itoa(int64(n)) + " items is larger than the limit of " + itoa(m.max/itemSize),
			Err: ErrMemory,
		}
	}
	if err := m.Build(n * itemSize); err != nil {
		return err
	}
	return m.Spend(n)
}
