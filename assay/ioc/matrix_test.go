package ioc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
)

// A form is one spelling of an indicator.
type form struct {
	kind  ioc.Kind
	text  string
	value string
}

// Spellings of a dot, an at sign, a colon and the beginning of a URL.
var (
	dotSpellings = []string{
		".", "[.]", "(.)", "{.}", "<.>", "[.", ".]", "[[.]]", "[dot]", "(dot)", "{dot}", "[DOT]", " [.] ", " (.) ", " [dot] ", "[ . ]", "[ dot ]",
		"\\.", "[,]", "。", "．", "｡", "[d0t]", "[punkt]", "(punto)",
	}
	atSpellings     = []string{"@", "[@]", "(@)", "{@}", "[at]", "(at)", "{at}", "[AT]", " [at] ", " [@] ", " (at) ", "[ at ]", "[arroba]"}
	schemeSpellings = []string{
		"http://", "hxxp://", "hXXp://", "HXXP://", "hxtp://", "htxp://", "h**p://", "h__p://", "meow://", "http[:]//", "hxxp[:]//", "hxxp[://]", "hxxp(:)//",
		"hxxp:\\\\", "http:\\/\\/", "hxxp[:][/][/]", "[hxxp://]", "[http]://", "h[tt]p://", "http:// ",
	}
	colonSpellings = []string{":", "[:]", "(:)", "{:}"}
)

// forms lists every kind that is looked for by default in every spelling.
func forms() []form {
	var all []form
	add := func(k ioc.Kind, value string, texts ...string) {
		for _, text := range texts {
			all = append(all, form{k, text, value})
		}
	}
	spelt := func(text, symbol, as string) string { return strings.ReplaceAll(text, symbol, as) }
	for _, dot := range dotSpellings {
		add(ioc.Domain, "www.evil-site.com", spelt("www.evil-site.com", ".", dot))
		add(ioc.IPv4, "203.0.113.77", spelt("203.0.113.77", ".", dot))
		add(ioc.URL, "http://evil-site.com/a/b.php?c=d", "hxxp://"+spelt("evil-site.com", ".", dot)+"/a/b.php?c=d")
		add(ioc.URL, "https://203.0.113.77:8443/x", "hxxps://"+spelt("203.0.113.77", ".", dot)+":8443/x")
		add(ioc.Email, "john.doe@evil-site.com", "john.doe@"+spelt("evil-site.com", ".", dot))
	}
	for _, dot := range []string{"[.]", "(.)", "[dot]", " [.] ", "\\."} {
		add(ioc.CIDR, "203.0.113.0/24", spelt("203.0.113.0", ".", dot)+"/24")
		add(ioc.Domain, "xn--mnchen-3ya.de", "xn--mnchen-3ya"+dot+"de", "münchen"+dot+"de")
		add(ioc.Email, "john.doe@evil-site.com", spelt("john.doe[at]evil-site.com", ".", dot))
	}
	add(ioc.CIDR, "203.0.113.0/24", "203.0.113.0/24", "203.0.113.0[/]24")
	add(ioc.Domain, "www.evil-site.com", "www.evil-site[.]com", "www[.]evil-site.com", "WWW.EVIL-SITE.COM", "Www[.]Evil-Site[.]Com")
	add(ioc.IPv4, "203.0.113.77", "203.0.113[.]77", "203[.]0.113.77")
	for _, at := range atSpellings {
		add(ioc.Email, "john.doe@evil-site.com", "john.doe"+at+"evil-site.com", "john.doe"+at+"evil-site[.]com")
	}
	for _, scheme := range schemeSpellings {
		add(ioc.URL, "http://evil-site.com/a/b.php?c=d", scheme+"evil-site.com/a/b.php?c=d", scheme+"evil-site[.]com/a/b.php?c=d")
	}
	add(ioc.URL, "https://evil-site.com", "https://evil-site.com", "hxxps://evil-site[.]com", "hxxps[:]//evil-site[.]com")
	add(ioc.URL, "https://evil-site.com/", "https://evil-site.com/", "hxxps://evil-site[.]com[/]")
	add(ioc.URL, "ftp://evil-site.com/x", "ftp://evil-site.com/x", "fxp://evil-site[.]com/x")
	add(ioc.URL, "http://evil-site.com/%7Ea/b(1)/c_d-e.php?f=g&h=%20#i", "http://evil-site.com/%7Ea/b(1)/c_d-e.php?f=g&h=%20#i")
	add(ioc.URL, "http://[2001:db8::5:1]:80/x", "http://[2001:db8::5:1]:80/x")
	for _, colon := range colonSpellings {
		add(ioc.IPv6, "2001:db8::5:1", spelt("2001:db8::5:1", ":", colon))
	}
	add(ioc.IPv6, "2001:db8::5:1", "2001:DB8::5:1", "2001:0db8:0:0:0:0:5:1", "2001[:]db8::5:1")
	add(ioc.CIDR, "2001:db8::/32", "2001:db8::/32")
	for k, hash := range map[ioc.Kind]string{ioc.MD5: md5, ioc.SHA1: sha1, ioc.SHA256: sha256, ioc.SHA512: sha512} {
		add(k, hash, hash, strings.ToUpper(hash))
	}
	add(ioc.CVE, "CVE-2021-44228", "CVE-2021-44228", "cve-2021-44228", "CVE-2021–44228", "CVE 2021-44228")
	return all
}

// Where an indicator may stand; it takes the place of the "%".
var surroundings = []string{
	"%", "see % now", "at the end %", "% at the start", "one\n%\ntwo", "one\r\n%\r\ntwo", "\t%\t", "  %  ",
	"it is %.", "first %, then", "first %; then", "is it %?", "beware of %!", "%: first", "% - first", "% – first", "% — first", "(see %)", "(see %).", "%...", "%…",
	"(%)", "[%]", "{%}", "<%>", "\"%\"", "'%'", "`%`", "“%”", "‘%’", "«%»", "„%“", "‹%›", "「%」", "『%』", "（%）", "【%】", "《%》", "\"%\".", "\"%,\" he said", "“%,” he said", "('%')", "[\"%\"]", "['%',",
	"| % |", "|%|", "| `%` |", "| % | C2 |", "|C2|%|", "a,%,b", "%,b", "a,%", "a;%;b", "a\t%\tb", "\"a\",\"%\",\"b\"", "'a','%','b'", "a, %, b", "a | % | b",
	"- %", "* %", "+ %", "• %", "> %", "1. %", "2) %", "- % (C2)", "* %: C2", "[1] %", "[+] %", "--> %", "→ %", "· %",
	"C2: %", "C2:%", "C2=%", "C2 = %", "c2=\"%\"", "c2='%' x", "c2: '%'", "C2：%", "C2 is %", "C2 (%)", "C2 - %", "C2 -> %",
	"{\"c\":\"%\"}", "{\"c\": \"%\", \"w\": 1}", "[\"%\",\"b\"]", "{\"c\":\"a\\n%\\nb\"}", "{\"c\":\"a\\r\\n%\\r\\nb\"}", "{\"c\":\"\\\"%\\\"\"}", "{\"c\":\"a\\t%\\tb\"}", "{\"c\":\"<b>%<\\/b>\"}",
	"<td>%</td>", "<td> % </td>", "<li>%</li>", "<p>%<br>", "<p>%<br/>x", "<b>%</b>,", "<a href=\"#\">%</a>", "<code>%</code>", "<a title=\"%\">", "<a title='%'>", "&lt;%&gt;", "&quot;%&quot;", "&nbsp;%&nbsp;", "<ioc>%</ioc>",
	"**%**", "*%*", "__%__", "_%_", "~~%~~", "***%***", "`%`,", "```\n%\n```", "[%](#a)", "# %", "## C2 %", "==%==", "||%||",
	"\ufeff%", "访问%下载", "访问 % 下载", "адрес % и", "é%é", "à % à", "。%。", "、%、", "，%，", "！%！", "\u00a0%\u00a0", "\u200b%\u200b", "\u3000%\u3000", "※%",
	"--url %", "curl -s % | sh", "x='%';", "x=\"%\";", "f(\"%\")", "f('%', 1)", "$x = '%'", "echo % >> f", "\\\"%\\\"", "x => '%',", "@\"%\"", "L\"%\"", "b'%'", "!%", "%\\n", "%\\r\\n",
	"% [C2]", "%[C2]", "%<", "%>", "%\"", "%'", "%`", "%)", "%]", "%}", "%|", "%*", "%;", "%,", "\x00%\x00", "C2=[%]", "C2={%}",
}

// unlike lists where a spelling is something else in that place, or where its
// end cannot be told, with the reason.
func unlike(f form, around string) bool {
	_, after, _ := strings.Cut(around, "%")
	host := f.kind == ioc.Domain || f.kind == ioc.URL || f.kind == ioc.Email
	switch {
	case host && around == "é%é":
		return true // letters of the name
	case f.value == "https://evil-site.com/" && after == "下载":
		return true // a path
	case f.kind == ioc.URL && after == "*":
		return true // any path
	case (f.kind == ioc.IPv6 || f.value == "2001:db8::/32") && around == "C2:%":
		return true // "c2" is a group, too
	case strings.Contains(f.text, "[.com") || strings.Contains(f.text, "[.77"):
		return strings.HasPrefix(after, "]") // it may close what was opened in the name
	case strings.Contains(f.text, "\\\\"):
		return strings.HasPrefix(after, "\\") // a path with backslashes goes on
	}
	return false
}

// TestMatrix holds that each indicator is found, with its value and its exact
// place, in each spelling in each place.
func TestMatrix(t *testing.T) {
	count, failed := 0, map[string]int{}
	for _, f := range forms() {
		for _, around := range surroundings {
			if unlike(f, around) {
				continue
			}
			count++
			before, after, _ := strings.Cut(around, "%")
			text := before + f.text + after
			var got []string
			ok := false
			for _, m := range ioc.Extract(text) {
				if m.Raw != text[m.Start:m.End] {
					t.Fatalf("%q: raw %q is not text[%d:%d]", text, m.Raw, m.Start, m.End)
				}
				if m.Kind == f.kind && m.Value == f.value && m.Start == len(before) && m.Raw == f.text {
					ok = true
					continue
				}
				if inside := m.Start >= len(before) && m.End <= len(before)+len(f.text); inside && m.Reason == "host of a URL" {
					continue
				}
				got = append(got, fmt.Sprintf("%s %s at %q", m.Kind, m.Value, m.Raw))
			}
			if !ok || got != nil {
				failed[around]++
				t.Errorf("%q: want %s %s at %q, found: %v; besides it %q", text, f.kind, f.value, f.text, ok, got)
			}
		}
	}
	places := make([]string, 0, len(failed))
	for around := range failed {
		places = append(places, around)
	}
	slices.SortFunc(places, func(a, b string) int { return failed[b] - failed[a] })
	for _, around := range places {
		t.Logf("%q: %d", around, failed[around])
	}
	t.Logf("%d cases", count)
}
