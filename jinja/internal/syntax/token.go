package syntax

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

// described is how Jinja's messages name a token of each kind.
var described = [...]string{
	tEOF:           "end of template",
	tData:          "template data / text",
	tBlockBegin:    "begin of statement block",
	tBlockEnd:      "end of statement block",
	tVariableBegin: "begin of print statement",
	tVariableEnd:   "end of print statement",
	tName:          "name",
	tString:        "string",
	tInteger:       "integer",
	tFloat:         "float",
	tAdd:           "+",
	tSub:           "-",
	tMul:           "*",
	tDiv:           "/",
	tFloorDiv:      "//",
	tMod:           "%",
	tPow:           "**",
	tTilde:         "~",
	tLbracket:      "[",
	tRbracket:      "]",
	tLparen:        "(",
	tRparen:        ")",
	tLbrace:        "{",
	tRbrace:        "}",
	tEq:            "==",
	tNe:            "!=",
	tGt:            ">",
	tGtEq:          ">=",
	tLt:            "<",
	tLtEq:          "<=",
	tAssign:        "=",
	tDot:           ".",
	tColon:         ":",
	tPipe:          "|",
	tComma:         ",",
	tSemicolon:     ";",
}

// Token is one word of a tag, or a run of text between tags.
type Token struct {
	Kind  Kind
	Value string // a name, a string's value, a number as written, or text; otherwise empty
	Pos
}

// isName reports whether the token is the word.
func (t Token) isName(word string) bool { return t.Kind == tName && t.Value == word }

// describe returns the token as messages name it.
func (t Token) describe() string {
	if t.Kind == tName {
		return t.Value
	}
	return described[t.Kind]
}
