package report

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/retort-go/retort/assay/ioc"
)

// An observation is what STIX says an indicator is.
type observation struct {
	object    stixObject
	directory *stixObject // that object refers to
	pattern   string      // that finds it; empty if none can
}

// observables is the namespace that STIX 2.1 gives for observables (section
// 2.9); the name is the object's ID contributing properties as RFC 8785 writes
// them.
var observables = uuid{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}

func observable(kind, name string) stixObject {
	return stixObject{Type: kind, SpecVersion: stixVersion, ID: kind + "--" + uuid5(observables, name).String()}
}

// observe returns the object for an indicator. One that STIX has no object for,
// or whose value is not of the form that the object asks for, becomes an
// x-assay-indicator, which is nothing but its kind and value.
func observe(i ioc.Indicator) observation {
	if typ := valueTypes[i.Kind]; typ != "" {
		return observeValue(typ, i.Value)
	}
	switch i.Kind {
	case ioc.IPv4, ioc.IPv6, ioc.CIDR:
		if typ := addressType(i.Value); typ != "" {
			return observeValue(typ, i.Value)
		}
	case ioc.URL:
		return observeValue("url", uri(i.Value))
	case ioc.MD5, ioc.SHA1, ioc.SHA224, ioc.SHA256, ioc.SHA384, ioc.SHA512, ioc.SSDeep, ioc.TLSH:
		if name, value := hashOf(i); name != "" {
			return observeHash(name, value)
		}
	case ioc.ASN:
		if n, err := strconv.ParseUint(strings.TrimPrefix(i.Value, "AS"), 10, 32); err == nil {
			return observeAS(uint32(n))
		}
	case ioc.Registry:
		o := observable("windows-registry-key", canonical("key", i.Value))
		o.Key = i.Value
		return observation{object: o, pattern: pattern("windows-registry-key:key", i.Value)}
	case ioc.Mutex, ioc.File:
		typ := map[ioc.Kind]string{ioc.Mutex: "mutex", ioc.File: "file"}[i.Kind]
		o := observable(typ, canonical("name", i.Value))
		o.Name = i.Value
		return observation{object: o, pattern: pattern(typ+":name", i.Value)}
	case ioc.WindowsPath:
		return observePath(i.Value, `\`)
	case ioc.UnixPath:
		return observePath(i.Value, "/")
	case ioc.Social:
		if network, name, ok := strings.Cut(i.Value, ":"); ok && name != "" {
			return observeAccount(network, name)
		}
	case ioc.CVE:
		return observation{object: named("vulnerability", "cve", i.Value)}
	case ioc.ATTACK:
		if strings.HasPrefix(i.Value, "T") && !strings.HasPrefix(i.Value, "TA") {
			return observation{object: named("attack-pattern", "mitre-attack", i.Value)}
		}
	case ioc.YARA:
		id := "indicator--" + uuid5(home, "indicator"+canonical("pattern", i.Value)).String()
		return observation{object: stixObject{Type: "indicator", SpecVersion: stixVersion, ID: id, Pattern: i.Value, PatternType: "yara"}}
	}
	o := observable("x-assay-indicator", canonical("kind", string(i.Kind), "value", i.Value))
	o.Kind, o.Value = string(i.Kind), i.Value
	o.Extensions = map[string]map[string]string{assayExtension: {"extension_type": "new-sco"}}
	return observation{object: o}
}

// valueTypes are the objects that are nothing but a value, any text.
var valueTypes = map[ioc.Kind]string{ioc.Domain: "domain-name", ioc.Onion: "domain-name", ioc.Email: "email-addr", ioc.MAC: "mac-addr"}

func observeValue(typ, value string) observation {
	o := observable(typ, canonical("value", value))
	o.Value = value
	return observation{object: o, pattern: pattern(typ+":value", value)}
}

func observeHash(name, value string) observation {
	o := observable("file", `{"hashes":`+canonical(name, value)+`}`)
	o.Hashes = map[string]string{name: value}
	return observation{object: o, pattern: pattern("file:hashes."+quotedKey(name), value)}
}

func observeAS(n uint32) observation {
	digits := strconv.FormatUint(uint64(n), 10)
	o := observable("autonomous-system", `{"number":`+digits+`}`)
	o.Number = &n
	return observation{object: o, pattern: "[autonomous-system:number = " + digits + "]"}
}

func observeAccount(network, name string) observation {
	o := observable("user-account", canonical("account_login", name, "account_type", network))
	o.AccountLogin, o.AccountType = name, network
	return observation{object: o, pattern: pattern("user-account:account_login", name, "user-account:account_type", network)}
}

// observePath returns a file in a directory, or a directory if nothing follows
// the last separator.
func observePath(path, separator string) observation {
	at := strings.LastIndex(path, separator)
	folder, name := path[:at+1], path[at+1:]
	if trimmed := strings.TrimSuffix(folder, separator); trimmed != "" && !strings.HasSuffix(trimmed, ":") {
		folder = trimmed // not of a root: "/", `C:\`
	}
	if folder == "" {
		o := observable("file", canonical("name", name))
		o.Name = name
		return observation{object: o, pattern: pattern("file:name", name)}
	}
	d := observable("directory", canonical("path", folder))
	d.Path = folder
	if name == "" {
		return observation{object: d, pattern: pattern("directory:path", folder)}
	}
	o := observable("file", canonical("name", name, "parent_directory_ref", d.ID))
	o.Name, o.ParentDirectoryRef = name, d.ID
	return observation{object: o, directory: &d, pattern: pattern("file:name", name, "file:parent_directory_ref.path", folder)}
}

// named is a domain object known by its id in a catalogue.
func named(typ, catalogue, id string) stixObject {
	return stixObject{
		Type: typ, SpecVersion: stixVersion, ID: typ + "--" + uuid5(home, typ+canonical("name", id)).String(), Name: id,
		ExternalReferences: []reference{{catalogue, id}},
	}
}

// addressType is the type of an address or network; empty for what is neither.
func addressType(s string) string {
	addr, err := netip.ParseAddr(s)
	if err != nil {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return ""
		}
		addr = prefix.Addr()
	}
	if addr.Is4() {
		return "ipv4-addr"
	}
	return "ipv6-addr"
}

// hashOf names a hash as STIX does; the name is empty if it is no such hash.
func hashOf(i ioc.Indicator) (name, value string) {
	digits := map[ioc.Kind]int{ioc.MD5: 32, ioc.SHA1: 40, ioc.SHA224: 56, ioc.SHA256: 64, ioc.SHA384: 96, ioc.SHA512: 128}[i.Kind]
	switch {
	case i.Kind == ioc.SSDeep && len(i.Value) <= 128 && consists(i.Value, letters+digits10+"/+:."):
		return "SSDEEP", i.Value
	case i.Kind == ioc.TLSH && len(strings.TrimPrefix(i.Value, "T1")) == 70 && consists(i.Value, letters+digits10):
		return "TLSH", strings.TrimPrefix(i.Value, "T1") // STIX knows it without its version
	case digits == 0 || len(i.Value) != digits || !consists(i.Value, "abcdef"+digits10):
		return "", ""
	case i.Kind == ioc.MD5:
		return "MD5", i.Value
	}
	return "SHA-" + strings.TrimPrefix(string(i.Kind), "sha"), i.Value
}

const (
	digits10 = "0123456789"
	letters  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// consists reports whether s holds nothing but bytes of set.
func consists(s, set string) bool { return strings.Trim(s, set) == "" }

// pattern is a STIX pattern in which each path has the value that follows it.
func pattern(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString(pairs[i] + " = '" + patternEscapes.Replace(pairs[i+1]) + "'")
	}
	return "[" + b.String() + "]"
}

var patternEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// quotedKey is a key of a dictionary in a pattern's path.
func quotedKey(name string) string {
	if strings.Contains(name, "-") {
		return "'" + name + "'"
	}
	return name
}

// uri is a URL as RFC 3986 wants it: values keep what stands in the text, which
// may hold characters that have to be percent-encoded.
func uri(s string) string {
	var b strings.Builder
	_, rest, _ := strings.Cut(s, "://")
	path := len(s) // where it begins
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		path -= len(rest) - i
	}
	fragment := false
	for i := range len(s) {
		c := s[i]
		ok := strings.IndexByte(letters+digits10+"-._~:/?@!$&'()*+,;=", c) >= 0
		switch c {
		case '[', ']':
			ok = i < path
		case '%':
			ok = i+2 < len(s) && consists(s[i+1:i+3], digits10+"abcdefABCDEF")
		case '#':
			ok, fragment = !fragment, true
		}
		if ok {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteString(strings.ToUpper(strconv.FormatUint(uint64(c)+0x100, 16)[1:]))
		}
	}
	return b.String()
}
