// Assay finds indicators of compromise in text: on a page in the browser
// (assay serve) or from the command line (assay extract).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/retort-go/retort/assay/document"
)

// What the program exits with besides 0. Scripts rely on it.
const (
	exitFailed = 1 // a file could not be read, a port not opened
	exitUsage  = 2 // the request makes no sense: unknown flag, format or kind, binary input
)

func main() {
	document.ServeJail()
	os.Exit(run(context.Background(), os.Args, stdio{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		inTTY: isTerminal(os.Stdin), outTTY: isTerminal(os.Stdout), errTTY: isTerminal(os.Stderr),
	}))
}

// stdio is what the program reads from and writes to, and who is at the other
// end.
type stdio struct {
	in                    io.Reader
	out, err              io.Writer
	inTTY, outTTY, errTTY bool
}

// say tells the person at the terminal, or the log, something that is no result.
func (s stdio) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.err, "assay: "+format+"\n", args...) // nobody is left to tell
}

// sayReading tells who sits before a silent program what it waits for.
func (s stdio) sayReading() {
	if s.inTTY {
		s.say("reading standard input; Ctrl-D ends it")
	}
}

// isTerminal takes any character device for a terminal; of those that are not,
// /dev/null is the one in use, and nobody reads what goes there.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// run does what args ask for and returns the exit code.
func run(ctx context.Context, args []string, std stdio) int {
	app := &cli.Command{
		Name:  "assay",
		Usage: "find indicators of compromise in text",
		Description: "Paste a report into the page that `assay serve` opens, or hand files to `assay extract`.\n" +
			"Nothing is sent anywhere, and no text is stored.",
		Commands:        []*cli.Command{serveCommand(std), extractCommand(std), explainCommand(std)},
		HideHelpCommand: true,
		Version:         version(),
		OnUsageError:    badFlag,
		Action:          noCommand,
		Reader:          std.in,
		Writer:          std.out,
		ErrWriter:       std.err,
		ExitErrHandler:  func(context.Context, *cli.Command, error) {}, // it would exit
	}
	return finish(std, app.Run(ctx, args))
}

// finish says what went wrong and returns the exit code for it.
func finish(std stdio, err error) int {
	if err == nil {
		return 0
	}
	if code, ok := errors.AsType[exitCode](err); ok {
		return int(code) // said already
	}
	std.say("%v", err)
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

// exitCode is a failure that has been reported where it happened.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// usageError is a request that makes no sense; its text says what does.
type usageError string

func (e usageError) Error() string { return string(e) }

func usagef(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// badFlag answers a flag that does not exist, or lacks its value, with those
// that do.
func badFlag(_ context.Context, cmd *cli.Command, err error, _ bool) error {
	what := err.Error()
	if _, name, ok := strings.Cut(what, "not defined: -"); ok {
		what = "there is no flag " + dashed(strings.TrimLeft(name, "-"))
	}
	var names []string
	for _, f := range cmd.VisibleFlags() {
		names = append(names, dashed(f.Names()[0]))
	}
	return usagef("%s\nthe flags of %s are: %s", what, cmd.FullName(), strings.Join(names, " "))
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// version is what Go knows of the source that this was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}

// noCommand answers `assay` and `assay help` with the help, and a command that
// does not exist with those that do.
func noCommand(_ context.Context, cmd *cli.Command) error {
	if name := cmd.Args().First(); name != "" && name != "help" {
		var names []string
		for _, c := range cmd.VisibleCommands() {
			names = append(names, c.Name)
		}
		return usagef("there is no command %q; the commands are: %s", name, strings.Join(names, " "))
	}
	return cli.ShowRootCommandHelp(cmd)
}
