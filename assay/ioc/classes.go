package ioc

import "encoding/binary"

// Classes of bytes. The scanner asks one table for everything, so each
// question costs one load.
const (
	cAlpha uint16 = 1 << iota
	cDigit
	cHex
	cLabel // in a host label: letters, digits, '-', '_'
	cToken // cLabel and '.'
	cLocal // in the local part of an e-mail address
	cPath  // in a URL, whatever surrounds it
	cOpen  // may open a symbol such as [.] after a label
	cWrap  // decoration around the one thing on a line or in a cell
	cUser  // in the user part of a URL
	cUpper
	cCell   // between the cells of a row
	cBase64 // in base64, either alphabet
	cStart  // begins an indicator of the walk without being of a word
)

const cAlnum = cAlpha | cDigit

var class = func() (t [256]uint16) {
	mark := func(bit uint16, chars string) {
		for i := range len(chars) {
			t[chars[i]] |= bit
		}
	}
	for c := 'a'; c <= 'z'; c++ {
		mark(cAlpha, string(c)+string(c-32))
		mark(cUpper, string(c-32))
	}
	mark(cDigit, "0123456789")
	mark(cHex, "0123456789abcdefABCDEF")
	for c := range t {
		if t[c]&cAlnum != 0 {
			t[c] |= cLabel | cToken | cLocal | cPath | cUser | cBase64
		}
	}
	mark(cLabel|cToken|cLocal|cPath|cUser, "-_")
	mark(cToken|cLocal|cPath|cUser, ".")
	mark(cLocal, "+%")
	mark(cPath, "/?#%+=*$@:~!")
	mark(cUser, "%+=*$:~!&';,()")
	mark(cOpen, "[({<\\^ \t%&_")
	for c := 0x80; c <= 0xff; c++ {
		t[c] |= cOpen
	}
	mark(cCell, ",;|\t")
	mark(cBase64, "+/-_")
	mark(cStart, "%\\/~+")
	mark(cWrap, " \t`'\"*+-<>")
	return t
}()

// is reports whether c is in one of the classes.
func is(c byte, classes uint16) bool { return class[c]&classes != 0 }

// lower is c in lower case if it is an ASCII letter.
func lower(c byte) byte { return c | byte(class[c]&cUpper/cUpper)<<5 }

// appendLower appends ASCII text in lower case, eight bytes at a time.
func appendLower(dst, src []byte) []byte {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	n := len(dst)
	dst = append(dst, src...)
	b := dst[n:]
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		capitals := (x + (0x80-'A')*ones) &^ (x + (0x80-'Z'-1)*ones) & high
		binary.LittleEndian.PutUint64(b, x|capitals>>2)
	}
	for i, c := range b {
		b[i] = lower(c)
	}
	return dst
}
