// Command retort is the tool that goes with the framework.
//
//	retort render --templates templates --data page.json index.html
//
// Results go to standard output, errors to standard error. The exit status is 1 if the work could not be done and 2 if the
// command line is wrong.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/retort-go/retort/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process: it returns the exit status.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := &cli.Command{
		Name:     "retort",
		Usage:    "the tool that goes with the framework",
		Commands: []*cli.Command{newCommand(), renderCommand(), lintCommand(), sessionCommand(), tokenCommand(), passwordCommand(), flaskCommand(), cli.Secret()},
		Reader:   in, Writer: out, ErrWriter: errOut,
	}
	cli.Configure(root)
	return cli.Status(root, root.Run(ctx, args))
}
