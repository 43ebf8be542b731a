package ioc

import (
	"bytes"
	"fmt"
	"strings"
)

// An Explanation tells how the scanner decided about one candidate.
type Explanation struct {
	Match
	// Steps are what was seen, in the order it was looked at; the last one is
	// the decision.
	Steps []string `json:"steps"`
}

// Explain returns every candidate of text, taken or refused, with the steps
// that led there. It knows more candidates than Options.Rejected reports: also
// names whose last label is no top-level domain.
func (o Options) Explain(text string) []Explanation {
	o.Rejected = true
	s := o.scanner(text)
	s.all = true
	s.scan(0, len(text))
	var f found
	s.copyTo(&f)
	matches := make([]Match, len(f.hits))
	f.matches(f.hits, text, matches, 0, &details{})
	o.mark(matches)
	list := make([]Explanation, len(matches))
	for i := range matches {
		list[i] = Explanation{matches[i], s.steps(&matches[i])}
	}
	return list
}

// Explain is Options.Explain for the default kinds.
func Explain(text string) []Explanation { return Options{}.Explain(text) }

// steps looks at the place of a match again, with the functions that decided.
func (s *scanner) steps(m *Match) []string {
	var steps []string
	say := func(format string, args ...any) { steps = append(steps, fmt.Sprintf(format, args...)) }
	if m.Detail != nil && len(m.Detail.Chain) > 0 {
		say("found in %s", strings.Join(m.Detail.Chain, ", in "))
	} else if m.Raw != m.Value {
		say("written %q, read as %q", clip(m.Raw), clip(m.Value))
	}
	switch m.Kind {
	case Domain, Onion:
		s.nameSteps(m, say)
	case IPv4:
		if _, octets, ok := parseIPv4([]byte(m.Value), 0); ok {
			if smallNumbers(octets) {
				say("four octets that could be a version")
			} else {
				say("four octets")
			}
		}
		from, to := s.wordBefore(m.Start)
		if w := s.b[from:to]; m.Reason == notVersion.String() && len(w) > 0 {
			say("behind the word %q", w)
		}
	case MD5, SHA1, SHA224, SHA256, SHA384, SHA512:
		say("%d hexadecimal digits that stand by themselves", len(m.Raw))
	case URL:
		scheme, _, _ := strings.Cut(m.Value, "://")
		say("scheme %s, host %s", scheme, hostOf(m.Indicator))
		say("ends before %s", s.show(m.End))
	case Email:
		say("at sign, host %s", hostOf(m.Indicator))
	}
	if m.Detail != nil {
		for _, flag := range m.Detail.Flags {
			say("%s", flag)
		}
		for _, list := range m.Detail.Lists {
			say("on the list %q", list)
		}
	}
	if m.Rejected {
		say("refused: %s", m.Reason)
	} else {
		say("taken: %s", m.Reason)
	}
	return steps
}

func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}

// wordFrom is the word that begins at p.
func (s *scanner) wordFrom(p int) []byte {
	end := p
	for is(s.at(end), cAlnum) {
		end++
	}
	return s.b[p:end]
}

// nameSteps says what speaks for a host and what for something else.
func (s *scanner) nameSteps(m *Match, say func(string, ...any)) {
	tld := m.Value[strings.LastIndexByte(m.Value, '.')+1:]
	switch class := tldOf([]byte(tld)); {
	case class == 0:
		say(".%s is no top-level domain", tld)
	case class&tldAlt != 0:
		say(".%s is not in the root zone, but used", tld)
	case class&tldFile != 0:
		say(".%s is a top-level domain and a file extension", tld)
	case class&tldWord != 0:
		say(".%s is a top-level domain and an ordinary word", tld)
	default:
		say(".%s is a top-level domain", tld)
	}
	say("between %s and %s", s.show(m.Start-1), s.show(m.End))
	if m.Reason == byURL.String() {
		return
	}
	l := s.lineOf(m.Start)
	if c := s.cueBefore(l, m.Start); c != cueNone {
		say("the word %q before it speaks of a %s", s.wordFrom(s.cues.at), c)
	}
	if c := cellsCue(s.b[l.start:l.end]); c != cueNone {
		say("its row speaks of a %s", c)
	}
	if c := s.objectCue(m.Start); c != cueNone {
		say("the object around it calls it a %s", c)
	}
	if why := s.alone(m.Start, m.End); why != byTLD && !l.clipped {
		say("it is the %s", why)
		if c := s.heading(l.start); c != cueNone {
			say("the heading above speaks of a %s", c)
		}
		if c := s.listCue(l); c != cueNone && s.isEntry(l, m.Start) {
			say("the list around it holds a %s", c)
		}
	}
}

func (c cue) String() string {
	switch c {
	case cueHost:
		return "host"
	case cueFile:
		return "file"
	}
	return "none"
}

// show names the byte at p for people.
func (s *scanner) show(p int) string {
	switch c := s.at(p); {
	case p < 0:
		return "the beginning"
	case p >= len(s.b):
		return "the end"
	case c == '\n' || c == '\r':
		return "a line break"
	case c == ' ' || c == '\t':
		return "a blank"
	case c >= 0x80:
		r := bytes.Runes(s.b[max(0, p-3):min(len(s.b), p+4)])
		return fmt.Sprintf("a character near %q", string(r))
	default:
		return fmt.Sprintf("%q", c)
	}
}
