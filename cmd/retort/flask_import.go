package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/jinja"
)

//go:embed ported
var portedFiles embed.FS

// A flaskProject is what python/project.py reads of one.
type flaskProject struct {
	Blueprints []flaskBlueprint `json:"blueprints"`
	Views      []flaskView      `json:"views"`
	Hooks      []flaskNote      `json:"hooks"`
	Imports    []flaskNote      `json:"imports"`
	Config     []flaskSetting   `json:"config"`
	Problems   []flaskNote      `json:"problems"`
	Templates  []string         `json:"templates"`
	Static     []string         `json:"static"`

	withoutPython string // why the code was not read
}

type flaskBlueprint struct {
	Name       string `json:"name"`
	Prefix     string `json:"prefix"`
	File       string `json:"file"`
	Line       int    `json:"line"`
	Registered bool   `json:"registered"`
}

type flaskView struct {
	File       string   `json:"file"`
	Line       int      `json:"line"`
	Blueprint  string   `json:"blueprint"`
	Rule       string   `json:"rule"`
	Methods    []string `json:"methods"`
	Endpoint   string   `json:"endpoint"`
	Renders    []string `json:"renders"`
	Uses       []string `json:"uses"`
	Decorators []string `json:"decorators"`
	Doc        string   `json:"doc"`
	Defaults   bool     `json:"defaults"`
}

type flaskNote struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

type flaskSetting struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Key   string `json:"key"`
	Value any    `json:"value"`
	Known bool   `json:"known"`
}

func flaskImport(ctx context.Context, cmd *cli.Command) error {
	dir, err := argument(cmd)
	if err != nil {
		return err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not a folder with a Flask project", dir)
	}
	p, err := readFlaskProject(ctx, cmd, dir)
	if err != nil {
		return err
	}
	m := &importer{dir: dir, project: p, module: cmd.String("module"), replace: cmd.String("replace")}
	if err := m.write(cmd.String("out")); err != nil {
		return fmt.Errorf("import %s: %w", dir, err)
	}
	_, err = fmt.Fprintf(cmd.Root().Writer, "Made %s of %d routes in %d blueprints, with %d templates and %d static files. Read %s next.\n",
		cmd.String("out"), len(p.Views), len(p.Blueprints), len(m.templates), m.static, path.Join(cmd.String("out"), "PORTING.md"))
	return err
}

// readFlaskProject lets Python read its own; where there is none, folders by the
// usual names are all that is known.
func readFlaskProject(ctx context.Context, cmd *cli.Command, dir string) (*flaskProject, error) {
	p := &flaskProject{}
	if _, err := exec.LookPath(cmd.String("python")); err != nil {
		p.withoutPython = fmt.Sprintf("There is no %s here, so no Python was read: routes, settings and hooks are missing.", cmd.String("python"))
	} else {
		out, err := runPython(ctx, cmd, "project.py", dir)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(out, p); err != nil {
			return nil, fmt.Errorf("read the project: %w", err)
		}
	}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || name == dir {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"venv", "env", "node_modules", "site-packages", "tests"}, d.Name()) {
			return fs.SkipDir
		}
		rel, err := filepath.Rel(dir, name)
		switch d.Name() {
		case "templates":
			p.Templates = append(p.Templates, filepath.ToSlash(rel))
		case "static":
			p.Static = append(p.Static, filepath.ToSlash(rel))
		}
		return err
	})
	p.Templates, p.Static = unique(p.Templates), unique(p.Static)
	return p, err
}

// unique drops what stands a second time, and folders outside of the project.
func unique(list []string) (kept []string) {
	for _, s := range list {
		if !slices.Contains(kept, s) && filepath.IsLocal(s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// An importer writes the new project.
type importer struct {
	dir, module, replace string
	project              *flaskProject

	out       *os.Root
	name      string
	templates []string
	static    int
	notes     []string // of what needs a human
}

func (m *importer) write(out string) error {
	m.name = filepath.Base(filepath.Clean(out))
	if !projectName.MatchString(m.name) {
		return fmt.Errorf("--out %s: the folder's name becomes the program's, so it is of small letters, digits and dashes", out)
	}
	if err := os.Mkdir(out, 0o750); err != nil {
		return err
	}
	root, err := os.OpenRoot(out)
	if err != nil {
		return err
	}
	defer root.Close()
	m.out = root
	for _, step := range []func() error{m.copyFolders, m.writeFixed, m.writeHandlers, m.lintTemplates, m.writeReport} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (m *importer) writeFixed() error {
	if m.module == "" {
		m.module = m.name
	}
	mod, err := project{name: m.name, module: m.module, replace: m.replace}.goMod()
	errs := []error{err, m.out.WriteFile("go.mod", []byte(mod), 0o644), m.out.WriteFile("old-routes.json", []byte("[]\n"), 0o644)}
	fill := strings.NewReplacer("NAME", m.name, "ENV", strings.ToUpper(strings.ReplaceAll(m.name, "-", "_")))
	for _, name := range []string{"main.go", "port.go", "port_test.go"} {
		text, err := portedFiles.ReadFile("ported/" + name + ".txt")
		code := fill.Replace(string(text))
		if m.static == 0 { // else the old application's own would be out of reach
			code = strings.Replace(code, staticFolder, "", 1)
		}
		errs = append(errs, err, m.out.WriteFile(name, []byte(code), 0o644))
	}
	return errors.Join(errs...)
}

// staticFolder is the piece of ported/port.go.txt that serves static files.
const staticFolder = `	if s.Config.Static, err = fs.Sub(embedded, "static"); err != nil {
		return nil, err
	}
`

// maxCopied is the size of the largest file that is copied, in bytes.
const maxCopied = 64 << 20

// copyFolders lays all folders of templates on top of one another, and those of
// static files, the first one winning as in Flask.
func (m *importer) copyFolders() error {
	from, err := os.OpenRoot(m.dir)
	if err != nil {
		return err
	}
	defer from.Close()
	for _, kind := range []struct {
		name    string
		folders []string
		copied  func(name string)
	}{
		{"templates", m.project.Templates, func(name string) { m.templates = append(m.templates, name) }},
		{"static", m.project.Static, func(string) { m.static++ }},
	} {
		if err := m.out.Mkdir(kind.name, 0o750); err != nil {
			return err
		}
		// An embedded folder must hold a file.
		if err := m.out.WriteFile(kind.name+"/.keep", nil, 0o644); err != nil {
			return err
		}
		for _, folder := range kind.folders {
			if err := m.copyFolder(from, folder, kind.name, kind.copied); err != nil {
				return err
			}
		}
	}
	slices.Sort(m.templates)
	return nil
}

func (m *importer) copyFolder(from *os.Root, folder, to string, copied func(string)) error {
	files := from.FS()
	if _, err := fs.Stat(files, folder); err != nil {
		return nil //nolint:nilerr // a folder that the code names and that is not there
	}
	return fs.WalkDir(files, folder, func(name string, d fs.DirEntry, err error) error {
		rel := strings.TrimPrefix(strings.TrimPrefix(name, folder), "/")
		target := path.Join(to, rel)
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(d.Name(), ".") && rel != "":
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return m.out.MkdirAll(target, 0o750)
		case !d.Type().IsRegular():
			m.note("%s is no regular file and was not copied", name)
			return nil
		}
		if _, err := m.out.Stat(target); err == nil {
			m.note("%s was not copied: another %s of that name came first", name, to)
			return nil
		}
		copied(rel)
		return m.copyFile(files, name, target)
	})
}

func (m *importer) copyFile(files fs.FS, name, target string) error {
	in, err := files.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := m.out.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, maxCopied))
	if n == maxCopied {
		m.note("%s is larger than %d bytes and was cut", name, maxCopied)
	}
	return errors.Join(err, out.Close())
}

func (m *importer) note(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}

// lintTemplates compiles each template, which finds what this engine does not know:
// filters of the application's own, extensions, syntax that it has not.
func (m *importer) lintTemplates() error {
	folder, err := fs.Sub(m.out.FS(), "templates")
	if err != nil {
		return err
	}
	env, err := jinja.New(jinja.Config{Loader: jinja.FSLoader(folder)})
	if err != nil {
		return err
	}
	for _, name := range m.templates {
		if !slices.Contains([]string{".html", ".htm", ".xml", ".txt", ".j2", ".jinja", ".jinja2", ".svg"}, path.Ext(name)) {
			continue
		}
		if _, err := env.Template(name); err != nil {
			m.note("template %s: %v", name, err)
		}
	}
	return nil
}
