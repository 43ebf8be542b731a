package document

import (
	"bytes"
	"net/http"
	"strings"
	"unicode/utf8"
)

// SniffLen is how much of the start of a file [Sniff] looks at.
const SniffLen = 8192

// A Kind is what a file is, by its content. Names lie, and so do the types
// that mail gives its attachments.
type Kind struct {
	// MediaType is the best name for it; empty for binary data of no known
	// kind.
	MediaType string
	// Text says that the file is its own text: plain text, Markdown, CSV,
	// JSON, XML, a log. Such a file can be read as a stream; see
	// [NewTextReader].
	Text bool
	// Charset of a text that is not UTF-8.
	Charset string
	// Structured says of a Text that it is a STIX bundle or a MISP event,
	// which [Read] cuts into its values.
	Structured bool
	// Binary says that there is no text in the file that could be read.
	Binary bool
}

const (
	typePlain = "text/plain"
	typeHTML  = "text/html"
	typeMail  = "message/rfc822"
	typeMSG   = "application/vnd.ms-outlook"
	typePDF   = "application/pdf"
	typeZIP   = "application/zip"
	typeGZIP  = "application/gzip"
	typeRTF   = "application/rtf"
	typeSTIX  = "application/stix+json"
	typeMISP  = "application/vnd.misp+json"
	typeDOCX  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXLSX  = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typePPTX  = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
)

// Sniff says what a file is that begins with head, the first [SniffLen] bytes
// or all of it.
func Sniff(head []byte) Kind {
	head = head[:min(len(head), SniffLen)]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return Kind{MediaType: typeZIP}
	case bytes.HasPrefix(head, []byte("\x1f\x8b\x08")):
		return Kind{MediaType: typeGZIP}
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return Kind{MediaType: typeMSG}
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return Kind{MediaType: typeRTF}
	case isPDF(head):
		return Kind{MediaType: typePDF}
	}
	charset := detectCharset(head)
	if charset == "" {
		if mediaType, ok := isBinary(head); ok {
			return Kind{MediaType: mediaType, Binary: true}
		}
	}
	text := decodeHead(head, charset)
	k := Kind{MediaType: typePlain, Text: true, Charset: charset}
	switch {
	case isHTML(text):
		return Kind{MediaType: typeHTML}
	case isMail(text, len(head) == SniffLen):
		return Kind{MediaType: typeMail}
	case charset != "":
	case isSTIX(text):
		k.MediaType, k.Structured = typeSTIX, true
	case isMISP(text):
		k.MediaType, k.Structured = typeMISP, true
	}
	return k
}

// isPDF looks for the header within the first kilobyte, as viewers do: what
// stands before it hides a PDF from those who do not.
func isPDF(head []byte) bool {
	i := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-"))
	return i == 0 || i > 0 && bytes.IndexByte(head, 0) >= 0 || i > 0 && len(bytes.TrimSpace(head[:i])) == 0
}

// isBinary says what head is the start of if that is not text. Invalid UTF-8
// is still text; a NUL is not, nor the signature of a known format, unless all
// the rest is text: some are but two letters, which words have, too.
func isBinary(head []byte) (mediaType string, binary bool) {
	switch kind, _, _ := strings.Cut(http.DetectContentType(head), ";"); {
	case strings.HasPrefix(kind, "text/"):
	case kind == "application/octet-stream":
		// Also said of text with a stray control character.
	case !isClean(head):
		return kind, true
	}
	return "", bytes.IndexByte(head, 0) >= 0
}

// isClean reports whether head is UTF-8, but for a letter that is cut off at its
// end, without the control characters that texts do not have.
func isClean(head []byte) bool {
	for i, c := range head {
		if c < ' ' && strings.IndexByte("\t\n\v\f\r\x1b", c) < 0 {
			return false
		}
		if c >= utf8.RuneSelf && len(head)-i < utf8.UTFMax && !utf8.FullRune(head[i:]) {
			return utf8.Valid(head[:i])
		}
	}
	return utf8.Valid(head)
}

// isHTML wants a whole page. Notes and Markdown that begin with a tag stay the
// text they are, with its lines and offsets.
func isHTML(head []byte) bool {
	for {
		head = bytes.TrimLeft(head, " \t\r\n\f\ufeff")
		end := ""
		switch {
		case bytes.HasPrefix(head, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(head, []byte("<?xml")):
			end = "?>"
		default:
			return hasTag(head, "<!doctype html") || hasTag(head, "<html")
		}
		_, rest, ok := bytes.Cut(head, []byte(end))
		if !ok {
			return false
		}
		head = rest
	}
}

// hasTag reports whether head begins with a tag's start, in any case, and goes
// on with something that is not part of its name.
func hasTag(head []byte, tag string) bool {
	if len(head) <= len(tag) || !strings.EqualFold(string(head[:len(tag)]), tag) {
		return false
	}
	return strings.IndexByte(" \t\r\n\f>/", head[len(tag)]) >= 0
}

// Fields that only a mail has on its way, and those that people also write at
// the top of a note. A mail has one of the first kind and begins with fields
// alone.
var (
	wayFields = map[string]bool{
		"received": true, "return-path": true, "message-id": true, "mime-version": true, "delivered-to": true,
		"dkim-signature": true, "authentication-results": true, "x-received": true, "arc-seal": true,
		"received-spf": true, "x-originating-ip": true, "content-transfer-encoding": true, "content-type": true,
	}
	noteFields = map[string]bool{
		"from": true, "to": true, "cc": true, "subject": true, "date": true, "reply-to": true, "sender": true,
	}
)

// isMail reports whether head begins like a mail as it is stored: fields, at
// least three that are known and one of them from its way, and then an empty
// line. What has only the fields is text to read as it stands. A head that is
// cut off among the fields has to have more of its way.
func isMail(head []byte, cut bool) bool {
	way, note := 0, 0
	for n := 0; ; n++ {
		line, rest, more := bytes.Cut(head, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if !more {
			return cut && way > 1 && way+note >= 3
		}
		if len(line) == 0 {
			return way > 0 && way+note >= 3
		}
		head = rest
		if n == 0 && bytes.HasPrefix(line, []byte("From ")) || n > 0 && (line[0] == ' ' || line[0] == '\t') {
			continue // of a mailbox file, or more of the field above
		}
		name, _, ok := bytes.Cut(line, []byte(":"))
		if !ok || !isFieldName(name) {
			return false
		}
		lower := strings.ToLower(string(name))
		if wayFields[lower] {
			way++
		} else if noteFields[lower] {
			note++
		}
	}
}

func isFieldName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(name) > 0 && len(name) <= 76
}

// isSTIX and isMISP look at the first keys of an object.
func isSTIX(head []byte) bool {
	return isObject(head) && (hasMember(head, "type", "bundle") && bytes.Contains(head, []byte(`"objects"`)) ||
		hasMember(head, "id", "bundle--"))
}

func isMISP(head []byte) bool {
	if !isObject(head) && !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n\ufeff"), []byte("[")) {
		return false
	}
	_, event, ok := bytes.Cut(head, []byte(`"Event"`))
	if !ok || bytes.IndexByte(head, '"') > 64 {
		return false
	}
	event = bytes.TrimLeft(event, " \t\r\n")
	if !bytes.HasPrefix(event, []byte(":")) {
		return false
	}
	for _, key := range []string{`"Attribute"`, `"info"`, `"uuid"`, `"Orgc"`, `"threat_level_id"`, `"analysis"`, `"Object"`} {
		if bytes.Contains(event, []byte(key)) {
			return true
		}
	}
	return false
}

func isObject(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n\ufeff"), []byte("{"))
}

// hasMember reports whether head has a member of that key whose value is a
// string that starts with value.
func hasMember(head []byte, key, value string) bool {
	quoted := []byte(`"` + key + `"`)
	for {
		_, rest, ok := bytes.Cut(head, quoted)
		if !ok {
			return false
		}
		head = rest
		rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(":"))
		if ok && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(`"`+value)) {
			return true
		}
	}
}
