package document

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// glyphText returns what a glyph of that name shows, as fonts name them: "a",
// "comma", "eacute", "f_i", "uni0041", "afii10017", "a.alt". Of Adobe's list it
// knows the scripts that writers name so; others come as uni…. Empty if nobody
// knows.
func glyphText(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if parts := strings.Split(name, "_"); len(parts) > 1 && len(parts) <= 8 {
		var b strings.Builder
		for _, part := range parts {
			b.WriteString(glyphText(part))
		}
		return b.String()
	}
	if utf8.RuneCountInString(name) == 1 {
		return name
	}
	if text, ok := glyphNames[name]; ok {
		return text
	}
	return cmp.Or(unicodeGlyph(name), accentedGlyph(name), afiiGlyph(name))
}

// unicodeGlyph knows "uni00410042" and "u1F600".
func unicodeGlyph(name string) string {
	if digits, ok := strings.CutPrefix(name, "uni"); ok && len(digits)%4 == 0 && len(digits) <= 32 {
		var b strings.Builder
		for ; digits != ""; digits = digits[4:] {
			v, err := strconv.ParseUint(digits[:4], 16, 16)
			if err != nil {
				return ""
			}
			b.WriteRune(rune(v))
		}
		return b.String()
	}
	if digits, ok := strings.CutPrefix(name, "u"); ok && len(digits) >= 4 && len(digits) <= 6 {
		if v, err := strconv.ParseUint(digits, 16, 32); err == nil && v <= unicode.MaxRune {
			return string(rune(v))
		}
	}
	return ""
}

var accents = map[string]rune{
	"grave": 0x300, "acute": 0x301, "circumflex": 0x302, "tilde": 0x303, "macron": 0x304, "breve": 0x306, "dotaccent": 0x307,
	"dieresis": 0x308, "ring": 0x30a, "hungarumlaut": 0x30b, "caron": 0x30c, "dotbelow": 0x323, "commaaccent": 0x327, "cedilla": 0x327,
	"ogonek": 0x328, "tonos": 0x301, "dieresistonos": 0x344,
}

// accentedGlyph knows letters with a mark: "eacute", "Alphatonos".
func accentedGlyph(name string) string {
	for accent, mark := range accents {
		base, ok := strings.CutSuffix(name, accent)
		if !ok {
			continue
		}
		letter := glyphText(base)
		if text := norm.NFC.String(letter + string(mark)); letter != "" && utf8.RuneCountInString(text) == 1 {
			return text
		}
	}
	return ""
}

// afiiGlyph knows the numbers of Cyrillic and Hebrew letters.
func afiiGlyph(name string) string {
	digits, ok := strings.CutPrefix(name, "afii")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil {
		return ""
	}
	for _, run := range []struct {
		first   int
		letters string
	}{
		{10017, "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯҐЂЃЄЅІЇЈЉЊЋЌЎ"},
		{10065, "абвгдеёжзийклмнопрстуфхцчшщъыьэюяґђѓєѕіїјљњћќў"},
		{10145, "Џ"}, {10193, "џ"}, {57664, "אבגדהוזחטיךכלםמןנסעףפץצקרשת"}, {61352, "№"},
	} {
		if letters := []rune(run.letters); run.first <= n && n < run.first+len(letters) {
			return string(letters[n-run.first])
		}
	}
	return ""
}

// glyphNames are the names that say what they are.
var glyphNames = func() map[string]string {
	names := map[string]string{}
	for text, name := range map[string]string{
		" ": "space", "0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight",
		"9": "nine", "!": "exclam", `"`: "quotedbl", "#": "numbersign", "$": "dollar", "%": "percent", "&": "ampersand", "'": "quotesingle",
		"(": "parenleft", ")": "parenright", "*": "asterisk", "+": "plus", ",": "comma", "-": "hyphen", ".": "period", "/": "slash", ":": "colon",
		";": "semicolon", "<": "less", "=": "equal", ">": "greater", "?": "question", "@": "at", "[": "bracketleft", `\`: "backslash",
		"]": "bracketright", "^": "asciicircum", "_": "underscore", "`": "grave", "{": "braceleft", "|": "bar", "}": "braceright",
		"~": "asciitilde", "¡": "exclamdown", "¢": "cent", "£": "sterling", "¤": "currency", "¥": "yen", "¦": "brokenbar", "§": "section",
		"¨": "dieresis", "©": "copyright", "ª": "ordfeminine", "«": "guillemotleft", "¬": "logicalnot", "®": "registered", "¯": "macron",
		"°": "degree", "±": "plusminus", "´": "acute", "µ": "mu", "¶": "paragraph", "·": "periodcentered", "¸": "cedilla", "º": "ordmasculine",
		"»": "guillemotright", "¼": "onequarter", "½": "onehalf", "¾": "threequarters", "¿": "questiondown", "×": "multiply", "÷": "divide",
		"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "Oslash", "ø": "oslash", "Ð": "Eth", "ð": "eth", "Þ": "Thorn", "þ": "thorn",
		"ß": "germandbls", "ı": "dotlessi", "Ł": "Lslash", "ł": "lslash", "Đ": "Dcroat", "đ": "dcroat", "Ħ": "Hbar", "ħ": "hbar", "Ŋ": "Eng",
		"ŋ": "eng", "ĸ": "kgreenlandic", "Ĳ": "IJ", "ĳ": "ij", "ƒ": "florin", "ˆ": "circumflex", "˜": "tilde", "˘": "breve", "˙": "dotaccent",
		"˚": "ring", "˝": "hungarumlaut", "˛": "ogonek", "ˇ": "caron", "–": "endash", "—": "emdash", "‘": "quoteleft", "’": "quoteright",
		"‚": "quotesinglbase", "“": "quotedblleft", "”": "quotedblright", "„": "quotedblbase", "†": "dagger", "‡": "daggerdbl", "•": "bullet",
		"…": "ellipsis", "‰": "perthousand", "‹": "guilsinglleft", "›": "guilsinglright", "⁄": "fraction", "€": "Euro", "™": "trademark",
		"−": "minus", "∂": "partialdiff", "∆": "increment", "∏": "product", "∑": "summation", "√": "radical", "∞": "infinity",
		"∫": "integral", "≈": "approxequal", "≠": "notequal", "≤": "lessequal", "≥": "greaterequal", "◊": "lozenge", "←": "arrowleft",
		"↑": "arrowup", "→": "arrowright", "↓": "arrowdown", "■": "filledbox", "○": "circle", "●": "blackcircle", "ff": "ff", "fi": "fi",
		"fl": "fl", "ffi": "ffi", "ffl": "ffl", "ς": "sigma1", "¹": "onesuperior", "²": "twosuperior", "³": "threesuperior",
	} {
		names[name] = text
	}
	for also, name := range map[string]string{
		"nbspace": "space", "nonbreakingspace": "space", "sfthyphen": "hyphen", "softhyphen": "hyphen", "middot": "periodcentered", "Dslash": "Dcroat",
		"dmacron": "dcroat", "verticalbar": "bar", "overscore": "macron",
	} {
		names[also] = names[name]
	}
	capital := rune('Α')
	for _, name := range strings.Fields("Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho sigma1 Sigma Tau Upsilon Phi Chi Psi Omega") {
		if name != "sigma1" {
			names[name] = string(capital)
			if lower := strings.ToLower(name); lower != "mu" {
				names[lower] = string(unicode.ToLower(capital))
			}
		}
		capital++
	}
	return names
}()
