package ioc

import (
	"slices"
	"strings"
)

// Refang undoes the usual ways of making an indicator unclickable, in any
// text: "hxxps[:]//evil[.]example" becomes "https://evil.example". Words
// between blanks ("evil dot example") stay, and so does letter case; Extract
// reads those.
func Refang(text string) string {
	s := Options{}.scanner(text)
	defer s.release()
	r := refanger{s: s}
	for p := 0; p < len(text); p++ {
		if c := text[p]; is(c, cOpen) || c == '.' || c == ':' || c == ',' || c == '"' || c == '\n' || c == '|' {
			p = max(p, r.at(p)-1)
		}
	}
	r.out.WriteString(text[r.copied:])
	return r.out.String()
}

type refanger struct {
	s      *scanner
	out    strings.Builder
	copied int  // text before it is in out
	inURL  bool // a scheme was seen since the last blank
}

// replace writes with for text[start:end].
func (r *refanger) replace(start, end int, with string) int {
	r.out.WriteString(r.s.text[r.copied:start])
	r.out.WriteString(with)
	r.copied = end
	return end
}

// at rewrites the symbol or scheme at p, if there is one, and returns where it
// ends.
func (r *refanger) at(p int) int {
	s := r.s
	c := s.b[p]
	switch c {
	case ':':
		return r.colon(p)
	case '_', '%', '&':
		return 0
	case ' ', '\t', '\n', '"', '<', '|':
		r.inURL = false
	case ',':
		r.inURL = r.inURL && !s.urlFollows(p+1)
		return 0
	}
	if p == 0 || !is(s.b[p-1], cLabel|cLocal) && s.b[p-1] < 0x80 {
		if !r.inURL {
			return 0
		}
	} else {
		if e, how := s.dotAt(p); how&symDefanged != 0 && how&symBare == 0 && s.labelAt(e) {
			return r.replace(p, e, ".")
		}
		if e, how := s.atSymbol(p); how&symDefanged != 0 && how&symBare == 0 && s.labelAt(e) {
			return r.replace(p, e, "@")
		}
	}
	if isOpener(c) && s.at(p+1) == ':' && isCloser(s.at(p+2)) {
		return r.colon(p + 1)
	}
	if c == '[' {
		if e, with := (&tail{s: s}).bracketedByte(p); e > 0 {
			return r.replace(p, e, string(with))
		}
	}
	return 0
}

// colon rewrites the scheme, or the spelt-out colon, around the colon at p.
func (r *refanger) colon(p int) int {
	s := r.s
	sep, end, _, ok := s.schemeEnd(p)
	if ok && !r.inURL {
		s.floor = r.copied
		if start, name, known, ok := s.scheme(sep); ok && (known || s.at(p+1) != ' ') {
			r.inURL = true
			if s.text[start:end] == name+"://" {
				return end
			}
			return r.replace(start, end, name+"://")
		}
	}
	if p > 0 && s.colonAt(p-1) == p+2 && p-1 >= r.copied {
		return r.replace(p-1, p+2, ":")
	}
	return 0
}

// Defang writes an address, domain, URL or e-mail address so that nothing makes
// a link of it; Refang of the result is the value again. Other kinds stay as
// they are.
func Defang(i Indicator) string {
	switch i.Kind {
	case IPv4, Domain:
		return brackets(i.Value, ".")
	case IPv6:
		return brackets(i.Value, ":")
	case CIDR:
		if strings.Contains(i.Value, ":") {
			return brackets(i.Value, ":")
		}
		return brackets(i.Value, ".")
	case Email:
		local, host, _ := strings.Cut(i.Value, "@")
		return local + "[@]" + brackets(host, ".")
	case URL:
		return defangURL(i.Value)
	}
	return i.Value
}

func brackets(s, mark string) string { return strings.ReplaceAll(s, mark, "["+mark+"]") }

// defangURL breaks the scheme and the dots of the host; the path stays.
func defangURL(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	rest = rest[len(host):]
	sep := "://"
	switch scheme {
	case "http", "https":
		scheme = "hxxp" + scheme[4:]
	case "ftp", "ftps":
		scheme = "fxp" + scheme[3:]
	default:
		sep = "[:]//"
	}
	return scheme + sep + brackets(host, ".") + rest
}

// Classify says what s is when all of s is one indicator, defanged or not.
// Being told that it is one counts as evidence: "report.zip" is a domain here.
func Classify(text string) (Indicator, bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxURL {
		return Indicator{}, false
	}
	s := Options{Kinds: allKinds}.scanner(text)
	defer s.release()
	s.asked = true
	s.scan(0, len(text))
	var f found
	s.copyTo(&f)
	matches := make([]Match, len(f.hits))
	f.matches(f.hits, text, matches, 0, &details{})
	i := slices.IndexFunc(matches, func(m Match) bool { return m.Start == 0 && m.End == len(text) })
	if i < 0 {
		return Indicator{}, false
	}
	return matches[i].Indicator, true
}
