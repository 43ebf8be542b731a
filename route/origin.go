package route

import (
	"cmp"
	"strings"
)

// An origin is where a request came to, or where a built URL will stand.
type origin struct {
	host   string // lower case, without the scheme's own port
	server string // Options.ServerName likewise; host if there is none
	domain string // what is matched before the path: the host, the subdomain or nothing
	known  bool   // false if host is not under Options.ServerName
	root   string // script root: empty, or a slash and text without one at its end
}

func (m *Map) origin(host, scheme, root string) origin {
	o := origin{host: canonicalHost(host, scheme), known: true, root: canonicalRoot(root)}
	o.server = canonicalHost(cmp.Or(m.opts.ServerName, host), scheme)
	switch {
	case m.opts.HostMatching:
		o.domain = o.host
	case m.opts.SubdomainMatching && o.host != "":
		o.domain, o.known = subdomain(o.host, o.server)
	}
	return o
}

// hostOf returns the host for a domain as origin has it, "" if nobody named
// one.
func (m *Map) hostOf(domain string, from *origin) string {
	if m.opts.HostMatching {
		return domain
	}
	if domain != "" && from.server != "" {
		return domain + "." + from.server
	}
	return from.server
}

func canonicalHost(host, scheme string) string {
	host = strings.ToLower(host)
	if scheme == "https" || scheme == "wss" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

func canonicalRoot(root string) string {
	if root == "" || root == "/" {
		return ""
	}
	trimmed := strings.Trim(root, "/")
	if trimmed == "" || len(trimmed)+1 == len(root) && root[0] == '/' {
		return root[:len(root)*min(1, len(trimmed))]
	}
	return "/" + trimmed
}

// subdomain returns what stands before server in host, without empty labels.
func subdomain(host, server string) (string, bool) {
	if host == server {
		return "", true
	}
	before, ok := strings.CutSuffix(host, server)
	if !ok || !strings.HasSuffix(before, ".") {
		return "", false
	}
	before = before[:len(before)-1]
	if before == "" || before[0] == '.' || before[len(before)-1] == '.' || strings.Contains(before, "..") {
		before = strings.Join(strings.FieldsFunc(before, func(r rune) bool { return r == '.' }), ".")
	}
	return before, true
}
