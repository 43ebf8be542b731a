package report

import (
	"bufio"
	"fmt"
	"strings"
	"unicode"

	"github.com/retort-go/retort/assay/ioc"
)

// A sigmaRule is a rule for one source of logs.
type sigmaRule struct {
	title, logsource string
	selections       []sigmaSelection // of which one has to match
}

// A sigmaSelection looks for the values of some kinds in a field.
type sigmaSelection struct {
	field  string
	kinds  []ioc.Kind
	prefix string // of each value
}

var sigmaRules = []sigmaRule{
	{"Connection to an address found by Assay", "category: firewall", []sigmaSelection{
		{"dst_ip", []ioc.Kind{ioc.IPv4, ioc.IPv6}, ""},
		{"dst_ip|cidr", []ioc.Kind{ioc.CIDR}, ""},
	}},
	{"Look-up of a domain found by Assay", "category: dns", []sigmaSelection{
		{"query", []ioc.Kind{ioc.Domain, ioc.Onion}, ""},
	}},
	{"Web request found by Assay", "category: proxy", []sigmaSelection{
		{"c-uri", []ioc.Kind{ioc.URL}, ""},
		{"cs-host", []ioc.Kind{ioc.Domain, ioc.Onion}, ""},
		{"c-useragent", []ioc.Kind{ioc.UserAgent}, ""},
	}},
	{"Start of a program found by Assay", "category: process_creation\n    product: windows", []sigmaSelection{
		{"Hashes|contains", []ioc.Kind{ioc.MD5}, "MD5="},
		{"Hashes|contains", []ioc.Kind{ioc.SHA1}, "SHA1="},
		{"Hashes|contains", []ioc.Kind{ioc.SHA256}, "SHA256="},
		{"Hashes|contains", []ioc.Kind{ioc.Imphash}, "IMPHASH="},
	}},
}

// openSigma writes a rule for each source of logs, as YAML documents. A rule
// names all its values, so they are kept until the end.
func openSigma(w *bufio.Writer, o Options) encoder {
	var kinds []ioc.Kind
	for _, r := range sigmaRules {
		for _, s := range r.selections {
			kinds = append(kinds, s.kinds...)
		}
	}
	values := groups{}
	return encoder{
		distinct: true,
		omits:    omitExcept(kinds...),
		item:     func(it *Item) { values.add(string(it.Kind), it.Value) },
		end: func() {
			between := ""
			for _, r := range sigmaRules {
				if body, ok := r.detection(values); ok {
					w.WriteString(between)
					r.write(w, o, body)
					between = "---\n"
				}
			}
		},
	}
}

// detection is the part of a rule that holds the values; ok is false if there
// are none.
func (r *sigmaRule) detection(values groups) (body string, ok bool) {
	var b strings.Builder
	n := 0
	for _, s := range r.selections {
		var list []string
		for _, k := range s.kinds {
			list = append(list, values[string(k)]...)
		}
		if len(list) == 0 {
			continue
		}
		n++
		fmt.Fprintf(&b, "    selection_%d:\n        %s:\n", n, s.field)
		for _, v := range list {
			b.WriteString("            - " + yamlString(sigmaEscapes.Replace(s.prefix+v)) + "\n")
		}
	}
	return b.String(), n > 0
}

func (r *sigmaRule) write(w *bufio.Writer, o Options, body string) {
	_, _ = fmt.Fprintf(w, "title: %s\nid: %s\nstatus: experimental\n", r.title, uuid5(home, "sigma"+r.title+body))
	w.WriteString("description: Matches the values themselves, as a text named them.\nauthor: Assay\n")
	if !o.Time.IsZero() {
		w.WriteString("date: " + o.Time.UTC().Format("2006-01-02") + "\n")
	}
	if o.TLP != "" {
		w.WriteString("tags:\n    - tlp." + strings.ReplaceAll(string(o.TLP), "+", "-") + "\n")
	}
	_, _ = fmt.Fprintf(w, "logsource:\n    %s\ndetection:\n%s    condition: 1 of selection_*\n", r.logsource, body)
}

// sigmaEscapes makes wildcards of Sigma plain characters.
var sigmaEscapes = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

// yamlString is s as a string of YAML, quoted always: without quotes "no" is
// false and "1e3" a number.
func yamlString(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
