package mail_test

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/mail"
)

func newMessage() *mail.Message {
	return &mail.Message{From: "Ünï <blog@example.com>", To: []string{"ada@example.org", `"Lovelace, A." <al@example.org>`},
		Cc: []string{"cc@example.org"}, Bcc: []string{"bcc@example.org"}, ReplyTo: "reply@example.com",
		Subject: "Grüße ☃", Text: "Hallo ü,\nlong " + strings.Repeat("x", 200) + "\n.\n"}
}

// What is written is what any reader of mails reads.
func TestBytes(t *testing.T) {
	m := newMessage()
	m.HTML = "<p>Hallo ü</p>"
	m.Attachments = []mail.Attachment{{Name: "Bericht ü.pdf", ContentType: "application/pdf", Data: []byte(strings.Repeat("\x00\xff", 100))}}
	text, err := m.Bytes(time.Unix(1_700_000_000, 0).UTC())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if len(line) > 998 || !strings.HasSuffix(line, "\r\n") {
			t.Errorf("the line %q does not travel", line)
		}
	}
	if strings.Contains(string(text), "bcc@") {
		t.Error("the mail shows its Bcc")
	}
	got, err := netmail.ReadMessage(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	to, _ := got.Header.AddressList("To")
	from, _ := got.Header.AddressList("From")
	if subject != m.Subject || len(to) != 2 || to[1].Name != "Lovelace, A." || from[0].Name != "Ünï" ||
		got.Header.Get("Date") != "Tue, 14 Nov 2023 22:13:20 +0000" || got.Header.Get("Reply-To") != "<reply@example.com>" {
		t.Errorf("got %v", got.Header)
	}
	parts := readParts(t, got.Header.Get("Content-Type"), got.Body)
	if len(parts) != 3 || parts[0] != m.Text || parts[1] != m.HTML || parts[2] != string(m.Attachments[0].Data) {
		t.Errorf("got the parts %q", parts)
	}
}

// readParts returns the leaves of a body, decoded.
func readParts(t *testing.T, contentType string, body io.Reader) []string {
	t.Helper()
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		var in io.Reader
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			in = quotedprintable.NewReader(p)
		case "base64":
			in = base64.NewDecoder(base64.StdEncoding, p)
		default:
			parts = append(parts, readParts(t, p.Header.Get("Content-Type"), p)...)
			continue
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, strings.ReplaceAll(string(data), "\r\n", "\n"))
	}
}

func TestOneText(t *testing.T) {
	for kind, m := range map[string]*mail.Message{
		"text/plain": {From: "a@b.example", To: []string{"c@d.example"}, Text: "x"},
		"text/html":  {From: "a@b.example", To: []string{"c@d.example"}, HTML: "x"},
	} {
		text, err := m.Bytes(time.Now())
		if err != nil || !strings.Contains(string(text), "Content-Type: "+kind) || strings.Contains(string(text), "multipart") {
			t.Errorf("%s: %v\n%s", kind, err, text)
		}
	}
}

// Nothing that users type begins another header or finds another recipient.
func TestRefuses(t *testing.T) {
	for what, change := range map[string]func(*mail.Message){
		"a line break in the subject":   func(m *mail.Message) { m.Subject = "x\r\nBcc: victim@example.org" },
		"a line break in an address":    func(m *mail.Message) { m.To = []string{"a@b.example\r\nBcc: victim@example.org"} },
		"a line break in a name":        func(m *mail.Message) { m.From = "A\r\nBcc: v@example.org <a@b.example>" },
		"two addresses in one":          func(m *mail.Message) { m.To = []string{"a@b.example, victim@example.org"} },
		"no address":                    func(m *mail.Message) { m.To = []string{"ada"} },
		"an address beyond ASCII":       func(m *mail.Message) { m.To = []string{"ü@example.org"} },
		"an address behind an address":  func(m *mail.Message) { m.To = []string{`"victim@example.org>"@b.example`} },
		"a quoted address":              func(m *mail.Message) { m.To = []string{`"a b"@b.example`} },
		"nobody":                        func(m *mail.Message) { m.To, m.Cc, m.Bcc = nil, nil, nil },
		"everybody":                     func(m *mail.Message) { m.Bcc = strings.Split(strings.Repeat("a@b.example ", 101), " ")[:101] },
		"nothing to say":                func(m *mail.Message) { m.Text = "" },
		"a bad reply address":           func(m *mail.Message) { m.ReplyTo = "x\n" },
		"an attachment with a bad type": func(m *mail.Message) { m.Attachments = []mail.Attachment{{Name: "a", ContentType: "x\r\ny"}} },
		"too much":                      func(m *mail.Message) { m.Attachments = []mail.Attachment{{Name: "a", Data: make([]byte, 20<<20)}} },
	} {
		m := newMessage()
		change(m)
		if text, err := m.Bytes(time.Now()); err == nil {
			t.Errorf("%s: it was written:\n%.500s", what, text)
		}
	}
}
