package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/secure"
	"github.com/retort-go/retort/sign"
)

//go:embed all:skeleton
var skeleton embed.FS

var projectName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,49}$`)

func newCommand() *cli.Command {
	return &cli.Command{
		Name:      "new",
		Usage:     "make a project that runs, is tested and is safe to deploy",
		ArgsUsage: "NAME",
		Flags: []cli.Flag{
			&urfave.StringFlag{Name: "module", Usage: "the `PATH` of the Go module; NAME if empty"},
			&urfave.StringFlag{Name: "replace", Usage: "use the framework in `DIR`; without it, the one this tool was made from"},
		},
		Action: func(_ context.Context, cmd *cli.Command) error {
			name := cmd.Args().First()
			if cmd.Args().Len() != 1 || !projectName.MatchString(name) {
				return fmt.Errorf("%w: new takes a name of small letters, digits and dashes, as in retort new my-site", cli.ErrUsage)
			}
			p := project{name: name, module: cmd.String("module"), replace: cmd.String("replace")}
			if err := p.write(); err != nil {
				return err
			}
			tidy := ""
			if _, local := p.framework(); local == "" {
				tidy = "    go mod tidy\n"
			}
			_, err := fmt.Fprintf(cmd.Root().Writer, "Made %s. Now:\n\n    cd %s\n%s    go run . serve --debug --reload\n", name, name, tidy)
			return err
		},
	}
}

// project is what new makes: a folder of its name.
type project struct{ name, module, replace string }

func (p project) write() error {
	if p.module == "" {
		p.module = p.name
	}
	mod, err := p.goMod()
	if err != nil {
		return err
	}
	err = os.Mkdir(p.name, 0o750)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("there is a %s here already; take another name, or remove it", p.name)
	}
	if err != nil {
		return fmt.Errorf("new project: %w", err)
	}
	root, err := os.OpenRoot(p.name)
	if err != nil {
		return err
	}
	defer root.Close()
	return errors.Join(p.copySkeleton(root), p.writeInstance(root), root.WriteFile("go.mod", []byte(mod), 0o644))
}

func (p project) copySkeleton(root *os.Root) error {
	env := strings.ToUpper(strings.ReplaceAll(p.name, "-", "_"))
	return fs.WalkDir(skeleton, "skeleton", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(path, "skeleton"), "/"), ".txt")
		if d.IsDir() {
			return root.MkdirAll("./"+rel, 0o750)
		}
		text, err := skeleton.ReadFile(path)
		if err != nil {
			return err
		}
		switch rel {
		case "go.mod": // see goMod
			return nil
		case "go.sum":
			return root.WriteFile(rel, text, 0o644)
		case "gitignore":
			rel = ".gitignore"
		}
		filled := strings.NewReplacer("NAME", p.name, `"ENV"`, `"`+env+`"`, "ENV_", env+"_").Replace(string(text))
		return root.WriteFile(rel, []byte(filled), 0o644)
	})
}

// writeInstance makes what differs from machine to machine: the key and the
// settings of production.
func (p project) writeInstance(root *os.Root) error {
	settings, err := json.MarshalIndent(map[string]any{
		"SECRET_KEY_FILE": "instance/secret_key",
		"TRUSTED_HOSTS":   append([]string{p.name + ".example.com"}, secure.Loopback()...),
	}, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(root.Mkdir("instance", 0o700),
		root.WriteFile("instance/secret_key", []byte(sign.Generate()+"\n"), 0o600),
		root.WriteFile("instance/config.json", append(settings, '\n'), 0o600))
}

// goMod returns the project's go.mod.
func (p project) goMod() (string, error) {
	text, err := skeleton.ReadFile("skeleton/go.mod.txt")
	if err != nil {
		return "", err
	}
	version, dir := p.framework()
	if version == "" {
		return "", errors.New("this tool was built in a folder that is not there any more; name one that holds the framework with --replace DIR")
	}
	mod := strings.NewReplacer("MODULE", p.module, "VERSION", version).Replace(string(text))
	if dir == "" {
		return mod, nil
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	return mod + fmt.Sprintf("\nreplace (\n\tgithub.com/retort-go/retort => %q\n\tgithub.com/retort-go/retort/ext/redis => %q\n)\n",
		dir, filepath.Join(dir, "ext", "redis")), nil
}

// framework says which version of the framework a project uses, and in which
// folder it lies, if that is not where the go command keeps published ones.
func (p project) framework() (version, dir string) {
	if p.replace != "" {
		return "v0.0.0", p.replace
	}
	// Only a module that was downloaded has a sum.
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Sum != "" {
		return info.Main.Version, ""
	}
	_, file, _, _ := runtime.Caller(0) // …/cmd/retort/new.go, where this was built
	dir = filepath.Join(filepath.Dir(file), "..", "..")
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil || !filepath.IsAbs(file) {
		return "", ""
	}
	return "v0.0.0", dir
}
