package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/retort-go/retort/assay/ioc"
)

const explainHelp = `Shows each candidate of a text, taken or refused, with what was seen at its place
and what decided. It knows more candidates than assay extract --rejected: also
names whose last label is no top-level domain.

Examples:
  assay explain 'see evil[.]example and report.zip'
  assay explain < note.txt`

// maxExplained is how much text is explained: it is for a line that looks wrong,
// not for a log.
const maxExplained = 1 << 20

func explainCommand(std stdio) *cli.Command {
	return &cli.Command{
		Name:            "explain",
		Usage:           "show why each candidate in a text is taken or refused",
		ArgsUsage:       "[TEXT|-]",
		Description:     explainHelp + "\n\n" + kindHelp(),
		Flags:           []cli.Flag{kindFlag()},
		HideHelpCommand: true,
		OnUsageError:    badFlag,
		Action: func(_ context.Context, cmd *cli.Command) error {
			return explain(std, cmd)
		},
	}
}

func explain(std stdio, cmd *cli.Command) error {
	kinds, err := chosenKinds(cmd)
	if err != nil {
		return err
	}
	text := strings.Join(cmd.Args().Slice(), " ")
	if text == "" || text == "-" {
		std.sayReading()
		in, err := io.ReadAll(io.LimitReader(std.in, maxExplained+1))
		if err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
		if text = string(in); len(text) > maxExplained {
			return usagef("the text is larger than 1 MB; explain is for the lines in question")
		}
	}
	out := bufio.NewWriter(std.out)
	for _, e := range (ioc.Options{Kinds: kinds}).Explain(text) {
		_, _ = fmt.Fprintf(out, "%s %s at %d to %d\n", e.Kind, show(e.Value), e.Start, e.End)
		for _, step := range e.Steps {
			_, _ = fmt.Fprintf(out, "  %s\n", show(step)) // the last Flush has the error
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}
