package route

import "strings"

const unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

// Which bytes stay as they are, by the part of a URL. The sets are those of
// the URL standard as Werkzeug narrows them.
var (
	safeInPath   = safeBytes("!$&'()*+,/:;=@")
	safeInQuery  = safeBytes("!$'()*,/:;?@")
	safeInAnchor = safeBytes("%!#$&'()*+,/:;=?@")

	// Locations have been quoted in part already.
	safeInLocation      = safeBytes("%!$&'()*+,/:;=@")
	safeInLocationQuery = safeBytes("%!$&'()*+,/:;=?@")
	safeInTarget        = safeBytes("%!#$&'()*+,/:;=?@[]")
)

func safeBytes(more string) *[256]bool {
	var safe [256]bool
	for _, c := range []byte(unreserved + more) {
		safe[c] = true
	}
	return &safe
}

// Quote percent-encodes text for a segment of a path, as converters do: all but
// letters, digits and -._~!$&'()*+,/:;=@ is encoded. A slash is kept.
func Quote(text string) string {
	for i := range len(text) {
		if !safeInPath[text[i]] {
			return string(appendQuoted(make([]byte, 0, len(text)+16), text, safeInPath))
		}
	}
	return text
}

func appendQuoted(dst []byte, s string, safe *[256]bool) []byte {
	const hex = "0123456789ABCDEF"
	start := 0
	for i := range len(s) {
		if c := s[i]; !safe[c] {
			dst = append(dst, s[start:i]...)
			dst = append(dst, '%', hex[c>>4], hex[c&15])
			start = i + 1
		}
	}
	return append(dst, s[start:]...)
}

// appendQuotedQuery is for names and values in a query, where a space is a
// plus.
func appendQuotedQuery(dst []byte, s string) []byte {
	for {
		before, after, found := strings.Cut(s, " ")
		dst = appendQuoted(dst, before, safeInQuery)
		if !found {
			return dst
		}
		dst = append(dst, '+')
		s = after
	}
}
