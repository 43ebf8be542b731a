package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"
)

// Whatever blueprints are called, each has a file of its own that the go command
// builds on every system, and a function that mount calls.
func TestHandlersOfBlueprints(t *testing.T) {
	p := &flaskProject{Views: []flaskView{{Rule: "/", Endpoint: "index"}}}
	names := []string{"pages", "my-blog", "my_blog", "MyBlog", "myblog2", "test", "linux", "js", "amd64", "mount", "main", "port"}
	for _, name := range names {
		p.Blueprints = append(p.Blueprints, flaskBlueprint{Name: name, Prefix: "/" + name, Registered: true})
		p.Views = append(p.Views, flaskView{Blueprint: name, Rule: "/x", Endpoint: "index"})
	}
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	m := &importer{out: root, project: p}
	if err := m.writeHandlers(); err != nil || len(m.notes) > 0 {
		t.Fatal(err, m.notes)
	}
	pkg, err := build.ImportDir(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(pkg.GoFiles) != len(names)+2 || len(pkg.IgnoredGoFiles)+len(pkg.TestGoFiles) > 0 {
		t.Errorf("of %d blueprints and the app there are %q, ignored %q, tests %q", len(names), pkg.GoFiles, pkg.IgnoredGoFiles, pkg.TestGoFiles)
	}
	declared, called := map[string]bool{}, map[string]bool{}
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if declared[f.Name.Name] {
				t.Errorf("%s is declared twice", f.Name.Name)
			}
			declared[f.Name.Name] = true
			if f.Name.Name != "mount" {
				continue
			}
			for _, s := range f.Body.List {
				called[s.(*ast.ExprStmt).X.(*ast.CallExpr).Fun.(*ast.Ident).Name] = true
			}
		}
	}
	if len(called) != len(names)+1 {
		t.Errorf("mount calls %v", called)
	}
	for name := range called {
		if !declared[name] {
			t.Errorf("mount calls %s, which no file declares", name)
		}
	}
}
