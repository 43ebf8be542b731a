package escape

import "strings"

// The names that are written where a value gives none that is safe. They mean nothing to browsers.
const (
	blockedTag  = "x-blocked"
	blockedPart = "-blocked"
	blockedAttr = "data-blocked"
)

// isName reports whether s holds nothing but letters, digits and the given bytes.
func isName(s, more string) bool {
	for i := range len(s) {
		if b := s[i]; !isLetter(b) && !isDigit(b) && strings.IndexByte(more, b) < 0 {
			return false
		}
	}
	return true
}

// appendTagName appends to the name of a tag. It may not become that of an element whose content is read in another way.
func (e Escaper) appendTagName(dst []byte, s string) []byte {
	switch {
	case e.prefix.open:
		if s == "" || !isLetter(s[0]) || !isName(s, "-_.:") || elementOf(strings.ToLower(s)) != ordinary {
			return append(dst, blockedTag...)
		}
	case e.first:
		if !isName(s, "-_") || s != "" && isLetter(s[0]) {
			return append(dst, blockedPart...)
		}
	case !isName(s, "-_.:") || e.prefix.completes(s):
		return append(dst, blockedPart...)
	}
	return append(dst, s...)
}

// completes reports whether the prefix and s are the name of a special element.
func (p prefix) completes(s string) bool {
	for e := script; e <= plaintext; e++ {
		if p.names&(1<<e) != 0 && strings.EqualFold(specials[e][p.length:], s) {
			return true
		}
	}
	return false
}

// appendAttrNames appends names of attributes that stand without values and mean no code.
func (e Escaper) appendAttrNames(dst []byte, s string) []byte {
	if e.first && s != "" {
		dst = append(dst, ' ')
	}
	for name := range strings.FieldsSeq(s) {
		if !isPlainAttr(name) {
			return append(dst, blockedAttr...)
		}
	}
	return append(dst, s...)
}

func isPlainAttr(name string) bool {
	return isName(name, "-_.") && attrOf(strings.ToLower(name), ordinary) == attrPlain
}

// appendAttrPart appends to the name of an attribute. What is before it may be the start of a name that means code.
func (e Escaper) appendAttrPart(dst []byte, s string) []byte {
	if !isName(s, "-_.") || e.first && s != "" && isLetter(s[0]) || strings.HasPrefix(strings.ToLower(s), "hx-on") {
		return append(dst, blockedPart...)
	}
	return append(dst, s...)
}

// isAttributes reports whether markup is a list of attributes that stays within its tag, and cannot be an escaped string:
// each is a plain name alone or has its value in quotes, which escaping does not leave in a string.
func isAttributes(markup string) bool {
	s := strings.TrimLeft(markup, " \t\n\r\f")
	for s != "" {
		end := strings.IndexAny(s, " \t\n\r\f=\"'<>/`&")
		if end == 0 {
			return false
		}
		if end < 0 || s[end] != '=' {
			name := s
			if end >= 0 {
				name = s[:end]
			}
			if !isPlainAttr(name) || end >= 0 && !isSpace(s[end]) {
				return false
			}
			s = strings.TrimLeft(s[len(name):], " \t\n\r\f")
			continue
		}
		s = s[end+1:]
		if s == "" || s[0] != '"' && s[0] != '\'' {
			return false
		}
		quote := s[0]
		end = strings.IndexByte(s[1:], quote)
		if end < 0 {
			return false
		}
		s = s[end+2:]
		rest := strings.TrimLeft(s, " \t\n\r\f")
		if rest != "" && len(rest) == len(s) {
			return false
		}
		s = rest
	}
	return true
}
