package configfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/ext/configfile"
)

const key = "kX3vPz0q8mWb5rT1yN7uL4hJ2gD9sFaC"

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The same settings in each format give the same configuration.
func TestFormats(t *testing.T) {
	want := retort.Config{SecretKey: []byte(key), Debug: true, TrustedHosts: []string{"example.com", ".example.org"},
		MaxContentLength: 5 << 20, SessionLifetime: 90 * time.Minute, SessionIdle: 60 * time.Second}
	for _, source := range []retort.Source{
		configfile.TOML(write(t, "c.toml", `
# The instance's own.
SECRET_KEY = "`+key+`"
DEBUG = true
TRUSTED_HOSTS = ["example.com", ".example.org"]
MAX_CONTENT_LENGTH = 5_242_880
SESSION_LIFETIME = "90m"
SESSION_IDLE = 60
`)),
		configfile.YAML(write(t, "c.yaml", `
SECRET_KEY: `+key+`
DEBUG: true
TRUSTED_HOSTS: [example.com, .example.org]
MAX_CONTENT_LENGTH: 5242880
SESSION_LIFETIME: 90m
SESSION_IDLE: 60
`)),
		configfile.DotEnv(write(t, ".env", `
export BLOG_SECRET_KEY="`+key+`"
BLOG_DEBUG=true
BLOG_TRUSTED_HOSTS=example.com,.example.org # both
BLOG_MAX_CONTENT_LENGTH=5242880
BLOG_SESSION_LIFETIME=90m
BLOG_SESSION_IDLE=60
OTHER_DEBUG=false
`), "BLOG"),
	} {
		var got retort.Config
		if err := retort.Load(&got, source); err != nil {
			t.Errorf("%s: %v", source.Name, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v", source.Name, got)
		}
	}
}

// What is wrong is an error that names the file and the key, and never a secret.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ file, text, want string }{
		{"c.toml", `MAX_CONTENT_LENGHT = 1`, "c.toml: MAX_CONTENT_LENGHT: there is no such setting"},
		{"c.toml", `DEBUG = "perhaps"`, "c.toml: DEBUG: "},
		{"c.toml", `SESSION_IDLE = 2026-01-01T00:00:00Z`, "c.toml: SESSION_IDLE: "},
		{"c.toml", "[SESSION]\nIDLE = 5", "c.toml: SESSION: there is no such setting"},
		{"c.toml", "DEBUG = true\nDEBUG = false", "c.toml: "},
		{"c.toml", `DEBUG =`, "c.toml: "},
		{"c.toml", `MAX_CONTENT_LENGTH = 9223372036854775807`, "c.toml: MAX_CONTENT_LENGTH: the number 9223372036854775807 is too large"},
		{"c.yaml", `debug: true`, "c.yaml: debug: there is no such setting"},
		{"c.yaml", `TRUSTED_HOSTS: {a: b}`, "c.yaml: TRUSTED_HOSTS: "},
		{"c.yaml", `MAX_CONTENT_LENGTH: 18446744073709551615`, "c.yaml: MAX_CONTENT_LENGTH: "},
		{"c.yaml", "DEBUG: true\nDEBUG: false", "c.yaml: "},
		{"c.yaml", `- DEBUG`, "c.yaml: "},
		{"c.env", `BLOG_DEBUGG=true`, "c.env: DEBUGG: there is no such setting"},
		{"c.env", "BLOG_SECRET_KEY=\"hunter2\n", "c.env: it is no .env file"},
		{"c.toml", "#" + strings.Repeat("x", 1<<20), "more than the 1048576 bytes"},
	} {
		path := write(t, tt.file, tt.text)
		source := map[string]func(string) retort.Source{".toml": configfile.TOML, ".yaml": configfile.YAML,
			".env": func(name string) retort.Source { return configfile.DotEnv(name, "BLOG") }}[filepath.Ext(path)](path)
		var cfg retort.Config
		err := retort.Load(&cfg, source)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s with %.40q: got %v, want an error with %q", tt.file, tt.text, err, tt.want)
		}
	}
}

func TestMissingFiles(t *testing.T) {
	var cfg retort.Config
	missing := filepath.Join(t.TempDir(), "none")
	if err := retort.Load(&cfg, configfile.DotEnv(missing, "BLOG")); err != nil {
		t.Errorf(".env: %v; it may be absent", err)
	}
	for _, source := range []retort.Source{configfile.TOML(missing), configfile.YAML(missing)} {
		if err := retort.Load(&cfg, source); err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("got %v, want an error that names the file", err)
		}
	}
}

// A file may name another that holds the secret itself.
func TestSecretFile(t *testing.T) {
	secret := write(t, "secret_key", key+"\n")
	var cfg retort.Config
	if err := retort.Load(&cfg, configfile.YAML(write(t, "c.yaml", "SECRET_KEY_FILE: "+secret))); err != nil {
		t.Fatal(err)
	}
	if string(cfg.SecretKey) != key {
		t.Errorf("got %q", cfg.SecretKey)
	}
}

func FuzzYAML(f *testing.F) {
	f.Add("DEBUG: true")
	f.Add("a: &a [*a]")
	f.Add("? {x: y}\n: z")
	f.Fuzz(func(t *testing.T, text string) {
		var cfg retort.Config
		_ = retort.Load(&cfg, configfile.YAML(write(t, "c.yaml", text))) // it must not panic
	})
}

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(file, []byte("MAX_CONTENT_LENGTH = 4096\nSESSION_IDLE = \"30m\"\n"), 0o600); err != nil {
		panic(err)
	}
	var cfg retort.Config
	err = retort.Load(&cfg, configfile.TOML(file))
	fmt.Println(cfg.MaxContentLength, cfg.SessionIdle, err)
	// Output: 4096 30m0s <nil>
}
