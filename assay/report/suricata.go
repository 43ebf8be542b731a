package report

import (
	"bufio"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/retort-go/retort/assay/ioc"
)

// firstSID begins the ids of rules, in the range that is left to local rules.
const firstSID = 9000001

// openSuricata writes a rule or two per indicator, for Suricata 5 and later.
func openSuricata(w *bufio.Writer, o Options) encoder {
	known := omitExcept(ioc.IPv4, ioc.IPv6, ioc.CIDR, ioc.Domain, ioc.Onion, ioc.URL, ioc.UserAgent, ioc.JA3, ioc.JA3S)
	sid := firstSID
	return encoder{
		distinct: true,
		begin:    func() { writeMark(w, "# ", o.TLP) },
		omits: func(it *Item) string {
			if why := known(it); why != "" {
				return why
			}
			_, why := suricataRules(it.Indicator)
			return why
		},
		item: func(it *Item) {
			rules, _ := suricataRules(it.Indicator)
			for _, r := range rules {
				_, _ = fmt.Fprintf(w, "alert %s (msg:\"Assay %s %s\"; %ssid:%d; rev:1;)\n", r.header, it.Kind, suricataMessage(it.Value), r.options, sid)
				sid++
			}
		},
	}
}

// writeMark writes the marking as a comment.
func writeMark(w *bufio.Writer, comment string, t TLP) {
	if t != "" {
		w.WriteString(comment + t.String() + "\n")
	}
}

type suricataRule struct{ header, options string }

// suricataRules returns the rules for an indicator of a known kind, or why
// there can be none.
func suricataRules(i ioc.Indicator) (rules []suricataRule, why string) {
	const anywhere = " any any -> any any"
	one := func(header, options string) []suricataRule { return []suricataRule{{header, options}} }
	switch i.Kind {
	case ioc.IPv4, ioc.IPv6:
		addr, err := netip.ParseAddr(i.Value)
		if err != nil || addr.Zone() != "" {
			break
		}
		return one("ip any any <> "+addr.String()+" any", ""), ""
	case ioc.CIDR:
		prefix, err := netip.ParsePrefix(i.Value)
		if err != nil {
			break
		}
		if prefix.Bits() == 0 {
			return nil, "cidr of all addresses"
		}
		return one("ip any any <> "+prefix.Masked().String()+" any", ""), ""
	case ioc.Domain, ioc.Onion:
		if !suricataFits(i.Value) {
			break
		}
		return []suricataRule{
			{"dns" + anywhere, "dns.query; " + suricataContent(i.Value) + "nocase; "},
			{"tls" + anywhere, "tls.sni; " + suricataContent(i.Value) + "nocase; "},
		}, ""
	case ioc.URL:
		scheme, host, target := splitURL(i.Value)
		if scheme != "http" {
			return nil, "url that is not plain http"
		}
		if !suricataFits(host) || !suricataFits(target) {
			break
		}
		return one("http"+anywhere, "flow:established,to_server; http.host; "+suricataContent(host)+"http.uri.raw; "+suricataContent(target)), ""
	case ioc.UserAgent:
		if !suricataFits(i.Value) {
			break
		}
		return one("http"+anywhere, "flow:established,to_server; http.user_agent; "+suricataContent(i.Value)), ""
	case ioc.JA3, ioc.JA3S:
		if !suricataFits(i.Value) {
			break
		}
		return one("tls"+anywhere, string(i.Kind)+".hash; "+suricataContent(i.Value)), ""
	}
	return nil, string(i.Kind) + " that no rule can hold"
}

// suricataFits reports whether s can be a content: older versions know none
// longer than 255 bytes, and no version an empty one.
func suricataFits(s string) bool { return s != "" && len(s) <= 255 }

// suricataContent matches a buffer that is s and nothing else. All but what
// cannot mean anything in a rule is written in hexadecimal: quotes, semicolons
// and backslashes end things, colons did so once, and bars begin hexadecimal.
func suricataContent(s string) string {
	var b strings.Builder
	b.WriteString(`content:"`)
	hex := false
	for i := range len(s) {
		c := s[i]
		safe := strings.IndexByte(letters+digits10+"-._~/?=&%+,@*()<>[]{}!#'$^", c) >= 0
		switch {
		case safe && hex:
			b.WriteByte('|')
		case !safe && !hex:
			b.WriteByte('|')
		case !safe:
			b.WriteByte(' ')
		}
		if hex = !safe; hex {
			fmt.Fprintf(&b, "%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	if hex {
		b.WriteByte('|')
	}
	return b.String() + `"; bsize:` + strconv.Itoa(len(s)) + "; "
}

// suricataMessage is s as part of a message: what could end it is replaced, and
// a long value is cut, since the content holds it whole.
func suricataMessage(s string) string {
	const most = 100
	cut := len(s) > most
	s = strings.ReplaceAll(strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !strings.ContainsRune(`"\;|()`, r) {
			return r
		}
		return '_'
	}, s[:min(len(s), most)]), ":", `\:`)
	if cut {
		s += "..."
	}
	return s
}
