package syntax

import (
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/runenames"
)

// runeNamed returns the character of a Unicode name, which a string writes as \N{…}. Hangul syllables, whose names Unicode
// does not list, are not known.
func runeNamed(name string) (rune, bool) {
	if digits, ok := strings.CutPrefix(name, "CJK UNIFIED IDEOGRAPH-"); ok {
		r, err := strconv.ParseUint(digits, 16, 21)
		return rune(r), err == nil && strings.ToUpper(digits) == digits && unicode.Is(unicode.Unified_Ideograph, rune(r))
	}
	r, ok := runesByName()[strings.ToUpper(name)]
	return r, ok
}

// runesByName is made when the first template asks for a name.
var runesByName = sync.OnceValue(func() map[string]rune {
	// Control characters have no names, but Python knows what they are called.
	names := map[string]rune{
		"NULL": 0, "ALERT": 7, "BACKSPACE": 8, "CHARACTER TABULATION": 9, "TAB": 9, "HT": 9, "LINE FEED": 10, "NEW LINE": 10, "LF": 10,
		"NL": 10, "FORM FEED": 12, "FF": 12, "CARRIAGE RETURN": 13, "CR": 13, "ESCAPE": 27, "ESC": 27, "DELETE": 127, "NEXT LINE": 0x85,
		"NBSP": 0xa0, "SHY": 0xad, "ZWSP": 0x200b, "ZWNJ": 0x200c, "ZWJ": 0x200d, "LRM": 0x200e, "RLM": 0x200f, "BYTE ORDER MARK": 0xfeff, "BOM": 0xfeff,
	}
	for r := range rune(unicode.MaxRune) {
		if name := runenames.Name(r); name != "" && name[0] != '<' {
			names[name] = r
		}
	}
	return names
})
