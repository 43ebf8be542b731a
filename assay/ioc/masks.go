package ioc

// Finding where to look comes first: every 64 bytes of text become one word of
// masks, one bit a byte. The rest of the scanner then jumps from bit to bit
// and finds the ends of a token by counting bits, never reading the bytes in
// between.

// A word holds the masks of 64 bytes.
type word struct {
	dot   uint64 // '.'
	mark  uint64 // other bytes that an indicator cannot do without, see isMark
	hex   uint64 // hexadecimal digits
	token uint64 // letters, digits, '.', '-', '_'
	wide  uint64 // where the dot of another script may begin, see isWide
	upper uint64 // capital letters
	odd   uint64 // '-' and '_'
	line  uint64 // '\n'
}

// isMark reports whether c, followed by next, is where a candidate may be
// found that has no plain dot: ':' and '@', the "cv" of CVE, the "ot" of a
// dot written out, the end of "[at]", "[,]", "[punto]" and "[arroba]".
func isMark(c, next byte) bool {
	switch c {
	case ':', '@':
		return true
	case 'c', 'C':
		return next|0x20 == 'v'
	case 'o', 'O':
		return next|0x20 == 't' || closesMark(next)
	case 't', 'T', 'a', 'A', ',':
		return closesMark(next)
	}
	return false
}

// closesMark reports whether c is ']', '}' or ')'.
func closesMark(c byte) bool { return c|0x20 == '}' || c == ')' }

// isWide reports whether c and next may begin the UTF-8 of '。', '．' or '｡'.
func isWide(c, next byte) bool {
	return c == 0xe3 && next == 0x80 || c == 0xef && next|1 == 0xbd
}

// masksGeneric fills words from text[start:]. Where text ends within a word,
// the rest of it is zeros.
func masksGeneric(words []word, text []byte, start int) {
	for w := range words {
		words[w] = maskBlock(text[start+w*64:])
	}
}

func maskBlock(text []byte) (m word) {
	for i := range min(64, len(text)) {
		c, next := text[i], byte(0)
		if i+1 < len(text) {
			next = text[i+1]
		}
		bit := uint64(1) << i
		k := class[c]
		if k&cToken != 0 {
			m.token |= bit
			if k&cHex != 0 {
				m.hex |= bit
			}
			if k&cUpper != 0 {
				m.upper |= bit
			}
			if c == '.' {
				m.dot |= bit
			}
			if c == '-' || c == '_' {
				m.odd |= bit
			}
		}
		if c == '\n' {
			m.line |= bit
		}
		if c >= 0x80 {
			if isWide(c, next) {
				m.wide |= bit
			}
		} else if isMark(c, next) {
			m.mark |= bit
		}
	}
	return m
}
