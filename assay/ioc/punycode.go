package ioc

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Hosts beyond ASCII are compared as DNS carries them: mapped by UTS 46 and
// encoded as punycode (RFC 3492). The library does all of it, and takes
// microseconds a host; a text in another script may be nothing but such hosts.
// Labels of letters that the mapping leaves alone are therefore encoded here.

var toPunycode = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// toASCII replaces the host by its punycode and reports whether it has one
// under a top-level domain that exists.
func (s *scanner) toASCII(h *hostBuf) bool {
	e := s.punycode(h.text)
	if len(e.ascii) == 0 {
		return false
	}
	h.fresh = false
	h.text, h.labels, h.tld = e.ascii, e.labels, e.tld
	return h.labels > 1
}

// punycode converts a name under a top-level domain that exists, or returns
// nothing. Texts repeat their hosts, so the last ones are remembered.
func (s *scanner) punycode(name []byte) *punyHost {
	if s.puny == nil {
		s.puny = new([64]punyHost)
	}
	e := &s.puny[hashOf(name)>>26]
	if string(e.wide) != string(name) {
		e.wide = append(e.wide[:0], name...)
		e.ascii = appendASCII(e.ascii[:0], name)
		e.labels = bytes.Count(e.ascii, []byte(".")) + 1
		e.tld = bytes.LastIndexByte(e.ascii, '.') + 1
	}
	return e
}

// A punyHost is a name and its punycode, which has so many labels; the last of
// them begins at tld.
type punyHost struct {
	wide, ascii []byte
	labels, tld int
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

// appendASCII appends a name as DNS carries it, or nothing if it is none.
func appendASCII(dst, name []byte) []byte {
	last := name[bytes.LastIndexByte(name, '.')+1:]
	dst, simple := appendASCIILabel(dst, last)
	if simple {
		if tldOf(dst) == 0 {
			return dst[:0]
		}
		dst, simple = appendASCIIHost(dst[:0], name)
	}
	if !simple {
		ascii, err := toPunycode.ToASCII(string(name))
		if err != nil || tldOf([]byte(ascii[strings.LastIndexByte(ascii, '.')+1:])) == 0 {
			return dst[:0]
		}
		dst = append(dst[:0], ascii...)
	}
	if len(dst) > maxHost {
		return dst[:0]
	}
	return dst
}

// appendASCIIHost appends a host as DNS carries it. It reports false when a
// label is not simple.
func appendASCIIHost(dst, host []byte) ([]byte, bool) {
	for {
		label, rest, more := bytes.Cut(host, []byte("."))
		var simple bool
		if dst, simple = appendASCIILabel(dst, label); !simple || len(dst) > maxHost {
			return dst, false
		}
		if !more {
			return dst, true
		}
		dst = append(dst, '.')
		host = rest
	}
}

// appendASCIILabel appends one label, which is in lower case where it is ASCII.
// It reports false when the label is not simple: when it may need more than
// letter case mapped, or is no label at all.
func appendASCIILabel(dst, label []byte) ([]byte, bool) {
	n := len(label)
	if n == 0 || label[0] == '-' || label[n-1] == '-' || n > 3 && label[2] == '-' && label[3] == '-' {
		return dst, false
	}
	var runes [maxLabel]rune
	count, plain := 0, 0
	for p := 0; p < n; count++ {
		r, size := rune(label[p]), 1
		if count == maxLabel {
			return dst, false
		}
		switch {
		case r >= utf8.RuneSelf:
			if r, size = utf8.DecodeRune(label[p:]); !isSimple(r) {
				return dst, false
			}
			r = simpleLower(r)
		case is(byte(r), cAlnum) || r == '-':
			plain++
		default:
			return dst, false
		}
		runes[count] = r
		p += size
	}
	if plain == count {
		return append(dst, label...), true
	}
	return appendPunycode(dst, runes[:count], plain), true
}

// maxLabel is how long a label may be in DNS (RFC 1035).
const maxLabel = 63

// isSimple reports whether r is a letter that UTS 46 keeps, or only makes
// small, and that takes part in no composition.
func isSimple(r rune) bool {
	switch {
	case r < 0x250:
		return r >= 0xdf && r <= 0xff && r != 0xf7
	case r < 0x400: // Greek without accents
		return r >= 0x3b1 && r <= 0x3c9
	case r < 0x460: // Cyrillic
		return true
	case r < 0x600: // Hebrew
		return r >= 0x5d0 && r <= 0x5ea
	case r < 0x700: // Arabic and Persian
		return r >= 0x620 && r <= 0x64a && r != 0x640 || r == 0x67e || r == 0x686 || r == 0x698 || r == 0x6a9 || r == 0x6af || r == 0x6cc
	case r < 0x3041:
		return false
	case r < 0x3100: // kana
		return r <= 0x3096 || r >= 0x30a1 && r <= 0x30fa || r == 0x30fc
	}
	return r >= 0x4e00 && r <= 0x9fa5 || r >= 0xac00 && r <= 0xd7a3 // Han, Hangul
}

// simpleLower is a simple letter in lower case.
func simpleLower(r rune) rune {
	switch {
	case r >= 0x400 && r < 0x410:
		return r + 0x50
	case r >= 0x410 && r < 0x430:
		return r + 0x20
	}
	return r
}

// appendPunycode appends "xn--" and the encoding of RFC 3492, section 6.3, of
// letters of which plain are ASCII. What is too long for a label is cut, but not
// so far that it would fit.
func appendPunycode(dst []byte, runes []rune, plain int) []byte {
	first := len(dst)
	dst = append(dst, "xn--"...)
	for _, r := range runes {
		if r < utf8.RuneSelf {
			dst = append(dst, byte(r))
		}
	}
	if plain > 0 {
		dst = append(dst, '-')
	}
	next, delta, bias := rune(utf8.RuneSelf), 0, 72
	for done := plain; done < len(runes); {
		low := rune(utf8.MaxRune)
		for _, r := range runes {
			if r >= next && r < low {
				low = r
			}
		}
		delta += int(low-next) * (done + 1)
		next = low
		for _, r := range runes {
			if r < next {
				delta++
			}
			if r != next {
				continue
			}
			dst = appendDelta(dst, delta, bias)
			bias = adapt(delta, done+1, done == plain)
			delta = 0
			done++
		}
		if len(dst)-first > maxLabel {
			break // no label; that is for others to say
		}
		delta++
		next++
	}
	return dst
}

// appendDelta appends a number of variable length (RFC 3492, section 3.3).
func appendDelta(dst []byte, delta, bias int) []byte {
	for k := 36; ; k += 36 {
		t := min(max(k-bias, 1), 26)
		if delta < t {
			return append(dst, punyDigit(delta))
		}
		dst = append(dst, punyDigit(t+(delta-t)%(36-t)))
		delta = (delta - t) / (36 - t)
	}
}

func punyDigit(d int) byte {
	if d < 26 {
		return byte('a' + d)
	}
	return byte('0' + d - 26)
}

// adapt is the bias for the next number (RFC 3492, section 6.1).
func adapt(delta, count int, first bool) int {
	if first {
		delta /= 700
	} else {
		delta /= 2
	}
	delta += delta / count
	k := 0
	for ; delta > 455; k += 36 {
		delta /= 35
	}
	return k + 36*delta/(delta+38)
}

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
	next, at, bias := utf8.RuneSelf, 0, 72
	for len(label) > 0 {
		start, weight := at, 1
		for k := 36; ; k += 36 {
			if len(label) == 0 {
				return dst, false
			}
			d := punyValue(label[0])
			if label = label[1:]; d < 0 || d > (math.MaxInt32-at)/weight {
				return dst, false
			}
			at += d * weight
			t := min(max(k-bias, 1), 26)
			if d < t {
				break
			}
			weight *= 36 - t
		}
		count := len(dst) - first + 1
		bias = adapt(at-start, count, start == 0)
		next += at / count
		if next > utf8.MaxRune {
			return dst, false
		}
		at %= count
		dst = slices.Insert(dst, first+at, rune(next))
		at++
	}
	return dst, true
}

func punyValue(c byte) int {
	switch {
	case is(c, cAlpha):
		return int(c | 0x20 - 'a')
	case is(c, cDigit):
		return int(c-'0') + 26
	}
	return -1
}
