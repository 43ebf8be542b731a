// Package mail writes mails and hands them to a server.
//
//	sender := &mail.SMTP{Addr: "mail.example.com:587", Username: "blog", Password: secret}
//	app.Go("welcome", func(ctx context.Context) error {
//		return sender.Send(ctx, &mail.Message{From: …, To: …, Subject: "Welcome", Text: text})
//	})
//
// A mail is put together from what users type, so the parts that could begin
// another header are parsed or refused: a name with a line break in it sends
// nothing to anybody else. What can send is a [Sender]; in tests that is
// retorttest.Outbox, which keeps what it gets.
package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode/utf8"
)

// A Sender sends mails. An error means that the mail was not taken; nil, that
// somebody promised to deliver it.
type Sender interface {
	Send(ctx context.Context, m *Message) error
}

// A Message is a mail. Addresses are "ada@example.com" or "Ada <ada@example.com>".
type Message struct {
	From    string
	To      []string
	Cc      []string
	Bcc     []string // not shown to anybody
	ReplyTo string   // empty means From
	Subject string

	// Text is the mail as plain text; HTML, if there is one, is shown instead by
	// those who can. At least one is needed.
	Text, HTML string

	Attachments []Attachment
}

// An Attachment is a file that comes along.
type Attachment struct {
	Name        string
	ContentType string // empty means application/octet-stream
	Data        []byte
}

// maxRecipients bounds one mail. A form that mails whoever it is told to should
// not be able to mail everybody.
const maxRecipients = 100

// An Envelope is what the server is told: addresses without names.
type Envelope struct {
	From string
	To   []string // To, Cc and Bcc
}

// Envelope checks the addresses and returns them without names.
func (m *Message) Envelope() (Envelope, error) {
	from, err := parseAddress("From", m.From)
	if err != nil {
		return Envelope{}, err
	}
	e := Envelope{From: from.Address}
	for _, h := range []header{{"To", m.To}, {"Cc", m.Cc}, {"Bcc", m.Bcc}} {
		for _, text := range h.list {
			to, err := parseAddress(h.name, text)
			if err != nil {
				return Envelope{}, err
			}
			e.To = append(e.To, to.Address)
		}
	}
	switch {
	case len(e.To) == 0:
		return Envelope{}, errors.New("mail: it is for nobody: To, Cc and Bcc are empty")
	case len(e.To) > maxRecipients:
		return Envelope{}, fmt.Errorf("mail: it is for %d recipients; the most is %d", len(e.To), maxRecipients)
	}
	return e, nil
}

func parseAddress(field, text string) (*mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return nil, fmt.Errorf("mail: %s: %q is no address: %w", field, text, err)
	}
	for _, r := range a.Address {
		if r <= ' ' || r > 0x7e {
			return nil, fmt.Errorf("mail: %s: the address in %q is not plain ASCII", field, text)
		}
	}
	// Of "x@evil.example>"@good.example, a server that is told <x@evil.example>@good.example> may read the first half.
	if strings.Count(a.Address, "@") != 1 || strings.ContainsAny(a.Address, `<>"\(),;`) {
		return nil, fmt.Errorf("mail: %s: the address in %q has to be quoted, which servers read in different ways", field, text)
	}
	return a, nil
}

// Bytes is the mail as it travels (RFC 5322, MIME), written at the given time.
func (m *Message) Bytes(now time.Time) ([]byte, error) {
	if m.Text == "" && m.HTML == "" {
		return nil, errors.New("mail: it says nothing: Text and HTML are empty")
	}
	if !utf8.ValidString(m.Subject) || strings.ContainsAny(m.Subject, "\r\n\x00") {
		return nil, errors.New("mail: the Subject has a line break in it, or is not UTF-8")
	}
	envelope, err := m.Envelope()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, h := range []header{{"From", []string{m.From}}, {"To", m.To}, {"Cc", m.Cc}, {"Reply-To", notEmpty(m.ReplyTo)}} {
		if err := h.write(&b); err != nil {
			return nil, err
		}
	}
	_, domain, _ := strings.Cut(envelope.From, "@")
	fmt.Fprintf(&b, "Subject: %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\nMIME-Version: 1.0\r\n",
		mime.QEncoding.Encode("utf-8", m.Subject), now.Format(time.RFC1123Z), rand.Text(), domain)
	if err := m.writeBody(&b); err != nil {
		return nil, err
	}
	if b.Len() > maxMessage {
		return nil, fmt.Errorf("mail: it has %d bytes; the most is %d", b.Len(), maxMessage)
	}
	return b.Bytes(), nil
}

// maxMessage is what few servers take more than.
const maxMessage = 25 << 20

func notEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// header is one that holds addresses.
type header struct {
	name string
	list []string
}

func (h header) write(b *bytes.Buffer) error {
	for i, text := range h.list {
		a, err := parseAddress(h.name, text)
		if err != nil {
			return err
		}
		if i == 0 {
			b.WriteString(h.name + ": ")
		} else {
			b.WriteString(",\r\n ")
		}
		b.WriteString(a.String()) // encodes names as RFC 2047 has them
	}
	if len(h.list) > 0 {
		b.WriteString("\r\n")
	}
	return nil
}

// writeBody writes the parts, no deeper than they need to be nested: the text,
// or both texts to choose from, or that with the attachments behind it.
func (m *Message) writeBody(b *bytes.Buffer) error {
	if len(m.Attachments) == 0 {
		return m.writeTexts(inHeader{b})
	}
	w := multipart.NewWriter(b)
	fmt.Fprintf(b, "Content-Type: multipart/mixed; boundary=%s\r\n\r\n", w.Boundary())
	if err := m.writeTexts(inPart{w}); err != nil {
		return err
	}
	for _, a := range m.Attachments {
		if err := a.write(w); err != nil {
			return err
		}
	}
	return w.Close()
}

// A place is where a part's header and body go: the mail's own, or a part of it.
type place interface {
	begin(h textproto.MIMEHeader) (io.Writer, error)
}

type inPart struct{ w *multipart.Writer }

func (p inPart) begin(h textproto.MIMEHeader) (io.Writer, error) { return p.w.CreatePart(h) }

type inHeader struct{ b *bytes.Buffer }

func (p inHeader) begin(h textproto.MIMEHeader) (io.Writer, error) {
	for _, name := range []string{"Content-Type", "Content-Transfer-Encoding"} {
		if v := h.Get(name); v != "" {
			p.b.WriteString(name + ": " + v + "\r\n")
		}
	}
	p.b.WriteString("\r\n")
	return p.b, nil
}

func (m *Message) writeTexts(at place) error {
	switch {
	case m.HTML == "":
		return writeText(at, "plain", m.Text)
	case m.Text == "":
		return writeText(at, "html", m.HTML)
	}
	boundary := multipart.NewWriter(io.Discard).Boundary()
	w, err := at.begin(textproto.MIMEHeader{"Content-Type": {"multipart/alternative; boundary=" + boundary}})
	if err != nil {
		return err
	}
	both := multipart.NewWriter(w)
	if err := both.SetBoundary(boundary); err != nil {
		return err
	}
	// The last is the one that is preferred (RFC 2046, 5.1.4).
	return errors.Join(writeText(inPart{both}, "plain", m.Text), writeText(inPart{both}, "html", m.HTML), both.Close())
}

func writeText(at place, kind, text string) error {
	w, err := at.begin(textproto.MIMEHeader{
		"Content-Type":              {"text/" + kind + "; charset=utf-8"},
		"Content-Transfer-Encoding": {"quoted-printable"},
	})
	if err != nil {
		return err
	}
	q := quotedprintable.NewWriter(w)
	_, err = io.WriteString(q, text)
	return errors.Join(err, q.Close())
}

func (a Attachment) write(w *multipart.Writer) error {
	kind := a.ContentType
	if kind == "" {
		kind = "application/octet-stream"
	}
	if _, _, err := mime.ParseMediaType(kind); err != nil || strings.ContainsAny(kind, "\r\n") {
		return fmt.Errorf("mail: attachment %q: %q is no content type", a.Name, a.ContentType)
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": a.Name})
	if disposition == "" {
		return fmt.Errorf("mail: attachment %q: the name cannot be written", a.Name)
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {kind},
		"Content-Disposition":       {disposition},
		"Content-Transfer-Encoding": {"base64"},
	})
	if err != nil {
		return err
	}
	text := base64.StdEncoding.EncodeToString(a.Data)
	for len(text) > 0 {
		n := min(76, len(text)) // RFC 2045, 6.8
		if _, err := io.WriteString(part, text[:n]+"\r\n"); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}
