package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/retort-go/retort/assay/document"
	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

const extractHelp = `Reads files, folders (all in them) and standard input ("-", or no FILE), and
prints each distinct indicator once, at its first place: what kind it is, its
canonical value, the text as it stands, where that is, and why it was taken.

Besides text it reads HTML, PDF, DOCX, XLSX, PPTX, mail (EML and MSG) with what
is attached, STIX and MISP JSON, and ZIP and gzip of all these, in any charset,
by content and not by name. There "part" says in which text an indicator stands,
and "page" on which page. What it exported itself as jsonl, json, csv, stix or
misp is read back as it was, with its files, places and reasons.

A list for --allow has one entry a line, or is one of MISP's warning lists.

Examples:
  assay extract report.txt                       every indicator, as JSON lines
  assay extract --format text --kind ipv4,domain report.txt > block.txt
  assay extract --kind all report.txt            also file names, paths, coins …
  assay extract --all --format csv logs/         every place, in a whole folder
  assay extract mail.eml                         a mail with its attachments
  assay extract --allow builtin --allow own.txt report.txt     known hosts, marked
  assay extract --format stix --tlp amber report.txt > report.stix.json
  assay extract --format sigma report.stix.json  rules from an export
  zcat proxy.log.gz | assay extract --kind url   from another program
  assay extract report.txt | jq -r .value        into another program

Exit code: 0 if all was read (even if nothing was found), 1 if a file could not
be, or not wholly, 2 if a flag makes no sense or there is no text in a file.`

func extractCommand(std stdio) *cli.Command {
	return &cli.Command{
		Name:        "extract",
		Usage:       "print the indicators in files, folders or standard input",
		ArgsUsage:   "[FILE…|-]",
		Description: extractHelp + "\n\nFormats:\n" + wrap(formatNames()) + "\n\n" + kindHelp(),
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "format", Value: report.Formats()[0].Name, Usage: "the `FORMAT` to print, of those above"},
			kindFlag(),
			&cli.BoolFlag{Name: "all", Usage: "every match, not only the first of each indicator"},
			&cli.BoolFlag{Name: "rejected", Usage: "also what was refused, with the reason"},
			&cli.BoolFlag{Name: "nested", Usage: "look into base64, hex, percent escapes and the like, three deep"},
			&cli.StringSliceFlag{Name: "allow", Usage: "mark what the list in `FILE` holds; builtin is the list of " + builtinDate()},
		}, exportFlags()...),
		HideHelpCommand: true,
		OnUsageError:    badFlag,
		Action: func(ctx context.Context, cmd *cli.Command) error {
			return extract(ctx, std, cmd)
		},
	}
}

func formatNames() string {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func kindFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "kind", Usage: "only these `KINDS`, separated by commas, or all"}
}

// kindHelp lists what kindFlag takes.
func kindHelp() string {
	var usual []string
	for _, k := range ioc.DefaultKinds() {
		usual = append(usual, string(k))
	}
	others := strings.Fields(ioc.KindNames())[len(usual):]
	return "Kinds that are looked for without --kind:\n" + wrap(strings.Join(usual, " ")) +
		"\n\nKinds to ask for:\n" + wrap(strings.Join(others, " "))
}

// wrap breaks words into lines that fit a terminal of 80 columns.
func wrap(words string) string {
	const width = 72
	var b strings.Builder
	column := width
	for word := range strings.FieldsSeq(words) {
		if column += 1 + len(word); column > width {
			b.WriteString("\n ")
			column = 1 + len(word)
		}
		b.WriteString(" " + word)
	}
	return strings.TrimPrefix(b.String(), "\n")
}

// chosenKinds reads the flag --kind; nil means that nobody chose.
func chosenKinds(cmd *cli.Command) ([]ioc.Kind, error) {
	if !cmd.IsSet("kind") {
		return nil, nil
	}
	kinds, err := ioc.ParseKinds(strings.Join(cmd.StringSlice("kind"), ","))
	if err != nil {
		return nil, usagef("%v", err)
	}
	return kinds, nil
}

// allowLists reads the lists of --allow.
func allowLists(names []string) ([]*ioc.List, error) {
	var lists []*ioc.List
	for _, name := range names {
		if name == "builtin" {
			builtin, _ := ioc.BuiltinLists()
			lists = append(lists, builtin...)
			continue
		}
		f, err := os.Open(name) //nolint:gosec // opening what the user names is the job
		if err != nil {
			return nil, fmt.Errorf("--allow %s: %w", show(name), withoutName(err))
		}
		list, err := ioc.ReadList(filepath.Base(name), f)
		_ = f.Close() // it was only read
		if err != nil {
			return nil, usagef("--allow %s: %v", show(name), withoutName(err))
		}
		lists = append(lists, list)
	}
	return lists, nil
}

func builtinDate() string {
	_, date := ioc.BuiltinLists()
	return date
}

func extract(ctx context.Context, std stdio, cmd *cli.Command) error {
	format, inputs := cmd.String("format"), cmd.Args().Slice()
	f, ok := report.Lookup(format)
	if !ok {
		return usagef("there is no format %q; the formats are: %s", format, formatNames())
	}
	o, err := exportOptions(cmd, f)
	if err != nil {
		return err
	}
	x := &extraction{ctx: ctx, std: std, progress: progress{std: std}}
	x.options.Rejected, x.options.Nested = cmd.Bool("rejected"), cmd.Bool("nested")
	if x.options.Lists, err = allowLists(cmd.StringSlice("allow")); err != nil {
		return err
	}
	if x.options.Kinds, err = chosenKinds(cmd); err != nil {
		return err
	}
	if !cmd.Bool("all") {
		x.seen = ioc.NewSeen()
	}
	if len(inputs) == 0 {
		inputs = []string{"-"}
		std.sayReading()
	}
	x.named = len(inputs) > 1 || isFolder(inputs[0])
	o.Files = x.named
	x.out = f.New(std.out, o)
	return x.run(inputs)
}

// extraction is one run of the command.
type extraction struct {
	ctx      context.Context
	std      stdio
	options  ioc.Options
	out      report.Writer
	named    bool      // items tell which input they are from
	seen     *ioc.Seen // nil with --all
	progress progress
	found    int
	skipped  []string // binary files in folders and documents
	code     exitCode // of the worst that happened
}

// run reads all inputs, whatever happens with one of them, and writes what it
// found. The error is the code to exit with, after what was said, or that of
// the output.
func (x *extraction) run(names []string) error {
	for in := range ahead(x.ctx, inputs(names, x.std.in)) {
		if err := x.input(in); err != nil {
			return err
		}
	}
	if err := x.out.Close(); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	x.progress.clear()
	if left := x.out.LeftOut(); left != "" {
		x.std.say("left out, as this format has no place for them: %s", left)
	}
	if n := len(x.skipped); n > 0 {
		x.std.say("skipped %d binary file%s: %s", n, plural(n), some(x.skipped))
	}
	if x.found == 0 && x.code == 0 && x.std.errTTY {
		x.std.say("no indicators found")
	}
	if x.code != 0 {
		return x.code
	}
	return nil
}

// input reads one input. Only the output's error is returned: no input is a
// reason not to read the next.
func (x *extraction) input(in *input) error {
	if !in.open() {
		x.fail(exitFailed, in.name, in.err)
		return nil
	}
	x.progress.start(in.name, in.size)
	switch {
	case in.export != "":
		return x.imported(in.name, in.export, x.progress.count(in.r, &x.found))
	case in.isDocument():
		return x.document(in)
	}
	return x.text(in)
}

// text reads what is text and nothing else.
func (x *extraction) text(in *input) error {
	text := document.NewTextReader(x.progress.count(in.r, &x.found), in.kind.Charset)
	for m, err := range x.once().ExtractReader(text) {
		if err != nil {
			x.fail(exitFailed, in.name, err)
			break
		}
		m.Start, m.End = int(text.Offset(int64(m.Start), maxMatch)), int(text.Offset(int64(m.End), maxMatch))
		if err := x.write(report.Item{File: in.name, Match: m}); err != nil {
			return err
		}
	}
	return nil
}

// maxMatch is how far back a match may begin from the end of the one before.
const maxMatch = 1 << 20

// document reads what has its text inside. Offsets are those in the text of the
// part; of JSON that is the file itself.
func (x *extraction) document(in *input) error {
	if in.read == nil {
		in.readDocument(x.ctx, x.progress.count(in.r, &x.found))
	} else {
		<-in.read
		x.progress.add(in.size, x.found)
	}
	name, d, err := in.name, in.doc, in.problem
	if unknown, ok := errors.AsType[*document.UnknownError](err); ok && len(d.Parts) == 0 {
		if in.byName {
			x.fail(exitUsage, name, unknown)
			return nil
		}
		x.skipped = append(x.skipped, show(name))
		return nil
	}
	for i := range d.Parts {
		p := &d.Parts[i]
		part := p.Name()
		for m := range x.once().ExtractSeq(p.Text) {
			m.Raw, m.Start, m.End = p.Place(m.Start, m.End)
			if err := x.write(report.Item{File: name, Part: part, Page: p.Page, Match: m}); err != nil {
				return err
			}
		}
	}
	for _, inner := range d.Skipped {
		x.skipped = append(x.skipped, show(inner))
	}
	x.problems(name, err)
	return nil
}

// problems reports what of a document was not read.
func (x *extraction) problems(name string, err error) {
	all, ok := errors.AsType[document.Errors](err)
	if !ok {
		if err != nil {
			x.fail(exitFailed, name, err)
		}
		return
	}
	for _, e := range all {
		inner := strings.Join(append([]string{name}, e.Path[1:]...), " > ")
		x.fail(exitFailed, inner, errors.New(e.Reason()))
	}
}

// once is the options with which each indicator comes once.
func (x *extraction) once() ioc.Options {
	o := x.options
	o.Seen = x.seen
	return o
}

func (x *extraction) write(item report.Item) error {
	if !x.named {
		item.File = ""
	}
	return x.put(item)
}

// fail reports one input that could not be used. The run goes on and exits
// with the highest code.
func (x *extraction) fail(code exitCode, name string, err error) {
	x.code = max(x.code, code)
	x.progress.clear()
	x.std.say("%s: %v", show(name), withoutName(err))
}

// withoutName is the error of a file whose name is said beside it.
func withoutName(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// some lists the first few of names.
func some(names []string) string {
	const few = 5
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
