package retort

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Accepts returns the one of the offered media types that the client likes best,
// by its Accept header (RFC 9110, 12.5.1) and, where it likes two the same, by
// the order of the offers. It is empty if the client takes none of them: a case
// for a 406, or for the first offer all the same. A client that says nothing
// takes anything. The answer then varies with the header, and says so.
//
//	if c.Accepts("text/html", "application/json") == "application/json" { … }
//
// It chooses as Werkzeug's accept_mimetypes.best_match does.
func (c *Ctx) Accepts(offers ...string) string {
	return best(c.negotiate("Accept"), offers, matchesMediaType)
}

// AcceptsLanguage returns the one of the offered languages ("en", "de-CH") that
// the client likes best, by its Accept-Language header; see [Ctx.Accepts]. A
// client that asks for "de-AT" is content with "de", and one that asks for "de"
// with "de-CH".
func (c *Ctx) AcceptsLanguage(offers ...string) string {
	accepted := c.negotiate("Accept-Language")
	if offer := best(accepted, offers, matchesLanguage); offer != "" {
		return offer
	}
	primary := slices.Clone(accepted)
	for i := range primary {
		primary[i].value = primaryTag(primary[i].value)
	}
	if offer := best(primary, offers, matchesLanguage); offer != "" {
		return offer
	}
	for _, a := range accepted {
		for _, offer := range offers {
			if a.quality > 0 && matchesLanguage(a.value, primaryTag(offer)) {
				return offer
			}
		}
	}
	return ""
}

// negotiate reads an Accept header, and notes that the answer varies with it.
func (c *Ctx) negotiate(header string) []accepted {
	addVary(c.w.Header(), header)
	return parseAccept(strings.Join(c.Request.Header.Values(header), ","))
}

// accepted is an item of an Accept header.
type accepted struct {
	value    string // in lower case, parameters normalised
	specific string // compares as Werkzeug's specificity: a '1' for each part that is no "*"
	quality  float64
}

// parseAccept reads the items of an Accept header, the most specific first. What
// is malformed is left out.
func parseAccept(header string) []accepted {
	var list []accepted
	for _, item := range splitQuoted(header, ',') {
		parts := splitQuoted(item, ';')
		a := accepted{quality: 1}
		kept := parts[:1]
		valid := parts[0] != ""
		for _, p := range parts[1:] {
			name, value, ok := strings.Cut(p, "=")
			if strings.EqualFold(strings.TrimSpace(name), "q") && ok {
				a.quality, valid = parseQuality(strings.TrimSpace(value))
				break // what follows q is about the header, not the type
			}
			kept = append(kept, p)
		}
		if !valid {
			continue
		}
		a.value = normalMediaType(kept)
		for part := range strings.FieldsFuncSeq(a.value, func(r rune) bool { return r == '/' || r == ';' }) {
			if part == "*" {
				a.specific += "0"
			} else {
				a.specific += "1"
			}
		}
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b accepted) int {
		return cmp.Or(strings.Compare(b.specific, a.specific), cmp.Compare(b.quality, a.quality))
	})
	return list
}

func parseQuality(s string) (float64, bool) {
	if strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	q, err := strconv.ParseFloat(s, 64)
	return q, err == nil && q <= 1
}

// best is the offer with the highest quality; of two such the one that was asked
// for more specifically, and then the first.
func best(list []accepted, offers []string, matches func(item, offer string) bool) string {
	if len(list) == 0 && len(offers) > 0 {
		return offers[0]
	}
	found, quality, specific := "", 0.0, ""
	for _, offer := range offers {
		i := slices.IndexFunc(list, func(a accepted) bool { return matches(a.value, offer) })
		if i < 0 || list[i].quality == 0 {
			continue
		}
		if a := list[i]; a.quality > quality || a.quality == quality && a.specific > specific {
			found, quality, specific = offer, a.quality, a.specific
		}
	}
	return found
}

func matchesMediaType(item, offer string) bool {
	if item == "*/*" {
		return true
	}
	offer = normalMediaType(splitQuoted(offer, ';'))
	kind, ok := strings.CutSuffix(item, "/*")
	if ok && kind != "*" {
		return strings.HasPrefix(offer, kind+"/")
	}
	return item == offer
}

func matchesLanguage(item, offer string) bool {
	return item == "*" || normalTag(item) == normalTag(offer)
}

func primaryTag(language string) string {
	tag, _, _ := strings.Cut(normalTag(language), "-")
	return tag
}

func normalTag(language string) string {
	return strings.ToLower(strings.ReplaceAll(language, "_", "-"))
}

// normalMediaType is a media type in lower case, its parameters sorted.
func normalMediaType(parts []string) string {
	params := make([]string, 0, len(parts)-1)
	for _, p := range parts[1:] {
		name, value, _ := strings.Cut(p, "=")
		params = append(params, strings.ToLower(strings.TrimSpace(name)+"="+strings.Trim(strings.TrimSpace(value), `"`)))
	}
	slices.Sort(params)
	return strings.Join(append([]string{strings.ToLower(strings.TrimSpace(parts[0]))}, params...), ";")
}

// splitQuoted splits at sep, but not within quotes, and trims the parts.
func splitQuoted(s string, sep byte) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			parts = append(parts, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(s[start:]))
}
