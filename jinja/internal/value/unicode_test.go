package value_test

import (
	"strconv"
	"strings"
	"testing"
)

// TestUnicode compares case and character classes of every character with
// Python. Characters that one of the two does not know yet are left out:
// package unicode and Python follow different versions of Unicode.
func TestUnicode(t *testing.T) {
	var exprs []string
	methods := []string{"upper", "lower", "title", "capitalize", "swapcase", "casefold"}
	classes := []string{"isalpha", "isdigit", "isdecimal", "isnumeric", "isalnum", "isspace", "isupper", "islower", "istitle", "isprintable"}
	for _, block := range [][2]rune{{0, 0x3100}, {0xa000, 0xac10}, {0xf900, 0x10000}, {0x10400, 0x10500}, {0x1d400, 0x1d800}, {0x1f100, 0x1f200}} {
		for c := block[0]; c < block[1]; c++ {
			if newer[c] {
				continue
			}
			lit := `'\U` + leftPad(strconv.FormatInt(int64(c), 16)) + `'`
			var parts []string
			for _, m := range methods {
				parts = append(parts, lit+"."+m+"()")
			}
			for _, m := range classes {
				parts = append(parts, lit+"."+m+"()")
			}
			exprs = append(exprs, "["+strings.Join(parts, ", ")+"]")
		}
	}
	bad := 0
	for i, want := range pythonSays(t, exprs) {
		got := outcome(exprs[i])
		if got != want && !unassigned(got) && !unassigned(want) {
			if bad++; bad <= 20 {
				t.Errorf("%s\n got %s\nwant %s", exprs[i][:14], got, want)
			}
		}
	}
	if bad > 20 {
		t.Errorf("%d characters differ", bad)
	}
}

func leftPad(s string) string { return strings.Repeat("0", 8-len(s)) + s }

// newer are characters whose properties changed after Unicode 14.
var newer = map[rune]bool{0x10fc: true, 0xa7f2: true, 0xa7f3: true, 0xa7f4: true, 0xab69: true}

// unassigned: a character that is in no class at all.
func unassigned(outcome string) bool {
	return strings.Count(outcome, "False") == 10
}
