// Package docs keeps the code in the documents true. A snippet that lives only
// in prose rots unseen, so documents quote files that compile and are tested:
//
//	<!-- examples/hello/main.go#index -->
//	```go
//	func index(c *retort.Ctx) error { … }
//	```
//
// The comment names a file and, after #, a part of it: what stands between the
// lines "// docs: index" and "// docs: end", or else the declaration of that
// name (Type.Method for a method), without its comment. A file that is not Go
// marks a part in its own comments. No Markdown library: only lines that begin
// with the comment or a fence matter.
package docs

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

var (
	quotation = regexp.MustCompile(`^<!-- ([\w./-]+\.\w+)(?:#([\w.-]+))? -->$`)
	mark      = regexp.MustCompile(`^\s*(?://|#|--|<!--|\{#-?) docs: ([\w.-]+)`)
)

// Quote returns the text of a document with each quotation as its source in
// tree reads now, and how many quotations there are.
func Quote(tree fs.FS, text string) (string, int, error) {
	lines := strings.Split(text, "\n")
	var out []string
	count := 0
	for i := 0; i < len(lines); i++ {
		out = append(out, lines[i])
		q := quotation.FindStringSubmatch(lines[i])
		if q == nil {
			continue
		}
		end, err := fence(lines, i+1)
		if err != nil {
			return "", 0, fmt.Errorf("line %d: %s: %w", i+1, lines[i], err)
		}
		part, err := source(tree, q[1], q[2])
		if err != nil {
			return "", 0, fmt.Errorf("line %d: %w", i+1, err)
		}
		out = append(out, lines[i+1], part)
		i = end - 1 // the closing fence comes next
		count++
	}
	return strings.Join(out, "\n"), count, nil
}

// fence returns the line that closes the code block opened at line start.
func fence(lines []string, start int) (int, error) {
	if start >= len(lines) || !strings.HasPrefix(lines[start], "```") {
		return 0, errors.New("no code block follows")
	}
	for i := start + 1; i < len(lines); i++ {
		if lines[i] == "```" {
			return i, nil
		}
	}
	return 0, errors.New("the code block does not end")
}

// source returns a file, or the named part of it, without the marks of parts
// and without surrounding space.
func source(tree fs.FS, file, name string) (string, error) {
	data, err := fs.ReadFile(tree, file)
	if err != nil {
		return "", err
	}
	if name == "" {
		return unmark(string(data)), nil
	}
	part, ok, err := region(string(data), name)
	if !ok && err == nil && strings.HasSuffix(file, ".go") {
		part, ok, err = declaration(string(data), name)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	if !ok {
		return "", fmt.Errorf("%s has no part %q: mark it with \"docs: %[2]s\" and \"docs: end\"", file, name)
	}
	return unmark(part), nil
}

func unmark(text string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), mark.MatchString)
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// region returns what stands between the marks of name, moved to the margin.
func region(text, name string) (string, bool, error) {
	var lines []string
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch m := mark.FindStringSubmatch(line); {
		case m == nil && inside:
			lines = append(lines, line)
		case m != nil && inside && m[1] == "end":
			return dedent(lines), true, nil
		case m != nil && m[1] == name:
			inside = true
		}
	}
	if inside {
		return "", false, fmt.Errorf("part %q has no \"docs: end\"", name)
	}
	return "", false, nil
}

func dedent(lines []string) string {
	margin := ""
	for i, line := range lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if i == 0 || indent != line && len(indent) < len(margin) {
			margin = indent
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, margin)
	}
	return strings.Join(lines, "\n")
}

// declaration returns the top-level declaration of name in Go source.
func declaration(text, name string) (string, bool, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return "", false, err
	}
	for _, decl := range f.Decls {
		if declares(decl, name) {
			return text[fset.Position(decl.Pos()).Offset:fset.Position(decl.End()).Offset], true, nil
		}
	}
	return "", false, nil
}

func declares(decl ast.Decl, name string) bool {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name == name
		}
		return receiver(d.Recv.List[0].Type)+"."+d.Name.Name == name
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.Name == name {
					return true
				}
			case *ast.ValueSpec:
				for _, id := range s.Names {
					if id.Name == name {
						return true
					}
				}
			}
		}
	}
	return false
}

// receiver returns the name of a method's type: T for T, *T, T[P] and *T[P].
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
