package i18n

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// A pluralRule says which form of a message is for n things. Catalogues bring theirs in the header Plural-Forms, as an
// expression of C: "n%10==1 && n%100!=11 ? 0 : 1". It is computed as Python's gettext does it, also for negative numbers.
//
// The library that reads catalogues has a compiler for these as well. It knows a part of C's operators, takes what it
// does not know for something else, and divides by zero; a page should not fail for a translator's slip.
type pluralRule func(n int64) int64

// The bounds of Python's gettext.
const (
	maxRule  = 1000 // bytes
	maxDepth = 20   // of parentheses, and of conditions in conditions
)

// noForm is the index of no form: what a division by zero gives.
const noForm = math.MinInt32

func english(n int64) int64 { return truth(n != 1) }

// parsePluralForms reads the header's value: nplurals=2; plural=(n != 1);
func parsePluralForms(header string) (pluralRule, error) {
	_, text, found := strings.Cut(header, "plural=")
	if !found {
		return nil, fmt.Errorf("%q has no plural=", header)
	}
	text, _, _ = strings.Cut(text, ";")
	if len(text) > maxRule {
		return nil, fmt.Errorf("the rule is longer than %d bytes", maxRule)
	}
	p := &ruleParser{rest: text}
	rule, err := p.ternary()
	if err == nil && p.peek() != "" {
		err = fmt.Errorf("%q is not expected", p.peek())
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", strings.TrimSpace(text), err)
	}
	return rule, nil
}

// ruleParser reads an expression by recursive descent.
type ruleParser struct {
	rest  string
	depth int
}

// peek returns the next token, empty at the end.
func (p *ruleParser) peek() string {
	p.rest = strings.TrimLeft(p.rest, " \t")
	for _, op := range []string{"||", "&&", "==", "!=", "<=", ">="} {
		if strings.HasPrefix(p.rest, op) {
			return op
		}
	}
	if digits := len(p.rest) - len(strings.TrimLeft(p.rest, "0123456789")); digits > 0 {
		return p.rest[:digits]
	}
	return p.rest[:min(1, len(p.rest))]
}

// accept takes the next token if it is one of these.
func (p *ruleParser) accept(tokens ...string) (string, bool) {
	next := p.peek()
	for _, t := range tokens {
		if next == t {
			p.rest = p.rest[len(t):]
			return t, true
		}
	}
	return "", false
}

func (p *ruleParser) ternary() (pluralRule, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, errors.New("it is nested too deeply")
	}
	defer func() { p.depth-- }()
	test, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if _, ok := p.accept("?"); !ok {
		return test, nil
	}
	then, err := p.ternary()
	if err != nil {
		return nil, err
	}
	if _, ok := p.accept(":"); !ok {
		return nil, errors.New("a ? has no : behind it")
	}
	otherwise, err := p.ternary()
	if err != nil {
		return nil, err
	}
	return func(n int64) int64 {
		if test(n) != 0 {
			return then(n)
		}
		return otherwise(n)
	}, nil
}

// precedence has the operators with two operands, those that bind least first.
var precedence = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"+", "-"}, {"*", "/", "%"}}

func (p *ruleParser) binary(level int) (pluralRule, error) {
	if level == len(precedence) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		op, ok := p.accept(precedence[level]...)
		if !ok {
			return left, nil
		}
		var right pluralRule
		if right, err = p.binary(level + 1); err == nil {
			left = operation(op, left, right)
		}
	}
	return nil, err
}

func (p *ruleParser) unary() (pluralRule, error) {
	not := 0
	for {
		if _, ok := p.accept("!"); !ok {
			break
		}
		not++
	}
	rule, err := p.operand()
	if err != nil || not == 0 {
		return rule, err
	}
	return func(n int64) int64 { return truth((rule(n) == 0) == (not%2 == 1)) }, nil
}

func (p *ruleParser) operand() (pluralRule, error) {
	token := p.peek()
	p.rest = p.rest[len(token):]
	switch {
	case token == "n":
		return func(n int64) int64 { return n }, nil
	case token == "(":
		rule, err := p.ternary()
		if err != nil {
			return nil, err
		}
		if _, ok := p.accept(")"); !ok {
			return nil, errors.New("a ( is not closed")
		}
		return rule, nil
	case token != "" && len(token) < 10 && '0' <= token[0] && token[0] <= '9':
		var v int64
		for _, d := range token {
			v = 10*v + int64(d-'0')
		}
		return func(int64) int64 { return v }, nil
	case token == "":
		return nil, errors.New("it ends too early")
	}
	return nil, fmt.Errorf("%q is not expected", token)
}

func operation(op string, a, b pluralRule) pluralRule {
	switch op {
	case "||":
		return func(n int64) int64 { return truth(a(n) != 0 || b(n) != 0) }
	case "&&":
		return func(n int64) int64 { return truth(a(n) != 0 && b(n) != 0) }
	case "==":
		return func(n int64) int64 { return truth(a(n) == b(n)) }
	case "!=":
		return func(n int64) int64 { return truth(a(n) != b(n)) }
	case "<":
		return func(n int64) int64 { return truth(a(n) < b(n)) }
	case ">":
		return func(n int64) int64 { return truth(a(n) > b(n)) }
	case "<=":
		return func(n int64) int64 { return truth(a(n) <= b(n)) }
	case ">=":
		return func(n int64) int64 { return truth(a(n) >= b(n)) }
	case "+":
		return func(n int64) int64 { return a(n) + b(n) }
	case "-":
		return func(n int64) int64 { return a(n) - b(n) }
	case "*":
		return func(n int64) int64 { return a(n) * b(n) }
	case "/":
		return func(n int64) int64 { q, _ := divided(a(n), b(n)); return q }
	}
	return func(n int64) int64 { _, r := divided(a(n), b(n)); return r }
}

// divided divides as Python does: the remainder has the divisor's sign.
func divided(a, b int64) (quotient, remainder int64) {
	if b == 0 {
		return noForm, noForm
	}
	q, r := a/b, a%b
	if r != 0 && (r < 0) != (b < 0) {
		q, r = q-1, r+b
	}
	return q, r
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
