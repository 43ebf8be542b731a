package jinja_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort/jinja"
)

// changing is a loader whose templates a test replaces.
type changing struct {
	mu    sync.Mutex
	texts map[string]string
	asked atomic.Int64
}

func (c *changing) set(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.texts["page"] = text
}

func (c *changing) Load(name string) (jinja.Source, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, ok := c.texts[name]
	if !ok {
		return jinja.Source{}, jinja.ErrNotFound
	}
	return jinja.Source{Text: text, Fresh: func() bool {
		c.asked.Add(1)
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.texts[name] == text
	}}, nil
}

// page renders a template until it looks at its source again, since it does so only now and then.
func (c *changing) page(t *testing.T, env *jinja.Environment, name string) string {
	t.Helper()
	for asked := c.asked.Load(); ; {
		tmpl, err := env.Template(name)
		if err != nil {
			t.Fatal(err)
		}
		if c.asked.Load() == asked {
			continue
		}
		var b strings.Builder
		if err := tmpl.Render(&b, nil); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
}

func TestReload(t *testing.T) {
	c := &changing{texts: map[string]string{"page": "one"}}
	env := newEnv(t, jinja.Config{Loader: c, Reload: true}, nil)
	if _, err := env.Template("page"); err != nil {
		t.Fatal(err)
	}
	c.set("two")
	if got := c.page(t, env, "page"); got != "two" {
		t.Errorf("after an edit: got %q, want two", got)
	}
	c.set("{% broken")
	if got := c.page(t, env, "page"); got != "two" {
		t.Errorf("after a broken edit: got %q, want the last good version, two", got)
	}
	tmpl, err := env.Template("page")
	if err != nil {
		t.Fatal(err)
	}
	var e *jinja.Error
	if !errors.As(tmpl.ReloadError(), &e) || e.Kind != jinja.KindSyntax {
		t.Errorf("got reload error %v, want a syntax error", tmpl.ReloadError())
	}
	c.set("three")
	if got := c.page(t, env, "page"); got != "three" {
		t.Errorf("after the repair: got %q, want three", got)
	}
}

// Renders go on while templates are replaced under them.
func TestReloadWhileRendering(t *testing.T) {
	c := &changing{texts: map[string]string{"base": "<{% block b %}{% endblock %}>", "page": "{% extends 'base' %}{% block b %}1{% endblock %}"}}
	env := newEnv(t, jinja.Config{Loader: c, Reload: true}, nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 300 {
				if i%30 == 0 {
					c.set("{% extends 'base' %}{% block b %}" + strings.Repeat("1", 1+i/30) + "{% endblock %}")
				}
				tmpl, err := env.Template("page")
				if err != nil {
					t.Error(err)
					return
				}
				out, err := tmpl.Append(nil, jinja.Input{})
				if s := string(out); err != nil || strings.Trim(s, "<1>") != "" {
					t.Errorf("got %q, %v", s, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestLoaders(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.html")
	for name, text := range map[string]string{filepath.Join(dir, "a.html"): "A", filepath.Join(dir, "sub", "b.html"): "B", outside: "secret"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link.html")); err != nil {
		t.Fatal(err)
	}
	folder := jinja.DirLoader(dir)
	files := jinja.FSLoader(fstest.MapFS{"c.html": {Data: []byte("C")}, "d/e.html": {Data: []byte("E")}})
	prefixed := jinja.PrefixLoader(map[string]jinja.Loader{"dir": folder, "fs": files})
	for _, tt := range []struct {
		loader     jinja.Loader
		name, want string // "" if there is none
	}{
		{folder, "a.html", "A"}, {folder, "sub/b.html", "B"}, {folder, "./sub//b.html", "B"},
		{folder, "../" + filepath.Base(filepath.Dir(outside)) + "/secret.html", ""},
		{folder, "sub/../a.html", ""}, {folder, outside, ""}, {folder, "link.html", ""}, {folder, "sub", ""}, {folder, "", ""},
		{folder, `sub\b.html`, ""}, {folder, "a.html\x00", ""},
		{files, "c.html", "C"}, {files, "d/e.html", "E"}, {files, "/c.html", "C"}, {files, "x.html", ""},
		{prefixed, "dir/a.html", "A"}, {prefixed, "fs/d/e.html", "E"}, {prefixed, "other/a.html", ""}, {prefixed, "a.html", ""},
		{jinja.ChoiceLoader(files, folder), "a.html", "A"}, {jinja.ChoiceLoader(files, folder), "x.html", ""},
		{jinja.FuncLoader(func(name string) (jinja.Source, error) { return jinja.Source{Text: name}, nil }), "echo", "echo"},
	} {
		source, err := tt.loader.Load(tt.name)
		if source.Text != tt.want || (tt.want == "") != (err != nil) {
			t.Errorf("%T: Load(%q) = %q, %v; want %q", tt.loader, tt.name, source.Text, err, tt.want)
		}
	}
	names, err := prefixed.(jinja.Lister).List()
	if want := "dir/a.html dir/sub/b.html fs/c.html fs/d/e.html"; err != nil || strings.Join(names, " ") != want {
		t.Errorf("List() = %q, %v; want %s", names, err, want)
	}
	if _, err := jinja.DirLoader(filepath.Join(dir, "nowhere")).Load("a.html"); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, jinja.ErrNotFound) {
		t.Errorf("a folder that is not there: got %v", err)
	}
}
