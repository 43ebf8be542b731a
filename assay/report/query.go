package report

import (
	"bufio"
	"fmt"
	"strings"
	"unicode"

	"github.com/retort-go/retort/assay/ioc"
)

// openKQL writes a query for Microsoft Defender and Sentinel: a table of the
// values, and look-ups of them where logs have such values.
func openKQL(w *bufio.Writer, o Options) encoder {
	between := "\n"
	return encoder{
		distinct: true,
		omits:    omitExcept(ioc.IPv4, ioc.IPv6, ioc.CIDR, ioc.Domain, ioc.Onion, ioc.URL, ioc.Email, ioc.MD5, ioc.SHA1, ioc.SHA256),
		begin: func() {
			writeMark(w, "// ", o.TLP)
			w.WriteString("let indicators = datatable(IndicatorKind: string, Indicator: string) [")
		},
		item: func(it *Item) {
			w.WriteString(between + "    " + kqlString(string(it.Kind)) + ", " + kqlString(it.Value))
			between = ",\n"
		},
		end: func() { w.WriteString(kqlQuery) },
	}
}

const kqlQuery = `
];
let addresses = indicators | where IndicatorKind in ("ipv4", "ipv6") | project Indicator;
let networks = toscalar(indicators | where IndicatorKind == "cidr" | summarize make_list(Indicator));
let names = indicators | where IndicatorKind in ("domain", "onion") | project Indicator;
let urls = indicators | where IndicatorKind == "url" | project Indicator;
let mails = indicators | where IndicatorKind == "email" | project Indicator;
let hashes = indicators | where IndicatorKind in ("md5", "sha1", "sha256") | project Indicator;
union isfuzzy=true
    (DeviceNetworkEvents
    | where RemoteIP in (addresses) or RemoteUrl in~ (names) or RemoteUrl in (urls)
        or ipv4_is_in_any_range(RemoteIP, networks) or ipv6_is_in_any_range(RemoteIP, networks)),
    (DeviceFileEvents | where MD5 in~ (hashes) or SHA1 in~ (hashes) or SHA256 in~ (hashes)),
    (EmailEvents | where SenderFromAddress in~ (mails) or RecipientEmailAddress in~ (mails)),
    (EmailUrlInfo | where Url in (urls) or UrlDomain in~ (names)),
    (DnsEvents | where Name in~ (names))
`

// kqlString is s as a string of KQL. A line end cannot stand in one as it is,
// and what nobody sees should not.
func kqlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch i := strings.IndexRune("\t\n\r\"\\", r); {
		case i >= 0:
			b.WriteByte('\\')
			b.WriteByte(`tnr"\`[i])
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

// A lookup is the field of a log in which values of a kind stand.
type lookup struct {
	kind  ioc.Kind
	field string
}

// splFields are those of Splunk's Common Information Model.
var splFields = []lookup{
	{ioc.IPv4, "dest_ip"},
	{ioc.IPv6, "dest_ip"},
	{ioc.Domain, "query"},
	{ioc.Onion, "query"},
	{ioc.URL, "url"},
	{ioc.Email, "src_user"},
	{ioc.MD5, "file_hash"},
	{ioc.SHA1, "file_hash"},
	{ioc.SHA256, "file_hash"},
	{ioc.UserAgent, "http_user_agent"},
}

// openSPL writes a condition to put behind a search in Splunk. It is one of
// "where", since a plain search takes each * in a value for a wildcard and has
// no way to write it otherwise. Values are kept until the end, to be listed by
// field.
func openSPL(w *bufio.Writer, o Options) encoder {
	kinds := []ioc.Kind{ioc.CIDR}
	field := map[ioc.Kind]string{}
	for _, f := range splFields {
		kinds = append(kinds, f.kind)
		field[f.kind] = f.field
	}
	values := groups{}
	return encoder{
		distinct: true,
		omits:    omitExcept(kinds...),
		item: func(it *Item) {
			if it.Kind == ioc.CIDR {
				values.add("networks", "cidrmatch("+splString(it.Value)+", dest_ip)")
				return
			}
			values.add(field[it.Kind], splString(it.Value))
		},
		end: func() {
			if o.TLP != "" {
				w.WriteString("```" + o.TLP.String() + "```\n")
			}
			w.WriteString("| where " + splCondition(values) + "\n")
		},
	}
}

func splCondition(values groups) string {
	const most = 500 // of values in a list, to keep lines readable by Splunk
	var terms []string
	done := map[string]bool{}
	for _, f := range splFields {
		if done[f.field] {
			continue
		}
		done[f.field] = true
		var plain []string
		for _, v := range values[f.field] {
			if strings.HasPrefix(v, `"`) {
				plain = append(plain, v)
			} else {
				terms = append(terms, f.field+"=="+v) // a list may hold only constants
			}
		}
		for ; len(plain) > 0; plain = plain[min(most, len(plain)):] {
			terms = append(terms, "in("+f.field+", "+strings.Join(plain[:min(most, len(plain))], ", ")+")")
		}
	}
	terms = append(terms, values["networks"]...)
	if len(terms) == 0 {
		return "false()"
	}
	return strings.Join(terms, "\n    OR ")
}

// splString is s as an expression of SPL. A string has escapes for quotes and
// backslashes only, and Splunk looks for macros (in backticks) and tokens
// (between dollars) before it reads strings; so whatever is not plain is
// percent-encoded, and the expression decodes it.
func splString(s string) string {
	const plain = letters + digits10 + " -._~:;/?#@!&=,*()'<>{}^"
	if consists(s, plain+"+%") {
		return `"` + s + `"`
	}
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(plain, s[i]) >= 0 {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return `urldecode("` + b.String() + `")`
}

// luceneFields are those of the Elastic Common Schema.
var luceneFields = []lookup{
	{ioc.IPv4, "destination.ip"},
	{ioc.IPv6, "destination.ip"},
	{ioc.CIDR, "destination.ip"},
	{ioc.Domain, "dns.question.name"},
	{ioc.Domain, "url.domain"},
	{ioc.Onion, "dns.question.name"},
	{ioc.Onion, "url.domain"},
	{ioc.URL, "url.full"},
	{ioc.Email, "email.from.address"},
	{ioc.MD5, "file.hash.md5"},
	{ioc.SHA1, "file.hash.sha1"},
	{ioc.SHA256, "file.hash.sha256"},
	{ioc.SHA512, "file.hash.sha512"},
	{ioc.Imphash, "file.pe.imphash"},
	{ioc.JA3, "tls.client.ja3"},
	{ioc.JA3S, "tls.server.ja3s"},
	{ioc.UserAgent, "user_agent.original"},
}

// openLucene writes queries for Elasticsearch, OpenSearch and Graylog, a clause
// per line. A blank line ends a query before it grows beyond the number of
// clauses that servers allow.
func openLucene(w *bufio.Writer, _ Options) encoder {
	const most = 1000 // servers allow 1024
	var kinds []ioc.Kind
	for _, f := range luceneFields {
		kinds = append(kinds, f.kind)
	}
	clauses := 0
	return encoder{
		distinct: true,
		omits:    omitExcept(kinds...),
		item: func(it *Item) {
			for _, f := range luceneFields {
				if f.kind != it.Kind {
					continue
				}
				switch {
				case clauses == 0:
				case clauses%most == 0:
					w.WriteString("\n\n")
				default:
					w.WriteString(" OR\n")
				}
				w.WriteString(f.field + ":" + luceneString(it.Value))
				clauses++
			}
		},
		end: func() {
			if clauses > 0 {
				w.WriteByte('\n')
			}
		},
	}
}

// luceneString is s as a phrase of Lucene, in which wildcards are plain
// characters.
func luceneString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r) || r > 0xffff:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
