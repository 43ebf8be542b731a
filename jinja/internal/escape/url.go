package escape

import (
	"html"
	"strings"
)

// urlPart says how far a URL has come.
type urlPart uint8

const (
	urlStart  urlPart = iota // nothing yet
	urlScheme                // some of what is the scheme if a colon follows
	urlRest                  // no scheme can follow
)

// urlByte takes a byte of a URL in the template's text. In a srcset, a comma or white space begins the next one.
func (c *Context) urlByte(b byte) {
	switch {
	case c.attr == attrSrcset && (b == ',' || isSpace(b)):
		c.url, c.dynamic, c.word = urlStart, static, word{}
	case c.url == urlRest, b == '\t' || b == '\n' || b == '\r', c.url == urlStart && b <= ' ': // browsers drop them
	case b == ':' && c.dynamic == partly:
		*c = failed() // the values together could be any scheme
	case b == ':' && c.dynamic == static && c.attr == attrURL && c.word.String() == "javascript":
		*c = Context{state: inValue, element: c.element, endTag: c.endTag, attr: attrJSURL, quote: c.quote}
	case b == ':' || b == '/' || b == '?' || b == '#':
		c.url, c.dynamic, c.word = urlRest, static, word{}
	case c.dynamic == wholly:
		c.dynamic = partly
	default:
		c.url = urlScheme
		if c.dynamic == static {
			c.word.add(b)
		}
	}
}

// blockedURL is written for a URL with a scheme that may run code.
const blockedURL = "#blocked"

// SafeURL returns s if it is a relative URL or has a scheme that does not run code, and otherwise "#blocked".
func SafeURL(s string) string {
	var scheme word
	last := 0
	for i := range len(s) {
		switch b := s[i]; {
		case b == ':':
			if scheme.isSafe() || scheme.is("data") && isSafeData(s) {
				return s
			}
			return blockedURL
		case b == '/' || b == '?' || b == '#':
			return s
		case b > ' ': // browsers drop control characters
			scheme.add(b)
			last = i
		}
	}
	if scheme.is("javascript") || scheme.is("vbscript") || scheme.is("data") {
		// A colon may follow in the template. The escape leaves a path what it is.
		return s[:last] + percent(s[last]) + s[last+1:]
	}
	return s
}

func (w *word) is(s string) bool { return string(w.bytes[:w.length]) == s }

// isSafe reports whether URLs of the scheme are addresses, not code. Something that is no scheme by the rules for one,
// such as that of the time "12:30", makes a relative URL.
func (w *word) isSafe() bool {
	switch string(w.bytes[:w.length]) {
	case "http", "https", "mailto", "tel", "sms", "ftp", "ftps", "sftp", "ws", "wss", "geo", "magnet", "news", "xmpp",
		"irc", "ircs", "webcal", "urn", "cid", "mid", "about":
		return true
	}
	for i, b := range w.bytes[:w.length] {
		if !isLetter(b) && (i == 0 || !isDigit(b) && b != '+' && b != '-' && b != '.') {
			return true
		}
	}
	return w.length == 0
}

// isSafeData reports whether a data: URL holds media that contain no script.
func isSafeData(s string) bool {
	_, media, _ := strings.Cut(strings.ToLower(s), ":")
	for _, kind := range [...]string{"image/svg", "image/xml"} {
		if strings.HasPrefix(media, kind) {
			return false
		}
	}
	for _, kind := range [...]string{"image/", "audio/", "video/", "font/"} {
		if strings.HasPrefix(media, kind) {
			return true
		}
	}
	return false
}

// safeTail makes s safe behind a part that could be the start of a scheme: its colons become %3A as far as they could end
// one, which a path means the same by.
func safeTail(s string) string {
	end := strings.IndexAny(s, "/?#")
	if end < 0 {
		end = len(s)
	}
	if strings.IndexByte(s[:end], ':') < 0 {
		return s
	}
	return strings.ReplaceAll(s[:end], ":", "%3A") + s[end:]
}

// safeSrcset is SafeURL for the candidates of a srcset.
func safeSrcset(s string) string {
	for candidate := range strings.SplitSeq(s, ",") {
		if SafeURL(strings.TrimLeft(candidate, " \t\n\r\f")) == blockedURL {
			return blockedURL
		}
	}
	return s
}

// decoded returns Markup as the text it stands for.
func decoded(markup string) string {
	if strings.IndexByte(markup, '&') < 0 {
		return markup
	}
	return html.UnescapeString(markup)
}

func percent(b byte) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{'%', digits[b>>4], digits[b&15]})
}
