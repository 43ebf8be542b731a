package retorttest

import (
	"context"
	"sync"
	"time"

	"github.com/retort-go/retort/mail"
)

// An Outbox is a mail.Sender that keeps the mails. It takes those only that can be
// written, so that a test finds a bad address before a server does. The zero
// value is ready to use.
type Outbox struct {
	// Err, if set, is what Send answers instead: the server is down.
	Err error

	mu   sync.Mutex
	sent []*mail.Message
}

// Send implements mail.Sender.
func (o *Outbox) Send(_ context.Context, m *mail.Message) error {
	if _, err := m.Bytes(time.Now()); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.Err != nil {
		return o.Err
	}
	o.sent = append(o.sent, m)
	return nil
}

// Sent returns the mails, in order.
func (o *Outbox) Sent() []*mail.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]*mail.Message(nil), o.sent...)
}
