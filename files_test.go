package retort_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// A program brings its folders along, and in development reads them where they lie.
func TestConfigFiles(t *testing.T) {
	builtIn := fstest.MapFS{"templates/page.html": {Data: []byte("built in")}, "static/a.txt": {Data: []byte("built in")}}
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("templates/page.html", "on disk")
	for what, tt := range map[string]struct {
		cfg          retort.Config
		page, static string
	}{
		"production":       {retort.Config{Files: builtIn}, "built in", "built in"},
		"development":      {retort.Config{Files: builtIn, Debug: true}, "on disk", "built in"}, // of static there is nothing on disk
		"its own, besides": {retort.Config{Files: builtIn, Static: fstest.MapFS{"a.txt": {Data: []byte("own")}}}, "built in", "own"},
	} {
		tt.cfg.SecretKey = testKey
		app := retort.New(tt.cfg)
		app.Get("/", func(c *retort.Ctx) error { return c.Render("page.html", nil) }).Named("index")
		client := retorttest.New(t, app)
		if page, static := client.Get("/").Body, client.Get("/static/a.txt").Body; page != tt.page || static != tt.static {
			t.Errorf("%s: got %q and %q, want %q and %q", what, page, static, tt.page, tt.static)
		}
	}
	for want, files := range map[string]fstest.MapFS{
		"neither a folder templates nor one called static": {"app/templates/page.html": {}},
		"templates is no folder":                           {"templates": {}},
	} {
		if err := retort.New(retort.Config{SecretKey: testKey, Files: files}).Compile(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
