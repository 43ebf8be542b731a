package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/jinja"
)

// maxData bounds the data of a page; it is read whole.
const maxData = 256 << 20

func renderCommand() *cli.Command {
	return &cli.Command{
		Name:      "render",
		Usage:     "print the page that a Jinja template makes of JSON data",
		ArgsUsage: "NAME",
		Description: "Examples:\n" +
			"  retort render --templates templates --data page.json index.html\n" +
			"  echo '{\"name\": \"Ada\"}' | retort render --data - hello.html",
		Flags: []cli.Flag{
			&urfave.StringFlag{Name: "templates", Value: "templates", Usage: "folder of the templates"},
			&urfave.StringFlag{Name: "data", Usage: "JSON file with the names of the template, - for standard input"},
			&urfave.StringFlag{Name: "autoescape", Value: "auto", Usage: "on, off, or auto: by the name's suffix, as an app does or, with --mode compat, Jinja's select_autoescape"},
			&urfave.StringFlag{Name: "mode", Value: "contextual", Usage: "escaping: contextual, compat (Jinja's) or strict"},
			&urfave.StringFlag{Name: "undefined", Value: "default", Usage: "undefined values: default, strict, chainable or debug"},
			&urfave.BoolFlag{Name: "trim-blocks", Usage: "drop the newline after a block tag"},
			&urfave.BoolFlag{Name: "lstrip-blocks", Usage: "drop the blanks before a block tag at the start of a line"},
			&urfave.BoolFlag{Name: "keep-trailing-newline", Usage: "keep the newline at the end of a template"},
			&urfave.StringFlag{Name: "ext", Usage: "extensions, separated by commas: do, loopcontrols, i18n, debug"},
		},
		Action: render,
	}
}

func render(ctx context.Context, cmd *cli.Command) error {
	if cmd.NArg() != 1 {
		return fmt.Errorf("%w: render takes the name of one template, got %d arguments", cli.ErrUsage, cmd.NArg())
	}
	cfg, err := renderConfig(cmd)
	if err != nil {
		return fmt.Errorf("%w: %w", cli.ErrUsage, err)
	}
	data, err := readData(cmd)
	if err != nil {
		return err
	}
	page, err := renderPage(ctx, cfg, cmd.Args().First(), data)
	if err != nil {
		return detailed(cmd, err)
	}
	_, err = cmd.Root().Writer.Write(page)
	return err
}

func renderPage(ctx context.Context, cfg jinja.Config, name string, data jinja.Value) ([]byte, error) {
	env, err := jinja.New(cfg)
	if err != nil {
		return nil, err
	}
	t, err := env.Template(name)
	if err != nil {
		return nil, err
	}
	return t.Append(nil, jinja.Input{Ctx: ctx, Data: data})
}

// detailed prints a template's error with its excerpt and stack, which do not fit in the one line of others.
func detailed(cmd *cli.Command, err error) error {
	var e *jinja.Error
	if !errors.As(err, &e) {
		return err
	}
	_, _ = fmt.Fprintf(cmd.Root().ErrWriter, "%+v\n", e)
	return urfave.Exit("", 1)
}

// choice returns what a flag's value stands for.
func choice[T any](cmd *cli.Command, flag string, choices map[string]T) (T, error) {
	v, ok := choices[cmd.String(flag)]
	if !ok {
		names := make([]string, 0, len(choices))
		for name := range choices {
			names = append(names, name)
		}
		slices.Sort(names)
		return v, fmt.Errorf("--%s is %q; it can be %s", flag, cmd.String(flag), strings.Join(names, ", "))
	}
	return v, nil
}

func renderConfig(cmd *cli.Command) (cfg jinja.Config, err error) {
	info, err := os.Stat(cmd.String("templates"))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		err = fmt.Errorf("there is no folder %s; --templates names the one that the templates are in", cmd.String("templates"))
	}
	if err != nil {
		return cfg, err
	}
	cfg.Loader = jinja.DirLoader(cmd.String("templates"))
	cfg.TrimBlocks = cmd.Bool("trim-blocks")
	cfg.LstripBlocks = cmd.Bool("lstrip-blocks")
	cfg.KeepTrailingNewline = cmd.Bool("keep-trailing-newline")
	if cfg.Autoescape, err = choice(cmd, "autoescape", map[string]func(string) bool{
		"auto": nil,
		"on":   func(string) bool { return true },
		"off":  func(string) bool { return false },
	}); err != nil {
		return cfg, err
	}
	if cfg.Mode, err = choice(cmd, "mode", map[string]jinja.Mode{
		"contextual": jinja.Contextual, "compat": jinja.Compat, "strict": jinja.Strict,
	}); err != nil {
		return cfg, err
	}
	if cfg.Mode == jinja.Compat && cfg.Autoescape == nil {
		cfg.Autoescape = selectAutoescape
	}
	if cfg.Undefined, err = choice(cmd, "undefined", map[string]jinja.Undefined{
		"default": jinja.UndefinedDefault, "strict": jinja.UndefinedStrict,
		"chainable": jinja.UndefinedChainable, "debug": jinja.UndefinedDebug,
	}); err != nil {
		return cfg, err
	}
	cfg.Extensions, err = renderExtensions(cmd.String("ext"))
	return cfg, err
}

// selectAutoescape is Jinja's function of that name with its defaults. It knows fewer suffixes than apps do.
func selectAutoescape(name string) bool {
	return slices.Contains([]string{".html", ".htm", ".xml"}, strings.ToLower(path.Ext(name)))
}

func renderExtensions(list string) (ext jinja.Extension, err error) {
	known := map[string]jinja.Extension{
		"do": jinja.ExtDo, "loopcontrols": jinja.ExtLoopControls, "i18n": jinja.ExtI18n, "debug": jinja.ExtDebug,
	}
	for name := range strings.SplitSeq(list, ",") {
		bit, ok := known[strings.TrimSpace(name)]
		if !ok && list != "" {
			return 0, fmt.Errorf("--ext knows no %q; there are do, loopcontrols, i18n and debug", name)
		}
		ext |= bit
	}
	return ext, nil
}

// readData reads the names of the template, none if no file is given.
func readData(cmd *cli.Command) (jinja.Value, error) {
	file := cmd.String("data")
	if file == "" {
		return jinja.FromJSON([]byte("{}"))
	}
	in := cmd.Root().Reader
	if file != "-" {
		f, err := os.Open(file) //nolint:gosec // the user names the file
		if err != nil {
			return jinja.Value{}, err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxData+1))
	if err != nil {
		return jinja.Value{}, fmt.Errorf("read %s: %w", file, err)
	}
	if len(text) > maxData {
		return jinja.Value{}, fmt.Errorf("%s is larger than %d bytes", file, maxData)
	}
	v, err := jinja.FromJSON(text)
	if err != nil {
		return v, fmt.Errorf("read %s: %w", file, err)
	}
	return v, nil
}
