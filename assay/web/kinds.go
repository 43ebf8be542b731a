package web

import (
	"fmt"
	"strings"

	"github.com/retort-go/retort/assay/ioc"
)

// A family is kinds that look alike on a page: one hue, one underline.
type family struct{ Name, Label string }

var (
	addresses = family{"addr", "address"}
	names     = family{"name", "name, URL"}
	mails     = family{"mail", "e-mail"}
	hashes    = family{"file", "hash"}
	flaws     = family{"vuln", "CVE"}
	others    = family{"other", "other"}
)

// looks says how a page shows each kind. A kind that is missing here (coins, ids
// of advertising) is shown under its own name among the others.
var looks = map[ioc.Kind]struct {
	family  family
	label   string // on a button: short
	example string // of a default kind, in a spelling that reports use
}{
	ioc.IPv4:   {addresses, "IPv4", "203.0.113[.]7"},
	ioc.IPv6:   {addresses, "IPv6", "2001:db8[:]:7"},
	ioc.CIDR:   {addresses, "CIDR", "198.51.100[.]0/24"},
	ioc.Domain: {names, "Domain", "login[.]example[.]com"},
	ioc.URL:    {names, "URL", "hxxps[://]example[.]net/x"},
	ioc.Email:  {mails, "E-mail", "user[at]example[.]org"},
	ioc.MD5:    {hashes, "MD5", "32 hex digits"},
	ioc.SHA1:   {hashes, "SHA-1", "40 hex digits"},
	ioc.SHA256: {hashes, "SHA-256", "64 hex digits"},
	ioc.SHA512: {hashes, "SHA-512", "128 hex digits"},
	ioc.CVE:    {flaws, "CVE", "CVE-2021-44228"},

	ioc.Onion:        {names, "Onion", ""},
	ioc.SHA224:       {hashes, "SHA-224", ""},
	ioc.SHA384:       {hashes, "SHA-384", ""},
	ioc.SSDeep:       {hashes, "ssdeep", ""},
	ioc.TLSH:         {hashes, "TLSH", ""},
	ioc.Imphash:      {hashes, "Import hash", ""},
	ioc.Authentihash: {hashes, "Authentihash", ""},
	ioc.JA3:          {hashes, "JA3", ""},
	ioc.JA3S:         {hashes, "JA3S", ""},
	ioc.JA4:          {hashes, "JA4", ""},
	ioc.ATTACK:       {others, "ATT&CK", ""},
	ioc.ASN:          {addresses, "AS number", ""},
	ioc.MAC:          {addresses, "MAC", ""},
	ioc.UUID:         {others, "UUID", ""},
	ioc.Registry:     {others, "Registry key", ""},
	ioc.WindowsPath:  {others, "Windows path", ""},
	ioc.UnixPath:     {others, "Unix path", ""},
	ioc.File:         {others, "File name", ""},
	ioc.Package:      {others, "Package", ""},
	ioc.Mutex:        {others, "Mutex", ""},
	ioc.YARA:         {others, "YARA", ""},
	ioc.UserAgent:    {others, "User agent", ""},
	ioc.IBAN:         {others, "IBAN", ""},
	ioc.Phone:        {others, "Phone", ""},
	ioc.ARN:          {others, "ARN", ""},
	ioc.Social:       {others, "Social", ""},
	ioc.TLP:          {others, "TLP", ""},
}

func familyOf(k ioc.Kind) family {
	if look, ok := looks[k]; ok {
		return look.family
	}
	return others
}

func labelOf(k ioc.Kind) string {
	if look, ok := looks[k]; ok {
		return look.label
	}
	return string(k)
}

// kindView is a line of the list of what is found.
type kindView struct{ Title, Family, Example string }

func kindViews() []kindView {
	var list []kindView
	for _, k := range ioc.DefaultKinds() {
		list = append(list, kindView{k.Title(), familyOf(k).Name, looks[k].example})
	}
	return list
}

// bytesText is a size for people.
func bytesText(n int) string {
	switch {
	case n >= 1<<20:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<20)), ".0") + " MB"
	case n >= 1<<10:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<10)), ".0") + " KB"
	case n == 1:
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}
