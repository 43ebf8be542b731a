package syntax

import "strings"

// Kind is the kind of a token.
type Kind uint8

const (
	tEOF Kind = iota
	tData
	tBlockBegin
	tBlockEnd
	tVariableBegin
	tVariableEnd
	tName
	tString
	tInteger
	tFloat
	tAdd
	tSub
	tMul
	tDiv
	tFloorDiv
	tMod
	tPow
	tTilde
	tLbracket
	tRbracket
	tLparen
	tRparen
	tLbrace
	tRbrace
	tEq
	tNe
	tGt
	tGtEq
	tLt
	tLtEq
	tAssign
	tDot
	tColon
	tPipe
	tComma
	tSemicolon
)

// kinds holds Jinja's name for each kind and how its messages describe a token of it.
var kinds = [...]struct{ name, described string }{
	tEOF:           {"eof", "end of template"},
	tData:          {"data", "template data / text"},
	tBlockBegin:    {"block_begin", "begin of statement block"},
	tBlockEnd:      {"block_end", "end of statement block"},
	tVariableBegin: {"variable_begin", "begin of print statement"},
	tVariableEnd:   {"variable_end", "end of print statement"},
	tName:          {"name", "name"},
	tString:        {"string", "string"},
	tInteger:       {"integer", "integer"},
	tFloat:         {"float", "float"},
	tAdd:           {"add", "+"},
	tSub:           {"sub", "-"},
	tMul:           {"mul", "*"},
	tDiv:           {"div", "/"},
	tFloorDiv:      {"floordiv", "//"},
	tMod:           {"mod", "%"},
	tPow:           {"pow", "**"},
	tTilde:         {"tilde", "~"},
	tLbracket:      {"lbracket", "["},
	tRbracket:      {"rbracket", "]"},
	tLparen:        {"lparen", "("},
	tRparen:        {"rparen", ")"},
	tLbrace:        {"lbrace", "{"},
	tRbrace:        {"rbrace", "}"},
	tEq:            {"eq", "=="},
	tNe:            {"ne", "!="},
	tGt:            {"gt", ">"},
	tGtEq:          {"gteq", ">="},
	tLt:            {"lt", "<"},
	tLtEq:          {"lteq", "<="},
	tAssign:        {"assign", "="},
	tDot:           {"dot", "."},
	tColon:         {"colon", ":"},
	tPipe:          {"pipe", "|"},
	tComma:         {"comma", ","},
	tSemicolon:     {"semicolon", ";"},
}

// String returns Jinja's name for the kind, such as "block_end".
func (k Kind) String() string { return kinds[k].name }

// Token is one word of a tag, or a run of text between tags.
type Token struct {
	Kind  Kind
	Value string // a name, a string's value, a number as written, or text; otherwise empty
	Pos
}

// Is reports whether the token matches a test in Jinja's form: a kind ("comma") or a kind and a value ("name:as").
func (t Token) Is(test string) bool {
	kind, value, both := strings.Cut(test, ":")
	return t.Kind.String() == kind && (!both || t.Value == value)
}

// isName reports whether the token is the word.
func (t Token) isName(word string) bool { return t.Kind == tName && t.Value == word }

// describe returns the token as messages name it.
func (t Token) describe() string {
	if t.Kind == tName {
		return t.Value
	}
	return kinds[t.Kind].described
}

// describeTest is describe for a test as Is takes it.
func describeTest(test string) string {
	kind, value, both := strings.Cut(test, ":")
	if both && kind == "name" {
		return value
	}
	for _, k := range kinds {
		if k.name == kind {
			return k.described
		}
	}
	return kind
}
