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
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}, {"run", ".", "check", "--deploy"}, {"run", ".", "routes"}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = "demo-site"
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off")
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, text)
		}
	}
}

// A project begins with the versions that the framework itself is built with,
// so that any of its packages can be imported without asking the network.
func TestNewVersions(t *testing.T) {
	mod, err := skeleton.ReadFile("skeleton/go.mod.txt")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := skeleton.ReadFile("skeleton/go.sum.txt")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(ours)) {
		path, version, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(strings.TrimSpace(line), "// indirect"), "require ")), " ")
		if !ok || !strings.HasPrefix(version, "v") {
			continue
		}
		if want := path + " " + version; !strings.Contains(string(mod), want) || !strings.Contains(string(sum), want+" h1:") {
			t.Errorf("skeleton/go.mod.txt or go.sum.txt lacks %s", want)
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
		{[]string{"new", "taken"}, 1, "exists"},
	} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), append([]string{"retort"}, tt.args...), nil, &out, &errOut); code != tt.code || !strings.Contains(errOut.String(), tt.want) {
			t.Errorf("%q: exit status %d, %s; want %d with %q", tt.args, code, &errOut, tt.code, tt.want)
		}
	}
}
