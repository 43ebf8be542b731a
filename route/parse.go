package route

import (
	"fmt"
	"strings"
)

// A token is a piece of a rule: a slash, text without slashes, or a variable.
type token struct {
	kind tokenKind
	text string // of tokenText; of a variable its whole notation
	at   int    // byte offset in the rule
	name string // of a variable
	conv string // of a variable, "default" if the rule names none
	args Args
}

type tokenKind uint8

const (
	tokenSlash tokenKind = iota
	tokenText
	tokenVariable
)

// parseRule splits a rule into tokens.
func parseRule(rule string) ([]token, error) {
	var tokens []token
	for pos := 0; pos < len(rule); {
		t := token{kind: tokenSlash, text: "/", at: pos}
		switch rule[pos] {
		case '/':
		case '<':
			var err error
			if t, err = parseVariable(rule[pos:]); err != nil {
				return nil, fmt.Errorf("at byte %d: %w", pos, err)
			}
			t.at = pos
		default:
			end := strings.IndexAny(rule[pos:], "</")
			if end < 0 {
				end = len(rule) - pos
			}
			t.kind, t.text = tokenText, rule[pos:pos+end]
		}
		tokens = append(tokens, t)
		pos += len(t.text)
	}
	return tokens, nil
}

// parseVariable reads the variable at the start of s, which begins with "<".
func parseVariable(s string) (token, error) {
	t := token{kind: tokenVariable, conv: "default"}
	first := identifier(s[1:])
	args, rest := cutArgs(s[1+len(first):])
	switch {
	case first == "":
	case strings.HasPrefix(rest, ">"):
		t.name = first
	default:
		t.conv, t.name = first, closedName(rest)
	}
	if t.name == "" {
		return t, fmt.Errorf("%q is not a variable; write <name>, <converter:name> or <converter(arguments):name>, with names of ASCII letters, digits and _", upTo(s, 0))
	}
	t.text = upTo(s, len(s)-len(rest))
	var err error
	if t.args, err = parseArgs(args); err != nil {
		err = fmt.Errorf("%s: %w", t.text, err)
	}
	return t, err
}

// cutArgs splits "(arguments):name>…" before the colon. The arguments end at
// the first parenthesis after which the variable ends too, so they may contain
// parentheses themselves, but no line break.
func cutArgs(s string) (args, rest string) {
	if !strings.HasPrefix(s, "(") {
		return "", s
	}
	line, _, _ := strings.Cut(s, "\n")
	for i := range len(line) {
		if line[i] == ')' && closedName(s[i+1:]) != "" {
			return s[1:i], s[i+1:]
		}
	}
	return "", s
}

// closedName returns the name in ":name>", empty if s does not start so.
func closedName(s string) string {
	if !strings.HasPrefix(s, ":") {
		return ""
	}
	name := identifier(s[1:])
	if !strings.HasPrefix(s[1+len(name):], ">") {
		return ""
	}
	return name
}

// upTo returns s up to and with the first ">" at or after from.
func upTo(s string, from int) string {
	if end := strings.IndexByte(s[from:], '>'); end >= 0 {
		return s[:from+end+1]
	}
	return s
}

// identifier returns the name that s starts with.
func identifier(s string) string {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return s[:i]
		}
	}
	return s
}
