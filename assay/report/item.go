package report

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/retort-go/retort/assay/ioc"
)

// An Item is a match and the input in which it was found.
type Item struct {
	// File names the input; empty where there is only one.
	File string `json:"file,omitempty"`
	// Part names the part of a document that the match stands in, such as an
	// attachment; empty for a text that is one piece. Offsets count in the part.
	Part string `json:"part,omitempty"`
	// Page is the page of the document, counted from 1; 0 if it has none.
	Page int `json:"page,omitempty"`
	ioc.Match
}

// appendItem appends it as one JSON object: the bytes that encoding/json would
// write, without HTML escapes, at a fraction of the time. A text that is not
// UTF-8 cannot stand in JSON; its bytes follow under "base64".
func appendItem(b []byte, it *Item) []byte {
	b = append(b, '{')
	if it.File != "" {
		b = appendString(append(b, `"file":`...), it.File)
		b = append(b, ',')
	}
	if it.Part != "" {
		b = appendString(append(b, `"part":`...), it.Part)
		b = append(b, ',')
	}
	if it.Page != 0 {
		b = strconv.AppendInt(append(b, `"page":`...), int64(it.Page), 10)
		b = append(b, ',')
	}
	b = appendString(append(b, `"kind":`...), string(it.Kind))
	b = append(b, `,"value":`...)
	value := len(b)
	b = appendString(b, it.Value)
	if b = append(b, `,"raw":`...); it.Raw == it.Value {
		b = append(b, b[value:len(b)-len(`,"raw":`)]...)
	} else {
		b = appendString(b, it.Raw)
	}
	b = strconv.AppendInt(append(b, `,"start":`...), int64(it.Start), 10)
	b = strconv.AppendInt(append(b, `,"end":`...), int64(it.End), 10)
	b = appendString(append(b, `,"reason":`...), it.Reason)
	if it.Rejected {
		b = append(b, `,"rejected":true`...)
	}
	if it.Detail != nil {
		b = appendDetail(append(b, `,"detail":`...), it.Detail)
	}
	return append(appendBytes(b, it), '}')
}

func appendDetail(b []byte, d *ioc.Detail) []byte {
	open := len(b)
	b = appendStrings(b, `,"flags":`, d.Flags)
	if d.Unicode != "" {
		b = appendString(append(b, `,"unicode":`...), d.Unicode)
	}
	b = appendStrings(b, `,"chain":`, d.Chain)
	b = appendStrings(b, `,"lists":`, d.Lists)
	if len(b) == open {
		return append(b, "{}"...)
	}
	b[open] = '{'
	return append(b, '}')
}

// appendStrings appends a field with a list, unless that is empty.
func appendStrings(b []byte, name string, list []string) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(b, name...)
	for i, s := range list {
		b = appendString(append(b, "[,"[min(i, 1)]), s)
	}
	return append(b, ']')
}

// encode is v as JSON on one line, without HTML escapes: & in a URL stays what
// it is. It is for what is rare, and only given types that can be encoded.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("report: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// texts are the fields of an Item that hold what may be any bytes.
func (it *Item) texts() [4]struct {
	name string
	text *string
} {
	return [4]struct {
		name string
		text *string
	}{{"file", &it.File}, {"part", &it.Part}, {"raw", &it.Raw}, {"value", &it.Value}}
}

// appendBytes appends the texts that are not UTF-8.
func appendBytes(b []byte, it *Item) []byte {
	if isUTF8(it.Raw) && (it.Value == it.Raw || isUTF8(it.Value)) && isUTF8(it.File) && isUTF8(it.Part) {
		return b
	}
	before := `,"base64":{"`
	for _, f := range it.texts() {
		if !utf8.ValidString(*f.text) {
			b = append(append(append(b, before...), f.name...), `":"`...)
			b = append(base64.StdEncoding.AppendEncode(b, []byte(*f.text)), '"')
			before = `,"`
		}
	}
	return append(b, '}')
}

func isUTF8(s string) bool { return isPlain(s) || utf8.ValidString(s) }

// parseItem reads what appendItem wrote, by whomever it was written since.
// Fields it does not know are left out; kinds it does not know are kept.
func parseItem(data []byte) (Item, error) {
	var in struct {
		Item
		Base64 map[string][]byte `json:"base64"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return Item{}, err
	}
	for _, f := range in.texts() {
		if b, ok := in.Base64[f.name]; ok {
			*f.text = string(b)
		}
	}
	return in.Item, in.check()
}

// check refuses what no export holds.
func (it *Item) check() error {
	switch {
	case !kindName(it.Kind):
		return fmt.Errorf("%.40q is no name of a kind", it.Kind)
	case it.Value == "":
		return errors.New("there is no value")
	case it.Start < 0 || it.End < it.Start:
		return fmt.Errorf("%d to %d is no place", it.Start, it.End)
	case it.Page < 0:
		return fmt.Errorf("%d is no page", it.Page)
	}
	return nil
}

// kindName reports whether k could be a kind, of this version or of a later
// one.
func kindName(k ioc.Kind) bool {
	for i := range len(k) {
		if c := k[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return k != "" && len(k) <= 40
}

// appendString appends s as a JSON string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	if isPlain(s) {
		return append(append(b, s...), '"')
	}
	const hex = "0123456789abcdef"
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= 0xc2 && c < 0xe0 && i+1 < len(s) && s[i+1]>>6 == 2 { // a letter of two bytes
			i += 2
			continue
		}
		size := 1
		esc := [6]byte{'\\', 'u', '0', '0', hex[c>>4], hex[c&15]}
		n := 6
		switch c {
		case '"', '\\':
			esc[1], n = c, 2
		case '\b':
			esc[1], n = 'b', 2
		case '\f':
			esc[1], n = 'f', 2
		case '\n':
			esc[1], n = 'n', 2
		case '\r':
			esc[1], n = 'r', 2
		case '\t':
			esc[1], n = 't', 2
		default:
			if c < utf8.RuneSelf {
				break
			}
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				copy(esc[2:], "fffd")
			case r == '\u2028' || r == '\u2029': // line ends to some readers
				copy(esc[2:], "202")
				esc[5] = hex[r&15]
			default:
				i += size
				continue
			}
		}
		b = append(append(b, s[done:i]...), esc[:n]...)
		i += size
		done = i
	}
	return append(append(b, s[done:]...), '"')
}

// isPlain reports whether s is ASCII in which nothing has to be escaped. It
// looks at eight bytes at a time: most strings are short, and plain.
func isPlain(s string) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	b := []byte(s) // not copied, as it is only read
	if len(b) < 8 {
		for _, c := range b {
			if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
				return false
			}
		}
		return true
	}
	for {
		x := binary.LittleEndian.Uint64(b)
		quote, slash := x^'"'*ones, x^'\\'*ones
		if (x|(x-' '*ones)|(quote-ones)|(slash-ones))&high != 0 {
			return false
		}
		if len(b) == 8 {
			return true
		}
		b = b[min(8, len(b)-8):] // the last look may overlap the one before
	}
}
