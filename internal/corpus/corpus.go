// Package corpus makes the texts that extraction is measured on. They are
// generated, so that figures can be repeated anywhere, and stand here because
// two modules measure: the one that extracts, and the one that knows its peers.
package corpus

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Logs is at least n bytes of logs as servers write them: Java, web,
// firewall and system logs in turn.
func Logs(n int) string {
	r := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // the same text each time
	classes := []string{"org.apache.hadoop.hdfs.server.datanode.DataNode$PacketResponder", "com.example.payments.core.service.TransactionService", "o.s.web.servlet.DispatcherServlet", "kafka.server.ReplicaManager", "io.netty.channel.nio.NioEventLoop"}
	paths := []string{"/index.html", "/assets/js/app.min.js?v=1.4.2", "/api/v2/users/1042/orders?limit=50", "/wp-login.php", "/static/img/logo.svg"}
	hosts := []string{"www.example.com", "mail.example.org", "updates.vendor-cdn.net", "api.partner.io"}
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	ip := func() string {
		return fmt.Sprintf("%d.%d.%d.%d", 1+r.IntN(222), r.IntN(256), r.IntN(256), 1+r.IntN(254))
	}
	var b strings.Builder
	for b.Len() < n {
		when := fmt.Sprintf("2026-03-%02d %02d:%02d:%02d,%03d", 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1000))
		switch r.IntN(11) {
		case 0, 1:
			fmt.Fprintf(&b, "%s INFO  [pool-3-thread-%d] %s: Received block blk_-%d of size %d from /%s\n", when, r.IntN(20), pick(classes), r.Uint64()>>1, r.IntN(1<<26), ip())
		case 2:
			fmt.Fprintf(&b, "%s - - [%02d/Mar/2026:12:0%d:11 +0000] \"GET %s HTTP/1.1\" 200 %d \"https://%s/start\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36\"\n", ip(), 1+r.IntN(28), r.IntN(10), pick(paths), r.IntN(90000), pick(hosts))
		case 3:
			fmt.Fprintf(&b, "Mar %2d 12:01:%02d gw-%d kernel: [%d.%06d] DROP IN=eth0 OUT= MAC=00:1a:2b:3c:4d:5e:00:50:56:aa:bb:cc SRC=%s DST=10.0.%d.%d LEN=60 TTL=52 PROTO=TCP SPT=%d DPT=443\n", 1+r.IntN(28), r.IntN(60), r.IntN(4), r.IntN(99999), r.IntN(999999), ip(), r.IntN(256), r.IntN(256), r.IntN(65536))
		case 4:
			fmt.Fprintf(&b, "%s ERROR %s - request failed after %d.%03d s: java.net.SocketTimeoutException: connect timed out\n\tat %s.handle(Handler.java:%d)\n\tat java.base/java.lang.Thread.run(Thread.java:840)\n", when, pick(classes), r.IntN(30), r.IntN(1000), pick(classes), r.IntN(900))
		case 5, 6, 7, 8, 9:
			fmt.Fprintf(&b, "%s INFO  [pool-3-thread-%d] %s - processed batch of %d records in %d.%03d ms (queue=%d, state=RUNNING, retries=0)\n", when, r.IntN(20), pick(classes), r.IntN(500), r.IntN(90), r.IntN(1000), r.IntN(64))
		default:
			fmt.Fprintf(&b, "%s DEBUG dns query %s type=A client=%s rcode=NOERROR elapsed=0.%03dms id=%08x-1c2d-4e5f-8a9b-%012x\n", when, pick(hosts), ip(), r.IntN(1000), r.Uint32(), r.Uint64()>>16)
		}
	}
	return b.String()
}

// Reports is at least n bytes of threat reports: prose, lists of defanged
// indicators, tables of hashes and file names.
func Reports(n int) string {
	r := rand.New(rand.NewPCG(9, 9)) //nolint:gosec // the same text each time
	words := strings.Fields("the attackers used a compromised account to move between hosts and deployed the loader which contacts its command and control server over HTTPS every few minutes before it downloads the next stage from the same infrastructure as described in earlier research by the vendor")
	sentence := func() string {
		var s []string
		for range 8 + r.IntN(18) {
			s = append(s, words[r.IntN(len(words))])
		}
		return strings.ToUpper(s[0][:1]) + strings.Join(s, " ")[1:] + ". "
	}
	host := func() string {
		return fmt.Sprintf("%s-%s%d[.]%s", words[r.IntN(9)], words[r.IntN(9)], r.IntN(99), []string{"com", "net", "ru", "top"}[r.IntN(4)])
	}
	hash := func(n int) string {
		return fmt.Sprintf("%064x", r.Uint64())[64-16:] + strings.Repeat(fmt.Sprintf("%016x", r.Uint64()), n/16)[:n-16]
	}
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "\n## Campaign %d\n\n", r.IntN(100))
		for range 20 {
			b.WriteString(sentence())
		}
		fmt.Fprintf(&b, "The file `%s.exe` exploits CVE-2021-%d (Win32/Spy.Agent.%c%c).\n\n### Network\n\n", words[r.IntN(9)], 10000+r.IntN(40000), 'A'+r.IntN(26), 'A'+r.IntN(26))
		for range 5 {
			fmt.Fprintf(&b, "- %s\n- hxxps://%s/gate.php?id=%d\n- %d.%d.%d[.]%d\n", host(), host(), r.IntN(9999), 1+r.IntN(220), r.IntN(255), r.IntN(255), r.IntN(255))
		}
		b.WriteString("\n| SHA-256 | Name | Detection |\n|---|---|---|\n")
		for range 4 {
			fmt.Fprintf(&b, "| `%s` | invoice_%d.zip | Win32/Agent.%c%c |\n", hash(64), r.IntN(999), 'A'+r.IntN(26), 'A'+r.IntN(26))
		}
		fmt.Fprintf(&b, "\nContact: analyst[at]%s\n", host())
	}
	return b.String()
}

// Shapes are texts that break extractors made of regular expressions: each is
// repeated to any length.
var Shapes = []string{
	"a.", "1.", "a-", "a@", "a@a.", "(", "[", ".", ":", "@", "/", "%", "a [.] ", "a\\.", "a[.]", "[.]", "abcXYZ09", "aHR0cDov", "CVE-2021-", "http://", "hxxp[:]//a", "http://a.com/", "1.1.1.1", "::", "a:b:", "a.zip ", "a.b@c.d,",
	"0123456789abcdef", " dot ", "a dot ", "a at b dot ", "[at]", "\xe3\x80\x82", "é.", "пример.рф ", "x.com/", "_at_", "&amp;", "[", "http://a.com/(", "a.com[", "1.2.3.4/", "https://a@", "www.a.one\n", "a.one\n", "%2e", "<a@b.com>\n ", "A.BT ", "http://a.com/a,", "<http://a.com/\na\n>", "http://a.com/;a=", "a/b.com/", "https://a.com/\\", "=\n", "{{a.b}}", "\u200b.", "#a:\na.one\n", "a.py\n", "a.in\r\n", "a.sh\u200b",
}

// Repeat is n bytes of a shape.
func Repeat(shape string, n int) string { return strings.Repeat(shape, n/len(shape)+1)[:n] }
