package document

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"time"
	"unicode/utf8"
)

// serveJail is the child. It returns the exit code.
func serveJail(stdin io.Reader, stdout, stderr io.Writer) int {
	debug.SetTraceback("none") // the first line of a crash says what the parent needs
	in := bufio.NewReaderSize(stdin, 64<<10)
	var q request
	if err := readRequest(in, &q); err != nil {
		_, _ = fmt.Fprintln(stderr, "request:", err)
		return 1
	}
	// The parent kills a child that takes too long. If the parent itself was
	// killed, nobody does.
	time.AfterFunc(wallTime(q.Limits.Time)+time.Second, func() { panic("out of time") })
	if err := confine(q.Limits); err != nil {
		_, _ = fmt.Fprintln(stderr, "confine:", err)
		return 1
	}
	data := make([]byte, q.Size)
	if _, err := io.ReadFull(in, data); err != nil {
		_, _ = fmt.Fprintln(stderr, "document:", err)
		return 1
	}
	out := &talker{w: bufio.NewWriterSize(stdout, 64<<10)}
	out.enc = json.NewEncoder(out.w)
	out.enc.SetEscapeHTML(false)
	err := newWalker(q.Limits, out).open(file{name: q.Name, data: data})
	if _, stopped := errors.AsType[stop](err); err != nil && !stopped {
		_, _ = fmt.Fprintln(stderr, err)
		return 1
	}
	if err := out.say(message{Done: true}); err != nil {
		return 1
	}
	if err := out.w.Flush(); err != nil {
		return 1
	}
	return 0
}

func readRequest(in *bufio.Reader, q *request) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if err := json.Unmarshal(line, q); err != nil {
		return err
	}
	if q.Size < 0 || q.Size > q.Limits.Input {
		return errors.New("a size beyond the limit")
	}
	return nil
}

// confine takes from the process what reading a document does not need.
func confine(l Limits) error {
	// One that reads and one that collects: each further processor would bring
	// threads, whose stacks are taken from the memory of the document.
	runtime.GOMAXPROCS(2)
	// Soft, so that the collector works harder before the hard limit ends it:
	// early, for on a busy machine it comes late.
	debug.SetMemoryLimit(l.Memory / 2)
	// Readers that recurse once per nested thing stop here, with a message,
	// long before they have filled the memory. A stack grows by copying it to
	// one of twice the size.
	debug.SetMaxStack(int(min(l.Memory/8, 64<<20)))
	return confineSystem(l)
}

// talker is the sink in the child: it writes messages.
type talker struct {
	w   *bufio.Writer
	enc *json.Encoder
}

func (t *talker) say(m message) error { return t.enc.Encode(m) }

func (t *talker) begin(p Part) error {
	// What was read so far has to arrive, whatever becomes of the rest.
	if err := t.w.Flush(); err != nil {
		return err
	}
	return t.say(message{Part: &partMessage{p.Path, p.Section, p.MediaType, p.Page}})
}

func (t *talker) text(s string) error {
	for s != "" {
		n := min(len(s), chunk)
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		if err := t.say(message{Text: s[:n]}); err != nil {
			return err
		}
		s = s[n:]
	}
	return t.w.Flush()
}

func (t *talker) skip(path []string, mediaType string) error {
	return t.say(message{Skip: path, MediaType: mediaType})
}

func (t *talker) problem(e *Error) error {
	if err := t.say(message{Problem: &errorMessage{e.Path, e.Limit, clip(e.Err.Error()), e.ended}}); err != nil {
		return err
	}
	return t.w.Flush()
}

// clip shortens a message that quotes the document.
func clip(s string) string {
	const most = 500
	if len(s) > most {
		s = s[:most] + "…"
	}
	return cleanLine(s)
}
