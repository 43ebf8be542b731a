package syntax

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// state is what the lexer is inside of.
type state uint8

const (
	inRoot state = iota
	inBlock
	inComment
	inLineComment
	inLineStatement
	inVariable
	inRaw
)

// rule says which state a start string opens. Rules are tried in the order Jinja tries them: the longest first, and
// among equals by Jinja's names of the states backwards, which is the order of the constants above backwards.
type rule struct {
	state state
	start string
}

// delimiters are the strings of a Config with the defaults filled in and made ready for the lexer.
type delimiters struct {
	blockStart, blockEnd       string
	variableStart, variableEnd string
	commentStart, commentEnd   string
	newline                    string
	trimBlocks, lstripBlocks   bool

	rules []rule
	lines bool      // line statements or line comments exist, so that any place may open a tag
	first [256]bool // bytes that start a start string
	only  byte      // the one such byte; 0 if there are several
}

func (c *Config) delimiters() *delimiters {
	d := &delimiters{
		blockStart:    cmp.Or(c.BlockStart, "{%"),
		blockEnd:      cmp.Or(c.BlockEnd, "%}"),
		variableStart: cmp.Or(c.VariableStart, "{{"),
		variableEnd:   cmp.Or(c.VariableEnd, "}}"),
		commentStart:  cmp.Or(c.CommentStart, "{#"),
		commentEnd:    cmp.Or(c.CommentEnd, "#}"),
		newline:       cmp.Or(c.NewlineSequence, "\n"),
		trimBlocks:    c.TrimBlocks,
		lstripBlocks:  c.LstripBlocks,
		lines:         c.LineStatementPrefix != "" || c.LineCommentPrefix != "",
	}
	d.rules = []rule{{inComment, d.commentStart}, {inBlock, d.blockStart}, {inVariable, d.variableStart}}
	d.only = d.blockStart[0]
	for _, r := range d.rules {
		d.first[r.start[0]] = true
		if r.start[0] != d.only {
			d.only = 0
		}
	}
	if c.LineStatementPrefix != "" {
		d.rules = append(d.rules, rule{inLineStatement, c.LineStatementPrefix})
	}
	if c.LineCommentPrefix != "" {
		d.rules = append(d.rules, rule{inLineComment, c.LineCommentPrefix})
	}
	slices.SortFunc(d.rules, func(a, b rule) int {
		return cmp.Or(utf8.RuneCountInString(b.start)-utf8.RuneCountInString(a.start), int(b.state)-int(a.state))
	})
	return d
}

// Check reports a configuration with which no template can be read.
func (c *Config) Check() error {
	d := c.delimiters()
	if d.blockStart == d.variableStart || d.variableStart == d.commentStart || d.blockStart == d.commentStart {
		return errors.New("block, variable and comment start strings must be different")
	}
	if !slices.Contains([]string{"\n", "\r\n", "\r"}, d.newline) {
		return fmt.Errorf("newline sequence must be \"\\n\", \"\\r\\n\" or \"\\r\", not %q", d.newline)
	}
	for _, s := range []string{d.blockStart, d.blockEnd, d.variableStart, d.variableEnd, d.commentStart, d.commentEnd,
		c.LineStatementPrefix, c.LineCommentPrefix} {
		if strings.ContainsAny(s, "\r\n") || !utf8.ValidString(s) || s != "" && skipSpace(s, 0) == len(s) {
			return fmt.Errorf("delimiter %q must be valid UTF-8 on one line, and not blank", s)
		}
	}
	return nil
}

// afterSpace returns the offset behind want, which may follow white space at i of s, or -1. A want that starts with white
// space itself takes that from the end of the run.
func afterSpace(s string, i int, want string) int {
	run := skipSpace(s, i)
	for _, at := range [...]int{run, run - skipSpace(want, 0)} {
		if at >= i && strings.HasPrefix(s[at:], want) {
			return at + len(want)
		}
	}
	return -1
}
