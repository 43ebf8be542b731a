package ioc

import (
	"bytes"
	"strings"
)

// Code and hosts look alike: fields, modules and methods are joined by dots, and
// user.name, card.show and next.id end in top-level domains. What stands around
// a name tells them apart.

// looksLikeCode reports whether a name whose last label is an ordinary word
// stands in code: "item.name = x", "{{ user.id }}", "e.target.id;".
func (s *scanner) looksLikeCode(n *name, class tldClass) bool {
	start, end := n.start, n.end
	first := s.b[start:n.first]
	if s.at(end) == '/' && is(s.at(end+1), cAlnum) && s.at(start-1) != '(' {
		return false // t.me/name
	}
	if string(s.b[start:end]) == "t.me" {
		return false
	}
	if n.labels > 2 && class&tldPlain != 0 && s.at(start-1) == '"' && s.at(end) == '"' {
		return n.head&headCode != 0
	}
	if n.head&headCode != 0 || len(first) == 1 && !is(first[0], cDigit) {
		return true
	}
	if len(first) == 2 && is(first[0], cAlpha) && is(first[1], cDigit) && end-n.dot > 3 && s.alone(start, end) == byTLD {
		return true // d1.date
	}
	if n.upper && hasLower(first) {
		for i, c := range first[1:] {
			if is(c, cUpper) && first[i] != '-' {
				return true // camelCase.name
			}
		}
	}
	p, q := s.spacesBack(start), s.spaces(end)
	prev, next := s.at(p-1), s.at(q)
	switch {
	case next == '=' && s.at(q+1) != '"', next == ';' && q == end && s.at(q+1) == '\n', next == '+' && (q > end || s.at(q+1) == '='):
		return true
	case prev == '{' && (next == '}' || s.at(p-2) == '{'), prev == '!' && p == start, prev == '=' && s.at(p-2) == '=':
		return true
	case prev == '?', (prev == '|' || prev == '&') && s.at(p-2) == prev, prev == ':' && p < start && (s.at(p-2) == '"' || s.at(p-2) == '\''):
		return true // a ? b.id : c, a || b.id, "id": b.id
	case next == '?' && q > end && s.at(q+1) == ' ', next == ')' && s.at(q+1) == ';', prev == '>' && s.at(p-2) == '-' && is(s.at(p-3), cLabel):
		return true // b.id ? c : d, f(a, b.id); a->b.id
	case (prev == ':' || prev == '=') && (s.fieldBefore(p-1, s.b[n.dot+1:end]) || next == '|' && s.at(q+1) == '|'), n.upper && prev == '=' && p == start:
		return true // name: b.name, x = b.id || c, now=Date.now
	case next == '*' && q == end && prev != '*':
		return true // logs-endpoint.events*
	case n.upper && (next == '{' || next == ')' && s.at(q+1) == '!'):
		return true // Hash.new { }, Date.now)!
	case s.imported(start, q), s.boundAttribute(start), s.argument(start, end):
		return true
	case next == ')' && (prev == '(' && is(s.at(p-2), cAlnum) || s.at(q+1) == '.' && is(s.at(q+2), cAlpha)), next == '(' && s.at(q+1) == ')':
		return true
	}
	if _, ok := s.word(start-len("return "), "return "); ok {
		return true
	}
	return n.odd && n.labels > 2 && s.alone(start, end) == byTLD && s.snakeCase(start, end)
}

// snakeCase reports whether words are joined by underscores in text[start:end].
func (s *scanner) snakeCase(start, end int) bool {
	i := bytes.IndexByte(s.b[start:end], '_')
	return i > 0 && is(s.b[start+i-1], cAlnum) && is(s.b[start+i+1], cAlpha)
}

// boundAttribute reports whether what begins at p is the value of an attribute
// that frameworks evaluate: x-text="item.name", :key="item.id".
func (s *scanner) boundAttribute(p int) bool {
	if c := s.at(p - 1); c != '"' && c != '\'' || s.at(p-2) != '=' {
		return false
	}
	q := p - 2
	for q > max(0, p-40) && s.b[q-1] > ' ' && s.b[q-1] != '"' && s.b[q-1] != '<' {
		q--
	}
	name := s.b[q : p-2]
	for _, head := range [...]string{"x-", ":", "@", "v-", "ng-", "data-", "*ng"} {
		if len(name) > len(head) && string(name[:len(head)]) == head {
			return true
		}
	}
	return false
}

// fieldBefore reports whether the word before p is field, or ends in it behind an
// underscore: "id: peer.id", "peer_id = peer.id".
func (s *scanner) fieldBefore(p int, field []byte) bool {
	p = s.spacesBack(p)
	start := p - len(field)
	if start < 0 || string(s.b[start:p]) != string(field) {
		return false
	}
	c := s.at(start - 1)
	return c == '_' || !is(c, cToken)
}

// minified reports whether a name reads like an object of code that was made
// short: "e.as&&f", "Gu.now", "()=>s.gg", "push(e.fail)".
func (s *scanner) minified(n *name) bool {
	first := s.b[n.start:n.first]
	if len(first) == 2 && n.labels == 2 && is(first[0], cAlpha) && is(first[1], cAlpha) {
		return is(first[0], cUpper) && !is(first[1], cUpper) || s.inExpression(n.start, n.end)
	}
	return len(first) == 1 && !is(first[0], cDigit) && (s.operatorBeside(n.start, n.end) || s.argument(n.start, n.end))
}

// inExpression reports whether an operator of code stands beside
// text[start:end], blanks aside.
func (s *scanner) inExpression(start, end int) bool {
	const operators = "=&|+!?"
	p, q := s.spacesBack(start), s.spaces(end)
	prev, next := s.at(p-1), s.at(q)
	return p < start && prev != 0 && (strings.IndexByte(operators, prev) >= 0 || prev == ':' && next == ';') || q > end && next != 0 && strings.IndexByte(operators, next) >= 0
}

// operatorBeside reports whether an operator of code touches text[start:end].
func (s *scanner) operatorBeside(start, end int) bool {
	const operators = "=&|+!?*^~"
	prev, next := s.at(start-1), s.at(end)
	if prev == '>' && s.at(start-2) == '=' {
		return true
	}
	return prev != 0 && strings.IndexByte(operators, prev) >= 0 || next != 0 && strings.IndexByte(operators, next) >= 0 && s.at(end+1) > ' '
}

// argument reports whether text[start:end] is what a function is called with or
// a list is indexed by: "f(user.id)", "f(user.id, x)", "f(user.id < 0)",
// "byName[user.id]".
func (s *scanner) argument(start, end int) bool {
	if !is(s.at(start-2), cLabel) {
		return false
	}
	next := s.at(end)
	return s.at(start-1) == '(' && (next == ')' || next == ',' || next == ' ') || s.at(start-1) == '[' && next == ']'
}

// sectionName reports whether a name heads a section of a file of settings or a
// rule of a style sheet, or is what a template fills in: "[tool.black]",
// "td.mobile {", "{{ node.6.total }}".
func (s *scanner) sectionName(n *name) bool {
	if s.at(n.start-1) == '[' && s.at(n.end) == ']' {
		return s.alone(n.start-1, n.end+1) == byLine
	}
	p, q := s.spacesBack(n.start), s.spaces(n.end)
	return s.at(q) == '{' || s.at(p-1) == '{' && s.at(p-2) == '{' && s.at(q) == '}'
}

// imported reports whether what begins at p, and before q, is a module:
// "import x.y", "from x.y import z".
func (s *scanner) imported(p, q int) bool {
	if p > 6 && string(s.b[p-7:p]) == "import " {
		return true
	}
	_, ok := s.word(q, "import ")
	return ok && p > 4 && string(s.b[p-5:p]) == "from "
}
