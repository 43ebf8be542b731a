package retorttest

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

// A Program is a command line, such as a cli.Program.
type Program interface {
	RunIO(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) (status int)
}

// A CommandResult is how a command ended.
type CommandResult struct {
	Status         int // of the process: 0 if all is well
	Stdout, Stderr string
}

// Run runs a command of a program, as Flask's test_cli_runner does: args are those
// behind the program's name, stdin is what the command reads.
func Run(t testing.TB, p Program, stdin string, args ...string) CommandResult {
	t.Helper()
	var out, errOut bytes.Buffer
	status := p.RunIO(t.Context(), append([]string{"program"}, args...), strings.NewReader(stdin), &out, &errOut)
	return CommandResult{status, out.String(), errOut.String()}
}
