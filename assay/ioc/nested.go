package ioc

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// Indicators hide in encoded text: a PowerShell command in base64 of UTF-16, a
// redirect with its target percent-encoded. When asked to, the scanner undoes
// such encodings and reads what they hold; a match is then the whole encoded
// text, and its chain says what was undone.
//
// Depth, size and growth are bounded, so this stays linear too.
const (
	maxDepth   = 3       // encodings inside each other
	maxEncoded = 1 << 15 // longer runs are read in pieces
	maxGrowth  = 32      // of compressed text, by its size
	minEncoded = 16
)

// A chain lists encodings, outermost first.
type chain []string

// unwrap looks for encoded text that begins in [from,to).
func (s *scanner) unwrap(from, to int) {
	p := max(from, s.unwrapped)
	for p < to {
		c := s.b[p]
		switch {
		case is(c, cBase64):
			p = s.unwrapRun(p)
		case c == '%' || c == '\\' || c == '&' || c == 0:
			p = max(p+1, s.unwrapEscapes(p, c))
		default:
			p++
		}
	}
	s.unwrapped = p
}

// unwrapRun looks at a run of base64 or hexadecimal digits and returns where it
// ends.
func (s *scanner) unwrapRun(p int) int {
	end := p
	for high := min(len(s.b), p+maxEncoded); end < high && is(s.b[end], cBase64); {
		end++
	}
	if s.at(end) == 0 && end == p+1 && end+1 < len(s.b) && s.b[end+1] >= ' ' {
		return max(end, s.unwrapUTF16(p))
	}
	if end-p < minEncoded {
		if s.at(end) == '%' {
			return max(end, s.unwrapPercent(p))
		}
		return end
	}
	run := s.text[p:end]
	padded := end
	for padded < end+2 && s.at(padded) == '=' {
		padded++
	}
	switch {
	case allHex(s.b[p:end]) && len(run)%2 == 0:
		decoded, _ := hex.DecodeString(run)
		s.read("hex", p, end, decoded)
	default:
		s.read("base64", p, padded, decodeBase64(run))
	}
	return padded
}

// decodeBase64 reads either alphabet, padded or not.
func decodeBase64(run string) []byte {
	if len(run)%4 == 1 {
		run = run[:len(run)-1]
	}
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(run, "-_") {
		encoding = base64.RawURLEncoding
	}
	decoded, err := encoding.DecodeString(run)
	if err != nil {
		return nil
	}
	return decoded
}

// unwrapEscapes looks at a run of escapes and returns where it ends, or 0.
func (s *scanner) unwrapEscapes(p int, c byte) int {
	switch c {
	case '%':
		return s.unwrapPercent(p)
	case 0:
		return s.unwrapUTF16(p)
	case '\\':
		return s.unwrapBytes(p)
	}
	return s.unwrapEntities(p)
}

// unwrapPercent reads one percent-encoded value: in a query, what is between
// its '=' and its '&'.
func (s *scanner) unwrapPercent(p int) int {
	end, escapes := p, 0
	var decoded []byte
	for high := min(len(s.b), p+maxEncoded); end < high; {
		c := s.b[end]
		if c == '%' && is(s.at(end+1), cHex) && is(s.at(end+2), cHex) {
			b, _ := hex.DecodeString(s.text[end+1 : end+3])
			decoded = append(decoded, b...)
			escapes++
			end += 3
			continue
		}
		if !is(c, cToken) && c != '+' && c != '~' {
			break
		}
		decoded = append(decoded, c)
		end++
	}
	if escapes > 0 {
		s.read("percent", p, end, decoded)
	}
	return end
}

// unwrapBytes reads "\x68\x74\x74\x70".
func (s *scanner) unwrapBytes(p int) int {
	var decoded []byte
	end := p
	for high := min(len(s.b), p+maxEncoded); end < high && s.b[end] == '\\' && s.at(end+1) == 'x' && is(s.at(end+2), cHex) && is(s.at(end+3), cHex); end += 4 {
		b, _ := hex.DecodeString(s.text[end+2 : end+4])
		decoded = append(decoded, b...)
	}
	if len(decoded) >= minEncoded/2 {
		s.read("hex", p, end, decoded)
	}
	return end
}

// unwrapEntities reads "&#104;&#116;", with other text between.
func (s *scanner) unwrapEntities(p int) int {
	var decoded []byte
	end, entities := p, 0
	for high := min(len(s.b), p+maxEncoded); end < high; {
		if s.b[end] != '&' {
			if !is(s.b[end], cPath) {
				break
			}
			decoded = append(decoded, s.b[end])
			end++
			continue
		}
		r, next := s.entity(end)
		if next == 0 {
			break
		}
		decoded = utf8.AppendRune(decoded, r)
		end = next
		entities++
	}
	if entities >= 4 {
		s.read("html", p, end, decoded)
	}
	return end
}

// entity reads a numeric character reference of HTML.
func (s *scanner) entity(p int) (r rune, end int) {
	if s.at(p+1) != '#' {
		return 0, 0
	}
	q, base := p+2, rune(10)
	if s.at(q)|0x20 == 'x' {
		q, base = q+1, 16
	}
	first := q
	for ; q < first+7 && is(s.at(q), cHex); q++ {
		d := rune(s.b[q]|0x20) - 'a' + 10
		if is(s.b[q], cDigit) {
			d = rune(s.b[q] - '0')
		}
		if d >= base {
			return 0, 0
		}
		r = r*base + d
	}
	if q == first || s.at(q) != ';' {
		return 0, 0
	}
	return r, q + 1
}

// unwrapUTF16 reads text of two bytes a letter, in either order.
func (s *scanner) unwrapUTF16(p int) int {
	end := p
	for high := min(len(s.b), p+maxEncoded); end+1 < high && s.b[end]|s.b[end+1] != 0 && s.b[end]&s.b[end+1] == 0; end += 2 {
	}
	if end-p < minEncoded {
		return end
	}
	s.read("utf-16", p, end, fromUTF16(s.b[p:end]))
	return end
}

// fromUTF16 decodes text that looks like UTF-16, or returns nil.
func fromUTF16(b []byte) []byte {
	zeros := [2]int{}
	for i, c := range b {
		if c == 0 {
			zeros[i%2]++
		}
	}
	odd := 1
	if zeros[0] > zeros[1] {
		odd = 0
	}
	if zeros[odd] < len(b)*2/5 {
		return nil
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i+odd])<<8 | uint16(b[2*i+1-odd])
	}
	return []byte(string(utf16.Decode(units)))
}

// read looks for indicators in what text[start:end] decodes to.
func (s *scanner) read(encoding string, start, end int, decoded []byte) {
	layers := append(s.layers[:len(s.layers):len(s.layers)], encoding)
	if len(layers) > maxDepth || len(decoded) < 4 {
		return
	}
	if bytes.HasPrefix(decoded, []byte{0x1f, 0x8b}) {
		layers = append(layers, "gzip")
		decoded = gunzip(decoded)
	}
	if encoding != "utf-16" && len(decoded) >= 8 && bytes.IndexByte(decoded[:8], 0) >= 0 {
		if text := fromUTF16(decoded[:len(decoded)&^1]); text != nil {
			layers = append(layers, "utf-16")
			decoded = text
		}
	}
	if !isReadable(decoded) {
		return
	}
	if s.inner == nil {
		s.inner = newScanner("", s.want)
	}
	inner := s.inner
	inner.reset(string(decoded))
	inner.nested, inner.layers, inner.chains = true, layers, nil
	inner.scan(0, len(decoded))
	inner.sort()
	for _, h := range inner.hits {
		c := layers
		if h.chain > 0 {
			c = inner.chains[h.chain-1]
		}
		val := len(s.arena)
		if h.vlen > 0 {
			s.arena = append(s.arena, inner.arena[h.val:h.val+h.vlen]...)
		} else {
			s.arena = append(s.arena, inner.b[h.start:h.end]...)
		}
		s.add(kind(h.kind), start, end, val, len(s.arena)-val, h.why, h.flags&^flagShown)
		if s.added {
			s.hits[len(s.hits)-1].chain = s.chainID(c)
		}
	}
}

// chainID numbers a chain, from 1; 0 when there are too many.
func (s *scanner) chainID(c chain) uint8 {
	for i, known := range s.chains {
		if strings.Join(known, " ") == strings.Join(c, " ") {
			return uint8(i + 1)
		}
	}
	if len(s.chains) == 255 {
		return 0
	}
	s.chains = append(s.chains, c)
	return uint8(len(s.chains))
}

// gunzip decompresses what stays in bounds. A reader is forty kilobytes, and a
// text may be nothing but compressed words.
func gunzip(b []byte) []byte {
	r := gzipReaders.Get().(*gzip.Reader)
	defer gzipReaders.Put(r)
	if r.Reset(bytes.NewReader(b)) != nil {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(r, int64(maxGrowth*len(b))))
	return text
}

var gzipReaders = sync.Pool{New: func() any { return new(gzip.Reader) }}

// isReadable reports whether b is text: nearly all of it printable.
func isReadable(b []byte) bool {
	odd := 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f {
			odd++
		}
		i += n
	}
	return odd*20 <= len(b)
}
