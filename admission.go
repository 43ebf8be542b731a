package retort

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A server that takes on more than it can do finishes nothing in time: each
// request makes all others slower, until clients have given up on what is being
// worked on. So a request needs a slot to be worked on, of which there are
// [Config.MaxInFlight]. If all are taken it waits for queueTime at most, which
// outlasts a burst, and is then told to come again: a refusal costs little and
// says so at once.
//
// A slot is held from routing until the answer is described. It is given back
// while a body is slow in coming, and before anything is written: a slow client
// holds a connection, of which there are many, and never a slot. Streams, files,
// WebSockets and mounted handlers do their work while they write, so they hold
// none for as long as they last.
const (
	inFlightPerCPU = 64 // for handlers that mostly wait for a database
	queueTime      = 40 * time.Millisecond
	maxQueue       = 4 // times MaxInFlight; of what is beyond, none would get its turn in time
	bodyPatience   = 5 * time.Millisecond
)

// admission is a semaphore. Taking and giving back a slot is one atomic step
// each, as long as nobody has to wait.
type admission struct {
	limit   int64
	running atomic.Int64
	waiting atomic.Int64
	turn    chan struct{} // wakes those who wait, to try again

	saturation // see saturation.go

	refused atomic.Int64 // since the last line in the log
	logged  atomic.Int64 // when that was, in nanoseconds
}

func (a *admission) init(limit int) {
	if limit == 0 {
		limit = inFlightPerCPU * runtime.GOMAXPROCS(0)
	}
	a.limit = int64(limit)
	a.saturation.init(runtime.GOMAXPROCS(0))
	a.turn = make(chan struct{}, 1<<20) // of nothing, so it takes no memory
}

// enter takes a slot, and reports whether it got one.
func (a *admission) enter(ctx context.Context) bool {
	return a.try() || a.wait(ctx, queueTime)
}

// reenter takes a slot for a request that had one before, however long it takes.
func (a *admission) reenter(ctx context.Context) bool {
	return a.try() || a.wait(ctx, 0)
}

func (a *admission) try() bool {
	for {
		running := a.running.Load()
		if running >= a.limit {
			return false
		}
		if a.running.CompareAndSwap(running, running+1) {
			return true
		}
	}
}

// leave gives a slot back. Who waits is counted before it tries a last time, and
// here the slot is free before the count is looked at: one of both sees the other.
func (a *admission) leave() {
	a.running.Add(-1)
	if a.waiting.Load() > 0 {
		select {
		case a.turn <- struct{}{}:
		default: // enough are being woken
		}
	}
}

// wait takes a slot within a time; 0 is as long as ctx.
func (a *admission) wait(ctx context.Context, atMost time.Duration) bool {
	defer a.waiting.Add(-1)
	if waiting := a.waiting.Add(1); atMost > 0 && waiting > maxQueue*a.limit {
		return false
	}
	var timeout <-chan time.Time
	for !a.try() {
		if timeout == nil && atMost > 0 {
			timer := time.NewTimer(atMost)
			defer timer.Stop()
			timeout = timer.C
		}
		select {
		case <-a.turn:
		case <-timeout:
			return a.try() // on a busy machine the turn may have come meanwhile
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// errOverloaded is what a request without a slot is told. It is one value, so
// that refusing costs next to nothing: no error handler runs, whose template or
// database may be what is slow, and the log has one line in a second.
var errOverloaded = &Error{
	Status:  http.StatusServiceUnavailable,
	Message: "The server has too much to do right now. Please try again in a moment.",
	Header:  http.Header{"Retry-After": {"1"}},
}

// States of a request's slot.
const (
	slotNone uint32 = iota // not taken, or given back for good
	slotHeld               // the request is being worked on
	slotLent               // given back while the body is slow in coming
)

// errStopping is what health routes say of an app that was told to stop.
var errStopping = &Error{Status: http.StatusServiceUnavailable, Message: "The server is stopping."}

// takeSlot lets the request be worked on, or refuses it. How the app is must be
// answered at all times, so it takes no slot.
func (c *Ctx) takeSlot() error {
	a := &c.App.admission
	if c.route != nil && c.route.health {
		if c.App.stopping.Load() {
			return errStopping
		}
		return nil
	}
	served := c.Context().Value(http.ServerContextKey) != nil // else clients are in this program, as in a test
	if served && !a.begin() || !a.enter(c.Context()) {
		c.App.noteOverload(c)
		return errOverloaded
	}
	c.slot.Store(slotHeld)
	if c.Request.ContentLength != 0 {
		c.body = &patientBody{ReadCloser: c.Request.Body, c: c}
		c.Request.Body = c.body
	}
	return nil
}

// unwrapBody gives net/http its own body back. By its type it sees that the rest
// of a body is not worth waiting for, nor asking for with 100 Continue: else a
// refusal would come after 256 KB of what it refuses.
func (c *Ctx) unwrapBody() {
	if c.body != nil && c.Response.write == nil {
		c.Request.Body = c.body.ReadCloser
	}
}

// returnSlot gives the slot back for good, if the request has it.
func (c *Ctx) returnSlot() {
	if c.slot.Load() != slotNone && c.slot.Swap(slotNone) == slotHeld {
		c.App.admission.leave()
	}
}

// noteOverload logs that requests are refused: the first at once, the others
// together, once a second, so that the log does not become the next overload.
func (a *App) noteOverload(c *Ctx) {
	a.admission.refused.Add(1)
	now, last := a.Config.now().UnixNano(), a.admission.logged.Load()
	if now-last < int64(time.Second) || !a.admission.logged.CompareAndSwap(last, now) {
		return
	}
	a.Config.Logger.LogAttrs(c.Context(), slog.LevelWarn, "overload: requests are refused",
		slog.String("event", "excess_rate_limit_exceeded"), slog.Int64("refused", a.admission.refused.Swap(0)),
		slog.Int64("in_flight", a.admission.limit), slog.String("request", c.ID()), slog.String("client", c.remoteAddr()))
}

// patientBody lends the slot to others while the client is slow to send the
// body: else a few hundred of such clients would hold all slots. It may be read
// by another goroutine than the request's, as a proxy does.
type patientBody struct {
	io.ReadCloser
	c    *Ctx
	lend *time.Timer

	mu      sync.Mutex
	reading bool
}

func (b *patientBody) Read(p []byte) (int, error) {
	b.setReading(true)
	if b.lend == nil {
		b.lend = time.AfterFunc(bodyPatience, b.lendSlot)
	} else {
		b.lend.Reset(bodyPatience)
	}
	n, err := b.ReadCloser.Read(p)
	b.lend.Stop()
	b.setReading(false)
	if lost := b.takeBack(); lost != nil {
		return n, lost
	}
	return n, err
}

func (b *patientBody) setReading(now bool) {
	b.mu.Lock()
	b.reading = now
	b.mu.Unlock()
}

func (b *patientBody) lendSlot() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.reading && b.c.slot.CompareAndSwap(slotHeld, slotLent) {
		b.c.App.admission.leave()
	}
}

// takeBack waits for a slot again. There is none to take back if the request has
// ended meanwhile.
func (b *patientBody) takeBack() error {
	a := &b.c.App.admission
	for b.c.slot.Load() == slotLent {
		if !a.reenter(b.c.Context()) {
			return b.c.Context().Err()
		}
		if !b.c.slot.CompareAndSwap(slotLent, slotHeld) {
			a.leave()
		}
	}
	return nil
}
