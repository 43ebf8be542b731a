package password

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// A gate is a scheme that computes nothing until it is opened.
type gate struct {
	entered chan struct{}
	open    chan struct{}
}

func (g gate) derive(string) ([]byte, error) {
	g.entered <- struct{}{}
	<-g.open
	return nil, nil
}

// A flood of logins must not take more memory than Concurrent hashes do, nor
// pile up without end.
func TestQueue(t *testing.T) {
	h, err := New(Config{Concurrent: 2})
	if err != nil {
		t.Fatal(err)
	}
	g := gate{make(chan struct{}, maxWaiting+2), make(chan struct{})}
	done := make(chan error)
	start := func() {
		_, err := h.derive(t.Context(), g, "")
		done <- err
	}
	for range 2 {
		go start()
		<-g.entered
	}
	for range maxWaiting {
		go start()
	}
	for h.waiting.Load() < maxWaiting { // the others come to wait
		select {
		case <-g.entered:
			t.Fatal("a third hash is computed")
		default:
		}
	}
	if _, err := h.derive(t.Context(), g, ""); err != ErrBusy {
		t.Errorf("with a full queue: error %v, want %v", err, ErrBusy)
	}
	close(g.open)
	for range 2 + maxWaiting {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if _, err := h.derive(t.Context(), g, ""); err != nil || h.waiting.Load() != 0 || len(h.slots) != 0 {
		t.Errorf("afterwards: error %v, %d waiting, %d slots taken", err, h.waiting.Load(), len(h.slots))
	}
}

// Who has gone away must not be hashed for.
func TestQueueCancel(t *testing.T) {
	h, err := New(Config{Concurrent: 1})
	if err != nil {
		t.Fatal(err)
	}
	h.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.Canceled) || h.waiting.Load() != 0 {
		t.Errorf("Hash error = %v, %d waiting", err, h.waiting.Load())
	}
	if ok, _, err := h.Verify(ctx, "", "x"); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("Verify = %v, %v", ok, err)
	}
}

// Whatever a row of the table holds, it is refused or within the bounds, and
// says the same again.
func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("scrypt:1024:8:1$saltsaltsaltsalt$" + strings.Repeat("00", 64))
	f.Add("pbkdf2:sha256:1000$abcdefgh$18751b39835fcdcff55cfd8c589c50d0e07cdc0b61240e4b24425c27a6a1cc56")
	f.Add("pbkdf2$a$")
	f.Add("")
	f.Fuzz(func(t *testing.T, hash string) {
		s, key, err := parse(hash)
		if err != nil {
			if s != nil || key != nil || !errors.Is(err, ErrFormat) && !errors.Is(err, ErrCost) {
				t.Errorf("parse(%q) = %v, %x, %v", hash, s, key, err)
			}
			return
		}
		var again string
		switch s := s.(type) {
		case argon2id:
			again = s.encode(key)
			if !s.bounded() || len(key) != s.size {
				t.Errorf("parse(%q) = %+v", hash, s)
			}
		case werkzeug:
			again = s.encode(key)
			if s.n*s.r > 1<<20 || s.rounds > 8*defaultRounds || len(key) != s.size() {
				t.Errorf("parse(%q) = %+v", hash, s)
			}
		}
		if s2, _, err := parse(again); err != nil || s2 == nil {
			t.Errorf("parse(%q): encoded as %q, which is %v", hash, again, err)
		}
	})
}
