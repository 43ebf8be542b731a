package document

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/ledongthuc/pdf"
)

// maxObject bounds the numbers of objects in a table that is made anew.
const maxObject = 1 << 20

var (
	objectStart = regexp.MustCompile(`(?:^|[\s>])(\d{1,7})\s{1,4}(\d{1,5})\s{1,4}obj\b`)
	rootEntry   = regexp.MustCompile(`/Root\s{0,4}(\d{1,7})\s{1,4}(\d{1,5})\s{1,4}R`)
	lockEntry   = regexp.MustCompile(`/Encrypt[\s<\d]`)
	catalogType = regexp.MustCompile(`/Type\s{0,4}/Catalog\b`)
	streamType  = regexp.MustCompile(`/Type\s{0,4}/ObjStm\b`)
)

// repairPDF appends a table of objects to a PDF whose own is damaged or gone,
// as viewers make one: of all places where an object begins, the last for each
// number. Much malware comes in such files.
func repairPDF(data []byte) ([]byte, error) {
	if lockEntry.Match(data) {
		return nil, errors.New("it is encrypted and damaged")
	}
	t := objectTable{}
	for _, at := range objectStart.FindAllSubmatchIndex(data, maxObject) {
		number, err := strconv.Atoi(string(data[at[2]:at[3]]))
		if err != nil || number == 0 || number >= maxObject {
			continue
		}
		generation, _ := strconv.Atoi(string(data[at[4]:at[5]])) // five digits
		head := data[at[1]:min(len(data), at[1]+400)]
		if end := bytes.Index(head, []byte("endobj")); end >= 0 {
			head = head[:end]
		}
		t.set(number, tableEntry{kind: 1, at: uint32(at[2]), extra: uint16(generation)})
		switch {
		case catalogType.Match(head):
			t.root = fmt.Sprintf("%d %d R", number, generation)
		case streamType.Match(head):
			t.streams = append(t.streams, number)
		}
	}
	if all := rootEntry.FindAllSubmatch(data, -1); t.root == "" && len(all) > 0 {
		last := all[len(all)-1]
		t.root = fmt.Sprintf("%s %s R", last[1], last[2])
	}
	if t.root == "" {
		return nil, errors.New("it has no catalog of its pages")
	}
	if len(t.streams) > 0 {
		t.addPacked(t.appendTo(data))
	}
	return t.appendTo(data), nil
}

// objectTable says where objects are.
type objectTable struct {
	entries []tableEntry // by number
	root    string
	streams []int // that have objects in them
}

type tableEntry struct {
	kind  byte // 0 none, 1 at a place in the file, 2 in a stream
	at    uint32
	extra uint16
}

func (t *objectTable) set(number int, e tableEntry) {
	for len(t.entries) <= number {
		t.entries = append(t.entries, tableEntry{})
	}
	t.entries[number] = e
}

// addPacked adds the objects in streams, which the library reads once it has a
// table of the others.
func (t *objectTable) addPacked(data []byte) {
	var err error
	defer recoverPDF(&err) // what was added until then is of use
	d, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return
	}
	list := d.Trailer().Key("AssayStreams")
	for i, number := range t.streams {
		t.addStream(number, list.Index(i))
	}
}

func (t *objectTable) addStream(stream int, v pdf.Value) {
	var err error
	defer recoverPDF(&err) // the other streams may be whole
	n := int(min(v.Key("N").Int64(), maxObject))
	head, _ := io.ReadAll(io.LimitReader(v.Reader(), min(v.Key("First").Int64(), 1<<20)))
	l := &lexer{b: head}
	for i := range n {
		number, _, ok1 := l.next()
		_, _, ok2 := l.next()
		if !ok1 || !ok2 || number.num < 1 || number.num >= maxObject {
			return
		}
		if k := int(number.num); k >= len(t.entries) || t.entries[k].kind != 1 {
			t.set(k, tableEntry{kind: 2, at: uint32(stream), extra: uint16(i)})
		}
	}
}

// appendTo returns data with the table behind it.
func (t *objectTable) appendTo(data []byte) []byte {
	var table, list bytes.Buffer
	for _, e := range t.entries {
		table.WriteByte(e.kind)
		table.Write(binary.BigEndian.AppendUint32(nil, e.at))
		table.Write(binary.BigEndian.AppendUint16(nil, e.extra))
	}
	for _, number := range t.streams {
		fmt.Fprintf(&list, "%d 0 R ", number)
	}
	out := bytes.NewBuffer(make([]byte, 0, len(data)+table.Len()+1024))
	out.Write(data)
	out.WriteByte('\n')
	at := out.Len()
	fmt.Fprintf(out, "%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root %s/AssayStreams[%s]/Length %d>>\nstream\n",
		len(t.entries), len(t.entries), t.root, list.String(), table.Len())
	out.Write(table.Bytes())
	fmt.Fprintf(out, "\nendstream\nendobj\nstartxref\n%d\n%%%%EOF", at)
	return out.Bytes()
}
