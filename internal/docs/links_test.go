package docs

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestLinks follows every link from one file of the repository to another, to
// the heading it names.
func TestLinks(t *testing.T) {
	tree := os.DirFS(root)
	links := 0
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (d.Name()[0] == '.' || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(name) != ".md" {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		for _, target := range Links(string(text)) {
			u, err := url.Parse(target)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if u.Scheme == "" {
				links++
				if why := broken(tree, name, u); why != "" {
					t.Errorf("%s links to %s: %s", name, target, why)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if links < 20 {
		t.Fatalf("found %d links; want those of all documents", links)
	}
}

// TestReachable sees that whoever begins at the README finds every document.
func TestReachable(t *testing.T) {
	tree := os.DirFS(root)
	found := map[string]bool{"README.md": true}
	for next := []string{"README.md"}; len(next) > 0; next = next[1:] {
		text, err := fs.ReadFile(tree, next[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range Links(string(text)) {
			u, err := url.Parse(target)
			if err != nil || u.Scheme != "" || path.Ext(u.Path) != ".md" {
				continue
			}
			if name := path.Join(path.Dir(next[0]), u.Path); !found[name] {
				found[name] = true
				next = append(next, name)
			}
		}
	}
	for _, name := range documents(t, tree) {
		if !found[name] {
			t.Errorf("no link leads from README.md to %s", name)
		}
	}
}

// broken says what is wrong with a link in the document of that name.
func broken(tree fs.FS, name string, u *url.URL) string {
	target := name
	if u.Path != "" {
		target = path.Join(path.Dir(name), u.Path)
	}
	info, err := fs.Stat(tree, target)
	if err != nil {
		return "there is no such file"
	}
	if u.Fragment == "" || info.IsDir() || path.Ext(target) != ".md" {
		return ""
	}
	text, err := fs.ReadFile(tree, target)
	if err != nil {
		return err.Error()
	}
	if anchors := Anchors(string(text)); !slices.Contains(anchors, u.Fragment) {
		return "it has no such heading, but " + strings.Join(anchors, ", ")
	}
	return ""
}

func TestLinksAndAnchors(t *testing.T) {
	const text = "# One, two!\nSee [a](b.md#c), ![d](e.png) and `[f](g)`.\n```\n[h](i)\n# no\n```\n## What `x` is\n"
	if got := Links(text); !slices.Equal(got, []string{"b.md#c", "e.png"}) {
		t.Errorf("Links = %q", got)
	}
	if got := Anchors(text); !slices.Equal(got, []string{"one-two", "what-x-is"}) {
		t.Errorf("Anchors = %q", got)
	}
}
