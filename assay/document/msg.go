package document

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/richardlehane/mscfb"
	"golang.org/x/text/encoding/unicode"
)

// Properties of a message that hold text or data, by their numbers in [MS-OXPROPS].
const (
	propSubject       = "0037"
	propHeaders       = "007D"
	propSenderName    = "0C1A"
	propSenderAddress = "0C1F"
	propSenderSMTP    = "5D01"
	propTo            = "0E04"
	propCc            = "0E03"
	propBody          = "1000"
	propHTML          = "1013"
	propRTF           = "1009"
	propName          = "3001"
	propAddress       = "3003"
	propSMTP          = "39FE"
	propData          = "3701"
	propShortName     = "3704"
	propLongName      = "3707"

	propertyStream   = "__properties_version1.0"
	propertyPrefix   = "__substg1.0_"
	attachmentPrefix = "__attach_version1.0_"
	recipientPrefix  = "__recip_version1.0_"
)

// A storage is a folder in a compound file.
type storage struct {
	streams map[string]*mscfb.File
	folders []string
	byName  map[string]*storage
}

func newStorage() *storage {
	return &storage{streams: map[string]*mscfb.File{}, byName: map[string]*storage{}}
}

// readMSG reads a mail as Outlook stores it. Other compound files (Word, Excel
// and PowerPoint before 2007) have the same first bytes and are not read.
func (w *walker) readMSG(data []byte) error {
	r, err := mscfb.New(bytes.NewReader(data))
	if err != nil {
		return err
	}
	root := newStorage()
	for _, f := range r.File[1:] {
		at := root
		for _, name := range f.Path {
			next := at.byName[name]
			if next == nil {
				next = newStorage()
				at.byName[name] = next
				at.folders = append(at.folders, name)
			}
			at = next
		}
		if !f.FileInfo().IsDir() {
			at.streams[f.Name] = f
		}
	}
	if root.streams[propertyStream] == nil {
		return &UnknownError{"application/x-ole-storage"}
	}
	m := msgReader{walker: w, size: int64(len(data))}
	return m.message(root, 32)
}

// msgReader reads the messages of one file.
type msgReader struct {
	*walker
	size    int64  // of the file
	charset string // of the texts that are not UTF-16
	broken  error  // of the last property that could not be read
}

// message reads a message from its storage, whose property stream has a header
// of that many bytes.
func (m *msgReader) message(s *storage, header int) error {
	m.charset = m.codepage(s, header)
	if err := m.emit(Part{Section: "headers", MediaType: typeMSG}, m.headers(s)); err != nil {
		return err
	}
	body := m.text(s, propBody)
	if err := m.emit(Part{Section: "body", MediaType: typeMSG}, body); err != nil {
		return err
	}
	page := m.binary(s, propHTML)
	html := file{data: page, charset: m.charset}
	if page == nil {
		html = file{data: []byte(m.text(s, propHTML)), charset: "utf-8"}
	}
	if err := m.readHTML(html, "HTML body"); err != nil {
		return err
	}
	if strings.TrimSpace(body) == "" && len(html.data) == 0 {
		if err := m.rtf(s); err != nil {
			return err
		}
	}
	if m.broken != nil {
		if err := m.note("", fmt.Errorf("a part of it cannot be read: %w", m.broken)); err != nil {
			return err
		}
		m.broken = nil
	}
	for _, name := range s.folders {
		if strings.HasPrefix(name, attachmentPrefix) {
			if err := m.attachment(s.byName[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// headers are the fields of the mail's way, if it came by one, behind what
// Outlook knows of sender and recipients.
func (m *msgReader) headers(s *storage) string {
	var b strings.Builder
	field := func(name, value string) {
		if value = strings.Join(strings.Fields(value), " "); value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	field("Subject", m.text(s, propSubject))
	field("From", person(m.text(s, propSenderName), cmp.Or(m.text(s, propSenderSMTP), m.text(s, propSenderAddress))))
	field("To", m.text(s, propTo))
	field("Cc", m.text(s, propCc))
	for _, name := range s.folders {
		if strings.HasPrefix(name, recipientPrefix) {
			r := s.byName[name]
			field("Recipient", person(m.text(r, propName), cmp.Or(m.text(r, propSMTP), m.text(r, propAddress))))
		}
	}
	if way := m.text(s, propHeaders); strings.TrimSpace(way) != "" {
		b.WriteString(decodeFields(way))
	}
	return b.String()
}

func person(name, address string) string {
	switch {
	case address == "" || name == address:
		return name
	case name == "":
		return address
	}
	return name + " <" + address + ">"
}

// rtf reads the body of a message that has it as RTF alone.
func (m *msgReader) rtf(s *storage) error {
	packed := m.binary(s, propRTF)
	if packed == nil {
		return nil
	}
	text, err := unpackRTF(packed, m.limits.Text)
	if err != nil {
		return m.note("RTF body", err)
	}
	return m.emit(Part{Section: "RTF body", MediaType: typeRTF}, rtfText(text))
}

// attachment opens what is attached: a file, or another message.
func (m *msgReader) attachment(s *storage) error {
	if s == nil {
		return nil
	}
	name := cmp.Or(m.text(s, propLongName), m.text(s, propShortName), m.text(s, propName), "attachment")
	if inner := s.byName[propertyPrefix+propData+"000D"]; inner != nil {
		outer := m.charset
		defer func() { m.charset = outer }()
		if inner.streams[propertyStream] == nil {
			return nil // an object of another program
		}
		return m.within(name, func() error { return m.message(inner, 24) })
	}
	data, err := m.stream(s, propertyPrefix+propData+"0102")
	if err != nil {
		return m.note("attachment "+cleanName(name), err)
	}
	if len(data) == 0 {
		return nil
	}
	return m.open(file{name: name, data: data})
}

// property reads a property's stream, as much of it as there is.
func (m *msgReader) property(s *storage, name string) []byte {
	data, err := m.stream(s, name)
	if err != nil {
		m.broken = err
	}
	return data
}

// stream reads a stream. It cannot be longer than the file, and one that says
// so goes round in circles.
func (m *msgReader) stream(s *storage, name string) ([]byte, error) {
	f := s.streams[name]
	if f == nil {
		return nil, nil
	}
	if f.Size > m.size {
		return nil, fmt.Errorf("it says that it has %d bytes, more than the file", f.Size)
	}
	return m.inflate(f, m.size)
}

func (m *msgReader) binary(s *storage, prop string) []byte {
	return m.property(s, propertyPrefix+prop+"0102")
}

// text returns a property that is text; empty if there is none.
func (m *msgReader) text(s *storage, prop string) string {
	if data := m.property(s, propertyPrefix+prop+"001F"); data != nil {
		text, _ := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(data)
		return strings.TrimRight(string(text), "\x00")
	}
	text := decodeText(m.property(s, propertyPrefix+prop+"001E"), m.charset)
	return strings.TrimRight(text, "\x00")
}

// codepage returns the charset of the message's texts.
func (m *msgReader) codepage(s *storage, header int) string {
	data, err := m.stream(s, propertyStream)
	if err != nil || len(data) < header {
		return fallbackCharset
	}
	const (
		entry       = 16
		integer     = 0x0003
		internet    = 0x3FDE // of the body
		ofTheSender = 0x3FFD
	)
	found := uint32(0)
	for data = data[header:]; len(data) >= entry; data = data[entry:] {
		if binary.LittleEndian.Uint16(data) != integer {
			continue
		}
		switch binary.LittleEndian.Uint16(data[2:]) {
		case internet:
			return codepageCharset(binary.LittleEndian.Uint32(data[8:]))
		case ofTheSender:
			found = binary.LittleEndian.Uint32(data[8:])
		}
	}
	return codepageCharset(found)
}

// codepageCharset names Windows' code pages as the Web does.
func codepageCharset(n uint32) string {
	switch {
	case 1250 <= n && n <= 1258:
		return "windows-" + strconv.Itoa(int(n))
	case 28591 <= n && n <= 28606:
		return "iso-8859-" + strconv.Itoa(int(n-28590))
	}
	if name, ok := map[uint32]string{
		65001: "utf-8", 874: "windows-874", 932: "shift_jis", 936: "gbk", 949: "euc-kr", 950: "big5", 866: "ibm866", 10000: "macintosh",
		20866: "koi8-r", 21866: "koi8-u", 50220: "iso-2022-jp", 50221: "iso-2022-jp", 51932: "euc-jp", 51949: "euc-kr",
		54936: "gb18030", 1200: utf16LE,
	}[n]; ok {
		return name
	}
	return fallbackCharset
}

// unpackRTF undoes the compression of [MS-OXRTFCP]: literals and references
// into a ring of 4096 bytes that begins with what every RTF contains.
func unpackRTF(packed []byte, most int64) ([]byte, error) {
	const (
		compressed   = 0x75465A4C
		uncompressed = 0x414C454D
		ring         = 4096
		start        = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
	)
	if len(packed) < 16 {
		return nil, errors.New("it is cut off")
	}
	kind, src := binary.LittleEndian.Uint32(packed[8:]), packed[16:]
	switch kind {
	case uncompressed:
		return src, nil
	case compressed:
	default:
		return nil, errors.New("its compression is not known")
	}
	var dict [ring]byte
	at := copy(dict[:], start)
	var out []byte
	put := func(c byte) {
		out = append(out, c)
		dict[at] = c
		at = (at + 1) % ring
	}
	for len(src) > 0 && int64(len(out)) < most {
		control := src[0]
		src = src[1:]
		for bit := 0; bit < 8 && len(src) > 0; bit++ {
			if control>>bit&1 == 0 {
				put(src[0])
				src = src[1:]
				continue
			}
			if len(src) < 2 {
				return out, nil
			}
			ref := int(src[0])<<8 | int(src[1])
			src = src[2:]
			from := ref >> 4
			if from == at {
				return out, nil // a reference to where nothing is yet ends it
			}
			for range ref&15 + 2 {
				put(dict[from])
				from = (from + 1) % ring
			}
		}
	}
	return out, nil
}
