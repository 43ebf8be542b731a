package jinja

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/retort-go/retort/jinja/internal/value"
)

var urlizeSig = signature{
	fn:       "do_urlize",
	params:   []string{"value", "trim_url_limit", "nofollow", "target", "rel", "extra_schemes"},
	required: 1, hidden: 1,
}

// filterUrlize makes links of the addresses in a text. The text is escaped first, and the scanners below are linear: no text
// takes long.
func filterUrlize(s *State, c *Call) (Value, error) {
	var a [6]Value
	if err := urlizeSig.bind(c, a[:]); err != nil {
		return Value{}, err
	}
	l := linker{m: s.meter, limit: a[1]}
	if err := l.attributes(s, a[2], a[3], a[4]); err != nil {
		return Value{}, err
	}
	var err error
	if l.schemes, err = extraSchemes(s, a[5]); err != nil {
		return Value{}, err
	}
	text, err := value.Escape(s.meter, a[0])
	if err != nil {
		return Value{}, err
	}
	src := text.AsString()
	if err := s.meter.Spend(len(src)); err != nil {
		return Value{}, err
	}
	for src != "" {
		n := strings.IndexFunc(src, value.IsSpace)
		if n < 0 {
			n = len(src)
		}
		if l.word(src[:n]); l.err != nil {
			return Value{}, l.err
		}
		blank := len(src) - n - len(strings.TrimLeftFunc(src[n:], value.IsSpace))
		l.out = append(l.out, src[n:n+blank]...)
		src = src[n+blank:]
		if err := s.meter.Check(len(l.out)); err != nil {
			return Value{}, err
		}
	}
	if err := s.meter.Build(len(l.out)); err != nil {
		return Value{}, err
	}
	if s.autoescape {
		return value.Markup(string(l.out)), nil
	}
	return value.Str(string(l.out)), nil
}

// linker writes words, links among them.
type linker struct {
	m       *Meter
	out     []byte
	err     error
	limit   Value  // characters of a link's text, missing or None for all
	attrs   string // rel and target
	schemes []string
}

// attributes prepares what every link carries.
func (l *linker) attributes(s *State, nofollow, target, rel Value) error {
	var parts []string
	if t, err := isTrue(rel); err != nil {
		return err
	} else if t {
		if !rel.IsString() {
			return value.Errorf("AttributeError", "'%s' object has no attribute 'split'", value.TypeName(rel))
		}
		parts = strings.FieldsFunc(rel.AsString(), value.IsSpace)
	}
	if t, err := isTrue(nofollow); err != nil {
		return err
	} else if t {
		parts = append(parts, "nofollow")
	}
	switch policy := s.env.cfg.Policies.UrlizeRel; policy {
	case "":
		parts = append(parts, "noopener")
	case "-":
	default:
		parts = append(parts, strings.Fields(policy)...)
	}
	slices.Sort(parts)
	if parts = slices.Compact(parts); len(parts) > 0 {
		l.attrs = ` rel="` + string(value.EscapeString(nil, strings.Join(parts, " "))) + `"`
	}
	if !given(target) {
		target = value.Str(s.env.cfg.Policies.UrlizeTarget)
	}
	if t, err := isTrue(target); !t || err != nil {
		return err
	}
	html, err := value.Escape(s.meter, target)
	l.attrs += ` target="` + html.AsString() + `"`
	return err
}

func extraSchemes(s *State, v Value) ([]string, error) {
	schemes := s.env.cfg.Policies.UrlizeSchemes
	if given(v) {
		items, err := value.Items(s.meter, v)
		if err != nil {
			return nil, err
		}
		schemes = nil
		for _, x := range items {
			if !x.IsString() {
				return nil, typeError("expected string or bytes-like object, got '%s'", value.TypeName(x))
			}
			schemes = append(schemes, x.AsString())
		}
	}
	for _, scheme := range schemes {
		if !isScheme(scheme) {
			return nil, argumentError("%s is not a valid URI scheme prefix.", pyRepr(scheme))
		}
	}
	return schemes, nil
}

// isScheme: two characters or more, a colon, at most two slashes.
func isScheme(s string) bool {
	name, slashes, ok := strings.Cut(s, ":")
	if !ok || len(slashes) > 2 || strings.Trim(slashes, "/") != "" {
		return false
	}
	return utf8.RuneCountInString(name) >= 2 &&
		strings.IndexFunc(name, func(r rune) bool { return !isWordRune(r) && !strings.ContainsRune(".+-", r) }) < 0
}

// word appends one word: the punctuation around it, and the rest, as a link if it is an address.
func (l *linker) word(w string) {
	start := 0
	for {
		n := prefixLen(w[start:], "(", "<", "&lt;")
		if n == 0 {
			break
		}
		start += n
	}
	end := len(w)
	for end > start {
		n := suffixLen(w[start:end], ")", ">", ".", ",", "&gt;")
		if n == 0 {
			break
		}
		end -= n
	}
	for _, pair := range [...][2]string{{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}} {
		end = balance(w, start, end, pair[0], pair[1])
	}
	l.out = append(l.out, w[:start]...)
	l.link(w[start:end])
	l.out = append(l.out, w[end:]...)
}

func prefixLen(s string, prefixes ...string) int {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return len(p)
		}
	}
	return 0
}

func suffixLen(s string, suffixes ...string) int {
	for _, p := range suffixes {
		if strings.HasSuffix(s, p) {
			return len(p)
		}
	}
	return 0
}

// balance moves the end of the address over closing brackets behind it that have an opening one inside.
func balance(w string, start, end int, open, shut string) int {
	opened := strings.Count(w[start:end], open)
	if opened <= strings.Count(w[start:end], shut) {
		return end
	}
	for range min(opened, strings.Count(w[end:], shut)) {
		end += strings.Index(w[end:], shut) + len(shut)
	}
	return end
}

// link appends an address as a link, anything else as it is.
func (l *linker) link(s string) {
	switch {
	case isWebAddress(s):
		href := s
		if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
			href = "https://" + s
		}
		l.anchor(href, l.attrs, l.trim(s))
		return
	case strings.HasPrefix(s, "mailto:") && isMailAddress(s[7:]):
		l.anchor(s, "", s[7:])
		return
	case strings.Contains(s, "@") && !strings.HasPrefix(s, "www.") && s[0] != '@' && !strings.Contains(s, ":") && isMailAddress(s):
		l.anchor("mailto:"+s, "", s)
		return
	}
	// Each scheme that fits wraps what the one before made, which then fits no more: as in Jinja the first wins.
	for _, scheme := range l.schemes {
		if s != scheme && strings.HasPrefix(s, scheme) {
			l.anchor(s, l.attrs, s)
			return
		}
	}
	l.out = append(l.out, s...)
}

// trim cuts the text of a link.
func (l *linker) trim(s string) string {
	if !given(l.limit) {
		return s
	}
	long, err := value.Compare(l.m, value.OpGt, value.Int(int64(utf8.RuneCountInString(s))), l.limit)
	if err != nil {
		l.err = err
		return s
	}
	if !long {
		return s
	}
	n, ok := value.Index(l.limit)
	if !ok {
		l.err = typeError("slice indices must be integers or None or have an __index__ method")
		return s
	}
	cut, err := value.Prefix(l.m, value.Str(s), int(n))
	l.err = err
	return cut.AsString() + "..."
}

func (l *linker) anchor(href, attrs, text string) {
	l.out = append(append(append(l.out, `<a href="`...), href...), '"')
	l.out = append(append(append(l.out, attrs...), '>'), text...)
	l.out = append(l.out, "</a>"...)
}

// isMailAddress: anything, an @, a host with a dot.
func isMailAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 {
		return false
	}
	host := s[at+1:]
	dot := strings.LastIndexByte(host, '.')
	first, _ := utf8.DecodeRuneInString(host)
	return dot > 0 && dot+1 < len(host) && isWordRune(first) && allRunes(host[dot+1:], isWordRune) &&
		allRunes(host[:dot], func(r rune) bool { return isWordRune(r) || r == '.' || r == '-' })
}

func allRunes(s string, is func(rune) bool) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !is(r) }) < 0
}

// commonDomains are the top-level domains that make an address of a word without scheme or www.
var commonDomains = []string{"com", "net", "int", "edu", "gov", "org", "info", "mil"}

// isWebAddress reports whether s is a web address: a host after a scheme or www., one under a common domain, or an IP
// address after a scheme; then perhaps a port and a path.
func isWebAddress(s string) bool {
	rest, scheme := s, 0
	switch {
	case hasPrefixFold(s, "https://"):
		scheme = len("https://")
	case hasPrefixFold(s, "http://"):
		scheme = len("http://")
	}
	rest = s[scheme:]
	if scheme > 0 && strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		return end > 0 && isIPv6(rest[1:end]) && isAddressTail(rest[end+1:])
	}
	n := strings.IndexAny(rest, ":/?#")
	if n < 0 {
		n = len(rest)
	}
	host := rest[:n]
	if !isAddressTail(rest[n:]) || host == "" {
		return false
	}
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	switch {
	case scheme > 0 && (isHost(labels) || isIPv4(labels)):
		return true
	case scheme == 0 && hasPrefixFold(host, "www.") && isHost(labels[1:]):
		return true
	case scheme > 0 || len(labels) < 2:
		return false
	}
	for _, label := range labels[:len(labels)-1] {
		if n := utf8.RuneCountInString(label); n < 2 || n > 63 || !allRunes(label, isLabelRune) {
			return false
		}
	}
	return slices.Contains(commonDomains, strings.ToLower(last))
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func isLabelRune(r rune) bool { return isWordRune(r) || r == '%' || r == '-' }

// isHost: labels, the last of them a top-level domain of letters or an encoded one.
func isHost(labels []string) bool {
	for _, label := range labels[:len(labels)-1] {
		if label == "" || !allRunes(label, isLabelRune) {
			return false
		}
	}
	top := labels[len(labels)-1]
	if hasPrefixFold(top, "xn--") {
		n := utf8.RuneCountInString(top[4:])
		return n >= 2 && n <= 59 && allRunes(top[4:], func(r rune) bool { return isWordRune(r) || r == '%' })
	}
	return len(top) >= 2 && len(top) <= 63 && allRunes(top, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' })
}

func isIPv4(labels []string) bool {
	for _, label := range labels {
		n := utf8.RuneCountInString(label)
		if n < 1 || n > 3 || !allRunes(label, func(r rune) bool { return unicode.Is(unicode.Nd, r) }) {
			return false
		}
	}
	return len(labels) == 4
}

// isIPv6 is as generous as Jinja: two groups of up to four digits and a colon, then up to six whose colons may lack.
func isIPv6(s string) bool {
	parts := strings.Split(s, ":")
	if len(parts) < 3 || len(parts[0]) > 4 || len(parts[1]) > 4 {
		return false
	}
	groups := 0
	for i, part := range parts {
		if strings.Trim(part, "0123456789abcdefABCDEF") != "" {
			return false
		}
		if i < 2 {
			continue
		}
		need := (len(part) + 3) / 4
		if i < len(parts)-1 {
			need = max(need, 1)
		}
		groups += need
	}
	return groups <= 6
}

// isAddressTail: a port of up to five digits, and a path, query or fragment, each or none.
func isAddressTail(s string) bool {
	if strings.HasPrefix(s, ":") {
		n := 1
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		if n < 2 || n > 6 {
			return false
		}
		s = s[n:]
	}
	return s == "" || strings.IndexByte("/?#", s[0]) >= 0
}
