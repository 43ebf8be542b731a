package secure

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxTarget is the length of the longest redirect target; proxies refuse
// longer headers anyway.
const maxTarget = 4096

// LocalURL reports whether next, which came with a request ("/login?next=…"),
// leads back to this site whatever a browser makes of it, and returns it in
// the form for the Location header: as it was, with spaces and non-ASCII
// escaped. An open redirect turns a link to a trusted site into one to the
// attacker's copy of its login page.
//
// Only an absolute path is accepted: "/", then anything but what a browser, a
// proxy or a later decoding could read as the start of a host. Browsers take
// "\" for "/", and drop tabs and line breaks wherever they stand, so "/\evil",
// "/\t/evil" and "//evil" are the same to them. They do not decode %2F before
// they look for a host, but there is other software on the way; so the path is
// judged once more as it reads when decoded, until decoding changes nothing.
// That refuses a few honest paths, those with "//" or "\" in them.
func LocalURL(next string) (target string, ok bool) {
	if len(next) > maxTarget || !strings.HasPrefix(next, "/") || !utf8.ValidString(next) {
		return "", false
	}
	for i := range len(next) {
		if next[i] < ' ' || next[i] == 0x7f {
			return "", false
		}
	}
	path := next
	if i := strings.IndexAny(next, "?#"); i >= 0 {
		path = next[:i]
	}
	if !plainPath(path) {
		return "", false
	}
	return escapeTarget(next), true
}

// plainPath decodes path again and again. Each turn makes it shorter, and a
// path that needs more than a few is no honest one.
func plainPath(path string) bool {
	for range 4 {
		if strings.Contains(path, "//") || strings.Contains(path, `\`) || strings.ContainsFunc(path, isControl) {
			return false
		}
		if strings.IndexByte(path, '%') < 0 {
			return true
		}
		decoded, err := url.PathUnescape(path)
		if err != nil {
			return false // a lone "%": what it means depends on who reads it
		}
		path = decoded
	}
	return false
}

func isControl(r rune) bool { return r < ' ' || 0x7f <= r && r <= 0x9f || r == utf8.RuneError }

// escapeTarget percent-encodes what may not stand in a header field.
func escapeTarget(s string) string {
	n := 0
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			n++
		}
	}
	if n == 0 {
		return s
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s)+2*n)
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}
