package documenttest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// A Message is a mail for MSG. Its texts are stored as UTF-16, or as bytes in
// the code page if that is not 0.
type Message struct {
	Subject, From, Body string
	HTML, RTF           string // as they are stored
	Headers             string
	CodePage            uint32
	Attached            []File
	Messages            []Message // attached too
}

// MSG returns a message as Outlook stores it.
func MSG(m Message) string { return CFB(m.entries(32)...) }

func (m Message) entries(header int) []Entry {
	var list []Entry
	text := func(prop, value string) {
		switch {
		case value == "":
		case m.CodePage != 0:
			list = append(list, Entry{Name: "__substg1.0_" + prop + "001E", Data: value})
		default:
			list = append(list, Entry{Name: "__substg1.0_" + prop + "001F", Data: UTF16(value)})
		}
	}
	properties := make([]byte, header)
	if m.CodePage != 0 {
		properties = binary.LittleEndian.AppendUint16(properties, 3)
		properties = binary.LittleEndian.AppendUint16(properties, 0x3FDE)
		properties = binary.LittleEndian.AppendUint32(properties, 0)
		properties = binary.LittleEndian.AppendUint64(properties, uint64(m.CodePage))
	}
	list = append(list, Entry{Name: "__properties_version1.0", Data: string(properties)})
	text("0037", m.Subject)
	text("0C1F", m.From)
	text("1000", m.Body)
	text("007D", m.Headers)
	if m.HTML != "" {
		list = append(list, Entry{Name: "__substg1.0_10130102", Data: m.HTML})
	}
	if m.RTF != "" {
		list = append(list, Entry{Name: "__substg1.0_10090102", Data: m.RTF})
	}
	n := 0
	attach := func(entries ...Entry) {
		list = append(list, Entry{Name: fmt.Sprintf("__attach_version1.0_#%08X", n), Folder: true, Entries: entries})
		n++
	}
	for _, f := range m.Attached {
		attach(Entry{Name: "__substg1.0_3707001F", Data: UTF16(f.Name)}, Entry{Name: "__substg1.0_37010102", Data: f.Data})
	}
	for _, inner := range m.Messages {
		attach(Entry{Name: "__substg1.0_3001001F", Data: UTF16(inner.Subject + ".msg")},
			Entry{Name: "__substg1.0_3701000D", Folder: true, Entries: inner.entries(24)})
	}
	return list
}

// UTF16 returns s in little-endian UTF-16.
func UTF16(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

// An Entry is a stream or a folder of a compound file.
type Entry struct {
	Name    string
	Data    string
	Folder  bool
	Entries []Entry
}

const (
	sector     = 512
	miniSector = 64
	miniCutoff = 4096
	endOfChain = 0xFFFFFFFE
	noEntry    = 0xFFFFFFFF
	fatSector  = 0xFFFFFFFD
)

// cfb is a compound file that is being written.
type cfb struct {
	dir     bytes.Buffer
	entries int
	sectors bytes.Buffer // of streams
	fat     []uint32
	mini    bytes.Buffer
	miniFAT []uint32
}

// CFB returns a compound file.
func CFB(entries ...Entry) string {
	c := &cfb{}
	c.entry("Root Entry", 5, noEntry, 1, 0, 0) // overwritten below
	c.folder(entries)
	mini := c.chain(c.mini.String())
	root := c.dir.Bytes()
	binary.LittleEndian.PutUint32(root[116:], mini)
	binary.LittleEndian.PutUint64(root[120:], uint64(c.mini.Len()))
	for c.entries%4 != 0 {
		c.entry("", 0, noEntry, noEntry, 0, 0)
	}
	dir := c.chain(c.dir.String())
	var miniFAT bytes.Buffer
	for _, n := range c.miniFAT {
		_ = binary.Write(&miniFAT, binary.LittleEndian, n)
	}
	miniSectors := (miniFAT.Len() + sector - 1) / sector
	for miniFAT.Len()%sector != 0 {
		_ = binary.Write(&miniFAT, binary.LittleEndian, uint32(noEntry))
	}
	miniAt := c.chain(miniFAT.String())
	return c.file(dir, miniAt, uint32(miniSectors))
}

// folder writes the entries of a folder behind one another, each the right
// neighbour of the one before.
func (c *cfb) folder(list []Entry) {
	first := c.entries
	for i, e := range list {
		next := uint32(noEntry)
		if i+1 < len(list) {
			next = uint32(first + i + 1)
		}
		switch {
		case e.Folder:
			c.entry(e.Name, 1, next, noEntry, 0, 0) // its child is known below
		default:
			c.entry(e.Name, 2, next, noEntry, c.store(e.Data), len(e.Data))
		}
	}
	for i, e := range list {
		if e.Folder && len(e.Entries) > 0 {
			binary.LittleEndian.PutUint32(c.dir.Bytes()[(first+i)*128+76:], uint32(c.entries))
			c.folder(e.Entries)
		}
	}
}

func (c *cfb) entry(name string, kind byte, right, child, start uint32, size int) {
	b := make([]byte, 128)
	if name != "" {
		u := UTF16(name)
		copy(b, u)
		binary.LittleEndian.PutUint16(b[64:], uint16(len(u)+2))
	}
	b[66], b[67] = kind, 1
	binary.LittleEndian.PutUint32(b[68:], noEntry)
	binary.LittleEndian.PutUint32(b[72:], right)
	binary.LittleEndian.PutUint32(b[76:], child)
	binary.LittleEndian.PutUint32(b[116:], start)
	binary.LittleEndian.PutUint64(b[120:], uint64(size))
	c.dir.Write(b)
	c.entries++
}

// store puts a stream where its size says.
func (c *cfb) store(data string) uint32 {
	if len(data) >= miniCutoff {
		return c.chain(data)
	}
	return link(&c.mini, &c.miniFAT, data, miniSector)
}

// chain puts data into sectors and returns the first.
func (c *cfb) chain(data string) uint32 { return link(&c.sectors, &c.fat, data, sector) }

func link(to *bytes.Buffer, fat *[]uint32, data string, size int) uint32 {
	if data == "" {
		return endOfChain
	}
	first := len(*fat)
	for data != "" {
		n := min(size, len(data))
		to.WriteString(data[:n])
		to.WriteString(strings.Repeat("\x00", size-n))
		data = data[n:]
		*fat = append(*fat, uint32(len(*fat)+1))
	}
	(*fat)[len(*fat)-1] = endOfChain
	return uint32(first)
}

// file puts the header before, and the table of sectors behind the sectors.
func (c *cfb) file(dir, miniFAT, miniSectors uint32) string {
	tables := 0
	for (len(c.fat)+tables)*4 > tables*sector {
		tables++
	}
	at := len(c.fat)
	for range tables {
		c.fat = append(c.fat, fatSector)
	}
	h := make([]byte, sector)
	copy(h, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	for offset, v := range map[int]uint16{24: 0x3e, 26: 3, 28: 0xfffe, 30: 9, 32: 6} {
		binary.LittleEndian.PutUint16(h[offset:], v)
	}
	for offset, v := range map[int]uint32{44: uint32(tables), 48: dir, 56: miniCutoff, 60: miniFAT, 64: miniSectors, 68: endOfChain} {
		binary.LittleEndian.PutUint32(h[offset:], v)
	}
	for i := range 109 {
		v := uint32(noEntry)
		if i < tables {
			v = uint32(at + i)
		}
		binary.LittleEndian.PutUint32(h[76+4*i:], v)
	}
	table := make([]byte, 0, tables*sector)
	for _, n := range c.fat {
		table = binary.LittleEndian.AppendUint32(table, n)
	}
	for len(table) < tables*sector {
		table = binary.LittleEndian.AppendUint32(table, noEntry)
	}
	return string(h) + c.sectors.String() + string(table)
}
