package ioc

import (
	"testing"
	"unicode"
)

// TestWideLabel holds what isWideLabel answers without a search to the tables.
func TestWideLabel(t *testing.T) {
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		want := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
		if got := isWideLabel(r); got != want && r >= 0xc0 {
			t.Errorf("%U %q: got %t, want %t", r, r, got, want)
		}
	}
}
