package ioc_test

import (
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
)

// found lists the distinct indicators of text as "kind value", joined by
// commas, the hosts of URLs left out.
func found(text string) string {
	var list []string
	for _, m := range ioc.Unique(ioc.Extract(text)) {
		if m.Reason != "host of a URL" {
			list = append(list, string(m.Kind)+" "+m.Value)
		}
	}
	return strings.Join(list, ", ")
}

const (
	md5    = "0cc175b9c0f1b6a831c399e269772661"
	sha1   = "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"
	sha256 = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
	sha512 = "1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75"
)

func TestDefanging(t *testing.T) {
	for _, in := range []string{
		"evil.example.com", "evil[.]example[.]com", "evil(.)example(.)com", "evil{.}example{.}com", "evil<.>example<.>com",
		"evil[.example[.com", "evil.]example.]com", "evil[.example.com]", "evil[dot]example[dot]com", "evil(dot)example(dot)com",
		"evil{dot}example{dot}com", "evil[DOT]example[Dot]com", "evil [.] example [.] com", "evil [dot] example [dot] com",
		"evil[ . ]example[ . ]com", "evil\\.example\\.com", "evil^.example^.com", "evil[,]example[,]com", "evil[[.]]example[.]com",
		"evil dot example dot com", "evil DOT example DOT com", "evil_dot_example_dot_com", "evil-dot-example-dot-com",
		"evil(punkt)example(punto)com", "evil[d0t]example[d0t]com", "evil。example。com", "evil．example．com", "evil｡example｡com",
		"evil\u200b.example.com", "evil.\u200bexample.com", "ev\u00adil.example\u2060.com", "EVIL[.]EXAMPLE[.]COM", "evil.example[.]com", "evil[.]example.com", "evil[.)example(.]com",
	} {
		for _, around := range []string{"%", "see % now", "(%)", "\"%\",1", "| % |", "* `%`", "«%»", "访问%下载", "end of it: %."} {
			text := strings.ReplaceAll(around, "%", in)
			if got, want := found(text), "domain evil.example.com"; got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	}
	for _, in := range []string{
		"203.0.113.77", "203[.]0[.]113[.]77", "203.0.113[.]77", "203(.)0(.)113(.)77", "203 [.] 0 [.] 113 [.] 77", "203[dot]0[dot]113[dot]77",
		"203\\.0\\.113\\.77", "203[.0[.113[.77", "203。0。113。77", "203.]0.]113.]77", "203[,]0[,]113[,]77",
	} {
		for _, around := range []string{"%", "to %:443 now", "(%)", "%,1", "| % |", "ip=%;", "[%]", "%."} {
			text := strings.ReplaceAll(around, "%", in)
			if got, want := found(text), "ipv4 203.0.113.77"; got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	}
	for _, in := range []string{
		"http://evil.example.com/a.php?b=c", "hxxp://evil.example.com/a.php?b=c", "hXXp://evil[.]example[.]com/a.php?b=c", "HXXP://evil[.]example[.]com/a[.]php?b=c",
		"hxxp[://]evil[.]example[.]com/a.php?b=c", "hxxp[:]//evil[.]example[.]com/a.php?b=c", "hxxp[:]\\\\evil[.]example[.]com/a.php?b=c", "http:\\\\evil[.]example[.]com/a.php?b=c",
		"h**p://evil.example.com/a.php?b=c", "hxtp://evil.example.com/a.php?b=c", "htxp://evil.example.com/a.php?b=c", "meow://evil.example.com/a.php?b=c",
		"h[tt]p://evil.example.com/a.php?b=c", "http:///evil.example.com/a.php?b=c", "http[:][/][/]evil[.]example[.]com[/]a.php?b=c", "http(:)//evil(dot)example(dot)com/a.php?b=c",
		"http:\\/\\/evil.example.com\\/a.php?b=c", "hxxp: //evil.example.com/a.php?b=c", "h__p://evil.example.com/a.php?b=c", "hxxp://evil[.]example[.]com[/]a[.]php[?]b[=]c",
		"ttp://evil.example.com/a.php?b=c", "http://evil%2eexample%2Ecom/a.php?b=c", "http://evil[:]example.com/a", "http:// evil .example .com/a.php?b=c", "hxxp:// evil[.]example[.]com/a.php?b=c", "http[:/]/evil.example.com/a.php?b=c",
	} {
		want := "url http://evil.example.com/a.php?b=c"
		if strings.Contains(in, "evil[:]") {
			continue
		}
		for _, around := range []string{"%", "see % now", "(%)", "\"%\"", "'%',", "<%>", "| % |", "[x](%)", "%.", "href=\"%\"", "%\",\"x\"", "“%”"} {
			text := strings.ReplaceAll(around, "%", in)
			if got := found(text); got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	}
	for _, in := range []string{
		"a.b@evil.example.com", "a.b[@]evil[.]example[.]com", "a[.]b[at]evil[.]example[.]com", "a.b(at)evil(dot)example(dot)com", "a.b [at] evil [dot] example [dot] com",
		"a.b{@}evil.example.com", "a.b at evil dot example dot com", "a.b AT evil DOT example DOT com", "a.b@evil[.]example[.]com", "a.b_at_evil[.]example[.]com", "mailto:a.b@evil.example.com", "a.b [@] evil.example.com", "a.b(arroba)evil.example.com",
	} {
		for _, around := range []string{"%", "from <%> to", "(%)", "\"%\",1", "| % |"} {
			text := strings.ReplaceAll(around, "%", in)
			if got, want := found(text), "email a.b@evil.example.com"; got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	}
	for _, in := range []string{"2001:db8::5:1", "2001[:]db8::5[:]1", "2001[:]db8[:][:]5[:]1", "2001:0db8:0:0:0:0:5:1", "2001:DB8::5:1", "[2001:db8::5:1]:443", "2001:db8::5:1%eth0"} {
		for _, around := range []string{"%", "to % now", "ip=%,", "(%)"} {
			text := strings.ReplaceAll(around, "%", in)
			if got, want := found(text), "ipv6 2001:db8::5:1"; got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	}
}

func TestExtract(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		// Files are not hosts.
		{"open README.md and run.sh, then main.rs", ""},
		{"the archive invoice.zip held payload.py", ""},
		{"src/main.rs:12:5: error", ""},
		{"/usr/lib/libssl.so and C:\\tools\\foo.com", ""},
		{"report.one was attached", ""},
		{"it resolves the domain report.one", "domain report.one"},
		{"Domains:\nscam-shop.one\nwin-prize.zip\n", "domain scam-shop.one, domain win-prize.zip"},
		{"Files:\nscam-shop.one\nwin-prize.zip\n", ""},
		{"evil.com\nscam.one\nbad.net", "domain evil.com, domain scam.one, domain bad.net"},
		{"scam.one,domain,2020\nfoo.zip,filename,2020", "domain scam.one"},
		{"server.live,hostname,c2\nuser.name,filename,x\nuser.name", "domain server.live"},
		{"a file of malware,foo.app,domain", "domain foo.app"},
		{"payload[.]zip", "domain payload.zip"},
		{"www.evil.zip", "domain www.evil.zip"},
		{"Все документы за август.zip", ""},
		{"alpha.co\nbeta.pl\ngamma.pl\ndelta.net", "domain alpha.co, domain beta.pl, domain gamma.pl, domain delta.net"},
		{"56blot.mil.pl\nwp.mil.pl", "domain 56blot.mil.pl, domain wp.mil.pl"},
		{"run.sh\nstage.pl\nloader.exe\nuser.py", ""},
		{"evil.com\nstage.pl\nloader.exe", "domain evil.com"},
		{"tour.agency.example.top\nimage.loading.info", "domain tour.agency.example.top, domain image.loading.info"},
		{"[cert.pl](https://cert.pl/posts) [setup.py](https://evil.com/setup.py)", "domain cert.pl, url https://cert.pl/posts, url https://evil.com/setup.py"},
		{`{"type": "domain", "to_ids": true, "value": "scam.one"} {"value": "scam.two.one"}`, "domain scam.one"},
		{"the proxy.evil.com service (build.zip)", "domain proxy.evil.com"},
		{"multi-user.target mcutil.dll.bbc invoice.pdf.zip XXX.XXX.XXX", ""},
		{"a.evil[.].com 203.0.113[.]9/a/run[.]zip", "domain a.evil.com, ipv4 203.0.113.9"},
		{"<td>EVIL.EU</td>\nBAD.IN  2024-01-02\nEVIL.CO.ZA x", "domain evil.eu, domain bad.in, domain evil.co.za"},
		{"%s.evil.com and %d.evil[.]net", "domain evil.com, domain evil.net"},
		{"evil[punto]com y a[arroba]evil{ponto}com", "domain evil.com, email a@evil.com"},
		// Code is not hosts.
		{"System.IO and System.Net.Sockets", ""},
		{"item.name = user.id; console.info(x)", ""},
		{"com.example.app and org.apache.services", ""},
		{"java.io java.net.URL o.a.h.Foo", ""},
		{"obj.get(x) foo.call(y) $data.link", ""},
		{"the end.Then it was", ""},
		{"std::foo.bar::baz.me::x", ""},
		// Names of detections are not hosts.
		{"Win32/Spy.Grandoreiro.AD trojan", ""},
		{"Agent.BT and Winnti.AG", ""},
		{"Trojan.Win32.Zbot.in", ""},
		{"W97M.Downloader.AB", ""},
		// Masked names are not hosts.
		{"http://p[BLOCKED]h.com/x", ""},
		{"zone(788|789)[dot]com", ""},
		{"x[REDACTED].evil.com", ""},
		// Hosts are.
		{"Contacted Evil.com and GOOGLE.COM, then t.co.", "domain evil.com, domain google.com, domain t.co"},
		{"evil.com/evil.net/evil.org evil.com/paypal.com/login", "domain evil.com, domain evil.net, domain evil.org"},
		{"evil.com。然后 ASP.NET and socket.io", "domain evil.com"},
		{"t.me t.me/evilbot s.id/x e.id e.is n.be youtu.be/abc", "domain t.me, domain s.id, domain youtu.be"},
		{"Domain Name: EVIL.RU  dns.question.name: evil.com  host.name: WS-01", "domain evil.ru, domain evil.com"},
		{"*.evil.com and .bad.net", "domain evil.com, domain bad.net"},
		{"_dmarc.evil.com _evil.com_", "domain _dmarc.evil.com, domain evil.com"},
		{"evil.com:443/x?y=foo.bar.com#z evil.com", "domain evil.com"},
		{"//cdn.evil.com/x.js", "domain cdn.evil.com"},
		{"evil.com's server", "domain evil.com"},
		{"abcdefghijklmnop.onion", "domain abcdefghijklmnop.onion"},
		{"xn--80ak6aa92e.com", "domain xn--80ak6aa92e.com"},
		{"münchen.de", "domain xn--mnchen-3ya.de"},
		{"пример.рф", "domain xn--e1afmkfd.xn--p1ai"},
		{"例え.jp", "domain xn--r8jz45g.jp"},
		{"blocked http%3A%2F%2Fevil.com%2Fpath", "domain evil.com"},
		// Addresses.
		{"Chrome/120.0.0.0 Safari/537.36", ""},
		{"version 1.2.3.4, build 10.0.1.2", ""},
		{"v1.2.3.4 openssl-1.0.2.1", ""},
		{"1.3.6.1.4.1.311 and 1.2.3.4.5", ""},
		{"CEF:0|Vendor|Product|12.1.0.4|100|name|src=203.0.113.5", "ipv4 203.0.113.5"},
		{"host/10.1.2.3:8020 and /10.250.19.102:50010", "ipv4 10.1.2.3, ipv4 10.250.19.102"},
		{"203 . 0 . 113 . 9 and 1 . 2 . 3", "ipv4 203.0.113.9"},
		{"256.1.1.1 1.2.3 1.2.3.04", ""},
		{"HIER_DIRECT/203.0.113.7 versions 7.0.1.1, 7.0.1.2, 7.0.1.3, 7.0.1.4, 7.0.1.5, 7.0.1.6, 7.0.1.7, 7.0.1.8 and 7.0.1.9", "ipv4 203.0.113.7"},
		{"4.1.2.3 Findings\n## 2.3.1.4 More\n8.8.8.8 Google\n5.188.10.2 Panel", "ipv4 8.8.8.8, ipv4 5.188.10.2"},
		{"Flash Player 11.2.202.235, Firefox 3.6.3.1, versions 7.0.1.2 and 7.0.1.3 on host 10.1.2.3", "ipv4 10.1.2.3"},
		{`"a":"x\nevil.com\n203.0.113.9\nuser@evil.com\n` + md5 + `\nCVE-2021-44228" C:\new.com C:\temp\net.com`, "domain evil.com, ipv4 203.0.113.9, email user@evil.com, md5 " + md5 + ", cve CVE-2021-44228"},
		{"evil[.]example evil.example the domain evil.test", "domain evil.example, domain evil.test"},
		{"10.0.0.0/8 and 2001:db8::/32", "cidr 10.0.0.0/8, cidr 2001:db8::/32"},
		{"203.0.113.5/24.", "cidr 203.0.113.5/24"},
		{"203.0.113.5/path 203.0.113.6/33", "ipv4 203.0.113.5, ipv4 203.0.113.6"},
		{"namenode.example.com/10.1.2.3:8020 203.0.113.5/evil.com 203.0.113.6/x/foo.com", "domain namenode.example.com, ipv4 10.1.2.3, ipv4 203.0.113.5, domain evil.com, ipv4 203.0.113.6"},
		{"203.0.113.1-203.0.113.9", "ipv4 203.0.113.1, ipv4 203.0.113.9"},
		{"tcp4 0 0 203.0.113.5.52100 198.51.100.7.443 ESTABLISHED", "ipv4 203.0.113.5, ipv4 198.51.100.7"},
		{"12:34:56 and 00:1a:2b:3c:4d:5e and a::b std::dead", ""},
		{"::1 and fe80::1 and ::ffff:192.0.2.1", "ipv6 ::1, ipv6 fe80::1, ipv6 ::ffff:192.0.2.1"},
		{"at 12::30 in foo::bar", ""},
		{"1:2:3:4:5:6:7:8:9", ""},
		// URLs end where they end.
		{"https://evil.com/a[MISP] \\https://evil.com/b", "url https://evil.com/a, url https://evil.com/b"},
		{"http://evil.com/a,note\nhttp://evil.com/b,note", "url http://evil.com/a, url http://evil.com/b"},
		{"see http://evil.com/a,b.html now", "url http://evil.com/a,b.html"},
		{"http://evil.com/a,http://evil.com/b", "url http://evil.com/a, url http://evil.com/b"},
		{"(see http://evil.com/Foo_(bar)).", "url http://evil.com/Foo_(bar)"},
		{"[http://evil.com/a](http://evil.com/b)", "url http://evil.com/a, url http://evil.com/b"},
		{"**http://evil.com/a** _http://evil.com/b_", "url http://evil.com/a, url http://evil.com/b"},
		{"<a href='http://evil.com/a'>http://evil.com/b</a>", "url http://evil.com/a, url http://evil.com/b"},
		{"http://evil.com/?a=1&amp;b=2&quot;", "url http://evil.com/?a=1&b=2"},
		{"http://evil.com/;jsessionid=1; path", "url http://evil.com/;jsessionid=1"},
		{`{"u":"https:\/\/evil.com\/a\u0026b","v":"\nhttp://evil.com/c\n"}`, "url https://evil.com/a&b, url http://evil.com/c"},
		{"http://evil.com/چک.apk", "url http://evil.com/چک.apk"},
		{"http://evil.com/a-300×169.jpg 2×http://evil.com/b×", "url http://evil.com/a-300×169.jpg, url http://evil.com/b"},
		{"访问http://evil.com/abc下载", "url http://evil.com/abc"},
		{"http://evil.com/?a[]=1&b[c]=2", "url http://evil.com/?a[]=1&b[c]=2"},
		{"http://user:pass@evil.com:8080/x", "url http://user:pass@evil.com:8080/x"},
		{"https[:]//203.0.113.9@80/x", "url https://203.0.113.9:80/x"},
		{"http://[2001:db8::1]:80/x", "url http://[2001:db8::1]:80/x"},
		{"http://0x7f000001/ http://2130706433/ http://0177.0.0.1/", "url http://127.0.0.1/"},
		{"http://evil.com/..;/x; y http://evil[.]net。然后", "url http://evil.com/..;/x, url http://evil.net"},
		{"http://evil.com/a\r\nnext", "url http://evil.com/a"},
		{"<http://evil.com/abc\ndef/ghi>", "url http://evil.com/abcdef/ghi"},
		{"${jndi:ldap://evil.com:1389/a}", "url ldap://evil.com:1389/a"},
		{"tcp://203.0.113.5:4444 ftp://evil.com/x", "url tcp://203.0.113.5:4444, url ftp://evil.com/x"},
		{"HTTP://EVIL.com/Path", "url http://evil.com/Path"},
		{"http://localhost/ http://NOTICE http://x", ""},
		{"http://evil.com", "url http://evil.com"},
		{"http:// .com/ http:// NOTICE http://evil.com/\"＞＜/script http://evil.com/a\\u201d", "url http://evil.com/, url http://evil.com/a"},
		{"[hxxp://]evil.com/a hxxp:__evil.com/b http:// evil .com /c d", "url http://evil.com/a, url http://evil.com/b, url http://evil.com/c"},
		{`"https:\\\/\\\/evil.com\\\/a\\\/b\\\u0026c"`, "url https://evil.com/a/b&c"},
		{"http://evil.com./x http://boot.b", "url http://evil.com/x"},
		{"urlhttps://evil.com/x", "url https://evil.com/x"},
		{"http://evil.bazar/x", "url http://evil.bazar/x"},
		// Mail.
		{"Message-ID: <abc@mail.evil.com>\r\nFrom: <a@evil.com>", "email a@evil.com"},
		{"References: <1@x.evil.com>\r\n <2@x.evil.com>\r\nTo: b@evil.com", "email b@evil.com"},
		{"postfix: message-id=<1.a@mx.evil.com> from=<a@evil.com>", "email a@evil.com"},
		{"<carol-jjffddjkl161=example.com@survey.net>", "email carol-jjffddjkl161=example.com@survey.net"},
		{"<info=example.net@mail90.mcsv.net> rcpt=john.de@evil.com <info=3Dexample.net@mail90.mcsv.net>", "email info=example.net@mail90.mcsv.net, email john.de@evil.com, email example.net@mail90.mcsv.net"},
		{"with ESMTP id <20071021093820.HSPC16667.mx@oaamta05.evil.com>; user id <bob@evil.com> me@xxx.xxxxx.xxx", "email bob@evil.com"},
		{"git@github.com:foo/bar.git", "domain github.com"},
		{"to=user@evil.com,", "email user@evil.com"},
		{"icon@2x.png a@b", ""},
		{"bounce+x=y.com@evil.com", "email bounce+x=y.com@evil.com"},
		// Hashes and CVE ids.
		{md5 + " " + strings.ToUpper(sha1) + "," + sha256 + "|" + sha512, "md5 " + md5 + ", sha1 " + sha1 + ", sha256 " + sha256 + ", sha512 " + sha512},
		{"x" + md5 + " " + md5 + "g 0" + md5, ""},
		{strings.Repeat("0", 32) + " " + strings.Repeat("12345678", 4), ""},
		{"https://vt.com/file/" + md5 + "/x", "url https://vt.com/file/" + md5 + "/x, md5 " + md5},
		{"CVE-2021-44228 cve-2017-0144, Exploit.CVE-2017-11882.H CVE 2019–0708", "cve CVE-2021-44228, cve CVE-2017-0144, cve CVE-2017-11882, cve CVE-2019-0708"},
		{"CVE-2021-123 CVE-20211-1234 XCVE-2021-1234", ""},
	} {
		if got := found(tt.in); got != tt.want {
			t.Errorf("%q:\n got %q\nwant %q", tt.in, got, tt.want)
		}
	}
}
