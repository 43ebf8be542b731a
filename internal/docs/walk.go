package docs

import (
	"fmt"
	"regexp"
	"strings"
)

// A Step is something that a document tells its reader to do.
type Step struct {
	Line int // of the document

	// Command is one to type, Output what it prints; "…" stands for anything.
	Command, Output string

	// File is one to write, with Text in it. If Edit is set, Text is a piece of a
	// diff instead: what stays, what goes and what comes.
	File, Text string
	Edit       bool
}

var fileComment = regexp.MustCompile(`^<!-- (file|edit): ([\w./-]+) -->$`)

// Steps reads a document whose every block is done by a test as its reader would
// do it. There are three kinds:
//
//	```console          commands behind "$ ", and below each what it prints
//	<!-- file: x.go -->  in front of a block: a file to write
//	<!-- edit: x.go -->  in front of a diff: a change to a file
//
// Quotations are left to [Quote]; any other block is an error.
func Steps(text string) (steps []Step, err error) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if !strings.HasPrefix(lines[i], "```") {
			continue
		}
		end, err := fence(lines, i)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		before := ""
		if i > 0 {
			before = lines[i-1]
		}
		block := lines[i+1 : end]
		switch m := fileComment.FindStringSubmatch(before); {
		case m != nil:
			steps = append(steps, Step{Line: i + 1, File: m[2], Edit: m[1] == "edit", Text: strings.Join(block, "\n") + "\n"})
		case lines[i] == "```console":
			commands, err := commands(block, i+2)
			if err != nil {
				return nil, err
			}
			steps = append(steps, commands...)
		case !quotation.MatchString(before):
			return nil, fmt.Errorf("line %d: nothing says what to do with this block", i+1)
		}
		i = end
	}
	return steps, nil
}

func commands(block []string, line int) (steps []Step, err error) {
	for i, text := range block {
		if command, ok := strings.CutPrefix(text, "$ "); ok {
			steps = append(steps, Step{Line: line + i, Command: command})
			continue
		}
		if len(steps) == 0 {
			return nil, fmt.Errorf("line %d: a block of commands begins with \"$ \"", line+i)
		}
		steps[len(steps)-1].Output += text + "\n"
	}
	return steps, nil
}

// Apply makes the change of a piece of a diff: the lines that stay or go have to
// be in the text, at one place.
func Apply(text, diff string) (string, error) {
	var before, after strings.Builder
	for line := range strings.Lines(diff) {
		switch line[0] {
		case ' ', '\n':
			before.WriteString(strings.TrimPrefix(line, " "))
			after.WriteString(strings.TrimPrefix(line, " "))
		case '-':
			before.WriteString(line[1:])
		case '+':
			after.WriteString(line[1:])
		default:
			return "", fmt.Errorf("%q begins neither with a blank nor with + or -", line)
		}
	}
	if n := strings.Count(text, before.String()); n != 1 || before.Len() == 0 {
		return "", fmt.Errorf("these lines were found %d times, not once:\n%s", n, before.String())
	}
	return strings.Replace(text, before.String(), after.String(), 1), nil
}

// Prints reports whether got is what a document says that a command prints.
func Prints(got, want string) bool {
	parts := strings.Split(strings.TrimSpace(want), "…")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `$`).MatchString(strings.TrimSpace(got))
}
