package jinja

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"sort"
	"strings"
	"time"
)

// ErrNotFound is what a [Loader] returns (wrapped or bare) for a name it does not have.
var ErrNotFound = errors.New("template not found")

// maxSource bounds one template file: a larger one is a mistake or an attack, not a page.
const maxSource = 16 << 20

// Source is the text of one template as a [Loader] found it.
type Source struct {
	// Text is the template itself.
	Text string
	// Path is where the text came from, for messages; empty if it has no file.
	Path string
	// Fresh reports whether Text is still what the loader would return. It is asked only
	// under [Config].Reload; nil means that the source never changes.
	Fresh func() bool
}

// Loader finds templates by name. Names use forward slashes on every system and are relative to the
// loader's root; no loader of this package follows a name out of its root. Load is called from several goroutines.
type Loader interface {
	Load(name string) (Source, error)
}

// Lister is implemented by loaders that can enumerate their templates, sorted by name.
type Lister interface {
	List() ([]string, error)
}

// cleanName drops empty and "." segments as Jinja does, and refuses what would climb out of the root.
func cleanName(name string) (string, bool) {
	if strings.ContainsAny(name, "\\\x00") {
		return "", false
	}
	segments := strings.Split(name, "/")
	kept := segments[:0]
	for _, s := range segments {
		switch s {
		case "", ".":
		case "..":
			return "", false
		default:
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "/"), len(kept) > 0
}

type fsLoader struct {
	fsys fs.FS
	base string
}

// FSLoader loads templates from a file system, typically an [embed.FS] or a subtree of one.
func FSLoader(fsys fs.FS) Loader { return &fsLoader{fsys: fsys} }

// DirLoader loads templates from a folder. Files are opened through [os.Root], so neither a name nor a
// symbolic link leads out of the folder. A folder that cannot be opened is reported by every Load.
func DirLoader(dir string) Loader {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return FuncLoader(func(string) (Source, error) {
			return Source{}, fmt.Errorf("template folder: %w", err)
		})
	}
	return &fsLoader{fsys: root.FS(), base: dir}
}

func (l *fsLoader) Load(name string) (Source, error) {
	clean, ok := cleanName(name)
	if !ok || !fs.ValidPath(clean) {
		return Source{}, ErrNotFound
	}
	f, err := l.fsys.Open(clean)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return Source{}, ErrNotFound
		}
		return Source{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Source{}, err
	}
	if info.IsDir() {
		return Source{}, ErrNotFound
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err != nil {
		return Source{}, err
	}
	if len(text) > maxSource {
		return Source{}, fmt.Errorf("template %s is larger than %d bytes", clean, maxSource)
	}
	file := clean
	if l.base != "" {
		file = path.Join(l.base, clean)
	}
	return Source{Text: string(text), Path: file, Fresh: l.fresh(clean, info.ModTime(), info.Size())}, nil
}

// fresh compares modification time and size: cheap, and a file that vanished counts as changed.
func (l *fsLoader) fresh(name string, modified time.Time, size int64) func() bool {
	return func() bool {
		info, err := fs.Stat(l.fsys, name)
		return err == nil && info.ModTime().Equal(modified) && info.Size() == size
	}
}

func (l *fsLoader) List() ([]string, error) {
	var names []string
	err := fs.WalkDir(l.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	})
	sort.Strings(names)
	return names, err
}

type mapLoader map[string]string

// MapLoader serves templates from a map of names to texts, for tests and small programs.
// The map must not change afterwards.
func MapLoader(templates map[string]string) Loader { return mapLoader(templates) }

func (m mapLoader) Load(name string) (Source, error) {
	text, ok := m[name]
	if !ok {
		return Source{}, ErrNotFound
	}
	return Source{Text: text}, nil
}

func (m mapLoader) List() ([]string, error) {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names, nil
}

type funcLoader func(name string) (Source, error)

// FuncLoader adapts a function, for templates that live in a database or are generated.
// The function returns [ErrNotFound] for names it does not know.
func FuncLoader(load func(name string) (Source, error)) Loader { return funcLoader(load) }

func (f funcLoader) Load(name string) (Source, error) { return f(name) }

type prefixLoader map[string]Loader

// PrefixLoader hands "admin/list.html" to the loader registered as "admin", under the name "list.html".
func PrefixLoader(loaders map[string]Loader) Loader { return prefixLoader(loaders) }

func (p prefixLoader) Load(name string) (Source, error) {
	prefix, rest, ok := strings.Cut(name, "/")
	loader := p[prefix]
	if !ok || loader == nil {
		return Source{}, ErrNotFound
	}
	return loader.Load(rest)
}

func (p prefixLoader) List() ([]string, error) {
	var all []string
	for prefix, loader := range p {
		names, err := list(loader)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			all = append(all, prefix+"/"+name)
		}
	}
	sort.Strings(all)
	return all, nil
}

type choiceLoader []Loader

// ChoiceLoader asks its loaders in order and takes the first that has the name.
func ChoiceLoader(loaders ...Loader) Loader { return choiceLoader(loaders) }

func (c choiceLoader) Load(name string) (Source, error) {
	for _, loader := range c {
		source, err := loader.Load(name)
		if err == nil || !errors.Is(err, ErrNotFound) {
			return source, err
		}
	}
	return Source{}, ErrNotFound
}

func (c choiceLoader) List() ([]string, error) {
	var all []string
	for _, loader := range c {
		names, err := list(loader)
		if err != nil {
			return nil, err
		}
		all = append(all, names...)
	}
	sort.Strings(all)
	return slices.Compact(all), nil
}

func list(l Loader) ([]string, error) {
	lister, ok := l.(Lister)
	if !ok {
		return nil, errors.New("this template loader cannot list its templates")
	}
	return lister.List()
}
