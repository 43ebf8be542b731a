package ioc

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Hosts beyond ASCII are compared as DNS carries them: mapped by UTS 46 and
// encoded as punycode (RFC 3492). The library does all of it, and takes
// microseconds a host; a text in another script may be nothing but such hosts.
// So it is asked about each letter, once, and labels are encoded here.

var toPunycode = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// toASCII replaces the host by its punycode and reports whether it has one
// under a top-level domain that exists.
func (s *scanner) toASCII(h *hostBuf) bool {
	e := s.punycode(h.text)
	if len(e.ascii) == 0 {
		return false
	}
	h.fresh = false
	h.text, h.shown, h.labels, h.tld = e.ascii, e.shown, e.labels, e.tld
	return h.labels > 1
}

// punycode converts a name under a top-level domain that exists, or returns
// nothing. Texts repeat their hosts, so the last ones are remembered.
func (s *scanner) punycode(name []byte) *punyHost {
	if s.puny == nil {
		s.puny = new(punyHosts)
	}
	e := &s.puny.hosts[hashOf(name)>>26]
	if string(e.wide) != string(name) {
		e.wide = append(e.wide[:0], name...)
		s.puny.read(e)
		e.labels = bytes.Count(e.ascii, []byte(".")) + 1
		e.tld = bytes.LastIndexByte(e.ascii, '.') + 1
	}
	return e
}

// A punyHost is a name and its punycode, which has so many labels; the last of
// them begins at tld.
type punyHost struct {
	wide, ascii []byte
	shown       []byte // with its letters mapped; nothing if nobody knows
	labels, tld int
}

// punyHosts remembers the names that were read last, and the last label of one:
// hosts by the thousand are under the same.
type punyHosts struct {
	hosts [64]punyHost
	tld   punyHost
	runes [maxHost]rune    // of the label that is read
	keys  [maxLabel]uint32 // its letters beyond ASCII, and where they stand
}

// hashOf says where a small memory keeps what is known of text. It looks at the
// ends of it only.
func hashOf(text []byte) uint32 {
	n := len(text)
	h := uint64(n)
	switch {
	case n >= 8:
		h ^= binary.LittleEndian.Uint64(text) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(text[n-8:]), 24)
	case n >= 4:
		h ^= uint64(binary.LittleEndian.Uint32(text)) ^ uint64(binary.LittleEndian.Uint32(text[n-4:]))<<24
	}
	return uint32(h * 0x9e3779b97f4a7c15 >> 32)
}

// read converts a name to what DNS carries, or to nothing if it is none.
func (t *punyHosts) read(h *punyHost) {
	h.ascii, h.shown = h.ascii[:0], h.shown[:0]
	name := h.wide
	dot := bytes.LastIndexByte(name, '.')
	made := t.readTLD(name[dot+1:])
	if made == labelMade && tldOf(t.tld.ascii) == 0 {
		return
	}
	for p := 0; p < dot && made == labelMade; {
		end := p + bytes.IndexByte(name[p:], '.')
		if made = t.addLabel(h, name[p:end]); made == labelMade {
			h.ascii, h.shown = append(h.ascii, '.'), append(h.shown, '.')
		}
		p = end + 1
	}
	switch made {
	case labelMade:
		h.ascii, h.shown = append(h.ascii, t.tld.ascii...), append(h.shown, t.tld.shown...)
	case labelOdd:
		ascii, err := toPunycode.ToASCII(string(name))
		h.ascii, h.shown = append(h.ascii[:0], ascii...), h.shown[:0]
		if err != nil || tldOf(h.ascii[bytes.LastIndexByte(h.ascii, '.')+1:]) == 0 {
			h.ascii = h.ascii[:0]
		}
	case labelNone:
		h.ascii = h.ascii[:0]
	}
	if len(h.ascii) > maxHost {
		h.ascii = h.ascii[:0]
	}
}

// readTLD converts the last label of a name.
func (t *punyHosts) readTLD(label []byte) (made labelMaking) {
	if len(label) > 0 && string(t.tld.wide) == string(label) {
		return labelMade
	}
	t.tld.wide, t.tld.ascii, t.tld.shown = t.tld.wide[:0], t.tld.ascii[:0], t.tld.shown[:0]
	if made = t.addLabel(&t.tld, label); made == labelMade {
		t.tld.wide = append(t.tld.wide, label...)
	}
	return made
}

// A labelMaking is what came of a label.
type labelMaking uint8

const (
	labelNone labelMaking = iota // it is none
	labelMade
	labelOdd // only the library can tell
)

// addLabel converts one label, which is in lower case where it is ASCII.
func (t *punyHosts) addLabel(h *punyHost, label []byte) labelMaking {
	runes, plain, joins, same := t.runes[:0], 0, false, true
	for p := 0; p < len(label); {
		if c := label[p]; c < utf8.RuneSelf {
			if !is(c, cLabel) {
				return labelOdd
			}
			runes = append(runes, rune(c))
			plain++
			p++
			continue
		}
		r, size := decodeRune(label[p:])
		l := letterOf(r)
		joins = joins || l.joins
		switch {
		case l.use == letterNone, !l.leads && len(runes) == 0:
			return labelNone
		case l.use == letterKept:
			runes = append(runes, r)
		case l.use == letterMapped:
			same = false
			for _, m := range l.mapped {
				if m < utf8.RuneSelf {
					plain++
				}
				runes = append(runes, m)
			}
		default:
			return labelOdd
		}
		p += size
	}
	if joins {
		runes, plain = compose(runes)
		same = false
	}
	n := len(runes)
	if n == 0 {
		return labelNone // nothing but marks that are left out
	}
	if runes[0] == '-' || runes[n-1] == '-' || n > 3 && runes[2] == '-' && runes[3] == '-' {
		return labelOdd
	}
	if same {
		h.shown = append(h.shown, label...)
	} else {
		h.shown = appendRunes(h.shown, runes)
	}
	if plain < n {
		h.ascii = t.appendPunycode(h.ascii, runes)
	} else {
		h.ascii = appendRunes(h.ascii, runes)
	}
	return labelMade
}

func appendRunes(dst []byte, runes []rune) []byte {
	for _, r := range runes {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// compose makes one letter of each with its accents (NFC), and counts those that
// are ASCII.
func compose(runes []rune) (composed []rune, plain int) {
	for _, r := range norm.NFC.String(string(runes)) {
		if r < utf8.RuneSelf {
			plain++
		}
		composed = append(composed, r)
	}
	return composed, plain
}

// maxLabel is how long a label may be in DNS (RFC 1035).
const maxLabel = 63

// appendPunycode appends "xn--" and the encoding of RFC 3492, section 6.3, of
// letters. What is too long for a label is cut, but not so far that it would
// fit.
//
// The standard looks for the next higher letter again and again. Here they are
// sorted, and what counts of those that were written are the ones to the left:
// a label has so few letters that one bit for each tells.
func (t *punyHosts) appendPunycode(dst []byte, runes []rune) []byte {
	first := len(dst)
	dst = append(dst, "xn--"...)
	runes = runes[:min(len(runes), maxLabel)] // of which each takes a byte
	keys := &t.keys
	n, written := 0, uint64(0)
	for i, r := range runes {
		if r < utf8.RuneSelf {
			dst = append(dst, byte(r))
			written |= 1 << i
			continue
		}
		key := uint32(r)<<6 | uint32(i)
		at := n
		for ; at > 0 && keys[at-1] > key; at-- {
			keys[at] = keys[at-1]
		}
		keys[at] = key
		n++
	}
	plain := len(runes) - n
	if plain > 0 {
		dst = append(dst, '-')
	}
	next, left, bias := uint32(utf8.RuneSelf), uint32(0), uint32(72)
	for i, key := range keys[:n] {
		count := uint32(plain + i + 1)
		before := uint32(bits.OnesCount64(written & (1<<(key&63) - 1)))
		delta := (key>>6-next)*count + before - left
		dst = appendDelta(dst, delta, bias)
		if len(dst)-first > maxLabel {
			break // no label; that is for others to say
		}
		bias = adapt(delta, count, i == 0)
		next, left = key>>6, before+1
		written |= 1 << (key & 63)
	}
	return dst
}

// appendDelta appends a number of variable length (RFC 3492, section 3.3).
func appendDelta(dst []byte, delta, bias uint32) []byte {
	for k := uint32(36); ; k += 36 {
		t := threshold(k, bias)
		if delta < t {
			return append(dst, punyDigit(delta))
		}
		delta -= t
		dst = append(dst, punyDigit(t+delta%(36-t)))
		delta /= 36 - t
	}
}

// threshold is below which the digit k/36 of a number is its last.
func threshold(k, bias uint32) uint32 {
	if k <= bias {
		return 1
	}
	return min(k-bias, 26)
}

func punyDigit(d uint32) byte { return "abcdefghijklmnopqrstuvwxyz0123456789"[d] }

// adapt is the bias for the next number (RFC 3492, section 6.1).
func adapt(delta, count uint32, first bool) uint32 {
	if first {
		delta /= 700
	} else {
		delta /= 2
	}
	delta += delta / count
	k := uint32(0)
	for ; delta > 455; k += 36 {
		delta /= 35
	}
	return k + uint32(biases[delta])
}

// biases has what the standard divides by the sum of each number and 38.
var biases = func() (b [456]uint8) {
	for delta := range b {
		b[delta] = uint8(36 * delta / (delta + 38))
	}
	return b
}()

// fromPunycode appends the letters of a label that follow "xn--". It reports
// false when that encodes nothing.
func fromPunycode(dst []rune, label string) ([]rune, bool) {
	first := len(dst)
	if i := strings.LastIndexByte(label, '-'); i > 0 {
		for _, r := range label[:i] {
			dst = append(dst, r)
		}
		label = label[i+1:]
	}
	next, at, bias := uint32(utf8.RuneSelf), uint64(0), uint32(72)
	for p := 0; p < len(label); {
		start, weight := at, uint64(1)
		for k := uint32(36); ; k += 36 {
			if p == len(label) {
				return dst, false
			}
			d := punyValues[label[p]]
			p++
			at += uint64(d) * weight
			if d < 0 || at > math.MaxInt32 {
				return dst, false
			}
			t := threshold(k, bias)
			if uint32(d) < t {
				break
			}
			weight *= uint64(36 - t)
		}
		count := uint32(len(dst)-first) + 1
		bias = adapt(uint32(at-start), count, start == 0)
		next += uint32(at) / count
		if next > unicode.MaxRune {
			return dst, false
		}
		at %= uint64(count)
		dst = append(dst, 0)
		here := dst[first+int(at):]
		copy(here[1:], here)
		here[0] = rune(next)
		at++
	}
	return dst, true
}

// punyValues are the digits of punycode; -1 for what is none.
var punyValues = func() (values [256]int8) {
	for c := range values {
		switch c := byte(c); {
		case is(c, cAlpha):
			values[c] = int8(c | 0x20 - 'a')
		case is(c, cDigit):
			values[c] = int8(c-'0') + 26
		default:
			values[c] = -1
		}
	}
	return values
}()
