// Package cli gives every app the commands that Flask's have: serve, routes,
// console, config, secret and check, beside its own.
//
//	func main() {
//		cli.Program{Name: "blog", App: func(context.Context, *cli.Command) (*retort.App, error) {
//			return blog.New()
//		}}.Main()
//	}
//
// An error is one line on standard error and exit status 1; a wrong command line
// says what there is and exits with 2.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/sign"
)

// Command is a command of the command line, from github.com/urfave/cli/v3.
type Command = cli.Command

// Flag is a flag of a command, from github.com/urfave/cli/v3.
type Flag = cli.Flag

// A Program is an app on the command line.
type Program struct {
	Name    string
	Usage   string // one line
	Version string

	// Flags are known to every command that needs the app.
	Flags []Flag

	// App makes the app as the flags say.
	App func(ctx context.Context, cmd *Command) (*retort.App, error)

	// Commands are the app's own.
	Commands []*Command
}

// Main runs the command line of the process and exits.
func (p Program) Main() {
	w := NewLogWriter(os.Stderr)
	log.SetOutput(w) // slog's, too
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // from then on a signal has its usual effect
	code := p.Run(ctx, os.Args)
	stop()
	w.Flush()
	os.Exit(code)
}

// Run runs a command line, its program's name first, and returns the exit
// status.
func (p Program) Run(ctx context.Context, args []string) int {
	return p.RunIO(ctx, args, os.Stdin, os.Stdout, os.Stderr)
}

// RunIO is Run with other streams than the process's own; see retorttest.Run.
func (p Program) RunIO(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := p.command()
	root.Reader, root.Writer, root.ErrWriter = in, out, errOut
	return Status(root, root.Run(ctx, args))
}

// ErrUsage marks errors of the command line itself.
var ErrUsage = errors.New("usage")

// Status prints err, if it is one, as one line and returns the exit status.
func Status(root *Command, err error) int {
	if err == nil {
		return 0
	}
	w := root.ErrWriter
	if w == nil {
		w = os.Stderr
	}
	var exit cli.ExitCoder
	if errors.As(err, &exit) {
		if text := err.Error(); text != "" {
			_, _ = fmt.Fprintf(w, "%s: %s\n", root.Name, text)
		}
		return exit.ExitCode()
	}
	_, _ = fmt.Fprintf(w, "%s: %s\n", root.Name, strings.TrimPrefix(err.Error(), "usage: "))
	if errors.Is(err, ErrUsage) {
		return 2
	}
	return 1
}

// Configure makes root and all commands below it report a wrong command line as
// [ErrUsage], and suggest and complete.
func Configure(root *Command) {
	root.EnableShellCompletion = true
	root.Suggest = true
	root.ExitErrHandler = func(context.Context, *Command, error) {} // Status prints
	var each func(c *Command)
	each = func(c *Command) {
		c.OnUsageError = func(_ context.Context, cmd *Command, err error, _ bool) error {
			return fmt.Errorf("%w: %w; see %s --help", ErrUsage, err, cmd.FullName())
		}
		if len(c.Commands) > 0 && c.Action == nil {
			c.Action = unknownCommand
		}
		for _, sub := range c.Commands {
			each(sub)
		}
	}
	each(root)
}

// unknownCommand is what a command that only has subcommands does by itself.
func unknownCommand(_ context.Context, cmd *Command) error {
	if !cmd.Args().Present() {
		return cli.ShowSubcommandHelp(cmd)
	}
	var names []string
	for _, c := range cmd.Commands {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	return fmt.Errorf("%w: there is no command %q; there are %s", ErrUsage, cmd.Args().First(), strings.Join(names, ", "))
}

func (p Program) command() *Command {
	root := &Command{Name: p.Name, Usage: p.Usage, Version: p.Version, HideVersion: p.Version == ""}
	root.Commands = []*Command{p.serve(), p.routes(), p.console(), p.config(), Secret(), p.check(), p.lintTemplates()}
	for _, own := range p.Commands {
		root.Commands = slices.DeleteFunc(root.Commands, func(c *Command) bool { return c.Name == own.Name })
		root.Commands = append(root.Commands, own)
	}
	Configure(root)
	return root
}

// withApp is a command that needs the app, and the program's flags.
func (p Program) withApp(c *Command, run func(ctx context.Context, cmd *Command, app *retort.App) error) *Command {
	c.Flags = append(c.Flags, p.Flags...)
	c.Action = func(ctx context.Context, cmd *Command) error {
		app, err := p.App(ctx, cmd)
		if err != nil {
			return err
		}
		if app.Config.Debug {
			slog.SetLogLoggerLevel(slog.LevelDebug) // of the standard logger; one that the program has set decides itself
		}
		return run(ctx, cmd, app)
	}
	return c
}

func (p Program) serve() *Command {
	c := &Command{Name: "serve", Usage: "serve the app until it is told to stop",
		Flags: []Flag{
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8000", Usage: "the `ADDRESS` to listen on"},
			&cli.StringFlag{Name: "tls-cert", Usage: "speak TLS with the certificate in `FILE`"},
			&cli.StringFlag{Name: "tls-key", Usage: "whose key is in `FILE`"},
			&cli.BoolFlag{Name: "reload", Usage: "for development: build and start anew when a file changes"},
		}}
	p.withApp(c, func(ctx context.Context, cmd *Command, app *retort.App) error {
		app.Config.TLSCert = cmp.Or(cmd.String("tls-cert"), app.Config.TLSCert)
		app.Config.TLSKey = cmp.Or(cmd.String("tls-key"), app.Config.TLSKey)
		return app.RunContext(ctx, cmd.String("listen"))
	})
	serve := c.Action
	c.Action = func(ctx context.Context, cmd *Command) error {
		if !cmd.Bool("reload") {
			return serve(ctx, cmd)
		}
		r, err := newReloader(os.Stderr, os.Args[1:])
		if err != nil {
			return err
		}
		return r.run(ctx)
	}
	return c
}

func (p Program) routes() *Command {
	c := &Command{Name: "routes", Usage: "list the routes"}
	return p.withApp(c, func(_ context.Context, cmd *Command, app *retort.App) error {
		routes, err := app.Routes()
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(cmd.Root().Writer, 0, 0, 2, ' ', 0)
		hosts := slices.ContainsFunc(routes, func(r retort.RouteInfo) bool { return r.Host != "" })
		line := func(host string, cells ...string) {
			if hosts {
				cells = append(cells, host)
			}
			_, _ = fmt.Fprintln(w, strings.Join(cells, "\t"))
		}
		line("HOST", "ENDPOINT", "METHODS", "PATTERN")
		for _, r := range routes {
			methods := strings.Join(r.Methods, ", ")
			if methods == "" {
				methods = "any"
			}
			line(r.Host, r.Endpoint, methods, r.Pattern)
		}
		return w.Flush()
	})
}

func (p Program) config() *Command {
	c := &Command{Name: "config", Usage: "show the settings in force, secrets hidden"}
	return p.withApp(c, func(_ context.Context, cmd *Command, app *retort.App) error {
		lines, err := retort.Settings(&app.Config)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.Root().Writer, strings.Join(lines, "\n"))
		return err
	})
}

// Secret is the command that makes a secret key.
func Secret() *Command {
	return &Command{Name: "secret", Usage: "make a secret key",
		Action: func(_ context.Context, cmd *Command) error {
			_, err := fmt.Fprintln(cmd.Root().Writer, sign.Generate())
			return err
		}}
}

func (p Program) check() *Command {
	c := &Command{Name: "check", Usage: "see whether the app is sound", Flags: []Flag{
		&cli.BoolFlag{Name: "deploy", Usage: "and whether it is safe to deploy"},
	}}
	return p.withApp(c, func(_ context.Context, cmd *Command, app *retort.App) error {
		if !cmd.Bool("deploy") {
			return app.Compile()
		}
		return Check(cmd.Root().Writer, app)
	})
}

// Check prints what is unsafe about deploying app; errors make it fail.
func Check(w io.Writer, app *retort.App) error {
	found, err := app.Check()
	errs := 0
	for _, f := range found {
		_, _ = fmt.Fprintln(w, f)
		if f.Error {
			errs++
		}
	}
	switch {
	case errs > 0:
		return fmt.Errorf("not ready to deploy: %d of %d findings are errors", errs, len(found))
	case err != nil:
		return err
	case len(found) > 0:
		_, _ = fmt.Fprintf(w, "Ready to deploy (warnings: %d).\n", len(found))
	default:
		_, _ = fmt.Fprintln(w, "Ready to deploy.")
	}
	return nil
}
