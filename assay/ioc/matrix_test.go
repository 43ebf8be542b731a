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
		"\\.", "[,]", "。", "．", "｡", "[d0t]", "[punkt]", "(punto)", "\\[.\\]", "\\[dot\\]", "<dot>",
	}
	atSpellings     = []string{"@", "[@]", "(@)", "{@}", "[at]", "(at)", "{at}", "[AT]", " [at] ", " [@] ", " (at) ", "[ at ]", "[arroba]", "\\[at\\]", "\\[@\\]", "<at>"}
	schemeSpellings = []string{
		"http://", "hxxp://", "hXXp://", "HXXP://", "hxtp://", "htxp://", "h**p://", "h__p://", "meow://", "http[:]//", "hxxp[:]//", "hxxp[://]", "hxxp(:)//",
		"hxxp:\\\\", "http:\\/\\/", "hxxp[:][/][/]", "[hxxp://]", "[http]://", "h[tt]p://", "http:// ", "hxxp\\[:\\]//", "hxxp\\[://\\]",
	}
	colonSpellings = []string{":", "[:]", "(:)", "{:}", "\\[:\\]"}
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
	add(ioc.URL, "https://evil-site.com", "https://evil-site.com", "hxxps://evil-site[.]com", "hxxps[:]//evil-site[.]com", "hxxps\\[:\\]//evil-site\\[.\\]com")
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

// otherForms lists the kinds that are looked for when asked for, but those that
// only their label tells.
func otherForms() []form {
	return []form{
		{ioc.Onion, "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad[.]onion", "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"},
		{ioc.Onion, "expyuzz4wqqyqhjn.onion", "expyuzz4wqqyqhjn.onion"},
		{ioc.SHA224, sha256[:56], sha256[:56]},
		{ioc.SHA384, sha512[:96], sha512[:96]},
		{ioc.SSDeep, "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C", "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"},
		{ioc.TLSH, "T1" + strings.Repeat("A1", 35), "T1" + strings.Repeat("A1", 35)},
		{ioc.JA4, "t13d1516h2_8daaf6152771_02713d6af862", "t13d1516h2_8daaf6152771_02713d6af862"},
		{ioc.ATTACK, "T1059.001", "T1059.001"},
		{ioc.ATTACK, "TA0002", "TA0002"},
		{ioc.ASN, "AS64496", "AS64496"},
		{ioc.MAC, "00:1A:2b:3c:4d:5e", "00:1a:2b:3c:4d:5e"},
		{ioc.MAC, "00-1a-2b-3c-4d-5f", "00:1a:2b:3c:4d:5f"},
		{ioc.UUID, "6F9619FF-8B86-D011-B42D-00C04FC964FF", "6f9619ff-8b86-d011-b42d-00c04fc964ff"},
		{ioc.Registry, `HKLM\Software\Microsoft\Run`, `HKEY_LOCAL_MACHINE\Software\Microsoft\Run`},
		{ioc.WindowsPath, `C:\Users\Public\evil.exe`, `C:\Users\Public\evil.exe`},
		{ioc.WindowsPath, `%APPDATA%\x\y.dll`, `%APPDATA%\x\y.dll`},
		{ioc.UnixPath, "/tmp/.x/a.sh", "/tmp/.x/a.sh"},
		{ioc.File, "evil.exe", "evil.exe"},
		{ioc.Package, "com.example.app", "com.example.app"},
		{ioc.Bitcoin, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
		{ioc.Bitcoin, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
		{ioc.Litecoin, "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"},
		{ioc.Dogecoin, "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"},
		{ioc.Dash, "XanAvE5GMB8CsPH78B9moJq9viEVKvCS4f", "XanAvE5GMB8CsPH78B9moJq9viEVKvCS4f"},
		{ioc.Zcash, "t1Hxw6JqWMnhDK5jRCieg5bFHM2qt7UtQvu", "t1Hxw6JqWMnhDK5jRCieg5bFHM2qt7UtQvu"},
		{ioc.Ethereum, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
		{ioc.Ripple, "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"},
		{ioc.Tron, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},
		{ioc.Stellar, "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7", "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7"},
		{ioc.Tezos, "tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb", "tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb"},
		{ioc.BitcoinCash, "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"},
		{ioc.IBAN, "GB29NWBK60161331926819", "GB29NWBK60161331926819"},
		{ioc.Phone, "+49 30 123-4567", "+49301234567"},
		{ioc.ARN, "arn:aws:iam::123456789012:role/admin", "arn:aws:iam::123456789012:role/admin"},
		{ioc.Analytics, "UA-12345-1", "UA-12345-1"},
		{ioc.TagManager, "GTM-ABC123", "GTM-ABC123"},
		{ioc.AdSense, "pub-1234567890123456", "pub-1234567890123456"},
		{ioc.TLP, "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"},
	}
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
	path := f.kind == ioc.Registry || f.kind == ioc.WindowsPath || f.kind == ioc.UnixPath || f.kind == ioc.File
	switch {
	case slices.Contains(ioc.DefaultKinds(), f.kind):
	case strings.HasPrefix(after, "_"), around == "é%é":
		return true // the same
	case f.kind == ioc.Registry && (strings.HasPrefix(after, "\\") || strings.HasPrefix(after, "[") || strings.HasPrefix(after, "下")):
		return true // a key may be called so
	case path && (around == "<%>" || around == "C2：%" || around == "C2:%"), f.kind == ioc.MAC && around == "C2:%", f.kind == ioc.SSDeep && around == "C2:%":
		return true // "</tmp" ends an element, "C2:" and "C2-" go on
	case f.kind == ioc.MAC && strings.HasPrefix(after, ":"):
		return true // another group is missing
	case f.kind == ioc.File && around == "{\"c\":\"a\\n%\\nb\"}", f.kind == ioc.File && strings.Contains(around, "a\\t%"):
		return true // a path
	case f.kind == ioc.Package && (around == "。%。" || around == "\u200b%\u200b"):
		return true // read as a name with dots of other scripts
	case f.kind == ioc.Package && strings.Contains(around, "| C2 |") || f.kind == ioc.Package && strings.Contains(around, "|C2|"):
		return true // the row says that it is a host
	case f.kind == ioc.ARN && (strings.HasPrefix(after, "*") || strings.HasPrefix(after, "=") || strings.HasPrefix(after, ",b")):
		return true // all of them
	}
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
	for _, f := range append(forms(), otherForms()...) {
		o := ioc.Options{}
		if !slices.Contains(ioc.DefaultKinds(), f.kind) {
			o.Kinds = []ioc.Kind{f.kind}
		}
		for _, around := range surroundings {
			if unlike(f, around) {
				continue
			}
			count++
			before, after, _ := strings.Cut(around, "%")
			text := before + f.text + after
			var got []string
			ok := false
			for _, m := range o.Extract(text) {
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
