package ioc

import "math/bits"

// Hashes are runs of hexadecimal digits of known lengths. The masks show runs
// of 32 and more without a look at the bytes.

// hexBefore counts the digits right before p, as far as it matters.
func (s *scanner) hexBefore(p int) int {
	n := 0
	for n <= 128 && p-n > 0 && is(s.b[p-n-1], cHex) {
		n++
	}
	return n
}

// hashes looks at the runs that end in the word of masks at p; run digits
// stand right before it. It returns how many stand right before the next.
// Only runs that begin in [from,to) count.
func (s *scanner) hashes(p, from, to int, hex uint64, run int) int {
	if hex == ^uint64(0) {
		return run + 64
	}
	if lead := bits.TrailingZeros64(^hex); run+lead >= 32 {
		s.hash(p-run, p+lead, from, to)
	}
	long := hex & (hex >> 1)
	long &= long >> 2
	long &= long >> 4
	long &= long >> 8
	if long &= long >> 16; long != 0 {
		s.innerHash(p, from, to, hex, long)
	}
	return bits.LeadingZeros64(^hex)
}

// innerHash handles a run of 32 digits or more that begins within a word and
// may end there.
func (s *scanner) innerHash(p, from, to int, hex, long uint64) {
	start := bits.TrailingZeros64(long)
	if start == 0 {
		return // its end was seen as a leading run
	}
	if n := bits.TrailingZeros64(^(hex >> start)); start+n < 64 {
		s.hash(p+start, p+start+n, from, to)
	}
}

// lastHash looks at the run that reaches p, where the scan has ended.
func (s *scanner) lastHash(p, from, to, run int) {
	if run == 0 {
		return
	}
	end := p
	for end < len(s.b) && end-(p-run) <= 128 && is(s.b[end], cHex) {
		end++
	}
	s.hash(p-run, end, from, to)
}

// hash takes text[start:end], a whole run of digits, if it is as long as a
// hash and stands by itself.
func (s *scanner) hash(start, end, from, to int) {
	if start < from || start >= to {
		return
	}
	k, ok := hashKind(end - start)
	if !ok || is(s.at(start-1), cAlnum) && !s.escapeBefore(start) || is(s.at(end), cAlnum) {
		return
	}
	why := byLength
	if s.want&labelledHashes != 0 {
		if l, ok := s.labelledHash(start, end-start); ok && s.want>>l&1 != 0 {
			k, why = l, byLabel
		}
	}
	if c := s.b[start]; allDigits(s.b[start:end]) || allSame(s.b[start:end], c) {
		s.refuse(k, start, end, notNumber)
		return
	}
	var n name
	if s.nameOf(&n, start, end); n.upper {
		s.takeLower(k, start, end, why)
		return
	}
	s.take(k, start, end, why)
}

func hashKind(n int) (kind, bool) {
	switch n {
	case 32:
		return kMD5, true
	case 40:
		return kSHA1, true
	case 56:
		return kSHA224, true
	case 64:
		return kSHA256, true
	case 96:
		return kSHA384, true
	case 128:
		return kSHA512, true
	}
	return 0, false
}

// Fingerprints that look like other hashes and are told by their label.
const labelledHashes = 1<<kImphash | 1<<kAuthentihash | 1<<kJA3 | 1<<kJA3S

// labelledHash reports what the word before a hash of n digits calls it.
func (s *scanner) labelledHash(start, n int) (kind, bool) {
	low, _ := s.lineBounds(start)
	var k kind
	wordsBack(s.b[max(low, start-32):start], 2, func(w []byte) bool {
		var buf [16]byte
		switch string(lowered(&buf, w)) {
		case "imphash":
			k = kImphash
		case "authentihash":
			k = kAuthentihash
		case "ja3":
			k = kJA3
		case "ja3s":
			k = kJA3S
		case "hash", "md5", "sha256", "digest", "fingerprint", "value", "is":
			return true
		}
		return false
	})
	switch k {
	case kAuthentihash:
		return k, n == 32 || n == 40 || n == 64
	case 0:
		return k, false
	}
	return k, n == 32
}

func allSame(b []byte, c byte) bool {
	for _, d := range b {
		if d != c {
			return false
		}
	}
	return true
}
