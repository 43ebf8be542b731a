package route

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Several variables in one piece of text, as in /<a>-<b>.<c>, can share it out
// in many ways, and trying them one after the other takes time exponential or
// at least polynomial in the text's length. Here two passes do: backwards, find
// for each atom all the places from which it and everything after it can match;
// forwards, let each atom take its favourite among the places that are then
// known to lead to the end. That finds what a backtracking expression finds,
// in time and memory proportional to the text.

// An atom is a piece of a pattern that consumes text in one manner.
type atom struct {
	op       atomOp
	text     string   // atomText
	items    []string // atomAny, in order of preference
	min, max int      // atomRun and atomDigits, in runes

	opens, closes bool // begins, ends a variable
}

type atomOp uint8

const (
	atomText   atomOp = iota
	atomRun           // [^/]{min,max}
	atomMinus         // -?
	atomDigits        // \d+
	atomRest          // [^/].*?
	atomAny           // (?:…|…)
	atomUUID
)

func compileAtoms(p *pattern) []atom {
	var atoms []atom
	text := func(s string) {
		if s != "" {
			atoms = append(atoms, atom{op: atomText, text: s})
		}
	}
	for i, c := range p.vars {
		text(p.lits[i])
		start := len(atoms)
		if c.signed {
			atoms = append(atoms, atom{op: atomMinus})
		}
		switch c.kind {
		case kindString:
			atoms = append(atoms, atom{op: atomRun, min: c.minRunes, max: c.maxRunes})
		case kindInt:
			atoms = append(atoms, atom{op: atomDigits, min: 1})
		case kindFloat:
			atoms = append(atoms, atom{op: atomDigits, min: 1}, atom{op: atomText, text: "."}, atom{op: atomDigits, min: 1})
		case kindPath:
			atoms = append(atoms, atom{op: atomRest})
		case kindAny:
			atoms = append(atoms, atom{op: atomAny, items: c.items})
		case kindUUID:
			atoms = append(atoms, atom{op: atomUUID})
		}
		atoms[start].opens = true
		atoms[len(atoms)-1].closes = true
	}
	text(p.lits[len(p.vars)])
	return atoms
}

// places is a set of byte offsets.
type places []uint64

func (p places) has(i int) bool { return p[i/64]>>(i%64)&1 != 0 }
func (p places) add(i int)      { p[i/64] |= 1 << (i % 64) }

// A division is one attempt to share out a text.
type division struct {
	text  string
	steps int
}

// matchAtoms matches all of text and stores the variables in m from n on.
func matchAtoms(atoms []atom, text string, m *Match, n int) bool {
	words := len(text)/64 + 1
	var small [64]uint64
	table := places(small[:])
	if size := (len(atoms) + 1) * words; size > len(small) {
		table = make(places, size)
	}
	row := func(i int) places { return table[i*words : (i+1)*words] }

	d := division{text: text}
	row(len(atoms)).add(len(text))
	for i := len(atoms) - 1; i >= 0; i-- {
		d.starts(&atoms[i], row(i), row(i+1))
	}
	matches := row(0).has(0)
	pos, start := 0, 0
	for i := 0; matches && i < len(atoms); i++ {
		a := &atoms[i]
		if a.opens {
			start = pos
		}
		pos = d.end(a, pos, row(i+1))
		if a.closes {
			m.bind(n, text[start:pos])
			n++
		}
	}
	m.steps += d.steps
	return matches
}

// starts adds to from each place at which a can start so that it ends in to.
func (d *division) starts(a *atom, from, to places) {
	text := d.text
	d.steps += len(text) + 1 // each case looks at each place once
	switch a.op {
	case atomText:
		for p := range len(text) - len(a.text) + 1 {
			if to.has(p+len(a.text)) && text[p:p+len(a.text)] == a.text {
				from.add(p)
			}
		}
	case atomRun:
		d.runStarts(a, from, to)
	case atomMinus:
		copy(from, to)
		for p := range len(text) {
			if text[p] == '-' && to.has(p+1) {
				from.add(p)
			}
		}
	case atomDigits:
		for next := len(text); next > 0; {
			r, size := utf8.DecodeLastRuneInString(text[:next])
			p := next - size
			if unicode.IsDigit(r) && (to.has(next) || from.has(next)) {
				from.add(p)
			}
			next = p
		}
	case atomRest:
		reach := false // from next on, without a newline, lies a place of to
		for next := len(text); next > 0; {
			_, size := utf8.DecodeLastRuneInString(text[:next])
			p := next - size
			reach = to.has(next) || reach && text[next] != '\n'
			if reach && text[p] != '/' {
				from.add(p)
			}
			next = p
		}
	case atomAny:
		for p := range len(text) + 1 {
			if slices.ContainsFunc(a.items, func(s string) bool { return strings.HasPrefix(text[p:], s) && to.has(p+len(s)) }) {
				from.add(p)
			}
		}
	case atomUUID:
		for p := range len(text) - 36 + 1 {
			if to.has(p+36) && isUUID(text[p:p+36]) {
				from.add(p)
			}
		}
	}
}

// runStarts is starts for a run of min to max runes other than a slash. It
// walks back with a second place in tow, min runes ahead of the first.
func (d *division) runStarts(a *atom, from, to places) {
	text := d.text
	for end := len(text); end >= 0; {
		p, count := end, 0         // a place, and the runes from it to the run's end
		tow := end                 // min runes after p
		nearest, found := 0, false // the place of to nearest after tow, counted likewise
		for {
			d.steps++
			if count > a.min {
				_, size := utf8.DecodeLastRuneInString(text[:tow])
				tow -= size
			}
			if count >= a.min && to.has(tow) {
				nearest, found = count-a.min, true
			}
			if found && count-nearest <= a.max {
				from.add(p)
			}
			if p == 0 || text[p-1] == '/' {
				break
			}
			_, size := utf8.DecodeLastRuneInString(text[:p])
			p -= size
			count++
		}
		end = p - 1 // the slash, or -1
	}
}

// end returns where a, starting at p, prefers to end, among the places of to.
func (d *division) end(a *atom, p int, to places) int {
	text := d.text
	d.steps++
	switch a.op {
	case atomText:
		return p + len(a.text)
	case atomRun, atomDigits:
		return d.longest(a, p, to)
	case atomMinus:
		if p < len(text) && text[p] == '-' && to.has(p+1) {
			return p + 1
		}
	case atomRest:
		_, size := utf8.DecodeRuneInString(text[p:])
		for p += size; !to.has(p); {
			d.steps++
			p++
		}
	case atomAny:
		for _, s := range a.items {
			if strings.HasPrefix(text[p:], s) && to.has(p+len(s)) {
				return p + len(s)
			}
		}
	case atomUUID:
		return p + 36
	}
	return p
}

func (d *division) longest(a *atom, p int, to places) int {
	best := p
	for count := 0; ; count++ {
		d.steps++
		if to.has(p) && count >= a.min {
			best = p
		}
		if p == len(d.text) || d.text[p] == '/' || count == a.max && a.op == atomRun {
			return best
		}
		r, size := utf8.DecodeRuneInString(d.text[p:])
		if a.op == atomDigits && !unicode.IsDigit(r) {
			return best
		}
		p += size
	}
}
