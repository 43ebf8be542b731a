package retort

import (
	"io"
	"strconv"
	"strings"
)

// An Event is one server-sent event (HTML Standard, 9.2).
type Event struct {
	ID   string // what the browser sends back as Last-Event-ID when it reconnects; may be empty
	Type string // empty means "message"
	Data string // may have several lines
	// Retry is how long the browser waits before it reconnects, in milliseconds; 0
	// leaves it as it is.
	Retry int
}

// Events answers with a stream of server-sent events: events calls send for each
// and returns at the end. Send fails when the client has gone. The route has to
// say that it [Route.Streams].
func (c *Ctx) Events(events func(send func(Event) error) error) error {
	c.SetHeader("Cache-Control", "no-store")
	c.SetHeader("X-Accel-Buffering", "no") // nginx would hold events back
	return c.Stream("text/event-stream", func(w io.Writer) error {
		var buf []byte
		return events(func(e Event) error {
			if err := c.Context().Err(); err != nil {
				return err
			}
			buf = e.append(buf[:0])
			_, err := w.Write(buf)
			return err
		})
	})
}

// append writes the event's fields. A line break inside ID or Type would begin
// another field, so it is dropped; in Data it begins another line of data.
func (e Event) append(dst []byte) []byte {
	field := func(name, value string) {
		dst = append(dst, name...)
		dst = append(dst, ": "...)
		dst = append(dst, value...)
		dst = append(dst, '\n')
	}
	if e.ID != "" {
		field("id", oneLine.Replace(e.ID))
	}
	if e.Type != "" {
		field("event", oneLine.Replace(e.Type))
	}
	if e.Retry > 0 {
		field("retry", strconv.Itoa(e.Retry))
	}
	for line := range strings.SplitSeq(lineBreaks.Replace(e.Data), "\n") {
		field("data", line)
	}
	return append(dst, '\n')
}

var (
	oneLine    = strings.NewReplacer("\r", "", "\n", "", "\x00", "")
	lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")
)
