package route

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A part is one step of a rule: fixed text between two slashes, or a pattern.
type part struct {
	text    string
	pattern *pattern // nil for fixed text
}

// A pattern matches a segment that holds variables, or, if one of them takes
// slashes, all the rest of the path.
type pattern struct {
	// key is equal for patterns that Werkzeug treats as the same transition.
	key    string
	weight weight

	final    bool // takes the rest of the path
	suffixed bool // final, and the rule ends with a slash

	vars  []*converter
	lits  []string       // the text before each variable, and that after the last
	atoms []atom         // if there are several variables
	re    *regexp.Regexp // if one of several variables is custom
	plain bool           // one string variable of any length and nothing else
}

// A weight orders the patterns that leave one state. It is Werkzeug's: more
// pieces of text first, then longer ones, then more variables, then lighter.
type weight struct {
	texts []int // lengths in runes
	vars  []int
}

func (w weight) compare(v weight) int {
	return cmp.Or(
		cmp.Compare(len(v.texts), len(w.texts)),
		slices.Compare(v.texts, w.texts),
		cmp.Compare(len(v.vars), len(w.vars)),
		slices.Compare(w.vars, v.vars),
	)
}

// compileParts turns tokens into parts. Converters are looked up in convs by
// the variable's name.
func compileParts(tokens []token, convs map[string]*converter) ([]part, error) {
	var parts []part
	p := &pattern{lits: []string{""}}
	add := func(s string) { p.lits[len(p.lits)-1] += s }
	flush := func() error {
		if len(p.vars) == 0 {
			parts = append(parts, part{text: p.lits[0]})
		} else if err := p.compile(); err != nil {
			return err
		} else {
			parts = append(parts, part{pattern: p})
		}
		p = &pattern{lits: []string{""}}
		return nil
	}
	for _, t := range tokens {
		switch {
		case t.kind == tokenVariable:
			c := convs[t.name]
			p.vars = append(p.vars, c)
			p.lits = append(p.lits, "")
			p.weight.vars = append(p.weight.vars, c.weight)
			p.final = p.final || c.slashes
		case t.kind == tokenText:
			add(t.text)
			p.weight.texts = append(p.weight.texts, utf8.RuneCountInString(t.text))
		case p.final:
			add("/")
		default:
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if last := p.lits[len(p.lits)-1]; p.final && strings.HasSuffix(last, "/") {
		p.suffixed = true
		p.lits[len(p.lits)-1] = last[:len(last)-1]
	}
	suffixed := p.suffixed
	if err := flush(); err != nil {
		return nil, err
	}
	if suffixed {
		parts = append(parts, part{})
	}
	return parts, nil
}

// compile finishes a pattern whose variables and texts are known.
func (p *pattern) compile() error {
	var source, goSource strings.Builder
	custom := false
	for i, c := range p.vars {
		source.WriteString(regexp.QuoteMeta(p.lits[i]))
		source.WriteString("(" + c.source + ")")
		goSource.WriteString(regexp.QuoteMeta(p.lits[i]) + "(" + c.goSource() + ")")
		custom = custom || c.kind == kindCustom
	}
	source.WriteString(regexp.QuoteMeta(p.lits[len(p.vars)]))
	goSource.WriteString(regexp.QuoteMeta(p.lits[len(p.vars)]))
	p.key = fmt.Sprintf("%q %t %t %v", source.String(), p.final, p.suffixed, p.weight)

	switch c := p.vars[0]; {
	case len(p.vars) > 1 && custom: // rare, so nothing faster is made for it
		var err error
		if p.re, err = regexp.Compile(`\A` + goSource.String() + `\z`); err != nil {
			return fmt.Errorf("several variables in one segment, one of them custom: %w", err)
		}
	case len(p.vars) > 1:
		p.atoms = compileAtoms(p)
	default:
		p.plain = c.source == anySegment && p.lits[0] == "" && p.lits[1] == ""
	}
	return nil
}

// match matches all of text and stores the variables' texts in m, counting
// from n.
func (p *pattern) match(text string, m *Match, n int) bool {
	m.steps += len(text) + 1
	first, last := p.lits[0], p.lits[len(p.lits)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	if len(p.vars) == 1 {
		value := text[len(first) : len(text)-len(last)]
		m.bind(n, value)
		return p.vars[0].accepts(value)
	}
	if !containsInOrder(text, p.lits) {
		return false
	}
	if p.re != nil {
		return p.matchRegexp(text, m, n)
	}
	return matchAtoms(p.atoms, text, m, n)
}

// containsInOrder reports whether text holds all of lits, one after the other.
// It is a cheap way to rule most texts out.
func containsInOrder(text string, lits []string) bool {
	for _, lit := range lits {
		i := strings.Index(text, lit)
		if i < 0 {
			return false
		}
		text = text[i+len(lit):]
	}
	return true
}

// matchRest is match for a final pattern. If the rule ends with a slash, that
// of text is optional, and slash tells whether it was there.
func (p *pattern) matchRest(text string, m *Match, n int) (slash, ok bool) {
	if p.suffixed {
		before, found := strings.CutSuffix(text, "/")
		if found && strings.HasSuffix(before, "/") {
			return false, false
		}
		text, slash = before, found
	}
	return slash, p.match(text, m, n)
}

func (p *pattern) matchRegexp(text string, m *Match, n int) bool {
	found := p.re.FindStringSubmatchIndex(text)
	if found == nil {
		return false
	}
	group := 1
	for i, c := range p.vars {
		m.bind(n+i, text[found[2*group]:found[2*group+1]])
		group++
		if c.kind == kindCustom {
			group += c.re.NumSubexp()
		}
	}
	return true
}
