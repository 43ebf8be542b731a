package retort_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const repository = "github.com/retort-go/retort"

// A layer says what the packages of a folder may import besides the standard
// library, golang.org/x and one another.
type layer struct {
	ours       string // folders of this repository
	thirdParty bool   // the modules that its go.mod requires
	tests      string // what its tests may import on top; "third-party" for that
}

const (
	leaves    = "jinja route sign secure csrf limit form password mail"
	framework = ". " + leaves
	onTop     = "auth api flask cli cors cache paginate retorttest"
	library   = "assay assay/enrich assay/ioc"
)

// layers is the picture in docs/architecture.md as a table. The nearest folder
// above a package decides; the roots of modules stand for themselves alone, so
// that a new folder has to find its layer here.
var layers = map[string]layer{
	"jinja":    {},
	"route":    {},
	"sign":     {},
	"secure":   {},
	"csrf":     {},
	"limit":    {},
	"form":     {},
	"password": {},
	"mail":     {},

	".": {ours: leaves, tests: "retorttest"},

	"auth":       {ours: framework, tests: "retorttest"},
	"api":        {ours: framework, tests: "retorttest"},
	"flask":      {ours: framework, tests: "retorttest"},
	"cors":       {ours: framework, tests: "retorttest"},
	"cache":      {ours: framework, tests: "retorttest"},
	"paginate":   {ours: framework, tests: "retorttest"},
	"cli":        {ours: framework, thirdParty: true, tests: "retorttest"},
	"retorttest": {ours: framework},

	"cmd/retort": {ours: framework + " " + onTop, thirdParty: true},
	"examples":   {ours: framework + " " + onTop + " ext", thirdParty: true},
	"bench":      {ours: framework + " " + onTop + " assay/ioc internal", thirdParty: true},
	"ext":        {ours: framework + " " + onTop, thirdParty: true},
	"internal":   {},

	"assay/ioc":       {tests: "internal"},
	"assay/enrich":    {ours: "assay/ioc"},
	"assay":           {ours: "assay/enrich assay/ioc"},
	"assay/document":  {thirdParty: true},
	"assay/provider":  {ours: library, thirdParty: true},
	"assay/store":     {ours: library, thirdParty: true},
	"assay/report":    {ours: library, thirdParty: true},
	"assay/web":       {ours: library + " assay/document assay/provider assay/store assay/report " + framework + " " + onTop, thirdParty: true},
	"assay/cmd/assay": {ours: library + " assay/document assay/provider assay/store assay/report assay/web " + framework + " " + onTop, thirdParty: true},
}

// layerOf returns the folder that decides for the package in dir.
func layerOf(dir string) (string, bool) {
	if _, ok := layers[dir]; ok {
		return dir, true
	}
	for dir = path.Dir(dir); dir != "." && dir != "assay"; dir = path.Dir(dir) {
		if _, ok := layers[dir]; ok {
			return dir, true
		}
	}
	return "", false
}

// refusal says why a file of the package in dir may not import pkg, or nothing.
func refusal(dir, pkg string, test bool) string {
	home, ok := layerOf(dir)
	if !ok {
		return "the folder has no layer: add it to layers in imports_test.go"
	}
	l := layers[home]
	allowed := strings.Fields(l.ours)
	if test {
		allowed = append(allowed, strings.Fields(l.tests)...)
	}
	target, ours := strings.CutPrefix(pkg+"/", repository+"/")
	if !ours {
		first, _, _ := strings.Cut(pkg, "/")
		std := !strings.Contains(first, ".")
		if std || strings.HasPrefix(pkg, "golang.org/x/") || l.thirdParty || slices.Contains(allowed, "third-party") {
			return ""
		}
		return "only the standard library and golang.org/x may come from outside"
	}
	target, ok = layerOf(path.Clean(target))
	if ok && (target == home || slices.Contains(allowed, target)) {
		return ""
	}
	return "imports point down only: see the layers in imports_test.go"
}

// TestImports holds the layers: the leaves can each be used alone, the
// framework stands on them and nothing else, and Assay's library on neither.
func TestImports(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); d.IsDir() && name != "." && (base == "testdata" || base[0] == '.' || base[0] == '_') {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		files++
		// Parsed rather than listed: this sees files for other systems too.
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(name))
		for _, spec := range f.Imports {
			pkg, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := refusal(dir, pkg, strings.HasSuffix(name, "_test.go")); why != "" {
				t.Errorf("%s imports %s: %s", name, pkg, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 2 {
		t.Fatalf("found %d Go files; want the whole repository", files)
	}
}

// TestImportsRefuse holds the table itself to the promises made about it.
func TestImportsRefuse(t *testing.T) {
	for _, tt := range []struct {
		dir, pkg string
		test, ok bool
	}{
		{"jinja", "strings", false, true},
		{"jinja", "golang.org/x/text/unicode/norm", false, true},
		{"jinja", repository + "/jinja/internal/value", false, true},
		{"jinja/internal/value", repository + "/jinja", false, true},
		{"jinja", repository + "/route", false, false},
		{"jinja", repository + "/route", true, false},
		{"jinja", repository, false, false},
		{"jinja", "github.com/google/go-cmp/cmp", true, false},
		{".", repository + "/jinja", false, true},
		{".", repository + "/cli", false, false},
		{".", repository + "/retorttest", false, false},
		{".", repository + "/retorttest", true, true},
		{".", "github.com/urfave/cli/v3", false, false},
		{"cli", "github.com/urfave/cli/v3", false, true},
		{"auth", repository, false, true},
		{"auth", repository + "/assay", false, false},
		{"assay/ioc", repository, false, false},
		{"assay/ioc", repository + "/assay/ioc", true, true},
		{"assay/enrich", repository + "/assay/ioc", false, true},
		{"assay/enrich", repository + "/assay", false, false},
		{"assay", repository + "/assay/web", false, false},
		{"assay", repository, false, false},
		{"assay/store", repository, false, false},
		{"assay/web", repository, false, true},
		{"assay/web", repository + "/examples/hello", false, false},
		{"assay/cmd/assay", repository + "/assay/web", false, true},
		{"assay/unheard", "strings", false, false},
		{"unheard/of", "strings", false, false},
	} {
		if why := refusal(tt.dir, tt.pkg, tt.test); (why == "") != tt.ok {
			t.Errorf("refusal(%q, %q, test %t) = %q, want allowed %t", tt.dir, tt.pkg, tt.test, why, tt.ok)
		}
	}
}

// TestRequirements keeps what a user of the framework has to trust on one screen.
func TestRequirements(t *testing.T) {
	allowed := []string{
		"github.com/urfave/cli/v3",
		"golang.org/x/crypto", "golang.org/x/net", "golang.org/x/sync", "golang.org/x/text", "golang.org/x/time",
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace []struct{ Old struct{ Path string } }
	}
	goJSON(t, &mod, "mod", "edit", "-json", "go.mod")
	for _, r := range mod.Require {
		if !r.Indirect && !slices.Contains(allowed, r.Path) {
			t.Errorf("go.mod requires %s; the framework may require only %s: put what needs it into a nested module",
				r.Path, strings.Join(allowed, ", "))
		}
	}
	for _, r := range mod.Replace {
		t.Errorf("go.mod replaces %s; users of the module would not get the replacement", r.Old.Path)
	}
}

// TestWorkspace sees that go.work names every module, for `make test` runs
// only what it names.
func TestWorkspace(t *testing.T) {
	var work struct{ Use []struct{ DiskPath string } }
	goJSON(t, &work, "work", "edit", "-json", "go.work")
	var got []string
	for _, u := range work.Use {
		got = append(got, filepath.ToSlash(filepath.Clean(u.DiskPath)))
	}
	var want []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && name != "." && (d.Name()[0] == '.' || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.Name() == "go.mod" {
			want = append(want, filepath.ToSlash(filepath.Dir(name)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("go.work uses %v, want every module: %v", got, want)
	}
}

// goJSON runs the go command and decodes what it prints into v.
func goJSON(t *testing.T, v any, args ...string) {
	t.Helper()
	if err := json.Unmarshal(goOutput(t, ".", args...), v); err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
}

func goOutput(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return out
}
