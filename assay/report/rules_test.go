package report_test

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

// A language reads a text that rules were written to: it returns the values of
// all strings, as that language reads them, and what is left without them.
type language func(text string) (values []string, rest string, err error)

var languages = map[string]language{"suricata": readSuricata, "sigma": readSigma, "kql": readKQL, "spl": readSPL, "lucene": readLucene}

// scan reads strings between quotes, in which unescape reads what begins with
// a backslash, and returns how much it read.
func scan(text string, unescape func(s string) (string, int, error)) (values []string, rest string, err error) {
	var out strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '"' {
			out.WriteByte(text[i])
			i++
			continue
		}
		var value strings.Builder
		for i++; ; {
			if i == len(text) {
				return nil, "", fmt.Errorf("a string does not end: %.60q", value.String())
			}
			if text[i] == '"' {
				i++
				break
			}
			if text[i] == '\n' || text[i] == '\r' {
				return nil, "", fmt.Errorf("a line ends in a string: %.60q", value.String())
			}
			n := 1
			s := text[i : i+1]
			if text[i] == '\\' {
				if s, n, err = unescape(text[i:]); err != nil {
					return nil, "", err
				}
			}
			value.WriteString(s)
			i += n
		}
		values = append(values, value.String())
		out.WriteString("§")
	}
	return values, out.String(), nil
}

// unicodeEscape reads \uXXXX and \UXXXXXXXX.
func unicodeEscape(s string) (string, int, error) {
	n := map[byte]int{'u': 6, 'U': 10}[s[1]]
	if n == 0 || len(s) < n {
		return "", 0, fmt.Errorf("no such escape: %.10q", s)
	}
	r, err := strconv.ParseUint(s[2:n], 16, 32)
	return string(rune(r)), n, err
}

func readKQL(text string) ([]string, string, error) {
	return scan(text, func(s string) (string, int, error) {
		if i := strings.IndexByte(`tnr"'\`, s[1]); i >= 0 {
			return "\t\n\r\"'\\"[i : i+1], 2, nil
		}
		return unicodeEscape(s)
	})
}

func readLucene(text string) ([]string, string, error) {
	return scan(text, func(s string) (string, int, error) {
		if s[1] == 'u' {
			return unicodeEscape(s)
		}
		return s[1:2], 2, nil
	})
}

func readSPL(text string) ([]string, string, error) {
	if i := strings.IndexAny(text, "`$[]"); i >= 0 {
		return nil, "", fmt.Errorf("what Splunk reads before strings: %.20q", text[i:])
	}
	values, rest, err := scan(text, func(s string) (string, int, error) { return "", 0, fmt.Errorf("a backslash: %.20q", s) })
	parts := strings.Split(rest, "§")
	for i := range values {
		if strings.HasSuffix(parts[i], "urldecode(") {
			if values[i], err = url.PathUnescape(values[i]); err != nil {
				return nil, "", err
			}
		}
	}
	return values, strings.ReplaceAll(strings.ReplaceAll(rest, "urldecode(§)", "§"), "cidrmatch(§", "(§"), err
}

var content = regexp.MustCompile(`content:§; bsize:(\d+);`)

func readSuricata(text string) ([]string, string, error) {
	all, rest, err := scan(text, func(s string) (string, int, error) {
		if !strings.Contains(`:;"\`, s[1:2]) {
			return "", 0, fmt.Errorf("cannot escape %.5q", s)
		}
		return "\x00" + s[1:2], 2, nil
	})
	if err != nil {
		return nil, "", err
	}
	sizes := content.FindAllStringSubmatch(rest, -1)
	var values []string
	for line := range strings.Lines(rest) {
		for i := range strings.Count(line, "§") {
			v := all[0]
			all = all[1:]
			if strings.ContainsAny(strings.ReplaceAll(v, "\x00:", ""), "\x00;\\") {
				return nil, "", fmt.Errorf("what ends an option: %q", v)
			}
			if i == 0 {
				continue // the message
			}
			var plain strings.Builder
			for j, part := range strings.Split(v, "|") {
				if j%2 == 0 {
					plain.WriteString(part)
					continue
				}
				b, err := hex.DecodeString(strings.ReplaceAll(part, " ", ""))
				if err != nil || len(b) == 0 {
					return nil, "", fmt.Errorf("hexadecimal %q: %w", part, err)
				}
				plain.Write(b)
			}
			if sizes[0][1] != strconv.Itoa(plain.Len()) {
				return nil, "", fmt.Errorf("bsize %s of %q", sizes[0][1], plain.String())
			}
			sizes = sizes[1:]
			values = append(values, plain.String())
		}
	}
	return values, rest, nil
}

func readSigma(text string) (values []string, rest string, err error) {
	var out strings.Builder
	for line := range strings.Lines(text) {
		item, ok := strings.CutPrefix(line, "            - ")
		if !ok {
			out.WriteString(line)
			continue
		}
		item = strings.TrimSuffix(item, "\n")
		var v string
		if strings.HasPrefix(item, "'") && strings.HasSuffix(item, "'") && len(item) > 1 {
			v = strings.ReplaceAll(item[1:len(item)-1], "''", "\x00")
			if strings.Contains(v, "'") {
				return nil, "", fmt.Errorf("a string ends: %q", item)
			}
			v = strings.ReplaceAll(v, "\x00", "'")
		} else {
			var all []string
			var left string
			all, left, err = scan(item, func(s string) (string, int, error) {
				if s[1] == '"' || s[1] == '\\' {
					return s[1:2], 2, nil
				}
				return unicodeEscape(s)
			})
			if err != nil || left != "§" {
				return nil, "", fmt.Errorf("not one string: %q, %w", item, err)
			}
			v = all[0]
		}
		var plain strings.Builder
		for i := 0; i < len(v); i++ {
			switch {
			case v[i] == '\\' && i+1 < len(v) && strings.IndexByte(`\*?`, v[i+1]) >= 0:
				i++
			case v[i] == '*' || v[i] == '?':
				return nil, "", fmt.Errorf("a wildcard: %q", v)
			}
			plain.WriteByte(v[i])
		}
		values = append(values, plain.String())
		out.WriteString("§\n")
	}
	return values, out.String(), nil
}

// frame is the text of a language around its strings, with what may repeat
// reduced to one: it must not depend on values.
var frames = map[string]*regexp.Regexp{
	"suricata": regexp.MustCompile(`^(alert (dns|tls|http) any any -> any any \(msg:§; (flow:established,to_server; )?([a-z0-9._]+; content:§; bsize:\d+; (nocase; )?)+sid:\d+; rev:1;\)\n)*$`),
	"sigma":    regexp.MustCompile(`^(title: [\w -]+\nid: [0-9a-f-]{36}\nstatus: experimental\ndescription: [\w ,.]+\nauthor: Assay\nlogsource:\n(    [a-z]+: [a-z_]+\n)+detection:\n(    selection_\d:\n        [\w|-]+:\n(§\n)+)+    condition: 1 of selection_\*\n(---\n)?)*$`),
	"kql":      regexp.MustCompile(`^let indicators = datatable\(IndicatorKind: string, Indicator: string\) \[(\n    §, §,?)*\n\];\n[\w\s=|();,~§]+$`),
	"spl":      regexp.MustCompile(`^\| where ((\w+==§|in\(\w+(, §)+\)|\(§, dest_ip\)|false\(\))(\n    OR )?)+\n$`),
	"lucene":   regexp.MustCompile(`^([\w.]+:§( OR)?\n)*$`),
}

// Whatever a value holds, it stays a value: the language reads back what went
// in, and around it stands what the format always writes.
func checkRules(t *testing.T, items []report.Item) {
	t.Helper()
	var want []string
	for _, it := range items {
		want = append(want, it.Value)
	}
	for format, read := range languages {
		out := write(t, format, false, items...)
		values, rest, err := read(out)
		if err != nil {
			t.Errorf("%s: %v\n%s", format, err, out)
			continue
		}
		if !frames[format].MatchString(rest) {
			t.Errorf("%s: something stands around the values: %q", format, rest)
		}
		for _, v := range values {
			ok := slices.Contains(want, v) || format == "kql" && ioc.Kind(v).Valid() || format == "sigma" && slices.Contains(want, strings.TrimPrefix(v, "MD5="))
			if format == "suricata" && !ok {
				ok = v == "evil.example" || slices.ContainsFunc(want, func(w string) bool {
					return strings.HasPrefix(w, "http://evil.example"+v) || strings.HasPrefix(w, "http://evil.example"+strings.TrimPrefix(v, "/"))
				})
			}
			if !ok {
				t.Errorf("%s: the value %q never went in", format, v)
			}
		}
		// And all went in.
		for _, it := range items {
			if it.Kind == ioc.Domain && !slices.Contains(values, it.Value) && len(it.Value) < 256 {
				t.Errorf("%s: %q is missing", format, it.Value)
			}
		}
	}
}

func TestRulesHoldHostileValues(t *testing.T) {
	var items []report.Item
	for _, s := range hostile {
		if strings.Contains(s, "\xff") {
			continue
		}
		for _, k := range []ioc.Kind{ioc.Domain, ioc.UserAgent, ioc.MD5, ioc.IPv4, ioc.CIDR, ioc.JA3} {
			items = append(items, report.Item{Match: match(k, s, s)})
		}
		items = append(items, report.Item{Match: match(ioc.URL, "http://evil.example/"+s, s)})
	}
	checkRules(t, items)
	for format := range languages {
		checkRules(t, nil)
		if out := write(t, format, false, report.Item{Match: match(ioc.Domain, "\xff.example", "x")}); strings.Contains(out, ".example") {
			t.Errorf("%s: got %q, want nothing of what is not text", format, out)
		}
	}
}

func FuzzRules(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" {
			return
		}
		s = strings.ToValidUTF8(s, "?")
		checkRules(t, []report.Item{
			{Match: match(ioc.Domain, s, s)}, {Match: match(ioc.UserAgent, s, s)}, {Match: match(ioc.MD5, s, s)},
			{Match: match(ioc.CIDR, s, s)}, {Match: match(ioc.URL, "http://evil.example/"+s, s)},
		})
	})
}

func TestRulesLeaveOut(t *testing.T) {
	shared := match(ioc.Domain, "dns.google", "dns.google")
	shared.Detail = &ioc.Detail{Lists: []string{"public resolvers"}}
	refused := match(ioc.Domain, "readme.md", "readme.md")
	refused.Rejected = true
	items := []report.Item{{Match: shared}, {Match: refused}, {Match: match(ioc.YARA, "rule x {}", "x")}, {Match: match(ioc.Domain, "evil.example", "x")}}
	for format := range languages {
		f, _ := report.Lookup(format)
		var b strings.Builder
		w := f.New(&b, report.Options{})
		for _, it := range append(items, items[3]) {
			w.Write(it)
		}
		w.Close()
		if got, want := w.LeftOut(), "1 on warning lists, 1 refused, 1 yara"; got != want {
			t.Errorf("%s: left out %q, want %q", format, got, want)
		}
		if strings.Contains(b.String(), "dns.google") || strings.Contains(b.String(), "readme") {
			t.Errorf("%s: got %s", format, &b)
		}
	}
}

func TestSuricata(t *testing.T) {
	for _, tt := range []struct {
		kind        ioc.Kind
		value, want string
	}{
		{ioc.IPv4, "203.0.113.7", `alert ip any any <> 203.0.113.7 any (msg:"Assay ipv4 203.0.113.7"; sid:9000001; rev:1;)`},
		{ioc.IPv6, "2001:db8::1", `alert ip any any <> 2001:db8::1 any (msg:"Assay ipv6 2001\:db8\:\:1"; sid:9000001; rev:1;)`},
		{ioc.CIDR, "198.51.100.7/24", `alert ip any any <> 198.51.100.0/24 any (msg:"Assay cidr 198.51.100.7/24"; sid:9000001; rev:1;)`},
		{ioc.CIDR, "0.0.0.0/0", ""}, // every packet would raise an alarm
		{ioc.IPv4, "evil any -> any any", ""},
		{ioc.IPv6, "fe80::1%eth0;", ""},
		{ioc.URL, "http://user:pw@evil.example:8080?q=1#top", `alert http any any -> any any (msg:"Assay url http\://user\:pw@evil.example\:8080?q=1#top"; flow:established,to_server; http.host; content:"evil.example"; bsize:12; http.uri.raw; content:"/?q=1"; bsize:5; sid:9000001; rev:1;)`},
		{ioc.URL, "http://[2001:db8::1]:80/", `alert http any any -> any any (msg:"Assay url http\://[2001\:db8\:\:1]\:80/"; flow:established,to_server; http.host; content:"[2001|3a|db8|3a 3a|1]"; bsize:13; http.uri.raw; content:"/"; bsize:1; sid:9000001; rev:1;)`},
		{ioc.URL, "https://evil.example/", ""}, // the path is encrypted
		{ioc.URL, "no URL", ""},
		{ioc.URL, "http://evil.example/" + strings.Repeat("a", 300), ""},
		{ioc.SHA256, strings.Repeat("a", 64), ""},
		{ioc.JA3, strings.Repeat("a", 32), `alert tls any any -> any any (msg:"Assay ja3 ` + strings.Repeat("a", 32) + `"; ja3.hash; content:"` + strings.Repeat("a", 32) + `"; bsize:32; sid:9000001; rev:1;)`},
		{ioc.UserAgent, strings.Repeat("é", 60), `alert http any any -> any any (msg:"Assay user-agent ` + strings.Repeat("_", 50) + `..."; flow:established,to_server; http.user_agent; content:"|` + strings.TrimSuffix(strings.Repeat("c3 a9 ", 60), " ") + `|"; bsize:120; sid:9000001; rev:1;)`},
	} {
		if got := strings.TrimSuffix(write(t, "suricata", false, report.Item{Match: match(tt.kind, tt.value, "x")}), "\n"); got != tt.want {
			t.Errorf("%s %s: got\n%s\nwant\n%s", tt.kind, tt.value, got, tt.want)
		}
	}
}

// Servers allow so many clauses in a query.
func TestLuceneQueriesAreBounded(t *testing.T) {
	var items []report.Item
	for i := range 2500 {
		items = append(items, report.Item{Match: match(ioc.URL, fmt.Sprintf("http://evil.example/%d", i), "x")})
	}
	queries := strings.Split(write(t, "lucene", false, items...), "\n\n")
	if len(queries) != 3 {
		t.Fatalf("got %d queries, want 3", len(queries))
	}
	total := 0
	for _, q := range queries {
		n := strings.Count(q, "url.full:")
		total += n
		if n > 1000 || strings.Count(q, " OR\n") != n-1 {
			t.Errorf("got %d clauses, %d ORs", n, strings.Count(q, " OR\n"))
		}
	}
	if total != 2500 {
		t.Errorf("got %d clauses, want 2500", total)
	}
}
