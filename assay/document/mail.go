package document

import (
	"bytes"
	"cmp"
	"fmt"
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html/charset"
)

// mailParser takes what phishing mail is: malformed. It believes a charset that
// is declared, and guesses one only where there is none.
var mailParser = enmime.NewParser(
	enmime.SkipMalformedParts(true),
	enmime.SetReadPartErrorPolicy(enmime.AllowCorruptTextPartErrorPolicy),
	enmime.DisableCharacterDetection(true),
	enmime.MaxStoredPartErrors(4),
)

// readMail reads a mail: its headers, its bodies, and what is attached to it.
func (w *walker) readMail(data []byte) error {
	if bytes.HasPrefix(data, []byte("From ")) {
		return w.readMailbox(data)
	}
	if err := w.emit(Part{Section: "headers", MediaType: typeMail}, headers(data)); err != nil {
		return err
	}
	root, err := mailParser.ReadParts(bytes.NewReader(data))
	if err != nil {
		// Its text can still be read as it stands.
		if err := w.note("", fmt.Errorf("its parts cannot be told apart: %w", err)); err != nil {
			return err
		}
		_, body := splitHeaders(data)
		text := decodeText(body, detectCharset(body[:min(len(body), SniffLen)]))
		return w.emit(Part{Section: "body", MediaType: typeMail}, text)
	}
	bodies := bodyNames{}
	// A stack of its own: parts may be nested as deep as the mail is long.
	for stack := []*enmime.Part{root}; len(stack) > 0; {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if p.NextSibling != nil {
			stack = append(stack, p.NextSibling)
		}
		if p.FirstChild != nil {
			stack = append(stack, p.FirstChild)
		}
		if err := w.mailPart(p, bodies); err != nil {
			return err
		}
	}
	return nil
}

// mailPart reads one part of a mail.
func (w *walker) mailPart(p *enmime.Part, bodies bodyNames) error {
	if len(p.Epilogue) > 0 && strings.TrimSpace(string(p.Epilogue)) != "" {
		text := decodeText(p.Epilogue, "")
		if err := w.emit(Part{Section: "epilogue", MediaType: typeMail}, text); err != nil {
			return err
		}
	}
	if len(p.Content) == 0 || strings.HasPrefix(p.ContentType, "multipart/") && p.FirstChild != nil {
		return nil
	}
	text := p.ContentType == typePlain || p.ContentType == "" || p.ContentType == typeHTML
	f := file{name: p.FileName, data: p.Content}
	if text {
		f.mediaType = cmp.Or(p.ContentType, typePlain)
		if utf8.Valid(p.Content) {
			f.charset = "utf-8" // whatever a page says of itself: it was decoded
		}
	}
	if text && p.FileName == "" && p.Disposition != "attachment" {
		return w.mailBody(f, bodies)
	}
	if p.ContentType == typeMail {
		f.mediaType = typeMail
	}
	f.name = cmp.Or(f.name, unnamed(p.ContentType))
	return w.open(f)
}

// mailBody reads what the mail itself says.
func (w *walker) mailBody(f file, bodies bodyNames) error {
	if f.mediaType == typeHTML {
		return w.readHTML(f, bodies.next("HTML body"))
	}
	text := decodeText(f.data, detectCharset(f.data[:min(len(f.data), SniffLen)]))
	return w.emit(Part{Section: bodies.next("body"), MediaType: typePlain}, text)
}

// bodyNames numbers what comes more than once.
type bodyNames map[string]int

func (n bodyNames) next(name string) string {
	n[name]++
	if n[name] == 1 {
		return name
	}
	return name + " " + strconv.Itoa(n[name])
}

// unnamed is the name of an attachment that has none.
func unnamed(contentType string) string {
	if contentType == typeMail {
		return "message.eml"
	}
	if ext, err := mime.ExtensionsByType(contentType); err == nil && len(ext) > 0 {
		return "attachment" + ext[0]
	}
	return "attachment"
}

// readMailbox reads the mails of a mailbox file, which are divided by lines
// that begin with "From ".
func (w *walker) readMailbox(data []byte) error {
	for n := 1; len(data) > 0; n++ {
		_, data, _ = bytes.Cut(data, []byte("\n"))
		mail, end := data, bytes.Index(data, []byte("\n\nFrom "))
		if end < 0 {
			end = bytes.Index(data, []byte("\r\n\r\nFrom "))
		}
		if end >= 0 {
			mail = data[:end+1]
			data = bytes.TrimLeft(data[end:], "\r\n")
		} else {
			data = nil
		}
		if err := w.open(file{name: "message " + strconv.Itoa(n) + ".eml", data: mail, mediaType: typeMail}); err != nil {
			return err
		}
	}
	return nil
}

// splitHeaders cuts a mail at its first empty line.
func splitHeaders(data []byte) (head, body []byte) {
	at := 0
	for at < len(data) {
		line, _, _ := bytes.Cut(data[at:], []byte("\n"))
		next := min(len(data), at+len(line)+1)
		if len(bytes.TrimSuffix(line, []byte("\r"))) == 0 {
			return data[:at], data[next:]
		}
		at = next
	}
	return data, nil
}

var wordDecoder = mime.WordDecoder{CharsetReader: charset.NewReaderLabel}

// headers returns the fields of a mail, each on one line and decoded. Their
// order tells its way, so they are not taken from a parser's map.
func headers(data []byte) string {
	head, _ := splitHeaders(data)
	if len(head) > 1<<20 {
		head = head[:1<<20]
	}
	text := decodeText(head, detectCharset(head[:min(len(head), SniffLen)]))
	return decodeFields(text)
}

// decodeFields unfolds and decodes the fields of a header.
func decodeFields(text string) string {
	const longest = 64 << 10 // of a field; what goes on is one of its own
	var b, field strings.Builder
	flush := func() {
		if field.Len() == 0 {
			return
		}
		plain := field.String()
		if decoded, err := wordDecoder.DecodeHeader(plain); err == nil {
			plain = decoded
		}
		b.WriteString(strings.ReplaceAll(strings.ToValidUTF8(plain, "\ufffd"), "\n", " ") + "\n")
		field.Reset()
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line != "" && (line[0] == ' ' || line[0] == '\t') && field.Len() < longest {
			field.WriteString(" " + strings.TrimSpace(line))
			continue
		}
		flush()
		field.WriteString(line)
	}
	flush()
	return b.String()
}
