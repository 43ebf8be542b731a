package escape

import (
	"strings"

	"github.com/retort-go/retort/jinja/internal/value"
)

// Append appends a string that is not known to be safe for anything.
func (e Escaper) Append(dst []byte, s string) []byte {
	switch e.kind {
	case asHTML:
		return e.appendHTML(dst, s)
	case asURL:
		return e.appendHTML(dst, SafeURL(s))
	case asURLTail:
		return e.appendHTML(dst, safeTail(s))
	case asSrcset:
		return e.appendHTML(dst, safeSrcset(s))
	case asComment:
		return appendComment(dst, s, e.first, true)
	case asTagName:
		return e.appendTagName(dst, s)
	case asAttrNames:
		return e.appendAttrNames(dst, s)
	case asAttrPart:
		return e.appendAttrPart(dst, s)
	}
	start := len(dst)
	return e.wrap(e.appendLanguage(dst, s), start)
}

// appendLanguage appends s as part of a language that is not HTML, or not yet in HTML.
func (e Escaper) appendLanguage(dst []byte, s string) []byte {
	switch e.kind {
	case asDocument:
		return Escaper{}.appendHTML(dst, s)
	case asJSValue: // AppendJSON keeps the types of values
		dst = append(dst, '"')
		dst = e.appendJS(dst, s)
		return append(dst, '"')
	case asJSString, asJSTemplate, asJSRegexp:
		return e.appendJS(dst, s)
	case asJSComment, asCSSComment:
		return e.appendCodeComment(dst, s)
	case asCSSValue:
		return append(dst, e.safeCSS(s)...)
	case asCSSDecl:
		return append(dst, e.safeDeclarations(s)...)
	case asCSSString:
		return e.appendCSSString(dst, s)
	case asCSSURL:
		return e.appendCSSURL(dst, SafeURL(s))
	case asCSSURLTail:
		return e.appendCSSURL(dst, safeTail(s))
	case asCSSURLRest:
		return e.appendCSSURL(dst, s)
	}
	return e.appendWord(dst, s)
}

// AppendMarkup appends Markup that comes from data, which means that it is safe as HTML text and no more. Its character
// references are kept where they are read as such.
func (e Escaper) AppendMarkup(dst []byte, s string) []byte {
	switch e.kind {
	case asHTML:
		return e.appendMarkup(dst, s)
	case asURL, asURLTail, asSrcset:
		plain := decoded(s)
		safe := plain
		switch e.kind {
		case asURL:
			safe = SafeURL(plain)
		case asURLTail:
			safe = safeTail(plain)
		case asSrcset:
			safe = safeSrcset(plain)
		}
		if safe == plain {
			return e.appendMarkup(dst, s)
		}
		return e.appendHTML(dst, safe)
	case asComment:
		return appendComment(dst, s, e.first, false)
	case asTagName, asAttrNames:
		spaced := s != "" && isSpace(s[0])
		if isAttributes(s) && (e.kind == asAttrNames && !e.first || spaced && !e.prefix.open) {
			return append(dst, s...)
		}
	case asDocument:
		start := len(dst)
		return e.wrap(append(dst, s...), start)
	}
	return e.Append(dst, s)
}

// wrap makes what was appended since start, which is text of a language, fit for the HTML around it.
func (e Escaper) wrap(dst []byte, start int) []byte {
	if e.frame == noFrame {
		return dst
	}
	if len(dst) == start {
		return e.appendHTML(dst, "")
	}
	for i := start; i < len(dst); i++ {
		if e.reference(dst[i]) != "" {
			rest := string(dst[i:])
			e.first = false // the language has seen to it, and &#34; would be none of its letters
			return e.appendHTML(dst[:i], rest)
		}
	}
	return dst
}

// appendHTML escapes as Jinja does, and more where that is not enough.
func (e Escaper) appendHTML(dst []byte, s string) []byte {
	if s == "" && e.frame == unquotedStart {
		return append(dst, "&#32;"...)
	}
	if !e.first && !e.dashes && e.frame <= quoted {
		return value.EscapeString(dst, s)
	}
	last := 0
	if s != "" && e.first && s[0] < 0x80 && e.reference(s[0]) == "" {
		dst = appendReference(dst, s[0])
		last = 1
	}
	for i := last; i < len(s); i++ {
		if r := e.reference(s[i]); r != "" {
			dst = append(dst, s[last:i]...)
			dst = append(dst, r...)
			last = i + 1
		}
	}
	return append(dst, s[last:]...)
}

// reference returns the character reference that a byte has to be written as, or nothing.
func (e Escaper) reference(b byte) string {
	switch b {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&#34;"
	case '\'':
		return "&#39;"
	case '-':
		if e.dashes {
			return "&#45;"
		}
	case ' ', '\t', '\n', '\r', '\f', '=', '`', 0:
		return e.unquotedReference(b)
	}
	return ""
}

// unquotedReference is reference for what means something in an unquoted value alone.
func (e Escaper) unquotedReference(b byte) string {
	if e.frame != unquoted && e.frame != unquotedStart {
		return ""
	}
	switch b {
	case ' ':
		return "&#32;"
	case '\t':
		return "&#9;"
	case '\n':
		return "&#10;"
	case '\r':
		return "&#13;"
	case '\f':
		return "&#12;"
	case '=':
		return "&#61;"
	case '`':
		return "&#96;"
	}
	return "&#xfffd;"
}

// appendMarkup keeps markup as it is, except for what would end the place it stands in.
func (e Escaper) appendMarkup(dst []byte, s string) []byte {
	if s == "" {
		return e.appendHTML(dst, s)
	}
	last := 0
	if e.first && s[0] < 0x80 && s[0] != '&' {
		dst = appendReference(dst, s[0])
		last = 1
	}
	for i := last; i < len(s); i++ {
		b := s[i]
		if b != e.quote && (b != '-' || !e.dashes) && (e.quote != 0 || b == '&') {
			continue
		}
		r := e.reference(b)
		if r == "" {
			continue
		}
		dst = append(dst, s[last:i]...)
		dst = append(dst, r...)
		last = i + 1
	}
	return append(dst, s[last:]...)
}

// appendReference appends a byte as a character reference.
func appendReference(dst []byte, b byte) []byte {
	dst = append(dst, "&#"...)
	if b >= 100 {
		dst = append(dst, '0'+b/100)
	}
	dst = append(dst, '0'+b/10%10, '0'+b%10, ';')
	return dst
}

// appendComment appends to a comment. Nothing in there is decoded, so that what could end it is written otherwise: ">" as
// Jinja does, and dashes at the end, which text behind could complete. Behind a dash the value may not be empty either.
func appendComment(dst []byte, s string, afterDash, plain bool) []byte {
	if afterDash && (s == "" || s[0] == '-' || s[0] == '>' || s[0] == '!') {
		dst = append(dst, ' ')
	}
	end := len(strings.TrimRight(s, "-!"))
	for i := range end {
		switch b := s[i]; {
		case plain && b == '&':
			dst = append(dst, "&amp;"...)
		case b == '<':
			dst = append(dst, "&lt;"...)
		case b == '>':
			dst = append(dst, "&gt;"...)
		case plain && b == '"':
			dst = append(dst, "&#34;"...)
		case plain && b == '\'':
			dst = append(dst, "&#39;"...)
		default:
			dst = append(dst, b)
		}
	}
	for ; end < len(s); end++ {
		dst = appendReference(dst, s[end])
	}
	return dst
}
