package flask

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The part of MessagePack that Flask-Session writes: no extension but the one for
// times.

const timestampExt = -1

// appendMsgpack spells v in the shortest form, keys sorted.
func appendMsgpack(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, 0xc0), nil
	case bool:
		if v {
			return append(dst, 0xc3), nil
		}
		return append(dst, 0xc2), nil
	case int:
		return appendMsgpackInt(dst, int64(v)), nil
	case int64:
		return appendMsgpackInt(dst, v), nil
	case *big.Int:
		if v.IsInt64() {
			return appendMsgpackInt(dst, v.Int64()), nil
		}
	case float64:
		return binary.BigEndian.AppendUint64(append(dst, 0xcb), math.Float64bits(v)), nil
	case string:
		return appendMsgpackString(dst, v), nil
	case []byte:
		return append(appendMsgpackHead(dst, len(v), 0, 0, 0xc4), v...), nil
	case time.Time:
		return appendMsgpackTime(dst, v), nil
	case []any:
		dst = appendMsgpackHead(dst, len(v), 0x90, 16, 0xdb)
		for _, item := range v {
			var err error
			if dst, err = appendMsgpack(dst, item); err != nil {
				return dst, err
			}
		}
		return dst, nil
	case map[string]any:
		return appendMsgpackMap(dst, v)
	}
	n, err := nodeOf(v, false) // whatever encoding/json can make of it
	if err != nil {
		return dst, err
	}
	plain, err := n.value(false)
	if err != nil {
		return dst, err
	}
	if fmt.Sprintf("%T", plain) == fmt.Sprintf("%T", v) {
		return dst, fmt.Errorf("flask: a %T cannot be stored", v)
	}
	return appendMsgpack(dst, plain)
}

func appendMsgpackMap(dst []byte, m map[string]any) ([]byte, error) {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	dst = appendMsgpackHead(dst, len(m), 0x80, 16, 0xdd)
	for _, key := range keys {
		dst = appendMsgpackString(dst, key)
		var err error
		if dst, err = appendMsgpack(dst, m[key]); err != nil {
			return dst, fmt.Errorf("%q: %w", key, err)
		}
	}
	return dst, nil
}

// appendMsgpackString appends text. What is not UTF-8 would keep Flask-Session from
// reading any of it, which is a 500 to its owner until it expires.
func appendMsgpackString(dst []byte, s string) []byte {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return append(appendMsgpackHead(dst, len(s), 0xa0, 32, 0xd9), s...)
}

// appendMsgpackHead appends a length: in the type's own byte if it is below few,
// else behind the byte long (8 bits; where a type has none, as lists and dicts, 16)
// or one of those after it.
func appendMsgpackHead(dst []byte, n int, fix byte, few int, long byte) []byte {
	wide := long == 0xdb || long == 0xdd // there is no form with 8 bits
	switch {
	case n < few:
		return append(dst, fix|byte(n))
	case n <= math.MaxUint8 && !wide:
		return append(dst, long, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, long+1), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, long+2), uint32(n))
}

func appendMsgpackInt(dst []byte, n int64) []byte {
	switch {
	case n >= 0 && n < 128, n < 0 && n >= -32:
		return append(dst, byte(n))
	case n >= 0 && n <= math.MaxUint8:
		return append(dst, 0xcc, byte(n))
	case n >= 0 && n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, 0xcd), uint16(n))
	case n >= 0 && n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, 0xce), uint32(n))
	case n >= 0:
		return binary.BigEndian.AppendUint64(append(dst, 0xcf), uint64(n))
	case n >= math.MinInt8:
		return append(dst, 0xd0, byte(n))
	case n >= math.MinInt16:
		return binary.BigEndian.AppendUint16(append(dst, 0xd1), uint16(n))
	case n >= math.MinInt32:
		return binary.BigEndian.AppendUint32(append(dst, 0xd2), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, 0xd3), uint64(n))
}

func appendMsgpackTime(dst []byte, t time.Time) []byte {
	sec, nsec := t.Unix(), uint64(t.Nanosecond())
	switch {
	case sec>>34 != 0: // before 1970 or after 2514
		dst = append(dst, 0xc7, 12, 0xff)
		dst = binary.BigEndian.AppendUint32(dst, uint32(nsec))
		return binary.BigEndian.AppendUint64(dst, uint64(sec))
	case nsec != 0 || sec > math.MaxUint32:
		return binary.BigEndian.AppendUint64(append(dst, 0xd7, 0xff), nsec<<34|uint64(sec))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xd6, 0xff), uint32(sec))
}

// parseMsgpack reads one value that takes all of data.
func parseMsgpack(data []byte) (any, error) {
	p := msgpackParser{data}
	v, ok := p.value(0)
	if !ok || len(p.data) > 0 {
		return nil, fmt.Errorf("%w: it is neither msgpack nor JSON", ErrPayload)
	}
	return v, nil
}

// A msgpackParser holds what is left to read. It never believes a length: room is
// made for what is there, not for what is announced.
type msgpackParser struct{ data []byte }

func (p *msgpackParser) take(n uint64) ([]byte, bool) {
	if n > uint64(len(p.data)) {
		return nil, false
	}
	head := p.data[:n]
	p.data = p.data[n:]
	return head, true
}

// uint reads a big-endian number of size bytes.
func (p *msgpackParser) uint(size uint64) (n uint64, ok bool) {
	raw, ok := p.take(size)
	for _, b := range raw {
		n = n<<8 | uint64(b)
	}
	return n, ok
}

func (p *msgpackParser) value(depth int) (any, bool) {
	head, ok := p.take(1)
	if !ok || depth > maxDepth {
		return nil, false
	}
	switch c := head[0]; {
	case c < 0x80 || c >= 0xe0:
		return int64(int8(c)), true
	case c < 0x90:
		return p.dict(uint64(c&15), depth)
	case c < 0xa0:
		return p.list(uint64(c&15), depth)
	case c < 0xc0:
		return p.string(uint64(c & 31))
	default:
		return p.long(c, depth)
	}
}

// long reads a value whose type takes a whole byte.
func (p *msgpackParser) long(c byte, depth int) (any, bool) {
	switch c {
	case 0xc0:
		return nil, true
	case 0xc2, 0xc3:
		return c == 0xc3, true
	case 0xca:
		n, ok := p.uint(4)
		return float64(math.Float32frombits(uint32(n))), ok
	case 0xcb:
		n, ok := p.uint(8)
		return math.Float64frombits(n), ok
	case 0xcc, 0xcd, 0xce, 0xcf:
		n, ok := p.uint(1 << (c - 0xcc))
		if n > math.MaxInt64 {
			return new(big.Int).SetUint64(n), ok
		}
		return int64(n), ok
	case 0xd0, 0xd1, 0xd2, 0xd3:
		size := uint64(1) << (c - 0xd0)
		n, ok := p.uint(size)
		shift := 64 - 8*size
		return int64(n<<shift) >> shift, ok
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8:
		return p.extension(1 << (c - 0xd4))
	}
	return p.sized(c, depth)
}

// sized reads a value that begins with its length.
func (p *msgpackParser) sized(c byte, depth int) (any, bool) {
	sizes := map[byte]uint64{0xc4: 1, 0xc5: 2, 0xc6: 4, 0xc7: 1, 0xc8: 2, 0xc9: 4,
		0xd9: 1, 0xda: 2, 0xdb: 4, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4}
	size, known := sizes[c]
	n, ok := p.uint(size)
	if !known || !ok {
		return nil, false
	}
	switch {
	case c <= 0xc6:
		raw, ok := p.take(n)
		return slices.Clone(raw), ok
	case c <= 0xc9:
		return p.extension(n)
	case c <= 0xdb:
		return p.string(n)
	case c <= 0xdd:
		return p.list(n, depth)
	}
	return p.dict(n, depth)
}

func (p *msgpackParser) string(n uint64) (any, bool) {
	raw, ok := p.take(n)
	return string(raw), ok && utf8.Valid(raw)
}

func (p *msgpackParser) list(n uint64, depth int) (any, bool) {
	values := make([]any, 0, min(n, 16))
	for range n {
		v, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

func (p *msgpackParser) dict(n uint64, depth int) (any, bool) {
	values := make(map[string]any, min(n, 16))
	for range n {
		name, ok := p.key(depth + 1)
		if !ok {
			return nil, false
		}
		if values[name], ok = p.value(depth + 1); !ok {
			return nil, false
		}
	}
	return values, true
}

// dictHead reads how many values a dict has.
func (p *msgpackParser) dictHead() (n uint64, ok bool) {
	head, ok := p.take(1)
	if !ok {
		return 0, false
	}
	switch c := head[0]; {
	case c&0xf0 == 0x80:
		return uint64(c & 15), true
	case c == 0xde:
		return p.uint(2)
	case c == 0xdf:
		return p.uint(4)
	}
	return 0, false
}

// key reads the key of a dict; one that is a number is its text, as JSON would have
// it.
func (p *msgpackParser) key(depth int) (string, bool) {
	v, ok := p.value(depth)
	if n, isNumber := v.(int64); isNumber {
		return strconv.FormatInt(n, 10), ok
	}
	name, isString := v.(string)
	return name, ok && isString
}

func (p *msgpackParser) extension(n uint64) (any, bool) {
	kind, ok := p.uint(1)
	if !ok || int8(kind) != timestampExt {
		return nil, false
	}
	switch n {
	case 4:
		sec, ok := p.uint(4)
		return time.Unix(int64(sec), 0).UTC(), ok
	case 8:
		both, ok := p.uint(8)
		return time.Unix(int64(both&(1<<34-1)), int64(both>>34)).UTC(), ok && both>>34 < 1e9
	case 12:
		nsec, ok1 := p.uint(4)
		sec, ok2 := p.uint(8)
		return time.Unix(int64(sec), int64(nsec)).UTC(), ok1 && ok2 && nsec < 1e9
	}
	return nil, false
}
