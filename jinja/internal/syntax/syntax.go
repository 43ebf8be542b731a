// Package syntax reads Jinja templates: it turns source text into a tree, or into the error Jinja 3.1 would give.
//
// It is a package of its own so that everything which works on templates (the compiler, the linter, extraction of
// messages) shares one reading of the language. Jinja's lexer is a set of regular expressions built from the environment's
// delimiters, and its whitespace rules are properties of those expressions; here they are written out by hand, byte by
// byte, which makes the time linear and leaves no template able to stall it. Nothing here knows about values: constants are
// plain Go values, and folding them is the compiler's work.
package syntax

import "fmt"

// Config is how a template is to be read. The zero value is Jinja's default.
type Config struct {
	BlockStart, BlockEnd       string // "{%" and "%}" when empty
	VariableStart, VariableEnd string // "{{" and "}}" when empty
	CommentStart, CommentEnd   string // "{#" and "#}" when empty
	LineStatementPrefix        string // none when empty
	LineCommentPrefix          string // none when empty

	TrimBlocks          bool   // drop the newline after a block or comment
	LstripBlocks        bool   // drop the blanks before a block or comment that starts a line
	KeepTrailingNewline bool   // keep the one newline at the end of the source
	NewlineSequence     string // "\n", "\r\n" or "\r"; "\n" when empty

	Do           bool // {% do %}
	LoopControls bool // {% break %} and {% continue %}
	Debug        bool // {% debug %}
	I18n         bool // {% trans %}

	I18nTrimmed  bool // {% trans %} trims unless it says notrimmed
	I18nNewstyle bool // gettext fills in the variables itself

	Tags map[string]TagFunc // custom tags by name; a tag of Jinja's own comes first
}

// TagFunc parses a custom tag. The current token is the tag's name; it must stop at the end of the tag ({% … %}) or, with
// [Parser.ParseBody], of its closing tag. An error it returns is reported at the tag.
type TagFunc func(p *Parser) ([]Stmt, error)

// Known reports whether a word cannot be the name of a custom tag: it is none, or a tag of Jinja's own or part of one, also of
// an extension that is off.
func Known(word string) bool {
	for _, part := range []string{"else", "elif", "pluralize", "block", "end"} {
		if word == part {
			return true
		}
	}
	all := Parser{cfg: &Config{Do: true, LoopControls: true, Debug: true, I18n: true}}
	return word == "" || !isIdentifier(word) || all.builtin(word) != nil
}

// Error is a template that cannot be read. Msg is worded as Jinja words it.
type Error struct {
	Msg       string
	Name      string // the template's
	Line, Col int    // 1-based, Col in bytes
	Offset    int    // 0-based, in bytes

	// Assertion marks the errors for which Jinja has a class of their own, TemplateAssertionError: the template is
	// well formed but says something impossible.
	Assertion bool
}

// Error returns the message with its place.
func (e *Error) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Msg)
	}
	return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Msg)
}
