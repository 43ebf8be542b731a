package report

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/retort-go/retort/assay/ioc"
)

// Rules match values as they are: a domain does not stand for what is below it
// and a URL not for its host, since the text names neither. What a warning list
// holds has no rule, or every look-up of a public resolver would raise an
// alarm.

// omitExcept is for rules that know some kinds only.
func omitExcept(kinds ...ioc.Kind) func(*Item) string {
	return func(it *Item) string {
		switch {
		case it.Rejected:
			return refused
		case isListed(it):
			return listed
		case !slices.Contains(kinds, it.Kind):
			return string(it.Kind)
		case !utf8.ValidString(it.Value):
			return string(it.Kind) + " that is not text"
		}
		return ""
	}
}

// groups are values by the group they belong to, each in the order they came.
type groups map[string][]string

func (g groups) add(group, value string) { g[group] = append(g[group], value) }

// splitURL returns the host of a URL in lower case, without user and port, and
// what a request for it asks the host for.
func splitURL(u string) (scheme, host, target string) {
	scheme, rest, ok := strings.Cut(u, "://")
	if !ok {
		return "", "", ""
	}
	rest, _, _ = strings.Cut(rest, "#")
	host = rest
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		host, target = rest[:i], rest[i:]
	}
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.ToLower(scheme), strings.ToLower(host), target
}
