package ioc

import (
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A letter is what is known of a letter, mark or digit beyond ASCII.
type letter struct {
	mapped string // what UTS 46 makes of it if not itself: its small letter, or several
	use    letterUse
	joins  bool    // may become one with what stands before it
	leads  bool    // may be the first of a label
	script scripts // 0 or one
	twin   byte    // the letter of ASCII that it looks like, or 0
}

// A letterUse is what becomes of a letter in a label.
type letterUse uint8

const (
	letterNone   letterUse = iota // there is no such host
	letterKept                    // stays as it is
	letterMapped                  // becomes others, or nothing
	letterOdd                     // only the library can tell
)

// The libraries take microseconds to answer for one letter, and a text may be
// nothing but hosts of them. They are asked for a page of 256 when one of its
// letters is first needed; the answers never change.
var letterPages [unicode.MaxRune>>8 + 1]atomic.Pointer[[256]letter]

// letterOf returns what is known of r, at most unicode.MaxRune.
func letterOf(r rune) *letter {
	if page := letterPages[r>>8].Load(); page != nil {
		return &page[r&0xff]
	}
	return &newLetters(r >> 8)[r&0xff]
}

// newLetters makes the page of a number. Han and Hangul, two thirds of all
// letters, have one page each, and so have the numbers that are no letters:
// punycode may stand for any of them.
func newLetters(number rune) *[256]letter {
	page := &hanLetters
	switch {
	case number >= 0x4e && number < 0x9f, number >= 0x200 && number < 0x2a6:
	case number >= 0xac && number < 0xd7:
		page = &hangulLetters
	default:
		page = new([256]letter)
		for i := range page {
			page[i] = newLetter(number<<8 + rune(i))
		}
		if *page == noLetters {
			page = &noLetters
		}
	}
	letterPages[number].Store(page)
	return page
}

var noLetters [256]letter

var hanLetters, hangulLetters = allOf(han), allOf(hangul)

func allOf(s scripts) (page [256]letter) {
	for i := range page {
		page[i] = letter{use: letterKept, leads: true, script: s}
	}
	return page
}

// newLetter asks for a letter by itself and behind a letter that becomes one
// with no other.
func newLetter(r rune) letter {
	l := letter{script: scriptOf(r), twin: twins[r]}
	if !isWideLabel(r) && !isInvisible(r) {
		return l
	}
	const before = "q"
	behind, err := toPunycode.ToUnicode(before + string(r))
	if err != nil {
		return l
	}
	_, err = toPunycode.ToUnicode(string(r))
	l.leads = err == nil
	mapped := behind[len(before):]
	l.joins = mapped != "" && !norm.NFC.PropertiesString(mapped).BoundaryBefore()
	switch {
	case mapped == string(r):
		l.use = letterKept
	case isLabelText(mapped):
		l.use, l.mapped = letterMapped, mapped
	default:
		l.use = letterOdd
	}
	return l
}

// isLabelText reports whether nothing in s has a meaning of its own in a host.
func isLabelText(s string) bool {
	for _, r := range s {
		if r < utf8.RuneSelf && !is(byte(r), cAlnum) || isInvisible(r) {
			return false
		}
	}
	return true
}
