package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What `retort new` makes builds, passes its own tests and is safe to deploy.
func TestNew(t *testing.T) {
	framework, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var out, errOut bytes.Buffer
	if code := run(t.Context(), []string{"retort", "new", "demo-site"}, nil, &out, &errOut); code != 0 {
		t.Fatalf("exit status %d: %s", code, &errOut)
	}
	if mod, err := os.ReadFile("demo-site/go.mod"); err != nil || !strings.Contains(string(mod), framework) {
		t.Errorf("go.mod does not name the folder that the tool was built in, %s: %v\n%s", framework, err, mod)
	}
	if info, err := os.Stat("demo-site/instance/secret_key"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info.Mode(), err)
	}
	for _, tt := range []struct{ args, env, want string }{
		{"vet ./...", "", ""},
		{"test ./...", "", "ok"},
		{"run . routes", "", "index"},
		{"run . check --deploy", "", "R030 warning: ended sessions are remembered in memory"},
		{"run . check --deploy", "DEMO_SITE_REDIS_URL=redis://127.0.0.1:6379", "Ready to deploy.\n"}, // it is not asked
		{"run . config", "DEMO_SITE_REDIS_URL=redis://:secret@127.0.0.1:6379", "SECRET_KEY=(hidden)"},
	} {
		cmd := exec.CommandContext(t.Context(), "go", strings.Fields(tt.args)...)
		cmd.Dir = "demo-site"
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off", tt.env)
		if text, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(text), tt.want) {
			t.Errorf("%s go %s: %v, want %q in\n%s", tt.env, tt.args, err, tt.want, text)
		}
	}
}

// A project begins with the versions that the framework and ext/redis are built
// with, so that any of their packages can be imported without asking the network.
func TestNewVersions(t *testing.T) {
	mod, err := skeleton.ReadFile("skeleton/go.mod.txt")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := skeleton.ReadFile("skeleton/go.sum.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"../../go.mod", "../../ext/redis/go.mod"} {
		ours, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(ours)) {
			path, version, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(strings.TrimSpace(line), "// indirect"), "require ")), " ")
			if !ok || !strings.HasPrefix(version, "v") || strings.HasPrefix(path, "github.com/retort-go/") {
				continue
			}
			if want := path + " " + version; !strings.Contains(string(mod), want) || !strings.Contains(string(sum), want+" h1:") {
				t.Errorf("skeleton/go.mod.txt or go.sum.txt lacks %s of %s", want, file)
			}
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("taken", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"new"}, 2, "takes a name"},
		{[]string{"new", "../evil"}, 2, "takes a name"},
		{[]string{"new", "taken"}, 1, "there is a taken here already"},
	} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), append([]string{"retort"}, tt.args...), nil, &out, &errOut); code != tt.code || !strings.Contains(errOut.String(), tt.want) {
			t.Errorf("%q: exit status %d, %s; want %d with %q", tt.args, code, &errOut, tt.code, tt.want)
		}
	}
}
