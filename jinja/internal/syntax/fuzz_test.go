package syntax_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/syntax"
)

// configs are delimiters and options that differ in what the lexer must get right.
var configs = []Config{
	{Do: true, LoopControls: true, Debug: true, I18n: true},
	{TrimBlocks: true, LstripBlocks: true, KeepTrailingNewline: true, NewlineSequence: "\r\n", I18n: true, I18nTrimmed: true},
	{LineStatementPrefix: "#", LineCommentPrefix: "##", LstripBlocks: true},
	{LineStatementPrefix: "%%", LineCommentPrefix: " //", TrimBlocks: true},
	{BlockStart: "<%", BlockEnd: "%>", VariableStart: "<%=", VariableEnd: "%>", CommentStart: "<%#", CommentEnd: "%>"},
	{BlockStart: "<!--", BlockEnd: "-->", VariableStart: "${", VariableEnd: "}", CommentStart: "<!--#", CommentEnd: "-->"},
	{BlockStart: "{", BlockEnd: "}", VariableStart: "{{", VariableEnd: "}}", CommentStart: "{{{", CommentEnd: "}}}"},
	{BlockStart: " -", BlockEnd: " -", VariableStart: "--", VariableEnd: "- ", CommentStart: "+", CommentEnd: "+ "},
}

// FuzzParse asks that every source is read or refused, at a place inside it, and that names are where their nodes say.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	var t testing.T
	for _, file := range files {
		for i, e := range readExamples(&t, file) {
			f.Add(e.source, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, source string, config uint8) {
		cfg := configs[int(config)%len(configs)]
		tree, err := Parse("t", source, &cfg)
		if err != nil {
			var bad *Error
			if !errors.As(err, &bad) || bad.Msg == "" || bad.Line < 1 || bad.Col < 1 || bad.Offset < 0 || bad.Offset > len(source) {
				t.Fatalf("%#v", err)
			}
			return
		}
		Walk(tree, func(n Node) bool {
			pos := n.Position()
			if pos.Line < 1 || pos.Col < 1 || int(pos.Offset) > len(source) {
				t.Fatalf("%T at %+v", n, pos)
			}
			if _, ok := n.(*Trans); ok { // names whose line Jinja does not know stand at the tag
				return false
			}
			if name, ok := n.(*Name); ok && name.Name != "_trans" && !strings.HasPrefix(source[pos.Offset:], name.Name) {
				t.Fatalf("%s is not at %+v", name.Name, pos)
			}
			return true
		})
		_ = dump(tree, true)
	})
}
