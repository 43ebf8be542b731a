package ioc

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// A List names values that are known for what they are: private networks,
// public resolvers, an organisation's own hosts. Matches that a list holds are
// marked with its name in Detail.Lists; nothing is hidden for it.
//
// A List must not be changed while it is in use.
type List struct {
	// Name is shown beside a match: "private networks (RFC 1918)".
	Name string

	exact    map[Indicator]struct{}
	hosts    map[string]struct{} // with everything below them
	networks []netip.Prefix
	urls     []string // beginnings
}

// ReadList reads a list of one entry a line: a domain (which stands for
// everything below it), an address or network, a URL (which stands for every
// URL that begins with it), an e-mail address, a hash or a CVE id, defanged or
// not. What follows '#' is a comment. It also reads the JSON of MISP's warning
// lists, whose types hostname, string and cidr mean the same.
//
// An error names the first line that is none of these.
func ReadList(name string, r io.Reader) (*List, error) {
	l := &List{Name: name}
	in := bufio.NewReader(r)
	if first, err := in.Peek(1); err == nil && first[0] == '{' {
		if err := l.readMISP(in); err != nil {
			return nil, err
		}
		return l, nil
	}
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		entry, _, _ := strings.Cut(lines.Text(), "#")
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		if err := l.Add(entry); err != nil {
			return nil, fmt.Errorf("list %s, line %d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("list %s: %w", name, err)
	}
	return l, nil
}

func (l *List) readMISP(r io.Reader) error {
	var misp struct {
		Name string
		Type string
		List []string
	}
	if err := json.NewDecoder(r).Decode(&misp); err != nil {
		return fmt.Errorf("list %s: %w", l.Name, err)
	}
	switch misp.Type {
	case "hostname", "string", "cidr":
	default:
		return fmt.Errorf("list %s: type %q is not one of hostname, string, cidr", l.Name, misp.Type)
	}
	if l.Name == "" {
		l.Name = misp.Name
	}
	for _, entry := range misp.List {
		// Such lists also hold names that are no indicators ("localhost").
		if err := l.Add(entry); err != nil && misp.Type == "hostname" {
			l.addHost(strings.ToLower(strings.Trim(entry, ".")))
		}
	}
	return nil
}

func (l *List) addHost(host string) {
	if l.hosts == nil {
		l.hosts = map[string]struct{}{}
	}
	l.hosts[host] = struct{}{}
}

// Add puts one entry on the list, in the forms that ReadList takes.
func (l *List) Add(entry string) error {
	i, ok := Classify(strings.TrimLeft(strings.TrimSpace(entry), "*."))
	if !ok {
		return fmt.Errorf("%q is no indicator", entry)
	}
	switch i.Kind {
	case Domain:
		l.addHost(i.Value)
	case IPv4, IPv6, CIDR:
		prefix, err := parsePrefix(i.Value)
		if err != nil {
			return err
		}
		l.networks = append(l.networks, prefix)
	case URL:
		l.urls = append(l.urls, i.Value)
	default:
		if l.exact == nil {
			l.exact = map[Indicator]struct{}{}
		}
		l.exact[i] = struct{}{}
	}
	return nil
}

func parsePrefix(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// Holds reports whether the list has i: by itself, as part of a domain or
// network, or, for URLs and e-mail addresses, by its host.
func (l *List) Holds(i Indicator) bool {
	if _, ok := l.exact[i]; ok {
		return true
	}
	switch i.Kind {
	case Domain:
		return l.holdsHost(i.Value)
	case Email:
		return l.holdsHost(hostOf(i))
	case IPv4, IPv6, CIDR:
		return l.holdsNetwork(i.Value)
	case URL:
		if slices.ContainsFunc(l.urls, func(u string) bool { return strings.HasPrefix(i.Value, u) }) {
			return true
		}
		host := strings.Trim(hostOf(i), "[]")
		return l.holdsHost(host) || l.holdsNetwork(host)
	}
	return false
}

func (l *List) holdsHost(host string) bool {
	for len(l.hosts) > 0 {
		if _, ok := l.hosts[host]; ok {
			return true
		}
		_, parent, ok := strings.Cut(host, ".")
		if !ok {
			return false
		}
		host = parent
	}
	return false
}

func (l *List) holdsNetwork(value string) bool {
	if len(l.networks) == 0 {
		return false
	}
	p, err := parsePrefix(value)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(l.networks, func(n netip.Prefix) bool {
		return n.Bits() <= p.Bits() && n.Contains(p.Addr())
	})
}

// BuiltinLists returns the lists that come with this package, and their date:
// what is known to stand in reports without being an indicator. They are facts
// about values, such as "private network, RFC 1918", and never a verdict.
func BuiltinLists() (lists []*List, date string) {
	return slices.Clone(builtinLists()), builtinDate
}

//go:embed lists.txt
var builtinText string

const builtinDate = "2026-11-22"

var builtinLists = sync.OnceValue(func() []*List {
	var lists []*List
	for section := range strings.SplitSeq(builtinText, "\n[") {
		name, entries, ok := strings.Cut(section, "]\n")
		if !ok {
			continue
		}
		l, err := ReadList(name, strings.NewReader(entries))
		if err != nil {
			panic("ioc: lists.txt: " + err.Error())
		}
		lists = append(lists, l)
	}
	return lists
})

// mark adds the names of the lists that hold a match to its details.
func (o Options) mark(matches []Match) {
	if len(o.Lists) == 0 {
		return
	}
	for i := range matches {
		m := &matches[i]
		var names []string
		for _, l := range o.Lists {
			if l.Holds(m.Indicator) {
				names = append(names, l.Name)
			}
		}
		if names == nil {
			continue
		}
		d := Detail{}
		if m.Detail != nil {
			d = *m.Detail // other matches share it
		}
		d.Lists = names
		m.Detail = &d
	}
}
