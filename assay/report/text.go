package report

import (
	"bufio"
	"strings"

	"github.com/retort-go/retort/assay/ioc"
)

// openText writes the values alone, one per line: what block lists, grep -f and
// other programs' standard input take.
func openText(w *bufio.Writer, _ Options) encoder {
	return encoder{omits: omitRefused, item: func(it *Item) { writeLine(w, it.Value) }}
}

// openDefanged writes the values alone, one per line, so that nothing makes
// links of them: what a mail or a chat may carry.
func openDefanged(w *bufio.Writer, _ Options) encoder {
	return encoder{omits: omitRefused, item: func(it *Item) { writeLine(w, ioc.Defang(it.Indicator)) }}
}

// openList writes the values of one kind, each once and one per line, as
// scanners take lists of hashes.
func openList(kind ioc.Kind) func(*bufio.Writer, Options) encoder {
	return func(w *bufio.Writer, _ Options) encoder {
		return encoder{
			distinct: true,
			omits: func(it *Item) string {
				if it.Kind != kind {
					return string(it.Kind)
				}
				return omitRefused(it)
			},
			item: func(it *Item) { writeLine(w, it.Value) },
		}
	}
}

// writeLine writes s as one line. The few kinds whose values have line ends
// (YARA rules) get blanks for them: a line must not pass for two values.
func writeLine(w *bufio.Writer, s string) {
	if strings.ContainsAny(s, "\r\n") {
		s = lineEnds.Replace(s)
	}
	w.WriteString(s)
	w.WriteByte('\n')
}

var lineEnds = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

// openMarkdown writes a table of defanged values, each as code: what is pasted
// into a ticket must not become a link there.
func openMarkdown(w *bufio.Writer, o Options) encoder {
	return encoder{
		begin: func() {
			if o.TLP != "" {
				w.WriteString("**" + o.TLP.String() + "**\n\n")
			}
			head, rule := "| Kind | Indicator | Why |", "|---|---|---|"
			if o.Files {
				head, rule = head+" File |", rule+"---|"
			}
			w.WriteString(head + "\n" + rule + "\n")
		},
		item: func(it *Item) {
			why := plain.Replace(it.Reason)
			if it.Rejected {
				why = "refused: " + why
			}
			cells := []string{string(it.Kind), code(ioc.Defang(it.Indicator)), why}
			if o.Files {
				cells = append(cells, code(it.File))
			}
			w.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		},
	}
}

var (
	// inCode keeps a cell of code in its cell: a table's bar counts even there,
	// and a line end would end the row.
	inCode = strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ")
	plain  = strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ", "<", "&lt;", "[", `\[`, "`", "\\`", "*", `\*`, "_", `\_`)
)

// code is s as a code span, its fence longer than any run of backticks in s.
func code(s string) string {
	fence, pad := "`", ""
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		pad = " "
	}
	return fence + pad + inCode.Replace(s) + pad + fence
}
